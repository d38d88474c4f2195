"""Fingerprints: GitHub's by its published vectors and its definition, the reviewer's own by what must not move it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from reviewer.finding import Finding, Location, Severity
from reviewer.report.fingerprint import github, line_hashes, stable
from reviewer.report.sources import Sources

FOUR = ("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1")
SEVEN = (
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
)
PUBLISHED = (
    ("", ("c129715d7a2bc9a3:1",)),
    (" a\nb\n  \t\tc\n d", FOUR),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        (
            "8b7cf3e952e7aeb2:1",
            "b1ae1287ec4718d9:1",
            "bff680108adb0fcc:1",
            "c6805c5e1288b612:1",
            "b86d3392aea1be30:1",
            "e6ceba753e1a442:1",
        ),
    ),
    (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", SEVEN),
    (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", SEVEN),
    (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", SEVEN),
    (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", SEVEN),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        (
            *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ),
    ),
    (
        "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n",
        (
            "e54938cc54b302f1:1",
            "bb609acbe9138d60:1",
            "1131fd5871777f34:1",
            "5c482a0f8b35ea28:1",
            "54517377da7028d2:1",
            "2c644846cb18d53e:1",
            "f1b89f20de0d133:1",
            "c129715d7a2bc9a3:1",
        ),
    ),
)
"""From https://github.com/github/codeql-action/blob/main/src/fingerprints.test.ts."""


@pytest.mark.parametrize(("text", "expected"), PUBLISHED)
def test_the_published_vectors(text: str, expected: tuple[str, ...]) -> None:
    hashes = line_hashes(text.encode(), range(1, 100))
    assert hashes == dict(enumerate(expected, 1))


def definition(text: str) -> dict[int, str]:
    """The hash of every line, character by character, as its definition reads."""
    data = text.encode("utf-16-le")
    units = [int.from_bytes(data[n : n + 2], "little") for n in range(0, len(data), 2)]
    kept: list[int] = []
    after_cr = False
    for unit in units:
        if unit not in (9, 32) and not (after_cr and unit == 10):
            kept.append(10 if unit == 13 else unit)
        after_cr = unit == 13
    kept.append(65535)
    starts = [0, *(n + 1 for n, unit in enumerate(kept) if unit == 10)]
    counts: dict[str, int] = {}
    hashes = {}
    for number, start in enumerate(starts, 1):
        window = (kept[start:] + [0] * 100)[:100]
        value = f"{sum(unit * 37 ** (99 - n) for n, unit in enumerate(window)) % 2**64:x}"
        counts[value] = counts.get(value, 0) + 1
        hashes[number] = f"{value}:{counts[value]}"
    return hashes


PIECES = ["a", "x = 1", "\n", "\n", "\r", "\r\n", " ", "\t", "世", "\U0001d4bd", "\0", "\ufeff", "line\n" * 30]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_it_is_the_definition_for_any_text(text: str) -> None:
    assert line_hashes(text.encode(), range(1, 10_000)) == definition(text)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.integers(1, 60))
def test_asking_for_one_line_gives_what_asking_for_all_gives(text: str, line: int) -> None:
    assert line_hashes(text.encode(), {line}) == {n: value for n, value in definition(text).items() if n == line}


def test_bytes_that_are_no_utf_8_have_a_hash() -> None:
    assert line_hashes(b"a\xff\xc3\n", {1}) == line_hashes("a\ufffd\ufffd\n".encode(), {1})


def test_a_file_that_cannot_be_read_has_no_hash() -> None:
    sources = Sources(samples.EVERYTHING.contents)
    found = github((samples.TIMEOUT, samples.UNREADABLE), sources)
    assert found == {(samples.APP, 10): line_hashes(samples.RESIZE.encode(), {10})[10]}


def ids(text: str, *findings: Finding) -> list[str]:
    return stable(findings, Sources(lambda _: text.encode()))


def at(line: int, **changes: str) -> Finding:
    return replace(
        Finding("a-rule", Severity.NOTE, Location("a.py", line, 1, line, 4), "A fact", symbol="f"), **changes
    )


def test_the_own_id_survives_moved_and_reindented_lines() -> None:
    assert ids("x = 1\n", at(1)) == ids("\n# more\n\n    x  =  1\n", at(4))


@pytest.mark.parametrize("other", [at(1, rule="other-rule"), at(1, symbol="g"), at(2)])
def test_the_own_id_tells_rule_symbol_and_code_apart(other: Finding) -> None:
    assert ids("x = 1\nx = 2\n", at(1)) != ids("x = 1\nx = 2\n", other)


def test_equal_ones_are_counted() -> None:
    first, second = ids("x = 1\nx = 1\n", at(1), at(2))
    assert (first.partition(":")[0], first[-2:], second[-2:]) == (second.partition(":")[0], ":1", ":2")


def test_the_own_id_gives_no_secret_away() -> None:
    """A digest of a line with a short secret could be searched for it."""
    one, other = f'k = "{samples.KEY}"\n', f'k = "{samples.KEY[:-1]}Z"\n'
    assert ids(one, at(1)) == ids(other, at(1))
