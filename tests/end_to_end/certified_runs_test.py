#!/usr/bin/env python3
"""What a conforming server shows under each kind of profile can be certified: whatever it rightly doesn't do, or the client
rightly leaves out, nothing is missed in the transcripts."""


import support
from certified import make_keys
from profiles_test import PROFILES

BRIEFLY = ("--budget", "1s")


class CertifiedRuns(support.Case):
    def certified(self, *arguments, shards=1):
        key, public = make_keys(self.folder)
        reports, kept = [], []
        for shard in range(shards):
            reports.append(self.file(f"r{shard}.json"))
            kept += ["--transcripts", self.file(f"t{shard}.jsonl")]
            self.run_md5spec(0, "run", *arguments, "--report", reports[-1], "--transcripts", kept[-1],
                             GTEST_TOTAL_SHARDS=str(shards), GTEST_SHARD_INDEX=str(shard))
        report = reports[0]
        if shards > 1:
            report = self.file("merged.json")
            self.run_md5spec(0, "merge", *reports, "--report", report)
        certificate = self.file("c.json")
        self.run_md5spec(0, "attest", report, *kept, "--subject", "s=sha256:" + "0" * 64, "--key", key, "-o", certificate)
        self.assertIn("the same verdicts", self.run_md5spec(0, "verify", certificate, "--key", public).out)

    def profile(self, name):
        keys = {"profile": name, **PROFILES[name][0]}
        return self.file(name + ".yaml", "".join(f"{key}: {value}\n" for key, value in keys.items()))

    def test_every_bundled_profile(self):
        self.certified(*BRIEFLY)

    def test_profiles_of_other_kinds(self):
        for names in (("crlf", "at_eof", "banner_unframed", "one_prefix"),
                      ("limited_half_close", "one_unframed", "printable", "a_few", "request")):
            with self.subTest(names):
                words = [word for name in names for word in ("--profile", self.profile(name))]
                self.certified(*words, *BRIEFLY)

    def test_a_server_that_md5spec_starts(self):
        for profile in ("line", "half_close"):
            with self.subTest(profile):
                self.certified("--profile", profile, "--start",
                               support.REFERENCE_SERVER + " --listen {profile}={host}:{port}", *BRIEFLY)

    def test_shards(self):
        self.certified("--profile", "length_prefixed", *BRIEFLY, shards=2)

    def test_one_case_at_a_time_without_a_budget_to_speak_of(self):
        self.certified("--profile", "line", "--jobs", "1", "--budget", "1ms")


if __name__ == "__main__":
    support.main()
