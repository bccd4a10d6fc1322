#!/usr/bin/env python3
"""The documentation holds: every link in it leads somewhere, every command that it shows does what it says, and what it shows
of output is what comes.

Commands are those in blocks marked ```sh, and those of the pipelines in docs/ci.md. They are carried out in a folder that has
what the text presupposes: servers to start (`./server --port PORT`, which speaks the `line` profile), one that listens, and
the files that the text names. What would change the machine or take minutes isn't carried out: see ELSEWHERE.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import yaml

import support
from support import Server, digest, lines, reference_server

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([SOURCE / "README.md", *(SOURCE / "docs").glob("*.md"), SOURCE / "fixtures/servers/README.md"])
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
BUILD = os.environ.get("MD5SPEC_BUILD", "")
CMAKE = os.environ.get("MD5SPEC_CMAKE", "cmake")
CTEST = os.environ.get("MD5SPEC_CTEST", "ctest")
LONGEST = 240

# How a line begins that somebody would type: such lines belong in blocks marked sh.
TYPED = re.compile(
    r"(\$ )?(\./|(tests|fixtures|build|\.ci)/|[A-Z_]+=|(md5spec|md5-reference-server|cmake|ctest|cpack|openssl|python3?|node|perl|ruby|php|"
    r"go|cc|make|apt-get|apt|sudo|curl|git|nc|printf|echo|export|env|cd|docker|pip) )")
# What a block may be of; whatever is shown of a shell is sh, so that it is carried out.
LANGUAGES = {"", "sh", "yaml", "cmake", "groovy", "python"}

# Commands that other tests carry out, or that are how the tests themselves were built.
ELSEWHERE = {
    r"\./selftest\b": "it runs these tests",
    r"cmake (--preset|--build build|--build --preset|--workflow)": "how this was built; Links looks at the presets that are named",
    r"cmake --install |cpack ": "install_test.py",
    r"tests/(fuzz|mutation|benchmark|detection)/": "it takes minutes; tests of their own run it in short",
}
# Commands that reach out of this machine, or that a reader's own project has.
STAND_INS = {"curl": 'touch "$2"', "sudo": "true", "make": "true"}

# What a page's reader has done before: commands, run as the page's own are.
BEFORE = {
    "README.md": [
        "md5spec run --target localhost:5555 --profile line --report before.json",
        "GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=0 md5spec run --target localhost:5555 --profile line --report shard1.json",
        "GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=1 md5spec run --target localhost:5555 --profile line --report shard2.json",
        "for name in old new ours theirs another; do cp before.json $name.json; done",
        "echo '[]' >known.yaml",
    ],
    "ci.md": [
        "md5spec run --target localhost:5555 --profile line --report release.json",
        "echo '[]' >known.yaml",
    ],
}
# A profile under which a whole run takes a second, which a certificate needs; it stands for the page's.
BRIEF = """
profile: brief
extends: line
accepts: {regex: "[a-z]{1,40}"}
limits: {connections: 1, message_bytes: 100, oversize: answer}
timeouts: {quiet: 20ms, pause: 50ms}
"""


def text_of(page):
    return page.read_text(encoding="utf-8")


def fences(page):
    """Each block's language and text, in order."""
    return [(language, re.sub(f"^{indent}", "", body, flags=re.MULTILINE)) for indent, language, body in FENCE.findall(text_of(page))]


def blocks(page, language):
    return [body for name, body in fences(page) if name == language]


def commands(block):
    """A block's commands, each with what it is given as input."""
    found, end = [], None
    for line in re.sub(r"\\\n\s*", " ", block).splitlines():
        if end:
            found[-1] += "\n" + line
            end = None if line == end else end
        elif line.strip() and not line.lstrip().startswith("#"):
            found.append(line.strip())
            opened = re.search(r"<<'(\w+)'", line)
            end = opened and opened[1]
    return found


def what_varies_taken_out(text):
    """Lines without what is another at each run: times, and where the catalogue's files stand."""
    text = re.sub(r"\d+\.\d+ (m?s\b)", r"TIME \1", text)
    text = text.replace("127.0.0.1", "localhost")
    text = re.sub(r"\(\S+/cases/", "(…/cases/", text)
    return [re.sub(r" +", " ", line.strip()) for line in text.splitlines() if line.strip()]


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


class Blocks(support.Case):
    def test_every_command_stands_in_a_block_that_is_carried_out(self):
        for page in PAGES:
            for language, body in fences(page):
                self.assertIn(language, LANGUAGES, f"{page.name}:\n{body}")
                if language:
                    continue
                typed = [line for line in body.splitlines() if TYPED.match(line)]
                self.assertEqual(typed, [], f"{page.name}: a block that shows commands has to be marked sh, or nobody runs them")

    def test_nothing_is_left_out_that_no_page_shows(self):
        shown = [line for page in PAGES for block in blocks(page, "sh") for line in commands(block)]
        for pattern in ELSEWHERE:
            self.assertTrue([line for line in shown if re.match(pattern, line)], pattern)

    def test_every_block_is_seen(self):
        for page in PAGES:
            marks = re.findall(r"^\s*(?:```|~~~).*$", text_of(page), re.MULTILINE)
            self.assertEqual(len(marks), 2 * len(fences(page)), page.name)


class Commands(support.Case):
    """Gets a test for each page that shows commands."""

    def setUp(self):
        super().setUp()
        self.place = pathlib.Path(self.folder)
        self.program("certify", f'exec {support.MD5SPEC} run "$@"')
        # What a reader's server would be: it takes --port.
        for name in ("server", "my_server"):
            self.program(name, f'shift; exec {support.REFERENCE_SERVER} --listen "line=127.0.0.1:$1"')
        self.file("server.py", "import os, sys\n"
                  f"os.execl({support.REFERENCE_SERVER!r}, 'server', '--listen', 'line=127.0.0.1:' + sys.argv[2])\n")
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

    def run_all(self, given, **variables):
        """Carries commands out; what the last one printed."""
        said = ""
        with reference_server("line") as port:
            for line in given:
                if any(re.match(pattern, line) for pattern in ELSEWHERE):
                    continue
                # The run proper is looked at elsewhere, and a reader's whole run takes longer than a test should.
                short = re.sub(r"(md5spec run|\./certify) (?!.*--only)(?!--help)(?!.*--transcripts)", r"\1 --only 'defaults.*' ", line)
                short = re.sub(r"^(ctest .*-L conformance)", r"\1 -R defaults\\.", short)
                short = re.sub(r"(localhost|127\.0\.0\.1):5555", f"127.0.0.1:{port}", short)
                status, said = self.shell(short, STAGING=f"127.0.0.1:{port}", TARGET=f"127.0.0.1:{port}", **variables)
                said = re.sub(rf"\b{port}\b", "5555", said)
                self.assertEqual(status, 0, f"{line}\n{said}")
        return said

    def compare(self, shown, said, title):
        """Every line shown is one of those that came, in their order; … stands for any."""
        came = iter(what_varies_taken_out(said))
        for line in what_varies_taken_out(shown):
            self.assertTrue(line == "…" or line in came, f"{title}: this isn't what is printed:\n{line}\n\nbut:\n{said}")

    def files_of(self, page):
        """The files that a page shows: profiles and case files by the names in them, others by the name in their first line."""
        for body in blocks(page, "yaml"):
            named = re.match(r"# ([\w.-]+\.ya?ml)\n", body) or re.search(r"^(?:profile|group): (\w+)$", body, re.MULTILINE)
            path = self.place / (named[1] if named[1].endswith("ml") else named[1] + ".yaml") if named else None
            if path and not path.exists():
                path.write_text(body, encoding="utf-8")

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
        (merge,) = [line for block in blocks(page, "sh") for line in commands(block) if line.startswith('md5spec merge "$REPORTS"')]
        status, said = self.shell(merge, REPORTS=str(reports))
        self.assertIn(status, (0, 1), said)
        self.assertTrue((self.place / "report.html").exists(), said)
        # The gate on what was merged.
        (gate,) = [block for block in blocks(page, "sh") if block.startswith("python3 -c")]
        self.assertEqual(self.shell(gate), (0, ""))
        report = json.loads((self.place / "report.json").read_text(encoding="utf-8"))
        self.file("report.json", json.dumps({**report, "exit_status": 3}))
        self.assertEqual(self.shell(gate), (3, ""))

    def test_a_server_project_with_cmake(self):
        """docs/ci.md: the package in its CMakeLists.txt."""
        page = SOURCE / "docs" / "ci.md"
        status, said = self.shell(f"{CMAKE} --install {BUILD} --prefix prefix")
        self.assertEqual(status, 0, said)
        project, whole_run = blocks(page, "cmake")
        self.file("CMakeLists.txt", project + whole_run.replace(" run ", " run --only defaults.* "))
        self.file("known.yaml", "[]")
        self.file("server.c", '#include <unistd.h>\n#include <stdio.h>\nint main(int argc, char** argv) {\n  char listen[64];\n'
                  '  snprintf(listen, sizeof listen, "line=127.0.0.1:%s", argv[argc - 1]);\n'
                  f'  return execl("{support.REFERENCE_SERVER}", "server", "--listen", listen, (char*)0);\n}}\n')
        (block,) = [one for one in blocks(page, "sh") if one.startswith("cmake -B")]
        self.run_all(commands(block), CMAKE_PREFIX_PATH=str(self.place / "prefix"))
        self.assertIn("defaults.hello_server", (self.place / "out" / "ctest.xml").read_text(encoding="utf-8"))
        status, said = self.shell(f"{CTEST} --test-dir out -R whole_run")
        self.assertEqual(status, 0, said)
        self.assertIn("100% tests passed, 0 tests failed out of 1", said)
        # What the tests' reports come to, and a summary of them. Of so few, merging says that many are missing.
        summary = self.place / "step.md"
        for block in blocks(page, "sh"):
            if block.startswith("MD5SPEC_REPORT_DIR"):
                shutil.rmtree(self.place / "reports", ignore_errors=True)
                short = re.sub(r"(-L conformance)", r"\1 -R 'conformance/line/defaults\.'", block)
                status, said = self.shell(short.replace("--report summary.md", "--report summary.md || true"),
                                          GITHUB_STEP_SUMMARY=str(summary))
                self.assertEqual(status, 0, said)
                self.assertIn("line: conformant", said)
        self.assertEqual(summary.read_text(encoding="utf-8").count("## "), 1)

    def test_the_suite_under_ctest(self):
        """README.md: md5spec's own build, with somebody's server; what is built is put there, not built."""
        for path in SOURCE.iterdir():
            if not (self.place / path.name).exists() and not path.name.startswith((".git", "build")):
                os.symlink(path, self.place / path.name)
        (block,) = [one for one in blocks(SOURCE / "README.md", "sh") if one.startswith("cmake -B")]
        configure, *_, ctest = commands(block)
        with reference_server("line") as port:
            for line in (configure.replace("localhost:5555", f"127.0.0.1:{port}"),
                         "ln -s ../../bin/md5spec ../../bin/md5-reference-server build/bin/",
                         ctest + r" -R '/defaults\.'"):
                status, said = self.shell(line)
                self.assertEqual(status, 0, f"{line}\n{said}")
        self.assertIn("100% tests passed, 0 tests failed out of 10", said)

    def test_the_first_output_counts_the_cases_of_this_catalogue(self):
        """README.md. A whole run takes long, so what it counts is counted otherwise."""
        shown = blocks(SOURCE / "README.md", "")[0]
        cases = json.loads(self.run_md5spec(0, "list", "--json", "--profile", "line").out)
        self.assertEqual(int(re.search(r"cases +(\d+) in", shown)[1]), len(cases))
        counted = re.findall(r"^ +(\w+-\d+) .* (\d+) cases?$", shown, re.MULTILINE)
        self.assertGreater(len(counted), 1)
        for requirement, count in counted:
            judges = [one for one in cases if requirement in one["requirements"] and "skipped" not in one]
            self.assertEqual(int(count), len(judges), requirement)

    def test_a_failure_looks_as_shown(self):
        """README.md"""
        (failed,) = [body for body in blocks(SOURCE / "README.md", "") if body.startswith("[fail]")]
        with Server(lines(lambda message: digest(message + b"\n") + b"\n")) as server:
            outcome = self.run_md5spec(1, "run", "--profile", "line", "--target", f"127.0.0.1:{server.port}", "--jobs", "1", "--only",
                                       "defaults.hello_server")
        self.compare(failed, outcome.out.replace(f" {server.port}", " 5555"), "README.md")

    def test_a_mistake_in_a_profile_is_told_as_shown(self):
        """docs/profiles.md"""
        (shown,) = [body for body in blocks(SOURCE / "docs" / "profiles.md", "") if body.startswith("my_server.yaml:")]
        self.file("my_server.yaml", 'profile: my_server\ntitle: My server 2.1\nframing: delimited\nreqest: "get {message}"\n')
        outcome = self.run_md5spec(2, "lint", "my_server.yaml", cwd=self.folder)
        self.compare(shown, outcome.out + outcome.err, "profiles.md")

    def test_every_profile_and_case_file_that_is_shown_is_right(self):
        for page in (SOURCE / "docs" / "profiles.md", SOURCE / "docs" / "cases.md"):
            self.files_of(page)
        files = sorted(path.name for path in self.place.glob("*.yaml"))
        self.assertGreaterEqual(len(files), 7, files)
        self.run_md5spec(0, "lint", *files, cwd=self.folder)
        # What has no server here is spoken by the reference server, which answers as the profile says.
        self.run_md5spec(0, "run", "--profile", "newline_server.yaml", "--profile", "short_frames.yaml", "--only", "defaults.*",
                         cwd=self.folder)

    def test_the_server_that_is_shown_is_what_its_profile_says(self):
        """docs/profiles.md"""
        page = SOURCE / "docs" / "profiles.md"
        self.files_of(page)
        (program,) = blocks(page, "python")
        self.assertIn("5555", program)
        self.file("recv_server.py", program.replace("5555", "int(__import__('sys').argv[1])"))
        self.run_md5spec(0, "run", "--profile", "recv_server.yaml", "--start", "python3 recv_server.py {port}", "--only", "defaults.*",
                         "--only", "RES-1", cwd=self.folder)

    def test_a_known_failure_is_listed_as_shown(self):
        """docs/ci.md: the list excuses just what a server with that mistake fails."""
        self.files_of(SOURCE / "docs" / "ci.md")
        with Server(lines(lambda message: digest(message.decode(errors="replace").encode()) + b"\n")) as server:
            outcome = self.run_md5spec(0, "run", "--profile", "line", "--target", server.target, "--only", "utf8*",
                                       "--known-failing", "known.yaml", cwd=self.folder)
        self.assertIn(" xfail", outcome.out)


# Blocks that have a test of their own, by how they begin.
OF_ITS_OWN = {"README.md": "cmake -B", "ci.md": ("cmake -B", "md5spec merge", "MD5SPEC_REPORT_DIR", "python3 -c")}


def add_test(page):
    def test(self):
        self.files_of(page)
        self.file("brief.yaml", BRIEF)
        self.run_all(BEFORE.get(page.name, []))
        shown = fences(page)
        for at, (language, block) in enumerate(shown):
            if language != "sh" or block.startswith(OF_ITS_OWN.get(page.name, "nothing")):
                continue
            given = commands(block)
            if page.name == "certification.md":
                given = [line.replace("--profile line", "--profile brief.yaml --budget 10ms") for line in given]
            said = self.run_all(given)
            # What a block's one command prints may be shown in the next block.
            if re.match(r"md5spec (detect|send) ", given[0]) and at + 1 < len(shown) and not shown[at + 1][0]:
                self.compare(shown[at + 1][1], said, f"{page.name}: {given[0]}")

    setattr(Commands, "test_" + re.sub(r"\W", "_", str(page.relative_to(SOURCE))), test)


for each in PAGES:
    if blocks(each, "sh"):
        add_test(each)

if __name__ == "__main__":
    support.main()
