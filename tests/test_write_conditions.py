"""Whether a condition on a write tells that the item is there already."""

from __future__ import annotations

import pytest

from reviewer.aws.conditions import asks_for_item
from reviewer.emissions import spelled
from reviewer.value import UNKNOWN, Constant, Text

THERE = (
    "attribute_exists(id)",
    "attribute_exists ( #id ) AND n < :n",
    "#Id = :Id",
    "#Id=:Id",
    "a.b[0] >= :n",
    "n <= :n",
    "n < :n",
    "begins_with(sk, :prefix)",
    "attribute_not_exists(done) AND #Id = :Id",
    "a <> :a and b = :b",
    "(a = :a)",
    "((a = :a) AND (b = :b OR c = :c))",
    "a = :a AND (b = :b OR attribute_not_exists(c))",
    "a = :a AND (\0)",
)
OPEN = (
    "",
    "attribute_not_exists(id)",
    "NOT attribute_exists(id)",
    "NOT (a = :a)",
    "a <> :a",
    "a = :a OR attribute_not_exists(a)",
    "attribute_not_exists(id) OR attribute_exists(id)",
    "(a = :a OR attribute_not_exists(a))",
    "(a = :a) OR (b = :b)",
    "a = :a \0",
    "\0 AND a = :a",
    "(a = :a \0)",
    "a = :a AND " * 1000 + "a = :a",
    "(" * 2000 + "a = :a" + ")" * 2000,
)


@pytest.mark.parametrize("expression", THERE)
def test_these_hold_of_an_item_only(expression: str) -> None:
    assert asks_for_item(expression)


@pytest.mark.parametrize("expression", OPEN)
def test_these_may_hold_where_there_is_none(expression: str) -> None:
    assert not asks_for_item(expression)


def test_what_is_not_known_of_a_text_is_a_gap() -> None:
    assert spelled(Constant("a = :a")) == "a = :a"
    assert spelled(Text((Constant("a = :a AND ("), UNKNOWN, Constant(")")))) == "a = :a AND (\0)"
    assert spelled(UNKNOWN) == spelled(Constant(None)) == spelled(Text((UNKNOWN, UNKNOWN))) == ""
