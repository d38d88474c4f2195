"""What stays of a finding's place when its code moves, is reformatted or renamed, and what does not."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import fixture_review, fixtures, review_files

from reviewer.finding import Finding, Location, Severity, Step
from reviewer.likeness import Likeness
from reviewer.report.sources import Sources, secret_lines
from reviewer.rule import collect


def told(text: str, start: str, end: str = "", path: str = "app.py", symbol: str = "") -> tuple[str, str]:
    """Symbol and code of a finding that points from `start` to the end of `end` in a text."""
    text = textwrap.dedent(text)
    first = text.index(start)
    last = text.index(end or start, first) + len(end or start)

    def place(offset: int) -> tuple[int, int]:
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)

    at = Location(path, *place(first), *place(last))
    likeness = Likeness(Sources(lambda _: text.encode()))
    finding = Finding("rule", Severity.NOTE, at, "A fact", symbol=symbol)
    return likeness.symbol(finding), likeness.code(finding)


CALL = (
    'def handler(event, context):\n    url = event["url"]\n    return requests.get(url, params={"a": 1}, data=event)\n'
)
SAME = {
    "moved down": f"import os\n\n\n{CALL}",
    "wrapped": CALL.replace("(url, ", "(\n        url,  # here\n        ").replace("=event)", "=event,\n    )"),
    "other quotes": CALL.replace('"', "'"),
    "other names": CALL.replace("url", "address").replace("event", "e").replace('"address"', '"url"'),
    "names exchanged": CALL.replace("url", "x").replace("event", "url").replace("x", "event"),
    "deeper": CALL.replace("    return", "    if url:\n        return"),
    "in a sum": CALL.replace("return requests", "found = 1 + requests"),
    "brackets": CALL.replace("return requests", "return (requests").replace("=event)", "=event))"),
    "in a statement of its own": CALL.replace("return requests", "requests"),
}
OTHER = {
    "another argument": CALL.replace("a", "b"),
    "another function": CALL.replace("requests.get", "requests.put"),
    "another variable": CALL.replace("data=event", "data=url"),
    "another keyword": CALL.replace("data=", "json="),
    "a global": CALL.replace("get(url", "get(URL"),
}


def call(text: str) -> tuple[str, str]:
    text = text.replace('event["event"]', "event['url']")
    end = next(mark for mark in ("=event,\n    )", "=e,\n    )", "=event)", "=e)", "=url)") if mark in text)
    return told(text, "requests.", end)


@pytest.mark.parametrize("name", SAME)
def test_the_same_code(name: str) -> None:
    assert call(SAME[name]) == call(CALL) != ("", "")
    assert call(CALL)[0] == "handler"


@pytest.mark.parametrize("name", OTHER)
def test_other_code(name: str) -> None:
    assert call(OTHER[name])[1] != call(CALL)[1]


def test_a_function_is_its_name() -> None:
    one, two = "def handler(event, context):\n    pass\n", "async def handler(\n    event, context=None\n):\n    pass\n"
    assert told(one, "def handler(event, context):")[1] == told(two, "async def handler(")[1] == "def handler"
    assert told("class A(B):\n    pass", "class A(B):")[1] == "class A"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f():\n    key = [1, 2]\n", "def f():\n    k = [\n        1,\n        2,\n    ]\n"),
        ("def f(key):\n    for x in key: pass\n", "def f(k):\n    for a in k:\n        pass\n"),
        ("def f(key):\n    if key: pass\n", "def f(k):\n    if k:\n        pass\n"),
        ("def f(key):\n    with key as x: pass\n", "def f(k):\n    with k as y:\n        pass\n"),
    ],
)
def test_statements(old: str, new: str) -> None:
    def statement(text: str) -> str:
        first = text.splitlines()[1].strip()
        whole = text.rstrip().partition("\n")[2].strip()
        return told(text, first, whole if first.endswith("[") else first.partition(":")[0] + ":" * (":" in first))[1]

    assert statement(old) == statement(new)


def test_a_keyword_is_no_local_variable() -> None:
    old = "def f(key):\n    g(key=key)\n"
    assert told(old, "key=key") == told(old.replace("(key)", "(k)").replace("=key", "=k"), "key=k")


def test_what_is_no_code_is_its_signs() -> None:
    assert told("x = (\n  ]\n", "]")[1] == "]"
    assert told("# lambda-review:  ignore[x]\nx = (", "# lambda-review:  ignore[x]")[1] == "#lambda-review:ignore[x]"


YAML = """\
Resources:
  # a comment: with a colon
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30
      Policies:
        - Statement:
            - Effect: Allow
              Action: '*'
"""
PLACES = {
    "Timeout: 30": "Resources/Work/Properties",
    "Action: '*'": "Resources/Work/Properties/Policies/-/Statement/-",
    "Effect: Allow": "Resources/Work/Properties/Policies/-/Statement/-",
    "Type": "Resources/Work",
    "Resources": "",
}


@pytest.mark.parametrize("start", PLACES)
def test_the_keys_around_a_line_of_yaml(start: str) -> None:
    assert told(YAML, start, path="template.yaml")[0] == PLACES[start]


@pytest.mark.parametrize(
    ("text", "start", "path", "symbol"),
    [
        ('{\n  "Resources": {\n    "Work": {\n      "Timeout": 30\n}}}\n', '"Timeout": 30', "t.json", "Resources/Work"),
        ('resource "aws_lambda_function" "work" {\n  vars = {\n    a = "b"\n  }\n}\n', 'a = "b"', "main.tf", None),
        ("a:\n- b:\n    c: 1\n", "c: 1", "t.yaml", "a/-/b"),
        ("\tx: 1\n", "x", "t.yaml", ""),
        ("x", "x", "t.yaml", ""),
    ],
)
def test_the_keys_around_a_line_of_other_templates(text: str, start: str, path: str, symbol: str | None) -> None:
    expected = "resource aws_lambda_function work/vars" if symbol is None else symbol
    assert told(text, start, path=path)[0] == expected


def test_templates_may_be_laid_out_anew() -> None:
    old = told(YAML, "Action: '*'", path="t.yaml")
    assert told(YAML.replace("'", '"'), 'Action: "*"', path="t.yaml") == old
    assert told(YAML.replace("\n  ", "\n     "), "Action: '*'", path="t.yaml") == old
    assert told('a = "b"\n', 'a = "b"', path="a.tf")[1] == told('a      = "b"\n', 'a      = "b"', path="a.tf")[1]


def test_code_in_a_template_is_in_a_place_of_both() -> None:
    text = "Code:\n  ZipFile: |\n    def handler(event, context):\n        get(1)\n"
    assert told(text, "get(1)", path="t.yaml", symbol="handler")[0].endswith("/handler")


RUNTIMES = """\
Resources:
  Sow:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.8, CodeUri: s3://code/app.zip, Handler: app.handler}
  Mow:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.8
      CodeUri: s3://code/app.zip
      Handler: app.handler
  Hoe:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.8
      CodeUri: s3://code/app.zip
      Handler: app.handler
Transform: AWS::Serverless-2016-10-31
"""


def test_places_of_one_kind_belong_together() -> None:
    def at(line: int) -> Location:
        return Location("t.yaml", line, 7, line, 40)

    def others(path: str, *lines: int) -> list[str]:
        related = tuple(Step(at(line), "A place") for line in lines)
        finding = Finding("rule", Severity.NOTE, replace(at(8), path=path), "A fact", related=related)
        return list(Likeness(Sources(lambda _: RUNTIMES.encode())).others(finding))

    assert len(others("t.yaml", 14)) == 2
    assert others("t.yaml", 10) == others("t.yaml", 4) == others("t.yaml") == others("app.py", 14) == []
    assert others("t.yaml", 14) == others("t.yaml", 14, 10, 4)


SECRET = "AKIA" + "Q3EGRIWM5SHBZ7XT"


def test_no_secret_is_told() -> None:
    files = {"app.py": f'KEY = "{SECRET}"\ndef handler(event, context):\n    return KEY\n'}
    other = {"app.py": files["app.py"].replace("Q3EG", "R7WZ")}
    assert _codes(files) == _codes(other) != []
    assert all("AKIA" not in code for code in _codes(files))


def _codes(files: dict[str, str]) -> list[str]:
    review = review_files(files)
    sources = Sources(lambda path: files[path].encode(), secret_lines(review, collect()))
    return [Likeness(sources).code(finding) for finding in review.findings]


@pytest.mark.parametrize("name", fixtures())
def test_every_finding_of_the_fixtures_has_a_place_in_words(name: str) -> None:
    review = fixture_review(name)
    likeness = Likeness(Sources(review.contents))
    assert all(likeness.code(finding) for finding in review.findings if review.contents(finding.at.path))


@given(
    st.text(alphabet="ab:-#'\"{}[]()=.\\\n\r\t def1", max_size=60),
    st.sampled_from(["app.py", "t.yaml", "main.tf"]),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.integers(1, 99)),
)
def test_any_place_of_any_text_has_a_likeness(text: str, path: str, place: tuple[int, int, int, int]) -> None:
    line, column, more, end = place
    finding = Finding("rule", Severity.NOTE, Location(path, line, column, line + more, end), "A fact")
    likeness = Likeness(Sources(lambda _: text.encode()))
    assert isinstance(likeness.symbol(finding) + likeness.code(finding), str)
