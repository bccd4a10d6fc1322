#!/usr/bin/env python3
"""Weakens the judging in one place at a time, and shows whether the suite's own tests notice.

    tests/mutation/mutate.py [--only PATTERN]… [--sample N] [--seed N] [--jobs N] [--list]

A mutant is the source with one change: a comparison turned or moved by one, an "and" made an "or", a negation left out, a
truth value turned, a number one more, a limit none at all or a thousand times as large. All of them are built into one
program and switched on one at a time (sites.py); each is tried with the unit tests that get to its place, the quick ones
first, those of over 1.5 s never. A mutant that they all pass has survived, which means that a test is missing, or that the change makes no
difference. Those that make none are listed in tests/mutation/equivalent.txt, with the reason.

Works on a copy in build-mutation/, for a quarter of an hour or so. Exit status 0: every mutant was noticed or is explained;
1: some survived; 2: it couldn't be tried.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys

import sites

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build-mutation"
PROGRAM = WORK / "build" / "bin" / "md5spec_unit_tests"
EQUIVALENT = HERE / "equivalent.txt"
# What decides: from a transcript to findings, from findings to outcomes, when to stop waiting, what applies.
DECIDING = ("suite/judge/*.cc", "suite/conduct/reply_cursor.cc", "suite/conduct/plan.cc", "suite/conduct/case_time.cc",
            "suite/conduct/patience.cc",
            "suite/conduct/script_run_waiting.cc", "suite/conduct/overload.cc", "suite/catalogue/condition.cc",
            "suite/report/results.cc", "suite/report/known_failing.cc")
QUICK = 500  # ms that tests may take together to be among those tried first
LONGEST = 1500  # ms: a test that takes longer isn't tried for every mutant
MEMORY = 4 << 30  # bytes for a mutant: one that grows without end is noticed
MOST_BUILDS = 30


def say(words):
    print(f"== {words}", flush=True)


def explained():
    """What makes no difference: the sites' keys, each with its reason."""
    reasons = {}
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, reason = line.partition("  # ")
            reasons[key.strip()] = reason
    return reasons


def copy_tree(original, copy, left_as_they_are):
    """The source to build, with the listener among the unit tests. Writes what differs, so that no more is built anew."""
    wanted = {}
    for path in (p for p in original.rglob("*") if p.is_file()):
        name = path.relative_to(original)
        if name.parts[0] not in (".git", "out") and not name.parts[0].startswith("build"):
            wanted[name] = path.read_bytes()
    wanted[pathlib.Path("tests/unit/CMakeLists.txt")] += \
        b"target_sources(md5spec_unit_tests PRIVATE ../mutation/listener.cc)\n"
    for name, content in wanted.items():
        path = copy / name
        if path.exists() and (str(name) in left_as_they_are or path.read_bytes() == content):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in [p for p in copy.rglob("*") if p.is_file() and p.relative_to(copy) not in wanted]:
        path.unlink()


class Build:
    """The unit tests with all sites switchable that the compiler takes."""

    def __init__(self, sources):
        self.sources = sources
        self.kept = {site.number for source in sources for site in source.sites}
        self.by_path = {source.name: source for source in sources}

    def prepare(self):
        copy_tree(ROOT, WORK / "source", {source.name for source in self.sources})
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        subprocess.run(["cmake", "-S", WORK / "source", "-B", WORK / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                        "-DCMAKE_CXX_FLAGS_DEBUG=-O1", f"-DCMAKE_CXX_FLAGS=-w -fmax-errors=0 -I{HERE}", *launcher],
                       check=True, stdout=subprocess.DEVNULL)

    def build(self):
        """Leaves out what the compiler won't have, until it has the rest."""
        for attempt in range(1, MOST_BUILDS + 1):
            for source in self.sources:
                path = WORK / "source" / source.name
                text = source.render(self.kept)
                if path.read_text(encoding="utf-8") != text:
                    path.write_text(text, encoding="utf-8")
            say(f"building with {len(self.kept)} changes switchable, attempt {attempt}")
            built = subprocess.run(["cmake", "--build", WORK / "build", "--target", "md5spec_unit_tests", "--", "-k", "0"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
            if built.returncode == 0:
                return
            left_out = self._to_blame(built.stdout)
            if not left_out:
                sys.stderr.write(built.stdout[-5000:])
                break
            self.kept -= left_out
        raise SystemExit("the unit tests can't be built with changes")

    def _to_blame(self, output):
        """The sites that the compiler's errors are about: of a place, the likeliest kind first."""
        blamed = set()
        for error in re.split(r"\n(?=\S+:\d+:\d+: (?:fatal )?error: )", output):
            if "error: " not in error:
                continue
            for place in re.finditer(r"/source/(suite/[\w/]+\.cc):(\d+)(?::(\d+))?", error):
                source, line = self.by_path.get(place[1]), int(place[2]) - 1
                if source is None:
                    continue
                near = [s for s in source.sites if s.number in self.kept and s.first <= line <= s.last]
                if not near:  # what is a constant no longer, somewhere else?
                    words = set(re.findall(r"\w+", source.lines[line - 1] if line <= len(source.lines) else ""))
                    near = [s for s in source.sites if s.number in self.kept and s.kind in ("constant", "truth")
                            and words & set(re.findall(r"\bk[A-Z]\w*", source.lines[s.token.line - 1]))]
                for kind in ("constant", "truth", "number", "arithmetic", "logical", "comparison", "negation", "continue"):
                    of_kind = {s.number for s in near if s.kind == kind}
                    if of_kind:
                        blamed |= of_kind
                        break
                if near:
                    break
        return blamed


def tests_of_sites():
    """The tests that reach each site, with what they take, from a run without any change; it must pass."""
    say("which tests get where")
    reached = WORK / "reached.txt"
    shards = []
    count = 2 * os.cpu_count()
    for shard in range(count):
        environment = {**os.environ, "GTEST_TOTAL_SHARDS": str(count), "GTEST_SHARD_INDEX": str(shard),
                       "MUTATION_REACHED": f"{reached}.{shard}"}
        shards.append(subprocess.Popen([PROGRAM, "--gtest_brief=1"], env=environment))
    if any([shard.wait() for shard in shards]):
        raise SystemExit("the unit tests fail without any change: nothing can be told")
    tests, milliseconds = collections.defaultdict(set), {}
    for shard in range(count):
        for line in pathlib.Path(f"{reached}.{shard}").read_text(encoding="utf-8").splitlines():
            name, took, numbers = line.split("\t")
            milliseconds[name] = int(took)
            for number in filter(None, numbers.split(",")):
                tests[int(number)].add(name)
    return tests, milliseconds


def passes(number, tests, seconds):
    environment = {**os.environ, "MUTANT": str(number), "GTEST_FILTER": ":".join(tests)}
    try:
        return subprocess.run([PROGRAM, "--gtest_brief=1", "--gtest_fail_fast"], env=environment, timeout=seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def try_mutant(number, tests, milliseconds):
    """noticed, survived, or unreached: no test gets there."""
    if not tests:
        return "unreached"
    if "(start)" in tests:  # a constant: who looks at it isn't known
        tests = set(milliseconds)
    tests, took = sorted((t for t in tests - {"(start)"} if milliseconds[t] <= LONGEST), key=milliseconds.get), 0
    quick = []
    for test in tests:
        took += milliseconds[test]
        if took > QUICK:
            break
        quick.append(test)
    slow = tests[len(quick):]
    for group in (quick, slow):
        if group and not passes(number, group, 10 + sum(milliseconds[t] for t in group) * 5 / 1000):
            return "noticed"
    return "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="PATTERN", help="only files that match")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the choice")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() + 1, metavar="N", help="so many at once")
    parser.add_argument("--list", action="store_true", help="only say what there would be")
    arguments = parser.parse_args()
    for name in [n for n in os.environ if n.startswith(("GTEST_", "MUTA"))]:
        del os.environ[name]

    files = sorted(path for pattern in DECIDING for path in ROOT.glob(pattern))
    if arguments.only:
        files = [f for f in files if any(fnmatch.fnmatch(str(f.relative_to(ROOT)), p) for p in arguments.only)]
    sources, number = [], 0
    for path in files:
        sources.append(sites.Source(path, str(path.relative_to(ROOT)), number))
        number = sources[-1].next_number
    all_sites = [(source, site) for source in sources for site in source.sites]
    if not all_sites:
        parser.error("nothing to change")
    if arguments.list:
        print("\n".join(source.place(site) for source, site in all_sites))
        return 0

    build = Build(sources)
    build.prepare()
    build.build()
    tests, milliseconds = tests_of_sites()
    to_try = [(source, site) for source, site in all_sites if site.number in build.kept]
    counts = collections.Counter(noticed=0, explained=0, survived=0, unreached=0)
    if arguments.sample and arguments.sample < len(to_try):
        to_try = random.Random(arguments.seed).sample(to_try, arguments.sample)
    reasons, left, used = explained(), [], set()
    say(f"trying {len(to_try)} of {len(all_sites)} changes; the compiler won't have {len(all_sites) - len(build.kept)}")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = pool.map(lambda pair: try_mutant(pair[1].number, tests[pair[1].number], milliseconds), to_try)
        for index, ((source, site), outcome) in enumerate(zip(to_try, outcomes), 1):
            key = source.key(site)
            if outcome != "noticed" and key in reasons:
                outcome = "explained"
                used.add(key)
            counts[outcome] += 1
            print(f"{index}/{len(to_try)} {outcome:9} {source.place(site)}", flush=True)
            if outcome in ("survived", "unreached"):
                left.append(f"{key}  ({outcome})")
    if left:
        print("\nnobody noticed; write a test, or explain in tests/mutation/equivalent.txt:")
        print("\n".join("  " + key for key in left))
    if not arguments.only and not arguments.sample:
        for key in [key for key in reasons if key not in used]:
            print(f"explained for nothing: {key}")
    print("\n" + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if left else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            sys.exit(2)
        raise
