// Records what the real OpenClaw says about configurations, inside one process: thousands of cases in a minute.
//
//   node tests/conformance/record.mjs PACKAGE_DIR CASES.jsonl > VERDICTS.jsonl
//
// PACKAGE_DIR is an installed npm package `openclaw` (`npm i openclaw@2026.6.11 --ignore-scripts`), run with a Node that
// the release accepts. Each line of CASES.jsonl is {"case": name, "config": value or text, "env": {NAME: value}};
// a text is written to the file as it is (JSON5, broken files), a value as JSON. Each line that comes out is
// {"case", "release", "valid", "issues": [{path, message}], "warnings": [...]}, in the same order.
// Nothing is sent anywhere and nothing outside of a temporary folder is written.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const [packageDir, casesFile] = process.argv.slice(2).map((argument) => path.resolve(argument));
if (!packageDir || !casesFile) {
  console.error("usage: node record.mjs PACKAGE_DIR CASES.jsonl > VERDICTS.jsonl");
  process.exit(2);
}

// The package reads these when it is loaded, so they are set first; nothing of the caller's surroundings may decide a verdict.
const home = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
process.on("exit", () => fs.rmSync(home, { recursive: true, force: true }));
const surroundings = {
  PATH: process.env.PATH,
  HOME: home,
  OPENCLAW_HOME: home,
  OPENCLAW_STATE_DIR: path.join(home, ".openclaw"),
  NO_COLOR: "1",
  OPENCLAW_NO_RESPAWN: "1",
};
for (const name of Object.keys(process.env)) delete process.env[name];
Object.assign(process.env, surroundings);
process.chdir(home);
// The verdicts alone belong on standard output; whatever the package prints goes to standard error.
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = (...rest) => process.stderr.write(...rest);

const release = JSON.parse(fs.readFileSync(path.join(packageDir, "package.json"), "utf8")).version;
const createConfigIO = await load(path.join(packageDir, "dist"));
const configPath = path.join(home, "openclaw.json");
const logger = { error() {}, warn() {}, info() {}, debug() {} };

for await (const line of readline.createInterface({ input: fs.createReadStream(casesFile) })) {
  if (!line.trim()) continue;
  const { case: name, config, env = {} } = JSON.parse(line);
  fs.writeFileSync(configPath, typeof config === "string" ? config : JSON.stringify(config));
  const variables = { ...surroundings, ...env, OPENCLAW_CONFIG_PATH: configPath };
  let verdict;
  try {
    // Later releases check some things only when they are asked to validate, as `config validate` does.
    const io = createConfigIO({ env: variables, configPath, logger, observe: false });
    const { snapshot, strictIssues = [] } = io.readConfigFileSnapshotWithPluginMetadata
      ? await io.readConfigFileSnapshotWithPluginMetadata({ prepareValidation: "strict" })
      : { snapshot: await io.readConfigFileSnapshot() };
    const valid = snapshot.valid && strictIssues.length === 0;
    verdict = {
      valid,
      issues: valid ? [] : (snapshot.valid ? strictIssues : snapshot.issues).map(({ path, message }) => ({ path: path || "<root>", message })),
      warnings: valid ? snapshot.warnings.map(({ path, message }) => ({ path: path || "<root>", message })) : [],
    };
  } catch (error) {
    verdict = { crashed: String(error).split("\n")[0] };
  }
  print(`${JSON.stringify({ case: name, release, ...verdict })}\n`);
}
process.exit(0);

// The function that the package reads its configuration with. Its file's name changes from release to release.
async function load(dist) {
  const candidates = fs
    .readdirSync(dist)
    .filter((file) => /\.m?js$/.test(file))
    .map((file) => ({ file, text: fs.readFileSync(path.join(dist, file), "utf8") }))
    .filter(({ text }) => /function createConfigIO\(/.test(text));
  for (const { file, text } of candidates) {
    const exported = /export \{[^}]*\bcreateConfigIO(?: as (\w+|\$))?\b[^}]*\}/.exec(text);
    if (!exported) continue;
    const module = await import(pathToFileURL(path.join(dist, file)).href);
    const found = module[exported[1] ?? "createConfigIO"];
    if (typeof found === "function") return found;
  }
  throw new Error(`no file in ${dist} exports createConfigIO`);
}
