"""Terraform's JSON form: the same records out of `.tf.json` files.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.deploy import jsontext
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, Source, Unreadable
from reviewer.deploy.terraform.parse import Parsed
from reviewer.deploy.terraform.syntax import Block, Body, Expression, ListOf, Literal, ObjectOf, Template
from reviewer.finding import Location

_LABELS = {
    "resource": 2,
    "data": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
}
"""How many labels the blocks of a configuration have."""
_END = "END_OF_JSON_TEXT"


@dataclass(frozen=True, eq=False)
class _Inside(Source):
    """The text of a JSON string, all of which stands where the string does."""

    around: Scalar | None = None

    def location(self, start: int, end: int) -> Location:
        return self.around.at if self.around is not None else super().location(start, end)


def parsed(source: Source) -> Body:
    """The body of a file. Raises `Unreadable`."""
    root = jsontext.parse(source)
    body = Body()
    for section in _objects(root):
        for type_, inner in section.entries.items():
            if type_ in _LABELS:
                body.blocks += _blocks(type_, (), section.keys[type_], inner, _LABELS[type_])
    return body


def _objects(node: Node) -> Iterator[Mapping]:
    """An object, or the objects of a list: several blocks of a kind."""
    for each in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(each, Mapping):
            yield each


def _blocks(type_: str, labels: tuple[str, ...], key: Scalar, node: Node, left: int) -> Iterator[Block]:
    for each in _objects(node):
        if not left:
            yield Block(type_, labels, key, _body(each))
            continue
        for name, inner in each.entries.items():
            yield from _blocks(type_, (*labels, name), each.keys[name], inner, left - 1)


def _body(node: Mapping) -> Body:
    """A block's body. Nested blocks are objects, and lists of them, like any other value."""
    entries = {name: (node.keys[name], expression(inner)) for name, inner in node.entries.items()}
    return Body({name: entry for name, entry in entries.items() if name != "//"})


def expression(node: Node) -> Expression:
    """The expression that a JSON value stands for: strings are templates."""
    span = node.source, node.start, node.end
    if isinstance(node, Mapping):
        pairs = ((Literal(*_span(node.keys[name]), name), expression(inner)) for name, inner in node.entries.items())
        return ObjectOf(*span, tuple(pairs))
    if isinstance(node, Sequence):
        return ListOf(*span, tuple(expression(item) for item in node.items))
    if not isinstance(node, Scalar):
        return Expression(*span)
    if isinstance(node.value, str) and ("${" in node.value or "%{" in node.value):
        return _template(node, node.value)
    return Literal(*span, node.value)


def _span(node: Node) -> tuple[Source, int, int]:
    return node.source, node.start, node.end


def _template(node: Scalar, written: str) -> Expression:
    """A string with interpolations, read as a heredoc, which knows no escapes: those of JSON are undone already."""
    source = _Inside(node.source.path, f"_ = <<{_END}\n{written}\n{_END}\n", around=node)
    try:
        found = Parsed(source).body.get("_")
    except Unreadable:
        found = None
    if not isinstance(found, Template) or not found.parts:
        return Expression(*_span(node))
    last = found.parts[-1]
    if isinstance(last, Literal) and isinstance(last.value, str):
        last.value = last.value.removesuffix("\n")
    parts = tuple(part for part in found.parts if not (isinstance(part, Literal) and part.value == ""))
    return Template(*_span(node), parts)


def values(source: Source) -> Body:
    """The values of a `.tfvars.json` file: texts, not templates. Raises `Unreadable`."""
    root = jsontext.parse(source)
    if not isinstance(root, Mapping):
        return Body()
    return Body({name: (root.keys[name], plain(inner)) for name, inner in root.entries.items()})


def plain(node: Node) -> Expression:
    """The expression of a JSON value whose strings are no templates."""
    if isinstance(node, Mapping):
        pairs = ((Literal(*_span(node.keys[name]), name), plain(inner)) for name, inner in node.entries.items())
        return ObjectOf(*_span(node), tuple(pairs))
    if isinstance(node, Sequence):
        return ListOf(*_span(node), tuple(plain(item) for item in node.items))
    return Literal(*_span(node), node.value) if isinstance(node, Scalar) else Expression(*_span(node))
