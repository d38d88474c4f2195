"""Positioned nodes: what a template's text says and where, before anything is computed.

YAML (`compose`) and JSON (`jsontext`) both become these nodes. A node knows its span as character offsets into its
source; the `Location` is made on demand only. Short-form intrinsics are already in their long form: `!Ref A` is the
mapping `{"Ref": "A"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`. Nodes are not frozen, since a tree has thousands
of them and freezing makes each a third dearer; nothing writes to one after it is made.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from reviewer.finding import Location

LARGEST = 5_000_000
"""Bytes of a file."""
DEEPEST = 100
"""Levels of nesting. Real templates stay below 40, a walk of this depth below the interpreter's recursion limit."""
MOST_NODES = 200_000
"""Nodes of a document, an alias counted as all that it stands for (a "billion laughs" file expands without bounds)."""

ITEMS = "*"
"""A path's step into each item of a list (anything else stands for a list of one)."""
VALUES = "?"
"""A path's step into each value of a mapping."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BREAK = re.compile(r"\r\n?|\n")
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n|\Z)")


class Unreadable(Exception):  # noqa: N818 - a state of a text, named as such
    """A text that is no YAML or JSON, or is over a limit; where that shows."""

    def __init__(self, message: str, at: Location) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(frozen=True, eq=False)
class Source:
    """The text of a file, and the places of its offsets."""

    path: str
    text: str
    starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", [0, *(found.end() for found in _BREAK.finditer(self.text))])

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def location(self, start: int, end: int) -> Location:
        line = bisect_right(self.starts, start)
        begin = self.starts[line - 1] - 1
        if end <= start:
            return Location(self.path, line, start - begin, line, start - begin)
        last = line if line == len(self.starts) or end < self.starts[line] else bisect_right(self.starts, end)
        return Location(self.path, line, start - begin, last, end - self.starts[last - 1] + 1)


@dataclass(slots=True, eq=False)
class Node:
    """A value of a template's text: the span from `start` to `end` (exclusive) of `source`."""

    source: Source
    start: int
    end: int

    @property
    def at(self) -> Location:
        return self.source.location(self.start, self.end)


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """A text, number, truth or null. `style` is the quote, `|` or `>` of a block, empty for a plain one."""

    value: str | int | float | bool | None
    style: str = ""

    @property
    def text(self) -> str:
        """The value as a template writes it inside text."""
        if isinstance(self.value, str):
            return self.value
        return "" if self.value is None else str(self.value).lower()

    @property
    def at(self) -> Location:
        """The span of the scalar; for a block the line of its indicator."""
        if self.style not in ("|", ">"):
            return self.source.location(self.start, self.end)
        return self.source.location(self.start, self.start + len(self.source.text[self.start : self.body].rstrip()))

    @property
    def body(self) -> int:
        """The offset where the text of a block begins, that is the line after its indicator."""
        header = _HEADER.search(self.source.text, self.start, self.end)
        return header.end() if header else self.start

    @property
    def first_line(self) -> Location:
        """The first line of a block's text, from the column where its text begins."""
        line, _ = self.source.position(self.body)
        inside = next((content for content in self.text.split("\n") if content.strip()), "")
        for written in self.source.text[self.body : self.end].splitlines():
            if written.strip():
                return Location(self.source.path, line, len(written.rstrip()) - len(inside.rstrip()) + 1)
        return Location(self.source.path, line)


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """A mapping with text keys: values and the keys' own nodes, by key. Of a repeated key the last one counts."""

    entries: dict[str, Node]
    keys: dict[str, Scalar]

    def get(self, name: str) -> Node | None:
        return self.entries.get(name)

    @property
    def head(self) -> Location:
        """The place of its first key."""
        return next((key.at for key in self.keys.values()), self.at)

    def only(self) -> str | None:
        """The key of a mapping with one entry."""
        return next(iter(self.entries)) if len(self.entries) == 1 else None


def plain(text: str) -> str | int | float | bool | None:
    """The value of a plain (unquoted) scalar as CloudFormation takes it.

    Dates, `Yes`, `On` and what YAML 1.1 reads as octal, sexagesimal or with underscores stay text; so does a number
    whose spelling would not survive (`1.10`, `007`): `value.number` still reads it where a number is meant.
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 20 or not _NUMBER.fullmatch(text):
        return text
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text


def mapping(node: Node | None) -> Mapping | None:
    return node if isinstance(node, Mapping) else None


def text(node: Node | None) -> str | None:
    """The text of a string scalar."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def intrinsic(node: Node) -> str | None:
    """The name of the intrinsic function that a mapping with one entry is: `Ref`, `Fn::Sub`."""
    name = node.only() if isinstance(node, Mapping) else None
    return name if name is not None and (name == "Ref" or name.startswith("Fn::")) else None


def arms(node: Node) -> tuple[Node, ...]:
    """Both arms of an `Fn::If`; any other node alone."""
    if isinstance(node, Mapping) and node.only() == "Fn::If":
        choice = node.entries["Fn::If"]
        if isinstance(choice, Sequence) and len(choice.items) == 3:
            return choice.items[1:]
    return (node,)


def find(node: Node | None, path: str) -> Iterator[Node]:
    """All nodes at a path of keys (`Filter.S3Key.Rules.*.Name`), through both arms of any `Fn::If` on the way."""
    if node is not None:
        yield from _find(node, path.split(".") if path else [])


def _find(node: Node, steps: list[str]) -> Iterator[Node]:
    if not steps:
        yield node
        return
    choices = arms(node)
    if len(choices) > 1:
        for arm in choices:
            yield from _find(arm, steps)
        return
    rest = steps[1:]
    for child in _children(node, steps[0]):
        yield from _find(child, rest)


def _children(node: Node, step: str) -> tuple[Node, ...]:
    if step == ITEMS:
        return node.items if isinstance(node, Sequence) else (node,)
    if not isinstance(node, Mapping):
        return ()
    if step == VALUES:
        return tuple(node.entries.values())
    child = node.entries.get(step)
    return () if child is None else (child,)


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        if isinstance(here, Sequence):
            stack.extend(reversed(here.items))
        elif isinstance(here, Mapping):
            stack.extend(reversed(here.entries.values()))
