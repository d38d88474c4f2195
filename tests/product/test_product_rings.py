"""Two functions that start each other, over any two kinds of sources: each ring is found, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from product_cases import FILTERED, OTHER, SAME, Case, Source
from product_dialects import Dialect
from product_reviews import loops
from test_product_sources import DIALECTS, SOURCES

KINDS = (
    *("s3", "sqs", "sns", "dynamodb", "kinesis", "eventbridge", "s3-eventbridge", "stepfunctions", "firehose"),
    *("sns-sqs", "s3-sqs", "pipe", "lambda", "iot", "cognito", "logs-by-code", "url"),
)
WAYS = ("reference", "literal", "stored", "variable", "joined", "helper")
FUNCTION = re.compile(r"\bF(\d+)\b")


def pairs(first: str, dialect: Dialect) -> list[tuple[Case, Case]]:
    """The first function of a pair is started by a source of this kind, the second by one of each kind.

    The relation is that between what the second function writes and what starts the first one: of each two kinds there is
    a ring, and one that a filter or another resource opens.
    """
    made: list[tuple[Case, Case]] = []
    source = SOURCES[first]
    open_ways = (FILTERED, OTHER) if source.is_filtered_by(dialect.name, FILTERED) else (OTHER,)
    for turn, (second, is_ring) in enumerate(product(KINDS, (True, False))):
        target, relation = SOURCES[second], SAME if is_ring else open_ways[turn // 2 % len(open_ways)]
        number = 2 * len(made) + 1
        one = Case(number, source, dialect.name, way(source, turn), relation)
        other = Case(number + 1, target, dialect.name, way(target, turn + 1), SAME)
        made.append((replace(one, partner=other), replace(other, partner=one)))
    return made


def way(source: Source, turn: int) -> str:
    """A way of naming that the source has: another one at each turn."""
    known = [each for each in WAYS if each in source.ways]
    return known[turn % len(known)]


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
        ("invocation-cycle", one.source.truth[one.relation], one.number, other.number)
        for one, other in every
        if one.relation in one.source.truth
    )
    assert found == expected


def test_there_are_hundreds() -> None:
    assert sum(len(pairs(first, DIALECTS[name])) for first in KINDS for name in ("sam", "terraform", "cdk")) > 1000
