"""What is to be sent to a pull request: a pure function of the findings and of what is there already.

Each finding has one place: a comment that an earlier run left, a new comment, or the table in the body of the first
review. A comment of an earlier run whose findings are all gone is deleted, unless somebody answered it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewer.github.diff import Hunks, placed
from reviewer.github.notes import Change, Note
from reviewer.github.rendering import MOST, OVERVIEW, comment, further, marked, overview
from reviewer.rule import Rule

FOLDED = 500
"""Findings that one comment is about: its mark, which names all of them, has to fit."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that changes something. `path` is relative to the address of the API."""

    method: str
    path: str
    json: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a pull request has: the hunks of its files, its review comments and its reviews as the API lists them.

    `me` is the login of the token's user. It is None for the token of an app, which cannot ask: then every bot that
    leaves the mark counts as this one.
    """

    files: Mapping[str, Hunks]
    comments: Sequence[Mapping[str, Any]] = ()
    reviews: Sequence[Mapping[str, Any]] = ()
    me: str | None = None

    def is_mine(self, thing: Mapping[str, Any]) -> bool:
        user = thing.get("user") or {}
        if self.me is not None:
            return bool(user.get("login") == self.me)
        return user.get("type") == "Bot" or str(user.get("login", "")).endswith("[bot]")


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request by repository (`owner/name`) and number."""

    repository: str
    number: int

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}/pulls/{self.number}"

    def comment(self, thing: Mapping[str, Any]) -> str:
        return f"/repos/{self.repository}/pulls/comments/{int(thing['id'])}"

    def review(self, thing: Mapping[str, Any]) -> str:
        return f"{self.path}/reviews/{int(thing['id'])}"


@dataclass(slots=True)
class _Kept:
    """What becomes of earlier comments."""

    requests: list[Request] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    comments: int = 0


def plan(
    notes: Iterable[Note],
    standing: Standing,
    pull: Pull,
    rules: Mapping[str, Rule],
    *,
    complete: bool = True,
    refused: Collection[str] = (),
) -> tuple[Request, ...]:
    """The requests that bring a pull request from where it stands to where it shows each finding once.

    `complete` is False for a review that failed in part: what it does not tell may still be there. `refused` are the
    fingerprints of findings whose comments GitHub did not take. What adds comes first, what deletes last.
    """
    current = {note.fingerprint: note for note in notes}
    kept = _kept(current, standing, pull, rules, complete)
    fresh = [note for own, note in current.items() if own not in kept.covered]
    groups = _groups(note for note in fresh if note.fingerprint not in refused and _spot(note, standing))
    chosen = groups[: max(0, MOST - kept.comments)]
    commented = {note.fingerprint for group in chosen for note in group}
    listed = sorted((note for note in fresh if note.fingerprint not in commented), key=_order)
    comments = [_comment(group, standing, rules) for group in chosen]
    body = overview([*current.values()], listed)
    return (*_reviews(comments, body, bool(listed), standing, pull), *kept.requests)


def _order(note: Note) -> tuple[int, str, int, str]:
    return -note.severity, note.path, note.line, note.rule


def _spot(note: Note, standing: Standing) -> tuple[int, int] | None:
    return placed(standing.files.get(note.path, ()), note.line, note.end_line, note.text)


def _groups(notes: Iterable[Note]) -> list[list[Note]]:
    """Findings of one rule in one file together, the gravest first."""
    groups: dict[tuple[str, str], list[Note]] = {}
    for note in sorted(notes, key=_order):
        groups.setdefault((note.rule, note.path), []).append(note)
    return [group[at : at + FOLDED] for group in groups.values() for at in range(0, len(group), FOLDED)]


def _comment(group: Sequence[Note], standing: Standing, rules: Mapping[str, Rule]) -> dict[str, Any]:
    note = group[0]
    spot = _spot(note, standing)
    assert spot is not None
    change = _shown_change(note, standing)
    if change:
        spot = change.line, change.end_line
    start, line = spot
    place: dict[str, Any] = {"path": note.path, "line": line, "side": "RIGHT"}
    if start < line:
        place |= {"start_line": start, "start_side": "RIGHT"}
    return {**place, "body": comment(group, rules, change)}


def _shown_change(note: Note, standing: Standing) -> Change | None:
    """The change that goes into a comment: of lines that one hunk shows, where the reviewed file has them."""
    change, shown = note.change, standing.files.get(note.path, ())
    if change is None or placed(shown, note.line, note.line, note.text) != (note.line, note.line):
        return None
    whole = change.line, change.end_line
    return change if placed(shown, *whole, None) == whole else None


# --- what is there ------------------------------------------------------------------------------------------------


def _kept(
    current: Mapping[str, Note], standing: Standing, pull: Pull, rules: Mapping[str, Rule], complete: bool
) -> _Kept:
    answered = {c.get("in_reply_to_id") for c in standing.comments if not standing.is_mine(c)}
    kept = _Kept()
    for thing in standing.comments:
        said = marked(thing.get("body") or "")
        if not said or thing.get("in_reply_to_id") or not standing.is_mine(thing):
            continue
        left = [current[own] for own in said if own in current and own not in kept.covered]
        if left:
            kept.covered.update(note.fingerprint for note in left)
            kept.comments += 1
        if len(left) == len(said) or thing["id"] in answered or not complete:
            continue
        if left:
            body = comment(sorted(left, key=_order), rules)
            kept.requests.append(Request("PATCH", pull.comment(thing), {"body": body}))
        else:
            kept.requests.append(Request("DELETE", pull.comment(thing)))
    kept.requests.sort(key=lambda request: request.method == "DELETE")
    return kept


def _reviews(
    comments: Sequence[Mapping[str, Any]], body: str, has_table: bool, standing: Standing, pull: Pull
) -> Iterator[Request]:
    """One review with all new comments, and the overview: in it if there is none yet, else edited where it stands."""
    own = [each for each in standing.reviews if each.get("state") != "PENDING" and standing.is_mine(each)]
    first = next((each for each in own if marked(each.get("body") or "") == (OVERVIEW,)), None)
    if comments or (first is None and has_table):
        yield review(pull, body if first is None else further(len(comments)), comments)
    if first is not None and _text(first["body"]) != _text(body):
        yield Request("PUT", pull.review(first), {"body": body})


def review(pull: Pull, body: str, comments: Sequence[Mapping[str, Any]]) -> Request:
    """One review. Without an event it would stay pending, and nobody would see it."""
    said = {"event": "COMMENT", "body": body}
    return Request("POST", f"{pull.path}/reviews", {**said, "comments": [*comments]} if comments else said)


def _text(body: str) -> str:
    """A body without what a server may change of it."""
    return "\n".join(line.rstrip() for line in body.splitlines()).strip()
