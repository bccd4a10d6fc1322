"""Reports for people and for other programs: HTML, Markdown, a badge, GitHub's annotations and step summary, comparisons."""

import json
import os
import re

import support
from support import Server, classic, digest


def wrong_for_some(message):
    return digest(b"something else" if message.startswith(b"H") else message)


class Written(support.Case):
    def run_against(self, answer, *arguments, status, **variables):
        with Server(classic(answer)) as server:
            return self.run_md5spec(status, "run", "--target", server.target, "--only", "defaults.*", *arguments, **variables)

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()


class Formats(Written):
    def test_one_run_writes_them_all(self):
        names = ("r.json", "r.html", "r.md", "r.xml", "r.badge.json")
        self.run_against(wrong_for_some, *[word for name in names for word in ("--report", self.file(name))], status=1)
        self.assertIn("Not conformant</span></h1>", self.read("r.html"))
        self.assertIn("| `classic` | ❌ NOT conformant", self.read("r.md"))
        badge = json.loads(self.read("r.badge.json"))
        self.assertEqual(badge, {"schemaVersion": 1, "label": "MD5 server", "message": "not conformant (in part)", "color": "red"})
        self.assertEqual(json.loads(self.read("r.json"))["format"], "md5spec-report/1")

    def test_an_unknown_ending_names_those_that_are_known(self):
        self.refused("run", "--report", self.file("r.txt"), says=(".json", ".xml", ".html", ".md", ".badge.json"))

    def annotations(self, workspace, summary):
        """What GitHub takes for commands, once it may."""
        outcome = self.run_against(wrong_for_some, status=1, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=summary,
                                   GITHUB_WORKSPACE=workspace)
        lines = outcome.out.splitlines()
        stopped = re.fullmatch(r"::stop-commands::(md5spec-[0-9a-f]{32})", lines[0])
        self.assertTrue(stopped, lines[0])
        again = lines.index(f"::{stopped[1]}::")
        # Whatever a server may have sent is printed while commands are off; after that come ours only.
        self.assertTrue(any("[fail] classic/defaults.hello_server" in line for line in lines[:again]))
        self.assertEqual(len(lines[again + 1:]), 3)
        return lines[again + 1:]

    def test_github_gets_annotations_and_a_summary(self):
        summary = self.file("summary.md", "before\n")
        for line in self.annotations("/nowhere", summary):
            self.assertRegex(line, r"^::error title=classic/defaults\.\w+%3A fail::DIG-1: ")
        self.assertTrue(self.read("summary.md").startswith("before\n## ❌ md5spec: Not conformant\n"))

    def test_a_case_file_of_the_workspace_is_named(self):
        cases = os.path.dirname(json.loads(self.run_md5spec(0, "list", "--json").out)[0]["file"])
        for line in self.annotations(os.path.dirname(cases), self.file("summary.md", "")):
            self.assertRegex(line, r"^::error file=[^/:,]+/defaults\.yaml,line=\d+,title=classic/defaults\.\w+%3A fail::DIG-1: ")

    def test_nobody_else_does(self):
        summary = self.file("summary.md", "before\n")
        outcome = self.run_against(wrong_for_some, status=1, GITHUB_ACTIONS=None, GITHUB_STEP_SUMMARY=summary)
        self.assertNotIn("::", outcome.out.replace("[::", ""))
        self.assertEqual(self.read("summary.md"), "before\n")


class Compare(Written):
    def reports(self):
        self.run_against(digest, "--report", self.file("old.json"), status=0)
        self.run_against(wrong_for_some, "--report", self.file("new.json"), status=1)

    def test_what_got_worse_ends_with_status_1(self):
        self.reports()
        old, new = self.file("old.json"), self.file("new.json")
        outcome = self.run_md5spec(1, "compare", old, new)
        self.assertIn("### Worse (3)", outcome.out)
        self.assertIn("| `classic/defaults.hello_server` | pass | fail |", outcome.out)
        self.assertIn("### Better (3)", self.run_md5spec(0, "compare", new, old).out)
        self.assertIn("0 differ", self.run_md5spec(0, "compare", old, old).out)

    def test_several_stand_side_by_side(self):
        self.reports()
        self.run_md5spec(0, "compare", self.file("old.json"), self.file("new.json"), self.file("old.json"), "--report",
                         self.file("c.html"), "--report", self.file("c.md"))
        self.assertIn("3 cases differ</h1>", self.read("c.html"))
        self.assertIn("<tr id=\"DIG-1\">", self.read("c.html"))
        self.assertIn("| `defaults.hello_server` | pass | fail | pass |", self.read("c.md"))
        # How the three behaved is told beside it, and is alike.
        self.assertIn('<section id="behaviour">', self.read("c.html"))
        self.assertIn("| A reply arrives in | one piece (10) | one piece (10) | one piece (10) |",
                      self.read("c.md").replace("\\", ""))

    def test_bad_usage(self):
        self.reports()
        old = self.file("old.json")
        self.refused("compare", old, says=("two reports",))
        self.refused("compare", old, old, "--report", self.file("c.txt"), says=(".html", ".md"))
        self.refused("compare", old, self.file("missing.json"), says=("missing.json",))
        self.refused("compare", old, self.file("not.json", "{"), says=("not.json",))


if __name__ == "__main__":
    support.main()
