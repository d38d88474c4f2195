"""The review, on one page: read → extract → join → judge → filter → sort."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from reviewer import policy
from reviewer.concern import concerning
from reviewer.config import Config
from reviewer.deploy.cdk_out import traced
from reviewer.deploy.read import read
from reviewer.discover import Tree
from reviewer.finding import Finding, Location, Review, Step
from reviewer.project import Project
from reviewer.rule import Note, Report, Rule
from reviewer.subjects import subjects

if TYPE_CHECKING:
    from reviewer.picture import Graph

DEEPEST_STACK = 20_000
"""Frames. Sources nest up to 300 expressions deep, each of which takes several calls to walk."""


def review(
    tree: Tree, config: Config, rules: Sequence[Rule], *, unsaved: Mapping[str, bytes] = MappingProxyType({})
) -> Review:
    """Review a tree by some rules. `unsaved` are the bytes of files, by path, that are not on disk yet."""
    began = time.perf_counter()

    @cache
    def contents(path: str) -> bytes:
        return unsaved[path] if path in unsaved else (tree.root / path).read_bytes()

    def shown(path: str) -> bytes:
        """The same, and nothing of a file that is gone, or closed to us."""
        try:
            return contents(path) if path in unsaved or Path(tree.root, path).is_file() else b""
        except OSError:
            return b""

    with _room_on_the_stack():
        deployment, python = traced(read(tree.root, tree.templates, unsaved), tree.python, tree.templates, shown)
        tree = replace(tree, python=python)
        project = Project(tree, deployment, contents, everything=config.everything)
        errors: list[str] = []
        found = [finding for finding in judge(project, rules, errors) if project.in_scope(finding.at.path)]
        outcome = policy.apply(found, project, config, rules)
        kept, suppressed = (concerning(each, project) for each in (outcome.kept, outcome.suppressed))

    @cache
    def picture() -> Graph:
        from reviewer.graph import graph  # noqa: PLC0415 - most reports show no graph

        with _room_on_the_stack():
            return graph(project)

    return Review(
        root=str(tree.root),
        findings=kept,
        suppressed=suppressed,
        marks=outcome.marks,
        errors=tuple(errors),
        left_out=(*tree.left_out, *project.deployment.left_out),
        functions=len(project.handlers),
        modules=len(project.reviewed),
        templates=len(project.deployment.templates),
        seconds=time.perf_counter() - began,
        graph=picture,
        contents=shown,
    )


def judge(project: Project, rules: Iterable[Rule], errors: list[str]) -> Iterator[Finding]:
    """What the rules say of the project. A rule that raises is named in `errors`, and the others go on."""
    by_subject: dict[type, list[Rule]] = {}
    for rule in rules:
        by_subject.setdefault(rule.subject, []).append(rule)
    for kind, interested in by_subject.items():
        failed: set[str] = set()
        for subject in subjects(project, kind):
            for rule in interested:
                if rule.id in failed:
                    continue
                try:
                    yield from [stamped(report, rule, project) for report in rule.run(subject)]
                except Exception as problem:
                    failed.add(rule.id)
                    errors.append(f"rule {rule.id}: {type(problem).__name__}: {problem}")


def stamped(report: Report, rule: Rule, project: Project) -> Finding:
    """A report with its rule's id and severity, its places made concrete."""

    def step(note: Note) -> Step:
        return Step(project.locate(note.at), note.message)

    return Finding(
        rule=rule.id,
        severity=report.severity or rule.severity,
        at=project.locate(report.at),
        message=report.message,
        detail=report.detail,
        confidence=report.confidence,
        related=tuple(step(note) for note in report.related),
        steps=tuple(step(note) for note in report.steps),
        fixes=report.fixes,
        symbol="" if isinstance(report.at, Location) else project.symbol(report.at),
    )


@contextmanager
def _room_on_the_stack() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST_STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
