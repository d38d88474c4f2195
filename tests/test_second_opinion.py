"""What the evaluator says that an expression is, astroid says as well: two analyses that share no line of code.

astroid serves as the second opinion here and nowhere else: of what AWS calls are given in public handlers, the evaluator
knows nine in ten, and astroid none of the rest (docs/architecture.md).
"""

from __future__ import annotations

from typing import Any

import astroid
from astroid.exceptions import InferenceError
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import project

from reviewer.value import Constant, Value, options

NAMES = ("a", "b", "c")
WORDS = st.sampled_from(("", "in/", "out", "x-y", "{}", "100"))

literals = st.one_of(WORDS.map(repr), st.integers(0, 3).map(str))
places = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(("Base.kind", "Derived.kind", "Derived.suffix", "Derived().kind", "made.name", "made.kind")),
)
expressions = st.recursive(
    st.one_of(literals, places),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("+", "%")), inner).map(" ".join),
        st.tuples(inner, st.sampled_from(("[0]", "[-1:]", "[1]"))).map(lambda e: f"({e[0]}){e[1]}"),
        st.lists(inner, min_size=2, max_size=3).map(lambda e: f"[{', '.join(e)}][0]"),
        st.tuples(WORDS, inner).map(lambda e: f"{{{e[0]!r}: {e[1]}}}[{e[0]!r}]"),
        st.tuples(inner, inner).map(lambda e: f"same({e[0]}, {e[1]})"),
        st.tuples(inner, inner).map(lambda e: f"({e[0]} if {e[1]} else {e[0]})"),
        inner.map(lambda e: f"f'{{{e}}}/'" if "'" not in e else e),
    ),
    max_leaves=5,
)
statements = st.one_of(
    st.tuples(st.sampled_from(NAMES), expressions).map(" = ".join),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), expressions, expressions).map(
        lambda e: f"if unknown():\n    {e[0]} = {e[2]}\nelse:\n    {e[1]} = {e[3]}"
    ),
    st.tuples(st.sampled_from(("kind", "suffix")), expressions).map(lambda e: f"Derived.{e[0]} = {e[1]}"),
)
HEAD = """
class Base:
    kind = "base"
    suffix = ".jpg"

    def __init__(self, name):
        self.name = name

class Derived(Base):
    kind = "derived"

    def __init__(self, name="made"):
        super().__init__(name)

def same(value, other):
    return value

made = Derived("own")
a, b, c = "a", "b", 1
"""


def inferred(text: str) -> set[Any] | None:
    """What astroid takes `result` for; None where it cannot tell."""
    try:
        found = list(astroid.parse(text)["result"].infer())
    except InferenceError:
        return None
    if not all(isinstance(each, astroid.nodes.Const) for each in found):
        return None
    return {each.value for each in found}


def told(value: Value) -> set[Any] | None:
    """What the evaluator takes it for; None where it cannot tell."""
    known = [option.value for option in options(value) if isinstance(option, Constant)]
    return set(known) if len(known) == len(options(value)) else None


@settings(max_examples=200)
@given(st.lists(statements, max_size=3), expressions)
def test_the_evaluator_and_astroid_agree(body: list[str], result: str) -> None:
    text = "\n".join((HEAD, *body, f"result = {result}\n"))
    ours, theirs = told(project(text).member("app.py", "result")), inferred(text)
    if ours is not None and theirs is not None:
        assert ours & theirs
