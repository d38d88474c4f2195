"""The text of a file with the offsets that edits speak of, and what edits make of its bytes."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reviewer.finding import Edit, Location

_LINE_END = re.compile(r"\r\n|\r|\n")


class Unfit(Exception):  # noqa: N818 - a state of the file, not of the reviewer
    """A file that cannot be edited without a change to other bytes of it, and why."""


@dataclass(frozen=True)
class FileText:
    """A file's text without its byte order mark. Offsets count code points from 0."""

    path: str
    content: bytes
    text: str
    encoding: str

    @classmethod
    def decode(cls, path: str, content: bytes) -> FileText:
        """The text of a file: of Python by its declared encoding, of all else in UTF-8. Raises `Unfit`."""
        body = content.removeprefix(BOM_UTF8)
        try:
            encoding = tokenize.detect_encoding(io.BytesIO(body).readline)[0] if path.endswith(".py") else "utf-8"
            return cls(path, content, body.decode(encoding), encoding)
        except (SyntaxError, LookupError, UnicodeError):
            raise Unfit("its text cannot be read") from None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column, both from 1. Raises `Unfit` where the file is shorter."""
        if not 0 < line <= len(self._starts):
            raise Unfit(f"it has no line {line}")
        found = self._starts[line - 1] + column - 1
        if found > (self._starts[line] if line < len(self._starts) else len(self.text)):
            raise Unfit(f"line {line} has no column {column}")
        return found

    def span(self, at: Location) -> tuple[int, int]:
        """The offsets of a location. Raises `Unfit`."""
        return self.offset(at.line, at.column), self.offset(at.end_line, at.end_column)

    def line(self, offset: int) -> tuple[int, int, int]:
        """The line around an offset: where it begins, where its text ends, where its line end does."""
        index = bisect_right(self._starts, offset) - 1
        start = self._starts[index]
        stop = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return start, start + len(self.text[start:stop].rstrip("\r\n")), stop

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file's bytes after edits that do not overlap; all bytes outside of them are as they were.

        Raises `Unfit` where the text and the bytes are not the same thing, or the encoding lacks what is to be added.
        """
        kept: list[str] = []
        removed: list[str] = []
        added: list[str] = []
        end = 0
        for edit in sorted(edits, key=lambda each: (each.start, each.end)):
            if not end <= edit.start <= edit.end <= len(self.text):
                raise Unfit("its edits overlap, or lie outside of it")
            kept.append(self.text[end : edit.start])
            removed.append(self.text[edit.start : edit.end])
            added.append(edit.text)
            end = edit.end
        mark = BOM_UTF8 if self.content.startswith(BOM_UTF8) else b""
        rest = self.text[end:]
        if mark + self._joined(kept, removed, rest) != self.content:
            raise Unfit(f"its bytes are not what its text reads in {self.encoding}")
        made = mark + self._joined(kept, added, rest)
        if FileText.decode(self.path, made).text != "".join(map("".join, zip(kept, added, strict=True))) + rest:
            raise Unfit(f"what is to be added does not keep its text in {self.encoding}")
        return made

    def _joined(self, kept: list[str], between: list[str], rest: str) -> bytes:
        """Pieces of text as bytes, each by itself: an edit touches no byte of what stands beside it."""
        pieces = [piece for pair in zip(kept, between, strict=True) for piece in pair]
        try:
            return b"".join(piece.encode(self.encoding) for piece in (*pieces, rest))
        except UnicodeError:
            raise Unfit(f"{self.encoding} cannot hold its text") from None


@lru_cache(maxsize=16)
def file_text(path: str, content: bytes) -> FileText:
    """`FileText.decode`, which is asked again for each place of a file. Raises `Unfit`."""
    return FileText.decode(path, content)
