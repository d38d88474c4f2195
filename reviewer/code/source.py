"""The text of one Python module, its tree for as long as it is needed, and places in it on demand."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reviewer.code.facts import Comment
from reviewer.code.limits import is_harmless, long_name, too_much
from reviewer.finding import Location

if TYPE_CHECKING:
    import libcst

MOST_BYTES = 1 << 20


class Unreadable(Exception):  # noqa: N818 - a state of the source, not of the reviewer
    """A source that cannot be reviewed: where and why."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(frozen=True, slots=True)
class Origin:
    """Where inline code stands in its template.

    `at` is the place of its first line. With `block`, the template holds it line by line, indented to `at.column`;
    otherwise no line of it can be told apart, and all places are `at`.
    """

    at: Location
    block: bool


@dataclass(frozen=True)
class Source:
    """The text of a module. `path` is relative to the root of the review."""

    path: str
    text: str
    origin: Origin | None = None

    @classmethod
    def decode(cls, path: str, content: bytes) -> Source:
        """The source of a file's bytes, by its declared encoding. Raises `Unreadable`."""
        if len(content) > MOST_BYTES:
            raise Unreadable(f"larger than {MOST_BYTES >> 10} KiB")
        if b"\0" in content:
            raise Unreadable("contains a NUL byte", *_position_of_byte(content, content.index(b"\0")))
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            if not _reads_ascii(encoding):
                raise Unreadable(f"not text in the encoding that it declares, {encoding}")
            text = content.decode(encoding)
        except UnicodeDecodeError as problem:
            raise Unreadable(f"not valid {problem.encoding}", *_position_of_byte(content, problem.start)) from None
        except (SyntaxError, LookupError) as problem:
            raise _undeclared(content, str(problem)) from None
        return cls(path, text.removeprefix("\ufeff"))

    @cached_property
    def code(self) -> str:
        """The text with lone carriage returns as line feeds, which is how Python reads them; offsets stay."""
        return self.text if "\r" not in self.text else _LONE.sub("\n", self.text)

    def tree(self) -> libcst.Module:
        """The libcst tree, guarded: `Unreadable` where the text does not parse or would overflow libcst's parser."""
        import libcst  # noqa: PLC0415 - a third of a second that a run without code does not pay

        newer = self._check()
        try:
            with _trusted(libcst.CSTNode):
                return libcst.parse_module(self.code)
        except libcst.ParserSyntaxError as problem:
            # the interpreter has nothing against it: libcst gives up on chains of some thousand strings or loops
            raise newer or Unreadable("too long for the parser", max(1, problem.raw_line)) from None

    def _check(self) -> Unreadable | None:
        """Raise `Unreadable` where the text nests too deeply or is no Python of any version.

        Syntax that is newer than the interpreter, such as nested quotes in f-strings before 3.12, is for libcst to
        decide: what the interpreter said of it is returned, as long as the text is harmless to libcst's parser.
        """
        refused = long_name(self.code)
        if refused is not None:
            raise Unreadable(*refused)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the reviewed code: invalid escapes and the like
                tree = ast.parse(self.code)
        except SyntaxError as problem:
            unreadable = Unreadable(_reason(problem), max(1, problem.lineno or 1), max(1, problem.offset or 1))
            if is_harmless(self.code):
                return unreadable
            raise unreadable from None
        except UnicodeError:
            raise Unreadable("contains a lone surrogate") from None
        except ValueError:
            raise Unreadable("contains a NUL byte") from None
        except (RecursionError, MemoryError):
            raise Unreadable("nested too deeply") from None
        refused = too_much(tree)
        if refused is not None:
            raise Unreadable(*refused)
        return None

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins. Only LF, CR LF and CR end lines: form feeds do not."""
        starts, position = [0], self.code.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.code.find("\n", position + 1)
        return starts

    def span(self, start: int, end: int) -> Location:
        """The location of the characters from offset `start` to `end`."""
        (line, column), (end_line, end_column) = self._position(start), self._position(end)
        return self.place(line, column, end_line, end_column)

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Location:
        """The location, in the file that holds this source, of a span of its text."""
        if self.origin is None:
            return Location(self.path, line, column, end_line, end_column)
        at = self.origin.at
        if not self.origin.block:
            return at
        down, right = at.line - 1, at.column - 1
        return Location(at.path, line + down, column + right, end_line + down, end_column + right)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def comments(self, word: str) -> tuple[Comment, ...]:
        """The comments that contain `word`, read from tokens: text inside of strings is none."""
        if word not in self.text:
            return ()
        return tuple(
            Comment(token.start[0], token.start[1] + 1, token.string, not token.line[: token.start[1]].strip())
            for token in self._tokens()
            if token.type == tokenize.COMMENT and word in token.string
        )

    def _tokens(self) -> Iterator[tokenize.TokenInfo]:
        try:
            yield from tokenize.generate_tokens(io.StringIO(self.code).readline)
        except (tokenize.TokenError, SyntaxError):
            return


@contextmanager
def _trusted(node: Any) -> Iterator[None]:
    """Leave out that each node of libcst checks what it is made of: its parser makes no node that is not valid, and
    the checks take an eighth of the time."""
    check, node.__post_init__ = node.__post_init__, lambda _: None
    try:
        yield
    finally:
        node.__post_init__ = check


_LONE = re.compile(r"\r(?!\n)")


def _position_of_byte(content: bytes, offset: int) -> tuple[int, int]:
    """The line and the column of a byte, as Python counts lines: LF, CR LF and CR end them."""
    before = _LINE_END.split(content[:offset])
    return len(before), len(before[-1].decode("utf-8", "replace")) + 1


def _reads_ascii(encoding: str) -> bool:
    """Whether an encoding reads ASCII as ASCII. Those that do not are none of programs: punycode, unicode_escape."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except UnicodeError:
        return False


_LINE_END = re.compile(rb"\r\n?|\n")
_ASCII = bytes(range(32, 127)).replace(b"\\", b"") + rb"\n\x41"  # backslashes only where escapes are told by them


def _undeclared(content: bytes, problem: str) -> Unreadable:
    """What is wrong with bytes whose encoding cannot be told from their first two lines."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable("not valid utf-8", *_position_of_byte(content, error.start))
    return Unreadable(problem)


def _reason(problem: SyntaxError) -> str:
    """What the interpreter says of a syntax error, without the guesses that it adds in newer versions."""
    fact = re.split(r"[.;,] ", problem.msg)[0].rstrip(".")
    plain = fact == "invalid syntax" or re.search(r"\b[Yy]ou\b|\?", fact)
    return "invalid syntax" if plain else f"invalid syntax: {fact}"
