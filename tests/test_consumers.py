"""A function that listens to a consumer of a Kinesis stream listens to the stream."""

from __future__ import annotations

import textwrap

import pytest
from reviewing import review_files

CODE = """
import os
import boto3

kinesis = boto3.client("kinesis")


def handler(event, context):
    kinesis.put_record(StreamName=os.environ["STREAM"], Data=b"", PartitionKey="x")
"""

CLOUDFORMATION = """
Resources:
  Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: readings}}
  Other: {Type: AWS::Kinesis::Stream, Properties: {Name: others}}
  Consumer:
    Type: AWS::Kinesis::StreamConsumer
    Properties: {ConsumerName: meter, StreamARN: !GetAtt Stream.Arn}
  Meter:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: app.handler, Code: ., Environment: {Variables: {STREAM: %s}}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Meter, EventSourceArn: %s, StartingPosition: LATEST}
"""
WRITTEN = "'arn:aws:kinesis:eu-west-1:111122223333:stream/readings/consumer/meter:1525898737'"

TERRAFORM = """
resource "aws_kinesis_stream" "readings" {
  name = "readings"
}

resource "aws_kinesis_stream_consumer" "meter" {
  name       = "meter"
  stream_arn = aws_kinesis_stream.readings.arn
}

resource "aws_lambda_function" "meter" {
  function_name = "meter"
  filename      = data.archive_file.code.output_path
  handler       = "app.handler"
  runtime       = "python3.13"
  environment {
    variables = { STREAM = aws_kinesis_stream.readings.name }
  }
}

data "archive_file" "code" {
  type        = "zip"
  source_file = "app.py"
  output_path = "code.zip"
}

resource "aws_lambda_event_source_mapping" "meter" {
  event_source_arn  = aws_kinesis_stream_consumer.meter.arn
  function_name     = aws_lambda_function.meter.arn
  starting_position = "LATEST"
}
"""


def messages(path: str, template: str) -> list[str]:
    review = review_files({path: textwrap.dedent(template), "app.py": CODE})
    return [found.message for found in review.findings if found.rule == "own-trigger-write"]


@pytest.mark.parametrize("source", ["!Ref Consumer", "!GetAtt Consumer.ConsumerARN", "!GetAtt Stream.Arn", WRITTEN])
@pytest.mark.parametrize("stream", ["!Ref Stream", "readings", "!Select [1, !Split ['/', !GetAtt Stream.Arn]]"])
def test_a_write_to_the_stream_behind_a_consumer_feeds_it(stream: str, source: str) -> None:
    (message,) = messages("template.yaml", CLOUDFORMATION % (stream, source))
    assert message.startswith("`kinesis.put_record` writes to the stream")


def test_a_write_to_another_stream_does_not() -> None:
    assert messages("template.yaml", CLOUDFORMATION % ("!Ref Other", "!Ref Consumer")) == []
    assert messages("template.yaml", CLOUDFORMATION % ("others", WRITTEN)) == []


def test_consumers_of_terraform() -> None:
    (message,) = messages("main.tf", TERRAFORM)
    assert "the stream `aws_kinesis_stream.readings`" in message
