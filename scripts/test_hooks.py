#!/usr/bin/env python3
"""Tries the hooks of .pre-commit-hooks.yaml with pre-commit itself, in repositories that are thrown away.

    python3 -m venv /tmp/hooks && /tmp/hooks/bin/pip install pre-commit
    scripts/test_hooks.py --pre-commit /tmp/hooks/bin/pre-commit --oi-lint target/debug/oi-lint

With --rust the hooks that build oi-lint are tried too, with the toolchain that is installed; that takes as long as a release build. With
--wheel FILE the one that installs a wheel is tried, with what `scripts/package.sh wheel` has built. Both are set up as docs/ci.md says.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BAD = 'FROM debian:trixie-slim\nWORKDIR app\nRUN apt-get update\nRUN apt-get install -y curl\nCMD ["sh"]\n'
GOOD = 'FROM debian:trixie-slim\nWORKDIR /app\nCOPY app /usr/local/bin/\nCMD ["app"]\n'
FIXABLE = 'FROM debian:trixie-slim\nMAINTAINER web team <web@example.org>\nCMD ["sh"]\n'
NAMES = [
    "Dockerfile", "a/Dockerfile.alpine", "a/app.Dockerfile", "a/app.dockerfile", "b/Containerfile", "b/Containerfile.dev",
    "b/Dockerfile.in.1", "c/Dockerfile.template", "c/Dockerfile.linux.J2", "c/Dockerfile~", "c/Dockerfile.x~", "c/Dockerfile.md",
    "c/.Dockerfile", "c/dockerfile", "c/Dockerfile-dev", "c/Dockerfile.dockerignore", "c/app.Containerfile", "c/app.sh", "c/notes.txt",
    "c/md.Dockerfile", "d/#app.dockerfile", "Dockerfile.d/readme.md", "Dockerfile.d/Dockerfile",
]  # fmt: skip

failed = 0


def check(what, holds, said=""):
    global failed
    print(f"{'ok    ' if holds else 'FAILED'}  {what}")
    if not holds:
        failed += 1
        print("\n".join("        " + line for line in str(said).splitlines()))


class Repository:
    """A repository whose commits go through one hook."""

    def __init__(self, path, environment, pre_commit, hook, config):
        self.path, self.environment, self.pre_commit = path, environment, pre_commit
        path.mkdir()
        self.git("init", "--quiet")
        self.write(".pre-commit-config.yaml", config)
        installed = self.run(pre_commit, "install", "--install-hooks")
        check(f"{hook} is installed", installed.returncode == 0, installed.stdout)
        self.git("add", ".pre-commit-config.yaml")

    def run(self, *command):
        return subprocess.run(
            command, cwd=self.path, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def git(self, *command):
        done = self.run("git", *command)
        if done.returncode:
            sys.exit(f"git {' '.join(command)}: {done.stdout}")
        return done.stdout.strip()

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, **files):
        for name, text in files.items():
            self.write(name, text)
        self.git("add", "--all")
        return self.run("git", "commit", "--message", "try")


def try_hook(new, hook, **options):
    repository = new(hook, **options)
    done = repository.commit(Dockerfile=BAD)
    check(f"{hook} blocks a bad commit", done.returncode == 1 and "lone-apt-update" in done.stdout, done.stdout)
    check(f"{hook} names the file", "Dockerfile:3" in done.stdout, done.stdout)
    done = repository.commit(Dockerfile=GOOD)
    check(f"{hook} lets a good commit through", done.returncode == 0 and "Passed" in done.stdout, done.stdout)
    done = repository.commit(notes=BAD)
    check(f"{hook} has nothing to say of other files", done.returncode == 0 and "Skipped" in done.stdout, done.stdout)


def try_fix(new, hook, **options):
    repository = new(hook, **options)
    done = repository.commit(Dockerfile=FIXABLE)
    text = (repository.path / "Dockerfile").read_text()
    check(f"{hook} stops where it changed a file", done.returncode == 1 and "modified" in done.stdout, done.stdout)
    check(f"{hook} writes the fix", "MAINTAINER" not in text, text)
    done = repository.commit()
    check(f"{hook} lets the fixed file through", done.returncode == 0, done.stdout)


def try_names(new, oi_lint):
    """The hook takes the files that oi-lint finds in a folder."""
    repository = new("oi-lint-system", args=["--format", "json", "--quiet"])
    for name in NAMES:
        repository.write(name, BAD)
    repository.git("add", "--all", "--force")
    printed = repository.run(repository.pre_commit, "run", "--all-files").stdout
    start, end = printed.find("{"), printed.rfind("}") + 1
    found = subprocess.run([oi_lint, "--format", "json", "."], cwd=repository.path, text=True, stdout=subprocess.PIPE)
    hooked, found = ({file["path"] for file in files(text)} for text in (printed[start:end], found.stdout))
    holds = hooked == found and len(found) > 5
    check("the hooks take the files that a folder is searched for", holds, f"{hooked ^ found}\n{printed}")


def files(text):
    try:
        return json.loads(text)["files"]
    except (ValueError, KeyError):
        return []


def documented(what):
    """The first configuration in docs/ci.md that says so."""
    recipes = re.findall(r"^```yaml \.pre-commit-config\.yaml\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.M | re.S)
    return next(recipe for recipe in recipes if what in recipe)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pre-commit", default="pre-commit")
    parser.add_argument("--oi-lint", default=ROOT / "target/debug/oi-lint", type=pathlib.Path)
    parser.add_argument("--wheel", type=pathlib.Path, help="also try the hook that installs this wheel")
    parser.add_argument("--rust", action="store_true", help="also try the hooks that build oi-lint")
    given = parser.parse_args()
    pre_commit, oi_lint = shutil.which(given.pre_commit), given.oi_lint.resolve()
    if not pre_commit:
        sys.exit(f"there is no {given.pre_commit}: pip install pre-commit")
    if not oi_lint.is_file():
        sys.exit(f"there is no {oi_lint}: cargo build")
    pre_commit = os.path.abspath(pre_commit)

    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "bin").mkdir()
        shutil.copy(oi_lint, scratch / "bin/oi-lint")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "SKIP"))}
        plain |= {
            "PRE_COMMIT_HOME": str(scratch / "cache"),
            "PRE_COMMIT_COLOR": "never",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for who in "AUTHOR", "COMMITTER":
            plain |= {f"GIT_{who}_NAME": "hooks", f"GIT_{who}_EMAIL": "hooks@example.org"}
        installed = plain | {"PATH": f"{scratch / 'bin'}{os.pathsep}{plain['PATH']}"}

        # A clone with the hooks as they are in the work tree, committed or not.
        source = scratch / "oi-lint"
        git = ["git", "-C", source]
        subprocess.run(["git", "clone", "--quiet", ROOT, source], env=plain, check=True)
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", source)
        subprocess.run([*git, "add", "--all"], env=plain, check=True)
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "hooks"], env=plain, check=True)
        revision = subprocess.check_output([*git, "rev-parse", "HEAD"], env=plain, text=True).strip()

        def configured(hook, config, environment=plain):
            path = pathlib.Path(tempfile.mkdtemp(dir=scratch)) / "repository"
            return Repository(path, environment, pre_commit, hook, config)

        def new(hook, **options):
            repos = [{"repo": str(source), "rev": revision, "hooks": [{"id": hook, **options}]}]
            # YAML is a superset of JSON.
            return configured(hook, json.dumps({"repos": repos}), installed)

        done = subprocess.run(
            [pre_commit, "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], env=plain, text=True, stdout=subprocess.PIPE
        )
        check(".pre-commit-hooks.yaml is a manifest", done.returncode == 0, done.stdout)
        try_hook(new, "oi-lint-system")
        try_fix(new, "oi-lint-fix-system")
        try_names(new, oi_lint)
        done = new("oi-lint-system", args=["--fail-on=never"]).commit(Dockerfile=BAD)
        check("a hook takes args", done.returncode == 0, done.stdout)
        if given.rust:
            config = re.sub(r"\brev: .*", f"rev: {revision}", documented("repo: https:"))
            config = re.sub(r"\brepo: .*", f"repo: {source}", config)
            try_hook(lambda hook: configured(hook, config), "oi-lint")
            try_fix(lambda hook: configured(hook, config.replace("id: oi-lint", f"id: {hook}")), "oi-lint-fix")
        if given.wheel:
            config = re.sub(r"\[.*\.whl\]", f"[{given.wheel.resolve()}]", documented("language: python"))
            try_hook(lambda hook: configured(hook, config), "oi-lint")
    print(f"{failed} failed" if failed else "all hold")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
