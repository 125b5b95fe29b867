#!/usr/bin/env python3
"""Records what real Nix makes of the modules in cases.jsonl together with the real nix-openclaw module.

    NIXPKGS=DIR HOME_MANAGER=DIR NIX_OPENCLAW=DIR NIX_INSTANTIATE=FILE tests/nix-openclaw/record.py

The folders are checkouts; of nixpkgs only `lib` is read. Packages are stand-ins, and the one bundled plugin that is on
by default is turned off, because its source would have to be fetched. Each line of cases.jsonl gets `refused` (whether
the configuration cannot be switched to: it does not evaluate, or an assertion does not hold) and, where it is not,
`instances` (the openclaw.json of each). Lines with `fetches` are left as they are: they cannot be evaluated offline. Written by hand are `as_if_enabled` (nothing
enables OpenClaw, so Nix renders nothing; it is checked all the same) and `conditional` (without the module's source the
answer is not known).
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPRESSION = HERE / "evaluate.nix"


def verdict(module: Path) -> dict:
    command = [os.environ["NIX_INSTANTIATE"], "--eval", "--strict", "--json", str(EXPRESSION)]
    arguments = {
        "nixpkgs": os.environ["NIXPKGS"],
        "homeManager": os.environ["HOME_MANAGER"],
        "nixOpenclaw": os.environ["NIX_OPENCLAW"],
        "module": str(module),
    }
    for name, value in arguments.items():
        command += ["--argstr", name, value]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if re.search("unable to download|Could not resolve", done.stderr):
            raise SystemExit(f"{module.name} wants to fetch something")
        return {"refused": True}
    answer = json.loads(done.stdout)
    if answer["failed"]:
        return {"refused": True}
    return {"refused": False, "instances": answer["instances"]}


def main() -> None:
    path = HERE / "cases.jsonl"
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "doc.md").write_text("# Notes\nBe kind.\n")
        (Path(folder) / "extra.nix").write_text("{ programs.openclaw.config.gateway.port = 77; }\n")
        for case in cases:
            (Path(folder) / f"{case['case']}.nix").write_text(case["module"] + "\n")
        for case in cases:
            if "fetches" not in case:
                case.pop("instances", None)
                case.update(verdict(Path(folder) / f"{case['case']}.nix"))
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))


if __name__ == "__main__":
    main()
