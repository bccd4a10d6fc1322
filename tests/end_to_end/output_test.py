#!/usr/bin/env python3
"""The files that md5spec writes: regular ones are replaced whole, links followed, everything else is written to."""

import json
import os
import stat
import subprocess
import threading

import support
from support import Server, lines, digest

RUN = ("run", "--profile", "line", "--only", "defaults.*")


class Output(support.Case):
    def device(self, name, minor):
        """A memory device of the test's own, so that nothing can happen to the machine's."""
        path = self.file(name)
        try:
            os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, minor))
            with open(path, "wb"):
                return path
        except PermissionError:
            self.skipTest("only root may make devices, and not everywhere")

    def standard_output(self):
        """As /dev/stdout leads to it; that itself mustn't be in danger from what is tested."""
        path = self.file("stdout")
        os.symlink("/proc/self/fd/1", path)
        return path

    def null(self, name="null"):
        return self.device(name, 3)

    def full(self, name="full"):
        return self.device(name, 7)

    def fifo(self, name):
        """The path of a FIFO, and a function that gives what came through it."""
        path = self.file(name)
        os.mkfifo(path)
        came = []

        def read():
            with open(path, "rb") as file:
                came.append(file.read())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()

        def all_of_it():
            reader.join(30)
            self.assertTrue(came, f"nothing came through {path}")
            return came[0]
        return path, all_of_it

    def content(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def assert_nothing_left_behind(self):
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".tmp")], [])


class Devices(Output):
    def test_a_device_stays_one(self):
        for flag, name in (("--transcripts", "null"), ("--report", "null.json"), ("--report", "null.badge.json"),
                           ("--report", "null.xml"), ("--report", "null.html"), ("--report", "null.md")):
            path = self.null(name)
            self.run_md5spec(0, *RUN, flag, path)
            self.assertTrue(stat.S_ISCHR(os.stat(path).st_mode), name)
        self.assert_nothing_left_behind()

    def test_a_full_one_is_told_of(self):
        for flag, name in (("--transcripts", "full"), ("--report", "full.json")):
            path = self.full(name)
            outcome = self.run_md5spec(2, *RUN, flag, path)
            self.assertIn(f"can't write {path}: No space left on device", outcome.err)
            self.assertTrue(stat.S_ISCHR(os.stat(path).st_mode))

    def test_a_link_to_one_is_as_good(self):
        device, link = self.full(), self.file("link.json")
        os.symlink(device, link)
        outcome = self.run_md5spec(2, *RUN, "--report", link)
        self.assertIn("No space left on device", outcome.err)
        self.assertTrue(os.path.islink(link))
        self.assertTrue(stat.S_ISCHR(os.stat(device).st_mode))

    def test_other_commands_write_to_them_too(self):
        report = self.file("report.json")
        self.run_md5spec(0, *RUN, "--report", report)
        device = self.full("full.md")
        outcome = self.run_md5spec(2, "compare", report, report, "--report", device)
        self.assertIn("No space left on device", outcome.err)
        device = self.full("full.html")
        outcome = self.run_md5spec(2, "merge", report, "--report", device)
        self.assertIn("No space left on device", outcome.err)
        device = self.full("full.yaml")
        with Server(lines(lambda message: digest(message) + b"\n")) as server:
            outcome = self.run_md5spec(2, "detect", "--target", server.target, "-o", device)
        self.assertIn("No space left on device", outcome.err)
        for name in ("full.md", "full.html", "full.yaml"):
            self.assertTrue(stat.S_ISCHR(os.stat(self.file(name)).st_mode), name)


class Pipes(Output):
    def test_a_fifos_reader_gets_all_of_it(self):
        transcripts, sent = self.fifo("transcripts")
        report, written = self.fifo("report.json")
        self.run_md5spec(0, *RUN, "--transcripts", transcripts, "--report", report)
        self.assertEqual(json.loads(written())["exit_status"], 0)
        *_, end = sent().decode().splitlines()
        self.assertEqual(json.loads(end), {"end": 10})
        for path in (transcripts, report):
            self.assertTrue(stat.S_ISFIFO(os.stat(path).st_mode))
        self.assert_nothing_left_behind()

    def test_standard_output_may_be_a_pipe(self):
        outcome = self.run_md5spec(0, *RUN, "--transcripts", self.standard_output())
        self.assertIn('{"format":"md5spec-transcripts/1"', outcome.out)
        self.assertIn('{"end":10}', outcome.out)
        self.assertIn("verdict       line: conformant", outcome.out)

    def test_what_is_printed_into_a_file_keeps_its_order(self):
        path = self.file("printed.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("before\n")
            file.flush()
            subprocess.run([support.MD5SPEC, *RUN, "--transcripts", self.standard_output()], env=support.environment(), stdout=file,
                           timeout=support.PATIENCE, check=True)
        printed = self.content(path)
        self.assertTrue(printed.startswith("before\n{\"format\""), printed[:100])
        self.assertLess(printed.index('{"end":10}'), printed.index("verdict       line: conformant"))


class Links(Output):
    def test_what_a_link_leads_to_is_replaced(self):
        os.mkdir(self.file("folder"))
        target = self.file("folder/target.txt", "old")
        link, by_way_of = self.file("link.json"), self.file("by_way_of")
        os.symlink("folder/target.txt", by_way_of)
        os.symlink("by_way_of", link)
        self.run_md5spec(0, *RUN, "--report", link)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(os.readlink(link), "by_way_of")
        self.assertEqual(json.loads(self.content(target))["exit_status"], 0)
        self.assertEqual(os.listdir(self.file("folder")), ["target.txt"])
        self.assert_nothing_left_behind()

    def test_so_is_what_isnt_there_yet(self):
        link = self.file("link.jsonl")
        os.symlink("target", link)
        self.run_md5spec(0, *RUN, "--transcripts", link)
        self.assertTrue(os.path.islink(link))
        self.assertIn("md5spec-transcripts/1", self.content(self.file("target")))

    def test_a_link_into_no_folder_is_refused_before_anything_is_started(self):
        link = self.file("link.json")
        os.symlink("none/target", link)
        self.refused(*RUN, "--report", link, says=["--report", "no folder", "none"])
        loop = self.file("loop.json")
        os.symlink("loop.json", loop)
        self.assertIn("can't write", self.run_md5spec(2, *RUN, "--report", loop).err)
        self.assertTrue(os.path.islink(loop))


class ReportFolder(Output):
    def test_one_that_cant_be_made_is_refused_before_anything_is_started(self):
        plain = self.file("plain", "text")
        for folder in (plain, f"{plain}/x", "/proc/nope", self.file("a" * 300)):
            self.refused("run", "--report-dir", folder, says=["--report-dir", folder, "can't make the folder"])
            self.refused("run", MD5SPEC_REPORT_DIR=folder, says=["--report-dir", folder])

    def test_one_that_is_made_gets_a_report(self):
        folder = self.file("new/reports")
        self.run_md5spec(0, *RUN, "--report-dir", folder)
        self.assertEqual(len(os.listdir(folder)), 1)

    def test_too_long_a_name_is_no_fault_of_md5spec(self):
        for flag in ("--report", "--transcripts"):
            self.refused("run", flag, f"{'a' * 300}/report.json", says=[flag, "no folder"])


if __name__ == "__main__":
    support.main()
