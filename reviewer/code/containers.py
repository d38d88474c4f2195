"""Lists and dicts after something has changed them in place. Pure: no frames, no modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reviewer.code.library import Arguments, element
from reviewer.value import (
    UNKNOWN,
    AwsResult,
    Constant,
    EventPath,
    Items,
    Result,
    Table,
    Unknown,
    Value,
    one_of,
    options,
    string,
)

KNOWN_BY_ITEMS = (Table, EventPath, Result, AwsResult, Unknown)
"""Values of which nothing is known for certain but what was put into them. Other objects stay what they are."""

Change = Callable[[Value], Value]


def loosened(value: Value) -> Value:
    """A list or dict that something has changed in a way that is not known."""
    if isinstance(value, Items):
        return Items(tuple(dict.fromkeys((*value.items, UNKNOWN))), open=True)
    if isinstance(value, Table):
        return Table(tuple((key, one_of([each, UNKNOWN])) for key, each in value.entries), open=True)
    return value


def inside(value: Value, keys: Sequence[Value | None], change: Change) -> Value:
    """A value after a change of what stands in it under some keys, outermost first; None for any key."""
    if not keys:
        return one_of([change(option) for option in options(value)])
    return one_of([_inside(option, keys[0], keys[1:], change) for option in options(value)])


def _inside(value: Value, key: Value | None, keys: Sequence[Value | None], change: Change) -> Value:
    if isinstance(value, Items):
        position = key.value if isinstance(key, Constant) and type(key.value) is int and not value.open else None
        if position is not None and -len(value.items) <= position < len(value.items):
            position %= len(value.items)
            made = (inside(item, keys, change) if index == position else item for index, item in enumerate(value.items))
            return Items(tuple(made))
        return Items(tuple(one_of([item, inside(item, keys, change)]) for item in value.items), value.open)
    if isinstance(value, Table):
        name = string(key)
        if name is None:
            changes = {each: one_of([inner, inside(inner, keys, change)]) for each, inner in value.entries}
        else:
            changes = {each: inside(inner, keys, change) for each, inner in value.entries if each == name}
        entries = tuple((each, changes.get(each, inner)) for each, inner in value.entries)
        return Table(entries, value.open, value.computed)
    return value


def with_item(before: Value, key: str | None, value: Value) -> Value:
    """A list or dict after `before[key] = value`; a key of None is not known."""
    if isinstance(before, Items):
        return Items((*before.items, value), open=True)
    if not isinstance(before, KNOWN_BY_ITEMS):
        return before
    known, is_open = (before.entries, before.open) if isinstance(before, Table) else ((), True)
    if key is None:
        return Table(tuple((name, one_of([inner, value])) for name, inner in known), open=True)
    return Table((*(entry for entry in known if entry[0] != key), (key, value)), is_open)


def without_item(before: Value, key: str | None) -> Value:
    """A list or dict after `del before[key]`."""
    if isinstance(before, Table) and key is not None:
        return Table(tuple(entry for entry in before.entries if entry[0] != key), before.open)
    return loosened(before)


def changed(before: Value, method: str, given: Arguments) -> Value:
    """A list or dict after a call of one of its methods, or after `+=` or `|=`."""
    if isinstance(before, Items):
        return _changed_list(before, method, given)
    return _changed_dict(before, method, given) if isinstance(before, Table) else before


def _changed_list(before: Items, method: str, given: Arguments) -> Value:
    added: tuple[Value, ...] | None = {
        "append": given.positional[:1],
        "appendleft": given.positional[:1],
        "add": given.positional[:1],
        "insert": given.positional[1:2],
        **dict.fromkeys(("extend", "+=", "|=", "update"), tuple(map(element, given.positional))),
        **dict.fromkeys(("remove", "discard", "pop", "sort", "reverse", "clear"), ()),
    }.get(method)
    if added is None or given.open:
        return loosened(before)
    kept = () if method == "clear" else before.items
    return Items(tuple(dict.fromkeys((*kept, *added))), open=method != "clear")


def _changed_dict(before: Table, method: str, given: Arguments) -> Value:
    key = string(given.get(0))
    entries = dict(before.entries)
    if method == "clear":
        return Table(())
    if method == "pop" and key is not None:
        return without_item(before, key)
    if method == "setdefault" and key is not None and not before.open:
        entries.setdefault(key, given.get(1) or Constant(None))
        return Table(tuple(entries.items()))
    update = given.get(0) or Table(())
    if method in {"update", "|="} and isinstance(update, Table) and not (update.open or given.open):
        entries |= dict((*update.entries, *given.named))
        return Table(tuple(entries.items()), before.open)
    return loosened(before)


def merged(left: Value, right: Value) -> Value:
    """`left | right` of dicts."""
    return changed(left, "update", Arguments((right,))) if isinstance(left, Table) else UNKNOWN


def grown(before: Value, operator: str, value: Value) -> Value | None:
    """A list or dict after any number of `before += value` or `before |= value`; None for anything else."""
    if isinstance(before, Items) and operator in {"+", "|"}:
        return changed(before, "extend", Arguments((value,)))
    if isinstance(before, Table) and operator == "|":
        return one_of([before, changed(before, "update", Arguments((value,)))])
    return None
