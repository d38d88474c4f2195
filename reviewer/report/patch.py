"""The difference that fixes make, as `git apply` takes it, at the root of the review.

The lines are the files' own bytes: line ends, encodings and a missing line feed at the end stay. A line that holds a
secret is not shown: the context is made smaller, or the file left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from difflib import SequenceMatcher

from reviewer.report.sources import safe
from reviewer.report.terminal import visible

CONTEXTS = (3, 2, 1)
"""Lines around a change, as many as can be shown. Without any, `git apply` would not know the place."""

Lines = list[bytes]

_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY(?:[^-]|-(?!----END))*")


def patch(
    before: Mapping[str, bytes], after: Mapping[str, bytes], secret: Container[tuple[str, int]]
) -> tuple[bytes, tuple[str, ...]]:
    """The patch, and the paths that are not in it since a secret stands at or beside what changes in them.

    `secret` are the lines, as path and number, that are known to hold one.
    """
    shown: list[bytes] = []
    hidden: list[str] = []
    for path in sorted(after):
        key = _key_lines(before[path])

        def is_secret(number: int, path: str = path, key: frozenset[int] = key) -> bool:
            return number in key or (path, number) in secret

        found = _file(path, before[path], after[path], is_secret)
        if found is None:
            hidden.append(path)
        else:
            shown.append(found)
    return b"".join(shown), tuple(hidden)


def printable(patch: bytes) -> str:
    """A patch for eyes alone: nothing in it moves the cursor of a terminal."""
    return "".join(f"{visible(line)}\n" for line in patch.decode("utf-8", "replace").split("\n")[:-1])


def _file(path: str, before: bytes, after: bytes, is_secret: Callable[[int], bool]) -> bytes | None:
    old, new = _lines(before), _lines(after)
    if re.search(rb"\r(?!\n)", before) and any(map(is_secret, range(1, before.count(b"\r") + len(old) + 1))):
        return None  # its lines are not those that git counts
    for context in CONTEXTS:
        hunks = list(_hunks(old, new, context, is_secret))
        if None not in hunks:
            names = _name(b"a/", path), _name(b"b/", path)
            head = b"diff --git %b %b\n--- %b\n+++ %b\n" % (names + names)
            return head + b"".join(hunk for hunk in hunks if hunk is not None)
    return None


def _hunks(old: Lines, new: Lines, context: int, is_secret: Callable[[int], bool]) -> Iterator[bytes | None]:
    """The hunks of a file; None for one that would show a secret."""
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(context):
        (_, start, _, new_start, _), (_, _, end, _, new_end) = group[0], group[-1]
        rows: Lines = []
        for kind, low, high, new_low, new_high in group:
            if kind == "equal":
                rows += [b" " + line for line in old[low:high]]
            else:
                rows += [b"-" + line for line in old[low:high]]
                rows += [b"+" + line for line in new[new_low:new_high]]
        if any(map(is_secret, range(start + 1, end + 1))) or any(map(_holds_secret, rows)):
            yield None
            continue
        counts = _range(start, end), _range(new_start, new_end)
        yield b"@@ -%b +%b @@\n" % counts + b"".join(
            row if row.endswith(b"\n") else row + b"\n\\ No newline at end of file\n" for row in rows
        )


def _lines(content: bytes) -> Lines:
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def _range(start: int, end: int) -> bytes:
    length = end - start
    return b"%d,%d" % (start + 1 if length else start, length)


def _key_lines(content: bytes) -> frozenset[int]:
    """The numbers of the lines of private keys, which do not give themselves away one by one."""
    found: set[int] = set()
    for key in _PRIVATE_KEY.finditer(content):
        first = content.count(b"\n", 0, key.start()) + 1
        found.update(range(first, first + key[0].count(b"\n") + 1))
    return frozenset(found)


def _holds_secret(row: bytes) -> bool:
    """Whether a secret is in a row of a hunk, behind the sign that it begins with, which would hide some of them."""
    text = row[1:].decode("utf-8", "replace")
    return safe(text) != text


def _name(side: bytes, path: str) -> bytes:
    """A path as git writes it: quoted as in C where it is not plain."""
    name = side + path.encode("utf-8", "surrogateescape")
    if re.fullmatch(rb"[ !#-\[\]-~]+", name):
        return name
    quoted = re.sub(rb"[^ !#-\[\]-~]", lambda found: b"\\%03o" % found[0][0], name)
    return b'"%b"' % quoted
