#!/usr/bin/env python3
"""What a run leaves behind: the JSON report, the JUnit report and the console, also when the server sends hostile bytes."""

import hashlib
import json
import os
import pty
import re
import subprocess
import xml.etree.ElementTree

import support
from support import Server, classic, digest, lines

# What a terminal, a browser, an XML reader or a log could take for something other than text.
HOSTILE = (b"\x1b[31mred\x1b]0;title\x07 <script>alert(1)</script> ]]> <![CDATA[ & &amp; \" ' \x00\x08\x0b\x0c\x7f\xff\xfe"
           b"\xc2\x9b31m\xe2\x80\xae\xe2\x80\x8b\xef\xbf\xbe\xed\xa0\x80\r")
OUTCOMES = ("pass", "fail", "warn", "skip", "error", "xfail", "xpass", "not_run")


def wrong_for_some(message):
    """Right, but for the messages that begin with an H."""
    return digest(b"something else" if message.startswith(b"H") else message)


class Report(support.Case):
    def report(self, behave, *arguments, status=1, **options):
        """A run against a tiny server: its JSON report, its JUnit report and its outcome."""
        paths = [self.file("report.json"), self.file("report.xml")]
        with Server(behave) as server:
            self.target = server.target
            outcome = self.run_md5spec(status, "run", "--target", server.target, *arguments, "--report", paths[0],
                                       "--report", paths[1], **options)
        with open(paths[0], encoding="utf-8") as file:
            self.json_text = file.read()
        with open(paths[1], encoding="utf-8") as file:
            self.xml_text = file.read()
        return json.loads(self.json_text), xml.etree.ElementTree.fromstring(self.xml_text), outcome


class Json(Report):
    def test_has_everything_that_is_promised(self):
        report, _, _ = self.report(classic(wrong_for_some), "--only", "defaults.*", "--only", "DIG-3", "--skip",
                                   "defaults.nice_day", "--seed", "7")
        self.assertEqual(report["format"], "md5spec-report/1")
        self.assertRegex(report["suite"]["version"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(report["suite"]["catalogue_sha256"], r"^[0-9a-f]{64}$")
        self.assertEqual(report["environment"]["cpus"], os.cpu_count())
        self.assertIn("Linux", report["environment"]["system"])
        self.assertEqual(report["selection"], {
            "only": ["defaults.*", "DIG-3"], "skip": ["defaults.nice_day"], "gtest_filter": "*", "shard": "1/1",
            "tags": [], "known_failing": None, "interrupted": False})
        self.assertRegex(report["started"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIsInstance(report["duration_ms"], int)
        self.assertEqual(report["seed"], 7)
        self.assertEqual(report["exit_status"], 1)

        [run] = report["runs"]
        self.assertEqual(run["profile"], "classic")
        self.assertIn("framing: unframed", run["profile_text"])
        self.assertEqual(run["target"], self.target)
        self.assertEqual(run["verdict"], "non_conformant")
        self.assertEqual(run["declared"]["message_bytes"], 1024)
        self.assertEqual(run["declared"]["accepts"], "any")
        self.assertEqual(set(run["counts"]), set(OUTCOMES))

    def test_counts_agree_with_cases_and_requirements(self):
        report, _, _ = self.report(classic(wrong_for_some), "--only", "defaults.*", "--only", "DIG-3")
        [run] = report["runs"]
        for outcome in OUTCOMES:
            self.assertEqual(run["counts"][outcome], sum(case["outcome"] == outcome for case in run["cases"]), outcome)
        self.assertEqual(run["counts"]["fail"], 3)
        self.assertEqual(run["counts"]["pass"], 7)
        requirements = {one["id"]: one for one in run["requirements"]}
        for requirement, outcome, cases in (("DIG-1", "fail", 10), ("DIG-3", "skip", 0)):
            expected = {"id": requirement, "level": "MUST", "outcome": outcome, "cases": cases}
            self.assertEqual(requirements[requirement], requirements[requirement] | expected)

    def test_a_failed_case_says_what_why_and_how_to_see_it(self):
        report, _, _ = self.report(classic(wrong_for_some), "--only", "defaults.*")
        cases = {case["id"]: case for case in report["runs"][0]["cases"]}
        passed = cases["defaults.goodbye_server"]
        self.assertEqual(passed["outcome"], "pass")
        self.assertEqual(passed["findings"], [])
        self.assertGreater(passed["duration_us"], 0)
        self.assertNotIn("wire", passed)

        failed = cases["defaults.hello_server"]
        self.assertEqual(failed["outcome"], "fail")
        self.assertEqual(failed["requirements"], ["DIG-1"])
        self.assertEqual(failed["culprit"], "server")
        self.assertTrue(failed["reason"])
        [finding] = failed["findings"]
        self.assertEqual(finding["requirement"], "DIG-1")
        self.assertEqual(finding["expected"], '"a6c043d6d080c3679e9781f6d176c537"')
        self.assertEqual(finding["received"], f'"{digest(b"something else").decode()}"')
        self.assertTrue(finding["evidence"])
        self.assertTrue(finding["explanation"])
        self.assertEqual(failed["observations"], [])
        self.assertRegex(failed["reproduce"], r"^printf 'Hello, server!' \| nc .* 127\.0\.0\.1 \d+$")
        times = [event["at_us"] for event in failed["wire"]]
        self.assertEqual(times, sorted(times))
        sent = [event for event in failed["wire"] if event["event"] == "send"]
        self.assertEqual([(event["connection"], event["bytes"], bytes.fromhex(event["data"])) for event in sent],
                         [(1, 14, b"Hello, server!")])
        received = [event for event in failed["wire"] if event["event"] == "receive"]
        self.assertEqual(b"".join(bytes.fromhex(event["data"]) for event in received), digest(b"something else"))

    def test_how_to_see_a_failure_shows_it(self):
        report, _, _ = self.report(classic(wrong_for_some), "--only", "defaults.hello_server")
        [case] = report["runs"][0]["cases"]
        with Server(classic(wrong_for_some)) as server:
            shown = support.command("sh", "-c", case["reproduce"].replace(self.target.split(":")[1], str(server.port)))
        if shown.status == 127:
            self.skipTest("nc isn't installed")
        self.assertEqual(shown.out, digest(b"something else").decode())

    def test_of_long_data_the_first_256_bytes_are_shown(self):
        report, _, _ = self.report(classic(lambda message: digest(message[:1000])), "--only", "DIG-5")
        sends = [event for case in report["runs"][0]["cases"] if case["outcome"] == "fail"
                 for event in case["wire"] if event["event"] == "send"]
        self.assertIn(1024, [event["bytes"] for event in sends])
        for event in sends:
            self.assertEqual(len(event["data"]), 2 * min(event["bytes"], 256))

    def test_everything_else_is_blocked_by_what_is_broken(self):
        report, _, _ = self.report(classic(lambda message: digest(b"something else")), "--only", "defaults.*", "--only",
                                   "DIG-4")
        [run] = report["runs"]
        outcomes = {one["id"]: one["outcome"] for one in run["requirements"]}
        self.assertEqual(outcomes["DIG-1"], "fail")
        self.assertEqual(outcomes["DIG-4"], "skip")
        reasons = {case["reason"] for case in run["cases"] if case["requirements"] == ["DIG-4"]}
        self.assertEqual(reasons, {"blocked by DIG-1"})

    def test_how_the_server_behaves_is_told_and_counts_for_nothing(self):
        profile = self.file("p.yaml", "profile: p\nframing: unframed\nlimits: {message_bytes: 4096}\n")
        report, _, _ = self.report(classic(digest), "--profile", profile, "--only", "DIG-5", "--only", "REP-1")
        facts = report["runs"][0]["fingerprint"]
        self.assertEqual(facts["shortest_split"], 1024)
        self.assertLessEqual(facts["longest_whole_read"], 1024)
        self.assertGreater(facts["reply_arrives_in"]["one_piece"], 0)
        self.assertEqual(list(facts["end_after_half_close"]), ["fin"])

    def test_a_report_directory_gets_a_report_of_each_process(self):
        folder = self.file("reports")
        for _ in range(2):
            self.run_md5spec(0, "run", "--profile", "line", "--only", "defaults.*", MD5SPEC_REPORT_DIR=folder)
        names = os.listdir(folder)
        self.assertEqual(len(names), 2)
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                self.assertEqual(json.load(file)["exit_status"], 0)

    def test_the_same_seed_gives_the_same_messages(self):
        def digests(seed, *more):
            seen = {}
            def note(message):
                seen[hashlib.sha256(message).digest()] = len(message)
                return digest(message)
            with Server(classic(note)) as server:
                self.run_md5spec(0, "run", "--target", server.target, "--only", "DIG-4", "--only", "DIG-5",
                                 "--seed", seed, *more)
            return seen
        self.assertEqual(digests("1"), digests("1", "--jobs", "1", "--gtest_shuffle"))
        self.assertNotEqual(digests("1"), digests("2"))


class JUnit(Report):
    def test_agrees_with_the_json_report(self):
        report, root, _ = self.report(classic(wrong_for_some), "--only", "defaults.*", "--only", "DIG-3")
        [run] = report["runs"]
        tests = {}
        for suite in root.iter("testsuite"):
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            for outcome in ("failure", "error", "skipped"):
                count = {"failure": "failures", "error": "errors"}.get(outcome, outcome)
                self.assertEqual(int(suite.get(count)), sum(case.find(outcome) is not None for case in cases))
            for case in cases:
                self.assertEqual(case.get("classname"), suite.get("name"))
                tests[f"{case.get('classname')}.{case.get('name')}"] = case
        self.assertEqual(set(tests), {f"classic/{case['id']}" for case in run["cases"]})
        self.assertEqual(int(root.get("tests")), len(run["cases"]))
        self.assertEqual(int(root.get("failures")), run["counts"]["fail"])
        self.assertEqual(sum(int(suite.get("skipped")) for suite in root), run["counts"]["skip"])
        failure = tests["classic/defaults.hello_server"].find("failure")
        self.assertEqual(failure.get("type"), "DIG-1")
        self.assertIn("a6c043d6d080c3679e9781f6d176c537", failure.text)
        self.assertIn("nc", failure.text)
        for case in run["cases"]:
            if case["outcome"] == "skip":
                self.assertEqual(tests[f"classic/{case['id']}"].find("skipped").get("message"), case["reason"])

    def assert_valid(self, path):
        """As Jenkins checks it."""
        schema = os.path.join(os.path.dirname(os.path.abspath(__file__)), "junit.xsd")
        checked = support.command("xmllint", "--noout", "--nonet", "--schema", schema, path)
        self.assertEqual(checked.status, 0, checked)

    def test_is_valid(self):
        for answer in (wrong_for_some, lambda message: HOSTILE * 10):
            self.report(classic(answer), "--only", "defaults.*", "--only", "DIG-3", "--only", "CON-7")
            self.assert_valid(self.file("report.xml"))
        with support.refused_port() as port:
            self.run_md5spec(3, "run", "--target", f"127.0.0.1:{port}", "--only", "defaults.*", "--report",
                             self.file("refused.xml"))
        self.assert_valid(self.file("refused.xml"))
        known = self.file("known.yaml", "- {case: DIG-1, reason: on our list}\n")
        self.report(classic(wrong_for_some), "--only", "defaults.*", "--known-failing", known, status=5)
        self.assert_valid(self.file("report.xml"))

    def test_a_warning_is_no_failure(self):
        with Server(lines(lambda message: digest(message) + b"\n")) as server:
            with support.refused_port() as port:
                self.run_md5spec(3, "run", "--target", f"127.0.0.1:{port}", "--only", "defaults.*", "--report",
                                 self.file("refused.xml"))
            known = self.file("known.yaml", "- {case: DIG-1, reason: on our list}\n")
            self.run_md5spec(0, "run", "--target", server.target, "--profile", "length_prefixed", "--only",
                             "defaults.hello_server", "--known-failing", known, "--report", self.file("known.xml"))
        root = xml.etree.ElementTree.parse(self.file("known.xml")).getroot()
        self.assertEqual((root.get("tests"), root.get("failures"), root.get("errors")), ("1", "0", "0"))
        self.assertIn("xfail", root.find(".//system-out").text)
        root = xml.etree.ElementTree.parse(self.file("refused.xml")).getroot()
        self.assertEqual((root.get("tests"), root.get("failures"), root.get("errors")), ("10", "0", "10"))


class Hostile(Report):
    def assert_clean(self, text, allowed="\n"):
        """No character that does more than show itself."""
        found = re.findall("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufffe\uffff\ud800-\udfff]", text)
        self.assertEqual(set(found) - set(allowed), set())

    def hostile_servers(self):
        """Hostile bytes instead of a digest, around it, within it and without end."""
        yield lambda message: HOSTILE + b"\n"
        yield lambda message: HOSTILE + digest(message) + b"\n"
        yield lambda message: digest(message) + HOSTILE + b"\n"
        yield lambda message: digest(message)[:16] + HOSTILE + digest(message)[16:] + b"\n"
        yield lambda message: HOSTILE * 2000

    def test_nothing_that_a_server_sends_is_taken_for_more_than_text(self):
        for answer in self.hostile_servers():
            report, root, outcome = self.report(lines(answer), "--profile", "line", "--only", "defaults.*", "--only",
                                                "REP-2", "--only", "SEQ-1")
            self.assert_clean(outcome.out)
            self.assert_clean(outcome.err)
            self.assert_clean(self.json_text)
            self.assert_clean(self.xml_text)
            self.assertNotIn("<script", self.xml_text)
            self.assertNotIn("]]>", self.xml_text)
            self.assertNotIn("<![CDATA[", self.xml_text)
            # It is there all the same, for people to see.
            self.assertIn("<script>", root.find(".//failure").text)
            self.assertIn(r"\x1b[31m", outcome.out)
            failed = [case for case in report["runs"][0]["cases"] if case["outcome"] == "fail"]
            received = "".join(event["data"] for event in failed[0]["wire"] if event["event"] == "receive")
            self.assertIn(HOSTILE[:100].hex(), received)

    def test_nothing_that_a_profile_or_a_case_says_is_either(self):
        profile = self.file("profile.yaml", 'profile: own\nframing: delimited\ntitle: "\\e[31m\\u202e<script>"\n'
                                            'reply: "{hex}\\n"\n')
        case = self.file("case.yaml", 'group: own\ntitle: "\\e[31m\\u202e<script>"\nrequirement: DIG-1\n'
                                      'why: "\\e[31m\\u202e<script>"\ncases:\n  - {name: one, message: "\\e[31m"}\n')
        _, _, outcome = self.report(lines(lambda message: b"no digest\n"), "--profile", profile, "--cases", case, "--only",
                                    "own.one")
        self.assert_clean(outcome.out)
        self.assert_clean(self.json_text)
        self.assert_clean(self.xml_text)
        for arguments in (("explain", "own.one"), ("list",), ("list", "--json")):
            self.assert_clean(self.run_md5spec(0, *arguments, "--cases", case).out)


class Colour(support.Case):
    def on_a_terminal(self, **variables):
        """What a run prints on a terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([support.MD5SPEC, "run", "--profile", "line", "--only", "defaults.*"], stdout=theirs,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                   env=support.environment(**{"TERM": "xterm", **variables}))
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 4096):
                printed += piece
        except OSError:  # a terminal's end of stream
            pass
        os.close(ours)
        self.assertEqual(process.wait(support.PATIENCE), 0)
        self.assertIn(b"conformant", printed)
        return printed

    def test_on_a_terminal(self):
        self.assertIn(b"\x1b[32m", self.on_a_terminal())

    def test_none_for_who_wants_none(self):
        self.assertNotIn(b"\x1b", self.on_a_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b", self.on_a_terminal(TERM="dumb"))

    def test_none_in_a_pipe(self):
        outcome = self.run_md5spec(0, "run", "--profile", "line", "--only", "defaults.*", TERM="xterm")
        self.assertNotIn("\x1b", outcome.out + outcome.err)


if __name__ == "__main__":
    support.main()
