"""What the conditions on the way to a write tell of the event's texts: behind `if key.endswith(".csv")`, the suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reviewer.code import facts
from reviewer.code.scopes import Condition
from reviewer.code.values import Values
from reviewer.guards import Caused
from reviewer.identity import canonical
from reviewer.shapes import Shape, common_end, common_start
from reviewer.strings import Known
from reviewer.value import EventPath, Frame, Items, Transformed, Value, string

QUOTING = frozenset("%+")
"""What is known of a key is known of the decoded one: affixes with these characters differ before and after."""


def learned(
    conditions: Iterable[tuple[Condition, Frame]],
    values: Values,
    resolve: Callable[[Value], Value],
    caused: Caused,
    known: Known,
) -> Known:
    """What is `known` of the event with what the conditions add, for the parts of it that a write causes anew.

    Of these parts alone, a value of the code means the event at hand; of others it can mean the next one.
    """
    shapes: dict[tuple[str, ...], Shape] = {}
    for condition, frame in conditions:
        for call in _certain(condition.test, condition.holds):
            path, shape = _tells(call, values, resolve, frame)
            if path is not None and caused.get(path) is not None:
                at = canonical(path)
                shapes[at] = _joined(shapes.get(at), shape)

    def informed(value: Value) -> Shape | None:
        given = known(value)
        found = shapes.get(canonical(value.path)) if isinstance(value, EventPath) else None
        return given if found is None else _joined(given, found)

    return informed if shapes else known


def _certain(test: facts.Expression, holds: bool) -> Iterator[facts.Call]:
    """The calls that are true for certain where a test holds, or fails."""
    match test:
        case facts.Unary(operator="not", operand=operand):
            yield from _certain(operand, not holds)
        case facts.Boolean(operator=operator, left=left, right=right) if holds == (operator == "and"):
            yield from _certain(left, holds)
            yield from _certain(right, holds)
        case facts.Call() if holds:
            yield test


def _tells(
    call: facts.Call, values: Values, resolve: Callable[[Value], Value], frame: Frame
) -> tuple[tuple[str, ...] | None, Shape]:
    """The part of the event that `startswith` or `endswith` was asked of, and what it begins or ends with."""
    match call:
        case facts.Call(function=facts.Attribute(value=subject, name=name), arguments=[argument]):
            value = values.of(subject, frame)
        case _:
            return None, Shape()
    if isinstance(value, Transformed) and value.operation in {"unquote", "unquote_plus"}:
        value = value.base
    given = resolve(values.of(argument.value, frame))
    affixes = [string(each) for each in (given.items if isinstance(given, Items) else (given,))]
    texts = [affix for affix in affixes if affix is not None]
    if not isinstance(value, EventPath) or len(texts) < len(affixes) or QUOTING.intersection(*texts):
        return None, Shape()
    if name == "startswith":
        return value.path, Shape(prefix=common_start(texts))
    return (value.path, Shape(suffix=common_end(texts))) if name == "endswith" else (None, Shape())


def _joined(one: Shape | None, other: Shape) -> Shape:
    """A text of both shapes: the longer beginning and end."""
    if one is None or one.exact:
        return one or other
    prefix = max(one.prefix, other.prefix, key=len)
    suffix = max(one.suffix, other.suffix, key=len)
    return Shape(prefix, suffix, False, max(one.least, other.least), one.without)
