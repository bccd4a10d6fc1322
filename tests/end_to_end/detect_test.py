#!/usr/bin/env python3
"""`md5spec detect`: what it makes of servers of every format, and of those that are hostile. MD5SPEC and
MD5SPEC_REFERENCE_SERVER name the binaries.
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

import support
from support import Server, classic, digest, lines, reference_server, refused_port

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
LONGEST = 55  # seconds that a detection may take at most, whatever the server does
AT_ONCE = 4
# What takes a slow machine long, and says nothing about a profile.
LESS = ["--budget", "1s", "--skip", "*.*thousand*", "--skip", "*.a_hundred_*", "--skip", "tag:large"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_exactly(stream, count):
    data = stream.read(count)
    return data if len(data) == count else None


def delimited(delimiter, answer, at_eof=False, once=False):
    """The behaviour of a server whose messages end with `delimiter`."""
    def behave(connection):
        pending = b""
        while piece := connection.recv(4096):
            pending += piece
            while delimiter in pending:
                message, _, pending = pending.partition(delimiter)
                connection.sendall(answer(message))
                if once:
                    return
        if at_eof and pending:
            connection.sendall(answer(pending))
    return behave


def prefixed(size, order, answer, counts_frame=False, covers_frame=False):
    """The behaviour of a server that reads a length before each message."""
    def behave(connection):
        with connection.makefile("rb") as stream:
            while head := read_exactly(stream, size):
                length = int.from_bytes(head, order) - (size if counts_frame else 0)
                if not 0 <= length <= 1 << 20:
                    return
                message = read_exactly(stream, length)
                if message is None:
                    return
                connection.sendall(answer(head + message if covers_frame else message))
    return behave


def half_close(answer):
    def behave(connection):
        message = b""
        while piece := connection.recv(4096):
            message += piece
        connection.sendall(answer(message))
    return behave


def reads(size, answer, once=False):
    """The behaviour of a server that takes each read for a message."""
    def behave(connection):
        while message := connection.recv(size):
            connection.sendall(answer(message))
            if once:
                return
    return behave


def greeting(banner, behave):
    def greet(connection):
        connection.sendall(banner)
        behave(connection)
    return greet


def refusing(is_refused, behave_with, answer):
    """Answers messages that aren't refused; closes on others."""
    def checked(message):
        if is_refused(message):
            raise OSError("refused")
        return answer(message)
    return behave_with(checked)


def line(message):
    return digest(message) + b"\n"


def shouting(message):
    return digest(message).upper() + b"\r\n"


def is_utf8(message):
    try:
        message.decode()
        return True
    except UnicodeDecodeError:
        return False


class OneAtATime(Server):
    """Serves a connection only once the one before has ended."""

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(30)
            self.serve(connection)


class Detect(support.Case):
    def detect(self, target, status=0, *options):
        """What `detect --json` says."""
        outcome = self.run_md5spec(status, "detect", "--target", target, "--json", *options)
        self.assertEqual(outcome.err, "")
        self.assertLess(outcome.seconds, LONGEST)
        return json.loads(outcome.out)

    def keys(self, behave, kind=Server, **expected):
        """Detects a server; its keys must have the expected values, and those named in `sure` must be sure."""
        with kind(behave) as server:
            found = self.detect(server.target)
        keys = {key["key"]: key for key in found["keys"]}
        for name, value in expected.items():
            self.assertEqual(keys[name]["value"], value, json.dumps(found, indent=1))
        self.assertEqual(keys["framing"]["certainty"], "sure", json.dumps(found, indent=1))
        return found

    def side_by_side(self, cases, check):
        """Calls `check` for each case, some at once: detection is mostly waiting."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            checks = [(case, pool.submit(check, *case)) for case in cases]
        for case, checked in checks:
            with self.subTest(case=case):
                checked.result()

    def certified(self, target):
        """Detects a server; it must conform to the profile that was written."""
        path = self.file("found.yaml")
        self.run_md5spec(0, "detect", "--target", target, "-o", path)
        done = subprocess.run([support.MD5SPEC, "run", "--target", target, "--profile", path, *LESS],
                              env=support.environment(), timeout=300, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode(errors="replace")[-3000:])
        return read(path)

    # --- formats ---

    def test_a_digest_for_each_read(self):
        found = self.keys(reads(1024, digest), framing="unframed", reply='"{hex}"', exchanges="many", accepts="any",
                          limits="{message_bytes: 1024, connections: 64, oversize: close}")
        self.assertLessEqual(found["connections"], 12)

    def test_the_size_of_a_read(self):
        self.keys(reads(4096, digest), limits="{message_bytes: 4096, connections: 64, oversize: close}")
        self.keys(reads(100, digest), limits="{message_bytes: 100, connections: 64, oversize: close}")

    def test_a_read_and_no_more(self):
        self.keys(reads(2048, digest, once=True), framing="unframed", exchanges="one",
                  limits="{message_bytes: 2048, connections: 64, oversize: close}")

    def test_reads_that_are_stripped(self):
        found = self.keys(reads(1024, lambda m: digest(m.strip())), framing="unframed")
        self.assertIn("DIG-2", found["doubts"][0])

    def test_half_close(self):
        self.keys(half_close(line), framing="half_close", reply='"{hex}\\n"', exchanges="one")

    def test_lines(self):
        found = self.keys(delimited(b"\n", line), framing="delimited", delimiter='"\\n"', optional_cr="false",
                          at_eof="discard", digest_covers="message", exchanges="many", reply='"{hex}\\n"')
        self.assertLessEqual(found["connections"], 12)

    def test_lines_that_may_end_in_cr_and_the_last_at_the_end_of_stream(self):
        self.keys(delimited(b"\n", lambda m: shouting(m.removesuffix(b"\r")), at_eof=True), framing="delimited",
                  delimiter='"\\n"', optional_cr="true", at_eof="answer", reply='"{HEX}\\x0d\\n"')

    def test_a_line_and_no_more(self):
        self.keys(delimited(b"\n", line, once=True, at_eof=True), framing="delimited", exchanges="one", at_eof="answer")

    def test_a_digest_of_the_newline_too(self):
        self.keys(delimited(b"\n", lambda m: line(m + b"\n")), framing="delimited", digest_covers="frame")

    def test_other_delimiters(self):
        self.side_by_side(
            [(b"\r\n", '"\\x0d\\n"'), (b"\0", '"\\x00"'), (b";", '";"'), (b"<EOF>", '"<EOF>"'), (b"\xff", '{hex: "ff"}')],
            lambda delimiter, value: self.keys(delimited(delimiter, line), framing="delimited", delimiter=value))

    def test_lengths(self):
        def check(size, order, counts):
            self.keys(prefixed(size, order, digest, counts == "frame"), framing="length_prefixed",
                      length="{bytes: %d, order: %s, counts: %s}" % (size, order, counts))
        self.side_by_side([(4, "big", "message"), (4, "little", "message"), (2, "big", "frame"), (8, "little", "message"),
                           (1, "big", "message"), (4, "big", "frame")], check)

    def test_a_digest_of_the_length_too(self):
        self.keys(prefixed(4, "big", digest, covers_frame=True), framing="length_prefixed", digest_covers="frame")

    def test_replies(self):
        self.side_by_side(
            [('"{base64}\\n"', lambda m: base64.b64encode(hashlib.md5(m).digest()) + b"\n"),
             ('"{raw}"', lambda m: hashlib.md5(m).digest()),
             ('"{\\"length\\": {length}, \\"md5\\": \\"{hex}\\"}\\n"',
              lambda m: b'{"length": %d, "md5": "%s"}\n' % (len(m), digest(m))),
             ('"{hex}  {message}\\n"', lambda m: digest(m) + b"  " + m + b"\n")],
            lambda reply, answer: self.keys(delimited(b"\n", answer), framing="delimited", reply=reply))

    def test_a_banner(self):
        self.keys(greeting(b"MD5 server 1.0\r\n", delimited(b"\n", line)), framing="delimited",
                  banner='"MD5 server 1.0\\x0d\\n"', reply='"{hex}\\n"')

    def test_a_request(self):
        def behave(connection):
            with connection.makefile("rb") as stream:
                for text in stream:
                    known = text.startswith(b"get ") and text.endswith(b"\n")
                    connection.sendall(line(text[4:-1]) if known else b"ERR\n")
        self.keys(behave, framing="delimited", request='"get {message}"', reply='"{hex}\\n"')

    def test_what_it_refuses(self):
        def over_lines(answer):
            return delimited(b"\n", answer)
        self.side_by_side(
            [("utf8", lambda m: not is_utf8(m)), ("ascii", lambda m: not m.isascii()),
             ("printable", lambda m: not m.isascii() or not m.decode().isprintable())],
            lambda accepts, refused: self.keys(refusing(refused, over_lines, line), framing="delimited", accepts=accepts))

    def test_one_connection_at_a_time(self):
        self.keys(reads(1024, digest), kind=OneAtATime, framing="unframed",
                  limits="{message_bytes: 1024, connections: 1, oversize: close}")

    def test_slow_replies(self):
        def slowly(message):
            time.sleep(1.5)
            return line(message)
        self.keys(delimited(b"\n", slowly), framing="delimited", reply='"{hex}\\n"')

    def test_replies_byte_by_byte(self):
        def behave(connection):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection.makefile("rb") as stream:
                for text in stream:
                    for byte in line(text[:-1]) if text.endswith(b"\n") else b"":
                        connection.sendall(bytes([byte]))
                        time.sleep(0.001)
        self.keys(behave, framing="delimited", reply='"{hex}\\n"')

    # --- what the profile is good for ---

    def test_the_reference_server_conforms_to_what_was_found(self):
        listed = json.loads(self.run_md5spec(0, "list", "profiles", "--json").out)
        names = [profile["name"] for profile in listed if "tls" not in profile["name"]]
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            with self.subTest(profile=name), reference_server(name) as port:
                text = self.certified(f"127.0.0.1:{port}")
                self.assertNotRegex(text, r"(?m)^(framing|delimiter|length|reply): .*(likely|assumed):")

    def test_the_simplest_server_conforms_to_what_was_found(self):
        process = subprocess.Popen([sys.executable, FIXTURES / "servers" / "python_classic.py", "classic", "0"],
                                   stdout=subprocess.PIPE)
        try:
            target = process.stdout.readline().decode().split()[-1]
            self.assertIn("message_bytes: 1024", self.certified(target))
        finally:
            process.terminate()
            process.wait(support.PATIENCE)
            process.stdout.close()

    def test_without_a_file_the_profile_is_printed(self):
        with reference_server("line") as port:
            outcome = self.run_md5spec(0, "detect", "--target", f"127.0.0.1:{port}")
        self.assertRegex(outcome.out, r"(?m)^framing: delimited  # sure: ")
        self.assertRegex(outcome.out, r"(?m)^  sure +framing +delimited ")
        self.assertRegex(outcome.out, r'(?m)^  tried  "hello" -> nothing; "\\n" -> "5d41402abc4b')

    # --- servers that are no use ---

    def hopeless(self, behave, status, *says, kind=Server):
        with kind(behave) as server:
            path = self.file("none.yaml")
            outcome = self.run_md5spec(status, "detect", "--target", server.target, "-o", path)
        self.assertLess(outcome.seconds, LONGEST)
        self.assertFalse(os.path.exists(path))
        self.assertEqual(outcome.err.count("\n"), 1, outcome.err)
        for part in says:
            self.assertIn(part, outcome.err)
        return outcome

    def test_silence(self):
        self.hopeless(support.in_silence, 3, "never answers", "not a byte came")

    def test_silence_that_reads_nothing(self):
        done = threading.Event()
        self.addCleanup(done.set)
        self.hopeless(lambda _: done.wait(LONGEST), 3, "never answers")

    def test_closing_at_once(self):
        self.hopeless(support.close_at_once, 3, "never answers", "closes connections at once")

    def test_flooding(self):
        def behave(connection):
            while True:
                connection.sendall(b"\x1b[2J" * 16384)
        outcome = self.hopeless(behave, 1, "no format recognised", "without end")
        self.assertNotIn("\x1b", outcome.out + outcome.err)

    def test_flooding_once_something_was_sent(self):
        def behave(connection):
            connection.recv(1)
            while True:
                connection.sendall(b"0" * 65536)
        self.hopeless(behave, 1, "no format recognised", "without end")

    def test_dripping(self):
        def behave(connection):
            for _ in range(600):
                connection.sendall(b".")
                time.sleep(0.1)
        self.assertLess(self.hopeless(behave, 1, "no format recognised", "without end").seconds, 20)

    def test_dripping_once_something_was_sent(self):
        def behave(connection):
            connection.recv(1)
            for _ in range(600):
                connection.sendall(b".")
                time.sleep(0.1)
        self.assertLess(self.hopeless(behave, 1, "no format recognised", "without end").seconds, 20)

    def test_other_services(self):
        self.side_by_side(
            [(reads(1024, lambda m: m),), (reads(1024, lambda m: hashlib.sha1(m).hexdigest().encode()),),
             (lambda c: c.sendall(b"go away\n"),)],
            lambda behave: self.hopeless(behave, 1, "no format recognised", "no digest"))

    def test_a_web_server(self):
        behave = delimited(b"\r\n", lambda m: b"HTTP/1.1 400 Bad Request\r\n\r\n", once=True)
        self.hopeless(behave, 1, "no format recognised")

    def test_a_tls_server(self):
        def behave(connection):
            connection.recv(1024)
            connection.sendall(bytes.fromhex("15030300020232"))
        self.hopeless(behave, 1, "like a TLS server")

    def test_a_digest_of_something_else(self):
        self.hopeless(reads(1024, lambda m: digest(m + b"salt")), 1, "no digest of anything it was sent")

    def test_hostile_text_is_escaped(self):
        def behave(connection):
            connection.sendall(b"\x1b]0;owned\x07\n")
            with connection.makefile("rb") as stream:
                for text in stream:
                    connection.sendall(b"\x1b[31m" + line(text[:-1]) if text.endswith(b"\n") else b"")
        with Server(behave) as server:
            outcome = self.run_md5spec(0, "detect", "--target", server.target)
            as_json = self.run_md5spec(0, "detect", "--target", server.target, "--json").out
            path = self.file("found.yaml")
            self.run_md5spec(0, "detect", "--target", server.target, "-o", path)
        text = read(path)
        for output in (outcome.out, outcome.err, as_json, text):
            self.assertNotRegex(output, r"[^\n\x20-\x7e…]")
        self.assertIn('reply: "\\x1b[31m{hex}\\n"', text)

    def test_nobody_is_there(self):
        with refused_port() as port:
            self.hopeless_target(f"127.0.0.1:{port}", "unreachable", "refused")
        self.hopeless_target("no-such-host.invalid:5555", "unreachable")

    def hopeless_target(self, target, *says):
        outcome = self.run_md5spec(3, "detect", "--target", target)
        for part in says:
            self.assertIn(part, outcome.err)

    def test_bad_usage(self):
        self.refused("detect", says=["--target"])
        self.refused("detect", "--target", "5555:localhost", says=["localhost:5555"])
        self.refused("detect", "--target", "localhost:5555", "-o", self.file("p.json"), says=[".yaml"])
        self.refused("detect", "--target", "localhost:5555", "-o", self.file("none/p.yaml"), says=["no folder"])
        self.refused("detect", "--target", "localhost:5555", "--timeout-scale", "0", says=["timeout-scale"])

    def test_a_file_is_written_whole_or_not_at_all(self):
        path = self.file("old.yaml", "old\n")
        with Server(support.close_at_once) as server:
            self.run_md5spec(3, "detect", "--target", server.target, "-o", path)
        self.assertEqual(read(path), "old\n")
        with Server(reads(1024, digest)) as server:
            self.run_md5spec(0, "detect", "--target", server.target, "-o", path)
        self.assertTrue(read(path).endswith("\n"))
        self.assertIn("framing: unframed", read(path))
        self.assertEqual([name for name in os.listdir(self.folder) if re.search("tmp", name)], [])


if __name__ == "__main__":
    support.main()
