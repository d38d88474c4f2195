"""The text of one Python module, its tree for as long as it is needed, and places in it on demand."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.code.facts import Comment
from reviewer.finding import Location

if TYPE_CHECKING:
    import libcst

MOST_BYTES = 1 << 20
DEEPEST = 300
"""The nesting of expressions that is read. libcst's parser overflows the stack at some 5,000 levels and takes seconds
for chains of 5,000 terms; no code that a person maintains comes near this limit."""
SAFE_LENGTH = 2 * DEEPEST
"""An expression shorter than this, in characters, cannot nest deeper than `DEEPEST`."""


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
            before = content[: content.index(b"\0")]
            raise Unreadable("contains a NUL byte", before.count(b"\n") + 1)
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            text = content.decode(encoding)
        except UnicodeDecodeError as problem:
            before = content[: problem.start]
            column = problem.start - (before.rfind(b"\n") + 1) + 1
            raise Unreadable(f"not valid {problem.encoding}", before.count(b"\n") + 1, column) from None
        except (SyntaxError, LookupError) as problem:
            raise Unreadable(*_undeclared(content, str(problem))) from None
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
            return libcst.parse_module(self.code)
        except libcst.ParserSyntaxError as problem:
            raise newer or Unreadable("invalid syntax", problem.raw_line, problem.raw_column + 1) from None
        except (RecursionError, UnicodeError) as problem:
            raise newer or Unreadable(str(problem)) from None

    def _check(self) -> Unreadable | None:
        """Raise `Unreadable` where the text nests too deeply or is no Python of any version.

        Syntax that is newer than the interpreter, such as nested quotes in f-strings before 3.12, is for libcst to
        decide: what the interpreter said of it is returned, as long as the text is harmless to libcst's parser.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the reviewed code: invalid escapes and the like
                tree = ast.parse(self.code)
        except SyntaxError as problem:
            unreadable = Unreadable(_reason(problem), problem.lineno or 1, problem.offset or 1)
            if _harmless(self.code):
                return unreadable
            raise unreadable from None
        except (ValueError, RecursionError, MemoryError):
            raise Unreadable("nested too deeply") from None
        for statement in _long_statements(tree):
            if _nests_deeper(statement, DEEPEST):
                raise Unreadable(f"nested deeper than {DEEPEST} levels", statement.lineno)
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


_LONE = re.compile(r"\r(?!\n)")


def _undeclared(content: bytes, problem: str) -> tuple[str, int]:
    """What is wrong with bytes whose encoding cannot be told from their first two lines, and the line of it."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return "not valid utf-8", content.count(b"\n", 0, error.start) + 1
    return problem, 1


def _reason(problem: SyntaxError) -> str:
    # what the interpreter adds is a guess that speaks to its reader: "Perhaps you forgot a comma?"
    fact = problem.msg.partition(". ")[0]
    return fact if fact == "invalid syntax" or "you" in fact else f"invalid syntax: {fact}"


def _long_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The simple statements and headers long enough to nest too deeply (blocks are limited to 100 by Python)."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for block in ("body", "orelse", "handlers", "finalbody", "cases"):
            stack.extend(getattr(node, block, ()))
        if isinstance(node, ast.stmt):
            many_lines = (node.end_lineno or 0) - node.lineno > SAFE_LENGTH // 40
            if many_lines or (node.end_col_offset or 0) > SAFE_LENGTH:
                yield node


def _nests_deeper(statement: ast.AST, limit: int) -> bool:
    """Whether the expressions of a statement, without its blocks, nest deeper than `limit`."""
    level: list[ast.AST] = [statement]
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case))
        ]
        if not level:
            return False
    return True


def _harmless(code: str) -> bool:
    """Whether brackets and lines alone show that nothing in a text nests deeper than `DEEPEST`."""
    depth = inside = 0
    for line in code.split("\n"):
        if len(line) > SAFE_LENGTH:
            return False
        depth = max(0, depth + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))
        inside = inside + 1 if depth or line.endswith("\\") else 0
        if depth > DEEPEST or inside > DEEPEST:
            return False
    return True
