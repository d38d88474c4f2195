"""Messages that say what holds at their place: of several functions, of a call on a condition, of a reference."""

from __future__ import annotations

import pytest
from reviewing import review_files

HEAD = "import boto3\n\n\n"
CONDITIONAL = {
    "def handler(event, context):\n    boto3.client('s3')": False,
    "def handler(event, context):\n    if event['x']:\n        boto3.client('s3')": True,
    "def handler(event, context):\n    if not event['x']:\n        return\n    boto3.client('s3')": True,
    "def handler(event, context):\n    for record in event['Records']:\n        boto3.client('s3')": False,
    "def make():\n    boto3.client('s3')\n\n\ndef handler(event, context):\n    make()": False,
    "def make():\n    boto3.client('s3')\n\n\ndef handler(event, context):\n    if event['x']:\n        make()": True,
    "from functools import wraps\n\n\ndef logged(f):\n    @wraps(f)\n    def g(event, context):\n"
    "        return f(event, context)\n    return g\n\n\n@logged\ndef handler(event, context):\n"
    "    boto3.client('s3')": False,
    "from framework import App\n\napp = App()\n\n\n@app.get('/')\ndef root():\n    boto3.client('s3')\n\n\n"
    "def handler(event, context):\n    return app.resolve(event, context)": True,
}


@pytest.mark.parametrize("code", CONDITIONAL)
def test_a_client_on_a_condition_is_not_built_every_time(code: str) -> None:
    (finding,) = review_files({"app.py": f"{HEAD}{code}\n"}).findings
    which = "every invocation that gets here" if CONDITIONAL[code] else "every invocation"
    assert finding.message == f"`boto3.client` builds an SDK client on {which}"


GLOBALS = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.8
    CodeUri: s3://code/app.zip
    Handler: app.handler
Resources:
"""


def runtimes(functions: dict[str, str]) -> tuple[str, list[tuple[int, str]]]:
    """The message of a template with these functions, and what it says of other lines."""
    made = "".join(
        f"  {name}:\n    Type: AWS::Serverless::Function\n    Properties: {{{more}}}\n"
        for name, more in functions.items()
    )
    (finding,) = review_files({"template.yaml": GLOBALS + made}).findings
    assert finding.at.line == 4
    return finding.message, [(step.at.line, step.message) for step in finding.related]


def test_every_function_on_a_deprecated_runtime_is_told() -> None:
    assert runtimes({"Sow": ""}) == ("The runtime `python3.8` of `Sow` has been deprecated since 2024-10-14", [])
    message, others = runtimes({"Sow": "", "Mow": ""})
    assert message == "The runtimes of `Sow` and one more function are deprecated, `python3.8` since 2024-10-14"
    assert others == [(11, "`Mow` runs on `python3.8`, deprecated 2024-10-14")]
    message, others = runtimes({"Sow": "", "Mow": "Runtime: python3.7", "Hoe": "Runtime: python3.13", "Dig": ""})
    assert message == "The runtimes of `Sow` and 2 more functions are deprecated, `python3.8` since 2024-10-14"
    assert others == [
        (13, "`Mow` runs on `python3.7`, deprecated 2023-12-04"),
        (17, "`Dig` runs on `python3.8`, deprecated 2024-10-14"),
    ]


ALIASED = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Sow:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: s3://code/app.zip
      Handler: app.handler
      AutoPublishAlias: live
  Door:
"""


@pytest.mark.parametrize(
    ("resource", "role"),
    [
        ("{Type: AWS::Lambda::Url, Properties: {AuthType: AWS_IAM, TargetFunctionArn: !Ref Sow}}", "function URL"),
        (
            "{Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunction', "
            "Principal: s3.amazonaws.com, FunctionName: !Ref Sow}}",
            "permission",
        ),
        (
            "{Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationType: AWS_PROXY, ApiId: a, "
            "IntegrationUri: !GetAtt Sow.Arn}}",
            "API integration",
        ),
        (
            "{Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Sow, EventSourceArn: "
            "'arn:aws:kinesis:eu-west-1:111122223333:stream/seeds', StartingPosition: LATEST}}",
            "event source mapping",
        ),
    ],
)
def test_a_reference_is_called_by_its_name(resource: str, role: str) -> None:
    found = review_files({"template.yaml": f"{ALIASED}    {resource}\n"}).findings
    (message,) = (finding.message for finding in found if finding.rule == "unpinned-function-arn")
    assert message == f"The {role} names `Sow` itself, not the alias that it publishes"


def test_what_cannot_be_read_is_told_once() -> None:
    (finding,) = review_files({"template.yaml": f"{ALIASED}    a: b: c\n"}).findings
    assert finding.message.startswith("The template cannot be read: ")
    (finding,) = review_files({"app.py": "def handler(event, context):\n    print 'x'\n"}).findings
    assert finding.message.startswith("This file cannot be read: invalid syntax")


SOURCES = {
    ("Type: SQS", "Queue", "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:tanks'"): (
        "sqs",
        "send_message(QueueUrl='https://sqs.eu-west-1.amazonaws.com/111122223333/tanks', MessageBody='a')",
        "the queue `tanks`",
    ),
    ("Type: DynamoDB", "Stream", "arn:aws:dynamodb:eu-west-1:111122223333:table/fish/stream/2026-01-01T00:00:00.000"): (
        "dynamodb",
        "put_item(TableName='fish', Item={})",
        "the table `fish`",
    ),
    ("Type: Kinesis", "Stream", "arn:aws:kinesis:eu-west-1:111122223333:stream/waves"): (
        "kinesis",
        "put_record(StreamName='waves', Data=b'', PartitionKey='a')",
        "the stream `waves`",
    ),
}


@pytest.mark.parametrize(("source", "written"), SOURCES.items())
def test_a_resource_of_an_arn_is_called_by_its_name(
    source: tuple[str, str, str], written: tuple[str, str, str]
) -> None:
    """The time stamp of a table's stream, and the type in front of a name, are no part of it."""
    (kind, property, arn), (service, call, name) = source, written
    template = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Tanks:\n    Type: AWS::Serverless::Function\n"
        "    Properties:\n      Runtime: python3.13\n      CodeUri: .\n      Handler: app.handler\n      Events:\n"
        f"        Again:\n          {kind}\n          Properties:\n            {property}: {arn}\n"
        "            StartingPosition: LATEST\n"
    )
    code = f"{HEAD}client = boto3.client('{service}')\n\n\ndef handler(event, context):\n    client.{call}\n"
    (finding,) = review_files({"template.yaml": template, "app.py": code}).findings
    assert finding.message == f"`{service}.{call.partition('(')[0]}` writes to {name}, which triggers `Tanks` again"
