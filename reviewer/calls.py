"""A call of the code as rules see it: what it calls, with which arguments, on which ways a handler reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reviewer.aws.calls import knowledge
from reviewer.code import facts
from reviewer.code.flow import Callee, Reached, callee
from reviewer.code.library import Arguments
from reviewer.code.scopes import CallSite
from reviewer.edits import keyword, moved_to_module
from reviewer.finding import Edit
from reviewer.project import Handler, Project
from reviewer.rule import Place
from reviewer.timing import timeout_of
from reviewer.value import (
    ITEM,
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
    parts,
)

PASSING = frozenset({"sts"})
"""Services whose answers are good for a time only: temporary credentials."""


PATIENCE = 5
"""Seconds that a peer may take to answer, where nothing else is known: an answer mostly takes less than one."""


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
        found: dict[Callee, None] = {}
        for context in self.contexts:
            found.update(dict.fromkeys(self._callees(context)))
        return tuple(found)

    def _callees(self, context: Context) -> tuple[Callee, ...]:
        if context.reached is not None:
            return context.reached.callees
        return callee(self.project.values, self.site.call, context.frame)

    @cached_property
    def name(self) -> str:
        """The qualified name of what is called (`requests.get`, `s3.put_object`), where it is the same everywhere."""
        names = {each.name for context in self.contexts for each in self._callees(context) if each.name}
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
    def is_conditional(self) -> bool:
        """Whether every way to the call, after the import, passes a condition or begins with a route of many."""
        ways = [context for context in self.contexts if context.reached and not context.at_import]
        return bool(ways) and all(self._is_chosen(way) for way in ways)

    def _is_chosen(self, way: Context) -> bool:
        """Whether a way is one that not every event takes."""
        assert way.reached is not None
        first = way.reached.hops[0].frame if way.reached.hops else way.reached.frame
        begin = self.project.frame(way.handler) if way.handler is not None else None
        is_routed = begin is None or (first.module, first.owner) != (begin.module, begin.owner)
        return is_routed or bool(way.reached.conditions)

    @property
    def waits_for_ever(self) -> bool:
        """Whether it waits for a peer without a bound."""
        known = knowledge()
        if self.name in known.timeout:
            timeout = self.argument(known.timeout[self.name], "timeout")
            return (timeout is None or timeout == Constant(None)) and not self._bounded_elsewhere
        if self.name in known.unbounded:
            return _is_endless(self.argument(known.unbounded[self.name], "timeout"))
        return False

    @property
    def patience(self) -> float:
        """Seconds that it may well wait: half of what the function has, and no more than `PATIENCE`."""
        functions = {each.handler.function for each in self.contexts if each.handler and each.handler.function}
        return min([PATIENCE, *(timeout / 2 for each in functions if (timeout := timeout_of(each)))])

    def with_timeout(self, seconds: str) -> tuple[Edit, ...]:
        """Edits that give it a timeout; none where one is given that is not a plain None, or takes an object."""
        known = knowledge()
        position = known.timeout.get(self.name, known.unbounded.get(self.name))
        is_handed_on = any(self.project.values.handed(self.site.call, each.frame) for each in self.contexts)
        if position is None or is_handed_on or self.name.startswith("aiohttp."):
            return ()
        return keyword(self.project, self.module, self.site.call, ("timeout", position), seconds)

    @property
    def moved_to_module(self) -> tuple[Edit, ...]:
        """Edits that move the assignment of its result out of the function, where that surely means the same."""
        return moved_to_module(self.project, self.module, self.owner, self.site)

    @property
    def _bounded_elsewhere(self) -> bool:
        """Whether the pool, the session or the process carries a timeout."""
        for each in self.callees:
            made_with = dict(each.receiver.arguments) if isinstance(each.receiver, Result) else {}
            if "timeout" in made_with or any(contains(value, (Unknown,)) for value in made_with.values()):
                return True
        return self.project.bounds_connections(self.module)

    @property
    def waits_for_function(self) -> bool:
        """Whether it invokes a Lambda function, out of a handler, and waits for the answer."""
        if self.name not in {"lambda.invoke", "lambda.invoke_with_response_stream"} or not self.on_every_invocation:
            return False
        kind = self.argument(None, "InvocationType")
        return kind is None or kind == Constant("RequestResponse")

    @property
    def builds(self) -> str:
        """What kind of client it builds that could be kept between invocations ("an SDK client"); "" for none.

        A session that serves for nothing but the client made of it, `Session(…).client(…)`, is part of that.
        """
        made = knowledge().client.get(self.name, "")
        return "" if made == "an SDK session" and self.is_receiver else made

    @property
    def is_receiver(self) -> bool:
        """Whether a method of its result is called on the spot."""
        return self.site.call.node in self.project.receivers(self.module)

    @property
    def differs_by_invocation(self) -> bool:
        """Whether its arguments, or the session that it belongs to, can differ from one invocation to the next."""
        sessions = [each.receiver for each in self.callees if isinstance(each.receiver, Session)]
        given = [value for context in self.contexts for _, value in self.given(context).pairs]
        unknown = any(self.given(context).open for context in self.contexts)
        return unknown or any(map(_differs, (*sessions, *given)))

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
            _asks_whether_there(condition.test, condition.holds, frame, self.project)
            for condition, frame in context.reached.conditions
        )


def _differs(value: Value) -> bool:
    """Whether a value can differ from one call to the next. What a service keeps, a secret above all, stays the same;
    the items of a list that it answers with are several."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, (EventPath, ContextPath, Unknown)):
            return True
        if isinstance(current, AwsResult) and (current.service in PASSING or ITEM in current.path):
            return True
        pending += parts(current)
    return False


def _is_endless(timeout: Value | None) -> bool:
    """Whether a timeout is None, or an object of httpx or aiohttp that says so."""
    if isinstance(timeout, Result) and timeout.function in {"httpx.Timeout", "aiohttp.ClientTimeout"}:
        return Constant(None) in {value for name, value in timeout.arguments if name in {"0", "timeout", "total"}}
    return timeout == Constant(None)


def _asks_whether_there(test: facts.Expression, holds: bool, frame: Frame, project: Project) -> bool:
    """Whether a test that holds, or fails, asks for what outlives the call and is not there yet: `client is None`."""
    asked: facts.Expression | None = None
    match test:
        case facts.Unary(operator="not", operand=operand):
            return _asks_whether_there(operand, not holds, frame, project)
        case facts.Boolean(left=left, right=right):  # there and still fresh
            return any(_asks_whether_there(side, holds, frame, project) for side in (left, right))
        case facts.Compare(left=left, comparisons=[(("is" | "=="), facts.Literal(value=None))]) if holds:
            asked = left
        case facts.Compare(left=left, comparisons=[(("is not" | "!="), facts.Literal(value=None))]) if not holds:
            asked = left
        case facts.Compare(comparisons=[(("in" | "not in") as sign, right)]) if holds == (sign == "not in"):
            asked = right
        case facts.Compare():
            return False
        case _ if not holds:
            asked = test
    if isinstance(asked, facts.Call):
        return isinstance(asked.function, facts.Name) and asked.function.id == "hasattr"
    if isinstance(asked, facts.Name):
        return project.outlives(asked, frame)
    return isinstance(asked, facts.Attribute) and not contains(
        project.values.of(asked, frame), (EventPath, ContextPath)
    )


def calls(project: Project) -> Iterator[Call]:
    for path in project.reviewed:
        module = project.modules.module(path)
        assert module is not None
        for owner in (MODULE, *project.modules.nodes(path)):
            for site in project.modules.scope(path, owner).calls:
                yield Call(project, path, owner, site)
