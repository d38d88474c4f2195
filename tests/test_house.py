"""The house stands as it was drawn: imports point one way, each third-party package has one home, files are small."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from reviewing import fixture_review, fixtures

from reviewer.rule import collect

TOP = Path(__file__).parent.parent
FILES = sorted(file for room in ("reviewer", "rules") for file in (TOP / room).rglob("*.py"))
MOST_LINES = 400
MOST_TEST_LINES = 500
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}

ALLOWED = {
    "reviewer.finding": set(),
    "reviewer.picture": {"reviewer.finding"},
    "reviewer.value": set(),
    "reviewer.rule": {"reviewer.finding"},
    "reviewer.aws": {"reviewer.aws"},
    "reviewer.code": {"reviewer.code", "reviewer.aws", "reviewer.finding", "reviewer.value"},
    "reviewer.deploy": {"reviewer.deploy", "reviewer.finding", "reviewer.value"},
    "reviewer.github": {"reviewer.github", "reviewer.finding", "reviewer.report", "reviewer.rule"},
    "reviewer.report": {
        *("reviewer.report", "reviewer.credentials", "reviewer.finding", "reviewer.picture", "reviewer.rule"),
    },
}
"""What a room may import of ours, for the rooms that may not import all that lies below."""

FORBIDDEN = {
    "reviewer": {"reviewer.cli", "reviewer.rules", "rules"},
    "rules": {
        *("reviewer.cli", "reviewer.code.extract", "reviewer.code.source", "reviewer.config", "reviewer.deploy.read"),
        *("reviewer.policy", "reviewer.report", "reviewer.review", "rules"),
    },
}
"""What a room may not import: a rule sees no tree, opens no file, renders nothing; a rule is imported by name only."""

HOMES = {
    "attr": {"reviewer.report.sarif"},
    "click": {"reviewer.cli", "reviewer.commenting", "reviewer.starting", "reviewer.usage"},
    "libcst": {f"reviewer.code.{name}" for name in ("source", "expressions", "extract", "positions")},
    "pathspec": {"reviewer.patterns"},
    "sarif_om": {"reviewer.report.sarif"},
    "tree_sitter": {"reviewer.deploy.terraform.parse"},
    "tree_sitter_hcl": {"reviewer.deploy.terraform.parse"},
    "yaml": {"reviewer.deploy.compose"},
}
"""The only importers of each third-party package."""


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(file): file for file in FILES}


def imported(file: Path, *, for_types: bool = False) -> Iterator[str]:
    """The modules that a file imports, anywhere in it; those for type checkers alone only where asked for."""
    pending: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not for_types:
            continue
        pending += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module
            inner = [name for alias in node.names if (name := f"{node.module}.{alias.name}") in MODULES]
            yield from inner or [node.module]


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    ours = {name for name in imported(MODULES[module]) if name.partition(".")[0] in {"reviewer", "rules"}}
    for room, allowed in ALLOWED.items():
        if within(module, room):
            assert {name for name in ours if not any(within(name, each) for each in allowed)} == set()
    for room, forbidden in FORBIDDEN.items():
        if within(module, room):
            assert {name for name in ours if any(within(name, each) for each in forbidden)} == set()


def test_imports_form_no_ring() -> None:
    tuple(TopologicalSorter({module: list(imported(file)) for module, file in MODULES.items()}).static_order())


@pytest.mark.parametrize("module", MODULES)
def test_third_party_packages_are_imported_at_home(module: str) -> None:
    tops = {name.partition(".")[0] for name in imported(MODULES[module], for_types=True)}
    foreign = tops - sys.stdlib_module_names - {"reviewer", "rules"}
    runs = {name.partition(".")[0] for name in imported(MODULES[module])} & foreign
    assert foreign <= HOMES.keys()
    assert {package for package in runs if module not in HOMES[package]} == set()


@pytest.mark.parametrize("package", HOMES)
def test_every_home_is_lived_in(package: str) -> None:
    assert {home for home in HOMES[package] if all(not within(n, package) for n in imported(MODULES[home]))} == set()


@pytest.mark.parametrize("file", [*FILES, *sorted((TOP / "tests").glob("*.py"))], ids=name_of)
def test_files_are_small_and_have_a_name(file: Path) -> None:
    lines = file.read_bytes().count(b"\n")
    assert lines <= (MOST_TEST_LINES if file.parent.name == "tests" else MOST_LINES)
    assert file.stem not in NAMELESS


def test_every_rule_has_a_file_of_its_own() -> None:
    assert {f"{rule.group}.{rule.id.replace('-', '_')}" for rule in collect().values()} == {
        module.removeprefix("rules.") for module in MODULES if module.count(".") == 2 and within(module, "rules")
    }


@pytest.mark.parametrize("name", fixtures())
def test_messages_hold_no_absolute_path(name: str) -> None:
    review = fixture_review(name)
    said = [text for found in review.findings for text in (found.message, found.detail, found.at.path)]
    places = [step for found in review.findings for step in (*found.steps, *found.related)]
    said += [text for step in places for text in (step.message, step.at.path)]
    assert [text for text in said if review.root in text or text.startswith("/")] == []
