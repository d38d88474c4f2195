"""What each kind of expression evaluates to, as an abstract value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from reviewer.code import facts, library, operations, texts
from reviewer.code.bounds import bounded
from reviewer.code.facts import Expression
from reviewer.value import (
    ITEM,
    MODULE,
    UNKNOWN,
    Constant,
    Environment,
    EventPath,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    Super,
    Table,
    Value,
    one_of,
    options,
    string,
)

if TYPE_CHECKING:
    from reviewer.code.values import Values


def attribute(values: Values, expression: facts.Attribute, frame: Frame) -> Value:
    value = values.of(expression.value, frame)
    found = values.attribute_of(value, expression.name)
    if isinstance(expression.value, facts.Name) and any(isinstance(each, Instance) for each in options(value)):
        return one_of([found, *_stored_here(values, expression.value, expression.name, frame)])
    return found


def _stored_here(values: Values, receiver: facts.Name, name: str, frame: Frame) -> Iterator[Value]:
    """What a function assigns to an attribute of an object, other than a method to those of its own."""
    for store in values.modules.scope(frame.module, frame.owner).stores:
        if store.name != name or not isinstance(store.receiver, facts.Name) or store.receiver.id != receiver.id:
            continue
        owner = values.modules.owner(frame.module, frame.owner)
        own = owner.parameters[0].name if isinstance(owner, facts.Function) and owner.parameters else ""
        if receiver.id == own and values.modules.classes.around(frame.module, frame.owner):
            return
        yield UNKNOWN if store.given is None else values.defined(store.given, frame)


def subscript(values: Values, expression: facts.Subscript, frame: Frame) -> Value:
    value = values.of(expression.value, frame)
    index = expression.index
    if isinstance(index, facts.Slice):
        if index.step is not None:
            return UNKNOWN
        lower, upper = (None if e is None else values.of(e, frame) for e in (index.lower, index.upper))
        return operations.slice_of(value, lower, upper)
    key = values.of(index, frame)
    if library.is_environment(value):
        variable = string(key)
        return Environment(variable) if variable else UNKNOWN
    return operations.select(value, key)


def interpolation(values: Values, expression: facts.Interpolation, frame: Frame) -> Value:
    parts = [
        library.unwrapped(values.of(part, frame)) if plain else UNKNOWN
        for part, plain in zip(expression.parts, expression.plain, strict=True)
    ]
    return texts.concatenated(parts)


def binary(values: Values, expression: facts.Binary, frame: Frame) -> Value:
    left, right = values.of(expression.left, frame), values.of(expression.right, frame)
    return values.combined(expression.operator, left, right)


def unary(values: Values, expression: facts.Unary, frame: Frame) -> Value:
    operand = values.of(expression.operand, frame)
    if expression.operator == "-" and isinstance(operand, Constant) and isinstance(operand.value, (int, float)):
        return Constant(-operand.value)
    return UNKNOWN


def boolean(values: Values, expression: facts.Boolean, frame: Frame) -> Value:
    left = values.of(expression.left, frame)
    stops = operations.is_false(left)
    if stops is not None:
        decided_by_left = stops == (expression.operator == "and")
        return left if decided_by_left else values.of(expression.right, frame)
    return one_of([left, values.of(expression.right, frame)])


def conditional(values: Values, expression: facts.Conditional, frame: Frame) -> Value:
    return one_of([values.of(expression.body, frame), values.of(expression.orelse, frame)])


def display(values: Values, expression: facts.Display, frame: Frame) -> Value:
    items: list[Value] = []
    is_open = expression.kind == "set"
    for item in expression.items:
        if not isinstance(item, facts.Star):
            items.append(values.of(item, frame))
            continue
        inner = values.of(item.value, frame)
        if isinstance(inner, Items) and not inner.open:
            items += inner.items
        else:
            items.append(library.element(inner))
            is_open = True
    return Items(tuple(items), is_open)


def dictionary(values: Values, expression: facts.Dictionary, frame: Frame) -> Value:
    entries: dict[str, Value] = {}
    computed: list[tuple[Value, Value]] = []
    is_open = False
    for key, value in expression.entries:
        if key is None:
            unpacked = values.of(value, frame)
            if isinstance(unpacked, Table):
                entries.update(unpacked.entries)
            is_open = is_open or not isinstance(unpacked, Table) or unpacked.open
            continue
        spelled = values.of(key, frame)
        if isinstance(spelled, Constant):
            entries[str(spelled.value)] = values.of(value, frame)
        else:
            computed.append((spelled, values.of(value, frame)))
    return Table(tuple(entries.items()), is_open or bool(computed), tuple(computed))


def comprehension(values: Values, expression: facts.Comprehension, frame: Frame) -> Value:
    if expression.kind == "dict":
        return _copied(values, expression, frame) or Table((), open=True)
    return Items((values.of(expression.element, frame),), open=True)


def _copied(values: Values, expression: facts.Comprehension, frame: Frame) -> Value | None:
    """The part of the event of which `{key: value for key, value in part.items()}` is a copy; None for another dict."""
    match expression.key, expression.generators:
        case (
            facts.Name(id=key),
            [
                facts.Generator(
                    target=facts.Display(items=[facts.Name(id=first), facts.Name()]),
                    iterable=facts.Call(function=facts.Attribute(value=source, name="items"), arguments=()),
                    conditions=(),
                )
            ],
        ) if key == first:
            part = values.of(source, frame)
            value = values.of(expression.element, frame)
            is_same = isinstance(part, EventPath) and value == EventPath((*part.path, ITEM, ITEM))
            return part if is_same else None
    return None


def lambda_(_: Values, expression: facts.Lambda, frame: Frame) -> Value:
    return LocalFunction(frame.module, expression.node, outer=frame if frame.owner != MODULE else None)


def inner(values: Values, expression: facts.Await | facts.Walrus, frame: Frame) -> Value:
    return values.of(expression.value, frame)


def call(values: Values, expression: facts.Call, frame: Frame) -> Value:
    given = values.written(expression, frame)
    function = expression.function
    if isinstance(function, facts.Attribute):
        receiver = values.of(function.value, frame)
        return one_of([values.method(option, function.name, given) for option in options(receiver)])
    if isinstance(function, facts.Name) and function.id == "super" and not expression.arguments:
        return _super(values, frame)
    return one_of([values.called(option, given) for option in options(values.of(function, frame))])


def _super(values: Values, frame: Frame) -> Value:
    """`super()` in a method."""
    owner = values.modules.owner(frame.module, frame.owner)
    around = values.modules.classes.around(frame.module, frame.owner)
    if around is None or not isinstance(owner, facts.Function) or not owner.parameters:
        return UNKNOWN
    receiver = frame.get(owner.parameters[0].name)
    return Super(receiver, around) if isinstance(receiver, (Instance, LocalClass)) else UNKNOWN


EVALUATE: dict[type, Callable[..., Value]] = {
    facts.Attribute: attribute,
    facts.Subscript: subscript,
    facts.Call: call,
    facts.Interpolation: interpolation,
    facts.Binary: binary,
    facts.Boolean: boolean,
    facts.Unary: unary,
    facts.Conditional: conditional,
    facts.Display: display,
    facts.Dictionary: dictionary,
    facts.Comprehension: comprehension,
    facts.Lambda: lambda_,
    facts.Await: inner,
    facts.Walrus: inner,
}


BUILDERS = frozenset((facts.Call, facts.Interpolation, facts.Binary, facts.Display, facts.Dictionary))
"""Expressions that build larger values of smaller ones."""


def evaluate(values: Values, expression: Expression, frame: Frame) -> Value:
    """The value of an expression; UNKNOWN for a kind that says nothing."""
    kind = type(expression)
    if kind not in EVALUATE:
        return UNKNOWN
    value = EVALUATE[kind](values, expression, frame)
    return bounded(value) if kind in BUILDERS else value
