"""What the tasks of a state machine, and schedules of any operation, call: a service integration is an SDK call.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from reviewer.deploy.joints import BUS
from reviewer.deploy.model import Link, Setting
from reviewer.deploy.naming import Naming
from reviewer.deploy.triggers import DEFAULT_BUS
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Items, Table, Text, Value, options, string

_INTEGRATION = re.compile(r"arn:[^:]*:(?:states|scheduler):::(?:aws-sdk:)?([a-z0-9]+):([a-z]\w*)(?:\.\w+(?::\d)?)?")
_SERVICES = {"eventbridge": "events", "states": "stepfunctions", "sfn": "stepfunctions"}
"""The name of a service in boto3, where an integration has another one."""
_PUT_EVENTS = "events.put_events"
_TARGETS = {
    "dynamodb.delete_item": ("TableName",),
    "dynamodb.put_item": ("TableName",),
    "dynamodb.update_item": ("TableName",),
    "firehose.put_record": ("DeliveryStreamName",),
    "firehose.put_record_batch": ("DeliveryStreamName",),
    "kinesis.put_record": ("StreamName", "StreamARN", "StreamArn"),
    "kinesis.put_records": ("StreamName", "StreamARN", "StreamArn"),
    "lambda.invoke": ("FunctionName",),
    "s3.copy_object": ("Bucket",),
    "s3.put_object": ("Bucket",),
    "sns.publish": ("TopicArn", "TargetArn"),
    "sns.publish_batch": ("TopicArn",),
    "sqs.send_message": ("QueueUrl",),
    "sqs.send_message_batch": ("QueueUrl",),
    "stepfunctions.start_execution": ("stateMachineArn",),
    "stepfunctions.start_sync_execution": ("stateMachineArn",),
}
"""The arguments that name the resource which an operation writes to or starts."""
_LOWERED = frozenset({"stepfunctions"})
"""Services whose arguments begin with a small letter in boto3."""
_PATH = ".$"
_QUERY = re.compile(r"\{%.*%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the integration that it calls and its arguments, each with its place."""

    resource: Setting[Value]
    arguments: Mapping[str, Setting[Value]]


def operation(resource: Value) -> str:
    """The SDK operation that an integration stands for (`sqs.send_message`); empty where it is none."""
    written = resource.parts if isinstance(resource, Text) else (resource,)
    found = _INTEGRATION.fullmatch("".join(string(part) or "" for part in written))
    if not found:
        return ""
    service, name = found.groups()
    return f"{_SERVICES.get(service, service)}.{re.sub('[A-Z]', lambda capital: '_' + capital[0].lower(), name)}"


def links(kind: str, at: Location, source: Setting[Value], task: Task, naming: Naming) -> Iterator[Link]:
    """Where a task leads to. An operation that starts nothing, or whose end no template tells, leads nowhere."""
    if naming.target(task.resource.value, at.path) is not None:
        function = (("FunctionName", task.resource.value),)
        yield Link(kind, at, source, task.resource, operation="lambda.invoke", arguments=function)
        return
    called = operation(task.resource.value)
    is_lowered = called.partition(".")[0] in _LOWERED
    given: dict[str, Setting[Value]] = {}
    for written, setting in task.arguments.items():
        name = written.removesuffix(_PATH)
        value = UNKNOWN if name != written else settled(setting.value)
        given[name[:1].lower() + name[1:] if is_lowered else name] = Setting(value, setting.at)
    arguments = tuple((name, setting.value) for name, setting in given.items())
    for target in _ends(called, given):
        if target.value != UNKNOWN:
            yield Link(kind, at, source, target, operation=called, arguments=arguments)


def _ends(called: str, given: Mapping[str, Setting[Value]]) -> Iterator[Setting[Value]]:
    """The resources that an operation writes to or starts."""
    if called == _PUT_EVENTS:
        yield from _buses(given.get("Entries"))
    else:
        yield from islice((given[name] for name in _TARGETS.get(called, ()) if name in given), 1)


def settled(value: Value) -> Value:
    """A value of a definition, with what its input gives made unknown."""
    if isinstance(value, Table):
        entries = (
            (name.removesuffix(_PATH), UNKNOWN if name.endswith(_PATH) else settled(inner))
            for name, inner in value.entries
        )
        return replace(value, entries=tuple(entries))
    if isinstance(value, Items):
        return replace(value, items=tuple(map(settled, value.items)))
    return UNKNOWN if _QUERY.fullmatch((string(value) or "").strip()) else value


def _buses(entries: Setting[Value] | None) -> Iterator[Setting[Value]]:
    """The buses that the entries of `put_events` go to."""
    if entries is None:
        return
    listed = [item for option in options(entries.value) if isinstance(option, Items) for item in option.items]
    tables = [entry for entry in listed if isinstance(entry, Table)]
    for bus in dict.fromkeys(entry.get(BUS) or DEFAULT_BUS for entry in tables):
        yield Setting(bus, entries.at)
