"""The reviewed tree as the templates see it: paths that stay inside, text within a size."""

# ruff: noqa: PTH110, PTH114, PTH118 - thousands of paths a run, and a Path is slow

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from posixpath import dirname, isabs, join, normpath

from reviewer.deploy.nodes import LARGEST, Source, Unreadable
from reviewer.finding import Location

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


_PLAINLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _content(descriptor: int, size: int) -> bytes:
    """Up to `size` bytes of an open file."""
    found = os.read(descriptor, size)
    while len(found) < size and (more := os.read(descriptor, size - len(found))):
        found += more
    return found


def decode(data: bytes, path: str) -> str:
    """The text of a file without its byte order mark. Raises `Unreadable` at the first byte that is no text."""
    encoding = "utf-8"
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        raise Unreadable(f"no text in {encoding.upper()}", Location(path, line)) from None


class Files:
    """Access to the files below `root`. What leads out of the tree is not followed: neither `..` nor a link.

    `unsaved` are files of the tree whose bytes are to be others than those on disk.
    """

    def __init__(self, root: Path, unsaved: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self._unsaved = unsaved or {}
        self._inside: dict[str, bool] = {"": True}

    @cached_property
    def _real(self) -> str:
        return os.path.realpath(self.root)

    def path(self, template: str, written: str) -> str | None:
        """The path that a template means by `written`, relative to the root ("" is the root itself).

        None for a URL, an absolute path, and a path out of the tree.
        """
        if not written or "\0" in written or "://" in written or "\\" in written or isabs(written):
            return None
        found = normpath(join(dirname(template), written))
        if found == ".":
            return ""
        return None if found == ".." or found.startswith("../") else found

    def is_inside(self, path: str) -> bool:
        """Whether a path that exists is below the root when all symbolic links are followed."""
        if isabs(path) or ".." in path.split("/"):
            return False
        fresh, known = [], path
        while known not in self._inside:
            fresh.append(known)
            known = dirname(known)
        inside = self._inside[known]
        for each in reversed(fresh):
            absolute = os.path.join(self._real, each)
            if os.path.islink(absolute):
                target = os.path.realpath(absolute)
                inside = target == self._real or target.startswith(os.path.join(self._real, ""))
            self._inside[each] = inside
        return inside

    def exists(self, path: str) -> bool:
        """Whether a file or folder of the tree is at this path."""
        return os.path.exists(os.path.join(self._real, path)) and self.is_inside(path)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the plain files in a folder of the tree, sorted; none where there is no such folder."""
        if not self.is_inside(folder):
            return ()
        try:
            with os.scandir(os.path.join(self._real, folder)) as found:
                return tuple(sorted(each.name for each in found if each.is_file(follow_symlinks=False)))
        except (OSError, ValueError):
            return ()

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is no plain file of the tree at this path.

        Of a file over the limit the first bytes alone: `source` refuses it.
        """
        if path in self._unsaved:
            return self._unsaved[path][: LARGEST + 1]
        try:
            descriptor = self._opened(path)
        except (OSError, ValueError):
            return None
        if descriptor is None:
            return None
        try:
            status = os.fstat(descriptor)
            return _content(descriptor, min(status.st_size, LARGEST) + 1) if stat.S_ISREG(status.st_mode) else None
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def refusal(self, path: str) -> str:
        """Why the system refuses to open a file of the tree; "" where it does not."""
        try:
            descriptor = self._opened(path)
        except PermissionError as error:
            return error.strerror or "it is closed"
        except (OSError, ValueError):
            return ""
        if descriptor is not None:
            os.close(descriptor)
        return ""

    def _opened(self, path: str) -> int | None:
        """A file of the tree, open; without waiting for whoever writes to a pipe. None for one outside."""
        absolute = os.path.join(self._real, path)
        if _NO_LINK and self.is_inside(dirname(path)):
            with suppress(OSError):
                return os.open(absolute, _PLAINLY | _NO_LINK)
        return os.open(absolute, _PLAINLY) if self.is_inside(path) else None

    def source(self, path: str, data: bytes | None = None) -> Source | None:
        """The text of a file. Raises `Unreadable`; None where there is no such file in the tree."""
        data = self.data(path) if data is None else data
        if data is None:
            return None
        if len(data) > LARGEST:
            raise Unreadable(f"larger than {LARGEST // 1_000_000} MB", Location(path, 1))
        return Source(path, decode(data, path))
