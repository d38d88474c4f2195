"""Fixes keep every byte that they do not speak of, come to an end, and leave alone what cannot be edited so."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

import pytest
from fixing_samples import fixed, mended, rules_of
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.filetext import FileText, Unfit
from reviewer.finding import Edit, Finding, Fix, Location, Review, Severity
from reviewer.fixing import ROUNDS, mend

BODY = '{}import requests\n\n\ndef handler(event, context):\n    text = "{}"\n    requests.get("https://a.example")\n    return text'

# --- bytes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\n# of both\n"], ids=["LF", "CRLF", "mixed"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\n", "\n\x0c\n"], ids=["none", "one", "three", "form feed"])
@pytest.mark.parametrize(
    ("mark", "encoding", "word"),
    [
        (b"", "", "grüße 🎈"),
        (codecs.BOM_UTF8, "", "grüße"),
        (codecs.BOM_UTF8, "utf-8", "grüße"),
        (b"", "latin-1", "grüße"),
        (b"", "cp1252", "10 €"),
        (b"", "shift_jis", "写真"),
        (b"", "euc_jp", "写真"),
        (b"", "iso2022_jp", "写真"),
    ],
)
def test_all_other_bytes_stay(end: str, last: str, mark: bytes, encoding: str, word: str) -> None:
    declared = f"# coding: {encoding}\n" if encoding else ""
    before = mark + (BODY.format(declared, word) + last).replace("\n", end).encode(encoding or "utf-8")
    after = before.replace(b'a.example"', b'a.example", timeout=5')
    assert fixed({"app.py": before}) == {"app.py": after}
    assert fixed({"app.py": after}) == {}


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_lone_carriage_returns_stay(mark: bytes) -> None:
    before = mark + BODY.format("", "grüße 🎈").replace("\n", "\r").encode()
    assert fixed({"app.py": before}) == {"app.py": before.replace(b'a.example"', b'a.example", timeout=5')}


def test_lines_that_are_added_end_as_those_around_them() -> None:
    code = b'import boto3\r\n\r\n\r\ndef handler(event, context):\r\n    s3 = boto3.client("s3")\r\n    return s3.x\r\n'
    due = b'import boto3\r\n\r\n\r\ns3 = boto3.client("s3")\r\n\r\n\r\ndef handler(event, context):\r\n    return s3.x\r\n'
    assert fixed({"app.py": code}) == {"app.py": due}
    assert fixed({"app.py": code.replace(b"\r\n", b"\r")}) == {"app.py": due.replace(b"\r\n", b"\r")}


def test_a_file_whose_text_is_not_its_bytes_is_left_alone() -> None:
    code = BODY.format("# coding: iso2022_jp\n", "\x1b(B").encode()  # a switch to ASCII where it is ASCII already
    outcome = mended({"app.py": code, "other.py": BODY.format("", "")})
    assert [*outcome.after] == ["other.py"]
    assert outcome.left == {"app.py": "its bytes are not what its text reads in iso2022_jp"}
    assert outcome.applied == {"http-without-timeout": 1}


def test_text_that_an_encoding_lacks_is_not_added() -> None:
    file = FileText.decode("a.py", b"# coding: ascii\nx = 1\n")
    with pytest.raises(Unfit, match="ascii cannot hold its text"):
        file.edited([Edit("a.py", 20, 21, "€")])


@pytest.mark.parametrize("edits", [[(0, 2), (1, 3)], [(3, 2)], [(0, 9)], [(-1, 1)]])
def test_edits_lie_in_the_file_and_apart(edits: list[tuple[int, int]]) -> None:
    with pytest.raises(Unfit, match="overlap, or lie outside"):
        FileText.decode("a.tf", b"abcd").edited([Edit("a.tf", start, end, "") for start, end in edits])


@given(
    st.text(),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.text(max_size=5)), max_size=4),
    st.booleans(),
)
def test_edits_of_any_text(text: str, spans: list[tuple[int, int, str]], marked: bool) -> None:
    try:
        content = (codecs.BOM_UTF8 if marked else b"") + text.removeprefix("\ufeff").encode()
    except UnicodeEncodeError:
        return
    file, edits, end = FileText.decode("a.yaml", content), [], -1
    for start, stop, new in sorted(spans):
        if end < start <= stop <= len(file.text):
            edits.append(Edit("a.yaml", start, stop, new.encode("utf-8", "replace").decode()))
            end = stop
    due = list(file.text)
    for edit in reversed(edits):
        due[edit.start : edit.end] = edit.text
    assert file.edited(edits) == (codecs.BOM_UTF8 if marked else b"") + "".join(due).encode()


# --- programs -----------------------------------------------------------------------------------------------------

CALLS = (
    'requests.get("https://a.example")',
    'requests.get("https://a.example",)',
    'requests.post(("https://a.example"), data=(1, (2)))',
    'requests.get(\n        "https://a.example"\n    )',
    'requests.get(\n        "https://a.example",  # one, two)\n        headers={"a": "b"},  # c\n    )',
    'requests.get(url="https://a.example"\n      ,)',
    "requests.get(f\"https://{event['a']}\")",
    'requests.get("https://a.example" \\\n        "/b")',
    'urlopen("https://a.example", *event)',
    'urlopen("https://a.example").read().decode()',
    'requests.get(requests.get("https://a.example").text)',
    "print('requests.get(url)')  # requests.get(url)",
)
ADDED = re.compile(r", timeout=5| timeout=5,|(?:\r\n|\n)[ ]*timeout=5,")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(CALLS), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "  \n\t\n# é"]),
    st.booleans(),
)
def test_random_modules(calls: list[tuple[str, bool]], end: str, last: str, marked: bool) -> None:
    lines = [f"    {'ä = ' if named else ''}{call}\n" for call, named in calls]
    code = f"import requests\nfrom urllib.request import urlopen\ndef handler(event, context):\n{''.join(lines)}    return 1{last}"
    before = (codecs.BOM_UTF8 if marked else b"") + code.replace("\n", end).encode()
    after = fixed({"app.py": before}).get("app.py", before)
    compile(after, "app.py", "exec")
    assert ADDED.sub("", after.decode()) == before.decode()
    assert rules_of({"app.py": after}) == []
    assert fixed({"app.py": after}) == {}


# --- rounds -------------------------------------------------------------------------------------------------------


def reviewed(text: bytes, *fixes: Fix, errors: tuple[str, ...] = ()) -> Review:
    found = tuple(Finding("a-rule", Severity.NOTE, Location("a.tf", 1), "A fact", fixes=(fix,)) for fix in fixes)
    return Review("/", found, errors=errors, contents=lambda _: text)


def write(start: int, end: int, text: str, *, safe: bool = True) -> Fix:
    return Fix("Writing", (Edit("a.tf", start, end, text),), safe)


def test_of_two_that_overlap_the_second_waits_for_the_next_round() -> None:
    rounds = [[write(0, 2, "x"), write(1, 3, "y"), write(3, 4, "z")], [write(1, 2, "w")], []]
    seen: list[bytes] = []

    def again(files: Mapping[str, bytes]) -> Review:
        seen.append(files["a.tf"])
        return reviewed(files["a.tf"], *rounds[len(seen)])

    outcome = mend(reviewed(b"abcdef", *rounds[0]), again, unsafe=False)
    assert seen == [b"xczef", b"xwzef"]
    assert (outcome.before, outcome.after, outcome.applied, outcome.more) == (
        {"a.tf": b"abcdef"},
        {"a.tf": b"xwzef"},
        {"a-rule": 3},
        False,
    )


def test_fixes_without_end_come_to_one() -> None:
    outcome = mend(
        reviewed(b"", write(0, 0, "x")), lambda files: reviewed(files["a.tf"], write(0, 0, "x")), unsafe=False
    )
    assert (outcome.after, outcome.more) == ({"a.tf": b"x" * ROUNDS}, True)


def test_an_incomplete_review_is_left_as_it_is() -> None:
    review = reviewed(b"abc", write(0, 1, "x"), errors=("rule a-rule: KeyError: 1",))
    assert mend(review, lambda _: review, unsafe=True).after == {}


def test_unsafe_fixes_are_asked_for() -> None:
    review = reviewed(b"abc", write(0, 1, "x", safe=False))
    assert mend(review, lambda _: reviewed(b"xbc"), unsafe=False).after == {}
    assert mend(review, lambda _: reviewed(b"xbc"), unsafe=True).after == {"a.tf": b"xbc"}


def test_a_fix_is_made_in_all_of_its_files_or_in_none() -> None:
    both = Fix("Writing", (Edit("a.tf", 0, 1, "x"), Edit("b.tf", 0, 1, "x")), safe=True)
    outcome = mend(
        reviewed(b"abc", both, write(2, 3, "y")),
        lambda _: reviewed(b"aby"),
        unsafe=False,
        fault=lambda path: "a link leads to it" if path == "b.tf" else "",
    )
    assert (outcome.after, outcome.left) == ({"a.tf": b"aby"}, {"b.tf": "a link leads to it"})


def test_python_that_would_not_be_valid_is_not_written() -> None:
    found = Finding(
        "a-rule",
        Severity.NOTE,
        Location("a.py", 1),
        "A fact",
        fixes=(Fix("Writing", (Edit("a.py", 0, 0, "("),), True),),
    )
    review = Review("/", (found,), contents=lambda _: b"x = 1\n")
    outcome = mend(review, lambda _: review, unsafe=False)
    assert outcome.after == {}
    assert outcome.left["a.py"].startswith("the fix would not leave valid Python")
