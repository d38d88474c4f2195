"""What is said on a pull request: the comment of a group of findings, and the overview in the body of a review.

Each text ends in a mark that GitHub does not show, by which the next run knows it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reviewer.github.notes import Change, Note
from reviewer.github.quoting import cell, code, inert
from reviewer.report import product
from reviewer.report.phrases import counted, tally
from reviewer.report.quoting import fenced
from reviewer.report.sources import safe
from reviewer.rule import Rule

LONGEST = 60_000
"""Characters of a body; GitHub takes 65,536."""
MOST_LINES = 50
"""Lines that a comment lists as similar."""
LONGEST_TEXT = 2_000
"""Characters that are shown of what was read somewhere, which is far more than any message has."""

MOST = 30
"""Comments on one pull request at a time."""

OVERVIEW = "overview"
FURTHER = "further"
"""What the mark of a review's body says: this one has the table, this one only came along with its comments."""

_MARK = re.compile(r"<!-- lambda-review: v1 ([\w:. -]+) -->\s*\Z")


def mark(words: Iterable[str]) -> str:
    return f"<!-- {product.NAME}: v1 {' '.join(words)} -->"


def marked(body: str) -> tuple[str, ...]:
    """The words of the mark that a text ends in; none where there is no mark."""
    found = _MARK.search(body)
    return tuple(found[1].split()) if found else ()


def comment(notes: Sequence[Note], rules: Mapping[str, Rule], change: Change | None = None) -> str:
    """The comment on findings of one rule in one file, which stands at the first of them."""
    note, *similar = notes
    parts = [f"**{note.severity.label.capitalize()}:** {sentence(note.fact)}"]
    parts += [" ".join(map(sentence, note.grounds))] if note.grounds else []
    parts += _rule(note.rule, rules)
    if change:
        parts += [f"Fix: {sentence(change.message)}", fenced(change.text.split("\n"), "suggestion")]
    if similar:
        parts.append(_similar(sorted({other.line for other in similar})))
    return "\n\n".join([*parts, mark(each.fingerprint for each in notes)])


def sentence(text: str) -> str:
    """A text of whoever wrote the reviewed code, inert, with a full stop."""
    text = safe(text).rstrip()
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT].rpartition(' ')[0]}…"
    shown = inert(text)
    return shown if text.endswith((".", "…")) else f"{shown}."


def _rule(name: str, rules: Mapping[str, Rule]) -> Iterator[str]:
    """What follows, what helps, and where to read on."""
    rule = rules.get(name)
    if rule is None:
        yield code(name)
        return
    why = rule.why.partition("\n\n")[0]
    yield "\n\n".join(sentence(text) for text in (why, rule.suggest) if text)
    yield f"[{code(name)}]({rule.references[0]})" if rule.references else code(name)


def _similar(lines: Sequence[int]) -> str:
    *most, last = [str(line) for line in lines[:MOST_LINES]]
    more = len(lines) - MOST_LINES
    if more > 0:
        return f"Similar at lines {', '.join([*most, last])} and {more} more."
    return f"Similar at lines {', '.join(most)} and {last}." if most else f"Similar at line {last}."


def overview(notes: Sequence[Note], listed: Sequence[Note]) -> str:
    """The body with the table: how many findings there are, and those that no comment is about."""
    head = [f"**{product.NAME}**: {tally(notes)}."]
    if listed:
        number = len(listed)
        head.append(
            f"<details>\n<summary>{counted(number, 'finding')} without a comment: outside of the diff, "
            f"or more than the {MOST} that get one</summary>\n\n{table(listed, LONGEST)}\n\n</details>"
        )
    return "\n\n".join([*head, mark([OVERVIEW])])


def further(number: int) -> str:
    """The body of a review that only brings comments."""
    return f"**{product.NAME}**: {counted(number, 'comment')}.\n\n{mark([FURTHER])}"


def table(notes: Sequence[Note], longest: int) -> str:
    """Findings as a table of at most about `longest` bytes; a line says how many are left out."""
    rows = ["| | place | finding |", "|---|---|---|"]
    room = longest - sum(map(len, rows))
    for number, note in enumerate(notes):
        place = code(f"{note.path}:{note.line}")
        said = " ".join(map(sentence, (note.fact, *note.grounds)))
        row = f"| {note.severity.label} | {cell(place)} | {cell(said)} {cell(code(note.rule))} |"
        room -= len(row.encode("utf-8", "replace")) + 1
        if room < 0:
            return "\n".join([*rows, "", f"Left out, for there is no room for more: {len(notes) - number}."])
        rows.append(row)
    return "\n".join(rows)
