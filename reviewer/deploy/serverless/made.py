"""Nodes that stand for what the framework makes of a configuration, where the configuration asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, intrinsic, mapping

SYMBOL = "sls::"
"""What the name of a symbol begins with: of what is only known at the deployment."""
UNKNOWN = f"{SYMBOL}?"


def scalar(near: Node, value: str | int | float | bool | None) -> Scalar:
    """A scalar that stands where another node does."""
    return Scalar(near.source, near.start, near.end, value, '"' if isinstance(value, str) else "")


def table(near: Node, entries: dict[str, Node | None]) -> Mapping:
    """A mapping of the entries that are there; it stands where another node does."""
    given = {name: node for name, node in entries.items() if node is not None}
    return Mapping(near.source, near.start, near.end, given, {name: scalar(node, name) for name, node in given.items()})


def items(near: Node, nodes: Iterable[Node]) -> Sequence:
    """A list that stands where another node does."""
    return Sequence(near.source, near.start, near.end, tuple(nodes))


def ref(near: Node, name: str) -> Mapping:
    return table(near, {"Ref": scalar(near, name)})


def attribute(near: Node, name: str, of: str = "Arn") -> Mapping:
    return table(near, {"Fn::GetAtt": items(near, (scalar(near, name), scalar(near, of)))})


def joined(near: Node, delimiter: str, nodes: Iterable[Node]) -> Mapping:
    return table(near, {"Fn::Join": items(near, (scalar(near, delimiter), items(near, nodes)))})


def structure(node: Node | None) -> Mapping | None:
    """A mapping that is no intrinsic function, and so has entries of its own."""
    return None if node is None or intrinsic(node) else mapping(node)


def parts(node: Node | None) -> tuple[Mapping, ...]:
    """The mappings that a section is made of: itself, or the items of a list."""
    found = node.items if isinstance(node, Sequence) else () if node is None else (node,)
    return tuple(part for part in map(structure, found) if part is not None)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below another."""
    if isinstance(node, Mapping):
        return tuple(node.entries.values())
    return node.items if isinstance(node, Sequence) else ()


def replaced(node: Node, below: Iterable[Node]) -> Node:
    """A collection with other nodes directly below it."""
    if isinstance(node, Mapping):
        entries = dict(zip(node.entries, below, strict=True))
        return Mapping(node.source, node.start, node.end, entries, node.keys)
    return Sequence(node.source, node.start, node.end, tuple(below))
