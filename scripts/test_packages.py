#!/usr/bin/env python3
"""Builds each package from this folder, installs it where it is thrown away again, and lints with what was installed.

    scripts/test_packages.py                # all that there are tools for
    scripts/test_packages.py deb npm        # these

`cargo install` needs nothing but cargo; it builds what .dockerignore lets through, which is what the Dockerfile builds. The others are
built by scripts/package.sh, which names the tools; what there is no tool for is said and left out.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
BAD = 'FROM debian:trixie-slim\nRUN apt-get update\nCMD ["sh"]\n'
GOOD = 'FROM debian:trixie-slim\nCOPY app /usr/local/bin/\nCMD ["app"]\n'
# What lintian takes for errors: libyaml translated to Rust, which is no library of Debian, and that there is no changelog yet.
NOT_ERRORS = ["embedded-library libyaml", "no-changelog"]
PAGES = ["oi-lint.1", "oi-lint-explain.1"]

failed = 0


def check(what, holds, said=""):
    global failed
    print(f"{'ok    ' if holds else 'FAILED'}  {what}", flush=True)
    if not holds:
        failed += 1
        print("\n".join("        " + line for line in str(said).splitlines()))


def has(what, *tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"left    {what}: there is no {' and no '.join(missing)}")
    return not missing


def run(*command, stdin=None, **options):
    command = [str(word) for word in command]
    return subprocess.run(command, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def done(what, *command, **options):
    ran = run(*command, **options)
    check(what, ran.returncode == 0, ran.stdout)
    return ran.returncode == 0


def lints(what, *command, **options):
    """Whether a command is oi-lint, of this version."""
    ran = run(*command, "--version", **options)
    check(f"{what}: --version", ran.stdout.strip() == f"oi-lint {VERSION}", ran.stdout)
    for text, code in (BAD, 1), (GOOD, 0):
        ran = run(*command, "--no-config", "-", stdin=text, **options)
        holds = ran.returncode == code and ("lone-apt-update" in ran.stdout) == (text == BAD)
        check(f"{what}: lints a {'bad' if code else 'good'} Dockerfile", holds, ran.stdout)


def package(name):
    """The package as scripts/package.sh builds it."""
    if not done(f"{name}: is built", ROOT / "scripts/package.sh", name):
        return None
    pattern = {"deb": "*.deb", "wheel": "*.whl", "npm": "*.tgz"}[name]
    return max((ROOT / "dist").glob(pattern), key=lambda path: path.stat().st_mtime)


def has_shares(what, share, *names):
    missing = [name for name in names if not (share / name).exists()]
    check(f"{what}: manual pages and completions", not missing, missing)


def cargo(scratch):
    context = scratch / "context"
    context.mkdir()
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], context / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    install = ["cargo", "install", "--locked", "--path", context, "--root", scratch / "cargo", "--target-dir", target]
    if done("cargo: installs from what the image is built of", *install):
        lints("cargo", scratch / "cargo/bin/oi-lint")


def deb(scratch):
    if not has("deb", "cargo-deb", "dpkg-deb") or not (built := package("deb")):
        return
    if has("deb: lintian", "lintian"):
        said = run("lintian", "--tag-display-limit", "0", built).stdout
        errors = [line for line in said.splitlines() if line.startswith("E:") and not any(tag in line for tag in NOT_ERRORS)]
        check("deb: lintian knows no other error", not errors, said)
    root = scratch / "deb"
    if os.geteuid() == 0:
        # A root of its own has none of the packages that this one depends on.
        (root / "var/lib/dpkg").mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        installs = ["dpkg", "--root", root, "--force-depends", "--force-script-chrootless", "--install", built]
    else:
        installs = ["dpkg-deb", "--extract", built, root]
    if done("deb: installs", *installs):
        lints("deb", root / "usr/bin/oi-lint")
        shares = ["bash-completion/completions/oi-lint", "fish/vendor_completions.d/oi-lint.fish", "doc/oi-lint/copyright"]
        pages = [f"man/man1/{page}.gz" for page in PAGES]
        has_shares("deb", root / "usr/share", *shares, "zsh/vendor-completions/_oi-lint", *pages)


def wheel(scratch):
    if not has("wheel", "maturin") or not (built := package("wheel")):
        return
    venv = scratch / "venv"
    if done("wheel: a venv", sys.executable, "-m", "venv", venv):
        done("wheel: pip installs it", venv / "bin/pip", "install", "--quiet", "--no-index", built)
        lints("wheel", venv / "bin/oi-lint")
        shares = ["bash-completion/completions/oi-lint", "fish/vendor_completions.d/oi-lint.fish"]
        has_shares("wheel", venv / "share", *shares, *(f"man/man1/{page}" for page in PAGES))
    if has("wheel: uvx", "uvx"):
        cache = os.environ | {"UV_CACHE_DIR": str(scratch / "uv")}
        lints("wheel: uvx", "uvx", "--quiet", "--offline", "--from", built, "oi-lint", env=cache)


def npm(scratch):
    if not has("npm", "npm", "npx", "node") or not (built := package("npm")):
        return
    folder = scratch / "npm"
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true}\n')
    if done("npm: installs", "npm", "install", "--offline", "--no-audit", "--no-fund", built, cwd=folder):
        lints("npm: npx", "npx", "--offline", "oi-lint", cwd=folder)
    installs = ["npm", "install", "--offline", "--no-audit", "--no-fund", "--global", "--prefix", scratch / "global", built]
    if done("npm: installs globally", *installs):
        lints("npm, globally", scratch / "global/bin/oi-lint")
        has_shares("npm, globally", scratch / "global/share", *(f"man/man1/{page}" for page in PAGES))


def main():
    packages = {"cargo": cargo, "deb": deb, "wheel": wheel, "npm": npm}
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("package", nargs="*", choices=[*packages, []], metavar="|".join(packages))
    given = parser.parse_args().package or packages
    with tempfile.TemporaryDirectory() as scratch:
        for name in given:
            packages[name](pathlib.Path(scratch))
    print(f"{failed} failed" if failed else "all hold")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
