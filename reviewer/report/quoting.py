"""Text from elsewhere in Markdown, inert by construction: on GitHub and GitLab it is neither markup nor a reference.

Once Markdown (https://github.github.com/gfm/) is HTML, both turn what looks like a mention, an issue, a commit, a URL
or an emoji into links and pictures, however it was escaped, but not inside of `<code>`:
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls.
So whatever is not plainly a word is shown as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewer.report.markup import CODE
from reviewer.report.sources import safe
from reviewer.report.terminal import visible

_WORD = re.compile(r"\S+")
_PLAIN = re.compile(
    r"""(?x) ["'(“‘]* (?: [^\W_]+ (?:['’-][^\W\d_]+)* | (?:[A-Za-z]\.)+[A-Za-z] | \d+(?:[.,]\d+)* ) ["')”’.,;:…]*
    | ["')”’.,;:…]+ | [–—-]"""
)
_LIKE_COMMIT = re.compile(r"(?i)[0-9a-f]{7}")
_MARK = re.compile(r"[!-&*+:-@\[-`{-~]|(?<=[\dwW])[.)]")
"""What Markdown, HTML or an automatic link can begin with, numbers of lists included."""


def _escaped(text: str) -> str:
    """`text` with entities, which are never markup (https://github.github.com/gfm/#example-328).

    What looks like a mail address is linked even so, unless something else stands before the `@`.
    """
    return _MARK.sub(lambda mark: f"{'<!-- -->' if mark[0] == '@' else ''}&#{ord(mark[0])};", text)


def code(text: str) -> str:
    """A piece of code in a line."""
    return f"<code>{_escaped(visible(safe(text)))}</code>"


def inert(text: str) -> str:
    """A message in a line, with what stands between backticks as code. Masked as a whole: a secret may hold a backtick.

    It may follow something on its line, but not begin one: that is for the caller to hold.
    """
    pieces = CODE.split(safe(text))
    return "".join(code(piece) if number % 2 else _words(piece) for number, piece in enumerate(pieces))


def _words(text: str) -> str:
    return _WORD.sub(_word, visible(text))


def _word(found: re.Match[str]) -> str:
    word = found[0]
    is_plain = _PLAIN.fullmatch(word) and not _LIKE_COMMIT.search(word)
    return _escaped(word) if is_plain else f"<code>{_escaped(word)}</code>"


def fenced(lines: Iterable[str], language: str) -> str:
    """Lines as a block of code, in a fence that is longer than any in them."""
    text = "\n".join(lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"
