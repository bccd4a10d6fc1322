"""The corpus's files, and what their first lines say of them.

    invalid/      are refused, with just the words in the file NAME.expected beside them
    valid_fail/   are taken, and every case fails (or warns): an expectation that silently does nothing would pass
    valid_pass/   are taken, and every case passes

each with cases/ and profiles/. A valid file begins with comments such as

    # profile: line                            what the server is said to speak (case files; without it: line)
    # server: classic --idle-timeout 100ms     what it does speak, and options for it; without it: what it is said to
    # cases: one_exchange                      the case files of valid_pass/ to carry out (profiles; without it: that one)
    # blames: REP-2                            valid_fail: the requirement that every case has to be failed for,
    # reason: came behind the reply            and words of each case's reason; of several lines, each is some case's

Profiles are named as for md5spec run, and may be the corpus's own. Beside the case files of valid_fail/, one_exchange is
carried out and has to pass: so they fail for what they do, not because nothing works. Cases with the tag huge are loaded
only: they go to the edge of what can be said, and would take hours.
"""

import pathlib

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLASSES = ("invalid", "valid_fail", "valid_pass")
KINDS = ("cases", "profiles")
HEADER_KEYS = ("profile", "server", "cases", "blames", "reason")


def files(which, kind):
    found = sorted((HERE / which / kind).glob("*.yaml"))
    assert found, f"no .yaml file in {which}/{kind}"
    return found


def name_of(path):
    """How it is called where people read it: valid_fail/cases/end.yaml"""
    return str(path.relative_to(HERE))


class Header:
    """What a valid file's first comments say: for each key a list of values."""

    def __init__(self, path):
        self.path = path
        self.values = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            key, colon, value = line[1:].strip().partition(": ")
            if colon and key.isalpha():
                assert key in HEADER_KEYS, f"{name_of(path)}: what does '# {key}:' mean?"
                self.values.setdefault(key, []).append(value.strip())

    def all(self, key):
        return self.values.get(key, [])

    def one(self, key, otherwise=None):
        values = self.all(key)
        assert len(values) <= 1, f"{name_of(self.path)}: '# {key}:' stands there {len(values)} times"
        assert values or otherwise is not None, f"{name_of(self.path)} needs a line '# {key}: …'"
        return values[0] if values else otherwise


def requirement_levels():
    text = (ROOT / "cases" / "requirements.yaml").read_text(encoding="utf-8")
    return {one["id"]: one["level"] for one in yaml.safe_load(text)["requirements"]}
