"""What the reports say about the reviewer itself."""

from __future__ import annotations

import re

NAME = "lambda-review"
HOME = "https://pypi.org/project/lambda-review/"


def version() -> str:
    """The installed version; `0.0.0` for sources that are not installed."""
    from importlib import metadata  # noqa: PLC0415 - 50 ms that the text report does not pay

    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "0.0.0"


def semantic(version: str) -> str:
    """A Python version (PEP 440) as a semantic one (https://semver.org): `1.2.0rc1` is `1.2.0-rc1`."""
    public, plus, local = version.partition("+")
    release = re.match(r"[\d.]*(?<=\d)", public)
    numbers = release[0].split(".") if release else []
    pre = public.removeprefix(release[0] if release else "").lstrip(".")
    return ".".join([*numbers, "0", "0", "0"][:3]) + (pre and f"-{pre}") + plus + local
