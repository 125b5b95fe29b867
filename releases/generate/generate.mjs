#!/usr/bin/env node
// Makes `releases/data/` from the published packages. See docs/releases.md.
//
//   node releases/generate/generate.mjs                   every release that is worth having and has no data yet
//   node releases/generate/generate.mjs VERSION ...       these, also when they have data
//   node releases/generate/generate.mjs --all             every release that is worth having, anew
//
//   --nix-openclaw DIR   a clone of nix-openclaw: what it pins is read too
//   --keep DIR           keep what is downloaded there, and use what is there already
//   --scratch DIR        where downloads go otherwise (default: a new folder below the system's temporary one)
//   --into DIR           where the data goes (default: releases/data)

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseReleases } from "./choose.mjs";
import { writeRelease, writtenReleases } from "./data-files.mjs";
import { releaseDate } from "./dates.mjs";
import { nixOpenclawHistory, runtimePluginsOf } from "./nix-openclaw.mjs";
import { download, publishedTimes, suitableNode } from "./npm.mjs";
import { releaseFacts } from "./release.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));

function main() {
  const options = { into: join(HERE, "..", "data"), versions: [] };
  const args = process.argv.slice(2);
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === "--all") options.all = true;
    else if (["--nix-openclaw", "--keep", "--scratch", "--into"].includes(arg)) {
      const value = args.shift();
      if (!value) fail(`${arg} needs a folder`);
      options[arg.slice(2)] = resolve(value);
    } else if (/^\d{4}\.\d+\.\d+/.test(arg)) options.versions.push(arg);
    else fail(`unknown argument ${arg}`);
  }
  mkdirSync(options.into, { recursive: true });

  const history = join(options.into, "nix-openclaw.json");
  let runtimePlugins;
  if (options["nix-openclaw"]) {
    writeFileSync(history, `${JSON.stringify(nixOpenclawHistory(options["nix-openclaw"]), null, 1)}\n`);
    runtimePlugins = runtimePluginsOf(options["nix-openclaw"]);
  }
  const pinned = existsSync(history) ? JSON.parse(readFileSync(history, "utf8")).pins.map((pin) => pin.openclaw) : [];

  const times = publishedTimes();
  const written = writtenReleases(options.into);
  let versions = options.versions;
  if (versions.length === 0) {
    versions = chooseReleases({ published: Object.keys(times), pinned, written });
    if (!options.all) versions = versions.filter((version) => !written.includes(version));
  }
  const temporary = options.keep || options.scratch ? undefined : mkdtempSync(join(tmpdir(), "openclaw-releases-"));
  const scratch = options.keep ?? options.scratch ?? temporary;
  mkdirSync(scratch, { recursive: true });
  const failed = [];
  try {
    const node = versions.length > 0 ? suitableNode(scratch) : undefined;
    for (const version of versions) {
      const folder = join(scratch, version);
      try {
        if (!existsSync(folder)) download(version, folder, node);
        write(version, folder, times[version], options.into, runtimePlugins);
      } catch (error) {
        failed.push(version);
        console.error(`${version}: ${error.stack}`);
      }
      if (!options.keep) rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
  if (versions.length === 0) console.log("no new release");
  if (failed.length > 0) fail(`no data for ${failed.join(", ")}`);
}

/** Writes the data of one release from its folder: `package/`, and the two schemas if it has them. */
function write(version, folder, time, into, runtimePlugins) {
  const schema = (name) => {
    const file = join(folder, `${name}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  };
  const before = join(into, `${version}.json`);
  // Without a clone of nix-openclaw what was read from it earlier stays.
  const ids = runtimePlugins ? runtimePlugins(version) : existsSync(before) ? JSON.parse(readFileSync(before, "utf8")).runtimePlugins : undefined;
  const release = releaseFacts({
    version,
    date: releaseDate(version, time),
    folder: join(folder, "package"),
    models: existsSync(join(folder, "models.js")) ? readFileSync(join(folder, "models.js"), "utf8") : undefined,
    printed: schema("printed"),
    validating: schema("validating"),
    runtimePlugins: ids,
  });
  writeRelease(into, version, release.facts, release.schema);
  console.log(`${version}: ${release.schema ? "schema and" : "no schema, only"} ${Object.keys(release.facts).length} parts`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

main();
