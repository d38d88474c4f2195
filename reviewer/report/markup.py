"""Markup whose text is inert by construction: whatever is not markup already is masked, made visible and escaped.

What comes out is HTML and well-formed XML alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from reviewer.report.sources import safe
from reviewer.report.terminal import visible

EMPTY = frozenset({"meta", "input", "circle", "path", "rect"})
"""Elements that may end where they begin. Any other one has an end tag, which HTML asks for."""

CODE = re.compile(r"`([^`]*)`")
"""What stands between backticks, in the messages of rules."""


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def text(plain: str) -> Markup:
    """Text as it is shown: no secrets, nothing that does not print, nothing that is markup."""
    return plain if isinstance(plain, Markup) else Markup(escape(visible(safe(plain))))


def joined(parts: Iterable[str]) -> Markup:
    """The parts, one after the other."""
    return Markup("".join(map(text, parts)))


def element(tag: str, /, *inside: str, **attributes: str | int | bool | None) -> Markup:
    """An element. In the names of attributes `_` stands for `-`, and one at the end for nothing (`class_`).

    An attribute that is None or False is left out; of one that is True the name alone matters.
    """
    given = ((key, value) for key, value in attributes.items() if value is not None and value is not False)
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{_quoted(value)}"' for key, value in given)
    if tag in EMPTY and not inside:
        return Markup(f"<{tag}{said}/>")
    return Markup(f"<{tag}{said}>{joined(inside)}</{tag}>")


def _quoted(value: str | int) -> Markup:
    if isinstance(value, str):
        return text(value)
    return Markup("" if value is True else str(value))


def prose(plain: str) -> Markup:
    """A message, with what stands between backticks as code. Masked as a whole: a secret may hold a backtick."""
    pieces = CODE.split(safe(plain))
    return joined(element("code", piece) if number % 2 else piece for number, piece in enumerate(pieces))
