"""JSON text to positioned nodes.

An own scanner: YAML's would refuse what JSON allows (tabs, surrogate pairs, keys of more than 1024 characters), and the
standard library's knows no places. A mark between two private-use characters counts as a value: it takes the place of
what a template fills into its text (`embedded`).
"""

from __future__ import annotations

import json
import re

from reviewer.deploy.nodes import DEEPEST, MOST_NODES, Mapping, Node, Scalar, Sequence, Source, Unreadable, plain

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<word>-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|\ue000[0-9]+\ue001))",
    re.DOTALL,
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(source: Source) -> Node:
    """The value of a JSON text. Raises `Unreadable` where it is none, or is over a limit."""
    scanner = _Scanner(source)
    node = scanner.value(*scanner.token(), 0)
    if source.text[scanner.offset :].strip():
        raise scanner.refused("more text after the value")
    return node


class _Scanner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.offset = 0
        self.nodes = 0

    def refused(self, message: str) -> Unreadable:
        text, start = self.source.text, self.offset
        while start < len(text) and text[start] in " \t\r\n":
            start += 1
        return Unreadable(message, self.source.location(start, min(start + 1, len(text))))

    def token(self) -> tuple[str, int, int]:
        """The next token and its span."""
        found = _TOKEN.match(self.source.text, self.offset)
        if not found or not found.lastgroup:
            raise self.refused("neither a value nor a mark of JSON")
        self.offset = found.end()
        start, end = found.span(found.lastgroup)
        return found[found.lastgroup], start, end

    def value(self, token: str, start: int, end: int, depth: int) -> Node:
        self.nodes += 1
        if depth > DEEPEST:
            raise self.refused(f"nested deeper than {DEEPEST} levels")
        if self.nodes > MOST_NODES:
            raise self.refused(f"more than {MOST_NODES} nodes")
        first = token[0]
        if first == '"':
            return Scalar(self.source, start, end, self.string(token), '"')
        if first == "{":
            return self.object(start, depth)
        if first == "[":
            return self.array(start, depth)
        if first in "}],:":
            self.offset = start
            raise self.refused(f"`{token}` where a value is expected")
        return Scalar(self.source, start, end, plain(token))

    def string(self, token: str) -> str:
        if "\\" not in token:
            return token[1:-1]
        try:
            decoded = str(json.loads(token, strict=False))
        except ValueError:
            raise self.refused("an escape sequence that JSON does not have") from None
        return _SURROGATE.sub("\ufffd", decoded)

    def object(self, start: int, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        token, begin, end = self.token()
        while token != "}":
            if token[0] != '"':
                self.offset = begin
                raise self.refused("a key in quotes is expected")
            key = Scalar(self.source, begin, end, self.string(token), '"')
            self.expect(":")
            name = str(key.value)
            entries[name] = self.value(*self.token(), depth + 1)
            keys[name] = key
            if self.separator("}") == "}":
                break
            token, begin, end = self.token()
        return Mapping(self.source, start, self.offset, entries, keys)

    def array(self, start: int, depth: int) -> Sequence:
        items: list[Node] = []
        token, begin, end = self.token()
        while token != "]":
            items.append(self.value(token, begin, end, depth + 1))
            if self.separator("]") == "]":
                break
            token, begin, end = self.token()
        return Sequence(self.source, start, self.offset, tuple(items))

    def expect(self, mark: str) -> None:
        token, start, _ = self.token()
        if token != mark:
            self.offset = start
            raise self.refused(f"`{mark}` is expected")

    def separator(self, closing: str) -> str:
        token, start, _ = self.token()
        if token not in (",", closing):
            self.offset = start
            raise self.refused(f"`,` or `{closing}` is expected")
        return token
