"""Values in words: names of resources, structures, filters."""

from __future__ import annotations

import pytest

from reviewer.deploy.model import Id, Setting, Trigger
from reviewer.finding import Location
from reviewer.labels import filter_of, json_of, name_of
from reviewer.value import (
    UNKNOWN,
    Constant,
    EventPath,
    Items,
    Parameter,
    Pseudo,
    Reference,
    Table,
    Text,
    Value,
    one_of,
)

AT = Location("template.yaml", 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Constant("photos"), "photos"),
        (Parameter("t", "Stage"), "${Stage}"),
        (Reference("t", "Photos"), "${Photos}"),
        (Reference("t", "Photos", "Arn"), "${Photos.Arn}"),
        (Text((Pseudo("AWS::StackName"), Constant("-photos"))), "${AWS::StackName}-photos"),
        (Text((EventPath(("x",)), Constant("-photos"))), ""),
        (UNKNOWN, ""),
        (Constant(7), ""),
    ],
)
def test_names(value: Value, expected: str) -> None:
    assert name_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Constant('a"b'), '"a\\"b"'),
        (Constant(True), "true"),
        (Constant(None), "null"),
        (Constant(b"x"), "…"),
        (Items((Constant(1), UNKNOWN)), "[1, …]"),
        (Items((Constant(1),), open=True), "[1, …]"),
        (Table((("a", Items(())), ("b", Parameter("t", "P"))), open=True), '{"a": [], "b": ${P}, …}'),
    ],
)
def test_structures_as_json(value: Value, expected: str) -> None:
    assert json_of(value) == expected


def test_filters_in_words() -> None:
    def setting(value: Value) -> Setting[Value]:
        return Setting(value, AT)

    trigger = Trigger(
        Id("t", "F"),
        "s3",
        AT,
        events=(setting(Constant("s3:ObjectCreated:*")), setting(Constant("s3:ObjectRemoved:*"))),
        prefix=setting(one_of([Constant("a/"), Parameter("t", "P")])),
        suffix=setting(Constant("")),
        patterns=(setting(UNKNOWN), setting(Constant(""))),
        enabled=setting(Constant(False)),
    )
    assert filter_of(trigger) == "disabled, s3:ObjectCreated:*, s3:ObjectRemoved:*, prefix a/ or ${P}, …"
    assert filter_of(Trigger(Id("t", "F"), "sqs", AT)) == ""
