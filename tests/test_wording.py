"""All that the reviewer says of the fixtures is worded without blame."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from reviewing import fixture_review, fixtures
from wording import faults, faults_of_detail, faults_of_fact

from reviewer.cli import cli
from reviewer.finding import Finding, Location, Review, Severity
from reviewer.report import render
from reviewer.rule import collect


@pytest.mark.parametrize("name", fixtures())
def test_messages_are_facts(name: str) -> None:
    assert [fault for found in fixture_review(name).findings for fault in faults_of_fact(found.message)] == []


@pytest.mark.parametrize("name", fixtures())
def test_grounds_are_sentences(name: str) -> None:
    details = [found.detail for found in fixture_review(name).findings if found.detail]
    assert [fault for detail in details for fault in faults_of_detail(detail)] == []


@pytest.mark.parametrize("name", fixtures())
def test_places_are_worded_like_messages(name: str) -> None:
    assert [fault for found in fixture_review(name).findings for said in _places(found) for fault in faults(said)] == []


def _places(found: Finding) -> list[str]:
    return [step.message for step in (*found.steps, *found.related)] + [fix.message for fix in found.fixes]


MARKUP = re.compile(r"(?ms)^(`{3,})\w+\n.*?^\1|<code>.*?</code>|<.*?>")
SHOWN = {
    "github": lambda text: re.sub(r"^::.*?::", "", text, flags=re.MULTILINE).replace("%0A", "\n"),
    "gitlab": lambda text: "\n".join(each["description"] for each in json.loads(text)),
    "junit": lambda text: "\n".join(each.text or "" for each in ElementTree.fromstring(text).iter("failure")),
    "markdown": lambda text: unescape(MARKUP.sub("x", text)),
    "sonar": lambda text: "\n".join(_messages(json.loads(text))),
}
"""The prose of a report, by format."""


@pytest.mark.parametrize("format", SHOWN)
@pytest.mark.parametrize("name", fixtures())
def test_reports_are_worded_like_messages(name: str, format: str) -> None:
    shown = SHOWN[format](render(format, fixture_review(name), collect()))
    assert [fault for line in shown.splitlines() for fault in faults(line)] == []


def test_what_is_said_of_limits_is_worded_like_messages() -> None:
    found = [Finding("a-rule", severity, Location("a.py", 1), "A fact") for severity in Severity for _ in range(40)]
    review = Review("/srv/app", tuple(found))
    annotations = SHOWN["github"](render("github", review, {}))
    page = SHOWN["markdown"](render("markdown", review, {}, most=2_000))
    assert "more: annotations show" in annotations
    assert "Left out" in page
    assert [fault for line in f"{annotations}{page}".splitlines() for fault in faults(line)] == []


def _messages(said: Any) -> Iterator[str]:
    """What a report for SonarQube says of its issues."""
    for issue in said["issues"]:
        yield from (place["message"] for place in (issue["primaryLocation"], *issue["secondaryLocations"]))


@pytest.mark.parametrize(
    "command", [[], *([name] for name in cli.commands)], ids=lambda command: " ".join(command) or "cli"
)
def test_help_is_worded_like_messages(command: list[str]) -> None:
    shown = CliRunner().invoke(cli, [*command, "--help"], standalone_mode=False).output
    placeholders_are_small = shown.lower().splitlines()
    assert [fault for line in placeholders_are_small for fault in faults(line)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`requests.get` has no timeout", []),
        ("You have no timeout", ["speaks to the reader"]),
        ("The author forgot a timeout", ["speaks of a person", "blames what was done"]),
        ("This should have been a queue", ["blames what was done"]),
        ("A bad handler, obviously", ["judges", "makes light of it"]),
        ("Never wait", ["gives an order"]),
        ("Why wait?", ["asks or exclaims"]),
        ("The code waits for ALL of them", ["shouts ALL"]),
        ("Input that I wrote", ["speaks of a person"]),
        ("The disk's I/O, in us-east-1, of a JSON file over HTTP", []),
        ('`you` in code and "you" in quotes, https://you.example/!', []),
    ],
)
def test_the_linter_sees(text: str, expected: list[str]) -> None:
    assert [fault.partition(":")[0] for fault in faults(text)] == expected


@pytest.mark.parametrize("text", ["It waits. It costs", "It waits.", "it waits", "It waits " + "long " * 24])
def test_the_linter_sees_what_is_no_single_fact(text: str) -> None:
    assert faults_of_fact(text)
