"""The suppressions of the reviewed code, for a person or a program: where, of which rule, in use or not, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reviewer.finding import Mark
from reviewer.report.sources import safe
from reviewer.report.terminal import visible

NONE = "No suppressions."
FORMATS = ("text", "json")


def render(format: str, marks: Sequence[Mark]) -> str:
    """The suppressions by path and line, one on each line, or as a list of JSON objects. Secrets are masked."""
    marks = sorted(marks, key=lambda mark: (mark.at, mark.rule))
    if format == "json":
        return json.dumps([_row(mark) for mark in marks], indent=2, ensure_ascii=False) + "\n"
    rows = [(f"{m.at.path}:{m.at.line}:{m.at.column}", m.rule, m.state, m.reason or "(no reason)") for m in marks]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    lines = ("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)
    return "".join(f"{visible(safe(line))}\n" for line in lines) or f"{NONE}\n"


def _row(mark: Mark) -> dict[str, object]:
    return {
        "path": safe(mark.at.path),
        "line": mark.at.line,
        "column": mark.at.column,
        "rule": mark.rule,
        "state": mark.state,
        "reason": safe(mark.reason),
    }
