"""Constructs of the plugin serverless-lift: the functions, events and resources that they become.

Source: https://github.com/getlift/lift/tree/master/docs
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, text
from reviewer.deploy.serverless.made import UNKNOWN, attribute, items, parts, ref, scalar, structure, table

SECTION = "constructs"
RETRIES = 3
"""How often a message is tried where the construct does not say."""
TIMEOUT = 6
"""Seconds that a worker has where its own settings do not say: those of the provider's section count for the worker,
and not for the queue, which hides a message for six times as long."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type of constructs becomes.

    `resources` are types by the part of the construct that each of them is; `variables` (`${construct:id.name}`) are
    parts with an attribute of theirs. `function` is the setting with a function of the construct's own.
    """

    resources: dict[str, str]
    variables: dict[str, tuple[str, str]]
    function: str = ""


KINDS = {
    "queue": Kind(
        {"Queue": "AWS::SQS::Queue", "Dlq": "AWS::SQS::Queue"},
        {
            "queueUrl": ("Queue", "Ref"),
            "queueArn": ("Queue", "Arn"),
            "dlqUrl": ("Dlq", "Ref"),
            "dlqArn": ("Dlq", "Arn"),
        },
        "worker",
    ),
    "storage": Kind({"Bucket": "AWS::S3::Bucket"}, {"bucketName": ("Bucket", "Ref"), "bucketArn": ("Bucket", "Arn")}),
    "database/dynamodb-single-table": Kind(
        {"Table": "AWS::DynamoDB::Table"}, {"tableName": ("Table", "Ref"), "tableStreamArn": ("Table", "StreamArn")}
    ),
    "webhook": Kind(
        {"Bus": "AWS::Events::EventBus", "Api": "AWS::ApiGatewayV2::Api", "Check": "AWS::ApiGatewayV2::Authorizer"},
        {"busName": ("Bus", "Ref")},
        "authorizer",
    ),
}
"""Types of constructs. Those that serve websites start no function and are no resource that code writes to."""


@dataclass(frozen=True, slots=True, eq=False)
class Construct:
    """A construct of a service. `key` is its name as it is written."""

    key: Scalar
    kind: Kind
    settings: Mapping

    @property
    def worker(self) -> tuple[Scalar, Mapping] | None:
        """The key and the settings of a function that the construct itself describes."""
        own = structure(self.settings.get(self.kind.function)) if self.kind.function else None
        if own is None:
            return None
        key = self.settings.keys[self.kind.function]
        return Scalar(key.source, key.start, key.end, f"{self.key.text}{self.kind.function.capitalize()}"), own

    @property
    def worker_name(self) -> str:
        """The name of the function that works on the messages of a queue: its own, or another one of the service."""
        own = self.worker
        return own[0].text if own else text(self.settings.get(self.kind.function)) or ""

    @property
    def event(self) -> Node | None:
        """What starts the worker of a queue."""
        if "Queue" not in self.kind.resources:
            return None
        settings = {
            "arn": self.part("Queue", "Arn", self.key),
            "batchSize": self.settings.get("batchSize") or scalar(self.key, 1),
            "functionResponseType": scalar(self.key, "ReportBatchItemFailures"),
        }
        return table(self.key, {"sqs": table(self.key, {**settings})})

    def part(self, name: str, of: str, near: Node) -> Node:
        """A part of the construct, or an attribute of it."""
        logical = f"{self.key.text}{name}"
        return ref(near, logical) if of == "Ref" else attribute(near, logical, of)

    def variable(self, name: str, near: Node) -> Node | None:
        """What `${construct:id.name}` stands for."""
        found = self.kind.variables.get(name)
        return None if found is None else self.part(*found, near)

    def resources(self, function: str, settings: Mapping | None) -> Iterator[tuple[str, str, Mapping]]:
        """Logical ids, types and properties. The construct's function has this name and these settings."""
        for name, type_ in self.kind.resources.items():
            given = self._properties(name, function, settings)
            if given is not None:
                yield f"{self.key.text}{name}", type_, table(self.key, given)

    def _properties(self, name: str, function: str, settings: Mapping | None) -> dict[str, Node | None] | None:
        key = self.key
        if name == "Queue":
            dead = {
                "deadLetterTargetArn": self.part("Dlq", "Arn", key),
                "maxReceiveCount": self.settings.get("maxRetries") or scalar(key, RETRIES),
            }
            return {"VisibilityTimeout": self._visibility(settings), "RedrivePolicy": table(key, {**dead})}
        if name == "Table":
            return {"StreamSpecification": table(key, {"StreamViewType": scalar(key, "NEW_AND_OLD_IMAGES")})}
        if name == "Api":
            return {"ProtocolType": scalar(key, "HTTP")}
        if name == "Check":
            return (
                {"ApiId": self.part("Api", "Ref", key), "AuthorizerUri": attribute(key, function)} if function else None
            )
        return {}

    def _visibility(self, worker: Mapping | None) -> Node:
        """Six times the worker's own timeout, and the time that a batch is gathered for."""
        timeout = _number(None if worker is None else worker.get("timeout"), TIMEOUT)
        window = _number(self.settings.get("maxBatchingWindow"), 0)
        if worker is None or timeout is None or window is None:
            return ref(self.key, UNKNOWN)
        return scalar(self.key, timeout * 6 + window)


def _number(node: Node | None, default: int) -> int | None:
    if node is None:
        return default
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, int) else None


def constructs(section: Node | None) -> Iterator[Construct]:
    """The constructs of a section."""
    for part in parts(section):
        for name, node in part.entries.items():
            settings = structure(node)
            kind = KINDS.get(text(settings.get("type")) or "") if settings is not None else None
            if settings is not None and kind is not None:
                yield Construct(part.keys[name], kind, settings)


def with_event(settings: Mapping, event: Node) -> Mapping:
    """The settings of a function with one more event."""
    listed = settings.get("events")
    events = items(event, (*(listed.items if isinstance(listed, Sequence) else ()), event))
    entries = {**settings.entries, "events": events}
    keys = {**settings.keys, "events": settings.keys.get("events") or scalar(event, "events")}
    return Mapping(settings.source, settings.start, settings.end, entries, keys)
