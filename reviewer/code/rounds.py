"""What it takes for a collection to hold anything: the conditions under which a function puts something into it.

A round of `for name in found:` runs only where something was put into `found`. Where the function begins with it empty
and fills it itself, on conditions, these are conditions of every round as well.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from functools import reduce

from reviewer.code import facts
from reviewer.code.facts import Expression
from reviewer.code.scopes import Condition, Definition, Reaching

Ways = Mapping[int, Sequence[Condition]]
"""The conditions of each change in place, by the node of its definition."""

FILLING = frozenset({"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "+=", "|="})
EMPTY = frozenset({"list", "dict", "set", "deque", "Counter", "OrderedDict", "defaultdict"})
"""What makes an empty collection where it is called with nothing (`defaultdict`: with a factory)."""
PARTS = frozenset({"items", "keys", "values", "copy", "most_common", "elements"})
"""Methods that give what a collection holds."""
PASSING = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter", "groupby", "islice"})
"""Functions, of the builtins and of itertools, that give what their first argument holds."""
MOST_WAYS = 8


def collection(iterable: Expression) -> Expression:
    """What is gone through: `found` of `sorted(found.items())`."""
    match iterable:
        case facts.Call(function=facts.Attribute(value=subject, name=name), arguments=()) if name in PARTS:
            return collection(subject)
        case facts.Call(
            function=facts.Name(id=name) | facts.Attribute(value=facts.Name(id="itertools"), name=name),
            arguments=[facts.Argument(name="", value=first), *_],
        ) if name in PASSING:
            return collection(first)
    return iterable


def handed_on(call: facts.Call) -> tuple[str, ...]:
    """The names that a call gives to what may be a function of the reviewed code, which may fill them."""
    function = call.function
    if isinstance(function, facts.Attribute):
        is_own = isinstance(function.value, facts.Name) and function.value.id in {"self", "cls"}
    else:
        is_own = isinstance(function, facts.Name) and not hasattr(builtins, function.id)
    return tuple(a.value.id for a in call.arguments if is_own and isinstance(a.value, facts.Name))


def filled(reaching: Reaching, ways: Ways, here: Sequence[Condition]) -> list[Condition]:
    """The condition for a collection to hold anything, beyond those that are known `here`; none where there is none,
    or where it may have been filled elsewhere. `reaching`: the definitions of its name."""
    found: list[list[Condition]] = []
    for definition in _history(reaching):
        if definition.kind == "value" and definition.value is not None and not definition.path:
            if isinstance(definition.value, facts.Comprehension):
                found.append(chosen(definition.value))
            elif not _is_empty(definition.value):
                return []
        elif definition.node not in ways:
            return []
        elif definition.kind != "mutated" or definition.detail in FILLING:
            found.append([condition for condition in ways[definition.node] if condition not in here])
    if not all(found) or not 0 < len(found) <= MOST_WAYS:
        return []
    return [Condition(reduce(_either, [reduce(_both, map(_said, way)) for way in found]), True)]


def chosen(comprehension: facts.Comprehension) -> list[Condition]:
    """The conditions of the items of a comprehension."""
    return [Condition(test, True) for generator in comprehension.generators for test in generator.conditions]


def _history(reaching: Reaching) -> list[Definition]:
    """Definitions, and all that they build on."""
    pending, seen = list(reaching), dict.fromkeys(reaching)
    while pending:
        fresh = [before for before in pending.pop().before if before not in seen]
        seen.update(dict.fromkeys(fresh))
        pending += fresh
    return list(seen)


def _is_empty(value: Expression) -> bool:
    match value:
        case facts.Display(items=items):
            return not items
        case facts.Dictionary(entries=entries):
            return not entries
        case facts.Call(function=facts.Name(id=name) | facts.Attribute(name=name), arguments=arguments):
            return name in EMPTY and len(arguments) <= (name == "defaultdict")
    return False


def _said(condition: Condition) -> Expression:
    return condition.test if condition.holds else facts.Unary(condition.test.node, "not", condition.test)


def _both(left: Expression, right: Expression) -> Expression:
    return facts.Boolean(right.node, "and", left, right)


def _either(left: Expression, right: Expression) -> Expression:
    return facts.Boolean(left.node, "or", left, right)
