"""What leads from one resource of a Terraform configuration to another without code, and what resources are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import resource
from terraform_samples import SOURCES, configured, plain

from reviewer.deploy.model import Deployment, Link

LINKS = {
    "redrive": (
        'resource "aws_sqs_queue" "own" {\n redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })\n}\n',
        ("redrive", "<aws_sqs_queue.own.Ref>", "<aws_sqs_queue.dead.Arn>"),
    ),
    "redrive-by-itself": (
        'resource "aws_sqs_queue_redrive_policy" "r" {\n queue_url = aws_sqs_queue.q.id\n redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })\n}\n',
        ("redrive", "<aws_sqs_queue.q.Ref>", "<aws_sqs_queue.dead.Arn>"),
    ),
    "subscription": (
        'resource "aws_sns_topic_subscription" "s" {\n topic_arn = aws_sns_topic.t.arn\n protocol = "sqs"\n endpoint = aws_sqs_queue.q.arn\n}\n',
        ("subscription", "<aws_sns_topic.t.Ref>", "<aws_sqs_queue.q.Arn>"),
    ),
    "notification": (
        'resource "aws_s3_bucket_notification" "n" {\n bucket = aws_s3_bucket.b.bucket\n queue {\n queue_arn = aws_sqs_queue.q.arn\n events = ["s3:ObjectCreated:*"]\n }\n}\n',
        ("notification", "<aws_s3_bucket.b.Ref>", "<aws_sqs_queue.q.Arn>"),
    ),
    "eventbridge": (
        'resource "aws_s3_bucket_notification" "n" {\n bucket = aws_s3_bucket.b.bucket\n eventbridge = true\n}\n',
        ("notification", "<aws_s3_bucket.b.Ref>", "default"),
    ),
    "rule": (
        'resource "aws_cloudwatch_event_rule" "r" {\n event_pattern = jsonencode({ source = ["a"] })\n}\n'
        'resource "aws_cloudwatch_event_target" "t" {\n rule = aws_cloudwatch_event_rule.r.name\n arn = aws_sqs_queue.q.arn\n}\n',
        ("rule", "default", "<aws_sqs_queue.q.Arn>"),
    ),
    "pipe": (
        'resource "aws_pipes_pipe" "p" {\n source = aws_sqs_queue.q.arn\n target = aws_lambda_function.f.arn\n}\n',
        ("pipe", "<aws_sqs_queue.q.Arn>", "<aws_lambda_function.f.Arn>"),
    ),
    "stream": (
        'resource "aws_dynamodb_kinesis_streaming_destination" "s" {\n table_name = aws_dynamodb_table.d.name\n stream_arn = aws_kinesis_stream.k.arn\n}\n',
        ("stream", "<aws_dynamodb_table.d.Ref>", "<aws_kinesis_stream.k.Arn>"),
    ),
    "replication": (
        'resource "aws_s3_bucket" "copy" {}\nresource "aws_s3_bucket_replication_configuration" "r" {\n bucket = aws_s3_bucket.b.id\n rule {\n status = "Enabled"\n destination {\n bucket = aws_s3_bucket.copy.arn\n }\n }\n}\n',
        ("replication", "<aws_s3_bucket.b.Ref>", "<aws_s3_bucket.copy.Arn>"),
    ),
    "delivery": (
        'resource "aws_kinesis_firehose_delivery_stream" "d" {\n name = "d"\n extended_s3_configuration {\n bucket_arn = aws_s3_bucket.b.arn\n }\n}\n',
        ("delivery", "<aws_kinesis_firehose_delivery_stream.d.Ref>", "<aws_s3_bucket.b.Arn>"),
    ),
}  # fmt: skip


def linked(deployment: Deployment) -> list[tuple[str, object, object]]:
    def spelled(link: Link) -> tuple[str, object, object]:
        return link.kind, plain(link.source.value), plain(link.target.value)

    return [spelled(link) for link in deployment.links]


@pytest.mark.parametrize("name", LINKS)
def test_links(tmp_path: Path, name: str) -> None:
    text, expected = LINKS[name]
    assert linked(configured(tmp_path, SOURCES + text)) == [expected]


def test_kinds_names_and_properties_are_those_of_cloudformation(tmp_path: Path) -> None:
    text = """
    resource "aws_sqs_queue" "named" {
      name                       = "jobs"
      visibility_timeout_seconds = 60
    }
    resource "aws_lambda_code_signing_config" "c" {
      policies {
        untrusted_artifact_on_deployment = "Enforce"
      }
    }
    resource "aws_wafv2_web_acl" "w" {
      some_name = "kept"
    }
    """
    deployment = configured(tmp_path, SOURCES + text)
    kinds = {each.id.name.partition(".")[0]: (each.kind, each.type) for each in deployment.resources}
    assert kinds["aws_s3_bucket"] == ("bucket", "AWS::S3::Bucket")
    assert kinds["aws_sns_topic"] == ("topic", "AWS::SNS::Topic")
    assert kinds["aws_dynamodb_table"] == ("table", "AWS::DynamoDB::Table")
    assert kinds["aws_kinesis_stream"] == ("stream", "AWS::Kinesis::Stream")
    assert kinds["aws_cloudwatch_event_bus"] == ("bus", "AWS::Events::EventBus")
    assert kinds["aws_wafv2_web_acl"] == ("other", "aws_wafv2_web_acl")
    queue = resource(deployment, "aws_sqs_queue.named")
    timeout = queue.setting("VisibilityTimeout")
    assert timeout is not None
    assert (plain(timeout.value), timeout.at.line) == (60, 37)
    assert queue.name is not None
    assert plain(queue.name.value) == "jobs"
    signing = resource(deployment, "aws_lambda_code_signing_config.c")
    enforced = signing.setting("CodeSigningPolicies.UntrustedArtifactOnDeployment")
    assert enforced is not None
    assert plain(enforced.value) == "Enforce"
    assert resource(deployment, "aws_wafv2_web_acl.w").setting("some_name") is not None
