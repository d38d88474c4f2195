"""The text of reviewed files as the reporters show it: decoded, split into lines, secrets masked, columns counted."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Container, Mapping
from functools import cache, lru_cache
from urllib.parse import quote

from reviewer.finding import Location, Review
from reviewer.rule import Rule

LONGEST = 100_000
"""The characters of a line or text that secrets are looked for in; of a longer one nothing is shown."""
CUT = "…"

_LINE_END = re.compile(r"\r\n|\r|\n")
_ALONE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """`text` without lone surrogates, which file names and literals can have and no output encoding can hold."""
    return _ALONE.sub("\N{REPLACEMENT CHARACTER}", text)


@lru_cache(maxsize=4096)
def safe(text: str, *, strictly: bool = False) -> str:
    """`text` without secrets, and encodable. `strictly` where one is known to be in it.

    Whole lines go through this before anything cuts them: half a secret is not recognised any more.
    """
    from reviewer.credentials import masked  # noqa: PLC0415 - a clean review shows no code and needs no patterns

    return masked(encodable(text), strictly=strictly) if len(text) <= LONGEST else CUT


def secret_lines(review: Review, rules: Mapping[str, Rule]) -> frozenset[tuple[str, int]]:
    """Path and line of every place that a rule about secrets points at, reported or not: there a secret is known to be.

    A password that is only one by where it is handed to does not give itself away.
    """
    found = (*review.findings, *review.suppressed, *review.known)
    about = (f for f in found if f.rule in rules and rules[f.rule].group == "secrets")
    places = (place for f in about for place in (f.at, *(step.at for step in (*f.related, *f.steps))))
    return frozenset((at.path, line) for at in places for line in range(at.line, at.end_line + 1))


def decode(path: str, content: bytes) -> str:
    """The text of a file, without byte order mark. Bytes that its encoding does not explain become U+FFFD."""
    return content.decode(_encoding(content) if path.endswith(".py") else "utf-8", "replace").removeprefix("\ufeff")


def _encoding(content: bytes) -> str:
    """The encoding that a Python file declares; UTF-8 where it declares none that there is."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        content.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):
        return "utf-8"
    return encoding


def uri(path: str) -> str:
    """A path, percent-encoded. A file name that is no Unicode keeps its bytes."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return quote(encodable(path))


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Sources:
    """Reads each file once. Lines and columns count from 1; a line or a file that is not there is empty.

    `secret` are the lines, as path and number, that are known to hold a secret.
    """

    def __init__(
        self, contents: Callable[[str], bytes], secret: Container[tuple[str, int]] = frozenset[tuple[str, int]]()
    ) -> None:
        self.content = cache(contents)
        self._secret = secret
        self.text = cache(lambda path: decode(path, self.content(path)))
        self._lines = cache(lambda path: _LINE_END.split(self.text(path)))
        self._starts = cache(lambda path: [0, *(end.end() for end in _LINE_END.finditer(self.text(path)))])

    def has(self, path: str, line: int) -> bool:
        return bool(self.content(path)) and 0 < line <= len(self._lines(path))

    def line(self, path: str, number: int) -> str:
        """A line as the file has it: not to be shown."""
        return self._lines(path)[number - 1] if self.has(path, number) else ""

    def shown(self, path: str, number: int, start: int, end: int | None = None) -> tuple[str, int, int]:
        """A line with its secrets masked, and where its columns `start` and `end` (None: its end) are in that."""
        line = self.line(path, number)
        masked = safe(line, strictly=(path, number) in self._secret)
        start, end = min(start, len(line) + 1), len(line) + 1 if end is None else min(end, len(line) + 1)
        if masked == line:
            return line, start, end
        kept = _kept(line, masked)
        return masked, _moved(kept, start - 1, 0) + 1, _moved(kept, end - 1, 1) + 1

    def region(self, at: Location) -> str:
        """The text of a span, secrets masked."""
        rows = []
        for number in range(at.line, at.end_line + 1):
            start = at.column if number == at.line else 1
            text, start, end = self.shown(at.path, number, start, at.end_column if number == at.end_line else None)
            rows.append(text[start - 1 : end - 1])
        return "\n".join(rows)

    def column16(self, path: str, line: int, column: int) -> int:
        """A column in UTF-16 code units. One behind the end of its line is the end of the line."""
        return utf16(self.line(path, line)[: column - 1]) + 1 if self.has(path, line) else column

    def place(self, path: str, offset: int) -> tuple[int, int]:
        """Line and column (UTF-16) of a character offset. Raises `ValueError` where the text is shorter."""
        if not 0 <= offset <= len(self.text(path)):
            raise ValueError(offset)
        starts = self._starts(path)
        line = bisect_right(starts, offset)
        return line, utf16(self.text(path)[starts[line - 1] : offset]) + 1

    def bounds(self, path: str, first: int, last: int) -> tuple[int, int]:
        """The offsets at which some lines of a file begin and end, the last line end included."""
        starts = self._starts(path)
        return starts[first - 1], starts[last] if last < len(starts) else len(self.text(path))

    def holds_secret(self, path: str, first: int, last: int) -> bool:
        """Whether one of some lines is known to hold a secret."""
        return any((path, number) in self._secret for number in range(first, last + 1))

    def offset(self, path: str, line: int, column: int) -> int:
        """The character offset of line and column (UTF-16). Raises `IndexError` where there is no such line."""
        units = self._lines(path)[line - 1].encode("utf-16-le", "surrogatepass")
        before = units[: 2 * (column - 1)].decode("utf-16-le", "surrogatepass")
        return self._starts(path)[line - 1] + len(before)


@lru_cache(maxsize=4096)
def _kept(line: str, masked: str) -> list[tuple[int, int, int]]:
    """The pieces of `line` that are left in `masked`: where each begins in the one and in the other, and its length.

    Between two of them stands `CUT`. A piece that also occurs in a secret may be found there: only marks move by that.
    """
    pieces = masked.split(CUT)
    kept, at, shown = [], 0, 0
    for number, piece in enumerate(pieces, 1):
        at = line.find(piece, at) if number < len(pieces) else line.rfind(piece)
        kept.append((at, shown, len(piece)))
        at += len(piece)
        shown += len(piece) + 1
    return kept


def _moved(kept: list[tuple[int, int, int]], offset: int, cut: int) -> int:
    """Where an offset of the line is in the masked one. In a secret it is before (`cut` 0) or behind (1) its `CUT`."""
    at, shown, length = next((piece for piece in reversed(kept) if piece[0] <= offset), kept[0])
    return min(shown + max(0, offset - at if offset - at <= length else length + cut), sum(kept[-1][1:]))
