"""The cycles of deliveries between functions, each proven over all of its hops."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reviewer.feeds import Guards, Verdict, asker, guard_text, is_allowed, stop_text, tests_of
from reviewer.finding import Location
from reviewer.guards import Caused, Guard
from reviewer.project import Project
from reviewer.rings import Deliveries, Delivery, is_ring_by_itself, is_stopped
from reviewer.rule import Note, Place
from reviewer.truth import NO

LONGEST = 8
"""Functions of a cycle that is looked for."""
MOST = 200
"""Cycles that are looked for, and deliveries between two functions over one path that are tried."""
MOST_TRIED = 4

Key = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cycle:
    """An elementary cycle of invocations. `at` is the call (or the setting) that closes it."""

    at: Place | Location
    call: str
    functions: tuple[str, ...]
    path: tuple[str, ...]
    """Functions and resources in turn, from the first function back to it."""
    verdict: Verdict
    guard: str
    stopped: bool
    steps: tuple[Note, ...]
    tests: tuple[Note, ...]
    ring: tuple[Delivery, ...]
    """Its deliveries, one from each of `functions`."""

    @property
    def rank(self) -> tuple[int, int]:
        """Graver cycles come first, then shorter ones."""
        return self.verdict, -len(self.path)

    @property
    def members(self) -> str:
        """The functions of the cycle in a few words."""
        names = [f"`{name}`" for name in self.functions]
        if len(names) == 1:
            return f"{names[0]} alone"
        if len(names) > 3:
            return f"{len(names)} functions, {names[0]} first"
        return f"{', '.join(names[:-1])} and {names[-1]}"

    @property
    def detail(self) -> str:
        """The way round, what its end depends on, and what Lambda itself would do about it."""
        way = f"The way round: {' → '.join(self.path)}."
        return " ".join(part for part in (way, self.guard, stop_text(self.stopped)) if part)


def cycles(project: Project) -> Iterator[Cycle]:
    """All elementary cycles over two or more functions, or over more than a function and its trigger.

    One for each call that closes some: the gravest, then the shortest.
    """
    handlers = sorted(project.handlers, key=lambda handler: handler.function.id if handler.function else ("", ""))
    order = {id(handler): number for number, handler in enumerate(handlers)}
    edges: Edges = {}
    shortcuts: set[Edge] = set()
    for delivery in Deliveries(project).all():
        sender, receiver = order[id(delivery.sender)], order[id(delivery.receiver)]
        shortcuts.add((sender, receiver, delivery.path))
        if delivery.sender is not delivery.receiver or is_ring_by_itself(delivery):
            edges.setdefault(sender, {}).setdefault((receiver, delivery.path), []).append(delivery)
    found: dict[Place | Location, Cycle] = {}
    rings = (ring for start in sorted(edges) for ring in _rings(edges, shortcuts, start))
    for ring in islice(rings, MOST):
        for choice in _choices(ring):
            cycle = _proven(project, choice)
            if cycle is not None and (cycle.at not in found or found[cycle.at].rank < cycle.rank):
                found[cycle.at] = cycle
    yield from found.values()


Step = list[Delivery]
"""The deliveries between two functions over one path: any of them will do."""

Edge = tuple[int, int, tuple[str, ...]]
"""Sender, receiver and the resources in between."""

Edges = dict[int, dict[tuple[int, tuple[str, ...]], Step]]
"""By sender: by receiver and the resources in between."""


def _rings(edges: Edges, shortcuts: set[Edge], start: int) -> Iterator[tuple[Step, ...]]:
    """The elementary cycles through `start` and functions behind it in order.

    A resource may come twice, as a bucket does with one prefix for each direction, but only where its filters tell the
    two passages apart: what one function sends over it must not reach the other's receiver at once.
    """
    first: tuple[int, tuple[Step, ...], tuple[Edge, ...]] = (start, (), ())
    pending = deque([first])
    tried = 0
    while pending and tried < MOST * LONGEST:
        node, way, passed = pending.popleft()
        tried += 1
        senders = {edge[0] for edge in passed}
        for (target, path), step in edges.get(node, {}).items():
            edge = (node, target, path)
            if any(_is_short(earlier, edge, shortcuts) or _is_short(edge, earlier, shortcuts) for earlier in passed):
                continue
            if target == start:
                yield (*way, step)
            elif target > start and target not in senders and len(way) + 1 < LONGEST:
                pending.append((target, (*way, step), (*passed, edge)))


def _is_short(first: Edge, second: Edge, shortcuts: set[Edge]) -> bool:
    """Whether what one passage sends also gets, over a resource that both pass, to where the other one leads."""
    sender, _, before = first
    _, receiver, after = second
    shared = set(before) & set(after)
    return any(
        (sender, receiver, before[: before.index(resource)] + after[after.index(resource) :]) in shortcuts
        for resource in shared
    )


def _choices(ring: tuple[Step, ...]) -> Iterator[tuple[Delivery, ...]]:
    """Ways to go round a ring: each call that closes it, with the surest delivery at the other steps."""
    surest = [max(step, key=lambda delivery: delivery.admitted.value) for step in ring]
    for last in sorted(ring[-1], key=lambda delivery: -delivery.admitted.value)[:MOST_TRIED]:
        yield (*surest[:-1], last)


def _proven(project: Project, ring: tuple[Delivery, ...]) -> Cycle | None:
    """A cycle with its verdict; None where a condition in the code breaks it."""
    guards: list[Guards] = []
    certain = all(delivery.admitted.some for delivery in ring)
    for number, delivery in enumerate(ring):
        if delivery.reached is None:
            continue
        before = ring[number - 1]
        ask = asker(project, delivery.reached, delivery.sender.function, Caused(before.caused), before.known)
        again = ask.again(delivery.reached)
        if again is NO:
            return None
        certain = certain and again.some
        guards.append(ask.guards(delivery.reached))
    known = [guard for each in guards for guard in each]
    bounded = any(map(is_allowed, (d.sender for d in ring))) or any(kind is Guard.COUNTER for kind, _, _ in known)
    last = ring[-1]
    path = [part for d in ring for part in (f"`{d.sender.name}`", *d.path)]
    return Cycle(
        at=last.at,
        call=last.operation,
        functions=tuple(delivery.sender.name for delivery in ring),
        path=(*path, f"`{ring[0].sender.name}`"),
        verdict=Verdict.BOUNDED if bounded else Verdict.FEEDS if certain else Verdict.MAY_FEED,
        guard=guard_text(known, last.sender),
        stopped=all(map(is_stopped, ring)),
        steps=tuple(note for delivery in ring for note in _notes(delivery)),
        tests=tests_of(known),
        ring=ring,
    )


def _notes(delivery: Delivery) -> tuple[Note, ...]:
    sending = Note(delivery.at, f"`{delivery.operation}` of `{delivery.sender.name}`")
    return (sending, *delivery.notes)
