"""What a handler reaches: every call on the way, with the values that its arguments have there.

The walk follows calls of local functions from the handler through local modules, binding parameters per call site. It
is bounded in depth and in activations; what lies beyond is not reported on, which is a missed alarm at worst.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.code import facts
from reviewer.code.library import Arguments
from reviewer.code.scopes import CallSite, Condition
from reviewer.code.values import Values
from reviewer.value import (
    ITEM,
    MODULE,
    UNKNOWN,
    Client,
    EventPath,
    External,
    Frame,
    Handle,
    Instance,
    LocalClass,
    LocalFunction,
    LocalModule,
    Result,
    Session,
    Value,
    options,
)

MOST_FRAMES = 3000
DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Hop:
    """One call of a local function on the way to a place: where it stands, in which activation, and whom it calls."""

    site: CallSite
    frame: Frame
    callee: str

    @property
    def conditions(self) -> tuple[tuple[Condition, Frame], ...]:
        return tuple((condition, self.frame) for condition in self.site.conditions)


@dataclass(frozen=True, slots=True)
class Callee:
    """What a call calls. `name` is qualified: `requests.get`, `s3.put_object`, `s3.Object.put`; "" where unknown."""

    name: str
    receiver: Value
    target: Value

    @property
    def is_aws(self) -> bool:
        return isinstance(self.receiver, (Client, Handle))


@dataclass(frozen=True, slots=True)
class Reached:
    """A call, as one activation reaches it. `hops` lead there from the handler, outermost first."""

    site: CallSite
    frame: Frame
    hops: tuple[Hop, ...]
    at_import: bool
    callees: tuple[Callee, ...]

    @property
    def conditions(self) -> tuple[tuple[Condition, Frame], ...]:
        """All conditions on the way, outermost first, each with the frame that it is evaluated in."""
        own = tuple((condition, self.frame) for condition in self.site.conditions)
        return (*(pair for hop in self.hops for pair in hop.conditions), *own)


def callee(values: Values, call: facts.Call, frame: Frame) -> tuple[Callee, ...]:
    """What a call can call."""
    function = call.function
    if isinstance(function, facts.Attribute):
        receivers = options(values.of(function.value, frame))
        return tuple(made for receiver in receivers for made in _method(values, receiver, function.name))
    return tuple(_called(option) for option in options(values.of(function, frame)))


def _method(values: Values, receiver: Value, name: str) -> Iterator[Callee]:
    if isinstance(receiver, Client):
        prefix = receiver.service if receiver.kind == "client" else f"{receiver.service}:resource"
        yield Callee(f"{prefix}.{name}", receiver, UNKNOWN)
    elif isinstance(receiver, Handle):
        yield Callee(f"{receiver.service}.{receiver.type}.{name}", receiver, UNKNOWN)
    elif isinstance(receiver, Session):
        yield Callee(f"boto3.Session.{name}", receiver, UNKNOWN)
    elif isinstance(receiver, Result):
        path = "".join(f".{step}" for step in receiver.path)
        yield Callee(f"{receiver.function}(){path}.{name}", receiver, UNKNOWN)
    elif isinstance(receiver, (External, LocalModule, Instance, LocalClass)):
        for option in options(values.attribute_of(receiver, name)):
            made = _called(option)
            yield Callee(made.name, receiver, made.target)
    else:
        yield Callee("", receiver, UNKNOWN)


def _called(value: Value) -> Callee:
    if isinstance(value, External):
        return Callee(value.name, UNKNOWN, value)
    if isinstance(value, Result):
        return Callee(f"{value.function}()", UNKNOWN, value)
    return Callee("", UNKNOWN, value)


def reach(values: Values, module: str, entry: Value, frame: Frame | None) -> Iterator[Reached]:
    """Every call that runs when `entry` of a module is called in `frame`, or when the module is imported.

    A frame of None means the entry is no local function: only what imports run is reached.
    """
    loaded = modules_of(values, module)
    yield from _walk(values, deque((Frame(path, MODULE), ()) for path in loaded), at_import=True)
    runs = [frame] if frame is not None and isinstance(entry, LocalFunction) else []
    runs += [route for path in loaded for route in _routes(values, path)]
    yield from _walk(values, deque((run, ()) for run in runs), at_import=False)


def modules_of(values: Values, module: str) -> list[str]:
    """A module and the local modules that it imports, directly or not, in the order of loading."""
    pending, seen = [module], {module: None}
    while pending:
        path = pending.pop()
        fresh = [target for target in values.modules.imports(path) if target not in seen]
        seen.update(dict.fromkeys(fresh))
        pending += reversed(fresh)
    return list(seen)


def _routes(values: Values, module: str) -> Iterator[Frame]:
    """The functions that a module hands to a framework object by decorator: `@app.get("/orders")`.

    The framework calls them on behalf of the handler, with arguments that are not known.
    """
    fact = values.modules.module(module)
    for statement in fact.body if fact is not None else ():
        if not isinstance(statement, facts.Function):
            continue
        if any(_registers(values, decorator, Frame(module, MODULE)) for decorator in statement.decorators):
            yield values.frame_of(LocalFunction(module, statement.node), Arguments((), (), open=True))


def _registers(values: Values, decorator: facts.Expression, frame: Frame) -> bool:
    if not isinstance(decorator, facts.Call) or not isinstance(decorator.function, facts.Attribute):
        return False
    receiver = values.of(decorator.function.value, frame)
    return isinstance(receiver, Result) and decorator.function.name not in NO_ROUTES


NO_ROUTES = frozenset({"command", "group", "option", "argument", "fixture", "task", "patch", "object", "parametrize"})
"""Decorators of objects that make something else of a function: commands, fixtures, background tasks."""


def _walk(values: Values, pending: deque[tuple[Frame, tuple[Hop, ...]]], *, at_import: bool) -> Iterator[Reached]:
    modules = values.modules
    seen = {frame for frame, _ in pending}
    while pending:
        frame, hops = pending.popleft()
        scope = modules.scope(frame.module, frame.owner)
        for site in scope.calls:
            if frame.owner == MODULE and _is_main(site):
                continue
            called = callee(values, site.call, frame)
            yield Reached(site, frame, hops, at_import, called)
            if len(hops) >= DEEPEST or len(seen) >= MOST_FRAMES:
                continue
            for target in _activations(values, site.call, frame, called):
                if target in seen:
                    continue
                seen.add(target)
                pending.append((target, (*hops, Hop(site, frame, _name(values, target)))))


def _is_main(site: CallSite) -> bool:
    """Whether a call of a module runs only when the module is the program: `if __name__ == "__main__":`."""
    return any(
        condition.holds
        and isinstance(condition.test, facts.Compare)
        and isinstance(condition.test.left, facts.Name)
        and condition.test.left.id == "__name__"
        for condition in site.conditions
    )


def _name(values: Values, frame: Frame) -> str:
    owner = values.modules.owner(frame.module, frame.owner)
    return owner.name if isinstance(owner, facts.Function) else "<lambda>"


def _activations(values: Values, call: facts.Call, frame: Frame, callees: tuple[Callee, ...]) -> Iterator[Frame]:
    """The local functions that a call runs: the callee, a constructor, functions handed over to others."""
    given = values.arguments(call, frame)
    for called in callees:
        target = called.target
        if isinstance(target, LocalClass):
            initializer = values.modules.classes.method(values, target, "__init__")
            if initializer is not None:
                made = values.modules.classes.instantiate(values, target, given)
                yield values.frame_of(initializer, Arguments((made, *given.positional), given.named, given.open))
        elif isinstance(target, LocalFunction):
            yield values.frame_of(target, given)
        if not isinstance(target, LocalFunction):
            yield from _handed_over(values, called, given)


def _handed_over(values: Values, called: Callee, given: Arguments) -> Iterator[Frame]:
    """Functions that are arguments of a call whose callee is not local: it may call them, with unknown arguments."""
    for name, value in given.pairs:
        for option in options(value):
            if isinstance(option, LocalFunction):
                item = (EventPath(("Records", ITEM)),) if name == "record_handler" else ()
                rest = given.positional[1:] if name == "0" and called.name.rpartition(".")[2] == "submit" else item
                yield values.frame_of(option, Arguments(rest, (), open=True))
