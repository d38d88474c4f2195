"""Files of the reviewed tree written anew: each as a whole or not at all, never through a link, never another file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

CHANGED = "it has changed since it was read"


def fault(root: Path, path: str) -> str:
    """Why a file of the tree cannot be written; "" where it can be. `path` is relative to `root`."""
    file = root / path
    try:
        status = file.lstat()
        if stat.S_ISLNK(status.st_mode) or file.resolve() != root.resolve() / path:
            return "a link leads to it"
        if not stat.S_ISREG(status.st_mode):
            return "it is no plain file"
    except (OSError, ValueError, RuntimeError) as error:
        return getattr(error, "strerror", None) or "it cannot be read"
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        return "it cannot be written to"
    return ""


def write(root: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, str]:
    """Write the bytes `after` of each file that still has the bytes `before`; why not, for each that is left alone."""
    refused = {}
    for path, content in after.items():
        problem = fault(root, path) or _replaced(root / path, before[path], content)
        if problem:
            refused[path] = problem
    return refused


def _privately(file: str, flags: int) -> int:
    """Open a file that nobody else may read, until it has the mode of the one whose place it takes."""
    return os.open(file, flags, 0o600)


def _replaced(file: Path, before: bytes, content: bytes) -> str:
    """Put a new file, written beside it, in the place of a file, with its mode. Why not, or ""."""
    beside = file.parent / f".lambda-review-{os.urandom(6).hex()}"
    try:
        status = file.stat()
        with open(beside, "xb", opener=_privately) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(OSError, AttributeError):  # of another owner; there are none on Windows
            os.chown(beside, status.st_uid, status.st_gid)
        beside.chmod(stat.S_IMODE(status.st_mode))
        if file.is_symlink() or file.read_bytes() != before:
            return CHANGED
        beside.replace(file)
    except OSError as error:
        return error.strerror or "it cannot be written to"
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return ""
