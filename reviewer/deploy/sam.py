"""The Serverless Application Model: Globals, a function's own events, and what SAM makes for them.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from reviewer.deploy.catalogue import SAM_FUNCTION
from reviewer.deploy.joints import EVENTS as JOINTS
from reviewer.deploy.joints import TO_QUEUE
from reviewer.deploy.links import Linker
from reviewer.deploy.model import Function, Id, Link, Resource, Setting, Trigger
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, arms, find, intrinsic, mapping, text, walk
from reviewer.deploy.stacks import Stack
from reviewer.deploy.template import Declared
from reviewer.deploy.triggers import DEFAULT_BUS, fields, key_filter, patience
from reviewer.deploy.wiring import EVENTS, IMPLICIT_APIS
from reviewer.finding import Location
from reviewer.value import Constant, Reference, Table, Value, string

_PREFIX = "AWS::Serverless::"
_COST = 50
"""What merging one node of Globals counts for: each becomes a setting of each function."""
_SUBSCRIBED = {"TopicArn": "Topic", "FilterPolicy": "FilterPolicy", "FilterPolicyScope": "FilterPolicyScope"}
"""The properties of the subscription that SAM makes for an event, by those of the event."""


# --- Globals ------------------------------------------------------------------------------------------------------


def properties(stack: Stack, declared: Declared) -> Mapping | None:
    """The properties of a resource, with those that Globals give to its type."""
    sections = mapping(stack.template.root.get("Globals"))
    if sections is None or not declared.type.startswith(_PREFIX):
        return declared.properties
    section = mapping(sections.get(declared.type.removeprefix(_PREFIX)))
    if section is None or not stack.spend(0) or not stack.spend(_COST * sum(1 for _ in walk(section))):
        return declared.properties
    ignored = declared.body.get("IgnoreGlobals")
    if text(ignored) == "*":
        return declared.properties
    names = {text(item) for item in ignored.items} if isinstance(ignored, Sequence) else set()
    shared = _without(section, names) if names else section
    return shared if declared.properties is None else mapping(merged(shared, declared.properties))


def _without(section: Mapping, names: set[str | None]) -> Mapping:
    kept = {name: node for name, node in section.entries.items() if name not in names}
    return Mapping(section.source, section.start, section.end, kept, section.keys)


def merged(shared: Node, own: Node) -> Node:
    """A setting of Globals with a resource's own: mappings merge, lists are joined, anything else is overridden.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """
    if isinstance(shared, Sequence) and isinstance(own, Sequence):
        return Sequence(own.source, own.start, own.end, (*shared.items, *own.items))
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping) or intrinsic(shared) or intrinsic(own):
        return own
    entries = dict(shared.entries)
    for name, node in own.entries.items():
        entries[name] = merged(entries[name], node) if name in entries else node
    return Mapping(own.source, own.start, own.end, entries, {**shared.keys, **own.keys})


# --- events -------------------------------------------------------------------------------------------------------


def triggers(stack: Stack, function: Function, settings: Mapping | None) -> Iterator[Trigger]:
    """The triggers that a function of SAM declares itself. All of them go through the alias that it publishes."""
    alias = "" if function.alias is None else string(function.alias.value) or "?"
    for event in _events(settings):
        yield from (replace(trigger, qualifier=alias) for trigger in _triggers(stack, function.id, event))
    for url in find(settings, "FunctionUrlConfig"):
        if stack.value(url) is None:
            continue
        # SAM names the URL of a function so; `!GetAtt FunctionUrl.FunctionUrl` is its address.
        source = Reference(stack.path, f"{function.id.name}Url")
        at = url.head if isinstance(url, Mapping) else url.at
        yield Trigger(function.id, "url", at, Setting(source, at), qualifier=alias)


class _Event(NamedTuple):
    name: str
    kind: str
    at: Location
    settings: Mapping | None


def _events(settings: Mapping | None) -> Iterator[_Event]:
    """The events of a function whose types are known."""
    for events in find(settings, "Events"):
        for arm in arms(events):
            for name, event in arm.entries.items() if isinstance(arm, Mapping) else ():
                kind = text(event.get("Type")) if isinstance(event, Mapping) else None
                if isinstance(event, Mapping) and isinstance(arm, Mapping) and kind in EVENTS:
                    yield _Event(name, kind, arm.keys[name].at, mapping(event.get("Properties")))


def _triggers(stack: Stack, function: Id, event: _Event) -> Iterator[Trigger]:
    kind, at, settings = event.kind, event.at, event.settings
    wiring = EVENTS[kind]
    source = stack.setting(settings, wiring.source) if wiring.source else None
    if source is None and wiring.kind == "eventbridge":
        source = Setting(DEFAULT_BUS, at)
    if source is None and kind in IMPLICIT_APIS:
        source = Setting(Reference(stack.path, IMPLICIT_APIS[kind]), at)
    more = fields(stack, wiring, settings)
    if kind in IMPLICIT_APIS:
        more["waits"] = patience(stack, settings)
    if kind == "S3":
        more |= key_filter(stack, settings, "Filter.S3Key.Rules.*")
    queue = _queue(stack, function, event)
    if queue is not None:
        size = stack.setting(settings, "SqsSubscription.BatchSize")
        yield Trigger(function, "sqs", at, queue, batch_size=size)
        return
    yield Trigger(function, wiring.kind, at, source, **more)


def _queue(stack: Stack, function: Id, event: _Event) -> Setting[Value] | None:
    """The queue between a topic and a function, where the event asks for one: a named one, or one that SAM makes."""
    for asked in find(event.settings, "SqsSubscription") if event.kind == "SNS" else ():
        named = stack.setting(asked, "QueueArn")
        if named is not None:
            return named
        if isinstance(asked, Scalar) and asked.text.lower() in ("true", "yes", "on"):
            return Setting(Reference(stack.path, f"{function.name}{event.name}Queue", "Arn"), asked.at)
    return None


def links(linker: Linker, declared: Declared, settings: Mapping | None) -> Iterator[Link]:
    """The links that the events of a function or a state machine make, beside what starts the function itself."""
    stack, own = linker.stack, linker.itself(declared)
    function = Id(stack.path, declared.name)
    for event in _events(settings):
        start: Setting[Value] = Setting(Reference(stack.path, f"{declared.name}{event.name}"), event.at)
        for joint in JOINTS.get(event.kind, ()):
            yield from linker.joined(joint, event.settings, (start, own), event.at)
        made = _dead_letters(stack, function, event)
        for joint in JOINTS.get(event.kind, ()) if made else ():
            if made and joint.kind == "redrive":
                yield from linker.joined(replace(joint, target=""), event.settings, (start, made), event.at)
        queue = _queue(stack, function, event)
        if queue is not None:
            yield from linker.joined(TO_QUEUE, event.settings, (start, queue), event.at)


def _dead_letters(stack: Stack, function: Id, event: _Event) -> Setting[Value] | None:
    """The queue that SAM makes for what a target did not take, where the event asks for one."""
    for asked in find(event.settings, "DeadLetterConfig"):
        kind = stack.setting(asked, "Type")
        if kind is not None and stack.setting(asked, "Arn") is None:
            named = stack.setting(asked, "QueueLogicalId")
            name = string(named.value) if named else f"{function.name}{event.name}Queue"
            return Setting(Reference(stack.path, name or "", "Arn"), kind.at)
    return None


# --- what SAM makes -----------------------------------------------------------------------------------------------


def implied(stack: Stack, declared: Declared, settings: Mapping | None) -> Iterator[Resource]:
    """The resources that SAM makes for the events of a function, as far as they lead an event on."""
    if declared.type != SAM_FUNCTION:
        return
    function = Id(stack.path, declared.name)
    for event in _events(settings):
        kind = event.kind
        if kind in IMPLICIT_APIS and not any(find(event.settings, EVENTS[kind].source)):
            api = Id(stack.path, IMPLICIT_APIS[kind])
            yield Resource(api, event.at, EVENTS[kind].kind, f"{_PREFIX}{kind}")
        dead = _dead_letters(stack, function, event)
        if dead is not None and isinstance(dead.value, Reference):
            yield Resource(Id(stack.path, dead.value.name), event.at, "queue", "AWS::SQS::Queue")
        queue = _queue(stack, function, event)
        if queue is None:
            continue
        made = queue.value
        if isinstance(made, Reference) and made.name == f"{declared.name}{event.name}Queue":
            yield Resource(Id(stack.path, made.name), event.at, "queue", "AWS::SQS::Queue")
        yield _subscription(stack, Id(stack.path, f"{declared.name}{event.name}"), event, made)


def _subscription(stack: Stack, known: Id, event: _Event, queue: Value) -> Resource:
    """The subscription of a queue to the topic of an event."""

    def properties() -> Table:
        given = [
            (name, setting.value)
            for name, path in _SUBSCRIBED.items()
            if (setting := stack.setting(event.settings, path)) is not None
        ]
        return Table((("Protocol", Constant("sqs")), ("Endpoint", queue), *given))

    return Resource(known, event.at, "other", "AWS::SNS::Subscription", evaluate=properties)
