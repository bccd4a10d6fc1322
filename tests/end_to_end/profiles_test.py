#!/usr/bin/env python3
"""The reference server must conform under profiles of every kind, and the requirements that only some of them bring into
play must have been judged there. MD5SPEC and MD5SPEC_REFERENCE_SERVER name the programs.
"""

import json

import support

# What each profile says, and requirements that it is here for: under all of them some case must have passed.
PROFILES = {
    "crlf": ({"framing": "delimited", "delimiter": r'"\r\n"', "reply": r'"{HEX}\r\n"'}, ["STR-4", "RES-4", "SEQ-2"]),
    "optional_cr": ({"framing": "delimited", "optional_cr": "true", "reply": r'"{any_hex}\n"'}, ["STR-4", "RES-4"]),
    "words": ({"framing": "delimited", "delimiter": '"\\n--\\n"', "at_eof": "answer", "reply": '"{base64}\\n"'},
              ["STR-4", "SEQ-1"]),
    "at_eof": ({"framing": "delimited", "at_eof": "answer", "reply": r'"{hex}\n"'}, ["SEQ-1", "CON-3"]),
    "frame_digest": ({"framing": "delimited", "digest_covers": "frame", "at_eof": "answer", "reply": r'"{hex}\n"'},
                     ["DIG-3", "STR-2"]),
    "limited_line": ({"framing": "delimited", "reply": r'"{hex}\n"', "limits": "{message_bytes: 4KiB}"},
                     ["RES-5", "RES-10", "DIG-5"]),
    "limited_half_close": ({"framing": "half_close", "limits": "{message_bytes: 100KiB}"}, ["RES-5", "RES-10"]),
    "limited_prefix": ({"framing": "length_prefixed", "limits": "{message_bytes: 70000}"}, ["RES-5", "RES-10"]),
    "answers_oversize": ({"framing": "length_prefixed", "limits": "{message_bytes: 2000, oversize: answer}"}, ["RES-5"]),
    "u8": ({"framing": "length_prefixed", "length": "{bytes: 1}", "reply": '"{raw}"'}, ["DIG-4", "RES-4"]),
    "u16_little": ({"framing": "length_prefixed", "length": "{bytes: 2, order: little}", "reply": '"{HEX}"'}, ["STR-4"]),
    "u64": ({"framing": "length_prefixed", "length": "{bytes: 8}", "reply": '"{base64}"'}, ["STR-4"]),
    "counts_frame": ({"framing": "length_prefixed", "length": "{bytes: 4, order: little, counts: frame}",
                      "digest_covers": "frame"}, ["STR-4", "DIG-3"]),
    "request": ({"framing": "delimited", "request": '"get {message}"', "reply": r'"{length} {hex} {message}\n"'},
                ["CNC-2", "SEQ-2"]),
    "banner": ({"framing": "delimited", "banner": r'"MD5 ready\r\n"', "reply": r'"{hex}\n"'}, ["CON-2", "RES-3"]),
    "banner_unframed": ({"framing": "unframed", "banner": '"> "', "limits": "{message_bytes: 512}"}, ["CON-2", "DIG-5"]),
    "one_line": ({"framing": "delimited", "exchanges": "one", "reply": r'"{hex}\n"'}, ["CON-4", "REP-4"]),
    "one_prefix": ({"framing": "length_prefixed", "exchanges": "one", "limits": "{message_bytes: 4096}"},
                   ["CON-4", "RES-5", "RES-10"]),
    "one_unframed": ({"framing": "unframed", "exchanges": "one"}, ["CON-4", "REP-4"]),
    "printable": ({"framing": "delimited", "accepts": "printable", "reply": r'"{hex}\n"'}, ["DIG-1", "STR-2"]),
    "lower_case": ({"framing": "half_close", "accepts": '{regex: "[a-z]+"}'}, ["DIG-5", "STR-1"]),
    "a_few": ({"framing": "delimited", "limits": "{connections: 2, message_bytes: 1000}", "reply": r'"{hex}\n"'},
              ["CNC-1", "CNC-3", "RES-5"]),
    "one_by_one": ({"framing": "length_prefixed", "limits": "{connections: 1, message_bytes: 1000}"}, ["CON-5", "RES-5"]),
}
# What a message consists of is the bundled profiles' matter, and takes most of a run's time.
BRIEFLY = ["--budget", "1s", "--skip", "tag:large"] + [
    word for group in ("bytes", "hard_digests", "texts", "utf8", "utf8_ill_formed") for word in ("--skip", group + ".*")]


class Profiles(support.Case):
    def run_under(self, names):
        report = self.file("report.json")
        chosen = []
        for name in names:
            keys = {"profile": name, **PROFILES[name][0]}
            text = "".join(f"{key}: {value}\n" for key, value in keys.items())
            chosen += ["--profile", self.file(name + ".yaml", text)]
        outcome = support.md5spec("run", *chosen, *BRIEFLY, "--report", report)
        with open(report, encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        self.assertEqual([run["profile"] for run in runs], names)
        for run in runs:
            with self.subTest(profile=run["profile"]):
                broken = [f"{case['outcome']} {case['id']}: {case.get('reason')}" for case in run["cases"]
                          if case["outcome"] not in ("pass", "skip")
                          and case.get("culprit") != "environment"]  # this machine was too busy
                self.assertEqual(broken, [])
                outcomes = {one["id"]: one["outcome"] for one in run["requirements"]}
                for requirement in PROFILES[run["profile"]][1]:
                    self.assertIn(outcomes[requirement], ("pass", "error"), requirement)
        self.assertIn(outcome.status, (0, 3), outcome)


def add_test(number, names):
    setattr(Profiles, f"test_{number}_{'_and_'.join(names)}", lambda self: self.run_under(names))


ALL = list(PROFILES)
for first in range(0, len(ALL), 4):
    add_test(first, ALL[first:first + 4])

if __name__ == "__main__":
    support.main()
