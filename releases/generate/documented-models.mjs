// Models of providers whose manifest is not in the package, from the tables and examples of the package's provider pages.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Adds `documentedModels` to those of `providers` that list no models and have a page that names some. */
export function addDocumentedModels(folder, providers) {
  const pages = join(folder, "docs/providers");
  if (!existsSync(pages)) return;
  const found = new Map();
  const wanted = (id) => Object.hasOwn(providers, id) && providers[id].external && !providers[id].models;
  const add = (id, model) => {
    if (!found.has(id)) found.set(id, new Map());
    const known = found.get(id).get(model.id);
    found.get(id).set(model.id, { ...model, ...known });
  };
  for (const name of readdirSync(pages).sort()) {
    if (!name.endsWith(".md")) continue;
    const text = readFileSync(join(pages, name), "utf8");
    for (const row of tableRows(text)) {
      const [id, model] = split(row.reference);
      if (wanted(id) && model) add(id, { id: model, ...row.facts });
    }
    // References in running text and examples: `provider/model` or "provider/model".
    for (const [, reference] of text.matchAll(/[`"]([a-z][a-z0-9-]*\/[^`"\s]+)[`"]/g)) {
      const [id, model] = split(reference);
      if (wanted(id) && model) add(id, { id: model });
    }
  }
  for (const [id, models] of found) {
    providers[id].documentedModels = [...models.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

/** The provider and the model of a reference; no model where it is a pattern or a path. */
function split(reference) {
  const slash = reference.indexOf("/");
  const model = reference.slice(slash + 1);
  const usable = /^[A-Za-z0-9][\w.:@/-]*(?:\[\w+\])?$/.test(model) && !/\.\.\.|\/$|\.(?:md|json5?|png|ts|js)$/.test(model);
  return [reference.slice(0, slash), usable ? model : undefined];
}

/** The rows of tables whose first column holds references, with the facts of their other columns. */
function* tableRows(text) {
  let columns;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (!trimmed.startsWith("|")) {
      columns = undefined;
      continue;
    }
    const cells = trimmed
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim());
    if (!columns) {
      columns = cells.map((cell) => cell.toLowerCase());
      continue;
    }
    const reference = /^`([^`]+)`$/.exec(cells[0])?.[1];
    if (!reference?.includes("/")) continue;
    const cell = (...names) => cells[columns.findIndex((column) => names.includes(column))];
    const number = (value) => {
      const digits = /^[\d,]+$/.exec(value ?? "")?.[0].replaceAll(",", "");
      return digits ? Number(digits) : undefined;
    };
    const facts = {};
    const title = cell("name");
    if (title && !/[`[]/.test(title)) facts.name = title;
    const contextWindow = number(cell("context", "context window"));
    if (contextWindow) facts.contextWindow = contextWindow;
    const maxTokens = number(cell("max output", "max tokens"));
    if (maxTokens) facts.maxTokens = maxTokens;
    const kinds = cell("input")?.toLowerCase().split(/[^a-z]+/).filter((kind) => ["text", "image", "video", "audio"].includes(kind));
    if (kinds?.length > 0) facts.input = kinds;
    yield { reference, facts };
  }
}
