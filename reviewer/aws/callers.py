"""How long callers wait for a function, as data: `callers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Caller:
    """What calls a function and waits for its answer, for how many seconds at most, and for which events not at all."""

    name: str
    seconds: int
    behind: Sequence[str] = ()


@cache
def callers() -> dict[str, Caller]:
    """The callers that wait, by the kind of the trigger."""
    listed = tomllib.loads(files(__package__).joinpath("callers.toml").read_text(encoding="utf-8"))
    return {kind: Caller(**fields) for kind, fields in listed.items()}
