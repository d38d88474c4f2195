"""Baselines: the findings that a project has decided to live with for now, so that only others are reported.

A baseline is a JSON file with one entry on each line: rule, path, symbol, a hash of the normalised code, and how often.
It holds no line number and no text of the code.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewer.config import SEVERITIES
from reviewer.finding import Finding, Review
from reviewer.likeness import Likeness
from reviewer.report.sources import Sources, encodable

VERSION = 1
KEY = "lambda-review-baseline"
DIGITS = 24
LARGEST = 64 << 20
"""Bytes of a baseline that is read."""
TEXTS = ("rule", "path", "symbol", "code", "severity")


class BaselineError(Exception):
    """A file that cannot be used as a baseline; the message may begin with a line."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What makes a finding the same finding. Its severity, in words, is told for the reader."""

    path: str
    rule: str
    symbol: str
    code: str
    severity: str = field(compare=False)


Known = Counter[Entry]
Tier = Callable[[Entry], tuple[str, ...]]

TIERS: tuple[Tier, ...] = (
    lambda entry: (entry.path, entry.rule, entry.symbol, entry.code),
    lambda entry: (entry.rule, entry.symbol, entry.code),
    lambda entry: (entry.path, entry.rule, entry.code),
)
"""By what a finding is recognised: in its place; in another file; in the same file, below another name."""


def entries(review: Review, findings: Iterable[Finding], secret: frozenset[tuple[str, int]]) -> list[Entry]:
    """The entry of each finding. `secret` are the lines that are known to hold a secret."""
    from hashlib import sha256  # noqa: PLC0415 - 5 ms that a review without a baseline does not pay

    likeness = Likeness(Sources(review.contents, secret))

    def entry(finding: Finding) -> Entry:
        code = sha256(likeness.code(finding).encode("utf-8", "replace")).hexdigest()[:DIGITS]
        symbol, path = encodable(likeness.symbol(finding)), encodable(finding.at.path)
        return Entry(path, finding.rule, symbol, code, finding.severity.label)

    return [entry(finding) for finding in findings]


def matched(found: Sequence[Entry], known: Known, is_free: Callable[[str], bool]) -> tuple[list[bool], Known]:
    """Which of `found` the baseline knows, and the entries that are left over. Each entry stands for one finding.

    Code may have moved from the path of an entry where that `is_free`: its file was reviewed as well, or is gone.
    """
    left = Counter(known)
    is_known = [False] * len(found)
    for number, tier in enumerate(TIERS):
        places: dict[tuple[str, ...], list[Entry]] = {}
        for entry in sorted(left):
            if number == 0 or is_free(entry.path):
                places.setdefault(tier(entry), []).append(entry)
        for index, entry in enumerate(found):
            held = places.get(tier(entry), []) if not is_known[index] else []
            while held and not left[held[-1]]:
                held.pop()
            if held:
                left[held[-1]] -= 1
                is_known[index] = True
    return is_known, +left


# --- the file -----------------------------------------------------------------------------------------------------


def written(known: Known) -> str:
    """A baseline as text: the same for the same findings, in whatever order they came."""
    rows = [
        {"rule": e.rule, "path": e.path, "symbol": e.symbol, "code": e.code, "severity": e.severity, "count": number}
        for e, number in sorted(known.items())
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"{KEY}": {VERSION}, "findings": [\n{lines}\n]}}\n'


def read(content: bytes) -> Known:
    """The baseline that a file holds. Raises `BaselineError`."""
    try:
        text = content.decode()
        value = json.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BaselineError(f"{line}: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BaselineError(f"{error.lineno}: no JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise BaselineError("1: nested too deeply, or with a number that is too long") from None
    if not isinstance(value, dict) or KEY not in value:
        raise BaselineError(f"1: no baseline: it has no `{KEY}` at its top")
    if value[KEY] != VERSION:
        raise BaselineError(
            f"1: a baseline of version {json.dumps(value[KEY])[:20]}, of which this release reads {VERSION}; "
            "--write-baseline writes it anew"
        )
    rows = value.get("findings")
    if not isinstance(rows, list):
        raise BaselineError("1: `findings` is no list")
    known: Known = Counter()
    for number, row in enumerate(rows):
        if fault := _fault(row):
            raise BaselineError(f"{_line(text, number)}: {fault}")
        known[Entry(row["path"], row["rule"], row["symbol"], row["code"], row["severity"])] += row["count"]
    return known


def _fault(row: Any) -> str:
    """Why an item of the list is no entry."""
    if not isinstance(row, dict):
        return "an entry is no object"
    for name in TEXTS:
        if not isinstance(row.get(name), str):
            return f"an entry has no text `{name}`"
    if row["severity"] not in SEVERITIES:
        return f"`{row['severity'][:20]}` is no severity"
    count = row.get("count")
    return "" if type(count) is int and 0 < count < 1 << 31 else "an entry has no `count` above 0"


def _line(text: str, number: int) -> int:
    """The line of an item of the list `findings`."""
    decoder, at = json.JSONDecoder(), text.find("[", text.find('"findings"')) + 1
    for _ in range(number + 1):
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        begin = at
        _, at = decoder.raw_decode(text, at)
    return text.count("\n", 0, begin) + 1
