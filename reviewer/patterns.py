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
PLAIN = re.compile(r"[\w.$~@+=-]+/?")
GROUP = r"\(\?P<\w+>"
ENDING = re.compile(r"\*[\w.$~@+=-]+")


@dataclass(frozen=True, slots=True)
class Patterns:
    """A list of patterns, ready to match.

    `names` are those without a slash inside: they match the last part of a path alone, so each answer serves for all
    entries of that name. Most of them are no more than a name (`plain`, as `x/` where it is a folder's) or `*` and an
    ending. `paths` are the others; where a pattern takes paths back (`!`), the order counts, and they stay together.
    """

    plain: frozenset[str]
    endings: tuple[str, ...]
    names: GitIgnoreSpec | None
    paths: GitIgnoreSpec | None
    mention: re.Pattern[str] | None
    """What matches where one of `paths` does: next to no path of a tree, and they are asked for each."""
    answers: dict[str, bool | None] = field(default_factory=dict)

    def verdict(self, path: str) -> bool | None:
        """True where the patterns match, False where one takes the path back, None where none mentions it.

        `path` is relative to the folder of the list; a folder's ends in a slash. That no folder above it matches is
        for the caller to know.
        """
        name = path[path.rfind("/", 0, -1) + 1 :]
        if name not in self.answers:
            self.answers[name] = self._named(name)
        if self.answers[name] is not None:
            return self.answers[name]
        if self.paths is None or self.mention is None or not self.mention.search(path):
            return None
        return self.paths.check_file(path).include

    def _named(self, name: str) -> bool | None:
        bare = name.rstrip("/")
        if name in self.plain or bare in self.plain or bare.endswith(self.endings):
            return True
        return None if self.names is None else self.names.check_file(name).include

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
    paths = [line for line in kept if "/" in line.rstrip("/ ")]
    if any(line.startswith("!") for line in kept):
        plain, endings, names, paths = [], [], [] if paths else kept, kept if paths else []
    else:
        plain = [line for line in kept if PLAIN.fullmatch(line)]
        endings = [line for line in kept if ENDING.fullmatch(line)]
        names = [line for line in kept if line not in {*plain, *endings, *paths}]
    compiled = _compiled(paths)
    ends = tuple(line[1:] for line in endings)
    return Patterns(frozenset(plain), ends, _compiled(names), compiled, _mention(compiled))


def _mention(spec: GitIgnoreSpec | None) -> re.Pattern[str] | None:
    """All patterns of a list as one. What takes a path back counts, too: it can be what decides."""
    if spec is None:
        return None
    written = [pattern.regex.pattern for pattern in spec.patterns if pattern.regex is not None]
    return re.compile("|".join(f"(?:{re.sub(GROUP, '(?:', each)})" for each in written))


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
