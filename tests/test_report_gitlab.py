"""The Code Quality report for GitLab: exactly what its documentation lists."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import report_samples as samples
from graph_samples import NAMES
from hypothesis import example, given
from report_samples import LOOP, RULES, TIMEOUT, review

from reviewer.finding import Finding, Location, Severity
from reviewer.report import render


def closed(**members: Any) -> dict[str, Any]:
    """An object with these members, all of them and no other."""
    return {"type": "object", "properties": members, "required": [*members], "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "array",
    "items": closed(
        description=TEXT,
        check_name=TEXT,
        fingerprint=TEXT,
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=closed(path=TEXT, lines=closed(begin={"type": "integer", "minimum": 1})),
    ),
}
"""https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""


def report(*findings: Finding, **members: object) -> list[dict[str, Any]]:
    parsed: list[dict[str, Any]] = json.loads(render("gitlab", review(*findings, **members), RULES))  # type: ignore[arg-type]
    jsonschema.validate(parsed, SCHEMA, jsonschema.Draft202012Validator)
    return parsed


def test_a_finding_says_what_gitlab_reads() -> None:
    (found,) = report(LOOP)
    assert found.pop("fingerprint").endswith(":1")
    assert found == {
        "description": "`s3.put_object` writes into the bucket whose uploads start `Resize`.",
        "check_name": "own-trigger-write",
        "severity": "critical",
        "location": {"path": "src/resize/app.py", "lines": {"begin": 11}},
    }


def test_no_findings_are_an_empty_array() -> None:
    assert report() == []


def test_severities_are_told_apart() -> None:
    found = report(*(replace(LOOP, severity=severity) for severity in Severity))
    assert [each["severity"] for each in found] == ["info", "major", "critical"]


def test_fingerprints_are_unique_and_outlive_moved_lines() -> None:
    found = report(*samples.EVERYTHING.findings, TIMEOUT, TIMEOUT)
    assert len({each["fingerprint"] for each in found}) == len(found) == 8
    moved = replace(TIMEOUT, at=replace(TIMEOUT.at, line=12, end_line=12))
    files = {samples.APP: "# one\n# two\n" + samples.RESIZE}
    assert report(moved, files=files)[0]["fingerprint"] == report(TIMEOUT)[0]["fingerprint"]


@given(NAMES, NAMES.filter(bool))
@example("\ud800", "\ud800.py")
def test_hostile_names_are_one_member_each(message: str, path: str) -> None:
    findings = [Finding("a-rule", Severity.NOTE, Location(path, 1), message)] * 2
    found = report(*findings)
    assert len({each["fingerprint"] for each in found}) == 2
    assert all(each["description"].isprintable() for each in found)
    json.dumps(found, ensure_ascii=False).encode()
