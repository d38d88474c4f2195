"""The boto3 resource API as data: `resources.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, cast


@cache
def _types() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(files(__package__).joinpath("resources.toml").read_text(encoding="utf-8"))


def is_type(service: str, name: str) -> bool:
    """Whether `boto3.resource(service).name(…)` makes an object of the resource API."""
    return name in _types().get(service, {})


def is_child(service: str, parent: str, name: str) -> bool:
    """Whether an object of type `parent` makes one of type `name` by a method of that name."""
    return name in _types().get(service, {}).get(parent, {}).get("children", ())


def identifiers(service: str, name: str) -> tuple[str, ...]:
    """The keyword names of what identifies an object of a type."""
    return tuple(_types()[service][name]["identifiers"])


def attribute(service: str, name: str, attribute: str) -> int | None:
    """The position of the identifier that an attribute of an object gives back, or None."""
    found = _types().get(service, {}).get(name, {}).get("attributes", {}).get(attribute)
    return cast("int | None", found)
