"""Reporters: a `Review` in, text out. Each format is one module, imported when it is asked for.

A reporter is a function `render(review, rules, **options) -> str`: pure, its options keywords, with defaults where it
can have them. Whatever it takes from reviewed code has its secrets masked (`sources.safe`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.finding import Review
    from reviewer.rule import Rule

FORMATS = {
    "text": "reviewer.report.text",
    "json": "reviewer.report.json",
    "sarif": "reviewer.report.sarif",
}
"""The module of each format. A new format joins by a line here."""


def render(format: str, review: Review, rules: Mapping[str, Rule], **options: object) -> str:
    """The review in a format of `FORMATS` (`KeyError` for another). `options` are those of the format's `render`."""
    text: str = import_module(FORMATS[format]).render(review, rules, **options)
    return text
