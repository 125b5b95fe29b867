// What the files of a published `openclaw` package show: providers, models, channels, plugins, limits.
// Files are found by what they hold, as their names carry hashes that change with every release. What a release does not have,
// or has in a form that is not known here, is left out of its facts: the program then says nothing about it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addDocumentedModels } from "./documented-models.mjs";
import { literalsAfter, readLiteral } from "./literals.mjs";

/** The facts of the unpacked package in `folder`; `library` is the text of the model list of its library, if it has one. */
export function packageFacts(folder, library) {
  const sources = new Sources(folder);
  const manifests = readManifests(folder);
  const catalog = readCatalog(folder, sources);
  const facts = {};
  const put = (name, value) => {
    if (value !== undefined) facts[name] = value;
  };
  put("providers", providers(manifests, catalog, sources));
  if (facts.providers) addDocumentedModels(folder, facts.providers);
  if (facts.providers && library) addLibraryModels(facts.providers, library);
  // Early releases have most providers in the program itself, not in plugins with manifests.
  if (manifests.filter((manifest) => manifest.providers?.length > 0).length < 10) put("partial", ["providers"]);
  put("suppressions", suppressions(manifests));
  put("modelIdNormalization", modelIdNormalization(manifests));
  put("channels", channels(manifests, catalog, sources));
  put("plugins", plugins(manifests, catalog));
  put("searchProviders", searchProviders(manifests, catalog));
  put("overlayProviders", sources.list("BUILT_IN_MODEL_PROVIDER_OVERLAY_IDS"));
  put("modelApis", modelApis(sources));
  put("secretFields", secretFields(folder));
  put("defaults", defaults(sources));
  put("bootstrap", bootstrap(sources));
  return facts;
}

/** The program text of a package, read once and searched for markers. */
class Sources {
  constructor(folder) {
    this.folder = join(folder, "dist");
    this.cache = new Map();
  }

  /** The texts of the files right in `dist`, in the order of their names; of early releases, which are not bundled, those of some folders. */
  *texts() {
    for (const name of this.names()) yield this.text(name);
  }

  names() {
    const of = (part) => {
      const folder = join(this.folder, part);
      if (!existsSync(folder)) return [];
      return readdirSync(folder)
        .filter((name) => /\.m?js$/.test(name))
        .sort()
        .map((name) => join(part, name));
    };
    return existsSync(join(this.folder, "config/zod-schema.js")) ? ["agents", "config", "commands"].flatMap(of) : of("");
  }

  text(name) {
    if (!this.cache.has(name)) this.cache.set(name, readFileSync(join(this.folder, name), "utf8"));
    return this.cache.get(name);
  }

  /** The first literal assigned to the constant `name` for which `fits` holds. */
  constant(name, fits = () => true, within = /(?:)/) {
    const marker = new RegExp(`\\b(?:const|let|var)\\s+${name}(?:\\$\\d+)?\\s*=\\s*(?:/\\*[^*]*\\*/\\s*)?`, "g");
    for (const text of this.texts()) {
      if (!text.includes(name) || !within.test(text)) continue;
      for (const value of literalsAfter(text, marker)) {
        if (fits(value)) return value;
      }
    }
    return undefined;
  }

  /** A constant list of texts, sorted; spreads of other constants are followed. */
  list(name, depth = 0) {
    const value = this.constant(name, Array.isArray);
    if (value === undefined || depth > 3) return undefined;
    const texts = value.flatMap((element) => {
      if (typeof element === "string") return [element];
      const spread = element?.$spread?.$name;
      return (spread && this.list(spread, depth + 1)) ?? [];
    });
    return [...new Set(texts)].sort();
  }
}

/** The manifests of the plugins in the package, in the order of their folders. */
function readManifests(folder) {
  for (const place of ["dist/extensions", "extensions"]) {
    const base = join(folder, place);
    if (!existsSync(base)) continue;
    return readdirSync(base)
      .sort()
      .map((name) => ({ folder: join(base, name), file: join(base, name, "openclaw.plugin.json") }))
      .filter(({ file }) => existsSync(file))
      .map(({ folder: plugin, file }) => {
        const packageFile = join(plugin, "package.json");
        const manifest = JSON.parse(readFileSync(file, "utf8"));
        const declared = existsSync(packageFile) ? (JSON.parse(readFileSync(packageFile, "utf8")).openclaw ?? {}) : {};
        return { ...manifest, declared };
      });
  }
  return [];
}

/** The entries of the official plugins that are not in the package but installed beside it. */
function readCatalog(folder, sources) {
  const entries = new Map();
  const add = (entry) => {
    const manifest = entry?.openclaw;
    if (!manifest || typeof entry.name !== "string") return;
    const id = manifest.plugin?.id ?? manifest.channel?.id ?? manifest.providers?.[0]?.id;
    if (!id) return;
    const before = entries.get(id);
    entries.set(id, before ? { ...before, openclaw: { ...manifest, ...before.openclaw } } : { ...entry, id });
  };
  for (const text of sources.texts()) {
    if (!/official-external-[a-z-]*catalog/.test(text)) continue;
    for (const match of text.matchAll(/"?\bentries"?:\s*(?=\[)/g)) {
      try {
        for (const entry of readLiteral(text, match.index + match[0].length).value) add(entry);
      } catch {
        continue;
      }
    }
  }
  const channels = join(folder, "dist", "channel-catalog.json");
  if (existsSync(channels)) {
    for (const entry of JSON.parse(readFileSync(channels, "utf8")).entries ?? []) add(entry);
  }
  return [...entries.values()];
}

function providers(manifests, catalog, sources) {
  const found = {};
  const get = (id) => (found[id] ??= {});
  const aliases = {};

  for (const manifest of manifests) {
    const models = manifest.modelCatalog ?? {};
    for (const [alias, target] of Object.entries(models.aliases ?? {})) {
      if (typeof target?.provider === "string") aliases[alias] = target.provider;
    }
    const ids = [...(manifest.providers ?? []), ...Object.keys(models.providers ?? {})].filter((id) => !aliases[id]);
    for (const id of ids) {
      const provider = get(id);
      provider.plugin ??= manifest.id;
      const listed = models.providers?.[id];
      if (listed) {
        if (listed.baseUrl) provider.baseUrl = listed.baseUrl;
        if (listed.api) provider.api = listed.api;
        const rows = (listed.models ?? []).map(model).filter((row) => row.id);
        if (rows.length > 0) provider.models = rows;
      }
      const discovery = models.discovery?.[id];
      if (discovery) provider.discovery = discovery;
    }
    for (const [id, variables] of Object.entries(manifest.providerAuthEnvVars ?? {})) {
      if (found[id]) found[id].keyVariables = variables;
    }
    for (const setup of manifest.setup?.providers ?? []) {
      if (found[setup.id] && setup.envVars?.length > 0) found[setup.id].keyVariables = setup.envVars;
    }
    for (const [id, target] of Object.entries(manifest.providerAuthAliases ?? {})) {
      if (found[id] && !aliases[id]) found[id].keyFrom = target;
    }
  }

  for (const entry of catalog) {
    for (const listed of entry.openclaw.providers ?? []) {
      if (!listed.id) continue;
      const bundled = found[listed.id];
      const provider = get(listed.id);
      if (!bundled) {
        provider.plugin = entry.id;
        provider.external = true;
      }
      if (listed.envVars?.length > 0) provider.keyVariables ??= listed.envVars;
      for (const alias of listed.aliases ?? []) aliases[alias] ??= listed.id;
    }
  }

  const named = sources.constant("PROVIDER_ENV_VARS", isPlainObject) ?? {};
  for (const [id, variables] of Object.entries(named)) {
    if (!id.startsWith("$") && !found[id] && !aliases[id] && Array.isArray(variables) && variables.length > 0) found[id] = { keyVariables: variables };
  }
  const core = sources.constant("CORE_PROVIDER_AUTH_ENV_VAR_CANDIDATES", isPlainObject) ?? {};
  for (const [id, variables] of Object.entries(core)) {
    if (found[id] && Array.isArray(variables)) found[id].keyVariables = unique([...variables, ...(found[id].keyVariables ?? [])]);
  }
  for (const [alias, target] of Object.entries(aliases)) {
    if (found[target] && alias !== target && !found[alias]) (found[target].aliases ??= []).push(alias);
  }
  for (const provider of Object.values(found)) provider.aliases?.sort();
  return Object.keys(found).length > 0 ? found : undefined;
}

function model(row) {
  const facts = { id: row.id };
  if (typeof row.name === "string" && row.name !== row.id) facts.name = row.name;
  if (Number.isInteger(row.contextWindow)) facts.contextWindow = row.contextWindow;
  if (Number.isInteger(row.maxTokens)) facts.maxTokens = row.maxTokens;
  if (Array.isArray(row.input)) facts.input = row.input;
  if (row.reasoning === true) facts.reasoning = true;
  if (typeof row.status === "string") facts.status = row.status;
  if (typeof row.replacedBy === "string") facts.replacedBy = row.replacedBy;
  return facts;
}

/** Adds the providers and models of the library that early releases took them from, where no manifest lists any. */
function addLibraryModels(found, library) {
  const [listed] = literalsAfter(library, /export const MODELS = /g);
  for (const [id, models] of Object.entries(listed ?? {})) {
    if (Object.values(found).some((provider) => provider.aliases?.includes(id))) continue;
    const provider = (found[id] ??= {});
    if (provider.models) continue;
    const rows = Object.values(models);
    provider.models = rows.map(model).filter((row) => row.id);
    if (rows[0]?.baseUrl) provider.baseUrl ??= rows[0].baseUrl;
    if (rows[0]?.api && rows.every((row) => row.api === rows[0].api)) provider.api ??= rows[0].api;
  }
}

function suppressions(manifests) {
  if (!manifests.some((manifest) => manifest.modelCatalog)) return undefined;
  return manifests.flatMap((manifest) =>
    (manifest.modelCatalog?.suppressions ?? []).map((row) => {
      const facts = { provider: row.provider, model: row.model };
      // The text of the reason is prose; the reference that it recommends is a fact.
      const advised = row.retirement?.replacedBy ?? /\buse ([\w.-]+\/[\w.:@/-]*\w)/i.exec(row.reason ?? "")?.[1];
      if (advised) facts.replacement = advised.includes("/") ? advised : `${row.provider}/${advised}`;
      if (row.when && Object.keys(row.when).length > 0) facts.when = row.when;
      return facts;
    }),
  );
}

function modelIdNormalization(manifests) {
  const rules = {};
  for (const manifest of manifests) {
    for (const [id, rule] of Object.entries(manifest.modelIdNormalization?.providers ?? {})) rules[id] = rule;
  }
  return Object.keys(rules).length > 0 ? rules : undefined;
}

function channels(manifests, catalog, sources) {
  const found = {};
  for (const manifest of manifests) {
    for (const id of manifest.channels ?? []) {
      found[id] = { plugin: manifest.id };
      const declared = manifest.declared?.channel;
      if (declared?.id === id && declared.aliases?.length > 0) found[id].aliases = declared.aliases;
      const variables = manifest.channelEnvVars?.[id];
      if (variables?.length > 0) found[id].keyVariables = variables;
    }
  }
  for (const entry of catalog) {
    const channel = entry.openclaw.channel;
    if (!channel?.id || found[channel.id]) continue;
    found[channel.id] = { plugin: entry.id, external: true };
    if (channel.aliases?.length > 0) found[channel.id].aliases = channel.aliases;
    if (channel.envVars?.length > 0) found[channel.id].keyVariables = channel.envVars;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

function plugins(manifests, catalog) {
  const found = {};
  for (const manifest of manifests) {
    const facts = (found[manifest.id] = {});
    if (manifest.enabledByDefault === true) facts.enabledByDefault = true;
    if (typeof manifest.kind === "string") facts.kind = manifest.kind;
    if (manifest.legacyPluginIds?.length > 0) facts.formerIds = manifest.legacyPluginIds;
  }
  for (const entry of catalog) {
    if (!found[entry.id]) found[entry.id] = { external: true, package: entry.name };
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Names for `tools.web.search.provider`. */
function searchProviders(manifests, catalog) {
  const found = {};
  for (const manifest of manifests) {
    for (const id of manifest.contracts?.webSearchProviders ?? []) found[id] ??= { plugin: manifest.id };
  }
  if (Object.keys(found).length === 0) return undefined;
  for (const entry of catalog) {
    const listed = entry.openclaw.webSearchProviders ?? [];
    const ids = [...(entry.openclaw.contracts?.webSearchProviders ?? []), ...listed.map((provider) => provider.id ?? provider)];
    for (const id of ids) if (typeof id === "string") found[id] ??= { plugin: entry.id, external: true };
  }
  return found;
}

function modelApis(sources) {
  const apis = sources.list("MODEL_APIS");
  return apis?.length > 0 ? apis : undefined;
}

/** Only fields of openclaw.json; the matrix also lists those of other files. */
function secretFields(folder) {
  const file = join(folder, "docs/reference/secretref-user-supplied-credentials-matrix.json");
  if (!existsSync(file)) return undefined;
  return unique(
    JSON.parse(readFileSync(file, "utf8"))
      .entries.filter((entry) => entry.configFile === "openclaw.json")
      .map((entry) => entry.path),
  ).sort();
}

function defaults(sources) {
  const within = /#region src\/agents\/defaults\.ts/;
  for (const name of sources.names()) {
    const text = sources.text(name);
    const region = name === "agents/defaults.js" ? { index: 0 } : within.exec(text);
    if (!region) continue;
    const part = text.slice(region.index, region.index + 2000);
    const [provider] = literalsAfter(part, /\bDEFAULT_PROVIDER\s*=\s*/g);
    const [model] = literalsAfter(part, /\bDEFAULT_MODEL\s*=\s*/g);
    if (typeof provider === "string" && typeof model === "string") return { provider, model };
  }
  return undefined;
}

function bootstrap(sources) {
  const number = (name) => sources.constant(name, Number.isInteger);
  const facts = {};
  const perFile = number("DEFAULT_BOOTSTRAP_MAX_CHARS");
  const total = number("DEFAULT_BOOTSTRAP_TOTAL_MAX_CHARS");
  const userFile = number("USER_BOOTSTRAP_MAX_CHARS");
  if (perFile !== undefined) facts.perFile = perFile;
  if (total !== undefined) facts.total = total;
  if (userFile !== undefined) facts.userFile = userFile;
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function isPlainObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function unique(values) {
  return [...new Set(values)];
}
