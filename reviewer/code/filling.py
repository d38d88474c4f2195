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
MOST_CALLS = 200
"""Calls that one name is handed over to and that are looked at."""


class Fillings:
    """Which calls may change what they are given. What asks for itself is answered with nothing."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self._calls: dict[tuple[str, Frame], tuple[facts.Call, ...]] = {}
        self._changed: dict[tuple[str, int, str], bool] = {}

    def calls(self, name: str, frame: Frame) -> tuple[facts.Call, ...]:
        """The calls in a function that may change the list or dict that they are given by a name."""
        key = (name, frame)
        if key not in self._calls:
            self._calls[key] = ()
            passed = self.values.modules.scope(frame.module, frame.owner).passed.get(name, ())
            self._calls[key] = tuple(call for call in passed[:MOST_CALLS] if self._fills(call, name, frame, 0))
        return self._calls[key]

    def _fills(self, call: facts.Call, name: str, frame: Frame, depth: int) -> bool:
        functions = options(self.values.of(call.function, frame))
        return any(
            self._changes(function, parameter, depth)
            for function in functions
            if isinstance(function, LocalFunction)
            for parameter in _parameters(self.values, function, call, name)
        )

    def _changes(self, function: LocalFunction, parameter: str, depth: int) -> bool:
        """Whether a function changes what it gets for a parameter, or hands it on to one that does."""
        key = (function.module, function.node, parameter)
        if key not in self._changed:
            self._changed[key] = False
            scope = self.values.modules.scope(function.module, function.node)
            inner = Frame(function.module, function.node, (), function.outer)
            handed = scope.passed.get(parameter, [])[:MOST_CALLS] if depth < DEEPEST else []
            self._changed[key] = any(
                definition.kind in CHANGES for definition in scope.definitions.get(parameter, ())
            ) or any(self._fills(call, parameter, inner, depth + 1) for call in handed)
        return self._changed[key]


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
