"""`Fn::ForEach`: loops of the language extensions transform, unrolled where their collection is written out.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re

from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, mapping, text

MOST_COPIES = 20_000
"""Nodes that the loops of one section may make, long texts counted by their length."""
LONGEST_ITEM = 64
"""Characters of an item that a loop fills in."""

_LOOP = "Fn::ForEach::"


def expand(section: Mapping, parameters: Mapping | None) -> Mapping:
    """A section with its loops unrolled; a loop that cannot be computed, or makes too much, is left out."""
    if not any(name.startswith(_LOOP) for name in section.entries):
        return section
    return _Unroller(parameters).section(section)


class _Unroller:
    def __init__(self, parameters: Mapping | None) -> None:
        self.parameters = parameters
        self.copies = 0

    def section(self, node: Mapping) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        for name, value in node.entries.items():
            if not name.startswith(_LOOP):
                entries[name], keys[name] = value, node.keys[name]
                continue
            for turn in self.turns(value):
                unrolled = self.section(turn)
                entries |= unrolled.entries
                keys |= unrolled.keys
        return Mapping(node.source, node.start, node.end, entries, keys)

    def turns(self, loop: Node) -> list[Mapping]:
        """The loop's body for each item of its collection."""
        if not isinstance(loop, Sequence) or len(loop.items) != 3:
            return []
        name, collection, body = text(loop.items[0]), self.collection(loop.items[1]), loop.items[2]
        if name is None or not isinstance(body, Mapping):
            return []
        turns = (mapping(self.copy(body, name, item)) for item in collection)
        return [turn for turn in turns if turn is not None]

    def collection(self, node: Node) -> list[str]:
        if isinstance(node, Sequence):
            return [item.text[:LONGEST_ITEM] for item in node.items if isinstance(item, Scalar)]
        name = text(node.get("Ref")) if isinstance(node, Mapping) else None
        parameter = mapping(self.parameters.get(name)) if self.parameters and name else None
        default = text(parameter.get("Default")) if parameter else None
        return [item.strip()[:LONGEST_ITEM] for item in default.split(",")] if default else []

    def copy(self, node: Node, name: str, item: str) -> Node | None:
        """A node with `${name}` replaced by the item; None over the limit."""
        self.copies += 1 + (len(node.text) // LONGEST_ITEM if isinstance(node, Scalar) else 0)
        if self.copies > MOST_COPIES:
            return None
        if isinstance(node, Scalar):
            return Scalar(node.source, node.start, node.end, _filled(node.value, name, item), node.style)
        if isinstance(node, Sequence):
            items = [copy for child in node.items if (copy := self.copy(child, name, item)) is not None]
            return Sequence(node.source, node.start, node.end, tuple(items))
        if not isinstance(node, Mapping):
            return None
        if node.only() == "Ref" and text(node.entries["Ref"]) == name:
            return Scalar(node.source, node.start, node.end, item, '"')
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        for key, child in node.entries.items():
            copy = self.copy(child, name, item)
            if copy is not None:
                filled = str(_filled(key, name, item))
                entries[filled], keys[filled] = copy, node.keys[key]
        return Mapping(node.source, node.start, node.end, entries, keys)


def _filled(value: str | int | float | bool | None, name: str, item: str) -> str | int | float | bool | None:
    """A text with the loop's variable filled in; `&{name}` keeps only what a logical id may hold."""
    if not isinstance(value, str):
        return value
    return value.replace(f"${{{name}}}", item).replace(f"&{{{name}}}", re.sub(r"[^0-9A-Za-z]", "", item))
