#!/usr/bin/env python3
"""Lists of known failures that are out of date: the repair that is printed is carried out, and the next run ends well."""

import json
import os
import re

import support
from support import Server, digest, lines

# What the server gets right, and what it gets wrong.
RIGHT, WRONG = "defaults.python_is_fun", "defaults.hello_server"

# Every way to write a list in which one entry holds and the other doesn't.
LISTS = {
    "a comment inside an entry": f"- case: {RIGHT}\n  # issue 12\n  reason: ex\n- case: {WRONG}\n  reason: why\n",
    "a blank line inside an entry": f"- case: {RIGHT}\n\n  reason: ex\n- case: {WRONG}\n  reason: why\n",
    "a comment in column 0": f"- case: {RIGHT}\n# about the reason\n  reason: why\n- case: {WRONG}\n  reason: why\n",
    "dashes alone": f"-\n  case: {RIGHT}\n  reason: ex\n-\n  case: {WRONG}\n  reason: why\n",
    "a block of text": f"- case: {RIGHT}\n  reason: |\n    a\n\n    - b\n    # c\n- case: {WRONG}\n  reason: why\n",
    "a folded last one": f"- case: {WRONG}\n  reason: why\n- case: {RIGHT}\n  reason: >\n    a\n\n    b\n\n# the end\n",
    "a reason in column 1": f"- case: {RIGHT}\n  reason:\n   a\n   b\n- case: {WRONG}\n  reason: why\n",
    "quotes over lines": f"- {{case: {RIGHT}, reason: \"a\n\n  b\"}}\n- {{case: {WRONG}, reason: w}}\n",
    "brackets on one line": f"[{{case: {RIGHT}, reason: ex}}, {{case: {WRONG}, reason: keep, until: 2130-01-01}}]\n",
    "brackets on several lines": f"[\n  {{case: {RIGHT}, reason: ex}},\n  {{case: {WRONG}, reason: why}}\n]\n",
    "a bracket behind the last": f"[\n  {{case: {WRONG}, reason: ex}},\n  {{case: {RIGHT}, reason: why}}]\n",
    "indented": f"  - case: {RIGHT}\n    reason: ex\n  - case: {WRONG}\n    reason: why\n",
    "indented, and a pattern": f"  - case: defaults.*\n    reason: ex\n  - case: {WRONG}\n    reason: why\n",
    "two patterns": f"- case: defaults.*\n  reason: ex\n- case: \"*.hello_*\"\n  reason: why\n- case: DIG-1\n  reason: z\n",
    "an indented pattern alone": "  - case: defaults.*\n    reason: ex\n",
    "a document's marks": f"---\n- case: {RIGHT}\n  reason: why\n- case: {WRONG}\n  reason: w\n...\n",
    "a document's marks and a pattern": "---\n- case: defaults.*\n  reason: why\n...\n",
    "Windows line ends": f"- case: {RIGHT}\r\n  reason: ex\r\n- case: {WRONG}\r\n  reason: why\r\n",
    "Windows line ends and a pattern": "- case: defaults.*\r\n  reason: ex\r\n# end\r\n",
    "anchors": f"- {{case: {RIGHT}, reason: &a why}}\n- {{case: {WRONG}, reason: *a}}\n",
    "an entry over two lines": f"- {{case: {RIGHT},\n   reason: why}}\n- {{case: {WRONG}, reason: w}}\n",
    "no newline at the end": f"- case: {WRONG}\n  reason: why\n- case: defaults.*\n  reason: \"a\"",
    "no newline behind what stays": f"- {{case: defaults.*, reason: w}}\n- {{case: {RIGHT}, reason: w, profile: classic}}",
    "an expired one": f"- case: {WRONG}\n  reason: why\n- case: {RIGHT}\n  reason: a\n  until: 2020-02-29\n",
    "one that matches nothing": f"- case: no.such_case\n  reason: a\n- case: {WRONG}\n  reason: why\n",
    "characters that need escapes": "- case: DIG-1\n  reason: \"a\\x07b\\\\x07 #c: \\\"d\\\" \\u202e \\U0001F600 \\n é\"\n  until: 2130-01-31\n",
    "a profile of a strange name": f"- {{case: defaults.*, profile: line, reason: r}}\n- {{case: {RIGHT}, profile: \"123\", reason: r}}\n",
}
# Of these nothing is left once the server is right, which is the usual end of a list.
ALL_GONE = ("a blank line inside an entry", "a folded last one", "brackets on one line", "a bracket behind the last", "indented",
            "an indented pattern alone", "a document's marks", "Windows line ends", "no newline at the end", "an expired one")


def right(message):
    return digest(message) + b"\n"


def wrong(message):
    return digest(b"something else" if message == b"Hello, server!" else message) + b"\n"


class Repair(support.Case):
    only = ["--only", "defaults.*"]

    def start(self, behave):
        server = Server(lines(behave))
        self.addCleanup(server.stop)
        self.server = ["--target", server.target, "--profile", "line"]

    def list_of(self, text, name="known.yaml"):
        path = self.file(name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def run_with(self, status, path, *arguments):
        return self.run_md5spec(status, "run", *self.server, *(arguments or self.only), "--known-failing", path)

    def repair(self, outcome, path):
        """Does what the run says, to the letter."""
        said = re.search(r"to mend the list: ((?:.|\n)*)", outcome.out)
        self.assertIsNotNone(said, outcome)
        script, additions = [], []
        for line in said[1].splitlines():
            added = re.match("then add: (.*)", line)
            (additions if added else script).append(added[1] if added else line)
        done = support.command("sh", "-c", "\n".join(script), cwd=self.folder)
        self.assertEqual((done.status, done.err), (0, ""), said[0])
        with open(path, "a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in additions))

    def content(self, path):
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()

    def mend(self, text, *arguments, name="known.yaml"):
        """A run with a stale list, its repair, and a run that ends well."""
        path = self.list_of(text, name)
        self.repair(self.run_with(5, path, *arguments), path)
        again = self.run_with(0, path, *arguments)
        self.assertNotIn("to mend the list", again.out)


class EveryList(Repair):
    def test_each_can_be_mended_as_the_run_says(self):
        self.start(wrong)
        for number, (name, text) in enumerate(LISTS.items()):
            with self.subTest(name):
                self.mend(text, name=f"known{number}.yaml")
        self.run_md5spec(0, "lint", self.folder)

    def test_what_still_fails_keeps_its_reason(self):
        self.start(wrong)
        reasons = []
        report = self.file("report.json")
        path = self.list_of(LISTS["characters that need escapes"])
        for status in (5, 0):
            outcome = self.run_with(status, path, *self.only, "--report", report)
            if status == 5:
                self.repair(outcome, path)
            with open(report, encoding="utf-8") as file:
                reasons += [case["known_failing"] for case in json.load(file)["runs"][0]["cases"] if case["id"] == WRONG]
        self.assertEqual(reasons[0], reasons[1])
        kept = self.content(path)
        self.assertIn(r'reason: "a\x07b\\x07 #c: \"d\" \u202e', kept)
        self.assertIn("until: 2130-01-31", kept)

    def test_lines_that_hold_stay_as_they_are(self):
        self.start(wrong)
        for text in ("# ours\n- case: {}\n  # issue 12\n  reason: ex\n# of the next\n{}# last\n",):
            stays = f"- case: {WRONG}\n  # why\n  reason: |\n    because\n"
            path = self.list_of(text.format(RIGHT, stays))
            self.repair(self.run_with(5, path), path)
            self.assertEqual(self.content(path), f"# ours\n# of the next\n{stays}# last\n")

    def test_the_last_known_failure_is_mended(self):
        self.start(right)
        for number, name in enumerate(ALL_GONE):
            with self.subTest(name):
                self.mend(LISTS[name], name=f"known{number}.yaml")
        self.run_md5spec(0, "lint", self.folder)

    def test_a_list_that_was_emptied_is_an_empty_one(self):
        self.start(right)
        for text in ("", "\n", "# nothing is known\n", "---\n", "[]\n"):
            self.run_with(0, self.list_of(text))

    def test_any_name_of_a_file_will_do(self):
        self.start(right)
        for name in ("it's known.yaml", "-k.yaml", "k\x1b$(id)\".yaml", "é.yaml"):
            with self.subTest(name):
                path = self.list_of(f"- case: {RIGHT}\n  reason: r\n", name)
                outcome = self.run_md5spec(5, "run", *self.server, *self.only, f"--known-failing={name}", cwd=self.folder)
                self.repair(outcome, path)
                self.run_with(0, path)

    def test_a_link_to_a_list_stays_one(self):
        self.start(right)
        for text in (f"- case: {RIGHT}\n  reason: r\n", f"[{{case: {RIGHT}, reason: r}}]\n"):
            path, link = self.list_of(text, "target.yaml"), self.file("link.yaml")
            if not os.path.islink(link):
                os.symlink("target.yaml", link)
            self.repair(self.run_with(5, link), link)
            self.assertTrue(os.path.islink(link))
            self.run_with(0, path)

    def test_a_list_may_come_through_a_pipe(self):
        self.start(right)
        done = support.command("bash", "-c", f"'{support.MD5SPEC}' run --target {self.server[1]} --profile line --only defaults.* "
                               f"--known-failing <(printf '%s\\n' '- {{case: {RIGHT}, reason: r}}')")
        self.assertEqual(done.status, 5, done)
        self.assertIn("to mend the list: cat > known_failing.yaml <<'END'\n[]\nEND\n", done.out)


class NarrowedRuns(Repair):
    """What a run didn't carry out it can't tell anything of: entries about that are left alone."""

    def test_entries_about_what_wasnt_selected_are_left_alone(self):
        self.start(right)
        path = self.list_of(f"- {{case: rfc1321.*, reason: r}}\n- {{case: {WRONG}, profile: classic, reason: r}}\n")
        outcome = self.run_with(0, path)
        self.assertNotIn("stale", outcome.out)

    def test_a_pattern_of_which_only_a_part_was_run_is_kept_for_the_rest(self):
        self.start(wrong)
        for arguments in (["--only", RIGHT], ["--only", "defaults.*", "--skip", WRONG],
                          ["--gtest_filter=line/" + RIGHT]):
            with self.subTest(arguments):
                self.mend("- case: defaults.*\n  reason: ex\n", *arguments)
                kept = self.content(self.file("known.yaml"))
                self.assertIn(f"case: {WRONG}, profile: line", kept)
                self.assertNotIn(RIGHT, kept)

    def test_what_a_narrowed_run_left_is_right_for_the_whole(self):
        self.start(wrong)
        path = self.list_of("- case: defaults.*\n  reason: ex\n")
        self.repair(self.run_with(5, path, "--only", RIGHT), path)
        self.repair(self.run_with(5, path), path)
        self.run_with(0, path)
        self.assertEqual(self.content(path), f"- {{case: {WRONG}, profile: line, reason: \"ex\"}}\n")

    def test_a_shard_takes_nothing_from_another(self):
        self.start(wrong)
        path = self.list_of("- case: defaults.*\n  reason: ex\n")
        shards = [{"GTEST_TOTAL_SHARDS": "2", "GTEST_SHARD_INDEX": index} for index in "01"]
        for shard in shards:
            outcome = self.run_md5spec(5, "run", *self.server, *self.only, "--known-failing", path, **shard)
            self.repair(outcome, path)
        for shard in shards:
            self.run_md5spec(0, "run", *self.server, *self.only, "--known-failing", path, **shard)
        self.run_with(0, path)

    def test_an_entry_is_kept_for_the_profiles_that_werent_run(self):
        # The list names another profile, so the server may speak that one as well.
        self.start(right)
        text = f"- {{case: {WRONG}, reason: ex}}\n- {{case: DIG-2, profile: classic, reason: r}}\n"
        path = self.list_of(text)
        self.repair(self.run_with(5, path), path)
        self.assertEqual(self.content(path), f"- {{case: DIG-2, profile: classic, reason: r}}\n"
                                             f"- {{case: {WRONG}, profile: classic, reason: \"ex\"}}\n")

    def test_a_server_that_takes_a_profile_may_be_run_under_each(self):
        path = self.list_of(f"- {{case: {WRONG}, reason: ex}}\n")
        start = f"{support.REFERENCE_SERVER} --listen {{profile}}={{host}}:{{port}}"
        self.server = ["--start", start, "--profile", "line"]
        self.repair(self.run_with(5, path), path)
        kept = self.content(path)
        self.assertNotIn("profile: line,", kept)
        self.assertIn(f"{{case: {WRONG}, profile: classic, reason: \"ex\"}}", kept)
        self.run_with(0, path)

    def test_what_is_off_by_default_is_kept(self):
        self.start(right)
        path = self.list_of("- case: DIG-5\n  reason: ex\n")
        self.repair(self.run_with(5, path, "--only", "DIG-5"), path)
        listed = self.run_md5spec(0, "list", "--only", "tag:huge").out
        for line in listed.splitlines():
            case, requirement = line.split()[:2]
            if requirement == "DIG-5":
                self.assertIn(f"case: {case}, profile: line", self.content(path))


if __name__ == "__main__":
    support.main()
