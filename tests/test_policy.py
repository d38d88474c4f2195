from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.config import Config
from reviewer.finding import Finding, Location, Severity
from reviewer.policy import UNREASONED, UNUSED, Comment, Outcome, exit_status, reported, suppress

KNOWN = ("client-in-handler", "http-without-timeout", "missing-pagination", UNUSED, UNREASONED)
RULES: Any = {id: SimpleNamespace(id=id, group="hygiene" if "supp" in id else "calls") for id in KNOWN}


def finding(line: int, rule: str = "http-without-timeout", path: str = "app.py", **more: Any) -> Finding:
    return Finding(
        rule, more.pop("severity", Severity.WARNING), Location(path, line, more.pop("column", 5)), "A fact", **more
    )


def comments_of(text: str, path: str = "app.py") -> list[Comment]:
    """The comments of a text of Python or YAML."""
    return [
        Comment(
            Location(path, token.start[0], token.start[1] + 1, token.end[0], token.end[1] + 1),
            token.string,
            not token.line[: token.start[1]].strip(),
        )
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and "lambda-review" in token.string
    ]


def run(
    text: str,
    found: Sequence[Finding],
    *spans: tuple[int, int],
    enabled: Sequence[str] = KNOWN,
) -> Outcome:
    return suppress(found, comments_of(text), lambda _: spans, KNOWN, enabled)


def lines(found: Sequence[Finding]) -> list[tuple[int, str]]:
    return [(each.at.line, each.rule) for each in found]


HTTP = "# lambda-review: ignore[http-without-timeout] the proxy bounds it"


# --- what a comment silences --------------------------------------------------------------------------------------


def test_its_own_line_and_no_other() -> None:
    outcome = run(f"a()  {HTTP}\nb()\n", [finding(1), finding(2)], (1, 1), (2, 2))
    assert lines(outcome.suppressed) == [(1, "http-without-timeout")]
    assert lines(outcome.kept) == [(2, "http-without-timeout")]


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("line", [1, 2, 3])
def test_the_whole_statement_from_any_of_its_lines(at: int, line: int) -> None:
    text = "".join(f"{code}  {HTTP if number == at else ''}\n" for number, code in enumerate(("a(", "1,", ")"), 1))
    outcome = run(text, [finding(line)], (1, 3))
    assert (lines(outcome.kept), lines(outcome.suppressed)) == ([], [(line, "http-without-timeout")])


@pytest.mark.parametrize("line", [2, 3])
def test_alone_on_its_line_the_statement_below(line: int) -> None:
    outcome = run(f"{HTTP}\na(\n)\nb()\n", [finding(line), finding(4)], (2, 3), (4, 4))
    assert lines(outcome.suppressed) == [(line, "http-without-timeout")]
    assert lines(outcome.kept) == [(4, "http-without-timeout")]


def test_behind_code_it_does_not_reach_the_line_below() -> None:
    outcome = run(f"a()  {HTTP}\nb()\n", [finding(2)], (1, 1), (2, 2))
    assert lines(outcome.kept) == [(2, "http-without-timeout"), (1, UNUSED)]


def test_several_that_stand_alone_reach_the_same_statement() -> None:
    text = f"# lambda-review: ignore[client-in-handler] once a year\n{HTTP}\na()\n"
    found = [finding(3), finding(3, "client-in-handler"), finding(3, "missing-pagination")]
    outcome = run(text, found, (3, 3))
    assert lines(outcome.kept) == [(3, "missing-pagination")]


def test_alone_inside_a_statement() -> None:
    outcome = run(f"a(\n    {HTTP}\n    1,\n)\nb()\n", [finding(1), finding(5)], (1, 4), (5, 5))
    assert lines(outcome.kept) == [(5, "http-without-timeout")]


def test_a_header_does_not_cover_its_block() -> None:
    outcome = run(f"for x in y:  {HTTP}\n    a()\n", [finding(2)], (1, 1), (2, 2))
    assert lines(outcome.kept) == [(2, "http-without-timeout"), (1, UNUSED)]


def test_two_rules_in_one_comment_and_two_comments_on_one_line() -> None:
    found = [finding(1), finding(1, "client-in-handler")]
    both = "a()  # lambda-review: ignore[client-in-handler , http-without-timeout] why"
    assert run(both, found, (1, 1)) == Outcome((), tuple(found))
    twice = f"a()  # lambda-review: ignore[client-in-handler] why {HTTP}"
    assert run(twice, found, (1, 1)) == Outcome((), tuple(found))


def test_a_file_wherever_the_comment_stands() -> None:
    text = "a()\nb()\n# lambda-review: ignore-file[http-without-timeout] generated\n"
    found = [finding(1), finding(2), finding(1, "client-in-handler"), finding(1, path="b.py")]
    outcome = run(text, found, (1, 1), (2, 2))
    assert outcome.suppressed == tuple(found[:2])
    assert outcome.kept == tuple(found[2:])


def test_templates_have_lines_only() -> None:
    text = f"{HTTP}\nA: 1\nB: 2  {HTTP}\nC: 3\n"
    found = [finding(line) for line in (2, 3, 4)]
    assert lines(run(text, found).kept) == [(4, "http-without-timeout")]


@pytest.mark.parametrize(
    "comment",
    [
        "#lambda-review:ignore[http-without-timeout]why",
        "# lambda-review : ignore[ http-without-timeout ] why",
        f"# noqa {HTTP}",
    ],
)
def test_blanks_are_free(comment: str) -> None:
    assert run(f"a()  {comment}\n", [finding(1)], (1, 1)).kept == ()


# --- what silences nothing ----------------------------------------------------------------------------------------


def test_an_unused_one_is_reported_at_its_own_span() -> None:
    (found,) = run(f"a()  {HTTP}\n", [], (1, 1)).kept
    assert (found.rule, found.severity) == (UNUSED, Severity.NOTE)
    assert found.at == Location("app.py", 1, 6, 1, 6 + HTTP.index("]") + 1)
    assert found.message == "The suppression of `http-without-timeout` silences nothing here"


def test_each_unused_id_counts() -> None:
    names = ["client-in-handler", "http-without-timeout", "missing-pagination", "client-in-handler"]
    outcome = run(f"a()  # lambda-review: ignore[{', '.join(names)}] why\n", [finding(1)], (1, 1))
    said = [re.findall("`(.+?)`", each.message)[0] for each in outcome.kept]
    assert said == ["client-in-handler", "missing-pagination"]


def test_an_unused_file_suppression_says_so() -> None:
    (found,) = run("# lambda-review: ignore-file[http-without-timeout] why\n", []).kept
    assert found.message == "The suppression of `http-without-timeout` silences nothing in this file"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no-such-rule", "`no-such-rule` is the id of no rule"),
        ("http_without_timeout", "`http_without_timeout` is the id of no rule; the nearest is `http-without-timeout`"),
        ("missing-paginaton", "`missing-paginaton` is the id of no rule; the nearest is `missing-pagination`"),
    ],
)
def test_an_unknown_id_names_the_nearest(name: str, message: str) -> None:
    outcome = run(f"a()  # lambda-review: ignore[{name}] why\n", [finding(1)], (1, 1))
    assert [each.message for each in outcome.kept] == ["A fact", message]


def test_a_rule_that_did_not_run_leaves_nothing_unused() -> None:
    enabled = ("client-in-handler", UNUSED)
    assert run(f"a()  {HTTP}\n", [], (1, 1), enabled=enabled).kept == ()


def test_nothing_is_said_where_the_rules_about_suppressions_do_not_run() -> None:
    text = "a()  # lambda-review: ignore[client-in-handler]\nb()  # lambda-review: ignore\n"
    assert run(text, [], (1, 1), (2, 2), enabled=KNOWN[:3]).kept == ()


@pytest.mark.parametrize(
    "comment",
    [
        "# lambda-review: ignore",
        "# lambda-review: ignore http-without-timeout",
        "# lambda-review: ignore[]",
        "# lambda-review: ignore[http-without-timeout",
        "# lambda-review: ignore [http-without-timeout] why",
        "# lambda-review: ignore[http-without-timeout,] why",
        "# lambda-review: ignore(http-without-timeout) why",
        "# lambda-review ignore[http-without-timeout] why",
        "# lambda-review: disable[http-without-timeout] why",
        "# lambda-review: ignore-file http-without-timeout",
        "# lambda-review: ignore_file[http-without-timeout] why",
        "# Lambda-Review: Ignore[http-without-timeout] why",
    ],
)
def test_a_malformed_one_says_the_form(comment: str) -> None:
    outcome = suppress(
        [finding(1)], [Comment(Location("app.py", 1, 6), comment, False)], lambda _: [(1, 1)], KNOWN, KNOWN
    )
    assert lines(outcome.kept) == [(1, "http-without-timeout"), (1, UNUSED)]
    assert outcome.kept[1].message.endswith("`# lambda-review: ignore[rule-id] reason`")
    assert outcome.kept[1].at == Location("app.py", 1, 6, 1, 6 + len(comment))


@pytest.mark.parametrize(
    "comment",
    [
        "# reviewed with lambda-review",
        "# lambda-review ignores this folder",
        "# lambda-review: ignored on purpose",
        "# see lambda-review: ignore[http-without-timeout]",
    ],
)
def test_prose_is_no_suppression(comment: str) -> None:
    outcome = suppress([finding(1)], [Comment(Location("app.py", 1), comment, True)], lambda _: [], KNOWN, KNOWN)
    assert lines(outcome.kept) == [(1, "http-without-timeout")]


@pytest.mark.parametrize(
    ("reason", "remarks"),
    [("", [UNREASONED]), (" -", [UNREASONED]), (" # noqa", [UNREASONED]), (" why", []), (": why", [])],
)
def test_a_reason_is_asked_for_where_the_rule_runs(reason: str, remarks: list[str]) -> None:
    text = f"a()  # lambda-review: ignore[http-without-timeout]{reason}\n"
    assert [each.rule for each in run(text, [finding(1)], (1, 1)).kept] == remarks
    assert run(text, [finding(1)], (1, 1), enabled=("http-without-timeout", UNUSED)).kept == ()


def test_remarks_on_suppressions_can_be_silenced() -> None:
    text = f"# lambda-review: ignore-file[unused-suppression] generated\na()  {HTTP}\n"
    outcome = run(text, [], (2, 2))
    assert outcome.kept == ()
    assert lines(outcome.suppressed) == [(2, UNUSED)]
    inline = "a()  # lambda-review: ignore[http-without-timeout, unused-suppression] on some branches\n"
    assert run(inline, [], (1, 1)).kept == ()


@given(st.integers(0, 2), st.lists(st.booleans(), min_size=3, max_size=3))
def test_a_suppression_removes_exactly_the_finding_of_its_line(marked: int, firing: list[bool]) -> None:
    text = "".join(f"f{number}()  {HTTP if number == marked else ''}\n" for number in range(3))
    found = [finding(number + 1) for number in range(3) if firing[number]]
    outcome = run(text, found, *((number, number) for number in (1, 2, 3)))
    assert {*outcome.kept, *outcome.suppressed} >= {*found}
    assert lines(outcome.suppressed) == [(marked + 1, "http-without-timeout")] * firing[marked]
    assert [each.rule for each in outcome.kept].count(UNUSED) == (not firing[marked])


@given(st.text(alphabet="# lambda-review:ignore[],file x\n", max_size=60))
def test_any_comment_can_be_read(text: str) -> None:
    outcome = suppress([], [Comment(Location("a.py", 1), "# lambda-review" + text, True)], lambda _: [], KNOWN, KNOWN)
    assert all(each.rule in {UNUSED, UNREASONED} and len(each.message) <= 160 for each in outcome.kept)


# --- settings -----------------------------------------------------------------------------------------------------


def test_findings_come_in_order_and_once() -> None:
    found = [
        finding(2),
        finding(1, column=9),
        finding(1),
        finding(1, "client-in-handler"),
        finding(3, path="a.py"),
        finding(2),
    ]
    expected = [found[4], found[3], found[2], found[1], found[0]]
    assert reported(found, Config(), RULES) == tuple(expected)
    assert reported([finding(1), finding(1, symbol="other")], Config(), RULES) == (
        finding(1),
        finding(1, symbol="other"),
    )


def test_the_least_severity() -> None:
    found = [finding(line, severity=severity) for line, severity in enumerate(Severity, 1)]
    kept = {level: len(reported(found, Config(min_severity=level), RULES)) for level in Severity}
    assert kept == {Severity.NOTE: 3, Severity.WARNING: 2, Severity.ERROR: 1}


@pytest.mark.parametrize(
    ("pattern", "names", "expected"),
    [
        ("scripts/**", ("all",), ["app.py", "lib/old_a.py"]),
        ("scripts/", ("calls",), ["app.py", "lib/old_a.py"]),
        ("old_*.py", ("http-without-timeout",), ["app.py", "scripts/x.py"]),
        ("*.py", ("hygiene",), ["app.py", "lib/old_a.py", "scripts/x.py"]),
        ("*.py", ("client-in-handler",), ["app.py", "lib/old_a.py", "scripts/x.py"]),
        ("/x.py", ("all",), ["app.py", "lib/old_a.py", "scripts/x.py"]),
        ("lib", (), ["app.py", "lib/old_a.py", "scripts/x.py"]),
    ],
)
def test_rules_ignored_by_path(pattern: str, names: tuple[str, ...], expected: list[str]) -> None:
    found = [finding(1, path=path) for path in ("app.py", "scripts/x.py", "lib/old_a.py")]
    kept = reported(found, Config(per_path_ignores=((pattern, names),)), RULES)
    assert [each.at.path for each in kept] == expected


@pytest.mark.parametrize(
    ("severities", "errors", "fail_on", "status"),
    [
        ([], (), Severity.NOTE, 0),
        ([Severity.NOTE], (), Severity.NOTE, 1),
        ([Severity.NOTE], (), Severity.WARNING, 0),
        ([Severity.NOTE, Severity.WARNING], (), Severity.WARNING, 1),
        ([Severity.WARNING], (), Severity.ERROR, 0),
        ([Severity.ERROR], (), Severity.ERROR, 1),
        ([Severity.ERROR], (), None, 0),
        ([], ("rule x: KeyError",), Severity.NOTE, 2),
        ([Severity.ERROR], ("rule x: KeyError",), None, 2),
    ],
)
def test_exit_status(
    severities: list[Severity], errors: tuple[str, ...], fail_on: Severity | None, status: int
) -> None:
    found = [finding(1, severity=severity) for severity in severities]
    assert exit_status(found, errors, Config(fail_on=fail_on)) == status
