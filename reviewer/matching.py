"""The pattern language of EventBridge, which SNS filter policies and event source mappings share.

A pattern is a table. Its fields all have to match, each by one of the values in its list. A list of the event matches
by any of its elements, and the fields of one object of the pattern by one and the same element. A missing field matches
`exists: false` only. `exists` looks at leaves: an object and an empty list are none.

`cidr` is MAYBE for any string. So are numbers that are equal but written in two ways (`300`, `300.0`): the user guide
says that they differ, the code that they do not. What is malformed, and would not deploy, is MAYBE too.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://github.com/aws/event-ruler
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reviewer.strings import Known, begins, ends, equals, framed, nothing
from reviewer.transforms import makes_text
from reviewer.truth import MAYBE, NO, YES, Truth, both, either
from reviewer.value import (
    UNKNOWN,
    Constant,
    Items,
    OneOf,
    Parameter,
    Pseudo,
    Reference,
    Table,
    Text,
    Transformed,
    Value,
    number,
    string,
)

_Comparison = Callable[[Value, Value, Known], Truth]

Within = tuple[Value | None, tuple[str, ...]]
"""The list around the current place, and the way from it: `exists` looks at all of its elements together."""


def matches(pattern: Table, event: Value | None, known: Known = nothing) -> Truth:
    """Does a pattern match an event (None: there is none)? For one world and one branch: see `decide`."""
    return _object(pattern, event, None, known)


def _object(pattern: Table, node: Value | None, within: Within | None, known: Known) -> Truth:
    """Do the fields of an object pattern match a place of the event (None: there is nothing)?"""
    if isinstance(node, OneOf):
        return _agreed(_object(pattern, option, within, known) for option in node.options)
    if isinstance(node, Items) and (node.items or node.open):
        inside = within or (node, ())
        found = (_object(pattern, item, inside, known) for item in _elements(node))
        return _agreed((*found, _object(pattern, None, within, known))) if node.open else either(found)
    fields = (_field(name, wanted, node, within, known) for name, wanted in pattern.entries)
    return both((*fields, MAYBE)) if pattern.open else both(fields)


def _field(name: str, wanted: Value, node: Value | None, within: Within | None, known: Known) -> Truth:
    if name == "$or" and (alternatives := _alternatives(wanted)):
        return either(_object(alternative, node, within, known) for alternative in alternatives)
    inner = _child(node, name)
    deeper = within and (within[0], (*within[1], name))
    if isinstance(wanted, Table):
        return _object(wanted, inner, deeper, known)
    if isinstance(wanted, Items):
        found = either(_matcher(matcher, inner, deeper, known) for matcher in wanted.items)
        return found & MAYBE if wanted.open else found
    return MAYBE


def _alternatives(wanted: Value) -> tuple[Table, ...]:
    """The objects under `$or`. None where that is a field's name: a single object, or one that names an operator."""
    objects = tuple(item for item in wanted.items if isinstance(item, Table)) if isinstance(wanted, Items) else ()
    names = {name for item in objects for name, _ in item.entries}
    return objects if len(objects) > 1 and names.isdisjoint({*_OPERATORS, "exists"}) else ()


def _child(node: Value | None, name: str) -> Value | None:
    if node is None or (isinstance(node, Items) and not node.open) or _is_scalar(node):
        return None
    return node.get(name) if isinstance(node, Table) else UNKNOWN


def _is_text(value: Value) -> bool:
    """Whether a value is a string for certain."""
    if isinstance(value, Transformed):
        return makes_text(value.operation)
    return string(value) is not None or isinstance(value, (Text, Reference, Pseudo))


def _is_scalar(value: Value) -> bool:
    """Whether a value is a leaf of an event for certain: no object, no list, and there."""
    return isinstance(value, (Constant, Parameter)) or _is_text(value)


def _agreed(truths: Iterable[Truth]) -> Truth:
    """The truth for one of several possibilities, whichever it is; which of them can be is for `decide` to say."""
    found = set(truths)
    return found.pop() if found in ({YES}, {NO}) else MAYBE


def _any_item(items: Items, test: Callable[[Value], Truth]) -> Truth:
    """The truth for any item of a list; an open list may hold none."""
    found = either(map(test, _elements(items)))
    return found & MAYBE if items.open else found


def _elements(items: Items) -> tuple[Value, ...]:
    return items.items or ((UNKNOWN,) if items.open else ())


def _matcher(matcher: Value, node: Value | None, within: Within | None, known: Known) -> Truth:
    """Does one value of a field's list match the field?"""
    if isinstance(matcher, OneOf):
        return _agreed(_matcher(option, node, within, known) for option in matcher.options)
    if not isinstance(matcher, Table):
        return _leaf(node, lambda leaf: _exactly(matcher, leaf, known))
    if matcher.open or len(matcher.entries) != 1:
        return MAYBE
    ((operator, argument),) = matcher.entries
    if operator == "exists":
        flag = argument.value if isinstance(argument, Constant) else None
        there = _present(*(within or (node, ())))
        return there if flag is True else ~there if flag is False else MAYBE
    if operator not in _OPERATORS:
        return MAYBE
    return _leaf(node, lambda leaf: _OPERATORS[operator](argument, leaf, known))


def _leaf(node: Value | None, test: Callable[[Value], Truth]) -> Truth:
    """The truth of a test for any leaf at a place: NO where there is nothing, or an object."""
    if node is None or isinstance(node, Table):
        return NO
    if isinstance(node, OneOf):
        return _agreed(_leaf(option, test) for option in node.options)
    if isinstance(node, Items):
        return _any_item(node, lambda item: _leaf(item, test))
    return test(node)


def _present(node: Value | None, way: tuple[str, ...]) -> Truth:
    """Is there a leaf at the end of the way?"""
    if isinstance(node, OneOf):
        return _agreed(_present(option, way) for option in node.options)
    if isinstance(node, Items):
        return _any_item(node, lambda item: _present(item, way))
    if way and node is not None:
        return _present(_child(node, way[0]), way[1:])
    if node is None or isinstance(node, Table):
        return NO
    return YES if _is_scalar(node) else MAYBE


# --- the comparisons ----------------------------------------------------------------------------------------------


def _exactly(wanted: Value, leaf: Value, known: Known) -> Truth:
    if isinstance(wanted, Constant) and isinstance(leaf, Constant):
        alike = wanted.value == leaf.value and {wanted.kind, leaf.kind} == {"int", "float"}
        return MAYBE if alike else Truth.of(wanted == leaf)
    for one, other in ((wanted, leaf), (leaf, wanted)):
        if isinstance(one, Constant) and string(one) is None:
            return NO if _is_text(other) else MAYBE
    return equals(leaf, wanted, known)


def _on_text(compare: _Comparison) -> _Comparison:
    """An operator of `compare(leaf, argument)`: only strings pass. `equals-ignore-case` makes letters small."""

    def test(argument: Value, leaf: Value, known: Known) -> Truth:
        if isinstance(leaf, Constant) and string(leaf) is None:
            return NO
        if isinstance(argument, Table):
            folded = argument.get("equals-ignore-case")
            return test(_small(folded), _small(leaf), known) if folded and _is_text(leaf) else MAYBE
        if isinstance(argument, Constant) and string(argument) is None:
            return MAYBE
        found = compare(leaf, argument, known)
        return found if _is_text(leaf) or known(leaf) else found & MAYBE

    return test


def _small(value: Value) -> Value:
    return Transformed("lower", value)


def _wildcard(leaf: Value, pattern: Value, known: Known) -> Truth:
    """`*` stands for any characters, `\\*` and `\\\\` for themselves."""
    written = string(pattern)
    if written is None:
        return MAYBE
    first, *others = pieces = _literals(written)
    if not others:
        return equals(leaf, first, known)
    if string(leaf) is None:
        found = framed(leaf, first, others[-1], known)
        return found if not any(pieces[1:-1]) and not (first and others[-1]) else found & MAYBE
    return Truth.of(_globbed(string(leaf) or "", pieces))


def _literals(pattern: str) -> list[str]:
    """The texts between the wildcards of a pattern."""
    pieces = [""]
    rest = iter(pattern)
    for character in rest:
        if character == "*":
            pieces.append("")
        else:
            pieces[-1] += next(rest, "") if character == "\\" else character
    return pieces


def _globbed(subject: str, pieces: list[str]) -> bool:
    at = len(pieces[0])
    end = len(subject) - len(pieces[-1])
    if at > end or not subject.startswith(pieces[0]) or not subject.endswith(pieces[-1]):
        return False
    for piece in pieces[1:-1]:
        found = subject.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _numeric(argument: Value, leaf: Value, _: Known) -> Truth:
    if _is_text(leaf) or (isinstance(leaf, Constant) and leaf.kind not in {"int", "float"}):
        return NO
    if not isinstance(argument, Items) or argument.open or len(argument.items) % 2:
        return MAYBE
    signs, bounds = map(string, argument.items[::2]), map(number, argument.items[1::2])
    return both(_bounded(number(leaf), sign, bound) for sign, bound in zip(signs, bounds, strict=True))


def _bounded(subject: float | None, sign: str | None, bound: float | None) -> Truth:
    if subject is None or bound is None or sign not in _COMPARISONS:
        return MAYBE
    return Truth.of(_COMPARISONS[sign](subject, bound))


def _anything_but(argument: Value, leaf: Value, known: Known) -> Truth:
    """Any value but one, or some, or those that a comparison of strings lets through."""
    compare: _Comparison = _exactly
    if isinstance(argument, Table):
        if argument.open or len(argument.entries) != 1 or argument.entries[0][0] not in _TEXTUAL:
            return MAYBE
        ((operator, argument),) = argument.entries
        compare = _TEXTUAL[operator]
    if isinstance(argument, Items):
        found = either(compare(item, leaf, known) for item in argument.items)
        return ~(found & MAYBE if argument.open else found)
    return ~compare(argument, leaf, known)


_TEXTUAL: dict[str, _Comparison] = {
    "prefix": _on_text(begins),
    "suffix": _on_text(ends),
    "equals-ignore-case": _on_text(lambda leaf, wanted, known: equals(_small(leaf), _small(wanted), known)),
    "wildcard": _on_text(_wildcard),
}

_OPERATORS: dict[str, _Comparison] = {
    **_TEXTUAL,
    "numeric": _numeric,
    "anything-but": _anything_but,
    "cidr": _on_text(lambda leaf, block, known: MAYBE),
}
