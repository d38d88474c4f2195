"""What is known of the names and calls of one scope: a module, a class body, a function or a lambda.

`resolve` makes these records, once for each scope; comprehensions belong to the scope around them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.code import facts
from reviewer.code.facts import Expression


@dataclass(slots=True, eq=False)
class Definition:
    """One way in which a name gets its value.

    `kind`: value (`value`, unpacked along `path`), element (an element of the iterable `value`), context (`with`),
    import, parameter, function, class, augmented (`before` operator `value`), item (`before` with `key` set to what
    `given` gives), removed (`before` without `key`), mutated (`before`, changed by the method call `value` or by `+=`),
    outside (what a scope around calls so), opaque. Where something inside of `before` was changed, the keys `within`
    lead to it, None for any.
    `path` steps: an index from the front, `*` for any element.
    `before` grows while its scope is resolved: in a loop, what a definition made may be what it builds on.
    """

    name: str
    kind: str
    node: int
    value: Expression | None = None
    path: tuple[int | str, ...] = ()
    before: tuple[Definition, ...] = ()
    key: Expression | None = None
    within: tuple[Expression | None, ...] = ()
    given: Definition | None = None
    detail: str = ""
    statement: facts.Statement | facts.Parameter | None = None


Reaching = tuple[Definition, ...]
"""The definitions of one name that can reach a point."""


@dataclass(frozen=True, slots=True, eq=False)
class Caught(Expression):
    """The test that an exception came up and was caught, at the place that says which kind."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test that had to hold (or fail) for a place to be reached."""

    test: Expression
    holds: bool


@dataclass(frozen=True, slots=True, eq=False)
class CallSite:
    """A call, and the way to it within its function: the conditions and the loops around it."""

    call: facts.Call
    conditions: tuple[Condition, ...]
    loops: tuple[facts.Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A `return` (or the body of a lambda) and the conditions under which it is reached."""

    node: int
    value: Expression | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """An assignment to an attribute, `receiver.name = value`, or to an item, `receiver[key] = value`.

    `given` is what it assigns, a definition of no name. With none, the receiver changed in place.
    """

    receiver: Expression
    name: str
    given: Definition | None
    node: int
    key: Expression | None = None


Owner = facts.Module | facts.Function | facts.Class | facts.Lambda


@dataclass(slots=True, eq=False)
class Scope:
    """What the walk over one owner found."""

    owner: Owner
    uses: dict[int, Reaching] = field(default_factory=dict)
    """The definitions that reach each use of a name, by the node of the name."""
    end: dict[str, Reaching] = field(default_factory=dict)
    """The definitions that reach the end."""
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    """All definitions of each name, wherever they stand."""
    declared: dict[str, str] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, and which."""
    calls: list[CallSite] = field(default_factory=list)
    implied: list[CallSite] = field(default_factory=list)
    """Calls that are not written as such: `with` enters and leaves its object, an attribute may be a property."""
    answers: list[Answer] = field(default_factory=list)
    yields: list[facts.Yield] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    passed: dict[str, list[facts.Call]] = field(default_factory=dict)
    """The calls that names are handed over to, by name."""
    closures: list[int] = field(default_factory=list)
    """The nodes of the functions and lambdas directly in a function, which share its names."""
