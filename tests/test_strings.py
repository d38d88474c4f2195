"""Text reasoning against Python itself: what is claimed of a shape or a value holds for the strings it stands for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer import strings
from reviewer.shapes import Shape
from reviewer.strings import begins, ends, equals, framed, same, shape
from reviewer.truth import MAYBE, NO, SOME, YES, Truth
from reviewer.value import (
    UNKNOWN,
    Constant,
    EventPath,
    Lookup,
    OneOf,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Transformed,
    Value,
    one_of,
    parts,
    text,
)

KEY = EventPath(("Records", "*", "s3", "object", "key"))


def a(operation: str, base: Value, *arguments: object) -> Transformed:
    """A transformed value; plain arguments become constants."""
    made = tuple(each if isinstance(each, Value) else Constant(each) for each in arguments)  # type: ignore[arg-type]
    return Transformed(operation, base, made)


def plus(*parts: Value | str) -> Value:
    return text([Constant(part) if isinstance(part, str) else part for part in parts])


def key(prefix: str = "", suffix: str = "") -> strings.Known:
    """The event's key is known to have passed this filter."""
    return lambda value: Shape(prefix, suffix) if value == KEY else None


# --- questions: what loops ask ------------------------------------------------------------------------------------

Affixes = tuple[str, str]

CASES: list[tuple[str, Value, Affixes, Affixes, Truth]] = [
    # what is written · the trigger's prefix and suffix, known of the key · prefix and suffix asked for · answer
    ("the key itself", KEY, ("in/", ".raw"), ("in/", ".raw"), YES),
    ("first replaced", a("replace", KEY, "incoming/", "done/", 1), ("incoming/", ""), ("done/", ""), YES),
    ("first replaced, back", a("replace", KEY, "incoming/", "done/", 1), ("incoming/", ""), ("incoming/", ""), NO),
    ("perhaps replaced", a("replace", KEY, "img/", "img-small/"), ("img", ""), ("img", ""), YES),
    ("extension replaced", a("replace", KEY, ".raw", ".txt"), ("", ".raw"), ("", ".txt"), YES),
    ("extension gone", a("replace", KEY, ".raw", ".txt"), ("", ".raw"), ("", ".raw"), NO),
    ("stem and json", plus(a("splitext_stem", KEY), ".json"), ("in/", ".csv"), ("in/", ".json"), YES),
    ("stem and same ending", plus(a("splitext_stem", KEY), "-clean.csv"), ("", ".csv"), ("", ".csv"), YES),
    (
        "both halves",
        plus(a("splitext_stem", KEY), "-s", a("splitext_extension", KEY)),
        ("a/", ".jpg"),
        ("a/", ".jpg"),
        YES,
    ),
    ("rsplit", plus(a("rsplit_head", KEY, "."), ".png"), ("in/", ".jpg"), ("in/", ".jpg"), NO),
    ("rsplit, perhaps the same", plus(a("rsplit_head", KEY, "."), ".png"), ("in/", ""), ("in/", ".png"), YES),
    ("name without folder", a("basename", KEY), ("uploads/", ".csv"), ("uploads/", ""), NO),
    ("name keeps ending", a("basename", KEY), ("uploads/", ".csv"), ("", ".csv"), YES),
    ("name under another", plus("texts/", a("split_last", KEY, "/")), ("texts/counts/", ""), ("texts/counts/", ""), NO),
    ("prefixed", plus("thumb-", KEY), ("img/", ".jpg"), ("img/", ".jpg"), NO),
    ("prefixed, suffix filter", plus("thumb-", KEY), ("", ".jpg"), ("", ".jpg"), YES),
    ("prefix is no folder", plus("a-out/", KEY), ("a", ""), ("a", ""), YES),
    ("joined", a("path_join", Constant("in"), a("basename", KEY)), ("in/", ""), ("in/", ""), YES),
    ("joined, perhaps absolute", a("path_join", Constant("in"), KEY), ("", ""), ("in/", ""), MAYBE),
    ("flattened", a("replace", KEY, "/", "_"), ("in/", ""), ("in/", ""), NO),
    ("decoded", a("unquote_plus", KEY), ("in/", "data.json"), ("in/", "data.json"), YES),
    ("decoded, encoded filter", a("unquote_plus", KEY), ("in put/%", ""), ("in put/%", ""), MAYBE),
    ("lower", a("lower", KEY), ("IN/", ""), ("IN/", ""), NO),
    ("another suffix", a("with_suffix", KEY, ".png"), ("in/", ".jpg"), ("in/", ".png"), YES),
    ("another name", a("with_name", KEY, "index.html"), ("in/", ""), ("in/", "index.html"), YES),
    ("moved", plus("out/", a("removeprefix", KEY, "in/")), ("in/", ""), ("out/", ""), YES),
    ("moved, nothing known", a("removeprefix", KEY, "in/"), ("in/", ""), ("in/", ""), MAYBE),
    ("in a folder below", plus(a("dirname", KEY), "/small/", a("basename", KEY)), ("in/", ""), ("in/", ""), YES),
    ("joined below", a("path_join", a("dirname", KEY), Constant("s"), Constant("x")), ("in/a", ""), ("in/", "/x"), YES),
    ("a slash at the end", plus("a", a("basename", KEY), "/b"), ("", ""), ("a/b", ""), MAYBE),
    ("no slash in between", plus("a/", a("basename", KEY), "b"), ("", ""), ("a/b/", ""), NO),
    ("unknown", UNKNOWN, ("", ""), ("a", ""), MAYBE),
    ("unknown, no filter", UNKNOWN, ("", ""), ("", ""), YES),
    ("one arm", OneOf((plus("in/", KEY), plus("out/", KEY))), ("", ""), ("in/", ""), SOME),
    ("no arm", OneOf((Constant("in/a.txt"), Constant("out/a.raw"))), ("", ""), ("in/", ".raw"), NO),
    ("each arm", OneOf((Constant("in/a"), plus("in/", KEY))), ("", ""), ("in/", ""), YES),
    ("an arm unknown", OneOf((Constant("in/a"), UNKNOWN)), ("", ""), ("in/", ""), SOME),
]


@pytest.mark.parametrize(("value", "filtered", "asked", "answer"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_written_keys(value: Value, filtered: Affixes, asked: Affixes, answer: Truth) -> None:
    assert framed(value, *asked, key(*filtered)) is answer


def test_deep_values_are_not_followed_down() -> None:
    deep: Value = KEY
    for _ in range(200):
        deep = Transformed("lower", deep)
    assert begins(deep, "a") is MAYBE


def test_symbolic_prefixes_compare_by_their_parts() -> None:
    folder = Parameter("t.yaml", "Folder")
    assert begins(plus(folder, "/in/", KEY), plus(folder, "/in")) is YES
    assert begins(plus(folder, "/in/", KEY), plus(folder, "/out")) is NO
    assert ends(plus(KEY, "-", folder), plus("x-", folder), key(suffix="x")) is YES
    assert ends(plus(KEY, "-", folder), plus("x-", folder), key(suffix="y")) is NO
    assert equals(plus("a", KEY), "bcd") is NO
    assert equals(plus("long-", KEY), "lo") is NO


def test_two_choices_that_may_exclude_each_other_are_no_proof() -> None:
    one, other = OneOf((Constant("a"), Constant("b"))), OneOf((Constant("x"), Constant("y")))
    assert equals(plus(one, other), "ax") is MAYBE
    assert begins(plus(one, other), "a") is SOME
    assert equals(plus(one, other), "c") is NO


# --- names --------------------------------------------------------------------------------------------------------

STAGE = Parameter("t.yaml", "Stage", (Constant("dev"), Constant("live")), closed=True)
PROJECT = Parameter("t.yaml", "Project", (Constant("acme"),))
OPEN = Parameter("t.yaml", "Suffix")
INTAKE = Lookup(
    ((("dev", "In"), Constant("acme-dev-intake")), (("live", "In"), Constant("acme-live-intake"))),
    (STAGE, Constant("In")),
)
QUEUE, OTHER = Reference("t.yaml", "Queue"), Reference("t.yaml", "Other")

NAMES: list[tuple[str, Value, Value, Truth]] = [
    ("map cells in each world", INTAKE, plus("acme-", STAGE, "-intake"), YES),
    ("map cells in one", INTAKE, Constant("acme-dev-intake"), SOME),
    ("map cells in none", INTAKE, Constant("acme-test-intake"), NO),
    ("another name in each world", INTAKE, plus("acme-", STAGE, "-checked"), NO),
    ("the map itself", INTAKE, INTAKE, YES),
    ("a default", plus(PROJECT, "-", STAGE), plus("acme-", STAGE), SOME),
    ("a default and a stage", plus(PROJECT, "-", STAGE), Constant("acme-dev"), SOME),
    ("no default", plus(OPEN, "-in"), Constant("acme-in"), MAYBE),
    ("not with any value", plus(OPEN, "-in"), Constant("acme-out"), NO),
    ("a parameter with a constant", OPEN, plus(OPEN, "-out"), NO),
    ("the same letters", plus("ab", OPEN), plus(OPEN, "ba"), MAYBE),
    ("other letters", plus("ab", OPEN), plus(OPEN, "cd"), NO),
    ("a reference", QUEUE, Reference("t.yaml", "Queue"), YES),
    ("two references", QUEUE, OTHER, NO),
    ("their regions", Reference("t.yaml", "A", "Region"), Reference("t.yaml", "B", "Region"), MAYBE),
    ("a reference and its arn", QUEUE, Reference("t.yaml", "Queue", "Arn"), MAYBE),
    ("a reference and more", plus(QUEUE, "-dlq"), QUEUE, NO),
    ("references around", plus("a-", QUEUE, "-z"), plus("a-", OTHER, "-z"), NO),
    ("event paths", KEY, EventPath(KEY.path), YES),
    ("unknowns", UNKNOWN, UNKNOWN, MAYBE),
    ("unknown parts", plus("a-", UNKNOWN), plus("a-", UNKNOWN), MAYBE),
    ("unknown parts and letters", plus("ab", UNKNOWN), plus(UNKNOWN, "cd"), MAYBE),
    ("an arm in one world", OneOf((QUEUE, Constant("acme-dev"))), plus("acme-", STAGE), MAYBE),
    ("stacks", Pseudo("AWS::StackName", "a.yaml"), Pseudo("AWS::StackName", "b.yaml"), MAYBE),
    ("the same operation", a("lower", OPEN), a("lower", OPEN), YES),
    ("an arm", OneOf((QUEUE, OTHER)), QUEUE, SOME),
    ("no arm", OneOf((QUEUE, OTHER)), Reference("t.yaml", "Third"), NO),
    ("both arms", OneOf((plus("a-", STAGE), INTAKE)), plus(STAGE, "-a"), NO),
    ("an arm of another", OneOf((QUEUE, Constant("x"))), OneOf((Constant("y"), QUEUE)), MAYBE),
    ("numbers", Constant(12), Constant("12"), YES),
    ("bytes", Constant(b"a"), Constant("a"), MAYBE),
]


@pytest.mark.parametrize(("one", "other", "answer"), [c[1:] for c in NAMES], ids=[c[0] for c in NAMES])
def test_names(one: Value, other: Value, answer: Truth) -> None:
    assert same(one, other) is answer
    assert same(other, one) is answer


def test_a_parameter_of_an_inner_stack_is_the_one_that_it_is_given() -> None:
    inner = Parameter("inner.yaml", "Name", (plus("x-", STAGE),), closed=True)
    assert same(inner, plus("x-", STAGE)) is YES
    assert same(inner, plus(STAGE, "-x")) is NO
    assert same(plus(inner, inner), plus("x-devx-", STAGE)) is SOME


def test_too_many_worlds_stay_symbolic() -> None:
    many = [Parameter("t.yaml", str(n), (Constant("a"), Constant("b")), closed=True) for n in range(12)]
    assert same(plus(*many), plus(*many)) is YES
    assert same(plus(*many), plus(*many, "x")) is NO
    assert same(plus(*many), plus(*many[::-1])) in (SOME, MAYBE)


PARAMETERS = (STAGE, Parameter("t.yaml", "Color", (Constant("dev"), Constant("a"), Constant("-")), closed=True))
EVENTS = (KEY, EventPath(("detail",)))
constants = st.sampled_from(["", "a", "-", "dev", "-dev", "a-"]).map(Constant)
lookups = st.tuples(*[constants] * 4).map(
    lambda cells: Lookup(
        tuple(zip((("dev", "a"), ("live", "a"), ("dev", "-"), ("live", "-")), cells, strict=True)),
        (PARAMETERS[0], Constant("a")),
    )
)


def symbolic(leaves: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    def wider(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
        return st.one_of(
            st.lists(inner, max_size=3).map(text),
            st.tuples(inner, st.sampled_from(["a", "-", "dev"]), st.sampled_from(["", "-a"])).map(
                lambda made: a("replace", made[0], made[1], made[2])
            ),
            inner.map(lambda value: a("split_first", value, "-")),
            inner.map(lambda value: a("upper", value)),
            inner.map(lambda value: a("rsplit_head", value, "-")),
        )

    return st.recursive(leaves, wider, max_leaves=5)


closed = symbolic(st.one_of(constants, st.sampled_from(PARAMETERS), lookups))
anything = symbolic(
    st.one_of(
        constants,
        st.sampled_from(PARAMETERS),
        lookups,
        st.sampled_from(EVENTS),
        st.lists(constants, min_size=2, max_size=3).map(lambda options: one_of([*options])),
        st.just(UNKNOWN),
    )
)

Assignment = dict[Value, str]


def spelled(value: Value, given: Assignment) -> str:
    """The string that a value is under an assignment of parameters, arms and event."""
    match value:
        case Constant(plain):
            return str(plain)
        case Text(pieces):
            return "".join(spelled(piece, given) for piece in pieces)
        case Transformed("replace", base, (Constant(str(old)), Constant(str(new)))):
            return spelled(base, given).replace(old, new)
        case Transformed("split_first", base):
            return spelled(base, given).split("-")[0]
        case Transformed("upper", base):
            return spelled(base, given).upper()
        case Transformed("rsplit_head", base):
            return spelled(base, given).rsplit("-", 1)[0]
        case Lookup(cells, (first, second)):
            return spelled(dict(cells)[spelled(first, given), spelled(second, given)], given)
    return given[value]


def worlds(*values: Value) -> list[Assignment]:
    """All assignments of the parameters, and of the branches within some values."""
    free: dict[Value, tuple[Value, ...]] = {parameter: parameter.options for parameter in PARAMETERS}
    free |= {branch: branch.options for value in values for branch in branches_of(value)}
    return [
        {choice: spelled(option, {}) for choice, option in zip(free, options, strict=True)}
        for options in product(*free.values())
    ]


def branches_of(value: Value) -> list[OneOf]:
    if isinstance(value, OneOf):
        return [value]
    return [found for part in parts(value) for found in branches_of(part)]


QUESTIONS: dict[str, tuple[Callable[..., Truth], Callable[[str, str], bool]]] = {
    "equals": (equals, str.__eq__),
    "begins": (begins, str.startswith),
    "ends": (ends, str.endswith),
}


@pytest.mark.parametrize("question", QUESTIONS)
@given(one=closed, other=closed)
def test_closed_names_are_decided_as_enumeration_decides(question: str, one: Value, other: Value) -> None:
    ask, hold = QUESTIONS[question]
    facts = {hold(spelled(one, world), spelled(other, world)) for world in worlds()}
    assert ask(one, other) is {(True,): YES, (False,): NO, (False, True): SOME}[tuple(sorted(facts))]


@pytest.mark.parametrize("question", QUESTIONS)
@given(one=anything, other=anything, event=st.tuples(*[st.text("ab-d", max_size=4)] * 4))
def test_what_is_certain_holds_for_each_event(question: str, one: Value, other: Value, event: tuple[str, ...]) -> None:
    ask, hold = QUESTIONS[question]
    first = dict(zip((*EVENTS, UNKNOWN), event, strict=False))
    second = {**first, UNKNOWN: event[-1]}  # two values that are not known need not be the same
    facts = {
        hold(spelled(one, {**first, **world}), spelled(other, {**second, **world})) for world in worlds(one, other)
    }
    answer = ask(one, other)
    assert True in facts or answer not in (YES, SOME)
    assert False in facts or answer is not NO
    assert facts == {True} or answer is not YES
    assert facts == {False} or answer is not NO


shapes = st.text("ab", max_size=6).flatmap(
    lambda actual: st.tuples(
        st.just(actual), st.integers(0, 6).map(lambda n: Shape(actual[:n], actual[-n:] if n else "", n > len(actual)))
    )
)


@pytest.mark.parametrize("question", QUESTIONS)
@given(one=shapes, other=shapes)
def test_what_is_certain_of_shapes_holds(question: str, one: tuple[str, Shape], other: tuple[str, Shape]) -> None:
    ask, hold = QUESTIONS[question]
    known = dict(zip(EVENTS, (one[1], other[1]), strict=True))
    assert ask(*EVENTS, known.get) is not (NO if hold(one[0], other[0]) else YES)


def blurred(value: Value, hidden: Value) -> Value:
    """A value with UNKNOWN in place of another."""
    match value:
        case _ if value == hidden:
            return UNKNOWN
        case Text(pieces):
            return text([blurred(piece, hidden) for piece in pieces])
        case Transformed(operation, base, arguments):
            return Transformed(operation, blurred(base, hidden), arguments)
    return value


@pytest.mark.parametrize("question", QUESTIONS)
@given(one=anything, other=anything, hidden=st.sampled_from((*EVENTS, *PARAMETERS)) | constants)
def test_knowing_less_never_turns_an_answer_around(question: str, one: Value, other: Value, hidden: Value) -> None:
    ask, _ = QUESTIONS[question]
    before, after = ask(one, other), ask(blurred(one, hidden), other)
    assert {before, after} != {YES, NO}


@given(anything)
def test_shapes_stay_few(value: Value) -> None:
    assert 1 <= len(shape(value)) <= strings.MOST_SHAPES
