"""Calls that make an event source emit, as data: `emitters.toml` says what each field means."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Emitter:
    """One operation. A field that is a number is the position of an identifier of the object called on."""

    operation: str
    node: str
    resource: str | int | None = None
    alternative: str | None = None
    key: str | int | None = None
    message: str | None = None
    entries: str | None = None
    tables: str | None = None
    statement: str | None = None
    events: Sequence[str] = ()
    positional: Sequence[str] = ()


@cache
def emitters() -> dict[str, Emitter]:
    """All emitters, by operation (`s3.put_object`, `s3.Object.put`)."""
    listed: dict[str, dict[str, Any]] = tomllib.loads(
        files(__package__).joinpath("emitters.toml").read_text(encoding="utf-8")
    )
    return {operation: Emitter(operation=operation, **fields) for operation, fields in listed.items()}
