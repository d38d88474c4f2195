"""Texts that are built of parts: joined, formatted, interpolated, added. Pure: no frames, no modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.code.bounds import LONGEST
from reviewer.value import (
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    External,
    Items,
    OneOf,
    Result,
    Table,
    Text,
    Transformed,
    Unknown,
    Value,
    one_of,
    options,
    spell,
    string,
    text,
)

MOST_PARTS = 500
MOST_CHOICES = 8
LONGEST_NUMBER = 4096
"""Bits."""

ADDED = (Constant, Text, Transformed, Environment, EventPath, ContextPath, Result, AwsResult, External, Unknown)
"""What `+` may join to a text."""

CONVERSION = re.compile(r"%(?:\(([^)]*)\))?([-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d*))?[hlL]?)(.)", re.DOTALL)


def concatenated(parts: list[Value]) -> Value:
    """The text of several parts; one possibility for each choice of a part with few, UNKNOWN parts otherwise."""
    if len(parts) > MOST_PARTS or _length(parts) > LONGEST:
        return UNKNOWN
    made: list[list[Value]] = [[]]
    for part in parts:
        choices = options(part)
        if len(choices) * len(made) > MOST_CHOICES:
            choices = (UNKNOWN,)
        made = [[*head, choice] for head in made for choice in choices]
    return one_of([text(line) for line in made])


def _length(parts: list[Value]) -> int:
    """The characters of all constants in some parts."""
    pieces = [piece for part in parts for piece in (part.parts if isinstance(part, Text) else (part,))]
    return sum(len(spell(piece) or "") for piece in pieces if isinstance(piece, Constant))


def joined(separator: Value, items: Value) -> Value:
    """`separator.join(items)`."""
    if not isinstance(items, Items) or items.open:
        return UNKNOWN
    parts: list[Value] = []
    for index, item in enumerate(items.items):
        parts += [separator, item] if index else [item]
    return concatenated(parts)


def formatted(template: Value, positional: tuple[Value, ...], named: tuple[tuple[str, Value], ...]) -> Value:
    """`template.format(*positional, **named)`; fields with attributes, indexes or format specs are UNKNOWN parts."""
    pattern = string(template)
    if pattern is None or len(pattern) > LONGEST:
        return UNKNOWN
    from string import Formatter  # noqa: PLC0415 - only where a format is met

    parts: list[Value] = []
    automatic = 0
    lookup = dict(named)
    try:
        fields = list(Formatter().parse(pattern))
    except ValueError:
        return UNKNOWN
    for literal, field, spec, conversion in fields:
        parts.append(Constant(literal))
        if field is None:
            continue
        key = field or str(automatic)
        automatic += not field
        if spec and "{" in spec:
            return UNKNOWN  # its fields count, too
        if spec or conversion not in {None, "s"}:
            parts.append(UNKNOWN)
        elif key.isdecimal():
            parts.append(positional[int(key)] if int(key) < len(positional) else UNKNOWN)
        else:
            parts.append(lookup.get(key, UNKNOWN))
    return concatenated(parts)


def interpolated(template: Value, values: Value) -> Value:
    """`template % values`; conversions other than plain `%s` and `%d` are UNKNOWN parts."""
    pattern = string(template)
    if pattern is None or len(pattern) > LONGEST:
        return UNKNOWN
    conversions = [found for found in CONVERSION.finditer(pattern) if found[3] != "%"]
    if any("*" in found[2] for found in conversions):
        return UNKNOWN
    given = _operands(values, len(conversions))
    parts: list[Value] = []
    end = 0
    for found in CONVERSION.finditer(pattern):
        parts.append(Constant(pattern[end : found.start()]))
        end = found.end()
        name, flags, kind = found.groups()
        if kind == "%":
            parts.append(Constant("%"))
            continue
        value = (values.get(name) if isinstance(values, Table) else None) if name is not None else next(given, None)
        parts.append(UNKNOWN if flags or value is None else _converted(value, kind))
    return concatenated([*parts, Constant(pattern[end:])])


def _operands(values: Value, count: int) -> Iterator[Value]:
    """What the conversions of a `%` get in turn: the items of a tuple, or the only one what is no tuple."""
    if isinstance(values, Items):
        return iter(() if values.open else values.items)
    return iter((values,) if count == 1 else ())


def _converted(value: Value, kind: str) -> Value:
    if kind == "s":
        return value
    if kind == "d" and not isinstance(value, (Constant, OneOf)):
        return value
    return value if kind == "d" and isinstance(value, Constant) and type(value.value) is int else UNKNOWN


def added(left: Value, right: Value) -> Value:
    """`left + right` of strings, numbers or lists."""
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        pairs = [(a, b) for a in options(left) for b in options(right)]
        return one_of([added(a, b) for a, b in pairs]) if len(pairs) <= MOST_CHOICES else UNKNOWN
    if isinstance(left, Items) and isinstance(right, Items):
        return Items((*left.items, *right.items), left.open or right.open)
    if not isinstance(left, ADDED) or not isinstance(right, ADDED) or left == right == UNKNOWN:
        return UNKNOWN
    numbers = [n for side in (left, right) if (n := _number(side)) is not None]
    if len(numbers) == 2:
        return _sum(*numbers)
    if len(numbers) == 1:
        symbolic, step = (left, right) if isinstance(right, Constant) else (right, left)
        return Transformed("add", symbolic, (step,)) if symbolic != UNKNOWN else UNKNOWN
    if any(isinstance(side, Constant) and not isinstance(side.value, str) for side in (left, right)):
        return UNKNOWN
    return concatenated([left, right])


def subtracted(left: Value, right: Value) -> Value:
    """`left - right` of numbers: a step back is a negative step."""
    step = _number(right)
    return UNKNOWN if step is None else added(left, Constant(-step))


def _number(value: Value) -> int | float | None:
    plain = value.value if isinstance(value, Constant) else None
    return plain if isinstance(plain, (int, float)) and not isinstance(plain, bool) else None


def _sum(left: int | float, right: int | float) -> Value:
    try:
        total = left + right
    except OverflowError:
        return UNKNOWN
    return UNKNOWN if isinstance(total, int) and total.bit_length() > LONGEST_NUMBER else Constant(total)
