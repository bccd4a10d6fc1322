#!/usr/bin/env python3
"""One defect, one requirement: every fault of fixtures/faulty_server must be blamed on the requirement that it breaks
and on no other, and the server without a fault on none.

    blame_test.py [--all] [--jobs N] [--timeout-scale X] [--only PATTERN]… [unittest's options]

Each fault is tried in one of its framings, with --all in each of them. MD5SPEC names the binary; by default it's the one
in build/bin.
"""

import argparse
import concurrent.futures
import contextlib
import fnmatch
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "fixtures" / "faulty_server" / "faulty_server.py"
MD5SPEC = os.environ.get("MD5SPEC", str(ROOT / "build" / "bin" / "md5spec"))
BUILT_IN = ("classic", "half_close", "line", "length_prefixed")
OWN = {  # profiles for what no built-in one declares
    "crlf_line": 'extends: line\ndelimiter: "\\r\\n"\nreply: "{hex}\\r\\n"\n',
    "any_line": "extends: line\noptional_cr: true\n",
    "limited_line": "extends: line\nlimits: {message_bytes: 64KiB}\n",
}
FRAMINGS = BUILT_IN + tuple(OWN)
LONGEST = 240  # seconds for a run; only a fault of the suite's own takes so long
BROKEN = ("fail", "warn", "error")
SHORTAGE = "environment"  # the culprit where this machine was too busy to tell


def faults():
    listing = subprocess.run(
        [sys.executable, SERVER, "--list-faults", "--json"], check=True, stdout=subprocess.PIPE, timeout=LONGEST
    )
    # Those that take TLS have a test of their own, tests/end_to_end/tls_test.py; those of the process itself show only where
    # the suite has started the server.
    return [
        fault for fault in json.loads(listing.stdout)
        if not fault["tls"] and fault["requirement"] not in ("RES-7", "RES-8", "RES-9")
    ]


class Running:
    """A faulty server that was started."""

    def __init__(self, port):
        self.port = port
        self.altered = False  # whether it reported, by its end, that the fault's own code has changed what it does


@contextlib.contextmanager
def running(*arguments):
    """A faulty server on a free port."""
    server = subprocess.Popen(
        [sys.executable, SERVER, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        line = server.stdout.readline().decode()
        if not line.startswith("listening on "):
            raise AssertionError("the faulty server didn't start: " + server.stderr.read().decode())
        started = Running(int(line.rsplit(":", 1)[1]))
        yield started
    finally:
        server.kill()
        server.wait()
        if line.startswith("listening on "):
            started.altered = b"altered: " in server.stdout.read()
        server.stdout.close()
        server.stderr.close()


class Trial:
    """A fault (or none) in a framing, and what the suite says of it."""

    def __init__(self, fault, framing):
        self.fault = fault
        self.framing = framing
        self.exchanges = fault["exchanges"] if fault else "many"
        self.report = {"cases": [], "requirements": []}
        self.status = None
        self.trouble = ""  # why there is no report
        self.seconds = 0
        self.server = None

    def name(self):
        return "%s/%s" % (self.fault["id"] if self.fault else "conforming", self.framing)

    def run(self, folder, options):
        began = time.monotonic()
        self.run_once(folder, options.timeout_scale)
        if SHORTAGE in self.culprits():
            self.run_once(folder, 4 * options.timeout_scale)
        self.seconds = time.monotonic() - began
        return self

    def run_once(self, folder, timeout_scale):
        report = os.path.join(folder, self.name().replace("/", "-") + ".json")
        arguments = ["--framing", self.framing, "--exchanges", self.exchanges]
        if self.fault:
            arguments += ["--fault", self.fault["id"]]
        with running(*arguments) as server:
            self.server = server
            command = [MD5SPEC, "run", "--target", "127.0.0.1:%d" % server.port, "--profile", self.profile(folder)]
            command += ["--timeout-scale", str(timeout_scale), "--budget", "500ms", "--jobs", "16"]
            command += ["--report", report]
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LONGEST)
            except subprocess.TimeoutExpired:
                self.trouble = "the run took longer than %d s" % LONGEST
                return
        self.status = done.returncode
        if not os.path.exists(report):
            self.trouble = done.stdout.decode(errors="replace")[-1000:]
            return
        with open(report, encoding="utf-8") as file:
            self.report = json.load(file)["runs"][0]

    def profile(self, folder):
        text = OWN.get(self.framing, "")
        if self.exchanges == "one":
            text = (text or "extends: %s\n" % self.framing) + "exchanges: one\n"
        if not text:
            return self.framing
        name = self.framing + ("_one" if self.exchanges == "one" else "")
        path = os.path.join(folder, name + ".yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("profile: %s\n%s" % (name, text))
        return path

    def culprits(self):
        return {case.get("culprit") for case in self.report["cases"]}

    def blamed(self):
        """The outcome of each requirement that came out broken or undecided, but for what this machine was too busy
        to tell."""
        broken = {r["id"]: r["outcome"] for r in self.report["requirements"] if r["outcome"] in BROKEN}
        return {id: outcome for id, outcome in broken.items() if outcome != "error" or not self.is_for_shortage(id)}

    def is_for_shortage(self, requirement):
        undecided = [c for c in self.report["cases"] if c["outcome"] == "error" and requirement in c["requirements"]]
        return bool(undecided) and all(c.get("culprit") == SHORTAGE for c in undecided)

    def wrongs(self):
        """What is wrong with the blame, in words; nothing if it's right."""
        if self.trouble:
            return [self.trouble]
        if not self.fault:
            sound = self.status == 0 or (self.status == 3 and SHORTAGE in self.culprits())
            return [] if not self.blamed() and sound else ["a conforming server is blamed: " + self.shown()]
        wrongs = [] if self.server.altered else ["the fault's own code wasn't reached"]
        broken, also = self.fault["requirement"], self.fault["also"]
        levels = {r["id"]: r["level"] for r in self.report["requirements"]}
        due = "fail" if levels[broken] == "MUST" else "warn"
        blamed = self.blamed()
        if blamed.get(broken) != due:
            wrongs.append("%s isn't found broken" % broken)
        for requirement, outcome in blamed.items():
            if requirement == broken or requirement in also:
                continue
            # What was never tried is nobody's fault but the defect's that ended the service.
            if self.fault["ends_service"] and outcome == "error":
                continue
            wrongs.append("%s is, too: %s" % (requirement, outcome))
        fails = "fail" in blamed.values()
        decided = self.fault["ends_service"] or SHORTAGE in self.culprits()
        if not wrongs and not decided and self.status != (1 if fails else 0):
            wrongs.append("exit status %d" % self.status)
        return [wrong + "; " + self.shown() for wrong in wrongs]

    def row(self):
        blamed = " ".join("%s:%s" % one for one in sorted(self.blamed().items())) or "-"
        breaks = self.fault["requirement"] if self.fault else "-"
        mark = "  <-- wrong" if self.wrongs() else ""
        return "%-52s %-6s %5.1fs  %s%s" % (self.name(), breaks, self.seconds, blamed, mark)

    def shown(self):
        """The first broken case of each blamed requirement, and why."""
        lines = []
        for requirement in self.blamed():
            for case in self.report["cases"]:
                if case["outcome"] in BROKEN and requirement in case["requirements"]:
                    lines.append("%s by %s (%s)" % (requirement, case["id"], case.get("reason", "")))
                    break
        return "; ".join(lines) or "nothing is blamed"


def trials(options):
    chosen = []
    for number, fault in enumerate(faults()):
        framings = fault["framings"] if options.all else [fault["framings"][number % len(fault["framings"])]]
        chosen += [Trial(fault, framing) for framing in framings]
    chosen += [Trial(None, framing) for framing in FRAMINGS]
    if options.only:
        chosen = [t for t in chosen if any(fnmatch.fnmatch(t.name(), p) for p in options.only)]
    return chosen


class Blame(unittest.TestCase):
    """Gets a test for each trial; all are carried out before the first is looked at."""

    chosen = []

    @classmethod
    def setUpClass(cls):
        print("%-52s %-6s %6s  %s" % ("fault/framing", "breaks", "time", "blamed"))
        with tempfile.TemporaryDirectory() as folder:
            with concurrent.futures.ThreadPoolExecutor(OPTIONS.jobs) as pool:
                for trial in pool.map(lambda trial: trial.run(folder, OPTIONS), cls.chosen):
                    print(trial.row(), flush=True)
        right = sum(not trial.wrongs() for trial in cls.chosen)
        print("%d of %d blamed rightly" % (right, len(cls.chosen)), flush=True)


def add_test(trial):
    def test(self):
        self.assertEqual([], trial.wrongs())

    name = "test_" + trial.name().replace("/", "_")
    test.__doc__ = trial.name()
    setattr(Blame, name, test)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every framing of every fault")
    parser.add_argument("--jobs", type=int, default=3, help="runs at once")
    parser.add_argument("--timeout-scale", type=float, default=0.25)
    parser.add_argument("--only", metavar="PATTERN", action="append", help="a glob on FAULT/FRAMING")
    OPTIONS, rest = parser.parse_known_args()
    Blame.chosen = trials(OPTIONS)
    for trial in Blame.chosen:
        add_test(trial)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
