#!/usr/bin/env python3
"""Makes up sets of modules and compares what they come to: real Nix with nixpkgs' `lib`, and our module system with our own `lib`.

    NIXPKGS=DIR NIX_INSTANTIATE=FILE OPENCLAW_CHECK=FILE tests/nixpkgs-lib/generated.py [--seed N] [--count N] [--real] [--keep DIR]

With `--real` ours is given the real `lib` too. Each question about a set (an option's value, its names, whether it is defined) is
compared by itself: equal, both fail, or unknown here. Prints what differs, with the expression, and a summary; exits with 1 if a
value is wrong. NIXPKGS is a checkout, of which only `lib` is read; nothing of it is kept.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# What a value looks like, told in JSON: functions by their arguments and what they give, floats and paths by their text.
PRELUDE = """
let
  inherit (lib) mkOption mkIf mkMerge mkForce mkDefault mkOverride mkOrder mkBefore mkAfter mkOptionDefault types;
  show = value:
    if builtins.isFunction value || (builtins.isAttrs value && value ? __functor) then
      let called = builtins.tryEval (let result = value { argument = 5; }; in builtins.deepSeq (show result) (show result)); in
      { function = called; arguments = lib.functionArgs value; }
    else if builtins.isAttrs value then builtins.mapAttrs (_: show) value
    else if builtins.isList value then map show value
    else if builtins.isFloat value then { float = toString value; }
    else if builtins.isPath value then { path = toString value; }
    else value;
  ask = question: let shown = show question; in builtins.tryEval (builtins.deepSeq shown shown);
in
"""


class Maker:
    """Makes up modules; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, *choices):
        return self.random.choice(choices)

    # Types are pairs of their text and a function that makes up a value.

    def simple_type(self):
        word = lambda: json.dumps(self.pick("a", "b", "", "x y", "line\n", "12", "/abs", "a:b"))
        number = lambda: self.pick("0", "1", "2", "(-3)", "255", "300", "70000")
        decimal = lambda: self.pick("1.0", "2.5", "(-0.5)")
        kinds = [
            ("types.bool", lambda: self.pick("true", "false")),
            ("types.boolByOr", lambda: self.pick("true", "false")),
            ("types.int", number),
            ("types.int", number),
            ("types.float", decimal),
            ("types.number", lambda: self.pick(number, decimal)()),
            ("types.ints.positive", number),
            ("types.ints.unsigned", number),
            ("types.ints.u8", number),
            ("types.ints.s16", number),
            ("types.port", number),
            ("(types.ints.between 1 2)", number),
            ("types.numbers.nonnegative", lambda: self.pick(number, decimal)()),
            ("types.str", word),
            ("types.str", word),
            ("types.lines", word),
            ("types.commas", word),
            ("types.envVar", word),
            ('(types.separatedString "-")', word),
            ("types.nonEmptyStr", word),
            ("types.singleLineStr", word),
            ('(types.strMatching "[a-z]+")', word),
            ("(types.passwdEntry types.str)", word),
            ("types.path", lambda: self.pick("/abs/file", '"/abs"', '"relative"')),
            ("(types.pathWith { absolute = false; })", lambda: self.pick("/abs/file", '"/abs"', '"relative"')),
            ("types.externalPath", lambda: self.pick('"/abs"', '"relative"')),
            ("types.raw", lambda: self.pick(number, word)()),
            ("types.anything", lambda: self.anything(2)),
            ("types.anything", lambda: self.anything(2)),
            ("types.unspecified", lambda: self.anything(1)),
            ("types.attrs", lambda: self.set_of(lambda: self.anything(1))),
            ('(types.enum [ "a" "b" 1 null ])', lambda: self.pick('"a"', '"b"', "1", "null", '"c"')),
            ("types.luaInline", lambda: self.pick('(lib.mkLuaInline "x")', '(lib.generators.mkLuaInline "y")')),
            ("types.deferredModule", lambda: self.set_of(lambda: self.anything(1))),
            ("types.optionType", lambda: self.pick("types.int", "types.str")),
        ]
        return self.random.choice(kinds)

    def anything(self, depth: int) -> str:
        if depth and self.chance(0.5):
            inner = lambda: self.wrapped(lambda: self.anything(depth - 1), 0.2)
            return self.pick(self.set_of, self.set_of, self.list_of)(inner)
        return self.pick("1", "2", "1.0", '"a"', '"b"', "true", "false", "null", "(argument: 1)", "({ argument, more ? 2 }: argument)", "[ ]", "{ }", "/abs/file", '{ __toString = _: "t"; }')

    def set_of(self, inner) -> str:
        names = self.random.sample(["a", "b", "c"], self.random.randint(0, 2))
        return "{ " + "".join(f"{name} = {inner()}; " for name in names) + "}"

    def list_of(self, inner) -> str:
        return "[ " + "".join(f"{self.atom(inner())} " for _ in range(self.random.randint(0, 3))) + "]"

    @staticmethod
    def atom(text: str) -> str:
        return f"({text})" if " " in text and text[0] not in "([{\"" else text

    def type(self, depth: int):
        if depth == 0 or self.chance(0.35):
            return self.simple_type()
        (text, make) = self.type(depth - 1)
        element = lambda: self.value(make, depth)
        choice = self.random.randrange(21)
        if choice <= 1:
            return (f"(types.listOf {text})", lambda: self.list_of(element))
        if choice <= 3:
            return (f"(types.attrsOf {text})", lambda: self.set_of(element))
        if choice == 4:
            return (f"(types.lazyAttrsOf {text})", lambda: self.set_of(element))
        if choice <= 6:
            return (f"(types.nullOr {text})", lambda: "null" if self.chance(0.3) else make())
        if choice == 7:
            return (f"(types.uniq {text})", make)
        if choice == 8:
            return (f"(types.nonEmptyListOf {text})", lambda: self.list_of(element))
        if choice <= 10:
            (other, other_make) = self.type(depth - 1)
            return (f"(types.either {text} {other})", lambda: self.pick(make, other_make)())
        if choice == 11:
            (other, other_make) = self.type(depth - 1)
            (third, third_make) = self.simple_type()
            return (f"(types.oneOf [ {text} {other} {third} ])", lambda: self.pick(make, other_make, third_make)())
        if choice == 12:
            (other, other_make) = self.simple_type()
            function = self.pick("toString", "(value: [ value ])", "(value: { a = value; })", "(value: value)", "builtins.toJSON")
            return (f"(types.coercedTo {other} {function} {text})", lambda: self.pick(make, other_make)())
        if choice == 13:
            return (f"(types.functionTo {text})", lambda: self.pick(f"({{ argument, ... }}: {make()})", f"(given: {make()})"))
        if choice <= 16:
            return self.submodule(depth)
        if choice == 17:
            (other, other_make) = self.type(depth - 1)
            tags = {"left": (text, make), "right": (other, other_make)}
            declared = f"left = mkOption {{ type = {text}; }}; right = mkOption {{ type = {other}; default = 1; }};"

            def tagged() -> str:
                name = self.pick("left", "right")
                return f"{{ {name} = {self.value(tags[name][1], depth)}; }}"

            return (f"(types.attrTag {{ {declared} }})", tagged)
        if choice == 18:
            lazy = self.pick("true", "false")
            return (f"(types.attrsWith {{ elemType = {text}; lazy = {lazy}; }})", lambda: self.set_of(element))
        if choice == 19:
            check = self.pick("(value: value != 1)", "(value: true)", "(value: builtins.isAttrs value)", "(value: false)")
            return (f"(types.addCheck {text} {check})", make)
        merge = self.pick(
            "(location: definitions: map (one: one.value) definitions)",
            "lib.mergeEqualOption",
            "lib.mergeOneOption",
            "(location: definitions: builtins.length definitions)",
        )
        return (f'(lib.mkOptionType {{ name = "own"; merge = {merge}; }})', make)

    def submodule(self, depth: int):
        names = self.random.sample(["a", "b", "c"], self.random.randint(1, 3))
        options = [(name, *self.option(depth - 1)) for name in names]
        declared = " ".join(f"options.{name} = {text};" for (name, text, _) in options)
        makers = {name: make for (name, _, make) in options}
        if self.chance(0.2):
            declared += f" freeformType = {self.pick('types.attrsOf types.int', 'types.attrs', 'types.lazyAttrsOf types.anything', 'types.attrsOf types.anything')};"
            makers["d"] = lambda: self.pick("1", '"x"', "{ }")
        if self.chance(0.25) and makers:
            name = self.pick(*makers)
            declared += f" config.{name} = {self.value(makers[name], depth)};"
        module = f"{{ {declared} }}"
        if self.chance(0.2):
            if self.chance(0.4):
                declared += " options.named = mkOption { default = name; };"
                module = f"{{ {declared} }}"
            module = f"({{ name, config, lib, ... }}: {module})"

        def make() -> str:
            chosen = [name for name in makers if self.chance(0.6)]
            if self.chance(0.03):
                chosen.append("unknown")
            inside = "".join(f"{name} = {self.value(makers.get(name, lambda: '1'), depth)}; " for name in chosen)
            text = f"{{ {inside}}}"
            if self.chance(0.1):
                text = f"({{ config, ... }}: {text})"
            elif self.chance(0.05):
                text = f"{{ imports = [ {text} ]; }}"
            return text

        if self.chance(0.3):
            shorthand = self.pick("", " shorthandOnlyDefinesConfig = true;", " shorthandOnlyDefinesConfig = false;")
            return (f"(types.submoduleWith {{ modules = [ {module} ];{shorthand} }})", make)
        return (f"(types.submodule {module})", make)

    # Values, wrapped in what the module system knows.

    def value(self, make, depth: int = 1) -> str:
        if self.chance(0.03):
            return self.pick("null", "1", '"wrong"', "{ }", "[ ]", "{ a = 1; }")
        if self.chance(0.015):
            return '(throw "it fails")'
        return self.wrapped(make, 0.25)

    def wrapped(self, make, probability: float) -> str:
        if not self.chance(probability):
            return make()
        inner = lambda: self.atom(self.wrapped(make, 0.3))
        choice = self.random.randrange(13)
        if choice <= 2:
            return f"(mkIf {self.condition()} {inner()})"
        if choice <= 4:
            return f"(mkDefault {inner()})"
        if choice == 5:
            return f"(mkForce {inner()})"
        if choice == 6:
            return f"(mkOverride {self.pick('1', '100', '1000', '1500', '2000')} {inner()})"
        if choice == 7:
            return f"(mkBefore {inner()})"
        if choice == 8:
            return f"(mkAfter {inner()})"
        if choice == 9:
            return f"(mkOrder {self.pick('1', '1000', '1500')} {inner()})"
        if choice == 10:
            return f"(mkOptionDefault {inner()})"
        return "(mkMerge [ " + "".join(f"{inner()} " for _ in range(self.random.randint(0, 2))) + "])"

    def condition(self) -> str:
        return self.pick("true", "true", "false", "config.flag", "(!config.flag)")

    def option(self, depth: int):
        if self.chance(0.1):
            (text, make) = (None, lambda: self.anything(1))
        else:
            (text, make) = self.type(depth)
        inside = f"type = {text}; " if text else ""
        if self.chance(0.4):
            inside += f"default = {self.value(make)}; "
        if self.chance(0.1):
            inside += f"apply = {self.pick('(value: value)', '(value: [ value ])', '(_: 3)', 'toString', 'builtins.typeOf')}; "
        if self.chance(0.05):
            inside += "readOnly = true; "
        return (f"mkOption {{ {inside}}}", make)

    def case(self) -> tuple[str, dict[str, str]]:
        """A set of modules, and questions about it."""
        options = {}
        declaring = []
        for name in self.random.sample(["one", "two", "three", "below.four", "below.five"], self.random.randint(1, 3)):
            (text, make) = self.option(3)
            options[name] = make
            declaring.append(f"options.{name} = {text};")
            if self.chance(0.07):
                (text, _) = self.option(1) if self.chance(0.3) else (text, make)
                declaring.append(f"imports = [ {{ options.{name} = {text}; }} ];")
        flag = self.pick("true", "false")
        if self.chance(0.12):
            kind = self.pick("types.attrsOf types.int", "types.lazyAttrsOf types.int", "types.attrs", "types.anything", "types.attrsOf types.anything", "types.lazyAttrsOf types.raw")
            declaring.append(f"freeformType = {kind};")
            for name in self.random.sample(["free", "below.free", "other"], self.random.randint(1, 2)):
                options[name] = lambda: self.pick("1", "2", '"x"', "{ a = 1; }")
        modules = [f"{{ options.flag = mkOption {{ default = {flag}; type = types.bool; }}; }}"]
        imports = [part for part in declaring if part.startswith("imports")]
        plain = [part for part in declaring if not part.startswith("imports")]
        modules.append("({ config, ... }: { " + " ".join(plain) + " })")
        modules += [part.removeprefix("imports = [ ").removesuffix(" ];") for part in imports]
        for _ in range(self.random.randint(1, 4)):
            parts = []
            for name, make in options.items():
                if self.chance(0.6):
                    parts.append(f"{name} = {self.value(make, 3)};")
            if self.chance(0.02):
                parts.append("undeclared = 1;")
            body = "{ " + " ".join(parts) + " }"
            if self.chance(0.25):
                body = "{ config = " + self.wrapped(lambda: body, 0.7) + "; }"
            if self.chance(0.1):
                body = f"{{ imports = [ {body} ]; }}"
            modules.append(f"({{ config, ... }}: {body})")
        if self.chance(0.5):
            self.random.shuffle(modules)
        if self.chance(0.15) and "one" in options:
            modules.append('(lib.mkAliasOptionModule [ "old" ] [ "one" ])')
            modules.append(f"({{ config, ... }}: {{ old = {self.value(options['one'], 2)}; }})")
        if self.chance(0.1) and "two" in options:
            modules.append('(lib.mkRenamedOptionModule [ "former" ] [ "two" ])')
            modules.append("{ options.warnings = mkOption { type = types.listOf types.str; default = [ ]; }; options.assertions = mkOption { type = types.listOf types.anything; default = [ ]; }; }")
            if self.chance(0.7):
                modules.append(f"({{ config, ... }}: {{ former = {self.value(options['two'], 2)}; }})")
        text = "lib.evalModules { modules = [\n" + "\n".join(f"    {module}" for module in modules) + "\n  ]; }"
        questions = {}
        for name in options:
            questions[f"config.{name}"] = f"set.config.{name}"
            questions[f"names {name}"] = f"let it = set.config.{name}; in if builtins.isAttrs it then builtins.attrNames it else if builtins.isList it then builtins.length it else builtins.typeOf it"
            questions[f"defined {name}"] = f"set.options.{name}.isDefined"
            questions[f"priority {name}"] = f"set.options.{name}.highestPrio"
            questions[f"definitions {name}"] = f"set.options.{name}.definitions"
        questions["names"] = "builtins.attrNames set.config"
        return (text, questions)


def expression(case: tuple[str, dict[str, str]], lib: str) -> str:
    (text, questions) = case
    asked = "\n".join(f"  {json.dumps(name)} = ask ({question});" for name, question in questions.items())
    return f"let lib = {lib}; in {PRELUDE}\nlet set = {text};\nin {{\n{asked}\n}}\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--first", type=int, default=0, help="the index of the first set")
    parser.add_argument("--keep", help="where to leave the expressions that differ")
    arguments = parser.parse_args()
    lib = Path(os.environ["NIXPKGS"]).resolve() / "lib"
    nix = os.environ.get("NIX_INSTANTIATE", "nix-instantiate")

    with tempfile.TemporaryDirectory() as folder:

        def run(command: list[str]) -> subprocess.CompletedProcess[str]:
            return subprocess.run(command, capture_output=True, text=True, check=False)

        def answers(path: Path, questions: dict[str, str], ours: bool) -> dict[str, object]:
            """What comes of each question: a value, or a failure, or unknown."""

            def ask(attribute: str | None) -> subprocess.CompletedProcess[str]:
                if ours:
                    command = [os.environ["OPENCLAW_CHECK"], "eval", str(path), *([attribute] if attribute else [])]
                    return run([*command, "--json", "--strict", "--root", "/", "--no-git"])
                select = ["--attr", attribute] if attribute else []
                return run([nix, "--eval", "--strict", "--json", "--read-write-mode", str(path), *select])

            def outcome(shown: object) -> object:
                if isinstance(shown, dict) and "$unknown" in shown:
                    return ("unknown", shown["$unknown"])
                if isinstance(shown, dict) and set(shown) == {"success", "value"}:
                    if shown["success"] is True:
                        return ("unknown", "inside") if '"$unknown"' in json.dumps(shown) else ("value", shown["value"])
                    if shown["success"] is False:
                        return ("fails", "")
                return ("unknown", json.dumps(shown)[:100])

            whole = ask(None)
            if whole.returncode == 0 or (ours and whole.returncode == 3 and whole.stdout.strip()):
                found = json.loads(whole.stdout)
                if set(found) == set(questions):
                    return {name: outcome(found[name]) for name in questions}
            # Something fails in a way that cannot be caught: each question by itself.
            result = {}
            for name in questions:
                one = ask(json.dumps(name))
                if one.returncode == 0 or (ours and one.returncode == 3):
                    result[name] = outcome(json.loads(one.stdout)) if one.stdout.strip() else ("unknown", one.stderr.strip()[:200])
                elif one.returncode == 1:
                    result[name] = ("fails", one.stderr.strip()[-400:])
                else:
                    result[name] = ("broken", one.stderr.strip()[-400:])
            return result

        def compare(index: int) -> tuple[int, int, list[str]]:
            case = Maker(arguments.seed * 1_000_003 + index).case()
            real_path = Path(folder) / f"real{index}.nix"
            our_path = Path(folder) / f"ours{index}.nix"
            real_path.write_text(expression(case, f"import {lib}"))
            our_path.write_text(expression(case, f"import {lib}" if arguments.real else "import <nixpkgs/lib>"))
            real = answers(real_path, case[1], ours=False)
            ours = answers(our_path, case[1], ours=True)
            different = []
            unknown = 0
            for name in case[1]:
                if ours[name][0] == "unknown":
                    unknown += 1
                elif ours[name][0] != real[name][0] or (ours[name][0] == "value" and ours[name] != real[name]):
                    different.append(f"{name}:\n    Nix:  {str(real[name])[:500]}\n    ours: {str(ours[name])[:500]}")
            if different and arguments.keep:
                Path(arguments.keep).mkdir(parents=True, exist_ok=True)
                (Path(arguments.keep) / f"{arguments.seed}-{index}.nix").write_text(our_path.read_text())
            if different:
                different.insert(0, f"--- {arguments.seed}-{index}: {case[0]}")
            return (len(case[1]), unknown, different)

        with ThreadPoolExecutor(2) as workers:
            results = list(workers.map(compare, range(arguments.first, arguments.first + arguments.count)))
    for _, _, different in results:
        print("\n".join(different), end="\n" if different else "")
    total = sum(one[0] for one in results)
    unknown = sum(one[1] for one in results)
    wrong = sum(len(one[2]) - 1 for one in results if one[2])
    print(f"{total} questions about {arguments.count} sets of modules: {unknown} unknown, {wrong} wrong")
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
