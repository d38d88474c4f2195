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

ARN_NAMES = {
    "AWS::SQS::Queue": (5, "QueueName"),
    "AWS::SNS::Topic": (5, "TopicName"),
    "AWS::S3::Bucket": (5, "Ref"),
    "AWS::StepFunctions::StateMachine": (6, "Name"),
    "AWS::Serverless::StateMachine": (6, "Name"),
    FUNCTION: (6, "Ref"),
    SAM_FUNCTION: (6, "Ref"),
    "AWS::Logs::LogGroup": (6, "Ref"),
}
"""Which part of its ARN, counted from 0 between colons, is a resource's name, and the attribute that is this name."""

ARNS_BY_REF = frozenset(
    {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine", ALIAS, VERSION}
)
"""Types whose `Ref` is an ARN."""
