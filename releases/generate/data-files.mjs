// Reads and writes `releases/data/`: one file per release, and one with the schema nodes that they share.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shareNodes, usedNodes } from "./schema.mjs";

const NODES = "schema-nodes.jsonl";

function readNodes(folder) {
  const file = join(folder, NODES);
  if (!existsSync(file)) return new Map();
  return new Map(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line)
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
}

function releaseFiles(folder) {
  return readdirSync(folder)
    .filter((name) => /^\d.*\.json$/.test(name))
    .sort();
}

/** The versions that have a file. */
export function writtenReleases(folder) {
  return existsSync(folder) ? releaseFiles(folder).map((name) => name.replace(/\.json$/, "")) : [];
}

/**
 * Writes the file of one release. `schema` is what `normalizeSchema` returned, or undefined. Nodes that no release uses any more
 * are dropped.
 */
export function writeRelease(folder, version, facts, schema) {
  const nodes = readNodes(folder);
  const escaped = shareNothing(facts);
  if (schema) {
    escaped.schema = shareNodes(schema.root, nodes);
    if (Object.keys(schema.definitions).length > 0) {
      escaped.definitions = Object.fromEntries(
        Object.entries(schema.definitions).map(([name, node]) => [name, shareNodes(node, nodes)]),
      );
    }
  }
  writeFileSync(join(folder, `${version}.json`), layout(escaped));
  tidy(folder, nodes);
}

/** Drops the shared nodes that no release uses. */
function tidy(folder, nodes) {
  const values = releaseFiles(folder).flatMap((name) => {
    const { schema, definitions } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return [schema, definitions].filter((value) => value !== undefined);
  });
  const lines = [...usedNodes(values, nodes)].sort().map((name) => `${name} ${nodes.get(name)}\n`);
  writeFileSync(join(folder, NODES), lines.join(""));
}

function shareNothing(value) {
  if (typeof value === "string") return value.startsWith("#") ? `#${value}` : value;
  if (Array.isArray(value)) return value.map(shareNothing);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shareNothing(inner)]));
  }
  return value;
}

/** JSON with a line for each model, provider and the like, so that a change of one is a change of one line. */
export function layout(value, depth = 0, levels = 3) {
  const inner = "  ".repeat(depth + 1);
  const end = "  ".repeat(depth);
  const flat = JSON.stringify(value);
  const big = flat !== undefined && flat.length > 100 && value !== null && typeof value === "object";
  const nested = levels > 0 || Array.isArray(value) || Object.values(value ?? {}).some((entry) => Array.isArray(entry) && JSON.stringify(entry).length > 200);
  let text = flat;
  if (big && nested) {
    if (Array.isArray(value)) {
      const simple = value.every((element) => typeof element !== "object");
      text = simple && levels <= 0 ? flat : `[\n${value.map((element) => inner + layout(element, depth + 1, 0)).join(",\n")}\n${end}]`;
    } else {
      const entries = Object.keys(value).map((key) => `${inner}${JSON.stringify(key)}: ${layout(value[key], depth + 1, levels - 1)}`);
      text = `{\n${entries.join(",\n")}\n${end}}`;
    }
  }
  return depth === 0 ? `${text}\n` : text;
}
