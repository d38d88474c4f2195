"""What a handler reaches: every call on the way, with the values that its arguments have there.

The walk follows calls of local functions from the handler through local modules, binding parameters per call site. It
is bounded in depth and in activations; what lies beyond is not reported on, which is a missed alarm at worst.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.code import facts
from reviewer.code.library import MAPS, PARTIAL, PASSES_ON, Arguments, element, opened
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
    Items,
    LocalClass,
    LocalFunction,
    LocalModule,
    Method,
    Result,
    Session,
    Super,
    Value,
    options,
)

MOST_FRAMES = 3000
MOST_CALLS = 30_000
"""Calls in all activations of one walk, after which no more of them are followed."""
DEEPEST = 16
MOST_TURNS = 2
"""Activations of one function that wait for one another: what recursion works on gets no clearer with more of them."""


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

    @property
    def rounds(self) -> tuple[tuple[facts.For, Frame], ...]:
        """The `for` loops around the way, outermost first, likewise."""
        sites = (*((hop.site, hop.frame) for hop in self.hops), (self.site, self.frame))
        return tuple((loop, frame) for site, frame in sites for loop in site.loops if isinstance(loop, facts.For))


def callee(values: Values, call: facts.Call, frame: Frame) -> tuple[Callee, ...]:
    """What a call can call."""
    handed = values.handed(call, frame)
    if handed is not None:  # `pool.submit(client.put_object, Bucket=…)` is a call of the method
        return tuple(_called(values, handed[0]))
    function = call.function
    if not isinstance(function, facts.Attribute):
        return tuple(made for option in options(values.of(function, frame)) for made in _called(values, option))
    receivers = options(values.of(function.value, frame))
    return tuple(made for receiver in receivers for made in _method(values, receiver, function.name))


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
    elif isinstance(receiver, (External, LocalModule, Instance, LocalClass, Super)):
        for option in options(values.attribute_of(receiver, name)):
            for made in _called(values, option):
                yield made if made.is_aws else Callee(made.name, receiver, made.target)
    else:
        yield Callee("", receiver, UNKNOWN)


def _called(values: Values, value: Value) -> Iterator[Callee]:
    function, _ = opened(value)
    if isinstance(function, Method):
        yield from _method(values, function.receiver, function.name)
    elif isinstance(function, External):
        yield Callee(function.name, UNKNOWN, function)
    elif isinstance(function, Result):
        yield Callee(f"{function.function}()", UNKNOWN, function)
    else:
        yield Callee("", UNKNOWN, function)


def reach(values: Values, module: str, entry: Value, frame: Frame | None, *, alone: bool = False) -> Iterator[Reached]:
    """Every call that runs when `entry` of a module is called in `frame`, or when the module is imported.

    A frame of None means the entry is no local function: only what imports run is reached. `alone`: the entry does not
    hand its event on to functions that are registered with a framework.
    """
    loaded = modules_of(values, module)
    bodies = [Frame(path, owner) for path in loaded for owner in (MODULE, *values.modules.class_bodies(path))]
    yield from _walk(values, deque((body, ()) for body in bodies), at_import=True)
    runs = [frame] if frame is not None and isinstance(entry, LocalFunction) else []
    known = {(run.module, run.owner) for run in runs}
    routes = [] if alone else [route for path in loaded for route in _routes(values, path)]
    runs += [route for route in routes if (route.module, route.owner) not in known]
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
    return isinstance(receiver, Result) and decorator.function.name not in NO_ROUTES | ALONE


NO_ROUTES = frozenset(
    {"command", "group", "option", "argument", "fixture", "task", "patch", "object", "parametrize"}
    | {"inject_lambda_context", "capture_lambda_handler", "capture_method", "log_metrics"}
)
"""Decorators of objects that make something else of a function: commands, fixtures, background tasks, a function that
logs, is traced or is measured."""
ALONE = frozenset(
    {"lambda_function", "schedule", "authorizer", "on_s3_event", "on_sns_message", "on_sqs_message", "on_cw_event"}
    | {"on_kinesis_record", "on_dynamodb_record", "on_ws_connect", "on_ws_message", "on_ws_disconnect"}
)
"""Decorators of Chalice that make a Lambda function of its own of what they decorate.
Source: https://aws.github.io/chalice/api.html#chalice"""


def _walk(values: Values, pending: deque[tuple[Frame, tuple[Hop, ...]]], *, at_import: bool) -> Iterator[Reached]:
    modules = values.modules
    seen = {frame for frame, _ in pending}
    calls = 0
    while pending:
        frame, hops = pending.popleft()
        scope = modules.scope(frame.module, frame.owner)
        calls += len(scope.calls)
        goes_on = len(hops) < DEEPEST and calls < MOST_CALLS
        runs: list[tuple[CallSite, Frame]] = []
        for site in scope.calls:
            if frame.owner == MODULE and _is_main(site):
                continue
            called = callee(values, site.call, frame)
            yield Reached(site, frame, hops, at_import, called)
            runs += ((site, target) for target in (_activations(values, site.call, frame, called) if goes_on else ()))
        for site in scope.implied if goes_on else ():
            runs += ((site, target) for target in _implied(values, site, frame))
        for site, target in runs:
            if target not in seen and len(seen) < MOST_FRAMES and _turns(target, frame, hops) < MOST_TURNS:
                seen.add(target)
                pending.append((target, (*hops, Hop(site, frame, _name(values, target)))))


def _turns(target: Frame, frame: Frame, hops: tuple[Hop, ...]) -> int:
    """How many activations of a function are under way when it is called once more."""
    under_way = (frame, *(hop.frame for hop in hops))
    return sum(each.owner == target.owner and each.module == target.module for each in under_way)


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
        elif isinstance(target, Instance):
            method = values.attribute_of(target, "__call__")
            if isinstance(method, LocalFunction):
                yield values.frame_of(method, given)
        if not isinstance(target, LocalFunction) and called.name != PARTIAL:  # which is followed where it is called
            yield from _handed_over(values, called, given)


def _implied(values: Values, site: CallSite, frame: Frame) -> Iterator[Frame]:
    """The local functions that run without being called: properties, what `with` enters and leaves."""
    function = site.call.function
    if not isinstance(function, facts.Attribute):
        return
    if function.name in {"__enter__", "__exit__"}:
        for called in callee(values, site.call, frame):
            if isinstance(called.target, LocalFunction):
                yield values.frame_of(called.target, Arguments((), (), open=True))
    elif function.name in values.modules.properties:
        for receiver in options(values.of(function.value, frame)):
            getter = values.modules.classes.getter(values, receiver, function.name)
            if getter is not None:
                yield values.frame_of(getter, Arguments())


def _handed_over(values: Values, called: Callee, given: Arguments) -> Iterator[Frame]:
    """Functions that are arguments of a call whose callee is not local: it may call them."""
    for name, value in given.pairs:
        for option in options(value):
            function = values.attribute_of(option, "__call__") if isinstance(option, Instance) else option
            if isinstance(function, LocalFunction):
                passed = _passed_on(called.name.rpartition(".")[2], name, given)
                yield values.frame_of(function, Arguments(passed, (), open=True))


def _passed_on(callee: str, name: str, given: Arguments) -> tuple[Value, ...]:
    """What a function gets that is handed over as the argument `name`, as far as that is known."""
    if name == "record_handler":
        return (EventPath(("Records", ITEM)),)
    rest = given.positional[int(name) + 1 :] if name.isdecimal() else ()
    if callee in MAPS:
        return tuple(element(each) for each in rest)
    arguments = given.get(None, "args") if name == "target" else None
    if isinstance(arguments, Items) and not arguments.open:
        return arguments.items
    return rest if callee in PASSES_ON else ()
