"""All that the reviewer says of the fixtures is worded without blame."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from reviewing import fixture_review, fixtures
from wording import faults, faults_of_detail, faults_of_fact

from reviewer.cli import cli
from reviewer.finding import Finding


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
