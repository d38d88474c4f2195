"""The reporters of the invocation graph: what they draw, where, and that nothing of the reviewed code is markup."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from graph_samples import ARCHIVE, IDLE, KEY, NAMES, RESIZE, SHOP, UPLOADS, at, departments, hostile, large
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.picture import Edge, Graph, Node, Ring
from reviewer.report import GRAPHS, columns, render_graph
from reviewer.report.assets import asset
from reviewer.report.bundles import WIDEST, bundles, described, label, letters
from reviewer.report.columns import arranged, spread
from reviewer.report.graph_mermaid import MOST_CHARACTERS, MOST_EDGES
from reviewer.report.graph_svg import PORT
from reviewer.report.layout import FUNCTIONS, HEIGHT, MOST_RINGS, PITCH, STARTS, WRITTEN, drawing
from reviewer.report.terminal import cells

SVG = "{http://www.w3.org/2000/svg}"
TOP = Path(__file__).parent.parent

graphs = st.lists(NAMES, max_size=6).map(hostile)


def elements(text: str, name: str, kind: str = "") -> list[ElementTree.Element]:
    """The elements of a picture with a name, and a class."""
    found = ElementTree.fromstring(text).iter(SVG + name)
    return [each for each in found if not kind or kind in each.get("class", "").split()]


def words(element: ElementTree.Element) -> list[str]:
    return [text for text in element.itertext() if text.strip()]


# --- all formats --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", GRAPHS)
def test_no_secret_reaches_a_picture(format: str) -> None:
    secret = Graph(
        (Node(KEY, "function", KEY, at(1)), Node("b", KEY, f"x {KEY} y", at(2))),
        (
            Edge(KEY, "b", "call", KEY, at(3), f"prefix {KEY}", "feeds"),
            Edge("b", KEY, "trigger", KEY, at(3), "", "feeds"),
        ),
        (Ring("feeds", at(3), (0, 1), True),),
    )
    text = render_graph(format, secret)
    assert not re.search(r"AKIA[A-Z0-9]", text)
    assert "AKIA" in text


@pytest.mark.parametrize("format", GRAPHS)
def test_a_secret_is_masked_before_a_name_is_cut(format: str) -> None:
    name = "x" * (WIDEST - 8) + f" {KEY}"
    text = render_graph(format, Graph((Node("a", "function", name), Node("b", "bucket", name))))
    assert not re.search(r"AKIA[A-Z0-9]", text)


@pytest.mark.parametrize("format", GRAPHS)
def test_an_empty_graph_can_be_drawn(format: str) -> None:
    assert render_graph(format, Graph()).endswith("\n")


@pytest.mark.parametrize("format", GRAPHS)
@given(graph=graphs)
@example(graph=hostile(["\ud800", "\n"]))
def test_any_names_come_out_as_visible_text(format: str, graph: Graph) -> None:
    text = render_graph(format, graph)
    text.encode()
    if format != "json":  # which escapes what it has to, and keeps the rest
        assert all(line.isprintable() for line in text.split("\n"))


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        render_graph("smoke-signals", SHOP)


def test_what_the_reporters_load_is_shipped() -> None:
    shipped = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    files = [file for file in (TOP / "reviewer/report").iterdir() if file.suffix not in {".py", ""}]
    assert {file.suffix for file in files} == {".css", ".js"}
    assert {f"*{file.suffix}" for file in files} <= set(shipped["reviewer.report"])


# --- SVG ----------------------------------------------------------------------------------------------------------


def test_boxes_stand_in_three_columns() -> None:
    drawn = drawing(SHOP)
    assert {box.node.name: box.column for box in drawn.boxes} == {
        "Uploads": STARTS, "Jobs": STARTS, "Resize": FUNCTIONS, "Work": FUNCTIONS, "archive": WRITTEN, "Idle": STARTS,
    }  # fmt: skip
    idle = next(box for box in drawn.boxes if box.node is IDLE)
    assert idle.y > max(box.y for box in drawn.boxes if box is not idle)
    assert "Neither trigger nor write" in [caption.text for caption in drawn.captions]


def test_a_resource_that_hands_on_to_one_that_starts_a_function_starts_as_well() -> None:
    topic = Node("t", "topic", "t", at(1))
    graph = replace(
        SHOP, nodes=(*SHOP.nodes, topic), edges=(*SHOP.edges, Edge("t", "queue:Jobs", "link", "subscription", at(1)))
    )
    assert [box.column for box in drawing(graph).boxes if box.node is topic] == [STARTS]


def test_loops_are_drawn_with_their_hops() -> None:
    text = render_graph("svg", SHOP)
    kinds = {"feeds": 2, "may-feed": 2, "bounded": 1}
    wires = [each.get("class", "").split() for each in elements(text, "path", "wire")]
    assert {kind: sum(kind in each for each in wires) for kind in kinds} == kinds
    assert sorted(word for each in elements(text, "g", "hop") for word in words(each)[1:]) == [
        "A1",
        "A2",
        "B1",
        "B2",
        "C1",
    ]
    captions = [" ".join(words(each)) for each in elements(text, "text", "caption")]
    assert captions[0].startswith("feeds: Resize → Uploads → Resize; A1 s3.put_object (src/app.py:7), A2 s3")


def test_edges_between_two_nodes_are_one_line_that_names_them_all() -> None:
    titles = [each[0].text or "" for each in elements(render_graph("svg", SHOP), "path", "wire")]
    assert "Resize → Uploads; s3.put_object (src/app.py:7); s3.upload_file (src/app.py:8)" in titles
    assert "Uploads → Resize; s3 (template.yaml:6), prefix in/" in titles


def test_nodes_are_described_in_words() -> None:
    said = [each.get("aria-label") for each in elements(render_graph("svg", SHOP), "g", "node")]
    assert "bucket Uploads, template.yaml:3; leads to Resize; reached from Resize" in said
    assert "bucket archive; reached from Resize" in said
    assert "function Idle, template.yaml:20" in said


def test_what_no_template_defines_looks_different() -> None:
    (outside,) = elements(render_graph("svg", SHOP), "g", "outside")
    assert words(outside)[1] == ARCHIVE.name


def test_the_files_of_functions_that_are_named_alike_stand_beside_their_names() -> None:
    twins = [replace(RESIZE, id=path, at=at(1, path)) for path in ("a/one.py", "a/two.py")]
    boxes = drawing(Graph((*twins, UPLOADS))).boxes
    assert [box.kind for box in boxes] == ["one.py", "two.py", "bucket"]


def test_parts_that_have_nothing_to_do_with_each_other_are_headed_by_their_templates() -> None:
    other = [replace(node, id=f"{node.id}2", at=at(1, "other.yaml")) for node in (UPLOADS, RESIZE)]
    edge = Edge(other[0].id, other[1].id, "trigger", "s3", at(1, "other.yaml"))
    headings = [
        each.text for each in drawing(replace(SHOP, nodes=(*SHOP.nodes, *other), edges=(*SHOP.edges, edge))).captions
    ]
    assert headings[0] == "template.yaml"
    assert "other.yaml" in headings


def test_the_default_bus_joins_nothing() -> None:
    bus = Node("bus:default", "bus", "default")
    functions = [Node(name, "function", name, at(1, f"{name}.yaml")) for name in "ab"]
    edges = tuple(Edge(bus.id, function.id, "trigger", "eventbridge", at(1)) for function in functions)
    drawn = drawing(Graph((*functions, bus), edges))
    assert sorted(box.node.name for box in drawn.boxes) == ["a", "b", "default", "default"]
    ids = [each.get("id") for each in elements(render_graph("svg", Graph((*functions, bus), edges)), "g", "node")]
    assert len(set(ids)) == 4
    ring = (
        Edge("a", bus.id, "call", "events.put_events", at(1), "", "feeds"),
        replace(edges[0], verdict="feeds"),
        edges[1],
    )
    assert len(drawing(Graph((*functions, bus), ring, (Ring("feeds", at(1), (0, 1), False),))).boxes) == 3


def test_many_rings_are_counted() -> None:
    node = Node("f", "function", "f", at(1))
    edges = tuple(Edge("f", "f", "call", "lambda.invoke", at(line), "", "feeds") for line in range(30))
    graph = Graph((node,), edges, tuple(Ring("feeds", edge.at, (number,), True) for number, edge in enumerate(edges)))
    assert drawing(graph).captions[-1].text == f"and {30 - MOST_RINGS} more"
    assert [bundle.sign for bundle in bundles(graph)] == ["A1 +29"]


@pytest.mark.parametrize(("ring", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_rings_have_letters(ring: int, name: str) -> None:
    assert letters(ring) == name


@given(st.integers(0, 40), st.integers(0, 9), st.sampled_from([0.3, 0.9]))
@example(200, 1, 0.9)
def test_boxes_lie_inside_and_never_on_one_another(functions: int, seed: int, connected: float) -> None:
    graph = large(functions, seed, connected)
    drawn = drawing(graph)
    assert {box.node for box in drawn.boxes} == set(graph.nodes)
    assert sum(len(wire.bundle.edges) for wire in drawn.wires) == len(graph.edges)
    places: dict[int, list[int]] = {}
    for box in drawn.boxes:
        places.setdefault(box.x, []).append(box.y)
        assert box.x >= 0 and box.x + drawn.breadth <= drawn.width
        assert box.y >= 0 and box.y + HEIGHT <= drawn.height
    for column in map(sorted, places.values()):
        assert all(above + HEIGHT < below for above, below in pairwise(column))


def test_two_hundred_functions_take_no_more_room_than_they_need() -> None:
    drawn = drawing(large(200))
    assert drawn.height < 200 * PITCH * 1.25
    assert len(render_graph("svg", large(200))) < 300_000


@given(graph=graphs)
def test_any_names_make_a_well_formed_picture_that_loads_nothing(graph: Graph) -> None:
    text = render_graph("svg", graph)
    known = {"svg", "style", "defs", "marker", "path", "rect", "text", "g", "title"}
    for each in ElementTree.fromstring(text).iter():
        assert each.tag.removeprefix(SVG) in known
        for name, value in each.attrib.items():
            assert not name.startswith("on") and "href" not in name and name not in {"src", "style"}
            assert "url(" not in value or re.fullmatch(r"url\(#head[a-z-]*\)", value) or name == "aria-label"
    assert "@import" not in asset("picture.css") and "url(" not in asset("picture.css")
    assert not set(asset("picture.css")) & set("<&")


@given(NAMES)
def test_labels_are_short(name: str) -> None:
    assert cells(label(name)) <= WIDEST


def test_labels_tell_names_apart_that_begin_alike() -> None:
    long = "module.mail.aws_lambda_function.account_provisioning_framework_"
    assert label(long + "create_role") == "account_provisio…ork_create_role"
    assert label(long + "tag_account") == "account_provisio…ork_tag_account"
    assert label('module.mail["a.b"].module.inner.aws_sqs_queue.letters[0]') == "letters[0]"
    assert label("data.aws_s3_bucket.letters") == "letters"
    assert label("letters.example.org") == "letters.example.org"


# --- columns ------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1000, 1000), max_size=40), st.floats(1, 50))
def test_spread_keeps_the_order_and_the_distance(wanted: list[float], pitch: float) -> None:
    found = spread(wanted, pitch)
    assert len(found) == len(wanted)
    assert all(after - before >= pitch - 1e-6 for before, after in pairwise(found))
    assert sum(found) == pytest.approx(sum(wanted), abs=1e-3)


def test_spread_moves_only_what_is_too_near() -> None:
    assert spread([0, 100, 101, 300], 10) == [0, 95.5, 105.5, 300]


def test_boxes_stand_near_what_they_are_connected_to() -> None:
    """Two groups that share nothing, given in turns."""
    functions, queues = list(range(8)), [8, 9]
    heights = arranged([queues, functions, []], [(8 + number % 2, number) for number in functions], 10)
    even, odd = ([heights[number] for number in functions if number % 2 == rest] for rest in (0, 1))
    assert max(even) < min(odd) or max(odd) < min(even)
    assert sorted(heights[number] for number in functions) == [number * 10 for number in functions]


def lengths(graph: Graph, without: str = "") -> list[float]:
    """How far the wires of a picture go up or down, in boxes; `without` those of one node."""
    drawn = drawing(graph)
    wires = [wire for wire in drawn.wires if without not in {wire.bundle.source, wire.bundle.target}]
    return [abs(drawn.boxes[wire.start].y - drawn.boxes[wire.end].y) / PITCH for wire in wires]


@pytest.mark.parametrize("seed", range(3))
def test_wires_get_shorter_round_by_round(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    totals = []
    for rounds in (0, 1, 6, 24, 25):
        monkeypatch.setattr(columns, "ROUNDS", rounds)
        totals.append(sum(lengths(large(60, seed))))
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] < totals[0] / 2


def test_what_all_share_pulls_nothing_apart() -> None:
    """Departments stay together, although they were given in turns and one bus reaches into all of them."""
    found = lengths(departments(10), without="bus")
    assert sum(found) / len(found) < 3
    assert max(found) < 10


def test_wires_to_and_fro_do_not_lie_on_one_another() -> None:
    wires = {
        each.get("data-from"): each.get("d") or "" for each in elements(render_graph("svg", SHOP), "path", "feeds")
    }
    resource, function = (list(map(float, re.findall(r"[\d.]+", wires[id]))) for id in ("n0", "n1"))
    assert abs(resource[1] - function[-1]) == abs(resource[-1] - function[1]) == 2 * PORT


# --- the other formats --------------------------------------------------------------------------------------------

DOT = re.compile(
    r'digraph application \{|\}|  rankdir=LR;|  (?:node|edge) \[fontname="monospace", fontsize=\d+\];'
    r'|  n\d+ \[shape=\w+, label="(?:[^"\\]|\\.)*"(?:, style=dashed)?\];'
    r'|  n\d+ -> n\d+ \[label="(?:[^"\\]|\\.)*"(?:, \w+="#\w+"|, penwidth=[\d.]+|, style=\w+)*\];'
)
MERMAID = re.compile(
    r"flowchart LR|  %% \d+ connections are left out: Mermaid draws no more|  linkStyle [\d,]+ [\w:#, -]+"
    r'|  n\d+[\[\](){}>/]{1,3}"(?:[\w\s.:/-]|#\d+;|<br>)*"[\[\](){}>/]{1,2}'
    r'|  n\d+ -->\|"(?:[\w\s.:/-]|#\d+;)*"\| n\d+'
)


def test_dot() -> None:
    lines = render_graph("dot", SHOP).splitlines()
    assert '  n0 [shape=cylinder, label="Uploads\\nbucket"];' in lines
    assert '  n5 [shape=cylinder, label="archive\\nbucket", style=dashed];' in lines
    assert (
        '  n1 -> n0 [label="A1 s3.put_object, s3.upload_file", color="#cf222e", fontcolor="#cf222e", penwidth=2.4];'
        in lines
    )


def test_mermaid() -> None:
    lines = render_graph("mermaid", SHOP).splitlines()
    assert lines[:3] == ["flowchart LR", '  n0[("Uploads<br>bucket")]', '  n1["Resize"]']
    assert '  n1 -->|"A1 s3.put_object#44; s3.upload_file"| n0' in lines
    styled = {line.split()[1]: line.split()[2] for line in lines if "linkStyle" in line}
    assert sorted(map(len, (numbers.split(",") for numbers in styled))) == [1, 2, 2]
    drawn = [line for line in lines if "-->" in line]
    (feeding,) = (numbers for numbers, style in styled.items() if style.endswith("3px"))
    assert {drawn[int(number)].split('"')[1][:2] for number in feeding.split(",")} == {"A1", "A2"}


@given(graph=graphs)
def test_any_names_fit_the_language(graph: Graph) -> None:
    for pattern, format in ((DOT, "dot"), (MERMAID, "mermaid")):
        text = render_graph(format, graph)
        assert [line for line in text.splitlines() if not pattern.fullmatch(line)] == []


def test_what_mermaid_does_not_draw_is_counted() -> None:
    graph = large(900)
    loop = Edge("f1", "f1", "call", "lambda.invoke", at(1), "", "feeds")
    graph = Graph(graph.nodes, (*graph.edges, loop), (Ring("feeds", at(1), (len(graph.edges),), True),))
    text = render_graph("mermaid", graph)
    drawn = [line for line in text.splitlines() if "-->" in line]
    assert len(drawn) <= MOST_EDGES
    assert len(text) <= MOST_CHARACTERS
    assert "A1 lambda.invoke" in drawn[0]
    assert f"%% {len(list(bundles(graph))) - len(drawn)} connections are left out" in text
    defined = re.findall(r"^  (n\d+)[\[({>]", text, re.MULTILINE)
    assert {*re.findall(r"n\d+", " ".join(drawn))} == {*defined}


def test_many_operations_are_not_all_named() -> None:
    edges = tuple(Edge("a", "b", "call", f"s3.{name}", at(1)) for name in "abcde")
    graph = Graph((Node("a", "function", "a"), Node("b", "bucket", "b")), edges)
    assert [described(graph, bundle) for bundle in bundles(graph)] == ["s3.a, s3.b, s3.c, …"]


def test_json_is_what_the_documentation_says() -> None:
    found = json.loads(render_graph("json", SHOP))
    page = (TOP / "docs/graph.md").read_text("utf-8").split("## JSON")[1]
    tables = [set(re.findall(r"`(\w+)`", line.split("|")[1])) for line in page.splitlines() if line.startswith("| `")]
    documented = set().union(*tables)
    assert documented == {*found, *found["nodes"][0], *found["edges"][0], *found["rings"][0]}
    assert found["nodes"][0] == {
        "id": "bucket:Uploads", "kind": "bucket", "name": "Uploads",
        "at": {"path": "template.yaml", "line": 3, "column": 1, "end_line": 3, "end_column": 1},
    }  # fmt: skip
    assert found["nodes"][-1]["at"] is None
    ids = {node["id"] for node in found["nodes"]}
    assert {end for edge in found["edges"] for end in (edge["source"], edge["target"])} <= ids
    assert [found["edges"][position]["operation"] for position in found["rings"][0]["edges"]] == ["s3.put_object", "s3"]
