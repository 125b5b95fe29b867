#!/usr/bin/env python3
"""Validates SARIF files against the JSON schema of SARIF 2.1.0.

    pip install jsonschema
    tests/cli/validate_sarif.py report.sarif ...

The schema is not kept in this repository: it is taken from the published crate `serde-sarif`, which
cargo downloads. Without arguments, or with them, the validator is first shown a file that is wrong, and
has to refuse it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

CRATE = "serde-sarif"
VERSION = "0.8.0"

MANIFEST = f"""
[package]
name = "schema-holder"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
{CRATE} = "={VERSION}"
"""


def schema():
    """The schema as the crate ships it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "Cargo.toml").write_text(MANIFEST)
        (folder / "lib.rs").touch()
        described = subprocess.run(
            ["cargo", "metadata", "--quiet", "--format-version", "1"],
            cwd=folder,
            check=True,
            stdout=subprocess.PIPE,
        )
        for package in json.loads(described.stdout)["packages"]:
            if package["name"] == CRATE:
                source = pathlib.Path(package["manifest_path"]).parent
                return json.loads((source / "src" / "schema.json").read_text())
    sys.exit(f"{CRATE} {VERSION} could not be had")


def complaints(validator, document):
    """What the schema says against a document."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(document)
    ]


def main():
    rules = schema()
    validator = jsonschema.validators.validator_for(rules)(rules)
    wrong = {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "x"}},
                "results": [{"message": {"text": "x"}, "level": "eror"}],
            }
        ],
    }
    if not complaints(validator, wrong):
        sys.exit("the validator accepts a misspelt level: it proves nothing")
    failed = False
    for name in sys.argv[1:]:
        found = complaints(validator, json.loads(pathlib.Path(name).read_text()))
        failed |= bool(found)
        print(f"{name}: {'valid' if not found else 'not valid'}")
        for complaint in found:
            print(f"  {complaint}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
