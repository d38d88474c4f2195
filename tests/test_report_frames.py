"""Code frames: the underline stands below its code, whatever the line is made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import KEY

from reviewer.finding import Location
from reviewer.report.frames import Frames, lay_out
from reviewer.report.sources import Sources
from reviewer.report.terminal import Style, cells, visible, wrap


def drawn(text: str, at: Location, width: int = 80, kind: str = "error") -> str:
    frames = Frames(Sources(lambda _: text.encode("utf-8", "surrogatepass")), Style(False, False), width)
    return "\n".join(frames.draw(at, len(str(at.end_line)), kind)) + "\n"


def test_a_span_is_underlined() -> None:
    assert drawn("a = f(1)\n", Location("a.py", 1, 5, 1, 9)) == "  |\n1 | a = f(1)\n  |     ^^^^\n"


def test_a_related_place_is_underlined_with_dashes() -> None:
    assert drawn("a = f(1)\n", Location("a.py", 1, 5, 1, 9), kind="frame").endswith("  |     ----\n")


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "mark"),
    [
        ("\tf(1)", 2, 6, "    f(1)", "    ^^^^"),
        ("ab\tf(1)", 4, 8, "ab  f(1)", "    ^^^^"),
        ('s = "世界"; f()', 11, 14, 's = "世界"; f()', "            ^^^"),
        ('"世界"', 1, 5, '"世界"', "^^^^^^"),
        ("e\u0301 = f()", 6, 9, "e\u0301 = f()", "    ^^^"),
        ("𝒽 = f()", 5, 8, "𝒽 = f()", "    ^^^"),
        ("x = \x1b[2J", 5, 9, "x = \\x1b[2J", "    ^^^^^^^"),
        ("x\u202e = 1", 6, 7, "x\\u202e = 1", "          ^"),
        ("x", 1, 1, "x", "^"),
        ("x", 9, 12, "x", " ^"),
    ],
)
def test_tabs_wide_characters_and_controls(line: str, column: int, end: int, shown: str, mark: str) -> None:
    assert drawn(f"{line}\n", Location("a.py", 1, column, 1, end)) == f"  |\n1 | {shown}\n  | {mark}\n"


def test_a_span_of_several_lines_has_a_rail() -> None:
    text = "def f():\n    g(\n        1,\n    )\n"
    expected = "  |\n2 | /     g(\n3 | |         1,\n4 | |     )\n  | |_____^\n"
    assert drawn(text, Location("a.py", 2, 5, 4, 6)) == expected


def test_a_rail_may_begin_in_the_middle_of_a_line() -> None:
    text = "x = g(\n    1,\n)\n"
    expected = "  |\n1 |   x = g(\n  |  _____^\n2 | |     1,\n3 | | )\n  | |_^\n"
    assert drawn(text, Location("a.py", 1, 5, 3, 2)) == expected


def test_a_long_span_is_shortened() -> None:
    text = "g(\n" + "    1,\n" * 20 + ")\n"
    expected = "   |\n 1 | / g(\n 2 | |     1,\n … | |\n22 | | )\n   | |_^\n"
    assert drawn(text, Location("a.py", 1, 1, 22, 2)) == expected


def test_a_line_that_is_not_there_has_no_frame() -> None:
    assert drawn("a\n", Location("a.py", 7, 1, 7, 2)) == "\n"
    assert drawn("", Location("a.py", 1)) == "\n"


def test_a_long_line_is_cut_around_the_span() -> None:
    line = "a, " * 100 + "TARGET" + ", b" * 100
    _, code, mark = drawn(line + "\n", Location("a.py", 1, 301, 1, 307), width=60).splitlines()
    assert len(code) <= 60
    assert code.startswith("1 | …")
    assert code.endswith("…")
    assert code[mark.index("^") : mark.rindex("^") + 1] == "TARGET"


def test_a_very_long_line_is_cut_too() -> None:
    line = "x" * 40_000 + "TARGET" + "y" * 40_000
    _, code, mark = drawn(line, Location("a.py", 1, 40_001, 1, 40_007), width=60).splitlines()
    assert code[mark.index("^") : mark.rindex("^") + 1] == "TARGET"


def test_of_a_line_too_long_to_be_searched_for_secrets_nothing_is_shown() -> None:
    assert drawn("x" * 200_000, Location("a.py", 1, 9, 1, 12)) == "  |\n1 | …\n  | ^\n"


def test_secrets_are_masked_and_the_underline_follows() -> None:
    line = f'key = "{KEY}"; other = f(key)'
    _, code, mark = drawn(line, Location("a.py", 1, 7, 1, 29)).splitlines()
    assert code == '1 | key = "AKIA…"; other = f(key)'
    assert code[mark.index("^") : mark.rindex("^") + 1] == '"AKIA…"'
    start = line.index("f(key)") + 1
    _, code, mark = drawn(line, Location("a.py", 1, start, 1, start + 6)).splitlines()
    assert code[mark.index("^") : mark.rindex("^") + 1] == "f(key)"
    _, code, mark = drawn(line, Location("a.py", 1, 12, 1, 15)).splitlines()
    assert code[mark.index("^") : mark.rindex("^") + 1] in "AKIA…"


TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\t\x1b\x9b\u202e\u2066世e\u0301")), max_size=200)
WORDS, HIDDEN = st.text("abc ", max_size=9), st.text("XYZ", min_size=1, max_size=30)


@given(WORDS, st.lists(st.tuples(HIDDEN, WORDS.filter(bool)), max_size=4), st.data())
def test_columns_follow_what_masking_moves(first: str, rest: list[tuple[str, str]], data: st.DataObject) -> None:
    line = first + "".join(secret + word for secret, word in rest)
    masked = first + "".join("…" + word for _, word in rest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reviewer.report.sources.safe", lambda text, strictly: re.sub("[XYZ]+", "…", text))
        start = data.draw(st.integers(1, len(line) + 1))
        end = data.draw(st.integers(start, len(line) + 1))
        text, new_start, new_end = Sources(lambda _: line.encode()).shown("a.py", 1, start, end)
    assert text == masked
    assert 1 <= new_start <= new_end <= len(masked) + 1
    assert text[new_start - 1 : new_end - 1].strip("…") == re.sub("[XYZ]+", "…", line[start - 1 : end - 1]).strip("…")


@given(TEXT, TEXT, st.integers(1, 300), st.integers(1, 300))
def test_columns_stay_in_the_line_whatever_masking_makes_of_it(line: str, other: str, start: int, end: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reviewer.report.sources.safe", lambda text, strictly: other)
        sources = Sources(lambda _: line.encode("utf-8", "replace"))
        text, *columns = sources.shown("a.py", 1, start, end)
    assert all(1 <= column <= len(text) + 1 for column in columns)


def test_no_cut_leaves_a_part_of_a_secret() -> None:
    """Half a secret is not recognised any more: lines are masked before they are cut."""
    for before in range(60):
        line = "x" * before + f'"{KEY}" TARGET'
        start = line.index("TARGET") + 1
        assert not re.search("AKIA[A-Z0-9]", drawn(line, Location("a.py", 1, start, 1, start + 6), width=40))


def test_a_declared_encoding_is_read_and_a_byte_order_mark_is_not_shown() -> None:
    def code(content: bytes, path: str = "a.py") -> str:
        sources = Sources(lambda _: content)
        return "\n".join(sources.shown(path, number, 1)[0] for number in (1, 2))

    assert code(b"# coding: latin-1\n\xe9") == "# coding: latin-1\né"
    assert code(b"# coding: no-such-codec\n\xe9") == "# coding: no-such-codec\n\ufffd"
    assert code(b"# coding: rot13\n\xe9") == "# coding: rot13\n\ufffd"
    assert code(b"\xef\xbb\xbfx: 1\n", "a.yaml") == "x: 1\n"
    assert code(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"


@given(TEXT, st.integers(1, 220), st.integers(1, 220), st.integers(20, 120))
def test_any_line_fits_and_its_mark_is_inside(line: str, start: int, end: int, room: int) -> None:
    row = lay_out(line, start, end, room)
    assert row.text.isprintable()
    assert cells(row.text) <= room
    assert 0 <= row.start <= row.end <= max(cells(row.text), row.start)


@pytest.mark.parametrize("command", ["##[stop-commands]x", "##vso[task.setvariable variable=a]b", "##VSO[task.a]"])
def test_no_text_is_a_command_to_a_runner(command: str) -> None:
    shown = visible(f"key = '{command}'")
    assert "##" not in shown
    assert shown.replace("\\x23", "#") == f"key = '{command}'"


@given(TEXT)
def test_what_is_visible_prints(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


@given(st.text("ab 世 ", max_size=80), st.integers(4, 40))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = list(wrap(text, width))
    assert " ".join(lines).split() == text.split()
    assert all(cells(line) <= width or " " not in line for line in lines)
