"""What the end-to-end tests share: calling md5spec, and small servers for it to test."""

import contextlib
import hashlib
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest

MD5SPEC = os.environ.get("MD5SPEC", "")
REFERENCE_SERVER = os.environ.get("MD5SPEC_REFERENCE_SERVER", "")
PATIENCE = 300  # seconds; only what is broken is ever waited for so long


def environment(**changes):
    """The environment without what would change md5spec's or GoogleTest's ways; a name with None is taken out."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("MD5SPEC_", "GTEST_")) and name != "NO_COLOR"}
    # A machine without a name server should say so soon.
    clean["RES_OPTIONS"] = "timeout:1 attempts:1"
    clean.update(changes)
    return {name: value for name, value in clean.items() if value is not None}


class Outcome:
    """How a command ended: its status, what it printed and how long it took."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def __str__(self):
        return f"status {self.status} after {self.seconds:.2f} s\nstdout:\n{self.out}\nstderr:\n{self.err}"


def command(*words, cwd=None, **variables):
    began = time.monotonic()
    done = subprocess.run(words, cwd=cwd, env=environment(**variables), capture_output=True, timeout=PATIENCE, check=False,
                          stdin=subprocess.DEVNULL)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode(), time.monotonic() - began)


def md5spec(*arguments, **options):
    return command(MD5SPEC, *arguments, **options)


def digest(message):
    return hashlib.md5(message).hexdigest().encode()


class Server:
    """Calls `behave(connection)` for each connection, in a thread of its own. port is where it listens."""

    def __init__(self, behave):
        self.behave = behave
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.target = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError):
            self.behave(connection)

    def __enter__(self):
        return self

    def stop(self):
        """Refuses connections from now on."""
        # Closing alone would let a connection in that another thread is waiting for.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def __exit__(self, *_):
        self.stop()


def classic(answer):
    """The behaviour of a server that answers each read: `answer(message)` is the reply."""
    def behave(connection):
        while message := connection.recv(1024):
            connection.sendall(answer(message))
    return behave


def lines(answer):
    """The behaviour of a server that answers each line."""
    def behave(connection):
        with connection.makefile("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    connection.sendall(answer(line[:-1]))
    return behave


def in_silence(connection):
    """Takes whatever comes and never answers."""
    while connection.recv(1024):
        pass


def close_at_once(_connection):
    """Leaves without a word."""


@contextlib.contextmanager
def reference_server(profile="line"):
    """The port of a running reference server."""
    process = subprocess.Popen([REFERENCE_SERVER, "--listen", f"{profile}=127.0.0.1:0"], env=environment(),
                               stdout=subprocess.PIPE)
    try:
        yield int(re.search(rb":(\d+) \(", process.stdout.readline())[1])
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


@contextlib.contextmanager
def refused_port():
    """A port that nobody listens on, and that nobody else is given meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def file(self, name, text=None):
        """The path of a file in this test's own folder, written first if there is text."""
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def run_md5spec(self, status, *arguments, **options):
        """Calls md5spec, which has to end with `status`."""
        outcome = md5spec(*arguments, **options)
        self.assertEqual(outcome.status, status, f"md5spec {' '.join(arguments)}: {outcome}")
        return outcome

    def refused(self, *arguments, says=(), **options):
        """Bad usage: one line on standard error that says all of `says`, and nothing else."""
        outcome = self.run_md5spec(2, *arguments, **options)
        self.assertEqual(outcome.out, "")
        self.assertEqual(outcome.err.count("\n"), 1, outcome.err)
        for part in says:
            self.assertIn(part, outcome.err)
        return outcome


def main():
    if not os.access(MD5SPEC, os.X_OK) or not os.access(REFERENCE_SERVER, os.X_OK):
        raise SystemExit("MD5SPEC and MD5SPEC_REFERENCE_SERVER must name the built programs")
    unittest.main()
