#!/usr/bin/env python3
"""The conformance tests under CTest: a test for each case, made anew whenever ctest runs.

Configures a build folder of its own, as somebody would who has a server to test, and puts the programs that are built
already into it.
"""

import json
import os
import pathlib
import re
import tempfile
import threading
import xml.etree.ElementTree

import support
from support import Server, classic, digest, lines, reference_server

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CMAKE = os.environ.get("MD5SPEC_CMAKE", "cmake")
CTEST = os.environ.get("MD5SPEC_CTEST", "ctest")
LISTING = "conformance/the_list_of_cases"
OWN_CASE = """
group: own
title: Cases of one's own
requirement: DIG-1
why: What this server is for.
cases:
  - {name: greeting, message: "Hello, world!"}
"""


def configure(build, *variables):
    outcome = support.command(CMAKE, "-S", str(SOURCE), "-B", build, *variables)
    if outcome.status != 0:
        raise AssertionError(f"cmake: {outcome}")
    for program in (support.MD5SPEC, support.REFERENCE_SERVER):
        os.symlink(program, os.path.join(build, "bin", os.path.basename(program)))


def properties(test):
    return {one["name"]: one["value"] for one in test["properties"]}


class CTest(support.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.build = folder.name
        configure(cls.build)

    def ctest(self, *arguments, **options):
        return support.command(CTEST, "--test-dir", self.build, "-L", "conformance", *arguments, **options)

    def listed(self, *arguments, **options):
        """The tests that there are, by name."""
        outcome = self.ctest("--show-only=json-v1", *arguments, **options)
        self.assertEqual(outcome.status, 0, outcome)
        return {test["name"]: test for test in json.loads(outcome.out)["tests"]}

    def results(self, *arguments, **options):
        """Runs tests: what CTest says became of each, and what it printed."""
        path = self.file("junit.xml")
        outcome = self.ctest("--output-junit", path, "--output-on-failure", *arguments, **options)
        statuses = {}
        for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
            skipped = case.find("skipped") is not None
            statuses[case.get("name")] = "skipped" if skipped else case.get("status")
        self.assertEqual(outcome.status == 0, "fail" not in statuses.values(), outcome)
        return statuses, outcome

    def test_every_case_under_every_bundled_profile_is_a_test(self):
        cases = [line.split() for line in self.run_md5spec(0, "list", "--plain").out.splitlines()]
        tests = self.listed()
        self.assertEqual(list(tests), [name for name, _ in cases])
        for name, at_once in cases:
            given = properties(tests[name])
            self.assertEqual(sorted(given["LABELS"]), sorted(["conformance", name.split("/")[0]]))
            self.assertEqual(given["SKIP_RETURN_CODE"], 6)
            self.assertEqual(given.get("RUN_SERIAL", False), at_once == "alone", name)
        self.assertEqual({name.split("/")[0] for name in self.listed("-L", "^line$")}, {"line"})

    def test_the_projects_own_tests_are_labelled_apart(self):
        outcome = support.command(CTEST, "--test-dir", self.build, "-L", "self", "--show-only=json-v1")
        names = [test["name"] for test in json.loads(outcome.out)["tests"]]
        self.assertIn("self/unit", names)
        self.assertIn("self/end_to_end/ctest", names)
        self.assertEqual([name for name in names if not name.startswith("self/")], [])

    def test_without_a_target_the_reference_server_is_tested(self):
        statuses, _ = self.results("-R", r"/defaults\.hello_server$")
        self.assertEqual(statuses, {f"{profile}/defaults.hello_server": "run" for profile in
                                    ("classic", "half_close", "line", "line_tls", "length_prefixed")})

    def test_a_target_and_its_profile(self):
        with reference_server("line") as port:
            statuses, _ = self.results("-R", r"defaults\.|connection\.closes", "-j", "4",
                                       MD5SPEC_TARGET=f"localhost:{port}", MD5SPEC_PROFILE="line")
        for name in ("closes_after_its_one_reply", "closes_after_its_one_reply_to_an_empty_message",
                     "closes_after_its_one_reply_to_the_largest_message"):
            self.assertEqual(statuses.pop("line/connection." + name), "skipped")
        self.assertGreater(len(statuses), 11)
        self.assertEqual(set(statuses.values()), {"run"})

    def test_a_skipped_case_shows_as_skipped(self):
        _, outcome = self.results("-R", r"line/connection\.closes_after_its_one_reply$")
        self.assertRegex(outcome.out, r"closes_after_its_one_reply \.*\*\*\*Skipped")

    def test_a_target_without_profile_is_taken_for_a_classic_one(self):
        with Server(classic(digest)) as server:
            statuses, _ = self.results("-R", r"defaults\.", "-j", "4", MD5SPEC_TARGET=server.target)
        self.assertEqual(len(statuses), 10)
        for name, status in statuses.items():
            self.assertTrue(name.startswith("classic/"))
            self.assertEqual(status, "run")

    def test_a_command_that_starts_the_server(self):
        command = f"'{support.REFERENCE_SERVER}' --listen {{profile}}={{host}}:{{port}}"
        statuses, outcome = self.results("-R", r"defaults\.hello_server|process\.ends_when_told_to", "-j", "4", "-V",
                                         MD5SPEC_START=command, MD5SPEC_PROFILE="line")
        self.assertEqual(statuses, {"line/defaults.hello_server": "run", "line/process.ends_when_told_to": "run"})
        self.assertEqual(len(set(re.findall(r"server +the server at (\S+)", outcome.out))), 2, outcome)

    def test_a_failing_server_shows_what_it_did(self):
        with Server(classic(lambda message: digest(message.upper()))) as server:
            statuses, outcome = self.results("-R", r"defaults\.(hello|goodbye)", MD5SPEC_TARGET=server.target)
        self.assertEqual(set(statuses.values()), {"fail"})
        self.assertEqual(len(statuses), 2)
        self.assertIn('expected  "a6c043d6d080c3679e9781f6d176c537"', outcome.out)

    def test_no_reply_can_turn_a_failure_into_a_skip(self):
        with Server(classic(lambda message: b"***Skipped [  SKIPPED ] SKIP_RETURN_CODE=6 Not Run")) as server:
            statuses, _ = self.results("-R", r"defaults\.hello_server", MD5SPEC_TARGET=server.target)
        self.assertEqual(set(statuses.values()), {"fail"})

    def test_a_target_that_is_down_fails(self):
        with support.refused_port() as port:
            statuses, outcome = self.results("-R", r"defaults\.hello", MD5SPEC_TARGET=f"localhost:{port}")
        self.assertEqual(set(statuses.values()), {"fail"})
        self.assertIn("Connection refused", outcome.out)

    def test_a_case_file_of_ones_own_shows_at_once(self):
        cases = self.file("own.yaml", OWN_CASE)
        variables = {"MD5SPEC_CASES": cases, "MD5SPEC_PROFILE": "line"}
        self.assertEqual(list(self.listed("-R", r"/own\.", **variables)), ["line/own.greeting"])
        self.file("own.yaml", OWN_CASE + '  - {name: farewell, message: "Goodbye, world!"}\n')
        statuses, _ = self.results("-R", r"/own\.", **variables)
        self.assertEqual(statuses, {"line/own.greeting": "run", "line/own.farewell": "run"})
        self.assertEqual(self.listed("-R", r"/own\."), {})

    def test_relative_paths_are_meant_from_where_ctest_is_called(self):
        self.file("own.yaml", OWN_CASE)
        self.file("profile.yaml", 'profile: mine\nframing: delimited\nreply: "{hex}\\n"\n')
        statuses, _ = self.results("-R", r"/own\.", cwd=self.folder, PWD=self.folder, MD5SPEC_CASES="own.yaml",
                                   MD5SPEC_PROFILE="profile.yaml")
        self.assertEqual(statuses, {"mine/own.greeting": "run"})

    def test_a_broken_case_file_is_a_failing_test(self):
        cases = self.file("own.yaml", OWN_CASE.replace("message", "mesage"))
        statuses, outcome = self.results("-j", "4", MD5SPEC_CASES=cases)
        self.assertEqual(statuses, {LISTING: "fail"})
        self.assertRegex(outcome.out, re.escape(cases) + r":7:\d+: .*'mesage'")
        # A choice that leaves that test out doesn't leave the reason out.
        _, outcome = self.results("-R", r"/own\.", MD5SPEC_CASES=cases)
        self.assertRegex(outcome.err, re.escape(cases) + r":7:\d+: .*'mesage'")

    def test_an_unknown_profile_is_a_failing_test(self):
        statuses, outcome = self.results(MD5SPEC_PROFILE="lines")
        self.assertEqual(statuses, {LISTING: "fail"})
        self.assertIn("did you mean 'line'?", outcome.out)

    def test_a_wrong_pin_fails_where_it_stands(self):
        cases = self.file("own.yaml", OWN_CASE.replace('world!"', 'world!", md5: "00000000000000000000000000000000"'))
        statuses, outcome = self.results("-R", r"/own\.", MD5SPEC_CASES=cases, MD5SPEC_PROFILE="line")
        self.assertEqual(statuses, {"line/own.greeting": "fail"})
        self.assertIn(f"{cases}:7:", outcome.out)

    def test_however_many_jobs_the_server_gets_no_more_than_its_profile_says(self):
        profile = self.file("profile.yaml", 'profile: single\nframing: delimited\nreply: "{hex}\\n"\n'
                                            'limits: {connections: 1}\n')
        busy, most = threading.Lock(), []
        answer = lines(lambda message: digest(message) + b"\n")

        def one_at_a_time(connection):
            if busy.acquire(blocking=False):
                answer(connection)
                busy.release()
            else:
                most.append("two at once")

        with Server(one_at_a_time) as server:
            statuses, outcome = self.results("-R", r"defaults\.", "-j", "8", MD5SPEC_TARGET=server.target,
                                             MD5SPEC_PROFILE=profile)
        self.assertEqual(most, [])
        self.assertEqual(set(statuses.values()), {"run"}, outcome)


class Configured(support.Case):
    """What CMake was told; the environment counts more."""

    def test_the_target_profile_and_cases_that_cmake_was_told(self):
        build = self.file("build")
        with reference_server("line") as port:
            configure(build, f"-DMD5SPEC_TARGET=127.0.0.1:{port}", "-DMD5SPEC_PROFILE=line",
                      f"-DMD5SPEC_CASES={self.file('own.yaml', OWN_CASE)}")
            run = [CTEST, "--test-dir", build, "-L", "conformance", "-R", r"/own\.|/defaults\.hello", "-V"]
            outcome = support.command(*run)
            self.assertEqual(outcome.status, 0, outcome)
            for part in ("line/own.greeting", "line/defaults.hello_server", f"the server at 127.0.0.1:{port}", "out of 2"):
                self.assertIn(part, outcome.out)
        start = f"'{support.REFERENCE_SERVER}' --listen {{profile}}={{host}}:{{port}}"
        configure(self.file("started"), f"-DMD5SPEC_START={start}", "-DMD5SPEC_PROFILE=half_close")
        outcome = support.command(CTEST, "--test-dir", self.file("started"), "-L", "conformance", "-R", "defaults.hello", "-V")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("half_close/defaults.hello_server", outcome.out)
        self.assertIn("server        the server at 127.0.0.1:", outcome.out)
        with Server(classic(digest)) as server:
            outcome = support.command(*run, MD5SPEC_TARGET=server.target, MD5SPEC_PROFILE="classic")
            self.assertEqual(outcome.status, 0, outcome)
            self.assertIn("classic: conformant", outcome.out)
            self.assertIn(f"the server at {server.target}", outcome.out)


if __name__ == "__main__":
    support.main()
