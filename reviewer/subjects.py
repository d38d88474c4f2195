"""What rules look at: views on the joined project, with the questions that rules ask as properties.

A rule is registered for one of these types by its parameter's annotation; `subjects` enumerates them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reviewer.calls import Call, calls
from reviewer.code import facts
from reviewer.environment import SetVariable, set_variables
from reviewer.finding import Edit, Location
from reviewer.literal_secrets import AwsCredentials, Module, credentials
from reviewer.project import Handler, Project
from reviewer.rule import Place
from reviewer.shaped import is_called_handler
from reviewer.templates import Template
from reviewer.value import (
    LocalFunction,
)

__all__ = [
    "AwsCredentials",
    "BareSuppression",
    "Call",
    "Deployed",
    "Entry",
    "Handler",
    "IdleSuppression",
    "Module",
    "Remark",
    "SetVariable",
    "Template",
    "Unread",
    "subjects",
]


@dataclass(frozen=True)
class Entry:
    """A local function that the runtime calls: what handlers name, each once."""

    project: Project
    definition: LocalFunction
    deployed: bool

    @property
    def fact(self) -> facts.Function | None:
        found = self.project.modules.owner(self.definition.module, self.definition.node)
        return found if isinstance(found, facts.Function) else None

    @property
    def at(self) -> Place:
        return Place(self.definition.module, self.definition.node)

    @property
    def name(self) -> str:
        return self.fact.name if self.fact else "<lambda>"

    @property
    def kind(self) -> str:
        """ "coroutine" or "generator", where calling it runs nothing yet; "" for a plain function."""
        if self.fact is None or not (self.deployed or is_called_handler(self.name)):
            return ""
        return "coroutine" if self.fact.is_async else "generator" if self.fact.is_generator else ""

    @property
    def is_wrapped(self) -> bool:
        """Whether a decorator stands between the runtime and the function, which may run it."""
        return bool(self.fact and self.fact.decorators)


@dataclass(frozen=True)
class Deployed:
    """All templates together."""

    project: Project


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a suppression, once all other rules have spoken: `policy` makes these."""

    at: Location
    message: str
    edits: tuple[Edit, ...] = ()


class IdleSuppression(Remark):
    """A suppression that silences nothing, for one of several reasons. `edits` remove it, where it names a rule."""


class BareSuppression(Remark):
    """A suppression that gives no reason."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that could not be read, and the sentence that says so."""

    at: Location
    message: str


def subjects(project: Project, kind: type) -> Iterable[object]:
    """All subjects of a kind, in a stable order."""
    return SUBJECTS[kind](project)


def _entries(project: Project) -> Iterator[Entry]:
    seen: set[LocalFunction] = set()
    for handler in project.handlers:
        # a wrapper such as Mangum(app) or partial(run, …) is not the function itself
        if isinstance(handler.entry, LocalFunction) and handler.entry not in seen:
            seen.add(handler.entry)
            yield Entry(project, handler.entry, handler.function is not None)


def _unread(project: Project) -> Iterator[Unread]:
    _ = project.reviewed
    for at, reason in project.sources.problems.values():
        yield Unread(at, f"This file cannot be read: {reason}")
    for problem in project.deployment.problems:
        yield Unread(problem.at, problem.message)


SUBJECTS: dict[type, Callable[[Project], Iterable[object]]] = {
    Call: calls,
    Module: lambda project: [Module(project, path) for path in project.reviewed],
    Handler: lambda project: project.handlers,
    Template: lambda project: [Template(project, path) for path in project.deployment.templates],
    Deployed: lambda project: [Deployed(project)],
    Entry: _entries,
    SetVariable: set_variables,
    AwsCredentials: credentials,
    Unread: _unread,
    IdleSuppression: lambda _: (),
    BareSuppression: lambda _: (),
}
