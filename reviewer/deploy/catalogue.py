"""What the reader knows of CloudFormation's resource types.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
"""

from __future__ import annotations

FUNCTION = "AWS::Lambda::Function"
SAM_FUNCTION = "AWS::Serverless::Function"
FUNCTIONS = {FUNCTION: "cloudformation", SAM_FUNCTION: "sam"}
"""The dialect of a function by its type."""

SAM_MACHINE = "AWS::Serverless::StateMachine"
ALIAS = "AWS::Lambda::Alias"
VERSION = "AWS::Lambda::Version"

KINDS = {
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::SNS::Topic": "topic",
    "AWS::DynamoDB::Table": "table",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::Serverless::SimpleTable": "table",
    "AWS::Kinesis::Stream": "stream",
    "AWS::KinesisFirehose::DeliveryStream": "delivery-stream",
    "AWS::Events::EventBus": "bus",
    "AWS::Events::Rule": "rule",
    "AWS::Logs::LogGroup": "log-group",
    "AWS::StepFunctions::StateMachine": "state-machine",
    "AWS::Serverless::StateMachine": "state-machine",
    "AWS::ApiGateway::RestApi": "rest-api",
    "AWS::Serverless::Api": "rest-api",
    "AWS::ApiGatewayV2::Api": "http-api",
    "AWS::Serverless::HttpApi": "http-api",
    "AWS::IAM::Role": "role",
    "AWS::SSM::Parameter": "parameter",
    ALIAS: "function-alias",
    VERSION: "function-version",
    "AWS::Lambda::LayerVersion": "layer",
    "AWS::Serverless::LayerVersion": "layer",
    "AWS::Lambda::CodeSigningConfig": "code-signing-config",
}
"""`Resource.kind` by type; any other type is "other"."""

NAMES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::Serverless::SimpleTable": "TableName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Serverless::StateMachine": "Name",
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::Serverless::Api": "Name",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::Serverless::HttpApi": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Serverless::LayerVersion": "LayerName",
    "AWS::Lambda::Alias": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Pipes::Pipe": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SSM::Parameter": "Name",
}
"""The property that gives a resource its physical name."""

_QUEUE_URL = "https://sqs.{AWS::Region}.{AWS::URLSuffix}/{AWS::AccountId}/{QueueName}"


def _arn(service: str, resource: str) -> str:
    return f"arn:{{AWS::Partition}}:{service}:{{AWS::Region}}:{{AWS::AccountId}}:{resource}"


_TABLE = {"Arn": _arn("dynamodb", "table/{Ref}"), "StreamArn": _arn("dynamodb", "table/{Ref}/stream/{}")}
_MACHINE = dict.fromkeys(("Ref", "Arn"), _arn("states", "stateMachine:{Name}"))
_FUNCTION = {"Arn": _arn("lambda", "function:{Ref}")}

SPELLED: dict[str, dict[str, str]] = {
    "AWS::SQS::Queue": {"Arn": _arn("sqs", "{QueueName}"), "Ref": _QUEUE_URL, "QueueUrl": _QUEUE_URL},
    "AWS::SNS::Topic": dict.fromkeys(("Ref", "TopicArn"), _arn("sns", "{TopicName}")),
    "AWS::S3::Bucket": {"Arn": "arn:{AWS::Partition}:s3:::{Ref}"},
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::Kinesis::Stream": {"Arn": _arn("kinesis", "stream/{Ref}")},
    "AWS::KinesisFirehose::DeliveryStream": {"Arn": _arn("firehose", "deliverystream/{Ref}")},
    "AWS::Events::EventBus": {"Arn": _arn("events", "event-bus/{Name}")},
    "AWS::StepFunctions::StateMachine": _MACHINE,
    "AWS::Serverless::StateMachine": _MACHINE,
    FUNCTION: _FUNCTION,
    SAM_FUNCTION: _FUNCTION,
    "AWS::Logs::LogGroup": {"Arn": _arn("logs", "log-group:{Ref}:*")},
}
"""How `Ref` and attributes of a resource are spelled, by its type: in braces pseudo parameters, attributes that are its
name, and nothing for what is not known.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
SLASHED = frozenset({"AWS::Logs::LogGroup"})
"""Types whose names may hold slashes."""
