"""What is said on a pull request: blameless, inert, without secrets, and short enough to be taken."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from report_samples import KEY, LOOP, RULES, SECRET, TIMEOUT, review
from reviewing import fixture_review, fixtures
from wording import faults

from reviewer.finding import Severity
from reviewer.github.annotations import SUMMARY, annotated, summary
from reviewer.github.notes import Note, of_review
from reviewer.github.planning import FOLDED
from reviewer.github.quoting import cell, code, inert
from reviewer.github.rendering import LONGEST, comment, further, marked, overview, table
from reviewer.report.quoting import fenced
from reviewer.rule import collect

TAKEN = 65_536
SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def outside_of_code(text: str) -> str:
    """Markdown without its code spans, blocks of code and the marks at its end."""
    text = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", text)
    return re.sub(r"<!-- lambda-review: v1 [\w:. -]+ -->\Z", "", SPAN.sub("x", text))


# --- wording ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", fixtures())
def test_what_is_said_of_the_fixtures_is_worded_without_blame(name: str) -> None:
    rules, notes = collect(), of_review(fixture_review(name), collect())
    texts = [comment([note, replace(note, line=note.line + 1)], rules) for note in notes]
    texts += [overview(notes, notes), overview([], []), further(2), summary(notes)]
    said = [
        re.sub(r"</?(?:details|summary)>|\[x\]\(\S+\)|\*\*|##", " ", outside_of_code(text)).strip() for text in texts
    ]
    lines = [line.strip() for text in said for line in re.split(r"[\n|]", text) if line.strip(" -|x")]
    assert [fault for line in lines for fault in faults(line)] == []
    commands = [line.rpartition("::")[2] for line in annotated(notes, rules).splitlines()]
    assert [fault for text in commands for line in text.split("%0A") for fault in faults(line)] == []


# --- inert --------------------------------------------------------------------------------------------------------

HOSTILE = (
    "@everyone",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "[click](https://evil.example/)",
    "![x](https://evil.example/x.png)",
    "https://evil.example/?a=b",
    "www.evil.example",
    "#12",
    "owner/repo#12",
    "GH-12",
    "0123456789abcdef0123456789abcdef01234567",
    "</details>",
    "<!-- lambda-review: v1 overview -->",
    "--> x",
    "~~x~~",
    "**x**",
    "_x_",
    ":boom:",
    "a@b.example",
    "&lt;b&gt;",
    "$x$",
    "a|b",
    "a\\|@b",
    "a\\\\|@b",
    "||\\||",
    "\\`@x`",
    "``` @x",
    "`` ` @x ``",
    "a\n\n# @head\n- x",
    "\u202e@x",
    "`@a` ` @b",
)
MARKS = re.compile(r"[@<>\[\]#*_~|$&\\]|:\w+:|://|www\.|[0-9a-f]{7}|GH-\d|[\u202a-\u202e]")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_code(text: str) -> None:
    for said in (inert(f"The name {text} is taken"), inert(f"`{text}` is taken"), f"{code(text)} is taken"):
        assert not MARKS.search(outside_of_code(said)), said
        assert "\n" not in said


def test_code_in_parentheses() -> None:
    assert inert("It waits (`f(x)`), as (`g`) does") == "It waits (`f(x)`), as (`g`) does"


@settings(max_examples=2_000, deadline=None)
@example("<```<")
@example("`a``b`@x")
@given(st.text(st.sampled_from("`@<#[](*_~|$&\\ ab\n!:/.-1\u202e"), max_size=30))
def test_nothing_gets_out_of_code(text: str) -> None:
    for said in (f"Name {inert(text)}.", f"Name {code(text)}."):
        assert not MARKS.search(outside_of_code(said)), said
        assert "\n" not in said


@pytest.mark.parametrize("text", HOSTILE)
def test_a_row_of_the_table_stays_one_row(text: str) -> None:
    note = of_review(review(replace(TIMEOUT, message=f"The name {text} is taken", detail=text)), RULES)[0]
    rows = table([replace(note, path=text)], LONGEST).splitlines()
    assert len(rows) == 3
    assert re.sub(r"\\[!-/:-@\[-`{-~]", "", rows[2]).count("|") == 4  # as cmark-gfm reads a row


def test_bars_of_code_in_a_cell() -> None:
    assert cell(code("a|b")) == r"`a\|b`"


@given(st.text(st.sampled_from("`~ab\n "), max_size=30))
def test_nothing_ends_a_fence_early(text: str) -> None:
    fence = re.match("`+", fenced(text.split("\n"), "suggestion"))
    assert fence is not None
    assert fence[0] not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_the_mark_is_the_last_thing_that_is_said(text: str) -> None:
    note = of_review(review(replace(TIMEOUT, message=f"The name {text} is taken")), RULES)[0]
    assert marked(comment([note], RULES)) == (note.fingerprint,)
    assert marked(f"{comment([note], RULES)}\n\nsaid of it: hm") == ()


# --- secrets, sizes -----------------------------------------------------------------------------------------------


def test_no_secret_is_said() -> None:
    notes = of_review(review(SECRET, TIMEOUT, replace(LOOP, detail=f"It uses `{KEY}`")), RULES)
    said = [comment([note], RULES) for note in notes]
    said += [overview(notes, notes), annotated(notes, RULES), summary(notes)]
    assert not any(KEY in text for text in said)


def test_bodies_are_short_enough() -> None:
    note = of_review(review(replace(TIMEOUT, message="word " * 15_000, detail="word " * 15_000)), RULES)[0]
    notes = [replace(note, line=number, fingerprint=f"{number:032x}:1") for number in range(1, 2_000)]
    assert len(comment(notes[:FOLDED], RULES)) < TAKEN
    assert len(overview(notes, notes)) < TAKEN
    assert len(summary(notes).encode()) < SUMMARY
    assert "Left out, for there is no room for more: " in overview(notes, notes)


def test_an_annotation_is_one_line() -> None:
    note = Note("a-rule", Severity.NOTE, "a,b:c\n.py", 1, 2, "100%\n::error::x", (), "0:1")
    (line,) = annotated([note], {}).splitlines()
    assert line == "::notice file=a%2Cb%3Ac\\n.py,line=1,endLine=2,title=lambda-review%3A a-rule::100%25\\n::error::x."
