#!/usr/bin/env python3
"""The detection matrix: what md5spec finds of each fault of fixtures/faulty_server, and which cases find any.

    detection_test.py [--all | --brief] [--jobs N] [--patience MS] [--only PATTERN]… [--write] [unittest's options]

Every fault must be found, and blamed on the requirement that it breaks and on no other; every case must fail for one
fault at least (unfailed.txt has the exceptions); no conforming server may be blamed. Each fault is tried in one of its
framings, with --all in each of them; the few that came out wrong beside others are carried out once more, alone. With
--brief a fault is tried only by the cases of its requirement and a few of all others, other ones for each fault, which
takes minutes rather than the better part of an hour. --write brings docs/detection.md up to date. MD5SPEC names the
binary; by default it's the one in build/bin.
"""

import argparse
import concurrent.futures
import fnmatch
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import zlib

import document
from trial import FRAMINGS, MAKE_CERTIFICATES, OF_THE_PROCESS, Trial, cases, faults

BRIEF = 128  # it has no factor in common with the step from one trial's cases to the next one's
MOST_AGAIN = 8
UNFAILED = pathlib.Path(__file__).with_name("unfailed.txt")


def unfailed():
    lines = UNFAILED.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def trials_of(fault, in_all):
    # Which one doesn't change as other faults come and go.
    one = fault["tried_in"] or fault["framings"][zlib.crc32(fault["id"].encode()) % len(fault["framings"])]
    framings = fault["framings"] if in_all else [one]
    # A server that a client has ended is started again by the suite, if it has started it: so each of the cases that end it
    # shows. One that ends after so many clients ends again and again in any of them.
    restarted = fault["ends_service"] and fault["requirement"].startswith(("RES-", "SEC-"))
    manners = [True] if fault["requirement"] in OF_THE_PROCESS else [False, True] if restarted else [False]
    return [Trial(fault, framing, tls=fault["tls"], process=process) for framing in framings for process in manners]


def shorten(trials):
    """Has them carry out the cases of their own requirement, and one in BRIEF of all, each trial other ones."""
    every = cases()
    for number, trial in enumerate(trials):
        own = [trial.claimed] if trial.claimed else []
        trial.only = own + every[number * 7 % BRIEF :: BRIEF]


def baseline():
    """The servers without a fault: they come first and last, and must come out the same."""
    plain = [Trial(None, framing) for framing in FRAMINGS]
    return plain + [Trial(None, "line", tls=True), Trial(None, "line", process=True)]


def canaries(gallery):
    """Trials that must be found wrong, or the others prove nothing: a fault that is said to break what it doesn't, and
    a server without a fault that is said to have one."""
    by_id = {fault["id"]: fault for fault in gallery}
    return [Trial(by_id["upper_case"], "line", claimed="DIG-1"),
            Trial(by_id["upper_case"], "line", absent=True)]


class Detection(unittest.TestCase):
    """Gets a test for each trial; all are carried out before the first is looked at."""

    gallery = []
    trials = []
    before = []
    after = []
    canaries = []
    maxDiff = None
    whole = True  # nothing was left out by --only or --brief

    @classmethod
    def setUpClass(cls):
        print("%-52s %-6s %6s  %s" % ("fault/framing", "breaks", "time", "blamed"))
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([MAKE_CERTIFICATES, folder], check=True, stdout=subprocess.DEVNULL)
            with concurrent.futures.ThreadPoolExecutor(OPTIONS.jobs) as pool:
                for group in (cls.before, cls.canaries + cls.trials, cls.after):
                    # The longest first, so that nobody waits for one of them alone at the end.
                    runs = {trial: pool.submit(trial.run, folder, OPTIONS.patience)
                            for trial in sorted(group, key=Trial.is_short)}
                    for trial in group:
                        print(runs[trial].result().row(), flush=True)
            cls.look_again(folder)
        print(document.figures(cls.trials, cls.before), flush=True)

    @classmethod
    def look_again(cls, folder):
        """So many runs at once keep one another waiting, and a server that reads late doesn't show everything. A few that
        came out wrong are carried out once more, one at a time."""
        wrong = [trial for trial in cls.before + cls.trials + cls.after if trial.wrongs()]
        if not wrong or len(wrong) > MOST_AGAIN or OPTIONS.jobs == 1:
            return
        print("%d of them once more, alone:" % len(wrong))
        for trial in wrong:
            print(trial.run(folder, OPTIONS.patience).row(), flush=True)

    def test_a_trial_that_is_wrong_is_noticed(self):
        for trial in self.canaries:
            self.assertNotEqual([], trial.wrongs(), trial.row())

    def test_no_conforming_server_is_blamed(self):
        for trial in self.before + self.after:
            with self.subTest(trial.name()):
                self.assertEqual([], trial.wrongs())

    def test_what_a_conforming_server_passes_it_passes_again(self):
        for first, second in zip(self.before, self.after):
            with self.subTest(first.name()):
                self.assertEqual(first.passed(), second.passed())

    def test_every_case_can_fail(self):
        if not self.whole:
            self.skipTest("only some faults were tried")
        never = set(document.never_failed(self.trials, self.before))
        known = unfailed()
        self.assertEqual([], sorted(never - known), "these no fault makes fail")
        self.assertEqual([], sorted(known - never), "these some fault does make fail: unfailed.txt is out of date")
        noticed = set().union(*(trial.noticed() for trial in self.trials))
        self.assertEqual([], sorted(known - noticed), "nothing at all is noticed by these")

    def test_the_document_is_current(self):
        if OPTIONS.only or OPTIONS.all:
            self.skipTest("the document is of all faults, in one framing each")
        hint = "docs/detection.md isn't current: detection_test.py --write"
        if OPTIONS.write and self.whole:
            document.PATH.write_text(document.text(self.gallery, self.trials, self.before), encoding="utf-8")
        page = document.PATH.read_text(encoding="utf-8")
        self.assertEqual(document.faults(self.gallery), document.faults_of(page), hint)
        if self.whole:
            self.assertEqual(document.text(self.gallery, self.trials, self.before), page, hint)


def add_test(trial):
    def test(self):
        self.assertEqual([], trial.wrongs())

    test.__doc__ = trial.name()
    setattr(Detection, "test_fault_" + trial.name().replace("/", "_"), test)


def choose():
    Detection.gallery = faults()
    Detection.whole = not OPTIONS.brief
    for fault in Detection.gallery:
        Detection.trials += trials_of(fault, OPTIONS.all)
    Detection.before, Detection.after = baseline(), baseline()
    Detection.canaries = canaries(Detection.gallery)
    if OPTIONS.only:
        Detection.whole = False
        for name in ("trials", "before", "after", "canaries"):
            setattr(Detection, name, [trial for trial in getattr(Detection, name)
                                      if any(fnmatch.fnmatch(trial.name(), pattern) for pattern in OPTIONS.only)])
    if OPTIONS.brief:
        shorten(Detection.trials)
        for group in (Detection.canaries, Detection.before, Detection.after):  # the same ones before and after
            shorten(group)
    for trial in Detection.trials:
        add_test(trial)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every framing of every fault")
    parser.add_argument("--brief", action="store_true", help="some cases only")
    parser.add_argument("--jobs", type=int, default=3, help="runs at once")
    parser.add_argument("--patience", type=int, default=600, metavar="MS", help="that a reply and a close may take")
    parser.add_argument("--only", metavar="PATTERN", action="append", help="a glob on FAULT/FRAMING")
    parser.add_argument("--write", action="store_true", help="write docs/detection.md")
    OPTIONS, rest = parser.parse_known_args()
    choose()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
