#!/usr/bin/env python3
"""Compares the program with the verdicts of real Nix in cases.jsonl.

    OPENCLAW_CHECK=FILE tests/nix-openclaw/compare.py [--input NAME=DIR ...] [CASE ...]

Without `--input` nix-openclaw's module is the modelled one, with `--input` of nixpkgs, home-manager and nix-openclaw the
real one is evaluated. Prints each disagreement and a summary; exits with 1 if there is a disagreement.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAKE = """{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    home-manager.url = "github:nix-community/home-manager";
    nix-openclaw.url = "github:openclaw/nix-openclaw";
  };
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    homeConfigurations.test = home-manager.lib.homeManagerConfiguration {
      pkgs = import nixpkgs { system = "x86_64-linux"; };
      modules = [
        nix-openclaw.homeManagerModules.openclaw
        ./CASE.nix
        {
          home.username = "test";
          home.homeDirectory = "/home/test";
          home.stateVersion = "25.11";
          programs.openclaw.bundledPlugins.goplaces.enable = nixpkgs.lib.mkForce false;
        }
      ];
    };
  };
}
"""
LOCK = {
    "nodes": {
        "nix-openclaw": {
            "locked": {
                "lastModified": 1782864000,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "owner": "openclaw",
                "repo": "nix-openclaw",
                "rev": "910c1ce89e6a6c7574ab97d3935afbe5310b5db7",
                "type": "github",
            },
            "original": {"owner": "openclaw", "repo": "nix-openclaw", "type": "github"},
        },
        "root": {"inputs": {"nix-openclaw": "nix-openclaw"}},
    },
    "root": "root",
    "version": 7,
}


def run(*arguments: str) -> dict:
    command = [os.environ["OPENCLAW_CHECK"], *arguments, "--no-git", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{command}: {done.stdout}{done.stderr}") from None


def agrees(wanted: object, shown: object) -> bool:
    """Whether a shown value is the recorded one. What is hidden as a secret, and store paths, count as equal."""
    if isinstance(shown, dict) and "$secret" in shown:
        return isinstance(wanted, str)
    if isinstance(shown, dict) and "$unknown" in shown:
        return isinstance(wanted, str) and wanted.startswith("/nix/store/")
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return wanted.keys() == shown.keys() and all(agrees(wanted[key], shown[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(shown, list):
        return len(wanted) == len(shown) and all(map(agrees, wanted, shown))
    return type(wanted) is type(shown) and wanted == shown


def disagreement(case: dict, inputs: list[str]) -> str | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "flake.nix").write_text(FLAKE.replace("CASE", case["case"]))
        (folder / "flake.lock").write_text(json.dumps(LOCK))
        (folder / f"{case['case']}.nix").write_text(case["module"] + "\n")
        if case["case"] != "kimi":
            (folder / "kimi.nix").write_text("{ }\n")
        (folder / "doc.md").write_text("# Notes\nBe kind.\n")
        (folder / "extra.nix").write_text("{ programs.openclaw.config.gateway.port = 77; }\n")
        report = run(name, *inputs)
        refusals = [
            finding
            for finding in report["findings"]
            if finding["consequence"] == "nix-rejects"
            and finding["severity"] == "error"
            and finding["rule"] != "failed-assertion"
            or finding["rule"] == "failed-assertion"
            and "every one of its instances" not in finding["message"]
        ]
        if case["refused"]:
            return None if refusals else "Nix refuses it, nothing is reported"
        if refusals:
            return f"Nix takes it, reported is: {refusals[0]['rule']}: {refusals[0]['message']}"
        if "fetches" in case:
            return None
        shown = run("show", name, *inputs)
        got: dict[str, object] = {}
        for configuration in shown["configurations"]:
            if configuration["name"] != "homeConfigurations.test":
                continue
            for instance in configuration["instances"]:
                if instance["if"] and "conditional" in case and not inputs:
                    return None
                if instance["if"]:
                    return f"conditional: {instance['if']}"
                got[instance["name"]] = instance["config"]
        if agrees(case["instances"], got) or case.get("as_if_enabled"):
            return None
        return f"rendered is {json.dumps(got)}\n    instead of {json.dumps(case['instances'])}"


def main() -> None:
    arguments = sys.argv[1:]
    inputs: list[str] = []
    while arguments and arguments[0] == "--input":
        inputs += arguments[:2]
        arguments = arguments[2:]
    cases = [json.loads(line) for line in (HERE / "cases.jsonl").read_text().splitlines()]
    cases = [case for case in cases if not arguments or case["case"] in arguments]
    wrong = 0
    for case in cases:
        found = disagreement(case, inputs)
        if found:
            wrong += 1
            print(f"{case['case']}: {found}")
    print(f"{len(cases) - wrong} of {len(cases)} agree")
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
