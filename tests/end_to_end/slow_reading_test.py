#!/usr/bin/env python3
"""A client that reads slowly: servers that can't wait for it are found out, those that can aren't blamed for its slowness."""

import json
import socket
import struct
import threading
import time

import support
from support import Server, digest, lines

CASES = """\
group: slow
requirement: {requirement}
why: "A client on a bad link."
cases:
  - name: reader
    script:
      - connect: {{reading: slowly}}
      - send: {{message: abc, times: {times}}}
      - half_close
      - reply
      - end
"""
NEIGHBOURS = """\
group: slow
requirement: CNC-3
why: "A client on a bad link, and another that isn't."
cases:
  - name: neighbour
    script:
      - connect: {as: slow, reading: slowly, receive_buffer: 4KiB}
      - send: {on: slow, message: abcdefghijkl, times: 6000, fill: true}
      - pause: quiet
      - connect: other
      - exchange: {on: other, message: abc}
      - reset: slow
"""
# Far shorter than what the client itself takes.
IMPATIENT = """\
profile: impatient
framing: delimited
reply: "{hex}\\n"
timeouts: {reply: 300ms, close: 300ms, quiet: 50ms}
"""


def answer(message):
    return digest(message) + b"\n"


def takes_back_what_is_unread(connection):
    """Ends with a reset as soon as its system has all replies: what hasn't been read by then is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    lines(answer)(connection)


class OneAtATime:
    """Serves connections beside each other, but until one client has taken all that is written to it no other gets anything."""

    def __init__(self):
        self.writing = threading.Lock()

    def __call__(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        rest = b""
        while more := self.much(connection):
            *whole, rest = (rest + more).split(b"\n")
            with self.writing:
                connection.sendall(b"".join(map(answer, whole)))

    @staticmethod
    def much(connection):
        time.sleep(0.05)  # by then all of a pipeline has come
        return connection.recv(1 << 20)


class SlowReading(support.Case):
    def run_cases(self, behave, *arguments, status, profile="line"):
        path = self.file("report.json")
        with Server(behave) as server:
            self.run_md5spec(status, "run", "--target", server.target, "--profile", profile, *arguments, "--report", path)
        with open(path, encoding="utf-8") as file:
            [run] = json.load(file)["runs"]
        return {case["id"]: case for case in run["cases"] if case["outcome"] != "skip"}

    def own_case(self, requirement="SEQ-1", times=1500):
        return self.file("slow.yaml", CASES.format(requirement=requirement, times=times))

    def test_its_own_slowness_is_not_held_against_the_server(self):
        began = time.monotonic()
        cases = self.run_cases(lines(answer), "--cases", self.own_case(), "--only", "slow.reader", status=0,
                               profile=self.file("impatient.yaml", IMPATIENT))
        self.assertEqual(cases["slow.reader"]["outcome"], "pass")
        self.assertGreater(time.monotonic() - began, 0.9)

    def test_replies_that_a_server_takes_back_are_missed(self):
        cases = self.run_cases(takes_back_what_is_unread, "--only", "pipelines.slow_reader_with_small_buffers", status=1)
        case = cases["pipelines.slow_reader_with_small_buffers"]
        self.assertEqual((case["outcome"], case["findings"][0]["requirement"]), ("fail", "RES-6"))

    def test_a_server_that_waits_for_the_slow_lets_others_down(self):
        own = self.file("neighbours.yaml", NEIGHBOURS)
        case = self.run_cases(OneAtATime(), "--cases", own, "--only", "slow.neighbour", status=1)["slow.neighbour"]
        self.assertEqual((case["outcome"], case["findings"][0]["requirement"]), ("fail", "CNC-3"))
        self.run_cases(lines(answer), "--cases", own, "--only", "slow.neighbour", status=0)

    def test_a_server_that_can_wait_passes(self):
        cases = self.run_cases(lines(answer), "--only", "*.slow_reader_with_small_buffers", "--only",
                               "*.neighbour_that_reads_slowly", status=0)
        self.assertEqual({case["outcome"] for case in cases.values()}, {"pass"})
        self.assertEqual(len(cases), 2)

    def test_a_way_to_read_that_there_isnt_is_refused(self):
        cases = self.file("slow.yaml", CASES.format(requirement="SEQ-1", times=2).replace("slowly", "slowley"))
        self.refused("lint", cases, says=("slow.yaml:7:28", "did you mean 'slowly'?"))


if __name__ == "__main__":
    support.main()
