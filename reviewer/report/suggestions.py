"""A fix as whole lines: what a comment on a pull request offers, which replaces exactly the lines that it is on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from reviewer.finding import Fix
from reviewer.report.sources import Sources, safe

MOST_LINES = 20
"""A comment on more lines than these is not readable any more."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Write `text`, lines with LF between and none at the end, for the lines from `line` to `end_line`.

    None as `text` removes them.
    """

    path: str
    line: int
    end_line: int
    text: str | None


def suggestion(fix: Fix, sources: Sources) -> Suggestion | None:
    """A fix as one suggestion; None where it takes several files or too many lines, or a secret would be shown."""
    paths = {edit.path for edit in fix.edits}
    if len(paths) != 1:
        return None
    (path,) = paths
    edits = sorted(fix.edits, key=lambda edit: (edit.start, edit.end))
    text = sources.text(path)
    if edits[-1].end > len(text) or any(low.end > high.start for low, high in pairwise(edits)):
        return None
    first, last = sources.place(path, edits[0].start)[0], sources.place(path, edits[-1].end)[0]
    if edits[-1].end > edits[-1].start and text[edits[-1].end - 1] in "\r\n" and not edits[-1].text:
        last = max(first, last - 1)  # whole lines go: the one behind them stays as it is
    begin, end = sources.bounds(path, first, last)
    if last - first >= MOST_LINES or "\r" in text[begin:end].replace("\r\n", ""):
        return None
    made, here = [], begin
    for edit in edits:
        made += [text[here : edit.start], edit.text]
        here = edit.end
    written = "".join(made) + text[here:end]
    lines = _LINE_END.split(written)[:-1] if written.endswith(("\n", "\r")) else _LINE_END.split(written)
    if any(safe(line) != line for line in lines) or sources.holds_secret(path, first, last):
        return None
    return Suggestion(path, first, last, "\n".join(lines) if written else None)
