"""TOML as positioned nodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.deploy.nodes import Mapping, Source, Unreadable, find, walk
from reviewer.deploy.tomltext import parse

TOML = """# the stages
[dev]
app_function = "app.app"
timeout_seconds = 20

[dev.environment_variables]
TOPIC = "news"

[[dev.events]]
function = "jobs.run"
event_source = {arn = "arn:aws:s3:::photos", events = ["s3:ObjectCreated:*"]}
"""


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "{b=" * 2_000 + "1" + "}" * 2_000,
        "a" + ".a" * 90_000 + " = 1",
        "[" + "'a'." * 90_000 + "a]",
        "a = " + "9" * 5_000,
    ],
)
def test_what_is_over_a_limit_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(Source("t", text))


def test_places_in_toml() -> None:
    root = parse(Source("t", TOML))
    assert isinstance(root, Mapping)
    spans = {
        path: [(node.at.line, node.at.column) for node in find(root, path)]
        for path in (
            "dev",
            "dev.app_function",
            "dev.environment_variables.TOPIC",
            "dev.events.*.function",
            "dev.events.*.event_source.arn",
        )
    }
    assert list(spans.values()) == [[(2, 2)], [(3, 16)], [(7, 9)], [(10, 12)], [(11, 16)]]


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "[a]",
                "[[a]]",
                "b = 1",
                "c.d = 'x'",
                "\n",
                "\r\n",
                "e = [\n1,\n2]",
                'f = """\n[a]\n"""',
                "#",
                "= ",
                "{x = 1}",
                "\u2028",
                "\x0b",
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_any_toml_is_read_or_refused(text: str) -> None:
    source = Source("t", text)
    try:
        nodes = list(walk(parse(source)))
    except Unreadable as refused:
        nodes = []
        assert 1 <= refused.at.line <= len(source.starts)
    assert all(0 <= node.start <= node.end <= len(text) for node in nodes)
