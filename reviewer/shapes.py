"""What is known of a string that is not known: how it begins, how it ends, what it cannot hold. No values in here."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 1024
"""Characters that are kept of a beginning or an end. An S3 key has at most 1,024 bytes of UTF-8.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""


@dataclass(frozen=True, slots=True)
class Shape:
    """All strings that begin with `prefix`, end with `suffix` and have `least` characters or more.

    Beginning and end may overlap. With `exact`, the string is `prefix`. The characters in `without` occur nowhere
    outside of the known beginning and end: what `basename` returns holds no slash.
    """

    prefix: str = ""
    suffix: str = ""
    exact: bool = False
    least: int = 0
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        end = self.prefix if self.exact else self.suffix
        least = max(self.least, len(self.prefix), len(end))
        clipped = max(len(self.prefix), len(end)) > LONGEST
        keep = object.__setattr__
        keep(self, "exact", self.exact and not clipped)
        keep(self, "without", frozenset() if clipped or self.exact else self.without)
        keep(self, "prefix", self.prefix[:LONGEST])
        keep(self, "suffix", end[-LONGEST:])
        keep(self, "least", len(end) if self.exact else max(least, self._shortest()))

    def _shortest(self) -> int:
        """The length of the shortest string with this beginning and end."""
        shared = min(len(self.prefix), len(self.suffix))
        while shared and not self.prefix.endswith(self.suffix[:shared]):
            shared -= 1
        return len(self.prefix) + len(self.suffix) - shared

    @property
    def absent(self) -> frozenset[str]:
        """Characters that the string holds nowhere."""
        return self.without - set(self.prefix + self.suffix)

    def flipped(self) -> Shape:
        """The shape of the strings read backwards."""
        return Shape(self.suffix[::-1], self.prefix[::-1], self.exact, self.least, self.without)


ANY = Shape()


def exactly(text: str) -> Shape:
    """The shape of one string."""
    return Shape(text, exact=True)


def concat(*shapes: Shape) -> Shape:
    """One string after the other."""
    whole = exactly("")
    for shape in shapes:
        whole = _pair(whole, shape)
    return whole


def _pair(a: Shape, b: Shape) -> Shape:
    if a.exact and b.exact:
        return exactly(a.prefix + b.prefix)
    if a.exact:
        return Shape(a.prefix + b.prefix, b.suffix, False, a.least + b.least, b.without)
    if b.exact:
        return Shape(a.prefix, a.suffix + b.prefix, False, a.least + b.least, a.without)
    between = (a.without & b.without) - set(a.suffix + b.prefix)
    return Shape(a.prefix, b.suffix, False, a.least + b.least, between)


def join(shapes: Iterable[Shape]) -> Shape:
    """What all of several shapes (one at least) have in common."""
    several = tuple(dict.fromkeys(shapes))
    if len(several) == 1:
        return several[0]
    prefix = common_start([shape.prefix for shape in several])
    suffix = common_end([shape.suffix for shape in several])

    def lacks(shape: Shape, character: str) -> bool:
        loose = shape.prefix[len(prefix) :] + shape.suffix[: len(shape.suffix) - len(suffix)]
        return character not in loose and (shape.exact or character in shape.without)

    without = {c for shape in several for c in shape.without if all(lacks(each, c) for each in several)}
    return Shape(prefix, suffix, False, min(shape.least for shape in several), frozenset(without))


def common_start(texts: list[str]) -> str:
    return posixpath.commonprefix(texts)


def common_end(texts: list[str]) -> str:
    return common_start([text[::-1] for text in texts])[::-1]


def after(base: Shape, count: int) -> Shape:
    """`x[count:]`."""
    if base.exact:
        return exactly(base.prefix[count:])
    least = max(base.least - count, 0)
    kept = base.suffix[max(len(base.suffix) - least, 0) :]
    return Shape(base.prefix[count:], kept, False, least, base.without if kept == base.suffix else base.absent)


def before(base: Shape, count: int) -> Shape:
    """`x[:-count]`, for a count above 0."""
    return after(base.flipped(), count).flipped()


def first(base: Shape, count: int) -> Shape:
    """`x[:count]`."""
    if base.exact or len(base.prefix) >= count:
        return exactly(base.prefix[:count])
    return Shape(base.prefix, without=base.absent)
