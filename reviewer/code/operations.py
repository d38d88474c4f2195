"""What operators, methods and indexing do to abstract values. Pure: no frames, no modules.

Where every operand is a constant, Python itself computes the result (bounded in size); where the base is symbolic, the
operation stays as `Transformed` for `strings` to reason about.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from reviewer.code.bounds import LONGEST
from reviewer.code.texts import formatted, joined
from reviewer.value import (
    DEEPEST,
    ITEM,
    UNKNOWN,
    AwsResult,
    Client,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    Handle,
    Items,
    LocalClass,
    LocalFunction,
    LocalModule,
    OneOf,
    Result,
    Session,
    Table,
    Text,
    Transformed,
    Value,
    one_of,
    string,
)

FOLDED = frozenset(
    [
        "replace",
        "lower",
        "upper",
        "casefold",
        "title",
        "capitalize",
        "swapcase",
        "strip",
        "lstrip",
        "rstrip",
        "removeprefix",
        "removesuffix",
        "zfill",
    ]
)
"""Methods of `str` that fold over constants and stay `Transformed` over anything else."""

OBJECT = "chalice"
"""The first path element of an event that Chalice has made an object of: `event.bucket`, and the items of `event`."""

SAME = frozenset(("encode", "decode", "copy"))
"""Methods whose result names the same thing as their receiver."""

SPLITS = frozenset(("split", "rsplit", "partition", "rpartition"))

Pick = Callable[[int | str], str | None]

PICKS: dict[str, dict[int, str]] = {
    "split": {0: "split_first", -1: "split_last"},
    "split1": {0: "split_first", 1: "partition_tail", -1: "partition_tail"},
    "rsplit1": {0: "rsplit_head", 1: "split_last", -1: "split_last"},
    "partition": {0: "split_first", 2: "partition_tail", -1: "partition_tail"},
    "rpartition": {2: "split_last", -1: "split_last"},  # [0] is empty where the separator is missing
    "splitext": {0: "splitext_stem", 1: "splitext_extension", -1: "splitext_extension"},
    "path_split": {0: "dirname", 1: "basename", -1: "basename"},
}
"""What an index picks out of a split: the operation's name in `strings`."""


PATHS = (EventPath, ContextPath, Result, AwsResult)
"""Structures that are known by a path into them only."""

TEXTS = (Constant, Text, Transformed, Environment, *PATHS)
"""What can be a text."""


def select(value: Value, index: Value) -> Value:
    """`value[index]`."""
    if isinstance(value, OneOf):
        return one_of([select(option, index) for option in value.options])
    if isinstance(index, OneOf):
        return one_of([select(value, option) for option in index.options])
    key = index.value if isinstance(index, Constant) else None
    if isinstance(value, Table):
        if isinstance(key, str):
            return value.get(key) or UNKNOWN
        return one_of([entry for _, entry in value.entries]) if not value.open and value.entries else UNKNOWN
    if isinstance(value, Items):
        return _item(value, key)
    if isinstance(value, PATHS):
        return descend(value, key if isinstance(key, str) else ITEM)
    if isinstance(value, Transformed) and value.operation == "slice":
        return select(value.base, index) if isinstance(value.base, PATHS) else UNKNOWN
    if isinstance(value, Transformed) and isinstance(key, int):
        return _picked(value, key)
    if isinstance(value, Constant) and isinstance(value.value, (str, bytes)) and isinstance(key, int):
        folded = value.value[key : key + 1 or None]
        return Constant(folded) if folded and isinstance(folded, str) else UNKNOWN
    return UNKNOWN


def descend(value: EventPath | ContextPath | Result | AwsResult, step: str) -> Value:
    """A value one step further into a structure that is known by its path only."""
    if len(value.path) >= DEEPEST:
        return UNKNOWN
    path = (*value.path, step)
    if isinstance(value, EventPath):
        return EventPath(path)
    if isinstance(value, ContextPath):
        return ContextPath(path)
    if isinstance(value, Result):
        return Result(value.function, value.arguments, path)
    return AwsResult(value.service, value.operation, value.arguments, path)


def _item(value: Items, key: object) -> Value:
    if isinstance(key, int) and not isinstance(key, bool) and not value.open:
        return value.items[key] if -len(value.items) <= key < len(value.items) else UNKNOWN
    return one_of(value.items)


def _picked(value: Transformed, key: int) -> Value:
    operation = PICKS.get(value.operation, {}).get(key)
    if operation is None and value.operation == "split":
        return transformed("split_item", value.base, (*value.arguments, Constant(key)))
    return transformed(operation, value.base, value.arguments) if operation else UNKNOWN


def slice_of(value: Value, lower: Value | None, upper: Value | None) -> Value:
    """`value[lower:upper]`."""
    if isinstance(value, OneOf):
        return one_of([slice_of(option, lower, upper) for option in value.options])
    ends = (lower or Constant(None), upper or Constant(None))
    bounds = _bounds(*ends)
    if isinstance(value, Items):
        return Items(value.items[bounds]) if bounds and not value.open else Items(value.items, open=True)
    if bounds is None or (isinstance(value, Transformed) and value.operation in PICKS):
        return UNKNOWN
    if isinstance(value, Constant):
        return Constant(value.value[bounds]) if isinstance(value.value, str) else UNKNOWN
    # of a text, a part; of a list that is known by its path, some of its items
    return transformed("slice", value, ends) if isinstance(value, TEXTS) else UNKNOWN


def _bounds(lower: Value, upper: Value) -> slice | None:
    """The bounds of a slice; None where they are not known."""
    plain = [end.value for end in (lower, upper) if isinstance(end, Constant)]
    if len(plain) < 2 or not all(end is None or type(end) is int for end in plain):
        return None
    first, last = plain
    return slice(first, last)


def transformed(operation: str, base: Value, arguments: tuple[Value, ...] = ()) -> Value:
    """A string operation on each possibility of `base`, folded where it is constant."""
    if isinstance(base, OneOf):
        return one_of([transformed(operation, option, arguments) for option in base.options])
    if any(isinstance(argument, OneOf) for argument in arguments):
        return UNKNOWN
    if base == UNKNOWN or _depth(base) >= DEEPEST:
        return UNKNOWN
    folded = _fold(operation, base, arguments)
    return folded if folded is not None else Transformed(operation, base, arguments)


def _depth(value: Value) -> int:
    depth = 0
    while isinstance(value, Transformed):
        value, depth = value.base, depth + 1
    return depth


def _fold(operation: str, base: Value, arguments: tuple[Value, ...]) -> Value | None:
    subject = string(base)
    if subject is None or not all(isinstance(argument, Constant) for argument in arguments):
        return None
    plain = [argument.value for argument in arguments if isinstance(argument, Constant)]
    compute = FOLDS.get(operation) or (getattr(str, operation) if operation in FOLDED else None)
    if compute is None:
        return None
    if len(subject) > LONGEST:
        return UNKNOWN
    try:
        return Constant(compute(subject, *plain))
    except (TypeError, ValueError, OverflowError, IndexError):
        return UNKNOWN


FOLDS: dict[str, Callable[..., str]] = {
    "basename": posixpath.basename,
    "dirname": posixpath.dirname,
    "path_join": posixpath.join,
    "splitext_stem": lambda s: posixpath.splitext(s)[0],
    "splitext_extension": lambda s: posixpath.splitext(s)[1],
    "stem": lambda s: posixpath.splitext(posixpath.basename(s))[0],
    "split_first": lambda s, sep: s.split(sep)[0],
    "split_last": lambda s, sep: s.split(sep)[-1],
    "rsplit_head": lambda s, sep: s.rsplit(sep, 1)[0],
    "partition_tail": lambda s, sep: s.partition(sep)[2],
    "slice": lambda s, first, last: s[first:last],
    "zfill": lambda s, width: s.zfill(_within(width)),
    "replace": lambda s, old, new, *count: s.replace(old, new, *count) if _within(_replaced(s, old, new)) else "",
}


def _within(length: int) -> int:
    """A length that a text may have; raises `OverflowError` for others."""
    if length > LONGEST:
        raise OverflowError
    return length


def _replaced(text: str, old: str, new: str) -> int:
    return len(text) + text.count(old) * len(new) + 1


def method(receiver: Value, name: str, arguments: tuple[Value, ...]) -> Value:
    """`receiver.name(*arguments)` for strings, lists and dicts; UNKNOWN for what this module does not know."""
    if isinstance(receiver, OneOf):
        return one_of([method(option, name, arguments) for option in receiver.options])
    if name in SAME:
        return receiver
    if name == "to_dict" and isinstance(receiver, EventPath):
        return _raw(receiver)
    if name == "strftime" and arguments:
        return Result("datetime.strftime", (("0", arguments[-1]),))
    if name == "get" and arguments:
        return _get(receiver, arguments)
    if isinstance(receiver, (Table, EventPath)) and name in {"items", "values", "keys", "pop", "setdefault"}:
        return _view(receiver, name, arguments)
    if not isinstance(receiver, TEXTS):
        return UNKNOWN
    if name in SPLITS:
        return _split(receiver, name, arguments)
    if name in FOLDED:
        return transformed(name, receiver, arguments)
    if name == "format":
        return formatted(receiver, arguments, ())
    if name == "join" and arguments:
        return joined(receiver, arguments[0])
    return UNKNOWN


def _raw(event: EventPath) -> Value:
    """The raw event, or the raw record, behind an object that Chalice has made of it."""
    raw: dict[tuple[str, ...], tuple[str, ...]] = {(OBJECT,): (), (OBJECT, ITEM): ("Records", ITEM)}
    return EventPath(raw[event.path]) if event.path in raw else UNKNOWN


def _get(receiver: Value, arguments: tuple[Value, ...]) -> Value:
    default = arguments[1] if len(arguments) > 1 else Constant(None)
    key = string(arguments[0])
    if isinstance(receiver, Table) and key is not None:
        found = receiver.get(key)
        return found if found is not None else default
    if isinstance(receiver, Table):
        return one_of([*(value for _, value in receiver.entries), default])
    found = select(receiver, arguments[0])
    return one_of([found, default]) if len(arguments) > 1 and default != Constant(None) else found


def _view(receiver: Table | EventPath, name: str, arguments: tuple[Value, ...]) -> Value:
    if isinstance(receiver, EventPath):
        if name == "pop" and not arguments:
            return descend(receiver, ITEM)
        if name in {"pop", "setdefault"} and arguments:
            return select(receiver, arguments[0])
        return descend(receiver, ITEM) if name == "keys" else Items((descend(receiver, ITEM),), open=True)
    if name in {"pop", "setdefault"}:
        return _get(receiver, arguments) if arguments else UNKNOWN
    pairs = [(Constant(key), value) for key, value in receiver.entries]
    made: dict[str, list[Value]] = {
        "items": [Items(pair) for pair in pairs],
        "keys": [key for key, _ in pairs],
        "values": [value for _, value in pairs],
    }
    return Items(tuple(made[name])) if not receiver.open else UNKNOWN


def _split(receiver: Value, name: str, arguments: tuple[Value, ...]) -> Value:
    separator = string(arguments[0]) if arguments else None
    if separator is None:
        return UNKNOWN
    most = arguments[1].value if len(arguments) == 2 and isinstance(arguments[1], Constant) else None
    subject = string(receiver)
    if subject is not None:
        if not separator or len(subject) > LONGEST or (len(arguments) > 1 and type(most) is not int):
            return UNKNOWN
        limit = () if name.endswith("partition") or most is None else (most,)
        return Items(tuple(Constant(part) for part in getattr(subject, name)(separator, *limit)))
    kind = name if name.endswith("partition") else f"{name}1" if most == 1 else "split" if len(arguments) == 1 else ""
    return transformed(kind, receiver, (Constant(separator),)) if kind else UNKNOWN


def is_false(value: Value) -> bool | None:
    """Whether a value is false in a test; None where that is not known."""
    if isinstance(value, Constant):
        return not value.value
    if isinstance(value, (Items, Table)) and not value.open:
        return not (value.items if isinstance(value, Items) else value.entries)
    if isinstance(value, (Client, Handle, Session, LocalFunction, LocalClass, LocalModule)):
        return False
    if isinstance(value, Text) and any(isinstance(part, Constant) for part in value.parts):
        return False
    return None
