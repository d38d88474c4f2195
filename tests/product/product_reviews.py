"""Reviews by the rules about loops alone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reviewer.config import Config
from reviewer.discover import discover
from reviewer.finding import Finding
from reviewer.review import review
from reviewer.rule import Rule, collect

LOOPS = ("own-trigger-write", "self-invocation", "invocation-cycle")


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(collect()[name] for name in LOOPS)


def loops(files: Mapping[str, str]) -> tuple[Finding, ...]:
    """What goes round in a project of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        found = review(discover([Path(folder)]), Config(), _rules())
    assert found.errors == ()
    return found.findings
