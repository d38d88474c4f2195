"""JUnit XML, which test views read: a suite for each file, in it a failed test for each finding.

There is no one specification. What comes out holds for the strictest of the common schemas,
https://github.com/windyroad/JUnit-Schema/blob/master/JUnit.xsd (Apache Ant), and for that of Jenkins,
https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reviewer.finding import Finding, Location, Review
from reviewer.report import product
from reviewer.report.markup import Markup, element, joined, text
from reviewer.report.phrases import remarks, sentence
from reviewer.rule import Rule

TIME = "%Y-%m-%dT%H:%M:%S"


def render(review: Review, rules: Mapping[str, Rule], *, when: float | None = None) -> str:
    """The review as JUnit XML, with a line feed at its end. Secrets are masked.

    The first suite is the review itself: it passes unless there was an internal error, and shows that there was a
    review where nothing is found. `when` is its time in seconds since 1970; None is now.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in review.findings:
        by_path.setdefault(finding.at.path, []).append(finding)
    stamp = time.strftime(TIME, time.gmtime(when))
    suites = [_own(review, stamp)]
    for number, (path, found) in enumerate(by_path.items(), 1):
        suites.append(_suite(number, path, stamp, list(_cases(found, rules)), failures=len(found)))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_lines("testsuites", suites)}\n'


def _own(review: Review, stamp: str) -> Markup:
    seconds = f"{review.seconds:.3f}"
    wrong = [element("error", type="internal error", message=sentence(error)) for error in review.errors]
    cases = [_case(f"internal error {number}", product.NAME, each) for number, each in enumerate(wrong, 1)]
    cases[:0] = [] if wrong else [_case("review", product.NAME, seconds=seconds)]
    return _suite(0, product.NAME, stamp, cases, errors=len(wrong), seconds=seconds)


def _suite(
    number: int, name: str, stamp: str, cases: list[Markup], *, failures: int = 0, errors: int = 0, seconds: str = "0"
) -> Markup:
    return _lines(
        "testsuite",
        [element("properties"), *cases, element("system-out"), element("system-err")],
        name=name,
        package=product.NAME,
        id=number,
        timestamp=stamp,
        hostname="localhost",
        tests=len(cases),
        failures=failures,
        errors=errors,
        time=seconds,
    )


def _cases(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> Iterator[Markup]:
    """A test for each finding of one file. No two share a name: readers keep only one of those."""
    seen: Counter[str] = Counter()
    for finding in findings:
        name = f"{finding.rule} at {finding.at.line}:{finding.at.column}"
        seen[name] += 1
        again = f" ({seen[name]})" if seen[name] > 1 else ""
        body = Markup("\n").join(map(text, _body(finding, rules)))
        failure = element("failure", Markup(body), type=finding.severity.label, message=sentence(finding.message))
        yield _case(name + again, finding.at.path, failure)


def _body(finding: Finding, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield f"{_place(finding.at)}: {finding.severity.label}: {sentence(finding.message)}"
    yield from remarks(finding, rules)
    yield from (f"{_place(step.at)}: {sentence(step.message)}" for step in (*finding.steps, *finding.related))


def _place(at: Location) -> str:
    return f"{at.path}:{at.line}:{at.column}"


def _case(name: str, origin: str, *inside: Markup, seconds: str = "0") -> Markup:
    return element("testcase", *inside, name=name, classname=origin, time=seconds)


def _lines(tag: str, inside: Iterable[Markup], **attributes: str | int) -> Markup:
    """An element with each of its children on a line."""
    return element(tag, Markup("\n"), *(joined([each, Markup("\n")]) for each in inside), **attributes)
