"""The annotations for GitHub Actions, read back as the runner reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import pytest
import report_samples as samples
from graph_samples import NAMES
from hypothesis import example, given
from report_samples import LOOP, RULES, SECOND_TIMEOUT, SECRET, TIMEOUT, review

from reviewer.finding import Finding, Location, Severity
from reviewer.report import render
from reviewer.report.github import MOST

COMMANDS = {"error", "warning", "notice"}


class Command(NamedTuple):
    """What the runner makes of a line: https://github.com/actions/runner, `ActionCommand.TryParseV2`."""

    name: str
    properties: dict[str, str]
    text: str


def command(line: str) -> Command:
    assert line.startswith("::")
    head, separator, text = line[2:].partition("::")
    assert separator
    name, _, given = head.partition(" ")
    assert name in COMMANDS
    pairs = (each.partition("=") for each in given.split(",") if each)
    return Command(name, {key: read(value, ":", ",") for key, _, value in pairs}, read(text))


def read(text: str, *marks: str) -> str:
    for mark in ("\r", "\n", *marks, "%"):
        text = text.replace(f"%{ord(mark):02X}", mark)
    return text


def commands(*findings: Finding, **members: object) -> list[Command]:
    report = render("github", review(*findings, **members), RULES)  # type: ignore[arg-type]
    assert report.endswith("\n") or not report
    return [*map(command, report.split("\n")[:-1])]


def test_an_annotation_says_where_what_and_what_helps() -> None:
    (said,) = commands(replace(TIMEOUT, detail="The client retries twice"))
    assert said == Command(
        "warning",
        {
            "file": "src/resize/app.py",
            "line": "10",
            "endLine": "10",
            "col": "12",
            "endColumn": "61",
            "title": "lambda-review: http-without-timeout",
        },
        "`requests.get` has no timeout.\nThe client retries twice.\nAdding `timeout=` bounds the wait.\n"
        "https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
    )


def test_a_span_of_several_lines_has_no_columns() -> None:
    (said,) = commands(LOOP)
    assert set(said.properties) == {"file", "line", "endLine", "title"}
    assert (said.properties["line"], said.properties["endLine"]) == ("11", "15")


def test_the_gravest_and_surest_come_first() -> None:
    said = commands(samples.OTHER, SECOND_TIMEOUT, TIMEOUT, SECRET, LOOP)
    assert [each.name for each in said] == ["error", "error", "warning", "warning", "notice"]
    assert [each.properties["line"] for each in said] == ["1", "11", "10", "16", "2"]


def test_no_findings_say_nothing() -> None:
    assert commands() == []


def test_an_internal_error_is_an_error() -> None:
    (said,) = commands(errors=("a rule raised",))
    assert said == Command("error", {"title": "lambda-review"}, "Internal error: a rule raised.")


def many(**numbers: int) -> Iterable[Finding]:
    for kind, number in numbers.items():
        severity = Severity[kind.upper()]
        yield from (Finding("a-rule", severity, Location("a.py", line), "A fact") for line in range(1, number + 1))


def shown(said: Iterable[Command]) -> tuple[Counter[str], list[Command]]:
    """Which commands the runner makes annotations of: the first ten of each kind."""
    seen: Counter[str] = Counter()
    kept = []
    for each in said:
        seen[each.name] += 1
        kept += [each] if seen[each.name] <= MOST else []
    return seen, kept


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"error": 10, "warning": 10, "note": 10}, ""),
        ({"error": 11}, "1 error more"),
        ({"warning": 1234, "note": 9}, "1,224 warnings more"),
        ({"error": 12, "warning": 11, "note": 12}, "2 errors, 1 warning and 3 notes more"),
        ({"error": 11, "note": 10}, "1 error and 1 note more"),
    ],
)
def test_one_annotation_says_how_many_are_not_shown(numbers: dict[str, int], expected: str) -> None:
    said = commands(*many(**numbers))
    seen, kept = shown(said)
    assert len(said) == sum(numbers.values()) + bool(expected)
    summaries = [each.text for each in kept if "file" not in each.properties]
    assert [text.partition(":")[0] for text in summaries] == [expected] * bool(expected)
    assert max(seen.values()) > MOST or not expected


@given(NAMES, NAMES, NAMES)
@example("a,line=7::b", "::add-mask::x\r\n::error::y", "%0A::stop-commands::z")
@example("\ud800", "\u2028::error::x", "##[error]x")
def test_hostile_names_and_messages_stay_in_their_command(path: str, message: str, detail: str) -> None:
    finding = Finding("a-rule", Severity.WARNING, Location(path, 1, 1, 1, 2), message, detail)
    report = render("github", review(finding, errors=(detail,)), RULES)
    report.encode()
    lines = report.split("\n")[:-1]
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    failed, said = map(command, lines)
    assert (failed.name, said.name) == ("error", "warning")
    assert set(said.properties) == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert (said.properties["line"], said.properties["title"]) == ("1", "lambda-review: a-rule")


def test_what_is_written_is_what_is_read() -> None:
    path = "a,b=c:d%0A.py"
    (said,) = commands(replace(TIMEOUT, at=Location(path, 1), message="100% of `a::b`, %25 of it", rule="a-rule"))
    assert said.properties["file"] == path
    assert said.text == "100% of `a::b`, %25 of it."
