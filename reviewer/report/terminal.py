"""What may reach a terminal: colours, links, and text that cannot steer it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

PALETTE = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "strong": "1",
    "frame": "94",
    "faint": "2",
    "good": "1;32",
}
"""SGR parameters (ECMA-48) by what they are for."""


COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
"""How the runners' own commands begin. Sources:
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs and
https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands"""


def visible(text: str) -> str:
    """`text` with everything that does not print (controls, bidirectional overrides, joiners…) as an escape sequence.

    Nothing that comes out moves the cursor, opens a link, or shows code in another order than it is read. Nor is it a
    command to a runner of GitHub Actions or Azure Pipelines, which read these anywhere in a line of a log.
    """
    printable = text if text.isprintable() else "".join(map(_visible, text))
    return printable if "##" not in printable else COMMAND.sub(r"#\\x23", printable)


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def cells(text: str) -> int:
    """How many columns of a terminal `text` takes up (UAX #11: wide and fullwidth take two, marks none)."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, width: int) -> Iterator[str]:
    """The lines of `text`, broken at blanks to at most `width` columns. A longer word stays whole."""
    line = ""
    for word in text.split():
        if line and cells(line) + 1 + cells(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


@dataclass(frozen=True, slots=True)
class Style:
    """Paints and links, or leaves text alone. What it is given is already visible."""

    color: bool
    links: bool

    def paint(self, name: str, text: str) -> str:
        return f"\x1b[{PALETTE[name]}m{text}\x1b[0m" if self.color and text else text

    def link(self, url: str, text: str) -> str:
        """`text` as a hyperlink (OSC 8: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda)."""
        return f"\x1b]8;;{quote(url, safe=_URL)}\x1b\\{text}\x1b]8;;\x1b\\" if self.links else text


_URL = ":/?#[]@!$&'()*+,;=%~"
"""What RFC 3986 lets stand in a URL as it is; anything else is percent-encoded."""
