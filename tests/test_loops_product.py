"""Loops in all combinations of trigger, naming, filter and dialect: none is missed, and there is no false alarm."""

from __future__ import annotations

import re
from functools import cache

import pytest
from loop_cases import KINDS, cases, modules, template
from reviewing import review_files

CASES = cases()
FUNCTION = re.compile(r"`F(\d+)`")


@cache
def found(dialect: str) -> dict[int, str]:
    """What the reviewer says of each case, by its number."""
    path, text = template(CASES, dialect)
    review = review_files({path: text, **modules(CASES)})
    assert review.errors == ()
    loops = [each for each in review.findings if each.rule == "own-trigger-write"]
    numbered = {int(FUNCTION.findall(each.message)[0]): each.severity.label for each in loops}
    assert len(numbered) == len(loops)
    return numbered


@pytest.mark.parametrize("dialect", ["sam", "cloudformation", "json"])
@pytest.mark.parametrize("kind", KINDS)
def test_loops_are_found_and_nothing_else(kind: str, dialect: str) -> None:
    told = found(dialect)
    wrong = {case: told.get(case.number) for case in CASES if case.kind == kind and told.get(case.number) != case.truth}
    assert wrong == {}


def test_there_are_hundreds() -> None:
    assert len(CASES) > 300
    assert sum(case.truth is not None for case in CASES) > 100
