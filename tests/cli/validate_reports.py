#!/usr/bin/env python3
"""Validates reports: `*.sarif` against the JSON schema of SARIF 2.1.0, `*.gitlab` against what GitLab's documentation asks of
a code quality report.

    pip install jsonschema
    tests/cli/validate_reports.py report.sarif report.gitlab ...

The schema of SARIF is not kept in this repository: it is taken from the published crate `serde-sarif`, which
cargo downloads. Each validator is first shown files that are wrong, and has to refuse every one of them.
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


# The fields that GitLab reads, all of them required. Paths are relative to the repository and begin with no `./`.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?![.]/|/).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def sarif_with(**changes):
    """A valid file of one result, but for the changes to that result."""
    result = {"message": {"text": "x"}, "level": "error", **changes}
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "x"}},
                "results": [{key: value for key, value in result.items() if value is not None}],
            }
        ],
    }


def place(**region):
    return [{"physicalLocation": {"artifactLocation": {"uri": "a.nix"}, "region": region}}]


def gitlab_with(**changes):
    """A valid report of one issue, but for the changes to it."""
    issue = {
        "description": "x",
        "check_name": "x",
        "fingerprint": "x",
        "severity": "minor",
        "location": {"path": "a.nix", "lines": {"begin": 1}},
        **changes,
    }
    return [{key: value for key, value in issue.items() if value is not None}]


RIGHT = {"sarif": [sarif_with(), sarif_with(locations=place(startLine=1))], "gitlab": [gitlab_with(), []]}
WRONG = {
    "sarif": [
        sarif_with(level="eror"),
        sarif_with(message=None),
        sarif_with(locations=place(startLine=0)),
        sarif_with(locations=place(startLine="1")),
        sarif_with(ruleIdentifier="x"),
        {**sarif_with(), "version": "2.0.0"},
        {"version": "2.1.0"},
    ],
    "gitlab": [
        gitlab_with(severity="error"),
        gitlab_with(fingerprint=None),
        gitlab_with(location={"path": "./a.nix", "lines": {"begin": 1}}),
        gitlab_with(location={"path": "a.nix"}),
        gitlab_with(location={"path": "a.nix", "lines": {"begin": 0}}),
        {},
    ],
}


def main():
    validators = {
        kind: jsonschema.validators.validator_for(rules)(rules)
        for kind, rules in [("sarif", schema()), ("gitlab", GITLAB)]
    }
    for kind, validator in validators.items():
        for document in RIGHT[kind]:
            if found := complaints(validator, document):
                sys.exit(f"the validator of {kind} refuses what is right: {found}")
        for document in WRONG[kind]:
            if not complaints(validator, document):
                sys.exit(f"the validator of {kind} accepts what is wrong, so it proves nothing: {document}")
    failed = False
    for name in map(pathlib.Path, sys.argv[1:]):
        kind = name.suffix.removeprefix(".")
        document = json.loads(name.read_text())
        found = complaints(validators[kind], document)
        if kind == "gitlab":
            # GitLab tells issues apart by these.
            fingerprints = [issue["fingerprint"] for issue in document]
            if len(set(fingerprints)) != len(fingerprints):
                found.append("two issues share a fingerprint")
        failed |= bool(found)
        print(f"{name.name}: {'valid' if not found else 'not valid'}")
        for complaint in found:
            print(f"  {complaint}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
