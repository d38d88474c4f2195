"""Which lines of a pull request take comments: those of its diff, on the right side.

GitHub takes a comment on a line that a hunk shows, added or not, and one on several lines if one hunk shows them all:
https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request. A file that is binary or too large, or
that was only renamed, comes without a patch; of a large one only the beginning may be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Successive lines of the new file as the diff shows them, the first with its number."""

    start: int
    lines: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.lines) - 1


Hunks = tuple[Hunk, ...]


def changed(files: Iterable[Mapping[str, Any]]) -> dict[str, Hunks]:
    """The hunks of each file of a pull request by its (new) path, from what the API lists."""
    return {str(file["filename"]): hunks(file.get("patch") or "") for file in files if file.get("status") != "removed"}


def hunks(patch: str) -> Hunks:
    """The hunks of one patch. Of one that is cut off, what is there."""
    found: list[tuple[int, list[str]]] = []
    expected = 0
    for row in patch.split("\n"):
        if header := _HEADER.match(row):
            expected = int(header[2] or 1)
            found.append((int(header[1]), []))
        elif found and len(found[-1][1]) < expected and row[:1] in {" ", "+", ""}:
            found[-1][1].append(row[1:])
    return tuple(Hunk(start, tuple(lines)) for start, lines in found if lines)


def placed(shown: Sequence[Hunk], line: int, end_line: int, text: str | None) -> tuple[int, int] | None:
    """First and last line of a comment on a span: what the first hunk that touches it shows. None: it is off the diff.

    `text` is the line of the reviewed file, where it is known. Where the diff shows another one there, another
    revision was reviewed, such as the merge that a workflow checks out: the place is then the only one with that text.
    """
    if text is not None and (moved := _moved(shown, line, text)):
        line, end_line = line + moved, end_line + moved
    for hunk in shown:
        first, last = max(line, hunk.start), min(end_line, hunk.end)
        if first <= last and (text is None or line < hunk.start or _same(hunk.lines[line - hunk.start], text)):
            return first, last
    return None


def _moved(shown: Sequence[Hunk], line: int, text: str) -> int:
    """By how many lines the diff has a line elsewhere; 0 where it is in place, or in several places, or in none."""
    places = [hunk.start + at for hunk in shown for at, row in enumerate(hunk.lines) if _same(row, text)]
    return places[0] - line if len(places) == 1 and text.strip() else 0


def _same(row: str, text: str) -> bool:
    """Are two lines the same, whatever ends them? What could not be decoded may be anything."""
    row, text = (each.lstrip("\ufeff").rstrip() for each in (row, text))
    return row == text or _UNKNOWN in row or _UNKNOWN in text
