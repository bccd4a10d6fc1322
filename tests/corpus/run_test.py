#!/usr/bin/env python3
"""Holds md5spec run against the corpus; corpus.py says what stands in it, and what is asked of each file.

MD5SPEC and MD5SPEC_REFERENCE_SERVER name the binaries. Needs Debian's python3-yaml.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from corpus import CLASSES, HERE, KINDS, ROOT, Header, files, name_of, requirement_levels

MD5SPEC = os.environ.get("MD5SPEC", str(ROOT / "build" / "bin" / "md5spec"))
SERVER = os.environ.get("MD5SPEC_REFERENCE_SERVER", str(ROOT / "build" / "bin" / "md5-reference-server"))
PATIENCE = 120  # seconds; only what is broken is waited for so long
AT_ONCE = 4  # much of a run is waiting
ONE_EXCHANGE = HERE / "valid_pass" / "cases" / "one_exchange.yaml"
# Where silence is what is to be found, it needn't be long. A busy machine gets the profile's own time, the second time.
HURRY = 0.25
# Of cases with the tag huge.
ONLY_LOADED = "huge messages are off by default (--tags huge)"


class Programs:
    """md5spec with a catalogue of its own that has the requirements and no cases: neither have the bundled ones to be
    loaded for each file, nor do they blame anything that the corpus's are to blame. Beside it the corpus's profiles, and
    the certificates that they name."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.md5spec = self.folder / "bin" / "md5spec"
        self.md5spec.parent.mkdir()
        shutil.copy2(MD5SPEC, self.md5spec)
        data = self.folder / "share" / "md5spec"
        shutil.copytree(ROOT / "fixtures" / "profiles", data / "profiles")
        (data / "cases").mkdir()
        shutil.copy2(ROOT / "cases" / "requirements.yaml", data / "cases")
        for which in CLASSES[1:]:
            shutil.copytree(HERE / which / "profiles", self.folder / which / "profiles")
        self.certificates = self.folder / "valid_pass" / "profiles"
        subprocess.run([ROOT / "fixtures" / "tls" / "make_certificates", self.certificates], check=True, timeout=PATIENCE,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.make_stranger()
        for pem in [*self.certificates.glob("*.pem"), *self.certificates.glob("*.key")]:
            shutil.copy2(pem, self.folder / "valid_fail" / "profiles")

    def make_stranger(self):
        """Certificates of an authority that nobody here trusts."""
        with tempfile.TemporaryDirectory(dir=self.folder) as other:
            subprocess.run([ROOT / "fixtures" / "tls" / "make_certificates", other], check=True, timeout=PATIENCE,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for name, stranger in (("ca.pem", "other_ca.pem"), ("client.pem", "stranger.pem"), ("client.key", "stranger.key")):
                shutil.copy2(os.path.join(other, name), self.certificates / stranger)

    def run(self, *arguments):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MD5SPEC_", "GTEST_", "GITHUB_"))}
        clean["SSL_CERT_FILE"] = str(self.certificates / "ca.pem")
        return subprocess.run([self.md5spec, "run", *arguments], env=clean, capture_output=True, text=True,
                              errors="replace", stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)

    def profile(self, name):
        """The corpus's profile of that name, or else the bundled one."""
        for which in CLASSES[1:]:
            path = self.folder / which / "profiles" / f"{name}.yaml"
            if path.exists():
                return str(path)
        return name

    def server(self, words):
        """The command of a server: PROFILE OPTION…"""
        profile, *options = shlex.split(words.replace("{certificates}", str(self.certificates)))
        if "--tls-cert" not in options:
            options += ["--tls-cert", self.certificates / "server.pem"]
        options += ["--tls-key", self.certificates / "server.key"]
        command = [SERVER, "--listen", self.profile(profile) + "={host}:{port}", *options]
        return shlex.join(map(str, command))


class Batch:
    """Files whose cases can be carried out in one run."""

    def __init__(self, profile, server, blames):
        self.profile, self.server, self.blames = profile, server, blames
        self.headers = {}  # by the group
        self.case_files = []

    def add(self, group, header, case_file):
        if case_file in self.case_files:
            return
        assert group not in self.headers, f"{name_of(case_file)}: another file of the same run has the group {group}, too"
        self.headers[group] = header
        self.case_files.append(case_file)

    def describe(self):
        return f"profile {self.profile}, server {self.server}"


def group_of(case_file):
    return re.search(r'^group: "?(\w+)"?$', case_file.read_text(encoding="utf-8"), re.MULTILINE)[1]


def batches(which):
    """All of a class's, the longest first. What would be blamed on another requirement is kept out of a run: it may block
    this one's cases."""
    found = {}

    def batch(kind, *key):
        return found.setdefault((kind, *key), Batch(*key))

    for kind in KINDS:
        for path in files(which, kind):
            header = Header(path)
            blames = header.one("blames") if which == "valid_fail" else None
            profile = header.one("profile", "line") if kind == "cases" else path.stem
            server = header.one("server", profile)
            case_files = [path]
            if kind == "profiles":
                case_files = [HERE / "valid_pass" / "cases" / f"{name}.yaml"
                              for name in header.one("cases", ONE_EXCHANGE.stem).split()]
            for case_file in case_files:
                batch(kind, profile, server, blames).add(group_of(case_file), header, case_file)
    if which == "valid_fail":
        for (kind, *_), one in found.items():
            if kind == "cases":
                one.case_files.append(ONE_EXCHANGE)  # which has to pass, so that the others fail for what they do themselves
    return sorted(found.values(), key=lambda one: len(one.case_files), reverse=True)


def run_batch(programs, batch, scale):
    """The outcome of each case, or what md5spec said instead."""
    with tempfile.TemporaryDirectory(dir=programs.folder) as folder:
        report = os.path.join(folder, "report.json")
        arguments = ["--profile", programs.profile(batch.profile), "--start", programs.server(batch.server), "--jobs", "16",
                     "--budget", "200ms", "--timeout-scale", str(scale), "--report", report]
        for case_file in batch.case_files:
            arguments += ["--cases", case_file]
        done = programs.run(*arguments)
        if not os.path.exists(report):
            return None, f"exit status {done.returncode}: {done.stderr or done.stdout}"
        with open(report, encoding="utf-8") as file:
            cases = json.load(file)["runs"][0]["cases"]
        return [case for case in cases if case.get("reason") != ONLY_LOADED], None


class Corpus(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.programs = Programs(folder.name)
        cls.levels = requirement_levels()

    def side_by_side(self, function, items):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for faults in pool.map(function, items):
                for fault in faults:
                    with self.subTest():
                        self.fail(fault)

    # Nothing is listening at the target: what is refused is refused before that matters.
    def said_of_invalid(self, path):
        files_given = ["--cases", path]
        if path.parent.name == "profiles":
            files_given = ["--profile", path, "--cases", ONE_EXCHANGE]
        done = self.programs.run("--target", "127.0.0.1:1", *files_given)
        expected = path.with_suffix(".expected").read_text(encoding="utf-8")
        said = done.stderr.replace(f"{path.parent}/", "")
        if done.returncode == 2 and said == "md5spec: " + expected and not done.stdout:
            return []
        return [f"{name_of(path)} has to be refused with status 2 and\n  {expected}not with {done.returncode} and\n"
                f"  {done.stdout}{said}"]

    def test_invalid(self):
        for kind in KINDS:
            for expected in (HERE / "invalid" / kind).glob("*.expected"):
                self.assertTrue(expected.with_suffix(".yaml").exists(), f"{name_of(expected)} is about no file")
            self.side_by_side(self.said_of_invalid, files("invalid", kind))

    def outcomes(self, batch, scale, is_good):
        cases, trouble = run_batch(self.programs, batch, scale)
        if cases is not None and not all(is_good(case) for case in cases):
            shortage = any(case.get("culprit") == "environment" for case in cases)
            if shortage or scale < 1:
                cases, trouble = run_batch(self.programs, batch, 4 * scale)
        return cases, trouble

    def faults_of_failing(self, batch):
        wanted = "fail" if self.levels[batch.blames] == "MUST" else "warn"
        stated = {group: header.all("reason") for group, header in batch.headers.items()}

        def is_good(case):
            group = case["id"].split(".")[0]
            if group not in stated:
                return case["outcome"] == "pass"
            blamed = {finding["requirement"] for finding in case["findings"]}
            reason = case.get("reason", "")
            return case["outcome"] == wanted and blamed == {batch.blames} and any(one in reason for one in stated[group])

        cases, trouble = self.outcomes(batch, HURRY, is_good)
        if trouble:
            return [f"{batch.describe()}: {trouble}"]
        faults = []
        unseen = {(group, reason) for group, reasons in stated.items() for reason in reasons}
        for case in cases:
            group = case["id"].split(".")[0]
            reason = case.get("reason", "")
            unseen = {one for one in unseen if one[0] != group or one[1] not in reason}
            if is_good(case):
                continue
            if group not in stated:
                faults.append(f"{batch.describe()}: {case['id']} has to pass beside the others; but it's {case['outcome']}: {reason}")
            else:
                blamed = ", ".join(sorted({finding["requirement"] for finding in case["findings"]})) or "nothing"
                faults.append(f"{name_of(batch.headers[group].path)}: {case['id']} has to {wanted} for {batch.blames}, because "
                              f"'{' | '.join(stated[group])}'; but it's {case['outcome']} ({blamed}): {reason}")
        faults += [f"{name_of(batch.headers[group].path)}: no case has the reason '{reason}'" for group, reason in sorted(unseen)]
        return faults + self.left_out(batch, cases)

    def faults_of_passing(self, batch):
        def is_good(case):
            return case["outcome"] == "pass"

        cases, trouble = self.outcomes(batch, 1, is_good)
        if trouble:
            return [f"{batch.describe()}: {trouble}"]
        faults = []
        for case in cases:
            if not is_good(case):
                path = batch.headers[case["id"].split(".")[0]].path
                faults.append(f"{name_of(path)}: {case['id']} has to pass; but it's {case['outcome']}: {case.get('reason')}")
        return faults + self.left_out(batch, cases)

    @staticmethod
    def left_out(batch, cases):
        seen = {case["id"].split(".")[0] for case in cases}
        return [f"{name_of(header.path)}: none of its cases was carried out"
                for group, header in batch.headers.items() if group not in seen]

    def test_valid_fail(self):
        self.side_by_side(self.faults_of_failing, batches("valid_fail"))

    def test_valid_pass(self):
        self.side_by_side(self.faults_of_passing, batches("valid_pass"))


if __name__ == "__main__":
    if not os.access(MD5SPEC, os.X_OK) or not os.access(SERVER, os.X_OK):
        raise SystemExit("MD5SPEC and MD5SPEC_REFERENCE_SERVER must name the built programs")
    unittest.main()
