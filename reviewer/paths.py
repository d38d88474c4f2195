"""Paths of a tree as texts: relative to its root, with forward slashes; "" is the root itself."""

from __future__ import annotations

from collections.abc import Iterator


def upwards(folder: str) -> Iterator[str]:
    """The folder and all above it; the root, "", comes last."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def under(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")
