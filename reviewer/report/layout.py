"""The picture of an application laid out: what starts functions to the left of them, what they write to the right.

Parts of the application that have nothing to do with each other stand one below the other, those with a ring first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewer.picture import Graph, Node, parts
from reviewer.report.bundles import Bundle, bundles, label, letters
from reviewer.report.columns import arranged
from reviewer.report.sources import safe
from reviewer.report.terminal import cells, visible, wrap

HEIGHT, PITCH, GAP, MARGIN, LINE = 24, 32, 150, 56, 18
"""Pixels: the height of a box, from box to box, between two columns, around it all, of a line of text."""
NARROWEST, SLIMMEST = 800, 150
"""Pixels of the whole, and of a box."""
LETTER, SMALL = 7.3, 6.1
"""Pixels of a character of a name, and of a kind."""
MOST_RINGS = 12
"""Rings of one part of the application that are spelled out below it."""

STARTS, FUNCTIONS, WRITTEN = range(3)


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place, the left upper corner of a box `Drawing.breadth` wide. `kind` is what stands beside its
    name."""

    node: Node
    column: int
    x: int
    y: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Wire:
    """A bundle from one box to another."""

    start: int
    end: int
    bundle: Bundle


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of text below or above a part of the picture. `verdict` is that of the ring which it spells out."""

    y: int
    text: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`breadth` is the width of the boxes. Sizes are in pixels."""

    width: int
    height: int
    breadth: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    captions: tuple[Caption, ...]


def column(number: int, breadth: int) -> int:
    """Where a column begins."""
    return MARGIN + number * (breadth + GAP)


def drawing(graph: Graph) -> Drawing:
    """The picture of a graph."""
    return _Layout(graph).drawn()


@dataclass(frozen=True, slots=True)
class _Part:
    """Nodes that are connected, the bundles between them, the rings among these."""

    nodes: tuple[Node, ...]
    bundles: tuple[Bundle, ...]
    rings: tuple[int, ...]

    @property
    def templates(self) -> str:
        """The files that define its functions, or else its resources."""
        defined = [node for node in self.nodes if node.at is not None]
        functions = [node for node in defined if node.kind == "function"]
        return ", ".join(dict.fromkeys(node.at.path for node in functions or defined if node.at is not None))


class _Layout:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.order = {node: number for number, node in enumerate(graph.nodes)}
        self.nodes = {node.id: node for node in graph.nodes}
        self.bundles = list(bundles(graph))
        self.names = {node.id: label(node.name) for node in graph.nodes}
        self.kinds = _kinds(graph)
        widths = (LETTER * cells(self.names[id]) + SMALL * cells(kind) for id, kind in self.kinds.items())
        self.breadth = max(SLIMMEST, int(max(widths, default=0)) + 36)
        self.starting = _starting(graph)
        self.last = max(map(self._column, graph.nodes), default=FUNCTIONS)
        self.width = max(NARROWEST, column(self.last, self.breadth) + self.breadth + MARGIN)
        self.boxes: list[Box] = []
        self.wires: list[Wire] = []
        self.captions: list[Caption] = []

    def drawn(self) -> Drawing:
        found = sorted(self._parts(), key=self._order)
        connected = [part for part in found if part.bundles]
        alone = [node for part in found if not part.bundles for node in part.nodes]
        said, y = "", MARGIN
        several = len({part.templates for part in connected}) > 1
        for part in connected:
            if several and part.templates != said:
                said = part.templates
                self.captions.append(Caption(y + LINE, said))
                y += 2 * LINE
            y = self._draw(part, y) + LINE
        if alone:
            self.captions.append(Caption(y + LINE, "Neither trigger nor write"))
            y = self._tiled(alone, y + 2 * LINE)
        boxes, wires, captions = tuple(self.boxes), tuple(self.wires), tuple(self.captions)
        return Drawing(self.width, y, self.breadth, boxes, wires, captions)

    def _order(self, part: _Part) -> tuple[int, str]:
        """Rings are ordered by gravity: the first one of a part says where that stands."""
        return part.rings[0] if part.rings else len(self.graph.rings), part.templates

    # --- parts

    def _parts(self) -> Iterator[_Part]:
        """The parts of the graph. The default event bus stands in each part that uses it, but where a ring goes by."""
        ringed = {end for bundle in self.bundles if bundle.verdict for end in (bundle.source, bundle.target)}
        own = {node.id: node for node in self.graph.nodes if not node.is_everywhere or node.id in ringed}
        inner = [
            (bundle.source, bundle.target) for bundle in self.bundles if {bundle.source, bundle.target} <= own.keys()
        ]
        found = list(parts(own.values(), inner))
        where = {id: number for number, part in enumerate(found) for id in part}
        grouped: list[list[Bundle]] = [[] for _ in found]
        for bundle in self.bundles:
            grouped[where[bundle.source if bundle.source in own else bundle.target]].append(bundle)
        for part, inside in zip(found, grouped, strict=True):
            ids = part.union(*((bundle.source, bundle.target) for bundle in inside))
            nodes = sorted((self.nodes[id] for id in ids), key=self.order.__getitem__)
            rings = sorted({ring for bundle in inside for ring, _ in bundle.rings})
            yield _Part(tuple(nodes), tuple(inside), tuple(rings))

    # --- boxes

    def _draw(self, part: _Part, y: int) -> int:
        """Draw a part from `y` on; where it ends."""
        first = len(self.boxes)
        number = {node.id: first + position for position, node in enumerate(part.nodes)}
        columns: list[list[int]] = [[], [], []]
        for node in part.nodes:
            columns[self._column(node)].append(number[node.id])
        ends = [(number[bundle.source], number[bundle.target]) for bundle in part.bundles]
        heights = arranged(columns, ends, PITCH)
        for node in part.nodes:
            self._box(node, self._column(node), y + round(heights[number[node.id]]))
        self.wires += [Wire(start, end, bundle) for (start, end), bundle in zip(ends, part.bundles, strict=True)]
        y += round(max(heights.values())) + PITCH
        said = [(self._spelled(ring), self.graph.rings[ring].verdict) for ring in part.rings[:MOST_RINGS]]
        said += [(f"and {len(part.rings) - MOST_RINGS} more", "")] if len(part.rings) > MOST_RINGS else []
        for text, verdict in said:
            for line in wrap(text, int((self.width - 2 * MARGIN) / LETTER)):
                y += LINE
                self.captions.append(Caption(y, line, verdict))
        return y

    def _column(self, node: Node) -> int:
        return FUNCTIONS if node.kind == "function" else STARTS if node.id in self.starting else WRITTEN

    def _box(self, node: Node, number: int, y: int) -> None:
        x = column(number, self.breadth)
        self.boxes.append(Box(node, number, x, y, self.names[node.id], self.kinds[node.id]))

    def _tiled(self, nodes: Sequence[Node], y: int) -> int:
        """Nodes that nothing connects, in rows."""
        columns = self.last + 1
        for position, node in enumerate(nodes):
            self._box(node, position % columns, y + position // columns * PITCH)
        return y + -(-len(nodes) // columns) * PITCH + LINE

    def _spelled(self, ring: int) -> str:
        """A ring in one line, hop by hop."""
        edges = [self.graph.edges[position] for position in self.graph.rings[ring].edges]
        hops = [
            f"{letters(ring)}{number} {label(hop.operation)} ({visible(safe(hop.at.path))}:{hop.at.line})"
            for number, hop in enumerate(edges, 1)
        ]
        way = " → ".join(self.names[id] for id in (*(hop.source for hop in edges), *(hop.target for hop in edges[-1:])))
        return f"{self.graph.rings[ring].verdict}: {way}; {', '.join(hops)}"


def _kinds(graph: Graph) -> dict[str, str]:
    """What is said beside names: of a function nothing, but its file where others are named alike."""
    named = Counter(node.name for node in graph.nodes if node.kind == "function")
    kinds = {}
    for node in graph.nodes:
        file = PurePosixPath(node.at.path).name if node.at is not None and named[node.name] > 1 else ""
        kinds[node.id] = label(file if node.kind == "function" else node.kind)
    return kinds


def _starting(graph: Graph) -> frozenset[str]:
    """The resources that start a function, by themselves or over others."""
    functions = {node.id for node in graph.nodes if node.kind == "function"}
    before: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.source not in functions:
            before.setdefault(edge.target, []).append(edge.source)
    found: set[str] = set()
    pending = [source for function in functions for source in before.get(function, ())]
    while pending:
        source = pending.pop()
        if source not in found:
            found.add(source)
            pending += before.get(source, ())
    return frozenset(found)
