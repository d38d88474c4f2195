"""Validates SARIF files with Microsoft's validator and the official schema: `python benchmarks/validate_sarif.py FILE…`

    lambda-review --format sarif --output review.sarif PATH; python benchmarks/validate_sarif.py review.sarif

Needs npm for `@microsoft/sarif-multitool` (put into a folder of the temporary directory, or the one that
`SARIF_MULTITOOL` names, once) and `jsonschema` of the `test` extra. Prints what is wrong with which file; the exit
status is 1 if anything is, 2 where the validator cannot be had.

The multitool exits 0 whatever it finds, so its report is read. Its rules for GitHub code scanning (GH…) are off until a
configuration *and* `--rule-kind` ask for them; so that silence means something, a log that breaks them is validated
along with the others and has to be reported.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import jsonschema

PACKAGE = "@microsoft/sarif-multitool@5"
MOST_BYTES = 10 * 1000 * 1000
"""What GitHub takes of one gzipped file."""

OPINIONS = {
    "SARIF2002": "asks for message ids, where code scanning reads texts only (GH1007)",
    "SARIF2003": "asks for the revision under review, which the pipeline knows",
    "SARIF2006": "opens every link",
    "SARIF2009": "asks for rule ids such as CA1000",
    "SARIF2010": "asks for snippets, which a file that cannot be read has none of",
    "SARIF2011": "asks for the lines around each place, which code scanning shows by itself",
}
"""Rules that stay off, and why."""

CONTROL = {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "control", "rules": [{"id": "A1"}]}},
            "columnKind": "utf16CodeUnits",
            "results": [
                {"ruleId": "A1", "message": {"text": "No place."}},
                {
                    "ruleId": "A1",
                    "message": {"text": "A place of the wrong kind."},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "a.py"},
                                "region": {"charOffset": 3, "charLength": 3},
                            }
                        }
                    ],
                },
            ],
        }
    ],
}
CONTROL_RULES = {"GH1001", "GH1003"}


def multitool(folder: Path) -> Path:
    """The validator's executable, installed into `folder` where it is not there yet. Exits with 2 without npm."""
    if not (found := executable(folder)):
        npm = shutil.which("npm")
        if not npm:
            sys.stderr.write("npm is not installed: the validator cannot be had.\n")
            sys.exit(2)
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "install", "--silent", "--prefix", folder, PACKAGE], check=True)
        found = executable(folder)
        if not found:
            sys.stderr.write("The validator has no executable for this platform.\n")
            sys.exit(2)
        found.chmod(found.stat().st_mode | 0o100)
    return found


def executable(folder: Path) -> Path | None:
    found = folder.glob("node_modules/@microsoft/sarif-multitool-*/*")
    return next((path for path in found if path.name in {"Sarif.Multitool", "Sarif.Multitool.exe"}), None)


def run(tool: Path, *arguments: str | Path) -> None:
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run([tool, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)


def configure(tool: Path, folder: Path) -> Path:
    """A configuration that reports every rule for SARIF and for GitHub as an error, opinions apart."""
    everything, chosen = folder / "all.xml", folder / "rules.xml"
    run(tool, "export-validation-config", everything)
    keys = re.findall(r'"((GH|SARIF)(\d+)\.\w+\.Options)"', everything.read_text(encoding="utf-8-sig"))
    states = ((key, "Disabled" if kind + number in OPINIONS else "Error") for key, kind, number in keys)
    rows = (
        f'<Properties Key={quoteattr(key)}><Property Key="RuleEnabled" Value="{state}" '
        'Type="Driver.RuleEnabledState" /></Properties>'
        for key, state in states
    )
    chosen.write_text(f"<?xml version='1.0'?><Properties>{''.join(rows)}</Properties>", encoding="utf-8")
    return chosen


def findings(tool: Path, paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    """File, rule and text of all that the multitool reports, and of what kept it from finishing."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name, "report.sarif")
        options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--kind", "Fail;Review;Open"]
        run(tool, "validate", *paths, "--config", configure(tool, Path(name)), *options, "--output", report, "--quiet")
        (log,) = json.loads(report.read_text(encoding="utf-8-sig"))["runs"]
    texts = {rule["id"]: rule["messageStrings"] for rule in log["tool"]["driver"].get("rules", ())}
    for result in log["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        message = result["message"]
        text = message.get("text") or texts[result["ruleId"]][message["id"]]["text"]
        for number, argument in enumerate(message.get("arguments", ())):
            text = text.replace(f"{{{number}}}", argument)
        yield uri.rpartition("/")[2], result["ruleId"], text
    for invocation in log["invocations"]:
        for notification in invocation.get("toolExecutionNotifications", ()):
            yield "", "notification", notification["message"]["text"]


def schema_errors(schema: Any, path: Path) -> Iterator[str]:
    validator = jsonschema.validators.validator_for(schema)(schema)
    for error in validator.iter_errors(json.loads(path.read_text(encoding="utf-8"))):
        yield f"{error.json_path}: {error.message}"


def main(paths: list[Path]) -> int:
    tool = multitool(Path(os.environ.get("SARIF_MULTITOOL") or Path(tempfile.gettempdir(), "sarif-multitool")))
    schema = json.loads((tool.parent / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    wrong = []
    for path in paths:
        wrong += [(path.name, "schema", error) for error in schema_errors(schema, path)]
        if (size := len(gzip.compress(path.read_bytes()))) > MOST_BYTES:
            wrong.append((path.name, "size", f"{size} bytes when gzipped, of {MOST_BYTES}"))
    with tempfile.TemporaryDirectory() as name:
        control = Path(name, "_control.sarif")
        control.write_text(json.dumps(CONTROL), encoding="utf-8")
        found = list(findings(tool, [*paths, control]))
    wrong += [problem for problem in found if problem[0] != control.name]
    silent = CONTROL_RULES - {rule for file, rule, _ in found if file == control.name}
    wrong += [(control.name, rule, "is not reported: the validator's silence means nothing") for rule in sorted(silent)]
    sys.stdout.writelines(f"{file}: {rule}: {text}\n" for file, rule, text in wrong)
    sys.stdout.write(f"{len(paths)} files, {len(wrong)} problems.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main([Path(argument).resolve() for argument in sys.argv[1:]]))
