"""The JSON report against its published schema, in both directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import report_samples as samples
from report_samples import RULES, review

from reviewer.finding import Finding, Location, Severity
from reviewer.report import render

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def closed(schema: Any) -> Any:
    """The schema with no member allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if schema.get("type") == "object" else inner


VALIDATOR = jsonschema.Draft202012Validator(closed(SCHEMA))


def report(*findings: Finding, **members: object) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(render("json", review(*findings, **members), RULES))  # type: ignore[arg-type]
    VALIDATOR.validate(parsed)
    return parsed


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_member_is_described() -> None:
    everything = report(*samples.EVERYTHING.findings, suppressed=(samples.LOOP,), errors=("x",), left_out=(("a", "b"),))
    assert [len(everything[key]) for key in ("findings", "errors", "left_out")] == [6, 1, 1]
    assert report()["findings"] == []


@pytest.mark.parametrize("missing", ["rule", "path", "line", "fingerprint", "steps"])
def test_the_schema_asks_for_every_member(missing: str) -> None:
    parsed = report(samples.LOOP)
    del parsed["findings"][0][missing]
    assert not VALIDATOR.is_valid(parsed)


def test_a_finding_says_all_it_knows() -> None:
    found = report(samples.TIMEOUT)["findings"][0]
    assert found.pop("fingerprint").endswith(":1")
    offset = samples.RESIZE.index(samples.GET) + len(samples.GET) - 1
    assert found == {
        "rule": "http-without-timeout",
        "severity": "warning",
        "confidence": "high",
        "message": "`requests.get` has no timeout",
        "detail": "",
        "path": "src/resize/app.py",
        "line": 10,
        "column": 12,
        "end_line": 10,
        "end_column": 61,
        "symbol": "handler",
        "code": '    body = requests.get("https://images.example.com/" + key).content',
        "related": [],
        "steps": [],
        "fixes": [
            {
                "message": "Adds `timeout=10`",
                "safe": False,
                "edits": [{"path": "src/resize/app.py", "start": offset, "end": offset, "text": ", timeout=10"}],
            }
        ],
    }


def test_only_rules_that_fired_are_listed() -> None:
    rules = report(samples.TIMEOUT, samples.OTHER)["rules"]
    assert list(rules) == ["http-without-timeout"]
    assert rules["http-without-timeout"]["suggestion"] == "Adding `timeout=` bounds the wait."
    assert rules["http-without-timeout"]["cwe"] == 400


def test_the_summary_counts() -> None:
    assert report(*samples.EVERYTHING.findings, suppressed=(samples.LOOP,))["summary"] == {
        "errors": 2,
        "warnings": 3,
        "notes": 1,
        "suppressed": 1,
        "not_new": 0,
        "functions": 1,
        "modules": 3,
        "templates": 1,
        "seconds": 0.25,
    }


def test_names_that_are_no_unicode_are_written_all_the_same() -> None:
    strange = Finding("x", Severity.NOTE, Location("caf\udce9.py", 1), "A \ud800 literal")
    assert report(strange)["findings"][0]["path"] == "caf\ufffd.py"
