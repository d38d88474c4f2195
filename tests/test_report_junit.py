"""JUnit XML against what the strictest of its common schemas asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import report_samples as samples
from graph_samples import NAMES
from hypothesis import example, given
from report_samples import LOOP, RULES, SECRET, TIMEOUT, review

from reviewer.finding import Finding, Location, Severity
from reviewer.report import render

WHEN = 1_700_000_000.0
SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"}
CASE = {"name", "classname", "time"}
OUTCOME = {"type", "message"}
SECONDS = re.compile(r"\d+(\.\d+)?")


def suites(*findings: Finding, **members: object) -> list[ElementTree.Element]:
    """The suites of a report, which is held against https://github.com/windyroad/JUnit-Schema/blob/master/JUnit.xsd."""
    report = render("junit", review(*findings, **members), RULES, when=WHEN)  # type: ignore[arg-type]
    assert report.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    assert report.endswith("\n")
    root = ElementTree.fromstring(report.encode())
    assert (root.tag, root.attrib) == ("testsuites", {})
    for number, suite in enumerate(root):
        check(number, suite)
    return [*root]


def check(number: int, suite: ElementTree.Element) -> None:
    assert (suite.tag, set(suite.attrib), suite.get("id")) == ("testsuite", SUITE, str(number))
    assert suite.get("timestamp") == "2023-11-14T22:13:20"
    assert SECONDS.fullmatch(suite.get("time", ""))
    first, *cases, out, err = suite
    assert [(each.tag, each.attrib, len(each)) for each in (first, out, err)] == [
        ("properties", {}, 0),
        ("system-out", {}, 0),
        ("system-err", {}, 0),
    ]
    for case in cases:
        assert (case.tag, set(case.attrib)) == ("testcase", CASE)
        assert SECONDS.fullmatch(case.get("time", ""))
        assert [(each.tag, set(each.attrib), len(each)) for each in case] in (
            [],
            [("failure", OUTCOME, 0)],
            [("error", OUTCOME, 0)],
        )
    numbers = {
        "tests": len(cases),
        "failures": len(suite.findall("*/failure")),
        "errors": len(suite.findall("*/error")),
    }
    assert {key: suite.get(key) for key in numbers} == {key: str(number) for key, number in numbers.items()}
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)


def test_there_is_a_suite_for_each_file_and_a_failure_for_each_finding() -> None:
    own, *found = suites(*samples.EVERYTHING.findings)
    assert [suite.get("name") for suite in found] == [samples.APP, samples.WIDE_PATH, "src/gone.py"]
    assert [len(suite.findall("testcase/failure")) for suite in found] == [3, 2, 1]
    assert [case.attrib for case in own.findall("testcase")] == [
        {"name": "review", "classname": "lambda-review", "time": "0.250"}
    ]


def test_a_failure_says_where_what_and_what_helps() -> None:
    (case,) = suites(LOOP)[1].findall("testcase")
    assert (case.get("name"), case.get("classname")) == ("own-trigger-write at 11:5", "src/resize/app.py")
    failure = case[0]
    assert failure.attrib == {
        "type": "error",
        "message": "`s3.put_object` writes into the bucket whose uploads start `Resize`.",
    }
    assert (failure.text or "").splitlines() == [
        "src/resize/app.py:11:5: error: `s3.put_object` writes into the bucket whose uploads start `Resize`.",
        "The trigger filters neither prefix nor suffix.",
        "No condition guards the write.",
        "Writing to a second bucket, or a prefix filter on the trigger, ends the loop.",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
        "template.yaml:10:9: An upload to `Uploads` starts `Resize`.",
        "src/resize/app.py:12:37: The bucket's name comes from the event.",
        "src/resize/app.py:11:5: The write is an upload to `Uploads`.",
        "template.yaml:14:13: the trigger [`Upload`] of `Resize`.",
    ]


def test_a_review_that_finds_nothing_is_a_test_that_passes() -> None:
    (own,) = suites()
    assert [own.get(key) for key in ("name", "tests", "failures", "errors")] == ["lambda-review", "1", "0", "0"]


def test_an_internal_error_is_an_error_of_the_review() -> None:
    (own,) = suites(errors=("a rule raised", "another <rule>"))
    assert [case[0].get("message") for case in own.findall("testcase")] == ["a rule raised.", "another <rule>."]
    assert own.get("errors") == "2"


def test_findings_of_one_rule_at_one_place_have_names_of_their_own() -> None:
    found = suites(TIMEOUT, replace(TIMEOUT, message="Another fact"), SECRET)[1]
    assert [case.get("name") for case in found.findall("testcase")] == [
        "http-without-timeout at 10:12",
        "http-without-timeout at 10:12 (2)",
    ]


def test_the_time_is_now_unless_given() -> None:
    report = render("junit", review(), RULES)
    assert re.search(r'timestamp="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"', report)
    assert "2023-11-14" not in report


@given(NAMES, NAMES, NAMES)
@example("]]><x/>", "\x00\x0b\ufffe\uffff", "\ud800")
def test_hostile_names_are_text(path: str, message: str, detail: str) -> None:
    finding = Finding("a-rule", Severity.NOTE, Location(path, 1), message, detail)
    found = suites(finding, finding, errors=(message,))
    assert len(found) == 2
    texts = [text for suite in found for each in suite.iter() for text in (*each.attrib.values(), each.text or "")]
    assert all(line.isprintable() for text in texts for line in text.split("\n"))


@pytest.mark.parametrize("severity", Severity)
def test_the_type_of_a_failure_is_its_severity(severity: Severity) -> None:
    (failure,) = suites(replace(LOOP, severity=severity))[1].findall("testcase/failure")
    assert failure.get("type") == severity.label
