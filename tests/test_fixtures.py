"""Every folder of `fixtures/` is a small project whose comments say exactly what the review of it finds."""

from __future__ import annotations

import pytest
from reviewing import announced, expectations, fixture_review, fixtures

from reviewer.rule import collect


@pytest.mark.parametrize("name", fixtures())
def test_findings_are_those_that_the_comments_announce(name: str) -> None:
    review = fixture_review(name)
    assert review.errors == ()
    found, expected = announced(review.findings), expectations(name, "finding")
    assert (found - expected, expected - found) == ({}, {})


@pytest.mark.parametrize("name", fixtures())
def test_suppressed_findings_are_those_that_the_comments_announce(name: str) -> None:
    assert announced(fixture_review(name).suppressed) == expectations(name, "suppressed")


@pytest.mark.parametrize("name", fixtures())
def test_marks_name_existing_rules(name: str) -> None:
    named = {each.rule for kind in ("finding", "suppressed", "fine") for each in expectations(name, kind)}
    assert named <= collect().keys()


@pytest.mark.parametrize("name", fixtures())
def test_a_fixture_says_something(name: str) -> None:
    assert any(expectations(name, kind) for kind in ("finding", "suppressed", "fine"))


@pytest.mark.parametrize("rule", collect())
def test_every_rule_has_several_findings_and_a_near_miss(rule: str) -> None:
    found = [each for name in fixtures() for each in expectations(name, "finding").elements() if each.rule == rule]
    missed = [each for name in fixtures() for each in expectations(name, "fine").elements() if each.rule == rule]
    assert (len(found) > 1, len(missed) > 0) == (True, True)
