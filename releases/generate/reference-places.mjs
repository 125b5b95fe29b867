// Where a configuration holds references to models, and other facts that a release's schema shows by itself.

const AGENTS = ["agents.defaults", "agents.list[]", "agents.entries.*"];

const OF_AN_AGENT = [
  "model",
  "utilityModel",
  "decisionModel",
  "imageModel",
  "imageGenerationModel",
  "videoGenerationModel",
  "musicGenerationModel",
  "mediaModels.image",
  "mediaModels.video",
  "mediaModels.music",
  "voiceModel",
  "pdfModel",
  "heartbeat.model",
  "subagents.model",
  "compaction.model",
  "compaction.memoryFlush.model",
  "models",
];

/** Places that OpenClaw itself collects references from; there it refuses a retired model. */
const COLLECTED = [
  ...AGENTS.flatMap((agent) => OF_AN_AGENT.map((place) => `${agent}.${place}`)),
  "channels.modelByChannel.*.*",
  "hooks.mappings[].model",
  "hooks.gmail.model",
  "messages.tts.summaryModel",
  "tts.summaryModel",
  "channels.discord.voice.model",
];

/** Places that hold references too, but that nobody collects. */
const NOT_COLLECTED = [
  "tools.exec.reviewer.model",
  "agents.list[].tools.exec.reviewer.model",
  "agents.entries.*.tools.exec.reviewer.model",
  "agents.list[].tts.summaryModel",
  "agents.entries.*.tts.summaryModel",
  "channels.discord.accounts.*.voice.model",
  "channels.discord.accounts.*.voice.tts.summaryModel",
  "channels.discord.voice.tts.summaryModel",
  "plugins.entries.*.subagent.allowedModels",
  "plugins.entries.*.llm.allowedModels",
  "plugins.entries.active-memory.config.model",
  "plugins.entries.active-memory.config.modelFallback",
];

/** The places that the schema has, with the form of what stands there. */
export function referencePlaces(schema) {
  const places = [];
  for (const [paths, checked] of [
    [COLLECTED, true],
    [NOT_COLLECTED, false],
  ]) {
    for (const path of paths) {
      const form = formOf(nodesAt(schema, path));
      if (form) places.push(checked ? { path, form, checked } : { path, form });
    }
  }
  return places;
}

/** Whether `env` takes variables directly, or only below `vars`. */
export function environmentForm(schema) {
  const nodes = nodesAt(schema, "env").filter((node) => node.type === "object");
  if (nodes.length === 0) return undefined;
  return nodes.every((node) => node.rest === false) ? "vars-only" : "flat-and-vars";
}

/** The values of `api`, for releases in whose program text they are not a constant. */
export function modelApis(schema) {
  const values = nodesAt(schema, "models.providers.*.api").flatMap((node) => (node.type === "enum" ? node.values : []));
  return values.length > 0 ? [...new Set(values)].sort() : undefined;
}

/** All nodes that the schema allows at a path pattern, unions opened. */
export function nodesAt(schema, pattern) {
  const steps = pattern.replaceAll("[]", ".[]").split(".");
  let current = open(schema.root);
  for (const step of steps) {
    current = current.flatMap((node) => {
      if (step === "[]") return node.type === "array" && node.items ? open(node.items) : [];
      if (node.type !== "object") return [];
      const next = step === "*" ? node.rest || undefined : (node.properties?.[step] ?? (node.rest || undefined));
      return next ? open(next) : [];
    });
  }
  return current;
}

function open(node) {
  return node.type === "union" || node.type === "all" ? node.nodes.flatMap(open) : [node];
}

function formOf(nodes) {
  const object = nodes.find((node) => node.type === "object");
  if (object?.properties?.primary) return "text-or-fallbacks";
  if (object && object.rest) return "keys";
  if (nodes.some((node) => node.type === "array")) return "list";
  if (nodes.some((node) => node.type === "string")) return "text";
  return undefined;
}
