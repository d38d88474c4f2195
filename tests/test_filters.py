"""The filters of S3, SNS and event source mappings; JSON text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.filters import (
    LONGEST_JSON,
    admits_key,
    admits_s3_event,
    decoded,
    from_json,
    matches_criteria,
    matches_pattern,
    matches_policy,
)
from reviewer.shapes import Shape
from reviewer.truth import MAYBE, NO, SOME, YES, Truth
from reviewer.value import (
    DEEPEST,
    UNKNOWN,
    Constant,
    EventPath,
    Items,
    OneOf,
    Parameter,
    Result,
    Table,
    Transformed,
    Value,
    text,
)

KEY = EventPath(("Records", "*", "s3", "object", "key"))
PUT, COMPLETED, COPY = "s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectCreated:Copy"

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


# --- S3 -----------------------------------------------------------------------------------------------------------


def test_a_key_has_to_pass_prefix_and_suffix() -> None:
    raw = Constant(".raw")
    assert admits_key(None, None, UNKNOWN) is YES
    assert admits_key(Constant("in/"), raw, plus("in/", KEY, ".raw")) is YES
    assert admits_key(Constant("in/"), raw, plus("in/", KEY, ".txt")) is NO
    assert admits_key(Constant("in/"), raw, plus(KEY, ".raw")) is MAYBE
    assert admits_key(Constant("in/"), raw, KEY, lambda leaf: Shape("in/", ".raw") if leaf == KEY else None) is YES
    assert admits_key(Constant("in/"), None, OneOf((plus("in/", KEY), plus("out/", KEY)))) is SOME
    assert admits_key(Constant("in/"), raw, OneOf((Constant("in/a"), Constant("a.raw")))) is NO


def test_an_encoded_filter_counts_where_both_readings_agree() -> None:
    assert admits_key(Constant("in+put/"), None, Constant("in put/a")) is MAYBE
    assert admits_key(Constant("in+put/"), None, Constant("in+put/a")) is MAYBE
    assert admits_key(Constant("in+put/"), None, Constant("out/a")) is NO
    assert admits_key(Constant("a/"), Constant("%20b"), plus("a/", KEY, ".txt")) is NO


@pytest.mark.parametrize(
    ("listened", "produced", "answer"),
    [
        (["s3:ObjectCreated:*"], [COPY], YES),
        ([PUT], [PUT, COMPLETED], YES),
        ([PUT], [COPY], NO),
        ([PUT], [COPY, COMPLETED], NO),
        (["ObjectCreated:Copy"], [COPY], YES),
        (["s3:ObjectRemoved:*", "s3:ObjectTagging:*"], [PUT], NO),
        (["s3:ObjectRemoved:*", "s3:ObjectTagging:*"], ["s3:ObjectTagging:Put"], YES),
        ([UNKNOWN], [PUT], MAYBE),
        ([UNKNOWN, Constant(PUT)], [PUT], YES),
        ([OneOf((Constant(PUT), Constant(COPY)))], [PUT], SOME),
        ([Parameter("t", "E", (Constant(COPY), Constant("s3:ObjectRemoved:*")), closed=True)], [PUT], NO),
        ([], [PUT], NO),
        (["s3:*"], [], NO),
    ],
)
def test_s3_event_types(listened: list[Value | str], produced: list[str], answer: Truth) -> None:
    assert admits_s3_event(listened, produced) is answer


# --- JSON ---------------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9, width=16) | st.text("abA*-. ", max_size=4)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)


@given(anything)
def test_json_text_is_read_as_what_it_says(plain: object) -> None:
    assert from_json(json.dumps(plain)) == value(plain)


@given(st.text() | st.text('[]{}",:1eE-+.tfn\\', max_size=30))
def test_any_text_is_read_or_refused(written: str) -> None:
    try:
        plain = json.loads(written)
    except ValueError:
        assert from_json(written) is None
    else:
        assert from_json(written) in (value(plain), None)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "[" * 100_000,
        "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2),
        "9" * 5000,
        " " * LONGEST_JSON + "1",
    ],
)
def test_what_is_no_json_or_over_a_limit_is_refused(written: str) -> None:
    assert from_json(written) is None


def test_decoding_follows_what_made_the_text() -> None:
    body = value({"a": 1})
    assert decoded(Constant('{"a": 1}')) == decoded(Constant(b'{"a": 1}')) == decoded(body) == body
    assert decoded(Result("json.dumps", (("0", body), ("indent", Constant(2))))) == body
    assert decoded(Result("json.dumps", (("obj", body),))) == body
    assert decoded(Constant("plain")) is None
    assert decoded(plus("{", KEY)) == UNKNOWN
    assert decoded(Constant("1" * (LONGEST_JSON + 1))) == UNKNOWN


# --- SNS ----------------------------------------------------------------------------------------------------------


def attributes(**given: tuple[str, Any]) -> Value:
    return value({name: {"DataType": kind, "StringValue": written} for name, (kind, written) in given.items()})


POLICIES: list[tuple[Any, Value | None, Truth]] = [
    ({"store": ["a"]}, attributes(store=("String", "a")), YES),
    ({"store": ["a"]}, attributes(store=("String", "b")), NO),
    ({"store": ["a"]}, attributes(shop=("String", "a")), NO),
    ({"store": ["a"]}, None, NO),
    ({"store": ["a"]}, value({}), NO),
    ({"store": [{"exists": False}]}, None, NO),
    ({"store": [{"exists": False}]}, attributes(shop=("String", "a")), YES),
    ({}, None, YES),
    ({"store": ["a"]}, UNKNOWN, MAYBE),
    ({"store": ["a"]}, Table((), open=True), MAYBE),
    ({"store": ["a"]}, OneOf((attributes(store=("String", "a")), value({}))), SOME),
    ({"store": ["a"]}, attributes(store=("String", KEY)), MAYBE),
    ({"likes": ["rugby"]}, attributes(likes=("String.Array", '["rugby", "tennis"]')), YES),
    ({"likes": [{"anything-but": ["rugby"]}]}, attributes(likes=("String.Array", '["rugby", "tennis"]')), YES),
    ({"likes": ["rugby"]}, attributes(likes=("String.Array", '["tennis", true]')), NO),
    ({"likes": ["rugby"]}, attributes(likes=("String.Array", Result("json.dumps", (("0", value(["golf"])),)))), NO),
    ({"likes": ["rugby"]}, attributes(likes=("String.Array", KEY)), MAYBE),
    ({"price": [{"numeric": [">", 100]}]}, attributes(price=("Number", "210.75")), YES),
    ({"price": [{"numeric": [">", 100]}]}, attributes(price=("Number", "99")), NO),
    ({"price": [{"numeric": [">", 100]}]}, attributes(price=("Number", plus(KEY, "0"))), MAYBE),
    ({"price": [100]}, attributes(price=("String", "100")), NO),
    ({"blob": [{"exists": True}]}, value({"blob": {"DataType": "Binary", "BinaryValue": "x"}}), NO),
    ({"own": ["a"]}, attributes(own=("String.mine", "a")), MAYBE),
    ({"own": ["a"]}, value({"own": UNKNOWN}), MAYBE),
    (Constant('{"store": ["a"]}'), attributes(store=("String", "a")), YES),
    (UNKNOWN, attributes(store=("String", "a")), MAYBE),
]


@pytest.mark.parametrize(("policy", "sent", "answer"), POLICIES, ids=range(len(POLICIES)))
def test_policies_on_attributes(policy: Any, sent: Value | None, answer: Truth) -> None:
    assert matches_policy(value(policy), sent, UNKNOWN) is answer
    assert matches_policy(value(policy), sent, UNKNOWN, Constant("MessageAttributes")) is answer


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"order": {"state": "new"}}, YES),
        ({"order": {"state": "done"}}, NO),
        (Constant('{"order": {"state": "new"}}'), YES),
        (Result("json.dumps", (("0", value({"order": {"state": "done"}})),)), NO),
        (Constant("plain words"), NO),
        (Constant("[1]"), NO),
        (plus("order ", KEY), MAYBE),
        (UNKNOWN, MAYBE),
    ],
)
def test_policies_on_bodies(body: Any, answer: Truth) -> None:
    policy = value({"order": {"state": ["new"]}})
    assert matches_policy(policy, None, value(body), Constant("MessageBody")) is answer


def test_an_unknown_scope_is_not_guessed() -> None:
    policy, sent = value({"a": ["x"]}), attributes(a=("String", "x"))
    assert matches_policy(policy, sent, UNKNOWN, UNKNOWN) is MAYBE
    either = OneOf((Constant("MessageAttributes"), Constant("MessageBody")))
    assert matches_policy(policy, sent, value({"a": "y"}), either) is SOME


# --- event source mappings ----------------------------------------------------------------------------------------

CRITERIA: list[tuple[list[Any], Any, Truth]] = [
    ([], {"body": "x"}, YES),
    ([{"body": {"kind": ["a"]}}], {"body": '{"kind": "a"}'}, YES),
    ([{"body": {"kind": ["a"]}}], {"body": {"kind": "b"}}, NO),
    ([{"body": {"kind": ["a"]}}, {"body": {"kind": ["b"]}}], {"body": {"kind": "b"}}, YES),
    ([Constant('{"body": {"kind": ["a"]}}')], {"body": {"kind": "b"}}, NO),
    ([{"body": {"kind": ["a"]}}], {"body": "plain"}, NO),
    ([{"body": {"kind": ["a"]}}], {"body": plus("plain ", KEY)}, NO),
    ([{"body": {"kind": ["a"]}}], {"body": plus(' {"kind": "', KEY)}, MAYBE),
    ([{"body": {"kind": ["a"]}}], {"body": Result("json.dumps", (("0", value({"kind": "a"})),))}, YES),
    ([{"body": {"kind": ["a"]}}], {"body": UNKNOWN}, MAYBE),
    ([{"body": ["plain"]}], {"body": "plain"}, YES),
    ([{"body": ["plain"]}], {"body": '{"kind": "a"}'}, NO),
    ([{"body": ["plain"]}], {"body": {"kind": "a"}}, NO),
    ([{"body": ["1"]}], {"body": "1"}, MAYBE),
    ([{"body": [{"exists": True}]}], {"body": {"kind": "a"}}, MAYBE),
    ([{"body": [{"prefix": "run "}]}], {"body": plus("run ", KEY)}, YES),
    ([{"data": {"n": [{"numeric": ["<", 3]}]}}], {"data": '{"n": 2}'}, YES),
    ([{"value": {"n": [1]}}], {"value": "no"}, NO),
    ([{"eventName": ["INSERT"]}], {"eventName": "MODIFY"}, NO),
    ([{"eventName": ["INSERT"]}], {"eventName": OneOf((Constant("INSERT"), Constant("MODIFY")))}, SOME),
    ([{"eventName": ["REMOVE"]}], {"eventName": OneOf((Constant("INSERT"), Constant("MODIFY")))}, NO),
    (
        [{"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": ["done"]}]}}}}],
        {"dynamodb": {"NewImage": {"state": {"S": "done"}}}},
        NO,
    ),
    ([UNKNOWN], {"body": "x"}, MAYBE),
    ([Constant("{")], {"body": "x"}, MAYBE),
]


@pytest.mark.parametrize(("criteria", "record", "answer"), CRITERIA, ids=range(len(CRITERIA)))
def test_criteria(criteria: list[Any], record: Any, answer: Truth) -> None:
    assert matches_criteria(map(value, criteria), value(record)) is answer


def test_any_value_as_pattern_and_event_is_answered() -> None:
    strange = [
        Constant(b"\xff"),
        Items((), open=True),
        EventPath(),
        Transformed("split", KEY),
        Result("f"),
        value([[]]),
    ]
    for one in strange:
        for other in strange:
            nested = value({"a": [one], "b": {"c": one}, "$or": one})
            assert matches_pattern(one, other) in Truth
            assert matches_pattern(nested, value({"a": other, "b": other})) in Truth
            assert matches_policy(one, other, other, None) in Truth
            assert matches_criteria([one, nested], value({"body": other})) in Truth
