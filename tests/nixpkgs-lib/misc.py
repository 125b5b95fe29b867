#!/usr/bin/env python3
"""Runs the tests of nixpkgs' `lib/tests/misc.nix`, each by itself.

    NIXPKGS=DIR OPENCLAW_CHECK=FILE tests/nixpkgs-lib/misc.py [--ours] [TEST ...]

With `--ours` against our own `lib`, otherwise against the real one. A test gives `true` where `expr` equals `expected`, as in
real Nix. Prints what differs and a summary; exits with 1 if a value is wrong. NIXPKGS is a checkout, of which only `lib` is
read; nothing of it is kept.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def main() -> None:
    arguments = sys.argv[1:]
    ours = "--ours" in arguments
    wanted = [argument for argument in arguments if argument != "--ours"]
    tests = Path(os.environ["NIXPKGS"]).resolve() / "lib" / "tests"
    text = (tests / "misc.nix").read_text()
    real = f"import {tests.parent}"
    text = text.replace("import ../default.nix", "import <nixpkgs/lib>" if ours else real)
    text = re.sub(r"(?<![\w/])\.\./", f"{tests.parent}/", text)
    text = re.sub(r"(?<![\w/.])\./", f"{tests}/", text)
    # The tests themselves instead of the failures among them.
    text = re.sub(r"^runTests \{", "(tests: tests) {", text, flags=re.MULTILINE)
    listed = text[text.index("(tests: tests) {") :]
    names = re.findall(r"^  (test\w+) =", listed, flags=re.MULTILINE)
    names = [name for name in names if not wanted or name in wanted]

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tests.nix").write_text(text)

        def outcome(name: str) -> str:
            path = Path(folder) / f"{name}.nix"
            path.write_text(f"let it = (import ./tests.nix).{name}; in it.expr == it.expected\n")
            command = [os.environ["OPENCLAW_CHECK"], "eval", str(path), "--strict", "--root", "/", "--no-git"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return done.stdout.strip()
            return f"{'unknown' if done.returncode == 3 else 'fails'}: {done.stderr.strip()[:300]}"

        with ThreadPoolExecutor(2) as workers:
            outcomes = dict(zip(names, workers.map(outcome, names)))
    unknown = [name for name, answer in outcomes.items() if answer.startswith("unknown")]
    wrong = [name for name, answer in outcomes.items() if answer != "true" and name not in unknown]
    for name in wrong + unknown:
        print(f"{name}: {outcomes[name]}")
    right = len(names) - len(wrong) - len(unknown)
    print(f"{right} of {len(names)} as in Nix, {len(unknown)} unknown, {len(wrong)} wrong")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
