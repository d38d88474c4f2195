"""What libcst's parser can be given: its stack overflows, or it takes minutes, on nesting that Python itself parses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

DEEPEST = 300
"""Levels of nesting. The parser overflows the stack, which ends the process, at some 5,000 levels, and takes seconds
for chains of 5,000 terms; no code that a person maintains comes near this limit."""
HEAVIEST = 400_000
"""The sum of the depths of all nodes, statements counted as two deep. The parser takes up to 10 µs for each level of
each node, which makes minutes of one hostile file; half a megabyte of code that a person maintains stays below it."""
PATTERN = 4
"""How many times as long the parser takes for each level of mapping patterns, which it tries in several ways."""
MOST_SIGNS = 5_000
DEEPEST_BRACKETS = 50
"""What is given to the parser of a text that the interpreter itself does not parse."""


TOO_DEEP = f"nested deeper than {DEEPEST} levels"
LONG_NAME = re.compile(rf"(?:\.[\s\\]*\w+[\s\\]*){{{DEEPEST + 1}}}")


def too_much(tree: ast.Module) -> tuple[str, int] | None:
    """Why a module is not to be parsed by libcst, and the line of it."""
    level = list(_statements(tree))
    depth, weight = 2, 2 * len(level)
    matches = any(isinstance(statement, ast.match_case) for statement in level)
    level = [part for statement in level for part in _parts(statement, leave_out=BLOCKS)]
    while level:
        weight += depth * len(level)
        if matches:
            weight += sum(isinstance(node, ast.MatchMapping) for node in level) * PATTERN ** (depth - 1)
        if weight > HEAVIEST:
            return "more nested expressions than can be read in reasonable time", 1
        if depth > DEEPEST:
            return TOO_DEEP, min(getattr(node, "lineno", 1) for node in level)
        level = [part for node in level if type(node) not in LEAVES for part in _parts(node)]
        depth += 1
    return None


def long_name(code: str) -> tuple[str, int] | None:
    """Why a text is not to be parsed at all, and the line of it: a dotted name of many parts, which takes the
    interpreter's own parser minutes where it is imported."""
    found = LONG_NAME.search(code) if code.count(".") > DEEPEST else None
    return (TOO_DEEP, code.count("\n", 0, found.start()) + 1) if found else None


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements of a module at any depth, `except` and `case` clauses among them."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        statement = pending.pop()
        yield statement
        for name in statement._fields:
            if name in BLOCKS:
                pending += getattr(statement, name)


def _parts(node: ast.AST, leave_out: frozenset[str] = frozenset()) -> list[Any]:
    """The syntax nodes directly inside of another, but for the signs, which have no parts."""
    if type(node) is ast.BoolOp and len(node.values) > 2:  # flat here, a chain for libcst
        return [ast.BoolOp(node.op, node.values[:-1]), node.values[-1]]
    found: list[Any] = []
    for name in _fields(node._fields):
        part = getattr(node, name)
        if type(part) is not list:
            found.append(part)
        elif name not in leave_out:
            found += part
    return [part for part in found if part is not None] if None in found else found


@cache
def _fields(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those among the fields of a kind of node that hold other nodes."""
    return tuple(name for name in names if name not in PLAIN)


BLOCKS = frozenset(("body", "orelse", "handlers", "finalbody", "cases"))
LEAVES = frozenset((ast.Name, ast.Constant, ast.MatchSingleton))
PLAIN = frozenset(
    ("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "lineno")
) | {*("module", "name", "names", "op", "ops", "rest", "simple", "tag", "type_comment", "type_ignores")}
"""Fields of names, signs and marks. What `import` and `global` name has no parts."""


def is_harmless(code: str) -> bool:
    """Whether the signs of a text, counted without regard to strings, are few enough to let libcst's parser try."""
    depth = 0
    for count, sign in enumerate(SIGN.finditer(code), 1):
        depth = max(0, depth + NESTING.get(sign[0], 0))
        if count > MOST_SIGNS or depth > DEEPEST_BRACKETS:
            return False
    return True


SIGN = re.compile(r"[^\w\s#'\",:]|\b(?:and|or|not|lambda|await|if|else|for)\b")
NESTING = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
