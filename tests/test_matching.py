"""Event patterns: the cases of the documents, a second matcher of plain JSON, and events of which less is known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.filters import matches_pattern
from reviewer.shapes import Shape
from reviewer.truth import MAYBE, NO, SOME, YES, Truth
from reviewer.value import UNKNOWN, Constant, EventPath, Items, OneOf, Parameter, Result, Table, Value, text

KEY = EventPath(("Records", "*", "s3", "object", "key"))

STAGE = Parameter("t.yaml", "Stage", (Constant("dev"), Constant("live")), closed=True)


def value(plain: Any) -> Value:
    """The value of plain JSON; values within it stay."""
    if isinstance(plain, Value):
        return plain
    if isinstance(plain, dict):
        return Table(tuple((name, value(inner)) for name, inner in plain.items()))
    if isinstance(plain, list):
        return Items(tuple(map(value, plain)))
    return Constant(plain)


def plus(*parts: Value | str) -> Value:
    return text([Constant(part) if isinstance(part, str) else part for part in parts])


PATTERNS: list[tuple[Any, Any, Truth]] = [
    ({"source": ["app"]}, {"source": "app", "more": 1}, YES),
    ({"source": ["app"]}, {"source": "other"}, NO),
    ({"source": ["app"]}, {}, NO),
    ({"source": ["app", "other"], "kind": ["a"]}, {"source": "other", "kind": "b"}, NO),
    ({"n": [None]}, {"n": None}, YES),
    ({"n": [""]}, {"n": None}, NO),
    ({"n": [True]}, {"n": 1}, NO),
    ({"n": [1]}, {"n": "1"}, NO),
    ({"n": [300]}, {"n": 300.0}, MAYBE),
    ({"n": [{"anything-but": 300}]}, {"n": 300.0}, MAYBE),
    ({"a": [{"prefix": "in/"}]}, {"a": "in/x"}, YES),
    ({"a": [{"prefix": "in/"}]}, {"a": 5}, NO),
    ({"a": [{"prefix": {"equals-ignore-case": "IN"}}]}, {"a": "in/x"}, YES),
    ({"a": [{"suffix": ".png"}]}, {"a": "x.png"}, YES),
    ({"a": [{"suffix": {"equals-ignore-case": ".PNG"}}]}, {"a": "x.jpg"}, NO),
    ({"a": [{"equals-ignore-case": "Alice"}]}, {"a": "aLICE"}, YES),
    ({"a": [{"wildcard": "dir/*.png"}]}, {"a": "dir/x/y.png"}, YES),
    ({"a": [{"wildcard": "dir/*.png"}]}, {"a": "dir/.jpg"}, NO),
    ({"a": [{"wildcard": "a*a"}]}, {"a": "a"}, NO),
    ({"a": [{"wildcard": "*lib*lib*"}]}, {"a": "a/lib"}, NO),
    ({"a": [{"wildcard": r"a\*b"}]}, {"a": "a*b"}, YES),
    ({"a": [{"wildcard": r"a\*b"}]}, {"a": "axb"}, NO),
    ({"a": [{"wildcard": "*"}]}, {"a": 5}, NO),
    ({"a": [{"anything-but": "x"}]}, {"a": "y"}, YES),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "y"}, NO),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": 5}, YES),
    ({"a": [{"anything-but": "x"}]}, {}, NO),
    ({"a": [{"anything-but": "x"}]}, {"a": []}, NO),
    ({"a": [{"anything-but": "x"}]}, {"a": ["x", "y"]}, YES),
    ({"a": [{"anything-but": {"prefix": "us-"}}]}, {"a": "us-east-1"}, NO),
    ({"a": [{"anything-but": {"prefix": ["us-", "eu-"]}}]}, {"a": "ap-1"}, YES),
    ({"a": [{"anything-but": {"suffix": ".png"}}]}, {"a": "x.jpg"}, YES),
    ({"a": [{"anything-but": {"equals-ignore-case": ["A", "B"]}}]}, {"a": "b"}, NO),
    ({"a": [{"anything-but": {"wildcard": "*/lib/*"}}]}, {"a": "x/lib/y"}, NO),
    ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 5}, YES),
    ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 5.5}, NO),
    ({"a": [{"numeric": ["=", 5]}]}, {"a": 5.0}, YES),
    ({"a": [{"numeric": ["=", 5]}]}, {"a": "5"}, NO),
    ({"a": [{"numeric": ["=", 1]}]}, {"a": True}, NO),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.1"}, MAYBE),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": 1}, NO),
    ({"a": [{"exists": True}]}, {"a": None}, YES),
    ({"a": [{"exists": True}]}, {}, NO),
    ({"a": [{"exists": False}]}, {}, YES),
    ({"a": [{"exists": False}]}, {"a": {"b": 1}}, YES),
    ({"a": [{"exists": True}]}, {"a": {"b": 1}}, NO),
    ({"a": [{"exists": False}]}, {"a": []}, YES),
    ({"a": {"b": [{"exists": False}]}}, {"a": 5}, YES),
    ({"a": {"b": [{"exists": False}]}}, {"a": []}, YES),
    ({"a": {"b": [{"exists": False}]}}, {"a": Items((), open=True)}, MAYBE),
    ({"a": {"b": [{"exists": False}]}}, {"a": [{"b": 1}, {"c": 1}]}, NO),
    ({"a": {"b": [{"exists": False}], "c": [1]}}, {"a": [{"d": 1}, {"c": 1}]}, YES),
    ({"a": [{"exists": False}, "x"]}, {"a": "x"}, YES),
    ({"a": ["x"]}, {"a": ["y", ["x"]]}, YES),
    ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x", "c": "n"}, {"b": "n", "c": "y"}]}, NO),
    ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [[{"b": "n"}], [{"b": "x", "c": "y"}]]}, YES),
    ({"$or": [{"a": [1]}, {"b": [2]}]}, {"b": 2}, YES),
    ({"$or": [{"a": [1]}, {"b": [2]}], "c": [3]}, {"b": 2}, NO),
    ({"$or": [{"a": [1]}, {"b": [2]}]}, {"a": 2, "b": 1}, NO),
    ({"a": {"$or": [{"b": [1]}, {"c": {"$or": [{"d": [1]}, {"e": [1]}]}}]}}, {"a": {"c": {"e": 1}}}, YES),
    ({"$or": [{"prefix": "a"}, {"suffix": "b"}]}, {"$or": "ab"}, YES),
    # not known
    ({"a": ["x"]}, {"a": UNKNOWN}, MAYBE),
    ({"a": ["x"]}, UNKNOWN, MAYBE),
    ({"a": ["x"]}, Table((), open=True), MAYBE),
    ({"a": ["x"]}, Table((("a", Constant("y")),), open=True), NO),
    ({"a": [{"exists": False}]}, Table((), open=True), MAYBE),
    ({"a": ["x"]}, {"a": plus("x-", KEY)}, NO),
    ({"a": [{"prefix": "x-"}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"prefix": ""}]}, {"a": KEY}, MAYBE),
    ({"a": [{"wildcard": "x-*"}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"wildcard": "x-*-z"}]}, {"a": plus("x-", KEY, "-z")}, MAYBE),
    ({"a": [{"wildcard": "y-*"}]}, {"a": plus("x-", KEY)}, NO),
    ({"a": [{"prefix": {"equals-ignore-case": "X-"}}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"anything-but": "x"}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"anything-but": {"prefix": "y"}}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"anything-but": "x"}]}, {"a": KEY}, MAYBE),
    ({"a": [5]}, {"a": plus("x-", KEY)}, NO),
    ({"a": [5]}, {"a": KEY}, MAYBE),
    ({"a": [{"numeric": ["=", 5]}]}, {"a": plus("x-", KEY)}, NO),
    ({"a": [{"numeric": ["=", 5]}]}, {"a": KEY}, MAYBE),
    ({"a": [{"exists": True}]}, {"a": plus("x-", KEY)}, YES),
    ({"a": [{"exists": True}]}, {"a": KEY}, MAYBE),
    ({"a": ["x"]}, {"a": OneOf((Constant("x"), Constant("y")))}, SOME),
    ({"a": ["x", "y"]}, {"a": OneOf((Constant("x"), Constant("y")))}, YES),
    ({"a": ["z"]}, {"a": OneOf((Constant("x"), value(["y"])))}, NO),
    ({"a": ["x"]}, OneOf((value({"a": "x"}), value({"b": "x"}))), SOME),
    ({"a": ["x"], "b": ["x"]}, OneOf((value({"a": "x"}), value({"b": "x"}))), NO),
    ({"a": {"b": ["x"]}}, {"a": Items((value({"b": "x"}),), open=True)}, MAYBE),
    ({"a": {"b": ["x"]}}, {"a": Items((value({"b": "y"}),), open=True)}, NO),
    ({"a": {"b": [{"exists": False}]}}, {"a": Items((value({"c": 1}),), open=True)}, YES),
    ({"a": ["x"]}, {"a": Items((Constant("y"),), open=True)}, NO),
    ({"a": ["x"]}, {"a": Items((), open=True)}, MAYBE),
    ({"a": [UNKNOWN]}, {"a": "x"}, MAYBE),
    ({"a": [UNKNOWN, "x"]}, {"a": "x"}, YES),
    ({"a": [Parameter("t", "P", (Constant("x"), Constant("y")), closed=True)]}, {"a": "x"}, SOME),
    ({"a": [plus("x-", STAGE)]}, {"a": plus("x-", OneOf((Constant("dev"), Constant("no"))))}, MAYBE),
    ({"a": [Parameter("t", "P")]}, {"a": plus(Parameter("t", "P"), "-x")}, NO),
    (Table((("a", value(["x"])),), open=True), {"a": "x"}, MAYBE),
    (Table((("a", value(["x"])),), open=True), {"a": "y"}, NO),
    # JSON text, and what would not deploy
    (Constant('{"a": ["x"]}'), Constant('{"a": "x"}'), YES),
    (Constant('{"a": ["x"]}'), Result("json.dumps", (("0", value({"a": "y"})),)), NO),
    (Constant("{"), {"a": "x"}, MAYBE),
    ({"a": ["x"]}, Constant("no event"), NO),
    ({"a": "x"}, {"a": "x"}, MAYBE),
    ({"a": [{"rhymes": "x"}]}, {"a": "x"}, MAYBE),
    ({"a": [{"numeric": ["~", 5]}]}, {"a": 5}, MAYBE),
    ({"a": [{"numeric": ["<"]}]}, {"a": 5}, MAYBE),
    ({"a": [{"prefix": 5}]}, {"a": "x"}, MAYBE),
    ({"a": [{"prefix": "x", "suffix": "y"}]}, {"a": "x"}, MAYBE),
    ({"a": [{"exists": "true"}]}, {"a": "x"}, MAYBE),
    ({"a": [{"anything-but": {"numeric": ["=", 5]}}]}, {"a": "x"}, MAYBE),
]


@pytest.mark.parametrize(("pattern", "event", "answer"), PATTERNS, ids=range(len(PATTERNS)))
def test_patterns(pattern: Any, event: Any, answer: Truth) -> None:
    assert matches_pattern(value(pattern), value(event)) is answer


def test_a_pattern_that_takes_too_long_is_left_alone() -> None:
    wide = value({str(n): ["x"] for n in range(300)})
    assert matches_pattern(wide, value({str(n): "x" for n in range(300)})) is MAYBE
    assert matches_pattern(wide, value({"0": "y"})) is NO


def test_known_leaves_count_in_patterns() -> None:
    pattern = value({"detail": {"key": [{"prefix": "in/"}]}})
    event = value({"detail": {"key": KEY}})
    assert matches_pattern(pattern, event, lambda leaf: Shape("in/") if leaf == KEY else None) is YES
    assert matches_pattern(pattern, event, lambda leaf: Shape("out/") if leaf == KEY else None) is NO


# --- a second matcher, of plain JSON only --------------------------------------------------------------------------

strings = st.text("ab-", max_size=3)
numbers = st.integers(-3, 3)
plain_leaves = st.none() | st.booleans() | numbers | strings
events = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        plain_leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
literals = strings | numbers
matchers = st.one_of(
    plain_leaves,
    st.fixed_dictionaries({"prefix": strings}) | st.fixed_dictionaries({"suffix": strings}),
    st.fixed_dictionaries({"anything-but": literals | st.lists(strings, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"anything-but": st.fixed_dictionaries({"prefix": strings})}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"numeric": st.tuples(st.sampled_from(["<", "=", ">="]), numbers).map(list)}),
)
fields = st.lists(matchers, min_size=1, max_size=2)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=2)
    return plain | st.builds(lambda first, *both: {**first, "$or": [*both]}, plain, plain, plain)


patterns = objects(st.recursive(fields, objects, max_leaves=4))


def leaves(event: Any, path: tuple[str, ...] = (), via: tuple[tuple[int, int], ...] = ()) -> list[Any]:
    """All leaves of an event: path, value, and the element of each list that the way leads through."""
    if isinstance(event, dict):
        return [leaf for name, inner in event.items() for leaf in leaves(inner, (*path, name), via)]
    if isinstance(event, list):
        return [leaf for n, inner in enumerate(event) for leaf in leaves(inner, path, (*via, (id(event), n)))]
    return [(path, event, dict(via))]


def passes(matcher: Any, leaf: Any) -> bool:
    match matcher:
        case {"prefix": prefix}:
            return isinstance(leaf, str) and leaf.startswith(prefix)
        case {"suffix": suffix}:
            return isinstance(leaf, str) and leaf.endswith(suffix)
        case {"numeric": [sign, bound]}:
            is_number = isinstance(leaf, int) and not isinstance(leaf, bool)
            return is_number and {"<": leaf < bound, "=": leaf == bound, ">=": leaf >= bound}[sign]
        case {"anything-but": refused}:
            return not any(passes(each, leaf) for each in (refused if isinstance(refused, list) else [refused]))
        case {"exists": flag}:
            return bool(flag)
    return type(matcher) is type(leaf) and matcher == leaf


def conjunctions(pattern: Any, path: tuple[str, ...] = ()) -> list[list[tuple[tuple[str, ...], Any]]]:
    """A pattern as alternatives of (path, matchers) that have to hold together."""
    result: list[list[tuple[tuple[str, ...], Any]]] = [[]]
    for name, inner in pattern.items():
        if name == "$or":
            ways = [way for option in inner for way in conjunctions(option, path)]
        elif isinstance(inner, dict):
            ways = conjunctions(inner, (*path, name))
        else:
            ways = [[((*path, name), inner)]]
        result = [[*done, *way] for done in result for way in ways]
    return result


def holds(wanted: list[tuple[tuple[str, ...], Any]], found: list[Any], chosen: dict[int, int]) -> bool:
    """Whether all fields match by leaves that do not stand in different elements of one list."""
    if not wanted:
        return True
    (path, values), *others = wanted
    here = [leaf for leaf in found if leaf[0] == path]
    if {"exists": False} in values and not here and holds(others, found, chosen):
        return True
    return any(
        holds(others, found, {**chosen, **via})
        for _, leaf, via in here
        if any(passes(each, leaf) for each in values) and all(chosen.get(n, at) == at for n, at in via.items())
    )


def brute(pattern: Any, event: Any) -> bool:
    return any(holds(way, leaves(event), {}) for way in conjunctions(pattern))


@given(patterns, events)
def test_concrete_events_are_decided_as_the_second_matcher_decides(pattern: Any, event: Any) -> None:
    assert matches_pattern(value(pattern), value(event)) is Truth.of(brute(pattern, event))


def blurred(plain: Any, data: st.DataObject) -> Value:
    """An event of which some parts are not known."""
    kind = data.draw(st.integers(0, 7))
    if kind == 0:
        return UNKNOWN
    if kind == 1 and isinstance(plain, str):
        return plus(plain[:1], KEY)
    if kind == 2:
        return OneOf((value(plain), UNKNOWN))
    if isinstance(plain, dict):
        kept = {name: blurred(inner, data) for name, inner in plain.items() if data.draw(st.integers(0, 4))}
        return Table(tuple(kept.items()), open=len(kept) < len(plain))
    if isinstance(plain, list):
        return Items(tuple(blurred(inner, data) for inner in plain), open=data.draw(st.booleans()))
    return Constant(plain)


@given(patterns, events, st.data())
def test_knowing_less_of_an_event_never_turns_an_answer_around(pattern: Any, event: Any, data: st.DataObject) -> None:
    less = matches_pattern(value(pattern), blurred(event, data))
    assert less is not (NO if brute(pattern, event) else YES)
