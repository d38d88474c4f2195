"""Baselines: what makes a finding the same finding, which are known, and files that are none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.baseline import DIGITS, TIERS, BaselineError, Entry, Known, matched, read, written

PATHS, WORDS = st.sampled_from(["a.py", "b.py", "c.py"]), st.sampled_from(["x", "y"])
OTHERS = st.sampled_from([(), ("1",), ("1", "2")])
ENTRIES = st.builds(Entry, PATHS, st.just("rule"), WORDS, WORDS, st.just("note"), OTHERS)
KNOWN = st.dictionaries(ENTRIES, st.integers(1, 3)).map(Counter)


def entry(path: str = "a.py", symbol: str = "f", code: str = "c", rule: str = "rule") -> Entry:
    return Entry(path, rule, symbol, code, "warning")


def everywhere(_: str) -> bool:
    return True


@given(KNOWN, st.randoms(use_true_random=False))
def test_what_was_written_is_known_in_any_order(known: Known, random: st.DataObject) -> None:
    found = list(known.elements())
    random.shuffle(found)  # type: ignore[attr-defined]
    assert matched(found, read(written(known).encode()), lambda _: False) == ([True] * len(found), Counter())


@given(KNOWN, st.lists(ENTRIES, max_size=12))
def test_each_entry_stands_for_one_finding_at_most(known: Known, found: list[Entry]) -> None:
    are_known, left = matched(found, known, everywhere)
    assert sum(are_known) + left.total() == known.total()
    assert not any(left[each] for each, is_known in zip(found, are_known, strict=True) if not is_known)
    alike = [{key for each in left for key in tier(each)} for tier in TIERS]
    news = [each for each, is_known in zip(found, are_known, strict=True) if not is_known]
    assert not [each for each in news for tier, keys in zip(TIERS, alike, strict=True) if keys & {*tier(each)}]


def test_one_more_of_the_same_is_new() -> None:
    assert matched([entry()] * 3, Counter({entry(): 2}), everywhere) == ([True, True, False], Counter())


def test_one_less_is_left_over() -> None:
    assert matched([entry()], Counter({entry(): 3}), everywhere) == ([True], Counter({entry(): 2}))


@pytest.mark.parametrize(
    ("now", "is_known"),
    [
        (entry(path="b.py"), True),
        (entry(symbol="g"), True),
        (entry(path="b.py", symbol="g"), False),
        (entry(code="d"), False),
        (entry(rule="other"), False),
    ],
)
def test_code_that_moves_is_known(now: Entry, is_known: bool) -> None:
    assert matched([now], Counter({entry(): 1}), everywhere)[0] == [is_known]


def test_a_finding_in_its_place_comes_before_one_that_moved() -> None:
    assert matched([entry("b.py"), entry()], Counter({entry(): 1}), everywhere)[0] == [False, True]


def test_a_finding_about_several_places_may_point_at_another_of_them() -> None:
    """Which one it points at is the first of the file; one of them may be mended, and another come."""
    old, new = entry(symbol="first"), entry(symbol="second", code="d")
    both = [replace(old, others=("1", "2")), replace(new, others=("2", "3"))]
    assert matched(both[1:], Counter(both[:1]), everywhere) == ([True], Counter())
    assert matched(both[1:] * 2, Counter(both[:1]), everywhere)[0] == [True, False]
    assert matched([replace(new, others=("3",))], Counter(both[:1]), everywhere)[0] == [False]
    assert matched([replace(new, rule="x", others=("2",))], Counter(both[:1]), everywhere)[0] == [False]
    ((kept, number),) = read(written(Counter(both[:1])).encode()).items()
    assert (kept.others, number) == (("1", "2"), 1)


def test_another_place_of_the_same_file_comes_before_another_file() -> None:
    """Copied templates hold functions of one name: those of one file do not take the entries of the other."""
    old, there = entry(symbol="first", code="1"), entry("b.py", "second", "2")
    now = [
        replace(entry("b.py", "first", "1"), others=("1", "2")),
        replace(old, symbol="third", code="3", others=("1",)),
    ]
    known = [replace(there, others=("1", "2")), replace(old, others=("1",))]
    assert matched(now, Counter(known), everywhere) == ([True, True], Counter())


def test_nothing_moves_from_a_file_that_was_not_reviewed() -> None:
    assert matched([entry("b.py")], Counter({entry(): 1}), lambda path: path != "a.py")[0] == [False]


# --- the file -----------------------------------------------------------------------------------------------------

WRITTEN = """\
{"lambda-review-baseline": 1, "findings": [
{"rule": "rule", "path": "a.py", "symbol": "f", "code": "c", "severity": "warning", "count": 2},
{"rule": "rule", "path": "b é.py", "symbol": "", "code": "d", "severity": "warning", "count": 1}
]}
"""


def test_one_line_for_each_entry() -> None:
    assert written(Counter([entry(), entry("b é.py", "", "d"), entry()])) == WRITTEN
    assert read(written(Counter()).encode()) == Counter()
    assert DIGITS >= 16, "a hash of fewer bits would have chance hits"


def test_any_layout_is_read() -> None:
    assert read(json.dumps(json.loads(WRITTEN), indent=4).encode()) == read(WRITTEN.encode())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"count": 1}', '"count": 1}\n<<<<<<< HEAD', "4: no JSON: Expecting ',' delimiter"),
        (
            '"lambda-review-baseline": 1',
            '"version": 1',
            "1: no baseline: it has no `lambda-review-baseline` at its top",
        ),
        (
            '"lambda-review-baseline": 1',
            '"lambda-review-baseline": 2',
            "1: a baseline of version 2, of which this release reads 1; --write-baseline writes it anew",
        ),
        ('"symbol": "", ', "", "3: an entry has no text `symbol`"),
        ('"symbol": ""', '"symbol": null', "3: an entry has no text `symbol`"),
        ('"count": 2', '"count": 0', "2: an entry has no `count` above 0"),
        ('"count": 2', '"count": true', "2: an entry has no `count` above 0"),
        ('"count": 1', '"count": 1e9', "3: an entry has no `count` above 0"),
        ('"warning", "count": 1', '"grave", "count": 1', "3: `grave` is no severity"),
        ('"count": 1', '"others": [1], "count": 1', "3: `others` of an entry is no list of texts"),
        ('},\n{"rule"', '},\n7,\n{"rule"', "3: an entry is no object"),
        ('"findings": [', '"found": [', "1: `findings` is no list"),
    ],
)
def test_what_is_no_baseline_is_told_with_its_line(old: str, new: str, said: str) -> None:
    assert old in WRITTEN
    with pytest.raises(BaselineError) as error:
        read(WRITTEN.replace(old, new).encode())
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1: no JSON: Expecting value"),
        (b"{}\n\xff", "2: not UTF-8"),
        (b"[" * 100_000, "1: nested too deeply, or with a number that is too long"),
        (b"1" * 5_000, "1: nested too deeply, or with a number that is too long"),
        (b"[]", "1: no baseline: it has no `lambda-review-baseline` at its top"),
    ],
)
def test_other_files_are_no_baselines(content: bytes, said: str) -> None:
    with pytest.raises(BaselineError) as error:
        read(content)
    assert str(error.value) == said


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except BaselineError as error:
        assert str(error).partition(":")[0].isdigit()


VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3))


@given(st.lists(VALUES | st.dictionaries(st.sampled_from(["rule", "path", "symbol", "code", "count"]), VALUES)))
def test_any_list_is_read_or_refused(rows: list[object]) -> None:
    content = json.dumps({"lambda-review-baseline": 1, "findings": rows}).encode()
    if rows:
        with pytest.raises(BaselineError, match=r"^1: an entry "):
            read(content)
    else:
        assert not read(content)
