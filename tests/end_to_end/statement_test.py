#!/usr/bin/env python3
"""What a certificate says, changed by the signer: whatever follows from the rest of it, or from its transcripts, is
worked out again."""

import json

import support
from certified import WholeRun


class Statement(WholeRun):
    def changed(self, change, says, status=1):
        outcome = self.verify(self.with_statement(change), status)
        self.assertRegex(outcome.err, says)

    def test_as_it_was_it_verifies(self):
        self.verify(self.with_statement(lambda said: None), 0)

    def test_what_tools_for_in_toto_read_follows_from_the_rest(self):
        def predicate(**changes):
            return lambda said: said["predicate"].update(changes)
        follow = "doesn't follow from the rest"
        for result in ("FAILED", "WARNED", "<b>"):
            self.changed(predicate(result=result), follow)
        self.changed(predicate(passedTests=[]), follow)
        self.changed(lambda said: said["predicate"]["passedTests"].append("line/SEC-1"), follow)
        self.changed(predicate(failedTests=["line/DIG-1"]), follow)
        self.changed(predicate(warnedTests=["line/DIG-1"]), follow)
        for place in (0, 1):
            self.changed(lambda said, i=place: said["predicate"]["configuration"][i]["digest"].update(sha256="1" * 64), follow)
        self.changed(lambda said: said["predicate"].pop("configuration"), follow)

    def test_nothing_else_stands_in_it(self):
        for where in (lambda said: said, lambda said: said["predicate"], lambda said: said["predicate"]["md5spec"],
                      lambda said: said["predicate"]["md5spec"]["runs"][0], lambda said: said["subject"][0],
                      lambda said: said["predicate"]["md5spec"]["runs"][0]["requirements"][0],
                      lambda said: said["predicate"]["md5spec"]["transcripts"][0]):
            self.changed(lambda said, where=where: where(said).update(more=1), "more")

    def test_it_says_what_was_tested_and_when(self):
        self.changed(lambda said: said.update(subject=[]), "subject")
        self.changed(lambda said: said["predicate"]["md5spec"].update(started="yesterday"), "started")

    def test_restrictions_are_those_of_the_profile(self):
        restrict = "restrictions aren't those that follow from the profile"
        self.changed(lambda said: said["predicate"]["md5spec"]["runs"][0].update(restrictions=["up to 3 bytes"]), restrict)
        with open(self.report, encoding="utf-8") as file:
            report = json.load(file)
        report["runs"][0]["declared"]["restrictions"] = ["up to 3 bytes"]
        outcome = self.attest(self.file("report.json", json.dumps(report)))
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn(restrict, outcome.err)

    def test_a_digest_of_transcripts_that_doesnt_fit(self):
        self.changed(lambda said: said["predicate"]["md5spec"]["transcripts"][0].update(sha256="0" * 64), "digest")

    def test_another_version_is_told(self):
        def renamed(rows):
            rows[0]["suite"]["version"] = "9.9.9"
        statement = self.statement(self.with_rows(renamed))
        statement["predicate"]["md5spec"]["version"] = "9.9.9"
        outcome = self.verify(self.sealed(statement), 0)
        self.assertIn("made by 9.9.9 is the signer's word", outcome.out)
        self.assertNotIn("signer's word", self.verify(self.certificate, 0).out)


class TwoRuns(WholeRun):
    profiles = ("line", "classic")

    def test_no_run_hides_another(self):
        def twice(said):
            runs = said["predicate"]["md5spec"]["runs"]
            runs[1] = runs[0]
            said["predicate"]["passedTests"] = [test for test in said["predicate"]["passedTests"]
                                                if test.startswith("line/")] * 2
            said["predicate"]["configuration"][2] = said["predicate"]["configuration"][1]
        outcome = self.verify(self.with_statement(twice), 1)
        self.assertIn("listed twice", outcome.err)


if __name__ == "__main__":
    support.main()
