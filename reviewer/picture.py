"""The picture of an application as data: functions, the resources around them, what starts what, and what goes round.

`graph` makes it of a project, the reporters draw it. It imports places alone, so that both may import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reviewer.finding import Location

VERDICTS = ("", "bounded", "may feed", "feeds")
"""What is known of an edge as a part of a ring, by gravity; "" is an edge of none."""


@dataclass(frozen=True, slots=True)
class Node:
    """A function, or a resource that takes part.

    `kind`: function, bucket, queue, topic, table, stream, bus, state-machine, log-group, schedule, rest-api, http-api,
    url…; of a type without a kind of its own, the last part of the type's name (`user-pool`).
    `name`: the logical name in the template; of a resource that none defines, the name that code or template give it.
    `at`: where it is defined; None where no template of the tree does.
    """

    id: str
    kind: str
    name: str
    at: Location | None = None

    @property
    def is_everywhere(self) -> bool:
        """Whether it is the default event bus: each account has it, and to be on it is no connection."""
        return self.kind == "bus" and self.name == "default" and self.at is None


@dataclass(frozen=True, slots=True)
class Edge:
    """What one node does to another, by their ids.

    `kind`: trigger (resource → function), call (function → what its code writes to, starts or invokes), link (resource
    → what it hands on to by itself), destination (function → where its results or failures go).
    `operation`: the kind of trigger (`sqs`), the operation of the call (`s3.put_object`), the kind of link.
    `filter`: what is let through, in words; "" where everything is. `verdict`: one of `VERDICTS`, the gravest of the
    rings that it is a part of.
    """

    source: str
    target: str
    kind: str
    operation: str
    at: Location
    filter: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """A way round that a function starts itself by. `edges` are its hops in order, as positions in `Graph.edges`.

    `at` is the call, or the setting, that closes it: the place of its finding. `stopped`: whether Lambda's own loop
    detection covers all of its hops.
    """

    verdict: str
    at: Location
    edges: tuple[int, ...]
    stopped: bool


def parts(nodes: Iterable[Node], edges: Iterable[tuple[str, str]]) -> Iterator[frozenset[str]]:
    """The ids of the nodes that edges, as pairs of ids, connect in whatever direction: one set for each part."""
    near: dict[str, list[str]] = {node.id: [] for node in nodes}
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    seen: set[str] = set()
    for start in near:
        part, pending = set[str](), [start]
        while pending:
            id = pending.pop()
            if id not in seen:
                seen.add(id)
                part.add(id)
                pending += near[id]
        if part:
            yield frozenset(part)


@dataclass(frozen=True, slots=True)
class Graph:
    """All of it, in a stable order: nodes and edges by place, rings by gravity."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    rings: tuple[Ring, ...] = ()


def going_round(graph: Graph) -> Graph:
    """The parts of a graph in which something goes round, whole."""
    found = parts(graph.nodes, ((edge.source, edge.target) for edge in graph.edges))
    closed = {graph.edges[position].source for ring in graph.rings for position in ring.edges}
    ids = {id for part in found if not part.isdisjoint(closed) for id in part}
    kept = [position for position, edge in enumerate(graph.edges) if edge.source in ids]
    place = {position: number for number, position in enumerate(kept)}
    return Graph(
        tuple(node for node in graph.nodes if node.id in ids),
        tuple(graph.edges[position] for position in kept),
        tuple(replace(ring, edges=tuple(place[position] for position in ring.edges)) for ring in graph.rings),
    )
