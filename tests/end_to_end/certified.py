"""What the tests of certificates share: keys, a run that was certified, and envelopes around what was changed."""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import tempfile

import support


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def make_keys(folder, algorithm="ed25519", name="key"):
    """The paths of a new private and public key."""
    private, public = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".pub.pem")
    openssl("genpkey", "-algorithm", algorithm, "-out", private)
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    return private, public


def read(path):
    with open(path, "rb") as file:
        return file.read()


def pre_authentication_encoding(kind, payload):
    """DSSE's, written from its specification and not from md5spec's source."""
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])


class WholeRun(support.Case):
    """One run of the reference server under a bundled profile, for all tests of a class."""
    profiles = ("line",)

    more = ()  # arguments of the run

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shared = folder.name
        cls.report, cls.transcripts = os.path.join(folder.name, "r.json"), os.path.join(folder.name, "t.jsonl")
        words = [word for profile in cls.profiles for word in ("--profile", profile)]
        outcome = support.md5spec("run", *words, *cls.more, "--report", cls.report, "--transcripts", cls.transcripts)
        if outcome.status != 0:
            raise AssertionError(outcome)
        cls.key, cls.public = make_keys(folder.name)
        cls.certificate = os.path.join(folder.name, "certificate.json")
        outcome = cls.attest_with(cls.report, cls.transcripts, cls.certificate)
        if outcome.status != 0:
            raise AssertionError(outcome)

    @classmethod
    def attest_with(cls, report, transcripts, out):
        return support.md5spec("attest", report, "--transcripts", transcripts, "--subject",
                               f"server={support.REFERENCE_SERVER}", "--key", cls.key, "-o", out)

    def attest(self, report=None, transcripts=None):
        return self.attest_with(report or self.report, transcripts or self.transcripts, self.file("c.json"))

    def verify(self, path, status, *arguments, key=None, **options):
        return self.run_md5spec(status, "verify", path, "--key", key or self.public, *arguments, **options)

    def envelope(self, path=None):
        return json.loads(read(path or self.certificate))

    def statement(self, path=None):
        return json.loads(base64.b64decode(self.envelope(path)["payload"]))

    def sealed(self, statement):
        """An envelope around it, truly signed."""
        payload = json.dumps(statement).encode()
        kind = b"application/vnd.in-toto+json"
        data, signature = self.file("pae"), self.file("sig")
        with open(data, "wb") as file:
            file.write(pre_authentication_encoding(kind, payload))
        openssl("pkeyutl", "-sign", "-inkey", self.key, "-rawin", "-in", data, "-out", signature)
        envelope = self.envelope()
        envelope["payload"] = base64.b64encode(payload).decode()
        envelope["signatures"][0]["sig"] = base64.b64encode(read(signature)).decode()
        return self.file("sealed.json", json.dumps(envelope))

    def with_transcripts(self, change):
        """An envelope, truly signed, whose transcripts were changed and whose digests agree with that."""
        statement = self.statement()
        stored = statement["predicate"]["md5spec"]["transcripts"][0]
        text = change(gzip.decompress(base64.b64decode(stored["data"])))
        stored.update(bytes=len(text), sha256=hashlib.sha256(text).hexdigest(),
                      data=base64.b64encode(gzip.compress(text, 1)).decode())
        return self.sealed(statement)

    def with_rows(self, change):
        """The same, where `change` is given the rows of the first file of transcripts as objects."""
        def changed(text):
            rows = [json.loads(row) for row in text.splitlines()]
            change(rows)
            rows[-1]["end"] = len(rows) - 2
            return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode()
        return self.with_transcripts(changed)

    def with_statement(self, change):
        """An envelope, truly signed, around a statement that was changed."""
        statement = self.statement()
        change(statement)
        return self.sealed(statement)
