"""What each kind of definition gives to its name, as an abstract value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.code import containers, facts, library
from reviewer.code.bounds import bounded
from reviewer.code.library import Arguments
from reviewer.code.scopes import Definition
from reviewer.value import (
    MODULE,
    UNKNOWN,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    Value,
    one_of,
    options,
    string,
)

if TYPE_CHECKING:
    from reviewer.code.values import Values


def assigned(values: Values, definition: Definition, frame: Frame) -> Value:
    assert definition.value is not None
    return values.unpacked(values.of(definition.value, frame), definition.path)


def element(values: Values, definition: Definition, frame: Frame) -> Value:
    assert definition.value is not None
    return values.unpacked(library.element(values.of(definition.value, frame)), definition.path)


def entered(values: Values, definition: Definition, frame: Frame) -> Value:
    """What `with … as name` binds: what `__enter__` returns, what a local generator yields, or the object itself."""
    value = assigned(values, definition, frame)
    if isinstance(value, Items) and value.open:
        return library.element(value)
    if isinstance(value, Instance):
        enter = values.attribute_of(value, "__enter__")
        return values.called(enter, Arguments()) if isinstance(enter, LocalFunction) else value
    return value


def imported(values: Values, definition: Definition, frame: Frame) -> Value:
    assert isinstance(definition.statement, facts.Import)
    for module, member, bound in definition.statement.names:
        if bound == definition.name:
            found = values.modules.find(frame.module, module, definition.statement.level)
            return values.exported(found, member) if member else found
    return UNKNOWN


def parameter(values: Values, definition: Definition, frame: Frame) -> Value:
    return frame.get(definition.name) or UNKNOWN


def function(values: Values, definition: Definition, frame: Frame) -> Value:
    """A function, with what its local decorators put in its place; any other decorator leaves it what it is."""
    statement = definition.statement
    assert isinstance(statement, facts.Function)
    made = LocalFunction(frame.module, statement.node, outer=frame if frame.owner != MODULE else None)
    wrapped = made
    for decorator in reversed(statement.decorators):
        wrapper = _wrapper(values, values.of(decorator, frame), wrapped)
        wrapped = wrapper if wrapper is not None else wrapped
    return made if wrapped is made else replace(made, through=wrapped)


def _wrapper(values: Values, decorator: Value, function: LocalFunction) -> LocalFunction | None:
    """What a local decorator makes of a function, where that is another local function."""
    made = [
        option if isinstance(option, LocalFunction) else values.attribute_of(option, "__call__")
        for each in options(decorator)
        if isinstance(each, (LocalFunction, LocalClass, Instance))
        for option in options(values.called(each, Arguments((function,))))
        if isinstance(option, (LocalFunction, Instance))
    ]
    others = [each for each in made if isinstance(each, LocalFunction) and each.node != function.node]
    return others[0] if len(others) == 1 else None


def class_(values: Values, definition: Definition, frame: Frame) -> Value:
    assert isinstance(definition.statement, facts.Class)
    return LocalClass(frame.module, definition.statement.node)


def outside(values: Values, definition: Definition, frame: Frame) -> Value:
    return values.free(definition.name, values.modules.scope(frame.module, frame.owner), frame)


def augmented(values: Values, definition: Definition, frame: Frame) -> Value:
    """A name after `name += value`; in a loop, after any number of that."""
    assert definition.value is not None
    before = one_of([values.defined(each, frame) for each in definition.before if not values.awaits(each, frame)])
    value = values.of(definition.value, frame)
    if not any(values.awaits(each, frame) for each in definition.before):
        return bounded(values.combined(definition.detail, before, value))
    known = [values.combined(definition.detail, before, value), values.combined(definition.detail, UNKNOWN, value)]
    made = [containers.grown(option, definition.detail, value) or one_of(known) for option in options(before)]
    return bounded(one_of(made))


def item(values: Values, definition: Definition, frame: Frame) -> Value:
    """A dict, a list or another object after `name[key] = value`."""
    assert definition.key is not None and definition.given is not None
    key = string(values.of(definition.key, frame))
    value = values.defined(definition.given, frame)
    return _changed(values, definition, frame, lambda before: containers.with_item(before, key, value))


def removed(values: Values, definition: Definition, frame: Frame) -> Value:
    """A dict or list after `del name[key]`."""
    assert definition.key is not None
    key = string(values.of(definition.key, frame))
    return _changed(values, definition, frame, lambda before: containers.without_item(before, key))


def mutated(values: Values, definition: Definition, frame: Frame) -> Value:
    """A list or dict after a method that changes it (or `+=`); without a call, the method was handed over."""
    value = definition.value
    if definition.detail.endswith("="):
        given = Arguments((UNKNOWN if value is None else values.of(value, frame),))
    else:
        given = values.arguments(value, frame) if isinstance(value, facts.Call) else Arguments((), (), open=True)
    return _changed(values, definition, frame, lambda before: containers.changed(before, definition.detail, given))


def _changed(values: Values, definition: Definition, frame: Frame, change: containers.Change) -> Value:
    """What a name was before, with a change of it or of something inside."""
    keys = [None if key is None else values.of(key, frame) for key in definition.within]
    return bounded(containers.inside(_before(values, definition, frame), keys, change))


def _before(values: Values, definition: Definition, frame: Frame) -> Value:
    """What a name was before it was changed in place: in a loop, without what this change itself has added."""
    return one_of([values.defined(d, frame) for d in definition.before if not values.awaits(d, frame)])


def opaque(*_: object) -> Value:
    return UNKNOWN


DEFINED: dict[str, Callable[[Values, Definition, Frame], Value]] = {
    "value": assigned,
    "element": element,
    "context": entered,
    "import": imported,
    "parameter": parameter,
    "function": function,
    "class": class_,
    "outside": outside,
    "augmented": augmented,
    "item": item,
    "removed": removed,
    "mutated": mutated,
    "opaque": opaque,
}

IMMEDIATE = frozenset(("import", "parameter", "function", "class", "opaque"))
"""Definitions whose values are at hand, or kept elsewhere."""
