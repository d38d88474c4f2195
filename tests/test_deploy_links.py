"""What leads from one resource to another without any code."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, ends, ref, sam, values

from reviewer.deploy.joints import EVENTS, JOINTS, Joint
from reviewer.deploy.model import Deployment, Link, Setting
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Table, Value, text

OTHERS = """\
It: {Type: AWS::Lambda::Function}
Q: {Type: AWS::SQS::Queue}
T: {Type: AWS::SNS::Topic}
B: {Type: AWS::Events::EventBus}
"""
QUEUE, BUS, IT = ref("Q", "Arn"), Constant("default"), ref("It", "Arn")
PATTERN = Table((("source", Items((Constant("a.b"),))),))
YES, NO = Constant(True), Constant(False)


def wired(root: Path, kind: str, properties: str) -> Deployment:
    """A resource `Wire` of this type in line 7, with these properties in line 9, one after the other, and others."""
    return deployed(root, cloudformation(f"{OTHERS}Wire:\n  Type: {kind}\n  Properties: {properties}\n"))


def told(link: Link) -> dict[str, Any]:
    """What a link says beyond its ends, without places."""
    said: dict[str, Any] = {}
    for each in fields(Link):
        given = getattr(link, each.name)
        if each.name in ("kind", "at", "source", "target") or given in ((), None, "", False):
            continue
        if isinstance(given, Setting):
            said[each.name] = given.value
        elif isinstance(given, tuple) and isinstance(given[0], Setting):
            said[each.name] = values(given)
        else:
            said[each.name] = given
    return said


OWN = ref("Wire")
FILTERED = {"events": [Constant("s3:ObjectCreated:*")], "prefix": Constant("in/"), "suffix": Constant(".csv")}
RULES = "[{Name: prefix, Value: in/}, {Name: Suffix, Value: .csv}]"
ENTRY = Table(
    (("Source", Constant("a.b")), ("DetailType", UNKNOWN), ("Detail", UNKNOWN), ("EventBusName", ref("B", "Arn")))
)

ONE: list[tuple[str, str, str, Value, Value, dict[str, Any]]] = [
    ("AWS::SNS::Subscription", "{Protocol: sqs, TopicArn: !Ref T, Endpoint: !GetAtt Q.Arn}", "subscription", ref("T"), QUEUE, {}),
    ("AWS::SNS::Subscription", "{Protocol: firehose, TopicArn: !Ref T, Endpoint: !GetAtt F.Arn, RawMessageDelivery: 'true'}", "subscription", ref("T"), ref("F", "Arn"), {"raw": True}),
    ("AWS::SNS::Subscription", "{Protocol: sqs, TopicArn: !Ref T, Endpoint: !GetAtt Q.Arn, RawMessageDelivery: true, FilterPolicyScope: MessageBody, FilterPolicy: {source: [a.b]}}", "subscription", ref("T"), QUEUE, {"raw": True, "scope": Constant("MessageBody"), "patterns": [PATTERN]}),
    ("AWS::SNS::Subscription", "{Protocol: sqs, TopicArn: !Ref T, Endpoint: !GetAtt Q.Arn, FilterPolicy: '{\"source\": [\"a.b\"]}'}", "subscription", ref("T"), QUEUE, {"patterns": [PATTERN]}),
    ("AWS::SNS::Subscription", "{Protocol: lambda, TopicArn: !Ref T, Endpoint: !GetAtt It.Arn, RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}}", "redrive", ref("T"), QUEUE, {}),
    ("AWS::SNS::Topic", "{Subscription: [{Protocol: email, Endpoint: a@b.example}, {Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}", "subscription", OWN, QUEUE, {}),
    ("AWS::SQS::Queue", "{RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn, maxReceiveCount: 3}}", "redrive", OWN, QUEUE, {"raw": True}),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Q.Arn, Filter: {S3Key: {Rules: " + RULES + "}}}]}}", "notification", OWN, QUEUE, FILTERED),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !Ref T}]}}", "notification", OWN, ref("T"), {"events": [Constant("s3:ObjectCreated:*")]}),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: false}}}", "notification", OWN, BUS, {"enabled": NO}),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {EventBridgeConfiguration: {}}}", "notification", OWN, BUS, {}),
    ("AWS::S3::Bucket", "{ReplicationConfiguration: {Rules: [{Status: Enabled, Filter: {Prefix: in/}, Destination: {Bucket: !GetAtt Copy.Arn}}]}}", "replication", OWN, ref("Copy", "Arn"), {"prefix": Constant("in/"), "enabled": YES}),
    ("Custom::S3BucketNotifications", "{ServiceToken: x, BucketName: !Ref Bu, NotificationConfiguration: {QueueConfigurations: [{Events: ['s3:ObjectCreated:*'], QueueArn: !GetAtt Q.Arn, Filter: {Key: {FilterRules: " + RULES + "}}}]}}", "notification", ref("Bu"), QUEUE, FILTERED),
    ("Custom::S3BucketNotifications", "{ServiceToken: x, BucketName: !Ref Bu, NotificationConfiguration: {EventBridgeConfiguration: {}}}", "notification", ref("Bu"), BUS, {}),
    ("AWS::Events::Rule", "{EventPattern: {source: [a.b]}, State: DISABLED, Targets: [{Arn: !GetAtt Q.Arn}]}", "rule", BUS, QUEUE, {"patterns": [PATTERN], "enabled": NO, "raw": True}),
    ("AWS::Events::Rule", "{EventBusName: !Ref B, EventPattern: {source: [a.b]}, Targets: [{Arn: !Ref M, InputPath: $.detail}]}", "rule", ref("B"), ref("M"), {"patterns": [PATTERN]}),
    ("AWS::Events::Rule", "{EventPattern: {source: [a.b]}, Targets: [{Arn: !GetAtt It.Arn, DeadLetterConfig: {Arn: !GetAtt Q.Arn}}]}", "redrive", BUS, QUEUE, {"patterns": [PATTERN]}),
    ("AWS::Events::Rule", "{ScheduleExpression: rate(1 day), Targets: [{Arn: !Ref T}]}", "schedule", OWN, ref("T"), {}),
    ("AWS::Scheduler::Schedule", "{ScheduleExpression: rate(1 day), State: ENABLED, Target: {Arn: !GetAtt Q.Arn}}", "schedule", OWN, QUEUE, {"enabled": YES}),
    ("AWS::Scheduler::Schedule", "{Target: {Arn: !GetAtt B.Arn, EventBridgeParameters: {Source: a.b}}}", "schedule", OWN, ref("B", "Arn"), {"operation": "events.put_events", "arguments": (("Entries", Items((ENTRY,))),)}),
    ("AWS::Scheduler::Schedule", "{Target: {Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', Input: '{\"QueueUrl\": \"u\", \"MessageBody\": \"b\"}'}}", "schedule", OWN, Constant("u"), {"operation": "sqs.send_message", "arguments": (("QueueUrl", Constant("u")), ("MessageBody", Constant("b")))}),
    ("AWS::Scheduler::Schedule", "{Target: {Arn: !GetAtt It.Arn, DeadLetterConfig: {Arn: !GetAtt Q.Arn}}}", "redrive", OWN, QUEUE, {}),
    ("AWS::Pipes::Pipe", "{Source: !GetAtt Q.Arn, DesiredState: STOPPED, Target: !Ref T, SourceParameters: {FilterCriteria: {Filters: [{Pattern: '{\"source\": [\"a.b\"]}'}]}}}", "pipe", QUEUE, ref("T"), {"patterns": [PATTERN], "enabled": NO, "raw": True}),
    ("AWS::Pipes::Pipe", "{Source: !GetAtt Q.Arn, Target: !GetAtt It.Arn, TargetParameters: {InputTemplate: x}}", "pipe", QUEUE, IT, {}),
    ("AWS::Pipes::Pipe", "{Source: !GetAtt Q.Arn, Target: !GetAtt B.Arn, TargetParameters: {EventBridgeEventBusParameters: {Source: a.b, DetailType: $.kind}}}", "pipe", QUEUE, ref("B", "Arn"), {"raw": True, "operation": "events.put_events", "arguments": (("Entries", Items((ENTRY,))),)}),
    ("AWS::DynamoDB::Table", "{KinesisStreamSpecification: {StreamArn: !GetAtt K.Arn}}", "stream", OWN, ref("K", "Arn"), {}),
    ("AWS::DynamoDB::GlobalTable", "{Replicas: [{Region: x, KinesisStreamSpecification: {StreamArn: !GetAtt K.Arn}}]}", "stream", OWN, ref("K", "Arn"), {}),
    ("AWS::KinesisFirehose::DeliveryStream", "{KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt K.Arn}}", "intake", ref("K", "Arn"), OWN, {}),
    ("AWS::KinesisFirehose::DeliveryStream", "{ExtendedS3DestinationConfiguration: {ProcessingConfiguration: {Processors: [{Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt It.Arn}, {ParameterName: BufferSizeInMBs, ParameterValue: 1}]}]}}}", "transformation", OWN, IT, {}),
    ("AWS::Logs::SubscriptionFilter", "{LogGroupName: !Ref L, FilterPattern: ERROR, DestinationArn: !GetAtt K.Arn}", "log-delivery", ref("L"), ref("K", "Arn"), {"patterns": [Constant("ERROR")]}),
    ("AWS::Logs::Destination", "{TargetArn: !GetAtt K.Arn}", "log-delivery", OWN, ref("K", "Arn"), {}),
    ("AWS::IoT::TopicRule", "{TopicRulePayload: {Sql: s, Actions: [{Lambda: {FunctionArn: !GetAtt It.Arn}}, {Sqs: {QueueUrl: !Ref Q}}]}}", "iot", Constant("s"), ref("Q"), {}),
    ("AWS::CloudWatch::Alarm", "{OKActions: [!Ref T]}", "alarm", OWN, ref("T"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "properties", "kind", "source", "target", "said"), ONE)
def test_links(
    tmp_path: Path, *, type_: str, properties: str, kind: str, source: Value, target: Value, said: dict[str, Any]
) -> None:
    (link,) = wired(tmp_path, type_, properties).links
    assert ends(link) == (kind, source, target)
    assert told(link) == said
    assert 7 <= link.at.line <= 9


NONE = [
    ("AWS::SNS::Subscription", "{Protocol: email, TopicArn: !Ref T, Endpoint: a@b.example}"),
    ("AWS::SNS::Subscription", "{Protocol: lambda, TopicArn: !Ref T, Endpoint: !GetAtt It.Arn}"),
    ("AWS::SNS::Subscription", "{Protocol: sqs, Endpoint: !GetAtt Q.Arn}"),
    ("AWS::SNS::Subscription", "{Protocol: sqs, TopicArn: !Unknown T, Endpoint: !GetAtt Q.Arn}"),
    ("AWS::SNS::Subscription", "{Protocol: sqs, TopicArn: !Ref T, Endpoint: !Unknown Q}"),
    ("AWS::SNS::Topic", "{TopicName: t}"),
    ("AWS::SQS::Queue", "{RedrivePolicy: {maxReceiveCount: 3}}"),
    ("AWS::SQS::Queue", "{RedrivePolicy: !If [C, !Ref AWS::NoValue, !Ref AWS::NoValue]}"),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt It.Arn}]}}"),
    ("AWS::S3::Bucket", "{NotificationConfiguration: {EventBridgeConfiguration: !Ref AWS::NoValue}}"),
    ("AWS::Events::Rule", "{EventPattern: {source: [a.b]}, Targets: [{Arn: !GetAtt It.Arn}]}"),
    ("AWS::Events::Rule", "{Targets: [{Arn: !GetAtt Q.Arn}]}"),
    ("AWS::Scheduler::Schedule", "{Target: {Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', Input: no}}"),
    ("AWS::Scheduler::Schedule", "{Target: {Arn: 'arn:aws:scheduler:::aws-sdk:rds:stopDBCluster', Input: '{\"A\": 1}'}}"),
    ("AWS::KinesisFirehose::DeliveryStream", "{DeliveryStreamType: DirectPut}"),
    ("AWS::Serverless::Connector", "{Source: {Id: Q}, Destination: {Id: T}, Permissions: [Write]}"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "properties"), NONE)
def test_what_leads_nowhere_or_is_a_trigger_is_no_link(tmp_path: Path, type_: str, properties: str) -> None:
    assert wired(tmp_path, type_, properties).links == ()


def test_a_link_stands_where_it_is_named_or_set(tmp_path: Path) -> None:
    redrive = "{RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}}"
    (link,) = wired(tmp_path, "AWS::SQS::Queue", redrive).links
    assert link.at == link.target.at == Location(TEMPLATE, 9, 55, 9, 68)
    assert link.source.at == Location(TEMPLATE, 7, 3, 7, 7)
    rule = "{EventPattern: {source: [a.b]}, Targets: [{Arn: !GetAtt Q.Arn}]}"
    (link,) = wired(tmp_path, "AWS::Events::Rule", rule).links
    assert link.at == Location(TEMPLATE, 7, 3, 7, 7)


def test_an_enriched_pipe_leads_to_its_enrichment_and_changes_the_message(tmp_path: Path) -> None:
    properties = """{Source: !GetAtt D.StreamArn, Enrichment: !GetAtt It.Arn, Target: !Ref T,
      SourceParameters: {DynamoDBStreamParameters: {DeadLetterConfig: {Arn: !GetAtt Q.Arn}}}}"""
    found = wired(tmp_path, "AWS::Pipes::Pipe", properties).links
    assert [(link.kind, link.target.value, link.raw) for link in found] == [
        ("pipe", ref("T"), False),
        ("pipe", IT, True),
        ("mapping-failure", QUEUE, False),
    ]
    assert {link.source.value for link in found} == {ref("D", "StreamArn")}


def test_both_arms_of_a_condition_lead_on(tmp_path: Path) -> None:
    properties = "{Subscription: !If [C, [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}], [{Protocol: sqs, Endpoint: !GetAtt R.Arn}]]}"
    found = wired(tmp_path, "AWS::SNS::Topic", properties).links
    assert [link.target.value for link in found] == [QUEUE, ref("R", "Arn")]
    either = "{EventPattern: {source: [a.b]}, Targets: [{Arn: !If [C, !GetAtt It.Arn, !GetAtt Q.Arn]}]}"
    assert [link.target.value for link in wired(tmp_path, "AWS::Events::Rule", either).links] == [QUEUE]


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        ("", text([Constant("20"), UNKNOWN])),
        ("Prefix: ''", text([Constant("20"), UNKNOWN])),
        ("Prefix: raw/", text([Constant("raw/20"), UNKNOWN])),
        ("Prefix: 'raw/!{timestamp:yyyy}/'", text([Constant("raw/"), UNKNOWN])),
        ("Prefix: !Sub '${T}/x!{timestamp:yyyy}'", text([ref("T"), Constant("/x"), UNKNOWN])),
        ("Prefix: !Ref T", text([ref("T"), Constant("20"), UNKNOWN])),
    ],
)
def test_a_delivery_tells_how_its_keys_begin(tmp_path: Path, prefix: str, key: Value) -> None:
    bucket = f"{{BucketARN: !GetAtt Bu.Arn, {prefix}}}"
    properties = f"{{ExtendedS3DestinationConfiguration: {bucket}}}"
    (link,) = wired(tmp_path, "AWS::KinesisFirehose::DeliveryStream", properties).links
    assert ends(link) == ("delivery", OWN, ref("Bu", "Arn"))
    assert (link.operation, link.arguments) == ("s3.upload_fileobj", (("Bucket", ref("Bu", "Arn")), ("Key", key)))


# --- functions ----------------------------------------------------------------------------------------------------

LEADS = """\
It:
  Type: AWS::Serverless::Function
  Properties:
    DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Q.Arn}
    LoggingConfig: {LogGroup: !Ref L}
    EventInvokeConfig:
      DestinationConfig:
        OnSuccess: {Type: EventBridge, Destination: !GetAtt B.Arn}
        OnFailure: {Type: SNS, Destination: !Ref T}
    Events:
      Rows:
        Type: DynamoDB
        Properties:
          Stream: !GetAtt D.StreamArn
          Enabled: false
          FilterCriteria: {Filters: [{Pattern: '{"source": ["a.b"]}'}]}
          DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}
B: {Type: AWS::Events::EventBus}
"""


def test_what_functions_hand_on(tmp_path: Path) -> None:
    links = {link.kind: link for link in deployed(tmp_path, sam(LEADS)).links}
    own = ref("It")
    assert [ends(link) for link in links.values()] == [
        ("destination-success", own, ref("B", "Arn")),
        ("destination-failure", own, ref("T")),
        ("dead-letter", own, QUEUE),
        ("log", own, ref("L")),
        ("mapping-failure", ref("D", "StreamArn"), QUEUE),
    ]
    assert told(links["mapping-failure"]) == {"patterns": [PATTERN], "enabled": NO}
    success = links["destination-success"]
    (entries,) = success.arguments
    assert (success.operation, success.at.line) == ("events.put_events", 11)
    assert isinstance(entries[1], Items) and isinstance(entries[1].items[0], Table)
    assert entries[1].items[0].get("Source") == Constant("lambda")
    assert {kind for kind, link in links.items() if link.operation} == {"destination-success"}


def test_destinations_of_other_resources_and_those_that_sam_makes(tmp_path: Path) -> None:
    bus = "arn:aws:events:eu-west-1:111122223333:event-bus/orders"
    made = "It: {Type: AWS::Serverless::Function, Properties: {EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}}}"
    assert deployed(tmp_path, sam(made)).links == ()
    config = (
        f"{{FunctionName: !Ref It, Qualifier: $LATEST, DestinationConfig: {{OnSuccess: {{Destination: '{bus}'}}}}}}"
    )
    (link,) = wired(tmp_path, "AWS::Lambda::EventInvokeConfig", config).links
    assert ends(link) == ("destination-success", ref("It"), Constant(bus))
    assert link.operation == "events.put_events"


# --- events of SAM ------------------------------------------------------------------------------------------------


def evented(root: Path, type_: str, *events: str) -> Deployment:
    """A function or a state machine `It` with these events, in lines 8 and following."""
    head = f"It:\n  Type: {type_}\n  Properties:\n    Events:\n"
    return deployed(root, sam(head + "".join(f"      {event}\n" for event in events)))


def test_the_queue_between_a_topic_and_a_function_is_subscribed(tmp_path: Path) -> None:
    event = "E: {Type: SNS, Properties: {Topic: !Ref T, FilterPolicy: {source: [a.b]}, SqsSubscription: %s, RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}}}"
    named = "{QueueArn: !GetAtt R.Arn, QueueUrl: !Ref R}"
    for asked, queue in (("true", ref("ItEQueue", "Arn")), (named, ref("R", "Arn"))):
        found = evented(tmp_path, "AWS::Serverless::Function", event % asked).links
        assert [ends(link) for link in found] == [("redrive", ref("T"), QUEUE), ("subscription", ref("T"), queue)]
        assert told(found[1]) == {"patterns": [PATTERN]}
        assert {link.at.line for link in found} == {8}
    assert [link.kind for link in evented(tmp_path, "AWS::Serverless::Function", event % "false").links] == ["redrive"]


def test_rules_and_schedules_start_state_machines(tmp_path: Path) -> None:
    found = evented(
        tmp_path,
        "AWS::Serverless::StateMachine",
        "A: {Type: EventBridgeRule, Properties: {EventBusName: !Ref B, Pattern: {source: [a.b]}, State: DISABLED}}",
        "C: {Type: CloudWatchEvent, Properties: {Pattern: {source: [a.b]}, InputPath: $.detail}}",
        "D: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: true}}",
        "E: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}",
        "F: {Type: Api, Properties: {Path: /, Method: get}}",
    ).links
    own = ref("It")
    assert [ends(link) for link in found] == [
        ("rule", ref("B"), own),
        ("rule", BUS, own),
        ("schedule", ref("ItD"), own),
        ("schedule", ref("ItE"), own),
    ]
    assert [told(link) for link in found] == [
        {"patterns": [PATTERN], "enabled": NO, "raw": True},
        {"patterns": [PATTERN]},
        {"enabled": YES},
        {},
    ]


@pytest.mark.parametrize(
    ("kind", "source"),
    [("EventBridgeRule", BUS), ("CloudWatchEvent", BUS), ("Schedule", ref("ItE")), ("ScheduleV2", ref("ItE"))],
)
@pytest.mark.parametrize(
    ("asked", "queue"),
    [
        ("{Arn: !GetAtt Q.Arn}", QUEUE),
        ("{Type: SQS}", ref("ItEQueue", "Arn")),
        ("{Type: SQS, QueueLogicalId: Dead}", ref("Dead", "Arn")),
    ],
)
def test_dead_letters_of_events(tmp_path: Path, *, kind: str, source: Value, asked: str, queue: Value) -> None:
    event = f"E: {{Type: {kind}, Properties: {{Pattern: {{source: [a.b]}}, DeadLetterConfig: {asked}}}}}"
    found = evented(tmp_path, "AWS::Serverless::Function", event)
    assert [ends(link) for link in found.links] == [("redrive", source, queue)]
    made = [each.id.name for each in found.resources if each.kind == "queue"]
    assert made == [name for name in ("ItEQueue", "Dead") if queue == ref(name, "Arn")]


# --- the tables ---------------------------------------------------------------------------------------------------


def test_the_tables_name_fields_of_links() -> None:
    known = {each.name for each in fields(Link)}
    for joint in (joint for joints in (*JOINTS.values(), *EVENTS.values()) for joint in joints):
        assert isinstance(joint, Joint)
        assert {name for name, _ in (*joint.shared, *joint.settings)} <= known
        assert joint.target or joint.source or joint.needs or joint.shared
