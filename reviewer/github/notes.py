"""What there is to say on a pull request: findings of a review, or of a SARIF log of this reviewer, in one form."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from reviewer.finding import Finding, Review, Severity
from reviewer.report import fingerprint
from reviewer.report.sources import Sources, safe, secret_lines
from reviewer.rule import Rule

LARGEST = 1 << 20
"""Bytes of a source that is read to check a place against."""
TALLEST = 30
"""Lines that a suggestion replaces at most."""

_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}
_RELATED = re.compile(r"(?:^|\s)Related: \[.*\Z", re.DOTALL)
_FACT = re.compile(r"""((?:`[^`]*`|"[^"]*"|.)*?\.)\s+(?=\S)(.*)""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """The lines from `line` to `end_line` become `text`."""

    line: int
    end_line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """One finding. `text` is its first line as the file has it, None where that is not known: it is not to be shown."""

    rule: str
    severity: Severity
    path: str
    line: int
    end_line: int
    fact: str
    grounds: tuple[str, ...]
    fingerprint: str
    text: str | None = None
    change: Change | None = None


Fixes = Iterable[tuple[str, Mapping[str, Sequence[tuple[int, int, str]]]]]
"""Of each fix its message, and by path start, end (exclusive) and new text of its edits, offsets in code points."""


def of_review(review: Review, rules: Mapping[str, Rule]) -> tuple[Note, ...]:
    """The findings of a review."""
    secret = secret_lines(review, rules)
    sources = Sources(review.contents, secret)
    found = zip(review.findings, fingerprint.stable(review.findings, sources), strict=True)
    return tuple(
        Note(
            rule=finding.rule,
            severity=finding.severity,
            path=finding.at.path,
            line=finding.at.line,
            end_line=finding.at.end_line,
            fact=finding.message,
            grounds=tuple(line for line in finding.detail.splitlines() if line),
            fingerprint=own,
            text=_line(sources, finding.at.path, finding.at.line),
            change=_change(_fixes(finding), finding.at.path, sources, secret),
        )
        for finding, own in found
    )


def _fixes(finding: Finding) -> Fixes:
    for fix in finding.fixes:
        edits: dict[str, list[tuple[int, int, str]]] = {}
        for edit in fix.edits:
            edits.setdefault(edit.path, []).append((edit.start, edit.end, edit.text))
        yield fix.message, edits


# --- SARIF --------------------------------------------------------------------------------------------------------


def of_sarif(text: str, root: Path, rules: Mapping[str, Rule]) -> tuple[Note, ...]:
    """The results of a SARIF log that this reviewer wrote of what is below `root`. Raises `ValueError`."""
    sources = Sources(lambda path: _content(root, path))
    try:
        found = [result for run in json.loads(text)["runs"] for result in run.get("results") or ()]
        results = [result for result in found if not result.get("suppressions")]
        notes = [_of_result(result, sources) for result in results]
        secret = frozenset(
            (note.path, line)
            for note in notes
            if note.rule not in rules or rules[note.rule].group == "secrets"
            for line in range(note.line, min(note.end_line, note.line + TALLEST) + 1)
        )
        return tuple(
            replace(note, change=_change(_sarif_fixes(result, sources), note.path, sources, secret))
            for note, result in zip(notes, results, strict=True)
        )
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError("no SARIF log of lambda-review") from error


def _of_result(result: Mapping[str, Any], sources: Sources) -> Note:
    place = result["locations"][0]["physicalLocation"]
    path, region = _path(place), place["region"]
    message = _RELATED.sub("", str(result["message"]["text"])).strip()
    split = _FACT.fullmatch(message)
    line = int(region["startLine"])
    return Note(
        rule=str(result["ruleId"]),
        severity=_LEVELS[result["level"]],
        path=path,
        line=line,
        end_line=max(line, int(region.get("endLine", line))),
        fact=split[1] if split else message,
        grounds=(split[2],) if split else (),
        fingerprint=_checked(str(result["partialFingerprints"][fingerprint.KEY])),
        text=_line(sources, path, line),
    )


def _sarif_fixes(result: Mapping[str, Any], sources: Sources) -> Fixes:
    for fix in result.get("fixes") or ():
        with suppress(IndexError):  # the file is not here, or not as it was reviewed
            yield str(fix["description"]["text"]), _sarif_edits(fix, sources)


def _sarif_edits(fix: Mapping[str, Any], sources: Sources) -> dict[str, list[tuple[int, int, str]]]:
    edits: dict[str, list[tuple[int, int, str]]] = {}
    for change in fix["artifactChanges"]:
        path = _path(change)
        for each in change["replacements"]:
            region = each["deletedRegion"]
            start = sources.offset(path, region["startLine"], region["startColumn"])
            end = sources.offset(path, region["endLine"], region["endColumn"])
            edits.setdefault(path, []).append((start, end, each["insertedContent"]["text"]))
    return edits


def _path(place: Mapping[str, Any]) -> str:
    return unquote(str(place["artifactLocation"]["uri"]))


def _checked(own: str) -> str:
    """A fingerprint, which goes into a comment of HTML."""
    if not re.fullmatch(r"[\w:.-]{1,100}", own):
        raise ValueError(own)
    return own


def _content(root: Path, path: str) -> bytes:
    """A source below `root`; empty where there is none, or none that is to be read."""
    try:
        place = (root / path).resolve()
        if not place.is_relative_to(root.resolve()) or not place.is_file() or place.stat().st_size > LARGEST:
            return b""
        return place.read_bytes()
    except (OSError, ValueError):
        return b""


# --- sources ------------------------------------------------------------------------------------------------------


def _line(sources: Sources, path: str, number: int) -> str | None:
    return sources.line(path, number) if sources.has(path, number) else None


def _change(fixes: Fixes, path: str, sources: Sources, secret: Container[tuple[str, int]]) -> Change | None:
    """The first fix that changes a few lines of one file, none of which holds a secret or what does not print."""
    for message, edits in fixes:
        if edits.keys() == {path} and (change := _applied(message, edits[path], sources.text(path))):
            rows = (*sources.text(path).split("\n")[change.line - 1 : change.end_line], *change.text.split("\n"))
            lines = range(change.line, change.end_line + 1)
            if all(map(_is_plain, rows)) and not any((path, line) in secret for line in lines):
                return change
    return None


def _is_plain(row: str) -> bool:
    row = row.replace("\t", " ").rstrip("\r")
    return safe(row) == row and row.isprintable()


def _applied(message: str, edits: Sequence[tuple[int, int, str]], text: str) -> Change | None:
    """The edits of one file as a change of whole lines; None where they overlap, leave the text or are far apart."""
    ordered = sorted(edits)
    bounds = [0, *(bound for start, end, _ in ordered for bound in (start, end)), len(text)]
    if not ordered or bounds != sorted(bounds):
        return None
    first = text.rfind("\n", 0, ordered[0][0]) + 1
    last = text.find("\n", ordered[-1][1])
    pieces, at = [], first
    for start, end, new in ordered:
        pieces += [text[at:start], new]
        at = end
    pieces.append(text[at : last if last >= 0 else len(text)])
    line, end_line = text.count("\n", 0, first) + 1, text.count("\n", 0, ordered[-1][1]) + 1
    made = "".join(pieces).replace("\r\n", "\n").removesuffix("\r")
    return Change(line, end_line, made, message) if end_line - line < TALLEST else None
