"""Local functions that change a list or dict that they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.code import facts
from reviewer.value import Frame, LocalFunction, options

if TYPE_CHECKING:
    from reviewer.code.values import Values

CHANGES = frozenset(("item", "removed", "mutated", "augmented"))
"""Definitions that change in place what a name stood for before."""
DEEPEST = 3
"""How many calls deep a list or dict is followed that is handed on."""


def fills(values: Values, call: facts.Call, name: str, frame: Frame, depth: int = 0) -> bool:
    """Whether a call may change the list or dict that it is given by a name."""
    functions = (each for each in options(values.of(call.function, frame)) if isinstance(each, LocalFunction))
    return any(
        _changes(values, function, parameter, depth)
        for function in functions
        for parameter in _parameters(values, function, call, name)
    )


def _changes(values: Values, function: LocalFunction, parameter: str, depth: int) -> bool:
    scope = values.modules.scope(function.module, function.node)
    if any(definition.kind in CHANGES for definition in scope.definitions.get(parameter, ())):
        return True
    inner = Frame(function.module, function.node, (), function.outer)
    handed = scope.passed.get(parameter, ()) if depth < DEEPEST else ()
    return any(fills(values, call, parameter, inner, depth + 1) for call in handed)


def _parameters(values: Values, function: LocalFunction, call: facts.Call, name: str) -> list[str]:
    """The parameters that get what stands in a call by a name."""
    owner = values.modules.owner(function.module, function.node)
    assert isinstance(owner, (facts.Function, facts.Lambda))
    fixed = (function.bound is not None) + sum(key.isdecimal() for key, _ in function.given)
    positional = [each.name for each in owner.parameters if each.kind in {"positional", "normal"}][fixed:]
    given = [argument for argument in call.arguments if argument.name == ""]
    found = [parameter for parameter, each in zip(positional, given, strict=False) if _is(each, name)]
    return found + [each.name for each in call.arguments if each.name.isidentifier() and _is(each, name)]


def _is(argument: facts.Argument, name: str) -> bool:
    return isinstance(argument.value, facts.Name) and argument.value.id == name
