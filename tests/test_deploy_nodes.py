"""Positioned nodes of YAML and JSON: what they hold, and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reviewer.deploy import compose, jsontext
from reviewer.deploy.documents import parse
from reviewer.deploy.nodes import (
    DEEPEST,
    MOST_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Source,
    Unreadable,
    find,
    plain,
    walk,
)
from reviewer.finding import Location


def yaml_node(text: str) -> Node:
    return next(compose.documents(Source("t.yaml", text)))


def json_node(text: str) -> Node:
    return jsontext.parse(Source("t.json", text))


def plainly(node: Node) -> Any:
    """The node as plain Python."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plainly(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {name: plainly(child) for name, child in node.entries.items()}


def span(text: str, node: Node) -> str:
    """The text between the line and column where a node begins and those where it ends."""
    at, lines = node.at, text.split("\n")
    if at.line == at.end_line:
        return lines[at.line - 1][at.column - 1 : at.end_column - 1]
    return "\n".join(
        [
            lines[at.line - 1][at.column - 1 :],
            *lines[at.line : at.end_line - 1],
            lines[at.end_line - 1][: at.end_column - 1],
        ]
    )


# --- scalars ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5", 5),
        ("-7", -7),
        ("0", 0),
        ("0.25", 0.25),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("2012-10-17", "2012-10-17"),
        ("2010-09-09", "2010-09-09"),
        ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("0o17", "0o17"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1.10", "1.10"),
        ("3.12", 3.12),
        ("1e3", "1e3"),
        ("+5", "+5"),
        ("-0", "-0"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("9" * 5000, "9" * 5000),
        ("=", "="),
    ],
)
def test_plain_scalars_mean_what_a_template_means(written: str, meant: object) -> None:
    found = plain(written)
    assert (found, type(found)) == (meant, type(meant))
    entry = yaml_node(f"a: {written}\n")
    assert plainly(entry) == {"a": meant}


def test_quotes_and_tags_make_text() -> None:
    assert plainly(
        yaml_node("""{a: "5", b: 'true', c: !!str 5, d: ! 6, e: !!int "7", f: !!timestamp 2001-01-01}""")
    ) == {
        "a": "5",
        "b": "true",
        "c": "5",
        "d": "6",
        "e": 7,
        "f": "2001-01-01",
    }


def test_keys_are_text_as_written() -> None:
    assert list(plainly(yaml_node("yes: 1\n200: 2\n1.10: 3\nnull: 4\n'x y': 5\n"))) == [
        "yes",
        "200",
        "1.10",
        "null",
        "x y",
    ]


def test_a_key_that_is_no_scalar_is_left_out() -> None:
    assert plainly(yaml_node("? [a, b]\n: 1\nc: 2\n")) == {"c": 2}


def test_the_last_of_equal_keys_counts() -> None:
    node = yaml_node("a: 1\nb: 2\na: 3\n")
    assert isinstance(node, Mapping)
    assert plainly(node) == {"a": 3, "b": 2}
    assert node.keys["a"].at.line == 3
    assert plainly(json_node('{"a": 1, "a": 2}')) == {"a": 2}


def test_no_object_is_ever_constructed() -> None:
    assert plainly(yaml_node("a: !!python/object/apply:os.system ['true']\n")) == {"a": ["true"]}


# --- short forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!If [C, !Ref A, !Ref AWS::NoValue]", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        ("!Transform {Name: x}", {"Fn::Transform": {"Name": "x"}}),
        ("!Vault secret", {"Fn::Vault": "secret"}),
    ],
)
def test_short_forms_become_long_forms(short: str, long: object) -> None:
    assert plainly(yaml_node(f"v: {short}\n")) == {"v": long}


def test_a_short_form_spans_its_tag() -> None:
    text = "v: !Ref Queue  # why\n"
    (node,) = find(yaml_node(text), "v")
    assert span(text, node) == "!Ref Queue"


# --- anchors and merges -------------------------------------------------------------------------------------------


def test_aliases_and_merge_keys() -> None:
    anchored = "base: &b {x: 1, y: 2}\nother: &o {y: 9, z: 8}\n"
    found = plainly(yaml_node(anchored + "one: {<<: *b, y: 3}\ntwo: {<<: [*b, *o], w: 0}\nthree: *b\n'<<': text\n"))
    assert found["one"] == {"y": 3, "x": 1}
    assert found["two"] == {"w": 0, "x": 1, "y": 2, "z": 8}
    assert found["three"] == {"x": 1, "y": 2}
    assert found["<<"] == "text"


def test_a_merged_setting_stands_where_it_was_written() -> None:
    (node,) = find(yaml_node("base: &b\n  x: 1\none:\n  <<: *b\n"), "one.x")
    assert node.at.line == 2


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a\n  b: &b [*a]\n", "&a {<<: *a}\n"])
def test_an_alias_of_itself_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="stands for itself"):
        yaml_node(text)


def test_an_alias_without_anchor_is_refused() -> None:
    with pytest.raises(Unreadable, match="has no anchor") as refused:
        yaml_node("a: 1\nb: *c\n")
    assert refused.value.at == Location("t.yaml", 2, 4, 2, 6)


def test_billion_laughs_are_refused() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Unreadable, match="more than"):
        yaml_node("\n".join(["l0: &l0 [lol, lol]", *levels]))


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "{? ["])
def test_deep_yaml_is_refused(unit: str) -> None:
    with pytest.raises(Unreadable, match="nested deeper"):
        yaml_node(unit * 100_000)


@pytest.mark.parametrize("unit", ["[", '{"a":', '[{"a":'])
def test_deep_json_is_refused(unit: str) -> None:
    with pytest.raises(Unreadable, match="nested deeper"):
        json_node(unit * 100_000)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert plainly(yaml_node("[" * DEEPEST + "]" * DEEPEST))
    assert plainly(json_node("[" * DEEPEST + "]" * DEEPEST))


def test_many_nodes_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than"):
        yaml_node("[" + "a," * (MOST_NODES + 1) + "]")
    with pytest.raises(Unreadable, match="more than"):
        json_node("[" + "0," * MOST_NODES + "0]")


# --- positions ----------------------------------------------------------------------------------------------------

DOCUMENT = """\
# a comment
Plain: one  # and another
Quoted: "two\\n"
Über: 'drei'
List:
  - first
  - {k: v}

Next: &anchor [1, 2]
Block: |
  line one

  line two
Folded: >-
   folded
Last:
  deep:
    deeper: end
"""


def test_positions_are_those_of_the_text() -> None:
    node = yaml_node(DOCUMENT)
    assert {
        path: span(DOCUMENT, next(find(node, path))) for path in ("Plain", "Quoted", "Über", "Next", "List", "Last")
    } == {
        "Plain": "one",
        "Quoted": '"two\\n"',
        "Über": "'drei'",
        "Next": "&anchor [1, 2]",
        "List": "first\n  - {k: v}".replace("first", "- first"),
        "Last": "deep:\n    deeper: end",
    }
    assert isinstance(node, Mapping)
    assert {name: span(DOCUMENT, key) for name, key in node.keys.items()} == {name: name for name in node.keys}


def test_a_block_stands_at_its_indicator_and_its_text_below() -> None:
    (block,) = find(yaml_node(DOCUMENT), "Block")
    (folded,) = find(yaml_node(DOCUMENT), "Folded")
    assert isinstance(block, Scalar)
    assert block.at == Location("t.yaml", 10, 8, 10, 9)
    assert block.first_line == Location("t.yaml", 11, 3)
    assert span(DOCUMENT, folded) == ">-"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: |\n    x = 1\n", 2, 5),
        ("a: |\n\n  x = 1\n", 2, 3),
        ("a: |  # why\n  x = 1\n", 2, 3),
        ("a: |2\n    x = 1\n", 2, 3),
        ("a:\n  |-\n   x = 1\n", 3, 4),
        ("a: !Sub |+\n  x = 1\n\n", 2, 3),
        ("a: |\r\n  x = 1\r\n", 2, 3),
    ],
)
def test_the_first_line_of_a_block(text: str, line: int, column: int) -> None:
    (scalar,) = (node for node in walk(yaml_node(text)) if isinstance(node, Scalar) and node.style == "|")
    assert (scalar.first_line.line, scalar.first_line.column) == (line, column)


def test_columns_are_code_points_and_lines_end_where_editors_end_them() -> None:
    text = "a: '\U0001f600\u2028x' \nb: '\x85'\r\nc: 1\n"
    node = yaml_node(text)
    assert [next(find(node, name)).at.line for name in "abc"] == [1, 2, 3]
    assert next(find(node, "a")).at.end_column == 9


def test_json_positions() -> None:
    text = '{\n\t"a": "x",\n\t"b": [1, {"c": true}]\n}\n'
    node = json_node(text)
    assert span(text, next(find(node, "a"))) == '"x"'
    assert span(text, next(find(node, "b.*"))) == "1"
    assert span(text, next(find(node, "b"))) == '[1, {"c": true}]'
    assert node.at == Location("t.json", 1, 1, 4, 2)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_json_is_read_as_the_standard_library_reads_it(content: object) -> None:
    for text in (json.dumps(content), json.dumps(content, indent="\t", ensure_ascii=False)):
        if any("\ud800" <= character <= "\udfff" for character in text):
            continue
        assert plainly(json_node(text)) == content


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a"}', '{"a": }', "[1 2]", '{"a": 1} x', "{a: 1}", '"\\x"', "[,]", "nul", "]", '{"a": "b', "\ue000"],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        json_node(text)


def test_surrogate_pairs_and_long_keys() -> None:
    assert plainly(json_node('{"\\ud83d\\ude00": "\\ud800"}')) == {"\U0001f600": "\ufffd"}
    assert plainly(json_node(json.dumps({"k" * 2000: 1}))) == {"k" * 2000: 1}


def test_flow_yaml_that_is_no_json_is_yaml() -> None:
    assert plainly(next(parse(Source("t.yaml", "{a: 1, b: [x]}")))) == {"a": 1, "b": ["x"]}
    with pytest.raises(Unreadable, match="neither a value nor a mark of JSON"):
        next(parse(Source("t.json", "{a: 1}")))


# --- against PyYAML -----------------------------------------------------------------------------------------------

SCALARS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=8)
CONTENT = st.recursive(
    SCALARS | st.integers(-999, 999) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALARS, inner, max_size=4),
    max_leaves=12,
)


@given(CONTENT, st.sampled_from([None, False, True]))
def test_yaml_is_read_as_it_was_written(content: object, flow: bool | None) -> None:
    text = yaml.safe_dump(content, default_flow_style=flow, allow_unicode=True)
    node = yaml_node(text)
    assert plainly(node) == content
    for below in walk(node):
        at = below.at
        assert (1, 1) <= (at.line, at.column) <= (at.end_line, at.end_column)


@given(CONTENT)
def test_with_and_without_libyaml_the_nodes_are_the_same(content: object) -> None:
    text = yaml.safe_dump({"a": content, "b": "x\ny\n"}, default_style=None, allow_unicode=True)
    with_it = [(type(node), node.at, plainly(node)) for node in walk(yaml_node(text))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "_PARSER", yaml.SafeLoader)
        without = [(type(node), node.at, plainly(node)) for node in walk(yaml_node(text))]
    assert with_it == without
