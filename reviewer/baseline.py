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
    """What makes a finding the same finding. Its severity, in words, is told for the reader.

    `others` are hashes of the places that it speaks of as well, where a rule says of one what holds of several.
    """

    path: str
    rule: str
    symbol: str
    code: str
    severity: str = field(compare=False)
    others: tuple[str, ...] = field(default=(), compare=False)


Known = Counter[Entry]
Key = tuple[str, ...]
Tier = Callable[[Entry], tuple[Key, ...]]

TIERS: tuple[Tier, ...] = (
    lambda entry: ((entry.path, entry.rule, entry.symbol, entry.code),),
    lambda entry: tuple((entry.path, entry.rule, other) for other in entry.others),
    lambda entry: ((entry.rule, entry.symbol, entry.code),),
    lambda entry: ((entry.path, entry.rule, entry.code),),
)
"""By what a finding is recognised: in its place, or at another place that the rule speaks of in one breath; then in
another file, or in the same file below another name."""
IN_PLACE = 2
"""How many of these say that it has not moved."""


def entries(review: Review, findings: Iterable[Finding], secret: frozenset[tuple[str, int]]) -> list[Entry]:
    """The entry of each finding. `secret` are the lines that are known to hold a secret."""
    from hashlib import sha256  # noqa: PLC0415 - 5 ms that a review without a baseline does not pay

    likeness = Likeness(Sources(review.contents, secret))

    def hashed(code: str) -> str:
        return sha256(code.encode("utf-8", "replace")).hexdigest()[:DIGITS]

    def entry(finding: Finding) -> Entry:
        code, symbol = hashed(likeness.code(finding)), encodable(likeness.symbol(finding))
        others = tuple(sorted({hashed(code) for code in likeness.others(finding)}))
        return Entry(encodable(finding.at.path), finding.rule, symbol, code, finding.severity.label, others)

    return [entry(finding) for finding in findings]


def matched(found: Sequence[Entry], known: Known, is_free: Callable[[str], bool]) -> tuple[list[bool], Known]:
    """Which of `found` the baseline knows, and the entries that are left over. Each entry stands for one finding.

    Code may have moved from the path of an entry where that `is_free`: its file was reviewed as well, or is gone.
    """
    left = Counter(known)
    is_known = [False] * len(found)
    for number, tier in enumerate(TIERS):
        places: dict[Key, list[Entry]] = {}
        for entry in sorted(left):
            if number < IN_PLACE or is_free(entry.path):
                for key in tier(entry):
                    places.setdefault(key, []).append(entry)
        for index, entry in enumerate(found):
            held = (each for key in tier(entry) for each in places.get(key, ()) if left[each])
            same = next(held, None) if not is_known[index] else None
            if same is not None:
                left[same] -= 1
                is_known[index] = True
    return is_known, +left


# --- the file -----------------------------------------------------------------------------------------------------


def written(known: Known) -> str:
    """A baseline as text: the same for the same findings, in whatever order they came."""
    rows = [
        {"rule": e.rule, "path": e.path, "symbol": e.symbol, "code": e.code, "severity": e.severity, "count": number}
        | ({"others": e.others} if e.others else {})
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
        others = tuple(row.get("others", ()))
        known[Entry(row["path"], row["rule"], row["symbol"], row["code"], row["severity"], others)] += row["count"]
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
    others = row.get("others", [])
    if not isinstance(others, list) or not all(isinstance(each, str) for each in others):
        return "`others` of an entry is no list of texts"
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
