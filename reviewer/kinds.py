"""Which kind of resource a value of the deployment names, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Container

from reviewer.deploy.model import Id
from reviewer.identity import Resources
from reviewer.value import Constant, Reference, Text, Value, options

SERVICES = {
    "s3": "bucket",
    "sqs": "queue",
    "sns": "topic",
    "dynamodb": "table",
    "kinesis": "stream",
    "events": "bus",
    "states": "state-machine",
    "firehose": "delivery-stream",
    "lambda": "function",
}
"""The kind of resource that an ARN of a service names."""


def node_of(value: Value, resources: Resources, functions: Container[Id]) -> str:
    """The kind of resource that a value of the deployment names; "" where that cannot be told."""
    for option in options(value):
        first = option.parts[0] if isinstance(option, Text) else option
        if isinstance(first, Reference) and Id(first.stack, first.name) in functions:
            return "function"  # its ARN may have a qualifier behind it
        if isinstance(option, Reference):
            known = Id(option.stack, option.name)
            return resources[known].kind if known in resources else ""
        service = re.match(r"arn:[^:]*:([a-z0-9-]+):", str(first.value) if isinstance(first, Constant) else "")
        if service:
            return SERVICES.get(service[1], "")
    return "bus" if value == Constant("default") else ""
