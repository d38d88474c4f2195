"""What the pattern of a `case` says of the subject: which part of it each name stands for, what holds of its parts.

Parts are expressions over the subject, as if the code had written them: `subject["detail"]`, `subject[0].name`.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.code import facts
from reviewer.code.facts import Expression

ITSELF = frozenset(
    ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"),
)
"""Classes whose one positional pattern is matched against the subject itself: `str(name)`.
Source: https://docs.python.org/3/reference/compound_stmts.html#class-patterns"""

Part = Expression | None
"""A part of the subject; None where it cannot be told which."""


class Pattern:
    """What is known of one pattern so far: its names, and the values of which parts of the subject are one."""

    def __init__(self) -> None:
        self.names: dict[str, Part] = {}
        self.values: list[tuple[int, Expression, tuple[Expression, ...]]] = []

    @property
    def bindings(self) -> tuple[tuple[str, Part], ...]:
        return tuple(self.names.items())

    @property
    def tests(self) -> tuple[facts.Compare, ...]:
        """What holds of the subject, as the comparisons that it amounts to."""
        return tuple(
            facts.Compare(number, part, (("in", facts.Display(number, "tuple", values)),))
            for number, part, values in self.values
        )

    def bind(self, name: str, part: Part) -> None:
        """Note a name; one that alternatives bind to different parts is any of them."""
        self.names[name] = part if self.names.get(name, part) is part else None

    def equal(self, number: int, part: Part, *values: Expression) -> None:
        """Note that a part is one of some values."""
        if part is not None:
            self.values.append((number, part, values))

    def join(self, number: int, part: Part, known: int, ways: int) -> None:
        """Take what was noted after the first `known` notes as that of several ways, one of which is taken."""
        taken = self.values[known:]
        del self.values[known:]
        if len(taken) == ways and all(each is part for _, each, _ in taken):
            self.equal(number, part, *(value for _, _, values in taken for value in values))


def entry(number: int, part: Part, key: Expression) -> Part:
    """What a mapping has under a key."""
    return facts.Subscript(number, part, key) if part is not None and isinstance(key, facts.Literal) else None


def member(number: int, part: Part, name: str) -> Part:
    """What an object has under a name."""
    return None if part is None else facts.Attribute(number, part, name)


def items(number: int, part: Part, length: int, star: int | None) -> Iterator[Part]:
    """The parts of a sequence pattern of some length, in order; those behind the one with a star, from the end."""
    for index in range(length):
        if part is None:
            yield None
        elif index == star:
            first, last = (facts.Literal(number, end or None) for end in (index, index + 1 - length))
            yield facts.Subscript(number, part, facts.Slice(number, first, last, None))
        else:
            place = index if star is None or index < star else index - length
            yield facts.Subscript(number, part, facts.Literal(number, place))
