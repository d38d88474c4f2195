"""What rules need to know of single functions, as data: `calls.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`timeout` and `unbounded`: the position of the timeout (-1: by keyword); `client`: what a function builds;
    `url`: the position of the URL that a function sends a request to."""

    timeout: dict[str, int]
    unbounded: dict[str, int]
    client: dict[str, str]
    url: dict[str, int]


@cache
def knowledge() -> Knowledge:
    """The tables of `calls.toml`."""
    return Knowledge(**tomllib.loads(files(__package__).joinpath("calls.toml").read_text(encoding="utf-8")))
