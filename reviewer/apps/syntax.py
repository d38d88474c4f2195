"""Python source → facts by the interpreter's own parser, for modules that are looked at and never changed.

The facts are those of `code.extract`, but for comments; a test holds the two equal. This parser takes a tenth of the
time, and only reads what the interpreter that runs it reads.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable

from reviewer.apps.expressions import SIGNS, Expressions, Node
from reviewer.code import cases, facts
from reviewer.code.cases import Part, Pattern
from reviewer.code.facts import Block, Expression, Module
from reviewer.code.limits import long_name
from reviewer.code.modules import Modules
from reviewer.code.source import Source, Unreadable
from reviewer.finding import Location
from reviewer.rule import Place


class Parsed:
    """A module's facts, and the places of their nodes. Raises `SyntaxError` for what the interpreter does not read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        if long_name(source.code) is not None:
            raise SyntaxError
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the reviewed code: invalid escapes and the like
                tree = ast.parse(source.code)
            walk = Walk()
            body = walk.block(tree.body)
        except (ValueError, RecursionError, MemoryError):
            raise SyntaxError from None
        self.nodes = walk.nodes
        self.module = Module(
            source.path,
            body,
            tuple(walk.functions),
            tuple(walk.classes),
            tuple(walk.lambdas),
            tuple(walk.imports),
            frozenset(walk.declared_names),
            frozenset(walk.names_read),
        )

    def locate(self, number: int) -> Location:
        """The lines and columns of a node."""
        node = self.nodes[number]
        first, last = node.lineno, node.end_lineno
        start, end = self._column(first, node.col_offset), self._column(last, node.end_col_offset)
        return self.source.place(first, start, last, end)

    def _column(self, line: int, offset: int) -> int:
        """The column, in characters, of an offset in bytes."""
        start = self.source.line_starts[line - 1]
        text = self.source.code[start : start + offset]
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace")) + 1


class Walk(Expressions):
    """One pass over a tree. `nodes[i]` is the node that facts with `node == i` were made of."""

    # --- statements

    def block(self, nodes: Iterable[Node]) -> Block:
        return tuple(self.statement(node) for node in nodes)

    def statement(self, node: Node) -> facts.Statement:
        make = STATEMENTS.get(type(node))
        return make(self, node) if make else facts.Statement(self.number(node))

    def evaluate(self, node: ast.Expr) -> facts.Statement:
        return facts.Evaluate(self.number(node), self.expression(node.value))

    def assign(self, node: ast.Assign) -> facts.Statement:
        return facts.Assign(self.number(node), self.several(node.targets), self.expression(node.value))

    def annotated(self, node: ast.AnnAssign) -> facts.Statement:
        number, target, annotation = self.number(node), self.expression(node.target), self.expression(node.annotation)
        return facts.Assign(number, (target,), self.optional(node.value), annotation)

    def augment(self, node: ast.AugAssign) -> facts.Statement:
        number, target = self.number(node), self.expression(node.target)
        return facts.Augment(number, target, SIGNS[type(node.op)], self.expression(node.value))

    def delete(self, node: ast.Delete) -> facts.Statement:
        number = self.number(node)
        targets = self.several(node.targets)
        return facts.Delete(
            number, (facts.Display(self.number(node), "tuple", targets),) if len(targets) > 1 else targets
        )

    def declare(self, node: ast.Global | ast.Nonlocal) -> facts.Statement:
        kind = type(node).__name__.lower()
        self.declared_names.update(node.names)
        return facts.Declare(self.number(node), kind, tuple(node.names))

    def import_(self, node: ast.Import) -> facts.Statement:
        names = []
        for alias in node.names:
            top = alias.name.partition(".")[0]
            names.append((alias.name, "", alias.asname) if alias.asname else (top, "", top))
            if not alias.asname and "." in alias.name:
                names.append((alias.name, "", ""))  # loads the submodule, binds its top package
        return self.imported(facts.Import(self.number(node), 0, tuple(names)))

    def import_from(self, node: ast.ImportFrom) -> facts.Statement:
        names = tuple((node.module or "", each.name, each.asname or each.name) for each in node.names)
        return self.imported(facts.Import(self.number(node), node.level, names))

    def imported(self, made: facts.Import) -> facts.Statement:
        self.imports.append(made)
        return made

    def return_(self, node: ast.Return) -> facts.Statement:
        return facts.Return(self.number(node), self.optional(node.value))

    def raise_(self, node: ast.Raise) -> facts.Statement:
        return facts.Raise(self.number(node), self.optional(node.exc))

    def jump(self, node: ast.Break | ast.Continue) -> facts.Statement:
        return facts.Jump(self.number(node), type(node).__name__.lower())

    def assert_(self, node: ast.Assert) -> facts.Statement:
        return facts.Assert(self.number(node), self.expression(node.test))

    def if_(self, node: ast.If) -> facts.Statement:
        number = self.number(node)
        arms = [(self.expression(node.test), self.block(node.body))]
        rest = node.orelse
        while len(rest) == 1 and isinstance(rest[0], ast.If) and rest[0].col_offset == node.col_offset:
            arms.append((self.expression(rest[0].test), self.block(rest[0].body)))
            rest = rest[0].orelse
        return facts.If(number, tuple(arms), self.block(rest))

    def while_(self, node: ast.While) -> facts.Statement:
        number, test = self.number(node), self.expression(node.test)
        return facts.While(number, test, self.block(node.body), self.block(node.orelse))

    def for_(self, node: ast.For | ast.AsyncFor) -> facts.Statement:
        number, target, iterable = self.number(node), self.expression(node.target), self.expression(node.iter)
        return facts.For(number, target, iterable, self.block(node.body), self.block(node.orelse))

    def try_(self, node: ast.Try | ast.TryStar) -> facts.Statement:
        number, body = self.number(node), self.block(node.body)
        handlers = tuple(self.handler(handler) for handler in node.handlers)
        return facts.Try(number, body, handlers, self.block(node.orelse), self.block(node.finalbody))

    def handler(self, node: ast.ExceptHandler) -> facts.Except:
        number, caught = self.number(node), self.optional(node.type)
        return facts.Except(number, caught, node.name or "", self.block(node.body))

    def with_(self, node: ast.With | ast.AsyncWith) -> facts.Statement:
        number = self.number(node)
        items = tuple((self.expression(each.context_expr), self.optional(each.optional_vars)) for each in node.items)
        return facts.With(number, items, self.block(node.body))

    def match(self, node: ast.Match) -> facts.Statement:
        number, subject = self.number(node), self.expression(node.subject)
        return facts.Match(number, subject, tuple(self.case(case, subject) for case in node.cases))

    def case(self, node: ast.match_case, subject: Expression) -> facts.Case:
        made = Pattern()
        self.pattern(node.pattern, subject, made)
        takes_all = node.guard is None and any(isinstance(way, ast.MatchAs) for way in _alternatives(node.pattern))
        return facts.Case(made.bindings, made.tests, self.optional(node.guard), self.block(node.body), takes_all)

    def pattern(self, node: Node, part: Part, made: Pattern) -> None:
        """Note what a pattern says of a part of the subject."""
        number = self.number(node)
        if isinstance(node, ast.MatchAs):
            if node.name is not None:
                made.bind(node.name, part)
            if node.pattern is not None:
                self.pattern(node.pattern, part, made)
        elif isinstance(node, ast.MatchOr):
            known = len(made.values)
            for way in node.patterns:
                self.pattern(way, part, made)
            made.join(number, part, known, len(node.patterns))
        elif isinstance(node, ast.MatchValue | ast.MatchSingleton):
            made.equal(number, part, self.way(node))
        else:
            INSIDE[type(node)](self, node, number, part, made)

    def sequence(self, node: ast.MatchSequence, number: int, part: Part, made: Pattern) -> None:
        stars = [index for index, each in enumerate(node.patterns) if isinstance(each, ast.MatchStar)]
        parts = cases.items(number, part, len(node.patterns), stars[0] if stars else None)
        for each, inner in zip(node.patterns, parts, strict=True):
            if not isinstance(each, ast.MatchStar):
                self.pattern(each, inner, made)
            elif each.name is not None:
                made.bind(each.name, inner)

    def mapping(self, node: ast.MatchMapping, number: int, part: Part, made: Pattern) -> None:
        for key, each in zip(node.keys, node.patterns, strict=True):
            self.pattern(each, cases.entry(number, part, self.expression(key)), made)
        if node.rest is not None:
            made.bind(node.rest, None)

    def object(self, node: ast.MatchClass, number: int, part: Part, made: Pattern) -> None:
        itself = isinstance(node.cls, ast.Name) and node.cls.id in cases.ITSELF
        for positional in node.patterns:
            self.pattern(positional, part if itself else None, made)
        for name, each in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            self.pattern(each, cases.member(number, part, name), made)

    def way(self, pattern: Node) -> Expression:
        if isinstance(pattern, ast.MatchSingleton):
            return facts.Literal(self.number(pattern), pattern.value)
        return self.expression(pattern.value)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> facts.Statement:
        number = self.number(node)
        decorators, parameters = self.several(node.decorator_list), self.parameters(node.args)
        self.yields.append(False)
        body = self.block(node.body)
        made = facts.Function(
            number,
            node.name,
            parameters,
            body,
            decorators,
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=self.yields.pop(),
            last=len(self.nodes) - 1,
        )
        self.functions.append(made)
        return made

    def class_(self, node: ast.ClassDef) -> facts.Statement:
        number = self.number(node)
        decorators = self.several(node.decorator_list)
        bases = self.several(each for each in node.bases if not isinstance(each, ast.Starred))
        body = self.block(node.body)
        made = facts.Class(number, node.name, bases, body, decorators, last=len(self.nodes) - 1)
        self.classes.append(made)
        return made


def _alternatives(pattern: ast.pattern) -> list[ast.pattern]:
    """The patterns one of which has to match: those of `a | b`, of `(a | b) as name`, or the pattern itself."""
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _alternatives(pattern.pattern)
    if isinstance(pattern, ast.MatchOr):
        return [way for each in pattern.patterns for way in _alternatives(each)]
    return [pattern]


INSIDE: dict[type, Callable[[Walk, Node, int, Part, Pattern], None]] = {
    ast.MatchSequence: Walk.sequence,
    ast.MatchMapping: Walk.mapping,
    ast.MatchClass: Walk.object,
}
"""Patterns that look inside of the subject."""

STATEMENTS: dict[type, Callable[[Walk, Node], facts.Statement]] = {
    ast.Expr: Walk.evaluate,
    ast.Assign: Walk.assign,
    ast.AnnAssign: Walk.annotated,
    ast.AugAssign: Walk.augment,
    ast.Delete: Walk.delete,
    ast.Global: Walk.declare,
    ast.Nonlocal: Walk.declare,
    ast.Import: Walk.import_,
    ast.ImportFrom: Walk.import_from,
    ast.Return: Walk.return_,
    ast.Raise: Walk.raise_,
    ast.Break: Walk.jump,
    ast.Continue: Walk.jump,
    ast.Assert: Walk.assert_,
    ast.If: Walk.if_,
    ast.While: Walk.while_,
    ast.For: Walk.for_,
    ast.AsyncFor: Walk.for_,
    ast.Try: Walk.try_,
    ast.TryStar: Walk.try_,
    ast.With: Walk.with_,
    ast.AsyncWith: Walk.with_,
    ast.Match: Walk.match,
    ast.FunctionDef: Walk.function,
    ast.AsyncFunctionDef: Walk.function,
    ast.ClassDef: Walk.class_,
}


class Library:
    """The modules of a tree, parsed here where that can be. `modules` and `locate` are asked for the others.

    `installed` are names of packages that are not the tree's own."""

    def __init__(
        self,
        modules: Modules,
        read: Callable[[str], bytes],
        locate: Callable[[Place], Location],
        installed: frozenset[str] = frozenset(),
    ) -> None:
        self.others = modules
        self.elsewhere = locate
        self.read = read
        self.parsed: dict[str, Parsed] = {}
        self.located: dict[tuple[str, int], Location] = {}
        self.modules = Modules(modules.files, self.load, installed)

    def load(self, path: str) -> Module | None:
        try:
            self.parsed[path] = Parsed(Source.decode(path, self.read(path)))
        except (Unreadable, SyntaxError, OSError):
            return self.others.module(path)
        return self.parsed[path].module

    def locate(self, place: Place) -> Location:
        """The lines and columns of a place in one of the modules: those of a call serve all that it does not name."""
        key = (place.module, place.node)
        found = self.located.get(key)
        if found is None:
            parsed = self.parsed.get(place.module)
            found = self.located[key] = self.elsewhere(place) if parsed is None else parsed.locate(place.node)
        return found
