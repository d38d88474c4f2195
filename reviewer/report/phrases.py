"""What several formats say in the same words: counts, sentences, what was reviewed, what helps against a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from reviewer.finding import Finding, Review, Severity
from reviewer.report.sources import safe
from reviewer.report.terminal import visible
from reviewer.rule import Rule

WORST = sorted(Severity, reverse=True)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def said(text: str) -> str:
    """A text as it is shown, whoever wrote what it quotes: no secrets, one line, nothing that does not print."""
    return visible(safe(text))


def sentence(text: str) -> str:
    """`text` with a full stop."""
    text = said(text).rstrip()
    return text if text.endswith((".", "…")) else f"{text}."


class Graded(Protocol):
    """What has a severity."""

    @property
    def severity(self) -> Severity: ...


def kinds(findings: Iterable[Graded]) -> list[tuple[Severity, str]]:
    """The severities that there are, the worst first, each with its number in words: `2 errors`."""
    counts = Counter(finding.severity for finding in findings)
    return [(kind, counted(counts[kind], kind.label)) for kind in WORST if counts[kind]]


def tally(findings: Iterable[Graded]) -> str:
    """`1 error and 2 notes`."""
    found = [number for _, number in kinds(findings)]
    return listed(found) if found else "no findings"


def scope(review: Review) -> list[str]:
    """What was reviewed: `1 function`, `3 modules`. Empty where there was nothing to review."""
    nouns = ((review.functions, "function"), (review.modules, "module"), (review.templates, "template"))
    return [counted(number, noun) for number, noun in nouns if number]


def work(review: Review) -> str:
    """`1 function and 3 modules reviewed in 0.25 s`."""
    return f"{listed(scope(review) or ['no function'])} reviewed in {review.seconds:.2f} s"


def silenced(review: Review) -> str:
    """What follows the number of findings where some are not reported."""
    apart = ((len(review.suppressed), "suppressed"), (len(review.known), "not new"))
    counts = [f"{number:,} {kind}" for number, kind in apart if number]
    return f" ({', '.join(counts)})" if counts else ""


def summary(review: Review) -> str:
    """The whole review in a line without its full stop."""
    return f"{tally(review.findings)}{silenced(review)}: {work(review)}"


def remarks(finding: Finding, rules: Mapping[str, Rule]) -> Iterator[str]:
    """What is said below the fact, a line each: the grounds, what helps, and where to read on."""
    yield from (sentence(line) for line in finding.detail.splitlines() if line)
    if rule := rules.get(finding.rule):
        yield sentence(rule.suggest)
        yield from rule.references[:1]
