"""Which values meet: the short way gives the answers of the long one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.identity import Resources, equal, named
from reviewer.meeting import meet
from reviewer.value import (
    UNKNOWN,
    Constant,
    Environment,
    EventPath,
    Parameter,
    Pseudo,
    Reference,
    Transformed,
    Value,
    one_of,
    options,
    text,
)

LETTERS = st.sampled_from(("", "a", "b", "ab", "-")).map(Constant)
PIECES = st.one_of(
    LETTERS,
    st.builds(Parameter, st.sampled_from("st"), st.sampled_from("PQ"), st.lists(LETTERS, max_size=2).map(tuple)),
    st.builds(
        Parameter, st.just("s"), st.just("R"), st.lists(LETTERS, min_size=1, max_size=2).map(tuple), st.just(True)
    ),
    st.builds(Reference, st.sampled_from("st"), st.just("Bucket")),
    st.builds(Pseudo, st.just("AWS::StackName"), st.sampled_from("st")),
    st.builds(EventPath, st.just(("name",))),
    st.builds(Environment, st.just("NAME")),
    st.builds(Transformed, st.just("lower"), LETTERS),
    st.just(UNKNOWN),
)
NAMES = st.lists(PIECES, min_size=1, max_size=3).map(text)
VALUES = st.lists(st.one_of(PIECES, NAMES), min_size=1, max_size=2).map(one_of)


@settings(max_examples=400)
@given(VALUES, VALUES)
def test_values_meet_that_are_equal_in_some_case(a: Value, b: Value) -> None:
    resources = Resources(())
    pairs = [(named(x, "bucket", resources), named(y, "bucket", resources)) for x in options(a) for y in options(b)]
    assert meet(a, b, "bucket", resources) == any(equal(x, y).some for x, y in pairs)
