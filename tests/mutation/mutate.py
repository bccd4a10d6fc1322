#!/usr/bin/env python3
"""Weakens the judging in one place at a time, and shows whether the suite's own tests notice.

    tests/mutation/mutate.py [--sample N] [--seed N] [--only PATTERN]… [--list]

A mutant is the source with one change: a comparison turned or moved by one, an "and" made an "or", a negation left out, a
truth value turned, a number changed. For each the unit tests are built and run; a mutant that they all pass has survived,
which means that a test is missing, or that the change makes no difference. Those that make none are listed in
tests/mutation/equivalent.txt, with the reason.

Works on a copy in build-mutation/; all mutants take an hour or two, --sample N takes N of them at random. Exit status 0: every
mutant was noticed or is explained; 1: some survived; 2: it couldn't be tried.
"""

import argparse
import fnmatch
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build-mutation"
EQUIVALENT = pathlib.Path(__file__).resolve().with_name("equivalent.txt")
# What decides: from a transcript to findings, from findings to outcomes, when to stop waiting, what applies.
DECIDING = ("suite/judge/*.cc", "suite/conduct/reply_cursor.cc", "suite/conduct/plan.cc", "suite/catalogue/condition.cc",
            "suite/report/results.cc", "suite/report/known_failing.cc")
TESTS_OF = {"judge": "*", "conduct": "ReplyCursor*:Plan*:Select*:Conductor*:Preflight*", "catalogue": "*", "report": "*"}
LONGEST = 300  # seconds for a mutant's tests: one that hangs is noticed, too

# What is looked for in a line of code, and what is put in its place.
CHANGES = (
    (r"(?<![<>=!])==(?!=)", "!="), (r"!=(?!=)", "=="),
    (r"(?<=[\w)\]] )<(?= )", "<="), (r"(?<=[\w)\]] )>(?= )", ">="), (r"(?<= )<=(?= )", "<"), (r"(?<= )>=(?= )", ">"),
    (r"(?<= )&&(?= )", "||"), (r"(?<= )\|\|(?= )", "&&"), (r"(?<![\w!=<>])!(?=[\w(])", ""),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"(?<== )(\d+)(?=;)", lambda m: str(int(m[1]) + 1)), (r"(?<= )\+(?= )", "-"), (r"(?<=[\w)] )-(?= \w)", "+"),
    (r"\bcontinue;", ";"),
)


class Mutant:
    def __init__(self, file, number, start, end, old, new):
        self.file, self.number, self.start, self.end, self.old, self.new = file, number, start, end, old, new

    def name(self):
        return f"{self.file}:{self.number}:{self.start + 1} {self.old or '(nothing)'} -> {self.new or '(nothing)'}"


def code_of(line):
    """The line without comments, preprocessing and what stands in quotes, of the same length."""
    if line.lstrip().startswith(("//", "#", "template", "static_assert")):
        return " " * len(line)
    blank = lambda m: " " * len(m[0])  # noqa: E731
    return re.sub(r"//.*", blank, re.sub(r'"(?:\\.|[^"\\])*"', blank, line))


def mutants_of(path):
    file = str(path.relative_to(ROOT))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        code = code_of(line)
        for pattern, put in CHANGES:
            for found in re.finditer(pattern, code):
                new = put(found) if callable(put) else put
                yield Mutant(file, number, found.start(), found.end(), found[0], new)


def explained():
    """What makes no difference: 'FILE: LINE OF CODE: OLD -> NEW' by its reason. By code, since line numbers change."""
    reasons = {}
    if EQUIVALENT.exists():
        for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                key, _, reason = line.partition("  # ")
                reasons[key.strip()] = reason
    return reasons


def key_of(mutant):
    line = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()[mutant.number - 1]
    marked = line[:mutant.start] + "«" + line[mutant.start:mutant.end] + "»" + line[mutant.end:]
    return f"{mutant.file}: {marked.strip()} -> {mutant.new or '(nothing)'}"


def prepare():
    """Copies the source and builds it unchanged; its tests must pass, or nothing could be told."""
    source = WORK / "source"
    if source.exists():
        shutil.rmtree(source)
    ignored = shutil.ignore_patterns(".git", "build*", "out")
    shutil.copytree(ROOT, source, ignore=ignored)
    if not (WORK / "build" / "build.ninja").exists():
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        subprocess.run(["cmake", "-S", source, "-B", WORK / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                        "-DCMAKE_CXX_FLAGS_DEBUG=-O0", *launcher], check=True, stdout=subprocess.DEVNULL)
    if not build() or not passes("*"):
        sys.exit("the unchanged source doesn't build, or its unit tests fail: nothing can be told")


def build():
    return subprocess.run(["cmake", "--build", WORK / "build", "--target", "md5spec_unit_tests"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def passes(tests):
    try:
        return subprocess.run([WORK / "build" / "bin" / "md5spec_unit_tests", f"--gtest_filter={tests}", "--gtest_fail_fast"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def try_mutant(mutant):
    """noticed, survived, or stillborn: the compiler won't have it."""
    path = WORK / "source" / mutant.file
    original = path.read_text(encoding="utf-8")
    lines = original.splitlines(keepends=True)
    line = lines[mutant.number - 1]
    lines[mutant.number - 1] = line[:mutant.start] + mutant.new + line[mutant.end:]
    path.write_text("".join(lines), encoding="utf-8")
    try:
        if not build():
            return "stillborn"
        return "survived" if passes(TESTS_OF.get(mutant.file.split("/")[1], "*")) else "noticed"
    finally:
        path.write_text(original, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the choice")
    parser.add_argument("--only", action="append", metavar="PATTERN", help="only files that match")
    parser.add_argument("--list", action="store_true", help="only say what there would be")
    arguments = parser.parse_args()
    os.environ.pop("GTEST_FILTER", None)

    files = sorted(path for pattern in DECIDING for path in ROOT.glob(pattern))
    if arguments.only:
        files = [f for f in files if any(fnmatch.fnmatch(str(f.relative_to(ROOT)), p) for p in arguments.only)]
    mutants = [mutant for path in files for mutant in mutants_of(path)]
    if not mutants:
        parser.error("nothing to change")
    if arguments.sample and arguments.sample < len(mutants):
        mutants = random.Random(arguments.seed).sample(mutants, arguments.sample)
    if arguments.list:
        print("\n".join(mutant.name() for mutant in mutants))
        return 0

    prepare()
    reasons, counts, left = explained(), {"noticed": 0, "survived": 0, "stillborn": 0, "explained": 0}, []
    for number, mutant in enumerate(mutants, 1):
        outcome = try_mutant(mutant)
        if outcome == "survived" and key_of(mutant) in reasons:
            outcome = "explained"
        counts[outcome] += 1
        print(f"{number}/{len(mutants)} {outcome:9} {mutant.name()}", flush=True)
        if outcome == "survived":
            left.append(key_of(mutant))
    if left:
        print("\nsurvived; write a test, or explain in tests/mutation/equivalent.txt:")
        print("\n".join("  " + key for key in left))
    print("\n" + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
