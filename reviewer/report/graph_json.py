"""The invocation graph as JSON, for programs. Its shape is written down in `docs/graph.md`.

Within one `version` members are added, never renamed or removed.
"""

from __future__ import annotations

import json
from typing import Any

from reviewer.finding import Location
from reviewer.picture import Graph
from reviewer.report import product
from reviewer.report.json import place
from reviewer.report.sources import safe

VERSION = 1


def render(graph: Graph) -> str:
    """The graph as one JSON object, with a line feed at its end. Secrets are masked."""
    report = {
        "version": VERSION,
        "tool": {"name": product.NAME, "version": product.version()},
        "nodes": [
            {"id": safe(node.id), "kind": safe(node.kind), "name": safe(node.name), "at": _place(node.at)}
            for node in graph.nodes
        ],
        "edges": [
            {
                "source": safe(edge.source),
                "target": safe(edge.target),
                "kind": edge.kind,
                "operation": safe(edge.operation),
                "filter": safe(edge.filter),
                "verdict": edge.verdict,
                "at": _place(edge.at),
            }
            for edge in graph.edges
        ],
        "rings": [
            {"verdict": ring.verdict, "edges": list(ring.edges), "stopped": ring.stopped, "at": _place(ring.at)}
            for ring in graph.rings
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _place(at: Location | None) -> dict[str, Any] | None:
    return place(at) if at is not None else None
