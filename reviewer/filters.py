"""Do a trigger's filters let a written object or a sent message through?

Patterns and messages are abstract values: `Table`, `Items`, `Constant`, `Text`, UNKNOWN… A pattern, a policy or a
message body may also be JSON text. A key that an `open` table does not list is not known. Every answer is a `Truth`
over all worlds and branches of pattern and message; what is malformed (and would not deploy) is MAYBE.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from reviewer.matching import matches
from reviewer.strings import Known, begins, framed, nothing
from reviewer.truth import MAYBE, NO, YES, Truth, decide, either
from reviewer.value import (
    DEEPEST,
    UNKNOWN,
    Constant,
    Items,
    Result,
    Table,
    Transformed,
    Value,
    number,
    parts,
    string,
)

LONGEST_JSON = 1 << 18
"""Characters. The largest that any filter reads is a message or a filter policy of SNS, 256 KB.
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html"""


# --- S3 notifications ---------------------------------------------------------------------------------------------


def admits_key(prefix: Value | None, suffix: Value | None, key: Value, known: Known = nothing) -> Truth:
    """Does the key filter of a notification (None: no such filter) let an object with this key through?

    Special characters of a filter are URL-encoded, a space is a plus; a filter that is the same text either way gives
    the same answer. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
    """
    spelled = {
        framed(key, start, end, known)
        for start in _spellings(prefix or Constant(""))
        for end in _spellings(suffix or Constant(""))
    }
    return spelled.pop() if len(spelled) == 1 else MAYBE


def _spellings(affix: Value) -> tuple[Value, ...]:
    written = string(affix)
    if written is None or not {"%", "+"} & set(written):
        return (affix,)
    return affix, Transformed("unquote_plus", affix)


def admits_s3_event(listened: Iterable[Value | str], produced: Iterable[str]) -> Truth:
    """Is one of the event types that a call can produce among those that a notification listens to?

    YES where one of them is: a managed upload (`upload_file`) makes `Put` of a small file and
    `CompleteMultipartUpload` of a large one, so that listening to `Put` alone does not exclude it. With or without
    the leading `s3:`; `s3:ObjectCreated:*` stands for all of its kind.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
    """
    events = [event.removeprefix("s3:") for event in produced]
    wanted = (Constant(event) if isinstance(event, str) else event for event in listened)
    return either(decide(lambda event: _listens(event, events), event) for event in wanted)


def _listens(event: Value, produced: list[str]) -> Truth:
    name = string(event)
    if name is None:
        return MAYBE
    name = name.removeprefix("s3:")
    if name.endswith("*"):
        return Truth.of(any(each.startswith(name[:-1]) for each in produced))
    return Truth.of(name in produced)


# --- JSON ---------------------------------------------------------------------------------------------------------


def from_json(written: str) -> Value | None:
    """The value of a JSON text; None where it is none, or is longer or deeper than any real one."""
    if len(written) > LONGEST_JSON:
        return None
    try:
        return _from_plain(json.loads(written, parse_constant=_refuse), 0)
    except (ValueError, RecursionError):
        return None


def _refuse(_: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _from_plain(plain: object, depth: int) -> Value:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(plain, dict):
        return Table(tuple((key, _from_plain(inner, depth + 1)) for key, inner in plain.items()))
    if isinstance(plain, list):
        return Items(tuple(_from_plain(inner, depth + 1) for inner in plain))
    if plain is None or isinstance(plain, (str, int, float)):
        return Constant(plain)
    raise ValueError("not a value of JSON")


def decoded(value: Value) -> Value | None:
    """What a JSON text says: a constant, or what `json.dumps` made. None where it is no JSON for certain.

    A table or a list is taken as decoded already; UNKNOWN stands for any other text.
    """
    if isinstance(value, (Table, Items)):
        return value
    written = string(value)
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        written = value.value.decode("utf-8", "replace")
    if written is not None:
        return from_json(written) if len(written) <= LONGEST_JSON else UNKNOWN
    if isinstance(value, Result) and value.function == "json.dumps" and not value.path:
        return next((given for name, given in value.arguments if name in ("0", "obj")), UNKNOWN)
    return UNKNOWN


# --- patterns, policies, criteria ---------------------------------------------------------------------------------

MOST_STEPS = 20_000
"""Comparisons that a pattern may need at most; a pattern of EventBridge has up to 2,048 characters."""


def _matches(pattern: Value | None, event: Value | None, known: Known) -> Truth:
    """Whether a decoded pattern matches a decoded event, for one case of both."""
    if not isinstance(pattern, Table):
        return MAYBE
    if event is None:
        return NO
    return matches(pattern, event, known) if _size(pattern) * _size(event) <= MOST_STEPS else MAYBE


def _size(value: Value) -> int:
    """How many values there are within one; no more are counted than matter."""
    count, pending = 0, [value]
    while pending and count <= MOST_STEPS:
        count += 1
        pending += parts(pending.pop())
    return count


def matches_pattern(pattern: Value, event: Value, known: Known = nothing) -> Truth:
    """Does an EventBridge pattern match an event: a table of `source`, `detail-type`, `detail`…? See `matching`."""

    return decide(lambda pattern, event: _matches(decoded(pattern), decoded(event), known), pattern, event)


def matches_policy(
    policy: Value, attributes: Value | None, body: Value, scope: Value | None = None, known: Known = nothing
) -> Truth:
    """Does the filter policy of an SNS subscription let a message through?

    `attributes` are the `MessageAttributes` of the publish, `{name: {"DataType": …, "StringValue": …}}`, None without;
    `body` is its `Message`. `scope` is the FilterPolicyScope: the attributes, unless it says MessageBody.

    A message without attributes passes no policy, not even `exists: false`. Binary attributes do not count; those of
    a custom type are not known. A body that is no JSON object passes none.
    https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
    """

    def test(policy: Value, attributes: Value, body: Value, scope: Value) -> Truth:
        wanted, where = decoded(policy), string(scope)
        if not isinstance(wanted, Table) or where not in {"MessageAttributes", "MessageBody"}:
            return MAYBE
        if not wanted.entries:
            return MAYBE if wanted.open else YES
        given = _attributes(attributes) if where == "MessageAttributes" else decoded(body)
        none = given == Table(()) or (where == "MessageBody" and isinstance(given, (Constant, Items)))
        return NO if none else _matches(wanted, given, known)

    return decide(test, policy, attributes or Table(()), body, scope or Constant("MessageAttributes"))


def _attributes(attributes: Value) -> Value:
    """Message attributes as an event: their names with the values that a policy compares."""
    if not isinstance(attributes, Table):
        return UNKNOWN
    found = ((name, _attribute(attribute)) for name, attribute in attributes.entries)
    return Table(tuple((name, value) for name, value in found if value is not None), attributes.open)


def _attribute(attribute: Value) -> Value | None:
    """The value of one attribute; None for one that filters do not see."""
    if not isinstance(attribute, Table):
        return UNKNOWN
    kind, written = string(attribute.get("DataType")), attribute.get("StringValue") or UNKNOWN
    if kind == "Binary":
        return None
    if kind == "String":
        return written
    if kind == "String.Array":
        return decoded(written) or UNKNOWN
    amount = number(written) if kind == "Number" else None
    return UNKNOWN if amount is None else Constant(amount)


_BODIES = ("body", "data", "value")
"""The keys under which records of SQS, of Kinesis and MQ, and of Kafka carry what was sent."""


def matches_criteria(patterns: Iterable[Value], record: Value, known: Known = nothing) -> Truth:
    """Do the FilterCriteria of an event source mapping let a record through? One of the patterns has to match.

    `record` is a table with the key that the pattern speaks of: `body` (SQS), `data` (Kinesis, MQ), `value` (Kafka):
    what was sent, decoded or as text; `dynamodb`, `eventName` (a stream's record). Text that is no JSON does not pass
    a pattern of an object, and the other way round. No patterns let everything through.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
    """

    def test(record: Value, *patterns: Value) -> Truth:
        return either(_criterion(decoded(pattern), record, known) for pattern in patterns) if patterns else YES

    return decide(test, record, *patterns)


def _criterion(pattern: Value | None, record: Value, known: Known) -> Truth:
    if not isinstance(pattern, Table):
        return MAYBE
    for key in _BODIES:
        wanted = pattern.get(key)
        if isinstance(record, Table) and isinstance(wanted, (Table, Items)) and (sent := record.get(key)) is not None:
            read = _body(sent, wanted)
            if read is None:
                return NO
            record = Table((*record.entries, (key, read)), record.open)
    return _matches(pattern, record, known)


def _body(sent: Value, wanted: Table | Items) -> Value | None:
    """What a pattern of an object, or of plain text, compares of a body; None where it drops the message."""
    read = decoded(sent)
    if isinstance(wanted, Table):
        return None if isinstance(read, Constant) or begins(Transformed("lstrip", sent), "{") is NO else read
    if isinstance(read, (Table, Items)):
        return None if any(map(string, wanted.items)) else UNKNOWN
    return UNKNOWN if isinstance(read, Constant) else sent
