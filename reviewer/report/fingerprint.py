"""What makes a finding the same finding in the next review: GitHub's hash of its line, and the reviewer's own.

GitHub's is the hash of https://github.com/github/codeql-action/blob/main/src/fingerprints.ts: a polynomial of base 37,
modulo 2^64, over the 100 UTF-16 code units from the start of a line, blanks and tabs left out, every line end as LF,
65535 as the end of the file and zeros behind it; then a colon and how often this hash has come up so far.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from reviewer.finding import Finding
from reviewer.report.sources import Sources

KEY = "lambdaReview/v1"
"""The name of the reviewer's own fingerprint."""
BLOCK = 100
BASE = 37
_FILE_END = "\uffff" + "\0" * BLOCK
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_IGNORED = str.maketrans("", "", " \t")


def line_hashes(content: bytes, lines: Collection[int]) -> dict[int, str]:
    """GitHub's `primaryLocationLineHash` for each of `lines` (from 1) that the file has.

    Equal windows have equal hashes, so windows are counted instead of hashes: only the asked lines pay for arithmetic.
    (Two windows of one file that differ and still collide would be counted apart here and together by GitHub.)
    """
    text = _units(content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").translate(_IGNORED))
    padded, last = text + _FILE_END, max(lines, default=0)
    seen: Counter[str] = Counter()
    hashes = {}
    start = 0
    for number in range(1, last + 1):
        window = padded[start : start + BLOCK]
        seen[window] += 1
        if number in lines:
            hashes[number] = f"{_hash(window):x}:{seen[window]}"
        start = text.find("\n", start) + 1
        if not start:
            break
    return hashes


def _units(text: str) -> str:
    """`text` with one character for each UTF-16 code unit."""
    return text if text.isascii() else _ASTRAL.sub(_surrogates, text)


def _surrogates(astral: re.Match[str]) -> str:
    high, low = divmod(ord(astral[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def _hash(window: str) -> int:
    total = 0
    for unit in window:
        total = total * BASE + ord(unit)
    return total % (1 << 64)


def github(findings: Iterable[Finding], sources: Sources) -> Mapping[tuple[str, int], str]:
    """GitHub's hash by path and line, for the line of every finding. Lines of unreadable files have none."""
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        wanted.setdefault(finding.at.path, set()).add(finding.at.line)
    found = (
        (path, line_hashes(content, lines)) for path, lines in wanted.items() if (content := sources.content(path))
    )
    return {(path, line): text for path, hashes in found for line, text in hashes.items()}


def stable(findings: Iterable[Finding], sources: Sources) -> list[str]:
    """An id for each finding that outlives moved lines: rule, path, symbol and normalised code, then a counter.

    The code is hashed with its secrets masked, so that no id gives away a guess at one.
    """
    import hashlib  # noqa: PLC0415 - 5 ms that the text report does not pay

    seen: Counter[str] = Counter()
    ids = []
    for finding in findings:
        at = finding.at
        code = " ".join(sources.shown(at.path, at.line, at.column)[0].split())
        key = "\0".join((finding.rule, at.path, finding.symbol, code))
        digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
        seen[digest] += 1
        ids.append(f"{digest}:{seen[digest]}")
    return ids
