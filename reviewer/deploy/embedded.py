"""JSON, or YAML, that a template writes as text: patterns, policies, state machines, often put together by `Fn::Sub`.

What a substitution fills in need not be known: a mark takes its place while the text is read as JSON, and the value
takes the mark's place afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.deploy import documents, jsontext
from reviewer.deploy.intrinsics import Piece, Scope, concatenated, pieces
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, Source, Unreadable, arms, intrinsic
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Table, Value, one_of, string

_MARK = re.compile("\ue000([0-9]{1,4})\ue001")
_MARKS = str.maketrans({"\ue000": "?", "\ue001": "?"})


@dataclass(frozen=True, eq=False)
class _Joined(Source):
    """A text put together of pieces, whose places are those of the pieces."""

    pieces: tuple[Piece, ...] = ()
    offsets: tuple[int, ...] = ()

    def location(self, start: int, end: int) -> Location:
        start += self.text.startswith('"', start)  # a string stands where its content does, not its quote
        index = max(bisect_right(self.offsets, start) - 1, 0)
        piece = self.pieces[index]
        if not piece.lines:
            return piece.at
        line = piece.at.line + self.text.count("\n", self.offsets[index], start)
        return Location(piece.at.path, line, piece.at.column)


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A JSON text of a template, read. `values` are what its marks stand for."""

    root: Node
    values: tuple[Value, ...]

    def fill(self, written: str) -> Value:
        """A string of the JSON text with its marks replaced by their values."""
        parts = [self._marked(part) if index % 2 else Constant(part) for index, part in enumerate(_MARK.split(written))]
        return concatenated(parts)

    def _marked(self, number: str) -> Value:
        # An escape in the JSON text can spell a mark that was never set.
        return self.values[int(number)] if int(number) < len(self.values) else UNKNOWN


def embedded(scope: Scope, node: Node, *, yaml: bool = False) -> Embedded | None:
    """The JSON that a text holds, with `yaml` also the first document of YAML; None where it is no text or neither."""
    found = pieces(scope, node)
    if not found:
        return None
    values: list[Value] = []
    written, offsets, length = [], [], 0
    for piece in found:
        constant = string(piece.value)
        if constant is None:
            part = f"\ue000{len(values)}\ue001"
            values.append(piece.value)
        else:
            part = constant.translate(_MARKS)
        written.append(part)
        offsets.append(length)
        length += len(part)
    if not scope.spend(length):
        return None
    source = _Joined(found[0].at.path, "".join(written), tuple(found), tuple(offsets))
    try:
        root = next(documents.parse(source), None) if yaml else jsontext.parse(source)
    except Unreadable:
        return None
    return None if root is None else Embedded(root, tuple(values))


def document(scope: Scope, node: Node) -> Value:
    """What a setting holds that is given as a structure or as JSON text; UNKNOWN where it is neither."""
    choices = [choice for arm in arms(node) if (choice := _document(scope, arm)) is not None]
    return one_of(choices) if choices else UNKNOWN


def _document(scope: Scope, node: Node) -> Value | None:
    value = scope.value(node)
    if value is None or isinstance(value, Table | Items):
        return value
    found = embedded(scope, node)
    if found is None or isinstance(found.root, Scalar):
        return UNKNOWN
    return build(found.root, found.fill)


def build(node: Node, leaf: Callable[[str], Value], compute: Callable[[Node], Value | None] | None = None) -> Value:
    """The value of a structure. `leaf` reads strings, `compute` what is computed, where that has a meaning."""
    if isinstance(node, Scalar):
        return leaf(node.value) if isinstance(node.value, str) else Constant(node.value)
    if isinstance(node, Sequence):
        return Items(tuple(build(item, leaf, compute) for item in node.items))
    if compute is not None and intrinsic(node):
        return compute(node) or UNKNOWN
    if isinstance(node, Mapping):
        return Table(tuple((name, build(child, leaf, compute)) for name, child in node.entries.items()))
    return UNKNOWN if compute is None else compute(node) or UNKNOWN
