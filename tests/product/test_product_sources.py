"""Loops in every combination of event source, dialect, way of naming and relation: none missed, no false alarm."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from apps_samples import deployment
from product_apps import CDK, CHALICE, TERRAFORM
from product_cases import cases
from product_filters import FILTERS
from product_functions import THEMSELVES
from product_machines import THROUGH
from product_pollers import POLLED
from product_pushers import PUSHED
from product_reviews import loops
from product_services import SERVICES
from product_silent import QUIET_ONES
from product_templates import CDK_OUT, CLOUDFORMATION, SAM, SERVERLESS

SOURCES = {
    source.kind: source for source in (*POLLED, *PUSHED, *FILTERS, *THROUGH, *THEMSELVES, *SERVICES, *QUIET_ONES)
}
DIALECTS = {dialect.name: dialect for dialect in (SAM, CLOUDFORMATION, CDK_OUT, SERVERLESS, TERRAFORM, CDK, CHALICE)}
PAIRS = [(kind, name) for kind, source in SOURCES.items() for name in DIALECTS if source.is_known_to(name)]
NUMBER = re.compile(r"(?:case_|\b[Ff])(\d+)\b")


def found(files: dict[str, str]) -> dict[int, dict[str, str]]:
    """The loops that a review finds: severities by rule, by the number of the function."""
    told: dict[int, dict[str, str]] = defaultdict(dict)
    for each in loops(files):
        number = NUMBER.findall(each.symbol) or NUMBER.findall(each.message)
        told[int(number[0])][each.rule] = each.severity.label
    return told


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_loops_are_found_and_nothing_else(kind: str, name: str) -> None:
    dialect = DIALECTS[name]
    every = cases(SOURCES[kind], name, dialect.ways)
    told = found(dialect.files(every))
    wrong = [
        (case.way, case.relation, told.get(case.number, {}), case.truth)
        for case in every
        if told.get(case.number, {}) != case.truth
    ]
    assert wrong == []
    assert told.keys() <= {case.number for case in every}


@pytest.mark.parametrize(("kind", "name"), [pair for pair in PAIRS if not SOURCES[pair[0]].truth])
def test_what_is_silent_is_started_all_the_same(kind: str, name: str) -> None:
    dialect = DIALECTS[name]
    every = cases(SOURCES[kind], name, dialect.ways)[:2]
    started = {trigger.function.name.rpartition(".")[2] for trigger in deployment(dialect.files(every)).triggers}
    assert started >= ({"case_1", "case_2"} if name == "chalice" else {f"F{case.number}" for case in every})


def test_there_are_thousands_in_all_dialects() -> None:
    numbers = [len(cases(SOURCES[kind], name, DIALECTS[name].ways)) for kind, name in PAIRS]
    assert min(numbers) > 0
    assert sum(numbers) > 4000
    assert len(SOURCES) >= 14
    assert {name for _, name in PAIRS} == DIALECTS.keys()
