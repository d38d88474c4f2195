"""Which resource a value names: values of code, resolved through the deployment, compared with a trigger's source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from reviewer.asked import IN_DETAIL, asked_for
from reviewer.code.operations import OBJECT
from reviewer.deploy.model import Function, Id, Resource, Trigger
from reviewer.strings import same
from reviewer.topics import takes
from reviewer.truth import MAYBE, NO, YES, Truth, across
from reviewer.value import (
    DEEPEST,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    Items,
    OneOf,
    Parameter,
    Pseudo,
    Reference,
    Result,
    Table,
    Text,
    Transformed,
    Value,
    one_of,
    options,
    text,
)

OWN_NAME = ContextPath(("function_name",))
OWN_ARN = ContextPath(("invoked_function_arn",))
OWN_NAMES = frozenset({OWN_NAME, OWN_ARN, EventPath((OBJECT, "context", "function_name"))})
"""Values that name the function at hand: by its context, which an event object of Chalice holds, too."""

PROVIDED: dict[str, Value] = {
    "AWS_LAMBDA_FUNCTION_NAME": OWN_NAME,
    "AWS_REGION": Pseudo("AWS::Region"),
    "AWS_DEFAULT_REGION": Pseudo("AWS::Region"),
}
"""Environment variables that the runtime sets.
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""

OWN_PATHS: dict[str, frozenset[tuple[str, ...]]] = {
    "s3": frozenset(
        {("records", "*", "s3", "bucket", "name"), ("records", "*", "s3", "bucket", "arn"), ("bucketname",)}
        | {(OBJECT, "bucket")}
    ),
    "sqs": frozenset({("records", "*", "eventsourcearn"), ("records", "*", "queueurl")}),
    "sns": frozenset({("records", "*", "sns", "topicarn")}),
    "dynamodb": frozenset(
        {("records", "*", "eventsourcearn"), (OBJECT, "*", "eventsourcearn"), (OBJECT, "*", "tablename")}
    ),
    "kinesis": frozenset({("records", "*", "eventsourcearn")}),
    "firehose": frozenset({("deliverystreamarn",)}),
    "cognito": frozenset({("userpoolid",)}),
    **dict.fromkeys(
        ("url", "rest-api", "http-api"), frozenset({("requestcontext", "domainname"), ("headers", "host")})
    ),
}
"""Where an event names the resource that it came from, by the trigger's kind, as `canonical` writes paths."""

SHELLS = {
    "bucket": re.compile(r"arn:[^:]*:s3:::"),
    "queue": re.compile(r"(?:https?://.*/|arn:.*:)", re.DOTALL),
    "topic": re.compile(r"arn:.*:", re.DOTALL),
    "table": re.compile(r"arn:.*:table/", re.DOTALL),
    "stream": re.compile(r"arn:.*:stream/", re.DOTALL),
    "bus": re.compile(r"arn:.*:event-bus/", re.DOTALL),
    "log-group": re.compile(r"arn:.*:log-group:", re.DOTALL),
    "state-machine": re.compile(r"arn:.*:stateMachine:", re.DOTALL),
    "delivery-stream": re.compile(r"arn:.*:deliverystream/", re.DOTALL),
    "url": re.compile(r"(?:https?://)?"),
    "parameter": re.compile(r"arn:.*:parameter(?=/)", re.DOTALL),
    "function": re.compile(r"arn:.*:function:|\d{12}:function:", re.DOTALL),
}
"""What stands before the name in a URL or an ARN of a resource, by its kind."""

PARTED = frozenset({"table", "stream"})
"""Resources behind whose name an ARN can go on, after a slash, with a part of theirs: the stream of a table, a
consumer of a stream."""

NODES = {
    "s3": "bucket",
    "sqs": "queue",
    "sns": "topic",
    "dynamodb": "table",
    "kinesis": "stream",
    "eventbridge": "bus",
    "firehose": "delivery-stream",
    "logs": "log-group",
    "iot": "iot-topic",
    "cognito": "user-pool",
    "url": "url",
    "rest-api": "url",
    "http-api": "url",
}
"""The kind of resource that a kind of trigger listens to."""


TOPIC = "iot-topic"
"""A kind whose triggers name theirs by a statement with a filter in it."""


def canonical(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path into the event with the spellings of raw events and of Powertools' data classes made one."""
    return tuple(step.replace("_", "").lower() for step in path)


def replaced(value: Value, change: Callable[[Value], Value | None], depth: int = 0) -> Value:
    """A value with parts of it exchanged: where `change` gives a value for a part, that one; else what is inside."""
    if depth > DEEPEST:
        return UNKNOWN
    changed = change(value)
    if changed is not None:
        return changed

    def inner(part: Value) -> Value:
        return replaced(part, change, depth + 1)

    match value:
        case Text(parts):
            return text([inner(part) for part in parts])
        case OneOf(choices):
            return one_of([inner(choice) for choice in choices])
        case Transformed(operation, base, arguments):
            return Transformed(operation, inner(base), tuple(map(inner, arguments)))
        case Items(items, open=is_open):
            return Items(tuple(map(inner, items)), is_open)
        case Table(entries, open=is_open, computed=computed):
            made = tuple((inner(key), inner(entry)) for key, entry in computed)
            return Table(tuple((key, inner(entry)) for key, entry in entries), is_open, made)
        case Result(function, arguments, path):
            return Result(function, tuple((name, inner(given)) for name, given in arguments), path)
        case AwsResult(service, operation, arguments, path):
            return AwsResult(service, operation, tuple((name, inner(given)) for name, given in arguments), path)
    return value


def resolved(value: Value, function: Function | None, resources: Resources | None = None) -> Value:
    """A value of code with the environment of its function filled in, as the template sets it.

    With `resources`, also what the template stores in a parameter of SSM that the code asks for.
    """

    def change(part: Value) -> Value | None:
        if resources is not None and isinstance(part, AwsResult) and (part.operation, part.path) == STORED:
            return resources.stored(replaced(dict(part.arguments).get("Name", UNKNOWN), change))
        if not isinstance(part, Environment):
            return None
        if part.name in PROVIDED:
            return PROVIDED[part.name]
        setting = function.variable(part.name) if function else None
        if setting is not None:
            return setting.value
        return part.default if part.default is not None and function is not None else None

    return replaced(value, change)


STORED = ("get_parameter", ("Parameter", "Value"))
"""The call of SSM that tells what is stored, and where its answer does."""

NAME_OF_ARN = {(Constant("/"), Constant(1)), (Constant(":"), Constant(5))}
"""How code takes the name out of an ARN by its place: `arn.split("/")[1]` of a table or stream, `arn.split(":")[5]`."""


class Resources(dict[Id, Resource]):
    """The resources of a deployment by id, and by kind and physical name."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        super().__init__((resource.id, resource) for resource in resources)
        self.known: dict[tuple[Value, str, str], Named] = {}
        """What values name, by value, kind of resource and kind of trigger: rings ask for the same ones again."""
        self.spelled: dict[Value, frozenset[Value] | None] = {}
        """What names can be, as `meeting` enumerates it."""

    def stored(self, parameter: Value) -> Value | None:
        """What a parameter of SSM holds; None where it is not one of the deployment."""
        found = named(parameter, "parameter", self) if not isinstance(parameter, OneOf) else Named()
        resource = self.get(found.resource) if found.resource is not None else None
        if resource is None or not isinstance(resource.properties, Table):
            return None
        return resource.properties.get("Value")

    def api_of(self, stage: Id) -> Value | None:
        """The API of a stage or a deployment; None for any other resource."""
        resource = self.get(stage)
        if resource is None or not resource.type.endswith(("::Stage", "::Deployment")):
            return None
        properties = resource.properties
        return properties.get("RestApiId") or properties.get("ApiId") if isinstance(properties, Table) else None

    def known_as(self, value: Value, node: str) -> Value:
        """What a value (environment resolved) names: a reference where the deployment has it, else the bare name."""
        found = [named(option, node, self) for option in options(value)]
        return one_of([each.name if each.resource is None else Reference(*each.resource) for each in found])

    def called(self, value: Value, node: str) -> Value:
        """The name of what a value (environment resolved) names: that of the template, else what `known_as` gives."""
        found = [named(option, node, self) for option in options(value)]
        return one_of(
            [
                each.name if each.resource is None or _is_fixed(each.name) else Reference(*each.resource)
                for each in found
            ]
        )

    @cached_property
    def by_name(self) -> dict[tuple[str, Value], Id]:
        """The resources whose names can be compared; of two with the same name, the first."""
        found: dict[tuple[str, Value], Id] = {}
        for known, resource in self.items():
            if resource.name is not None and _is_fixed(resource.name.value):
                found.setdefault((resource.kind, resource.name.value), known)
        return found


@dataclass(frozen=True, slots=True)
class Named:
    """A resource as a value names it: one of the deployment, the one that the event came from, or by a name."""

    resource: Id | None = None
    own: bool = False
    name: Value = UNKNOWN


def named(value: Value, node: str, resources: Resources, kind: str = "") -> Named:
    """Which resource of kind `node` one value (no `OneOf`) names. `kind` is the kind of the trigger at hand."""
    key = (value, node, kind)
    if key not in resources.known:
        resources.known[key] = _named(value, node, resources, kind)
    return resources.known[key]


def _named(value: Value, node: str, resources: Resources, kind: str) -> Named:
    if isinstance(value, Reference):
        known = Id(value.stack, value.name)
        api = resources.api_of(known) if node == "url" else None
        if api is not None:
            return named(api, node, resources, kind)
        return Named(resource=known, name=_physical(known, resources))
    if isinstance(value, EventPath):
        return Named(own=canonical(value.path) in OWN_PATHS.get(kind, ()), name=value)
    if isinstance(value, AwsResult) and value.operation == "get_queue_url" and value.path == ("QueueUrl",):
        return named(dict(value.arguments).get("QueueName", UNKNOWN), node, resources, kind)
    if isinstance(value, Transformed) and (value.operation == "split_last" or value.arguments in NAME_OF_ARN):
        inner = named(value.base, node, resources, kind)
        return inner if inner.own or inner.resource else Named(name=value)
    bare = bare_name(value, node)
    if bare != value:
        return named(bare, node, resources, kind)
    return Named(resource=resources.by_name.get((node, value)), name=value)


def pieces_of(name: Value) -> tuple[Value, ...]:
    """The parts of a text; any other value alone."""
    return name.parts if isinstance(name, Text) else (name,)


def _is_fixed(value: Value) -> bool:
    return all(isinstance(piece, (Constant, Pseudo, Parameter, Reference)) for piece in pieces_of(value))


def _physical(known: Id, resources: Resources) -> Value:
    resource = resources.get(known)
    return resource.name.value if resource is not None and resource.name is not None else UNKNOWN


def bare_name(value: Value, node: str) -> Value:
    """The name inside a URL or an ARN; any other value as it is."""
    shell, pieces = SHELLS.get(node), pieces_of(value)
    if shell is None:
        return value
    written = "".join(
        piece.value if isinstance(piece, Constant) and isinstance(piece.value, str) else "\0" for piece in pieces
    )
    found = shell.match(written)
    if not found:
        return value
    rest, position = [], 0
    for piece in pieces:
        length = len(piece.value) if isinstance(piece, Constant) and isinstance(piece.value, str) else 1
        if position + length > found.end():
            cut = max(0, found.end() - position)
            whole = isinstance(piece, Constant) and isinstance(piece.value, str)
            rest.append(Constant(str(piece.value)[cut:]) if whole and isinstance(piece, Constant) else piece)
        position += length
    made = text(_first_part(rest) if node in PARTED else rest)
    if node == "url" and isinstance(made, Text):
        return made.parts[0]
    return made.parts[0] if isinstance(made, Text) and len(made.parts) == 1 else made


def _first_part(pieces: list[Value]) -> list[Value]:
    """The pieces of a text before its first slash."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, Constant) and "/" in str(piece.value):
            return [*pieces[:index], Constant(str(piece.value).partition("/")[0])]
    return pieces


def same_resource(value: Value, trigger: Trigger, resources: Resources) -> Truth:
    """Whether a value of code (environment resolved) names the very resource that a trigger listens to."""
    node = NODES.get(trigger.kind)
    if node is None or trigger.source is None:
        return MAYBE
    if node == TOPIC:
        return takes(trigger.source.value, value)
    return across(
        equal(named(a, node, resources, trigger.kind), named(b, node, resources))
        for a in options(value)
        for b in options(trigger.source.value)
    )


def own_source(value: Value, triggers: Iterable[Trigger], node: str) -> Value:
    """A value of code with what the event says of its own source in the place of that: the source of the triggers."""
    triggers = list(triggers)
    sources = [trigger for trigger in triggers if NODES.get(trigger.kind) == node and trigger.source is not None]

    def change(part: Value) -> Value | None:
        if not isinstance(part, EventPath):
            return None
        if node == "bucket" and canonical(part.path) == IN_DETAIL:
            return next((name for trigger in triggers if (name := asked_for(trigger)) is not None), None)
        return next(
            (
                trigger.source.value
                for trigger in sources
                if trigger.source is not None and canonical(part.path) in OWN_PATHS.get(trigger.kind, ())
            ),
            None,
        )

    return one_of([replaced(option, change) for option in options(value)])


def equal(written: Named, source: Named) -> Truth:
    """Whether two names are those of the same resource."""
    if written.own:
        return YES
    if written.resource is not None and source.resource is not None:
        return Truth.of(written.resource == source.resource)
    if UNKNOWN in {written.name, source.name}:
        return MAYBE
    found = same(written.name, source.name)
    if found is NO and source.resource is None and not _is_fixed(source.name):
        return MAYBE
    return found


def is_own_function(value: Value, targets: Callable[[Value], tuple[Id, ...]], own: Id | None) -> bool:
    """Whether a value names the function itself: by context, by its own name or ARN, with or without a qualifier."""
    for option in options(value):
        if option in OWN_NAMES:
            return True
        bare = bare_name(option, "function")
        pieces = pieces_of(bare)
        if pieces[0] in OWN_NAMES:
            rest = pieces[1] if len(pieces) > 1 else Constant(":")
            return isinstance(rest, Constant) and str(rest.value).startswith(":")
        if own is not None and own in targets(option):
            return True
    return False
