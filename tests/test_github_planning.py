"""What is planned for a pull request, and which of its lines take comments."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pull_requests import ME, REVIEWER, GitHub, added
from report_samples import APP, FILES, GET, LOOP, RESIZE, RULES, SECOND_TIMEOUT, TIMEOUT, review

from reviewer.finding import Edit, Fix, Severity
from reviewer.github.diff import changed, hunks, placed
from reviewer.github.notes import Note, of_review, of_sarif
from reviewer.github.planning import MOST, Pull, Standing, plan
from reviewer.report import sarif

PULL = Pull("o/r", 7)

PATCH = "@@ -1,4 +1,5 @@ def f():\n one\n-two\n+2\n+2b\n three\n four\n@@ -20 +21,2 @@\n-x\n+y\n+z\n\\ No newline at end of file"


def note(number: int, **members: object) -> Note:
    given: dict[str, object] = {
        "rule": "http-without-timeout",
        "path": "app.py",
        "line": 1,
        "fingerprint": f"{number:032x}:1",
    }
    given |= {"end_line": members.get("line", 1), "fact": "`requests.get` has no timeout", "grounds": ()}
    return Note(severity=Severity.WARNING, **(given | members))  # type: ignore[arg-type]


# --- the diff -----------------------------------------------------------------------------------------------------


def test_hunks_are_the_right_side() -> None:
    first, second = hunks(PATCH)
    assert (first.start, first.lines, first.end) == (1, ("one", "2", "2b", "three", "four"), 5)
    assert (second.start, second.lines) == (21, ("y", "z"))


def test_lines_that_look_like_headers_are_lines() -> None:
    (hunk,) = hunks("@@ -1,2 +1,3 @@\n @@ -5,2 +7,3 @@\n++++ b/x\n--- a/x\n+@@ -1 +1 @@")
    assert hunk.lines == ("@@ -5,2 +7,3 @@", "+++ b/x", "@@ -1 +1 @@")


@pytest.mark.parametrize("patch", ["", "Binary files differ", "@@ -1,3 +0,0 @@\n-a\n-b\n-c", "@@ @@\n+a", " a\n+b"])
def test_patches_without_a_right_side(patch: str) -> None:
    assert hunks(patch) == ()


def test_odd_line_ends_are_part_of_lines() -> None:
    (hunk,) = hunks("@@ -0,0 +1,2 @@\n+a\x0cb\u2028c\r\n+d\r")
    assert hunk.lines == ("a\x0cb\u2028c\r", "d\r")


@pytest.mark.parametrize(
    ("line", "end", "text", "expected"),
    [
        (2, 2, "2", (2, 2)),
        (2, 2, None, (2, 2)),
        (1, 1, "one\r", (1, 1)),
        (4, 30, None, (4, 5)),
        (10, 21, None, (21, 21)),
        (10, 12, None, None),
        (23, 23, None, None),
        (7, 7, "three", (4, 4)),
        (8, 9, "y", (21, 22)),
        (2, 2, "two", None),
        (2, 2, "2\N{REPLACEMENT CHARACTER}", (2, 2)),
    ],
)
def test_places(line: int, end: int, text: str | None, expected: tuple[int, int] | None) -> None:
    assert placed(hunks(PATCH), line, end, text) == expected


def test_removed_files_take_no_comment() -> None:
    assert changed([{"filename": "a", "status": "removed", "patch": PATCH}]) == {}


# --- suggestions --------------------------------------------------------------------------------------------------


def bodies(*findings: object, files: dict[str, str] | None = None, source: str = RESIZE) -> list[dict[str, object]]:
    """The comments on a pull request that adds the sample application."""
    notes = of_review(review(*findings, files=files or FILES), RULES)  # type: ignore[arg-type]
    standing = Standing(changed([added(APP, source)]))
    return [
        posted for request in plan(notes, standing, PULL, RULES) for posted in (request.json or {}).get("comments", [])
    ]


def test_a_fix_is_a_suggestion_for_its_line() -> None:
    (posted,) = bodies(TIMEOUT)
    assert posted["line"] == 10
    assert (
        '```suggestion\n    body = requests.get("https://images.example.com/" + key, timeout=10).content\n```'
        in str(posted["body"])
    )


def test_a_fix_of_a_report_is_the_same_suggestion(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    found = review(TIMEOUT, LOOP)
    notes = of_review(found, RULES)
    reported = of_sarif(sarif.render(found, RULES), tmp_path, RULES)
    assert [replace(each, grounds=()) for each in reported] == [
        replace(
            each,
            grounds=(),
            change=each.change and replace(each.change, message=f"{each.change.message}."),
            fact=f"{each.fact}.",
        )
        for each in notes
    ]
    assert reported[1].grounds == ("The trigger filters neither prefix nor suffix. No condition guards the write.",)


def test_fences_are_longer_than_what_they_hold() -> None:
    at = RESIZE.index(GET) + len(GET)
    fixed = replace(TIMEOUT, fixes=(Fix("Adds a mark", (Edit(APP, at, at, "  # ```` <!-- lambda-review: v1 x -->"),)),))
    (posted,) = bodies(fixed)
    body = str(posted["body"])
    assert "\n`````suggestion\n" in body and "\n`````\n" in body
    assert body.rstrip().endswith(":1 -->")


def test_a_fix_of_several_lines_replaces_them_all() -> None:
    start, end = RESIZE.index("s3.put_object"), RESIZE.index("        Key=")
    (posted,) = bodies(replace(TIMEOUT, fixes=(Fix("Joins lines", (Edit(APP, start, end, "s3.put_object("),)),)))
    assert (posted["start_line"], posted["line"]) == (11, 13)


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(APP, 0, 0, 'key = "' + "AKIA" + 'Q7ZT5WNXK2R4VJHD"'),),
        (Edit(APP, 5, 9, ""), Edit(APP, 7, 12, "")),
        (Edit(APP, 5, 10**6, ""),),
        (Edit("template.yaml", 0, 0, "x"),),
        (Edit(APP, 0, 0, "x"), Edit("template.yaml", 0, 0, "x")),
        (Edit(APP, 0, 0, "\u202eevil"),),
        (),
    ],
)
def test_fixes_that_make_no_suggestion(edits: tuple[Edit, ...]) -> None:
    (posted,) = bodies(replace(TIMEOUT, fixes=(Fix("Changes it", edits),)))
    assert "suggestion\n" not in str(posted["body"])
    assert posted["line"] == 10


def test_no_suggestion_where_another_revision_is_shown() -> None:
    (posted,) = bodies(TIMEOUT, source="# one more line\n" + RESIZE)
    assert posted["line"] == 11
    assert "suggestion\n" not in str(posted["body"])


def test_crlf_in_a_suggestion() -> None:
    text = RESIZE.replace("\n", "\r\n")
    at = text.index(GET) + len(GET) - 1
    fixed = replace(TIMEOUT, fixes=(Fix("Adds `timeout=10`", (Edit(APP, at, at, ",\r\n        timeout=10"),)),))
    (posted,) = bodies(fixed, files={**FILES, APP: text}, source=text)
    assert "+ key,\n        timeout=10).content\n```" in str(posted["body"])
    assert "\r" not in str(posted["body"])


# --- plans --------------------------------------------------------------------------------------------------------


def test_repeats_of_one_file_fold_and_others_do_not() -> None:
    posted = bodies(TIMEOUT, SECOND_TIMEOUT, LOOP)
    assert [each["line"] for each in posted] == [15, 10]  # the error first
    assert "Similar at line 16." in str(posted[1]["body"])


def test_a_thousand_repeats_take_three_comments() -> None:
    github = GitHub([added("app.py", "x\n" * 1_200)])
    notes = [note(number, line=number) for number in range(1, 1_201)]
    apply(github, plan(notes, Standing(changed(github.files)), PULL, {}))
    assert len(github.comments) == 3
    assert plan(notes, Standing(changed(github.files), github.comments, github.reviews), PULL, {}) == ()


def test_an_incomplete_review_deletes_nothing() -> None:
    files = changed([added("app.py", "x\n")])
    github = GitHub([added("app.py", "x\n")])
    apply(github, plan([note(1), note(2)], Standing(files), PULL, {}))
    standing = Standing(files, github.comments, github.reviews)
    assert {request.method for request in plan([], standing, PULL, {}, complete=False)} <= {"PUT"}
    assert "DELETE" in {request.method for request in plan([], standing, PULL, {})}


def test_what_two_runs_posted_at_once_is_posted_once() -> None:
    github = GitHub([added("app.py", "x\n")])
    first = plan([note(1)], Standing(changed(github.files)), PULL, {})
    apply(github, first)
    apply(github, first)
    requests = plan([note(1)], Standing(changed(github.files), github.comments, github.reviews), PULL, {})
    assert [request.method for request in requests] == ["DELETE"]


def apply(github: GitHub, requests: object) -> None:
    for request in requests:  # type: ignore[attr-defined]
        status, said, _ = github.answer(request.method, request.path, request.json)
        assert status < 300, said


LINES = 40
FILE = "".join(f"line {number}\n" for number in range(1, LINES + 1))
NOTES = st.lists(
    st.builds(
        lambda number, rule, file, line: note(
            number, rule=f"rule-{rule}", path=f"f{file}.py", line=line, end_line=line + 1, fact=f"`call{number}` waits"
        ),
        st.integers(0, 10**6),
        st.integers(0, 3),
        st.integers(0, 30),
        st.integers(1, LINES + 20),
    ),
    max_size=60,
    unique_by=lambda each: each.fingerprint,
)


@settings(max_examples=60, deadline=None)
@given(first=NOTES, second=NOTES, keep=st.integers(0, 60), answered=st.sets(st.integers(0, 40)), user=st.booleans())
def test_each_finding_is_told_once(
    first: list[Note], second: list[Note], keep: int, answered: set[int], user: bool
) -> None:
    github = GitHub([added(f"f{number}.py", FILE) for number in range(0, 30, 2)])
    files, me = changed(github.files), ME["login"] if user else None

    def run(notes: list[Note]) -> int:
        requests = plan(notes, Standing(files, [*github.comments], [*github.reviews], me), PULL, {})
        assert sum(request.method == "POST" for request in requests) <= 1
        apply(github, requests)
        return len(requests)

    run(first)
    live = [each for each in github.comments if each["user"] == ME]
    assert len(live) <= MOST
    talked = [live[number] for number in answered if number < len(live)]
    for each in talked:
        github.reply(each)
    again = {each.fingerprint: each for each in [*first[:keep], *second]}
    run([*again.values()])
    assert run([*again.values()]) == 0
    assert all(each in github.comments for each in talked)
    marks = [
        mark for each in github.comments if each not in talked for mark in re.findall(r"[0-9a-f]{32}:1", each["body"])
    ]
    assert set(marks) <= set(again)
    told = [*marks, *(m for each in talked for m in re.findall(r"[0-9a-f]{32}:1", each["body"]) if m in again)]
    assert len(told) == len(set(told))
    overviews = [each["body"] for each in github.reviews if "v1 overview" in each["body"]]
    assert len(overviews) == bool(first or again)
    rows = sum(body.count("\n| warning |") for body in overviews)
    assert rows + len(told) == len(again)
    assert all(each["user"] in (ME, REVIEWER) for each in github.comments)
