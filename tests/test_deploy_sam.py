"""Globals, SAM's events, and what SAM makes for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, deployed, function, lines, ref, resource, sam, triggers, value, values

from reviewer.deploy.model import Trigger
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Parameter, Table

# --- Globals ------------------------------------------------------------------------------------------------------

GLOBALS = """\
Globals:
  Function:
    Runtime: python3.12
    Timeout: 60
    Layers: [shared]
    Role: !GetAtt Role.Arn
    Environment:
      Variables:
        QUEUE: !Ref Queue
        LEVEL: INFO
  SimpleTable:
    TableName: all
"""


def test_globals_merge(tmp_path: Path) -> None:
    found = deployed(
        tmp_path,
        sam(
            """
            Own:
              Type: AWS::Serverless::Function
              Properties:
                Timeout: 5
                Layers: [own]
                Role: literal
                Environment: {Variables: {LEVEL: DEBUG, MORE: x}}
            Bare: {Type: AWS::Serverless::Function}
            Intrinsic:
              Type: AWS::Serverless::Function
              Properties: {Environment: !If [C, {Variables: {A: b}}, !Ref AWS::NoValue]}
            Plain: {Type: AWS::Lambda::Function}
            Table: {Type: AWS::Serverless::SimpleTable}
            Other: {Type: AWS::DynamoDB::Table}
            """,
            GLOBALS,
        ),
    )
    own, bare = function(found, "Own"), function(found, "Bare")
    assert (value(own.timeout), value(bare.timeout)) == (Constant(5), Constant(60))
    assert (value(own.role), value(bare.role)) == (Constant("literal"), ref("Role", "Arn"))
    assert values(own.layers) == [Constant("shared"), Constant("own")]
    assert values(bare.layers) == [Constant("shared")]
    assert {name: setting.value for name, setting in own.environment} == {
        "QUEUE": ref("Queue"),
        "LEVEL": Constant("DEBUG"),
        "MORE": Constant("x"),
    }
    assert [name for name, _ in function(found, "Intrinsic").environment] == ["A"]
    assert function(found, "Plain").timeout is None
    assert value(resource(found, "Table").name) == Constant("all")
    assert resource(found, "Other").name is None


def test_a_setting_of_globals_stands_where_globals_write_it(tmp_path: Path) -> None:
    found = deployed(tmp_path, sam("It: {Type: AWS::Serverless::Function, Properties: {Timeout: 5}}", GLOBALS))
    assert lines(found.functions[0].runtime) == (5, 14, 5, 24)
    assert lines(found.functions[0].variable("LEVEL")) == (12, 16, 12, 20)
    assert found.functions[0].timeout is not None
    assert found.functions[0].timeout.at.line == 16


@pytest.mark.parametrize(
    ("ignored", "left"),
    [('"*"', []), ("[Timeout]", ["runtime"]), ("[Runtime]", ["timeout"]), ("[]", ["runtime", "timeout"])],
)
def test_globals_can_be_ignored(tmp_path: Path, ignored: str, left: list[str]) -> None:
    found = deployed(tmp_path, sam(f"It: {{Type: AWS::Serverless::Function, IgnoreGlobals: {ignored}}}", GLOBALS))
    it = found.functions[0]
    assert [name for name in ("runtime", "timeout") if getattr(it, name) is not None] == left


# --- events -------------------------------------------------------------------------------------------------------


def event(root: Path, kind: str, properties: str, settings: str = "") -> Trigger:
    """The trigger of a function with one event."""
    more = "Parameters: {Bus: {Type: String}}\n"
    template = sam(
        f"""
        It:
          Type: AWS::Serverless::Function
          Properties:
            {settings}
            Events:
              One:
                Type: {kind}
                Properties: {properties}
        """,
        more,
    )
    (found,) = deployed(root, template).triggers
    assert found.function == (TEMPLATE, "It")
    assert found.at == Location(TEMPLATE, 10, 9, 10, 12)
    return found


def bare(trigger: Trigger) -> dict[str, object]:
    """The settings of a trigger without their places, those that are there."""
    found: dict[str, object] = {}
    for name in ("source", "events", "prefix", "suffix", "patterns", "scope", "batch_size", "response_types", "enabled", "schedule", "on_failure", "payload_format"):  # fmt: skip
        setting = getattr(trigger, name)
        if setting:
            found[name] = values(setting) if isinstance(setting, tuple) else value(setting)
    return found


QUEUE = ref("Q", "Arn")
POLLED = 'BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures], Enabled: false, FilterCriteria: {Filters: [{Pattern: \'{"a": [1]}\'}, {Pattern: \'{"b": [{"prefix": "x"}]}\'}]}, DestinationConfig: {OnFailure: {Destination: !GetAtt D.Arn}}'
AS_POLLED = {
    "batch_size": Constant(5),
    "response_types": [Constant("ReportBatchItemFailures")],
    "enabled": Constant(False),
    "patterns": [
        Table((("a", Items((Constant(1),))),)),
        Table((("b", Items((Table((("prefix", Constant("x")),)),))),)),
    ],
    "on_failure": ref("D", "Arn"),
}
PATTERN = Table((("source", Items((Constant("a.b"),))),))

EVENTS = [
    ("S3", "{Bucket: !Ref B, Events: s3:ObjectCreated:*}", "s3", {"source": ref("B"), "events": [Constant("s3:ObjectCreated:*")]}),
    (
        "S3",
        "{Bucket: !Ref B, Events: [a, b], Filter: {S3Key: {Rules: [{Name: Prefix, Value: in/}, {Name: SUFFIX, Value: !Sub '.${Bus}'}, {Name: odd, Value: x}]}}}",
        "s3",
        {"source": ref("B"), "events": [Constant("a"), Constant("b")], "prefix": Constant("in/"), "suffix": None},
    ),
    ("SNS", "{Topic: !Ref T}", "sns", {"source": ref("T")}),
    (
        "SNS",
        "{Topic: !Ref T, FilterPolicy: {source: [a.b]}, FilterPolicyScope: MessageBody}",
        "sns",
        {"source": ref("T"), "patterns": [PATTERN], "scope": Constant("MessageBody")},
    ),
    ("SQS", f"{{Queue: !GetAtt Q.Arn, {POLLED}}}", "sqs", {"source": QUEUE, **AS_POLLED}),
    ("Kinesis", f"{{Stream: !GetAtt Q.Arn, {POLLED}}}", "kinesis", {"source": QUEUE, **AS_POLLED}),
    ("DynamoDB", f"{{Stream: !GetAtt Q.StreamArn, {POLLED}}}", "dynamodb", {"source": ref("Q", "StreamArn"), **AS_POLLED}),
    ("MSK", "{Stream: !Ref Q, Topics: [t]}", "msk", {"source": ref("Q")}),
    ("MQ", "{Broker: !GetAtt Q.Arn, Queues: [q]}", "mq", {"source": QUEUE}),
    ("SelfManagedKafka", "{KafkaBootstrapServers: [a:1], Topics: [t]}", "kafka", {"source": Items((Constant("a:1"),))}),
    ("DocumentDB", "{Cluster: !Ref Q, DatabaseName: d}", "documentdb", {"source": ref("Q")}),
    ("EventBridgeRule", "{Pattern: {source: [a.b]}}", "eventbridge", {"source": Constant("default"), "patterns": [PATTERN]}),
    (
        "CloudWatchEvent",
        "{Pattern: {source: [a.b]}, EventBusName: !Ref Bus, State: DISABLED}",
        "eventbridge",
        {"source": Parameter(TEMPLATE, "Bus"), "patterns": [PATTERN], "enabled": Constant(False)},
    ),
    ("Schedule", "{Schedule: rate(1 day), Enabled: true}", "schedule", {"schedule": Constant("rate(1 day)"), "enabled": Constant(True)}),
    ("ScheduleV2", "{ScheduleExpression: rate(1 day), State: ENABLED}", "schedule", {"schedule": Constant("rate(1 day)"), "enabled": Constant(True)}),
    ("CloudWatchLogs", "{LogGroupName: /x, FilterPattern: '{$.a = 1}'}", "logs", {"source": Constant("/x"), "patterns": [Constant("{$.a = 1}")]}),
    ("IoTRule", "{Sql: SELECT * FROM 'a/b'}", "iot", {"source": Constant("SELECT * FROM 'a/b'")}),
    ("AlexaSkill", "{}", "alexa", {}),
    ("Cognito", "{UserPool: !Ref P, Trigger: [PreSignUp, PostConfirmation]}", "cognito", {"source": ref("P"), "events": [Constant("PreSignUp"), Constant("PostConfirmation")]}),
    ("Api", "{Path: /a, Method: get}", "rest-api", {"source": ref("ServerlessRestApi")}),
    ("Api", "{Path: /a, Method: get, RestApiId: !Ref A}", "rest-api", {"source": ref("A")}),
    ("HttpApi", "{PayloadFormatVersion: '1.0'}", "http-api", {"source": ref("ServerlessHttpApi"), "payload_format": Constant("1.0")}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties", "trigger", "settings"), EVENTS)
def test_events(tmp_path: Path, kind: str, properties: str, trigger: str, settings: dict[str, object]) -> None:
    found = event(tmp_path, kind, properties)
    assert (found.kind, found.qualifier) == (trigger, "")
    seen = bare(found)
    for name, expected in settings.items():
        assert expected is None or seen.pop(name) == expected
        seen.pop(name, None)
    assert seen == {}


@pytest.mark.parametrize(("alias", "qualifier"), [("live", "live"), ("!Ref Bus", "?"), ("!Ref AWS::NoValue", "")])
def test_events_go_through_the_published_alias(tmp_path: Path, alias: str, qualifier: str) -> None:
    assert event(tmp_path, "SQS", "{Queue: x}", f"AutoPublishAlias: {alias}").qualifier == qualifier


def test_unknown_and_broken_events_are_passed_over(tmp_path: Path) -> None:
    template = sam(
        """
        It:
          Type: AWS::Serverless::Function
          Properties:
            Events: {A: {Type: Telepathy}, B: text, C: {Properties: {}}, D: {Type: SQS}, E: {Type: [SQS]}}
        Other: {Type: AWS::Serverless::Function, Properties: {Events: [x]}}
        """
    )
    found = deployed(tmp_path, template).triggers
    assert [(trigger.kind, trigger.source) for trigger in found] == [("sqs", None)]


def test_filters_that_cannot_be_read_are_unknown(tmp_path: Path) -> None:
    found = event(tmp_path, "SQS", "{Queue: x, FilterCriteria: {Filters: [{Pattern: no json}, {Pattern: !Ref Bus}]}}")
    assert values(found.patterns) == [UNKNOWN, UNKNOWN]


def test_a_filter_may_hold_values_of_the_template(tmp_path: Path) -> None:
    written = """{Queue: x, FilterCriteria: {Filters: [{Pattern: !Sub '{"a": ["${Bus}", "p-${Bus}", ${Bus}]}'}]}}"""
    (pattern,) = values(event(tmp_path, "SQS", written).patterns)
    assert isinstance(pattern, Table)
    items = pattern.get("a")
    assert isinstance(items, Items)
    assert items.items[0] == items.items[2] == Parameter(TEMPLATE, "Bus")


def test_both_arms_of_a_condition_on_events(tmp_path: Path) -> None:
    template = sam(
        """
        It:
          Type: AWS::Serverless::Function
          Properties:
            Events: !If [C, {A: {Type: SQS, Properties: {Queue: a}}}, {B: {Type: SNS, Properties: {Topic: b}}}]
        """
    )
    assert [trigger.kind for trigger in deployed(tmp_path, template).triggers] == ["sqs", "sns"]


def test_the_url_of_a_function(tmp_path: Path) -> None:
    template = sam(
        """
        It:
          Type: AWS::Serverless::Function
          Properties:
            AutoPublishAlias: live
            FunctionUrlConfig:
              AuthType: AWS_IAM
        None:
          Type: AWS::Serverless::Function
          Properties: {FunctionUrlConfig: !Ref AWS::NoValue}
        """
    )
    found = deployed(tmp_path, template)
    (url,) = found.triggers
    assert (url.kind, url.qualifier, value(url.source)) == ("url", "live", ref("ItUrl"))
    assert url.at == Location(TEMPLATE, 9, 9, 9, 17)
    assert value(function(found, "It").url_auth) == Constant("AWS_IAM")


# --- what SAM makes -----------------------------------------------------------------------------------------------


def test_apis_that_sam_makes_are_resources(tmp_path: Path) -> None:
    template = sam(
        """
        A: {Type: AWS::Serverless::Function, Properties: {Events: {X: {Type: Api}, Y: {Type: HttpApi}}}}
        B: {Type: AWS::Serverless::Function, Properties: {Events: {X: {Type: Api}}}}
        C: {Type: AWS::Serverless::Function, Properties: {Events: {X: {Type: Api, Properties: {RestApiId: !Ref Own}}}}}
        """
    )
    assert [(each.id.name, each.kind, each.type) for each in deployed(tmp_path, template).resources] == [
        ("ServerlessRestApi", "rest-api", "AWS::Serverless::Api"),
        ("ServerlessHttpApi", "http-api", "AWS::Serverless::HttpApi"),
    ]


def test_the_queue_between_a_topic_and_a_function(tmp_path: Path) -> None:
    template = sam(
        """
        It:
          Type: AWS::Serverless::Function
          Properties:
            Events:
              Hidden: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: true, FilterPolicy: {a: [b]}}}
              Named: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: {QueueArn: !GetAtt Q.Arn, QueueUrl: !Ref Q, BatchSize: 3}}}
              None: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: false}}
        """
    )
    found = deployed(tmp_path, template)
    assert [(trigger.kind, value(trigger.source)) for trigger in triggers(found, "It")] == [
        ("sqs", ref("ItHiddenQueue", "Arn")),
        ("sqs", QUEUE),
        ("sns", ref("T")),
    ]
    assert value(triggers(found, "It")[1].batch_size) == Constant(3)
    assert [(each.id.name, each.kind, each.type) for each in found.resources] == [
        ("ItHiddenQueue", "queue", "AWS::SQS::Queue"),
        ("ItHidden", "other", "AWS::SNS::Subscription"),
        ("ItNamed", "other", "AWS::SNS::Subscription"),
    ]
    subscription = resource(found, "ItHidden").properties
    assert isinstance(subscription, Table)
    assert subscription.get("TopicArn") == ref("T")
    assert subscription.get("Endpoint") == ref("ItHiddenQueue", "Arn")
    assert subscription.get("FilterPolicy") == Table((("a", Items((Constant("b"),))),))
