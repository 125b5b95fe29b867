#!/usr/bin/env bash
# Installs real pre-commit and prek, and what checks workflow files and SARIF against their schemas, from the Python package
# registry into a folder of its own.
#
#   tests/support/install-python-tools.sh [FOLDER]      (default: target/python-tools; the programs are in FOLDER/bin)
set -euo pipefail
folder=${1:-target/python-tools}
packages=(pre-commit==4.7.0 prek==0.5.10 check-jsonschema==0.39.0 zizmor==1.32.0)
if [ "$(cat "$folder/packages" 2>/dev/null)" != "${packages[*]}" ]; then
  python3 -m venv "$folder" 2>/dev/null || python3 -m virtualenv --quiet "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
  echo "${packages[*]}" >"$folder/packages"
fi
for program in pre-commit prek check-jsonschema zizmor; do "$folder/bin/$program" --version; done
