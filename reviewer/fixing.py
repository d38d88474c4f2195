"""Fixes applied: which ones go together, in how many rounds, and what becomes of each file. Nothing is written here."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reviewer.filetext import Unfit, file_text
from reviewer.finding import Edit, Fix, Review

ROUNDS = 10
"""Reviews after which the fixes that still overlap are left for another run."""

Again = Callable[[Mapping[str, bytes]], Review]
"""The same review, of files whose bytes are others than those on disk."""


@dataclass(frozen=True)
class Mended:
    """What fixes make of a project.

    `review` is that of the files as they are then, `before` and `after` the bytes of each file that changes, by path.
    `applied` counts the fixes by rule. `left` says why a file was left alone, by path. `more`: fixes are left over.
    """

    review: Review
    before: Mapping[str, bytes] = field(default_factory=dict)
    after: Mapping[str, bytes] = field(default_factory=dict)
    applied: Counter[str] = field(default_factory=Counter)
    left: Mapping[str, str] = field(default_factory=dict)
    more: bool = False


def mend(review: Review, again: Again, *, unsafe: bool, fault: Callable[[str], str] = lambda _: "") -> Mended:
    """Apply the safe fixes of a review, and with `unsafe` all, as often as there are some.

    Of fixes that overlap one is applied, and the next review says what becomes of the others. `fault` says why a file
    cannot be changed ("": it can be). A review with internal errors is left as it is: findings may be missing.
    """
    mended = Mended(review)
    left: dict[str, str] = {}
    for _ in range(ROUNDS):
        if mended.review.errors:
            return replace(mended, left=left)
        made, applied = _round(mended.review, left, unsafe, fault)
        if not made:
            return replace(mended, left=left)
        before = {path: mended.before.get(path, mended.review.contents(path)) for path in made} | {**mended.before}
        after = {**mended.after, **made}
        mended = Mended(again(after), before, after, mended.applied + applied, left)
    more = bool(_round(mended.review, left, unsafe, fault)[0])
    return replace(mended, more=more)


def _round(
    review: Review, left: dict[str, str], unsafe: bool, fault: Callable[[str], str]
) -> tuple[dict[str, bytes], Counter[str]]:
    """The bytes of the files that one round of fixes changes, and the fixes by rule. Files in `left` are left alone,
    and more of them get into it."""
    while True:
        chosen = list(_chosen(review, left, unsafe))
        by_path: dict[str, list[Edit]] = {}
        for _, fix in chosen:
            for edit in fix.edits:
                by_path.setdefault(edit.path, []).append(edit)
        made: dict[str, bytes] = {}
        refused = {}
        for path, edits in by_path.items():
            try:
                made[path] = _made(review, path, edits, fault)
            except Unfit as problem:
                refused[path] = str(problem)
        if not refused:
            return made, Counter(rule for rule, _ in chosen)
        left |= refused


def _made(review: Review, path: str, edits: list[Edit], fault: Callable[[str], str]) -> bytes:
    """The bytes of a file after edits. Raises `Unfit`."""
    if reason := fault(path):
        raise Unfit(reason)
    made = file_text(path, review.contents(path)).edited(edits)
    if path.endswith(".py"):
        from reviewer.code.source import Source, Unreadable  # noqa: PLC0415 - brings libcst

        try:
            Source.decode(path, made).tree()
        except Unreadable as problem:
            raise Unfit(f"the fix would not leave valid Python: {problem.message}") from None
    return made


def _chosen(review: Review, left: Mapping[str, str], unsafe: bool) -> Iterable[tuple[str, Fix]]:
    """The first fix of each finding that overlaps none of those before it."""
    taken: dict[str, list[tuple[int, int]]] = {}
    for finding in review.findings:
        for fix in finding.fixes:
            if (fix.safe or unsafe) and not any(edit.path in left for edit in fix.edits) and _is_free(fix, taken):
                for edit in fix.edits:
                    insort(taken.setdefault(edit.path, []), (edit.start, edit.end))
                yield finding.rule, fix
                break


def _is_free(fix: Fix, taken: Mapping[str, list[tuple[int, int]]]) -> bool:
    """Whether the edits of a fix keep clear of what is taken: they do not even touch it."""
    for edit in fix.edits:
        spans = taken.get(edit.path, [])
        index = bisect_left(spans, (edit.start, edit.end))
        if any(start <= edit.end and edit.start <= end for start, end in spans[max(index - 1, 0) : index + 1]):
            return False
    return True
