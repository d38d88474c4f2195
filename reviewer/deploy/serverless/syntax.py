"""The framework's variables as they are written: `${opt:stage, self:custom.stage, 'dev'}`.

What begins otherwise (`${AWS::Region}`, `${Queue.Arn}`) is CloudFormation's, and is left as it is.
Source: https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DEEPEST = 12
"""Variables inside of variables."""

_VARIABLE = r"\$\{(?=[a-z][\w.-]*(?:\(|:(?!:)))"
_OPEN = re.compile(_VARIABLE)
_STOPS = {ends: re.compile(rf"{_VARIABLE}|[{ends}]" if ends else _VARIABLE) for ends in ("", ",}", ",)")}
_WORD = re.compile(r"[\w.-]+")
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable. The first of its sources that has a value gives it; the others are its fallbacks."""

    sources: tuple[Source, ...]


Parts = tuple[str | Variable, ...]
"""A text with the variables in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: `file(config.yml):queue.name` has a type, a parameter and an address.

    A literal has no type; its text is the address, and `quoted` says whether it stands in quotes.
    """

    type: str
    parameters: tuple[Parts, ...] = ()
    address: Parts = ()
    quoted: bool = False


def parse(text: str) -> Parts:
    """The parts of a text. What is no well-formed variable, and all behind it, is plain text."""
    opening = _OPEN.search(text)
    if opening is None:
        return (text,) if text else ()
    parser = _Parser(text)
    try:
        return tuple(parser.parts("", 0))
    except _Malformed:
        return (text,)


class _Malformed(Exception):  # noqa: N818 - a state of a text, named as such
    pass


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0

    def parts(self, ends: str, depth: int) -> Iterator[str | Variable]:
        """Text and variables up to one of the marks in `ends`, or to the end of the text where there are none."""
        while True:
            begin = self.offset
            found = _STOPS[ends].search(self.text, begin)
            self.offset = found.start() if found else len(self.text)
            if begin < self.offset:
                yield self.text[begin : self.offset]
            if found is None or found[0] != "${":
                return
            yield self.variable(depth + 1)

    def variable(self, depth: int) -> Variable:
        if depth > DEEPEST:
            raise _Malformed
        self.offset += 2
        sources = [self.source(depth)]
        while self.mark(",}") == ",":
            sources.append(self.source(depth))
        return Variable(tuple(sources))

    def source(self, depth: int) -> Source:
        self.blanks()
        if self.peek() in ("'", '"'):
            return Source("", address=self.quoted(), quoted=True)
        if _OPEN.match(self.text, self.offset):
            return Source("", address=self.stripped(",}", depth), quoted=True)
        word = _WORD.match(self.text, self.offset)
        if word is None:
            raise _Malformed
        self.offset = word.end()
        self.blanks()
        parameters: list[Parts] = []
        if self.peek() == "(":
            self.offset += 1
            parameters.append(self.argument(depth))
            while self.mark(",)") == ",":
                parameters.append(self.argument(depth))
            self.blanks()
        elif self.peek() != ":":
            return Source("", address=(word[0],))
        address: Parts = ()
        if self.peek() == ":":
            self.offset += 1
            address = self.stripped(",}", depth)
        return Source(word[0], tuple(parameters), address)

    def argument(self, depth: int) -> Parts:
        return self.stripped(",)", depth)

    def stripped(self, ends: str, depth: int) -> Parts:
        """What stands before one of the marks, without the blanks around it, or without its quotes."""
        self.blanks()
        if self.peek() in ("'", '"'):
            return self.quoted()
        found = list(self.parts(ends, depth))
        if found and isinstance(found[-1], str):
            found[-1] = found[-1].rstrip()
        return tuple(part for part in found if part)

    def quoted(self) -> Parts:
        quote = self.text[self.offset]
        begin = self.offset + 1
        end = self.text.find(quote, begin)
        while quote == '"' and end > 0 and self.text[end - 1] == "\\":
            end = self.text.find(quote, end + 1)
        if end < 0:
            raise _Malformed
        self.offset = end + 1
        self.blanks()
        inner = self.text[begin:end]
        return (inner,) if inner else ()

    def mark(self, marks: str) -> str:
        self.blanks()
        found = self.peek()
        if not found or found not in marks:
            raise _Malformed
        self.offset += 1
        return found

    def peek(self) -> str:
        return self.text[self.offset : self.offset + 1]

    def blanks(self) -> None:
        found = _BLANKS.match(self.text, self.offset)
        self.offset = found.end() if found else self.offset
