#!/usr/bin/env python3
"""Conforming servers must come out conformant, with no warning and nothing undecided: those of fixtures/servers, in every
framing that they speak, and one that goes about it in odd ways. MD5SPEC names the binary. The runs are kept short, so that
all of them take two minutes on two processors with a sanitizer's build.
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import MD5SPEC, environment

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
SERVERS = FIXTURES / "servers"
FAULTY_SERVER = FIXTURES / "faulty_server" / "faulty_server.py"
FRAMINGS = ("classic", "half_close", "line", "length_prefixed")
REQUIRED = ("python3", "node", "perl", "cc")  # without these the tests fail; other languages may be missing
AT_ONCE = 2
WAITING_AT_ONCE = 4  # of the odd manners, which take time rather than a processor
PATIENCE = 900  # seconds; a server that makes a process of Python for each client takes a minute on an idle machine
SHORTAGE = "environment"  # the culprit where this machine was too busy to tell


def build_c(folder):
    program = os.path.join(folder, "c_server")
    subprocess.run(["cc", "-O2", "-o", program, SERVERS / "c_server.c", "-lcrypto"], check=True, timeout=PATIENCE)
    return [program]


def build_go(folder):
    program = os.path.join(folder, "go_server")
    subprocess.run(
        ["go", "build", "-o", program, SERVERS / "go_server.go"],
        env=environment(GO111MODULE="off", GOCACHE=os.path.join(folder, "go")), check=True, timeout=PATIENCE,
    )
    return [program]


def interpreted(language, file):
    return lambda folder: [sys.executable if language == "python3" else language, SERVERS / file]


# Of each server: the program it needs, how it is had, and what it speaks.
LANGUAGES = {
    "python_classic": ("python3", interpreted("python3", "python_classic.py"), ("classic",)),
    "python_threads": ("python3", interpreted("python3", "python_threads.py"), FRAMINGS),
    "python_asyncio": ("python3", interpreted("python3", "python_asyncio.py"), FRAMINGS),
    "node_server": ("node", interpreted("node", "node_server.js"), FRAMINGS),
    "perl_server": ("perl", interpreted("perl", "perl_server.pl"), FRAMINGS),
    "ruby_server": ("ruby", interpreted("ruby", "ruby_server.rb"), FRAMINGS),
    "php_server": ("php", interpreted("php", "php_server.php"), FRAMINGS),
    "go_server": ("go", build_go, FRAMINGS),
    "c_server": ("cc", build_c, FRAMINGS),
}

# What a message consists of is told by one framing as well as by four, and takes most of a run's time: each server gets all
# of it under one framing only, each another, and under the rest the cases about connections and streams.
CONTENTS = ("bytes", "hard_digests", "lengths", "texts", "utf8", "utf8_ill_formed")
WITHOUT_CONTENTS = [word for group in CONTENTS for word in ("--skip", group + ".*")] + ["--skip", "tag:large"]
# What repeats is cut short: a thousand rounds tell no more of these servers than a hundred.
BUDGET = ["--budget", "1s"]
# Where every reply takes long, so do a hundred of them.
NO_LONG_ROWS = ["--skip", "*.*thousand*", "--skip", "*.a_hundred_*", "--skip", "segments.pieces_of_*_and_*",
                "--skip", "pipelines.border_*", "--skip", "segments.split_at_*", "--skip", "pipelines.pipeline_of_100",
                "--skip", "pipelines.pipeline_of_1000"]
# This one stays where a hundred of its replies come within half a minute: the rest is then not waited for.
NO_PIPELINE_WITHOUT_END = ["--skip", "pipelines.pipeline_of_10000"]

# Of each odd manner: under which framings it is tried, and what a run needs so that it ends before long.
MANNERS = {
    "drip": (("classic", "line"), NO_LONG_ROWS + NO_PIPELINE_WITHOUT_END),
    "slow": (("half_close", "length_prefixed"), NO_LONG_ROWS),
    "halves": (("line", "half_close"), NO_LONG_ROWS),
    "processes": (("classic", "length_prefixed"), []),
    "late_accept": (("line",), []),
}


def options(number, framings, framing):
    """Of the server with that number: all cases under one of its framings, the shorter run under the others."""
    return BUDGET + ([] if framings[number % len(framings)] == framing else WITHOUT_CONTENTS)


class Certificate:
    """What md5spec says of a server."""

    def __init__(self, command, framing, options):
        self.complaint = ""
        with tempfile.TemporaryDirectory() as folder:
            self.path = os.path.join(folder, "report.json")
            server = subprocess.Popen(command, stdout=subprocess.PIPE)
            try:
                line = server.stdout.readline().decode().strip()
                if line.startswith("listening on "):
                    self.certify(line.split(" ")[2], framing, options)
                else:
                    self.complaint = "the server didn't start: " + repr(line)
            finally:
                server.terminate()
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
                server.stdout.close()

    def certify(self, target, framing, options):
        for scale in ("1", "4"):  # the second only where this machine was too busy
            command = [MD5SPEC, "run", "--target", target, "--profile", framing, "--timeout-scale", scale, *options]
            done = subprocess.run(
                [*command, "--report", self.path], env=environment(), timeout=PATIENCE, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            if not os.path.exists(self.path):
                self.complaint = done.stdout.decode(errors="replace")[-2000:]
                return
            with open(self.path, encoding="utf-8") as file:
                run = json.load(file)["runs"][0]
            if all(case.get("culprit") != SHORTAGE for case in run["cases"]):
                break
        broken = [case for case in run["cases"] if case["outcome"] not in ("pass", "skip")]
        if done.returncode != 0 or run["verdict"] != "conformant" or broken:
            reasons = ["%s %s: %s" % (case["outcome"], case["id"], case.get("reason")) for case in broken[:10]]
            self.complaint = "\n".join(["%s, exit status %d" % (run["verdict"], done.returncode), *reasons])


class Servers(unittest.TestCase):
    """Gets a test for each server and framing; all are started here, some at once."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        waiting_pool = concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE)
        cls.addClassCleanup(pool.shutdown)
        cls.addClassCleanup(waiting_pool.shutdown)
        cls.certificates = {}
        for manner, (framings, beyond) in MANNERS.items():
            for framing in framings:
                command = [sys.executable, FAULTY_SERVER, "--manner", manner, "--framing", framing, "--port", "0"]
                cls.certificates[manner, framing] = waiting_pool.submit(
                    Certificate, command, framing, [*BUDGET, *WITHOUT_CONTENTS, *beyond])
        for number, (name, (program, make, framings)) in enumerate(LANGUAGES.items()):
            if not shutil.which(program):
                continue
            command = make(folder.name)
            for framing in framings:
                cls.certificates[name, framing] = pool.submit(
                    Certificate, [*command, framing, "0"], framing, options(number, framings, framing))

    def check(self, name, framing):
        program = LANGUAGES[name][0] if name in LANGUAGES else "python3"
        if not shutil.which(program):
            self.assertNotIn(program, REQUIRED, program + " must be installed for these tests")
            self.skipTest(program + " isn't installed")
        self.assertEqual("", self.certificates[name, framing].result().complaint)


def add_test(name, framing):
    setattr(Servers, "test_%s_%s" % (name, framing), lambda self: self.check(name, framing))


for one, (_, _, spoken) in LANGUAGES.items():
    for each in spoken:
        add_test(one, each)
for one in MANNERS:
    for each in MANNERS[one][0]:
        add_test(one, each)

if __name__ == "__main__":
    unittest.main()
