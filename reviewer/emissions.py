"""Calls that start something: what a call writes, and where to, as the emitters' table says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewer.aws.calls import knowledge
from reviewer.aws.conditions import GAP, asks_for_item
from reviewer.aws.emitters import Emitter, emitters
from reviewer.code.flow import Callee
from reviewer.code.library import Arguments
from reviewer.value import UNKNOWN, Constant, Handle, Items, Pseudo, Result, Table, Text, Value, options, text

STATEMENT = re.compile(r"\s*(?P<verb>INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(?P<table>[\w.-]*)", re.IGNORECASE)
VERBS = {"INSERT": ("INSERT",), "UPDATE": ("MODIFY",), "DELETE": ("REMOVE",)}
REQUEST = "urllib.request.Request"
NEW_ONLY = re.compile(r"\s*attribute_not_exists\s*\([^()]*\)\s*")


@dataclass(frozen=True, slots=True)
class Emission:
    """One thing that a call writes: `node` is the kind of resource, `resource` names it.

    `key`: of an object. `message`: what is sent, or what is known of an item; `attributes`: the message attributes of a
    topic. `entry`: the whole event of a bus. `events`: the event types that the write can produce.
    """

    operation: str
    node: str
    resource: Value
    key: Value = UNKNOWN
    message: Value = UNKNOWN
    attributes: Value | None = None
    entry: Value = UNKNOWN
    events: Sequence[str] = ()

    def to(self, resource: Value) -> Emission:
        """The same, with the resource told otherwise."""
        return replace(self, resource=resource)


def emissions(called: Callee, given: Arguments) -> Iterator[Emission]:
    """What a call of an SDK object writes, and where a request is sent to."""
    if not called.is_aws:
        yield from _of_request(called, given)
        return
    emitter = emitters().get(called.name)
    if emitter is None:
        return
    if emitter.statement is not None:
        yield from _of_statement(emitter, _argument(emitter, emitter.statement, called, given))
    elif emitter.tables is not None:
        yield from _of_tables(emitter, _argument(emitter, emitter.tables, called, given))
    elif emitter.operation == "dynamodb.transact_write_items":
        yield from _of_transaction(_argument(emitter, emitter.entries, called, given))
    elif emitter.entries is not None:
        for entry in _entries(_argument(emitter, emitter.entries, called, given)):
            yield _of_entry(emitter, entry, called, given)
    else:
        yield Emission(
            emitter.operation,
            emitter.node,
            _resource(emitter, called, given),
            key=_argument(emitter, emitter.key, called, given),
            message=_argument(emitter, emitter.message, called, given),
            attributes=_argument_if_given(given, "MessageAttributes"),
            events=_produced(emitter, given),
        )


def is_emitting(called: Callee) -> bool:
    """Whether a call can be one that writes or sends: most calls are none, and cost nothing then."""
    return called.name in emitters() if called.is_aws else called.name in knowledge().url


def _of_request(called: Callee, given: Arguments) -> Iterator[Emission]:
    position = knowledge().url.get(called.name)
    url = given.get(position, "url") if position is not None else None
    if isinstance(url, Result) and url.function == REQUEST:
        known = dict(url.arguments)
        url = known.get("0", known.get("url"))
    if url is not None:
        yield Emission(called.name, "url", url)


def _argument(emitter: Emitter, field: str | int | None, called: Callee, given: Arguments) -> Value:
    """The value of a field of the table: an identifier of the object called on, or an argument."""
    if field is None:
        return UNKNOWN
    if isinstance(field, int):
        known = called.receiver.identifiers if isinstance(called.receiver, Handle) else ()
        return known[field] if field < len(known) else UNKNOWN
    position = emitter.positional.index(field) if field in emitter.positional else None
    return given.get(position, field) or UNKNOWN


def _argument_if_given(given: Arguments, name: str) -> Value | None:
    found = given.get(None, name)
    return UNKNOWN if found is None and given.open else found


def _resource(emitter: Emitter, called: Callee, given: Arguments) -> Value:
    found = _argument(emitter, emitter.resource, called, given)
    return found if found != UNKNOWN else _argument(emitter, emitter.alternative, called, given)


def _entries(value: Value) -> Iterator[Value]:
    for option in options(value):
        if isinstance(option, Items):
            for item in option.items:
                yield from options(item)
        else:
            yield UNKNOWN


def _of_entry(emitter: Emitter, entry: Value, called: Callee, given: Arguments) -> Emission:
    if emitter.node == "bus":
        named = entry.get("EventBusName") if isinstance(entry, Table) else UNKNOWN
        bus = Constant("default") if named is None else named
        return Emission(emitter.operation, "bus", bus, entry=_event(entry))
    resource = _resource(emitter, called, given)
    message = _table_entry(entry, emitter.message or "")
    attributes = entry.get("MessageAttributes") if isinstance(entry, Table) else UNKNOWN
    return Emission(emitter.operation, emitter.node, resource, message=message, attributes=attributes)


def _table_entry(table: Value, name: str) -> Value:
    """The entry of a dict, UNKNOWN where it has no such entry."""
    return (table.get(name) if isinstance(table, Table) else None) or UNKNOWN


def _event(entry: Value) -> Value:
    """The event that a bus makes of an entry of `put_events`."""
    if not isinstance(entry, Table):
        return UNKNOWN
    names = {"Source": "source", "DetailType": "detail-type", "Detail": "detail", "Resources": "resources"}
    known = tuple((names[key], value) for key, value in entry.entries if key in names)
    # a bus adds account, region, time, id and version
    return Table(known, open=True) if entry.open else Table((*known, *ADDED))


ADDED: tuple[tuple[str, Value], ...] = (
    ("account", Pseudo("AWS::AccountId")),
    ("region", Pseudo("AWS::Region")),
    *((name, UNKNOWN) for name in ("time", "id", "version")),
)
"""What a bus knows of each event that it gets where it is deployed."""


def _produced(emitter: Emitter, given: Arguments) -> Sequence[str]:
    """The events that a write produces: a condition on the item tells an insertion from a modification."""
    written = spelled(given.get(None, "ConditionExpression") or UNKNOWN)
    if "MODIFY" in emitter.events and asks_for_item(written):
        return ("MODIFY",)
    if "INSERT" in emitter.events and NEW_ONLY.fullmatch(written):
        return ("INSERT",)
    return emitter.events


def spelled(expression: Value) -> str:
    """The text of an expression, with gaps where it is not known; "" where nothing is."""
    pieces = expression.parts if isinstance(expression, Text) else (expression,)
    known = [str(p.value) if isinstance(p, Constant) and isinstance(p.value, str) else GAP for p in pieces]
    return "".join(known) if set(known) != {GAP} else ""


def _of_statement(emitter: Emitter, statement: Value) -> Iterator[Emission]:
    """What a PartiQL statement writes: `UPDATE "table" SET …`."""
    for option in options(statement):
        pieces = option.parts if isinstance(option, Text) else (option,)
        first = pieces[0]
        found = STATEMENT.match(first.value) if isinstance(first, Constant) and isinstance(first.value, str) else None
        if found is None or not isinstance(first, Constant):
            continue
        name: list[Value] = [Constant(found["table"])]
        whole = found.end() < len(str(first.value))
        for piece in () if whole else pieces[1:]:
            if isinstance(piece, Constant):
                name.append(Constant(re.split(r"[\"\s.]", str(piece.value), maxsplit=1)[0]))
                break
            name.append(piece)
        table = text(name)
        table = table.parts[0] if isinstance(table, Text) and len(table.parts) == 1 else table
        yield Emission(emitter.operation, "table", table, events=VERBS[found["verb"].split()[0].upper()])


def _of_tables(emitter: Emitter, requests: Value) -> Iterator[Emission]:
    """What `batch_write_item` writes: requests by table."""
    for option in options(requests):
        if not isinstance(option, Table):
            continue
        for name, items in (*((Constant(key), requests) for key, requests in option.entries), *option.computed):
            kinds = {key for item in _entries(items) if isinstance(item, Table) for key, _ in item.entries}
            events = tuple(
                event
                for kind, produced in (("PutRequest", ("INSERT", "MODIFY")), ("DeleteRequest", ("REMOVE",)))
                if not kinds or kind in kinds
                for event in produced
            )
            yield Emission(emitter.operation, "table", name, events=events)


def _of_transaction(items: Value) -> Iterator[Emission]:
    """What `transact_write_items` writes: one operation an item."""
    produced = {"Put": ("INSERT", "MODIFY"), "Update": ("INSERT", "MODIFY"), "Delete": ("REMOVE",)}
    for item in _entries(items):
        for kind, fields in item.entries if isinstance(item, Table) else ():
            if kind in produced:
                yield Emission(
                    "dynamodb.transact_write_items",
                    "table",
                    _table_entry(fields, "TableName"),
                    events=produced[kind],
                )
