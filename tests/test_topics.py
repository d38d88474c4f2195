"""Topics of IoT: which ones a rule's statement takes."""

from __future__ import annotations

import pytest

from reviewer.topics import takes, takes_all
from reviewer.truth import MAYBE, NO, YES, Truth
from reviewer.value import UNKNOWN, Constant, EventPath, Value, text

MADE = text([Constant("jobs/"), EventPath(("id",)), Constant("/done")])


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("jobs", Constant("jobs"), YES),
        ("jobs", Constant("jobs/1"), NO),
        ("jobs/+", Constant("jobs/1"), YES),
        ("jobs/+", Constant("jobs/1/done"), NO),
        ("jobs/+/done", Constant("jobs/1/done"), YES),
        ("jobs/#", Constant("jobs/1/done"), YES),
        ("jobs/#", Constant("jobs"), YES),
        ("#", Constant("jobs"), YES),
        ("#", Constant("$aws/things/x"), NO),
        ("$aws/things/+/shadow", Constant("$aws/things/x/shadow"), YES),
        ("jobs/#", MADE, YES),
        ("jobs/+/done", MADE, MAYBE),
        ("other/#", MADE, NO),
        ("other/+", MADE, NO),
        ("jobs/1", UNKNOWN, MAYBE),
        ("#", UNKNOWN, MAYBE),
    ],
)
def test_filters(pattern: str, topic: Value, expected: Truth) -> None:
    assert takes(Constant(f"SELECT * FROM '{pattern}'"), topic) is expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM 'a'", YES),
        ('select temperature as t\nfrom "a"', YES),
        ("SELECT * FROM 'a' WHERE t > 3", MAYBE),
        ("SELECT * FROM 'a'\n  where t > 3", MAYBE),
        ("no statement", MAYBE),
    ],
)
def test_what_a_statement_asks_for_beyond_the_topic(statement: str, expected: Truth) -> None:
    assert takes_all(Constant(statement)) is expected
    assert takes_all(UNKNOWN) is MAYBE


def test_a_statement_that_cannot_be_read_takes_what_nobody_knows() -> None:
    assert takes(Constant("SELECT 1"), Constant("a")) is MAYBE
    assert takes(UNKNOWN, Constant("a")) is MAYBE
