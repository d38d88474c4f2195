"""Path patterns as in a `.gitignore` file. The home of pathspec, which is imported where there are patterns only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MOST_STARS = 3
"""A pattern with more runs of `*` is passed over: a match takes the path's length to the power of them."""


STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class Patterns:
    """A list of patterns, ready to match.

    `names` are those without a slash inside: they match the last part of a path alone, so each answer serves for all
    entries of that name. `paths` are the others; where a pattern takes paths back (`!`), the order counts, and all are.
    """

    names: GitIgnoreSpec | None
    paths: GitIgnoreSpec | None
    answers: dict[str, bool | None] = field(default_factory=dict)

    def verdict(self, path: str) -> bool | None:
        """True where the patterns match, False where one takes the path back, None where none mentions it.

        `path` is relative to the folder of the list; a folder's ends in a slash. That no folder above it matches is
        for the caller to know.
        """
        if self.names is not None:
            name = path[path.rfind("/", 0, -1) + 1 :]
            if name not in self.answers:
                self.answers[name] = self.names.check_file(name).include
            if self.answers[name]:
                return True
        return None if self.paths is None else self.paths.check_file(path).include

    def matches(self, path: str) -> bool:
        """Do the patterns match the file `path`, or a folder that it lies in?"""
        ends = [at for at, character in enumerate(path, 1) if character == "/"]
        return any(self.verdict(path[:end]) for end in (*ends, len(path)))


def patterns(lines: Iterable[str], moot: re.Pattern[str] | None = None) -> Patterns | None:
    """The patterns of a list; None where there are none.

    Comments, lines that match `moot` as a whole, and what is no pattern are passed over, as git does.
    """
    kept = [line for line in lines if line.strip() and line[0] != "#" and not (moot and moot.fullmatch(line))]
    kept = [line for line in kept if len(STARS.findall(line)) <= MOST_STARS]
    if not kept:
        return None
    ordered = any(line.startswith("!") for line in kept)
    paths = [line for line in kept if ordered or "/" in line.rstrip("/ ")]
    names = [] if ordered else [line for line in kept if "/" not in line.rstrip("/ ")]
    return Patterns(_compiled(names), _compiled(paths))


def fault(line: str) -> str:
    """Why a line cannot serve as a pattern; empty where it can."""
    if len(STARS.findall(line)) > MOST_STARS:
        return f"it has more than {MOST_STARS} wildcards"
    return "" if _compiled([line]) else "it is no pattern"


def _compiled(lines: list[str]) -> GitIgnoreSpec | None:
    if not lines:
        return None
    import warnings  # noqa: PLC0415

    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 37 ms

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of `re`, about `[[`
        try:
            return GitIgnoreSpec.from_lines(lines)
        except (ValueError, re.error):
            return _compiled([line for line in lines if _compiled([line])]) if len(lines) > 1 else None
