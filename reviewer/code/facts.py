"""The facts of a Python module: what it does, without how it is spelled.

Records are frozen and compared by identity, so that a place in the code is one object. `node` is the index of the
syntax node in the one walk that made the facts.
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.value import Scalar

GAP = "\ua4fa"
"""A letter that no code uses: names and texts with it stand for what a template fills into inline code."""

# --- expressions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    node: int


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Expression):
    """An expression that no other record describes: its value is unknown. `parts` are the expressions inside."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Expression):
    value: Scalar


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expression):
    id: str


@dataclass(frozen=True, slots=True, eq=False)
class Attribute(Expression):
    value: Expression
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Subscript(Expression):
    value: Expression
    index: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Slice(Expression):
    lower: Expression | None
    upper: Expression | None
    step: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """An argument of a call: `name` is the keyword, `*` or `**` for the starred forms, "" for a positional one."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    function: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Interpolation(Expression):
    """An f-string: literals and expressions. `plain[i]` is false where part i has a format spec or a conversion but
    `!s`."""

    parts: tuple[Expression, ...]
    plain: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Expression):
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Expression):
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Boolean(Expression):
    """`and` or `or`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Expression):
    left: Expression
    comparisons: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Expression):
    test: Expression
    body: Expression
    orelse: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Display(Expression):
    """A list, tuple or set; starred items are `Star`."""

    kind: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary(Expression):
    """A dict display; a key of None unpacks its value (`**other`)."""

    entries: tuple[tuple[Expression | None, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """One `for … in … if …` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comprehension(Expression):
    """A list, set, dict or generator comprehension; `key` for dicts only."""

    kind: str
    element: Expression
    key: Expression | None
    generators: tuple[Generator, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lambda(Expression):
    parameters: tuple[Parameter, ...]
    body: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Await(Expression):
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Yield(Expression):
    """`yield value`, or `yield from value` with `many`."""

    value: Expression | None
    many: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Star(Expression):
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Walrus(Expression):
    target: Expression
    value: Expression


# --- statements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """`kind`: positional (only), normal, keyword (only), `*` or `**`."""

    node: int
    name: str
    kind: str
    default: Expression | None = None
    annotation: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement that neither binds, branches nor computes (`pass`)."""

    node: int


Block = tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluate(Statement):
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Assign(Statement):
    targets: tuple[Expression, ...]
    value: Expression | None
    annotation: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Augment(Statement):
    target: Expression
    operator: str
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Delete(Statement):
    targets: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Declare(Statement):
    """`global` or `nonlocal`."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Import(Statement):
    """`import a.b as c` (member ""), `from ..a import b as c` (level 2, member "b"; `*` for all).

    `names` are (module, member, bound name) triples.
    """

    level: int
    names: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Return(Statement):
    value: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Raise(Statement):
    value: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Jump(Statement):
    """`break` or `continue`."""

    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Assert(Statement):
    test: Expression


@dataclass(frozen=True, slots=True, eq=False)
class If(Statement):
    """An `if` with its `elif`s, as arms in order, and its `else`."""

    arms: tuple[tuple[Expression, Block], ...]
    orelse: Block


@dataclass(frozen=True, slots=True, eq=False)
class While(Statement):
    test: Expression
    body: Block
    orelse: Block


@dataclass(frozen=True, slots=True, eq=False)
class For(Statement):
    target: Expression
    iterable: Expression
    body: Block
    orelse: Block


@dataclass(frozen=True, slots=True, eq=False)
class Except:
    node: int
    type: Expression | None
    name: str
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Try(Statement):
    body: Block
    handlers: tuple[Except, ...]
    orelse: Block
    final: Block


@dataclass(frozen=True, slots=True, eq=False)
class With(Statement):
    items: tuple[tuple[Expression, Expression | None], ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A `case`: the names that its pattern binds, with the parts of the subject that they stand for (None where that
    cannot be told), the tests that hold where it is taken, its guard."""

    bindings: tuple[tuple[str, Expression | None], ...]
    tests: tuple[Compare, ...]
    guard: Expression | None
    body: Block
    takes_all: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Match(Statement):
    subject: Expression
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Function(Statement):
    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    decorators: tuple[Expression, ...]
    is_async: bool
    is_generator: bool
    last: int
    """The highest node number inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Class(Statement):
    name: str
    bases: tuple[Expression, ...]
    body: Block
    decorators: tuple[Expression, ...]
    last: int
    """As above."""


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks of statements inside of a compound statement, in order."""
    if isinstance(statement, If):
        return (*(body for _, body in statement.arms), statement.orelse)
    if isinstance(statement, Try):
        return (statement.body, *(h.body for h in statement.handlers), statement.orelse, statement.final)
    if isinstance(statement, (While, For)):
        return (statement.body, statement.orelse)
    if isinstance(statement, (With, Function, Class)):
        return (statement.body,)
    if isinstance(statement, Match):
        return tuple(case.body for case in statement.cases)
    return ()


# --- modules ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Comment:
    """A comment of the source. `alone`: nothing else stands on its line."""

    line: int
    column: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """The facts of one module. `path` is relative to the root of the review; inline code has `template.yaml#Name`."""

    path: str
    body: Block
    functions: tuple[Function, ...]
    """All functions, at any depth, in the order of the source."""
    classes: tuple[Class, ...]
    lambdas: tuple[Lambda, ...] = ()
    imports: tuple[Import, ...] = ()
    """All imports, at any depth."""
    declared_names: frozenset[str] = frozenset()
    """Names that some function declares `global` or `nonlocal`."""
    names_read: frozenset[str] = frozenset()
    """Names that some function mentions."""
    comments: tuple[Comment, ...] = ()
