"""Reporters: a `Review` in, text out; of the invocation graph, a `Graph` in. Each format is one module, imported when
it is asked for.

A reporter is a function `render(review, rules, **options) -> str`: pure, its options keywords, with defaults where it
can have them. That of a graph is `render(graph) -> str`. Whatever either takes from reviewed code has its secrets
masked (`sources.safe`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.finding import Review
    from reviewer.picture import Graph
    from reviewer.rule import Rule

FORMATS = {
    "text": "reviewer.report.text",
    "json": "reviewer.report.json",
    "sarif": "reviewer.report.sarif",
    "markdown": "reviewer.report.markdown",
    "html": "reviewer.report.html",
    "github": "reviewer.report.github",
    "gitlab": "reviewer.report.gitlab",
    "junit": "reviewer.report.junit",
    "sonar": "reviewer.report.sonar",
}
"""The module of each format. A new format joins by a line here."""

GRAPHS = {
    "mermaid": "reviewer.report.graph_mermaid",
    "svg": "reviewer.report.graph_svg",
    "dot": "reviewer.report.graph_dot",
    "json": "reviewer.report.graph_json",
}
"""The module of each format of the invocation graph."""


def render(format: str, review: Review, rules: Mapping[str, Rule], **options: object) -> str:
    """The review in a format of `FORMATS` (`KeyError` for another). `options` are those of the format's `render`."""
    text: str = import_module(FORMATS[format]).render(review, rules, **options)
    return text


def render_graph(format: str, graph: Graph) -> str:
    """The invocation graph in a format of `GRAPHS` (`KeyError` for another)."""
    text: str = import_module(GRAPHS[format]).render(graph)
    return text
