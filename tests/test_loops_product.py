"""Loops in all combinations: of trigger, naming, filter and dialect; of import, client and call.

None is missed, and there is no false alarm.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from code_shapes import files, some_shapes
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


def test_a_loop_is_found_in_every_shape_of_code() -> None:
    chosen = some_shapes()
    review = review_files(files(chosen))
    assert review.errors == ()
    told = Counter(each.at.path for each in review.findings if each.rule == "own-trigger-write")
    assert [shape for number, shape in enumerate(chosen) if told[f"shape_{number}.py"] != 1] == []
