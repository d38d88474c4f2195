"""The review as one page: the application in a picture, the findings with their code, filters. Nothing is loaded.

What it takes from reviewed code goes through `markup`, which makes it inert. The policy of the page
(https://www.w3.org/TR/CSP3/) lets run the script and the style that were shipped, and forbids everything else.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from reviewer.finding import Confidence, Finding, Location, Review, Step
from reviewer.picture import Graph
from reviewer.report import product
from reviewer.report.assets import asset
from reviewer.report.bundles import drawn
from reviewer.report.frames import MOST_LINES, lay_out
from reviewer.report.graph_svg import anchor, picture
from reviewer.report.markup import Markup, element, joined, prose
from reviewer.report.phrases import counted, kinds, summary, tally
from reviewer.report.sources import CUT, Sources, secret_lines
from reviewer.rule import Rule

STYLES, SCRIPTS = ("report.css", "picture.css"), ("filters.js", "picture.js")
ROOM = 160
"""Columns of a line of code. A longer one is cut around what it is shown for."""
LEGEND = (
    ("feeds", "each round starts the next one"),
    ("may feed", "a filter or a condition decides that cannot be told from the code"),
    ("bounded", "something counts the rounds, or the template allows them"),
)

PICTURE_KEYS = (("↑ ↓ ← →", "go along"), ("+ - 0", "zoom"), ("Esc", "show all"))
FINDING_KEYS = (("/", "search"), ("j k", "next, previous"), ("e w n", "errors, warnings, notes"), ("Esc", "all"))


def render(review: Review, rules: Mapping[str, Rule]) -> str:
    """The review as an HTML page, with a line feed at its end. Secrets are masked."""
    style, script = (Markup("\n".join(map(asset, names))) for names in (STYLES, SCRIPTS))
    page = _Page(review, rules, Sources(review.contents, secret_lines(review, rules)), *drawn(review))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=Markup(escape(_policy(style, script)))),
        element("meta", name="viewport", content="width=device-width"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{product.NAME}: {tally(review.findings)}"),
        element("style", style),
    )
    body = element("body", *page.body(), element("script", script))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _policy(style: str, script: str) -> str:
    def digest(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


@dataclass(frozen=True, slots=True)
class _Page:
    review: Review
    rules: Mapping[str, Rule]
    sources: Sources
    graph: Graph | None
    fault: str

    def body(self) -> Iterator[Markup]:
        yield element("a", "Skip to the findings", class_="skip", href="#findings")
        yield element("header", element("h1", product.NAME), element("p", summary(self.review), class_="summary"))
        errors = [*self.review.errors, *([f"the picture: {self.fault}"] if self.fault else [])]
        yield element(
            "main",
            *(element("p", element("strong", "internal error: "), error, class_="fault") for error in errors),
            *([self.application(self.graph)] if self.graph is not None and self.graph.edges else []),
            element("section", *self.findings(), id="findings"),
            *([element("section", *self.explained(), id="rules")] if self.fired else []),
        )
        yield element("footer", element("p", f"{product.NAME} {product.version()}"))

    @property
    def fired(self) -> list[Rule]:
        return [self.rules[name] for name in sorted({each.rule for each in self.review.findings} & self.rules.keys())]

    # --- the picture

    def application(self, graph: Graph) -> Markup:
        verdicts = {ring.verdict for ring in graph.rings}
        legend = [
            element("li", element("b", verdict, class_=verdict.replace(" ", "-")), f": {meaning}")
            for verdict, meaning in LEGEND
            if verdict in verdicts
        ]
        keys = element("p", *_keys("picture", PICTURE_KEYS))
        buttons = (("+", "Zoom in", "1.25"), ("−", "Zoom out", "0.8"), ("Fit", "Fit the width", "0"))
        return element(
            "section",
            element("h2", "Application"),
            element(
                "div",
                *(element("button", sign, type="button", aria_label=said, data_by=by) for sign, said, by in buttons),
                keys,
                class_="tools",
                hidden=True,
            ),
            element("div", picture(graph), id="view", role="region", aria_label="Picture of the application"),
            *([element("ul", *legend, class_="legend")] if legend else []),
            id="application",
        )

    # --- findings

    def findings(self) -> Iterator[Markup]:
        yield element("h2", "Findings")
        if not self.review.findings:
            yield element("p", "None.")
            return
        yield self.filters()
        for number, finding in enumerate(self.review.findings, 1):
            yield self.finding(number, finding)

    def filters(self) -> Markup:
        """What the script filters by. Without scripts it stays hidden."""
        boxes = (
            element(
                "label",
                element("input", type="checkbox", name="severity", value=kind.label, checked=True),
                f" {number}",
                class_=kind.label,
            )
            for kind, number in kinds(self.review.findings)
        )
        by_rule = Counter(finding.rule for finding in self.review.findings)
        names = (element("option", f"{name} ({number})", value=name) for name, number in sorted(by_rule.items()))
        return element(
            "form",
            element("fieldset", element("legend", "Severity"), *boxes),
            element("label", "Rule ", element("select", element("option", "all", value=""), *names, name="rule")),
            element("label", "Text ", element("input", type="search", name="text", autocomplete="off")),
            element("output", name="shown", role="status"),
            element("p", *_keys("findings", FINDING_KEYS)),
            id="filters",
            hidden=True,
        )

    def finding(self, number: int, finding: Finding) -> Markup:
        rule = self.rules.get(finding.rule)
        name = element("a", finding.rule, href=f"#rule-{rule.id}") if rule else element("span", finding.rule)
        sure = [] if finding.confidence is Confidence.HIGH else [f" {finding.confidence.label} confidence"]
        symbol = [" in ", element("code", finding.symbol)] if finding.symbol else []
        return element(
            "article",
            element("p", element("b", finding.severity.label, class_="severity"), " ", name, *sure, class_="kind"),
            element("h3", prose(finding.message)),
            element("p", _place(finding.at), *symbol, class_="place"),
            *self.frame(finding.at),
            *(element("p", prose(line)) for line in finding.detail.splitlines()),
            *([element("p", prose(rule.suggest), class_="suggestion")] if rule else []),
            *(element("p", prose(f"Fix: {fix.message}"), class_="suggestion") for fix in finding.fixes),
            *self.shown_in_picture(finding),
            *self.places(counted(len(finding.steps), "step"), "ol", finding.steps, finding.at),
            *self.places(counted(len(finding.related), "related place"), "ul", finding.related, finding.at),
            id=f"f{number}",
            class_=f"finding {finding.severity.label}",
            tabindex=-1,
            data_severity=finding.severity.label,
            data_rule=finding.rule,
        )

    def shown_in_picture(self, finding: Finding) -> Iterator[Markup]:
        """A link to the function that a finding's ring begins at."""
        graph = self.graph or Graph()
        ring = next((ring for ring in graph.rings if ring.at == finding.at), None)
        if ring is not None:
            first = graph.edges[ring.edges[0]].source
            number = next(number for number, node in enumerate(graph.nodes) if node.id == first)
            yield element("p", element("a", "Show in the picture", href=f"#{anchor(number)}"))

    def places(self, heading: str, kind: str, steps: tuple[Step, ...], at: Location) -> Iterator[Markup]:
        if not steps:
            return
        items = (
            element("li", prose(step.message), " ", _place(step.at), *([] if step.at == at else self.frame(step.at)))
            for step in steps
        )
        yield element("details", element("summary", heading), element(kind, *items))

    # --- code

    def frame(self, at: Location) -> Iterator[Markup]:
        """The lines of a span, with the span marked; of a long one the first two lines and the last."""
        if not self.sources.has(at.path, at.line):
            return
        last = at.end_line if self.sources.has(at.path, at.end_line) else at.line
        cut = last - at.line >= MOST_LINES
        shown = [at.line, at.line + 1, last] if cut else range(at.line, last + 1)
        rows = [self.row(at, number) for number in shown]
        rows[2:2] = [element("span", CUT, class_="row")] if cut else []
        yield element("pre", element("code", *rows))

    def row(self, at: Location, number: int) -> Markup:
        line = self.sources.line(at.path, number)
        start = at.column if number == at.line else len(line) - len(line.lstrip()) + 1
        end = at.end_column if number == at.end_line else None
        before, marked, after = lay_out(*self.sources.shown(at.path, number, start, end), ROOM).parts
        return element("span", before, element("mark", marked), after, class_="row", data_line=number)

    # --- rules

    def explained(self) -> Iterator[Markup]:
        yield element("h2", "Rules")
        for rule in self.fired:
            links = (element("li", element("a", url, href=url, rel="noreferrer")) for url in rule.references)
            yield element(
                "article",
                element("h3", element("code", rule.id)),
                element("p", prose(rule.title)),
                *(element("p", prose(paragraph)) for paragraph in rule.why.split("\n\n")),
                element("p", prose(rule.suggest), class_="suggestion"),
                element("ul", *links),
                id=f"rule-{rule.id}",
            )


def _place(at: Location) -> Markup:
    return element("span", f"{at.path}:{at.line}:{at.column}", class_="where")


def _keys(what: str, keys: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What keys do, in a line."""
    yield f"Keys in the {what}: "
    for number, (names, does) in enumerate(keys):
        yield ", " if number else ""
        yield from (joined([element("kbd", name), " "]) for name in names.split())
        yield does
