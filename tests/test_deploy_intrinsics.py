"""Intrinsic functions: the value of `V`, a property of a resource, in small templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, ref, resource

from reviewer.value import (
    UNKNOWN,
    Constant,
    Items,
    Lookup,
    OneOf,
    Parameter,
    Pseudo,
    Table,
    Text,
    Value,
    one_of,
    text,
)

REGION = Pseudo("AWS::Region")
STACK = Pseudo("AWS::StackName", TEMPLATE)
STAGE = Parameter(TEMPLATE, "Stage", (Constant("dev"), Constant("live")), closed=True)
NAME = Parameter(TEMPLATE, "Name", (Constant("shop"),))

MORE = """\
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, live]}
  Name: {Type: String, Default: shop}
  Bare: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Secret: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/token}
Mappings:
  Names:
    dev: {bucket: shop-dev, size: 1, itself: !FindInMap [Names, dev, itself]}
    live: {bucket: shop-live, size: 2, zones: [a, b]}
"""


def evaluated(root: Path, written: str) -> Value | None:
    """The value of `V: written`; None where the template leaves it out."""
    types = {"Queue": "SQS", "Topic": "SNS", "Table": "DynamoDB", "Stream": "Kinesis", "LogGroup": "Logs"}
    others = "".join(f"{name}: {{Type: AWS::{service}::{name}}}\n" for name, service in types.items())
    resources = f"{others}It:\n  Type: AWS::X::Y\n  Properties:\n    V: {written}\n"
    properties = resource(deployed(root, cloudformation(resources, MORE)), "It").properties
    assert isinstance(properties, Table)
    return properties.get("V")


CASES: dict[str, Value | None] = {
    "text": Constant("text"),
    "7": Constant(7),
    "[a, 1, true]": Items((Constant("a"), Constant(1), Constant(True))),
    "{a: {b: c}}": Table((("a", Table((("b", Constant("c")),))),)),
    # Ref
    "!Ref Queue": ref("Queue"),
    "{Ref: Queue}": ref("Queue"),
    "!Ref Undeclared": ref("Undeclared"),
    "!Ref Fn.Alias": ref("Fn", "Alias"),
    "!Ref Stage": STAGE,
    "!Ref Name": NAME,
    "!Ref Bare": Parameter(TEMPLATE, "Bare"),
    "!Ref Secret": Parameter(TEMPLATE, "Secret"),
    "!Ref Zones": Parameter(TEMPLATE, "Zones", (Items((Constant("a"), Constant("b"))),)),
    "!Ref AWS::Region": REGION,
    "!Ref AWS::StackName": STACK,
    "!Ref AWS::NoValue": None,
    "[!Ref AWS::NoValue, a]": Items((Constant("a"),)),
    "!Ref [Queue]": UNKNOWN,
    # GetAtt
    "!GetAtt Queue.Arn": ref("Queue", "Arn"),
    "{'Fn::GetAtt': [Queue, Arn]}": ref("Queue", "Arn"),
    "{'Fn::GetAtt': Queue.Arn}": ref("Queue", "Arn"),
    "!GetAtt Queue": UNKNOWN,
    # Sub
    "!Sub a-${Name}-b": text([Constant("a-"), NAME, Constant("-b")]),
    "!Sub '${AWS::StackName}-${Queue}-${Queue.QueueName}'": text(
        [STACK, Constant("-"), ref("Queue"), Constant("-"), ref("Queue", "QueueName")]
    ),
    "!Sub '${!Literal}/${ Name }'": text([Constant("${Literal}/"), NAME]),
    "!Sub ['${X}-${Name}', {X: !Ref Queue, Name: n}]": text([ref("Queue"), Constant("-n")]),
    "!Sub ['${X}', {X: true}]": Constant("true"),
    "!Sub plain": Constant("plain"),
    "!Sub ''": Constant(""),
    "!Sub '${Queue}'": ref("Queue"),
    "!Sub '${Name}'": NAME,
    "!Sub [!Ref Name, {}]": UNKNOWN,
    "!Sub '${X}${Y'": text([ref("X"), Constant("${Y")]),
    # Join
    "!Join ['-', [a, !Ref Queue, 3]]": text([Constant("a-"), ref("Queue"), Constant("-3")]),
    "!Join ['', [a, !Ref AWS::NoValue, b]]": Constant("ab"),
    "!Join [',', []]": Constant(""),
    "!Join [',', !Split ['.', a.b]]": Constant("a,b"),
    "!Join [',', !Ref Zones]": UNKNOWN,
    "!Join [!Ref Name, [a]]": UNKNOWN,
    "!Join ['-', [!Sub 'a${Name}', !Join ['+', [b, c]]]]": text([Constant("a"), NAME, Constant("-b+c")]),
    # If
    "!If [C, !Ref Queue, x]": OneOf((ref("Queue"), Constant("x"))),
    "!If [C, a, a]": Constant("a"),
    "!If [C, a, !Ref AWS::NoValue]": Constant("a"),
    "!If [C, !Ref AWS::NoValue, !Ref AWS::NoValue]": None,
    "!If [C, a, !If [D, b, c]]": one_of([Constant("a"), Constant("b"), Constant("c")]),
    "!If [C, a]": UNKNOWN,
    # FindInMap
    "!FindInMap [Names, live, bucket]": Constant("shop-live"),
    "!FindInMap [Names, live, zones]": Items((Constant("a"), Constant("b"))),
    "!FindInMap [Names, other, bucket]": UNKNOWN,
    "!FindInMap [Others, live, bucket]": UNKNOWN,
    "!FindInMap [Names, other, bucket, {DefaultValue: d}]": Constant("d"),
    "!FindInMap [Names, !Ref Stage, bucket]": Lookup(
        ((("dev", "bucket"), Constant("shop-dev")), (("live", "bucket"), Constant("shop-live"))),
        (STAGE, Constant("bucket")),
    ),
    "!FindInMap [Names, !Ref Stage, nothing]": UNKNOWN,
    "!FindInMap [Names, dev, itself]": UNKNOWN,
    # Select, Split, Length
    "!Select [1, [a, !Ref Queue]]": ref("Queue"),
    "!Select ['0', [a, b]]": Constant("a"),
    "!Select [2, [a, b]]": UNKNOWN,
    "!Select [-1, [a, b]]": UNKNOWN,
    "!Select [!Ref Stage, [a, b]]": UNKNOWN,
    "!Select [0, !GetAZs '']": UNKNOWN,
    "!Select [1, !Split ['/', a/b/c]]": Constant("b"),
    "!Select [0, !Split ['-', !Sub 'a-b-${Name}']]": Constant("a"),
    "!Select [2, !Split ['-', !Sub 'a-b-${Name}']]": UNKNOWN,
    "!Select [0, !Split ['-', !Sub '${Name}-b']]": UNKNOWN,
    "!Select [5, !Split [':', !GetAtt Queue.Arn]]": ref("Queue", "QueueName"),
    "!Select [5, !Split [':', !Ref Topic]]": ref("Topic", "TopicName"),
    "!Select [4, !Split [':', !GetAtt Queue.Arn]]": Pseudo("AWS::AccountId"),
    "!Select [4, !Split ['/', !Ref Queue]]": ref("Queue", "QueueName"),
    "!Select [1, !Split ['/', !GetAtt Table.Arn]]": ref("Table"),
    "!Select [5, !Split [':', !GetAtt Table.Arn]]": text([Constant("table/"), ref("Table")]),
    "!Select [1, !Split ['/', !GetAtt Table.StreamArn]]": ref("Table"),
    "!Select [3, !Split ['/', !GetAtt Table.StreamArn]]": UNKNOWN,
    "!Select [1, !Split ['/', !GetAtt Stream.Arn]]": ref("Stream"),
    "!Select [6, !Split [':', !GetAtt LogGroup.Arn]]": ref("LogGroup"),
    "!Select [1, !Split ['/', !GetAtt LogGroup.Arn]]": UNKNOWN,
    "!Select [5, !Split [':', !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:a-b']]": Constant("a-b"),
    "!Select [0, !Split ['-', !Ref AWS::Region]]": UNKNOWN,
    "!Select [1, !Split ['/', !Ref AWS::StackId]]": UNKNOWN,
    "!Select [1, !Split [':', !Sub '${Queue}:b']]": UNKNOWN,
    "!Select [0, !Split [':', !GetAtt Undeclared.Arn]]": UNKNOWN,
    "!Select [5, !Split [':', !Ref Queue]]": UNKNOWN,
    "{'Fn::Length': [a, b]}": Constant(2),
    "{'Fn::Length': !Ref Zones}": UNKNOWN,
    # the rest
    "!Base64 text": Constant("text"),
    "!ImportValue nowhere": UNKNOWN,
    "!GetAZs eu-west-1": UNKNOWN,
    "!Cidr ['10.0.0.0/16', 2, 8]": UNKNOWN,
    "!Transform {Name: AWS::Include}": UNKNOWN,
    "{'Fn::Nothing': 1}": UNKNOWN,
    "!Equals [a, a]": UNKNOWN,
    "{'Fn::Transform': {Name: x}, a: b}": Table((("a", Constant("b")),), open=True),
    "{Condition: {StringEquals: {a: b}}}": Table(
        (("Condition", Table((("StringEquals", Table((("a", Constant("b")),))),))),)
    ),
    "'{{resolve:secretsmanager:db:SecretString:password}}'": Constant(
        "{{resolve:secretsmanager:db:SecretString:password}}"
    ),
}


@pytest.mark.parametrize("written", CASES)
def test_values(tmp_path: Path, written: str) -> None:
    assert evaluated(tmp_path, written) == CASES[written]


def test_true_and_one_are_told_apart(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "!If [C, true, 1]") == OneOf((Constant(True), Constant(1)))


def test_a_text_of_too_many_parts_is_unknown(tmp_path: Path) -> None:
    assert evaluated(tmp_path, f"!Sub '{'-${Name}' * 5}'") != UNKNOWN
    assert evaluated(tmp_path, f"!Sub '{'-${Name}' * 50}'") == UNKNOWN


def test_a_parameter_with_very_many_values_is_left_open(tmp_path: Path) -> None:
    more = f"Parameters:\n  P: {{Type: String, AllowedValues: [{', '.join(f'v{n}' for n in range(500))}]}}\n"
    found = deployed(tmp_path, cloudformation("It:\n  Type: AWS::X::Y\n  Properties: {V: !Ref P}\n", more))
    assert resource(found, "It").properties == Table((("V", Parameter(TEMPLATE, "P")),))


def test_text_that_multiplies_itself_ends_as_unknown(tmp_path: Path) -> None:
    resources = "It:\n  Type: AWS::X::Y\n  Properties:\n" + "".join(
        f"    V{n}: !Join ['', [{', '.join(['*x'] * 500)}]]\n" for n in range(60)
    )
    template = cloudformation(resources).replace("Resources:", f"Metadata: {{x: &x {'x' * 1000}}}\nResources:")
    properties = resource(deployed(tmp_path, template), "It").properties
    assert isinstance(properties, Table)
    made = [value for _, value in properties.entries]
    assert made[0] == Constant("x" * 500_000)
    assert made[-1] == UNKNOWN
    assert not any(isinstance(value, Text) for value in made)


# --- loops --------------------------------------------------------------------------------------------------------


def test_for_each_is_unrolled(tmp_path: Path) -> None:
    template = cloudformation(
        """
        Fn::ForEach::Queues:
          - Name
          - [Orders, Letters]
          - ${Name}Queue:
              Type: AWS::SQS::Queue
              Properties:
                QueueName: !Sub "${AWS::StackName}-${Name}"
                Tags: [{Key: name, Value: !Ref Name}]
        Fn::ForEach::Topics: [Name, !Ref Names, {"${Name}": {Type: AWS::SNS::Topic}}]
        Fn::ForEach::Unknown: [Name, !Ref Elsewhere, {"${Name}": {Type: AWS::SNS::Topic}}]
        Fn::ForEach::Broken: [Name]
        Fn::ForEach::Outer:
          - A
          - [x, y]
          - Fn::ForEach::Inner: [B, [1, 2], {"${A}${B}": {Type: AWS::S3::Bucket}}]
        """,
        "Parameters: {Names: {Type: CommaDelimitedList, Default: 'one, two'}}\n",
    )
    found = deployed(tmp_path, template)
    assert [(each.id.name, each.kind) for each in found.resources] == [
        ("OrdersQueue", "queue"),
        ("LettersQueue", "queue"),
        ("one", "topic"),
        ("two", "topic"),
        ("x1", "bucket"),
        ("x2", "bucket"),
        ("y1", "bucket"),
        ("y2", "bucket"),
    ]
    orders = resource(found, "OrdersQueue")
    assert orders.name is not None
    assert orders.name.value == text([STACK, Constant("-Orders")])
    assert orders.setting("Tags.0.Value") is not None
    assert orders.setting("Tags.0.Value").value == Constant("Orders")  # type: ignore[union-attr]


def test_loops_that_make_too_much_end(tmp_path: Path) -> None:
    body = '{"${A}${B}${C}": {Type: AWS::S3::Bucket}}'
    for name in "CBA":
        body = f'{{"Fn::ForEach::{name}": [{name}, [{", ".join(map(str, range(100)))}], {body}]}}'
    found = deployed(tmp_path, f'AWSTemplateFormatVersion: "2010-09-09"\nResources: {body}\n# Type: AWS::S3::Bucket\n')
    assert len(found.resources) < 20_000
