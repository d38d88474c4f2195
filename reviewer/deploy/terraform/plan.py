"""Plans: what `terraform show -json` says of a saved plan.

What is known before anything is created stands in `planned_values`; what is not is told by the configuration, which
names the resources that each argument refers to. Source:
https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from reviewer.deploy.files import Files
from reviewer.deploy.nodes import Mapping, Node, Scalar, find, mapping, text
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.stacks import Links
from reviewer.deploy.terraform.attributes import resolve
from reviewer.deploy.terraform.catalogue import ALIASES
from reviewer.deploy.terraform.items import Item
from reviewer.deploy.terraform.stack import Configuration
from reviewer.deploy.terraform.terms import constant, is_null, known, listed, placed, table
from reviewer.value import UNKNOWN

DEEPEST = 12
"""Modules in each other, and references that lead from one to the next."""
MOST_REFERENCES = 500
"""References of one expression."""

_NO_THINGS = frozenset({"var", "local", "each", "count", "path", "self", "terraform"})
_INDEX = re.compile(r"\[[^\]]*\]")
_RESOURCE = re.compile(r"(data\.)?([a-z][a-z0-9_]*)\.([\w-]+)(\[[^\]]*\])?(?:\.(\w+))?")
_OUTPUT = re.compile(r"module\.([\w-]+)(\[[^\]]*\])?\.([\w-]+)")


@dataclass(frozen=True, eq=False)
class Called:
    """A module of the plan's configuration, with the one that calls it and the arguments of the call."""

    module: Mapping
    address: str = ""
    caller: Called | None = None
    arguments: Mapping | None = None

    @cached_property
    def expressions(self) -> dict[tuple[str | None, ...], Mapping | None]:
        """The expressions of the module's resources, by mode, type and name."""
        found: dict[tuple[str | None, ...], Mapping | None] = {}
        for resource in find(self.module, "resources.*"):
            if isinstance(resource, Mapping):
                about = tuple(text(resource.get(key)) for key in ("mode", "type", "name"))
                found.setdefault(about, mapping(resource.get("expressions")))
        return found

    def called(self, name: str, address: str) -> Called | None:
        """A module that this one calls."""
        call = next(find(self.module, f"module_calls.{name}"), None)
        module = call.get("module") if isinstance(call, Mapping) else None
        if not isinstance(call, Mapping) or not isinstance(module, Mapping):
            return None
        return Called(module, address, self, mapping(call.get("expressions")))


@dataclass(slots=True, eq=False)
class Planned(Item):
    """A resource of a plan: the values that are known, and the expressions of what is not."""

    values: Mapping = field(kw_only=True)
    expressions: Mapping | None = field(kw_only=True)
    unknown: Node | None = field(kw_only=True)
    place: Called = field(kw_only=True)

    def structure(self) -> Mapping:
        found = _completed(self.values, self.expressions, self.unknown, self)
        expression = self.expressions.get("definition") if self.expressions is not None else None
        if "definition" in self.values.entries or not isinstance(expression, Mapping):
            return found
        # a state machine out of sight: what it is handed, it is likely to call
        handed = {name: _referred(name, self.place, self, expression, 0) for name in _references(expression)}
        kept = {name: node for name, node in found.entries.items() if name != "definition"}
        return table(found, {**kept, "definition_substitutions": table(expression, handed)}, found.keys)

    def work_out(self, name: str) -> Node | None:
        return _merged(name, self.values, self.expressions, self.unknown, self)


def planned(root: Mapping, path: str, files: Files, links: Links) -> tuple[Configuration, list[Item]] | None:
    """The configuration that a plan describes, with all that is in it; None where the document is no plan."""
    top = next(find(root, "configuration.root_module"), None)
    values = next(find(root, "planned_values.root_module"), None)
    if not isinstance(top, Mapping) or not isinstance(values, Mapping):
        return None
    configuration = Configuration(path, files, links)
    unknown = dict(_unknown(root))
    items: list[Item] = []
    for module in (values, *find(root, "prior_state.values.root_module")):
        for item in _items(module, Called(top), configuration, unknown):
            if item.address not in configuration.items:
                configuration.items[item.address] = item
                items.append(item)
    return configuration, items


def _unknown(root: Mapping) -> Iterator[tuple[str, Node]]:
    """What is not known of resources before they are created, by address."""
    for change in find(root, "resource_changes.*"):
        address = text(change.get("address")) if isinstance(change, Mapping) else None
        for node in find(change, "change.after_unknown"):
            if address is not None:
                yield address, node


def _items(
    module: Node, place: Called, configuration: Configuration, unknown: dict[str, Node], depth: int = 0
) -> Iterator[Item]:
    """The resources of a module and of all that it calls."""
    for resource in find(module, "resources.*"):
        found = _item(resource, place, configuration, unknown)
        if found is not None:
            yield found
    for child in find(module, "child_modules.*"):
        address = text(child.get("address")) if isinstance(child, Mapping) else None
        name = _INDEX.sub("", address or "").rpartition("module.")[2]
        called = place.called(name, f"{address}.")
        if called is not None and depth < DEEPEST:
            yield from _items(child, called, configuration, unknown, depth + 1)


def _item(resource: Node, place: Called, configuration: Configuration, unknown: dict[str, Node]) -> Item | None:
    if not isinstance(resource, Mapping):
        return None
    address, mode, type_, name = (text(resource.get(key)) for key in ("address", "mode", "type", "name"))
    values = resource.get("values")
    if not address or not type_ or not name or mode not in ("managed", "data") or not isinstance(values, Mapping):
        return None
    about = address, mode, ALIASES.get(type_, type_), constant(resource.entries["address"], name), configuration
    return Planned(
        *about,
        is_loose=True,
        values=values,
        expressions=place.expressions.get((mode, type_, name)),
        unknown=unknown.get(address),
        place=place,
    )


# --- values and expressions ---------------------------------------------------------------------------------------


def _completed(values: Mapping | None, expressions: Mapping | None, unknown: Node | None, item: Planned) -> Mapping:
    """Known values, with references for what is not known."""
    found: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for side in (values, expressions):
        for name, key in side.keys.items() if side is not None else ():
            merged = None if name in found else _merged(name, values, expressions, unknown, item)
            if merged is not None:
                found[name], keys[name] = merged, constant(key, name)
    return table(values or expressions or item.key, found, keys)


def _merged(
    name: str, values: Mapping | None, expressions: Mapping | None, unknown: Node | None, item: Planned
) -> Node | None:
    """One argument: blocks one by one, a known value, or what its expression refers to."""
    value = values.get(name) if values is not None else None
    expression = expressions.get(name) if expressions is not None else None
    open_ = unknown.get(name) if isinstance(unknown, Mapping) else None
    if isinstance(expression, ListNode):
        parts = (value.items if isinstance(value, ListNode) else (), open_.items if isinstance(open_, ListNode) else ())
        each = (
            _completed(mapping(_at(parts[0], index)), mapping(inner), _at(parts[1], index), item)
            for index, inner in enumerate(expression.items)
        )
        return listed(value or expression, each)
    if not isinstance(expression, Mapping):
        return value
    if expression.entries and not _is_leaf(expression):
        inner = value.items[0] if isinstance(value, ListNode) and value.items else value
        return _completed(mapping(inner), expression, open_, item)
    if isinstance(value, Mapping):
        return _filled(value, expression, open_, item)
    if value is not None and not is_null(value):
        return value
    if "constant_value" in expression.entries:
        return expression.entries["constant_value"]
    return _hidden(name, expression, item) if is_null(value) is False else None


def _at(items: tuple[Node, ...], index: int) -> Node | None:
    return items[index] if index < len(items) else None


def _is_leaf(expression: Mapping) -> bool:
    return "references" in expression.entries or "constant_value" in expression.entries


def _filled(value: Mapping, expression: Mapping, unknown: Node | None, item: Planned) -> Node:
    """A mapping with what is not known of it yet: where that is one entry, and one thing is referred to, it is that."""
    names = (
        [name for name, node in unknown.entries.items() if not _is_false(node)] if isinstance(unknown, Mapping) else []
    )
    missing = [name for name in names if name not in value.entries]
    if not missing:
        return value
    things = [name for name in _references(expression) if name.partition(".")[0] not in _NO_THINGS]
    node = _referred(things[0], item.place, item, value, 0) if len(missing) == len(things) == 1 else None
    more = {name: node or known(value, UNKNOWN) for name in missing}
    return table(value, {**value.entries, **more}, value.keys)


def _is_false(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is False


def _references(expression: Mapping) -> list[str]:
    """What an expression refers to; of a thing and its attribute the attribute alone."""
    names = [name for node in islice(find(expression, "references.*"), MOST_REFERENCES) if (name := text(node))]
    return [name for name in names if not any(other.startswith((f"{name}.", f"{name}[")) for other in names)]


def _hidden(name: str, expression: Mapping, item: Planned) -> Node:
    """An argument that is not known before something else is created: what it refers to, where that is one thing."""
    names = _references(expression)
    nodes = [_referred(each, item.place, item, expression, 0) for each in names]
    if name == "redrive_policy":
        return table(expression, {"deadLetterTargetArn": nodes[0]}) if nodes else known(expression, UNKNOWN)
    return nodes[0] if len(nodes) == 1 else known(expression, UNKNOWN)


def _referred(name: str, place: Called, item: Planned, at: Node, depth: int) -> Node:
    """What a reference leads to, through the arguments and outputs of modules."""
    kind, _, rest = name.partition(".")
    inner: Node | None = None
    if kind == "var":
        inner = place.arguments.get(rest.partition(".")[0]) if place.arguments is not None else None
        where = place.caller
    elif kind == "module":
        output = _OUTPUT.fullmatch(name)
        where = (
            None if output is None else place.called(output[1], f"{place.address}module.{output[1]}{output[2] or ''}.")
        )
        inner = next(find(where.module, f"outputs.{output[3]}.expression"), None) if where and output else None
    else:
        return _resource(name, place, item, at)
    if where is None or not isinstance(inner, Mapping) or depth > DEEPEST:
        return known(at, UNKNOWN)
    if "constant_value" in inner.entries:
        return inner.entries["constant_value"]
    names = _references(inner)
    if len(names) != 1:
        return known(at, UNKNOWN)
    attribute = rest.partition(".")[2] if kind == "var" else ""
    return _referred(f"{names[0]}.{attribute}" if attribute else names[0], where, item, at, depth + 1)


def _resource(name: str, place: Called, item: Planned, at: Node) -> Node:
    """The resource that a reference names: the instance of the same key where it names none."""
    found = _RESOURCE.fullmatch(name)
    if found is None:
        return known(at, UNKNOWN)
    data, type_, label, index, attribute = found.groups()
    address = f"{place.address}{data or ''}{type_}.{label}"
    own = _INDEX.search(item.address.rpartition(".")[2])
    for key in (index or "", own[0] if own else "", "[0]"):
        target = item.configuration.items.get(address + key)
        if target is not None:
            return placed(resolve(target, attribute or "id") or known(at, UNKNOWN), at)
    return known(at, UNKNOWN)
