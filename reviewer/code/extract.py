"""libcst tree → facts, in one walk.

The walk numbers every node that a fact is made of, in its own order. Numbering is a function of the source alone, so a
second walk over the same text finds the node that a number stands for: `spans` does so when a place is needed, long
after the first tree was dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from reviewer.code import facts
from reviewer.code.facts import Block, Expression, Module
from reviewer.code.source import Source

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
        frozenset(walk.global_names),
        frozenset(walk.names_read),
        source.comments(word),
    )


def spans(tree: cst.Module) -> list[tuple[int, int]]:
    """The character offsets of each numbered node, by number."""
    walk = Walk()
    walk.block(tree.body)
    state = _Offsets(tree.default_indent, tree.default_newline)
    tree._codegen(state)
    return [state.found.get(id(node), (0, 0)) for node in walk.nodes]


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


class Walk:
    """One pass over a tree. `nodes[i]` is the libcst node that facts with `node == i` were made of."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.functions: list[facts.Function] = []
        self.classes: list[facts.Class] = []
        self.lambdas: list[facts.Lambda] = []
        self.imports: list[facts.Import] = []
        self.global_names: set[str] = set()
        self.names_read: set[str] = set()
        self.yields: list[bool] = []

    def number(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    # --- expressions

    def expression(self, node: Node) -> Expression:
        made: Expression = EXPRESSIONS.get(type(node), Walk.opaque)(self, node)
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
        number = self.number(node)
        try:
            return facts.Literal(number, ast.literal_eval(node.value))
        except (ValueError, SyntaxError):
            return facts.Opaque(number)

    def string(self, node: cst.SimpleString) -> Expression:
        spelled, quote = node.value, node.value[0]
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
        if all(isinstance(piece, facts.Literal) for piece in pieces):
            values = [piece.value for piece in pieces if isinstance(piece, facts.Literal)]
            empty: Any = values[0][:0] if isinstance(values[0], (str, bytes)) else ""
            return facts.Literal(number, empty.join(values))
        return facts.Interpolation(number, tuple(pieces), (True,) * len(pieces))

    def interpolation(self, node: cst.FormattedString) -> Expression:
        number = self.number(node)
        parts: list[Expression] = []
        plain: list[bool] = []
        raw = "r" in node.start.lower()
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                parts.append(facts.Literal(self.number(part), _unescaped(part.value, raw)))
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
        if kind == "global":
            self.global_names.update(names)
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
        return facts.Match(number, subject, tuple(self.case(case) for case in node.cases))

    def case(self, node: cst.MatchCase) -> facts.Case:
        bindings: list[str] = []
        values: list[Expression] = []
        pending: list[Node] = [node.pattern]
        while pending:
            part = pending.pop()
            if isinstance(part, cst.MatchValue):
                values.append(self.expression(part.value))
                continue
            bound = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(bound, cst.Name):
                bindings.append(bound.value)
            pending.extend(child for child in part.children if not isinstance(child, cst.BaseExpression))
        return facts.Case(tuple(bindings), tuple(values), self.optional(node.guard), self.suite(node.body))

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


def _dotted(node: Node) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return str(node.value)


def _unescaped(spelled: str, raw: bool) -> str:
    """The text of a literal part of an f-string, braces and escapes resolved."""
    spelled = spelled.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in spelled:
        return spelled
    try:
        return str(ast.literal_eval('"""' + spelled.replace('"', '\\"') + '"""'))
    except (ValueError, SyntaxError):
        return spelled


CONSTANTS: dict[str, Any] = {"True": True, "False": False, "None": None}

EXPRESSIONS: dict[type, Callable[[Walk, Node], Expression]] = {
    cst.Name: Walk.name,
    cst.SimpleString: Walk.string,
    cst.Integer: Walk.literal,
    cst.Float: Walk.literal,
    cst.Imaginary: Walk.literal,
    cst.ConcatenatedString: Walk.concatenation,
    cst.FormattedString: Walk.interpolation,
    cst.Attribute: Walk.attribute,
    cst.Subscript: Walk.subscript,
    cst.Call: Walk.call,
    cst.BinaryOperation: Walk.binary,
    cst.BooleanOperation: Walk.boolean,
    cst.UnaryOperation: Walk.unary,
    cst.Comparison: Walk.compare,
    cst.IfExp: Walk.conditional,
    cst.List: Walk.display,
    cst.Tuple: Walk.display,
    cst.Set: Walk.display,
    cst.StarredElement: Walk.starred,
    cst.Dict: Walk.dictionary,
    cst.ListComp: Walk.comprehension,
    cst.SetComp: Walk.comprehension,
    cst.DictComp: Walk.comprehension,
    cst.GeneratorExp: Walk.comprehension,
    cst.Lambda: Walk.lambda_,
    cst.Await: Walk.await_,
    cst.Yield: Walk.yield_,
    cst.NamedExpr: Walk.walrus,
}

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
