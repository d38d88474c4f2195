"""Edges as pictures show them: all that lead from one node to another as one line, named by its part in rings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.finding import Review
from reviewer.picture import VERDICTS, Graph
from reviewer.report.sources import CUT, safe
from reviewer.report.terminal import cells, visible

WIDEST = 32
"""Columns of a name that are shown."""
MOST_OPERATIONS = 3

ADDRESS = re.compile(r"(?:module\.[\w-]+(?:\[[^]]*\])?\.)*(?:data\.)?aws_\w+\.(?P<name>.+)")
"""An address of Terraform: most begin alike, and the type is told beside the name."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The edges from one node to another, as positions. `rings` are those that they are a part of, and which hop."""

    source: str
    target: str
    edges: tuple[int, ...]
    verdict: str
    rings: tuple[tuple[int, int], ...]

    @property
    def hops(self) -> tuple[str, ...]:
        """Its parts in rings by name: `A1` is the first hop of the first ring."""
        return tuple(f"{letters(ring)}{hop}" for ring, hop in self.rings)

    @property
    def sign(self) -> str:
        """Its first part in a ring by name, with how many more there are."""
        return f"{self.hops[0]} +{len(self.rings) - 1}" if len(self.rings) > 1 else "".join(self.hops)


def bundles(graph: Graph) -> Iterator[Bundle]:
    """All bundles, in the order of their first edges."""
    hops: dict[int, list[tuple[int, int]]] = {}
    for ring, found in enumerate(graph.rings):
        for hop, position in enumerate(found.edges, 1):
            hops.setdefault(position, []).append((ring, hop))
    ends: dict[tuple[str, str], list[int]] = {}
    for position, edge in enumerate(graph.edges):
        ends.setdefault((edge.source, edge.target), []).append(position)
    for (source, target), bundled in ends.items():
        verdict = max((graph.edges[position].verdict for position in bundled), key=VERDICTS.index)
        rings = tuple(part for position in bundled for part in hops.get(position, ()))
        yield Bundle(source, target, tuple(bundled), verdict, rings)


def drawn(review: Review) -> tuple[Graph | None, str]:
    """The graph of a review, and why there is none: a fault in the picture does not take the findings along."""
    try:
        return (review.graph() if review.graph is not None else None), ""
    except Exception as problem:
        return None, f"{type(problem).__name__}: {problem}"


def described(graph: Graph, bundle: Bundle) -> str:
    """A bundle in a few words: its hops, and what it does."""
    operations = [*dict.fromkeys(label(graph.edges[position].operation) for position in bundle.edges)]
    few = operations[:MOST_OPERATIONS] + ([CUT] if len(operations) > MOST_OPERATIONS else [])
    return " ".join([*([bundle.sign] if bundle.rings else []), ", ".join(few)])


def letters(ring: int) -> str:
    """The name of a ring: A to Z, AA, AB…"""
    return (letters(ring // 26 - 1) if ring >= 26 else "") + chr(ord("A") + ring % 26)


def label(name: str) -> str:
    """A name as it is shown: masked as a whole, then cut in its middle, since names of one project begin alike."""
    whole = visible(safe(name))
    if address := ADDRESS.fullmatch(whole):
        whole = address["name"]
    shown, kept = whole, WIDEST
    while cells(shown) > WIDEST:
        kept -= 1
        shown = whole[: kept - kept // 2] + CUT + whole[len(whole) - kept // 2 :]
    return shown
