"""What leads from one resource to another without any code: subscriptions, rules, pipes, redrives, destinations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from reviewer.deploy.embedded import document
from reviewer.deploy.joints import BUS, JOINTS, PROTOCOLS, Functions, Joint, Settings
from reviewer.deploy.model import Function, Id, Link, Resource, Setting, Trigger
from reviewer.deploy.naming import Naming
from reviewer.deploy.nodes import Mapping, Node, find
from reviewer.deploy.stacks import Stack
from reviewer.deploy.tasks import Task, operation
from reviewer.deploy.tasks import links as calls
from reviewer.deploy.template import Declared
from reviewer.deploy.triggers import DEFAULT_BUS, fields, key_filter
from reviewer.deploy.wiring import Wiring
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Reference, Table, Text, Value, one_of, options, string, text

_BY_NAME = frozenset({"schedule", "alarm"})
"""Links that begin at their own resource, and are named by it."""
_OF_FUNCTIONS = (
    ("destination-success", "on_success"),
    ("destination-failure", "on_failure"),
    ("dead-letter", "dead_letter"),
    ("log", "log_group"),
)
_EXPRESSION = "!{"
_CENTURY = "20"
"""How each year of four digits begins."""

Arguments = tuple[tuple[str, Value], ...]
Ends = tuple[Setting[Value], Setting[Value]]


class Linker:
    """Reads the links that the resources of one template make."""

    def __init__(self, stack: Stack, naming: Naming) -> None:
        self.stack = stack
        self.naming = naming

    def links(self, declared: Declared, properties: Mapping | None) -> Iterator[Link]:
        """The links that a resource of CloudFormation makes."""
        own = self.itself(declared)
        for joint in JOINTS.get(declared.type, ()):
            at = declared.at if joint.source or joint.kind in _BY_NAME else None
            for link in self.joined(joint, properties, (own, own), at):
                called = operation(link.target.value)
                yield from self._called(link, properties) if called else (link,)

    def _called(self, link: Link, properties: Mapping | None) -> Iterator[Link]:
        """Where a schedule leads to whose target is an operation, with the arguments as its input."""
        for node in find(properties, "Target.Input"):
            given = document(self.stack, node)
            if isinstance(given, Table):
                arguments = {name: Setting(value, node.at) for name, value in given.entries}
                for made in calls(link.kind, link.at, link.source, Task(link.target, arguments), self.naming):
                    yield replace(made, enabled=link.enabled)

    def itself(self, declared: Declared) -> Setting[Value]:
        """A resource, as one end of a link."""
        return Setting(Reference(self.stack.path, declared.name), declared.at)

    def joined(self, joint: Joint, properties: Node | None, ends: Ends, at: Location | None = None) -> Iterator[Link]:
        """The links of one joint. `ends` are source and target where the joint has no path to them.

        `at` is the place of the links, None where each stands at its own setting.
        """
        if joint.needs and not any(find(properties, joint.needs)):
            return
        source = next(self._ends(joint.source, properties), None) if joint.source else ends[0]
        if source is None or source.value == UNKNOWN:
            return
        shared = self._fields(joint, joint.shared, properties)
        for item in find(properties, joint.each):
            if self.stack.value(item) is None or not self._leads_on(joint, item):
                continue
            settings = shared | self._fields(joint, joint.settings, item)
            if joint.keys:
                settings |= key_filter(self.stack, item, joint.keys)
            for end in self._ends(joint.target, item) if joint.target else (ends[1],):
                target = self._kept(end, joint.functions)
                if target is not None:
                    made: dict[str, Any] = settings | self._sent(joint, item, target.value)
                    yield Link(joint.kind, at or end.at, source, target, raw=self._is_raw(joint, item), **made)

    def _fields(self, joint: Joint, settings: Settings, node: Node | None) -> dict[str, Any]:
        kind = "logs" if joint.kind == "log-delivery" else joint.kind
        return fields(self.stack, Wiring(kind, settings=settings), node)

    def _ends(self, path: str, node: Node | None) -> Iterator[Setting[Value]]:
        """What a path leads to. Where no bus is named, it is the default one."""
        found = [Setting(value, end.at) for end in find(node, path) if (value := self.stack.value(end)) is not None]
        if not found and path.endswith(BUS) and node is not None:
            found = [Setting(DEFAULT_BUS, node.head if isinstance(node, Mapping) else node.at)]
        yield from found

    def _leads_on(self, joint: Joint, item: Node) -> bool:
        """Whether the protocol of a subscription is one that leads to a resource, or is not known."""
        named = self.stack.setting(item, joint.protocol) if joint.protocol else None
        protocol = string(named.value) if named else None
        return protocol is None or protocol in PROTOCOLS

    def _kept(self, end: Setting[Value], functions: Functions) -> Setting[Value] | None:
        """The end of a link as far as it is one; what is not known is none."""

        def is_one(option: Value) -> bool:
            if option == UNKNOWN or functions is Functions.TOO:
                return option != UNKNOWN
            return (self.naming.target(option, self.stack.path) is not None) is (functions is Functions.ALONE)

        kept = [option for option in options(end.value) if is_one(option)]
        return Setting(one_of(kept), end.at) if kept else None

    def _is_raw(self, joint: Joint, item: Node) -> bool:
        if joint.raw:
            asked = self.stack.setting(item, joint.raw)
            return asked is not None and asked.value in (Constant(True), Constant("true"))
        return joint.changes is not None and not any(any(find(item, path)) for path in joint.changes)

    def _sent(self, joint: Joint, item: Node, target: Value) -> dict[str, Any]:
        """The operation that a link stands for, with its arguments."""
        made = _SENT[joint.operation](self.stack.setting(item, joint.sent), target) if joint.sent else None
        return {} if made is None else {"operation": joint.operation, "arguments": made}


# --- what is written, where the link says so ----------------------------------------------------------------------


def _object(prefix: Setting[Value] | None, bucket: Value) -> Arguments:
    """The objects that a delivery stream writes: its prefix, and the time where the prefix does not tell it.

    https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
    """
    written = prefix.value if prefix else Constant("")
    known: list[Value] = []
    for part in written.parts if isinstance(written, Text) else (written,):
        before, expression, _ = (string(part) or "").partition(_EXPRESSION)
        known.append(Constant(before) if string(part) is not None else part)
        if expression:
            break
    else:
        known.append(Constant(_CENTURY))
    return (("Bucket", bucket), ("Key", text([*known, UNKNOWN])))


def _event(told: Setting[Value] | None, bus: Value) -> Arguments | None:
    """The event that a pipe or a schedule puts on a bus; a path into what it got is not known."""
    if told is None or not isinstance(told.value, Table):
        return None
    names = ("Source", "DetailType")
    known = ((name, told.value.get(name) or UNKNOWN) for name in names)
    return entry(bus, **{name: UNKNOWN if (string(value) or "").startswith("$.") else value for name, value in known})


def entry(bus: Value, **known: Value) -> Arguments:
    """The arguments of `put_events` for one event of which some is known."""
    fields_ = (*known.items(), ("Detail", UNKNOWN), ("EventBusName", bus))
    return (("Entries", Items((Table(fields_),))),)


_SENT: dict[str, Callable[[Setting[Value] | None, Value], Arguments | None]] = {
    "s3.upload_fileobj": _object,
    "events.put_events": _event,
}


# --- what functions hand on ---------------------------------------------------------------------------------------


def of_functions(
    functions: Iterable[Function], triggers: Iterable[Trigger], resources: Iterable[Resource]
) -> Iterator[Link]:
    """The links that begin at functions, and where their event source mappings send what failed for good.

    They are told by the model alone, whatever the dialect. Sources:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    buses = frozenset(resource.id for resource in resources if resource.kind == "bus")
    for function in functions:
        source: Setting[Value] = Setting(Reference(*function.id), function.at)
        for kind, field in _OF_FUNCTIONS:
            target: Setting[Value] | None = getattr(function, field)
            if target is None or target.value == UNKNOWN:
                continue
            told = kind.startswith("destination") and _is_bus(target.value, buses)
            # the kind of the event is told in words that are not worth to be compared
            made = entry(target.value, Source=Constant("lambda"), DetailType=UNKNOWN) if told else ()
            yield Link(kind, target.at, source, target, operation="events.put_events" if told else "", arguments=made)
    for trigger in triggers:
        failed = trigger.on_failure
        if failed is not None and trigger.source is not None and UNKNOWN not in (failed.value, trigger.source.value):
            filters: dict[str, Any] = {"patterns": trigger.patterns, "enabled": trigger.enabled}
            yield Link("mapping-failure", failed.at, trigger.source, failed, **filters)


def _is_bus(target: Value, buses: frozenset[Id]) -> bool:
    if isinstance(target, Reference):
        return Id(target.stack, target.name) in buses
    written = target.parts if isinstance(target, Text) else (target,)
    return any(":event-bus/" in (string(part) or "") for part in written)
