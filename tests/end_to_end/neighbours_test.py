#!/usr/bin/env python3
"""What md5spec shares with others on its machine: the target with other md5spec processes (ctest -j), descriptors and
ports with everybody."""

import json
import subprocess
import time

import support
from support import Server, digest, lines

CASES = '''
group: own
title: Cases that take their time
requirement: DIG-1
why: Two processes must not disturb each other.
cases:
  - name: ordinary
    script: [connect, {exchange: "ordinary begins"}, {pause: 1500ms}, {exchange: "ordinary ends"}]
  - name: alone
    alone: true
    script: [connect, {exchange: "alone begins"}, {pause: 1500ms}, {exchange: "alone ends"}]
  - name: crowd
    script: [{connect: {count: 60}}, {exchange: "crowd"}]
'''


class Neighbours(support.Case):
    def setUp(self):
        super().setUp()
        self.heard = []
        self.cases = self.file("own.yaml", CASES)

        def answer(message):
            self.heard.append(message.decode())
            return digest(message) + b"\n"

        self.server = Server(lines(answer))
        self.addCleanup(self.server.stop)

    def process(self, case):
        process = subprocess.Popen(
            [support.MD5SPEC, "run", "--target", self.server.target, "--profile", "line", "--cases", self.cases,
             "--only", f"own.{case}"],
            env=support.environment(XDG_RUNTIME_DIR=self.folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, word):
        deadline = time.monotonic() + support.PATIENCE
        while word not in self.heard:
            self.assertLess(time.monotonic(), deadline, self.heard)
            time.sleep(0.01)

    def ends_well(self, process):
        out, _ = process.communicate(timeout=support.PATIENCE)
        self.assertEqual(process.returncode, 0, out.decode())

    def places(self, *words):
        return [self.heard.index(word) for word in words]

    def test_a_case_that_must_be_alone_waits_for_other_processes_cases(self):
        first = self.process("ordinary")
        self.wait_for("ordinary begins")
        second = self.process("alone")
        self.ends_well(first)
        self.ends_well(second)
        places = self.places("ordinary begins", "ordinary ends", "alone begins", "alone ends")
        self.assertEqual(places, sorted(places), self.heard)

    def test_other_processes_cases_wait_for_one_that_must_be_alone(self):
        first = self.process("alone")
        self.wait_for("alone begins")
        second = self.process("ordinary")
        self.ends_well(first)
        self.ends_well(second)
        places = self.places("alone begins", "alone ends", "ordinary begins", "ordinary ends")
        self.assertEqual(places, sorted(places), self.heard)

    def test_ordinary_cases_of_two_processes_go_on_at_once(self):
        first = self.process("ordinary")
        self.wait_for("ordinary begins")
        second = self.process("crowd")
        self.wait_for("crowd")
        self.assertNotIn("ordinary ends", self.heard)
        self.ends_well(first)
        self.ends_well(second)

    def test_a_process_that_dies_gives_the_target_free(self):
        first = self.process("alone")
        self.wait_for("alone begins")
        first.kill()
        first.wait(support.PATIENCE)
        self.ends_well(self.process("ordinary"))

    def limited(self, descriptors, case):
        path = self.file("report.json")
        outcome = support.command(
            "sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", support.MD5SPEC, "run", "--target", self.server.target,
            "--profile", "line", "--cases", self.cases, "--only", f"own.{case}", "--report", path)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["runs"][0]["cases"][0], outcome

    def test_a_case_that_needs_more_descriptors_than_there_are_blames_nobody_else(self):
        case, outcome = self.limited(64, "crowd")
        self.assertEqual((outcome.status, case["outcome"], case["culprit"]), (3, "error", "environment"), outcome)
        self.assertRegex(case["reason"], r"60 connections at once.*`ulimit -n \d+`")
        wanted = int(case["reason"].split("ulimit -n ")[1].split("`")[0])
        case, outcome = self.limited(wanted, "crowd")
        self.assertEqual((outcome.status, case["outcome"]), (0, "pass"), outcome)


if __name__ == "__main__":
    support.main()
