"""How large a value may grow: a value that is built of itself, again and again, would outgrow every machine."""

from __future__ import annotations

from reviewer.value import UNKNOWN, Constant, LocalFunction, Value, parts

LARGEST = 2_000
"""Values inside of one value."""
LONGEST = 1 << 16
"""Characters of a constant."""


def bounded(value: Value) -> Value:
    """The value, or UNKNOWN where it is too large to be compared and kept."""
    inner = _inner(value)
    if not inner:
        return UNKNOWN if isinstance(value, Constant) and _is_long(value) else value
    pending = list(inner)
    for _ in range(LARGEST):
        if not pending:
            return value
        pending += _inner(pending.pop())
    return UNKNOWN


def _inner(value: Value) -> tuple[Value, ...]:
    if isinstance(value, LocalFunction):
        around = (value.bound, value.through)
        return (*(each for each in around if each is not None), *(given for _, given in value.given))
    return parts(value)


def _is_long(constant: Constant) -> bool:
    return isinstance(constant.value, (str, bytes)) and len(constant.value) > LONGEST
