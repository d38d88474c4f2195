"""Which lines are new: unified diffs, read without git, and what their changes touch.

The form: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html, and what git adds to it:
https://git-scm.com/docs/diff-format.
"""

from __future__ import annotations

import os
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.finding import Finding, Location

Lines = tuple[tuple[int, int], ...]
"""First and last of runs of lines, from 1, both ends included."""

WHOLE: Lines = ((1, sys.maxsize),)
NOTHING = "/dev/null"
PREFIXES = frozenset("abciow12")
"""What git puts before the names of the two sides, by itself or with `diff.mnemonicPrefix`."""

HUNK = re.compile(rb"@@ -\d{1,9}(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class DiffError(Exception):
    """A text that is no unified diff; the message begins with the line."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The lines that are new or stand beside a removed one, by path."""

    lines: Mapping[str, Lines]

    def touch(self, finding: Finding) -> bool:
        """Does a change meet the finding, a step on the way to it, or a related place?"""
        return any(map(self.meet, (finding.at, *(step.at for step in (*finding.steps, *finding.related)))))

    def meet(self, at: Location) -> bool:
        runs = self.lines.get(at.path, ())
        nearest = bisect_left(runs, at.line, key=lambda run: run[1])
        return nearest < len(runs) and runs[nearest][0] <= at.end_line


@dataclass(slots=True)
class Part:
    """What a diff says of one file: its names before and after, as they stand there, and the lines that changed.

    `is_bare` where the names are known to have no prefix.
    """

    old: str
    new: str
    is_bare: bool
    changed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def lines(self) -> Lines:
        return merged(self.changed)

    @property
    def names(self) -> Iterator[str]:
        """What the file may be called now, the likeliest first."""
        tops = [name.partition("/")[0] for name in (self.old, self.new) if name != NOTHING]
        is_prefixed = not self.is_bare and PREFIXES.issuperset(tops) and tops[1:] != tops[:1]
        without = self.new.partition("/")[2]
        yield from (without, self.new) if is_prefixed else (self.new, without)


def merged(runs: Iterable[tuple[int, int]]) -> Lines:
    """Runs of lines in order, those that meet as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def changes(diff: bytes, root: Path, here: Path) -> Changes:
    """The changes of a diff whose names are relative to `root` or to `here`. Raises `DiffError`."""
    found: dict[str, list[tuple[int, int]]] = {}
    for part in parts(diff):
        if part.new != NOTHING:
            found.setdefault(_path(part, root, here), []).extend(part.changed)
    return Changes({path: merged(runs) for path, runs in found.items()})


def _path(part: Part, root: Path, here: Path) -> str:
    """The path of a part's file, relative to `root`: of the file that is there, else as it is called."""
    names = [name for name in part.names if name]
    for folder in (root, here):
        for name in names:
            place = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118 - a name may hold anything
            path = os.path.relpath(place, root)
            if not path.startswith(os.pardir) and os.path.isfile(place):  # noqa: PTH113
                return path.replace(os.sep, "/")
    return names[0] if names else part.new


# --- the text of a diff -------------------------------------------------------------------------------------------


def parts(diff: bytes) -> Iterator[Part]:
    """What a diff says of each file. What stands between the files, as a mail does, is passed over.

    Raises `DiffError`, also where a text says nothing of any file.
    """
    lines = diff.removesuffix(b"\n").split(b"\n") if diff.strip() else []
    part: Part | None = None
    is_diff, is_bare, number = not lines, False, 0
    while number < len(lines):
        line = lines[number]
        following = lines[number + 1] if number + 1 < len(lines) else b""
        number += 1
        if line.startswith(b"diff --git "):
            if part is not None:
                yield part
            part, is_diff, is_bare = None, True, _is_doubled(line.removeprefix(b"diff --git ").rstrip(b"\r"))
        elif line.startswith(b"--- ") and following.startswith(b"+++ "):
            if part is not None:
                yield part
            part, is_diff, is_bare = Part(_name(line), _name(following), is_bare), True, False
            number += 1
        elif line.startswith(b"@@@ "):
            raise DiffError(f"{number}: a combined diff, of a merge, does not say what is new against one side")
        elif line.startswith(b"@@ -"):
            if part is None:
                raise DiffError(f"{number}: a hunk before the `---` and `+++` lines of its file")
            number = _read_hunk(lines, number, part)
    if not is_diff:
        raise DiffError("1: no unified diff: it names no file")
    if part is not None:
        yield part


def _is_doubled(names: bytes) -> bool:
    """Are the two names of git's first line the same, without prefixes therefore?"""
    half = len(names) // 2
    return names[:half] == names[half + 1 :]


def _name(line: bytes) -> str:
    name = line[4:].rstrip(b"\r")
    quoted = name[1:].rpartition(b'"')[0] if name.startswith(b'"') else None
    return os.fsdecode(name.partition(b"\t")[0] if quoted is None else ESCAPE.sub(_unescaped, quoted))


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else ESCAPED.get(code, code)


def _read_hunk(lines: list[bytes], number: int, part: Part) -> int:
    """Read the hunk whose head is line `number` (from 1) into its part. The number of its last line."""
    head = HUNK.match(lines[number - 1])
    if head is None:
        raise DiffError(f"{number}: a malformed hunk head")
    old, new = (int(count) if count is not None else 1 for count in (head[1], head[3]))
    at = int(head[2]) + (not new)
    first, begin, removed, added = number, at, 0, 0
    while old or new:
        if number == len(lines):
            raise DiffError(f"{first}: this hunk ends before the number of lines that its head tells")
        sign = lines[number].rstrip(b"\r")[:1] or b" "
        number += 1
        if sign == b"\\":
            continue
        is_old, is_new = sign in b" -", sign in b" +"
        if not (is_old or is_new) or (is_old and not old) or (is_new and not new):
            raise DiffError(f"{number}: this line does not belong to the hunk of line {first}")
        if sign == b" ":
            part.changed += _run(begin, removed, added)
            begin, removed, added = at + 1, 0, 0
        removed, added = removed + (sign == b"-"), added + (sign == b"+")
        old, new, at = old - is_old, new - is_new, at + is_new
    part.changed += _run(begin, removed, added)
    return number


def _run(begin: int, removed: int, added: int) -> Iterator[tuple[int, int]]:
    """The lines that a run of removed and added ones changes: the added; where there are none, both neighbours."""
    if added:
        yield begin, begin + added - 1
    elif removed:
        yield max(1, begin - 1), begin
