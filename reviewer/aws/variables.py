"""The environment variables that belong to Lambda, as data: `variables.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _tables() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("variables.toml").read_text(encoding="utf-8"))


def reserved() -> frozenset[str]:
    """The variables that Lambda sets by itself and refuses to have set."""
    return frozenset(_tables()["reserved"])


def settable() -> frozenset[str]:
    """The variables that the runtime reads or sets, and that a function may set all the same."""
    return frozenset(_tables()["settable"])
