#!/usr/bin/env python3
"""Writes src/openclaw/option_types/declared.tsv: which options nix-openclaw's modules declare, with type and eras.

    generate.py NIX_OPENCLAW_CHECKOUT NIXPKGS_LIB

needs git and Nix; NIX_OPENCLAW_CHECKOUT is a git directory with its history, NIXPKGS_LIB the folder `lib` of nixpkgs.
"""

import json
import os
import subprocess
import sys
import tempfile

ERAS = ["clawdbot", "moltbot", "schema-config", "bundled-plugins", "plugins-removed", "runtime-plugins", "bootstrap-files"]

# Options come and go inside an era too: what any of its revisions declares counts as declared.
REVISIONS = {
    0: ["97127c9", "f0482a8"],
    1: ["f0482a8"],
    2: ["952a04f"],
    3: ["f578b82", "62b43a8"],
    4: ["38edf67", "7b32a9c"],
    5: ["7b32a9c"],
    6: ["85ac5a0", "910c1ce"],
}
GATEWAY_REVISIONS = {4: ["38edf67"], 5: ["7b32a9c"], 6: ["910c1ce"]}


def options(repository, revision, lib, kind):
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "-C", repository, "archive", revision], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        expression = f'import {here}/options.nix {{ source = {folder}; lib = {lib}; kind = "{kind}"; }}'
        result = subprocess.run(["nix", "eval", "--impure", "--json", "--expr", expression], check=True, capture_output=True)
        return json.loads(result.stdout)


def main(repository, lib):
    declared = {}
    for kind, root, revisions in (("home", "programs", REVISIONS), ("nixos", "services", GATEWAY_REVISIONS)):
        for era, names in revisions.items():
            for revision in names:
                for line in options(repository, revision, os.path.abspath(lib), kind):
                    path, kind_of_value = line.split(" : ", 1)
                    path = f"{root}.{path.split('.', 1)[1]}"
                    declared.setdefault((path, kind_of_value), set()).add(era)
    lines = []
    for (path, kind_of_value), eras in sorted(declared.items()):
        runs = []
        for era in sorted(eras):
            if runs and runs[-1][1] == era - 1:
                runs[-1][1] = era
            else:
                runs.append([era, era])
        lines += [f"{path}\t{kind_of_value}\t{ERAS[first]}\t{ERAS[last]}" for first, last in runs]
    target = os.path.join(os.path.dirname(__file__), "../../../src/openclaw/option_types/declared.tsv")
    with open(target, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
