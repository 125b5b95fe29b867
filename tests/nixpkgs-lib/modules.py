#!/usr/bin/env python3
"""Runs the checks of nixpkgs' `lib/tests/modules.sh`.

    NIXPKGS=DIR OPENCLAW_CHECK=FILE tests/nixpkgs-lib/modules.py [--ours] [LINE ...]

With `--ours` on our own module system and `lib`, otherwise on nixpkgs' own, evaluated. The checks are read from the script
of that folder: what must come out, and what must fail (with which words is not compared). Prints what differs and a
summary; exits with 1 if a value is wrong.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

NAMES = ("checkConfigOutput", "checkConfigError", "checkExpression")


def words(line: str, following: list[str]) -> list[str]:
    """The words of a command, which may go over several lines."""
    while True:
        try:
            return shlex.split(line)
        except ValueError:
            line += "\n" + following.pop(0)


def checks(script: str) -> list[tuple[int, str, list[str]]]:
    """Line, kind and arguments of each check."""
    found = []
    rest = script.split("\n")
    positional: list[str] = []
    total = len(rest)
    while rest:
        number = total - len(rest) + 1
        line = rest.pop(0)
        while line.endswith("\\"):
            line = line[:-1] + rest.pop(0).strip()
        command = line.strip()
        # Warnings that abort are an option of Nix, and not of the language.
        if command.startswith("ABORT_ON_WARN=1"):
            continue
        if not re.match(rf"([A-Z_]+=\S+ )*({'|'.join(NAMES)}|set --) ", command):
            continue
        parts = words(command, rest)
        while re.match(r"[A-Z_]+=", parts[0]):
            parts.pop(0)
        if parts[0] == "set":
            positional = parts[2:]
            continue
        arguments: list[str] = []
        for part in parts[1:]:
            if part == "$@":
                arguments += positional
            elif part.startswith("./") and "{" in part:
                before, inside, after = re.match(r"(.*)\{(.*)\}(.*)", part).groups()
                arguments += [before + one + after for one in inside.split(",")]
            else:
                arguments.append(part)
        found.append((number, parts[0], arguments))
    return found


def main() -> None:
    arguments = sys.argv[1:]
    ours = "--ours" in arguments
    wanted = {argument for argument in arguments if argument != "--ours"}
    tests = Path(os.environ["NIXPKGS"]).resolve() / "lib" / "tests"
    modules = tests / "modules"
    lib = "lib = import <nixpkgs/lib>; " if ours else ""
    selected = [
        check for check in checks((tests / "modules.sh").read_text()) if not wanted or str(check[0]) in wanted
    ]

    with tempfile.TemporaryDirectory() as folder:

        def run(check: tuple[int, str, list[str]]) -> subprocess.CompletedProcess[str]:
            number, kind, given = check
            path = Path(folder) / f"{number}.nix"
            attribute = []
            if kind == "checkExpression":
                path.write_text(f"import {modules}/{given[0].removeprefix('./')}")
            else:
                files = " ".join(
                    f"{modules}{part[1:]}" if part.startswith("./") else part for part in given[2:]
                )
                attribute = [given[1]]
                path.write_text(
                    f"with import {modules}/default.nix {{ {lib}modules = [ {files} ]; }}; {{ inherit config options; }}"
                )
            command = [os.environ["OPENCLAW_CHECK"], "eval", str(path), *attribute]
            command += ["--json", "--strict", "--root", "/", "--no-git"]
            return subprocess.run(command, capture_output=True, text=True, check=False)

        with ThreadPoolExecutor(2) as workers:
            results = list(workers.map(run, selected))
    counts = {"right": 0, "unknown": 0, "wrong": 0}
    for (number, kind, given), result in zip(selected, results):
        if kind == "checkConfigError":
            is_right = result.returncode == 1
        else:
            is_right = result.returncode == 0
            if is_right and kind == "checkConfigOutput":
                value = json.dumps(json.loads(result.stdout), separators=(",", ":"), ensure_ascii=False)
                is_right = re.search(given[0], value) is not None
        outcome = "right" if is_right else "unknown" if result.returncode == 3 else "wrong"
        counts[outcome] += 1
        if outcome != "right":
            answer = (result.stdout + result.stderr).strip()[:200]
            print(f"{outcome}: line {number}: {kind} {' '.join(given)[:120]}\n    {answer}")
    print(f"{counts['right']} of {len(selected)} as in Nix, {counts['unknown']} unknown, {counts['wrong']} wrong")
    raise SystemExit(counts["wrong"] > 0)


if __name__ == "__main__":
    main()
