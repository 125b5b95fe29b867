// From an unpacked package and the schema that it printed to the facts of one release.

import { packageFacts } from "./package-facts.mjs";
import { environmentForm, modelApis, referencePlaces } from "./reference-places.mjs";
import { completeSchema, normalizeSchema } from "./schema.mjs";

/** The order of the parts in a file. */
const PARTS = [
  "version",
  "date",
  "partial",
  "defaults",
  "bootstrap",
  "environmentForm",
  "modelApis",
  "overlayProviders",
  "providers",
  "suppressions",
  "modelIdNormalization",
  "channels",
  "searchProviders",
  "plugins",
  "runtimePlugins",
  "secretFields",
  "referencePlaces",
];

/**
 * `printed` is the JSON schema that `config schema` printed, `validating` the one of the object that validates (`print-schema.mjs`);
 * each is undefined when it could not be had. `models` is the text of the library's model list, where the release has one. `runtimePlugins` are the ids that nix-openclaw offers with the release, or undefined.
 * Returns the facts and the normalized schema.
 */
export function releaseFacts({ version, date, folder, models, printed, validating, runtimePlugins }) {
  let schema = printed && normalizeSchema(printed);
  if (validating) {
    // What is printed leaves out keys that are accepted without being advertised; what validates knows nothing of plugins.
    const accepted = normalizeSchema(validating);
    schema = schema ? completeSchema(schema, accepted) : accepted;
  }
  const facts = { version, date, ...packageFacts(folder, models) };
  if (runtimePlugins) facts.runtimePlugins = [...runtimePlugins].sort();
  if (schema) {
    facts.referencePlaces = referencePlaces(schema);
    facts.environmentForm = environmentForm(schema);
    facts.modelApis ??= modelApis(schema);
  }
  const ordered = {};
  for (const part of PARTS) if (facts[part] !== undefined) ordered[part] = sortObjects(facts[part]);
  const unknown = Object.keys(facts).filter((part) => facts[part] !== undefined && !PARTS.includes(part));
  if (unknown.length > 0) throw new Error(`parts without a place in the order: ${unknown}`);
  return { facts: ordered, schema };
}

/** Objects with their names in order; lists stay as they are, their order means something. */
function sortObjects(value) {
  if (Array.isArray(value)) return value.map(sortObjects);
  if (!value || typeof value !== "object") return value;
  const first = ["id", "name", "provider", "model", "path"];
  const keys = Object.keys(value).sort((left, right) => {
    const [a, b] = [left, right].map((key) => (first.includes(key) ? first.indexOf(key) : first.length));
    return a - b || (left < right ? -1 : left > right ? 1 : 0);
  });
  return Object.fromEntries(keys.map((key) => [key, sortObjects(value[key])]));
}
