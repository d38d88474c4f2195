"""What rules look at: views on the joined project, with the questions that rules ask as properties.

A rule is registered for one of these types by its parameter's annotation; `subjects` enumerates them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reviewer.aws.calls import knowledge
from reviewer.code import facts
from reviewer.code.flow import Callee, Reached, callee
from reviewer.code.library import Arguments
from reviewer.code.literals import LiteralUse, literals
from reviewer.code.scopes import CallSite, Condition
from reviewer.deploy.model import Function
from reviewer.finding import Location
from reviewer.project import Handler, Project
from reviewer.rule import Place
from reviewer.value import (
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    EventPath,
    Frame,
    Result,
    Session,
    Unknown,
    Value,
    contains,
    one_of,
)

FROM_OUTSIDE = (EventPath, ContextPath, AwsResult, Unknown)
"""Values that can differ from one invocation to the next."""


@dataclass(frozen=True, slots=True)
class Context:
    """One way to reach a call: in which activation, from which handler (None: from no handler that is known)."""

    frame: Frame
    handler: Handler | None = None
    reached: Reached | None = None

    @property
    def at_import(self) -> bool:
        return self.frame.owner == MODULE if self.reached is None else self.reached.at_import


@dataclass(frozen=True)
class Call:
    """A call in the code, with all the ways in which handlers reach it."""

    project: Project
    module: str
    owner: int
    site: CallSite

    @property
    def at(self) -> Place:
        return Place(self.module, self.site.call.node)

    @cached_property
    def contexts(self) -> tuple[Context, ...]:
        """The ways to reach the call; where no handler does, one with nothing known of parameters."""
        found = self.project.reached.get((self.module, self.site.call.node), ())
        made = tuple(Context(reached.frame, handler, reached) for handler, reached in found)
        return made or (Context(Frame(self.module, self.owner)),)

    @cached_property
    def callees(self) -> tuple[Callee, ...]:
        """What it can call, over all contexts."""
        values, found = self.project.values, {}
        for context in self.contexts:
            found.update(dict.fromkeys(callee(values, self.site.call, context.frame)))
        return tuple(found)

    @cached_property
    def name(self) -> str:
        """The qualified name of what is called (`requests.get`, `s3.put_object`), where it is the same everywhere."""
        names = {each.name for each in self.callees if each.name}
        return names.pop() if len(names) == 1 else ""

    def given(self, context: Context) -> Arguments:
        """The arguments in one context."""
        return self.project.values.arguments(self.site.call, context.frame)

    def argument(self, position: int | None, name: str) -> Value | None:
        """An argument over all contexts; None where the call does not give it, UNKNOWN where a star may."""
        found = []
        for context in self.contexts:
            given = self.given(context)
            value = given.get(position, name)
            found.append(value if value is not None else UNKNOWN if given.open else None)
        return None if all(value is None for value in found) else one_of([v for v in found if v is not None])

    # --- questions

    @property
    def on_every_invocation(self) -> bool:
        """Whether a handler reaches the call after the module was imported."""
        return any(context.handler is not None and not context.at_import for context in self.contexts)

    @property
    def waits_for_ever(self) -> bool:
        """Whether it waits for a peer without a bound."""
        known = knowledge()
        if self.name in known.timeout:
            timeout = self.argument(known.timeout[self.name], "timeout")
            return (timeout is None or timeout == Constant(None)) and not self._bounded_elsewhere
        if self.name in known.unbounded:
            return self.argument(known.unbounded[self.name], "timeout") == Constant(None)
        return False

    @property
    def _bounded_elsewhere(self) -> bool:
        """Whether the pool, the session or the process carries a timeout."""
        for each in self.callees:
            made_with = dict(each.receiver.arguments) if isinstance(each.receiver, Result) else {}
            if "timeout" in made_with or any(contains(value, (Unknown,)) for value in made_with.values()):
                return True
        return self.project.bounds_connections(self.module)

    @property
    def builds(self) -> str:
        """What kind of client it builds that could be kept between invocations ("SDK client"); "" for none."""
        return knowledge().client.get(self.name, "")

    @property
    def differs_by_invocation(self) -> bool:
        """Whether its arguments, or the session that it belongs to, can differ from one invocation to the next."""
        sessions = [each.receiver for each in self.callees if isinstance(each.receiver, Session)]
        given = [value for context in self.contexts for _, value in self.given(context).pairs]
        unknown = any(self.given(context).open for context in self.contexts)
        return unknown or any(contains(value, FROM_OUTSIDE) for value in (*sessions, *given))

    @property
    def is_remembered(self) -> bool:
        """Whether its result is kept for the next invocation: behind a cache, or a test for what is already there."""
        return all(self._remembered_in(context) for context in self.contexts)

    def _remembered_in(self, context: Context) -> bool:
        if context.reached is None:
            return False
        frames = (context.frame, *(hop.frame for hop in context.reached.hops))
        if any(self.project.is_cached(frame) for frame in frames):
            return True
        return any(
            _asks_whether_there(condition, frame, self.project) for condition, frame in context.reached.conditions
        )


def _asks_whether_there(condition: Condition, frame: Frame, project: Project) -> bool:
    """Whether a condition asks for something that outlives the call and is not there yet: `if client is None`."""
    test = condition.test
    asked: facts.Expression | None = None
    if isinstance(test, facts.Compare) and len(test.comparisons) == 1:
        sign, right = test.comparisons[0]
        if isinstance(right, facts.Literal) and right.value is None and (sign in {"is", "=="}) == condition.holds:
            asked = test.left
        elif (sign == "not in") == condition.holds and sign in {"in", "not in"}:
            asked = right
    elif isinstance(test, facts.Unary) and test.operator == "not" and condition.holds:
        asked = test.operand
    elif not condition.holds:
        asked = test
    if isinstance(asked, facts.Call):
        return isinstance(asked.function, facts.Name) and asked.function.id == "hasattr"
    if isinstance(asked, facts.Name):
        return project.outlives(asked, frame)
    return isinstance(asked, facts.Attribute) and not contains(
        project.values.of(asked, frame), (EventPath, ContextPath)
    )


@dataclass(frozen=True)
class Module:
    """A reviewed module."""

    project: Project
    path: str

    @property
    def fact(self) -> facts.Module:
        found = self.project.modules.module(self.path)
        assert found is not None
        return found

    @cached_property
    def literals(self) -> tuple[LiteralUse, ...]:
        """Its string literals, docstrings left out."""
        return tuple(literals(self.fact))

    def place(self, node: int) -> Place:
        return Place(self.path, node)

    def callee(self, call: facts.Call) -> str:
        """The qualified name of what a call of this module calls, with nothing known of parameters."""
        names = {each.name for each in callee(self.project.values, call, Frame(self.path, MODULE))}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True)
class Template:
    """One template, with the functions that it defines."""

    project: Project
    path: str

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Its functions, in the order of the file."""
        own = (function for function in self.project.deployment.functions if function.id.stack == self.path)
        return tuple(sorted(own, key=lambda function: function.at))


@dataclass(frozen=True)
class Deployed:
    """All templates together."""

    project: Project


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that could not be read."""

    at: Location
    reason: str


def subjects(project: Project, kind: type) -> Iterable[object]:
    """All subjects of a kind, in a stable order."""
    return SUBJECTS[kind](project)


def _calls(project: Project) -> Iterator[Call]:
    for path in project.reviewed:
        module = project.modules.module(path)
        assert module is not None
        owners = (MODULE, *(each.node for each in (*module.functions, *module.classes, *module.lambdas)))
        for owner in owners:
            for site in project.modules.scope(path, owner).calls:
                yield Call(project, path, owner, site)


def _unread(project: Project) -> Iterator[Unread]:
    _ = project.reviewed
    for at, reason in project.problems.values():
        yield Unread(at, reason)
    for problem in project.deployment.problems:
        yield Unread(problem.at, problem.message)


SUBJECTS: dict[type, Callable[[Project], Iterable[object]]] = {
    Call: _calls,
    Module: lambda project: [Module(project, path) for path in project.reviewed],
    Handler: lambda project: project.handlers,
    Template: lambda project: [Template(project, path) for path in project.deployment.templates],
    Deployed: lambda project: [Deployed(project)],
    Unread: _unread,
}
