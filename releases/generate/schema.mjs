// From the JSON schema that a release prints to the structural facts that `src/releases/schema.rs` reads.

import { createHash } from "node:crypto";

/** JSON with the names of objects in order, so that equal values give equal text. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/**
 * The nodes of a printed schema, without titles and descriptions.
 * Returns `{ root, definitions }`; definitions are only needed where the schema refers to itself.
 */
export function normalizeSchema(schema) {
  const definitions = {};
  const context = { schema, definitions, path: [], scopes: [], open: new Map() };
  const root = node(schema, context);
  return { root, definitions };
}

const ANY = Object.freeze({});

function node(schema, context) {
  if (schema === true || schema === undefined) return ANY;
  if (schema === false) return { type: "never" };
  const own = schema.$defs ?? schema.definitions;
  const inner = own ? { ...context, scopes: [{ ...own }, ...context.scopes] } : context;
  const parts = [];

  if (schema.$ref !== undefined) parts.push(reference(schema.$ref, inner));
  const typed = byType(schema, inner);
  if (typed) parts.push(typed);
  for (const part of schema.allOf ?? []) parts.push(node(part, inner));
  if (schema.anyOf) parts.push(union(schema.anyOf, false, inner));
  if (schema.oneOf) parts.push(union(schema.oneOf, true, inner));
  if (schema.not) parts.push(negation(node(schema.not, inner)));
  if (schema.if) parts.push({ type: "when", if: node(schema.if, inner), then: node(schema.then, inner) });

  const useful = parts.filter((part) => Object.keys(part).length > 0);
  let result = useful.length === 0 ? ANY : useful.length === 1 ? useful[0] : { type: "all", nodes: useful };
  if (schema.default !== undefined && schema.default !== null) result = { ...result, default: schema.default };
  return result;
}

function negation(inner) {
  return Object.keys(inner).length === 0 ? { type: "never" } : { type: "not", node: inner };
}

function reference(target, context) {
  const name = target.replace(/^#\/(?:\$defs|definitions)\//, "");
  const scope = context.scopes.find((candidate) => Object.hasOwn(candidate, name));
  if (!scope) {
    if (target === "#") return definition("root", context.schema, context);
    throw new Error(`cannot follow ${target}`);
  }
  const schema = scope[name];
  if (!context.open.has(schema)) {
    // Put in where it is used; only a schema that contains itself becomes a definition.
    const open = new Map(context.open).set(schema, { name, used: false });
    const result = node(schema, { ...context, open });
    const mark = open.get(schema);
    if (!mark.used) return result;
    const key = `${mark.name}-${hash(canonical(result))}`;
    context.definitions[key] = rename(result, mark.name, key);
    return { type: "definition", name: key };
  }
  context.open.get(schema).used = true;
  return { type: "definition", name: `?${name}` };
}

function definition(name, schema, context) {
  throw new Error(`${name} of the whole schema is referred to: not supported`);
}

function rename(value, name, key) {
  if (Array.isArray(value)) return value.map((element) => rename(element, name, key));
  if (!value || typeof value !== "object") return value;
  if (value.type === "definition" && value.name === `?${name}`) return { ...value, name: key };
  return Object.fromEntries(Object.entries(value).map(([entry, inner]) => [entry, rename(inner, name, key)]));
}

function byType(schema, context) {
  if (schema.const !== undefined) return { type: "enum", values: [schema.const] };
  if (schema.enum) return { type: "enum", values: schema.enum };
  const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : guess(schema);
  const nodes = types.map((type) => oneType(type, schema, context));
  if (nodes.length === 0) return undefined;
  return nodes.length === 1 ? nodes[0] : { type: "union", nodes };
}

function guess(schema) {
  if (schema.properties || schema.required || schema.additionalProperties !== undefined || schema.propertyNames) return ["object"];
  if (schema.items || schema.minItems !== undefined) return ["array"];
  if (schema.pattern || schema.minLength !== undefined || schema.maxLength !== undefined || schema.format) return ["string"];
  if (schema.minimum !== undefined || schema.maximum !== undefined) return ["number"];
  return [];
}

function pick(schema, keys) {
  return Object.fromEntries(keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
}

function oneType(type, schema, context) {
  switch (type) {
    case "null":
    case "boolean":
      return { type };
    case "integer":
    case "number":
      return { type, ...pick(schema, ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) };
    case "string":
      return { type, ...pick(schema, ["minLength", "maxLength", "pattern", "format"]) };
    case "array": {
      const result = { type, ...pick(schema, ["minItems", "maxItems"]) };
      if (schema.uniqueItems) result.uniqueItems = true;
      const tuple = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined);
      const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
      if (tuple) result.tuple = tuple.map((item) => node(item, context));
      if (rest === false) result.closed = true;
      else if (rest !== undefined) {
        const items = node(rest, context);
        if (Object.keys(items).length > 0) result.items = items;
      }
      return result;
    }
    case "object": {
      const result = { type, ...pick(schema, ["minProperties", "maxProperties"]) };
      const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => [name, node(value, context)]);
      if (properties.length > 0) result.properties = Object.fromEntries(properties);
      // Schemas are printed for what validation returns: there a key with a default always is, in the file it need not be.
      const required = (schema.required ?? []).filter((name) => schema.properties?.[name]?.default === undefined).sort();
      if (required.length > 0) result.required = required;
      if (schema.patternProperties) throw new Error("patternProperties: not supported");
      const rest = schema.additionalProperties;
      if (rest === false) result.rest = false;
      else if (rest !== undefined && rest !== true) {
        const each = node(rest, context);
        // `{}` allows everything, like `true`: but it says that the object is meant as a map.
        result.rest = each;
      }
      const names = node(schema.propertyNames, context);
      if (Object.keys(names).length > 0 && canonical(names) !== '{"type":"string"}') result.names = names;
      return result;
    }
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function union(branches, exactlyOne, context) {
  let nodes = branches.map((branch) => node(branch, context));
  if (nodes.some((branch) => Object.keys(branch).length === 0)) return ANY;
  // A union within a union says nothing more than its branches do.
  nodes = nodes.flatMap((branch) =>
    branch.type === "union" && !branch.exactlyOne && branch.default === undefined && !exactlyOne ? branch.nodes : [branch],
  );
  const discriminator = findDiscriminator(nodes);
  // Literals next to each other are one enumeration.
  const literals = nodes.filter((branch) => branch.type === "enum" && branch.default === undefined);
  if (literals.length > 1) {
    const values = [...new Map(literals.flatMap((branch) => branch.values).map((value) => [canonical(value), value])).values()];
    const place = nodes.indexOf(literals[0]);
    nodes = nodes.filter((branch) => !literals.includes(branch));
    nodes.splice(place, 0, { type: "enum", values });
  }
  nodes = [...new Map(nodes.map((branch) => [canonical(branch), branch])).values()];
  if (nodes.length === 1) return nodes[0];
  const result = { type: "union", nodes };
  if (discriminator) result.discriminator = discriminator;
  else if (exactlyOne) result.exactlyOne = true;
  return result;
}

/** The required property whose single literal differs from branch to branch. */
function findDiscriminator(nodes) {
  if (nodes.length < 2 || !nodes.every((branch) => branch.type === "object")) return undefined;
  return (nodes[0].required ?? []).find((name) => {
    const seen = new Set();
    return nodes.every((branch) => {
      const property = branch.properties?.[name];
      if (!branch.required?.includes(name) || property?.type !== "enum") return false;
      return property.values.every((value) => {
        const text = canonical(value);
        if (seen.has(text)) return false;
        seen.add(text);
        return true;
      });
    });
  });
}

/** `schema` with the properties that only `other` has, wherever both are objects (also in maps and lists). */
export function completeSchema(schema, other) {
  return {
    root: complete(schema.root, other.root),
    definitions: { ...other.definitions, ...schema.definitions },
  };
}

function complete(node, other) {
  if (!other || node.type !== other.type) return node;
  if (node.type === "array" && node.items && other.items) return { ...node, items: complete(node.items, other.items) };
  if (node.type !== "object") return node;
  const result = { ...node };
  const properties = { ...other.properties };
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    properties[name] = complete(property, other.properties?.[name]);
  }
  if (Object.keys(properties).length > 0) result.properties = properties;
  if (node.rest && other.rest) result.rest = complete(node.rest, other.rest);
  return result;
}

function hash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

/** Shorter nodes are written where they stand. */
const SHARED_FROM = 160;

/** Texts that start with `#` are doubled, as `#` starts the name of a shared node. */
function escapeText(value) {
  if (typeof value === "string") return value.startsWith("#") ? `#${value}` : value;
  if (Array.isArray(value)) return value.map(escapeText);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapeText(inner)]));
  }
  return value;
}

/**
 * Moves every large node out to `nodes` (name -> canonical JSON), under a name made from its content, and returns what to write
 * instead. The same node gets the same name in every release, whatever was generated before.
 */
export function shareNodes(value, nodes) {
  const walk = (current) => {
    if (typeof current === "string") return escapeText(current);
    if (Array.isArray(current)) return current.map(walk);
    if (!current || typeof current !== "object") return current;
    const inner = {};
    for (const [key, child] of Object.entries(current)) {
      inner[key] = key === "values" || key === "default" ? escapeText(child) : walk(child);
    }
    const text = canonical(inner);
    if (text.length < SHARED_FROM) return inner;
    const name = `#${hash(text)}`;
    if (nodes.has(name) && nodes.get(name) !== text) throw new Error(`two nodes are called ${name}`);
    nodes.set(name, text);
    return name;
  };
  return walk(value);
}

/** The names of the shared nodes that `values` need, directly or through others. */
export function usedNodes(values, nodes) {
  const used = new Set();
  const visit = (value) => {
    if (typeof value === "string") {
      if (!value.startsWith("#") || value.startsWith("##") || used.has(value)) return;
      const text = nodes.get(value);
      if (text === undefined) throw new Error(`no shared node ${value}`);
      used.add(value);
      visit(JSON.parse(text));
    } else if (value && typeof value === "object") Object.values(value).forEach(visit);
  };
  values.forEach(visit);
  return used;
}
