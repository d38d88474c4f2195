"""How a written resource starts a function: what the trigger's filters see of a write, what the event then holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.deploy.model import Trigger
from reviewer.emissions import Emission
from reviewer.filters import admits_key, admits_s3_event, decoded, matches_criteria, matches_pattern, matches_policy
from reviewer.strings import Known
from reviewer.truth import MAYBE, Truth, both
from reviewer.value import UNKNOWN, Constant, Table, Value, one_of, options

Paths = tuple[tuple[tuple[str, ...], Value], ...]
"""What a write puts into the event that it causes: values by path, as `identity.canonical` writes paths."""

KEY_PATHS = (("records", "*", "s3", "object", "key"), ("objectkey",), ("records", "*", "s3", "getobject", "key"))
"""Where an S3 event names the object."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A kind of resource between a write and a function. `admits` says whether the trigger's filters let it pass."""

    noun: str
    admits: Callable[[Trigger, Emission, Known], Truth]
    caused: Callable[[Emission], Paths]


def _bucket(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    event = admits_s3_event([setting.value for setting in trigger.events], emission.events)
    prefix = trigger.prefix.value if trigger.prefix else None
    suffix = trigger.suffix.value if trigger.suffix else None
    return event & admits_key(prefix, suffix, emission.key, known)


def _queue(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    return _criteria(trigger, Table((("body", emission.message), *_unknown("messageAttributes", "attributes"))), known)


def _topic(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    scope = trigger.scope.value if trigger.scope else None
    return both(
        matches_policy(pattern.value, emission.attributes, emission.message, scope, known)
        for pattern in trigger.patterns
    )


def _table(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    records = (
        Table((("eventName", Constant(event)), *_unknown("dynamodb", "userIdentity"))) for event in emission.events
    )
    truths = {_criteria(trigger, record, known) for record in records}
    # which of its events a write makes depends on what the table holds
    return truths.pop() if len(truths) == 1 else MAYBE


def _stream(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    return _criteria(trigger, Table((("data", emission.message), *_unknown("partitionKey"))), known)


def _bus(trigger: Trigger, emission: Emission, known: Known) -> Truth:
    event = emission.entry
    if isinstance(event, Table):
        event = Table(
            tuple((key, _detail(event) if key == "detail" else value) for key, value in event.entries), event.open
        )
    return both(matches_pattern(pattern.value, event, known) for pattern in trigger.patterns)


def _criteria(trigger: Trigger, record: Table, known: Known) -> Truth:
    return matches_criteria([pattern.value for pattern in trigger.patterns], record, known)


def _unknown(*names: str) -> tuple[tuple[str, Value], ...]:
    return tuple((name, UNKNOWN) for name in names)


def _entry(emission: Emission) -> Paths:
    entry = emission.entry
    if not isinstance(entry, Table):
        return ()
    kind = entry.get("detail-type") or UNKNOWN
    return ((("detail",), _detail(entry)), (("source",), entry.get("source") or UNKNOWN), (("detail-type",), kind))


def _detail(entry: Table) -> Value:
    """What the text under `Detail` says: a bus only takes JSON."""
    written = entry.get("detail") or UNKNOWN
    return one_of([decoded(option) or UNKNOWN for option in options(written)])


HOPS: dict[tuple[str, str], Hop] = {
    ("s3", "bucket"): Hop("bucket", _bucket, lambda emission: tuple((path, emission.key) for path in KEY_PATHS)),
    ("sqs", "queue"): Hop("queue", _queue, lambda emission: ((("records", "*", "body"), emission.message),)),
    ("sns", "topic"): Hop("topic", _topic, lambda emission: ((("records", "*", "sns", "message"), emission.message),)),
    ("dynamodb", "table"): Hop(
        "table", _table, lambda emission: ((("records", "*", "eventname"), one_of([*map(Constant, emission.events)])),)
    ),
    ("kinesis", "stream"): Hop("stream", _stream, lambda _: ()),
    ("eventbridge", "bus"): Hop("event bus", _bus, _entry),
}
"""By the kind of the trigger and of what is written."""
