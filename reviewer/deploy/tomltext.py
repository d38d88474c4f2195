"""TOML text to positioned nodes.

The standard library's parser knows no places: they are found again by the headers and keys that begin the lines. What
is written inside of a line, such as an inline table, stands where its key does.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from reviewer.deploy.nodes import DEEPEST, MOST_NODES, Mapping, Node, Scalar, Sequence, Source, Unreadable

_HEADER = re.compile(r"[ \t]*\[\[?([^\[\]]+)\]\]?[ \t]*(?:#.*)?")
_NAME = r"(?:[\w-]++|\"[^\"]*\"|'[^']*')"
_VALUE = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^#]*"
_KEY = re.compile(rf"[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*=[ \t]*({_VALUE})")
_PART = re.compile(_NAME)
_LONG = re.compile(rf"(?<![\w.-])(?:{_NAME}[ \t]*\.[ \t]*){{{DEEPEST}}}")
"""A key of more parts than there may be levels: the time that the parser takes for one grows with its square."""
_PLACE = re.compile(r"at line (\d+), column (\d+)")

Path = tuple[str, ...]
Span = tuple[int, int]


def parse(source: Source) -> Node:
    """The document of a TOML text. Raises `Unreadable`."""
    long = _LONG.search(source.text)
    if long is not None:
        raise Unreadable(f"nested deeper than {DEEPEST} levels", source.location(*long.span()))
    try:
        document = tomllib.loads(source.text.replace("\r\n", "\n"))
    except ValueError as error:  # also of a number with too many digits
        found = _PLACE.search(str(error))
        offset = source.starts[min(int(found[1]), len(source.starts)) - 1] if found else 0
        raise Unreadable("no TOML", source.location(offset, offset)) from None
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEEPEST} levels", source.location(0, 0)) from None
    return _Builder(source).node(document, (), (0, 0))


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.spans = dict(_spans(source))
        self.nodes = 0

    def node(self, value: Any, path: Path, around: Span) -> Node:
        """The node of a value. One whose key was not found again stands where what is around it does."""
        self.nodes += 1
        if self.nodes > MOST_NODES or len(path) > DEEPEST:
            raise Unreadable(f"more than {MOST_NODES} nodes, or {DEEPEST} levels", self.source.location(*around))
        start, end = self.spans.get(path, around)
        if isinstance(value, dict):
            entries = {name: self.node(child, (*path, name), (start, end)) for name, child in value.items()}
            keys = {name: Scalar(self.source, child.start, child.end, name) for name, child in entries.items()}
            return Mapping(self.source, start, end, entries, keys)
        if isinstance(value, list):
            items = tuple(self.node(child, (*path, str(index)), (start, end)) for index, child in enumerate(value))
            return Sequence(self.source, start, end, items)
        plain = isinstance(value, (str, int, float, bool))
        return Scalar(self.source, start, end, value if plain else str(value), '"' if isinstance(value, str) else "")


def _spans(source: Source) -> list[tuple[Path, Span]]:
    """Where headers and the values of keys stand, by path; the first of those with one path."""
    found: dict[Path, Span] = {}
    header: Path = ()
    seen: dict[Path, int] = {}
    for start, end in zip(source.starts, [*source.starts[1:], len(source.text)], strict=True):
        line = source.text[start:end].rstrip("\r\n")
        opened = _HEADER.fullmatch(line)
        if opened:
            header = _path(opened[1])
            if line.lstrip().startswith("[["):
                seen[header] = seen.get(header, -1) + 1
                header = (*header, str(seen[header]))
            found.setdefault(header, (start + opened.start(1), start + opened.end(1)))
            continue
        key = _KEY.match(line)
        if key:
            written = key[2].rstrip()
            found.setdefault((*header, *_path(key[1])), (start + key.start(2), start + key.start(2) + len(written)))
    return list(found.items())


def _path(written: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(written))
