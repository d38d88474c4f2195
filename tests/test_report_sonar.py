"""The issues for SonarQube: what its import asks for, and what it would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
import report_samples as samples
from graph_samples import NAMES
from hypothesis import example, given
from hypothesis import strategies as st
from report_samples import LOOP, RULES, SECRET, TIMEOUT, UNREADABLE, review

from reviewer.finding import Finding, Location, Severity, Step
from reviewer.report import render

TEXT = {"type": "string", "minLength": 1}


def members(optional: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
    """An object with these members and no other."""
    required = [name for name in given if name not in optional]
    return {"type": "object", "properties": given, "required": required, "additionalProperties": False}


def numbered(first: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": first}


RANGE = members(
    ("endLine", "startColumn", "endColumn"),
    startLine=numbered(1),
    endLine=numbered(1),
    startColumn=numbered(0),
    endColumn=numbered(0),
)
ATTRIBUTES = (
    "CONVENTIONAL FORMATTED IDENTIFIABLE CLEAR COMPLETE EFFICIENT LOGICAL DISTINCT FOCUSED MODULAR TESTED LAWFUL "
    "RESPECTFUL TRUSTWORTHY"
)
IMPACT = members(
    softwareQuality={"enum": ["MAINTAINABILITY", "RELIABILITY", "SECURITY"]},
    severity={"enum": ["LOW", "MEDIUM", "HIGH"]},
)
SCHEMA = members(
    rules={
        "type": "array",
        "items": members(
            id=TEXT,
            name=TEXT,
            description=TEXT,
            engineId={"const": "lambda-review"},
            cleanCodeAttribute={"enum": ATTRIBUTES.split()},
            impacts={"type": "array", "minItems": 1, "items": IMPACT},
        ),
    },
    issues={
        "type": "array",
        "items": members(
            ruleId=TEXT,
            primaryLocation=members(("textRange",), message=TEXT, filePath=TEXT, textRange=RANGE),
            secondaryLocations={"type": "array", "items": members(message=TEXT, filePath=TEXT, textRange=RANGE)},
        ),
    },
)
"""https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format"""


def report(*findings: Finding, **options: Any) -> dict[str, Any]:
    reviewed = review(*findings, **options)
    parsed: dict[str, Any] = json.loads(render("sonar", reviewed, RULES))
    jsonschema.validate(parsed, SCHEMA, jsonschema.Draft202012Validator)
    ids = [rule["id"] for rule in parsed["rules"]]
    assert len(set(ids)) == len(ids)
    assert {issue["ruleId"] for issue in parsed["issues"]} == set(ids)
    for place in places(parsed):
        content = reviewed.contents(place["filePath"])
        if "textRange" in place and content:  # SonarQube passes over a file that it does not know
            selected(content, place["textRange"])
    return parsed


def places(parsed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for issue in parsed["issues"]:
        yield issue["primaryLocation"]
        yield from issue["secondaryLocations"]


def selected(content: bytes, span: dict[str, int]) -> str:
    """The text of a span of one line, in UTF-16 as Java counts; SonarQube stops at one that a file does not have."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    assert span["startLine"] <= len(lines)
    if len(span) == 1:
        return ""
    start, end = (span["startLine"], span["startColumn"]), (span["endLine"], span["endColumn"])
    assert start < end
    for line, column in (start, end):
        assert line <= len(lines)
        assert column * 2 <= len(lines[line - 1])
    return lines[start[0] - 1][start[1] * 2 : end[1] * 2].decode("utf-16-le") if start[0] == end[0] else ""


def test_an_issue_says_where_and_what() -> None:
    parsed = report(replace(TIMEOUT, detail="The client retries twice"))
    assert parsed["rules"] == [
        {
            "id": "http-without-timeout",
            "name": "An HTTP request with no timeout",
            "description": "\n\n".join(
                (
                    RULES["http-without-timeout"].why,
                    "Adding `timeout=` bounds the wait.",
                    *RULES["http-without-timeout"].references,
                )
            ),
            "engineId": "lambda-review",
            "cleanCodeAttribute": "LOGICAL",
            "impacts": [{"softwareQuality": "RELIABILITY", "severity": "MEDIUM"}],
        }
    ]
    assert parsed["issues"] == [
        {
            "ruleId": "http-without-timeout",
            "primaryLocation": {
                "message": "`requests.get` has no timeout. The client retries twice.",
                "filePath": "src/resize/app.py",
                "textRange": {"startLine": 10, "endLine": 10, "startColumn": 11, "endColumn": 60},
            },
            "secondaryLocations": [],
        }
    ]


def test_columns_count_utf_16_units_from_0() -> None:
    place = report(SECRET)["issues"][0]["primaryLocation"]
    assert selected(samples.WIDE.encode(), place["textRange"]) == f'"{samples.KEY}"'


def test_steps_and_related_places_are_secondary() -> None:
    found = report(LOOP)["issues"][0]["secondaryLocations"]
    assert [place["filePath"] for place in found] == ["template.yaml", samples.APP, samples.APP, "template.yaml"]


def test_a_place_that_is_not_there_is_left_out() -> None:
    gone = Step(Location("src/gone.py", 3), "It was there")
    (issue,) = report(replace(UNREADABLE, steps=(gone,)))["issues"]
    assert issue["primaryLocation"] == {"message": "`src/gone.py` cannot be read.", "filePath": "src/gone.py"}
    assert issue["secondaryLocations"] == []


def test_no_findings_are_a_report() -> None:
    assert report() == {"rules": [], "issues": []}


def test_another_severity_is_another_rule() -> None:
    parsed = report(LOOP, replace(LOOP, severity=Severity.NOTE))
    assert [(rule["id"], rule["impacts"][0]["severity"]) for rule in parsed["rules"]] == [
        ("own-trigger-write", "HIGH"),
        ("own-trigger-write.note", "LOW"),
    ]
    assert [issue["ruleId"] for issue in parsed["issues"]] == ["own-trigger-write", "own-trigger-write.note"]


@pytest.mark.parametrize(
    ("finding", "quality"),
    [(SECRET, "SECURITY"), (LOOP, "RELIABILITY"), (UNREADABLE, "MAINTAINABILITY"), (samples.OTHER, "RELIABILITY")],
)
def test_the_quality_is_that_of_the_rule(finding: Finding, quality: str) -> None:
    (rule,) = report(finding)["rules"]
    assert [impact["softwareQuality"] for impact in rule["impacts"]] == [quality]


def test_of_a_file_in_another_encoding_only_lines_are_told() -> None:
    """SonarQube counts the columns of what it decodes as UTF-8."""
    content = '# coding: latin-1\nx = "Ã©Ã©Ã©"\n'.encode("latin-1").replace(b"\xa9", b"\xe9")
    finding = Finding("a-rule", Severity.NOTE, Location("a.py", 2, 1, 2, 13), "A fact")
    (issue,) = report(finding, files={"a.py": content})["issues"]
    assert issue["primaryLocation"]["textRange"] == {"startLine": 2}


LINE = st.text(st.sampled_from("a é世𝒽\t\r\ufeff"), max_size=8)


SPAN = st.builds(
    lambda line, column, tall, end: (line, column, line + tall, end),
    st.integers(1, 4),
    st.integers(1, 12),
    st.integers(0, 2),
    st.integers(1, 12),
)


@given(NAMES.filter(bool), NAMES, st.lists(LINE, max_size=4).map("\n".join), SPAN)
@example("\ud800", "\ud800", "", (1, 1, 1, 1))
@example("a.py", "x", "\ufeffab", (1, 1, 1, 3))
def test_no_place_is_one_that_would_be_refused(path: str, message: str, code: str, span: tuple[int, ...]) -> None:
    finding = Finding("a-rule", Severity.NOTE, Location(path, *span), message)
    (issue,) = report(finding, files={path: code})["issues"]
    assert issue["primaryLocation"]["message"].isprintable()
