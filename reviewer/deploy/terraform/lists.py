"""Terraform's functions of lists and mappings.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer.deploy.nodes import Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.terms import (
    OPEN,
    Context,
    Missing,
    Spanned,
    Things,
    any_of,
    choices,
    constant,
    either,
    entries,
    is_null,
    is_set,
    is_unknown,
    known,
    listed,
    opened,
    table,
    worded,
)
from reviewer.value import UNKNOWN, Constant, number

MOST_ITEMS = 1_000
"""Items of a list, and parts of a text, that a function makes."""

Arguments = list[Node]


def _same(_: Context, at: Spanned, given: Arguments) -> Node:
    return given[0] if given else known(at, UNKNOWN)


def _as_list(node: Node) -> list[Node] | None:
    if isinstance(node, ListNode):
        return list(node.items)
    return [thing for _, thing in node.members] if isinstance(node, Things) else None


def _concat(context: Context, at: Spanned, given: Arguments) -> Node:
    """Lists one after the other; where one of them is not known, what is known of them."""
    lists = [_as_list(node) for node in given]
    if sum(len(items) for items in lists if items) > MOST_ITEMS:
        return known(at, UNKNOWN)
    if None not in lists:
        return listed(at, (item for items in lists if items for item in items))
    arms = [choices(node) for node in given]
    if all(_as_list(arm) is not None for each in arms for arm in each):
        # conditional parts: all that there may be, as one of several lists
        either_way = [item for each in arms for arm in each for item in _as_list(arm) or ()]
        least = [item for items in lists if items for item in items]
        return either(at, listed(at, either_way), listed(at, least))
    return known(at, opened(context.value(item) for items in lists if items for item in items))


def _merge(_: Context, at: Spanned, given: Arguments) -> Node:
    """Mappings over each other. What only one arm of a conditional holds counts as held."""
    found: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for node in given:
        arms = [arm for arm in choices(node) if not is_null(arm)]
        for arm in arms:
            inside = entries(arm)
            if inside is None:
                found[OPEN] = known(at, UNKNOWN)
                continue
            for name, entry in inside.items():
                before = found.get(name) if len(arms) > 1 else None
                found[name] = entry if before is None else either(at, entry, before)
                keys[name] = _key_of(arm, name, entry)
    return table(at, found, keys)


def _key_of(node: Node, name: str, entry: Node) -> Scalar:
    keys = getattr(node, "keys", {})
    return keys[name] if name in keys else constant(entry, name)


def _lookup(context: Context, at: Spanned, given: Arguments) -> Node:
    if len(given) < 2:
        return known(at, UNKNOWN)
    inside, name = entries(given[0]), worded(given[1], context)
    default = given[2] if len(given) > 2 else Missing(at.source, at.start, at.end)
    if inside is None or name is None:
        return known(at, UNKNOWN)
    found = inside.get(name)
    return found or (either(at, default, known(at, UNKNOWN)) if OPEN in inside else default)


def _element(context: Context, at: Spanned, given: Arguments) -> Node:
    items = _as_list(given[0]) if len(given) == 2 else None
    position = number(context.value(given[1])) if items else None
    if not items:
        return known(at, UNKNOWN)
    return items[position % len(items)] if isinstance(position, int) else any_of(at, items)


def _keys(_: Context, at: Spanned, given: Arguments) -> Node:
    inside = entries(given[0]) if given else None
    if inside is None or OPEN in inside:
        return known(at, UNKNOWN)
    return listed(at, (_key_of(given[0], name, inside[name]) for name in sorted(inside)))


def _values(_: Context, at: Spanned, given: Arguments) -> Node:
    if given and isinstance(given[0], Things):
        return listed(at, _as_list(given[0]) or ())
    inside = entries(given[0]) if given else None
    return (
        known(at, UNKNOWN) if inside is None or OPEN in inside else listed(at, (inside[key] for key in sorted(inside)))
    )


def _compact(context: Context, at: Spanned, given: Arguments) -> Node:
    items = _as_list(given[0]) if given else None
    if items is None:
        return known(at, UNKNOWN)
    return listed(at, (item for item in items if not is_null(item) and context.value(item) != Constant("")))


def _flatten(_: Context, at: Spanned, given: Arguments) -> Node:
    pending = list(reversed(given))
    found: list[Node] = []
    while pending and len(found) <= MOST_ITEMS:
        here = pending.pop()
        if isinstance(here, ListNode):
            pending += reversed(here.items)
        else:
            found.append(here)
    return known(at, UNKNOWN) if pending else listed(at, found)


def _distinct(context: Context, at: Spanned, given: Arguments) -> Node:
    items = _as_list(given[0]) if given else None
    if items is None or len(items) > MOST_ITEMS:
        return given[0] if given else known(at, UNKNOWN)
    found = {worded(item, context) or item: item for item in items}
    return listed(at, found.values())


def _coalesce(context: Context, at: Spanned, given: Arguments) -> Node:
    """The first that is neither null nor empty; all up to the first that is so for certain."""
    found: list[Node] = []
    for node in given:
        value = None if is_null(node) else context.value(node)
        if isinstance(node, Missing) or is_null(node) or value == Constant("") or _as_list(node) == []:
            continue
        found.append(node)
        if is_set(value):
            break
    return any_of(at, found)


def _one(_: Context, at: Spanned, given: Arguments) -> Node:
    items = _as_list(given[0]) if given else None
    if items is None or len(items) > 1:
        return known(at, UNKNOWN)
    return items[0] if items else constant(at, None)


def _try(_: Context, at: Spanned, given: Arguments) -> Node:
    """The first argument that can be worked out. One that is not known may fail: then the next counts as well."""
    found = []
    for node in given:
        if isinstance(node, Missing):
            continue
        found.append(node)
        if not is_unknown(node):
            break
    return any_of(at, found)


def _length(context: Context, at: Spanned, given: Arguments) -> Node:
    node = given[0] if given else known(at, UNKNOWN)
    inside, text = entries(node), worded(node, context)
    if isinstance(node, ListNode):
        return constant(at, len(node.items))
    if inside is not None and OPEN not in inside:
        return constant(at, len(inside))
    return known(at, UNKNOWN) if text is None else constant(at, len(text))


def _contains(context: Context, at: Spanned, given: Arguments) -> Node:
    items = _as_list(given[0]) if len(given) == 2 else None
    texts = [worded(item, context) for item in items or ()]
    wanted = worded(given[1], context) if items is not None else None
    if wanted is None:
        return known(at, UNKNOWN)
    return known(at, Constant(True) if wanted in texts else UNKNOWN if None in texts else Constant(False))


def _string(context: Context, at: Spanned, given: Arguments) -> Node:
    text = worded(given[0], context) if given else None
    return (given[0] if given else known(at, UNKNOWN)) if text is None else constant(at, text)


def _number(context: Context, at: Spanned, given: Arguments) -> Node:
    amount = number(context.value(given[0])) if given else None
    return known(at, UNKNOWN) if amount is None else constant(at, amount)


LISTS: dict[str, Callable[[Context, Spanned, Arguments], Node]] = {
    "concat": _concat,
    "merge": _merge,
    "lookup": _lookup,
    "element": _element,
    "keys": _keys,
    "values": _values,
    "compact": _compact,
    "flatten": _flatten,
    "distinct": _distinct,
    "coalesce": _coalesce,
    "coalescelist": _coalesce,
    "one": _one,
    "try": _try,
    "length": _length,
    "contains": _contains,
    "tonumber": _number,
    "tostring": _string,
    **dict.fromkeys(("tobool", "tolist", "toset", "tomap", "sensitive", "nonsensitive", "abspath"), _same),
}
"""By name. A set is a list; `abspath` leaves paths relative to the folder of the root module."""
