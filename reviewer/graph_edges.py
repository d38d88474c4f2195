"""The edges of the invocation graph: triggers, calls, links and destinations, each from node to node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.code.flow import Reached
from reviewer.deploy.model import Id, Link, Trigger
from reviewer.feeds import invocation, sent
from reviewer.graph_nodes import Nodes
from reviewer.identity import NODES, SHELLS, is_own_function, own_source
from reviewer.kinds import node_of
from reviewer.labels import filter_of, text_of
from reviewer.meeting import meet
from reviewer.picture import Edge
from reviewer.project import Handler, Project
from reviewer.rings import ENTRANCES, FROM_FUNCTION
from reviewer.rule import Place
from reviewer.value import Value, options

TRIGGERED = {
    **NODES,
    "schedule": "schedule",
    "rest-api": "rest-api",
    "http-api": "http-api",
    "stepfunctions": "state-machine",
    "alb": "load-balancer",
    "msk": "cluster",
    "kafka": "cluster",
    "documentdb": "cluster",
    "mq": "broker",
}
"""The kind of what a kind of trigger listens to; any other is named like the trigger."""

LOG = "log"
"""The kind of the links from functions to their log groups."""


class Edges:
    """Edges in the order in which they are met. Whatever adds some gives them back: an end can be several nodes."""

    def __init__(self, project: Project, nodes: Nodes) -> None:
        self.project = project
        self.nodes = nodes
        self.found: dict[Edge, None] = {}
        self.logged: dict[tuple[str, str], Edge] = {}
        """The edges from functions to the log groups that they write to by themselves, by their ends."""
        self._heard: dict[str, dict[Value, Sequence[str]]] = {}
        """What triggers and links listen to: the nodes of each source, by its kind."""
        self._written: dict[tuple[str, Value], Sequence[str]] = {}

    def add(self, edge: Edge) -> Edge:
        self.found.setdefault(edge)
        return edge

    def connect(self) -> None:
        """Find all edges."""
        deployment = self.project.deployment
        linked = {(link.at, end) for link in deployment.links for end in self._ends(link)}
        for trigger in deployment.triggers:
            handler = self.nodes.handlers.get(trigger.function)
            # a pipe to a function is a trigger, too, as is a task: the link says more of it
            if handler is not None and (trigger.at, self.nodes.function(handler)) not in linked:
                self.trigger(trigger)
        for link in deployment.links:
            if link.kind != LOG:
                self.link(link)
        told = {(edge.source, edge.target) for edge in self.found if edge.kind == "link"}
        self.found = {e: None for e in self.found if e.kind != "trigger" or (e.source, e.target) not in told}
        # each function writes a log: it is a part of the picture where something reads it
        read = {edge.source for edge in self.found}
        for link in deployment.links:
            if link.kind == LOG and not read.isdisjoint(self.nodes.named(link.target.value, "log-group")):
                self.logged |= {(edge.source, edge.target): edge for edge in self.link(link)}
        for ways in self.project.reached.values():
            for handler, reached in ways:
                self._call(handler, reached)

    # --- triggers and links

    def trigger(self, trigger: Trigger) -> Sequence[Edge]:
        """What starts a function."""
        handler = self.nodes.handlers.get(trigger.function)
        if handler is None:
            return ()
        function, said = self.nodes.function(handler), filter_of(trigger)
        return [
            self.add(Edge(source, function, "trigger", trigger.kind, trigger.at, said))
            for source in self._sources(trigger)
        ]

    def _sources(self, trigger: Trigger) -> Sequence[str]:
        kind = TRIGGERED.get(trigger.kind, trigger.kind)
        if trigger.kind == "schedule":
            return [self.nodes.unnamed(kind, trigger.at, text_of(trigger.schedule))]
        if trigger.source is None:
            # an API, a skill… may have no name of its own; a bucket or a queue without one could be any
            return () if kind in SHELLS else [self.nodes.unnamed(kind, trigger.at)]
        return self._listened(trigger.source.value, kind, trigger.at.path)

    def _listened(self, source: Value, kind: str, stack: str) -> Sequence[str]:
        nodes = self.nodes.named(source, kind, stack)
        self._heard.setdefault(kind, {})[source] = nodes
        return nodes

    def link(self, link: Link) -> Sequence[Edge]:
        """What hands on without code."""
        kind = "destination" if link.kind in FROM_FUNCTION and link.kind != LOG else "link"
        said, starts, ends = filter_of(link), self._starts(link), self._ends(link)
        return [self.add(Edge(start, end, kind, link.kind, link.at, said)) for start in starts for end in ends]

    def _starts(self, link: Link) -> Sequence[str]:
        if link.kind == "schedule":
            return [self.nodes.unnamed("schedule", link.at)]
        kind = self._kind(link.source.value) or ENTRANCES.get(link.kind, "")
        return self._listened(link.source.value, kind, link.at.path)

    def _ends(self, link: Link) -> Sequence[str]:
        return self.nodes.named(link.target.value, self._kind(link.target.value), link.at.path)

    def _kind(self, value: Value) -> str:
        return node_of(value, self.project.resources, self.nodes.handlers)

    # --- calls

    def _call(self, handler: Handler, reached: Reached) -> None:
        """What a call writes to, starts or invokes."""
        reaches = [
            (emission.operation, node)
            for emission in sent(self.project, handler, reached)
            for node in self._targets(own_source(emission.resource, handler.triggers, emission.node), emission.node)
        ]
        invoked = invocation(self.project, handler, reached)
        if invoked is not None:
            reaches += [(invoked.operation, node) for node in self._invoked(handler, invoked.target)]
        if not reaches:
            return
        function = self.nodes.function(handler)
        at = self.project.locate(Place(reached.frame.module, reached.site.call.node))
        for operation, node in reaches:
            self.add(Edge(function, node, "call", operation, at))

    def _targets(self, value: Value, kind: str) -> Iterator[str]:
        """The nodes of what a call writes to: those of what something listens to, where that is the same."""
        for option in options(value):
            if (kind, option) not in self._written:
                self._written[kind, option] = self._same(option, kind) or self.nodes.named(option, kind)
            yield from self._written[kind, option]

    def _same(self, value: Value, kind: str) -> Sequence[str]:
        own, heard = self.nodes.named(value, kind), self._heard.get(kind, {})
        if any(node in nodes for nodes in heard.values() for node in own):
            return own
        same = (n for s, n in heard.items() if meet(value, s, kind, self.project.resources))
        return tuple(dict.fromkeys(node for nodes in same for node in nodes))

    def _invoked(self, handler: Handler, target: Value) -> Iterator[str]:
        """The functions that a value of code names."""
        own = handler.function.id if handler.function is not None else None
        stack = own.stack if own is not None else ""

        def targets(value: Value) -> tuple[Id, ...]:
            return tuple(each.function for each in self.project.naming.targets(value, stack))

        for option in options(target):
            is_own = is_own_function(option, targets, own)
            yield from [self.nodes.function(handler)] if is_own else self.nodes.named(option, "function", stack)
