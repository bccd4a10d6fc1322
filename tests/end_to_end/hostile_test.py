#!/usr/bin/env python3
"""Hostile servers: whatever a server does, every command that talks to it ends by itself, in bounded memory, with the right
exit status, and no byte of the server's reaches a terminal, an XML or an HTML file unescaped.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

import support
from support import MD5SPEC, Server, digest

LONGEST = 240  # seconds for any command on a busy machine; what is broken takes for ever
MOST_MEMORY = 300  # MiB; a run with four reports takes a third of that, with sanitizers several times as much
AT_ONCE = 4
ESCAPES = b"\x1b[2J\x1b]0;owned\x07\x9b31m\x00\r\x08\x7f\xe2\x80\xae\xff"
MARKUP = b"]]>\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#27;"


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stay(connection):
    """Waits for the client to go."""
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def silent(connection):
    stay(connection)
    connection.recv(1)


def never_reads(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with contextlib.suppress(socket.timeout):
        connection.settimeout(20)
        while True:  # until the client is gone, which a peek at the stream's end shows
            waiting = connection.recv(65536, socket.MSG_PEEK)
            if not waiting:
                return
            time.sleep(0.2)


def floods(connection):
    piece = b"0123456789abcdef" * 4096
    while True:
        connection.sendall(piece)


def drips(connection):
    connection.settimeout(30)
    while True:
        connection.sendall(b"d")
        time.sleep(0.05)


def drips_digits(connection):
    connection.recv(65536)
    for _ in range(600):
        connection.sendall(b"0")
        time.sleep(0.05)


def closes_at_accept(_connection):
    pass


def resets_at_accept(connection):
    reset(connection)


def closes_after_reading(connection):
    connection.recv(1)


def resets_after_reading(connection):
    connection.recv(65536)
    reset(connection)


def closes_inside_the_reply(connection):
    message = connection.recv(65536)
    connection.sendall(digest(message)[:16])


def resets_inside_the_reply(connection):
    message = connection.recv(65536)
    connection.sendall(digest(message)[:16])
    reset(connection)


def half_closes_at_accept(connection):
    connection.shutdown(socket.SHUT_WR)
    stay(connection)


def garbage(connection):
    while connection.recv(65536):
        connection.sendall(bytes(range(256)) * 8)


def escapes(connection):
    while connection.recv(65536):
        connection.sendall(ESCAPES + b"\n")


def markup(connection):
    while connection.recv(65536):
        connection.sendall(MARKUP + b"\n")


def banner_of_escapes(connection):
    connection.sendall(ESCAPES + MARKUP)
    stay(connection)


def huge_line(connection):
    connection.recv(65536)
    for _ in range(64):
        connection.sendall(b"a" * 65536)
    connection.sendall(b"\n")


def tls_garbage(connection):
    while connection.recv(65536):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + b"\x00" * 64)


def many_replies(connection):
    while message := connection.recv(65536):
        connection.sendall((digest(message) + b"\n") * 2000)


GALLERY = [silent, never_reads, floods, drips, drips_digits, closes_at_accept, resets_at_accept, closes_after_reading,
           resets_after_reading, closes_inside_the_reply, resets_inside_the_reply, half_closes_at_accept, garbage, escapes,
           markup, banner_of_escapes, huge_line, tls_garbage, many_replies]
PROFILES = ("classic", "half_close", "line", "length_prefixed")


def peak_memory(pid):
    """The most that a running process has taken up, in MiB. (What wait4 says begins with what the forking process had.)"""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


class Ended:
    """How a command ended, and what it took."""

    def __init__(self, *arguments, folder):
        out, err = os.path.join(folder, "out"), os.path.join(folder, "err")
        began = time.monotonic()
        with open(out, "wb") as to_out, open(err, "wb") as to_err:
            process = subprocess.Popen([MD5SPEC, *arguments], stdout=to_out, stderr=to_err, stdin=subprocess.DEVNULL,
                                       env=support.environment(), cwd=folder)
            self.in_time, self.memory = True, 0
            while True:
                self.memory = max(self.memory, peak_memory(process.pid))
                pid, status = os.waitpid(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() - began > LONGEST:
                    self.in_time = False
                    process.kill()
                time.sleep(0.02)
        process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        with open(out, "rb") as file:
            self.out = file.read()
        with open(err, "rb") as file:
            self.err = file.read()

    def __str__(self):
        return "status %d after %.1f s, %d MiB\n%s\n%s" % (
            self.status, self.seconds, self.memory, self.out[-1500:].decode(errors="replace"), self.err[-1500:].decode(errors="replace"))


def unprintable(text):
    """The bytes in it that could change what a terminal shows."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return str(error)
    return sorted({repr(c) for c in decoded if (not c.isprintable() and c != "\n") or "\u202a" <= c <= "\u202e"})


def as_markup(markdown):
    """What of it isn't code, nor escaped."""
    prose = re.sub(rb"^(`{3,})[^\n]*\n.*?^\1$", b"", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.sub(rb"(`+)(?!`).*?(?<!`)\1(?!`)", b"", prose.replace(b"\\<", b""))


class Hostile(support.Case):
    """Gets a test for each server; all are carried out before the first is looked at, some at once."""

    @classmethod
    def setUpClass(cls):
        pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(pool.shutdown)
        cls.results = {}
        for number, behave in enumerate(GALLERY):
            for command, work in (("run", cls.run_against), ("send", cls.send_to), ("detect", cls.detect)):
                cls.results[behave.__name__, command] = pool.submit(work, behave, PROFILES[number % len(PROFILES)])

    @staticmethod
    def run_against(behave, profile):
        with Server(behave) as server, tempfile.TemporaryDirectory() as folder:
            reports = [word for name in ("report.json", "report.xml", "report.html", "report.md")
                       for word in ("--report", os.path.join(folder, name))]
            ended = Ended("run", "--target", server.target, "--profile", profile, "--timeout-scale", "0.5", "--budget", "1s",
                          *reports, folder=folder)
            ended.files = {}
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as file:
                    ended.files[name] = file.read()
            return ended

    @staticmethod
    def send_to(behave, profile):
        with Server(behave) as server, tempfile.TemporaryDirectory() as folder:
            return Ended("send", "--target", server.target, "--profile", profile, "Hello, server!", folder=folder)

    @staticmethod
    def detect(behave, _profile):
        with Server(behave) as server, tempfile.TemporaryDirectory() as folder:
            return Ended("detect", "--target", server.target, folder=folder)

    def result(self, behave, command, statuses):
        ended = self.results[behave.__name__, command].result()
        self.assertTrue(ended.in_time, f"{command} didn't end: {ended}")
        self.assertIn(ended.status, statuses, ended)
        self.assertLess(ended.memory, MOST_MEMORY, ended)
        self.assertEqual(unprintable(ended.out), [], ended)
        self.assertEqual(unprintable(ended.err), [], ended)
        return ended

    def check(self, behave):
        ended = self.result(behave, "run", (1,))
        report = json.loads(ended.files["report.json"])
        self.assertEqual(report["runs"][0]["verdict"], "non_conformant")
        for case in report["runs"][0]["cases"]:
            self.assertNotEqual(case.get("culprit"), "suite", case)
        xml.etree.ElementTree.fromstring(ended.files["report.xml"])
        for name in ("report.json", "report.xml", "report.html", "report.md"):
            self.assertEqual(unprintable(ended.files[name].replace(b"\t", b" ")), [], name)
            if name == "report.json":
                continue
            shown = as_markup(ended.files[name]) if name == "report.md" else ended.files[name]
            for tag in (b"<script>alert", b"<img src=x"):
                self.assertNotIn(tag, shown, name)
        self.result(behave, "send", (0, 1))  # it prints what comes, as far as it goes
        self.result(behave, "detect", (0, 1, 3))


for each in GALLERY:
    setattr(Hostile, "test_" + each.__name__, lambda self, behave=each: self.check(behave))

if __name__ == "__main__":
    support.main()
