#!/usr/bin/env python3
"""Every key, verb and word that the JSON Schemas have is in each class of the corpus, or uncovered.txt says why not.

In a valid file it has to stand; in a file that is refused, what is said of it has to name the key or the verb besides. An
entry of uncovered.txt for what is covered is out of date and fails, too.

Needs Debian's python3-yaml and python3-jsonschema.
"""

import json
import re
import unittest

import yaml

from corpus import CLASSES, HERE, KINDS, ROOT, files
from schema_test import CoreLoader

SCHEMAS = {"cases": "case-file.schema.json", "profiles": "profile.schema.json"}
ALL = object()  # in place of a value: one that has everything


class Vocabulary:
    """What a schema lets be said: keys as "send.until", words as "reading=never"; `step.end` is a verb, `step=end` the same
    without parameters."""

    def __init__(self, kind):
        self.kind = kind
        self.schema = json.loads((ROOT / "cases" / SCHEMAS[kind]).read_text(encoding="utf-8"))

    def of(self, value=ALL):
        return set(self.words(self.schema, {"cases": "file", "profiles": "profile"}[self.kind], value, ()))

    def words(self, schema, context, value, above):
        if "$ref" in schema:
            context = schema["$ref"].rpartition("/")[2]
            if value is ALL and context in above:
                return
            above = (*above, context)
            schema = self.schema["definitions"][context]
        for branch in [one for union in ("allOf", "anyOf") for one in schema.get(union, [])]:
            yield from self.words(branch, context, value, above)
        for key, below in schema.get("properties", {}).items():
            if isinstance(below, dict) and (value is ALL or isinstance(value, dict) and key in value):
                yield f"{context}.{key}"
                yield from self.words(below, key, ALL if value is ALL else value[key], above)
        items = schema.get("items")
        if isinstance(items, dict) and (value is ALL or isinstance(value, list)):
            for item in [ALL] if value is ALL else value:
                yield from self.words(items, context, item, above)
        for word in schema.get("enum", [schema["const"]] if "const" in schema else []):
            if isinstance(word, str) and (value is ALL or value == word):
                yield f"{context}={word}"


def document(path):
    try:
        return yaml.load(path.read_text(encoding="utf-8"), CoreLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None  # which is why it is refused


def is_named(word, said):
    """Whether a refusal is about a key or a verb."""
    return re.search(rf"\b{re.escape(re.split('[.=]', word)[-1])}\b", said) is not None


def covered(which, kind):
    vocabulary = Vocabulary(kind)
    found = set()
    for path in files(which, kind):
        words = vocabulary.of(document(path))
        if which == "invalid":
            said = path.with_suffix(".expected").read_text(encoding="utf-8").partition(": ")[2]
            words = {word.replace("step=", "step.") for word in words if is_named(word, said)}
        found |= words
    return found


def needed(which, kind):
    # A word from a list isn't wrong in itself: only keys, and verbs, can be used wrongly.
    return {word for word in Vocabulary(kind).of() if which != "invalid" or "=" not in word}


def excused():
    """The reasons in uncovered.txt, by class and word; a `*` at a word's end stands for anything."""
    reasons = {}
    for line in (HERE / "uncovered.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            which, word, reason = line.split(maxsplit=2)
            reasons[which, word] = reason
    return reasons


class VocabularyTest(unittest.TestCase):
    maxDiff = None

    def test_every_class_has_all_of_it(self):
        stale = excused()
        for which in CLASSES:
            for kind in KINDS:
                missing = needed(which, kind) - covered(which, kind)
                for entry in list(stale):
                    pattern = entry[1]
                    fitting = {word for word in missing
                               if word == pattern or pattern.endswith("*") and word.startswith(pattern[:-1])}
                    if entry[0] == which and fitting:
                        missing -= fitting
                        del stale[entry]
                with self.subTest(f"{which}/{kind}"):
                    self.assertEqual(sorted(missing), [], f"no file of {which}/{kind} has these, nor does uncovered.txt say why")
        self.assertEqual(sorted(stale), [], "uncovered.txt has these, but they are covered, or aren't in the schemas")

    def test_schemas_have_what_is_looked_for(self):
        self.assertLessEqual({"file.group", "case.message", "message.hex", "step.send", "step=end", "send.until", "until=delimiter",
                              "reading=never", "condition=framed", "requirement_id=DIG-1"}, Vocabulary("cases").of())
        self.assertLessEqual({"profile.framing", "framing=unframed", "limits.connections", "tls.ca", "accepts.regex"},
                             Vocabulary("profiles").of())


if __name__ == "__main__":
    unittest.main()
