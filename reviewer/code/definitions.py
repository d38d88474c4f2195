"""What each kind of definition gives to its name, as an abstract value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.code import facts, library
from reviewer.code.bounds import bounded
from reviewer.code.library import Arguments
from reviewer.code.scopes import Definition
from reviewer.value import (
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    EventPath,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    Result,
    Table,
    Unknown,
    Value,
    one_of,
    options,
    string,
)

if TYPE_CHECKING:
    from reviewer.code.values import Values

KNOWN_BY_ITEMS = (Table, EventPath, Result, AwsResult, Unknown)
"""Values of which nothing is known for certain but what was put into them. Other objects stay what they are."""


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
    assert definition.value is not None
    before = one_of([values.defined(earlier, frame) for earlier in definition.before])
    return bounded(values.combined(definition.detail, before, values.of(definition.value, frame)))


def item(values: Values, definition: Definition, frame: Frame) -> Value:
    """A dict, a list or another object after `name[key] = value`."""
    assert definition.key is not None
    key = string(values.of(definition.key, frame))
    value = values.of(definition.value, frame) if definition.value is not None else UNKNOWN
    made = [_with_item(before, key, value) for before in options(_before(values, definition, frame))]
    return bounded(one_of(made))


def _with_item(before: Value, key: str | None, value: Value) -> Value:
    if isinstance(before, Items):
        return Items((*before.items, value), open=True)
    if not isinstance(before, KNOWN_BY_ITEMS):
        return before
    known, is_open = (before.entries, before.open) if isinstance(before, Table) else ((), True)
    if key is None:
        return Table(known, open=True)
    return Table((*(entry for entry in known if entry[0] != key), (key, value)), is_open)


def mutated(values: Values, definition: Definition, frame: Frame) -> Value:
    """A list or dict after a method that changes it."""
    assert isinstance(definition.value, facts.Call)
    given = values.arguments(definition.value, frame)
    method = definition.detail
    made = [_changed(before, method, given) for before in options(_before(values, definition, frame))]
    return bounded(one_of(made))


def _changed(before: Value, method: str, given: Arguments) -> Value:
    if isinstance(before, Items):
        added: tuple[Value, ...] = {
            "append": given.positional[:1],
            "appendleft": given.positional[:1],
            "add": given.positional[:1],
            "insert": given.positional[1:2],
            "extend": tuple(library.element(source) for source in given.positional[:1]),
            "update": tuple(library.element(source) for source in given.positional),
        }.get(method, ())
        kept = () if method == "clear" else before.items
        return Items(tuple(dict.fromkeys((*kept, *added))), open=True)
    if not isinstance(before, Table):
        return before
    key = string(given.get(0))
    entries = dict(before.entries)
    if method == "clear":
        return Table(())
    if method == "pop" and key is not None:
        entries.pop(key, None)
        return Table(tuple(entries.items()), before.open)
    if method == "setdefault" and key is not None and not before.open:
        entries.setdefault(key, given.get(1) or Constant(None))
        return Table(tuple(entries.items()))
    update = given.get(0)
    if method == "update" and (update is None or isinstance(update, Table)):
        entries |= dict((*(update.entries if update else ()), *given.named))
        return Table(tuple(entries.items()), before.open or given.open or (update is not None and update.open))
    return Table(before.entries, open=True)


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
    "mutated": mutated,
    "opaque": opaque,
}

IMMEDIATE = frozenset(("import", "parameter", "function", "class", "opaque"))
"""Definitions whose values are at hand, or kept elsewhere."""
