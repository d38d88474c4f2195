"""libcst tree → facts, in one walk.

The walk numbers every node that a fact is made of, in its own order. Numbering is a function of the source alone, so a
second walk over the same text finds the node that a number stands for: `positions.spans` does so when a place is
needed, long after the first tree was dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import libcst as cst

from reviewer.code import cases, facts
from reviewer.code.cases import Part, Pattern
from reviewer.code.expressions import OPERATORS, Expressions, Node
from reviewer.code.facts import Block, Expression, Module
from reviewer.code.source import Source


def extract(source: Source, tree: cst.Module, word: str = "lambda-review") -> Module:
    """The facts of a module, with the comments that contain `word`."""
    walk = Walk()
    body = walk.block(tree.body)
    return Module(
        source.path,
        body,
        tuple(walk.functions),
        tuple(walk.classes),
        tuple(walk.lambdas),
        tuple(walk.imports),
        frozenset(walk.declared_names),
        frozenset(walk.names_read),
        source.comments(word),
    )


class Walk(Expressions):
    """One pass over a tree. `nodes[i]` is the libcst node that facts with `node == i` were made of."""

    # --- statements

    def block(self, nodes: Iterable[Node]) -> Block:
        made: list[facts.Statement] = []
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                made.extend(self.statement(small) for small in node.body)
            else:
                made.append(self.statement(node))
        return tuple(made)

    def suite(self, node: cst.BaseSuite | cst.Else | cst.Finally | None) -> Block:
        if node is None:
            return ()
        if isinstance(node, (cst.Else, cst.Finally)):
            node = node.body
        if isinstance(node, cst.SimpleStatementSuite):
            return tuple(self.statement(small) for small in node.body)
        return self.block(node.body)

    def statement(self, node: Node) -> facts.Statement:
        make = STATEMENTS.get(type(node))
        return make(self, node) if make else facts.Statement(self.number(node))

    def evaluate(self, node: cst.Expr) -> facts.Statement:
        return facts.Evaluate(self.number(node), self.expression(node.value))

    def assign(self, node: cst.Assign) -> facts.Statement:
        number = self.number(node)
        targets = tuple(self.expression(target.target) for target in node.targets)
        return facts.Assign(number, targets, self.expression(node.value))

    def annotated(self, node: cst.AnnAssign) -> facts.Statement:
        number, target = self.number(node), self.expression(node.target)
        annotation = self.expression(node.annotation.annotation)
        return facts.Assign(number, (target,), self.optional(node.value), annotation)

    def augment(self, node: cst.AugAssign) -> facts.Statement:
        number, target = self.number(node), self.expression(node.target)
        return facts.Augment(number, target, OPERATORS.get(type(node.operator), "?"), self.expression(node.value))

    def delete(self, node: cst.Del) -> facts.Statement:
        return facts.Delete(self.number(node), (self.expression(node.target),))

    def declare(self, node: cst.Global | cst.Nonlocal) -> facts.Statement:
        kind = type(node).__name__.lower()
        names = tuple(item.name.value for item in node.names)
        self.declared_names.update(names)
        return facts.Declare(self.number(node), kind, names)

    def import_(self, node: cst.Import) -> facts.Statement:
        names = []
        for alias in node.names:
            module = _dotted(alias.name)
            bound = alias.evaluated_alias or module.partition(".")[0]
            names.append((module if alias.asname else bound, "", bound))
            if not alias.asname and "." in module:
                names.append((module, "", ""))  # loads the submodule, binds its top package
        return self.imported(facts.Import(self.number(node), 0, tuple(names)))

    def import_from(self, node: cst.ImportFrom) -> facts.Statement:
        module = _dotted(node.module) if node.module is not None else ""
        if isinstance(node.names, cst.ImportStar):
            names: tuple[tuple[str, str, str], ...] = ((module, "*", "*"),)
        else:
            names = tuple((module, n.evaluated_name, n.evaluated_alias or n.evaluated_name) for n in node.names)
        return self.imported(facts.Import(self.number(node), len(node.relative), names))

    def imported(self, made: facts.Import) -> facts.Statement:
        self.imports.append(made)
        return made

    def return_(self, node: cst.Return) -> facts.Statement:
        return facts.Return(self.number(node), self.optional(node.value))

    def raise_(self, node: cst.Raise) -> facts.Statement:
        return facts.Raise(self.number(node), self.optional(node.exc))

    def jump(self, node: cst.Break | cst.Continue) -> facts.Statement:
        return facts.Jump(self.number(node), type(node).__name__.lower())

    def assert_(self, node: cst.Assert) -> facts.Statement:
        return facts.Assert(self.number(node), self.expression(node.test))

    def if_(self, node: cst.If) -> facts.Statement:
        number = self.number(node)
        arms: list[tuple[Expression, Block]] = []
        rest: cst.If | cst.Else | None = node
        while isinstance(rest, cst.If):
            arms.append((self.expression(rest.test), self.suite(rest.body)))
            rest = rest.orelse
        return facts.If(number, tuple(arms), self.suite(rest))

    def while_(self, node: cst.While) -> facts.Statement:
        number, test = self.number(node), self.expression(node.test)
        return facts.While(number, test, self.suite(node.body), self.suite(node.orelse))

    def for_(self, node: cst.For) -> facts.Statement:
        number, target, iterable = self.number(node), self.expression(node.target), self.expression(node.iter)
        return facts.For(number, target, iterable, self.suite(node.body), self.suite(node.orelse))

    def try_(self, node: cst.Try | cst.TryStar) -> facts.Statement:
        number, body = self.number(node), self.suite(node.body)
        handlers = tuple(self.handler(handler) for handler in node.handlers)
        return facts.Try(number, body, handlers, self.suite(node.orelse), self.suite(node.finalbody))

    def handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> facts.Except:
        number, caught = self.number(node), self.optional(node.type)
        name = node.name.name.value if node.name and isinstance(node.name.name, cst.Name) else ""
        return facts.Except(number, caught, name, self.suite(node.body))

    def with_(self, node: cst.With) -> facts.Statement:
        number = self.number(node)
        items = tuple(
            (self.expression(item.item), self.expression(item.asname.name) if item.asname else None)
            for item in node.items
        )
        return facts.With(number, items, self.suite(node.body))

    def match(self, node: cst.Match) -> facts.Statement:
        number, subject = self.number(node), self.expression(node.subject)
        return facts.Match(number, subject, tuple(self.case(case, subject) for case in node.cases))

    def case(self, node: cst.MatchCase, subject: Expression) -> facts.Case:
        made = Pattern()
        self.pattern(node.pattern, subject, made)
        takes_all = node.guard is None and any(isinstance(way, cst.MatchAs) for way in _alternatives(node.pattern))
        return facts.Case(made.bindings, made.tests, self.optional(node.guard), self.suite(node.body), takes_all)

    def pattern(self, node: Node, part: Part, made: Pattern) -> None:
        """Note what a pattern says of a part of the subject."""
        number = self.number(node)
        if isinstance(node, cst.MatchAs):
            if node.name is not None:
                made.bind(node.name.value, part)
            if node.pattern is not None:
                self.pattern(node.pattern, part, made)
        elif isinstance(node, cst.MatchOr):
            known = len(made.values)
            for way in node.patterns:
                self.pattern(way.pattern, part, made)
            made.join(number, part, known, len(node.patterns))
        elif isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
            made.equal(number, part, self.expression(node.value))
        else:
            INSIDE[type(node)](self, node, number, part, made)

    def sequence(self, node: cst.MatchList | cst.MatchTuple, number: int, part: Part, made: Pattern) -> None:
        stars = [index for index, each in enumerate(node.patterns) if isinstance(each, cst.MatchStar)]
        parts = cases.items(number, part, len(node.patterns), stars[0] if stars else None)
        for each, inner in zip(node.patterns, parts, strict=True):
            if not isinstance(each, cst.MatchStar):
                self.pattern(each.value, inner, made)
            elif each.name is not None:
                made.bind(each.name.value, inner)

    def mapping(self, node: cst.MatchMapping, number: int, part: Part, made: Pattern) -> None:
        for each in node.elements:
            self.pattern(each.pattern, cases.entry(number, part, self.expression(each.key)), made)
        if node.rest is not None:
            made.bind(node.rest.value, None)

    def object(self, node: cst.MatchClass, number: int, part: Part, made: Pattern) -> None:
        itself = isinstance(node.cls, cst.Name) and node.cls.value in cases.ITSELF
        for positional in node.patterns:
            self.pattern(positional.value, part if itself else None, made)
        for keyword in node.kwds:
            self.pattern(keyword.pattern, cases.member(number, part, keyword.key.value), made)

    def function(self, node: cst.FunctionDef) -> facts.Statement:
        number = self.number(node)
        decorators = tuple(self.expression(decorator.decorator) for decorator in node.decorators)
        parameters = self.parameters(node.params)
        self.yields.append(False)
        body = self.suite(node.body)
        made = facts.Function(
            number,
            node.name.value,
            parameters,
            body,
            decorators,
            is_async=node.asynchronous is not None,
            is_generator=self.yields.pop(),
            last=len(self.nodes) - 1,
        )
        self.functions.append(made)
        return made

    def class_(self, node: cst.ClassDef) -> facts.Statement:
        number = self.number(node)
        decorators = tuple(self.expression(decorator.decorator) for decorator in node.decorators)
        bases = tuple(self.expression(base.value) for base in node.bases if not base.star)
        body = self.suite(node.body)
        made = facts.Class(number, node.name.value, bases, body, decorators, last=len(self.nodes) - 1)
        self.classes.append(made)
        return made


def _dotted(node: Node) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return str(node.value)


def _alternatives(pattern: Node) -> list[Node]:
    """The patterns one of which has to match: those of `a | b`, of `(a | b) as name`, or the pattern itself."""
    if isinstance(pattern, cst.MatchAs) and pattern.pattern is not None:
        return _alternatives(pattern.pattern)
    if isinstance(pattern, cst.MatchOr):
        return [way for element in pattern.patterns for way in _alternatives(element.pattern)]
    return [pattern]


INSIDE: dict[type, Callable[[Walk, Node, int, Part, Pattern], None]] = {
    cst.MatchList: Walk.sequence,
    cst.MatchTuple: Walk.sequence,
    cst.MatchMapping: Walk.mapping,
    cst.MatchClass: Walk.object,
}
"""Patterns that look inside of the subject."""

STATEMENTS: dict[type, Callable[[Walk, Node], facts.Statement]] = {
    cst.Expr: Walk.evaluate,
    cst.Assign: Walk.assign,
    cst.AnnAssign: Walk.annotated,
    cst.AugAssign: Walk.augment,
    cst.Del: Walk.delete,
    cst.Global: Walk.declare,
    cst.Nonlocal: Walk.declare,
    cst.Import: Walk.import_,
    cst.ImportFrom: Walk.import_from,
    cst.Return: Walk.return_,
    cst.Raise: Walk.raise_,
    cst.Break: Walk.jump,
    cst.Continue: Walk.jump,
    cst.Assert: Walk.assert_,
    cst.If: Walk.if_,
    cst.While: Walk.while_,
    cst.For: Walk.for_,
    cst.Try: Walk.try_,
    cst.TryStar: Walk.try_,
    cst.With: Walk.with_,
    cst.Match: Walk.match,
    cst.FunctionDef: Walk.function,
    cst.ClassDef: Walk.class_,
}
