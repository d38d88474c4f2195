"""Every rule: its page is whole, its examples behave as they say, its words are blameless, its severity is pinned."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from reviewing import POLICY, review_files
from wording import faults, faults_of_detail, faults_of_fact

from reviewer.finding import Review, Severity
from reviewer.rule import HEADINGS, Rule, collect

PATH = re.compile(r"^# ([\w./-]+\.\w+)$", re.MULTILINE)
MARK = re.compile(r"# finding$")

CATALOGUE = {
    "alias-of-latest": ("guardrails", "warning", "default"),
    "async-handler": ("contract", "error", "default"),
    "client-in-handler": ("state", "warning", "default"),
    "deprecated-runtime": ("guardrails", "warning", "default"),
    "handler-missing": ("contract", "error", "default"),
    "hardcoded-aws-credentials": ("secrets", "error", "default"),
    "hardcoded-secret": ("secrets", "error", "default"),
    "http-without-timeout": ("calls", "warning", "default"),
    "invocation-cycle": ("invocation", "error", "default"),
    "own-trigger-write": ("invocation", "error", "default"),
    "public-function-url": ("guardrails", "warning", "default"),
    "reserved-environment-variable": ("contract", "error", "default"),
    "secret-in-template": ("secrets", "error", "default"),
    "self-invocation": ("invocation", "error", "default"),
    "suppression-without-reason": ("hygiene", "note", "pedantic"),
    "synchronous-invoke": ("invocation", "warning", "default"),
    "timeout-above-trigger": ("delivery", "warning", "default"),
    "unpinned-function-arn": ("invocation", "warning", "default"),
    "unreadable-source": ("hygiene", "warning", "default"),
    "unsigned-code-allowed": ("guardrails", "warning", "policy"),
    "unsigned-function": ("guardrails", "note", "policy"),
    "unused-suppression": ("hygiene", "note", "default"),
    "unversioned-function": ("guardrails", "note", "policy"),
    "visibility-below-timeout": ("delivery", "error", "default"),
}
"""What users rely on: the ids that suppressions name, and how grave each rule is. Neither changes by accident."""


@pytest.fixture(params=collect().values(), ids=list(collect()))
def rule(request: pytest.FixtureRequest) -> Rule:
    found: Rule = request.param
    return found


def test_the_catalogue_is_kept() -> None:
    def tier(rule: Rule) -> str:
        return "policy" if rule.policy else "pedantic" if rule.pedantic else "default"

    found = {r.id: (r.group, r.severity.label, tier(r)) for r in collect().values()}
    assert found | CATALOGUE == found


def test_its_page_is_whole(rule: Rule) -> None:
    assert rule.title and rule.why
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == list(HEADINGS)
    assert all(rule.section(heading).strip() for heading in HEADINGS)
    assert len(rule.title) <= 120
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule.id)


def test_its_references_are_links(rule: Rule) -> None:
    lines = rule.section("References").splitlines()
    assert len(lines) == len(rule.references) > 0
    for line, link in zip(lines, rule.references, strict=True):
        parts = urlsplit(link)
        assert line == f"- {link}"
        assert (parts.scheme, "." in parts.netloc) == ("https", True)


def test_security_rules_name_a_weakness(rule: Rule) -> None:
    assert not rule.security or rule.cwe is not None


def test_bad_fires_at_its_marks_and_nowhere_else(rule: Rule) -> None:
    files = example(rule, "Bad")
    review = reviewed(files)
    marked = sorted(
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if MARK.search(line)
    )
    assert marked
    assert sorted((found.at.path, found.at.line) for found in review.findings if found.rule == rule.id) == marked


def test_good_is_silent(rule: Rule) -> None:
    review = reviewed(example(rule, "Good"))
    loud = [found for found in review.findings if found.severity > Severity.NOTE or found.rule == rule.id]
    assert loud == []


def test_its_words_are_blameless(rule: Rule) -> None:
    assert faults(rule.title) == []
    assert [fault for part in rule.why.split("\n\n") for fault in faults_of_detail(part)] == []
    assert faults_of_detail(rule.suggest) == []
    for found in reviewed(example(rule, "Bad")).findings:
        assert faults_of_fact(found.message) == []
        assert [fault for fix in found.fixes for fault in faults(fix.message)] == []


FIXED = {
    "client-in-handler": False,  # a resource, and a table of it
    "deprecated-runtime": True,
    "http-without-timeout": True,
    "timeout-above-trigger": False,  # more than a second too long
    "unused-suppression": True,
    "visibility-below-timeout": True,
}


@pytest.mark.parametrize(("name", "offered"), FIXED.items())
def test_bad_has_a_fix_where_it_is_plain(name: str, offered: bool) -> None:
    fixes = [found.fixes for found in reviewed(example(collect()[name], "Bad")).findings if found.rule == name]
    assert [bool(each) for each in fixes] == [offered]


def test_other_rules_offer_none() -> None:
    for rule in collect().values():
        found = reviewed(example(rule, "Bad")).findings
        assert {each.rule for each in found if each.fixes} <= FIXED.keys()


def example(rule: Rule, heading: str) -> dict[str, str]:
    """The files of an example: one module, or several files, each behind its path in a comment of its own line."""
    declared = POLICY if rule.policy else {}
    first, *rest = PATH.split(rule.section(heading))
    if not rest:
        return {"app.py": first, **declared}
    assert not first.strip()
    files = {path: content.removeprefix("\n") for path, content in zip(rest[::2], rest[1::2], strict=True)}
    return {**files, **declared}


def reviewed(files: dict[str, str]) -> Review:
    review = review_files(files, [".", *(path for path in files if path.endswith(".py"))])
    assert review.errors == ()
    return review
