#!/usr/bin/env python3
"""`md5spec send`, the client: its transcript, byte for byte."""

import re
import socket
import struct

import support
from support import Server, classic, digest, lines, reference_server

DEFAULTS = {
    "Hello, server!": "a6c043d6d080c3679e9781f6d176c537",
    "How are you today?": "eb7edd81af9146ea0ef9c9397ece0bc4",
    "It's a nice day for coding.": "ef795a67c28f89d0ca02322251ad3b6b",
    "Python is fun.": "2b5d036be252fa0536fdc3d692449ecc",
    "I'm learning about networks.": "a581882ad160aa2530878b29f4d47df9",
    "What's your favorite protocol?": "b2d7cb2753b10ad27e583fa1181c7959",
    "TCP is reliable.": "10416d0805a79314a5c9304a563da90d",
    "UDP is faster.": "112369a69cc9a039347ac27dbab7b8e2",
    "Have a great day!": "4d0f23438c0623c715e314cedc958d1d",
    "Goodbye, server!": "c294adcbbb1b8aaa8851cf257800868a",
}


def opening(port, host="localhost", where="the same host"):
    return ("Client Application\n"
            "Establishing a connection to the server\n"
            f"Available on {where} using PORT {port}\n"
            "\n"
            f"Successfully connected to: {host} on PORT {port}\n")


def exchange(message, received):
    return f"Sending: {message}\nOriginal message: {message}\nMD5 Hash received: {received}\n\n"


class Transcript(support.Case):
    def test_the_ten_default_messages(self):
        for profile in ("classic", "half_close", "line", "length_prefixed"):
            with self.subTest(profile), reference_server(profile) as port:
                outcome = self.run_md5spec(0, "send", "--target", f"localhost:{port}", "--profile", profile)
                self.assertEqual(outcome.out, opening(port) + "".join(exchange(*pair) for pair in DEFAULTS.items()))
                self.assertEqual(outcome.err, "")

    def test_messages_of_ones_own(self):
        with reference_server("line") as port:
            outcome = self.run_md5spec(0, "send", "--target", f"127.0.0.1:{port}", "--profile", "line", "abc", "", "naïve")
        self.assertEqual(outcome.out, opening(port, "127.0.0.1") +
                         exchange("abc", "900150983cd24fb0d6963f7d28e17f72") +
                         exchange("", "d41d8cd98f00b204e9800998ecf8427e") +
                         exchange("naïve", digest("naïve".encode()).decode()))

    def test_target_and_profile_from_the_environment(self):
        with reference_server("length_prefixed") as port:
            outcome = self.run_md5spec(0, "send", "abc", MD5SPEC_TARGET=f"localhost:{port}",
                                       MD5SPEC_PROFILE="length_prefixed")
        self.assertEqual(outcome.out, opening(port) + exchange("abc", "900150983cd24fb0d6963f7d28e17f72"))

    def test_whatever_came_is_shown_where_it_isnt_a_digest(self):
        with Server(classic(lambda message: b"\x1b[2Jno digest\x07\xff")) as server:
            outcome = self.run_md5spec(0, "send", "--target", server.target, "abc\x1b[2J")
        self.assertEqual(outcome.out, opening(server.port, "127.0.0.1") +
                         exchange(r"abc\x1b[2J", r"\x1b[2Jno digest\x07\xff"))


class Failures(support.Case):
    """Exit status 1 and a last line that says why."""

    def fails(self, printed, *arguments):
        outcome = self.run_md5spec(1, "send", *arguments)
        self.assertEqual(outcome.out, printed)
        self.assertEqual(outcome.err, "")
        return outcome

    def test_a_port_that_refuses(self):
        with support.refused_port() as port:
            printed = opening(port).rsplit("Successfully", 1)[0]
            self.fails(printed + "An error occurred: [Errno 111] Connection refused\n", "--target", f"localhost:{port}")

    def test_an_unknown_host(self):
        outcome = self.run_md5spec(1, "send", "--target", "nowhere.invalid:5555")
        self.assertTrue(outcome.out.startswith("Client Application\nEstablishing a connection to the server\n"
                                               "Available on the host nowhere.invalid using PORT 5555\n\n"), outcome)
        self.assertRegex(outcome.out, r"\n\nAn error occurred: [^\n]+\n$")
        self.assertLess(outcome.seconds, 20)

    def test_a_server_that_closes_early(self):
        def once(connection):
            connection.sendall(digest(connection.recv(1024)))

        with Server(once) as server:
            outcome = self.run_md5spec(1, "send", "--target", server.target, "abc", "def", "ghi")
        self.assertTrue(outcome.out.startswith(opening(server.port, "127.0.0.1") +
                                               exchange("abc", "900150983cd24fb0d6963f7d28e17f72") + "Sending: def\n"), outcome)
        # Whether the second message meets the end or a reset is the system's affair.
        self.assertRegex(outcome.out, r"An error occurred: (the server closed the connection without a reply|"
                                      r"\[Errno (32|104)\] [^\n]+)\n$")
        self.assertNotIn("ghi", outcome.out)

    def test_a_server_that_closes_at_once(self):
        with Server(support.close_at_once) as server:
            outcome = self.run_md5spec(1, "send", "--target", server.target, "abc")
        self.assertRegex(outcome.out, r"\nSending: abc\nAn error occurred: [^\n]+\n$")
        self.assertLess(outcome.seconds, 15)

    def test_a_server_that_resets_the_connection(self):
        def reset(connection):
            connection.recv(1024)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        with Server(reset) as server:
            self.fails(opening(server.port, "127.0.0.1") +
                       "Sending: abc\nAn error occurred: [Errno 104] Connection reset by peer\n",
                       "--target", server.target, "abc")

    def test_a_server_that_never_answers(self):
        for profile in ("classic", "line", "half_close"):
            with self.subTest(profile), Server(support.in_silence) as server:
                outcome = self.run_md5spec(1, "send", "--target", server.target, "--profile", profile, "abc")
                self.assertTrue(outcome.out.startswith(opening(server.port, "127.0.0.1") + "Sending: abc\n"), outcome)
                # With half_close this server sees the end, and closes.
                why = "the server closed the connection without a reply" if profile == "half_close" else "timed out"
                self.assertTrue(outcome.out.endswith(f"\nAn error occurred: {why}\n"), outcome)
                self.assertLess(outcome.seconds, 15)

    def test_a_message_that_the_framing_cant_carry(self):
        with Server(lines(digest)) as server:
            outcome = self.run_md5spec(1, "send", "--target", server.target, "--profile", "line", "two\nlines")
        self.assertRegex(outcome.out, re.escape(r'An error occurred: "two\nlines" can' + "'t be sent: ") + "[^\n]+\n$")

    def test_bad_usage(self):
        self.refused("send", "--target", "5555:localhost", says=["did you mean localhost:5555?"])
        self.refused("send", "--profile", "lines", says=["did you mean 'line'?"])


if __name__ == "__main__":
    support.main()
