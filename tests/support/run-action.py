#!/usr/bin/env python3
"""Runs a composite action as GitHub's runner would: its steps in order, each `run` in its own bash.

    run-action.py ACTION-FOLDER RUNNER-FOLDER [INPUT=VALUE ...]

RUNNER-FOLDER takes what a runner keeps (its temporary files, the job summary) and `outcome.json`: the outputs of the action,
the job summary, and what each step did. A step with `uses` is not run, only written down with its inputs. Needs PyYAML.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import yaml


def main():
    action = pathlib.Path(sys.argv[1]).resolve()
    runner = pathlib.Path(sys.argv[2]).resolve()
    runner.mkdir(parents=True, exist_ok=True)
    described = yaml.safe_load((action / "action.yml").read_text())
    inputs = {name: about.get("default", "") for name, about in described["inputs"].items()}
    for given in sys.argv[3:]:
        name, value = given.split("=", 1)
        if name not in inputs:
            sys.exit(f"the action has no input {name}")
        inputs[name] = value
    context = {
        "github": {"token": "token-of-the-job", "action_path": str(action)},
        "inputs": inputs,
        "steps": {},
        "runner": {"os": "Linux", "temp": str(runner / "temp")},
    }
    # A default may itself be an expression.
    for name, value in inputs.items():
        inputs[name] = filled_in(value, context)

    (runner / "temp").mkdir(exist_ok=True)
    summary = runner / "summary.md"
    summary.touch()
    path = os.environ["PATH"]
    done = []
    failed = False
    for index, step in enumerate(described["runs"]["steps"]):
        name = step.get("name", f"step {index + 1}")
        # Without a condition a step runs when those before it did not fail.
        if failed or ("if" in step and not truth(step["if"], context)):
            done.append({"name": name, "skipped": True})
            continue
        if "uses" in step:
            given = {key: filled_in(value, context) for key, value in step.get("with", {}).items()}
            done.append({"name": name, "uses": step["uses"], "with": given})
            continue
        output, added = runner / f"output-{index}", runner / f"path-{index}"
        output.touch()
        added.touch()
        script = runner / f"script-{index}.sh"
        script.write_text(filled_in(step["run"], context))
        assert step["shell"] == "bash", step["shell"]
        environment = {
            **os.environ,
            "PATH": path,
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(added),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(runner / "temp"),
            **{key: filled_in(value, context) for key, value in step.get("env", {}).items()},
        }
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            env=environment,
        )
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        if "id" in step:
            context["steps"][step["id"]] = {"outputs": outputs}
        for folder in added.read_text().splitlines():
            path = f"{folder}:{path}"
        failed = result.returncode != 0
        done.append({"name": name, "exit_code": result.returncode})

    outcome = {
        "steps": done,
        "summary": summary.read_text(),
        "outputs": {
            name: filled_in(about["value"], context)
            for name, about in described.get("outputs", {}).items()
        },
    }
    (runner / "outcome.json").write_text(json.dumps(outcome))
    sys.exit(1 if failed else 0)


def value_of(expression, context):
    """The few expressions that the action uses: a path into the contexts, a text, an equation."""
    expression = expression.strip()
    if "==" in expression:
        left, right = expression.split("==", 1)
        return value_of(left, context) == value_of(right, context)
    if re.fullmatch(r"'[^']*'", expression):
        return expression[1:-1]
    if not re.fullmatch(r"[a-z]+(\.[A-Za-z_-]+)+", expression):
        sys.exit(f"an expression that is not understood: {expression}")
    value = context
    for part in expression.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value


def filled_in(text, context):
    """A text with every `${{ }}` in it replaced."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(value_of(found[1], context)), str(text))


def truth(condition, context):
    """Whether an `if` holds; the braces may be left out there."""
    inner = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", str(condition))
    return bool(value_of(inner[1] if inner else str(condition), context))


if __name__ == "__main__":
    main()
