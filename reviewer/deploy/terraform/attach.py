"""Resources that set something of others: a rule's targets, a queue's redrive policy. Parts of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reviewer.deploy.catalogue import NAMES
from reviewer.deploy.nodes import Mapping, Node
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.template import Declared
from reviewer.deploy.terraform.catalogue import Fragment
from reviewer.deploy.terraform.properties import extended
from reviewer.deploy.terraform.stack import Configuration
from reviewer.deploy.terraform.terms import known, listed
from reviewer.value import UNKNOWN, Constant, Reference, Text, Value, options

_RULE = "AWS::Events::Rule"


@dataclass(frozen=True, slots=True)
class Part:
    """A resource that belongs to another one, and how."""

    declared: Declared
    fragment: Fragment


def attach(parts: list[Part], stack: Configuration) -> None:
    """Add the parts to the resources that they name. A target of a rule that is made elsewhere is a rule of its own."""
    resources = stack.template.resources
    by_name: dict[tuple[str, Value], str] = {}
    for name, declared in resources.items():
        setting = stack.setting(declared.properties, NAMES[declared.type]) if declared.type in NAMES else None
        if setting is not None and isinstance(setting.value, Constant | Text):
            by_name.setdefault((declared.type, setting.value), name)
    for part in parts:
        owners = list(_owners(part, stack, by_name))
        for name in owners:
            resources[name] = _with(resources[name], part)
        if not owners and part.declared.type == _RULE:
            resources[part.declared.name] = _elsewhere(part.declared)


def _owners(part: Part, stack: Configuration, by_name: dict[tuple[str, Value], str]) -> dict[str, None]:
    """The resources that a part belongs to."""
    named = stack.setting(part.declared.properties, part.fragment.owner)
    found: dict[str, None] = {}
    for option in options(named.value) if named else ():
        name = option.name if isinstance(option, Reference) else by_name.get((part.declared.type, option))
        owner = stack.template.resources.get(name) if name is not None else None
        if owner is not None and owner.type == part.declared.type:
            found[owner.name] = None
    return found


def _with(owner: Declared, part: Part) -> Declared:
    """A resource with what a part adds to it."""
    own, added = owner.properties, part.declared.properties
    if own is None or added is None:
        return owner
    more: dict[str, Node] = {}
    for name in part.fragment.adds:
        new, old = added.get(name), own.get(name)
        if isinstance(new, ListNode) and isinstance(old, ListNode):
            new = listed(old, (*old.items, *new.items))
        if new is not None:
            more[name] = new
    return replace(owner, properties=extended(own, more))


def _elsewhere(part: Declared) -> Declared:
    """A rule of which the target alone is known."""
    found = part.properties
    if not isinstance(found, Mapping):
        return part
    return replace(part, properties=extended(found, {"EventPattern": known(found, UNKNOWN)}))
