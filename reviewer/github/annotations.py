"""What a workflow shows where it may not comment, as on the pull request of a fork: annotations and the job summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. The runner annotates with the
first ten of a kind in each step, so the gravest come first; the summary has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reviewer.finding import Severity
from reviewer.github.notes import Note
from reviewer.github.rendering import table, tally
from reviewer.report import product
from reviewer.report.sources import encodable, safe
from reviewer.report.terminal import visible
from reviewer.rule import Rule

SUMMARY = 1 << 20
"""The bytes that GitHub takes of the summary of one step."""
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_DATA = str.maketrans(_DATA)
_IN_PROPERTY = str.maketrans(_DATA | {":": "%3A", ",": "%2C"})


def annotated(notes: Sequence[Note], rules: Mapping[str, Rule]) -> str:
    """A command for each finding, a line each, the gravest first."""
    ranked = sorted(notes, key=lambda note: -note.severity)
    return "".join(f"{_annotation(note, rules)}\n" for note in ranked)


def _annotation(note: Note, rules: Mapping[str, Rule]) -> str:
    place = {"file": visible(encodable(note.path)), "line": str(note.line), "endLine": str(note.end_line)}
    title = f"{product.NAME}: {visible(safe(note.rule))}"
    return command(COMMANDS[note.severity], "\n".join(_said(note, rules)), **place, title=title)


def _said(note: Note, rules: Mapping[str, Rule]) -> Iterator[str]:
    for text in (note.fact, *note.grounds):
        shown = visible(safe(text)).rstrip()
        yield shown if shown.endswith((".", "…")) else f"{shown}."
    if rule := rules.get(note.rule):
        yield rule.suggest
        yield from rule.references[:1]


def command(name: str, text: str, **properties: str) -> str:
    """A workflow command, without the end of its line."""
    given = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {given}::{text.translate(_IN_DATA)}"


def summary(notes: Sequence[Note]) -> str:
    """The findings in Markdown, for `GITHUB_STEP_SUMMARY`."""
    ranked = sorted(notes, key=lambda note: (-note.severity, note.path, note.line))
    parts = [f"## {product.NAME}", f"{tally(notes).capitalize()}."]
    parts += [table(ranked, SUMMARY - 1024)] if ranked else []
    return "\n\n".join(parts) + "\n"
