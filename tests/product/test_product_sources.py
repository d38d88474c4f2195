"""Loops in every combination of event source, dialect, way of naming and relation: none missed, no false alarm."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from product_apps import CDK, CHALICE, TERRAFORM
from product_cases import cases
from product_dialects import Dialect
from product_functions import THEMSELVES
from product_machines import THROUGH
from product_pollers import POLLED
from product_pushers import PUSHED
from product_services import SERVICES
from product_templates import CDK_OUT, CLOUDFORMATION, SAM, SERVERLESS
from reviewing import review_files

SOURCES = {source.kind: source for source in (*POLLED, *PUSHED, *THROUGH, *THEMSELVES, *SERVICES)}
DIALECTS = {dialect.name: dialect for dialect in (SAM, CLOUDFORMATION, CDK_OUT, SERVERLESS, TERRAFORM, CDK, CHALICE)}
LOOPS = frozenset({"own-trigger-write", "self-invocation", "invocation-cycle"})
NUMBER = re.compile(r"(?:case_|\b[Ff])(\d+)\b")
PAIRS = [(kind, name) for kind, source in SOURCES.items() for name in DIALECTS if source.is_known_to(name)]


def found(files: dict[str, str]) -> dict[int, dict[str, str]]:
    """The loops that a review finds: severities by rule, by the number of the function."""
    review = review_files(files)
    assert review.errors == ()
    told: dict[int, dict[str, str]] = defaultdict(dict)
    for each in review.findings:
        if each.rule in LOOPS:
            number = NUMBER.findall(each.symbol) or NUMBER.findall(each.message)
            told[int(number[0])][each.rule] = each.severity.label
    return told


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_loops_are_found_and_nothing_else(kind: str, name: str) -> None:
    dialect: Dialect = DIALECTS[name]
    every = cases(SOURCES[kind], name, dialect.ways)
    told = found(dialect.files(every))
    wrong = [
        (case.way, case.relation, told.get(case.number, {}), case.truth)
        for case in every
        if told.get(case.number, {}) != case.truth
    ]
    assert wrong == []


def test_there_are_thousands() -> None:
    assert sum(len(cases(SOURCES[kind], name, DIALECTS[name].ways)) for kind, name in PAIRS) > 1000
