#!/usr/bin/env python3
"""Certificates: transcripts that verdicts can be worked out from again, attest, verify, and what an independent
implementation makes of an envelope."""

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import support
from certified import WholeRun, make_keys, openssl, pre_authentication_encoding, read
from support import Server, close_at_once, digest, in_silence, lines

FAULTY_SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "faulty_server",
                             "faulty_server.py")


class Certificate(WholeRun):
    profiles = ("line", "classic")

    def test_says_what_was_tested_and_how(self):
        statement = self.statement()
        self.assertEqual(statement["_type"], "https://in-toto.io/Statement/v1")
        self.assertEqual(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1")
        server = hashlib.sha256(read(support.REFERENCE_SERVER)).hexdigest()
        self.assertEqual(statement["subject"], [{"name": "server", "digest": {"sha256": server}}])
        predicate = statement["predicate"]
        self.assertEqual(predicate["result"], "PASSED")
        self.assertEqual(predicate["failedTests"], [])
        self.assertIn("line/DIG-1", predicate["passedTests"])
        self.assertIn("classic/DIG-1", predicate["passedTests"])
        with open(self.report, encoding="utf-8") as file:
            report = json.load(file)
        said = predicate["md5spec"]
        self.assertEqual(said["catalogue_sha256"], report["suite"]["catalogue_sha256"])
        self.assertEqual(said["version"], report["suite"]["version"])
        self.assertEqual(said["seed"], 1)
        self.assertIs(said["huge_messages"], False)
        for one, run in zip(said["runs"], report["runs"]):
            for key in ("profile", "profile_text", "verdict", "counts"):
                self.assertEqual(one[key], run[key])
            self.assertEqual([(r["id"], r["outcome"]) for r in one["requirements"]],
                             [(r["id"], r["outcome"]) for r in run["requirements"]])
        text = gzip.decompress(base64.b64decode(said["transcripts"][0]["data"]))
        self.assertEqual(text, read(self.transcripts))

    def test_verifies_without_the_server(self):
        outcome = self.verify(self.certificate, 0, "--subject", support.REFERENCE_SERVER)
        self.assertIn("line: conformant", outcome.out)
        self.assertIn("huge messages were not among the cases", outcome.out)
        self.assertIn("the same verdicts", outcome.out)

    def test_an_independent_implementation_agrees(self):
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        envelope = self.envelope()
        payload, signature = (base64.b64decode(text) for text in (envelope["payload"], envelope["signatures"][0]["sig"]))
        load_pem_public_key(read(self.public)).verify(
            signature, pre_authentication_encoding(envelope["payloadType"].encode(), payload))

    def test_openssl_alone_agrees(self):
        envelope = self.envelope()
        data, signature = self.file("pae"), self.file("sig")
        with open(data, "wb") as file:
            file.write(pre_authentication_encoding(envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])))
        with open(signature, "wb") as file:
            file.write(base64.b64decode(envelope["signatures"][0]["sig"]))
        said = openssl("pkeyutl", "-verify", "-pubin", "-inkey", self.public, "-rawin", "-in", data, "-sigfile", signature)
        self.assertIn(b"Signature Verified Successfully", said)
        der = openssl("pkey", "-pubin", "-in", self.public, "-outform", "DER")
        self.assertEqual(envelope["signatures"][0]["keyid"], hashlib.sha256(der).hexdigest())

    def test_another_key_and_another_subject_are_refused(self):
        _, other = make_keys(self.folder, name="other")
        self.assertIn("wasn't signed with this key", self.verify(self.certificate, 1, key=other).err)
        self.assertIn("isn't about", self.verify(self.certificate, 1, "--subject", support.MD5SPEC).err)

    def test_no_byte_of_the_envelope_can_be_changed(self):
        text = read(self.certificate)
        at = {"the payload": text.index(b'"payload":"') + 4000, "its first byte": text.index(b'"payload":"') + 11,
              "the type": text.index(b"in-toto") + 2, "the signature": text.index(b'"sig":"') + 20,
              "the signature's end": text.index(b'"sig":"') + 7 + 85, "the key's id": text.index(b'"keyid":"') + 12}
        for name, place in at.items():
            with self.subTest(name):
                changed = bytearray(text)
                changed[place] = ord("B") if changed[place] != ord("B") else ord("C")
                path = self.file("changed.json")
                with open(path, "wb") as file:
                    file.write(changed)
                outcome = support.md5spec("verify", path, "--key", self.public)
                self.assertIn(outcome.status, (1, 2), outcome)
                # Only what is no base64 any more is a file that can't be used.
                if name != "the signature's end":
                    self.assertEqual(outcome.status, 1, outcome)

    def test_no_transcript_can_be_changed_even_by_the_signer(self):
        reply = base64.b64encode(digest(b"Hello, server!") + b"\n")
        wrong = base64.b64encode(digest(b"Something else") + b"\n")

        def with_another_reply(text):
            rows = text.splitlines(keepends=True)
            at = next(i for i, row in enumerate(rows) if b'"case":"defaults.hello_server","attempt":"counted"' in row)
            self.assertIn(reply, rows[at])
            rows[at] = rows[at].replace(reply, wrong)
            return b"".join(rows)

        self.assertRegex(self.verify(self.with_transcripts(with_another_reply), 1).err, "line|classic")
        self.assertEqual(self.with_transcripts(lambda text: text) and self.verify(self.file("sealed.json"), 0).status, 0)

    def test_no_transcript_can_be_left_out_or_doubled(self):
        def without(text):
            rows = text.splitlines(keepends=True)
            end = json.loads(rows[-1])["end"]
            return b"".join(rows[:5] + rows[6:-1]) + b'{"end":%d}\n' % (end - 1)

        def doubled(text):
            rows = text.splitlines(keepends=True)
            end = json.loads(rows[-1])["end"]
            return b"".join(rows[:6] + rows[5:-1]) + b'{"end":%d}\n' % (end + 1)
        self.assertIn("has no transcript", self.verify(self.with_transcripts(without), 1).err)
        self.assertIn("carried out twice", self.verify(self.with_transcripts(doubled), 1).err)
        self.assertIn("ends here", self.verify(self.with_transcripts(lambda text: text[:-12]), 1).err)

    def test_no_verdict_can_be_changed_even_by_the_signer(self):
        def changed(change):
            statement = self.statement()
            change(statement["predicate"]["md5spec"])
            return self.sealed(statement)
        self.verify(changed(lambda said: said["runs"][0].update(verdict="conformant_with_warnings")), 1)
        self.verify(changed(lambda said: said["runs"][0]["requirements"][3].update(cases=1)), 1)
        self.verify(changed(lambda said: said["runs"][0]["counts"].update({"pass": 1})), 1)
        self.verify(changed(lambda said: said.update(huge_messages=True)), 1)
        self.verify(changed(lambda said: said.update(seed=2)), 1)
        self.verify(changed(lambda said: said["runs"].pop()), 1)
        self.verify(changed(lambda said: said.update(catalogue_sha256="0" * 64)), 1)

    def test_a_changed_catalogue_is_noticed(self):
        # A copy of what is installed, with one byte of one case changed.
        program = os.path.join(self.folder, "bin")
        share = os.path.join(self.folder, "share", "md5spec")
        os.makedirs(program)
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        shutil.copytree(os.path.join(source, "cases"), os.path.join(share, "cases"))
        shutil.copytree(os.path.join(source, "fixtures", "profiles"), os.path.join(share, "profiles"))
        copy = shutil.copy(support.MD5SPEC, program)
        verify = [copy, "verify", self.certificate, "--key", self.public]
        self.assertEqual(support.command(*verify).status, 0)
        path = os.path.join(share, "cases", "defaults.yaml")
        text = read(path)
        for changed in (text.replace(b"Hello", b"Hallo", 1), text.replace(b"cases:", b"cases;", 1)):
            with open(path, "wb") as file:
                file.write(changed)
            outcome = support.command(*verify)
            self.assertEqual(outcome.status, 1, outcome)
            self.assertIn("another catalogue", outcome.err)

    def test_what_is_no_certificate_is_a_bad_file(self):
        for text in ("", "garbage", "[]", "{}", '{"payload": "", "payloadType": "", "signatures": []}', "{" * 100000):
            self.refused("verify", self.file("garbage", text), "--key", self.public, says=["garbage"])
        self.refused("verify", "/no/such/file", "--key", self.public, says=["/no/such/file", "No such file"])

    def test_keys_of_another_kind_are_named(self):
        folder = self.folder
        private, public = make_keys(folder, "x25519", "other")
        attest = ["attest", self.report, "--transcripts", self.transcripts, "--subject", "s=sha256:" + "0" * 64, "-o",
                  self.file("c.json"), "--key"]
        self.refused(*attest, private, says=["X25519", "Ed25519", "openssl genpkey"])
        self.refused(*attest, self.public, says=["public key"])
        self.refused(*attest, self.file("empty", ""), says=["no private key"])
        encrypted = self.file("encrypted.pem")
        openssl("pkey", "-in", self.key, "-aes256", "-passout", "pass:x", "-out", encrypted)
        self.refused(*attest, encrypted, says=["encrypted", "openssl pkey"])
        self.refused("verify", self.certificate, "--key", self.key, says=["private key", "-pubout"])
        self.refused("verify", self.certificate, "--key", public, says=["X25519"])
        self.refused("verify", self.certificate, "--key", self.file("empty"), says=["no public key"])
        self.assertFalse(os.path.exists(self.file("c.json")))

    def test_a_subject_is_a_file_or_a_digest(self):
        attest = ["attest", self.report, "--transcripts", self.transcripts, "--key", self.key, "-o", self.file("c.json")]
        for subject in ("server", "=x", "server=", "server=sha256:123"):
            self.refused(*attest, "--subject", subject, says=["--subject"])
        self.refused(*attest, "--subject", "server=/no/such/file", says=["No such file"])


class Refused(WholeRun):
    """What can't be certified, of a run of which other things could."""

    def changed_report(self, change):
        with open(self.report, encoding="utf-8") as file:
            report = json.load(file)
        change(report)
        return self.file("report.json", json.dumps(report))

    def no_certificate(self, report, says, transcripts=None):
        outcome = self.attest(report, transcripts)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn("no certificate", outcome.err)
        self.assertRegex(outcome.err, says)
        self.assertFalse(os.path.exists(self.file("c.json")))

    def test_a_narrowed_or_interrupted_run(self):
        for change, says in (({"only": ["DIG-1"]}, "--only DIG-1"), ({"skip": ["x"]}, "--skip x"),
                             ({"gtest_filter": "line/*"}, "--gtest_filter"), ({"shard": "1/2"}, "shard 1/2"),
                             ({"known_failing": "known.yaml"}, "known"), ({"interrupted": True}, "interrupted"),
                             ({"merged": 2, "missing": ["line/a.b"]}, "missing")):
            self.no_certificate(self.changed_report(lambda report, c=change: report["selection"].update(c)), says)

    def test_a_report_that_its_transcripts_dont_bear_out(self):
        def edited(report):
            case = report["runs"][0]["cases"][0]
            case["outcome"] = "skip"
            report["runs"][0]["counts"]["pass"] -= 1
            report["runs"][0]["counts"]["skip"] += 1
        self.no_certificate(self.changed_report(edited), "said to be skip, but its transcript says pass")
        self.no_certificate(self.changed_report(lambda report: report.update(seed=2)), "another seed")
        self.no_certificate(self.changed_report(lambda report: report["runs"].append(
            report["runs"][0] | {"profile": "other"})), "other profiles")

    def test_a_run_that_left_cases_out_without_saying_so(self):
        def shorter(report):
            run = report["runs"][0]
            gone = run["cases"].pop(0)
            run["counts"][gone["outcome"]] -= 1
        self.no_certificate(self.changed_report(shorter), "all cases of the catalogue are needed")

    def test_transcripts_that_are_none(self):
        for text, says in (("", "ends here"), ("{}\n", "format"), ("[]\n", "object"), ("nonsense\n", "JSON")):
            outcome = self.attest(transcripts=self.file("bad.jsonl", text))
            self.assertEqual(outcome.status, 2, outcome)
            self.assertIn(says, outcome.err)


class Faulty(support.Case):
    """A run that failed can't be certified; but its transcripts say just what its report says."""

    def agrees(self, behave, *arguments):
        key, _ = make_keys(self.folder)
        report, transcripts = self.file("r.json"), self.file("t.jsonl")
        with Server(behave) as server:
            support.md5spec("run", "--target", server.target, "--profile", "line", "--timeout-scale", "0.25", "--report",
                            report, "--transcripts", transcripts, *arguments)
        return self.refusal(report, transcripts, key)

    def refusal(self, report, transcripts, key):
        outcome = support.md5spec("attest", report, "--transcripts", transcripts, "--subject", "s=sha256:" + "0" * 64,
                                  "--key", key, "-o", self.file("c.json"))
        self.assertEqual(outcome.status, 1, outcome)
        self.assertNotRegex(outcome.err, "said to be|has no transcript", outcome.err)
        return outcome.err

    def test_a_wrong_digest(self):
        self.assertIn("NOT conformant", self.agrees(lines(lambda message: digest(message + b"\n") + b"\n")))

    def test_a_wrong_digest_of_some(self):
        self.assertIn("NOT conformant", self.agrees(
            lines(lambda message: digest(message.strip()) + b"\n")))

    def test_no_answer_at_all(self):
        self.assertIn("NOT conformant", self.agrees(in_silence))

    def test_a_close_at_once(self):
        self.assertIn("NOT conformant", self.agrees(close_at_once))

    def test_a_part_of_a_run(self):
        self.assertIn("narrowed", self.agrees(lines(lambda message: digest(message) + b"\n"), "--only", "DIG-1"))

    def test_faults_of_the_gallery(self):
        key, _ = make_keys(self.folder)
        listed = subprocess.run([sys.executable, FAULTY_SERVER, "--list-faults", "--json"], capture_output=True, check=True)
        faults = [fault for fault in json.loads(listed.stdout) if "line" in fault["framings"] and not fault["tls"]]
        for fault in faults[::max(1, len(faults) // 4)]:
            with self.subTest(fault["id"]):
                server = subprocess.Popen([sys.executable, FAULTY_SERVER, "--framing", "line", "--fault", fault["id"],
                                           "--port", "0"], stdout=subprocess.PIPE)
                try:
                    port = re.search(rb":(\d+)", server.stdout.readline())[1].decode()
                    report, transcripts = self.file("r.json"), self.file("t.jsonl")
                    support.md5spec("run", "--target", f"127.0.0.1:{port}", "--profile", "line", "--timeout-scale", "0.25",
                                    "--only", "DIG-*", "--only", "REP-*", "--only", "SEQ-1", "--report", report,
                                    "--transcripts", transcripts)
                finally:
                    server.kill()
                    server.wait()
                    server.stdout.close()
                self.refusal(report, transcripts, key)


if __name__ == "__main__":
    support.main()
