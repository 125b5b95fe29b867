// Run by the Node that OpenClaw needs, in a folder where the release is installed: prints the JSON schema of a release that has no
// `config schema` yet, by asking the schema object with which it validates.
// usage: node print-schema.mjs PACKAGE-FOLDER

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const dist = join(process.argv[2], "dist");
// Early releases are not bundled: there the schema has a file of its own.
const names = readdirSync(dist).filter((name) => /\.m?js$/.test(name)).sort();
for (const name of [...names, "config/zod-schema.js"]) {
  if (!existsSync(join(dist, name))) continue;
  const text = readFileSync(join(dist, name), "utf8");
  const exported = /export \{[^}]*\bOpenClawSchema(?: as (\w+))?\b[^}]*\}|export const OpenClawSchema\b()/.exec(text);
  if (!exported || !/(?:const|let|var) OpenClawSchema = /.test(text)) continue;
  // Several files may hold the schema; some need what only a running gateway has.
  const module = await import(pathToFileURL(join(dist, name)).href).catch((error) => console.error(`${name}: ${error.message}`));
  if (!module) continue;
  const schema = module[exported[1] || "OpenClawSchema"];
  if (typeof schema?.toJSONSchema !== "function") continue;
  const printed = schema.toJSONSchema({ target: "draft-07", unrepresentable: "any", io: "input" });
  process.stdout.write(`${JSON.stringify(printed)}\n`, () => process.exit(0));
  await new Promise(() => {});
}
console.error("no exported schema found");
process.exit(1);
