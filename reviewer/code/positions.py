"""Where the numbered nodes of a walk stand in the text, as character offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from reviewer.code.extract import Walk

Node = Any  # any libcst node


def spans(tree: cst.Module, code: str) -> list[tuple[int, int]]:
    """The character offsets, in the code that the tree was made of, of each numbered node, by number."""
    walk = Walk()
    walk.block(tree.body)
    state = _Offsets(tree.default_indent, tree.default_newline)
    tree._codegen(state)
    found = [state.found.get(id(node), (0, 0)) for node in walk.nodes]
    dropped = _dropped(code)
    if not dropped:
        return found
    return [(start + bisect_right(dropped, start), end + bisect_right(dropped, end - 1)) for start, end in found]


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
