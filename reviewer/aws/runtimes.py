"""The deprecation dates of Lambda's Python runtimes, as data: `runtimes.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files


@cache
def _dates() -> dict[str, date]:
    return tomllib.loads(files(__package__).joinpath("runtimes.toml").read_text(encoding="utf-8"))


def deprecated(runtime: str, today: date) -> date | None:
    """The date since when a runtime is deprecated; None where it is not, or is not known."""
    since = _dates().get(runtime)
    return since if since is not None and since <= today else None


def newest(today: date) -> str:
    """The newest runtime that is not deprecated."""
    current = [name for name, since in _dates().items() if since > today]
    return max(current, key=lambda name: [int(part) for part in name.removeprefix("python").split(".")])
