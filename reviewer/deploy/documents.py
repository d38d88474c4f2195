"""Files of YAML or JSON to positioned nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.deploy import compose, jsontext
from reviewer.deploy.nodes import Node, Source, Unreadable


def parse(source: Source) -> Iterator[Node]:
    """The documents of a file. Raises `Unreadable`.

    What begins like JSON, or is named so, is read as JSON first and as YAML where it is none: YAML's flow style begins
    alike.
    """
    begins, is_named = source.text.lstrip()[:1] in ("{", "[", '"'), source.path.endswith(".json")
    if not begins and not is_named:
        yield from compose.documents(source)
        return
    try:
        yield jsontext.parse(source)
    except Unreadable as refused:
        if begins and is_named:
            raise refused from None
        yield from compose.documents(source)


def gaps_as_texts(source: Source) -> Source:
    """A JSON text with a string of the same length for each `${Name}` outside of strings: filled in, it will be JSON.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
    """
    if "${" not in source.text or not source.path.endswith(".json"):
        return source
    return Source(source.path, _TEXT_OR_GAP.sub(lambda found: f'"${found[1]}"' if found[1] else found[0], source.text))


_TEXT_OR_GAP = re.compile(r'"(?:[^"\\\n]|\\.)*"|\$\{(\w+)\}')
