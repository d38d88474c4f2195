"""Comments of a YAML text that speak to the reviewer.

PyYAML drops comments. A `#` opens one where it begins a line or follows a blank, outside of every scalar: what a scalar
holds, inline code above all, is not a comment of the template.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from reviewer.deploy.nodes import Mapping, Node, Scalar, Source, walk
from reviewer.finding import Location

MARK = "lambda-review"

_OPENING = re.compile(r"(?:^|(?<=[ \t]))#")


def comments(source: Source, root: Node) -> Iterator[tuple[Location, str]]:
    """The comments that contain `MARK`, in the order of the text."""
    text = source.text
    if MARK not in text:
        return
    spans = sorted(set(_spans(root)))
    lows = [low for low, _ in spans]
    end = 0
    for found in re.finditer(re.escape(MARK), text):
        if found.start() < end:
            continue
        line, column = source.position(found.start())
        begin = source.starts[line - 1]
        stop = source.starts[line] if line < len(source.starts) else len(text)
        written = text[begin:stop].rstrip("\r\n")
        for opening in _OPENING.finditer(written, 0, column):
            start = begin + opening.start()
            span = bisect_right(lows, start) - 1
            if span < 0 or start >= spans[span][1]:
                end = begin + len(written)
                yield source.location(start, end), written[opening.start() :]
                break


def _spans(root: Node) -> Iterator[tuple[int, int]]:
    """The spans of the scalars, keys too. A block's begins below its indicator, which a comment may follow."""
    for node in walk(root):
        if isinstance(node, Scalar):
            yield (node.body if node.style in ("|", ">") else node.start), node.end
        elif isinstance(node, Mapping):
            yield from ((key.start, key.end) for key in node.keys.values() if key.source is node.source)
