"""Annotations for GitHub Actions: a workflow command a line, which the runner takes from the log of a step.

Commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. They are escaped as
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts does it. The runner annotates with the first
ten of a kind in each step and leaves the others to the log (`AddIssue` in
https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs), so the gravest come first. It takes
no columns where a span has several lines (`ValidateLinesAndColumns` in `ActionCommandManager.cs` there).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reviewer.finding import Finding, Location, Review, Severity
from reviewer.report import product
from reviewer.report.phrases import WORST, counted, listed, remarks, said, sentence
from reviewer.report.sources import encodable
from reviewer.report.terminal import visible
from reviewer.rule import Rule

MOST = 10
"""Annotations of a kind that are shown of one step."""
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_DATA = str.maketrans(_DATA)
_IN_PROPERTY = str.maketrans(_DATA | {":": "%3A", ",": "%2C"})


def render(review: Review, rules: Mapping[str, Rule]) -> str:
    """A command for each internal error and each finding, the gravest first; one that says how many are not shown."""
    ranked = sorted(review.findings, key=lambda finding: (-finding.severity, -finding.confidence))
    by_kind = {kind: [_finding(found, rules) for found in ranked if found.severity is kind] for kind in WORST}
    failed = (f"Internal error: {sentence(error)}" for error in review.errors)
    by_kind[Severity.ERROR][:0] = [command("error", text, title=product.NAME) for text in failed]
    if rest := _rest({kind: len(lines) for kind, lines in by_kind.items()}):
        by_kind[Severity.NOTE].insert(0, command("notice", rest, title=product.NAME))
    return "".join(f"{line}\n" for kind in WORST for line in by_kind[kind])


def _rest(numbers: Mapping[Severity, int]) -> str:
    """What is not shown. To say so takes the place of a notice."""
    if max(numbers.values()) <= MOST:
        return ""
    hidden = {kind: number - MOST + (kind is Severity.NOTE) for kind, number in numbers.items()}
    more = listed(counted(number, kind.label) for kind, number in hidden.items() if number > 0)
    return f"{more} more: annotations show {MOST} of a kind in a step, the log of the step has all of them."


def _finding(finding: Finding, rules: Mapping[str, Rule]) -> str:
    text = "\n".join((sentence(finding.message), *remarks(finding, rules)))
    title = f"{product.NAME}: {said(finding.rule)}"
    return command(COMMANDS[finding.severity], text, **dict(_place(finding.at)), title=title)


def _place(at: Location) -> Iterator[tuple[str, str]]:
    yield "file", visible(encodable(at.path))
    yield "line", str(at.line)
    yield "endLine", str(at.end_line)
    if at.line == at.end_line:
        yield "col", str(at.column)
        yield "endColumn", str(max(at.column, at.end_column))


def command(name: str, text: str, **properties: str) -> str:
    """A workflow command, without the end of its line."""
    given = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {given}::{text.translate(_IN_DATA)}"
