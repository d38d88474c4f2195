"""Truth over all that a value can be: worlds of parameters, arms of branches.

A value stands for many: one for each branch that the code can take and each value of a template's parameters. `Truth`
says in which of these a statement holds, and `decide` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import product
from math import prod

from reviewer.value import (
    DEEPEST,
    UNKNOWN,
    Items,
    Lookup,
    OneOf,
    Parameter,
    Result,
    Table,
    Text,
    Transformed,
    Value,
    one_of,
    parts,
    string,
    text,
)

MOST_WORLDS = 64
MOST_CASES = 64
"""Worlds and cases that are looked at, all together."""


class Truth(Enum):
    """In which of all possible cases a statement holds.

    `YES`: in each. `NO`: in none. `SOME`: in one at least that can be chosen on its own: an arm of a branch or of
    `Fn::If`, a value of a parameter. `MAYBE`: not known. What is `SOME` was proven, not guessed: `truth.some` is the
    question "can it happen for certain", as one arm that feeds a loop is enough for a loop.

    `a & b` of two `SOME` is `MAYBE`, as the cases may exclude each other. To ask for both in the same case, ask once
    (`decide`, `framed`). A truth is no bool: `if truth:` raises.
    """

    NO = 0
    MAYBE = 1
    SOME = 2
    YES = 3

    def __and__(self, other: Truth) -> Truth:
        if self is other is Truth.SOME:
            return Truth.MAYBE
        return self if self.value <= other.value else other

    def __or__(self, other: Truth) -> Truth:
        return self if self.value >= other.value else other

    def __invert__(self) -> Truth:
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(self, Truth.MAYBE)

    def __bool__(self) -> bool:
        raise TypeError("a Truth has more than two values: compare it with `is`")

    @property
    def some(self) -> bool:
        """Whether it holds in some possible case for certain."""
        return self.value >= Truth.SOME.value

    @staticmethod
    def of(fact: bool) -> Truth:
        return Truth.YES if fact else Truth.NO


YES, NO, MAYBE, SOME = Truth.YES, Truth.NO, Truth.MAYBE, Truth.SOME


def across(truths: Iterable[Truth]) -> Truth:
    """The truth over alternatives that can each be the case: YES or NO where all agree, SOME where one is proven."""
    found = set(truths)
    if len(found) == 1:
        return found.pop()
    return SOME if found & {YES, SOME} else MAYBE


def both(truths: Iterable[Truth]) -> Truth:
    """All of several statements."""
    result = YES
    for truth in truths:
        result &= truth
        if result is NO:
            break
    return result


def either(truths: Iterable[Truth]) -> Truth:
    """At least one of several statements."""
    result = NO
    for truth in truths:
        result |= truth
        if result is YES:
            break
    return result


Test = Callable[..., Truth]


def decide(test: Test, *values: Value) -> Truth:
    """The truth of `test(*values)` over all worlds and cases of the values.

    `test` answers for values as they stand. It is asked in each world, that is with each assignment of values to the
    parameters. Where that does not tell, one branch after the other is settled: if the answer is the same for each arm,
    it stands, and it is SOME if one arm makes it YES in each world, whatever the other branches do. Two branches with
    equal arms are taken for one and the same (a bucket that a trigger and a variable name by the same `Fn::If`).
    """

    def in_each_world(*case: Value) -> Truth:
        found = [test(*world) for world in _worlds(case)]
        return across(map(_alone, found)) if len(found) > 1 else found[0]

    return _settled(in_each_world, values, MOST_CASES // len(_worlds(values)))


def _alone(truth: Truth) -> Truth:
    """What a truth found under one assumption is worth: SOME rests on a second, and the two may exclude each other."""
    return MAYBE if truth is SOME else truth


def possibilities(value: Value) -> tuple[Value, ...]:
    """The values that one can be, itself where it leaves no choice. At least one."""
    match value:
        case OneOf(options):
            return options
        case Parameter(options=options, closed=closed):
            return options if closed and options else (*options, UNKNOWN)
        case Lookup(cells, keys):
            wanted = tuple(string(key) for key in keys)
            found = [cell for names, cell in cells if all(w in (None, n) for w, n in zip(wanted, names, strict=True))]
            return tuple(found) or (UNKNOWN,)
    return (value,)


def _worlds(values: tuple[Value, ...]) -> list[tuple[Value, ...]]:
    """The values under each assignment of the parameters that have few; an open parameter can also stay as it is."""
    free: dict[Value, tuple[Value, ...]] = {}
    for found in _inside(values, (Parameter,)):
        if isinstance(found, Parameter) and found.options:
            options = found.options if found.closed else (*found.options, found)
            if prod(map(len, free.values())) * len(options) <= MOST_WORLDS:
                free[found] = options
    if not free:
        return [values]
    worlds = (dict(zip(free, chosen, strict=True)) for chosen in product(*free.values()))
    return [tuple(_substituted(value, world) for value in values) for world in worlds]


def _settled(test: Test, values: tuple[Value, ...], room: int) -> Truth:
    best = test(*values)
    if best is not MAYBE:
        return best
    choices = [choice for choice in _inside(values, (OneOf, Lookup)) if len(possibilities(choice)) > 1]
    for choice in choices:
        share = room // (len(choices) * len(possibilities(choice)))
        if not share:
            continue
        arms = ({choice: arm} for arm in possibilities(choice))
        cases = [_settled(test, tuple(_substituted(value, arm) for value in values), share) for arm in arms]
        truth = across(map(_alone, cases))
        if truth in (YES, NO):
            return truth
        best |= truth
    return best


def _inside(values: Iterable[Value], kinds: tuple[type[Value], ...]) -> list[Value]:
    """The values of these kinds within others, each once."""
    found: dict[Value, None] = {}
    pending = list(values)[::-1]
    while pending:
        current = pending.pop()
        if isinstance(current, kinds):
            found[current] = None
        pending += parts(current)[::-1]
    return list(found)


def _substituted(value: Value, chosen: dict[Value, Value], depth: int = 0) -> Value:
    """A value with others in place of some that it holds; maps are looked up where both keys are known then."""
    if depth > DEEPEST:
        return UNKNOWN

    def inner(part: Value) -> Value:
        return _substituted(part, chosen, depth + 1)

    replaced = chosen.get(value, value)
    if replaced != value:
        return inner(replaced)
    match value:
        case Text(pieces):
            return text([inner(piece) for piece in pieces])
        case Transformed(operation, base, arguments):
            return Transformed(operation, inner(base), tuple(map(inner, arguments)))
        case OneOf(options):
            return one_of([inner(option) for option in options])
        case Items(items, open=is_open):
            return Items(tuple(map(inner, items)), is_open)
        case Table(entries, open=is_open):
            return Table(tuple((key, inner(entry)) for key, entry in entries), is_open)
        case Result(function, arguments, path):
            return Result(function, tuple((name, inner(argument)) for name, argument in arguments), path)
        case Lookup(cells, (first, second)):
            lookup = Lookup(cells, (inner(first), inner(second)))
            settled = all(string(key) is not None for key in lookup.keys)
            return inner(possibilities(lookup)[0]) if settled else lookup
    return value
