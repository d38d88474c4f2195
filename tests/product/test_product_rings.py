"""Two functions that start each other, over any two kinds of sources: each ring is found, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle, product

import pytest
from product_cases import ADMITTED, FILTERED, OTHER, SAME, Case
from product_dialects import Dialect
from product_reviews import loops
from test_product_sources import DIALECTS, SOURCES

KINDS = (
    *("s3", "sqs", "sns", "dynamodb", "kinesis", "eventbridge", "s3-eventbridge", "stepfunctions", "firehose"),
    *("sns-sqs", "s3-sqs", "lambda"),
)
WAYS = ("reference", "literal", "stored", "variable", "joined", "helper")
FUNCTION = re.compile(r"\bF(\d+)\b")


def pairs(first: str, dialect: Dialect) -> list[tuple[Case, Case]]:
    """The first function of a pair is started by a source of this kind, the second by one of each kind.

    The relation is that between what the second function writes and what starts the first one.
    """
    made: list[tuple[Case, Case]] = []
    ways = cycle(WAYS)
    for second, relation in product(KINDS, (SAME, OTHER, FILTERED, ADMITTED)):
        if relation in {FILTERED, ADMITTED} and not SOURCES[first].is_filtered_by(dialect.name, relation):
            continue
        number = 2 * len(made) + 1
        one = Case(number, SOURCES[first], dialect.name, next(ways), relation)
        other = Case(number + 1, SOURCES[second], dialect.name, next(ways), SAME)
        made.append((replace(one, partner=other), replace(other, partner=one)))
    return made


@pytest.mark.parametrize("name", ["sam", "terraform", "cdk"])
@pytest.mark.parametrize("first", KINDS)
def test_rings_are_found_and_nothing_else(first: str, name: str) -> None:
    dialect = DIALECTS[name]
    every = pairs(first, dialect)
    found = sorted(
        (each.rule, each.severity.label, *sorted(set(map(int, FUNCTION.findall(each.message)))))
        for each in loops(dialect.files([case for pair in every for case in pair]))
    )
    expected = sorted(
        ("invocation-cycle", "error", one.number, other.number)
        for one, other in every
        if one.relation in {SAME, ADMITTED}
    )
    assert found == expected


def test_there_are_hundreds() -> None:
    assert sum(len(pairs(first, DIALECTS[name])) for first in KINDS for name in ("sam", "terraform", "cdk")) > 1000
