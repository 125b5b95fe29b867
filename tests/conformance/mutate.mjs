// Makes configurations for a comparison with the real program: valid ones, and valid ones with one thing changed.
//
//   node tests/conformance/mutate.mjs SCHEMA.json COUNT SEED [BASE.jsonl] > CASES.jsonl
//
// SCHEMA.json is what `openclaw config schema` prints for the release. BASE.jsonl holds configurations to start from (lines with
// {"config": ...}, texts and invalid ones are skipped by the run against the real program); without it every configuration comes from the schema.
// The same arguments give the same cases. Each line is {"case", "area", "config"}; the area is the top-level key that was changed.
import fs from "node:fs";

const [schemaFile, count, seed, baseFile] = process.argv.slice(2);
if (!seed) {
  console.error("usage: node mutate.mjs SCHEMA.json COUNT SEED [BASE.jsonl] > CASES.jsonl");
  process.exit(2);
}
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
const bases = baseFile
  ? fs.readFileSync(baseFile, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line).config).filter((config) => isObject(config))
  : [];

// A small generator of random numbers (mulberry32), so that a seed names the cases.
let state = Number(seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = state;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (limit) => Math.floor(random() * limit);
const pick = (list) => list[below(list.length)];
const chance = (probability) => random() < probability;

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

const words = ["main", "work", "kimi", "openai", "default", "a", "x1", "telegram", "claude", "My Name", "/run/x", "12", "*", "https://x.example/v1", "openai/gpt-5.5", "+491701234567"];

// A value that the schema part probably accepts.
function valueFor(part, root, depth) {
  if (part === true || part === undefined) return pick([true, 1, "text", {}]);
  if (part.$ref) {
    const name = part.$ref.replace(/^.*\//, "");
    return valueFor(root.$defs?.[name] ?? true, root, depth);
  }
  const inner = part.$defs ? part : root;
  if ("const" in part) return part.const;
  if (part.enum) return pick(part.enum);
  const branches = part.anyOf ?? part.oneOf;
  if (branches) return valueFor(pick(branches), inner, depth);
  if (part.allOf) return valueFor({ ...part, allOf: undefined, ...part.allOf[0] }, inner, depth);
  switch (Array.isArray(part.type) ? part.type[0] : part.type) {
    case "null":
      return null;
    case "boolean":
      return chance(0.5);
    case "integer":
    case "number": {
      const least = part.exclusiveMinimum !== undefined ? part.exclusiveMinimum + 1 : (part.minimum ?? 0);
      const most = Math.min(part.exclusiveMaximum !== undefined ? part.exclusiveMaximum - 1 : (part.maximum ?? 1000), least + 5000);
      const number = least + random() * (most - least);
      return part.type === "integer" ? Math.round(number) : Math.round(number * 100) / 100;
    }
    case "string":
      return textFor(part);
    case "array": {
      if (Array.isArray(part.items)) return part.items.map((item) => valueFor(item, inner, depth + 1));
      const least = part.minItems ?? 0;
      const length = depth > 6 ? least : Math.max(least, below(3));
      return Array.from({ length }, () => valueFor(part.items, inner, depth + 1));
    }
    case "object":
    default: {
      const value = {};
      const properties = Object.entries(part.properties ?? {});
      for (const [key, child] of properties) {
        const required = (part.required ?? []).includes(key);
        if (required || (depth < 7 && chance(Math.min(0.5, 3 / properties.length)))) value[key] = valueFor(child, inner, depth + 1);
      }
      if (isObject(part.additionalProperties) && depth < 7 && (properties.length === 0 || chance(0.2))) {
        for (let entries = below(3); entries > 0; entries--) {
          value[keyFor(part.propertyNames)] = valueFor(part.additionalProperties, inner, depth + 1);
        }
      }
      return value;
    }
  }
}

function keyFor(names) {
  return names?.pattern ? textFor(names) : pick(["main", "work", "kimi", "custom", "openai", "x-1", "FOO_BAR"]);
}

const samples = ["main", "MAIN_KEY", "a1b2c3", "https://x.example/v1", "svc:main", "12", "#aabbcc", "/run/x", "10m", "wss://x.example", "hey claw", "a@b.example", "12345678-1234-4234-8234-123456789abc", "2026-01-01T00:00:00Z", "openai:main", "https://x.cloudflareaccess.com"];
function textFor(part) {
  if (part.format === "uri") return "https://x.example/v1";
  if (part.pattern) return samples.find((sample) => new RegExp(part.pattern, "u").test(sample)) ?? "x";
  const text = pick(words);
  return text.padEnd(part.minLength ?? 0, "x").slice(0, part.maxLength ?? 200);
}

// Every value of a configuration with its path.
function places(value, path = [], found = []) {
  found.push(path);
  if (Array.isArray(value)) value.forEach((child, index) => places(child, [...path, index], found));
  else if (isObject(value)) for (const key of Object.keys(value)) places(value[key], [...path, key], found);
  return found;
}

const at = (value, path) => path.reduce((inner, step) => inner?.[step], value);

function slip(name) {
  const position = below(Math.max(1, name.length));
  return pick([
    () => name.slice(0, position) + name.slice(position + 1),
    () => name.slice(0, position) + "x" + name.slice(position),
    () => (name.endsWith("s") ? name.slice(0, -1) : `${name}s`),
    () => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    () => name.toUpperCase(),
    () => name[0].toUpperCase() + name.slice(1),
  ])();
}

const odd = [
  () => null,
  () => "",
  () => "text",
  () => "1",
  () => " ",
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e9,
  () => 70000,
  () => true,
  () => false,
  () => [],
  () => ["text"],
  () => [null],
  () => ({}),
  () => ({ unknown: 1 }),
  () => "${SOME_VARIABLE}",
  () => "$${SOME_VARIABLE}",
  () => "openai/gpt-5.5",
  () => "google/gemini-1.5-pro",
  () => "*",
  () => ["*"],
  () => ({ source: "env", provider: "default", id: "SOME_VARIABLE" }),
  () => ({ source: "file", provider: "files", id: pick(["value", "/a/b", "a/b", "/a~2b", "", "/"]) }),
  () => ({ source: "exec", provider: "tool", id: pick(["a/b", "a b", "../x", ".", "a:b#c", ""]) }),
  () => ({ primary: "openai/gpt-5.5", fallbacks: ["anthropic/claude-opus-4-6"] }),
];

// Changes one thing; returns the path that was changed.
function change(config) {
  const all = places(config);
  const path = pick(all.length > 1 ? all.slice(1) : all);
  if (path.length === 0) {
    config[pick(["agent", "gatewy", "identity", "routing"])] = {};
    return [];
  }
  const holder = at(config, path.slice(0, -1));
  const last = path.at(-1);
  const value = holder[last];
  const action = below(10);
  if (action < 2 && !Array.isArray(holder)) {
    delete holder[last];
    if (action === 1) holder[slip(String(last))] = value;
  } else if (action === 2 && isObject(value)) {
    value[pick(["enabled", "unknownKey", "name", "id", "type", "token", "model", "default", "mode", "config"])] = pick(odd)();
  } else if (action === 3) {
    holder[last] = [value];
  } else if (action === 4 && typeof value === "string" && value) {
    holder[last] = slip(value);
  } else if (action === 5 && typeof value === "number") {
    holder[last] = pick([0, -1, -value, value + 0.5, String(value), 1e16, 70000, 100]);
  } else if (action === 6 && Array.isArray(value)) {
    value.push(pick([...value, pick(odd)()]));
  } else {
    holder[last] = pick(odd)();
  }
  return path;
}

const topLevel = Object.entries(schema.properties).filter(([name]) => !["$schema", "meta", "wizard"].includes(name));
// Channels and plugins are most of the schema, and models and agents are most of what people write.
const weighted = topLevel.flatMap(([name, part]) => Array(["models", "agents"].includes(name) ? 6 : ["channels", "plugins", "gateway", "tools", "hooks"].includes(name) ? 3 : 1).fill([name, part]));

for (let number = 0; number < Number(count); number++) {
  let config = {};
  if (bases.length > 0 && chance(0.4)) {
    config = structuredClone(pick(bases));
  } else {
    for (let parts = 1 + below(2); parts > 0; parts--) {
      const [name, part] = pick(weighted);
      let value = valueFor(part, part, 1);
      // One channel or plugin at a time: with many of them everything is invalid for some reason.
      if ((name === "channels" || name === "plugins") && part.properties) {
        const open = name === "channels" ? value : value.entries;
        if (isObject(open)) for (const key of Object.keys(open).slice(1)) delete open[key];
      }
      config[name] = value;
    }
  }
  let area = Object.keys(config)[0] ?? "";
  const changed = chance(0.7);
  if (changed) {
    const path = change(config);
    area = String(path[0] ?? "root");
  }
  process.stdout.write(`${JSON.stringify({ case: `${seed}-${number}${changed ? "" : "-unchanged"}`, area, config })}\n`);
}
