#!/usr/bin/env python3
"""Over TLS: conforming servers must come out conformant, each fault of fixtures/faulty_server must be blamed on the
requirement that it breaks and on no other, and md5spec must be clear about what it can't use. MD5SPEC and
MD5SPEC_REFERENCE_SERVER name the binaries.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import support
from servers_test import FAULTY_SERVER, FIXTURES, REQUIRED, SERVERS, Certificate, build_go
from support import MD5SPEC, REFERENCE_SERVER, Case, environment

AT_ONCE = 2
PATIENCE = 300  # seconds; only what is broken is ever waited for so long
QUICKLY = ["--budget", "2s"]
# Of what TLS leaves as it is, such as lengths and bytes, enough to see that it isn't blamed.
WIDELY = ["--only", "SEC-*", "--only", "CON-*", "--only", "CNC-*", "--only", "RES-*", "--only", "REP-*",
          "--only", "defaults.*"]
BROKEN = ("fail", "warn", "error")
SHORTAGE = "environment"  # the culprit where this machine was too busy to tell

CERTIFICATES = tempfile.TemporaryDirectory()


def certificate(name):
    return os.path.join(CERTIFICATES.name, name)


def profile(framing, more=""):
    """The path of a profile for that framing over TLS."""
    path = certificate("%s_over_tls%s.yaml" % (framing, "_and_more" if more else ""))
    with open(path, "w", encoding="utf-8") as file:
        file.write("profile: %s_over_tls\nextends: %s\ntls: {ca: ca.pem%s}\n" % (framing, framing, more))
    return path


def interpreted(program, file):
    return lambda folder: [program, SERVERS / file]


PAIR = [certificate("server.pem"), certificate("server.key")]

# Of each server: the program it needs, how it is had, and what it speaks over TLS.
SECURE_SERVERS = {
    "python_threads": ("python3", interpreted(sys.executable, "python_threads.py"), ("classic", "half_close", "line")),
    "node_server": ("node", interpreted("node", "node_server.js"), ("line", "length_prefixed")),
    "go_server": ("go", build_go, ("line", "length_prefixed")),
}


def faults():
    listing = subprocess.run([sys.executable, FAULTY_SERVER, "--list-faults", "--json"], check=True,
                             stdout=subprocess.PIPE, timeout=PATIENCE)
    return [fault for fault in json.loads(listing.stdout) if fault["tls"]]


@contextlib.contextmanager
def listening(command):
    """Runs a server; yields where it listens, HOST:PORT."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment())
    try:
        line = process.stdout.readline().decode()
        yield re.search(r"127\.0\.0\.1:\d+", line)[0]
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def blamed(fault):
    """The requirements that md5spec blames a fault on, each with what it says."""
    framing = "line" if "line" in fault["framings"] else fault["framings"][0]
    command = [sys.executable, FAULTY_SERVER, "--fault", fault["id"], "--framing", framing, "--port", "0",
               "--tls-cert", PAIR[0], "--tls-key", PAIR[1]]
    for scale in ("0.5", "4"):  # the second only where this machine was too busy
        with listening(command) as target, tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            subprocess.run([MD5SPEC, "run", "--target", target, "--profile", profile(framing), "--timeout-scale", scale,
                            *QUICKLY, *WIDELY, "--report", report], env=environment(), timeout=PATIENCE, check=False,
                           stdout=subprocess.DEVNULL)
            with open(report, encoding="utf-8") as file:
                run = json.load(file)["runs"][0]
        if all(case.get("culprit") != SHORTAGE for case in run["cases"]):
            break
    return {one["id"]: one["outcome"] for one in run["requirements"] if one["outcome"] in ("fail", "warn")}


class SecureServers(unittest.TestCase):
    """Gets a test for each server and framing, and for each fault; all are started here, some at once."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(pool.shutdown)
        cls.certificates = {}
        for name, (program, make, framings) in SECURE_SERVERS.items():
            if not shutil.which(program):
                continue
            command = make(folder.name)
            for framing in framings:
                cls.certificates[name, framing] = pool.submit(
                    Certificate, [*command, framing, "0", *PAIR], profile(framing), QUICKLY)
        cls.blamed = {fault["id"]: pool.submit(blamed, fault) for fault in faults()}

    def check(self, name, framing):
        program = SECURE_SERVERS[name][0]
        if not shutil.which(program):
            self.assertNotIn(program, REQUIRED, program + " must be installed for these tests")
            self.skipTest(program + " isn't installed")
        self.assertEqual("", self.certificates[name, framing].result().complaint)

    def check_fault(self, fault):
        self.assertEqual(list(self.blamed[fault["id"]].result()), [fault["requirement"]])


for one, (_, _, spoken) in SECURE_SERVERS.items():
    for each in spoken:
        setattr(SecureServers, "test_%s_%s" % (one, each), lambda self, a=one, b=each: self.check(a, b))
for one in faults():
    setattr(SecureServers, "test_fault_" + one["id"], lambda self, a=one: self.check_fault(a))


class CommandLine(Case):
    def reference_server(self, path, certificate_name="server"):
        return listening([REFERENCE_SERVER, "--listen", f"{path}=127.0.0.1:0", "--tls-cert",
                          certificate(certificate_name + ".pem"), "--tls-key", PAIR[1]])

    def test_send_prints_the_transcript_over_tls(self):
        with self.reference_server(profile("line")) as target:
            outcome = self.run_md5spec(0, "send", "--target", target, "--profile", profile("line"), "Hello, server!")
        self.assertIn("MD5 Hash received: " + support.digest(b"Hello, server!").decode(), outcome.out)

    def test_send_trusts_what_the_environment_says_where_the_profile_names_no_authority(self):
        with self.reference_server("line_tls") as target:
            words = ["send", "--target", target, "--profile", "line_tls", "Hello, server!"]
            self.run_md5spec(0, *words, SSL_CERT_FILE=certificate("ca.pem"))
            outcome = self.run_md5spec(1, *words)
        self.assertIn("An error occurred: no TLS handshake: the server's certificate isn't valid", outcome.out)

    def test_send_says_what_is_wrong_with_a_certificate(self):
        for name, says in (("expired", "expired"), ("wrong_name", "hostname mismatch")):
            with self.reference_server(profile("line"), name) as target:
                outcome = self.run_md5spec(1, "send", "--target", target, "--profile", profile("line"), "hello")
            self.assertIn(says, outcome.out)

    def test_a_client_certificate_is_shown_where_the_profile_has_one(self):
        with_one = profile("length_prefixed", ", client_cert: client.pem, client_key: client.key")
        without = self.file("without.yaml", "profile: p\nextends: length_prefixed\ntls: {ca: %s}\n" % certificate("ca.pem"))
        with self.reference_server(with_one) as target:
            self.run_md5spec(0, "send", "--target", target, "--profile", with_one, "hello")
            outcome = self.run_md5spec(1, "send", "--target", target, "--profile", without, "hello")
            self.assertIn("certificate required", outcome.out)
            outcome = self.run_md5spec(1, "run", "--target", target, "--profile", without)
            self.assertIn("blocked by SEC-1", outcome.out)

    def test_detect_finds_out_that_a_server_speaks_tls(self):
        found = self.file("found.yaml", "")
        with self.reference_server(profile("line")) as target:
            port = target.rpartition(":")[2]
            words = ["detect", "--target", f"localhost:{port}", "-o", found]
            outcome = self.run_md5spec(0, *words)
            self.assertIn("delimited, over TLS", outcome.out)
            self.assertIn("its certificate wasn't verified", outcome.out)
            with open(found, encoding="utf-8") as file:
                self.assertIn("tls: {verify: false}", file.read())
            # The authority is one that is known.
            outcome = self.run_md5spec(0, *words, SSL_CERT_FILE=certificate("ca.pem"))
            self.assertNotIn("wasn't verified", outcome.out)
            with open(found, encoding="utf-8") as file:
                self.assertIn('tls: {server_name: "localhost"}', file.read())
            only = ["--only", "DIG-1", "--only", "SEC-1"]
            self.run_md5spec(0, "run", "--target", target, "--profile", found, *only, SSL_CERT_FILE=certificate("ca.pem"))
            outcome = self.run_md5spec(1, "run", "--target", target, "--profile", found, *only)
            self.assertIn("SEC-1  MUST    fail", outcome.out)

    def test_a_file_that_cannot_be_used_is_bad_usage(self):
        broken = self.file("broken.yaml", "profile: p\nextends: line\ntls: {ca: nowhere.pem}\n")
        self.refused("run", "--target", "127.0.0.1:1", "--profile", broken, says=["tls.ca", "nowhere.pem"])

    def test_the_reference_server_wants_a_certificate_for_a_profile_with_tls(self):
        outcome = support.command(REFERENCE_SERVER, "--listen", "line_tls=127.0.0.1:0")
        self.assertEqual(outcome.status, 2, outcome)
        self.assertIn("--tls-cert", outcome.err)

    def test_a_server_that_speaks_no_tls_breaks_sec_1_alone(self):
        for behave in (support.in_silence, support.close_at_once, support.lines(lambda line: support.digest(line) + b"\n")):
            with support.Server(behave) as server:
                report = self.file("report.json")
                self.run_md5spec(1, "run", "--target", server.target, "--profile", "line_tls", "--timeout-scale", "0.2",
                                 "--report", report)
                with open(report, encoding="utf-8") as file:
                    run = json.load(file)["runs"][0]
            self.assertEqual([one["id"] for one in run["requirements"] if one["outcome"] in BROKEN], ["SEC-1"])

    def test_half_close_before_tls_1_3_is_skipped(self):
        script = self.file("server.py", """
import hashlib, socket, ssl, sys, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.maximum_version = ssl.TLSVersion.TLSv1_2
context.load_cert_chain(*sys.argv[1:])
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print("listening on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
def serve(peer):
    try:
        with context.wrap_socket(peer, server_side=True, suppress_ragged_eofs=False) as peer:
            digest = hashlib.md5()
            while piece := peer.recv(65536):
                digest.update(piece)
            peer.sendall(digest.hexdigest().encode() + b"\\n")
    except OSError:
        pass
while True:
    threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
""")
        with listening([sys.executable, script, *PAIR]) as target:
            report = self.file("report.json")
            self.run_md5spec(0, "run", "--target", target, "--profile", profile("half_close"), *QUICKLY,
                             "--report", report)
            with open(report, encoding="utf-8") as file:
                cases = {case["id"]: case for case in json.load(file)["runs"][0]["cases"]}
        self.assertEqual(cases["defaults.hello_server"]["outcome"], "skip")
        self.assertIn("TLS 1.3", cases["defaults.hello_server"]["reason"])
        self.assertEqual(cases["tls.handshake"]["outcome"], "pass")


if __name__ == "__main__":
    subprocess.run([FIXTURES / "tls" / "make_certificates", CERTIFICATES.name], check=True, timeout=PATIENCE)
    support.main()
