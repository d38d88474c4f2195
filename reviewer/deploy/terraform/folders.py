"""Which folders of a tree are root modules, and which of those have to do with functions: before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewer.deploy.files import Files

SUFFIXES = (".tf", ".tf.json")
VALUES = (".tfvars", ".tfvars.json")
LAMBDA = re.compile(rb"aws_lambda_|terraform-aws-modules/(?:terraform-aws-)?lambda\b")
"""What a folder holds that has to do with functions."""
MOST_CALLS = 1_000
"""Calls of modules in one folder."""

_SOURCE = re.compile(rb"\bsource\"?\s*[=:]\s*\"(\.\.?/[^\"\n]{0,500})\"")
_PRINCIPAL = ("main.tf", "main.tf.json")


class Listing:
    """The files of a configuration by folder: those that were named to the reader, which leaves out ignored ones.

    A folder of which none was named, such as a module outside of what is reviewed, is listed from the tree.
    """

    def __init__(self, files: Files, paths: Iterable[str]) -> None:
        self.files = files
        self.folders: dict[str, list[str]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            self.folders.setdefault(folder, []).append(name)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the configuration files and the files of values in a folder, sorted."""
        named = self.folders.get(folder)
        if named is not None:
            return tuple(sorted(named))
        return tuple(name for name in self.files.names(folder) if name.endswith(SUFFIXES) and "override" not in name)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with configuration files: their names, whether they mention functions, the folders that they call."""

    path: str
    names: tuple[str, ...]
    has_functions: bool
    calls: tuple[str, ...]

    @property
    def principal(self) -> str:
        """The path of the file that stands for the whole."""
        name = next((name for name in _PRINCIPAL if name in self.names), self.names[0])
        return f"{self.path}/{name}" if self.path else name


def roots(listing: Listing) -> Iterator[Folder]:
    """The root modules that have to do with functions, among the listed folders: those that no other one calls."""
    known = _folders(listing, dict.fromkeys(listing.folders))
    called = {call for folder in known.values() for call in folder.calls if call != folder.path}
    reached: set[str] = set()
    # where folders call each other in a ring, the first of them is as good as any
    for path in sorted(known, key=lambda path: (path in called, path)):
        if path in reached:
            continue
        around = _reachable(path, known)
        reached |= around
        if any(known[each].has_functions for each in around):
            yield known[path]


def _folders(listing: Listing, pending: dict[str, None]) -> dict[str, Folder]:
    """The folders, with those that they call."""
    known: dict[str, Folder] = {}
    queue = list(pending)
    for path in queue:  # grows by the folders that are called
        folder = _folder(listing, path)
        if folder is None:
            continue
        known[path] = folder
        for call in folder.calls:
            if call not in pending:
                pending[call] = None
                queue.append(call)
    return known


def _folder(listing: Listing, path: str) -> Folder | None:
    files = listing.files
    names = tuple(name for name in listing.names(path) if name.endswith(SUFFIXES))
    if not names:
        return None
    has_functions = False
    calls: dict[str, None] = {}
    for name in names:
        data = files.data(f"{path}/{name}" if path else name) or b""
        has_functions = has_functions or LAMBDA.search(data) is not None
        for found in _SOURCE.finditer(data):
            call = files.path(f"{path}/{name}" if path else name, found[1].decode("utf-8", "replace"))
            if call is not None and len(calls) < MOST_CALLS:
                calls[call] = None
    return Folder(path, names, has_functions, tuple(calls))


def _reachable(path: str, known: dict[str, Folder]) -> set[str]:
    found, pending = {path}, [path]
    while pending:
        for call in known[pending.pop()].calls:
            if call in known and call not in found:
                found.add(call)
                pending.append(call)
    return found
