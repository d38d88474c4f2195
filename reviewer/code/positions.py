"""Where the numbered nodes of a walk stand in the text, as character offsets."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from reviewer.code.extract import Walk

Node = Any  # any libcst node


def spans(tree: cst.Module, code: str) -> list[tuple[int, int]]:
    """The character offsets, in the code that the tree was made of, of each numbered node, by number."""
    walk = Walk()
    walk.block(tree.body)
    return _spans(tree, code, walk.nodes)


def _spans(tree: cst.Module, code: str, nodes: list[Node]) -> list[tuple[int, int]]:
    state = _Offsets(tree.default_indent, tree.default_newline)
    tree._codegen(state)
    found = state.spans(nodes)
    dropped = _dropped(code)
    if not dropped:
        return found
    return [(start + bisect_right(dropped, start), end + bisect_right(dropped, end - 1)) for start, end in found]


class Spans:
    """The same, for who asks for a few nodes: only those statements of the module are gone through that hold one."""

    def __init__(self, tree: cst.Module, code: str) -> None:
        self.tree, self.code = tree, code
        walk = Walk()
        numbers = [statement.node for statement in walk.block(tree.body)]
        self.nodes = walk.nodes
        sizes = [len(each.body) if isinstance(each, cst.SimpleStatementLine) else 1 for each in tree.body]
        starts = list(accumulate(sizes, initial=0))
        self.first = [*(numbers[start] for start in starts[:-1]), len(self.nodes)]
        """The number of the first node of each statement of the module, and of none behind the last."""
        self.lines = _first_lines(code, starts)
        self.known: dict[int, list[tuple[int, int]]] = {}

    def __getitem__(self, number: int) -> tuple[int, int]:
        if self.lines is None:
            return self._whole[number]
        index = bisect_right(self.first, number) - 1
        if index not in self.known:
            self.known[index] = self._statement(index, self.lines[index])
        return self.known[index][number - self.first[index]]

    @cached_property
    def _whole(self) -> list[tuple[int, int]]:
        return _spans(self.tree, self.code, self.nodes)

    def _statement(self, index: int, start: int) -> list[tuple[int, int]]:
        """The offsets of the nodes of a statement whose own first line begins at `start`."""
        statement = self.tree.body[index]
        above = _Offsets(self.tree.default_indent, self.tree.default_newline)
        for line in statement.leading_lines:
            line._codegen(above)
        state = _Offsets(self.tree.default_indent, self.tree.default_newline)
        state.offset = start - above.offset
        statement._codegen(state)
        return state.spans(self.nodes[self.first[index] : self.first[index + 1]])


def _first_lines(code: str, starts: list[int]) -> list[int] | None:
    """The offsets of the lines on which some statements of a module begin, counted as the interpreter counts them.
    None where it does not read the module, or its lines are not those of libcst."""
    if _UNCOUNTED.search(code):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(body) != starts[-1]:
        return None
    lines = [0, *(found.end() for found in re.finditer("\n", code))]
    return [lines[_first_line(body[start]) - 1] for start in starts[:-1]]


_UNCOUNTED = re.compile(r"\f|^[ \t@]*\\\r?$", re.MULTILINE)
"""What the interpreter skips on the way to where a statement begins: form feeds, a line of nothing but its end."""


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _dropped(code: str) -> list[int]:
    """Where libcst leaves a form feed out: before a statement. Each place is less the number of those before it."""
    places = [found.start() for found in re.finditer(r"(?<![^\n])\f+(?=[^\s#])", code) for _ in found[0]]
    return [place - number for number, place in enumerate(places)]


class _Offsets(CodegenState):
    """libcst's code generator, noting the offsets between which it writes each node.

    libcst's own PositionProvider keeps lines and columns by hashing every node and takes several times as long.
    A property test holds the two equal.
    """

    def __init__(self, indent: str, newline: str) -> None:
        super().__init__(indent, newline)
        self.offset = 0
        self.found: dict[int, tuple[int, int]] = {}
        self.open: list[int] = []

    def spans(self, nodes: list[Node]) -> list[tuple[int, int]]:
        return [self.found.get(id(node), (0, 0)) for node in nodes]

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def before_codegen(self, node: Node) -> None:
        self.open.append(self.offset)

    def after_codegen(self, node: Node) -> None:
        start = self.open.pop()
        self.found.setdefault(id(node), (start, self.offset))

    def record_syntactic_position(self, node: Node, *, start_node: Node = None, end_node: Node = None) -> Any:
        return _Syntactic(self, node, start_node, end_node)


class _Syntactic:
    """The context in which a node writes itself, without the blanks and comments around it."""

    def __init__(self, state: _Offsets, node: Node, first: Node, last: Node) -> None:
        self.state, self.node, self.first, self.last = state, node, first, last

    def __enter__(self) -> None:
        self.start = self.state.offset

    def __exit__(self, *_: object) -> None:
        found = self.state.found
        start = found[id(self.first)][0] if self.first is not None else self.start
        end = found[id(self.last)][1] if self.last is not None else self.state.offset
        found[id(self.node)] = (start, end)
