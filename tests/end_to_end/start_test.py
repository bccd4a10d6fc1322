#!/usr/bin/env python3
"""md5spec starts the server itself (--start), watches its process, and starts it again when it has died."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

import support

FAULTY = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "faulty_server" / "faulty_server.py"

# A line server with a weakness: WEAKNESS PORT. A message that begins with "die" is what it dies of.
WEAK_SERVER = '''
import hashlib, os, pathlib, signal, socket, sys, threading, time
weakness, port = sys.argv[1], int(sys.argv[2])
busy = []
traces = []
been = pathlib.Path(__file__ + ".been")
luck = 3 if weakness == "lucky" and not been.exists() else 0
been.touch()
lock = threading.Lock()

def serve(connection):
    busy.append(connection)
    with connection, connection.makefile("rb") as stream:
        for line in stream:
            message = line[:-1]
            in_company = len(busy) > 1
            if weakness in ("two_at_once", "traces"):
                time.sleep(0.3)
            in_company = in_company or len(busy) > 1
            if weakness == "two_at_once" and in_company:
                os._exit(3)
            if weakness == "traces" and in_company:
                message += b" in company"
            elif weakness == "traces" and message.startswith((b"Hello", b"life")):
                traces.append(message)
                message = b" and ".join(traces)
            if message.startswith(b"die"):
                print("about to \\x1b[31mfail\\x1b[0m on", message, flush=True)
                if weakness == "status":
                    os._exit(7)
                if weakness == "hang":
                    lock.acquire()
                if weakness == "signal":
                    os.kill(os.getpid(), signal.SIGSEGV)
            with lock:
                pass
            connection.sendall(hashlib.md5(message).hexdigest().encode() + b"\\n")
    busy.remove(connection)
    if weakness == "picky" and "line" not in locals():
        os._exit(5)
    if weakness == "one_client":
        os._exit(0)

if weakness == "child":
    if os.fork() == 0:
        os.setsid()
        while True:
            time.sleep(60)
listener = socket.create_server(("127.0.0.1", port), backlog=64)
while True:
    client = listener.accept()[0]
    luck -= 1
    if weakness == "lucky" and luck < 0:
        client.close()
    else:
        threading.Thread(target=serve, args=[client], daemon=True).start()
'''

CASES = '''
group: own
title: Messages of all kinds
requirement: DIG-1
why: Some of them are too much for the server.
cases:
  - {name: a_before, message: "life is fine"}
  - {name: b_deadly, message: "die of this"}
  - {name: c_after, message: "life goes on"}
  - {name: d_after, message: "and on"}
'''

# A control is what a case asks for beside its own concern; the server may end at it, too.
CONTROLLED = '''
group: own
title: With a control
requirement: STR-1
why: Pieces may be too much for a server, but only if it can cope with the whole.
cases:
  - name: pieces
    script:
      - control: [connect, {exchange: "die of this"}]
      - connect
      - exchange: life
'''

UNLIMITED = '''
profile: unlimited
extends: line
limits: {message_bytes: unlimited}
'''

IMPATIENT = """
profile: impatient
extends: line
timeouts: {reply: 250ms, close: 250ms}
"""


def alive(marker):
    """The processes whose command line holds `marker`."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if marker in words:
                found.append(int(folder.name))
    return found


class Start(support.Case):
    def weak(self, weakness):
        path = self.file("weak_server.py", WEAK_SERVER)
        return f"{shlex.quote(sys.executable)} {path} {weakness} {{port}}"

    def run_start(self, status, command, *arguments, profile="line", **options):
        """The only run of the report, and what was printed."""
        path = self.file("report.json")
        outcome = self.run_md5spec(status, "run", "--start", command, "--profile", profile, "--report", path, *arguments,
                                   **options)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["runs"][0], outcome

    def own(self, status, weakness, *arguments, **options):
        run, outcome = self.run_start(status, self.weak(weakness), "--cases", self.file("own.yaml", CASES), "--only", "own.*",
                                      *arguments, **options)
        return {case["id"].split(".")[1]: case for case in run["cases"]}, outcome

    def test_a_server_is_started_tested_and_stopped(self):
        run, outcome = self.run_start(0, self.weak("none"), "--only", "defaults.*")
        self.assertEqual(run["counts"]["pass"], 10)
        self.assertRegex(run["target"], r"^127\.0\.0\.1:\d+$")
        self.assertIn("the server at 127.0.0.1:", outcome.out)
        self.assertEqual(alive(self.file("weak_server.py")), [])

    def test_the_environment_names_it_too(self):
        self.run_md5spec(0, "run", "--only", "defaults.*", MD5SPEC_START=self.weak("none"), MD5SPEC_PROFILE="line")

    def test_words_are_split_as_a_shell_does_and_placeholders_filled_in(self):
        script = self.file("show.py", "import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
        command = f"{shlex.quote(sys.executable)} {script} 'a b' \"c \\\" {{x}}\" d\\ e {{host}}:{{port}} {{profile}} $HOME *"
        outcome = self.run_md5spec(3, "run", "--start", command, "--profile", "line", "--only", "defaults.*")
        self.assertRegex(outcome.out, re.escape(r"""['a b', 'c \" {x}', 'd e', '127.0.0.1:""") + r"\d+" +
                         re.escape("', 'line', '$HOME', '*']"))

    def test_a_server_that_ends_at_once_is_shown_with_its_last_words(self):
        script = self.file("ends.py", "import sys\nprint('no \\x1b[1mlicence\\x07')\nsys.exit(9)\n")
        run, outcome = self.run_start(3, f"{shlex.quote(sys.executable)} {script} {{port}}", "--only", "defaults.*")
        self.assertEqual(run["counts"]["error"], 10)
        for part in ("exit status 9", r"no \x1b[1mlicence\x07"):
            self.assertIn(part, outcome.out)
        self.assertNotIn("\x1b", outcome.out)

    def test_a_server_that_never_listens_ends_the_run(self):
        script = self.file("sleeps.py", "import time\nprint('thinking', flush=True)\ntime.sleep(600)\n")
        run, outcome = self.run_start(3, f"{shlex.quote(sys.executable)} {script} {{port}}", "--only", "defaults.*")
        self.assertEqual(run["verdict"], "inconclusive")
        self.assertIn("didn't listen on port", outcome.out)
        self.assertIn("thinking", outcome.out)
        self.assertEqual(alive(script), [])

    def test_a_command_that_is_not_there_ends_the_run(self):
        _, outcome = self.run_start(3, "/nowhere/server {port}", "--only", "defaults.*")
        self.assertIn('"/nowhere/server" can\'t be started: No such file or directory', outcome.out)

    def test_bad_usage(self):
        self.refused("run", "--start", "server {port}", "--target", "localhost:5555", says=["either --target or --start"])
        self.refused("run", "--start", "server", says=["{port}"])
        self.refused("run", "--start", "server '{port}", says=["quote"])
        self.refused("run", "--start", "  ", says=["names no command"])

    def test_a_servers_end_at_a_cases_control_counts_where_nothing_else_accounts_for_it(self):
        own = ("--cases", self.file("controlled.yaml", CONTROLLED))
        run, _ = self.run_start(1, self.weak("status"), *own, "--only", "own.*")
        [case] = run["cases"]
        self.assertEqual((case["outcome"], case["findings"][0]["requirement"]), ("fail", "DIG-1"))
        self.assertIn("exit status 7", case["reason"])
        self.assertEqual(run["verdict"], "non_conformant")
        # Silence alone may have other reasons: then it isn't told.
        run, _ = self.run_start(3, self.weak("hang"), *own, "--only", "own.*", "--timeout-scale", "0.2")
        self.assertEqual(run["cases"][0]["outcome"], "error")

    def test_the_command_that_is_shown_shows_it_again(self):
        profile = self.file("own profile.yaml", "profile: my\nextends: line\n")
        shown, outcome = self.run_start(1, self.weak("status"), "--cases", self.file("own.yaml", CASES), "--only", "own.b_deadly",
                                        "--timeout-scale", "0.5", "--budget", "2s", "--seed", "7", profile=profile)
        command = shown["cases"][0]["reproduce"]
        for part in (f"--profile '{profile}'", "--timeout-scale 0.5", "--budget 2s", "--seed 7", "--only own.b_deadly"):
            self.assertIn(part, command)
        self.assertIn("see it: " + command, outcome.out)
        again = support.command("sh", "-c", command.replace("md5spec", shlex.quote(support.MD5SPEC), 1))
        self.assertEqual(again.status, 1, again)
        self.assertIn("[fail] my/own.b_deadly", again.out)
        self.assertIn("see it: " + command, again.out)
        self.assertEqual(shown["start_command"], self.weak("status"))

    def test_every_profile_has_a_server_of_its_own(self):
        path = self.file("report.json")
        command = f"{shlex.quote(support.REFERENCE_SERVER)} --listen {{profile}}={{host}}:{{port}}"
        self.run_md5spec(0, "run", "--start", command, "--profile", "line", "--profile", "half_close", "--only", "defaults.*",
                         "--report", path)
        with open(path, encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        self.assertEqual([run["verdict"] for run in runs], ["conformant", "conformant"])
        self.assertEqual(len({run["target"] for run in runs}), 2)

    def test_no_connection_is_spent_on_finding_out_whether_it_listens(self):
        # Some servers serve only one.
        self.run_start(0, self.weak("picky"), "--only", "defaults.*")

    def test_nothing_is_left_behind(self):
        self.run_start(0, self.weak("child"), "--only", "defaults.*")
        self.assertEqual(alive(self.file("weak_server.py")), [])

    def test_nothing_is_left_behind_by_an_interrupted_run(self):
        command = self.weak("none")
        process = subprocess.Popen([support.MD5SPEC, "run", "--start", command, "--profile", "line", "--only", "CON-6"],
                                   env=support.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with process.stdout:
            deadline = time.monotonic() + support.PATIENCE
            while not alive(self.file("weak_server.py")) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=support.PATIENCE)
        self.assertEqual(alive(self.file("weak_server.py")), [])


class Deaths(Start):
    """A server that dies is started again, and the case that killed it named."""

    def check_killer(self, cases, outcome, how):
        self.assertEqual({name: case["outcome"] for name, case in cases.items()},
                         {"a_before": "pass", "b_deadly": "fail", "c_after": "pass", "d_after": "pass"}, outcome)
        deadly = cases["b_deadly"]
        self.assertEqual((deadly["culprit"], [f["requirement"] for f in deadly["findings"]]), ("server", ["DIG-1"]))
        self.assertIn(how, deadly["reason"])
        self.assertTrue(any(how in note and r"about to \x1b[31mfail\x1b[0m on b'die of this'" in note
                            for note in deadly["notes"]), deadly)
        self.assertNotIn("\x1b", outcome.out)

    def test_by_its_exit_status(self):
        for jobs in ("1", "4"):
            self.check_killer(*self.own(1, "status", "--jobs", jobs), "ended with exit status 7")

    def test_by_a_signal(self):
        for jobs in ("1", "4"):
            self.check_killer(*self.own(1, "signal", "--jobs", jobs), "was killed by SIGSEGV")

    def test_a_server_that_serves_nobody_any_more_is_started_again(self):
        cases, outcome = self.own(1, "hang", "--jobs", "4", profile=self.file("impatient.yaml", IMPATIENT))
        self.assertEqual({name: case["outcome"] for name, case in cases.items()},
                         {"a_before": "pass", "b_deadly": "fail", "c_after": "pass", "d_after": "pass"}, outcome)
        self.assertEqual([f["requirement"] for f in cases["b_deadly"]["findings"]], ["DIG-1"])

    def test_a_server_that_serves_nobody_though_it_is_new_is_judged_by_that(self):
        run, outcome = self.run_start(1, self.weak("lucky"), "--only", "CON-1", "--only", "lengths.*")
        broken = [one["id"] for one in run["requirements"] if one["outcome"] == "fail"]
        self.assertEqual(broken, ["CON-1"], outcome)
        self.assertEqual([case["id"] for case in run["cases"] if case["outcome"] == "error"], [], outcome)

    def test_what_fails_in_company_is_tried_again_by_a_server_that_has_seen_no_other_client(self):
        cases, outcome = self.own(1, "traces", "--jobs", "4")
        blamed = {finding["requirement"] for case in cases.values() for finding in case["findings"]}
        self.assertEqual(blamed, {"CNC-2"}, outcome)

    def test_where_no_case_alone_kills_it_all_are_suspects(self):
        cases, outcome = self.own(3, "two_at_once", "--jobs", "2")
        suspects = [case for case in cases.values() if case["outcome"] == "error"]
        self.assertGreaterEqual(len(suspects), 2, outcome)
        for case in suspects:
            self.assertEqual(case["culprit"], "server")
            self.assertIn("while these cases were under way: own.", case["reason"])
            self.assertIn("exit status 3", case["reason"])

    def test_a_server_that_ends_behind_every_client_breaks_con_5(self):
        run, outcome = self.run_start(1, self.weak("one_client"), "--only", "defaults.*", "--only", "CON-5", "--budget", "1s")
        broken = [one["id"] for one in run["requirements"] if one["outcome"] == "fail"]
        self.assertEqual(broken, ["CON-5"], outcome)
        self.assertIn("ended with exit status 0", outcome.out)

    def test_a_server_that_ends_behind_a_client_is_not_taken_for_a_good_one(self):
        run, outcome = self.run_start(1, self.weak("one_client"), "--only", "defaults.hello_server")
        self.assertEqual(run["verdict"], "non_conformant", outcome)


class Process(Start):
    """RES-7 to RES-9: what only the process shows."""

    def faulty(self, status, fault, profile="line", framing="line", *arguments):
        command = f"{shlex.quote(sys.executable)} {FAULTY} --framing {framing} --port {{port}}"
        if fault:
            command += f" --fault {fault}"
        run, outcome = self.run_start(status, command, "--only", "process.*", "--only", "defaults.*", *arguments,
                                      profile=profile)
        return {one["id"]: one["outcome"] for one in run["requirements"] if one["outcome"] not in ("pass", "skip")}, outcome

    def test_without_a_fault_nothing_is_found(self):
        for framing in ("classic", "half_close", "line", "length_prefixed"):
            found, outcome = self.faulty(0, None, framing, framing, "--skip", "RES-9")
            self.assertEqual(found, {}, outcome)

    def test_res_7(self):
        for fault in ("ignores_sigterm", "ends_with_a_failure", "cuts_off_on_sigterm"):
            found, outcome = self.faulty(0, fault, "line", "line", "--skip", "RES-9", "--skip", "RES-8")
            self.assertEqual(found, {"RES-7": "warn"}, outcome)

    def test_res_8(self):
        for fault in ("opens_a_log_and_never_closes_it", "remembers_every_client"):
            found, outcome = self.faulty(0, fault, "line", "line", "--skip", "RES-9", "--skip", "RES-7")
            self.assertEqual(found, {"RES-8": "warn"}, outcome)

    def test_res_9(self):
        profile = self.file("unlimited.yaml", UNLIMITED)
        found, outcome = self.faulty(0, "gathers_whole_messages", profile, "line", "--only", "RES-9", "--skip", "RES-7",
                                     "--skip", "RES-8")
        self.assertEqual(found, {"RES-9": "warn"}, outcome)
        command = f"{shlex.quote(support.REFERENCE_SERVER)} --listen {{profile}}={{host}}:{{port}}"
        run, outcome = self.run_start(0, command, "--only", "RES-9", profile=profile)
        self.assertEqual(run["counts"]["pass"], 1, outcome)

    def test_they_are_skipped_where_the_server_is_somebody_elses(self):
        with support.reference_server("line") as port:
            outcome = self.run_md5spec(6, "run", "--target", f"localhost:{port}", "--profile", "line", "--only", "process.*")
        self.assertIn("md5spec didn't start the server itself", outcome.out)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    support.main()
