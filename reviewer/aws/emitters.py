"""Calls that make an event source emit, as data: `emitters.toml` says what each field means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
    events: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()


@cache
def emitters() -> dict[str, Emitter]:
    """All emitters, by operation (`s3.put_object`, `s3.Object.put`)."""
    listed = tomllib.loads(files(__package__).joinpath("emitters.toml").read_text(encoding="utf-8"))
    return {
        operation: Emitter(operation, **{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})
        for operation, fields in listed.items()
    }
