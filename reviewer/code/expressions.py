"""libcst expressions → facts: the half of the walk that statements are built on."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from reviewer.code import facts
from reviewer.code.facts import GAP, Expression
from reviewer.value import Scalar

Node = Any  # a libcst node: the tables below say which

OPERATORS: dict[type, str] = {
    kind: sign
    for sign, kinds in {
        "+": (cst.Add, cst.AddAssign, cst.Plus),
        "-": (cst.Subtract, cst.SubtractAssign, cst.Minus),
        "*": (cst.Multiply, cst.MultiplyAssign),
        "/": (cst.Divide, cst.DivideAssign),
        "//": (cst.FloorDivide, cst.FloorDivideAssign),
        "%": (cst.Modulo, cst.ModuloAssign),
        "**": (cst.Power, cst.PowerAssign),
        "&": (cst.BitAnd, cst.BitAndAssign),
        "|": (cst.BitOr, cst.BitOrAssign),
        "^": (cst.BitXor, cst.BitXorAssign),
        "<<": (cst.LeftShift, cst.LeftShiftAssign),
        ">>": (cst.RightShift, cst.RightShiftAssign),
        "@": (cst.MatrixMultiply, cst.MatrixMultiplyAssign),
        "~": (cst.BitInvert,),
        "not": (cst.Not,),
        "and": (cst.And,),
        "or": (cst.Or,),
        "==": (cst.Equal,),
        "!=": (cst.NotEqual,),
        "<": (cst.LessThan,),
        "<=": (cst.LessThanEqual,),
        ">": (cst.GreaterThan,),
        ">=": (cst.GreaterThanEqual,),
        "in": (cst.In,),
        "not in": (cst.NotIn,),
        "is": (cst.Is,),
        "is not": (cst.IsNot,),
    }.items()
    for kind in kinds
}


class Expressions:
    """One pass over a tree. `nodes[i]` is the libcst node that facts with `node == i` were made of."""

    def __init__(self) -> None:
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
        made: Expression = EXPRESSIONS.get(type(node), Expressions.opaque)(self, node)
        return made

    def optional(self, node: Node | None) -> Expression | None:
        return None if node is None else self.expression(node)

    def opaque(self, node: Node) -> Expression:
        return facts.Opaque(
            self.number(node),
            tuple(self.expression(child) for child in node.children if isinstance(child, cst.BaseExpression)),
        )

    def name(self, node: cst.Name) -> Expression:
        constant = CONSTANTS.get(node.value, node)
        if constant is not node:
            return facts.Literal(self.number(node), constant)
        if self.yields:
            self.names_read.add(node.value)
        return facts.Name(self.number(node), node.value)

    def literal(self, node: cst.SimpleString | cst.Integer | cst.Float | cst.Imaginary) -> Expression:
        number, value = self.number(node), _spelled(node.value)
        return facts.Opaque(number) if value is None else facts.Literal(number, value)

    def string(self, node: cst.SimpleString) -> Expression:
        spelled, quote = node.value, node.value[0]
        if GAP in spelled:
            return facts.Opaque(self.number(node))
        # most strings are plain: no prefix, no escape
        if quote in "\"'" and "\\" not in spelled and not spelled.startswith(quote * 3):
            return facts.Literal(self.number(node), spelled[1:-1])
        return self.literal(node)

    def concatenation(self, node: cst.ConcatenatedString) -> Expression:
        number = self.number(node)
        pieces: list[Expression] = []
        rest: Node = node
        while isinstance(rest, cst.ConcatenatedString):
            pieces.append(self.expression(rest.left))
            rest = rest.right
        pieces.append(self.expression(rest))
        values: list[Any] = [piece.value for piece in pieces if isinstance(piece, facts.Literal)]
        if len(values) == len(pieces) and len(set(map(type, values))) == 1:
            return facts.Literal(number, values[0][:0].join(values))
        return facts.Interpolation(number, tuple(pieces), (True,) * len(pieces))

    def interpolation(self, node: cst.FormattedString) -> Expression:
        number = self.number(node)
        parts: list[Expression] = []
        plain: list[bool] = []
        raw = "r" in node.start.lower()
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText) and GAP in part.value:
                parts.append(facts.Opaque(self.number(part)))
                plain.append(False)
            elif isinstance(part, cst.FormattedStringText):
                parts.append(facts.Literal(self.number(part), _unescaped(part.value, node.end, raw)))
                plain.append(True)
            elif isinstance(part, cst.FormattedStringExpression):
                parts.append(self.expression(part.expression))
                plain.append(part.conversion in {None, "s"} and not part.format_spec and part.equal is None)
        return facts.Interpolation(number, tuple(parts), tuple(plain))

    def attribute(self, node: cst.Attribute) -> Expression:
        return facts.Attribute(self.number(node), self.expression(node.value), node.attr.value)

    def subscript(self, node: cst.Subscript) -> Expression:
        number, value = self.number(node), self.expression(node.value)
        elements = [self.element_of_slice(element.slice) for element in node.slice]
        index = elements[0] if len(elements) == 1 else facts.Display(self.number(node), "tuple", tuple(elements))
        return facts.Subscript(number, value, index)

    def element_of_slice(self, node: cst.BaseSlice) -> Expression:
        if isinstance(node, cst.Index):
            return self.expression(node.value)
        assert isinstance(node, cst.Slice)
        number = self.number(node)
        return facts.Slice(number, self.optional(node.lower), self.optional(node.upper), self.optional(node.step))

    def call(self, node: cst.Call) -> Expression:
        number, function = self.number(node), self.expression(node.func)
        return facts.Call(number, function, tuple(self.argument(argument) for argument in node.args))

    def argument(self, node: cst.Arg) -> facts.Argument:
        name = node.star or (node.keyword.value if node.keyword is not None else "")
        return facts.Argument(name, self.expression(node.value))

    def binary(self, node: cst.BinaryOperation) -> Expression:
        operator = OPERATORS.get(type(node.operator), "?")
        return facts.Binary(self.number(node), operator, self.expression(node.left), self.expression(node.right))

    def boolean(self, node: cst.BooleanOperation) -> Expression:
        operator = OPERATORS[type(node.operator)]
        return facts.Boolean(self.number(node), operator, self.expression(node.left), self.expression(node.right))

    def unary(self, node: cst.UnaryOperation) -> Expression:
        return facts.Unary(self.number(node), OPERATORS[type(node.operator)], self.expression(node.expression))

    def compare(self, node: cst.Comparison) -> Expression:
        number, left = self.number(node), self.expression(node.left)
        pairs = ((OPERATORS.get(type(t.operator), "?"), self.expression(t.comparator)) for t in node.comparisons)
        return facts.Compare(number, left, tuple(pairs))

    def conditional(self, node: cst.IfExp) -> Expression:
        number, test = self.number(node), self.expression(node.test)
        return facts.Conditional(number, test, self.expression(node.body), self.expression(node.orelse))

    def display(self, node: cst.List | cst.Tuple | cst.Set) -> Expression:
        kind = type(node).__name__.lower()
        return facts.Display(self.number(node), kind, tuple(self.expression_of(item) for item in node.elements))

    def expression_of(self, item: cst.BaseElement) -> Expression:
        if isinstance(item, cst.StarredElement):
            return facts.Star(self.number(item), self.expression(item.value))
        return self.expression(item.value)

    def starred(self, node: cst.StarredElement) -> Expression:
        return facts.Star(self.number(node), self.expression(node.value))

    def dictionary(self, node: cst.Dict) -> Expression:
        number = self.number(node)
        return facts.Dictionary(
            number,
            tuple(
                (self.expression(e.key) if isinstance(e, cst.DictElement) else None, self.expression(e.value))
                for e in node.elements
            ),
        )

    def comprehension(self, node: Node) -> Expression:
        number = self.number(node)
        generators = []
        loop: cst.CompFor | None = node.for_in
        while loop is not None:
            target, iterable = self.expression(loop.target), self.expression(loop.iter)
            conditions = tuple(self.expression(condition.test) for condition in loop.ifs)
            generators.append(facts.Generator(target, iterable, conditions))
            loop = loop.inner_for_in
        kind = {"GeneratorExp": "generator", "ListComp": "list", "SetComp": "set"}.get(type(node).__name__, "dict")
        key = self.expression(node.key) if isinstance(node, cst.DictComp) else None
        element = self.expression(node.value if kind == "dict" else node.elt)
        return facts.Comprehension(number, kind, element, key, tuple(generators))

    def lambda_(self, node: cst.Lambda) -> Expression:
        number, parameters = self.number(node), self.parameters(node.params)
        made = facts.Lambda(number, parameters, self.expression(node.body))
        self.lambdas.append(made)
        return made

    def await_(self, node: cst.Await) -> Expression:
        return facts.Await(self.number(node), self.expression(node.expression))

    def yield_(self, node: cst.Yield) -> Expression:
        if self.yields:
            self.yields[-1] = True
        many = isinstance(node.value, cst.From)
        value = node.value.item if isinstance(node.value, cst.From) else node.value
        return facts.Yield(self.number(node), self.optional(value), many)

    def walrus(self, node: cst.NamedExpr) -> Expression:
        return facts.Walrus(self.number(node), self.expression(node.target), self.expression(node.value))

    def parameters(self, node: cst.Parameters) -> tuple[facts.Parameter, ...]:
        kinds: list[tuple[str, Sequence[cst.Param]]] = [
            ("positional", node.posonly_params),
            ("normal", node.params),
            ("*", (node.star_arg,) if isinstance(node.star_arg, cst.Param) else ()),
            ("keyword", node.kwonly_params),
            ("**", (node.star_kwarg,) if node.star_kwarg is not None else ()),
        ]
        return tuple(self.parameter(kind, parameter) for kind, group in kinds for parameter in group)

    def parameter(self, kind: str, node: cst.Param) -> facts.Parameter:
        annotation = node.annotation.annotation if node.annotation is not None else None
        return facts.Parameter(
            self.number(node), node.name.value, kind, self.optional(node.default), self.optional(annotation)
        )


def _unescaped(spelled: str, quote: str, raw: bool) -> str:
    """The text of a literal part of an f-string, braces and escapes resolved."""
    spelled = spelled.replace("{{", "{").replace("}}", "}").replace("\r\n", "\n")
    if raw or "\\" not in spelled:
        return spelled
    value = _spelled(quote + spelled + quote)
    return value if isinstance(value, str) else spelled


def _spelled(literal: str) -> Scalar:
    """The value of a literal, as it is spelled in the source; None where it has none."""
    try:
        if literal.isdecimal():  # most numbers are plain
            return int(literal)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the reviewed code: invalid escapes and the like
            value: Scalar = ast.literal_eval(literal)
    except (ValueError, SyntaxError):
        return None
    return value


CONSTANTS: dict[str, Any] = {"True": True, "False": False, "None": None}

EXPRESSIONS: dict[type, Callable[[Expressions, Node], Expression]] = {
    cst.Name: Expressions.name,
    cst.SimpleString: Expressions.string,
    cst.Integer: Expressions.literal,
    cst.Float: Expressions.literal,
    cst.Imaginary: Expressions.literal,
    cst.ConcatenatedString: Expressions.concatenation,
    cst.FormattedString: Expressions.interpolation,
    cst.Attribute: Expressions.attribute,
    cst.Subscript: Expressions.subscript,
    cst.Call: Expressions.call,
    cst.BinaryOperation: Expressions.binary,
    cst.BooleanOperation: Expressions.boolean,
    cst.UnaryOperation: Expressions.unary,
    cst.Comparison: Expressions.compare,
    cst.IfExp: Expressions.conditional,
    cst.List: Expressions.display,
    cst.Tuple: Expressions.display,
    cst.Set: Expressions.display,
    cst.StarredElement: Expressions.starred,
    cst.Dict: Expressions.dictionary,
    cst.ListComp: Expressions.comprehension,
    cst.SetComp: Expressions.comprehension,
    cst.DictComp: Expressions.comprehension,
    cst.GeneratorExp: Expressions.comprehension,
    cst.Lambda: Expressions.lambda_,
    cst.Await: Expressions.await_,
    cst.Yield: Expressions.yield_,
    cst.NamedExpr: Expressions.walrus,
}
