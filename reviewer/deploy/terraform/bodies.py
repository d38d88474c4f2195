"""Bodies of blocks, evaluated: attributes and nested blocks, `dynamic` ones among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.catalogue import META
from reviewer.deploy.terraform.evaluate import Scope, evaluate, pairs
from reviewer.deploy.terraform.syntax import Block, Body, Expression, ListOf, Literal
from reviewer.deploy.terraform.terms import choices, is_null, known, table
from reviewer.value import UNKNOWN

MOST_ROUNDS = 100
"""Blocks that one `dynamic` block is spread out into."""


@dataclass(slots=True, eq=False)
class Blocks(ListNode):
    """The nested blocks of a type."""


def structure(body: Body, scope: Scope, key: Scalar) -> Mapping:
    """A body as a mapping: attributes, and the nested blocks of a type as one list. `key` is where it stands."""
    entries: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for name, (place, expression) in body.attributes.items():
        if name not in META:
            entries[name], keys[name] = evaluate(expression, scope), place
    nested: dict[str, list[Node]] = {}
    for block in body.blocks:
        if block.type == "dynamic" and block.labels:
            name = block.labels[0]
            made = list(_dynamic(block, name, scope))
        elif block.type not in META:
            name, made = block.type, [structure(block.body, scope, block.key)]
        else:
            continue
        nested.setdefault(name, []).extend(made)
        keys.setdefault(name, Scalar(block.key.source, block.key.start, block.key.end, name))
    for name, made in nested.items():
        at = keys[name]
        entries[name] = Blocks(at.source, at.start, at.end, tuple(made))
    return table(key, entries, keys)


def _dynamic(block: Block, name: str, scope: Scope) -> Iterator[Node]:
    """The blocks that a `dynamic` block makes: one for all where it is not known how many there are."""
    content = next(iter(block.body.of("content")), None)
    iterator = block.body.get("iterator")
    bound = iterator.written if iterator is not None and not isinstance(iterator, Literal) else name
    if content is None:
        return
    for key, each in rounds(block.body.get("for_each"), scope, block.key):
        names: dict[str, Node] = {bound: table(block.key, {"key": key, "value": each})}
        yield structure(content.body, scope.bound(names), block.key)


def rounds(expression: Expression | None, scope: Scope, at: Scalar) -> list[tuple[Node, Node]]:
    """Keys and values of an iteration. Of a conditional one all that may be there."""
    unknown = known(at, UNKNOWN)
    if expression is None:
        return [(unknown, unknown)]
    before = scope.assumed
    node = evaluate(expression, scope)
    found = [pairs(arm) for arm in choices(node) if not is_null(arm)]
    if None in found or sum(len(each) for each in found if each) > MOST_ROUNDS:
        return [(unknown, unknown)]
    every = [pair for arm in found if arm for pair in arm]
    if not every and scope.assumed != before:
        return [(unknown, unknown)]
    by_name = {key.value: (key, each) for key, each in every if isinstance(key, Scalar) and isinstance(key.value, str)}
    return list(by_name.values()) if by_name and len(found) > 1 else every


def ignored(body: Body) -> frozenset[str]:
    """The arguments that a `lifecycle` block leaves to others."""
    found = (lifecycle.body.get("ignore_changes") for lifecycle in body.of("lifecycle"))
    names = (each.items if isinstance(each, ListOf) else (each,) for each in found if each is not None)
    return frozenset(item.written.strip('"') for items in names for item in items)
