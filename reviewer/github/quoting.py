"""Text from elsewhere in GitHub's Markdown, inert by construction: neither markup, nor mention, nor link.

Once Markdown (https://github.github.com/gfm/) is HTML, GitHub links what looks like a mention, an issue, a commit or a
URL, however it was escaped, but not inside of code:
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls.
So whatever is not plainly a word is shown as code.
"""

from __future__ import annotations

import re
from functools import reduce

from reviewer.report.sources import safe
from reviewer.report.terminal import visible

_CODE = re.compile(r"`([^`]*)`")
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(
    r"""(?x) ["'(“‘]* (?: [^\W_]+ (?:['’-][^\W\d_]+)* | (?:[A-Za-z]\.)+[A-Za-z] | \d+(?:[.,]\d+)* ) ["')”’.,;:…]*
    | ["'(“‘]+ | ["')”’.,;:…]+ | [–—-]"""
)
_LIKE_COMMIT = re.compile(r"(?i)[0-9a-f]{7}")
_LIKE_MARK = re.compile(r"\d+[.)]")
"""What begins a list where it begins a line."""


def code(text: str) -> str:
    """A piece of code in a line."""
    return _span(visible(safe(text)))


def _span(text: str) -> str:
    """A code span, in a fence that is not in it (https://github.github.com/gfm/#code-spans)."""
    if not text.strip():
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def inert(text: str) -> str:
    """A message in a line, with what is between backticks as code. Masked as a whole: a secret may hold a backtick."""
    pieces = _CODE.split(visible(safe(text)))
    shown = [_span(piece) if number % 2 else _WORD.sub(_word, piece) for number, piece in enumerate(pieces)]
    return reduce(_joined, filter(None, shown), "")


def _joined(before: str, behind: str) -> str:
    """Two pieces of Markdown. The fences of two code spans do not touch, or they would be one."""
    return f"{before} {behind}" if before.endswith("`") and behind.startswith("`") else before + behind


def _word(found: re.Match[str]) -> str:
    word = found[0]
    is_plain = _PLAIN.fullmatch(word) and not _LIKE_COMMIT.search(word) and not _LIKE_MARK.fullmatch(word)
    return word if is_plain else _span(word)


def cell(text: str) -> str:
    """Markdown as a cell of a table, where a bar separates cells even inside of code, and after two backslashes."""
    return re.sub(r"(?<=\\)\|", " |", text).replace("|", r"\|")
