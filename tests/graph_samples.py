"""Graphs for the tests of their reporters: a small one, hostile ones, large ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

from reviewer.finding import Location
from reviewer.picture import Edge, Graph, Node, Ring

KEY = "AKIA" + "Q7ZT5WNXK2R4VJHD"
"""A secret, in two parts so that this file holds none. It appears in no picture."""


def at(line: int, path: str = "template.yaml") -> Location:
    return Location(path, line)


UPLOADS = Node("bucket:Uploads", "bucket", "Uploads", at(3))
RESIZE = Node("function:Resize", "function", "Resize", at(5))
JOBS = Node("queue:Jobs", "queue", "Jobs", at(8))
WORK = Node("function:Work", "function", "Work", at(9))
ARCHIVE = Node("bucket:archive", "bucket", "archive")
IDLE = Node("function:Idle", "function", "Idle", at(20))

SHOP = Graph(
    (UPLOADS, RESIZE, JOBS, WORK, IDLE, ARCHIVE),
    (
        Edge(UPLOADS.id, RESIZE.id, "trigger", "s3", at(6), "prefix in/", "feeds"),
        Edge(RESIZE.id, UPLOADS.id, "call", "s3.put_object", at(7, "src/app.py"), "", "feeds"),
        Edge(RESIZE.id, UPLOADS.id, "call", "s3.upload_file", at(8, "src/app.py")),
        Edge(RESIZE.id, JOBS.id, "call", "sqs.send_message", at(9, "src/app.py")),
        Edge(RESIZE.id, ARCHIVE.id, "call", "s3.copy_object", at(10, "src/app.py")),
        Edge(JOBS.id, WORK.id, "trigger", "sqs", at(10), "", "may feed"),
        Edge(WORK.id, JOBS.id, "destination", "destination-failure", at(11), "", "may feed"),
        Edge(WORK.id, WORK.id, "call", "lambda.invoke", at(3, "src/work.py"), "", "bounded"),
        Edge(RESIZE.id, WORK.id, "call", "lambda.invoke", at(12, "src/app.py")),
    ),
    (
        Ring("feeds", at(7, "src/app.py"), (1, 0), True),
        Ring("may feed", at(11), (6, 5), True),
        Ring("bounded", at(3, "src/work.py"), (7,), False),
    ),
)
"""A loop of each kind, two edges between two nodes, and a function that has to do with nothing."""


def hostile(names: Sequence[str]) -> Graph:
    """A graph with these names wherever it has text."""
    nodes = tuple(
        Node(f"{number}{name}", "function" if number % 2 else name, name, Location(name, number + 1))
        for number, name in enumerate(names)
    )
    edges = tuple(
        Edge(node.id, nodes[number - 1].id, "call", node.name, Location(node.name, 1), node.name, "feeds")
        for number, node in enumerate(nodes)
    )
    rings = tuple(Ring("feeds", edge.at, (number,), False) for number, edge in enumerate(edges))
    return Graph(nodes, edges, rings)


def large(functions: int, seed: int = 0, connected: float = 0.9) -> Graph:
    """An application of so many functions, with some resources for each ten of them."""
    random = Random(seed)
    kinds = ("queue", "topic", "bucket", "table", "rest-api")
    resources = [Node(f"r{n}", kinds[n % 5], f"Resource{n}", at(n + 1)) for n in range(functions // 4 + 2)]
    made = [Node(f"f{n}", "function", f"Function{n}", at(1000 + n)) for n in range(functions)]
    edges: dict[Edge, None] = {}
    for number, function in enumerate(made):
        if random.random() < connected:
            edges[Edge(random.choice(resources).id, function.id, "trigger", "sqs", at(number + 1))] = None
        for _ in range(random.randrange(3)):
            target = random.choice(resources if random.random() < 0.9 else made)
            edges[Edge(function.id, target.id, "call", "sqs.send_message", at(number + 1, "app.py"))] = None
    used = {end for edge in edges for end in (edge.source, edge.target)}
    return Graph((*(node for node in resources if node.id in used), *made), tuple(edges))


NASTY = (
    "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onload='alert(1)", "]]><svg/onload=x>",
    "javascript:alert(1)", "&lt;script&gt;", "<br>", "end", "subgraph", "1. list", "- x", "**b** `c`", "fa:fa-car",
    'click n0 "javascript:x"', "n0 --> n1; class", "%% comment", "%%{init: {}}%%", "{{{", "|pipe|", "@{shape: x}",
    'a"b\\', "\\N\\G", "\u202eevil\u202c", "x\x00\x1b[31m\x9b", "\ud800", "\ufffe", "\u2028x", "\n", "\t", "",
    "ﷺ" * 60, "𝒽" * 60, "世" * 60, "e\u0301" * 60, "x" * 5000,
)  # fmt: skip
NAMES = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))


def departments(count: int) -> Graph:
    """An application of departments: each has ten functions, an API, a queue and a table; all share one bus."""
    bus = Node("bus", "bus", "Events", at(1))
    nodes, edges = [bus], []
    for number in range(count * 10):
        department, place = number % count, number // count
        if not place:
            own = (("api", "rest-api"), ("queue", "queue"), ("table", "table"))
            nodes += [Node(f"{name}{department}", kind, f"{name}{department}", at(2)) for name, kind in own]
        function = Node(f"f{number}", "function", f"Function{number}", at(number + 3))
        nodes.append(function)
        source = "bus" if place > 7 else f"queue{department}" if place > 4 else f"api{department}"
        edges.append(Edge(source, function.id, "trigger", "sqs", at(number + 3)))
        target = f"table{department}" if place % 2 else "bus" if place == 4 else f"queue{department}"
        edges.append(Edge(function.id, target, "call", "sqs.send_message", at(number + 3, "app.py")))
    return Graph(tuple(nodes), tuple(edges))
