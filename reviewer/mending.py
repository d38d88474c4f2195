"""What `--fix` and `--show-fixes` do: fix the files of a review, or say what would change, and report about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from reviewer.finding import Review
from reviewer.fixing import Mended, mend
from reviewer.report.patch import patch, printable
from reviewer.report.phrases import counted, listed
from reviewer.report.sources import secret_lines
from reviewer.rule import Rule
from reviewer.writing import fault, write

__all__ = ["mended", "printable"]


def mended(
    review: Review, again: Callable[[dict[str, bytes]], Review], rules: Mapping[str, Rule], *, unsafe: bool, show: bool
) -> tuple[Review, bytes, list[str]]:
    """The review to report, the patch to print, and remarks for the standard error.

    With `show`, no file is changed, and the review is the given one; otherwise files are written, and the review is
    that of the files as they are then. `again` repeats the review with other bytes in place of those of some files.
    """
    root = Path(review.root)
    made = mend(review, lambda files: again(dict(files)), unsafe=unsafe, fault=_none if show else partial(fault, root))
    if show:
        shown, hidden = patch(made.before, made.after, secret_lines(review, rules))
        reason = "a secret stands at or beside what changes; `--fix` changes it"
        return review, shown, [*_unshown(made.left), *(f"{path} is not shown: {reason}" for path in hidden)]
    refused = write(root, made.before, made.after)
    after = again({}) if refused else made.review
    return after, b"", list(_remarks(made, refused, after, unsafe))


def _none(_: str) -> str:
    return ""


def _unshown(left: Mapping[str, str]) -> Iterator[str]:
    return (f"{path} is left alone: {reason}" for path, reason in left.items())


def _remarks(made: Mended, refused: Mapping[str, str], after: Review, unsafe: bool) -> Iterator[str]:
    yield from _unshown({**made.left, **refused})
    changed = len(made.after) - len(refused)
    if changed and not refused:
        number, by_rule = made.applied.total(), sorted(made.applied.items())
        rules = listed(f"{rule} {count}" for rule, count in by_rule)
        yield f"{number} {'fix' if number == 1 else 'fixes'} applied in {counted(changed, 'file')}: {rules}"
    elif changed:
        yield f"fixes applied in {counted(changed, 'file')}"
    else:
        yield "no fix applied"
    rest = 0 if unsafe else sum(any(not fix.safe for fix in finding.fixes) for finding in after.findings)
    if rest:
        yield f"{counted(rest, 'finding')} can be fixed with --unsafe"
    if made.review.errors:
        yield "nothing more is fixed where the review is incomplete"
    if made.more:
        yield "more fixes are left over; another run applies them"
