"""What operators, methods and indexing do to abstract values. Pure: no frames, no modules.

Where every operand is a constant, Python itself computes the result (bounded in size); where the base is symbolic, the
operation stays as `Transformed` for `strings` to reason about.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from reviewer.value import (
    DEEPEST,
    ITEM,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    EventPath,
    External,
    Items,
    OneOf,
    Result,
    Table,
    Text,
    Transformed,
    Value,
    number,
    one_of,
    options,
    string,
    text,
)

LONGEST = 1 << 16
"""Characters of a constant that folding may make."""

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

SAME = frozenset(("encode", "decode", "copy", "expandtabs"))
"""Methods whose result names the same thing as their receiver."""

SPLITS = frozenset(("split", "rsplit", "partition", "rpartition", "splitlines"))

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
    if isinstance(value, (EventPath, ContextPath, Result, AwsResult)):
        return descend(value, key if isinstance(key, str) else ITEM)
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
    return transformed(operation, value.base, value.arguments) if operation else UNKNOWN


def slice_of(value: Value, lower: Value | None, upper: Value | None) -> Value:
    """`value[lower:upper]`."""
    first, last = number(lower), number(upper)
    if (lower and first is None) or (upper and last is None):
        return UNKNOWN
    bounds = slice(None if first is None else int(first), None if last is None else int(last))
    if isinstance(value, Constant) and isinstance(value.value, str):
        return Constant(value.value[bounds])
    if isinstance(value, Items):
        return Items(value.items[bounds]) if not value.open else value
    if isinstance(value, EventPath):
        return value  # a part of a list is a list of the same items
    if isinstance(value, Transformed) and value.operation in PICKS:
        return UNKNOWN
    if isinstance(value, (Text, Transformed)):
        return transformed("slice", value, (lower or Constant(None), upper or Constant(None)))
    return UNKNOWN


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
    if compute is None or len(subject) > LONGEST:
        return None
    try:
        result = compute(subject, *plain)
    except (TypeError, ValueError, OverflowError, IndexError):
        return UNKNOWN
    return Constant(result) if len(result) <= LONGEST else UNKNOWN


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
    "zfill": lambda s, width: s.zfill(min(width, LONGEST)),
}


def method(receiver: Value, name: str, arguments: tuple[Value, ...]) -> Value:
    """`receiver.name(*arguments)` for strings, lists and dicts; UNKNOWN for what this module does not know."""
    if isinstance(receiver, OneOf):
        return one_of([method(option, name, arguments) for option in receiver.options])
    if name in SAME:
        return receiver
    if name == "strftime" and arguments:
        return Result("datetime.strftime", (("0", arguments[-1]),))
    if name == "get" and arguments:
        return _get(receiver, arguments)
    if isinstance(receiver, (Table, EventPath)) and name in {"items", "values", "keys", "pop", "setdefault"}:
        return _view(receiver, name, arguments)
    if isinstance(receiver, (Items, Table, External)) or receiver == UNKNOWN:
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
    subject = string(receiver)
    if subject is not None and separator:
        most = number(arguments[1]) if len(arguments) > 1 else -1
        if most is None:
            return UNKNOWN
        limit = () if name.endswith("partition") else (int(most),)
        return Items(tuple(Constant(part) for part in getattr(subject, name)(separator, *limit)))
    once = len(arguments) > 1 and number(arguments[1]) == 1
    kind = name if name.endswith("partition") else f"{name}1" if once else "split" if len(arguments) == 1 else ""
    return transformed(kind, receiver, (Constant(separator),)) if kind else UNKNOWN


def joined(separator: Value, items: Value) -> Value:
    """`separator.join(items)`."""
    if not isinstance(items, Items) or items.open:
        return UNKNOWN
    parts: list[Value] = []
    for index, item in enumerate(items.items):
        parts += [separator, item] if index else [item]
    return concatenated(parts)


def concatenated(parts: list[Value]) -> Value:
    """The text of several parts; one possibility for each choice of a part with few, UNKNOWN parts otherwise."""
    made: list[list[Value]] = [[]]
    for part in parts:
        choices = options(part)
        if len(choices) * len(made) > 8:
            choices = (UNKNOWN,)
        made = [[*head, choice] for head in made for choice in choices]
    return one_of([text(line) for line in made])


def formatted(template: Value, positional: tuple[Value, ...], named: tuple[tuple[str, Value], ...]) -> Value:
    """`template.format(*positional, **named)`; fields with attributes, indexes or format specs are UNKNOWN parts."""
    pattern = string(template)
    if pattern is None or len(pattern) > LONGEST:
        return UNKNOWN
    from string import Formatter  # noqa: PLC0415 - only where a format is met

    parts: list[Value] = []
    automatic = 0
    lookup = dict(named)
    try:
        fields = list(Formatter().parse(pattern))
    except ValueError:
        return UNKNOWN
    for literal, field, spec, conversion in fields:
        parts.append(Constant(literal))
        if field is None:
            continue
        key = field or str(automatic)
        automatic += not field
        if spec or conversion not in {None, "s"}:
            parts.append(UNKNOWN)
        elif key.isdecimal():
            parts.append(positional[int(key)] if int(key) < len(positional) else UNKNOWN)
        else:
            parts.append(lookup.get(key, UNKNOWN))
    return concatenated(parts)


def interpolated(template: Value, values: Value) -> Value:
    """`template % values`; conversions other than plain `%s` and `%d` are UNKNOWN parts."""
    pattern = string(template)
    if pattern is None or len(pattern) > LONGEST:
        return UNKNOWN
    given = list(values.items) if isinstance(values, Items) and not values.open else [values]
    table = values if isinstance(values, Table) else None
    import re  # noqa: PLC0415 - only where a format is met

    parts: list[Value] = []
    end = 0
    for found in re.finditer(r"%(?:\((\w+)\))?([-+ #0]*\d*(?:\.\d+)?)([a-zA-Z%])", pattern):
        parts.append(Constant(pattern[end : found.start()]))
        end = found.end()
        name, flags, kind = found.groups()
        if kind == "%":
            parts.append(Constant("%"))
        elif flags or kind not in "sd":
            parts.append(UNKNOWN)
            given = given[1:]
        elif name is not None:
            parts.append((table.get(name) if table else None) or UNKNOWN)
        else:
            parts.append(given[0] if given else UNKNOWN)
            given = given[1:]
    return concatenated([*parts, Constant(pattern[end:])])


def added(left: Value, right: Value) -> Value:
    """`left + right` of strings, numbers or lists."""
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        pairs = [(a, b) for a in options(left) for b in options(right)]
        return one_of([added(a, b) for a, b in pairs]) if len(pairs) <= 8 else UNKNOWN
    if isinstance(left, Items) and isinstance(right, Items):
        return Items((left.items + right.items)[:LONGEST], left.open or right.open)
    if isinstance(left, Items) or isinstance(right, Items):
        return UNKNOWN
    numbers = [
        side.value
        for side in (left, right)
        if isinstance(side, Constant) and isinstance(side.value, (int, float)) and not isinstance(side.value, bool)
    ]
    if len(numbers) == 2:
        return Constant(numbers[0] + numbers[1])
    if len(numbers) == 1:
        symbolic, step = (left, right) if isinstance(right, Constant) else (right, left)
        return transformed("add", symbolic, (step,))
    if any(isinstance(side, Constant) and not isinstance(side.value, str) for side in (left, right)):
        return UNKNOWN
    if left == UNKNOWN and right == UNKNOWN:
        return UNKNOWN
    return text((left, right))


def is_false(value: Value) -> bool | None:
    """Whether a value is false in a test; None where that is not known."""
    if isinstance(value, Constant):
        return not value.value
    if isinstance(value, (Items, Table)) and not value.open:
        return not (value.items if isinstance(value, Items) else value.entries)
    return None
