#!/usr/bin/env python3
"""Holds a JSON Schema against YAML files: schema_test.py SCHEMA FOLDER_OR_FILE...

Every .yaml file below a folder called `invalid` has to be refused, and every other one to validate.
What no schema can refuse is listed in beyond_schema.txt, beside this script, with the reason; an entry that the schema
does refuse, or that names no file, is out of date and fails the test too.

Needs Debian's python3-yaml and python3-jsonschema.
"""

import pathlib
import re
import sys

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent


class CoreLoader(yaml.SafeLoader):
    """Reads YAML as editors do: types as in YAML 1.2's core schema (`no` is a string, `0o17` a number), a key once."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for i, key in enumerate(keys):
            if key in keys[:i]:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands here twice", node.start_mark)
        return super().construct_mapping(node, deep)

    def construct_core_int(self, node):
        text = self.construct_scalar(node)
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def construct_core_float(self, node):
        text = self.construct_scalar(node)
        return float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text.lower()))


for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789"),
):
    letters = [letter if letter != "\0" else "" for letter in first]
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), letters)
CoreLoader.add_constructor("tag:yaml.org,2002:int", CoreLoader.construct_core_int)
CoreLoader.add_constructor("tag:yaml.org,2002:float", CoreLoader.construct_core_float)


def fault_in(path, validator):
    """What is wrong with a file, in a line; None if nothing is."""
    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file, CoreLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return "not valid YAML: " + " ".join(str(error).split())
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return None if error is None else f"{error.json_path}: {error.message}"


def beyond_schema():
    """The files that no schema can refuse, with the reason for each."""
    reasons = {}
    for line in (HERE / "beyond_schema.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            assert reason.strip(), f"beyond_schema.txt gives no reason for {name}"
            reasons[HERE / name] = reason.strip()
    return reasons


def main(schema_file, *folders):
    schema = yaml.safe_load(pathlib.Path(schema_file).read_text(encoding="utf-8"))
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    beyond = beyond_schema()
    faults = []
    validated = refused = excused = 0
    for folder in map(pathlib.Path, folders):
        files = [folder.resolve()] if folder.is_file() else sorted(folder.resolve().rglob("*.yaml"))
        if not files:
            faults.append(f"{folder}: no .yaml file below it")
        for path in files:
            fault = fault_in(path, validator)
            if "invalid" not in path.parts[-3:-1]:
                validated += 1
                if fault is not None:
                    faults.append(f"{path}: valid, but the schema refuses it: {fault}")
            elif path in beyond:
                excused += 1
                if fault is not None:
                    faults.append(f"{path}: listed as beyond a schema, but refused: {fault}")
            else:
                refused += 1
                if fault is None:
                    faults.append(f"{path}: invalid, but the schema takes it")
        faults += [f"{path}: listed as beyond a schema, but not there"
                   for path in beyond if folder.resolve() in path.parents and path not in files]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{validated} valid, {refused} invalid, {excused} beyond a schema; {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
