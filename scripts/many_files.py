#!/usr/bin/env python3
"""Lints a great many Dockerfiles through one pipe: files a second, and the most memory that oi-lint had.

    cargo build --release --locked
    scripts/many_files.py 1000000 FOLDER

The Dockerfiles are generated below FOLDER, a thousand in a folder, no two alike; those that are there already are left. Their paths are
piped into `oi-lint --files-from - --format ndjson`, and its answers are counted as they come: each file has its line, in order.
"""

import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

FOLDER = 1000
BASES = ["debian:trixie-slim", "debian:bookworm", "alpine:3.22", "ubuntu:24.04", "python:3.14-slim", "node:24", "golang:1.25"]
PACKAGES = ["curl", "git", "gnupg", "jq", "make", "openssl", "rsync", "tini", "unzip", "wget", "xz-utils", "zip"]
STEPS = [
    "RUN apt-get update && apt-get install -y {packages}",
    "RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y --no-install-recommends {packages}; \\\n\trm -rf /var/lib/apt/lists/*",
    "RUN apk add --no-cache {packages}",
    "RUN curl -fsSL -o /tmp/{name}.tgz https://dl.example.org/{name}-{version}.tgz \\\n\t&& tar -xzf /tmp/{name}.tgz -C /opt",
    "RUN set -eux; \\\n\tcurl -fsSL -o {name}.tgz https://dl.example.org/{name}-{version}.tgz; \\\n"
    '\techo "{digest} *{name}.tgz" | sha256sum --strict --check -; \\\n\ttar -xzf {name}.tgz; \\\n\trm {name}.tgz',
    "ENV {variable}_VERSION={version}",
    "COPY {name} /usr/local/bin/{name}",
    "WORKDIR /srv/{name}",
    "ARG {variable}_FLAGS=\nRUN ./configure ${variable}_FLAGS && make -j \"$(nproc)\" && make install",
    "RUN <<EOF\nset -e\nmkdir -p /var/lib/{name}\nchown nobody /var/lib/{name}\nEOF",
    "USER {name}",
    "EXPOSE {port}",
    "VOLUME /var/lib/{name}",
]
ENDS = ['CMD ["{name}"]', "CMD {name} --port {port}", 'ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["{name}"]']


def dockerfile(number):
    """A Dockerfile that only this number has."""
    dice = random.Random(number)
    name = f"program{number}"
    lines = [f"FROM {dice.choice(BASES)}"]
    for step in dice.sample(STEPS, dice.randint(2, len(STEPS))):
        lines.append(step)
    lines.append(dice.choice(ENDS))
    values = {
        "name": name,
        "variable": name.upper(),
        "version": f"{dice.randint(0, 20)}.{dice.randint(0, 40)}.{dice.randint(0, 9)}",
        "digest": f"{dice.getrandbits(256):064x}",
        "port": dice.randint(1024, 65535),
        "packages": " ".join(dice.sample(PACKAGES, dice.randint(1, 5))),
    }
    return "\n\n".join(line.format(**values) for line in lines) + "\n"


def generate(root, number):
    """Yields the paths of the first files of the folder, made where they are missing."""
    for start in range(0, number, FOLDER):
        folder = root / f"{start // FOLDER:06}"
        folder.mkdir(parents=True, exist_ok=True)
        for at in range(start, min(start + FOLDER, number)):
            path = folder / f"{at}.Dockerfile"
            if not path.exists():
                path.write_text(dockerfile(at))
            yield path


def memory(process):
    """The most memory that a process has had so far, in MiB; 0 where it has ended. What the system tells at its end counts this
    process too, if it is larger."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    told = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return int(told[1]) / 1024 if told else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("number", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--oi-lint", default="target/release/oi-lint")
    parser.add_argument("--most-memory", type=int, metavar="MIB", help="fail where oi-lint had more")
    options = parser.parse_args()
    paths = [str(path) for path in generate(options.folder, options.number)]
    began = time.perf_counter()
    command = [options.oi_lint, "--no-config", "--files-from", "-", "--format", "ndjson"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        for path in paths:
            process.stdin.write(os.fsencode(path) + b"\0")
        process.stdin.close()

    threading.Thread(target=feed, daemon=True).start()
    answered = findings = peak = 0
    for line in process.stdout:
        answer = json.loads(line)
        if "path" not in answer:
            continue
        if answer["path"] != paths[answered]:
            sys.exit(f"{answer['path']} came where {paths[answered]} was expected")
        answered += 1
        findings += len(answer["diagnostics"])
        if answered % 1000 == 0:
            peak = max(peak, memory(process.pid))
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{answered} files, {findings} findings: {wall:.1f} s, {answered / wall:.0f} files/s, {cpu:.1f} s CPU, {peak:.0f} MiB at most")
    code = os.waitstatus_to_exitcode(status)
    if answered != options.number or code not in (0, 1):
        sys.exit(f"{options.number} files were given; oi-lint ended with {code}")
    if options.most_memory and peak > options.most_memory:
        sys.exit(f"that is more than {options.most_memory} MiB")


if __name__ == "__main__":
    main()
