#!/usr/bin/env python3
"""The documentation holds: every link in it leads somewhere, and every command that it shows does what it says.

Commands are those in blocks marked ```sh, and those of the pipelines in docs/ci.md. They are carried out in a folder that has
what the text presupposes: a server to start (`./server --port PORT`, which speaks the `line` profile), one that listens, and
the files that the text names. What would change the machine or take minutes isn't carried out: see ELSEWHERE.
"""

import os
import pathlib
import re
import subprocess

import yaml

import support
from support import reference_server

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([SOURCE / "README.md", *(SOURCE / "docs").glob("*.md"), SOURCE / "fixtures/servers/README.md"])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 240

# Commands that other tests carry out, or that are how the tests themselves were built.
ELSEWHERE = {
    r"\./selftest\b": "it runs these tests",
    r"cmake (--preset|--build|--workflow) ?": "how this was built; presets_exist looks at the presets that are named",
    r"cpack ": "install_test.py",
    r"apt-get ": "it changes the machine",
    r"tests/(fuzz|mutation|benchmark|detection)/": "it takes minutes; tests of their own run it in short",
}
# Commands that reach out of this machine, or that a reader's own project has.
STAND_INS = {"curl": 'touch "$2"', "sudo": "true", "make": "true"}


def text_of(page):
    return page.read_text(encoding="utf-8")


def blocks(page, language):
    return [body for name, body in FENCE.findall(text_of(page)) if name == language]


def commands(block):
    joined = re.sub(r"\\\n\s*", " ", block)
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class Links(support.Case):
    def test_every_link_leads_somewhere(self):
        for page in PAGES:
            prose = FENCE.sub("", text_of(page))
            for target in re.findall(r"\]\(([^)\s]+)\)", prose):
                if re.match(r"https?://", target):
                    continue
                path, _, fragment = target.partition("#")
                other = (page.parent / path).resolve() if path else page
                self.assertTrue(other.exists(), f"{page.name} links to {target}")
                if fragment:
                    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(other)), re.MULTILINE)
                    self.assertIn(fragment, [anchor(one) for one in headings], f"{page.name} links to {target}")

    def test_every_page_is_linked(self):
        linked = " ".join(text_of(page) for page in PAGES)
        for page in (SOURCE / "docs").glob("*.md"):
            self.assertIn(page.name + ")", linked, page.name)

    def test_every_preset_that_is_named_exists(self):
        presets = (SOURCE / "CMakePresets.json").read_text(encoding="utf-8")
        for page in PAGES:
            for name in re.findall(r"--preset (\w+)", text_of(page)):
                self.assertIn(f'"name": "{name}"', presets, f"{page.name}: {name}")


class Commands(support.Case):
    """Gets a test for each page that shows commands."""

    def setUp(self):
        super().setUp()
        self.place = pathlib.Path(self.folder)
        self.program("certify", f'exec {support.MD5SPEC} run "$@"')
        # What a reader's server would be: it takes --port.
        self.program("server", f'shift; exec {support.REFERENCE_SERVER} --listen "line=127.0.0.1:$1"')
        for name, does in STAND_INS.items():
            self.program("bin/" + name, does)
        for built in (support.MD5SPEC, support.REFERENCE_SERVER):
            os.symlink(built, self.place / "bin" / os.path.basename(built))

    def program(self, name, does):
        path = self.place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)

    def shell(self, command, **variables):
        done = subprocess.run(["sh", "-ec", command], cwd=self.place, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST,
                              env=support.environment(PATH=f"{self.place}/bin:{os.environ['PATH']}", **variables), check=False)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def run_all(self, lines, **variables):
        with reference_server("line") as port:
            for line in lines:
                if any(re.match(pattern, line) for pattern in ELSEWHERE):
                    continue
                # The run proper is looked at elsewhere, and a reader's whole run takes longer than a test should.
                short = re.sub(r"(md5spec run|\./certify) (?!.*--only)(?!--help)", r"\1 --only 'defaults.*' ", line)
                short = re.sub(r"(localhost|127\.0\.0\.1):5555", f"127.0.0.1:{port}", short)
                status, said = self.shell(short, STAGING=f"127.0.0.1:{port}", TARGET=f"127.0.0.1:{port}", **variables)
                self.assertEqual(status, 0, f"{line}\n{said}")

    def files_of(self, page):
        """The files that a page shows, each in a block whose first line is its name in a comment."""
        for language in ("yaml", "cmake"):
            for body in blocks(page, language):
                named = re.match(r"# ([\w.-]+\.ya?ml)\n", body)
                if named:
                    (self.place / named[1]).write_text(body, encoding="utf-8")

    def test_the_pipelines(self):
        page = SOURCE / "docs" / "ci.md"
        documents = [yaml.safe_load(body) for body in blocks(page, "yaml")]
        github = next(d for d in documents if isinstance(d, dict) and "jobs" in d)
        steps = [step["run"] for step in github["jobs"]["md5spec"]["steps"] if "run" in step]
        summary = self.place / "summary.md"
        self.run_all([line for step in steps for line in commands(step)], GITHUB_ACTIONS="true",
                     GITHUB_STEP_SUMMARY=str(summary), MD5SPEC_DEB="https://localhost/md5spec.deb")
        self.assertIn("conformant", summary.read_text(encoding="utf-8"))
        gitlab = next(d for d in documents if isinstance(d, dict) and "conformance" in d)
        self.run_all(gitlab["conformance"]["script"])
        jenkins = "".join(blocks(page, "groovy"))
        self.run_all([a or b for a, b in re.findall(r"""sh (?:'([^']*)'|"([^"]*)")""", jenkins)])

    def test_the_shards_of_a_kubernetes_job(self):
        page = SOURCE / "docs" / "ci.md"
        job = next(d for d in (yaml.safe_load(body) for body in blocks(page, "yaml")) if isinstance(d, dict) and d.get("kind") == "Job")
        container = job["spec"]["template"]["spec"]["containers"][0]
        given = {one["name"]: one["value"] for one in container["env"]}
        self.assertEqual(int(given["GTEST_TOTAL_SHARDS"]), job["spec"]["completions"])
        reports = self.place / "reports"
        with reference_server("line") as port:
            for index in range(job["spec"]["completions"]):
                status, said = self.shell(
                    container["command"][-1].replace("md5spec run", "md5spec run --only 'defaults.*'"), **{
                        **given, "JOB_COMPLETION_INDEX": str(index), "TARGET": f"127.0.0.1:{port}", "MD5SPEC_REPORT_DIR": str(reports)})
                self.assertEqual(status, 0, said)
        (merge,) = [line for block in blocks(page, "sh") for line in commands(block) if line.startswith("md5spec merge")]
        status, said = self.shell(merge, REPORTS=str(reports))
        self.assertIn(status, (0, 1), said)
        self.assertTrue((self.place / "report.html").exists(), said)


def add_test(page):
    def test(self):
        self.files_of(page)
        lines = [line for block in blocks(page, "sh") for line in commands(block)]
        if page.name == "ci.md":  # the others are the other tests'
            lines = [line for line in lines if not line.startswith(("md5spec merge", "cmake", "ctest"))]
            (self.place / "known.yaml").write_text("[]\n", encoding="utf-8")
            self.run_all(["md5spec run --target localhost:5555 --profile line --report release.json"])
        self.run_all(lines)

    setattr(Commands, "test_" + re.sub(r"\W", "_", str(page.relative_to(SOURCE))), test)


for each in PAGES:
    if blocks(each, "sh"):
        add_test(each)

if __name__ == "__main__":
    support.main()
