// What each commit of nix-openclaw pins and which options its module has, read from a clone of its repository.

import { execFileSync } from "node:child_process";

const SOURCES = ["nix/sources/openclaw-source.nix"];
const RUNTIME_PLUGINS = "nix/generated/openclaw-runtime-plugins/default.nix";

/**
 * The commits that began an era of the module's options, oldest first. A commit belongs to the newest of them that is among its
 * ancestors. (Between 9d8bafc and 952a04f, nine hours of 30 January, `programs.openclaw` still had the options of `programs.moltbot`.)
 */
export const ERAS = [
  { era: "clawdbot", commit: "97127c98febaaec7f192fae39f6d795358c51a77" },
  { era: "moltbot", commit: "f0482a8a0cc87d1926b0621bfcc70d3496afac0d" },
  { era: "schema-config", commit: "952a04f349352496f9de735763ac8757de7013ab" },
  { era: "bundled-plugins", commit: "f578b82ace078c86669f3153f421d1a5076fdd10" },
  { era: "pinned-workspace", commit: "2cb22671dcc75f42b7bd310ec814d04816073f26" },
  { era: "plugins-removed", commit: "38edf67292718986c91f1284cc08b485c5324d5d" },
  { era: "open-channels", commit: "659c9f5973653c8895b13df8d3be27e06bd07a1a" },
  { era: "runtime-packages", commit: "e16f9743fdc62231c27cd3b347f08d3839c58a2f" },
  { era: "runtime-plugins", commit: "7b32a9c71d4f7c1a5fab3338d17eb915061ac6cb" },
  { era: "bootstrap-files", commit: "85ac5a06bc00a0bc48c8e9831979e5e8b13184ce" },
];

/** Characters of a revision that are kept: enough to tell any two apart. */
export const REVISION_LENGTH = 16;

function git(repository, ...args) {
  return execFileSync("git", ["-C", repository, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
}

/** The text of `path` at each commit, in the order of `commits`; undefined where there is no such file. */
function fileAt(repository, commits, path) {
  const input = commits.map((commit) => `${commit}:${path}\n`).join("");
  const output = execFileSync("git", ["-C", repository, "cat-file", "--batch"], { input, maxBuffer: 1 << 28 });
  const texts = [];
  let position = 0;
  for (const _ of commits) {
    const end = output.indexOf(10, position);
    const header = output.toString("utf8", position, end);
    position = end + 1;
    const match = / blob (\d+)$/.exec(header);
    if (!match) {
      texts.push(undefined);
      continue;
    }
    const size = Number(match[1]);
    texts.push(output.toString("utf8", position, position + size));
    position += size + 1;
  }
  return texts;
}

/** The history as the program needs it: pins and eras by time, and for each revision of the main branch its release and era. */
export function nixOpenclawHistory(repository, branch = "HEAD") {
  const rows = git(repository, "log", "--topo-order", "--reverse", "--format=%H %ct %P", branch)
    .trim()
    .split("\n")
    .map((line) => {
      const [commit, time, ...parents] = line.split(" ");
      return { commit, time: Number(time), parents };
    });
  const commits = rows.map((row) => row.commit);
  const versions = fileAt(repository, commits, SOURCES[0]).map((text) => /releaseVersion\s*=\s*"([^"]+)"/.exec(text ?? "")?.[1] ?? null);

  const order = new Map(ERAS.map(({ commit }, index) => [commit, index]));
  const eras = new Map();
  const groups = new Map();
  rows.forEach((row, index) => {
    const inherited = Math.max(-1, ...row.parents.map((parent) => eras.get(parent) ?? -1));
    const era = Math.max(inherited, order.get(row.commit) ?? -1);
    eras.set(row.commit, era);
    // Before the first era the options were still being invented; nobody pins those commits.
    if (era < 0) return;
    const key = `${String(era).padStart(2, "0")} ${versions[index] ?? ""}`;
    if (!groups.has(key)) groups.set(key, { era: ERAS[era].era, ...(versions[index] && { openclaw: versions[index] }), revisions: [] });
    groups.get(key).revisions.push(row.commit.slice(0, REVISION_LENGTH));
  });

  const mainline = git(repository, "log", "--first-parent", "--reverse", "--format=%H", branch).trim().split("\n");
  const byCommit = new Map(rows.map((row, index) => [row.commit, { ...row, version: versions[index], era: eras.get(row.commit) }]));
  const pins = [];
  const changes = [];
  let pinned = null;
  let era = -1;
  for (const commit of mainline) {
    const row = byCommit.get(commit);
    if (row.version && row.version !== pinned) {
      pinned = row.version;
      pins.push({ commit, time: row.time, openclaw: pinned });
    }
    if (row.era > era) {
      era = row.era;
      changes.push({ commit, time: row.time, era: ERAS[era].era });
    }
  }
  const last = byCommit.get(mainline.at(-1));
  return {
    seenUntil: last.time,
    pins,
    eras: changes,
    revisions: [...groups.values()].map((group) => ({ ...group, revisions: group.revisions.join(" ") })),
  };
}

/** A function from a release to the ids that `runtimePlugins` offers where it is pinned, or undefined. */
export function runtimePluginsOf(repository, branch = "HEAD") {
  const mainline = git(repository, "log", "--first-parent", "--format=%H", branch).trim().split("\n");
  const sources = fileAt(repository, mainline, SOURCES[0]);
  const lists = fileAt(repository, mainline, RUNTIME_PLUGINS);
  const found = new Map();
  mainline.forEach((_, index) => {
    const version = /releaseVersion\s*=\s*"([^"]+)"/.exec(sources[index] ?? "")?.[1];
    if (!version || !lists[index] || found.has(version)) return;
    const ids = [...lists[index].matchAll(/^\s*"?([\w-]+)"?\s*=\s*import\b/gm)].map((match) => match[1]);
    if (ids.length > 0) found.set(version, ids.sort());
  });
  return (version) => found.get(version);
}
