"""The picture of an application as SVG: a file of its own, or a part of the HTML report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reviewer.finding import Location
from reviewer.picture import VERDICTS, Edge, Graph, Node
from reviewer.report.assets import asset
from reviewer.report.layout import HEIGHT, MARGIN, STARTS, Box, Drawing, Wire, column, drawing
from reviewer.report.markup import Markup, element

HEADINGS = ("starts", "functions", "written to")
PORT = 6
"""Pixels below its middle (above it, where another wire comes back) at which a wire meets a box."""
BEND, DEEPEST = 24, 50
"""Pixels by which a wire within a column bends aside: at least, and at most."""
MOST_SAID = 12
"""Edges of one wire, and neighbours of one node, that are named."""

Point = tuple[float, float]


def render(graph: Graph) -> str:
    """The picture as a file, with a line feed at its end."""
    return picture(graph, element("style", Markup(asset("picture.css")))) + "\n"


def picture(graph: Graph, *style: Markup) -> Markup:
    """The picture as an element. Without `style`, the page that it stands in has to bring `picture.css`."""
    return _Picture(graph, drawing(graph)).element(*style)


def anchor(position: int) -> str:
    """The id of the element that shows a node, by its position in the graph."""
    return f"n{position}"


def _ids(graph: Graph, drawn: Drawing) -> Iterator[str]:
    """The ids of all boxes: a node that stands in several parts of the picture has a number there."""
    anchors = {node.id: anchor(position) for position, node in enumerate(graph.nodes)}
    seen: Counter[str] = Counter()
    for box in drawn.boxes:
        again = seen[box.node.id]
        seen[box.node.id] += 1
        yield anchors[box.node.id] + (f"-{again}" if again else "")


class _Picture:
    def __init__(self, graph: Graph, drawn: Drawing) -> None:
        self.graph = graph
        self.drawn = drawn
        self.names = {node.id: node.name for node in graph.nodes}
        self.onward: dict[str, dict[str, None]] = {}
        self.before: dict[str, dict[str, None]] = {}
        for edge in graph.edges:
            self.onward.setdefault(edge.source, {})[self.names[edge.target]] = None
            self.before.setdefault(edge.target, {})[self.names[edge.source]] = None
        self.pairs = {(wire.start, wire.end) for wire in drawn.wires}
        self.ids = list(_ids(graph, drawn))

    def element(self, *style: Markup) -> Markup:
        graph, drawn = self.graph, self.drawn
        counts = f"{len(graph.nodes)} functions and resources, {len(graph.edges)} connections, {len(graph.rings)} loops"
        captions = (
            element("text", each.text, class_=_classes("caption", each.verdict), x=MARGIN, y=each.y)
            for each in drawn.captions
        )
        return element(
            "svg",
            *style,
            element("defs", *map(_head, VERDICTS)),
            element("rect", class_="paper", width="100%", height="100%"),
            *self.headings(),
            *map(self.wire, drawn.wires),
            *(self.box(position, box) for position, box in enumerate(drawn.boxes)),
            *(self.hop(wire) for wire in drawn.wires if wire.bundle.rings),
            *captions,
            xmlns="http://www.w3.org/2000/svg",
            class_="picture",
            role="group",
            aria_label=counts,
            viewBox=f"0 0 {drawn.width} {drawn.height}",
            width=drawn.width,
            height=drawn.height,
        )

    def headings(self) -> Iterator[Markup]:
        used = {box.column for box in self.drawn.boxes}
        for number, heading in enumerate(HEADINGS):
            if number in used:
                yield element("text", heading, class_="column", x=column(number, self.drawn.breadth), y=MARGIN - 20)

    # --- boxes

    def box(self, position: int, box: Box) -> Markup:
        node, said, base = box.node, self.described(box.node), box.y + HEIGHT // 2 + 4
        end = box.x + self.drawn.breadth - 8
        is_function = node.kind == "function"
        kind = [element("text", box.kind, class_="kind", x=end, y=base, text_anchor="end")] if box.kind else []
        return element(
            "g",
            element("title", said),
            element("rect", x=box.x, y=box.y, width=self.drawn.breadth, height=HEIGHT, rx=5),
            element("text", box.name, x=box.x + 8, y=base),
            *kind,
            id=self.ids[position],
            class_=_classes("node", "function" if is_function else "", "" if node.at else "outside"),
            role="img",
            aria_label=said,
        )

    def described(self, node: Node) -> str:
        """A node in words."""
        around = (("leads to", self.onward.get(node.id, ())), ("reached from", self.before.get(node.id, ())))
        place = f", {_place(node.at)}" if node.at else ""
        return f"{node.kind} {node.name}{place}{''.join(f'; {what} {_listed(each)}' for what, each in around if each)}"

    # --- wires

    def wire(self, wire: Wire) -> Markup:
        edges = [self.graph.edges[edge] for edge in wire.bundle.edges]
        said = [f"{self.names[edges[0].source]} → {self.names[edges[0].target]}", *map(_said, edges[:MOST_SAID])]
        said += [f"and {len(edges) - MOST_SAID} more"] if len(edges) > MOST_SAID else []
        is_link = all(edge.kind in {"link", "destination"} for edge in edges)
        (x, y), *bend = self.curve(wire)
        return element(
            "path",
            element("title", "; ".join(said)),
            class_=_classes("wire", "link" if is_link else "", wire.bundle.verdict),
            d=f"M{x:g} {y:g}C{' '.join(f'{x:g} {y:g}' for x, y in bend)}",
            marker_end=f"url(#{_marker(wire.bundle.verdict)})",
            **self.ends(wire),
        )

    def hop(self, wire: Wire) -> Markup:
        """What a wire's part in rings is called, on the wire."""
        names = wire.bundle.hops
        text = wire.bundle.sign
        x, y = _at(self.curve(wire), 0.25)
        width = 8 + 6 * len(text)
        return element(
            "g",
            element("title", ", ".join(names[:MOST_SAID])),
            element("rect", x=f"{x - width / 2:.0f}", y=f"{y - 7:.0f}", width=width, height=14, rx=7),
            element("text", text, x=f"{x:.0f}", y=f"{y + 3:.0f}"),
            class_=_classes("hop", wire.bundle.verdict),
            **self.ends(wire),
        )

    def ends(self, wire: Wire) -> dict[str, str]:
        """What a script finds a wire by."""
        return {"data_from": self.ids[wire.start], "data_to": self.ids[wire.end]}

    def curve(self, wire: Wire) -> tuple[Point, Point, Point, Point]:
        """A cubic Bézier curve from box to box: straight on to another column, aside within one."""
        start, end = self.drawn.boxes[wire.start], self.drawn.boxes[wire.end]
        breadth, middle = self.drawn.breadth, HEIGHT / 2
        if wire.start == wire.end:
            x, y = start.x + breadth, start.y + middle
            return (x, y - PORT), (x + DEEPEST, y - 3 * PORT), (x + DEEPEST, y + 3 * PORT), (x, y + PORT)
        if start.column == end.column:
            side = -1 if start.column == STARTS else 1
            x = start.x + (breadth if side > 0 else 0)
            is_outer = start.y > end.y and (wire.end, wire.start) in self.pairs
            bend = x + side * (min(DEEPEST, BEND + abs(start.y - end.y) / 8) + BEND * is_outer)
            out, back = start.y + middle + PORT, end.y + middle - PORT
            return (x, out), (bend, out), (bend, back), (x, back)
        is_back = end.column < start.column
        shift = PORT if is_back else -PORT if (wire.end, wire.start) in self.pairs else 0
        x1, x2 = (start.x, end.x + breadth) if is_back else (start.x + breadth, end.x)
        y1, y2 = start.y + middle + shift, end.y + middle + shift
        return (x1, y1), ((x1 + x2) / 2, y1), ((x1 + x2) / 2, y2), (x2, y2)


def _at(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    """The point of a curve at `t`, between 0 and 1."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, curve, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, curve, strict=True)),
    )


def _head(verdict: str) -> Markup:
    """The arrow head of a kind of wire."""
    return element(
        "marker",
        element("path", class_=_classes("head", verdict), d="M0 0 8 4 0 8z"),
        id=_marker(verdict),
        refX=8,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )


def _marker(verdict: str) -> str:
    return _classes(f"head {verdict}".rstrip())


def _classes(*names: str) -> str:
    return " ".join(name.replace(" ", "-") for name in names if name)


def _listed(names: Iterable[str]) -> str:
    few = list(names)
    return ", ".join(few[:MOST_SAID]) + (f" and {len(few) - MOST_SAID} more" if len(few) > MOST_SAID else "")


def _place(at: Location) -> str:
    return f"{at.path}:{at.line}"


def _said(edge: Edge) -> str:
    return f"{edge.operation} ({_place(edge.at)}){', ' + edge.filter if edge.filter else ''}"
