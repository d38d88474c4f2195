"""The text of reviewed files as the reporters show it: decoded, split into lines, secrets masked, columns counted."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Callable
from functools import cache, lru_cache

from reviewer.finding import Location

_LINE_END = re.compile(r"\r\n|\r|\n")
_ALONE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """`text` without lone surrogates, which file names and literals can have and no output encoding can hold."""
    return _ALONE.sub("\N{REPLACEMENT CHARACTER}", text)


@lru_cache(maxsize=4096)
def safe(text: str) -> str:
    """`text` without secrets, and encodable.

    Whole lines go through this before anything cuts them: half a secret is not recognised any more.
    """
    from reviewer.credentials import masked  # noqa: PLC0415 - a clean review shows no code and needs no patterns

    return masked(encodable(text))


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


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Sources:
    """Reads each file once. Lines and columns count from 1; a line or a file that is not there is empty."""

    def __init__(self, contents: Callable[[str], bytes]) -> None:
        self.content = cache(contents)
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
        masked = safe(line)
        head, tail = _unchanged(line, masked)
        last = len(line) + 1

        def moved(column: int, inside: int) -> int:
            if column <= head + 1:
                return column
            return column + len(masked) - len(line) if column > len(line) - tail else inside

        start, end = min(start, last), last if end is None else min(end, last)
        return masked, moved(start, head + 1), moved(end, len(masked) - tail + 1)

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


@lru_cache(maxsize=4096)
def _unchanged(line: str, masked: str) -> tuple[int, int]:
    """How many characters at the start, and how many of the rest at the end, are the same."""
    if line == masked:
        return len(line), 0
    shortest = min(len(line), len(masked))
    head = next((n for n in range(shortest) if line[n] != masked[n]), shortest)
    tail = next((n for n in range(shortest - head) if line[-1 - n] != masked[-1 - n]), shortest - head)
    return head, tail
