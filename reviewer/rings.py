"""Rings over several hops: functions that start one another, and a function that starts itself over other resources.

A *delivery* leads from one function to another: a call or a destination of the first, the links between resources that
carry it on, the trigger of the second. Rings are elementary cycles of deliveries. A write straight into the function's
own trigger and a function's direct invocation of itself are `loops`, not rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reviewer.asked import bucket_of, with_bucket
from reviewer.code.flow import Reached
from reviewer.deploy.model import Link, Trigger
from reviewer.emissions import Emission
from reviewer.feeds import STOPPED, invocation, is_off, known_of, label, sent
from reviewer.finding import Location
from reviewer.hops import HOP_FROM, HOPS, Filtered, Hop, Paths, carried
from reviewer.identity import own_source
from reviewer.kinds import node_of
from reviewer.meeting import meet
from reviewer.project import Handler, Project
from reviewer.rule import Note, Place
from reviewer.spellings import spelling
from reviewer.strings import Known
from reviewer.truth import MAYBE, NO, YES, Truth
from reviewer.value import UNKNOWN, Value

MOST_LINKS = 6
"""Links that one delivery passes through."""

SYNCHRONOUS = frozenset(
    [
        "sqs",
        "kinesis",
        "dynamodb",
        "kafka",
        "msk",
        "mq",
        "documentdb",
        "rest-api",
        "http-api",
        "websocket",
        "url",
        "alb",
        "cognito",
        "firehose",
    ]
)
"""Triggers that wait for the function: its destinations never see what they bring.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""

FAILED_ONLY = frozenset({"redrive", "destination-failure", "dead-letter", "mapping-failure"})
"""Links that carry only what fails."""

FROM_FUNCTION = frozenset({"destination-success", "destination-failure", "dead-letter"})

ENTRANCES = {
    "subscription": "topic",
    "redrive": "queue",
    "rule": "bus",
    "notification": "bucket",
    "replication": "bucket",
    "stream": "table",
    "task": "state-machine",
    "delivery": "delivery-stream",
    "iot": "iot-topic",
}
"""The kind of resource that a kind of link begins at; a pipe begins at any."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way from a function to another one.

    `path` names the resources in between; `sources` are the kinds of trigger that it passes. `caused` is what the
    event of the receiver holds; `known` what its trigger tells of that event. `links` carry on what the sender sends,
    `trigger` starts the receiver (None: a call or a link does).
    """

    sender: Handler
    receiver: Handler
    at: Place | Location
    operation: str
    path: tuple[str, ...]
    sources: tuple[str, ...]
    admitted: Truth
    caused: Paths
    known: Known
    notes: tuple[Note, ...]
    reached: Reached | None
    links: tuple[Link, ...] = ()
    trigger: Trigger | None = None

    @property
    def is_straight(self) -> bool:
        """Whether nothing but the receiver's own trigger lies in between."""
        return not self.links


@dataclass(frozen=True, slots=True)
class _Way:
    """What is under way from a sender: the emission as it is by now, and what it has passed."""

    sender: Handler
    reached: Reached | None
    at: Place | Location
    emission: Emission
    admitted: Truth
    path: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()


class Deliveries:
    """All deliveries between the functions of a deployment."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.asked: dict[tuple[int, Value], Filtered] = {}
        self.handlers = {h.function.id: h for h in project.handlers if h.function is not None}
        self.triggers = [
            (trigger, handler)
            for handler in self.handlers.values()
            for trigger in handler.triggers
            if trigger.source is not None and not is_off(trigger) and trigger.source.value not in project.shared
        ]
        self.started: dict[tuple[Value, str], list[tuple[Trigger, Handler, Hop]]] = {}
        self.followed: dict[tuple[Value, str], list[Link]] = {}

    def all(self) -> Iterator[Delivery]:
        """Every delivery: by calls first, in the order of the code, then by destinations."""
        for ways in self.project.reached.values():
            for handler, reached in ways:
                if handler.function is not None and not reached.at_import:
                    yield from self.of_call(handler, reached)
        for link in self.project.deployment.links:
            if link.kind in FROM_FUNCTION:
                yield from self.of_destination(link)

    def of_call(self, handler: Handler, reached: Reached) -> Iterator[Delivery]:
        at = Place(reached.frame.module, reached.site.call.node)
        yield from self.of_invocation(handler, reached, at)
        for emission in sent(self.project, handler, reached):
            target = own_source(emission.resource, handler.triggers, emission.node)
            yield from self.spread(_Way(handler, reached, at, emission.to(target), YES))

    def of_invocation(self, handler: Handler, reached: Reached, at: Place) -> Iterator[Delivery]:
        """Deliveries by a direct invocation of another function."""
        invoked = invocation(self.project, handler, reached)
        if invoked is None or handler.function is None:
            return
        for found in self.project.naming.targets(invoked.target, handler.function.id.stack):
            receiver = self.handlers.get(found.function)
            if receiver is not None and receiver is not handler:
                yield Delivery(
                    handler,
                    receiver,
                    at,
                    invoked.operation,
                    (),
                    (invoked.through,),
                    YES,
                    (((), invoked.payload),),
                    spelling,
                    (),
                    reached,
                )

    def of_destination(self, link: Link) -> Iterator[Delivery]:
        """Deliveries by a destination of a function, which sees asynchronous invocations alone."""
        node = node_of(link.target.value, self.project.resources, self.handlers)
        for found in self.project.naming.targets(link.source.value, link.at.path):
            sender = self.handlers.get(found.function)
            if sender is None or all(trigger.kind in SYNCHRONOUS for trigger in sender.triggers):
                continue
            admitted = MAYBE if link.kind in FAILED_ONLY else YES
            emission = Emission(link.kind.replace("-", " "), node, link.target.value)
            way = _Way(sender, None, link.target.at, emission, admitted, links=(link,))
            yield from self.spread(way)

    def spread(self, way: _Way) -> Iterator[Delivery]:
        """Follow what is under way to all functions that it starts."""
        emission = way.emission
        for trigger, receiver, hop in self.starts(emission.resource, emission.node):
            known = known_of(trigger)
            admitted = way.admitted & hop.admits(self.asking(trigger, emission), emission, known)
            if admitted is NO:
                continue
            name = label(trigger.source.value, emission.node) if trigger.source is not None else ""
            yield Delivery(
                way.sender,
                receiver,
                way.at,
                emission.operation,
                (*way.path, f"{hop.noun} `{name}`" if name else hop.noun),
                (*way.sources, trigger.kind),
                admitted,
                hop.caused(emission),
                known,
                (*way.notes, Note(trigger.at, f"the {hop.noun} starts `{receiver.name}`")),
                way.reached,
                way.links,
                trigger,
            )
        if len(way.links) < MOST_LINKS:
            for link in self.onward(emission.resource, emission.node):
                if link not in way.links:
                    yield from self.through(link, way)

    def through(self, link: Link, way: _Way) -> Iterator[Delivery]:
        """Follow what is under way through a link."""
        emission = way.emission
        hop = HOP_FROM.get(emission.node)
        admitted = way.admitted & (
            hop.admits(self.asking(link, emission), emission, spelling) if hop is not None else YES
        )
        admitted &= MAYBE if link.kind in FAILED_ONLY else YES
        if admitted is NO:
            return
        near = label(link.source.value, emission.node)
        noun = hop.noun if hop is not None else emission.node.replace("-", " ")
        path = (*way.path, f"{noun} `{near}`" if near else noun)
        note = Note(link.at, f"the {noun} hands on what it gets ({link.kind})")
        node = node_of(link.target.value, self.project.resources, self.handlers)
        if node == "function":
            for found in self.project.naming.targets(link.target.value, link.at.path):
                receiver = self.handlers.get(found.function)
                if receiver is not None:
                    yield Delivery(
                        way.sender,
                        receiver,
                        way.at,
                        emission.operation,
                        path,
                        (*way.sources, link.kind),
                        admitted,
                        (((), UNKNOWN),),
                        spelling,
                        (*way.notes, note),
                        way.reached,
                        (*way.links, link),
                    )
            return
        arrived = carried(link, emission.to(self.project.resources.called(emission.resource, emission.node)), node)
        sources = (*way.sources, link.kind)
        yield from self.spread(
            _Way(
                way.sender,
                way.reached,
                way.at,
                arrived,
                admitted,
                path,
                sources,
                (*way.notes, note),
                (*way.links, link),
            )
        )

    def starts(self, resource: Value, node: str) -> list[tuple[Trigger, Handler, Hop]]:
        """The triggers that listen to a resource, each with its function and the hop to it."""
        if (resource, node) not in self.started:
            self.started[resource, node] = [
                (trigger, receiver, hop)
                for trigger, receiver in self.triggers
                if (hop := HOPS.get((trigger.kind, node))) is not None
                and trigger.source is not None
                and meet(resource, trigger.source.value, node, self.project.resources)
            ]
        return self.started[resource, node]

    def onward(self, resource: Value, node: str) -> list[Link]:
        """The links that begin at a resource."""
        if (resource, node) not in self.followed:
            self.followed[resource, node] = [
                link
                for link in self.project.deployment.links
                if link.kind not in FROM_FUNCTION
                and ENTRANCES.get(link.kind, node) == node
                and meet(resource, link.source.value, node, self.project.resources)
            ]
        return self.followed[resource, node]

    def asking(self, filtered: Filtered, emission: Emission) -> Filtered:
        """A trigger or a link whose patterns name the bucket of an event as the event does."""
        bucket = bucket_of(emission.entry) if filtered.patterns else None
        if bucket is None:
            return filtered

        def known(name: Value) -> Value:
            return self.project.resources.known_as(name, "bucket")

        if (id(filtered), bucket) not in self.asked:
            made = (replace(each, value=with_bucket(each.value, bucket, known)) for each in filtered.patterns)
            self.asked[id(filtered), bucket] = replace(filtered, patterns=tuple(made))
        return self.asked[id(filtered), bucket]


def is_ring_by_itself(delivery: Delivery) -> bool:
    """Whether a delivery of a function to itself is a ring, and not a loop through its own trigger."""
    return delivery.sender is delivery.receiver and (not delivery.is_straight or delivery.reached is None)


def is_stopped(delivery: Delivery) -> bool:
    """Whether Lambda's own loop detection follows a delivery."""
    return all(source in STOPPED or source == "subscription" for source in delivery.sources)
