"""What expressions evaluate to: the nodes of templates, and a few more that only Terraform has.

Structures stay nodes, so that all that is in them keeps its place; a conditional is an `Fn::If`, a text with gaps an
`Fn::Join`. Everything that reads templates reads these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Entries
from dataclasses import dataclass, field, replace
from typing import Protocol

from reviewer.deploy.nodes import Mapping, Node, Scalar, Source, intrinsic
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.finding import Location
from reviewer.value import MOST_OPTIONS, UNKNOWN, Constant, Items, Parameter, Unknown, Value

OPEN = "Fn::Open"
"""The key that makes a mapping an open one: there may be more entries."""
LARGEST = 5_000
"""Nodes of a value that is handed on by its name."""
DEEPEST = 60
"""Levels of such a value."""


class Spanned(Protocol):
    """What stands somewhere: a node or an expression."""

    source: Source
    start: int
    end: int


class Context(Protocol):
    """What tells the values of nodes."""

    def value(self, node: Node) -> Value | None: ...


@dataclass(slots=True, eq=False)
class Known(Node):
    """A node whose value was computed; UNKNOWN where it could not be."""

    result: Value = UNKNOWN


@dataclass(slots=True, eq=False)
class Missing(Known):
    """What `try` steps over: an entry that is not there."""


@dataclass(slots=True, eq=False)
class Encoded(Node):
    """The JSON text that `jsonencode` makes of a structure."""

    root: Node


@dataclass(slots=True, eq=False)
class Heredoc(Scalar):
    """A text of several lines without gaps; `first` is where its first line begins."""

    first: Location = field(kw_only=True)

    @property
    def at(self) -> Location:
        return self.source.location(self.start, self.end)

    @property
    def first_line(self) -> Location:
        return self.first


@dataclass(slots=True, eq=False)
class Thing(Known):
    """A resource, a data source or a module's instance; `attribute` gives what a step leads to."""

    name: str = ""
    attribute: Callable[[str], Node | None] = lambda _: None


@dataclass(slots=True, eq=False)
class Things(Known):
    """All that `for_each` or `count` makes, by key.

    A single one under None stands for any number of them: `own` is its key, as a value, and `make` gives the one of a
    known key.
    """

    members: tuple[tuple[str | int | None, Thing], ...] = ()
    own: Value = UNKNOWN
    make: Callable[[str], Node | None] = lambda _: None


@dataclass(slots=True, eq=False)
class Names(Known):
    """What a traversal begins with: `var`, `local`, `aws_s3_bucket`."""

    lookup: Callable[[str], Node | None] = lambda _: None


# --- making nodes -------------------------------------------------------------------------------------------------


def known(at: Spanned, value: Value) -> Known:
    """A computed value that stands where another node does."""
    return Known(at.source, at.start, at.end, value)


def constant(at: Spanned, value: str | int | float | bool | None) -> Scalar:
    return Scalar(at.source, at.start, at.end, value)


def listed(at: Spanned, items: Iterable[Node]) -> ListNode:
    return ListNode(at.source, at.start, at.end, tuple(items))


def table(at: Spanned, entries: Entries[str, Node], keys: Entries[str, Scalar] | None = None) -> Mapping:
    """A mapping; keys that are not given stand where their values do."""
    given = keys or {}
    found = {name: given.get(name) or constant(node, name) for name, node in entries.items()}
    return Mapping(at.source, at.start, at.end, dict(entries), found)


def either(at: Spanned, yes: Node, no: Node) -> Mapping:
    """One of the two."""
    return table(at, {"Fn::If": listed(at, (known(at, UNKNOWN), yes, no))})


def any_of(at: Spanned, nodes: Sequence[Node]) -> Node:
    """One of several; unknown where there are none, or too many."""
    if not 0 < len(nodes) <= MOST_OPTIONS:
        return known(at, UNKNOWN)
    found = nodes[-1]
    for node in reversed(nodes[:-1]):
        found = either(at, node, found)
    return found


def joined(at: Spanned, parts: Iterable[Node], separator: str = "") -> Mapping:
    """A text of parts."""
    return table(at, {"Fn::Join": listed(at, (constant(at, separator), listed(at, parts)))})


def placed(node: Node, at: Spanned) -> Node:
    """A text, number or choice that is used at another place; what is inside of a structure keeps its own."""
    if isinstance(node, Thing | Things | Names | ListNode) or (isinstance(node, Mapping) and not intrinsic(node)):
        return node
    return replace(node, source=at.source, start=at.start, end=at.end)


# --- asking nodes -------------------------------------------------------------------------------------------------


def is_null(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is None


def is_unknown(node: Node) -> bool:
    return isinstance(node, Known) and isinstance(node.result, Unknown)


def is_open(node: Mapping) -> bool:
    return OPEN in node.entries


def entries(node: Node) -> dict[str, Node] | None:
    """The entries of a structure that is a mapping as it stands; None for any other node."""
    return node.entries if isinstance(node, Mapping) and not intrinsic(node) else None


def choices(node: Node) -> list[Node]:
    """All arms of a conditional, those of arms included; any other node alone."""
    found: list[Node] = []
    pending = [node]
    while pending and len(found) < 64:
        here = pending.pop()
        arms = here.entries.get("Fn::If") if isinstance(here, Mapping) and here.only() == "Fn::If" else None
        if isinstance(arms, ListNode):
            pending += reversed(arms.items[1:])
        else:
            found.append(here)
    return found


def is_handy(node: Node) -> bool:
    """Whether a node is small and flat enough to be handed on: names can multiply what they stand for."""
    return size(node) <= LARGEST


def size(node: Node) -> int:
    """How many nodes there are in a node; one above `LARGEST` where they are more, or nested deeper than `DEEPEST`."""
    level, found = [node], 1
    for _ in range(DEEPEST):
        below: list[Node] = []
        for here in level:
            if isinstance(here, ListNode):
                below += here.items
            elif isinstance(here, Mapping):
                below += here.entries.values()
            elif isinstance(here, Encoded):
                below.append(here.root)
        found += len(below)
        if not below or found > LARGEST:
            return min(found, LARGEST + 1)
        level = below
    return LARGEST + 1


def worded(node: Node, context: Context) -> str | None:
    """The text that a node is, numbers and truths as Terraform spells them; None where it is not known."""
    value = context.value(node)
    if not isinstance(value, Constant) or value.value is None or isinstance(value.value, bytes):
        return None
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)


# --- values as nodes ----------------------------------------------------------------------------------------------


def is_set(value: Value | None) -> bool | None:
    """Whether a value is not null; None where that is not known."""
    if value is None or value == Constant(None):
        return False
    return None if isinstance(value, Unknown | Parameter) else True


def opened(values: Iterable[Value | None]) -> Items:
    """A list of which some items are known."""
    return Items((*(value for value in values if value is not None), UNKNOWN), open=True)
