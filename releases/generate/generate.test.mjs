// node --test releases/generate/
// The generator on small made-up packages: it reads what it should, drops prose, and gives the same bytes every time.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { chooseReleases } from "./choose.mjs";
import { writeRelease } from "./data-files.mjs";
import { releaseDate } from "./dates.mjs";
import { NotALiteral, literalsAfter, readLiteral } from "./literals.mjs";
import { nixOpenclawHistory, runtimePluginsOf } from "./nix-openclaw.mjs";
import { releaseFacts } from "./release.mjs";
import { canonical, completeSchema, normalizeSchema, shareNodes, usedNodes } from "./schema.mjs";

/** A folder with the given files, removed after the test. */
function folderWith(context, files) {
  const folder = mkdtempSync(join(tmpdir(), "generate-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const PACKAGE = {
  "dist/core-Ab12.js": `
    //#region src/config/ids.ts
    const OTHER = ["b-api"];
    const BUILT_IN_MODEL_PROVIDER_OVERLAY_IDS = /* @__PURE__ */ new Set(["zeta", 'alpha']);
    const MODEL_APIS = ["a-api", ...OTHER];
    const DEFAULT_BOOTSTRAP_MAX_CHARS = 2e4;
    const DEFAULT_BOOTSTRAP_TOTAL_MAX_CHARS = 60_000;
    const CORE_PROVIDER_AUTH_ENV_VAR_CANDIDATES = { alpha: ["ALPHA_TOKEN"], ghost: ["GHOST"] };
    //#region src/agents/defaults.ts
    const DEFAULT_PROVIDER = "alpha";
    const DEFAULT_MODEL = "a-1";
  `,
  "dist/official-external-plugin-catalog-Zz.js": `
    //#region src/plugins/official-external-plugin-catalog.ts
    const SOURCES = [{ "version": 1, "entries": [{ "name": "@x/moon", "description": "PROSE", "openclaw": {
      "plugin": { "id": "moon" }, "contracts": { "webSearchProviders": ["far"] }, "providers": [{ "id": "moonbase", "aliases": ["mb"], "envVars": ["MOON_KEY"] }] } }] }];
  `,
  "dist/channel-catalog.json": {
    entries: [{ name: "@x/chat", openclaw: { channel: { id: "chat", aliases: ["talk"], blurb: "PROSE", envVars: ["CHAT_TOKEN"] } } }],
  },
  "dist/extensions/alpha/openclaw.plugin.json": {
    id: "alpha",
    description: "PROSE",
    enabledByDefault: true,
    contracts: { webSearchProviders: ["seek"] },
    providers: ["alpha", "alpha-two"],
    setup: { providers: [{ id: "alpha", envVars: ["ALPHA_KEY"] }] },
    modelCatalog: {
      aliases: { "alpha-two": { provider: "alpha" } },
      discovery: { alpha: "static" },
      providers: {
        alpha: {
          baseUrl: "https://alpha.example",
          models: [{ id: "a-1", name: "A One", contextWindow: 1000, input: ["text"], cost: { input: 1 }, statusReason: "PROSE" }],
        },
      },
      suppressions: [
        { provider: "alpha", model: "a-0", reason: "PROSE. Use alpha/a-1." },
        { provider: "alpha", model: "a-x", reason: "PROSE", when: { baseUrlHosts: ["alpha.example"] } },
      ],
    },
  },
  "dist/extensions/beeper/openclaw.plugin.json": { id: "beeper", channels: ["beeper"] },
  "docs/providers/moon.md": `PROSE about \`moonbase/m-3\` and \`moonbase/...\`.

    | Model ref       | Name | Reasoning | Input       | Context | Max output |
    | --------------- | ---- | --------- | ----------- | ------- | ---------- |
    | \`moonbase/m-2\` | M 2  | PROSE     | text, image | 262,144 | 16,384     |
    | \`alpha/a-9\`   | A 9  | No        | text        | 1,000   | 1,000      |
`,
  "docs/reference/secretref-user-supplied-credentials-matrix.json": {
    entries: [
      { configFile: "openclaw.json", path: "models.providers.*.apiKey", notes: "PROSE" },
      { configFile: "auth-profiles.json", path: "profiles.*.key" },
    ],
  },
};

const PRINTED = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "PROSE",
  type: "object",
  additionalProperties: false,
  properties: {
    env: { type: "object", description: "PROSE", additionalProperties: { type: "string" } },
    agents: {
      type: "object",
      additionalProperties: false,
      properties: {
        defaults: {
          type: "object",
          properties: {
            model: { anyOf: [{ type: "string" }, { type: "object", properties: { primary: { type: "string" } }, additionalProperties: false }] },
            level: { type: "string", enum: ["low", "#high"], default: "low" },
          },
          required: ["level"],
        },
      },
    },
  },
};

function generated(context, folder) {
  const into = folderWith(context, {});
  const { facts, schema } = releaseFacts({ version: "2026.6.11", date: "2026-06-11", folder, printed: PRINTED, runtimePlugins: ["moon", "chat"] });
  writeRelease(into, "2026.6.11", facts, schema);
  return Object.fromEntries(readdirSync(into).sort().map((name) => [name, readFileSync(join(into, name), "utf8")]));
}

test("the same package gives the same bytes, whatever else was written before", (context) => {
  const folder = folderWith(context, PACKAGE);
  const first = generated(context, folder);
  assert.deepEqual(generated(context, folder), first);
  assert.deepEqual(Object.keys(first), ["2026.6.11.json", "schema-nodes.jsonl"]);
});

test("no prose is taken over", (context) => {
  const files = generated(context, folderWith(context, PACKAGE));
  for (const [name, text] of Object.entries(files)) assert.ok(!text.includes("PROSE"), name);
});

test("the facts of a package are found by what the files hold", (context) => {
  const folder = folderWith(context, PACKAGE);
  const { facts } = releaseFacts({ version: "2026.6.11", date: "2026-06-11", folder, printed: PRINTED });
  assert.deepEqual(facts.overlayProviders, ["alpha", "zeta"]);
  assert.deepEqual(facts.modelApis, ["a-api", "b-api"]);
  assert.deepEqual(facts.bootstrap, { perFile: 20000, total: 60000 });
  assert.deepEqual(facts.defaults, { provider: "alpha", model: "a-1" });
  assert.deepEqual(facts.secretFields, ["models.providers.*.apiKey"]);
  assert.deepEqual(facts.providers.alpha, {
    aliases: ["alpha-two"],
    baseUrl: "https://alpha.example",
    discovery: "static",
    keyVariables: ["ALPHA_TOKEN", "ALPHA_KEY"],
    models: [{ id: "a-1", name: "A One", contextWindow: 1000, input: ["text"] }],
    plugin: "alpha",
  });
  assert.deepEqual(facts.providers.moonbase, {
    aliases: ["mb"],
    documentedModels: [
      { id: "m-2", name: "M 2", contextWindow: 262144, input: ["text", "image"], maxTokens: 16384 },
      { id: "m-3" },
    ],
    external: true,
    keyVariables: ["MOON_KEY"],
    plugin: "moon",
  });
  assert.equal(facts.providers.ghost, undefined);
  assert.deepEqual(facts.suppressions, [
    { provider: "alpha", model: "a-0", replacement: "alpha/a-1" },
    { provider: "alpha", model: "a-x", when: { baseUrlHosts: ["alpha.example"] } },
  ]);
  assert.deepEqual(facts.channels.chat, { aliases: ["talk"], external: true, keyVariables: ["CHAT_TOKEN"], plugin: "chat" });
  assert.deepEqual(facts.channels.beeper, { plugin: "beeper" });
  assert.deepEqual(facts.searchProviders, { far: { external: true, plugin: "moon" }, seek: { plugin: "alpha" } });
  assert.deepEqual(facts.plugins.alpha, { enabledByDefault: true });
  assert.deepEqual(facts.plugins.moon, { external: true, package: "@x/moon" });
  assert.equal(facts.environmentForm, "flat-and-vars");
  assert.deepEqual(facts.referencePlaces, [{ path: "agents.defaults.model", checked: true, form: "text-or-fallbacks" }]);
});

test("what a package does not show is left out, not made up", (context) => {
  const folder = folderWith(context, { "dist/empty.js": "const MODEL_APIS = compute();" });
  const { facts, schema } = releaseFacts({ version: "2026.2.1", date: "2026-02-01", folder });
  assert.equal(schema, undefined);
  assert.deepEqual(facts, { version: "2026.2.1", date: "2026-02-01", partial: ["providers"] });
});

test("early releases have their models from a library", (context) => {
  const folder = folderWith(context, PACKAGE);
  const models = `export const MODELS = { "alpha": { "other": { id: "other" } }, "beta": { "b-1": { id: "b-1", api: "x", baseUrl: "https://b", contextWindow: 5, cost: { input: 1 } } } };`;
  const { facts } = releaseFacts({ version: "2026.2.26", date: "2026-02-26", folder, models });
  assert.deepEqual(facts.providers.beta, { api: "x", baseUrl: "https://b", models: [{ id: "b-1", contextWindow: 5 }] });
  assert.deepEqual(facts.providers.alpha.models.map((model) => model.id), ["a-1"]);
});

test("a key that has a default need not be in the file", () => {
  const { root } = normalizeSchema(PRINTED);
  const defaults = root.properties.agents.properties.defaults;
  assert.equal(defaults.required, undefined);
  assert.equal(defaults.properties.level.default, "low");
});

test("literals next to each other are one enumeration, and a discriminator is found", () => {
  const branch = (source, extra) => ({ type: "object", properties: { source: { const: source }, ...extra }, required: ["source"], additionalProperties: false });
  const { root } = normalizeSchema({
    type: "object",
    properties: {
      choice: { anyOf: [{ const: "a" }, { const: "b" }, { type: "null" }] },
      secret: { oneOf: [branch("env", {}), branch("file", { path: { type: "string" } })] },
      pair: { type: "array", items: [{ type: "number" }, { type: "number" }], additionalItems: false, minItems: 2 },
      both: { type: ["string", "number"], minLength: 1, minimum: 0 },
    },
  });
  assert.deepEqual(root.properties.choice, { type: "union", nodes: [{ type: "enum", values: ["a", "b"] }, { type: "null" }] });
  assert.equal(root.properties.secret.discriminator, "source");
  assert.equal(root.properties.secret.exactlyOne, undefined);
  assert.deepEqual(root.properties.pair, { type: "array", minItems: 2, tuple: [{ type: "number" }, { type: "number" }], closed: true });
  assert.deepEqual(root.properties.both.nodes, [
    { type: "string", minLength: 1 },
    { type: "number", minimum: 0 },
  ]);
});

test("references are put in where they stand; only what contains itself becomes a definition", () => {
  const { root, definitions } = normalizeSchema({
    type: "object",
    $defs: {
      leaf: { type: "string" },
      tree: { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/tree" } } }, additionalProperties: false },
    },
    properties: { a: { $ref: "#/$defs/leaf" }, t: { $ref: "#/$defs/tree" } },
  });
  assert.deepEqual(root.properties.a, { type: "string" });
  const [name] = Object.keys(definitions);
  assert.deepEqual(root.properties.t, { type: "definition", name });
  assert.deepEqual(definitions[name].properties.children.items, { type: "definition", name });
});

test("keys that are accepted without being advertised are added", () => {
  const schema = (properties) => normalizeSchema({ type: "object", properties, additionalProperties: false });
  const merged = completeSchema(
    schema({ a: { type: "object", properties: { shown: { type: "string" } }, additionalProperties: false } }),
    schema({
      a: { type: "object", properties: { shown: { type: "number" }, hidden: { type: "boolean" } }, additionalProperties: false },
      b: { type: "null" },
    }),
  );
  assert.deepEqual(merged.root.properties.a.properties, { shown: { type: "string" }, hidden: { type: "boolean" } });
  assert.deepEqual(merged.root.properties.b, { type: "null" });
});

test("large nodes are shared under a name made from their content", () => {
  const big = { type: "object", properties: Object.fromEntries([...Array(20).keys()].map((index) => [`property${index}`, { type: "string" }])) };
  const nodes = new Map();
  const written = shareNodes({ type: "object", properties: { one: big, two: big, text: { type: "enum", values: ["#x"] } } }, nodes);
  const used = usedNodes([written], nodes);
  assert.equal(used.size, nodes.size);
  const again = new Map();
  assert.equal(canonical(shareNodes({ type: "object", properties: { one: big, two: big, text: { type: "enum", values: ["#x"] } } }, again)), canonical(written));
  assert.ok([...nodes.values()].some((text) => text.includes("##x")));
});

test("literals are read without running anything", () => {
  assert.deepEqual(readLiteral(`{ a: [1, -2.5, 2e4, .5], 'b-c': "x\\n\\u0041", d: new Set([\`t\`]), e: !0, f: null, /* c */ g: { ...rest } }`).value, {
    a: [1, -2.5, 20000, 0.5],
    "b-c": "x\nA",
    d: ["t"],
    e: true,
    f: null,
    g: { $spread: [{ $name: "rest" }] },
  });
  assert.throws(() => readLiteral("compute(1)"), NotALiteral);
  assert.throws(() => readLiteral("`${x}`"), NotALiteral);
  assert.deepEqual(literalsAfter("const A = f(); const A = [1]", "const A = "), [[1]]);
});

test("releases are chosen: pinned ones, the newest of each month, and what is newer than all that is known", () => {
  const published = ["2026.1.29", "2026.2.1", "2026.2.26", "2026.6.9", "2026.6.11", "2026.7.1", "2026.7.1-2", "2026.7.1-beta.1", "2026.8.1", "2026.8.2", "0.0.1"];
  assert.deepEqual(chooseReleases({ published, pinned: ["2026.6.9", "2026.5.2"], written: [] }), ["2026.2.26", "2026.6.9", "2026.6.11", "2026.7.1-2", "2026.8.2"]);
  assert.deepEqual(chooseReleases({ published, pinned: [], written: ["2026.7.1-2"] }), ["2026.2.26", "2026.6.11", "2026.7.1-2", "2026.8.1", "2026.8.2"]);
});

test("a release's day is in its number up to June 2026, later the registry's", () => {
  assert.equal(releaseDate("2026.6.11", "2026-08-17T00:00:00Z"), "2026-06-11");
  assert.equal(releaseDate("2026.6.33", "2026-08-25T11:32:36Z"), "2026-08-25");
  assert.equal(releaseDate("2026.7.1-2", "2026-07-18T22:51:41Z"), "2026-07-18");
  assert.throws(() => releaseDate("2026.9.9", undefined));
});

test("the history of nix-openclaw gives pins, and plugins by release", (context) => {
  const folder = folderWith(context, {});
  const git = (...args) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
      env: { ...process.env, GIT_COMMITTER_DATE: "1780000000 +0000", GIT_AUTHOR_DATE: "1780000000 +0000" },
    });
  git("init", "-q", "-b", "main");
  const commit = (version, plugins) => {
    mkdirSync(join(folder, "nix/sources"), { recursive: true });
    mkdirSync(join(folder, "nix/generated/openclaw-runtime-plugins"), { recursive: true });
    writeFileSync(join(folder, "nix/sources/openclaw-source.nix"), version ? `{ releaseVersion = "${version}"; }` : "{ rev = 1; }");
    writeFileSync(join(folder, "nix/generated/openclaw-runtime-plugins/default.nix"), `{\n${plugins.map((id) => `  ${id} = import ./x.nix;\n`).join("")}}`);
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", version || "none");
    return git("rev-parse", "HEAD").trim();
  };
  commit("", []);
  const pin = commit("2026.5.2", ["slack"]);
  commit("2026.5.2", ["slack", "moonshot"]);
  commit("2026.5.4", []);
  const history = nixOpenclawHistory(folder);
  assert.equal(history.seenUntil, 1780000000);
  assert.deepEqual(
    history.pins.map((entry) => entry.openclaw),
    ["2026.5.2", "2026.5.4"],
  );
  assert.equal(history.pins[0].commit, pin);
  assert.deepEqual(runtimePluginsOf(folder)("2026.5.2"), ["moonshot", "slack"]);
  assert.equal(runtimePluginsOf(folder)("2026.5.4"), undefined);
});
