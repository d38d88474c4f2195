"""Operators over values: what can be told of their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reviewer.deploy.nodes import Mapping, Node, intrinsic
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.terms import Context, Thing, Things, is_null, is_set
from reviewer.value import UNKNOWN, Constant, Value, number

GREATEST = 10**15
"""Numbers beyond it are not computed."""


def operated(operator: str, nodes: Sequence[Node], context: Context) -> Value:
    """The result of an operator with one or two operands."""
    values = [context.value(node) for node in nodes]
    if len(nodes) == 1:
        return _unary(operator, values[0])
    if operator in ("==", "!="):
        same = _same(nodes[0], nodes[1], context)
        return UNKNOWN if same is None else Constant(same == (operator == "=="))
    if operator in ("&&", "||"):
        decisive = Constant(operator == "||")
        if decisive in values:
            return decisive
        return Constant(operator == "&&") if all(map(_is_truth, values)) else UNKNOWN
    first, second = (number(value) for value in values)
    return UNKNOWN if first is None or second is None else _computed(operator, first, second)


def _is_truth(value: Value | None) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, bool)


def _unary(operator: str, value: Value | None) -> Value:
    if operator == "!":
        return Constant(value == Constant(False)) if _is_truth(value) else UNKNOWN
    amount = number(value)
    return UNKNOWN if amount is None else Constant(-amount)


def _same(first: Node, second: Node, context: Context) -> bool | None:
    """Whether two nodes are equal; None where that is not known."""
    if is_null(first) or is_null(second):
        other = second if is_null(first) else first
        given = False if is_null(other) else True if _is_structure(other) else is_set(context.value(other))
        return None if given is None else not given
    one, two = context.value(first), context.value(second)
    if isinstance(one, Constant) and isinstance(two, Constant):
        return one == two or (number(one) is not None and number(one) == number(two))
    return None


def _is_structure(node: Node) -> bool:
    return isinstance(node, Thing | Things | ListNode) or (isinstance(node, Mapping) and not intrinsic(node))


_ARITHMETIC: dict[str, Callable[[int | float, int | float], int | float | bool]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one / two if one % two else one // two,
    "%": lambda one, two: one % two,
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}


def _computed(operator: str, one: int | float, two: int | float) -> Value:
    if operator not in _ARITHMETIC or max(abs(one), abs(two)) > GREATEST or (operator in "/%" and not two):
        return UNKNOWN
    return Constant(_ARITHMETIC[operator](one, two))
