"""How a written resource starts a function: what the trigger's filters see of a write, what the event then holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewer.code.operations import OBJECT
from reviewer.deploy.model import Link, Trigger
from reviewer.emissions import ADDED, Emission
from reviewer.filters import admits_key, admits_s3_event, decoded, matches_criteria, matches_pattern, matches_policy
from reviewer.identity import canonical
from reviewer.strings import Known
from reviewer.topics import takes_all
from reviewer.truth import MAYBE, YES, Truth, both, decide, either
from reviewer.value import UNKNOWN, Constant, Items, Result, Table, Text, Value, one_of, options, string

Filtered = Trigger | Link
"""What can hold a filter between a resource and what it starts."""

Paths = tuple[tuple[tuple[str, ...], Value], ...]
"""What a write puts into the event that it causes: values by path, as `identity.canonical` writes paths."""

KEY_PATHS = (
    ("records", "*", "s3", "object", "key"),
    ("objectkey",),
    ("records", "*", "s3", "getobject", "key"),
    (OBJECT, "key"),
)
"""Where an S3 event names the object."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A kind of resource between a write and a function. `admits` says whether the trigger's filters let it pass."""

    noun: str
    admits: Callable[[Filtered, Emission, Known], Truth]
    caused: Callable[[Emission], Paths]


def _bucket(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    listened = [setting.value for setting in trigger.events]
    event = admits_s3_event(listened, emission.events) if listened else YES
    prefix = trigger.prefix.value if trigger.prefix else None
    suffix = trigger.suffix.value if trigger.suffix else None
    return event & admits_key(prefix, suffix, emission.key, known)


def _queue(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    return _criteria(trigger, Table((("body", emission.message), *_unknown("messageAttributes", "attributes"))), known)


def _topic(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    scope = trigger.scope.value if trigger.scope else None
    return both(
        matches_policy(pattern.value, emission.attributes, emission.message, scope, known)
        for pattern in trigger.patterns
    )


def _table(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    records = (
        Table((("eventName", Constant(event)), *_unknown("dynamodb", "userIdentity"))) for event in emission.events
    )
    truths = {_criteria(trigger, record, known) for record in records}
    # which of its events a write makes depends on what the table holds
    return truths.pop() if len(truths) == 1 else MAYBE


def _stream(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    return _criteria(trigger, Table((("data", emission.message), *_unknown("partitionKey"))), known)


def _bus(trigger: Filtered, emission: Emission, known: Known) -> Truth:
    event = emission.entry
    if isinstance(event, Table):
        event = Table(
            tuple((key, _detail(event) if key == "detail" else value) for key, value in event.entries), event.open
        )
    return both(matches_pattern(pattern.value, event, known) for pattern in trigger.patterns)


def _log_group(trigger: Filtered, _: Emission, __: Known) -> Truth:
    # what a line holds is not compared with a filter pattern
    return YES if all(string(pattern.value) == "" for pattern in trigger.patterns) else MAYBE


def _iot_topic(trigger: Filtered, _: Emission, __: Known) -> Truth:
    # which topics a statement takes is the question of `identity`
    return takes_all(trigger.source.value) if trigger.source is not None else MAYBE


def _user_pool(trigger: Filtered, emission: Emission, _: Known) -> Truth:
    def is_made(event: Value) -> Truth:
        return MAYBE if string(event) is None else Truth.of(string(event) in emission.events)

    return either(decide(is_made, event.value) for event in trigger.events)


def _criteria(trigger: Filtered, record: Table, known: Known) -> Truth:
    return matches_criteria([pattern.value for pattern in trigger.patterns], record, known)


def _unknown(*names: str) -> tuple[tuple[str, Value], ...]:
    return tuple((name, UNKNOWN) for name in names)


def _entry(emission: Emission) -> Paths:
    entry = emission.entry
    if not isinstance(entry, Table):
        return ()
    kind, source = entry.get("detail-type") or UNKNOWN, entry.get("source") or UNKNOWN
    found = (("detail", _detail(entry)), ("source", source), ("detail-type", kind), ("detailtype", kind))
    return tuple((path, value) for name, value in found for path in ((name,), (OBJECT, name)))


def _detail(entry: Table) -> Value:
    """What the text under `Detail` says: a bus only takes JSON."""
    written = entry.get("detail") or UNKNOWN
    return one_of([decoded(option) or UNKNOWN for option in options(written)])


def _top(fields: Table) -> Paths:
    """What an event has at its top, and that it has nothing else: no `httpMethod` where there are `Records`."""
    return (((), fields),)


RECORDS = Table(
    (
        ("Records", Items((UNKNOWN,))),
        *_unknown("records", "record", "raw_event", "bucket_name", "object_key", "sns_message", OBJECT),
    )
)
"""An event of records: as it is, and as the data classes of Powertools and of Chalice name its parts.
Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/data_classes/"""
OF_BUS = Table(
    (
        *_unknown("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"),
        *_unknown("detail_type", "event_id", "get_id", "raw_event", "replay-name", "replay_name", OBJECT),
    )
)
"""An event of EventBridge, likewise.
Source: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html"""


def _records(*paths: tuple[tuple[str, ...], Value]) -> Paths:
    """An event of records with values in them, by their path in a record."""
    found = (((top, "*", *path), value) for path, value in paths for top in ("records", OBJECT))
    return (*found, *_top(RECORDS))


def _images(emission: Emission) -> Paths:
    """The texts of a written item, as an event holds them (`["NewImage"]["state"]["S"]`) and as its readers give them.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
    """
    fields = emission.message.entries if isinstance(emission.message, Table) else ()
    images = ("keys", "oldimage" if list(emission.events) == ["REMOVE"] else "newimage")
    return tuple(
        (("dynamodb", image, *canonical((name,)), *typed), text)
        for name, value in fields
        if (text := _text(value)) is not None
        for typed in (("s",), ())
        for image in images
    )


def _text(value: Value) -> Value | None:
    """The text of an attribute, which a client writes as `{"S": …}`; None where it may be of another type."""
    written = value.get("S") if isinstance(value, Table) else value
    return written if isinstance(written, Text) or string(written or UNKNOWN) is not None else None


TRIGGER_SOURCES = {
    "cognito-idp.admin_create_user": "PreSignUp_AdminCreateUser",
    "cognito-idp.admin_confirm_sign_up": "PostConfirmation_ConfirmSignUp",
}
"""What a user pool's event says of the call that brought it about.
Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html"""


HOPS: dict[tuple[str, str], Hop] = {
    ("s3", "bucket"): Hop(
        "bucket",
        _bucket,
        lambda emission: (*((path, emission.key) for path in KEY_PATHS), *_records()),
    ),
    ("sqs", "queue"): Hop("queue", _queue, lambda emission: _records((("body",), emission.message))),
    ("sns", "topic"): Hop(
        "topic",
        _topic,
        lambda emission: (((OBJECT, "message"), emission.message), *_records((("sns", "message"), emission.message))),
    ),
    ("dynamodb", "table"): Hop(
        "table",
        _table,
        lambda emission: _records((("eventname",), one_of([*map(Constant, emission.events)])), *_images(emission)),
    ),
    ("kinesis", "stream"): Hop("stream", _stream, lambda _: _records()),
    ("logs", "log-group"): Hop("log group", _log_group, lambda _: ()),
    ("iot", "iot-topic"): Hop("IoT rule", _iot_topic, lambda _: ()),
    ("url", "url"): Hop("function URL", lambda *_: YES, lambda _: ()),
    # to which of its routes a request goes is not compared
    ("rest-api", "url"): Hop("API", lambda *_: MAYBE, lambda _: ()),
    ("http-api", "url"): Hop("API", lambda *_: MAYBE, lambda _: ()),
    ("cognito", "user-pool"): Hop(
        "user pool",
        _user_pool,
        lambda emission: ((("triggersource",), Constant(TRIGGER_SOURCES.get(emission.operation, ""))),),
    ),
    ("eventbridge", "bus"): Hop("event bus", _bus, lambda emission: (*_entry(emission), *_top(OF_BUS))),
}
"""By the kind of the trigger and of what is written."""

HOP_FROM = {node: hop for (_, node), hop in HOPS.items()}
"""By the kind of what is written alone."""

S3_DETAIL_TYPES = {"s3:ObjectCreated:": "Object Created", "s3:ObjectRemoved:": "Object Deleted"}
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html"""


def carried(link: Link, emission: Emission, node: str) -> Emission:
    """What arrives at the far end of a link, a resource of kind `node`, when `emission` enters at the near end."""
    arrived = Emission(emission.operation, node, link.target.value, events=emission.events)
    if link.kind == "redrive" or (link.kind == "subscription" and link.raw):
        return replace(arrived, message=emission.message)
    if link.kind == "subscription":
        return replace(arrived, message=_json(Table((("Message", emission.message),), open=True)))
    if link.kind == "notification" and node == "bus":
        return replace(arrived, entry=_object_event(emission))
    if link.kind == "rule":
        return replace(arrived, message=_json(emission.entry), entry=emission.entry)
    return arrived


def _json(value: Value) -> Value:
    return Result("json.dumps", (("0", value),))


def _object_event(emission: Emission) -> Value:
    """The event that EventBridge makes of a change in a bucket."""
    kinds = [kind for start, kind in S3_DETAIL_TYPES.items() if any(e.startswith(start) for e in emission.events)]
    bucket = Table((("name", emission.resource),), open=True)
    detail = Table((("bucket", bucket), ("object", Table((("key", emission.key),), open=True))), open=True)
    kind = one_of([*map(Constant, kinds)])
    return Table((("source", Constant("aws.s3")), ("detail-type", kind), ("detail", detail), *ADDED), open=True)
