"""Messages too large to be kept in memory: made, hashed and sent at once, with word of how far they are."""

import hashlib
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

from support import MD5SPEC, Server, digest, environment, md5spec

MIB = 1 << 20


class LargeMessageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def case(self, message, more=""):
        path = self.folder / "large.yaml"
        path.write_text("group: large\nrequirement: DIG-5\nwhy: They are large.\ncases:\n"
                        f"  - {{name: one, message: {message}, tags: [huge], alone: true{more}}}\n")
        return ["run", "--profile", "half_close", "--cases", str(path), "--only", "large.*", "--tags", "huge"]

    def test_it_goes_past_what_is_tested_by_default(self):
        done = md5spec(*self.case("{repeat: \"abcdefg\", times: 3000000}"))
        self.assertEqual(done.status, 0, done)
        self.assertIn("1 pass", done.out)

    def test_it_can_be_pinned(self):
        right = hashlib.md5(b"abcdefg" * 3000000).hexdigest()
        done = md5spec(*self.case("{repeat: \"abcdefg\", times: 3000000}", f", md5: \"{right}\""))
        self.assertEqual(done.status, 0, done)
        done = md5spec(*self.case("{repeat: \"abcdefg\", times: 3000000}", f", md5: \"{right[::-1]}\""))
        self.assertEqual(done.status, 2, done)
        self.assertIn(right, done.err)

    def test_a_server_that_hashes_only_its_start_is_found_out(self):
        def first_part_only(connection):
            bytes_so_far = b""
            while piece := connection.recv(MIB):
                if len(bytes_so_far) < 8 * MIB:
                    bytes_so_far += piece
            connection.sendall(digest(bytes_so_far[:8 * MIB]) + b"\n")

        with Server(first_part_only) as server:
            done = md5spec(*self.case("{pattern: letters, size: 20MiB}"), "--target", server.target)
        self.assertEqual(done.status, 1, done)
        self.assertIn("the digest of the message's first 8 MiB", done.out)

    def test_a_terminal_shows_how_far_it_is(self):
        terminal, theirs = pty.openpty()
        process = subprocess.Popen([MD5SPEC, *self.case("{pattern: zeros, size: 512MiB}")], stdout=subprocess.DEVNULL,
                                   stderr=theirs, stdin=subprocess.DEVNULL, env=environment())
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(terminal, 4096):
                shown += piece
        except OSError:
            pass  # what Linux says where a terminal's other side is gone
        os.close(terminal)
        self.assertEqual(process.wait(timeout=60), 0, shown)
        self.assertRegex(shown.decode(), r"large\.one \[=* *\] +\d+%  \d+ MiB/s, \d+ s left")


if __name__ == "__main__":
    unittest.main()
