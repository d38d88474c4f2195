"""Which bucket a pattern of EventBridge asks for: events of all buckets come over one bus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.deploy.model import Trigger
from reviewer.value import UNKNOWN, Items, OneOf, Table, Value, one_of

Path = tuple[str, ...]

IN_DETAIL = ("detail", "bucket", "name")
"""Where an event of S3 names its bucket when it comes through EventBridge.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""


def with_known_buckets(pattern: Value, known: Callable[[Value], Value], path: Path = IN_DETAIL) -> Value:
    """A pattern in which a bucket that it asks for by name is what is `known` by that name."""
    if isinstance(pattern, OneOf):
        return one_of([with_known_buckets(option, known, path) for option in pattern.options])
    if path and isinstance(pattern, Table):
        step, *rest = path
        inner = with_known_buckets(pattern.get(step) or UNKNOWN, known, tuple(rest))
        return replace(pattern, entries=tuple((key, inner if key == step else v) for key, v in pattern.entries))
    if path or not isinstance(pattern, Items):
        return pattern
    asked = (item if isinstance(item, Table) else known(item) for item in pattern.items)
    return replace(pattern, items=tuple(asked))


def asked_for(trigger: Trigger) -> Value | None:
    """The bucket whose events a rule asks for by name; None where it asks for none, or for more than names."""
    for pattern in trigger.patterns if trigger.kind == "eventbridge" else ():
        found: Value | None = pattern.value
        for step in IN_DETAIL:
            found = found.get(step) if isinstance(found, Table) else None
        if isinstance(found, Items) and not found.open and not any(isinstance(item, Table) for item in found.items):
            return one_of(found.items)
    return None
