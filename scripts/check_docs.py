#!/usr/bin/env python3
"""Holds the recipes in the documents against the schemas of the services, and runs their commands.

    python3 -m venv /tmp/docs && /tmp/docs/bin/pip install check-jsonschema pre-commit
    /tmp/docs/bin/python scripts/check_docs.py --oi-lint target/debug/oi-lint

A recipe is a fenced block whose first line names a file behind the language: ```yaml .gitlab-ci.yml. Its commands that begin with
oi-lint are run where there is a bad Dockerfile, and have to exit with 1, and where there is a good one.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = pathlib.Path(sys.executable).parent
FENCE = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMAS = {
    ".github/workflows/": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    ".circleci/config.yml": "vendor.circle-ci",
    "action.yml": "vendor.github-actions",
}
BAD = 'FROM debian:trixie-slim\nWORKDIR app\nCMD ["app"]\n'
GOOD = 'FROM debian:trixie-slim\nWORKDIR /app\nCOPY app /usr/local/bin/\nCMD ["app"]\n'

failed = 0


def check(what, holds, said=""):
    global failed
    print(f"{'ok    ' if holds else 'FAILED'}  {what}")
    if not holds:
        failed += 1
        print("\n".join("        " + line for line in str(said).splitlines()))


def run(command, **options):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def scripts(value, key=None):
    """The strings in a YAML document that a shell is given."""
    if isinstance(value, str) and key in ("run", "script", "command"):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from scripts(item, key)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from scripts(item, key)


def commands(name, text):
    """The commands of a recipe that begin with oi-lint, without its folder."""
    if name == "Jenkinsfile":
        lines = re.findall(r"\bsh '(.*)'", text)
    elif name.endswith((".yml", ".yaml")):
        lines = [line for script in scripts(yaml.safe_load(text)) for line in script.splitlines()]
    else:
        return
    for line in lines:
        words = shlex.split(line)
        if words and words[0].rsplit("/", 1)[-1] == "oi-lint":
            yield ["oi-lint", *words[1:]]


class Folders:
    """A folder with a bad Dockerfile and one with a good one."""

    def __init__(self, scratch, oi_lint):
        (scratch / "bin").mkdir()
        shutil.copy(oi_lint, scratch / "bin/oi-lint")
        self.environment = os.environ | {"PATH": f"{scratch / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        self.bad, self.good = scratch / "bad", scratch / "good"
        for folder, text in (self.bad, BAD), (self.good, GOOD):
            folder.mkdir()
            (folder / "Dockerfile").write_text(text)

    def tell(self, what, command):
        """Whether the command tells the bad from the good, and writes the files that it is told to."""
        # make has a code of its own for a command that failed.
        for folder, wanted in (self.bad, 2 if command[0] == "make" else 1), (self.good, 0):
            done = run(command, cwd=folder, env=self.environment)
            check(f"{what}, {folder.name}: exits with {wanted}", done.returncode == wanted, done.stdout)
            for word in command:
                if "=" in word and command[command.index(word) - 1] == "--output":
                    written = folder / word.split("=", 1)[1]
                    check(f"{what}, {folder.name}: writes {written.name}", written.is_file(), done.stdout)


def hooks_of_config(what, text, folders):
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for hook in (hook for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]):
        check(f"{what}: there is a hook {hook['id']}", hook["id"] in known, known)
        folders.tell(f"{what}: args", ["oi-lint", *hook.get("args", [])])


def inputs_of_workflow(what, text):
    known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    for step in steps:
        if "/oi-lint@" in step.get("uses", ""):
            given = set(step.get("with", {}))
            check(f"{what}: the action has the inputs", given <= set(known), given - set(known))


def recipe(what, name, text, file, folders):
    schema = next((schema for start, schema in SCHEMAS.items() if name.startswith(start)), None)
    if schema:
        done = run([TOOLS / "check-jsonschema", "--builtin-schema", schema, file])
        check(f"{what}: {schema}", done.returncode == 0, done.stdout)
    if name == ".pre-commit-config.yaml":
        done = run([TOOLS / "pre-commit", "validate-config", file])
        check(f"{what}: validate-config", done.returncode == 0, done.stdout)
        hooks_of_config(what, text, folders)
    elif name.startswith(".github/workflows/"):
        inputs_of_workflow(what, text)
    elif name == "Makefile":
        folders.tell(f"{what}: make lint", ["make", "--no-print-directory", "-f", str(file), "lint"])
    elif name.startswith(".git/hooks/"):
        folders.tell(f"{what}: sh", ["sh", str(file)])
    elif name == "Dockerfile":
        done = run(["oi-lint", "--fail-on", "info", str(file)], env=folders.environment)
        check(f"{what}: no finding", done.returncode == 0, done.stdout)
    for command in commands(name, text):
        folders.tell(f"{what}: {shlex.join(command)}", command)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--oi-lint", default=ROOT / "target/debug/oi-lint", type=pathlib.Path)
    oi_lint = parser.parse_args().oi_lint.resolve()
    if not oi_lint.is_file():
        sys.exit(f"there is no {oi_lint}: cargo build")
    if not (TOOLS / "check-jsonschema").exists():
        sys.exit(f"there is no check-jsonschema beside {sys.executable}: pip install check-jsonschema pre-commit")

    count = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folders = Folders(scratch, oi_lint)
        action = ROOT / "action.yml"
        recipe("action.yml", "action.yml", action.read_text(), action, folders)
        environment = folders.environment | {"OI_LINT": str(oi_lint), "INPUT_SARIF": "true", "INPUT_ARGS": "--quiet"}
        folders.environment = environment
        folders.tell("scripts/action.sh", ["bash", str(ROOT / "scripts/action.sh"), "lint"])
        for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            text = document.read_text()
            # The Dockerfiles of a walk-through are bad on purpose; tests/walkthroughs.rs runs its commands.
            walks = "```console\n$ oi-lint" in text
            for match in FENCE.finditer(text):
                _, name, body = match.groups()
                if walks and name == "Dockerfile":
                    continue
                line = text.count("\n", 0, match.start()) + 1
                file = scratch / str(count) / name
                file.parent.mkdir(parents=True)
                file.write_text(body)
                recipe(f"{document.name}:{line}", name, body, file, folders)
                count += 1
    check(f"{count} recipes", count > 0)
    print(f"{failed} failed" if failed else "all hold")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
