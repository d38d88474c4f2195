"""What an app calls when it runs: constructs that it makes, methods that it calls on them.

The walk begins with the module that is the program and follows calls of local functions and classes. Both arms of a
branch count. A loop over a list that is known is gone through item by item, so that what it makes has names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from reviewer.apps.cdk.constructs import Construct, Evaluator, constructs_in, fixed_by, is_super_init
from reviewer.apps.cdk.names import APP, CURRENT_VERSION, FREE, SHELLS, known_as
from reviewer.code import facts
from reviewer.code.flow import modules_of
from reviewer.code.library import Arguments
from reviewer.code.operations import is_false
from reviewer.code.scopes import CallSite, Scope
from reviewer.value import (
    MODULE,
    UNKNOWN,
    Constant,
    External,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    Result,
    Super,
    Table,
    Value,
    options,
    string,
)

DEEPEST = 24
"""How many calls deep an app is followed."""
CHAIN = "aws_stepfunctions.Chain."
"""States that are chained before they are anything else."""
NAMES = frozenset({"scope", "id"})
MOST_FRAMES = 2_000
MOST_USES = 5_000
MOST_TURNS = 32
"""Turns of a loop, and of loops inside of each other, that are gone through one by one."""


@dataclass(frozen=True, eq=False)
class Use:
    """A call that makes a construct (`method` is empty) or calls a method on one.

    `subject` is the construct, with the path to what of it the method is called on. `call` and `frame` say where it
    stands; `names` whether the first arguments are the scope and the id of the construct.
    """

    values: Evaluator
    subject: Construct
    method: str
    call: facts.Call
    frame: Frame
    names: bool = False

    @cached_property
    def given(self) -> Arguments:
        """The arguments without scope and id, evaluated when asked for: of most calls nobody does."""
        given = self.values.arguments(self.call, self.frame)
        return _without_names(given) if self.names else given


def loading(values: Evaluator, program: str) -> list[Frame]:
    """The activations of a program and of the local modules that it imports."""
    return [Frame(path, MODULE) for path in modules_of(values, program)]


def unmade(values: Evaluator, modules: Iterable[str], seen: Iterable[Frame], kinds: frozenset[str]) -> list[Frame]:
    """The activations of the initializers of classes of some kinds that nothing seen makes, whoever does."""
    made = {(frame.module, frame.owner) for frame in seen}
    found = []
    for path in modules:
        module = values.modules.module(path)
        for fact in module.classes if module is not None else ():
            cls = LocalClass(path, fact.node)
            initializer = values.modules.classes.method(values, cls, "__init__")
            if initializer is None or (initializer.module, initializer.node) in made:
                continue
            if values.base(cls) in kinds:
                scope = Construct(APP, UNKNOWN, Constant(""))
                given = Arguments((scope, Constant(fact.name)), (), open=True)
                stack = values.modules.classes.instantiate(values, cls, given)
                found.append(values.frame_of(initializer, Arguments((stack, *given.positional), (), open=True)))
    return found


class Walk:
    """A walk through the activations of an app. `program` is the module that is run."""

    def __init__(self, values: Evaluator, program: str) -> None:
        self.values = values
        self.program = program
        self.pending: deque[tuple[Frame, int]] = deque()
        self.seen: set[Frame] = set()
        self.depth = 0

    def enter(self, frame: Frame) -> None:
        if self.depth <= DEEPEST and len(self.seen) < MOST_FRAMES and frame not in self.seen:
            self.seen.add(frame)
            self.pending.append((frame, self.depth + 1))

    def run(self, entries: Iterable[Frame]) -> Iterator[Use]:
        """All uses that the activations reach and that were not reached before."""
        found = 0
        self.depth = 0
        for entry in entries:
            self.enter(entry)
        while self.pending:
            frame, self.depth = self.pending.popleft()
            scope = self.values.modules.scope(frame.module, frame.owner)
            self.publish(scope, frame)
            for site in scope.calls:
                for turn in self.turns(site, frame):
                    if not self.is_reached(site, turn):
                        continue
                    for use in self.visit(site, turn):
                        found += 1
                        yield use
                if found > MOST_USES:
                    return

    def publish(self, scope: Scope, frame: Frame) -> None:
        """Ask for the versions that an activation asks functions for, whether it uses them or not."""
        for definition in (each for several in scope.definitions.values() for each in several):
            if isinstance(definition.value, facts.Attribute) and definition.value.name == CURRENT_VERSION:
                self.values.of(definition.value, frame)

    # --- what is reached

    def is_reached(self, site: CallSite, frame: Frame) -> bool:
        for condition in site.conditions:
            if frame.owner == MODULE and frame.module != self.program and _is_main(condition.test):
                return False
            fails = is_false(self.values.of(condition.test, frame))
            if fails is not None and fails == condition.holds:
                return False
        return True

    def turns(self, site: CallSite, frame: Frame) -> list[Frame]:
        """The activation once for each turn of the loops around a call, as far as their items are known."""
        turns = [frame]
        for loop in site.loops:
            if not isinstance(loop, facts.For):
                continue
            longer = [self.turn(loop, item, turn) for turn in turns for item in self.items(loop, turn)]
            turns = longer if 0 < len(longer) <= MOST_TURNS else turns
        return turns

    @staticmethod
    def turn(loop: facts.For, item: Value | None, frame: Frame) -> Frame:
        if item is None:
            return frame
        return Frame(frame.module, frame.owner, (*frame.arguments, (fixed_by(loop.iterable), item)), frame.outer)

    def items(self, loop: facts.For, frame: Frame) -> list[Value | None]:
        value = self.values.of(loop.iterable, frame)
        if isinstance(value, Items) and not value.open and len(value.items) <= MOST_TURNS:
            return [*value.items]
        if isinstance(value, Table) and not value.open and len(value.entries) <= MOST_TURNS:
            return [Constant(name) for name, _ in value.entries]
        return [None]

    # --- calls

    def visit(self, site: CallSite, frame: Frame) -> Iterator[Use]:
        call, values = site.call, self.values
        function = call.function
        if not isinstance(function, facts.Attribute):
            for target in options(values.of(function, frame)):
                yield from self.reach(target, call, frame)
            return
        for receiver in options(values.of(function.value, frame)):
            for target in options(values.attribute_of(receiver, function.name)):
                yield from self.reach(target, call, frame)
            if isinstance(receiver, Super) and is_super_init(call):
                yield from self.base(receiver, call, frame)

    def reach(self, target: Value, call: facts.Call, frame: Frame) -> Iterator[Use]:
        values = self.values
        if isinstance(target, LocalFunction):
            self.enter(values.frame_of(target, values.arguments(call, frame)))
        elif isinstance(target, LocalClass):
            self.initialize(target, values.arguments(call, frame))
        elif isinstance(target, Construct) and target.path:
            owner, name = replace(target, path=target.path[:-1]), target.path[-1]
            yield Use(values, owner, name, call, frame)
            if f"{owner.type}.{name}" in values.makers:
                made = values.called(target, values.arguments(call, frame))
                if isinstance(made, Construct):
                    yield Use(values, made, "", call, frame)
        elif isinstance(target, Result) and target.path and target.function.startswith(CHAIN):
            for state in islice(constructs_in(value for _, value in target.arguments), 1):
                yield Use(values, state, target.path[-1], call, frame)
        elif isinstance(target, External) and known_as(target.name) is not None:
            made = values.called(target, values.arguments(_naming(call), frame))
            if isinstance(made, Construct) and not made.path:
                yield Use(values, made, "", call, frame, names=True)

    def initialize(self, cls: LocalClass, given: Arguments) -> None:
        """Enter the initializer of an object."""
        values = self.values
        initializer = values.modules.classes.method(values, cls, "__init__")
        if initializer is not None:
            made = values.modules.classes.instantiate(values, cls, given)
            self.enter(values.frame_of(initializer, Arguments((made, *given.positional), given.named, given.open)))

    def base(self, receiver: Super, call: facts.Call, frame: Frame) -> Iterator[Use]:
        """The call of the initializer of the CDK's class that a local class derives from."""
        values = self.values
        made = values.construct(receiver.receiver)
        above = values.attribute_of(receiver, "__init__")
        if made is not None and made.type not in FREE and not isinstance(above, LocalFunction):
            yield Use(values, made, "", call, frame, names=True)


def _naming(call: facts.Call) -> facts.Call:
    """A call with no more of its arguments than say which construct it makes, if any."""
    if any(argument.name.startswith("*") for argument in call.arguments):
        return call
    named = [argument for argument in call.arguments if argument.name in NAMES]
    plain = [argument for argument in call.arguments if not argument.name]
    return facts.Call(call.node, call.function, (*plain[:2], *named))


def _without_names(given: Arguments) -> Arguments:
    """The arguments of a construct without its scope and its id."""
    named = tuple((name, value) for name, value in given.named if name not in NAMES)
    return Arguments(given.positional[2:], named, given.open)


def _is_main(test: facts.Expression) -> bool:
    """Whether a test asks if the module is the program: `__name__ == "__main__"`."""
    return isinstance(test, facts.Compare) and isinstance(test.left, facts.Name) and test.left.id == "__name__"


def trail(values: Evaluator, value: Value) -> tuple[Value, ...]:
    """The ids of a construct and of all around it in an app, outermost first."""
    ids: list[Value] = []
    found = values.construct(value)
    while found is not None and found.type != APP and len(ids) < MOST_TURNS:
        ids.append(_id(values, found, value))
        value, found = found.scope, values.construct(found.scope)
    if found is None or found.type != APP:
        ids.append(UNKNOWN)  # around it there may be anything
    return tuple(reversed(ids))


def _id(values: Evaluator, construct: Construct, value: Value) -> Value:
    """The id of a construct. A stack's is often put together when the app runs: then its class stands for it, since
    what is in a stack mostly names other things in there."""
    if construct.type not in SHELLS or string(construct.id) is not None or not isinstance(value, Instance):
        return construct.id
    fact = values.modules.classes.fact(value.cls)
    return construct.id if fact is None else Constant(fact.name)
