"""Account policies of CloudWatch Logs: one subscription for all log groups of an account but those that it names.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
A policy whose exceptions cannot be read is passed over, and so are log groups that no template declares. A function's
own default log group is left out by the service itself.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions-recursion-prevention.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.deploy.embedded import document
from reviewer.deploy.links import Linker
from reviewer.deploy.model import Function, FunctionReference, Id, Link, Resource, Setting, Trigger
from reviewer.deploy.nodes import Mapping, find
from reviewer.deploy.template import Declared
from reviewer.value import UNKNOWN, Constant, Reference, Table, Text, Value, string, text

TYPE = "AWS::Logs::AccountPolicy"

_SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"
_EXCEPT = re.compile(r"\s*LogGroupName\s+NOT\s+IN\s+\[([^\[\]]*)\]\s*")
_NAME = re.compile(r'"([^"]*)"')
_MARKS = 0xE000
_MOST_MARKS = 0x1000
_DEFAULT = "/aws/lambda/"

Group = tuple[Value, ...]
"""A log group by all values that name it, the surest one first."""


def groups(functions: Iterable[Function], resources: Iterable[Resource]) -> tuple[Group, ...]:
    """The log groups of a deployment."""
    found: dict[Value, Group] = {}
    for resource in resources:
        if resource.kind == "log-group":
            own = Reference(*resource.id)
            found[own] = (own, resource.name.value) if resource.name else (own,)
    for function in functions:
        if function.log_group is not None and function.log_group.value != UNKNOWN:
            found.setdefault(function.log_group.value, (function.log_group.value,))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What an account policy starts: functions by triggers, with references to them, and streams by links."""

    triggers: tuple[Trigger, ...] = ()
    references: tuple[FunctionReference, ...] = ()
    links: tuple[Link, ...] = ()


def subscribed(linker: Linker, declared: Declared, properties: Mapping | None, known: Iterable[Group]) -> Subscribed:
    """What an account policy starts for each of the known log groups."""
    stack, naming = linker.stack, linker.naming
    kind = stack.setting(properties, "PolicyType")
    node = next(find(properties, "PolicyDocument"), None)
    policy = document(stack, node) if node and kind and string(kind.value) == _SUBSCRIPTION else UNKNOWN
    criteria = stack.setting(properties, "SelectionCriteria")
    left_out = _left_out(criteria.value) if criteria else frozenset()
    if node is None or not isinstance(policy, Table) or left_out is None:
        return Subscribed()
    end: Setting[Value] = Setting(policy.get("DestinationArn") or UNKNOWN, node.at)
    patterns = (Setting(policy.get("FilterPattern") or Constant(""), node.at),)
    at = criteria.at if criteria else declared.at
    listened = [group for group in known if not left_out.intersection(group) and stack.spend(1)]
    started = naming.targets(end.value, stack.path)
    triggers = (
        Trigger(each.function, "logs", declared.at, Setting(group[0], at), patterns=patterns, qualifier=each.alias)
        for group in listened
        for each in started
        if each.function not in _owners(group, linker)
    )
    references = (FunctionReference("log-destination", end, each.function, each.is_pinned) for each in started)
    leads_on = not started and end.value != UNKNOWN
    links = (
        Link("log-delivery", declared.at, Setting(group[0], at), end, patterns=patterns)
        for group in (listened if leads_on else ())
    )
    return Subscribed(tuple(triggers), tuple(references), tuple(links))


def _owners(group: Group, linker: Linker) -> set[Id]:
    """The functions whose default log group this is."""
    found: set[Id] = set()
    for name in group:
        first, *rest = name.parts if isinstance(name, Text) else (name,)
        written = string(first) or ""
        if written.startswith(_DEFAULT):
            owner = text([Constant(written.removeprefix(_DEFAULT)), *rest])
            bare = owner.parts[0] if isinstance(owner, Text) and len(owner.parts) == 1 else owner
            found |= {target.function for target in linker.naming.targets(bare, linker.stack.path)}
    return found


def _left_out(criteria: Value) -> frozenset[Value] | None:
    """The log groups that a policy names as exceptions; None where they cannot be told."""
    parts = criteria.parts if isinstance(criteria, Text) else (criteria,)
    filled = {chr(_MARKS + index): part for index, part in enumerate(parts) if string(part) is None}
    if len(parts) > _MOST_MARKS:
        return None
    written = "".join(string(part) or chr(_MARKS + index) for index, part in enumerate(parts))
    found = _EXCEPT.fullmatch(written)
    return frozenset(_named(name, filled) for name in _NAME.findall(found[1])) if found else None


def _named(name: str, filled: dict[str, Value]) -> Value:
    made = text([filled.get(character, Constant(character)) for character in name])
    return made.parts[0] if isinstance(made, Text) and len(made.parts) == 1 else made
