"""Files of YAML or JSON to positioned nodes."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.deploy import compose, jsontext
from reviewer.deploy.nodes import Node, Source, Unreadable


def parse(source: Source) -> Iterator[Node]:
    """The documents of a file. Raises `Unreadable`.

    What begins like JSON is read as JSON first and as YAML where it is none: YAML's flow style begins alike.
    """
    if source.text.lstrip()[:1] not in ("{", "["):
        yield from compose.documents(source)
        return
    try:
        yield jsontext.parse(source)
    except Unreadable as refused:
        if source.path.endswith(".json"):
            raise refused from None
        yield from compose.documents(source)
