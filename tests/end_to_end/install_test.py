#!/usr/bin/env python3
"""What `cmake --install` and CPack make, used as somebody would who has nothing but that: the programs, their man pages and
completions, and the CMake package in a server project of its own.

MD5SPEC_BUILD names the build folder.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import support

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("MD5SPEC_BUILD", "")
CMAKE = os.environ.get("MD5SPEC_CMAKE", "cmake")
CTEST = os.environ.get("MD5SPEC_CTEST", "ctest")
COMMANDS = ("run", "list", "explain", "lint", "send", "detect", "merge", "compare", "attest", "verify")
SERVER = SOURCE / "fixtures" / "servers" / "c_server.c"
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(third_party C)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
add_executable(server server.c)
target_link_libraries(server PRIVATE OpenSSL::Crypto)
enable_testing()
find_package(md5spec REQUIRED)
"""


def has(program):
    return shutil.which(program) is not None


class Installed(support.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = pathlib.Path(os.path.realpath(folder.name)) / "prefix"
        outcome = support.command(CMAKE, "--install", BUILD, "--prefix", str(cls.prefix))
        if outcome.status != 0:
            raise AssertionError(f"cmake --install: {outcome}")
        cls.program = str(cls.prefix / "bin" / "md5spec")

    def installed(self, status, *arguments, **options):
        outcome = support.command(self.program, *arguments, **options)
        self.assertEqual(outcome.status, status, f"md5spec {' '.join(arguments)}: {outcome}")
        return outcome

    # The programs

    def test_the_installed_suite_certifies_the_installed_server(self):
        report = self.file("report.json")
        self.installed(0, "run", "--only", "defaults.*", "--report", report)
        with open(report, encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        self.assertIn("line", [run["profile"] for run in runs])
        for run in runs:
            self.assertEqual((run["verdict"], run["counts"]["pass"]), ("conformant", 10), run["profile"])

    def test_nothing_in_it_is_read_from_the_source(self):
        files = [one["file"] for one in json.loads(self.installed(0, "list", "--json").out)]
        self.assertTrue(files)
        for file in files:
            self.assertTrue(os.path.realpath(file).startswith(str(self.prefix)), file)

    # Man pages

    def flags(self, *command):
        """Those that the command takes, by their longer names."""
        text = support.command(*command, "--help").out
        return set(re.findall(r"^  (?:-[a-z],)?(-[a-z-]+)", text, re.MULTILINE)) - {"--help", "--version"}

    def man_page(self, name):
        path = self.prefix / "share" / "man" / "man1" / name
        if has("groff"):
            outcome = support.command("groff", "-man", "-Tutf8", "-ww", str(path))
            self.assertEqual((outcome.status, outcome.err), (0, ""))
        return path.read_text(encoding="utf-8").replace("\\-", "-")

    def test_the_man_page_names_every_command_and_flag_and_no_other(self):
        page = self.man_page("md5spec.1")
        commands = re.findall(r"^  ([a-z]+) {2,}", support.command(self.program, "--help").out, re.MULTILINE)
        self.assertEqual(set(commands), set(COMMANDS))
        for command in commands:
            with self.subTest(command):
                named = set(re.findall(r"(?<![\w-])-[a-z-]+", self.part_about(page, command)))
                self.assertEqual(named - {"--gtest"}, self.flags(self.program, command) | self.also_short.get(command, set()))

    also_short = {"detect": {"-o"}}

    def part_about(self, page, command):
        """What the man page says of a command's flags."""
        if command == "run":
            return page[page.index(".SH RUN"):page.index(".SH OTHER COMMANDS")]
        entry = re.search(rf"^\.TP\n\.B {command}\n((?:(?!\.TP|\.SH).*\n)*)", page, re.MULTILINE)
        self.assertIsNotNone(entry, command)
        return entry[1]

    def test_the_man_pages_synopsis_has_every_flag_that_is_needed(self):
        page = self.man_page("md5spec.1")
        synopsis = page[page.index(".SH SYNOPSIS"):page.index(".SH DESCRIPTION")].split(".br\n")
        for command in ("detect", "merge", "compare", "attest", "verify"):
            [line] = [part for part in synopsis if f"md5spec {command}" in part]
            needed = set(re.findall(r"^  (?:-[a-z],)?(-[a-z-]+).*REQUIRED",
                                    support.command(self.program, command, "--help").out, re.MULTILINE))
            optional = set(re.findall(r"\[ (-[a-z-]+)", line))
            self.assertEqual(set(re.findall(r"(?<![\w-])-[a-z-]+", line)) - optional, needed | {"--target"} & needed, command)
            self.assertLessEqual({"-o" if flag == "--output" else flag for flag in self.flags(self.program, command)} - needed,
                                 optional | {"--json", "--timeout-scale"}, command)

    def test_the_reference_servers_man_page_does_too(self):
        page = self.man_page("md5-reference-server.1")
        named = set(re.findall(r"--[a-z][a-z-]*", page)) - {"--help", "--version"}
        self.assertEqual(named, self.flags(str(self.prefix / "bin" / "md5-reference-server")))

    # Completion

    def completed(self, *words):
        script = self.prefix / "share" / "bash-completion" / "completions" / "md5spec"
        line = " ".join(f"'{word}'" for word in words)
        outcome = support.command(
            "bash", "-c", f"source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _md5spec; "
            "printf '%s\\n' \"${COMPREPLY[@]}\"", PATH=f"{self.prefix}/bin:{os.environ['PATH']}")
        self.assertEqual(outcome.status, 0, outcome)
        return outcome.out.split()

    def test_bash_completes_commands_flags_and_names(self):
        self.assertEqual(set(self.completed("md5spec", "")), set(COMMANDS))
        self.assertEqual(self.completed("md5spec", "run", "--known"), ["--known-failing"])
        self.assertIn("line", self.completed("md5spec", "run", "--profile", "li"))
        self.assertIn("DIG-1", self.completed("md5spec", "explain", "DIG-"))
        self.assertIn("defaults.hello_server", self.completed("md5spec", "--only", "defaults.h"))

    def test_each_commands_flags_are_completed_and_no_others(self):
        for command in COMMANDS:
            self.assertEqual(set(self.completed("md5spec", command, "-")) - {"--help"}, self.flags(self.program, command), command)
        self.assertEqual(set(self.completed("md5spec", "--")) - {"--help"}, self.flags(self.program, "run"))

    def test_the_other_shells_find_them_in_the_same_way(self):
        share = self.prefix / "share"
        found = [re.search(r"sed -nE '[^']*' \| sort -u", path.read_text(encoding="utf-8"))[0]
                 for path in (share / "bash-completion/completions/md5spec", share / "zsh/site-functions/_md5spec",
                              share / "fish/vendor_completions.d/md5spec.fish")]
        self.assertEqual(len(set(found)), 1, found)

    def test_the_other_shells_understand_theirs(self):
        share = self.prefix / "share"
        for shell, path in (("zsh", share / "zsh/site-functions/_md5spec"),
                            ("fish", share / "fish/vendor_completions.d/md5spec.fish")):
            self.assertTrue(path.exists(), path)
            if has(shell):
                self.assertEqual(support.command(shell, "-n", str(path)).status, 0)

    # A server project

    def project(self, *lines, server=None, files=()):
        folder = pathlib.Path(self.folder) / "project"
        folder.mkdir()
        for name, text in dict(files).items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "server.c").write_text(server or SERVER.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "CMakeLists.txt").write_text(PROJECT + "\n".join(lines) + "\n", encoding="utf-8")
        for words in ([CMAKE, "-S", str(folder), "-B", str(folder / "out"), f"-DCMAKE_PREFIX_PATH={self.prefix}"],
                      [CMAKE, "--build", str(folder / "out")]):
            outcome = support.command(*words)
            self.assertEqual(outcome.status, 0, outcome)
        return folder

    def ctest(self, folder, *arguments, **options):
        return support.command(CTEST, "--test-dir", str(folder / "out"), *arguments, **{"cwd": str(folder), **options})

    def test_a_projects_server_is_gated_by_ctest(self):
        folder = self.project("md5spec_add_conformance_tests(gate COMMAND server line {port} PROFILE line LABELS slow)")
        outcome = self.ctest(folder, "-R", r"^gate/line/(defaults\.|connection\.closes_after_its_one)", "-j", "2")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("100% tests passed", outcome.out)
        self.assertRegex(outcome.out, r"closes_after_its_one_reply .*Skipped")
        listed = json.loads(self.ctest(folder, "--show-only=json-v1").out)["tests"]
        self.assertGreater(len(listed), 500)
        for test in listed:
            labels = next(one["value"] for one in test["properties"] if one["name"] == "LABELS")
            self.assertEqual(set(labels) - {"line"}, {"conformance", "gate", "slow"}, test["name"])

    def test_relative_paths_are_meant_from_the_projects_folder_wherever_ctest_is_called(self):
        folder = self.project("md5spec_add_conformance_tests(gate COMMAND sh \"start server.sh\" {port} PROFILE own.yaml)",
                              files={"start server.sh": "exec out/server line $1\n", "own.yaml": "profile: own\nextends: line\n"})
        for place in (folder, folder / "out", folder.parent):
            outcome = self.ctest(folder, "-R", r"^gate/own/defaults\.hello_server$", cwd=str(place), PWD=str(place))
            self.assertEqual(outcome.status, 0, f"{place}: {outcome}")
            self.assertIn("100% tests passed, 0 tests failed out of 1", outcome.out)

    def test_in_a_github_step_tests_leave_reports_to_merge_and_no_summary_each(self):
        folder = self.project("md5spec_add_conformance_tests(gate COMMAND server line {port} PROFILE line)")
        summary = self.file("summary.md", "")
        cases = ("hello_server", "goodbye_server")
        outcome = self.ctest(folder, "-R", rf"^gate/line/defaults\.({'|'.join(cases)})$", cwd=self.folder, PWD=self.folder,
                             GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=summary, MD5SPEC_REPORT_DIR="reports")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(os.path.getsize(summary), 0)
        reports = list(pathlib.Path(self.file("reports")).glob("*.json"))
        self.assertEqual(len(reports), len(cases))
        self.installed(1, "merge", *map(str, reports), "--report", self.file("merged.md"))
        self.assertIn("conformant", pathlib.Path(self.file("merged.md")).read_text(encoding="utf-8"))

    def test_a_defect_closes_the_gate_and_a_known_one_does_not(self):
        wrong = SERVER.read_text(encoding="utf-8").replace('"%02x"', '"%02X"')
        self.assertIn('"%02X"', wrong)
        known = self.file("known.yaml", '- {case: defaults.*, profile: line, reason: "capital letters"}\n'
                          '- {case: replies.*, profile: line, reason: "capital letters"}\n')
        folder = self.project("md5spec_add_conformance_tests(gate COMMAND server line {port} PROFILE line)",
                              f"md5spec_add_conformance_tests(known COMMAND server line {{port}} PROFILE line KNOWN_FAILING {known})",
                              server=wrong)
        case = r"line/replies\.letter_case"
        outcome = self.ctest(folder, "-R", "^gate/" + case)
        self.assertEqual(outcome.status, 8, outcome)
        outcome = self.ctest(folder, "-R", "^known/" + case)
        self.assertEqual(outcome.status, 0, outcome)

    def test_what_is_missing_is_said_when_cmake_is_run(self):
        folder = pathlib.Path(self.folder) / "wrong"
        folder.mkdir()
        for line, says in (("md5spec_add_conformance_tests(gate PROFILE line)", "COMMAND"),
                           ("md5spec_add_conformance_tests(gate COMMAND server)", "{port}"),
                           ("md5spec_add_conformance_tests(gate COMMAND server {port} PROFIL line)", "PROFIL"),
                           ("md5spec_add_conformance_tests(a-b COMMAND server {port} KNOWN_FAILING none.yaml)", "none.yaml")):
            (folder / "CMakeLists.txt").write_text(
                f"cmake_minimum_required(VERSION 3.25)\nproject(wrong NONE)\nenable_testing()\nfind_package(md5spec REQUIRED)\n{line}\n",
                encoding="utf-8")
            outcome = support.command(CMAKE, "-S", str(folder), "-B", str(folder / "out"), f"-DCMAKE_PREFIX_PATH={self.prefix}")
            self.assertEqual(outcome.status, 1, outcome)
            self.assertIn(says, outcome.err)

    # Packages

    def packed(self, generator):
        outcome = support.command("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-G", generator, "-B", self.folder)
        self.assertEqual(outcome.status, 0, outcome)
        (package,) = pathlib.Path(self.folder).glob("*.tar.gz" if generator == "TGZ" else "*.deb")
        return package

    def test_the_archive_holds_a_suite_that_runs(self):
        package = self.packed("TGZ")
        subprocess.run(["tar", "-xf", package, "-C", self.folder, "--strip-components=1"], check=True, timeout=support.PATIENCE)
        outcome = support.command(f"{self.folder}/bin/md5spec", "--version")
        self.assertRegex(outcome.out, r"^md5spec \d+\.\d+\.\d+\n$")

    def test_the_debian_package_names_what_it_needs(self):
        if not has("dpkg-deb") or not has("dpkg-shlibdeps"):
            self.skipTest("dpkg-dev isn't installed")
        package = self.packed("DEB")
        fields = support.command("dpkg-deb", "--field", str(package)).out
        self.assertRegex(fields, r"Package: md5spec\n")
        self.assertRegex(fields, r"Depends: .*libssl3")
        contents = support.command("dpkg-deb", "--contents", str(package)).out
        for path in ("./usr/bin/md5spec", "./usr/share/md5spec/cases/requirements.yaml", "./usr/share/man/man1/md5spec.1"):
            self.assertIn(path, contents)


if __name__ == "__main__":
    support.main()
