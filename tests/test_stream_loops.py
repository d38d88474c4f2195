"""Functions behind the stream of a table that write into that table: what the written item says of the next event."""

from __future__ import annotations

import pytest
from reviewing import review_files

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Carts:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: sk, AttributeType: S}]
      KeySchema: [{AttributeName: sk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Totals:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: app
      Handler: app.handler
      Runtime: python3.13
      Environment: {Variables: {CARTS: !Ref Carts}}
      Events:
        Change: {Type: DynamoDB, Properties: {Stream: !GetAtt Carts.StreamArn, StartingPosition: LATEST}}
"""
HEAD = """\
import os
from collections import Counter

import boto3
from aws_lambda_powertools import Logger
from boto3.dynamodb import types
from boto3.dynamodb.types import TypeDeserializer

client = boto3.client("dynamodb")
carts = boto3.resource("dynamodb").Table(os.environ["CARTS"])
reader = types.TypeDeserializer()
logger = Logger()


def plain(item):
    return {name: reader.deserialize(value) for name, value in item.items()}


"""
PUT = 'carts.put_item(Item={"sk": "total#1", "state": "summed"})'
PUT_TYPED = 'client.put_item(TableName=os.environ["CARTS"], Item={"sk": {"S": "total#1"}, "state": {"S": "summed"}})'
UPDATE = 'carts.update_item(Key={"sk": "total#1"}, UpdateExpression="ADD n :n", ExpressionAttributeValues={":n": 1})'
WRITES = (PUT, PUT_TYPED, UPDATE)


def severity(body: str, decorator: str = "") -> str | None:
    """The severity of the loop in a handler with this body; None where there is no finding."""
    text = "\n".join(f"    {line}" for line in body.splitlines())
    code = f"{HEAD}{decorator}def handler(event, context):\n{text}\n"
    found = review_files({"template.yaml": TEMPLATE, "app/app.py": code}).findings
    loops = [finding.severity.name.lower() for finding in found if finding.rule == "own-trigger-write"]
    assert len(loops) <= 1
    return loops[0] if loops else None


READINGS = {
    "raw": 'key = record["dynamodb"]["Keys"]["sk"]["S"]',
    "new image": 'key = record["dynamodb"]["NewImage"]["sk"]["S"]',
    "deserialized": 'key = reader.deserialize(record["dynamodb"]["Keys"]["sk"])',
    "deserialized as a whole": 'key = TypeDeserializer().deserialize({"M": record["dynamodb"]["Keys"]})["sk"]',
    "each deserialized": 'key = plain(record["dynamodb"]["Keys"])["sk"]',
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(("prefix", "expected"), [("cart#", None), ("total#", "error")])
def test_a_condition_on_the_key_is_asked_of_the_written_one(
    write: str, reading: str, prefix: str, expected: str | None
) -> None:
    test = (
        f'for record in event["Records"]:\n    {READINGS[reading]}\n    if key.startswith("{prefix}"):\n        {write}'
    )
    assert severity(test) == expected


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(("prefix", "expected"), [("cart#", None), ("total#", "error")])
def test_so_is_one_on_what_was_gathered(write: str, prefix: str, expected: str | None) -> None:
    gather = (
        "found = Counter()\n"
        'for record in event["Records"]:\n'
        f"    {READINGS['each deserialized']}\n"
        f'    if key.startswith("{prefix}"):\n'
        "        found.update({key: 1})\n"
        f"for key, count in found.items():\n    {write}"
    )
    assert severity(gather) == expected
    assert severity(gather, "@logger.inject_lambda_context(log_event=True)\n") == expected


@pytest.mark.parametrize(("state", "expected"), [("open", None), ("summed", "error")])
def test_an_attribute_is_known_of_a_whole_item_alone(state: str, expected: str | None) -> None:
    test = (
        f'for record in event["Records"]:\n    if record["dynamodb"]["NewImage"]["state"]["S"] == "{state}":\n        '
    )
    assert severity(test + PUT) == severity(test + PUT_TYPED) == expected
    assert severity(test + UPDATE) == "warning"


def test_what_the_next_image_holds_is_not_what_the_last_one_held() -> None:
    test = 'for record in event["Records"]:\n    if record["dynamodb"]["OldImage"]["state"]["S"] == "open":\n        '
    assert severity(test + PUT) == "warning"


def test_a_number_is_not_told_as_a_text() -> None:
    test = 'for record in event["Records"]:\n    if record["dynamodb"]["NewImage"]["n"]["N"] == "1":\n        '
    assert severity(test + 'carts.put_item(Item={"sk": "total#1", "n": 2})') == "warning"


def test_a_dict_that_leaves_something_out_is_no_copy() -> None:
    body = (
        'keys = {k: reader.deserialize(v) for k, v in event["Records"][0]["dynamodb"]["Keys"].items() if k != "pk"}\n'
        f'if keys["sk"].startswith("cart#"):\n    {PUT}'
    )
    assert severity(body) == "warning"


def test_two_handlers_of_one_module_do_not_run_one_another() -> None:
    other = f"@logger.inject_lambda_context(log_event=True)\ndef other(event, context):\n    {PUT}\n\n\n"
    assert severity("return 1", other) is None


SELECTING = """\
def changed(records, kind):
    return [record["dynamodb"] for record in records if record["eventName"] == kind]


def matching(records, test):
    return [record for record in records if test(record)]


def late(records):
    if unknown():
        return []
    return [record for record in records if record["dynamodb"]["Keys"]["sk"]["S"].startswith("total#")]


def streamed(records):
    for record in records:
        if record["eventName"] == "REMOVE":
            yield record


def write(key):
    carts.put_item(Item={"sk": "total#1", "state": "summed"})


"""
SELECTIONS = {
    'for each in changed(event["Records"], "REMOVE"):\n    write(each)': None,
    'found = changed(event["Records"], "REMOVE")\nfor each in sorted(found):\n    write(each)': None,
    'found = changed(event["Records"], "REMOVE")\nfor key, group in groupby(sorted(found)):\n    write(key)': None,
    'kept = [each for each in changed(event["Records"], "REMOVE")]\nfor each in kept:\n    write(each)': None,
    'for each in changed(event["Records"], "INSERT"):\n    write(each)': "warning",
    'for each in changed(event["Records"], event["kind"]):\n    write(each)': "warning",
    'for each in matching(event["Records"], unknown):\n    write(each)': "warning",
    'for each in late(event["Records"]):\n    write(each)': "error",
    'for each in streamed(event["Records"]):\n    write(each)': "error",
    'for each in unknown(event["Records"]):\n    write(each)': "error",
}
"""Ways to choose what is written for, and what is to be said of the loop."""


@pytest.mark.parametrize("body", SELECTIONS)
def test_a_round_needs_something_to_go_through(body: str) -> None:
    assert severity(body, SELECTING) == SELECTIONS[body]


def test_a_write_that_needs_its_item_is_a_modification() -> None:
    change = (
        'carts.update_item(Key={"sk": "total#1"}, UpdateExpression="SET n = :n", ConditionExpression="sk = :sk",'
        ' ExpressionAttributeValues={":n": 1, ":sk": "total#1"})'
    )
    for kind, expected in (("INSERT", None), ("MODIFY", "error")):
        assert severity(f'if event["Records"][0]["eventName"] == "{kind}":\n    {change}') == expected


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('record["eventName"] == "INSERT"', "warning"),
        ('not record["eventName"] != "INSERT"', "warning"),
        ('record.get("eventName") in ["MODIFY"]', "warning"),
        ('record["eventName"] in ("INSERT", "MODIFY")', "error"),
        ('record["eventName"] != "REMOVE"', "error"),
        ('record["eventName"] == "REMOVE"', None),
    ],
)
def test_whether_a_write_inserts_or_modifies_is_up_to_the_table(write: str, test: str, expected: str | None) -> None:
    assert severity(f'for record in event["Records"]:\n    if {test}:\n        {write}') == expected
