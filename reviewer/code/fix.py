"""Changes to the text of a module: exact spans of it, so that all that stands around them stays as it is.

The tree of libcst says where each node is (`positions`), the text around says how it is laid out. A change that cannot
be made for certain is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.code.source import Source

Span = tuple[int, int]

_TAIL = re.compile(r"(?:[ \t\f\n]|\r\n|\\\r?\n|#[^\n]*+|[),])*")
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """Replace the characters of a module from offset `start` to `end` (exclusive) by `text`."""

    start: int
    end: int
    text: str


def with_keyword(source: Source, call: Span, last: Span, name: str, value: str) -> Change | None:
    """One more keyword argument of a call whose last argument's value is `last`, in the manner of the others."""
    code = source.code
    tail = code[last[1] : call[1] - 1]
    if code[call[1] - 1 : call[1]] != ")" or not _TAIL.fullmatch(tail):
        return None
    marks = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0]), tail)
    comma = marks.rfind(",")
    if comma < 0:
        here = last[1] + marks.rfind(")") + 1
        return Change(here, here, f", {name}={value}")
    here = last[1] + comma + 1
    begin = code.rfind("\n", 0, last[0]) + 1
    before = code[begin : last[0]]
    lead = re.match(r"[ \t]*", before)
    if "\n" not in marks[comma:] or lead is None or not re.fullmatch(r"[ \t]*[*]*(?:\w+[ \t]*=[ \t]*)?[( \t]*", before):
        return Change(here, here, f" {name}={value},")
    here = code.index("\n", here)  # the arguments have a line each
    here -= code[here - 1] == "\r"
    return Change(here, here, f"{newline(source, here)}{lead[0]}{name}={value},")


def without_line(source: Source, statement: Span) -> tuple[Change, str] | None:
    """The line of a statement that stands alone on one removed, and what was written there, a comment included."""
    code = source.code
    begin, end = code.rfind("\n", 0, statement[0]) + 1, code.find("\n", statement[1])
    if end < 0 or "\n" in code[statement[0] : statement[1]] or code[begin : statement[0]].strip():
        return None
    if not _REST.match(code, statement[1]):
        return None
    return Change(begin, end + 1, ""), code[statement[0] : end].rstrip()


def line_before(source: Source, written: str, definition: int, above: Span, *, tight: bool) -> Change:
    """A line among the statements of the module, before a function or class and the comments that belong to it.

    `definition` is the offset of its first line, decorators included, `above` the statement before it. With `tight`,
    the line is put right below that.
    """
    code = source.code
    if tight and _REST.match(code, above[1]):
        here = code.index("\n", above[1]) + 1
        return Change(here, here, written + newline(source, here - 1))
    here = code.rfind("\n", 0, definition) + 1
    while (comment := code.rfind("\n", 0, here - 1) + 1) >= above[1] and code.startswith("#", comment):
        here = comment
    return Change(here, here, written + 3 * newline(source, max(here - 1, 0)))


def newline(source: Source, offset: int) -> str:
    """How the line at an offset, which is at its end, ends."""
    if source.text.startswith("\r\n", offset) or source.text.startswith("\r\n", max(offset - 1, 0)):
        return "\r\n"
    return "\r" if source.text.startswith("\r", offset) else "\n"
