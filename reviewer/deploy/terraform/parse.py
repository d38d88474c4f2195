"""HCL text to records, with tree-sitter's grammar: its parser recovers from what is broken and reads the rest."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

import tree_sitter
import tree_sitter_hcl

from reviewer.deploy.nodes import Scalar, Source, Unreadable
from reviewer.deploy.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Index,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    Operation,
    Splat,
    Template,
)
from reviewer.finding import Location

DEEPEST = 60
"""Levels of expressions and blocks. Real ones stay below 20; what is deeper is not understood."""
MOST_STEPS = 40
"""Steps of one traversal."""
LARGEST = 1 << 20
"""Characters of a file."""
MOST_EXACT = 10**15
"""Up to here, whole numbers with a fraction or an exponent are what they say."""
MOST_HEREDOCS = 2_000
"""The parser's time grows with the square of nested heredocs."""
MOST_LINES = 500
"""Lines of a heredoc that have a place of their own."""

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|\$(\$\{)|%(%\{)')
_LITERAL_ESCAPE = re.compile(r"\$(\$\{)|%(%\{)")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_CONTINUED = re.compile(rb"[\x80-\xbf]")
_EXPONENT = re.compile(rb"\b[0-9]+[eE][+-]?[0-9]+\b")
"""Numbers that the grammar does not know. They are read from the text: to the parser any number will do."""
_NUMBER = re.compile(r"[0-9]{1,15}")
_POSTFIX = frozenset({"get_attr", "index", "splat"})
_OPEN_TEMPLATE = frozenset({"quoted_template_start", "heredoc_start"})
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

_Tree = tree_sitter.Node


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


class Parsed:
    """A file's body, the comments in it, and the place of the first thing that is no HCL (None: all of it is)."""

    def __init__(self, source: Source) -> None:
        """Raises `Unreadable` where the text is over a limit."""
        if len(source.text) > LARGEST:
            raise Unreadable(f"more than {LARGEST} characters", Location(source.path, 1))
        if source.text.count("<<") > MOST_HEREDOCS:
            raise Unreadable(f"more than {MOST_HEREDOCS} heredocs", Location(source.path, 1))
        data = source.text.encode("utf-8", "replace")
        self.source = source
        self._continued = [] if source.text.isascii() else [found.start() for found in _CONTINUED.finditer(data)]
        self._root = _parser().parse(_EXPONENT.sub(lambda found: b"0" * len(found[0]), data)).root_node
        self.body = self._body(self._root, 0)
        self.broken = self._broken()

    # --- places ---------------------------------------------------------------------------------------------------

    def _offset(self, byte: int) -> int:
        return byte - bisect_left(self._continued, byte) if self._continued else byte

    def _span(self, node: _Tree) -> tuple[Source, int, int]:
        return self.source, self._offset(node.start_byte), self._offset(node.end_byte)

    def _text(self, node: _Tree) -> str:
        _, start, end = self._span(node)
        return self.source.text[start:end]

    def _unknown(self, node: _Tree) -> Expression:
        return Expression(*self._span(node))

    def _broken(self) -> Location | None:
        """The first place that is no HCL."""
        node = self._root
        if not node.has_error:
            return None
        while not (node.is_error or node.is_missing):
            inner = next((child for child in node.children if child.has_error), None)
            if inner is None:
                break
            node = inner
        return self.source.location(*self._span(node)[1:])

    def comments(self) -> Iterator[tuple[Location, str]]:
        """All comments, in the order of the text. What they begin with, `#`, `//` or `/*`, reads `#` in all of them."""
        pending = [self._root]
        while pending:
            node = pending.pop()
            if node.type == "comment":
                text = self._text(node)
                yield self.source.location(*self._span(node)[1:]), text if text[0] == "#" else f" #{text[2:]}"
            elif node.child_count:
                pending += reversed(node.children)

    # --- structure ------------------------------------------------------------------------------------------------

    def _body(self, node: _Tree, depth: int) -> Body:
        body = Body()
        pending = list(reversed(node.children))
        while pending:
            child = pending.pop()
            if child.type == "attribute":
                self._attribute(child, body, depth)
            elif child.type == "block":
                self._block(child, body, depth)
            elif child.type in ("body", "ERROR"):
                pending += reversed(child.children)
        return body

    def _attribute(self, node: _Tree, body: Body, depth: int) -> None:
        children = node.children
        if len(children) < 3 or children[-1].type != "expression":
            return
        name = self._text(children[0])
        body.attributes[name] = (Scalar(*self._span(children[0]), name), self._expression(children[-1], depth + 1))

    def _block(self, node: _Tree, body: Body, depth: int) -> None:
        if depth > DEEPEST:
            return
        inside, head = None, []
        for child in node.children:
            if child.type == "body":
                inside = child
            elif child.type == "identifier":
                head.append((child, self._text(child)))
            elif child.type == "string_lit":
                head.append((child, self._text(child)[1:-1]))
        if not head:
            return
        key, written = head[-1]
        body.blocks.append(
            Block(
                head[0][1],
                tuple(label for _, label in head[1:]),
                Scalar(*self._span(key), written),
                Body() if inside is None else self._body(inside, depth + 1),
            )
        )

    # --- expressions ----------------------------------------------------------------------------------------------

    def _expression(self, node: _Tree, depth: int) -> Expression:
        if node.has_error or depth > DEEPEST:
            return self._unknown(node)
        return self._operand(node.children, node, depth)

    def _operand(self, children: Sequence[_Tree], around: _Tree, depth: int) -> Expression:
        """A term with the steps behind it; parentheses around it."""
        children = [child for child in children if child.type != "comment"]
        if children and children[0].type == "(":
            primary, rest = children[1], children[3:]
        else:
            primary, rest = (children[0], children[1:]) if children else (around, [])
        if len(rest) > MOST_STEPS:
            return self._unknown(around)
        found = self._term(primary, depth)
        for step in rest:
            found = self._stepped(found, step, depth)
        return found

    def _stepped(self, base: Expression, step: _Tree, depth: int) -> Expression:
        source, _, end = self._span(step)
        if step.type == "get_attr":
            return Attribute(source, base.start, end, base, self._text(step.children[-1]))
        if step.type == "index":
            return Index(source, base.start, end, base, self._key(step.children[0], depth))
        if step.type == "splat":
            steps: list[str | Expression] = [
                self._text(each.children[-1]) if each.type == "get_attr" else self._key(each.children[0], depth)
                for each in step.children[0].children[1:]
                if each.type in _POSTFIX and each.child_count
            ]
            return Splat(source, base.start, end, base, tuple(steps))
        return Expression(source, base.start, end)

    def _key(self, node: _Tree, depth: int) -> Expression:
        inner = next((child for child in node.children if child.type == "expression"), None)
        if inner is not None:
            return self._expression(inner, depth + 1)
        written = self._text(node).lstrip(".")
        known = _NUMBER.fullmatch(written)
        return Literal(*self._span(node), int(written)) if known else self._unknown(node)

    def _term(self, node: _Tree, depth: int) -> Expression:
        inner = node.children[0] if node.child_count else node
        match node.type:
            case "expression":
                return self._expression(node, depth + 1)
            case "literal_value":
                return self._literal(inner)
            case "template_expr":
                return self._template(inner, depth)
            case "collection_value":
                return self._list(inner, depth) if inner.type == "tuple" else self._object(inner, depth)
            case "variable_expr":
                return Name(*self._span(node), self._text(node))
            case "function_call":
                return self._call(node, depth)
            case "conditional":
                arms = [self._expression(each, depth + 1) for each in node.children if each.type == "expression"]
                return Conditional(*self._span(node), *arms) if len(arms) == 3 else self._unknown(node)
            case "operation":
                return self._operation(inner, depth)
            case "for_expr":
                return self._comprehension(inner, depth)
        return self._unknown(node)

    def _literal(self, node: _Tree) -> Expression:
        written = self._text(node)
        if node.type == "string_lit":
            return Literal(*self._span(node), _unescaped(written[1:-1]))
        if node.type == "numeric_lit":
            if _NUMBER.fullmatch(written):
                return Literal(*self._span(node), int(written))
            try:
                number = float(written[:40])
            except ValueError:
                return self._unknown(node)
            is_whole = number.is_integer() and abs(number) < MOST_EXACT
            return Literal(*self._span(node), int(number) if is_whole else number)
        return Literal(*self._span(node), _WORDS[written]) if written in _WORDS else self._unknown(node)

    def _list(self, node: _Tree, depth: int) -> Expression:
        items = (self._expression(each, depth + 1) for each in node.children if each.type == "expression")
        return ListOf(*self._span(node), tuple(items))

    def _object(self, node: _Tree, depth: int) -> Expression:
        entries = []
        for element in (each for each in node.children if each.type == "object_elem"):
            pair = [each for each in element.children if each.type == "expression"]
            if len(pair) == 2:
                entries.append((self._name_or(pair[0], depth), self._expression(pair[1], depth + 1)))
        return ObjectOf(*self._span(node), tuple(entries))

    def _name_or(self, node: _Tree, depth: int) -> Expression:
        """The key of an object: a bare name is itself."""
        children = node.children
        if len(children) == 1 and children[0].type == "variable_expr":
            return Literal(*self._span(node), self._text(node))
        return self._expression(node, depth + 1)

    def _call(self, node: _Tree, depth: int) -> Expression:
        given = next((each for each in node.children if each.type == "function_arguments"), None)
        inside = given.children if given is not None else []
        arguments = tuple(self._expression(each, depth + 1) for each in inside if each.type == "expression")
        spread = any(each.type == "ellipsis" for each in inside)
        return Call(*self._span(node), self._text(node.children[0]), arguments, spread)

    def _operation(self, node: _Tree, depth: int) -> Expression:
        """An operation; its operands stand in it without a node around each."""
        if depth > DEEPEST:
            return self._unknown(node)
        operands: list[list[_Tree]] = [[]]
        operator = ""
        for child in node.children:
            if not child.is_named and child.type not in "()":
                operator = child.type
                if operands[-1]:
                    operands.append([])
            elif child.type != "comment":
                operands[-1].append(child)
        if not operator or not all(operands):
            return self._unknown(node)
        found = tuple(self._operand(each, node, depth + 1) for each in operands)
        return Operation(*self._span(node), operator, found)

    def _comprehension(self, node: _Tree, depth: int) -> Expression:
        intro = next((each for each in node.children if each.type == "for_intro"), None)
        results = [each for each in node.children if each.type == "expression"]
        if intro is None or len(results) != (2 if node.type == "for_object_expr" else 1):
            return self._unknown(node)
        names = tuple(self._text(each) for each in intro.children if each.type == "identifier")
        items = next((each for each in intro.children if each.type == "expression"), None)
        condition = next((each for each in node.children if each.type == "for_cond"), None)
        tests = [each for each in condition.children if each.type == "expression"] if condition is not None else []
        if items is None or not names:
            return self._unknown(node)
        key = self._expression(results[0], depth + 1) if len(results) == 2 else None
        return Comprehension(
            *self._span(node),
            names,
            self._expression(items, depth + 1),
            key,
            self._expression(results[-1], depth + 1),
            self._expression(tests[0], depth + 1) if tests else None,
            any(each.type == "ellipsis" for each in node.children),
        )

    # --- text -----------------------------------------------------------------------------------------------------

    def _template(self, node: _Tree, depth: int) -> Expression:
        """A quoted text or a heredoc. Text between interpolations is what the parser leaves out, blanks included."""
        is_heredoc = node.type == "heredoc_template"
        whole = self._span(node)
        start, end = self._inside(node, is_heredoc)
        parts: list[Expression] = []
        for child in node.children:
            if child.type not in ("template_interpolation", "template_directive"):
                continue
            _, low, high = self._span(child)
            inner = next((each for each in child.children if each.type == "expression"), None)
            parts += self._chunk(start, low, is_heredoc)
            if inner is None or child.type == "template_directive":
                parts.append(self._unknown(child))
            else:
                parts.append(self._expression(inner, depth + 1))
            start = high
        parts += self._chunk(start, end, is_heredoc)
        if is_heredoc and self.source.text.startswith("<<-", whole[1]):
            parts = _flush(parts)
        return Template(*whole, tuple(parts))

    def _inside(self, node: _Tree, is_heredoc: bool) -> tuple[int, int]:
        """The span of a template's text."""
        _, start, end = self._span(node)
        text = self.source.text
        if not is_heredoc:
            return start + 1, end - 1
        first = text.find("\n", start, end)
        last = text.rfind("\n", start, end)
        return (end, end) if first < 0 else (first + 1, max(last + 1, first + 1))

    def _chunk(self, start: int, end: int, is_heredoc: bool) -> list[Expression]:
        if start >= end:
            return []
        written = self.source.text[start:end]
        if not is_heredoc:
            return [Literal(self.source, start, end, _unescaped(written))]
        lines = written.splitlines(keepends=True) if written.count("\n") < MOST_LINES else [written]
        found: list[Expression] = []
        for line in lines:
            found.append(Literal(self.source, start, start + len(line), _LITERAL_ESCAPE.sub(_literal, line)))
            start += len(line)
        return found


def _unescaped(written: str) -> str:
    return _ESCAPE.sub(_plain, written) if "\\" in written or "{" in written else written


def _plain(found: re.Match[str]) -> str:
    if found[1]:
        return _PLAIN[found[1]]
    code = found[2] or found[3]
    if not code:
        return _literal(found)
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _literal(found: re.Match[str]) -> str:
    """`$${` and `%%{` without their first character."""
    return found[0][1:]


def _flush(parts: list[Expression]) -> list[Expression]:
    """The parts of a `<<-` heredoc: without the blanks that all of its lines begin with."""
    opening = [
        part
        for part in parts
        if isinstance(part, Literal) and part.source.text[part.start - 1 : part.start] in ("\n", "\r")
    ]
    texts = [str(part.value) for part in opening]
    widths = [len(text) - len(text.lstrip(" \t")) for text in texts if text.strip() or not text.endswith("\n")]
    width = min(widths, default=0)
    for part, text in zip(opening, texts, strict=True):
        cut = min(width, len(text) - len(text.lstrip(" \t")))
        part.value = text[cut:]
        part.start += cut
    return parts
