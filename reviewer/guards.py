"""What the code does against its own loop: the conditions on the way to a write, asked again for the written message.

A condition that held on the way to a write is evaluated once more with the event that the write would cause. If it
cannot hold again, the write cannot feed its own function; if it must, the condition is no guard; otherwise the message
names what the loop's end depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce

from reviewer.code import facts
from reviewer.code.flow import Reached
from reviewer.code.operations import is_false, select
from reviewer.code.rounds import chosen, collection
from reviewer.code.scopes import Caught, Condition
from reviewer.code.values import Values
from reviewer.filters import decoded
from reviewer.identity import canonical, replaced
from reviewer.strings import Known, begins, ends, equals
from reviewer.truth import MAYBE, NO, SOME, YES, Truth, both, either
from reviewer.value import (
    ITEM,
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    EventPath,
    Frame,
    Items,
    LocalFunction,
    OneOf,
    Result,
    Table,
    Text,
    Transformed,
    Unknown,
    Value,
    contains,
    number,
    one_of,
    options,
    parts,
)

DEEPEST = 6


class Guard(Enum):
    """What ends a loop."""

    COUNTER = "a counter"
    TIME = "the remaining time"
    OUTSIDE = "outside state"
    WORK = "what it is given"
    FAILURE = "a failure that the code catches"


@dataclass(frozen=True, slots=True)
class Caused:
    """The event that a write causes: what the written values are in it, by canonical path, longest paths first."""

    paths: tuple[tuple[tuple[str, ...], Value], ...]

    def get(self, path: tuple[str, ...]) -> Value | None:
        """The value at a path of the caused event; None where the write says nothing of it."""
        asked = canonical(path)
        for known, value in self.paths:
            if asked[: len(known)] == known:
                return reduce(_into, path[len(known) :], value)
        return None

    def by(self, event: Value) -> Caused:
        """The same, by one of several events."""
        return Caused(tuple((path, event if path[-1:] == ("eventname",) else value) for path, value in self.paths))


def _into(value: Value, step: str) -> Value:
    if step == "json()":
        return decoded(value) or UNKNOWN
    if isinstance(value, OneOf):
        return one_of([_into(option, step) for option in value.options])
    if isinstance(value, Table) and value.get(step) is None:
        return Constant(None)
    return select(value, Constant(step if step != ITEM else 0))


def in_caused(value: Value, caused: Caused) -> Value:
    """A value of the code, as it will be when the caused event comes in."""

    def change(part: Value) -> Value | None:
        if isinstance(part, EventPath):
            return caused.get(part.path)
        quoted = isinstance(part, Transformed) and part.operation in {"unquote_plus", "unquote"}
        if quoted and isinstance(part, Transformed) and isinstance(part.base, EventPath):
            return caused.get(part.base.path)
        return None

    return replaced(value, change)


@dataclass(frozen=True)
class Asker:
    """Evaluates conditions for one caused event."""

    values: Values
    resolve: Callable[[Value], Value]
    caused: Caused
    known: Known

    def again(self, way: Reached) -> Truth:
        """Whether a way is taken again: all conditions hold. MAYBE where one of them is not known."""
        result = both(self.has_items(loop.iterable, frame, 0) for loop, frame in way.rounds)
        for condition, frame in way.conditions:
            truth = self.truth(condition.test, frame, 0)
            result &= truth if condition.holds else ~truth
        return result

    def guards(self, way: Reached) -> list[tuple[Guard, Condition, Frame]]:
        """The conditions whose answer is not known, and what they depend on."""
        found = [
            (Guard.WORK, Condition(loop.iterable, True), frame)
            for loop, frame in way.rounds
            if self.has_items(loop.iterable, frame, 0) is MAYBE
        ]
        for condition, frame in way.conditions:
            if self.truth(condition.test, frame, 0) in {YES, NO}:
                continue
            guard = self.kind(condition.test, frame)
            if guard is not None:
                found.append((guard, condition, frame))
        return found

    def kind(self, test: facts.Expression, frame: Frame) -> Guard | None:
        """What a test depends on; None for what the next round would decide no other way (the configuration)."""
        if isinstance(test, Caught):
            return Guard.FAILURE
        involved = list(self.involved(test, frame, 0))
        if any(self._counts(value) for value in involved):
            return Guard.COUNTER
        if any(contains(value, (ContextPath,)) for value in involved):
            return Guard.TIME
        if any(_is_outside(value) for value in involved):
            return Guard.OUTSIDE
        return Guard.WORK if any(contains(value, (EventPath, Unknown)) for value in involved) else None

    def involved(self, test: facts.Expression, frame: Frame, depth: int) -> Iterator[Value]:
        """The values that a test looks at, also where a name stands for the test."""
        for leaf in _leaves(test):
            value = self.resolve(self.values.of(leaf, frame))
            asked = self.bound(leaf, frame) if value == UNKNOWN and isinstance(leaf, facts.Name) else None
            if asked is not None and depth <= DEEPEST:
                yield from self.involved(*asked, depth + 1)
            else:
                yield value

    def _counts(self, value: Value) -> bool:
        """Whether a value of the event comes back as itself plus or minus a constant."""
        for path in _event_paths(value):
            back = self.caused.get(path)
            for option in options(back) if back is not None else ():
                if isinstance(option, Transformed) and option.operation == "add" and path in _event_paths(option.base):
                    return True
        return False

    # --- rounds of loops

    def has_items(self, iterable: facts.Expression, frame: Frame, depth: int) -> Truth:
        """Whether there is anything to go through when the caused event comes in: YES where nothing speaks against."""
        source = collection(iterable)
        if depth > DEEPEST:
            return YES
        if isinstance(source, facts.Name):
            asked = self.bound(source, frame)
            return YES if asked is None else self.has_items(*asked, depth + 1)
        if isinstance(source, facts.Comprehension):
            sources = both(self.has_items(each.iterable, frame, depth + 1) for each in source.generators)
            return sources & both(self.truth(each.test, frame, depth + 1) for each in chosen(source))
        if not isinstance(source, facts.Call):
            return YES
        targets = options(self.values.of(source.function, frame))
        function = targets[0]
        if len(targets) != 1 or not isinstance(function, LocalFunction):
            return YES
        inner = self.values.frame_of(function, self.values.arguments(source, frame))
        scope = self.values.modules.scope(inner.module, inner.owner)
        if scope.yields or not scope.answers:
            return YES
        return either(
            NO if answer.value is None else self.has_items(answer.value, inner, depth + 1) for answer in scope.answers
        )

    # --- truth of tests

    def value(self, expression: facts.Expression, frame: Frame) -> Value:
        return in_caused(self.resolve(self.values.of(expression, frame)), self.caused)

    def truth(self, test: facts.Expression, frame: Frame, depth: int) -> Truth:
        """The truth of a test when the caused event comes in."""
        if depth > DEEPEST:
            return MAYBE
        match test:
            case facts.Unary(operator="not", operand=operand):
                return ~self.truth(operand, frame, depth + 1)
            case facts.Boolean(operator=operator, left=left, right=right):
                first, second = (self.truth(side, frame, depth + 1) for side in (left, right))
                return first & second if operator == "and" else first | second
            case facts.Compare(left=left, comparisons=[(sign, right)]):
                found = self.compared(sign, self.value(left, frame), self.value(right, frame))
                return self.of_every_event(test, frame) if found is SOME else found
            case facts.Call(function=facts.Attribute(value=subject, name=("startswith" | "endswith") as name)):
                return self.affixed(name, self.value(subject, frame), test, frame)
            case facts.Call():
                return self.called(test, frame, depth)
            case facts.Name():
                asked = self.bound(test, frame)
                if asked is not None:
                    return self.truth(*asked, depth + 1)
        false = is_false(self.value(test, frame))
        return MAYBE if false is None else Truth.of(not false)

    def of_every_event(self, test: facts.Expression, frame: Frame) -> Truth:
        """The truth of a test that holds of some events: which of them a write makes is up to what the table holds."""
        asked = {canonical(path) for leaf in _leaves(test) for path in _event_paths(self.values.of(leaf, frame))}
        found = {value for path, value in self.caused.paths if path in asked and path[-1] == "eventname"}
        events = [event for value in found if isinstance(value, OneOf) for event in value.options]
        truths = {replace(self, caused=self.caused.by(event)).truth(test, frame, 0) for event in events}
        return SOME if not events else truths.pop() if len(truths) == 1 else MAYBE

    def bound(self, name: facts.Name, frame: Frame) -> tuple[facts.Expression, Frame] | None:
        """The expression that a name stands for, of the function or of the module, where there is only one."""
        modules = self.values.modules
        scope = modules.scope(frame.module, frame.owner)
        found = scope.uses.get(name.node, ())
        if not found and frame.outer is None:
            frame = Frame(frame.module, MODULE)
            found = modules.scope(frame.module, MODULE).end.get(name.id, ())
        if modules.assigned_inside(frame.module, frame.owner, name.id):
            return None
        if len(found) != 1 or found[0].kind != "value" or found[0].path or found[0].value is None:
            return None
        return found[0].value, frame

    def affixed(self, name: str, subject: Value, call: facts.Call, frame: Frame) -> Truth:
        """`subject.startswith(…)` or `endswith`; a tuple of affixes is any of them."""
        if not call.arguments:
            return MAYBE
        given = self.value(call.arguments[0].value, frame)
        affixes = given.items if isinstance(given, Items) else (given,)
        test = begins if name == "startswith" else ends
        return either(test(subject, affix, self.known) for affix in affixes)

    def compared(self, sign: str, left: Value, right: Value) -> Truth:
        """`left sign right`."""
        if sign in {"==", "is"}:
            return self.equal(left, right)
        if sign in {"!=", "is not"}:
            return ~self.equal(left, right)
        if sign in {"in", "not in"}:
            found = self.holds(right, left)
            return found if sign == "in" else ~found
        a, b = number(left), number(right)
        if a is None or b is None:
            return MAYBE
        return Truth.of({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}.get(sign, False))

    def equal(self, left: Value, right: Value) -> Truth:
        none = Constant(None)
        if none in {left, right} and left != right:
            other = right if left == none else left
            return NO if isinstance(other, (Constant, Table, Items)) else MAYBE
        return equals(left, right, self.known)

    def holds(self, container: Value, item: Value) -> Truth:
        """`item in container`."""
        if isinstance(container, Items) and not container.open:
            return either(self.equal(item, each) for each in container.items)
        if isinstance(container, Table) and isinstance(item, Constant):
            listed = any(name == str(item.value) for name, _ in container.entries)
            return YES if listed else MAYBE if container.open else NO
        if isinstance(item, Constant) and isinstance(item.value, str):
            return _mentions(container, item.value)
        return MAYBE

    def called(self, call: facts.Call, frame: Frame, depth: int) -> Truth:
        """A call of a local function: what it answers where it can be reached."""
        targets = options(self.values.of(call.function, frame))
        function = targets[0]
        if len(targets) != 1 or not isinstance(function, LocalFunction):
            false = is_false(self.value(call, frame))
            return MAYBE if false is None else Truth.of(not false)
        inner = self.values.frame_of(function, self.values.arguments(call, frame))
        scope = self.values.modules.scope(inner.module, inner.owner)
        if scope.yields:
            return MAYBE
        found: list[tuple[Truth, Truth]] = []
        for answer in scope.answers:
            tests = ((self.truth(c.test, inner, depth + 1), c.holds) for c in answer.conditions)
            reached = both(truth if holds else ~truth for truth, holds in tests)
            if reached is not NO:
                found.append((reached, NO if answer.value is None else self.truth(answer.value, inner, depth + 1)))
        said = {truth for _, truth in found}
        if said <= {NO}:
            return NO
        certain = len(said) == 1 and any(reached is YES for reached, _ in found)
        return said.pop() if certain else MAYBE


def _mentions(text: Value, piece: str) -> Truth:
    """Whether a text holds another somewhere: YES where one of its constant parts does."""

    pieces = text.parts if isinstance(text, Text) else (text,)
    if any(isinstance(part, Constant) and piece in str(part.value) for part in pieces):
        return YES
    return NO if all(isinstance(part, Constant) for part in pieces) else MAYBE


def _is_outside(value: Value) -> bool:
    """Whether a value is, or is made of, what a service or a library answers. A builtin answers by its arguments."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, AwsResult) or (isinstance(current, Result) and not _is_builtin(current)):
            return True
        pending += parts(current)
    return False


def _is_builtin(value: Result) -> bool:
    return value.function.startswith("builtins.") and value.function not in {"builtins.open", "builtins.input"}


def _leaves(test: facts.Expression) -> list[facts.Expression]:
    """The operands of a test."""
    match test:
        case facts.Unary(operand=operand):
            return _leaves(operand)
        case facts.Boolean(left=left, right=right):
            return [*_leaves(left), *_leaves(right)]
        case facts.Compare(left=left, comparisons=comparisons):
            return [part for side in (left, *(right for _, right in comparisons)) for part in _leaves(side)]
    return [test]


def _event_paths(value: Value) -> list[tuple[str, ...]]:

    found, pending = [], [value]
    while pending:
        current = pending.pop()
        if isinstance(current, EventPath):
            found.append(current.path)
        pending += parts(current)
    return found
