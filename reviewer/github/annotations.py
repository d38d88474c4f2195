"""What a workflow shows where it may not comment, as on the pull request of a fork: annotations and the job summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. The runner annotates with the
first ten of a kind in each step, so the gravest come first; the summary has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reviewer.github.notes import Note
from reviewer.github.rendering import table
from reviewer.report import product
from reviewer.report.github import COMMANDS, command
from reviewer.report.phrases import said, sentence, tally
from reviewer.report.sources import encodable
from reviewer.report.terminal import visible
from reviewer.rule import Rule

SUMMARY = 1 << 20
"""The bytes that GitHub takes of the summary of one step."""


def annotated(notes: Sequence[Note], rules: Mapping[str, Rule]) -> str:
    """A command for each finding, a line each, the gravest first."""
    ranked = sorted(notes, key=lambda note: -note.severity)
    return "".join(f"{_annotation(note, rules)}\n" for note in ranked)


def _annotation(note: Note, rules: Mapping[str, Rule]) -> str:
    place = {"file": visible(encodable(note.path)), "line": str(note.line), "endLine": str(note.end_line)}
    title = f"{product.NAME}: {said(note.rule)}"
    return command(COMMANDS[note.severity], "\n".join(_said(note, rules)), **place, title=title)


def _said(note: Note, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield from map(sentence, (note.fact, *note.grounds))
    if rule := rules.get(note.rule):
        yield rule.suggest
        yield from rule.references[:1]


def summary(notes: Sequence[Note]) -> str:
    """The findings in Markdown, for `GITHUB_STEP_SUMMARY`."""
    ranked = sorted(notes, key=lambda note: (-note.severity, note.path, note.line))
    parts = [f"## {product.NAME}", f"{tally(notes).capitalize()}."]
    parts += [table(ranked, SUMMARY - 1024)] if ranked else []
    return "\n\n".join(parts) + "\n"
