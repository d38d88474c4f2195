"""Which bucket a pattern of EventBridge asks for: events of all buckets come over one bus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.deploy.model import Trigger
from reviewer.value import UNKNOWN, Items, OneOf, Reference, Table, Value, one_of

Path = tuple[str, ...]

IN_DETAIL = ("detail", "bucket", "name")
"""Where an event of S3 names its bucket when it comes through EventBridge.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""


def bucket_of(event: Value) -> Value | None:
    """What an event of S3, or a pattern for such events, says of the bucket; None where it says nothing."""
    found: Value | None = event
    for step in IN_DETAIL:
        found = found.get(step) if isinstance(found, Table) else None
    return found


def with_bucket(pattern: Value, bucket: Value, known: Callable[[Value], Value], path: Path = IN_DETAIL) -> Value:
    """A pattern that asks for a bucket of an event by the event's own name for it, and for no other known one.

    `known` is the resource that a name is of, a reference, where the deployment has it.
    """
    if isinstance(pattern, OneOf):
        return one_of([with_bucket(option, bucket, known, path) for option in pattern.options])
    if path and isinstance(pattern, Table):
        step, *rest = path
        inner = with_bucket(pattern.get(step) or UNKNOWN, bucket, known, tuple(rest))
        return replace(pattern, entries=tuple((key, inner if key == step else v) for key, v in pattern.entries))
    resource = known(bucket)
    if path or not isinstance(pattern, Items) or not isinstance(resource, Reference):
        return pattern
    asked = [(item, item if isinstance(item, Table) else known(item)) for item in pattern.items]
    kept = [bucket if of == resource else item for item, of in asked if of == resource or not isinstance(of, Reference)]
    return replace(pattern, items=tuple(kept))


def asked_for(trigger: Trigger) -> Value | None:
    """The bucket whose events a rule asks for by name; None where it asks for none, or for more than names."""
    for pattern in trigger.patterns if trigger.kind == "eventbridge" else ():
        found = bucket_of(pattern.value)
        if isinstance(found, Items) and not found.open and not any(isinstance(item, Table) for item in found.items):
            return one_of(found.items)
    return None
