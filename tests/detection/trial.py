"""A fault of fixtures/faulty_server (or none) in a framing, and what md5spec says of it. MD5SPEC names the binary; by
default it's the one in build/bin."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "fixtures" / "faulty_server" / "faulty_server.py"
MAKE_CERTIFICATES = ROOT / "fixtures" / "tls" / "make_certificates"
MD5SPEC = os.environ.get("MD5SPEC", str(ROOT / "build" / "bin" / "md5spec"))
BUILT_IN = ("classic", "half_close", "line", "length_prefixed")
OWN = {  # profiles for what no built-in one declares
    "crlf_line": 'extends: line\ndelimiter: "\\r\\n"\nreply: "{hex}\\r\\n"\n',
    "any_line": "extends: line\noptional_cr: true\n",
    "greeting_line": 'extends: line\nbanner: "MD5 service ready\\r\\n"\n',
    "limited_line": "extends: line\nlimits: {message_bytes: 64KiB}\n",
    "limited_length_prefixed": "extends: length_prefixed\nlimits: {message_bytes: 64KiB}\n",
}
FRAMINGS = BUILT_IN + tuple(OWN)
# What a server of this machine's own is given. The times of silence stay what they are: they are what shows some faults.
TIMEOUTS = "timeouts: {reply: %dms, close: %dms}\n"
LONGEST = 240  # seconds for a run; only a fault of the suite's own takes so long
BROKEN = ("fail", "warn", "error")
SHORTAGE = "environment"  # the culprit where this machine was too busy to tell
OF_THE_PROCESS = ("RES-7", "RES-8", "RES-9")  # these show only where the suite has started the server


def faults():
    listing = subprocess.run(
        [sys.executable, SERVER, "--list-faults", "--json"], check=True, stdout=subprocess.PIPE, timeout=LONGEST
    )
    return json.loads(listing.stdout)


def cases():
    """The ids of all cases."""
    listing = subprocess.run([MD5SPEC, "list", "--json"], check=True, stdout=subprocess.PIPE, timeout=LONGEST)
    return [case["id"] for case in json.loads(listing.stdout)]


def requirements():
    """The ids of all requirements, in the order of the specification."""
    listing = subprocess.run(
        [MD5SPEC, "list", "requirements", "--json"], check=True, stdout=subprocess.PIPE, timeout=LONGEST
    )
    return [requirement["id"] for requirement in json.loads(listing.stdout)]


@contextlib.contextmanager
def running(command):
    """The server of that command; yields where it listens, and a list that in the end holds what it has printed."""
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    printed = []
    try:
        line = server.stdout.readline().decode()
        if not line.startswith("listening on "):
            raise AssertionError("the faulty server didn't start: " + server.stderr.read().decode())
        yield line.split()[-1], printed
    finally:
        server.kill()
        server.wait()
        printed.append(server.stdout.read())
        server.stdout.close()
        server.stderr.close()


class Trial:
    """One run. `claimed`: the requirement that the fault is said to break, if not what its entry says; `absent`: the
    server doesn't have it at all; `only`: what is carried out, as md5spec's own option names it; nothing: all."""

    def __init__(self, fault, framing, tls=False, process=False, claimed=None, absent=False, only=()):
        self.fault = fault
        self.absent = absent
        self.framing = framing
        self.tls = tls
        self.only = only
        self.process = process  # started by the suite, which then looks at the process, too
        self.exchanges = fault["exchanges"] if fault else "many"
        self.claimed = claimed or (fault["requirement"] if fault else None)
        self.report = {"cases": [], "requirements": []}
        self.altered = False  # whether the fault's own code has changed what the server does
        self.status = None
        self.trouble = ""  # why there is no report
        self.seconds = 0

    def is_short(self):
        """As opposed to those that start the server again and again, or whose clients wait for one another."""
        return not self.process and self.claimed != "CNC-3"

    def name(self):
        manner = ("_tls" if self.tls else "") + ("_started" if self.process else "")
        return "%s/%s%s" % (self.fault["id"] if self.fault else "conforming", self.framing, manner)

    def run(self, folder, patience):
        """Carries it out; where this machine was too busy to tell, once more with four times the patience."""
        began = time.monotonic()
        self.run_once(folder, patience)
        if SHORTAGE in self.culprits():
            self.run_once(folder, 4 * patience)
        self.seconds = time.monotonic() - began
        return self

    def run_once(self, folder, patience):
        self.report, self.trouble = {"cases": [], "requirements": []}, ""
        name = os.path.join(folder, self.name().replace("/", "-"))
        # A thousand connections, or exchanges, are all made where it is their number that matters.
        budget = "10s" if self.claimed in ("CON-4", "CON-5", "RES-3", "RES-8") else "500ms"
        command = [MD5SPEC, "run", "--profile", self.profile(name + ".yaml", folder, patience), "--budget", budget, "--jobs",
                   "16", "--report", name + ".json"]
        command += ["--only=" + one for one in self.only]
        server = [sys.executable, str(SERVER), "--framing", self.framing, "--exchanges", self.exchanges]
        if self.fault and not self.absent:
            server += ["--fault", self.fault["id"]]
        if self.tls:
            server += ["--tls-cert", os.path.join(folder, "server.pem"), "--tls-key", os.path.join(folder, "server.key")]
        if self.process:
            # The gallery's servers gather each message in memory before they hash it.
            if self.claimed != "RES-9":
                command += ["--skip", "RES-9"]
            marker = name + ".altered"
            self.conduct([*command, "--start", " ".join([*server, "--port", "{port}", "--altered-file", marker])], name)
            self.altered = os.path.exists(marker)
            return
        with running([*server, "--port", "0"]) as (target, printed):
            self.conduct([*command, "--target", target], name)
        self.altered = b"altered: " in printed[0]

    def conduct(self, command, name):
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            self.trouble = "the run took longer than %d s" % LONGEST
            return
        self.status = done.returncode
        if not os.path.exists(name + ".json"):
            self.trouble = done.stdout.decode(errors="replace")[-1000:]
            return
        with open(name + ".json", encoding="utf-8") as file:
            self.report = json.load(file)["runs"][0]

    def profile(self, path, folder, patience):
        name = self.framing + ("_one" if self.exchanges == "one" else "")
        with open(path, "w", encoding="utf-8") as file:
            file.write("profile: %s\n%s" % (name, OWN.get(self.framing, "extends: %s\n" % self.framing)))
            file.write(TIMEOUTS % (patience, patience))
            if self.exchanges == "one":
                file.write("exchanges: one\n")
            if self.tls:
                file.write("tls: {ca: %s}\n" % os.path.join(folder, "ca.pem"))
        return path

    def culprits(self):
        return {case.get("culprit") for case in self.report["cases"]}

    def killed(self):
        """The cases that it made fail."""
        return {case["id"] for case in self.report["cases"] if case["outcome"] in ("fail", "warn")}

    def noticed(self):
        """The cases that saw it, whatever was blamed for it."""
        return {case["id"] for case in self.report["cases"] if case.get("findings")}

    def passed(self):
        return {case["id"] for case in self.report["cases"] if case["outcome"] == "pass"}

    def blamed(self):
        """The outcome of each requirement that came out broken or undecided, but for what this machine was too busy
        to tell."""
        broken = {r["id"]: r["outcome"] for r in self.report["requirements"] if r["outcome"] in BROKEN}
        return {id: outcome for id, outcome in broken.items() if outcome != "error" or not self.is_for_shortage(id)}

    def is_for_shortage(self, requirement):
        undecided = [c for c in self.report["cases"] if c["outcome"] == "error" and requirement in c["requirements"]]
        return bool(undecided) and all(c.get("culprit") == SHORTAGE for c in undecided)

    def wrongs(self):
        """What is wrong with the blame, in words; nothing if it's right."""
        if self.trouble:
            return [self.trouble]
        wrongs = self.wrongs_of_fault() if self.fault else self.wrongs_of_none()
        return [*wrongs, self.shown()] if wrongs else []

    def wrongs_of_none(self):
        sound = self.status == 0 or (self.status == 3 and SHORTAGE in self.culprits())
        return ["a conforming server is blamed"] if self.blamed() or not sound else []

    def wrongs_of_fault(self):
        wrongs = [] if self.altered else ["the fault's own code wasn't reached"]
        levels = {r["id"]: r["level"] for r in self.report["requirements"]}
        due = "fail" if levels[self.claimed] == "MUST" else "warn"
        blamed = self.blamed()
        if blamed.get(self.claimed) != due:
            wrongs.append("%s isn't found broken" % self.claimed)
        for requirement, outcome in blamed.items():
            if requirement == self.claimed or requirement in self.fault["also"]:
                continue
            # What was never tried is nobody's fault but the defect's that ended the service.
            if self.fault["ends_service"] and outcome == "error":
                continue
            wrongs.append("%s is, too: %s" % (requirement, outcome))
        decided = self.fault["ends_service"] or SHORTAGE in self.culprits()
        if not wrongs and not decided and self.status != (1 if "fail" in blamed.values() else 0):
            wrongs.append("exit status %d" % self.status)
        return wrongs

    def row(self):
        blamed = " ".join("%s:%s" % one for one in sorted(self.blamed().items())) or "-"
        mark = "  <-- wrong" if self.wrongs() else ""
        return "%-52s %-6s %5.1fs  %s%s" % (self.name(), self.claimed or "-", self.seconds, blamed, mark)

    def shown(self):
        """The first broken case of each blamed requirement, and why."""
        lines = []
        for requirement in self.blamed():
            for case in self.report["cases"]:
                about = {finding["requirement"] for finding in case.get("findings", [])} or case["requirements"]
                if case["outcome"] in BROKEN and requirement in about:
                    lines.append("%s by %s (%s)" % (requirement, case["id"], case.get("reason", "")[:300]))
                    break
        return "; ".join(lines) or "nothing is blamed"
