#!/usr/bin/env python3
"""Looks for work that grows faster than the file: Dockerfiles over and over in one file, as one stage and as many.

    cargo build --release --locked
    scripts/growth.py FOLDER...

tests/hostile.rs counts allocations, and does not see a loop that allocates nothing. Here each Dockerfile is repeated until it has
--kib KiB, then four times as many, and the CPU of both runs is compared: 4 is right, 16 is the square. The worst come first; what is
found belongs into tests/hostile.rs.
"""

import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import DOCKERFILE, files  # noqa: E402

FROM = re.compile(rb"^\s*FROM\s[^\n]*\n", re.IGNORECASE | re.MULTILINE)
# What follows a file that ends in the middle of an instruction would be a part of it.
OPEN_END = re.compile(rb"[\\`]\s*\Z")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("places", nargs="+", help="folders with Dockerfiles, or files that list them (*.list)")
    parser.add_argument("--oi-lint", default="target/release/oi-lint")
    parser.add_argument("--kib", type=int, default=50, help="the smaller size")
    parser.add_argument("--most", type=float, default=7, metavar="TIMES", help="list what grows by more than this")
    parser.add_argument("--slow", type=float, default=0.2, metavar="SECONDS", help="and takes at least so long at the larger size")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of the files, always the same ones")
    return parser.parse_args()


def repeated(text, size, one_stage):
    """The text over and over, in one stage without the later FROMs."""
    again = FROM.sub(b"", text) if one_stage else text
    if not again.strip():
        return None
    return text + again * max(0, (size - len(text)) // len(again))


def cpu(command):
    """User and system seconds, the lesser of two runs: the machine does other things too."""
    spent = []
    for _ in range(2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"{command[-1]}: oi-lint ended with {process.returncode}")
        spent.append(usage.ru_utime + usage.ru_stime)
    return min(spent)


def growths(options, path, place):
    """How each way of repeating a file grows: times, seconds at the larger size, the way."""
    text = pathlib.Path(path).read_bytes().rstrip() + b"\n"
    if OPEN_END.search(text):
        return
    for one_stage in (True, False):
        seconds = []
        for size in (options.kib << 10, options.kib << 12):
            larger = repeated(text, size, one_stage)
            if larger is None:
                break
            place.write_bytes(larger)
            seconds.append(cpu([options.oi_lint, "--no-config", "--profile", "official", "--format", "json", str(place)]))
        else:
            small, large = seconds
            yield large / small, large, "one stage" if one_stage else "stages"


def main():
    options = arguments()
    paths = list(files(options.places, DOCKERFILE))
    if options.sample and options.sample < len(paths):
        paths = random.Random(1).sample(paths, options.sample)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "Dockerfile"
        for path in paths:
            found.extend((*growth, path) for growth in growths(options, path, place))
    listed = [row for row in sorted(found, reverse=True) if row[0] > options.most and row[1] >= options.slow]
    for times, seconds, way, path in listed:
        print(f"{times:5.1f} times, {seconds:6.2f} s, {way}: {path}")
    worst = max((seconds for _, seconds, _, _ in found), default=0)
    print(f"{len(listed)} of {len(found)} grow by more than {options.most:g} times; the slowest took {worst:.2f} s")
    sys.exit(bool(listed))


if __name__ == "__main__":
    main()
