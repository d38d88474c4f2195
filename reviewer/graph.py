"""The invocation graph of a project: what triggers, calls, links and destinations lead from where to where.

Nothing is proven here: what names the same resource is the question of `identity`, what goes round that of `loops` and
`cycles`. A resource that nothing names for certain is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from reviewer.cycles import cycles
from reviewer.feeds import Verdict
from reviewer.finding import Location
from reviewer.graph_edges import Edges
from reviewer.graph_nodes import Nodes
from reviewer.loops import Loop, own_trigger_writes, self_invocations
from reviewer.picture import VERDICTS, Edge, Graph, Node, Ring, parts
from reviewer.project import Project
from reviewer.rings import Delivery


def graph(project: Project) -> Graph:
    """The invocation graph of a project, with the rings in it."""
    nodes = Nodes(project)
    functions = {nodes.function(handler) for handler in project.handlers}
    edges = Edges(project, nodes)
    edges.connect()
    rings = list(_Rings(project, nodes, edges).all())
    kept = functions | _around(functions, nodes.found.values(), edges.found)
    found = [edge for edge in edges.found if edge.source in kept or edge.target in kept]
    ends = functions.union(*((edge.source, edge.target) for edge in found))
    return _ordered([node for node in nodes.found.values() if node.id in ends], found, rings)


def _around(functions: Set[str], nodes: Iterable[Node], edges: Iterable[Edge]) -> Set[str]:
    """The resources that have to do with a function. The default event bus alone is no connection."""
    own = {node.id: node for node in nodes if not node.is_everywhere}
    inner = [(edge.source, edge.target) for edge in edges if edge.source in own and edge.target in own]
    return set[str]().union(*(part for part in parts(own.values(), inner) if not part.isdisjoint(functions)))


@dataclass(frozen=True, slots=True)
class _Ring:
    verdict: Verdict
    at: Location
    hops: Sequence[Edge]
    stopped: bool


def _ordered(nodes: Iterable[Node], edges: Iterable[Edge], rings: Iterable[_Ring]) -> Graph:
    gravest: dict[Edge, int] = {}
    for ring in rings:
        gravest |= {hop: max(gravest.get(hop, 0), ring.verdict) for hop in ring.hops}
    nodes = sorted(nodes, key=_place)
    number = {node.id: position for position, node in enumerate(nodes)}
    edges = sorted(edges, key=lambda e: (number[e.source], number[e.target], e.at, e.kind, e.operation, e.filter))
    position = {edge: place for place, edge in enumerate(edges)}
    made = [Ring(VERDICTS[r.verdict], r.at, tuple(position[hop] for hop in r.hops), r.stopped) for r in rings]
    return Graph(
        tuple(nodes),
        tuple(replace(edge, verdict=VERDICTS[gravest.get(edge, 0)]) for edge in edges),
        tuple(sorted(made, key=lambda ring: (-VERDICTS.index(ring.verdict), ring.at, ring.edges))),
    )


def _place(node: Node) -> tuple[bool, Location, str]:
    """Nodes are in the order of the files, those without a place behind them."""
    return node.at is None, node.at or Location("", 0), node.id


@dataclass(frozen=True, slots=True)
class _Rings:
    """Finds the edges of what is proven to go round."""

    project: Project
    nodes: Nodes
    edges: Edges

    def all(self) -> Iterator[_Ring]:
        for loop in (*own_trigger_writes(self.project), *self_invocations(self.project)):
            yield _Ring(loop.verdict, self.project.locate(loop.at), self.of_loop(loop), loop.stopped)
        for cycle in cycles(self.project):
            hops = [hop for delivery in cycle.ring for hop in self.of_delivery(delivery)]
            yield _Ring(cycle.verdict, self.project.locate(cycle.at), hops, cycle.stopped)

    def of_loop(self, loop: Loop) -> Sequence[Edge]:
        function, at = self.nodes.function(loop.handler), self.project.locate(loop.at)
        if not loop.node:
            return [self.edges.add(Edge(function, function, "call", loop.call, at))]
        back = self.edges.trigger(loop.trigger) if loop.trigger is not None else [self.supposed(loop)]
        return self.chained(Edge(function, "", "call", loop.call, at), [back])

    def supposed(self, loop: Loop) -> Edge:
        """The trigger of a function whose trigger no template tells: its event names the resource."""
        function = self.nodes.function(loop.handler)
        place = self.nodes.found[function].at
        assert place is not None
        source = self.nodes.add(f"{loop.node}:of {function}", loop.node, f"the event's {loop.node}")
        return self.edges.add(Edge(source, function, "trigger", loop.node, place))

    def of_delivery(self, delivery: Delivery) -> Sequence[Edge]:
        onward = [self.edges.link(link) for link in delivery.links]
        onward += [self.edges.trigger(delivery.trigger)] if delivery.trigger is not None else []
        sender, receiver = self.nodes.function(delivery.sender), self.nodes.function(delivery.receiver)
        if delivery.reached is None:
            return _chain(sender, onward)
        call = Edge(sender, receiver, "call", delivery.operation, self.project.locate(delivery.at))
        return self.chained(call, onward) if onward else [self.edges.add(call)]

    def chained(self, call: Edge, onward: Sequence[Sequence[Edge]]) -> Sequence[Edge]:
        """A call and what it sets off. The call is to where that begins, as the ring was proven."""
        calls = [replace(call, target=edge.source) for edge in onward[0]]
        known = [each for each in calls if each in self.edges.found]
        known += [edge for each in calls if (edge := self.edges.logged.get((each.source, each.target)))]
        first = next(iter([*known, *calls]), None)
        return [self.edges.add(first), *_chain(first.target, onward)] if first is not None else ()


def _chain(here: str, onward: Iterable[Sequence[Edge]]) -> Sequence[Edge]:
    """One edge of each hop, so that each begins where the one before it ends."""
    chain: list[Edge] = []
    for hop in filter(None, onward):
        chain.append(next((edge for edge in hop if edge.source == here), hop[0]))
        here = chain[-1].target
    return chain
