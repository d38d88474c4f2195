"""Small CDK apps, for tests."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from apps_samples import deployment

from reviewer.deploy.model import Deployment, Function, Setting, Trigger
from reviewer.value import Constant, Items, Pseudo, Reference, Table, Text, Value

CONFIGURED = '{"app": "python3 app.py"}'
HANDLER = "def handler(event, context):\n    return 1\n"
IMPORTS = """\
import os
from pathlib import Path
import aws_cdk as cdk
from aws_cdk import (
    Duration, Stack, aws_apigateway as apigateway, aws_apigatewayv2 as apigatewayv2, aws_cognito as cognito,
    aws_apigatewayv2_integrations as integrations, aws_dynamodb as dynamodb, aws_events as events,
    aws_events_targets as targets, aws_kinesis as kinesis, aws_lambda as lambda_, aws_lambda_destinations as destinations,
    aws_lambda_event_sources as sources, aws_logs as logs, aws_logs_destinations as logs_destinations, aws_s3 as s3,
    aws_s3_notifications as s3n, aws_scheduler as scheduler, aws_scheduler_targets as scheduler_targets, aws_sns as sns,
    aws_sns_subscriptions as subscriptions, aws_sqs as sqs, aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks,
)
from aws_cdk import aws_lambda_python_alpha as python, aws_iam as iam, aws_secretsmanager as secretsmanager
from aws_cdk import aws_cloudfront as cloudfront, aws_iot_actions_alpha as iot_actions, aws_iot_alpha as iot
from aws_cdk import aws_kinesisfirehose as firehose
"""
FUNCTION = (
    'fn = lambda_.Function(self, "Fn", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", '
    'code=lambda_.Code.from_asset("src"))\n'
)


def app(body: str, before: str = "") -> dict[str, str | bytes]:
    """An app of one stack, with these statements in its initializer."""
    code = textwrap.dedent(body).strip("\n")
    written = (
        f"{IMPORTS}{textwrap.dedent(before)}\n\nclass MyStack(Stack):\n"
        "    def __init__(self, scope, construct_id, **kwargs):\n"
        f"        super().__init__(scope, construct_id, **kwargs)\n{textwrap.indent(code, '        ')}\n\n\n"
        'app = cdk.App()\nMyStack(app, "MyStack")\napp.synth()\n'
    )
    return {"cdk.json": CONFIGURED, "app.py": written, "src/index.py": HANDLER}


def deployed(body: str, before: str = "") -> Deployment:
    """What an app of one stack deploys."""
    return deployment(app(body, before))


def only(body: str, before: str = "") -> Function:
    """The one function of an app."""
    (function,) = deployed(body, before).functions
    return function


def triggers(body: str) -> list[Trigger]:
    """What starts the function `fn` of an app with these statements."""
    return list(deployed(FUNCTION + textwrap.dedent(body)).triggers)


def plain(value: Value | Setting[Value] | None) -> object:
    """A value for comparisons: `@Queue.Arn` is a reference, `%AWS::Region` a pseudo parameter."""
    if isinstance(value, Setting):
        return plain(value.value)
    match value:
        case Constant(value=constant):
            return constant
        case Reference(name=name, attribute=attribute):
            return f"@{name}.{attribute}"
        case Pseudo(name=name):
            return f"%{name}"
        case Text(parts=parts):
            return "".join(str(plain(part)) for part in parts)
        case Items(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {name: plain(entry) for name, entry in entries}
    return None if value is None else type(value).__name__


def variables(function: Function) -> dict[str, object]:
    """The environment of a function."""
    return {name: plain(setting) for name, setting in function.environment}


def facts(trigger: Trigger) -> Iterator[tuple[str, object]]:
    """What a trigger says, less what it leaves out."""
    yield "kind", trigger.kind
    for name in ("source", "prefix", "suffix", "scope", "batch_size", "schedule", "on_failure", "enabled"):
        setting = getattr(trigger, name)
        if setting is not None:
            yield name, plain(setting)
    for name in ("events", "patterns", "response_types"):
        settings = getattr(trigger, name)
        if settings:
            yield name, [plain(setting) for setting in settings]
    if trigger.qualifier:
        yield "qualifier", trigger.qualifier
