"""What a Terraform configuration says, as records: blocks, attributes and expressions, before anything is computed.

HCL (`parse`) and its JSON form (`jsonsyntax`) both become these. Like nodes, records know their span in their source.
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.deploy.nodes import Scalar, Source
from reviewer.finding import Location


@dataclass(slots=True, eq=False)
class Expression:
    """Any expression: the span from `start` to `end` (exclusive) of `source`. On its own one that is not understood."""

    source: Source
    start: int
    end: int

    @property
    def at(self) -> Location:
        return self.source.location(self.start, self.end)

    @property
    def written(self) -> str:
        """The expression's text."""
        return self.source.text[self.start : self.end]


@dataclass(slots=True, eq=False)
class Literal(Expression):
    """A number, truth, null or text without interpolation."""

    value: str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Template(Expression):
    """A text with interpolations, or a heredoc: a part for each of its lines, so that each has its place."""

    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class ListOf(Expression):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class ObjectOf(Expression):
    """`{ name = a, (b) = c }`. A bare name as the key is a literal."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(slots=True, eq=False)
class Name(Expression):
    """The name that a traversal begins with: `var`, `aws_s3_bucket`, `each`."""

    name: str


@dataclass(slots=True, eq=False)
class Attribute(Expression):
    """`base.name`."""

    base: Expression
    name: str


@dataclass(slots=True, eq=False)
class Index(Expression):
    """`base[key]`, `base.0`."""

    base: Expression
    key: Expression


@dataclass(slots=True, eq=False)
class Splat(Expression):
    """`base[*].a.b`, `base.*.a`: the same steps (names, keys) into each item."""

    base: Expression
    steps: tuple[str | Expression, ...]


@dataclass(slots=True, eq=False)
class Call(Expression):
    """`name(a, b)`. With `spread`, the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool = False


@dataclass(slots=True, eq=False)
class Conditional(Expression):
    """`test ? yes : no`."""

    test: Expression
    yes: Expression
    no: Expression


@dataclass(slots=True, eq=False)
class Operation(Expression):
    """An operator with one or two operands."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Comprehension(Expression):
    """`[for name in items : result if test]`; `{for name, value in items : key => result}`.

    `names` are one or two. With `grouped`, results of the same key are collected in a list.
    """

    names: tuple[str, ...]
    items: Expression
    key: Expression | None
    result: Expression
    test: Expression | None
    grouped: bool = False


@dataclass(slots=True, eq=False)
class Body:
    """The inside of a block or of a file. Of a repeated attribute the last one counts."""

    attributes: dict[str, tuple[Scalar, Expression]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def get(self, name: str) -> Expression | None:
        """The expression of an attribute."""
        found = self.attributes.get(name)
        return None if found is None else found[1]

    def of(self, type_: str) -> list[Block]:
        """The blocks of a type."""
        return [block for block in self.blocks if block.type == type_]


@dataclass(slots=True, eq=False)
class Block:
    """`type "label" "label" { … }`. `key` is its last label, or its type where it has none."""

    type: str
    labels: tuple[str, ...]
    key: Scalar
    body: Body
