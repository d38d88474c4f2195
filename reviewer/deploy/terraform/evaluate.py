"""Expressions to nodes: what can be told without running Terraform.

Both arms of a conditional count unless its test is certain; what cannot be computed is unknown.
Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.builtin import FUNCTIONS
from reviewer.deploy.terraform.operators import operated
from reviewer.deploy.terraform.syntax import (
    Attribute,
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
from reviewer.deploy.terraform.terms import (
    OPEN,
    Heredoc,
    Known,
    Missing,
    Names,
    Spanned,
    Thing,
    Things,
    any_of,
    choices,
    constant,
    either,
    entries,
    is_handy,
    is_null,
    is_open,
    joined,
    known,
    listed,
    opened,
    placed,
    table,
    worded,
)
from reviewer.value import UNKNOWN, Constant, Items, Parameter, Reference, Table, Value, number, string

MOST_ITERATIONS = 100
"""Items that a `for` expression is worked out for."""


class Scope(Protocol):
    """Where an expression stands: what its names mean, and what it may still cost."""

    @property
    def assumed(self) -> int:
        """How often, so far, a value was used that whoever runs Terraform may replace."""

    def value(self, node: Node) -> Value | None: ...

    def name(self, name: str) -> Node | None:
        """What a traversal that begins with a name leads through."""

    def bound(self, names: dict[str, Node]) -> Scope:
        """The same scope with more names."""

    def spend(self, amount: int) -> bool: ...

    def goes_on(self) -> bool:
        """Whether one more expression may be evaluated."""

    def text_of(self, path: str) -> Scalar | None:
        """The text of a file of the tree, by its path from the folder that Terraform runs in."""


def evaluate(expression: Expression, scope: Scope) -> Node:
    """What an expression is."""
    found = _evaluate(expression, scope)
    if not isinstance(expression, (Name, Attribute, Index, Splat)):
        return found
    return placed(found, expression) if is_handy(found) else known(expression, UNKNOWN)


def _evaluate(expression: Expression, scope: Scope) -> Node:
    evaluator = _EVALUATORS.get(type(expression))
    if evaluator is None or not scope.goes_on():
        return known(expression, UNKNOWN)
    return evaluator(expression, scope)


# --- literals and structures --------------------------------------------------------------------------------------


def _literal(expression: Literal, _: Scope) -> Node:
    return constant(expression, expression.value)


def _template(expression: Template, scope: Scope) -> Node:
    texts = [part.value for part in expression.parts if isinstance(part, Literal)]
    if len(texts) == len(expression.parts):
        return _heredoc(expression, "".join(map(_spelled, texts)))
    parts = [evaluate(part, scope) for part in expression.parts]
    if len(parts) == 1:
        return placed(parts[0], expression)
    return joined(expression, parts)


def _spelled(value: str | int | float | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _heredoc(expression: Template, text: str) -> Node:
    span = expression.source, expression.start, expression.end
    if not expression.parts:
        return constant(expression, text)
    return Heredoc(*span, text, "|", first=expression.parts[0].at)


def _list(expression: ListOf, scope: Scope) -> Node:
    return listed(expression, (evaluate(item, scope) for item in expression.items))


def _object(expression: ObjectOf, scope: Scope) -> Node:
    found: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for key, inner in expression.entries:
        name = worded(evaluate(key, scope), scope)
        if name is None:
            found[OPEN] = known(key, UNKNOWN)
        else:
            found[name] = evaluate(inner, scope)
            keys[name] = constant(key, name)
    return table(expression, found, keys)


# --- traversals ---------------------------------------------------------------------------------------------------


def _name(expression: Name, scope: Scope) -> Node:
    return scope.name(expression.name) or Missing(expression.source, expression.start, expression.end)


def _attribute(expression: Attribute, scope: Scope) -> Node:
    return stepped(_evaluate(expression.base, scope), expression.name, expression)


def _index(expression: Index, scope: Scope) -> Node:
    base = _evaluate(expression.base, scope)
    return indexed(base, evaluate(expression.key, scope), scope, expression)


def _splat(expression: Splat, scope: Scope) -> Node:
    items = _items(_evaluate(expression.base, scope))
    if items is None:
        return known(expression, UNKNOWN)
    found = []
    for item in items:
        here = item
        for step in expression.steps:
            if isinstance(step, str):
                here = stepped(here, step, expression)
            else:
                here = indexed(here, evaluate(step, scope), scope, expression)
        found.append(here)
    return listed(expression, found)


def _items(node: Node) -> list[Node] | None:
    """What `[*]` gives: the items of a list, a single value, or nothing for null."""
    if is_null(node):
        return []
    if isinstance(node, ListNode):
        return list(node.items)
    if isinstance(node, Things):
        return [thing for _, thing in node.members]
    return [node] if isinstance(node, Thing) or entries(node) is not None else None


def stepped(node: Node, name: str, at: Spanned) -> Node:
    """What `.name` leads to."""
    if isinstance(node, Names):
        return node.lookup(name) or Missing(at.source, at.start, at.end)
    if isinstance(node, Thing):
        return node.attribute(name) or known(at, UNKNOWN)
    if isinstance(node, Things) and len(node.members) == 1:
        return stepped(node.members[0][1], name, at)
    if isinstance(node, ListNode) and len(node.items) == 1:
        return stepped(node.items[0], name, at)
    return _entry(node, name, at)


def indexed(node: Node, key: Node, scope: Scope, at: Spanned) -> Node:
    """What `[key]` leads to."""
    value = scope.value(key)
    name = worded(key, scope)
    if isinstance(node, Things):
        return _member(node, name, value, at)
    if isinstance(node, Names) and name is not None:
        return stepped(node, name, at)
    if isinstance(node, ListNode):
        position = number(value)
        if isinstance(position, int):
            return node.items[position] if 0 <= position < len(node.items) else Missing(at.source, at.start, at.end)
    if name is not None:
        return stepped(node, name, at) if isinstance(node, Thing) else _entry(node, name, at)
    inside = entries(node)
    held = list(inside.values()) if inside is not None else list(node.items) if isinstance(node, ListNode) else []
    # one of its entries, whichever the key is
    return any_of(at, held) if held and OPEN not in (inside or ()) else known(at, UNKNOWN)


def _member(node: Things, name: str | None, value: Value | None, at: Spanned) -> Node:
    """One of several things. Of an unknown number, the one for any key is that of the same key alone."""
    for key, thing in node.members:
        if value == node.own if key is None else str(key) == name:
            return thing
    made = node.make(name) if name is not None else None
    absent = Missing(at.source, at.start, at.end) if name is not None else known(at, UNKNOWN)
    return made or absent


def _entry(node: Node, name: str, at: Spanned) -> Node:
    """An entry of a mapping, or of what stands for one."""
    inside = entries(node)
    if isinstance(node, Mapping) and inside is not None:
        absent = known(at, UNKNOWN) if is_open(node) else Missing(at.source, at.start, at.end)
        return inside.get(name) or absent
    arms = choices(node)
    if len(arms) > 1:
        found = [stepped(arm, name, at) for arm in arms]
        return any_of(at, [each for each in found if not isinstance(each, Missing)])
    if not isinstance(node, Known):
        return known(at, UNKNOWN)
    match node.result:
        case Parameter(stack, parameter, options=()):
            return known(at, Parameter(stack, f"{parameter}.{name}"))
        case Reference():
            return known(at, node.result)
        case Table():
            return known(at, node.result.get(name) or UNKNOWN)
        case Items(items) if name.isdecimal() and int(name) < len(items):
            return known(at, items[int(name)])
    return known(at, UNKNOWN)


# --- choices and operators ----------------------------------------------------------------------------------------


def _conditional(expression: Conditional, scope: Scope) -> Node:
    before = scope.assumed
    test = scope.value(evaluate(expression.test, scope))
    is_certain = scope.assumed == before
    if is_certain and test == Constant(True):
        return evaluate(expression.yes, scope)
    if is_certain and test == Constant(False):
        return evaluate(expression.no, scope)
    arms = evaluate(expression.yes, scope), evaluate(expression.no, scope)
    # where the defaults decide, the arm that they choose goes first
    return either(expression, *(reversed(arms) if test == Constant(False) else arms))


def _operation(expression: Operation, scope: Scope) -> Node:
    nodes = [evaluate(operand, scope) for operand in expression.operands]
    return known(expression, operated(expression.operator, nodes, scope))


# --- calls and comprehensions -------------------------------------------------------------------------------------


def _call(expression: Call, scope: Scope) -> Node:
    given = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.spread and given:
        last = given.pop()
        if not isinstance(last, ListNode):
            return known(expression, UNKNOWN)
        given += last.items
    function = FUNCTIONS.get(expression.name.removeprefix("core::"))
    return known(expression, UNKNOWN) if function is None else function(scope, expression, given)


def pairs(node: Node) -> list[tuple[Node, Node]] | None:
    """Keys and values of what can be iterated over; None where they are not all known."""
    inside = entries(node)
    if inside is not None:
        return None if OPEN in inside else [(constant(each, name), each) for name, each in inside.items()]
    if isinstance(node, ListNode):
        return [(constant(each, index), each) for index, each in enumerate(node.items)]
    if isinstance(node, Things) and all(key is not None for key, _ in node.members):
        return [(constant(node, key), thing) for key, thing in node.members]
    return None


def _comprehension(expression: Comprehension, scope: Scope) -> Node:
    iterated = pairs(_evaluate(expression.items, scope))
    if iterated is None or len(iterated) > MOST_ITERATIONS or expression.grouped:
        return known(expression, UNKNOWN)
    rounds = list(_rounds(expression, iterated, scope))
    is_open = any(result is None for _, result in rounds)
    results = [(key, result) for key, result in rounds if result is not None]
    if expression.key is not None:
        found = {key: result for key, result in results if key is not None}
        if is_open or len(found) < len(results):
            found[OPEN] = known(expression, UNKNOWN)
        return table(expression, found)
    if is_open:
        return known(expression, opened(scope.value(result) for _, result in results))
    return listed(expression, (result for _, result in results))


def _rounds(
    expression: Comprehension, iterated: list[tuple[Node, Node]], scope: Scope
) -> Iterator[tuple[str | None, Node | None]]:
    """Key and result of each round; no result where it is not known whether there is one."""
    for key, each in iterated:
        names = dict(zip(expression.names, (key, each) if len(expression.names) > 1 else (each,), strict=False))
        inner = scope.bound(names)
        test = Constant(True) if expression.test is None else inner.value(evaluate(expression.test, inner))
        if test == Constant(False):
            continue
        if test != Constant(True):
            yield None, None
            continue
        name = None if expression.key is None else worded(evaluate(expression.key, inner), inner)
        yield name, evaluate(expression.result, inner)


_EVALUATORS: dict[type[Expression], Callable[..., Node]] = {
    Literal: _literal,
    Template: _template,
    ListOf: _list,
    ObjectOf: _object,
    Name: _name,
    Attribute: _attribute,
    Index: _index,
    Splat: _splat,
    Call: _call,
    Conditional: _conditional,
    Operation: _operation,
    Comprehension: _comprehension,
}


def text_of(node: Node | None, scope: Scope) -> str | None:
    """The constant text that a node is."""
    return None if node is None else string(scope.value(node))
