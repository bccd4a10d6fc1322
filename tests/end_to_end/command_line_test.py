#!/usr/bin/env python3
"""md5spec's command line from outside: its flags, what it says to mistakes, and every exit status."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import time

import support
from support import Server, classic, digest, lines, reference_server

# A case of the user's own; a test puts a mistake into it.
OWN_CASE = """
group: own
title: Cases of one's own
requirement: DIG-1
why: What this server is for.
cases:
  - {name: greeting, message: "Hello, world!", md5: 6cd3556deb0da54bca060b4c39479839}
"""
OWN_PROFILE = """
profile: own
title: Mine
framing: delimited
reply: "{hex}\\n"
"""


def wrong(_message):
    return digest(b"something else")


class BadUsage(support.Case):
    """Exit status 2 and one line that says what was wrong and, where it can be guessed, what was meant."""

    def test_an_unknown_flag(self):
        self.refused("run", "--frobnicate", says=["--frobnicate"])

    def test_an_unknown_command(self):
        self.refused("frobnicate", says=["frobnicate"])

    def test_host_and_port_reversed(self):
        self.refused("run", "--target", "5555:localhost", says=["did you mean localhost:5555?"])

    def test_a_target_without_port(self):
        self.refused("run", "--target", "localhost", says=["the port is missing", "localhost:5555"])

    def test_a_target_without_host(self):
        self.refused("run", "--target", "5555", says=["the host is missing", "localhost:5555"])

    def test_a_target_with_an_impossible_port(self):
        self.refused("run", "--target", "localhost:65536", says=["between 1 and 65535"])

    def test_a_url_for_a_target(self):
        self.refused("run", "--target", "http://localhost:5555/", says=["not a URL"])

    def test_an_ipv6_address_without_brackets(self):
        self.refused("run", "--target", "::1:5555", says=["[::1]:5555"])

    def test_an_unknown_profile_with_the_nearest(self):
        self.refused("run", "--profile", "lines", says=["lines", "did you mean 'line'?"])

    def test_a_profile_with_an_unknown_key_at_its_place(self):
        path = self.file("own.yaml", OWN_PROFILE.replace("reply:", "repli:"))
        self.refused("run", "--profile", path, says=[f"{path}:5:1:", "'repli'", "did you mean 'reply'?"])

    def test_two_profiles_with_one_target(self):
        self.refused("run", "--target", "localhost:5555", "--profile", "line", "--profile", "classic",
                     says=["--target", "--profile"])

    def test_a_case_file_with_an_unknown_key_at_its_place(self):
        path = self.file("own.yaml", OWN_CASE.replace("message:", "mesage:"))
        self.refused("run", "--cases", path, says=[f"{path}:7:", "'mesage'", "did you mean 'message'?"])

    def test_a_case_file_that_isnt_there(self):
        self.refused("run", "--cases", self.file("none.yaml"), says=["none.yaml"])

    def test_a_folder_without_case_files(self):
        self.refused("run", "--cases", self.folder, says=[self.folder])

    def test_a_case_that_is_bundled_already(self):
        path = self.file("own.yaml", OWN_CASE.replace("own", "defaults").replace("greeting", "hello_server"))
        self.refused("run", "--cases", path, says=["defaults.hello_server", "already", "defaults.yaml:"])

    def test_a_wrong_pin(self):
        path = self.file("own.yaml", OWN_CASE.replace("6cd3", "6cd4"))
        self.refused("run", "--cases", path, says=[f"{path}:7:", "own.greeting", "6cd4", "6cd3"])

    def test_a_selection_that_matches_nothing(self):
        self.refused("run", "--only", "nothing.at_all", says=["--only", "nothing.at_all"])
        self.refused("run", "--skip", "nothing.at_all", says=["--skip", "nothing.at_all"])

    def test_a_selection_with_a_slip_of_the_pen(self):
        self.refused("run", "--only", "defaults.helo_server", says=["did you mean 'defaults.hello_server'?"])

    def test_a_selection_that_takes_itself_back(self):
        self.refused("run", "--only", "DIG-1", "--skip", "DIG-1", says=["no case"])

    def test_a_googletest_filter_that_matches_nothing(self):
        self.refused("run", "--profile", "line", "--gtest_filter=nothing/at.all", says=["filter"])

    def test_a_googletest_flag_that_doesnt_exist(self):
        outcome = self.run_md5spec(2, "run", "--gtest_frobnicate")
        self.assertIn("--gtest_frobnicate", outcome.err)

    def test_a_report_in_an_unknown_format(self):
        self.refused("run", "--report", self.file("report.txt"), says=["report.txt", ".json", ".xml"])

    def test_a_report_that_cant_be_written(self):
        path = self.file("report.json")
        os.mkdir(path)
        outcome = self.run_md5spec(2, "run", "--profile", "line", "--only", "defaults.*", "--report", path)
        self.assertIn(f"can't write {path}", outcome.err)

    def test_a_report_in_no_folder(self):
        self.refused("run", "--report", self.file("none/report.json"), says=["none"])

    def test_a_known_failing_list_without_reasons(self):
        path = self.file("known.yaml", "- {case: defaults.hello_server}\n")
        self.refused("run", "--known-failing", path, says=[f"{path}:1:", "'reason'"])

    def test_numbers_out_of_range(self):
        self.refused("run", "--jobs", "0", says=["--jobs"])
        self.refused("run", "--timeout-scale", "0", says=["--timeout-scale"])
        self.refused("run", "--budget", "soon", says=["--budget", "10s"])
        self.refused("run", "--seed", "-1", says=["--seed"])

    def test_hostile_words_are_escaped(self):
        for flag in ("--only", "--target", "--profile", "--cases", "--report", "--frobnicate", "--budget"):
            outcome = self.run_md5spec(2, "run", flag, "\x1b[31m\u202e")
            self.assertNotRegex(outcome.err, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")

    def test_environment_variables_stand_for_flags(self):
        self.refused("run", MD5SPEC_TARGET="5555:localhost", says=["did you mean localhost:5555?"])
        self.refused("run", MD5SPEC_PROFILE="lines", says=["did you mean 'line'?"])
        self.refused("run", MD5SPEC_CASES=self.file("none.yaml"), says=["none.yaml"])
        self.refused("run", MD5SPEC_KNOWN_FAILING=self.file("none.yaml"), says=["none.yaml"])
        # What is written on the command line counts.
        self.run_md5spec(0, "run", "--profile", "line", "--only", "defaults.hello_server", MD5SPEC_PROFILE="lines")


class ExitStatus(support.Case):
    def test_0_for_the_reference_server_under_every_bundled_profile(self):
        outcome = self.run_md5spec(0, "--only", "defaults.*")  # flags alone are those of `run`
        for profile in ("classic", "half_close", "line", "length_prefixed"):
            self.assertRegex(outcome.out, rf"verdict +{profile}: conformant")

    def test_0_for_a_conforming_server_at_a_target(self):
        with Server(classic(digest)) as server:
            outcome = self.run_md5spec(0, "run", "--target", server.target, "--only", "DIG-1")
        self.assertIn("verdict       classic: conformant", outcome.out)

    def test_0_for_a_target_that_the_environment_names(self):
        with reference_server("line") as port:
            outcome = self.run_md5spec(0, "run", "--only", "defaults.*", MD5SPEC_TARGET=f"localhost:{port}",
                                       MD5SPEC_PROFILE="line")
        self.assertRegex(outcome.out, rf"localhost:{port}")

    def test_0_with_a_case_and_a_profile_of_ones_own(self):
        case, profile = self.file("case.yaml", OWN_CASE), self.file("profile.yaml", OWN_PROFILE)
        outcome = self.run_md5spec(0, "run", "--profile", profile, "--cases", case, "--only", "own.greeting")
        self.assertIn("own: conformant", outcome.out)

    def test_1_for_wrong_digests(self):
        with Server(classic(wrong)) as server:
            outcome = self.run_md5spec(1, "run", "--target", server.target, "--only", "defaults.*")
        self.assertIn("NOT conformant", outcome.out)
        self.assertIn("expected  \"a6c043d6d080c3679e9781f6d176c537\"", outcome.out)

    def test_1_for_a_broken_should_only_with_strict(self):
        def resets(connection):
            """Right, but it ends each connection by a reset."""
            lines(lambda message: digest(message) + b"\n")(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        with Server(resets) as server:
            arguments = ["run", "--target", server.target, "--profile", "line", "--only", "CON-7", "--only", "defaults.*"]
            outcome = self.run_md5spec(0, *arguments)
            self.assertIn("line: conformant, with warnings", outcome.out)
            self.assertRegex(outcome.out, r"CON-7 +SHOULD +warn")
            self.run_md5spec(1, *arguments, "--strict")

    def test_3_promptly_for_a_port_that_refuses(self):
        with support.refused_port() as port:
            outcome = self.run_md5spec(3, "run", "--target", f"127.0.0.1:{port}")
        self.assertIn("unreachable: Connection refused", outcome.out)
        self.assertIn("inconclusive", outcome.out)
        self.assertLess(outcome.seconds, 15)

    def test_3_for_an_unknown_host(self):
        outcome = self.run_md5spec(3, "run", "--target", "nowhere.invalid:5555")
        self.assertIn("unreachable", outcome.out)
        self.assertIn("nowhere.invalid", outcome.out)
        self.assertLess(outcome.seconds, 20)

    def test_5_for_a_known_failure_that_passes(self):
        known = self.file("known.yaml", "- {case: defaults.hello_server, reason: as it was}\n")
        outcome = self.run_md5spec(5, "run", "--profile", "line", "--only", "defaults.*", "--known-failing", known)
        self.assertIn("[xpass] line/defaults.hello_server", outcome.out)
        self.assertIn(f"{known}:1:", outcome.out)

    def test_5_for_a_known_failure_that_isnt_in_the_catalogue(self):
        known = self.file("known.yaml", "- {case: defaults.gone, reason: as it was}\n")
        outcome = self.run_md5spec(5, "run", "--profile", "line", "--only", "DIG-3", "--known-failing", known)
        self.assertIn(f"{known}:1:", outcome.out)
        self.assertIn("'defaults.gone' matches no case", outcome.out)

    def test_5_for_a_known_failure_that_has_expired(self):
        known = self.file("known.yaml", '- {case: "defaults.*", reason: as it was, until: 2020-02-29}\n')
        outcome = self.run_md5spec(5, "run", "--profile", "line", "--only", "DIG-3", "--known-failing", known)
        self.assertIn("expired on 2020-02-29", outcome.out)

    def test_0_for_known_failures_that_still_fail(self):
        known = self.file("known.yaml", "- {case: DIG-1, profile: classic, reason: on our list}\n")
        with Server(classic(wrong)) as server:
            outcome = self.run_md5spec(0, "run", "--target", server.target, "--only", "defaults.*",
                                       "--known-failing", known)
        self.assertIn("10 xfail", outcome.out)
        self.assertIn("on our list", outcome.out)
        self.assertIn("NOT conformant", outcome.out)

    def test_6_where_everything_is_skipped(self):
        outcome = self.run_md5spec(6, "run", "--profile", "line", "--only", "connection.closes_after_its_one_reply")
        self.assertIn("nothing has been tested", outcome.out)
        self.assertIn("the profile has many exchanges a connection", outcome.out)
        self.assertNotIn(":0", outcome.out)  # no server was started, so none has an address


class ServersThatSayNothing(support.Case):
    def test_a_silent_server_is_found_out_within_three_reply_timeouts(self):
        with Server(support.in_silence) as server:
            outcome = self.run_md5spec(1, "run", "--target", server.target)
        self.assertLess(outcome.seconds, 15)
        self.assertRegex(outcome.out, r"DIG-1 +MUST +fail")
        self.assertRegex(outcome.out, r"DIG-4 +MUST +skip .*blocked by DIG-1")

    def test_a_port_where_nobody_accepts_is_found_out_within_three_reply_timeouts(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            outcome = self.run_md5spec(1, "run", "--target", f"127.0.0.1:{listener.getsockname()[1]}",
                                       "--profile", "line")
        self.assertLess(outcome.seconds, 15)
        self.assertRegex(outcome.out, r"DIG-1 +MUST +fail")

    def test_a_server_that_closes_at_once_is_found_out_promptly(self):
        with Server(support.close_at_once) as server:
            outcome = self.run_md5spec(1, "run", "--target", server.target, "--profile", "line")
        self.assertLess(outcome.seconds, 15)
        self.assertRegex(outcome.out, r"CON-1 +MUST +fail")

    def test_what_kills_a_server_is_named_and_the_rest_is_left_untried(self):
        def dies_of_goodbye(connection):
            while message := connection.recv(1024):
                if message == b"Goodbye, server!":
                    server.stop()
                    return
                connection.sendall(digest(message))

        with Server(dies_of_goodbye) as server:
            outcome = self.run_md5spec(1, "run", "--target", server.target, "--only", "defaults.*",
                                       "--only", "rfc1321.*", "--jobs", "1")
        self.assertIn("[fail] classic/defaults.goodbye_server", outcome.out)
        self.assertEqual(outcome.out.count("[fail]"), 1, outcome)
        self.assertIn("server down since case defaults.goodbye_server", outcome.out)


class OtherCommands(support.Case):
    def test_version_and_help(self):
        self.assertRegex(self.run_md5spec(0, "--version").out, r"^md5spec \d+\.\d+\.\d+\n$")
        self.assertIn("Exit status", self.run_md5spec(0, "--help").out)
        for command in ("run", "list", "explain", "lint", "send"):
            self.assertIn("Usage: md5spec " + command, self.run_md5spec(0, command, "--help").out)

    def test_list_names_every_case_once(self):
        listed = [line.split() for line in self.run_md5spec(0, "list").out.splitlines()]
        ids = [words[0] for words in listed]
        self.assertIn(["defaults.hello_server", "DIG-1"], listed)
        self.assertEqual(len(ids), len(set(ids)))
        for one in ids:
            self.assertRegex(one, r"^[a-z0-9_]+\.[a-z0-9_]+$")

    def test_list_as_json_says_the_same(self):
        ids = [line.split()[0] for line in self.run_md5spec(0, "list").out.splitlines()]
        cases = json.loads(self.run_md5spec(0, "list", "--json").out)
        self.assertEqual([case["id"] for case in cases], ids)
        under_a_profile = json.loads(self.run_md5spec(0, "list", "--json", "--profile", "line").out)
        self.assertEqual([case["id"] for case in under_a_profile], ["line/" + one for one in ids])
        for case in under_a_profile:
            self.assertIsInstance(case["alone"], bool)
            self.assertTrue(os.path.isfile(case["file"]))
        skipped = {case["id"]: case["skipped"] for case in under_a_profile if "skipped" in case}
        self.assertEqual(skipped["line/connection.closes_after_its_one_reply"],
                         "the profile has many exchanges a connection")

    def test_list_plainly_for_scripts(self):
        cases = json.loads(self.run_md5spec(0, "list", "--json", "--profile", "line").out)
        plain = self.run_md5spec(0, "list", "--plain", "--profile", "line").out
        # A quarter of the 64 connections at once.
        self.assertEqual(plain.splitlines(), [f"{case['id']} {'alone' if case['alone'] else 16}" for case in cases])
        everything = self.run_md5spec(0, "list", "--plain").out
        self.assertIn(plain, everything)
        self.assertIn("half_close/defaults.hello_server 16\n", everything)

    def test_list_takes_a_selection_and_cases_of_ones_own(self):
        path = self.file("own.yaml", OWN_CASE)
        outcome = self.run_md5spec(0, "list", "--cases", path, "--only", "own.*", "--only", "defaults.goodbye*")
        self.assertEqual([line.split()[0] for line in outcome.out.splitlines()], ["defaults.goodbye_server", "own.greeting"])

    def test_list_requirements_and_profiles(self):
        requirements = json.loads(self.run_md5spec(0, "list", "requirements", "--json").out)
        self.assertEqual(requirements[0]["id"], "CON-1")
        self.assertGreater(requirements[0]["cases"]["line"], 0)
        text = self.run_md5spec(0, "list", "requirements").out
        for one in requirements:
            self.assertRegex(text, rf"(?m)^{one['id']} +{one['level']} ")
        profiles = json.loads(self.run_md5spec(0, "list", "profiles", "--json").out)
        names = [profile["name"] for profile in profiles]
        self.assertEqual(names[0], "classic")
        self.assertLessEqual({"half_close", "line", "length_prefixed"}, set(names))

    def in_a_closed_pipe(self, *arguments):
        process = subprocess.Popen([support.MD5SPEC, *arguments], env=support.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        process.stdout.close()
        with process.stderr:
            self.assertEqual(process.stderr.read(), "")
        self.assertNotEqual(process.wait(support.PATIENCE), 4)

    def test_output_that_nobody_reads_is_no_fault(self):
        self.in_a_closed_pipe("list")
        self.in_a_closed_pipe("explain", "DIG-1")
        report = self.file("report.json")
        self.in_a_closed_pipe("run", "--profile", "line", "--only", "defaults.*", "--report", report)
        with open(report, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["exit_status"], 0)

    def test_explain(self):
        requirement = self.run_md5spec(0, "explain", "DIG-1").out
        for part in ("DIG-1 (MUST)", "Why:", "To mend it:", "defaults.hello_server"):
            self.assertIn(part, requirement)
        for name in ("defaults.hello_server", "line/defaults.hello_server"):
            case = self.run_md5spec(0, "explain", name).out
            for part in ("defaults.hello_server", "Why:", "judges DIG-1", "defaults.yaml:"):
                self.assertIn(part, case)
        self.refused("explain", "DIG-11", says=["DIG-11", "did you mean"])

    def test_commands_that_are_printed_find_cases_of_ones_own(self):
        case = self.file("it's mine.yaml", OWN_CASE.replace("cases:", "cases:\n  - {name: two, script: [connect, {exchange: a}]}"))
        profile = self.file("my profile.yaml", OWN_PROFILE)
        flags = "--cases '" + case.replace("'", "'\\''") + "'"
        for given, variables in ((["--cases", case], {}), ([], {"MD5SPEC_CASES": case})):
            explained = self.run_md5spec(0, "explain", "own.two", *given, **variables).out
            self.assertIn(f"Alone: md5spec run {flags} --only own.two\n", explained)
            self.assertIn(f"`md5spec list {flags} --only DIG-1`", self.run_md5spec(0, "explain", "DIG-1", *given, **variables).out)
            self.assertIn("own.two ", self.run_md5spec(0, "list", *given, **variables).out)
            report = self.file("report.json")
            with Server(lines(wrong)) as server:
                outcome = self.run_md5spec(1, "run", "--target", server.target, "--profile", profile, *given, "--only", "own.two",
                                           "--report", report, "--report", self.file("report.html"), **variables)
            command = f"md5spec run --target {server.target} --profile '{profile}' {flags} --only own.two"
            with open(report, encoding="utf-8") as file:
                self.assertEqual(json.load(file)["runs"][0]["cases"][0]["reproduce"], command)
            self.assertIn(command, outcome.out)
            with open(self.file("report.html"), encoding="utf-8") as file:
                self.assertIn("--only own.two", file.read())
            with Server(lines(wrong)) as again:
                shown = support.command("sh", "-c", command.replace(server.target, again.target),
                                        PATH=f"{os.path.dirname(support.MD5SPEC)}:{os.environ['PATH']}")
            self.assertEqual(shown.status, 1, shown)
        # What stands on the command line counts.
        self.run_md5spec(0, "explain", "own.two", "--cases", case, MD5SPEC_CASES=self.file("none.yaml"))

    def test_lint(self):
        good = [self.file("case.yaml", OWN_CASE), self.file("profile.yaml", OWN_PROFILE),
                self.file("known.yaml", "- {case: DIG-1, reason: on our list}\n")]
        outcome = self.run_md5spec(0, "lint", *good)
        self.assertEqual(outcome.out, f"{good[0]}: 1 case\n{good[1]}: the profile own\n{good[2]}: 1 known failures\n")
        wrong_pin = self.file("pin.yaml", OWN_CASE.replace("6cd3", "6cd4").replace("own", "other"))
        no_key = self.file("key.yaml", OWN_CASE.replace("message:", "mesage:").replace("own", "third"))
        outcome = self.run_md5spec(2, "lint", good[0], wrong_pin, no_key, self.file("none.yaml"))
        self.assertIn(f"{good[0]}: 1 case\n", outcome.out)
        self.assertRegex(outcome.err, rf"(?m)^{re.escape(wrong_pin)}:7:\d+: other.greeting: ")
        self.assertRegex(outcome.err, rf"(?m)^{re.escape(no_key)}:7:\d+: .*'mesage'")
        self.assertIn("none.yaml: can't be read", outcome.err)

    def test_lint_finds_a_case_that_two_files_define(self):
        one, other = self.file("one.yaml", OWN_CASE), self.file("other.yaml", OWN_CASE)
        self.assertIn("already defined", self.run_md5spec(2, "lint", one, other).err)


class Interrupted(support.Case):
    def test_a_run_that_is_interrupted_still_writes_its_reports(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number.name):
                self.interrupt(number)

    def interrupt(self, number):
        answered = []

        def slowly(message):
            time.sleep(0.05)
            answered.append(message)
            return digest(message)

        report = self.file("report.json")
        with Server(classic(slowly)) as server:
            process = subprocess.Popen(
                [support.MD5SPEC, "run", "--target", server.target, "--jobs", "1", "--skip", "CON-5", "--report", report,
                 "--report", self.file("report.xml")],
                env=support.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            with process.stdout, process.stderr:
                while len(answered) < 10 and process.poll() is None:
                    time.sleep(0.01)
                process.send_signal(number)
                sent = time.monotonic()
                out = process.stdout.read()
                status = process.wait(support.PATIENCE)
        self.assertLess(time.monotonic() - sent, 10)
        self.assertEqual(status, 3, out)
        self.assertIn("interrupted", out)
        with open(report, encoding="utf-8") as file:
            written = json.load(file)
        self.assertTrue(written["selection"]["interrupted"])
        self.assertEqual(written["exit_status"], 3)
        run = written["runs"][0]
        self.assertEqual(run["verdict"], "inconclusive")
        self.assertGreater(run["counts"]["not_run"], 100)
        self.assertGreater(run["counts"]["pass"], 3)
        self.assertTrue(os.path.isfile(self.file("report.xml")))


if __name__ == "__main__":
    support.main()
