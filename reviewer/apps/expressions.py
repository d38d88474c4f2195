"""Expressions of the interpreter's own parser → facts: the half of the walk that statements are built on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from reviewer.code import facts
from reviewer.code.facts import Expression
from reviewer.code.limits import DEEPEST, HEAVIEST

Node = Any  # a node of ast: the tables below say which

SIGNS: dict[type, str] = {
    kind: sign
    for sign, kinds in {
        "+": (ast.Add, ast.UAdd),
        "-": (ast.Sub, ast.USub),
        "*": (ast.Mult,),
        "/": (ast.Div,),
        "//": (ast.FloorDiv,),
        "%": (ast.Mod,),
        "**": (ast.Pow,),
        "&": (ast.BitAnd,),
        "|": (ast.BitOr,),
        "^": (ast.BitXor,),
        "<<": (ast.LShift,),
        ">>": (ast.RShift,),
        "@": (ast.MatMult,),
        "~": (ast.Invert,),
        "not": (ast.Not,),
        "and": (ast.And,),
        "or": (ast.Or,),
        "==": (ast.Eq,),
        "!=": (ast.NotEq,),
        "<": (ast.Lt,),
        "<=": (ast.LtE,),
        ">": (ast.Gt,),
        ">=": (ast.GtE,),
        "in": (ast.In,),
        "not in": (ast.NotIn,),
        "is": (ast.Is,),
        "is not": (ast.IsNot,),
    }.items()
    for kind in kinds
}
DISPLAYS = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
COMPREHENSIONS = {ast.GeneratorExp: "generator", ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}
AS_TEXT = frozenset((-1, ord("s")))
"""Conversions of a part of an f-string that leave it the text that it is."""


class Expressions:
    """One pass over a tree. `nodes[i]` is the node that facts with `node == i` were made of.

    Raises `SyntaxError` for what is nested as `limits.too_much` has it: asking that for itself would be a second pass.
    """

    def __init__(self) -> None:
        self.depth = self.weight = 0
        self.nodes: list[Node] = []
        self.functions: list[facts.Function] = []
        self.classes: list[facts.Class] = []
        self.lambdas: list[facts.Lambda] = []
        self.imports: list[facts.Import] = []
        self.declared_names: set[str] = set()
        self.names_read: set[str] = set()
        self.yields: list[bool] = []

    def number(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    # --- expressions

    def expression(self, node: Node) -> Expression:
        self.depth += 1
        self.weight += self.depth
        if self.depth > DEEPEST or self.weight > HEAVIEST:
            raise SyntaxError
        made: Expression = EXPRESSIONS[type(node)](self, node)
        self.depth -= 1
        return made

    def optional(self, node: Node | None) -> Expression | None:
        return None if node is None else self.expression(node)

    def several(self, nodes: Iterable[Node]) -> tuple[Expression, ...]:
        return tuple(self.expression(node) for node in nodes)

    def name(self, node: ast.Name) -> Expression:
        if self.yields:
            self.names_read.add(node.id)
        return facts.Name(self.number(node), node.id)

    def constant(self, node: ast.Constant) -> Expression:
        if node.value is Ellipsis:
            return facts.Opaque(self.number(node))
        return facts.Literal(self.number(node), node.value)

    def interpolation(self, node: ast.JoinedStr) -> Expression:
        number = self.number(node)
        parts = self.several(part.value if isinstance(part, ast.FormattedValue) else part for part in node.values)
        plain = tuple(isinstance(part, ast.Constant) or _is_plain(part) for part in node.values)
        return facts.Interpolation(number, parts, plain)

    def attribute(self, node: ast.Attribute) -> Expression:
        return facts.Attribute(self.number(node), self.expression(node.value), node.attr)

    def subscript(self, node: ast.Subscript) -> Expression:
        return facts.Subscript(self.number(node), self.expression(node.value), self.expression(node.slice))

    def slice(self, node: ast.Slice) -> Expression:
        return facts.Slice(
            self.number(node), self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        )

    def call(self, node: ast.Call) -> Expression:
        number, function = self.number(node), self.expression(node.func)
        given: list[Node] = [*node.args, *node.keywords]
        written = sorted(given, key=lambda each: (each.lineno, each.col_offset))
        return facts.Call(number, function, tuple(map(self.argument, written)))

    def argument(self, node: Node) -> facts.Argument:
        if isinstance(node, ast.keyword):
            return facts.Argument(node.arg or "**", self.expression(node.value))
        if isinstance(node, ast.Starred):
            return facts.Argument("*", self.expression(node.value))
        return facts.Argument("", self.expression(node))

    def binary(self, node: ast.BinOp) -> Expression:
        number = self.number(node)
        return facts.Binary(number, SIGNS[type(node.op)], self.expression(node.left), self.expression(node.right))

    def boolean(self, node: ast.BoolOp) -> Expression:
        """`a or b or c` is `(a or b) or c`."""
        number, sign = self.number(node), SIGNS[type(node.op)]
        *earlier, last = node.values
        rest = ast.copy_location(ast.BoolOp(node.op, earlier), node) if len(earlier) > 1 else earlier[0]
        return facts.Boolean(number, sign, self.expression(rest), self.expression(last))

    def unary(self, node: ast.UnaryOp) -> Expression:
        return facts.Unary(self.number(node), SIGNS[type(node.op)], self.expression(node.operand))

    def compare(self, node: ast.Compare) -> Expression:
        number, left = self.number(node), self.expression(node.left)
        pairs = zip(node.ops, node.comparators, strict=True)
        return facts.Compare(number, left, tuple((SIGNS[type(sign)], self.expression(each)) for sign, each in pairs))

    def conditional(self, node: ast.IfExp) -> Expression:
        number, test = self.number(node), self.expression(node.test)
        return facts.Conditional(number, test, self.expression(node.body), self.expression(node.orelse))

    def display(self, node: ast.List | ast.Tuple | ast.Set) -> Expression:
        return facts.Display(self.number(node), DISPLAYS[type(node)], self.several(node.elts))

    def dictionary(self, node: ast.Dict) -> Expression:
        number = self.number(node)
        pairs = zip(node.keys, node.values, strict=True)
        return facts.Dictionary(number, tuple((self.optional(key), self.expression(value)) for key, value in pairs))

    def comprehension(self, node: Node) -> Expression:
        number = self.number(node)
        generators = tuple(
            facts.Generator(self.expression(each.target), self.expression(each.iter), self.several(each.ifs))
            for each in node.generators
        )
        kind = COMPREHENSIONS[type(node)]
        key = self.expression(node.key) if kind == "dict" else None
        element = self.expression(node.value if kind == "dict" else node.elt)
        return facts.Comprehension(number, kind, element, key, generators)

    def lambda_(self, node: ast.Lambda) -> Expression:
        number, parameters = self.number(node), self.parameters(node.args)
        made = facts.Lambda(number, parameters, self.expression(node.body))
        self.lambdas.append(made)
        return made

    def await_(self, node: ast.Await) -> Expression:
        return facts.Await(self.number(node), self.expression(node.value))

    def yield_(self, node: ast.Yield | ast.YieldFrom) -> Expression:
        if self.yields:
            self.yields[-1] = True
        return facts.Yield(self.number(node), self.optional(node.value), isinstance(node, ast.YieldFrom))

    def star(self, node: ast.Starred) -> Expression:
        return facts.Star(self.number(node), self.expression(node.value))

    def walrus(self, node: ast.NamedExpr) -> Expression:
        return facts.Walrus(self.number(node), self.expression(node.target), self.expression(node.value))

    def parameters(self, node: ast.arguments) -> tuple[facts.Parameter, ...]:
        plain = [("positional", each) for each in node.posonlyargs] + [("normal", each) for each in node.args]
        missing = len(plain) - len(node.defaults)
        found = [
            (kind, each, None if i < missing else node.defaults[i - missing]) for i, (kind, each) in enumerate(plain)
        ]
        found += [("*", node.vararg, None)] if node.vararg is not None else []
        found += [("keyword", each, default) for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
        found += [("**", node.kwarg, None)] if node.kwarg is not None else []
        return tuple(
            facts.Parameter(self.number(each), each.arg, kind, self.optional(default), self.optional(each.annotation))
            for kind, each, default in found
        )


def _is_plain(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and part.conversion in AS_TEXT and part.format_spec is None


EXPRESSIONS: dict[type, Callable[[Expressions, Node], Expression]] = {
    ast.Name: Expressions.name,
    ast.Constant: Expressions.constant,
    ast.JoinedStr: Expressions.interpolation,
    ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript,
    ast.Slice: Expressions.slice,
    ast.Call: Expressions.call,
    ast.BinOp: Expressions.binary,
    ast.BoolOp: Expressions.boolean,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.compare,
    ast.IfExp: Expressions.conditional,
    ast.List: Expressions.display,
    ast.Tuple: Expressions.display,
    ast.Set: Expressions.display,
    ast.Dict: Expressions.dictionary,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.Lambda: Expressions.lambda_,
    ast.Await: Expressions.await_,
    ast.Yield: Expressions.yield_,
    ast.YieldFrom: Expressions.yield_,
    ast.Starred: Expressions.star,
    ast.NamedExpr: Expressions.walrus,
}
