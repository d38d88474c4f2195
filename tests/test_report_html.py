"""The HTML report: what is on the page, that nothing of the reviewed code is markup, and that nothing is loaded."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
import report_samples as samples
from graph_samples import NAMES, SHOP, hostile
from hypothesis import example, given
from report_samples import LOOP, RULES, SECRET, TIMEOUT, review
from wording import faults

from reviewer.cli import main
from reviewer.finding import Finding, Fix, Location, Severity, Step
from reviewer.picture import Graph
from reviewer.report import render
from reviewer.report.assets import asset
from reviewer.report.frames import lay_out
from reviewer.report.html import LEGEND, STYLES
from reviewer.report.markup import Markup, element, prose, text

POLICY = "Content-Security-Policy"
EMPTY = {"meta", "input"}
HTML = {
    *("html", "head", "meta", "title", "style", "body", "script", "header", "main", "section", "footer", "article"),
    *("h1", "h2", "h3", "p", "a", "b", "strong", "span", "code", "pre", "mark", "kbd", "ul", "ol", "li", "details"),
    *("summary", "div", "button", "form", "fieldset", "legend", "label", "input", "select", "option", "output"),
}
SVG = {"svg", "defs", "marker", "path", "rect", "text", "g", "title"}
ATTRIBUTES = {
    *("aria-label", "autocomplete", "charset", "checked", "class", "content", "data-by", "data-from", "data-line"),
    *("data-rule", "data-severity", "data-to", "hidden", "href", "http-equiv", "id", "lang", "name", "rel", "role"),
    *("tabindex", "type", "value"),
    *(
        "d",
        "fill",
        "height",
        "markerheight",
        "markerunits",
        "markerwidth",
        "marker-end",
        "orient",
        "refx",
        "refy",
        "rx",
    ),
    *("text-anchor", "viewbox", "width", "x", "xmlns", "y"),
}


class Page(HTMLParser):
    """A page taken apart: elements with their attributes and text, of which the tags have to match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Mapping[str, str | None], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said: list[str] = []
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs), said))
        if tag not in EMPTY:
            self.open.append((tag, said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, said in self.open:
            said.append(data)

    def all(self, tag: str, kind: str = "") -> list[str]:
        """The text of the elements of a name, and a class."""
        return [
            "".join(said)
            for name, attributes, said in self.elements
            if name == tag and (not kind or kind in (attributes.get("class") or "").split())
        ]

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes, _ in self.elements if (value := attributes.get(attribute)) is not None]


def page(*findings: Finding, graph: Graph | None = None, **members: object) -> Page:
    drawn = {} if graph is None else {"graph": lambda: graph}
    return Page(render("html", review(*findings, **members, **drawn), RULES))


# --- what is on the page ------------------------------------------------------------------------------------------


def test_every_finding_is_there_with_its_code() -> None:
    found = page(*samples.EVERYTHING.findings)
    articles = found.all("article", "finding")
    assert len(articles) == len(samples.EVERYTHING.findings)
    assert articles[0].startswith("warning http-without-timeout")
    assert "requests.get has no timeout" in articles[0]
    assert "src/resize/app.py:10:12 in handler" in articles[0]
    assert "Adding timeout= bounds the wait." in articles[0]
    assert "Fix: Adds timeout=10" in articles[0]
    assert found.all("mark")[0] == samples.GET
    assert found.values("data-line")[0] == "10"


def test_the_span_of_several_lines_is_marked_line_by_line() -> None:
    marks = page(LOOP).all("mark")
    assert marks[0] == "s3.put_object("
    assert marks[1:3] == ['Bucket=event["Records"][0]["s3"]["bucket"]["name"],', 'Key="thumb-" + key,']


def test_a_long_span_is_cut() -> None:
    code = "".join(f"line{number}()\n" for number in range(40))
    long = Finding("hardcoded-region", Severity.NOTE, Location("a.py", 3, 1, 33, 4), "Long")
    found = page(long, files={"a.py": code})
    assert found.all("span", "row") == ["line2()", "line3()", "…", "line32()"]
    assert found.all("mark") == ["line2()", "line3()", "lin"]


def test_steps_and_related_places_follow() -> None:
    found = page(LOOP)
    assert found.all("summary") == ["3 steps", "1 related place"]
    assert found.all("ol")[0].startswith("An upload to Uploads starts Resize template.yaml:10:9")


def test_a_file_that_cannot_be_read_has_no_frame() -> None:
    assert page(samples.UNREADABLE).all("pre") == []


def test_the_summary_counts() -> None:
    found = page(*samples.EVERYTHING.findings, suppressed=(TIMEOUT,))
    assert found.all("p", "summary") == [
        "2 errors, 3 warnings and 1 note (1 suppressed): 1 function, 3 modules and 1 template reviewed in 0.25 s"
    ]
    assert found.all("title")[0] == "lambda-review: 2 errors, 3 warnings and 1 note"


def test_filters_name_what_there_is() -> None:
    found = page(TIMEOUT, samples.SECOND_TIMEOUT, LOOP)
    assert [label.strip() for label in found.all("label")][:2] == ["1 error", "2 warnings"]
    assert found.all("option") == ["all", "http-without-timeout (2)", "own-trigger-write (1)"]


def test_a_rule_is_explained_once() -> None:
    found = page(TIMEOUT, samples.SECOND_TIMEOUT)
    explained = [said for said in found.all("article") if "waits for ever" in said]
    assert len(explained) == 1
    assert "https://requests.readthedocs.io/en/latest/user/advanced/#timeouts" in explained[0]


def test_every_link_within_the_page_leads_somewhere() -> None:
    found = page(*samples.EVERYTHING.findings, graph=replace(SHOP, rings=(replace(SHOP.rings[0], at=LOOP.at),)))
    within = {href[1:] for href in found.values("href") if href.startswith("#")}
    assert within <= set(found.values("id"))
    assert len(found.values("id")) == len(set(found.values("id")))
    assert "rule-own-trigger-write" in within


def test_a_finding_leads_to_its_ring_in_the_picture() -> None:
    graph = replace(SHOP, rings=(replace(SHOP.rings[0], at=LOOP.at),))
    found = page(LOOP, TIMEOUT, graph=graph)
    (link,) = (
        attributes["href"] for tag, attributes, said in found.elements if said == ["Show in the picture"] and tag == "a"
    )
    (node,) = (attributes for _, attributes, _ in found.elements if attributes.get("id") == (link or "")[1:])
    assert (node["aria-label"] or "").startswith("function Resize")


def test_without_a_graph_or_edges_there_is_no_picture() -> None:
    for graph in (None, Graph(), Graph(SHOP.nodes)):
        found = page(LOOP, graph=graph)
        assert found.all("svg") == []
        assert found.all("h2") == ["Findings", "Rules"]
    assert page(graph=SHOP).all("h2") == ["Application", "Findings"]


def test_a_fault_in_the_picture_leaves_the_findings() -> None:
    def broken() -> Graph:
        raise ValueError("no way round")

    found = Page(render("html", review(LOOP, graph=broken), RULES))
    assert found.all("p", "fault") == ["internal error: the picture: ValueError: no way round"]
    assert len(found.all("article", "finding")) == 1


def test_internal_errors_are_on_the_page() -> None:
    assert page(errors=("rule a: KeyError",)).all("p", "fault") == ["internal error: rule a: KeyError"]


def test_a_clean_review_says_so() -> None:
    found = page()
    assert found.all("p", "summary")[0].startswith("no findings: 1 function")
    assert found.all("form") == []


def test_its_own_words_are_blameless() -> None:
    found = page(TIMEOUT, graph=SHOP)
    own = [*found.all("h2"), *found.all("p", "summary"), *found.all("legend"), *(meaning for _, meaning in LEGEND)]
    own += [said for said in found.all("p") if said.startswith("Keys")]
    assert [fault for said in own for fault in faults(said.replace("Esc", ""))] == []


# --- what a browser does with it ----------------------------------------------------------------------------------


def test_the_policy_lets_run_what_was_shipped_and_nothing_else() -> None:
    found = page(LOOP, graph=SHOP)
    (policy,) = (
        attributes["content"]
        for _, attributes, _ in found.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )

    def digest(tag: str) -> str:
        (content,) = found.all(tag)
        return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"

    assert (policy or "").split("; ") == [
        "default-src 'none'",
        f"style-src {digest('style')}",
        f"script-src {digest('script')}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ]
    order = [tag for tag, attributes, _ in found.elements if tag in {"style", "script"} or attributes.get("http-equiv")]
    assert order == ["meta", "style", "script"]


def test_nothing_is_loaded() -> None:
    found = page(*samples.EVERYTHING.findings, graph=SHOP)
    assert {href for href in found.values("href") if not href.startswith("#")} == {
        url
        for rule in RULES.values()
        if rule.id in {each.rule for each in samples.EVERYTHING.findings}
        for url in rule.references
    }
    styles = "".join(map(asset, STYLES))
    assert "@import" not in styles and "url(" not in styles
    assert not re.search(
        r"\b(?:fetch|XMLHttpRequest|import|WebSocket|eval|innerHTML|cookie|localStorage)\b", found.all("script")[0]
    )


def test_the_script_of_the_picture_stays_small() -> None:
    assert len(asset("picture.js").encode()) <= 1536


def test_both_colour_schemes_are_served() -> None:
    assert all("prefers-color-scheme: dark" in asset(name) for name in STYLES)


@given(NAMES, NAMES, NAMES)
@example("\ud800", "\n", "</script>")
def test_nothing_of_the_reviewed_code_is_markup(name: str, code: str, message: str) -> None:
    place = Location(name, 1, 1, 1, 1 + len(code))
    step = Step(place, message)
    finding = Finding(
        name, Severity.ERROR, place, message, code, steps=(step,), related=(step,), fixes=(Fix(message, ()),)
    )
    known = replace(finding, rule="http-without-timeout", symbol=name)
    graph = hostile([name, code])
    found = page(finding, known, graph=graph, files={name: code}, errors=(message,))
    assert {tag for tag, _, _ in found.elements} <= HTML | SVG
    assert set().union(*(attributes for _, attributes, _ in found.elements)) <= ATTRIBUTES
    assert (len(found.all("script")), len(found.all("style"))) == (1, 1)
    assert all(
        href.startswith(("#rule-http-without-timeout", "#n", "#findings", "https://")) for href in found.values("href")
    )
    assert all(said.isprintable() for said in (*found.all("article"), *found.all("svg"), *found.values("aria-label")))


def test_secrets_are_masked_in_frames_and_words() -> None:
    found = page(replace(SECRET, symbol=samples.KEY, detail=samples.KEY, steps=(Step(SECRET.at, samples.KEY),)))
    (article, _) = found.all("article")
    assert samples.KEY not in article
    assert article.count("AKIA…") >= 4


# --- markup -------------------------------------------------------------------------------------------------------


def test_elements_escape_what_is_not_markup() -> None:
    assert element("p", "<b>", Markup("<i/>"), title='"') == '<p title="&quot;">&lt;b&gt;<i/></p>'
    assert (
        element("input", type="checkbox", checked=True, hidden=False, name=None)
        == '<input type="checkbox" checked=""/>'
    )
    assert element("a", class_="x", data_from="&", tabindex=-1) == '<a class="x" data-from="&amp;" tabindex="-1"></a>'
    assert text("\u202e") == "\\u202e"


def test_backticks_are_code() -> None:
    assert prose("`<a>` is `b") == "<code>&lt;a&gt;</code> is `b"
    assert prose(f"`{samples.KEY}`") == "<code>AKIA…</code>"
    assert "Xk9" not in prose("password = 'hunter`2`Xk9'")


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        ("abcdef", 3, 5, ("ab", "cd", "ef")),
        ("abc", 4, 4, ("abc", "", "")),
        ("abc", 2, 2, ("a", "b", "c")),
        ("世界abc", 2, 4, ("世", "界a", "bc")),
        ("a\tb", 3, 4, ("a   ", "b", "")),
        ("a\x00b", 2, 3, ("a", "\\x00", "b")),
    ],
)
def test_a_line_in_three_parts(line: str, start: int, end: int, expected: tuple[str, str, str]) -> None:
    assert lay_out(line, start, end, 80).parts == expected


# --- the command line ---------------------------------------------------------------------------------------------

HANDLER = """import boto3
def handler(event, context):
    bucket = event["Records"][0]["s3"]["bucket"]["name"]
    boto3.client("s3").put_object(Bucket=bucket, Key="x", Body=b"")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "app.py").write_text(HANDLER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_report_with_the_picture_of_the_application(project: Path) -> None:
    assert main([".", "--format", "html", "--output", "report.html", "--quiet"]) == 1
    found = Page((project / "report.html").read_text("utf-8"))
    assert "Application" in found.all("h2")
    assert "Show in the picture" in found.all("a")


def test_graph_goes_to_the_standard_output_or_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "."]) == 0
    assert capsys.readouterr().out.startswith("flowchart LR\n")
    for _ in range(2):  # an earlier graph is written anew
        assert main(["graph", "app.py", "--format", "json", "--output", "graph.json"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (project / "graph.json").read_text("utf-8").startswith("{")


def test_graph_reads_the_standard_input(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (project / "app.py").open("r") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert main(["graph", "-", "--stdin-filename", "other.py", "--format", "dot"]) == 0
    assert b'label="handler"' in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no path given; `lambda-review .` reviews the current folder"),
        (["nowhere.py"], "nowhere.py: no such file or folder"),
        ([".", "--format", "sgv"], "--format: `sgv` is none of mermaid, svg, dot, json; the nearest is `svg`"),
        ([".", "--exclude", "!"], "--exclude: `!` cannot serve as a path pattern: it is no pattern"),
        ([".", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        ([".", "--output", "app.py"], "--output app.py: this file belongs to what is reviewed"),
        ([".", "--output", "nowhere/x"], "--output nowhere/x: no folder `nowhere`"),
        ([".", "--stdin-filename", "x.py"], "--stdin-filename goes with the path `-`"),
    ],
)
def test_graph_has_the_errors_of_a_review(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["graph", *arguments]) == 2
    assert capsys.readouterr() == ("", f"lambda-review: error: {said}\n")
    assert (project / "app.py").read_text() == HANDLER
