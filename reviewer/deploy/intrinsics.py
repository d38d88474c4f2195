"""CloudFormation's intrinsic functions over abstract values.

Both arms of a condition count, a parameter stands for what it can be, and what cannot be computed is UNKNOWN. A value
of None is `AWS::NoValue`: the setting is not there.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, islice
from typing import NamedTuple, Protocol

from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, intrinsic, text
from reviewer.finding import Location
from reviewer.value import (
    UNKNOWN,
    Constant,
    Items,
    Lookup,
    Pseudo,
    Reference,
    Table,
    Text,
    Value,
    number,
    one_of,
    parts,
    string,
)
from reviewer.value import text as joined

MOST_CELLS = 64
"""Cells of a map that a lookup with an unknown key keeps."""

MOST_PIECES = 1_000
"""Parts of one text."""
MOST_ITEMS = 256
"""Items of a list that a text is split into."""
LONGEST_DELIMITER = 64
"""Characters of what joins a list."""
DEEPEST_VALUE = 30
LARGEST = 2_000
"""Levels and parts of a value that is one of several, or is handed from one template to another."""

_EMPTY = Constant("")
_OF_ARNS = frozenset({":", "/"})
"""What divides ARNs and URLs."""
_ARNS = frozenset({"AWS::StackId", "AWS::NotificationARNs"})
"""Pseudo parameters that are ARNs themselves."""
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


class Scope(Protocol):
    """What names mean in one template."""

    def value(self, node: Node) -> Value | None: ...

    def ref(self, name: str) -> Value | None: ...

    def attribute(self, name: str, attribute: str) -> Value: ...

    def cells(self, name: str) -> dict[tuple[str, str], Value]: ...

    def imported(self, name: Value) -> Value: ...

    def spelled(self, reference: Reference, delimiter: str) -> Value: ...

    def spend(self, amount: int) -> bool:
        """Whether this much more may be made of the template: aliases let a short one multiply its text."""


class Piece(NamedTuple):
    """A part of a text that a template puts together. `lines`: each line of the part is a line of the file."""

    value: Value
    at: Location
    lines: bool = False


def evaluate(scope: Scope, node: Node) -> Value | None:
    """The value of a node; None for `AWS::NoValue`."""
    if isinstance(node, Scalar):
        return Constant(node.value)
    if isinstance(node, Sequence):
        return Items(tuple(value for item in node.items if (value := scope.value(item)) is not None))
    if not isinstance(node, Mapping):
        return UNKNOWN
    name = intrinsic(node)
    if name is not None:
        function = _FUNCTIONS.get(name)
        return function(scope, node.entries[name]) if function else UNKNOWN
    entries = [
        (key, value)
        for key, child in node.entries.items()
        if not key.startswith("Fn::") and (value := scope.value(child)) is not None
    ]
    return Table(tuple(entries), open=any(key.startswith("Fn::") for key in node.entries))


def pieces(scope: Scope, node: Node) -> list[Piece] | None:
    """The parts of the text that a node makes, with their places; None where it makes no text."""
    if isinstance(node, Scalar):
        at, lines = (node.first_line, True) if node.style == "|" else (node.at, False)
        return [Piece(Constant(node.text), at, lines)]
    if isinstance(node, Mapping):
        name = node.only()
        if name == "Fn::Sub":
            return _sub_pieces(scope, node.entries[name])
        if name == "Fn::Join":
            return _join_pieces(scope, node.entries[name])
    value = scope.value(node)
    return None if value is None else [Piece(_worded(value), node.at)]


def _worded(value: Value) -> Value:
    """A truth or null as a template writes it inside text."""
    if isinstance(value, Constant) and not isinstance(value.value, str):
        return Constant("" if value.value is None else str(value.value).lower())
    return value


def _sub_pieces(scope: Scope, node: Node) -> list[Piece] | None:
    template, variables = node, None
    if isinstance(node, Sequence) and len(node.items) == 2:
        template, variables = node.items
    if not isinstance(template, Scalar):
        return None
    given = variables.entries if isinstance(variables, Mapping) else {}
    places, whole = _Places(template), template.text
    found: list[Piece] = []
    begin = end = 0
    literal: list[str] = []
    for match in _VARIABLE.finditer(whole):
        literal.append(whole[end : match.start()])
        end = match.end()
        name = match[1].strip()
        if name.startswith("!"):
            literal.append(f"${{{name[1:]}}}")
            continue
        if len(found) > MOST_PIECES:
            return None
        found.append(Piece(Constant("".join(literal)), places.at(begin), places.lines))
        value = scope.value(given[name]) if name in given else named(scope, name)
        if not scope.spend(len(string(value) or "")):
            return None
        found.append(Piece(_worded(value) if value is not None else Constant(""), places.at(match.start())))
        literal, begin = [], end
    found.append(Piece(Constant("".join(literal) + whole[end:]), places.at(begin), places.lines))
    return [piece for piece in found if piece.value != _EMPTY]


class _Places:
    """The places of rising offsets into a scalar's text: exact in a literal block, else the scalar's own."""

    def __init__(self, scalar: Scalar) -> None:
        self.lines = scalar.style == "|"
        self._text = scalar.text
        self._first = scalar.first_line if self.lines else scalar.at
        self._offset = self._line = self._start = 0

    def at(self, offset: int) -> Location:
        if not self.lines:
            return self._first
        self._line += self._text.count("\n", self._offset, offset)
        self._start = self._text.rfind("\n", self._offset, offset) + 1 or self._start
        self._offset = offset
        first = self._first
        return Location(first.path, first.line + self._line, first.column + offset - self._start)


def named(scope: Scope, name: str) -> Value | None:
    """What `${name}` of a substitution stands for."""
    if "." in name and "::" not in name:
        return scope.attribute(*name.split(".", 1))
    return scope.ref(name)


def _join_pieces(scope: Scope, node: Node) -> list[Piece] | None:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return None
    delimiter = text(node.items[0])
    if delimiter is None or len(delimiter) > LONGEST_DELIMITER:
        return None
    found: list[Piece] = []
    if not isinstance(node.items[1], Sequence):
        value = scope.value(node.items[1])
        if not isinstance(value, Items) or value.open:
            return None
        groups = [[Piece(_worded(item), node.items[1].at)] for item in value.items]
    else:
        groups = [group for item in node.items[1].items if (group := pieces(scope, item)) is not None]
    if len(groups) > MOST_PIECES:
        return None
    for index, group in enumerate(groups):
        if index and delimiter:
            found.append(Piece(Constant(delimiter), group[0].at if group else node.at))
        found += group
    return found


def _text(of: Callable[[Scope, Node], list[Piece] | None]) -> Callable[[Scope, Node], Value | None]:
    def function(scope: Scope, node: Node) -> Value | None:
        found = of(scope, node)
        return UNKNOWN if found is None else _joined(scope, found)

    return function


def _joined(scope: Scope, found: list[Piece]) -> Value:
    made: list[Value] = []
    for is_constant, run in groupby((piece.value for piece in found), lambda value: isinstance(value, Constant)):
        constants = list(run)
        if not is_constant:
            made += constants
            continue
        words = [string(value) or "" for value in constants]
        if not scope.spend(sum(map(len, words))):
            return UNKNOWN
        made.append(Constant("".join(words)))
    return concatenated(made)


def concatenated(values: list[Value]) -> Value:
    """A text put together of values; one value alone is itself, as `${Queue}` is what `!Ref Queue` is."""
    known = [value for value in values if value != _EMPTY]
    return known[0] if len(known) == 1 else joined(known)


def _ref(scope: Scope, node: Node) -> Value | None:
    name = text(node)
    return UNKNOWN if name is None else scope.ref(name)


def _get_att(scope: Scope, node: Node) -> Value | None:
    if isinstance(node, Sequence):
        parts = [string(scope.value(item)) for item in node.items]
        if len(parts) < 2 or None in parts:
            return UNKNOWN
        return scope.attribute(str(parts[0]), ".".join(str(part) for part in parts[1:]))
    name, _, attribute = (text(node) or "").partition(".")
    return scope.attribute(name, attribute) if attribute else UNKNOWN


def _if(scope: Scope, node: Node) -> Value | None:
    if not isinstance(node, Sequence) or len(node.items) != 3:
        return UNKNOWN
    values = [value for arm in node.items[1:] if (value := scope.value(arm)) is not None]
    return one_of([value if is_small(value) else UNKNOWN for value in values]) if values else None


def _select(scope: Scope, node: Node) -> Value | None:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return UNKNOWN
    index, items = number(scope.value(node.items[0])), scope.value(node.items[1])
    if not isinstance(index, int) or not isinstance(items, Items) or not 0 <= index < len(items.items):
        return UNKNOWN
    return items.items[index]


def _split(scope: Scope, node: Node) -> Value | None:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return UNKNOWN
    delimiter, whole = text(node.items[0]), scope.value(node.items[1])
    if not delimiter or whole is None:
        return UNKNOWN
    names: tuple[type[Value], ...] = ()
    if isinstance(whole, Reference):
        whole, names = scope.spelled(whole, delimiter), (Reference,)
    if isinstance(whole, Reference):
        return UNKNOWN
    words: list[list[Value]] = [[]]
    for piece in whole.parts if isinstance(whole, Text) else (whole,):
        known = string(piece)
        if known is None and not isinstance(piece, names) and not _is_whole(piece, delimiter):
            return Items(tuple(map(concatenated, words[:-1])), open=True) if len(words) > 1 else UNKNOWN
        if not scope.spend(len(known or "")) or len(words) > MOST_ITEMS:
            return UNKNOWN
        first, *rest = [piece] if known is None else map(Constant, known.split(delimiter, MOST_ITEMS))
        words[-1].append(first)
        words += [[word] for word in rest]
    return Items(tuple(map(concatenated, words[:MOST_ITEMS])), open=len(words) > MOST_ITEMS)


def _is_whole(piece: Value, delimiter: str) -> bool:
    """Whether a part of a text that is not known does not hold the delimiter for certain."""
    return delimiter in _OF_ARNS and isinstance(piece, Pseudo) and piece.name not in _ARNS


def _find_in_map(scope: Scope, node: Node) -> Value | None:
    if not isinstance(node, Sequence) or len(node.items) < 3:
        return UNKNOWN
    name, *keys = (scope.value(item) or UNKNOWN for item in node.items[:3])
    cells = scope.cells(string(name) or "")
    first, second = (string(_worded(key)) for key in keys)
    if first is None or second is None:
        if not scope.spend(len(cells)):
            return UNKNOWN
        found = {cell: value for cell, value in cells.items() if first in (None, cell[0]) and second in (None, cell[1])}
        return Lookup(tuple(found.items()), (keys[0], keys[1])) if 0 < len(found) <= MOST_CELLS else UNKNOWN
    if (first, second) in cells:
        return cells[first, second]
    more = node.items[3] if len(node.items) > 3 else None
    default = more.get("DefaultValue") if isinstance(more, Mapping) else None
    return UNKNOWN if default is None else scope.value(default)


def is_small(value: Value) -> bool:
    """Whether a value has few parts and few levels: values are compared and hashed as a whole."""
    size, level = 1, [value]
    for _ in range(DEEPEST_VALUE):
        level = [part for above in level for part in islice(parts(above), LARGEST)]
        size += len(level)
        if not level or size > LARGEST:
            break
    return not level


def _import_value(scope: Scope, node: Node) -> Value | None:
    name = scope.value(node)
    return UNKNOWN if name is None else scope.imported(name)


def _length(scope: Scope, node: Node) -> Value | None:
    items = scope.value(node)
    return Constant(len(items.items)) if isinstance(items, Items) and not items.open else UNKNOWN


def _same(scope: Scope, node: Node) -> Value | None:
    return scope.value(node)


_FUNCTIONS: dict[str, Callable[[Scope, Node], Value | None]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _text(_sub_pieces),
    "Fn::Join": _text(_join_pieces),
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::Length": _length,
    # The encoded text is what its reader decodes again: the plain text says more.
    "Fn::Base64": _same,
    "Fn::ToJsonString": _same,
}
