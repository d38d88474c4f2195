"""The invocation graph as a Mermaid flowchart, which GitHub and GitLab draw. Source: https://mermaid.js.org/syntax/flowchart.html"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.picture import Graph
from reviewer.report.bundles import Bundle, bundles, described, label

MOST_EDGES = 500
MOST_CHARACTERS = 50_000
"""What Mermaid draws of one text, and GitHub sets no other limits: `maxEdges` and `maxTextSize`.
Source: https://mermaid.js.org/config/schema-docs/config.html"""

SHAPES = {
    "function": ("[", "]"),
    "bucket": ("[(", ")]"),
    "table": ("[(", ")]"),
    "queue": ("[/", "/]"),
    "stream": ("[/", "/]"),
    "delivery-stream": ("[/", "/]"),
    "topic": (">", "]"),
    "bus": ("{{", "}}"),
    "state-machine": ("[[", "]]"),
}
OTHER = ("([", "])")
STYLES = {
    "feeds": "stroke:#cf222e,stroke-width:3px",
    "may feed": "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4",
    "bounded": "stroke:#9a6700,stroke-width:2px,stroke-dasharray:2 3",
}
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.:/-")
"""What stands in a label as it is. Anything else is written as an entity: `#34;` is a quotation mark."""


def render(graph: Graph) -> str:
    """The graph as a flowchart, with a line feed at its end.

    Of a graph beyond Mermaid's limits only the edges up to them are in it, those of rings first; a comment says so.
    """
    found = sorted(bundles(graph), key=lambda bundle: not bundle.verdict)
    kept = found[:MOST_EDGES]
    text = _text(graph, kept, found)
    while len(text) > MOST_CHARACTERS and kept:
        kept = kept[: len(kept) * 4 // 5]
        text = _text(graph, kept, found)
    return text


def _text(graph: Graph, kept: list[Bundle], found: list[Bundle]) -> str:
    return "\n".join(_lines(graph, kept, len(found) - len(kept))) + "\n"


def _lines(graph: Graph, kept: list[Bundle], left_out: int) -> Iterator[str]:
    yield "flowchart LR"
    if left_out:
        yield f"  %% {left_out} connections are left out: Mermaid draws no more"
    ends = {end for bundle in kept for end in (bundle.source, bundle.target)}
    number = {}
    for position, node in enumerate(graph.nodes):
        if left_out and node.id not in ends:
            continue
        number[node.id] = f"n{position}"
        before, after = SHAPES.get(node.kind, OTHER)
        kind = "" if node.kind == "function" else f"<br>{_escaped(label(node.kind))}"
        yield f'  n{position}{before}"{_escaped(label(node.name))}{kind}"{after}'
    for bundle in kept:
        yield f'  {number[bundle.source]} -->|"{_escaped(described(graph, bundle))}"| {number[bundle.target]}'
    for verdict, style in STYLES.items():
        drawn = [str(position) for position, bundle in enumerate(kept) if bundle.verdict == verdict]
        if drawn:
            yield f"  linkStyle {','.join(drawn)} {style}"


def _escaped(text: str) -> str:
    return "".join(
        each if each in PLAIN or (each.isalnum() and not each.isascii()) else f"#{ord(each)};" for each in text
    )
