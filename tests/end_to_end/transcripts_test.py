#!/usr/bin/env python3
"""Transcripts that don't show a case carried out whole are worth nothing, whoever signed them: that nothing went wrong in
them says nothing."""

import base64
import json

import support
from certified import WholeRun
from support import Server, digest

INCOMPLETE = r"line/\w+\.\w+: the transcript doesn't bear out that it was carried out: "


def cases(rows):
    return rows[1:-1]


def named(rows, case):
    return next(row for row in cases(rows) if row["case"] == case and row["attempt"] == "counted")


class Incomplete(WholeRun):
    """Of a run under one profile, whose transcripts are changed and signed anew."""
    more = ("--budget", "1s")

    def refused_after(self, change, says=INCOMPLETE):
        outcome = self.verify(self.with_rows(change), 1)
        self.assertRegex(outcome.err, says)

    def test_as_it_was_it_verifies(self):
        self.verify(self.with_rows(lambda rows: None), 0)

    def test_a_case_of_which_nothing_is_left(self):
        def emptied(rows):
            named(rows, "defaults.hello_server").update(events=[], messages=[], connections=[])
        self.refused_after(emptied, INCOMPLETE + "connection \"main\"")
        outcome = self.attest(transcripts=self.transcripts_after(emptied))
        self.assertEqual(outcome.status, 1, outcome)
        self.assertRegex(outcome.err, INCOMPLETE)

    def transcripts_after(self, change):
        with open(self.transcripts, encoding="utf-8") as file:
            rows = [json.loads(row) for row in file]
        change(rows)
        return self.file("changed.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    def test_parts_left_out_of_every_case(self):
        def without(*kinds):
            def change(rows):
                for row in cases(rows):
                    row["events"] = [event for event in row["events"] if event["event"] not in kinds]
            return change

        def set_all(**values):
            def change(rows):
                for row in cases(rows):
                    row.update(values)
            return change

        def beginnings(rows):
            for row in cases(rows):
                row["events"] = row["events"][:2]
        self.refused_after(set_all(events=[]))
        self.refused_after(set_all(messages=[]))
        self.refused_after(without("await"))
        self.refused_after(without("receive", "await"))
        self.refused_after(without("half_close"))
        self.refused_after(without("close"))
        self.refused_after(beginnings)

    def test_fewer_rounds(self):
        def one_round(rows):
            for row in cases(rows):
                if "rounds_wanted" in row:
                    row.update(rounds_wanted=1, rounds_done=1)

        def no_rounds(rows):
            for row in cases(rows):
                row.pop("rounds_wanted", None)
                row.pop("rounds_done", None)
        self.refused_after(one_round, INCOMPLETE + ".*how many rounds")
        self.refused_after(no_rounds, INCOMPLETE + ".*how many rounds")

    def test_a_hindrance_that_cant_have_been(self):
        def hindered(kind):
            def change(rows):
                named(rows, "defaults.hello_server").update(
                    events=[], messages=[], connections=[],
                    hindrance={"kind": kind, "reason": base64.b64encode(b"why").decode()})
            return self.with_rows(change)
        for kind in ("segment_too_small", "tls_too_old", "not_claimed"):
            statement = self.statement(hindered(kind))
            run = statement["predicate"]["md5spec"]["runs"][0]
            run["counts"]["pass"] -= 1
            run["counts"]["skip"] += 1
            for one in run["requirements"]:
                if one["id"] == "DIG-1":
                    one["cases"] -= 1
            self.assertRegex(self.verify(self.sealed(statement), 1).err, INCOMPLETE + ".*can't have")

    def test_a_changed_reply_is_an_observation_at_least(self):
        """Of a case about something else, which passes all the same."""
        def changed(rows):
            row = named(rows, "connection.says_nothing_first")
            event = next(event for event in row["events"] if event["event"] == "receive")
            reply = bytearray(base64.b64decode(event["data"]))
            reply[0] = ord("0") if reply[0] != ord("0") else ord("1")
            event["data"] = base64.b64encode(reply).decode()
        self.refused_after(changed, "connection.says_nothing_first: what its transcript shows against DIG-1 ")
        statement = self.statement(self.file("sealed.json"))
        statement["predicate"]["md5spec"]["runs"][0]["observations"].append(
            {"case": "connection.says_nothing_first", "requirement": "DIG-1", "times": 1})
        outcome = self.verify(self.sealed(statement), 0)
        self.assertIn("connection.says_nothing_first: against DIG-1", outcome.out)

    def test_a_server_that_isnt_conformant_isnt_certified_by_leaving_out_what_tells(self):
        """It gets one message wrong; the report is that of another server, which doesn't."""
        def behave(connection):
            with connection.makefile("rb") as stream:
                for line in stream:
                    if line.endswith(b"\n"):
                        connection.sendall(digest(b"" if line == b"Hello, server!\n" else line[:-1]) + b"\n")
        def run(target, name):
            report, transcripts = self.file(name + ".json"), self.file(name + ".jsonl")
            support.md5spec("run", "--target", target, "--profile", "line", *self.more, "--report", report, "--transcripts",
                            transcripts)
            return report, transcripts

        with support.reference_server() as port:
            good, _ = run(f"127.0.0.1:{port}", "good")
        with Server(behave) as server:
            bad, transcripts = run(server.target, "bad")
        with open(bad, encoding="utf-8") as file:
            guilty = {case["id"] for case in json.load(file)["runs"][0]["cases"] if case["outcome"] == "fail"}
        self.assertIn("defaults.hello_server", guilty)
        with open(transcripts, encoding="utf-8") as file:
            rows = [json.loads(row) for row in file]
        rows[1:-1] = [row for row in cases(rows) if row["case"] not in guilty or row["attempt"] == "counted"]
        for row in cases(rows):
            if row["case"] in guilty:
                row.update(events=[], messages=[], connections=[])
        rows[-1]["end"] = len(rows) - 2
        outcome = self.attest(good, self.file("cut.jsonl", "".join(json.dumps(row) + "\n" for row in rows)))
        self.assertEqual(outcome.status, 1, outcome)
        self.assertRegex(outcome.err, INCOMPLETE)


if __name__ == "__main__":
    support.main()
