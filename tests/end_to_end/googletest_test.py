#!/usr/bin/env python3
"""Each case is a GoogleTest test: GoogleTest's own flags and shards work on them."""

import json
import os
import xml.etree.ElementTree

import support
from support import Server, classic, digest


class GoogleTest(support.Case):
    def setUp(self):
        super().setUp()
        self.everything = {case["id"] for case in json.loads(
            self.run_md5spec(0, "list", "--json", "--profile", "line").out)}

    def carried_out(self, *arguments, status=0, **variables):
        """The report of a run under the profile line, and the tests that it carried out or skipped."""
        path = self.file("report.json")
        self.run_md5spec(status, "run", "--profile", "line", "--report", path, *arguments, **variables)
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        return report, [f"{run['profile']}/{case['id']}" for run in report["runs"] for case in run["cases"]]

    def test_lists_the_tests_without_a_server(self):
        outcome = self.run_md5spec(0, "run", "--profile", "line", "--gtest_list_tests", "--target", "127.0.0.1:1")
        tests, suite = set(), ""
        for line in outcome.out.splitlines():
            if line.startswith("  "):
                tests.add(suite + line.strip())
            else:
                suite = line
        self.assertEqual(tests, self.everything)

    def test_filters(self):
        report, tests = self.carried_out("--gtest_filter=line/defaults.*-*.goodbye*:*.great*")
        self.assertEqual(report["selection"]["gtest_filter"], "line/defaults.*-*.goodbye*:*.great*")
        self.assertEqual(len(tests), 8)
        self.assertEqual(set(tests), {one for one in self.everything if one.startswith("line/defaults.")} -
                         {"line/defaults.goodbye_server", "line/defaults.great_day"})

    def test_a_filter_on_what_is_skipped_is_all_skipped(self):
        self.carried_out("--gtest_filter=line/connection.closes_after_its_one_reply", status=6)

    def test_writes_its_own_xml(self):
        path = self.file("googletest.xml")
        self.carried_out("--only", "defaults.*", "--only", "connection.closes_after_its_one_reply",
                         f"--gtest_output=xml:{path}")
        root = xml.etree.ElementTree.parse(path).getroot()
        cases = {f"{case.get('classname')}.{case.get('name')}": case for case in root.iter("testcase")}
        self.assertEqual(len(cases), 11)
        self.assertEqual(root.get("failures"), "0")
        self.assertIsNotNone(cases["line/connection.closes_after_its_one_reply"].find("skipped"))
        self.assertIsNone(cases["line/defaults.hello_server"].find("skipped"))

    def test_its_xml_has_the_failures_at_the_case_files_place(self):
        path = self.file("googletest.xml")
        with Server(classic(lambda message: digest(b"something else"))) as server:
            self.run_md5spec(1, "run", "--target", server.target, "--only", "defaults.hello_server",
                             f"--gtest_output=xml:{path}")
        failure = xml.etree.ElementTree.parse(path).getroot().find(".//failure")
        self.assertRegex(failure.get("message"), r"defaults\.yaml:\d+\n")
        self.assertIn("a6c043d6d080c3679e9781f6d176c537", failure.get("message"))

    def test_shuffling_changes_no_outcome(self):
        report, tests = self.carried_out("--only", "DIG-*", "--gtest_shuffle", "--gtest_random_seed=7")
        plain, in_order = self.carried_out("--only", "DIG-*")
        self.assertEqual(sorted(tests), sorted(in_order))
        self.assertEqual(report["runs"][0]["counts"], plain["runs"][0]["counts"])

    def test_repeats_carry_out_anew(self):
        messages = []

        def note(message):
            messages.append(message)
            return digest(message)

        with Server(classic(note)) as server:
            self.run_md5spec(0, "run", "--target", server.target, "--only", "defaults.hello_server", "--gtest_repeat=3")
        self.assertGreaterEqual(messages.count(b"Hello, server!"), 3)

    def test_two_shards_carry_out_each_case_once(self):
        both = []
        for index in range(2):
            report, tests = self.carried_out(GTEST_TOTAL_SHARDS="2", GTEST_SHARD_INDEX=str(index))
            self.assertEqual(report["selection"]["shard"], f"{index + 1}/2")
            self.assertGreater(len(tests), len(self.everything) // 3)
            both += tests
        self.assertEqual(len(both), len(set(both)))
        self.assertEqual(set(both), self.everything)

    def test_shards_that_make_no_sense_are_refused_before_anything_is_started(self):
        total, index = "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX"
        for variables, says in (
                ({total: "2"}, [f"{total}=2", f"{index} isn't set", "from 0 to 1"]),
                ({index: "0"}, [f"{index} is set", f"{total} isn't", "1 or more"]),
                ({total: "2", index: "2"}, [f"{index}=", '"2"', "from 0 to 1"]),
                ({total: "2", index: "-1"}, [f"{index}=", '"-1"', "from 0 to 1"]),
                ({total: "2", index: ""}, [f"{index}=", '""', "from 0 to 1"]),
                ({total: "2", index: "one"}, [f"{index}=", '"one"', "from 0 to 1"]),
                ({total: "2", index: "1 "}, [f"{index}=", '"1 "']),
                ({total: "2", index: "9" * 30}, [f"{index}=", "from 0 to 1"]),
                ({total: "1", index: "1"}, [f"{index}=", "from 0 to 0"]),
                ({total: "0", index: "0"}, [f"{total}=", '"0"', "from 1 to 2147483647"]),
                ({total: "-1", index: "-1"}, [f"{total}=", '"-1"', "from 1 to 2147483647"]),
                ({total: "", index: "0"}, [f"{total}=", '""', "from 1 to"]),
                ({total: "two\x1b", index: "0"}, [f"{total}=", '"two\\x1b"', "from 1 to"]),
                ({total: "2147483648", index: "0"}, [f"{total}=", '"2147483648"', "from 1 to 2147483647"]),
                ({total: "2", index: "0", "GTEST_SHARD_STATUS_FILE": self.file("none/status")},
                 ["GTEST_SHARD_STATUS_FILE", self.file("none/status")])):
            with self.subTest(variables):
                self.refused("run", "--start", f"touch {self.file('started')}", says=says, **variables)
                self.assertFalse(os.path.exists(self.file("started")))
        self.run_md5spec(0, "list", GTEST_TOTAL_SHARDS="2")  # only runs are divided

    def test_whoever_started_it_is_told_that_it_knows_of_shards(self):
        path = self.file("status")
        self.carried_out("--only", "defaults.*", GTEST_TOTAL_SHARDS="2147483647", GTEST_SHARD_INDEX="3",
                         GTEST_SHARD_STATUS_FILE=path)
        self.assertTrue(os.path.isfile(path))
        report, tests = self.carried_out("--only", "defaults.*", GTEST_TOTAL_SHARDS="1", GTEST_SHARD_INDEX="0")
        self.assertEqual((report["selection"]["shard"], len(tests)), ("1/1", 10))

    def test_under_several_profiles(self):
        _, tests = self.carried_out("--profile", "classic", "--only", "defaults.hello_server")
        self.assertEqual(tests, ["line/defaults.hello_server", "classic/defaults.hello_server"])


if __name__ == "__main__":
    support.main()
