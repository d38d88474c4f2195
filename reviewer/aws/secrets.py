"""What is known about secrets, as data: the typed lookup of `secrets.toml`. Everything is read on first use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Format:
    """The known form of one kind of credential.

    `pattern`'s group `secret`, or else the whole match, is what has to stay secret. `keywords`: a text that holds none
    of them is not looked at further. `entropy`: the least that the secret has, in bits per character. `beside`: a
    pattern that the same text has to match somewhere. `words`: people choose such secrets, so they may consist of
    words. `pair`: the secret is `user:password` in base64. `source`: the vendor's page, or the standard.
    """

    id: str
    title: str
    pattern: str
    source: str
    example: str
    keywords: tuple[str, ...]
    entropy: float
    beside: str = ""
    words: bool = False
    pair: bool = False


@cache
def _data() -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - 5 ms that a run without a question about secrets does not pay

    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def formats() -> tuple[Format, ...]:
    """All known formats, the special ones before the general ones."""
    return tuple(
        Format(**{**entry, "example": "".join(entry["example"]), "keywords": tuple(entry["keywords"])})
        for entry in _data()["format"]
    )


@cache
def keyword_search() -> re.Pattern[str]:
    """One search that tells whether a text may hold any known format: all keywords, by their first letter."""
    by_letter: dict[str, list[str]] = {}
    for keyword in sorted({keyword for known in formats() for keyword in known.keywords}):
        by_letter.setdefault(keyword[0], []).append(re.escape(keyword[1:]))
    return re.compile("|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()))


@cache
def documented() -> frozenset[str]:
    """Keys that vendors print in their manuals, and the fixed keys of their emulators."""
    return frozenset("".join(entry["text"]) for entry in _data()["documented"])


@cache
def name_words(kind: Literal["passwords", "secrets", "keys", "about", "after", "qualifiers"]) -> frozenset[str]:
    """Words of names, in lower case."""
    return frozenset(_data()["names"][kind])


@cache
def text_words(kind: Literal["placeholders", "accounts"]) -> frozenset[str]:
    """Words of texts that are no secrets, in lower case."""
    return frozenset(_data()["texts"][kind])


@cache
def text_marks() -> tuple[str, ...]:
    """What makes a placeholder of the text that holds it, in lower case."""
    return tuple(_data()["texts"]["marks"])


@cache
def text_prefixes() -> tuple[str, ...]:
    """How texts begin that are public, hashed, encrypted, the key of a test account, or a reference."""
    return tuple(_data()["texts"]["prefixes"])


@dataclass(frozen=True, slots=True)
class Argument:
    """What an argument takes. `random`: only machines make such secrets, so that words are no more than a stand-in."""

    title: str
    random: bool


@cache
def arguments() -> dict[str, dict[str | int, Argument]]:
    """Functions with arguments that take a secret: qualified name → keyword, position from 0, or `auth[1]` → what."""
    table: dict[str, dict[str | int, Argument]] = {}
    for entry in _data()["argument"]:
        takes = Argument(entry["title"], entry.get("random", False))
        for callee in entry["callees"]:
            table.setdefault(callee, {}).update(dict.fromkeys(entry["arguments"], takes))
    return table
