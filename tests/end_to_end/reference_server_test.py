#!/usr/bin/env python3
"""Tests of the reference server over real sockets, against Python's own hashlib.

    reference_server_test.py --server PATH      or MD5SPEC_REFERENCE_SERVER=PATH
"""

import base64
import contextlib
import hashlib
import itertools
import os
import random
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SERVER = os.environ.get("MD5SPEC_REFERENCE_SERVER", "")
THREADS = os.environ.get("MD5SPEC_REFERENCE_SERVER_THREADS", "1")
PATIENCE = 10  # seconds; only a broken server is ever waited for so long
KIB, MIB = 1 << 10, 1 << 20


def md5(message):
    return hashlib.md5(message).hexdigest().encode()


def single_bytes(stream):
    return [bytes([byte]) for byte in stream]


class Client:
    """A connection. Pieces are sent one by one, so that each is a segment of its own as far as TCP lets us."""

    def __init__(self, port, buffers=None, family=socket.AF_INET):
        self.socket = socket.socket(family)
        self.socket.settimeout(PATIENCE)
        if buffers:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffers)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffers)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *pieces):
        for piece in pieces:
            self.socket.sendall(piece)
        return self

    def end(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def receive(self, count):
        received = bytearray()
        while len(received) < count:
            piece = self.socket.recv(count - len(received))
            if not piece:
                break
            received += piece
        return bytes(received)

    def rest(self):
        """All until the server's end of stream; a reset is an error."""
        received = bytearray()
        while piece := self.socket.recv(64 * KIB):
            received += piece
        return bytes(received)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def silent_for(self, seconds):
        return not select.select([self.socket], [], [], seconds)[0]


class Server:
    """A running server. Each profile is a bundled one's name, or the YAML text of one less its name."""

    def __init__(self, *profiles, arguments=(), descriptors=None, host=""):
        self.folder = tempfile.TemporaryDirectory()
        self.clients = []
        command = [SERVER, *arguments]
        if "--threads" not in arguments:
            command += ["--threads", THREADS]
        for number, profile in enumerate(profiles):
            if ":" in profile:
                path = os.path.join(self.folder.name, f"odd={number}.yaml")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"profile: odd_{number}\n{profile}\n")
                profile = path
            command += ["--listen", f"{profile}={host}0"]
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=limit)
        self.lines = [self.process.stdout.readline().decode() for _ in profiles]
        self.ports = [int(re.search(r":(\d+) \(", line)[1]) for line in self.lines]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill() if kind else self.process.terminate()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.folder.cleanup()
        for client in self.clients:
            client.socket.close()
        if not kind and status != 0:
            raise AssertionError(f"the server ended with status {status}")

    def connect(self, listener=0, **options):
        self.clients.append(Client(self.ports[listener], **options))
        return self.clients[-1]

    def sanitized(self):
        with open(SERVER, "rb") as file:
            return b"san_init" in file.read()

    def resident(self):
        """The resident memory in bytes. A sanitizer's own says nothing."""
        if self.sanitized():
            return 0
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Case(unittest.TestCase):
    def converse(self, profile, expected, *pieces, end=True):
        """Sends the pieces, ends sending, and expects just those bytes and an orderly close."""
        with Server(profile) as server:
            self.expect(server, expected, *pieces, end=end)

    def expect(self, server, expected, *pieces, end=True, listener=0):
        with server.connect(listener) as client:
            client.send(*pieces)
            if end:
                client.end()
            self.assertEqual(client.rest(), expected)


class Framings(Case):
    def test_unframed_answers_each_read(self):
        with Server("classic") as server, server.connect() as client:
            for message in [b"Hello, server!", b"\0", b"\n", bytes(range(256)), b"x" * 1024]:
                client.send(message)
                self.assertEqual(client.receive(32), md5(message))
            self.assertEqual(client.end().rest(), b"")

    def test_unframed_reads_no_more_than_the_limit_at_once(self):
        self.converse("framing: unframed\nlimits: {message_bytes: 100}",
                      md5(b"a" * 100) + md5(b"a" * 50), b"a" * 150)

    def test_unframed_with_a_template_reads_the_limit_and_the_template(self):
        self.converse('framing: unframed\nlimits: {message_bytes: 100}\nrequest: "get {message}."',
                      md5(b"a" * 100), b"get " + b"a" * 100 + b".")

    def test_half_close_answers_at_the_end_of_stream(self):
        with Server("half_close") as server:
            for pieces in [(), (b"",), (b"abc",), (b"a", b"b", b"c"), (b"x" * MIB, b"\n")]:
                self.expect(server, md5(b"".join(pieces)) + b"\n", *pieces)

    def test_lines_in_any_segmentation(self):
        stream = b"\none\n\n\r\r\nthe third\0\xff\nunterminated"
        expected = b"".join(md5(m) + b"\n" for m in stream.split(b"\n")[:-1])
        with Server("line") as server:
            self.expect(server, expected, stream)
            self.expect(server, expected, *single_bytes(stream))
            for i in range(len(stream)):
                self.expect(server, expected, stream[:i], stream[i:])

    def test_delimiters_of_several_bytes_end_where_they_first_occur(self):
        generator = random.Random(1)
        delimiters = [b"\r\n", b"aab", b"abab", b"aaaa", b"abaabab", b"ababbaba"]
        profiles = [f"framing: delimited\ndelimiter: {{hex: '{d.hex()}'}}" for d in delimiters]
        with Server(*profiles) as server:
            for listener, delimiter in enumerate(delimiters):
                for _ in range(15):
                    alphabet = delimiter + b"x"
                    stream = bytes(generator.choice(alphabet) for _ in range(200)) + delimiter
                    expected = b"".join(map(md5, stream.split(delimiter)[:-1]))
                    cuts = sorted(generator.sample(range(200), 8))
                    pieces = [stream[i:j] for i, j in zip([0] + cuts, cuts + [None])]
                    self.expect(server, expected, *pieces, listener=listener)

    def test_optional_cr_belongs_to_the_delimiter(self):
        stream = b"a\r\nb\n\r\n\n\rc\r\r\n\r\r\n"
        expected = b"".join(map(md5, [b"a", b"b", b"", b"", b"\rc\r", b"\r"]))
        with Server("framing: delimited\noptional_cr: true") as server:
            self.expect(server, expected, stream)
            self.expect(server, expected, *single_bytes(stream))

    def test_an_unterminated_last_message(self):
        crlf = 'framing: delimited\ndelimiter: "\\r\\n"\n'
        with Server("line", crlf + "at_eof: answer",
                    "framing: delimited\noptional_cr: true\nat_eof: answer") as server:
            self.expect(server, md5(b"a") + b"\n", b"a\nb", listener=0)
            for last in [b"b", b"b\r", b"\r"]:
                self.expect(server, md5(b"a") + md5(last), b"a\r\n" + last, listener=1)
                self.expect(server, md5(b"a") + md5(last), b"a\n" + last, listener=2)
            self.expect(server, md5(b"a"), b"a\r\n", listener=1)
            self.expect(server, b"", listener=1)

    def test_lengths_of_every_width_order_and_meaning(self):
        messages = [b"", b"a", b"x" * 200]
        kinds = list(itertools.product((1, 2, 4, 8), ("big", "little"), ("message", "frame")))
        profiles = ["framing: length_prefixed\nlength: {bytes: %d, order: %s, counts: %s}" % kind
                    for kind in kinds]
        with Server(*profiles) as server:
            for listener, (size, order, counts) in enumerate(kinds):
                own = size if counts == "frame" else 0
                stream = b"".join((len(m) + own).to_bytes(size, order) + m for m in messages)
                expected = b"".join(map(md5, messages))
                self.expect(server, expected, stream, listener=listener)
                self.expect(server, expected, *single_bytes(stream), listener=listener)
                if own:
                    too_short = (size - 1).to_bytes(size, order)
                    self.expect(server, b"", too_short, end=False, listener=listener)

    def test_a_truncated_frame_gets_no_digest(self):
        for stream in [b"\0\0", b"\0\0\0\5", b"\0\0\0\5abcd"]:
            with self.subTest(stream=stream):
                self.converse("length_prefixed", md5(b"x"), b"\0\0\0\1x" + stream)

    def test_the_digest_may_cover_the_frame(self):
        cover = "digest_covers: frame\n"
        with Server(cover + 'framing: delimited\noptional_cr: true\nrequest: "<{message}>"\nat_eof: answer',
                    cover + 'framing: length_prefixed\nlength: {bytes: 2}\nrequest: "<{message}>"',
                    cover + 'framing: half_close\nrequest: "<{message}>"',
                    cover + 'framing: delimited\ndelimiter: "aab"\nat_eof: answer') as server:
            lines = [b"<a>\r\n", b"<>\n", b"<b>"]
            self.expect(server, b"".join(map(md5, lines)), *single_bytes(b"".join(lines)), listener=0)
            frames = [b"\0\3<a>", b"\0\2<>"]
            self.expect(server, b"".join(map(md5, frames)), b"".join(frames), listener=1)
            self.expect(server, md5(b"<abc>"), b"<a", b"bc>", listener=2)
            self.expect(server, md5(b"xaaab") + md5(b"aa"), b"xa", b"aabaa", listener=3)


class Requests(Case):
    def test_a_request_must_match_the_template(self):
        with Server('framing: delimited\nrequest: "get {message} now"') as server:
            self.expect(server, md5(b"a") + md5(b"") + md5(b" now"), b"get a now\nget  no", b"w\nget  now now\n")
            for wrong in [b"got", b"get a\n", b"get\n", b"\n", b"get now\n", b"get a  no\n"]:
                self.expect(server, md5(b"a"), b"get a now\n" + wrong, end=False)

    def test_what_a_server_accepts(self):
        kinds = {"utf8": lambda m: m.decode() is not None,
                 "ascii": lambda m: max(m) < 0x80,
                 "printable": lambda m: all(0x20 <= b <= 0x7E for b in m),
                 "{regex: '[a-z]+é?'}": lambda m: re.fullmatch("[a-z]+é?", m.decode())}
        messages = [b"a", b"~ ", b"\x1f", b"\x7f", b"a\n", "é".encode(), "aé".encode(), "€😀".encode(),
                    b"\x80", b"\xc3", b"\xe2\x82", b"\xe2\x82a", b"\xc0\x80", b"\xc1\xbf",
                    b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xef\xbf\xbf",
                    b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80",
                    b"\xf5\x80\x80\x80"]
        with Server(*("framing: length_prefixed\naccepts: " + kind for kind in kinds)) as server:
            for listener, (kind, accepts) in enumerate(kinds.items()):
                for message in messages:
                    with self.subTest(kind=kind, message=message):
                        try:
                            taken = accepts(message)
                        except UnicodeDecodeError:
                            taken = False
                        pieces = [len(message).to_bytes(4, "big"), *single_bytes(message)]
                        expected = md5(message) if taken else b""
                        self.expect(server, expected, *pieces, listener=listener)

    def test_a_message_over_the_limit_gets_no_digest_and_closes(self):
        limit = "\nlimits: {message_bytes: 1000}"
        with Server("framing: delimited\noptional_cr: true" + limit,
                    "framing: length_prefixed" + limit,
                    "framing: half_close" + limit,
                    'framing: length_prefixed\nlength: {bytes: 8}\nrequest: "<{message}>"' + limit) as server:
            at_limit = b"x" * 1000
            self.expect(server, md5(at_limit) * 2, at_limit + b"\r\n" + at_limit + b"\n", listener=0)
            self.expect(server, md5(b"") + md5(at_limit), b"\n" + at_limit + b"\n", at_limit + b"x\n", listener=0)
            self.expect(server, b"", b"x" * 1002, end=False, listener=0)
            self.expect(server, md5(at_limit), b"\0\0\x03\xe8" + at_limit + b"\0\0\x03\xe9", end=False, listener=1)
            self.expect(server, md5(at_limit), at_limit, listener=2)
            self.expect(server, b"", at_limit + b"x", end=False, listener=2)
            self.expect(server, md5(at_limit), b"\0\0\0\0\0\0\x03\xea<" + at_limit + b">", listener=3)
            self.expect(server, b"", b"\0\0\0\0\0\0\x03\xeb", end=False, listener=3)
            self.expect(server, b"", b"\xff" * 8, end=False, listener=3)
            self.expect(server, b"", b"\n" + b"x" * 5 * MIB, listener=2)  # sent to its end, and no reset

    def test_oversize_answer_answers(self):
        self.converse("framing: delimited\nlimits: {message_bytes: 10, oversize: answer}",
                      md5(b"x" * 11), b"x" * 11 + b"\n")


class Replies(Case):
    def test_every_placeholder(self):
        message = b"which \xff\0?"
        digest = hashlib.md5(message)
        upper = md5(message).upper()
        replies = {"{hex}": md5(message), "{HEX}": upper, "{any_hex}": md5(message),
                   "{raw}": digest.digest(), "{base64}": base64.b64encode(digest.digest()),
                   "{{hex}}{}": b"{" + md5(message) + b"}{}",
                   "{len}}<{message}{message}|{length}|{HEX}{message>":
                       b"{len}}<" + message * 2 + b"|9|" + upper + b"{message>"}
        with Server(*(f"framing: half_close\nreply: '{text}'" for text in replies)) as server:
            for listener, expected in enumerate(replies.values()):
                self.expect(server, expected, message, listener=listener)

    def test_a_banner_comes_first(self):
        with Server('framing: delimited\nbanner: "welcome\\r\\n"\nexchanges: one') as server:
            client = server.connect()
            self.assertEqual(client.receive(9), b"welcome\r\n")
            self.assertEqual(client.send(b"a\n").rest(), md5(b"a"))

    def test_one_exchange_then_an_orderly_close(self):
        messages = {"delimited": b"a\n", "length_prefixed": b"\0\0\0\1a", "unframed": b"a"}
        for framing, message in messages.items():
            with Server(f"framing: {framing}\nexchanges: one") as server, server.connect() as client:
                self.assertEqual(client.send(message).receive(32), md5(b"a"))
                self.assertEqual(client.receive(1), b"")
                with contextlib.suppress(BrokenPipeError):  # what is still sent is drained: no reset
                    for _ in range(100):
                        client.send(b"more\n")
                self.assertEqual(client.receive(1), b"")

    def test_a_reply_that_repeats_a_large_message(self):
        message = random.Random(2).randbytes(8 * MIB)
        with Server('framing: half_close\nreply: "{hex}{message}"') as server:
            client = server.connect(buffers=64 * KIB)
            self.assertEqual(client.send(message).end().rest(), md5(message) + message)

    def test_a_reply_comes_before_the_next_message_is_whole(self):
        with Server("line") as server, server.connect() as client:
            self.assertEqual(client.send(b"a\nb").receive(33), md5(b"a") + b"\n")
            self.assertEqual(client.send(b"c\n").receive(33), md5(b"bc") + b"\n")


class ManyAtOnce(Case):
    def test_a_pipeline_that_is_read_late_loses_nothing(self):
        with Server("line") as server, server.connect(buffers=4096) as slow, server.connect() as other:
            stream = b"".join(b"%d\n" % i for i in range(400_000))
            before = server.resident()
            slow.socket.setblocking(False)
            sent, last_progress = 0, time.monotonic()
            while sent < len(stream) and time.monotonic() - last_progress < 0.2:  # until it stalls
                if select.select([], [slow.socket], [], 0.05)[1]:
                    sent += slow.socket.send(stream[sent:sent + 64 * KIB])
                    last_progress = time.monotonic()
            self.assertLess(sent, len(stream))
            self.assertLess(server.resident() - before, MIB)
            self.assertEqual(other.send(b"a\n").receive(33), md5(b"a") + b"\n")
            slow.socket.settimeout(PATIENCE)
            sender = threading.Thread(target=lambda: slow.send(stream[sent:]).end())
            sender.start()
            received = slow.rest()
            sender.join()
            self.assertEqual(received, b"".join(md5(b"%d" % i) + b"\n" for i in range(400_000)))

    def test_an_endless_sender_starves_nobody(self):
        with Server("line", arguments=["--threads", "1"]) as server:
            endless, other = server.connect(), server.connect()
            done = threading.Event()
            def send_for_ever():
                with contextlib.suppress(OSError):
                    while not done.is_set():
                        endless.send(b"x" * MIB)
            sender = threading.Thread(target=send_for_ever)
            sender.start()
            start = time.monotonic()
            for _ in range(50):
                self.assertEqual(other.send(b"a\n").receive(33), md5(b"a") + b"\n")
            self.assertLess(time.monotonic() - start, 3)
            done.set()
            sender.join()
            endless.reset()

    def test_a_large_message_is_hashed_in_bounded_memory(self):
        with Server("half_close") as server, server.connect() as client:
            before = server.resident()
            expected, block = hashlib.md5(), b"0123456789abcdef" * (MIB // 16)
            for _ in range(64):
                client.send(block)
                expected.update(block)
            self.assertLess(server.resident() - before, 4 * MIB)
            self.assertEqual(client.end().rest(), expected.hexdigest().encode() + b"\n")

    def test_a_thousand_connections_at_once(self):
        with Server("line") as server:
            clients = [server.connect() for _ in range(1000)]
            for number, client in enumerate(clients):
                client.send(b"half of %d" % number)
            for number, client in enumerate(clients):
                client.send(b" and the rest\n")
            for number, client in enumerate(clients):
                self.assertEqual(client.receive(33), md5(b"half of %d and the rest" % number) + b"\n")

    def test_clients_of_several_threads(self):
        with Server("line", arguments=["--threads", "4"]) as server:
            faults = []
            def exchange(number):
                for turn in range(100):
                    with server.connect() as client:
                        message = b"%d of %d" % (turn, number)
                        if client.send(message + b"\n").receive(33) != md5(message) + b"\n":
                            faults.append(message)
            clients = [threading.Thread(target=exchange, args=(number,)) for number in range(8)]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
            self.assertEqual(faults, [])

    def test_resets_and_vanished_clients_do_no_harm(self):
        with Server("line", "classic", "half_close") as server:
            for _ in range(50):
                for listener in range(3):
                    server.connect(listener).reset()
                    server.connect(listener).send(b"begun").reset()
                    server.connect(listener).send(b"whole\n" * 1000).reset()
                    server.connect(listener).send(b"whole\n" * 1000).socket.close()
            self.expect(server, md5(b"a") + b"\n", b"a\n")


class Limits(Case):
    def test_connections_beyond_the_most_wait_for_one_to_end(self):
        for threads in "1", "3":
            arguments = ["--max-connections", "2", "--threads", threads]
            with Server('framing: delimited\nbanner: "hi"', arguments=arguments) as server:
                first, second = server.connect(), server.connect()
                self.assertEqual(first.receive(2) + second.receive(2), b"hihi")
                waiting = [server.connect() for _ in range(5)]
                self.assertEqual(first.send(b"a\n").receive(32), md5(b"a"))
                self.assertTrue(all(client.silent_for(0.02) for client in waiting))
                for client in [first, second]:
                    client.end().rest()
                served = 0
                while waiting:
                    ready = select.select([client.socket for client in waiting], [], [], PATIENCE)[0]
                    self.assertTrue(0 < len(ready) <= 2)
                    client = next(client for client in waiting if client.socket == ready[0])
                    self.assertEqual(client.send(b"b\n").end().rest(), b"hi" + md5(b"b"))
                    waiting.remove(client)
                    served += 1
                self.assertEqual(served, 5)
                self.assertLess(server.processor_seconds(), 1)

    def test_descriptors_that_run_out_only_delay(self):
        with Server("line", descriptors=24) as server:
            clients = [server.connect().send(b"%d\n" % number) for number in range(60)]
            expected = {client.socket: md5(b"%d" % number) + b"\n" for number, client in enumerate(clients)}
            self.assertNotEqual(select.select(list(expected), [], [], PATIENCE)[0], [])
            before = server.processor_seconds()
            time.sleep(0.5)
            self.assertLess(server.processor_seconds() - before, 0.2)  # it doesn't spin
            self.assertLess(len(select.select(list(expected), [], [], 0)[0]), 24)
            while expected:
                ready = select.select(list(expected), [], [], PATIENCE)[0]
                self.assertNotEqual(ready, [])
                for answered in ready:
                    self.assertEqual(answered.recv(100), expected.pop(answered))
                    answered.close()

    def test_an_idle_connection_is_closed_and_a_busy_one_kept(self):
        with Server("line", arguments=["--idle-timeout", "300ms"]) as server:
            with server.connect() as idle, server.connect() as stalled, server.connect() as busy:
                start = time.monotonic()
                stalled.send(b"begun")
                while idle.silent_for(0.05):
                    self.assertEqual(busy.send(b"a\n").receive(33), md5(b"a") + b"\n")
                self.assertEqual(idle.rest() + stalled.rest(), b"")
                self.assertTrue(0.29 <= time.monotonic() - start < 1)
                self.assertEqual(busy.send(b"b\n").receive(33), md5(b"b") + b"\n")


class Stopping(Case):
    def stop(self, server, by=signal.SIGTERM):
        server.process.send_signal(by)
        self.stopped = time.monotonic()

    def assert_ends(self, server, within):
        self.assertEqual(server.process.wait(PATIENCE), 0)
        self.assertLess(time.monotonic() - self.stopped, within)

    def test_idle_connections_are_closed_at_once(self):
        for by in signal.SIGTERM, signal.SIGINT:
            with Server("line", "classic", arguments=["--threads", "2"]) as server:
                clients = [server.connect() for _ in range(10)] + [server.connect(1)]
                for client in clients:
                    client.send(b"a\n").receive(32)
                self.stop(server, by)
                for client in clients:
                    self.assertLessEqual(len(client.rest()), 1)
                self.assert_ends(server, 1)

    def test_an_exchange_under_way_is_finished(self):
        for threads in "1", "4":
            with Server("line", "half_close", "length_prefixed", arguments=["--threads", threads]) as server:
                clients = [server.connect(listener) for listener in range(3)]
                idle = server.connect()
                for client, begin in zip(clients, [b"x\nbeg", b"beg", b"\0\0"]):
                    client.send(begin)
                self.assertEqual(clients[0].receive(33), md5(b"x") + b"\n")
                self.stop(server)
                self.assertEqual(idle.rest(), b"")
                if threads == "1":
                    address = ("127.0.0.1", server.ports[0])
                    self.assertRaises(ConnectionRefusedError, socket.create_connection, address)
                begun = md5(b"begun") + b"\n"
                ends = [(b"un\n", begun), (b"un", begun), (b"\0\1x", md5(b"x"))]
                for client, (rest, expected) in zip(clients, ends):
                    client.send(rest)
                    if rest == b"un":
                        client.end()
                    self.assertEqual(client.rest(), expected)
                self.assert_ends(server, 2)

    def test_replies_that_wait_are_still_sent(self):
        count = 100_000
        with Server("line") as server, server.connect(buffers=4096) as client:
            sender = threading.Thread(target=client.send, args=(b"\n" * count,))
            sender.start()
            received = client.receive(33)
            sender.join()
            self.stop(server)
            self.assertEqual(received + client.rest(), (md5(b"") + b"\n") * count)
            self.assert_ends(server, 3)

    def test_a_stalled_client_is_not_waited_for_for_ever(self):
        with Server("line") as server, server.connect() as client:
            client.send(b"x\nbegun").receive(33)
            self.stop(server)
            self.assert_ends(server, 4)


class CommandLine(Case):
    def test_says_where_it_listens(self):
        with Server("line", "classic") as server:
            self.assertRegex(server.lines[0], r"^listening on 127\.0\.0\.1:[1-9]\d* \(line\)\n$")
            self.assertRegex(server.lines[1], r"^listening on 127\.0\.0\.1:[1-9]\d* \(classic\)\n$")
        with Server("line", host="localhost:") as server:
            self.assertRegex(server.lines[0], r"^listening on \S+:[1-9]\d* \(line\)\n$")

    def test_listens_on_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError as error:
            self.skipTest(f"no IPv6 here: {error}")
        with Server("line", host="[::1]:", arguments=["--threads", "2"]) as server:
            self.assertRegex(server.lines[0], r"^listening on \[::1\]:[1-9]\d* \(line\)\n$")
            with server.connect(family=socket.AF_INET6) as client:
                self.assertEqual(client.send(b"a\n").end().rest(), md5(b"a") + b"\n")

    def run_with(self, *arguments):
        done = subprocess.run([SERVER, *arguments], capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    def test_bad_usage_is_status_2(self):
        for arguments in [["--listen", "line"], ["--listen", "line=x"], ["--listen", "line=65536"],
                          ["--listen", "line=::1:0"], ["--listen", "line=:0"], ["--listen", "nope=0"],
                          ["--listen", "./nope.yaml=0"], ["--threads", "0"], ["--nope"], ["nope"],
                          ["--max-connections", "0"], ["--idle-timeout", "5"], ["--idle-timeout", "0s"]]:
            with self.subTest(arguments=arguments):
                status, error = self.run_with(*arguments)
                self.assertEqual(status, 2)
                self.assertNotEqual(error, "")

    def test_a_bad_profile_is_status_2_and_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bad.yaml")
            for text, fault in [("profile: bad\nframing: lines\n", "bad.yaml:2:10"),
                                ("profile: tls\nframing: delimited\ntls: {}\n", "TLS")]:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                status, error = self.run_with("--listen", path + "=0")
                self.assertEqual(status, 2)
                self.assertIn(fault, error)

    def test_a_port_in_use_is_status_1(self):
        for threads in "1", "3":
            with Server("line", arguments=["--threads", threads]) as server:
                status, error = self.run_with("--listen", f"line={server.ports[0]}", "--threads", threads)
                self.assertEqual(status, 1)
                self.assertIn("Address already in use", error)


if __name__ == "__main__":
    if "--server" in sys.argv:
        at = sys.argv.index("--server")
        SERVER = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    if not SERVER:
        sys.exit("usage: reference_server_test.py --server PATH [unittest options]")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < 4096:
        wanted = 4096 if hard == resource.RLIM_INFINITY else min(hard, 4096)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    unittest.main()
