#!/usr/bin/env bash
# Installs real pre-commit for the tests, from the Python package registry into a folder of its own.
#
#   tests/support/install-pre-commit.sh [FOLDER]      (default: target/pre-commit; the program is FOLDER/bin/pre-commit)
set -euo pipefail
folder=${1:-target/pre-commit}
version=4.7.0
if [ ! -x "$folder/bin/pre-commit" ]; then
  python3 -m venv "$folder" 2>/dev/null || python3 -m virtualenv --quiet "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "pre-commit==$version"
fi
"$folder/bin/pre-commit" --version
