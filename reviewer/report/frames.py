"""A piece of code with its line numbers and the span underlined, as rustc draws it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from reviewer.finding import Location
from reviewer.report.sources import CUT, Sources
from reviewer.report.terminal import Style, cells, visible

TAB = 4
MOST_LINES = 5
"""A longer span shows its first two lines and its last."""
NEIGHBOURHOOD = 1000
"""How many characters on either side of a span are laid out: more than any terminal is wide."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line laid out for the terminal: its text, and the columns (from 0) at which the span begins and ends."""

    text: str
    start: int
    end: int

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def parts(self) -> tuple[str, str, str]:
        """The text before the span, in it (one character at least, where there is one), and behind it."""
        edges = [*accumulate(map(cells, self.text), initial=0)]
        start = bisect_left(edges, self.start)
        end = max(start + 1, bisect_left(edges, self.end))
        return self.text[:start], self.text[start:end], self.text[end:]


def lay_out(line: str, start: int, end: int, room: int) -> Row:
    """`line` in at most `room` columns, cut around the span from column `start` to `end` (from 1) of it.

    Tabs become blanks, and what does not print an escape sequence.
    """
    first = max(0, start - 1 - NEIGHBOURHOOD)
    last = min(len(line), start - 1 + NEIGHBOURHOOD)
    pieces = _pieces(line[first:last])
    edges = [0, *accumulate(map(cells, pieces))]
    start, end = (min(column - 1 - first, len(pieces)) for column in (start, max(start, end)))
    left, right = _window(edges, start, end, room, cut=(first > 0, last < len(line)))
    before = CUT if first or left else ""
    after = CUT if last < len(line) or right < len(pieces) else ""
    shift = len(before) - edges[left]
    return Row(before + "".join(pieces[left:right]) + after, edges[start] + shift, edges[min(end, right)] + shift)


def _pieces(line: str) -> list[str]:
    """What each character of a line looks like."""
    if "\t" not in line:
        return list(line) if line.isprintable() else [visible(character) for character in line]
    pieces, column = [], 0
    for character in line:
        pieces.append(" " * (TAB - column % TAB) if character == "\t" else visible(character))
        column += cells(pieces[-1])
    return pieces


def _window(edges: list[int], start: int, end: int, room: int, cut: tuple[bool, bool]) -> tuple[int, int]:
    """Which characters fit: all of them, or the span with a third of the room left over before it."""
    if edges[-1] + sum(cut) <= room:
        return 0, len(edges) - 1
    room -= 2  # for the marks of what is cut off
    spare = max(room - (edges[end] - edges[start]), room // 4)
    left = next(n for n in range(start + 1) if edges[start] - edges[n] <= spare // 3)
    right = next(n for n in range(len(edges) - 1, left - 1, -1) if edges[n] - edges[left] <= room)
    left = next(n for n in range(left + 1) if edges[right] - edges[n] <= room)
    return left, right


@dataclass(frozen=True, slots=True)
class Frames:
    """Draws the frames of one output, which is `width` columns wide."""

    sources: Sources
    style: Style
    width: int

    def draw(self, at: Location, gutter: int, kind: str) -> Iterator[str]:
        """The lines of the frame for `at`: line numbers right-aligned in `gutter` columns, the span painted as `kind`.

        Nothing where the file has no such line.
        """
        if not self.sources.has(at.path, at.line):
            return
        tall = at.end_line > at.line and self.sources.has(at.path, at.end_line)
        yield self.margin(gutter)
        yield from (self._tall if tall else self._flat)(at, gutter, kind)

    def margin(self, gutter: int, number: int | str = "", text: str = "") -> str:
        return f"{self.style.paint('frame', f'{number:>{gutter}} |')} {text}".rstrip()

    def _flat(self, at: Location, gutter: int, kind: str) -> Iterator[str]:
        row = self._row(at, at.line, gutter)
        yield self.margin(gutter, at.line, row.text)
        yield self.margin(gutter, "", " " * row.start + self._mark(kind, 0, max(1, row.end - row.start)))

    def _tall(self, at: Location, gutter: int, kind: str) -> Iterator[str]:
        """A span of several lines, with a rail at its left from the line where it begins to where it ends."""
        rail = self.style.paint(kind, "|")
        first, last = self._row(at, at.line, gutter + 2), self._row(at, at.end_line, gutter + 2)
        if first.start <= first.indent:
            yield self.margin(gutter, at.line, f"{self.style.paint(kind, '/')} {first.text}")
        else:
            yield self.margin(gutter, at.line, f"  {first.text}")
            yield self.margin(gutter, "", " " + self._mark(kind, first.start + 1))
        cut = at.end_line - at.line >= MOST_LINES
        for number in range(at.line + 1, at.line + 2 if cut else at.end_line):
            yield self.margin(gutter, number, f"{rail} {self._row(at, number, gutter + 2).text}")
        if cut:
            yield self.margin(gutter, CUT, rail)
        yield self.margin(gutter, at.end_line, f"{rail} {last.text}")
        yield self.margin(gutter, "", rail + self._mark(kind, max(1, last.end)))

    def _mark(self, kind: str, lead: int, length: int = 1) -> str:
        return self.style.paint(kind, "_" * lead + ("-" if kind == "frame" else "^") * length)

    def _row(self, at: Location, number: int, gutter: int) -> Row:
        start = at.column if number == at.line else 1
        line, start, end = self.sources.shown(at.path, number, start, at.end_column if number == at.end_line else None)
        if number == at.end_line > at.line:
            start = max(1, end - 1)  # a cut keeps the end of the span in sight
        return lay_out(line, start, end, self.width - gutter - 3)
