"""YAML text to positioned nodes.

PyYAML's parser (libyaml where it is there) gives events with marks; nodes are built from the events in one loop,
without recursion and without constructing any Python object that a tag asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reviewer.deploy.nodes import DEEPEST, MOST_NODES, Mapping, Node, Scalar, Sequence, Source, Unreadable, plain

MOST_DOCUMENTS = 50
"""Documents of a file that are looked at."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_STANDARD = "tag:yaml.org,2002:"
_MERGE = "<<"


# Both are parsers that give events; their constructors of Python objects are never called.
_PARSER: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Anchored(NamedTuple):
    node: Node
    size: int
    """The nodes that it stands for, aliases expanded."""


class _Open:
    """A collection whose end is still to come. `before` is the number of nodes before it."""

    __slots__ = ("anchor", "before", "children", "flow", "mapping", "start", "tag")

    def __init__(self, event: Any, mapping: bool, before: int) -> None:
        self.mapping = mapping
        self.before = before
        self.start: int = event.start_mark.index
        self.tag: str | None = event.tag
        self.anchor: str | None = event.anchor
        self.flow: bool = event.flow_style
        self.children: list[Node] = []


def documents(source: Source) -> Iterator[Node]:
    """The documents of a YAML text, one after the other.

    Raises `Unreadable` where the text is no YAML, holds an alias of itself, or is over a limit.
    """
    try:
        # PyYAML's C parser encodes its input: a lone surrogate cannot be in a file that was decoded, only in a str.
        following = _PARSER(source.text).get_event
        for _ in range(MOST_DOCUMENTS):
            event = following()
            while event is not None and not isinstance(event, DocumentStartEvent):
                event = following()
            if event is None:
                return
            yield _document(following, source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = min(mark.index, len(source.text)) if mark else 0
        raise Unreadable(error.problem or error.context or "no YAML", source.location(offset, offset)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        found = _UNPRINTABLE.search(source.text)
        offset = found.start() if found else 0
        raise Unreadable("a control character is not allowed", source.location(offset, offset + 1)) from None


def _document(following: Callable[[], Any], source: Source) -> Node:
    """The document whose start has just been read."""
    stack: list[_Open] = []
    anchors: dict[str, _Anchored | None] = {}
    total = 0
    while True:
        event = following()
        kind = type(event)
        if kind is ScalarEvent:
            node, anchor, size = _scalar(source, event), event.anchor, 1
            total += 1
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if len(stack) >= DEEPEST:
                raise _refused(f"nested deeper than {DEEPEST} levels", source, event)
            stack.append(_Open(event, kind is MappingStartEvent, total))
            total += 1
            if event.anchor:
                anchors[event.anchor] = None
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            ended = stack.pop()
            node, anchor, size = _collection(source, ended, event.end_mark.index), ended.anchor, total - ended.before
        else:  # inside a document, an alias
            known = anchors.get(event.anchor)
            if known is None:
                reason = "stands for itself" if event.anchor in anchors else "has no anchor"
                raise _refused(f"the alias `{event.anchor}` {reason}", source, event)
            (node, size), anchor = known, None
            total += size
        if anchor:
            anchors[anchor] = _Anchored(node, size)
        if total > MOST_NODES:
            raise _refused(f"more than {MOST_NODES} nodes", source, event)
        if not stack:
            return node
        stack[-1].children.append(node)


def _refused(message: str, source: Source, event: Any) -> Unreadable:
    return Unreadable(message, source.location(event.start_mark.index, event.end_mark.index))


def _scalar(source: Source, event: Any) -> Node:
    start, end, style, tag = event.start_mark.index, event.end_mark.index, event.style or "", event.tag
    if tag is None:
        return Scalar(source, start, end, event.value if style else plain(event.value), style)
    typed = tag.startswith(_STANDARD) and tag[len(_STANDARD) :] in ("int", "float", "bool", "null")
    return _tagged(tag, Scalar(source, start, end, plain(event.value) if typed else event.value, style))


def _collection(source: Source, ended: _Open, end: int) -> Node:
    children = ended.children
    if not ended.flow:  # libyaml ends a block where the next token begins
        end = max(children[-1].end, ended.start) if children else ended.start
    node: Node
    if ended.mapping:
        node = _mapping(source, ended.start, end, children)
    else:
        node = Sequence(source, ended.start, end, tuple(children))
    return _tagged(ended.tag, node)


def _mapping(source: Source, start: int, end: int, children: list[Node]) -> Mapping:
    entries: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    merged: list[Node] = []
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):  # a collection as a key: nothing that a template can mean
            continue
        name = key.value if isinstance(key.value, str) else source.text[key.start : key.end]
        if name == _MERGE and not key.style:
            merged += value.items if isinstance(value, Sequence) else (value,)
            continue
        entries[name] = value
        keys[name] = key
    for other in merged:
        for name, value in other.entries.items() if isinstance(other, Mapping) else ():
            if name not in entries and isinstance(other, Mapping):
                entries[name], keys[name] = value, other.keys[name]
    return Mapping(source, start, end, entries, keys)


def _tagged(tag: str | None, node: Node) -> Node:
    """A node under its tag: `!Ref` and its like become mappings; the tag counts to the span of both."""
    if not tag or not tag.startswith("!") or tag == "!":
        return node
    short = tag[1:]
    name = short if short in ("Ref", "Condition") else f"Fn::{short}"
    if short == "GetAtt" and isinstance(node, Scalar) and "." in node.text:
        parts = node.text.split(".", 1)
        items = tuple(Scalar(node.source, node.start, node.end, part) for part in parts)
        node = Sequence(node.source, node.start, node.end, items)
    key = Scalar(node.source, node.start, node.start + len(tag), name)
    return Mapping(node.source, node.start, node.end, {name: node}, {name: key})
