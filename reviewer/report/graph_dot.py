"""The invocation graph for Graphviz. Source of the language: https://graphviz.org/doc/info/lang.html"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.picture import Graph
from reviewer.report.bundles import bundles, described, label

SHAPES = {
    "function": "box",
    "bucket": "cylinder",
    "table": "cylinder",
    "queue": "cds",
    "stream": "cds",
    "delivery-stream": "cds",
    "topic": "invhouse",
    "bus": "octagon",
    "state-machine": "hexagon",
}
OTHER = "note"
STYLES = {
    "feeds": 'color="#cf222e", fontcolor="#cf222e", penwidth=2.4',
    "may feed": 'color="#cf222e", fontcolor="#cf222e", penwidth=2, style=dashed',
    "bounded": 'color="#9a6700", fontcolor="#9a6700", penwidth=2, style=dotted',
}


def render(graph: Graph) -> str:
    """The graph in the DOT language, with a line feed at its end."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph application {"
    yield "  rankdir=LR;"
    yield '  node [fontname="monospace", fontsize=11];'
    yield '  edge [fontname="monospace", fontsize=9];'
    number = {}
    for position, node in enumerate(graph.nodes):
        number[node.id] = f"n{position}"
        kind = "" if node.kind == "function" else f"\\n{_escaped(label(node.kind))}"
        dashed = "" if node.at else ", style=dashed"
        name, shape = _escaped(label(node.name)), SHAPES.get(node.kind, OTHER)
        yield f'  n{position} [shape={shape}, label="{name}{kind}"{dashed}];'
    for bundle in bundles(graph):
        style = f", {STYLES[bundle.verdict]}" if bundle.verdict else ""
        said = _escaped(described(graph, bundle))
        yield f'  {number[bundle.source]} -> {number[bundle.target]} [label="{said}"{style}];'
    yield "}"


def _escaped(text: str) -> str:
    """A text inside quotes. A backslash begins an escape sequence there: two of them are one."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
