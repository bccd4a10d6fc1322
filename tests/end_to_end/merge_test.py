#!/usr/bin/env python3
"""Reports of a run's parts as one; and a run beside an earlier report."""

import json
import os

import support
from support import Server, digest, lines


def wrong_newline(message):
    """Hashes the newline, too."""
    return digest(message + b"\n") + b"\n"


def right(message):
    return digest(message) + b"\n"


def in_capitals(message):
    return digest(message).upper() + b"\n"


def wrong_for_some(message):
    return digest(b"something else" if message.startswith(b"H") else message) + b"\n"


class Reports(support.Case):
    def part(self, name, behave, *arguments, **options):
        path = self.file(name)
        with Server(lines(behave)) as server:
            support.md5spec("run", "--target", server.target, "--profile", "line", "--report", path, *arguments, **options)
        return path

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def changed(self, path, change):
        report = self.read(path)
        change(report)
        return self.file("changed.json", json.dumps(report))

    def merge(self, status, *parts):
        return self.run_md5spec(status, "merge", *parts, "--report", self.file("merged.json"))

    def outcomes(self, path):
        return {case["id"]: (case["outcome"], case.get("reason")) for case in self.read(path)["runs"][0]["cases"]}


class Merge(Reports):
    selection = ["--only", "defaults.*", "--only", "rfc1321.*"]

    def shards(self, behave, total=2, *arguments):
        return [self.part(f"shard{index}.json", behave, *(arguments or self.selection), GTEST_TOTAL_SHARDS=str(total),
                          GTEST_SHARD_INDEX=str(index)) for index in range(total)]

    def test_shards_make_the_whole(self):
        whole = self.part("whole.json", wrong_for_some, *self.selection)
        outcome = self.merge(0, *self.shards(wrong_for_some, 3))
        self.assertEqual(outcome.err, "")
        merged, plain = self.read(self.file("merged.json")), self.read(whole)
        self.assertEqual(self.outcomes(self.file("merged.json")), self.outcomes(whole))
        for key in ("verdict", "counts", "requirements", "profile_text"):
            self.assertEqual(merged["runs"][0][key], plain["runs"][0][key])
        self.assertEqual(merged["exit_status"], plain["exit_status"])
        self.assertTrue(plain["runs"][0]["fingerprint"])
        self.assertEqual(merged["runs"][0]["fingerprint"], plain["runs"][0]["fingerprint"])
        self.assertEqual(merged["selection"]["merged"], 3)
        self.assertEqual(merged["selection"]["missing"], [])
        self.assertEqual(merged["selection"]["shard"], "1/1")
        self.assertEqual(merged["selection"]["only"], ["defaults.*", "rfc1321.*"])

    def test_what_one_part_found_broken_blocks_cases_of_another(self):
        # By themselves the lengths fail; beside the default messages they are blocked.
        first = self.part("a.json", wrong_newline, "--only", "defaults.*")
        second = self.part("b.json", wrong_newline, "--only", "DIG-4")
        alone = {outcome for outcome, _ in self.outcomes(second).values()}
        self.assertIn("fail", alone)
        self.merge(1, first, second)
        merged = self.outcomes(self.file("merged.json"))
        for case in self.outcomes(second):
            self.assertEqual(merged[case], ("skip", "blocked by DIG-1"))
        self.assertEqual(merged["defaults.hello_server"][0], "fail")

    def test_what_fails_in_every_shard_fails_merged(self):
        # No case of these is about letter case; whoever comes first shows it all the same.
        selection = ["--only", "texts.*"]
        whole = self.part("whole.json", in_capitals, *selection)
        shards = self.shards(in_capitals, 2, *selection)
        for shard in shards:
            self.assertEqual(self.read(shard)["exit_status"], 1)
        self.assertIn("NOT conformant", self.merge(0, *shards).out)
        merged = self.read(self.file("merged.json"))
        self.assertEqual(self.outcomes(self.file("merged.json")), self.outcomes(whole))
        self.assertEqual(merged["runs"][0]["verdict"], "non_conformant")
        self.assertEqual(merged["exit_status"], 1)

    def test_so_does_what_fails_in_every_process(self):
        cases = ["texts.shell_glob", "texts.double_dash", "defaults.hello_server"]
        parts = [self.part(f"{case}.json", in_capitals, "--only", case) for case in cases]
        outcome = self.merge(1, *parts)
        self.assertIn("NOT conformant", outcome.out)
        self.assertEqual(self.read(self.file("merged.json"))["runs"][0]["counts"]["fail"], len(cases))

    def test_missing_cases_are_named_and_the_report_is_marked(self):
        first, _ = self.shards(right)
        outcome = self.merge(1, first)
        missing = self.read(self.file("merged.json"))["selection"]["missing"]
        there = self.outcomes(first)
        self.assertTrue(missing)
        self.assertFalse(set(missing) & {"line/" + case for case in there})
        self.assertIn(f"{len(missing)} cases are in none of the reports", outcome.err)
        self.assertIn(missing[0], outcome.err)

    def test_parts_that_dont_belong_together_are_refused(self):
        first, second = self.shards(right)
        for change, says in ((lambda r: r.update(seed=2), "different seeds"),
                             (lambda r: r["suite"].update(version="9"), "different versions"),
                             (lambda r: r["suite"].update(catalogue_sha256="0" * 64), "different catalogues"),
                             (lambda r: r["runs"][0].update(profile_text="profile: line\nframing: delimited\n"),
                              "another profile named line")):
            outcome = self.merge(1, first, self.changed(second, change))
            self.assertIn(says, outcome.err)
            self.assertFalse(os.path.exists(self.file("merged.json")))
        self.assertRegex(self.merge(1, first, first).err, r"overlap: line/\S+ is in both")

    def test_reports_of_another_catalogue_are_refused(self):
        [first, *_] = self.shards(right)
        other = self.changed(first, lambda r: r["suite"].update(catalogue_sha256="0" * 64))
        self.assertIn("another catalogue", self.merge(1, other).err)

    def test_bad_files_and_bad_usage(self):
        self.refused("merge", self.file("no.json"), "--report", self.file("m.json"), says=["no.json", "No such file"])
        self.refused("merge", self.file("x.json", "{}"), "--report", self.file("m.json"), says=["x.json", "format"])
        self.refused("merge", self.file("x.json", "{}"), "--report", self.file("m.txt"), says=["m.txt"])
        self.refused("merge", "--report", self.file("m.json"), says=["required"])
        self.refused("merge", self.file("x.json"), says=["--report"])

    def test_one_process_a_case_leaves_reports_to_merge(self):
        folder = self.file("reports")
        for case in ("defaults.hello_server", "defaults.goodbye_server"):
            with Server(lines(right)) as server:
                self.run_md5spec(0, "run", "--target", server.target, "--profile", "line", "--only", case,
                                 MD5SPEC_REPORT_DIR=folder)
        self.merge(1, *(os.path.join(folder, name) for name in os.listdir(folder)))
        merged = self.read(self.file("merged.json"))
        self.assertEqual(len(merged["runs"][0]["cases"]), 2)
        self.assertEqual(merged["selection"]["only"], [])
        self.assertIn("line/defaults.how_are_you", merged["selection"]["missing"])

    def test_other_formats(self):
        shards = self.shards(wrong_for_some)
        self.run_md5spec(0, "merge", *shards, "--report", self.file("m.xml"))
        with open(self.file("m.xml"), encoding="utf-8") as file:
            self.assertIn("<testsuite name=\"line/defaults\"", file.read())


class Baseline(Reports):
    selection = ["--only", "defaults.*", "--only", "rfc1321.*"]

    def against(self, status, baseline, behave, *arguments):
        with Server(lines(behave)) as server:
            outcome = self.run_md5spec(status, "run", "--target", server.target, "--profile", "line", *self.selection,
                                       "--baseline", baseline, "--report", self.file("now.json"), *arguments)
        self.said = self.read(self.file("now.json"))["selection"]["baseline"]
        return outcome

    def test_what_is_as_bad_as_before_doesnt_fail(self):
        before = self.part("before.json", wrong_for_some, *self.selection)
        outcome = self.against(0, before, wrong_for_some)
        self.assertIn("0 worse, 0 better", outcome.out)
        self.assertEqual((self.said["worse"], self.said["better"]), ([], []))
        report = self.read(self.file("now.json"))
        self.assertEqual(report["runs"][0]["verdict"], "non_conformant")
        self.assertEqual(report["exit_status"], 0)

    def test_what_got_worse_fails_and_is_named(self):
        before = self.part("before.json", right, *self.selection)
        outcome = self.against(1, before, wrong_for_some)
        self.assertIn("worse than in the baseline: line/defaults.hello_server: fail, was pass", outcome.out)
        self.assertIn({"test": "line/defaults.hello_server", "before": "pass", "now": "fail"}, self.said["worse"])

    def test_what_got_better_is_named(self):
        before = self.part("before.json", wrong_for_some, *self.selection)
        outcome = self.against(0, before, right)
        self.assertIn("better than in the baseline: line/defaults.hello_server: pass, was fail", outcome.out)

    def test_what_the_baseline_doesnt_know_excuses_nothing(self):
        before = self.part("before.json", wrong_for_some, "--only", "defaults.goodbye_server")
        outcome = self.against(1, before, wrong_for_some)
        self.assertIn("defaults.hello_server: fail, was not there", outcome.out)

    def test_an_unreachable_target_stays_inconclusive(self):
        before = self.part("before.json", wrong_for_some, *self.selection)
        with support.refused_port() as port:
            self.run_md5spec(3, "run", "--target", f"127.0.0.1:{port}", "--profile", "line", "--baseline", before)

    def test_a_baseline_of_other_profiles_is_refused(self):
        before = self.part("before.json", right, *self.selection)
        with Server(lines(right)) as server:
            self.refused("run", "--target", server.target, "--profile", "classic", "--baseline", before,
                         says=["--baseline", "profiles"])

    def test_a_baseline_of_another_catalogue_is_told(self):
        before = self.part("before.json", right, *self.selection)
        other = self.changed(before, lambda r: r["suite"].update(catalogue_sha256="0" * 64))
        outcome = self.against(0, other, right)
        self.assertEqual(self.said["notes"], ["the baseline was made with another catalogue of cases than this run"])
        self.assertIn("baseline: the baseline was made with another catalogue", outcome.out)

    def test_another_profile_of_the_same_name_is_told(self):
        before = self.part("before.json", right, *self.selection)
        other = self.changed(before, lambda r: r["runs"][0].update(profile_text="profile: line\n"))
        self.against(0, other, right)
        self.assertEqual(self.said["notes"], ["the profile line isn't what it was when the baseline was made"])

    def test_a_bad_baseline_is_a_bad_file(self):
        self.refused("run", "--profile", "line", "--baseline", self.file("b.json", "[]"), says=["b.json"])


if __name__ == "__main__":
    support.main()
