"""What the trials come to: figures for the terminal, and docs/detection.md."""

from trial import ROOT, requirements

PATH = ROOT / "docs" / "detection.md"

OPENING = """# Detection

What md5spec finds is measured. `fixtures/faulty_server` is a server with one defect at a time, each a mistake that real
servers make. `tests/detection/detection_test.py` runs md5spec against every one of them and demands that

- each defect is found, and blamed on the requirement that it breaks and on no other;
- each case fails for at least one defect: what nothing can make fail tests nothing;
- no conforming server is blamed, neither before nor after;
- each defect's own code was reached;
- a trial that is wrong on purpose is noticed.

This page is written by `tests/detection/detection_test.py --write`, and a test keeps it current. Each defect is tried in
one of its framings; with `--all` in each of them. Several are tried at once, and the few that come out wrong so are
tried once more, alone.

A case doesn't fail where a more basic requirement accounts for what it saw. So some can't fail alone, whatever a server
does: `tests/detection/unfailed.txt` names them, with the reason. They must have seen one of the defects nevertheless.
"""


def applied(baseline):
    """The cases that some conforming server has passed."""
    return set().union(*(trial.passed() for trial in baseline)) if baseline else set()


def never_failed(trials, baseline):
    killed = set().union(*(trial.killed() for trial in trials)) if trials else set()
    return sorted(applied(baseline) - killed)


def figures(trials, baseline):
    right = sum(not trial.wrongs() for trial in trials)
    cases = applied(baseline)
    left = never_failed(trials, baseline)
    lines = ["%d of %d faults blamed rightly" % (right, len(trials))]
    if cases:
        lines.append("%d of %d cases failed for at least one fault" % (len(cases) - len(left), len(cases)))
    return "\n".join(lines)


def cases_of_requirements(baseline):
    """Each requirement's cases, by its id, in the order of the specification."""
    table = {id: set() for id in requirements()}
    for trial in baseline:
        for case in trial.report["cases"]:
            if case["outcome"] == "pass":
                table[case["requirements"][0]].add(case["id"])
    return table


def cell(text):
    return text.replace("|", "\\|")


def text(gallery, trials, baseline):
    left = set(never_failed(trials, baseline))
    table = cases_of_requirements(baseline)
    right = sum(not trial.wrongs() for trial in trials)
    lines = [OPENING, "## Figures", "", "%d of %d defects were blamed rightly." % (right, len(trials)), ""]
    lines += ["| requirement | faults | cases | of which some fault makes fail |", "|---|---|---|---|"]
    for requirement, cases in table.items():
        breakers = sum(fault["requirement"] == requirement for fault in gallery)
        lines.append("| %s | %d | %d | %d |" % (requirement, breakers, len(cases), len(cases - left)))
    every = set().union(*table.values())
    lines += ["| all | %d | %d | %d |" % (len(gallery), len(every), len(every - left)), ""]
    lines += ["The cases for messages of half a gigabyte and more aren't among these; they are tagged `huge`.", ""]
    return "\n".join(lines) + "\n" + faults(gallery)


FAULTS = "## Faults\n"


def faults_of(page):
    """The part of the page that needs no trial."""
    return page[page.find(FAULTS) :]


def faults(gallery):
    lines = [FAULTS]
    for requirement in requirements():
        some = [fault for fault in gallery if fault["requirement"] == requirement]
        if not some:
            continue
        lines += ["### " + requirement, "", "| fault | framings | where it comes from |", "|---|---|---|"]
        for fault in some:
            also = "".join(" Also %s: %s" % one for one in fault["also"].items())
            framings = ", ".join("`%s`" % framing for framing in fault["framings"])
            lines.append("| `%s` | %s | %s%s |" % (fault["id"], framings, cell(fault["origin"]), cell(also)))
        lines.append("")
    return "\n".join(lines)
