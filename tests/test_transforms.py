"""Shapes of strings against Python itself: what is claimed of a result holds for what Python makes of the string."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib import parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.shapes import ANY, LONGEST, Shape, concat, exactly, join
from reviewer.transforms import apply, makes_text


def covers(found: tuple[Shape, ...], actual: str) -> bool:
    """Whether a string is among those that some alternatives stand for."""
    return any(describes(alternative, actual) for alternative in found)


def describes(found: Shape, actual: str) -> bool:
    """Whether a string is one of those that a shape stands for."""
    if found.exact:
        return actual == found.prefix
    between = actual[len(found.prefix) : max(len(actual) - len(found.suffix), 0)]
    framed_by = actual.startswith(found.prefix) and actual.endswith(found.suffix)
    return framed_by and len(actual) >= found.least and found.without.isdisjoint(between)


LETTERS = "ab./-%+ 2Σß"


@st.composite
def described(
    draw: st.DrawFn, letters: str = LETTERS, where: Callable[[str], bool] = str.isprintable
) -> tuple[str, Shape]:
    """A string, and something true of it."""
    actual = draw(st.text(letters, max_size=8).filter(where))
    if draw(st.integers(0, 5)) == 0:
        return actual, exactly(actual)
    start, end = draw(st.integers(0, len(actual))), draw(st.integers(0, len(actual)))
    between = set(actual[start : max(end, start)])
    without = frozenset(draw(st.sets(st.sampled_from(letters), max_size=3)) - between)
    return actual, Shape(actual[:start], actual[end:], least=draw(st.integers(0, len(actual))), without=without)


def names_a_file(path: str) -> bool:
    """The paths that path operations speak of."""
    name = path.rpartition("/")[2]
    return bool(name) and not name.startswith(".") and not name.endswith(".")


affixes = st.text("ab./", min_size=1, max_size=3)
short = st.text("ab", max_size=3)
CASED = ("lower", "upper", "casefold", "title", "capitalize", "swapcase")
METHODS: dict[str, tuple[str, tuple[st.SearchStrategy[str | int], ...]]] = {
    # the letters of the string, and the arguments
    **dict.fromkeys(CASED, ("aBΣ. ß", ())),
    **dict.fromkeys(("strip", "lstrip", "rstrip"), ("ab./", (affixes,))),
    **dict.fromkeys(("removeprefix", "removesuffix"), ("ab", (short,))),
    "replace": ("ab", (short.filter(bool), short, st.sampled_from([-1, -1, 0, 1, 2]))),
    "zfill": ("+-0a", (st.integers(0, 9),)),
}
CUTS: dict[str, Callable[[str, str], str]] = {
    "split_first": lambda x, sep: x.split(sep)[0],
    "split_last": lambda x, sep: x.split(sep)[-1],
    "rsplit_head": lambda x, sep: x.rsplit(sep, 1)[0],
    "partition_tail": lambda x, sep: x.partition(sep)[2],
}
PATHS: dict[str, tuple[Callable[[str], str], ...]] = {
    "basename": (posixpath.basename, lambda x: PurePosixPath(x).name),
    "dirname": (posixpath.dirname, lambda x: str(PurePosixPath(x).parent)),
    "splitext_stem": (lambda x: posixpath.splitext(x)[0],),
    "splitext_extension": (lambda x: posixpath.splitext(x)[1], lambda x: PurePosixPath(x).suffix),
    "stem": (lambda x: PurePosixPath(x).stem, lambda x: posixpath.splitext(posixpath.basename(x))[0]),
    "path": (str, lambda x: str(PurePosixPath(x))),
}


@given(described("ab/"), described("ab/"))
def test_concatenation_and_join_hold(one: tuple[str, Shape], other: tuple[str, Shape]) -> None:
    assert describes(concat(one[1], other[1]), one[0] + other[0])
    assert all(describes(join([one[1], other[1]]), actual) for actual in (one[0], other[0]))


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=300)
@given(data=st.data())
def test_what_is_claimed_of_a_method_holds(name: str, data: st.DataObject) -> None:
    letters, strategies = METHODS[name]
    actual, known = data.draw(described(letters))
    arguments = [data.draw(strategy) for strategy in strategies]
    plain = tuple(exactly(argument) if isinstance(argument, str) else argument for argument in arguments)
    assert covers(apply(name, known, plain), getattr(actual, name)(*arguments))


@pytest.mark.parametrize("name", CUTS)
@given(described("ab./"), affixes)
def test_what_is_claimed_of_a_cut_holds(name: str, one: tuple[str, Shape], sep: str) -> None:
    found = apply(name, one[1], (exactly(sep),))
    assert covers(found, CUTS[name](one[0], sep))
    if name == "split_last":
        assert covers(found, one[0].rsplit(sep, 1)[-1])


@given(described("ab/"), st.none() | st.integers(-8, 8), st.none() | st.integers(-8, 8))
def test_what_is_claimed_of_a_slice_holds(one: tuple[str, Shape], start: int | None, stop: int | None) -> None:
    assert covers(apply("slice", one[1], (start, stop)), one[0][start:stop])


@pytest.mark.parametrize("name", ["quote", "quote_plus", "unquote", "unquote_plus"])
@given(one=described("ab2F%+/ ß"))
def test_what_is_claimed_of_url_encoding_holds(name: str, one: tuple[str, Shape]) -> None:
    assert covers(apply(name, one[1]), getattr(parse, name)(one[0]))


@pytest.mark.parametrize("name", PATHS)
@given(one=described("ab./", names_a_file))
def test_what_is_claimed_of_a_path_holds(name: str, one: tuple[str, Shape]) -> None:
    assert all(covers(apply(name, one[1]), reading(one[0])) for reading in PATHS[name])


@pytest.mark.parametrize("name", ["with_suffix", "with_name"])
@given(described("ab./", names_a_file), described("ab", bool))
def test_what_is_claimed_of_a_changed_path_holds(name: str, one: tuple[str, Shape], new: tuple[str, Shape]) -> None:
    dot = "." if name == "with_suffix" else ""
    changed = getattr(PurePosixPath(one[0]), name)(dot + new[0])
    assert covers(apply(name, one[1], (concat(exactly(dot), new[1]),)), str(changed))


@given(described("a/"), described("a/"), described("a/"))
def test_what_is_claimed_of_joined_paths_holds(
    one: tuple[str, Shape], two: tuple[str, Shape], three: tuple[str, Shape]
) -> None:
    assert covers(apply("path_join", one[1], (two[1], three[1])), posixpath.join(one[0], two[0], three[0]))
    assert covers(apply("join", one[1], (two[1], three[1])), one[0].join([two[0], three[0]]))


def test_a_call_that_would_raise_or_is_unknown_leaves_nothing_known() -> None:
    assert apply("split_first", exactly("a b")) == (ANY,)
    assert apply("split_first", Shape("a"), (exactly(""),)) == (ANY,)
    assert apply("replace", Shape("a"), (1, None)) == (ANY,)
    assert apply("rot13", exactly("a")) == (ANY,)
    assert not makes_text("split") and makes_text("path_join")


def test_sizes_are_bounded() -> None:
    long = exactly("x" * LONGEST)
    assert not concat(long, long).exact and concat(long, long).least >= LONGEST
    assert len(apply("zfill", exactly("1"), (10**12,))[0].prefix) <= LONGEST
    assert len(apply("replace", long, (exactly("x"), long))[0].suffix) <= LONGEST
