"""The modules of the registry that many configurations build functions with, as types of resources.

Their code is not in the tree; what they make is known. Source: https://registry.terraform.io/namespaces/terraform-aws-modules
"""

from __future__ import annotations

import re

from reviewer.deploy.terraform.catalogue import Shape
from reviewer.deploy.terraform.modules import Module

PREFIX = "terraform-aws-modules/"
LAMBDA = f"{PREFIX}lambda"
ALIAS = f"{PREFIX}lambda//modules/alias"
DEAD_LETTERS = "dead-letters"
"""What stands for a module's second queue, behind the module's address."""

_SOURCE = re.compile(
    r"(?:[\w.-]+/|git::(?:https|ssh)://(?:git@)?github\.com/)?terraform-aws-modules/(?:terraform-aws-)?"
    r"(?P<name>[a-z0-9-]+)(?:/aws|\.git)?(?://(?P<inner>modules/[\w-]+))?/?(?:\?.*)?"
)

_FUNCTION = {
    "lambda_function_name": "Ref",
    "lambda_function_arn": "Arn",
    "lambda_function_arn_static": "Arn",
    "lambda_function_invoke_arn": "Arn",
    "lambda_function_qualified_arn": "Version",
    "lambda_function_qualified_invoke_arn": "Version",
    "lambda_function_version": "Version",
    "lambda_layer_arn": "Ref",
}
_QUEUE = {"arn": "Arn", "id": "Ref", "url": "Ref", "name": "QueueName"}

MODULES: dict[str, Shape] = {
    LAMBDA: Shape("AWS::Lambda::Function", attributes=_FUNCTION),
    ALIAS: Shape("AWS::Lambda::Alias", attributes={"lambda_alias_arn": "Ref", "lambda_alias_invoke_arn": "Ref"}),
    f"{PREFIX}sqs": Shape(
        "AWS::SQS::Queue",
        attributes={
            **{f"{prefix}queue_{name}": attribute for prefix in ("", "sqs_") for name, attribute in _QUEUE.items()},
            **{f"dead_letter_queue_{name}": f"{DEAD_LETTERS}/{attribute}" for name, attribute in _QUEUE.items()},
        },
    ),
    f"{PREFIX}sns": Shape(
        "AWS::SNS::Topic",
        attributes={"topic_arn": "Ref", "topic_id": "Ref", "topic_name": "TopicName", "sns_topic_arn": "Ref"},
    ),
    f"{PREFIX}s3-bucket": Shape("AWS::S3::Bucket", attributes={"s3_bucket_id": "Ref", "s3_bucket_arn": "Arn"}),
    f"{PREFIX}s3-bucket//modules/notification": Shape("Custom::S3BucketNotifications"),
    f"{PREFIX}dynamodb-table": Shape(
        "AWS::DynamoDB::Table",
        attributes={
            "dynamodb_table_id": "Ref",
            "dynamodb_table_arn": "Arn",
            "dynamodb_table_stream_arn": "StreamArn",
        },
    ),
    f"{PREFIX}eventbridge": Shape(
        "AWS::Events::EventBus", attributes={"eventbridge_bus_name": "Ref", "eventbridge_bus_arn": "Arn"}
    ),
    f"{PREFIX}step-functions": Shape(
        "AWS::StepFunctions::StateMachine",
        attributes={"state_machine_arn": "Ref", "state_machine_id": "Ref", "state_machine_name": "Name"},
    ),
    f"{PREFIX}apigateway-v2": Shape(
        "AWS::ApiGatewayV2::Api",
        attributes={
            **dict.fromkeys(("api_id", "apigatewayv2_api_id"), "Ref"),
            **dict.fromkeys(("api_endpoint", "apigatewayv2_api_api_endpoint"), "ApiEndpoint"),
            **dict.fromkeys(("api_execution_arn", "apigatewayv2_api_execution_arn"), "ExecutionArn"),
        },
    ),
}
"""By name. An attribute with a slash is that of another resource of the module's, behind its address."""

_OWN = {
    LAMBDA: frozenset({"source_path", "local_existing_package", "allowed_triggers", "event_source_mapping"}),
    ALIAS: frozenset({"refresh_alias", "use_existing_alias", "allowed_triggers", "event_source_mapping"}),
}
"""Variables by which a copy of a module in the tree is recognised."""


def registered(source: str, module: Module | None) -> str | None:
    """The registry's module that a call names, or that the tree holds a copy of."""
    if module is not None:
        declared = module.variables.keys()
        return next((name for name, own in _OWN.items() if own <= declared), None)
    found = _SOURCE.fullmatch(source) if len(source) < 500 else None
    if found is None:
        return None
    name = f"{PREFIX}{found['name']}" + (f"//{found['inner']}" if found["inner"] else "")
    return name if name in MODULES else None
