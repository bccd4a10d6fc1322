#!/usr/bin/env python3
"""The Nth socket call of a run fails, as it does on a machine that is short of something, for every N: md5spec doesn't crash,
doesn't hang, and never blames the server.

FAILING_CALLS names the library that makes calls fail.
"""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
import support  # noqa: E402
from support import reference_server  # noqa: E402

LIBRARY = os.environ.get("FAILING_CALLS", "")
CASES = {
    "line": ("defaults.hello_server", "connection.keeps_open_for_a_second_exchange", "CON-2"),
    "half_close": ("defaults.hello_server", "connection.closes_after_half_close*"),
    "classic": ("defaults.hello_server", "connection.accepts_a_second_connection_beside"),
}


class FaultInjection(support.Case):
    def run_with(self, failing, port, profile):
        report, calls = self.file("report.json"), self.file("calls.txt")
        for path in (report, calls):
            pathlib.Path(path).unlink(missing_ok=True)
        only = [word for case in CASES[profile] for word in ("--only", case)]
        outcome = support.md5spec(
            "run", "--target", f"127.0.0.1:{port}", "--profile", profile, *only, "--jobs", "1", "--report", report,
            LD_PRELOAD=LIBRARY, FAILING_CALL=str(failing), FAILING_CALL_REPORT=calls,
            # The sanitizer wants to be loaded first, and needn't be.
            ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        count, _, name = pathlib.Path(calls).read_text(encoding="utf-8").strip().partition(" ")
        runs = []
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                runs = json.load(file)["runs"]
        return outcome, int(count), name, runs

    def check(self, profile):
        with reference_server(profile) as port:
            outcome, calls, _, _ = self.run_with(0, port, profile)
            self.assertEqual(outcome.status, 0, outcome)
            self.assertGreater(calls, 20)
            undecided = 0
            for failing in range(1, calls + 1):
                outcome, _, name, runs = self.run_with(failing, port, profile)
                said = f"call {failing}, {name}: {outcome}"
                # Undecided, or it made no difference; but neither a failure nor a fault of the suite.
                self.assertIn(outcome.status, (0, 3), said)
                undecided += outcome.status == 3
                for case in (case for run in runs for case in run["cases"]):
                    self.assertNotIn(case["outcome"], ("fail", "warn"), said)
                    self.assertEqual(case.get("culprit", "environment"), "environment", said)
            # The library does make calls fail.
            self.assertGreater(undecided, 3)

    def test_line(self):
        self.check("line")

    def test_half_close(self):
        self.check("half_close")

    def test_classic(self):
        self.check("classic")


if __name__ == "__main__":
    support.main()
