from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.patterns import MOST_STARS, fault, patterns


@pytest.mark.parametrize(
    ("lines", "path", "verdict"),
    [
        (["*.py"], "a.py", True),
        (["*.py"], "deep/down/a.py", True),
        (["*.py"], "a.pyc", None),
        (["/a.py"], "a.py", True),
        (["/a.py"], "b/a.py", None),
        (["out/"], "out/", True),
        (["out/"], "out", None),
        (["src/out"], "src/out/", True),
        (["src/out"], "lib/src/out/", None),
        (["*.py", "!keep.py"], "keep.py", False),
        (["*.py", "!keep.py"], "lose.py", True),
        (["**/gen/*.py"], "a/b/gen/c.py", True),
    ],
)
def test_verdict(lines: list[str], path: str, verdict: bool | None) -> None:
    found = patterns(lines)
    assert found is not None
    assert found.verdict(path) is verdict
    assert found.verdict(path) is verdict, "an answer that is kept is the same answer"


def test_equal_names_in_other_folders_are_told_apart_by_patterns_with_a_slash() -> None:
    found = patterns(["logs", "src/app.py"])
    assert found is not None
    assert [found.verdict(path) for path in ("app.py", "src/app.py", "lib/app.py")] == [None, True, None]


def test_matches_looks_at_the_folders_above() -> None:
    found = patterns(["legacy/"])
    assert found is not None
    assert found.matches("a/legacy/b/c.py")
    assert not found.matches("a/legacy.py")


@pytest.mark.parametrize("lines", [[], ["", "   "], ["# all comments", "#*.py"]])
def test_nothing_to_match_is_none(lines: list[str]) -> None:
    assert patterns(lines) is None


def test_moot_lines_are_passed_over() -> None:
    assert patterns(["*.log"], re.compile(r"\*\.log")) is None


@pytest.mark.parametrize("line", ["!", "[z-a]", "\\", "a\\"])
def test_a_line_that_is_no_pattern_leaves_the_others_alone(line: str) -> None:
    found = patterns(["a.py", line, "c.py"])
    assert found is not None
    assert [found.verdict(path) for path in ("a.py", "b.py", "c.py")] == [True, None, True]
    assert fault(line)


def test_patterns_that_would_take_for_ever_are_passed_over() -> None:
    costly = "*a" * (MOST_STARS + 1)
    assert patterns([costly]) is None
    assert fault(costly) == f"it has more than {MOST_STARS} wildcards"
    assert fault("src/**/**/*.py") == ""


@given(
    st.lists(st.text(alphabet="ab/*?![]\\#. -\x00é", max_size=8), max_size=5), st.text("ab/.", min_size=1, max_size=9)
)
def test_any_lines_match_any_path(lines: list[str], path: str) -> None:
    found = patterns(lines)
    assert found is None or found.verdict(path.lstrip("/") or "a") in {True, False, None}
