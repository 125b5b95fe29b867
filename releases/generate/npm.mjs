// Gets a published release and lets it print its schema. Everything happens in a scratch folder.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The major version of Node with which every release so far runs. */
const NODE_MAJOR = 24;

/**
 * Dependencies of dependencies that cannot be installed for every release: newer patches of linkedom want a package that is not
 * everywhere, early releases of baileys (WhatsApp) one from a git repository. Neither has to do with the configuration.
 */
const OVERRIDES = { linkedom: "0.18.11", "@whiskeysockets/baileys": "npm:is-number@7.0.0" };

/** The packages that brought the models of releases up to May 2026, and the file that lists them. */
const CATALOGS = ["@mariozechner/pi-ai", "@earendil-works/pi-ai"];
const CATALOG_FILE = "dist/models.generated.js";

function npm(folder, ...args) {
  return execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
}

/** When each version was published, as the registry has it. */
export function publishedTimes() {
  return JSON.parse(npm(tmpdir(), "view", "openclaw", "time", "--json"));
}

/** A Node that runs OpenClaw: this one if it is new enough, else one from npm, installed into `scratch`. */
export function suitableNode(scratch) {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(scratch, "node");
  const binary = join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    npm(folder, "install", `${name}@${NODE_MAJOR}`, "--ignore-scripts", "--no-audit", "--no-fund");
  }
  return binary;
}

/**
 * Downloads `openclaw@version` into `folder` (created, must not exist): `package/` is the unpacked package, `printed.json` the schema that
 * `config schema` prints, `validating.json` the one of the object that validates, `models.js` the model list of its library. What
 * the release does not have is not there.
 */
export function download(version, folder, node) {
  const work = `${folder}.partial`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  let result = {};
  try {
    writeFileSync(join(work, "package.json"), JSON.stringify({ private: true, overrides: OVERRIDES }));
    npm(work, "install", `openclaw@${version}`, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
    const installed = join(work, "node_modules", "openclaw");
    result = {
      printed: json(node, installed, [join(installed, "openclaw.mjs"), "config", "schema"]),
      validating: json(node, installed, [join(dirname(fileURLToPath(import.meta.url)), "print-schema.mjs"), installed]),
    };
    const catalog = CATALOGS.map((name) => join(work, "node_modules", name, CATALOG_FILE)).find(existsSync);
    if (catalog) copyFileSync(catalog, join(work, "models.js"));
    rmSync(join(installed, "node_modules"), { recursive: true, force: true });
    renameSync(installed, join(work, "package"));
  } catch (error) {
    if (existsSync(join(work, "package"))) throw error;
    console.error(`openclaw@${version} cannot be installed (${reason(error)}): only its files are read`);
    npm(work, "pack", `openclaw@${version}`);
    const archive = readdirSync(work).find((name) => name.endsWith(".tgz"));
    execFileSync("tar", ["xzf", archive], { cwd: work });
  }
  rmSync(join(work, "node_modules"), { recursive: true, force: true });
  for (const [name, schema] of Object.entries(result)) {
    if (schema) writeFileSync(join(work, `${name}.json`), JSON.stringify(schema));
  }
  renameSync(work, folder);
}

function reason(error) {
  return /npm error (code .*|\d{3} .*)/.exec(String(error.stderr))?.[1] ?? error.message.split("\n")[0];
}

/** What the command prints, if it is JSON (else a word on why not, as early releases lack the command); it runs with an empty home and no environment of ours. */
function json(node, folder, args) {
  const home = mkdtempSync(join(tmpdir(), "openclaw-home-"));
  try {
    const output = execFileSync(node, args, {
      cwd: folder,
      encoding: "utf8",
      timeout: 600_000,
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${dirname(node)}:/usr/bin:/bin`,
        HOME: home,
        OPENCLAW_HOME: home,
        OPENCLAW_STATE_DIR: join(home, ".openclaw"),
        NO_COLOR: "1",
        OPENCLAW_NO_RESPAWN: "1",
      },
    });
    const text = output.slice(output.indexOf("{"));
    // A release that starts itself again prints twice, each time on one line.
    const [line] = text.split("\n", 1);
    return JSON.parse(line.length > 1 ? line : text);
  } catch (error) {
    const last = String(error.stderr ?? "").trim().split("\n").at(-1);
    console.error(`${args.slice(1).join(" ")}: ${last || error.message.split("\n")[0]}`);
    return undefined;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
