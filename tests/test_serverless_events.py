"""The events of a service: what starts its functions, and what the framework makes for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import deployed, resource, triggers, value, values
from serverless_samples import CONFIG, PROVIDER, read

from reviewer.deploy.model import Deployment, Setting, Trigger
from reviewer.deploy.serverless.events import EVENTS
from reviewer.finding import Location
from reviewer.value import Constant, Items, Parameter, Reference, Table, Text, Value


def started(root: Path, event: str, provider: str = PROVIDER, more: str = "") -> Deployment:
    """A function `it` with one event."""
    return read(
        root, f"functions:\n  it:\n    handler: app.main\n    events:\n      - {event}\n{more}", provider=provider
    )


def the(found: Deployment) -> Trigger:
    (trigger,) = found.triggers
    assert trigger.function == (CONFIG, "it")
    return trigger


def ref(name: str, attribute: str = "Ref") -> Reference:
    return Reference(CONFIG, name, attribute)


ARN = "arn:aws:sqs:eu-west-1:1:q"
KINDS: list[tuple[str, str, Value | None]] = [
    ("s3: photos", "s3", Constant("photos")),
    ("s3: {bucket: photos}", "s3", Constant("photos")),
    ("s3: {bucket: !Ref B, existing: true}", "s3", ref("B")),
    (f"sqs: {ARN}", "sqs", Constant(ARN)),
    ("sqs: {arn: !GetAtt Q.Arn}", "sqs", ref("Q", "Arn")),
    ("sqs: !GetAtt Q.Arn", "sqs", ref("Q", "Arn")),
    ("sns: orders", "sns", Constant("orders")),
    ("sns: {topicName: orders, displayName: O}", "sns", Constant("orders")),
    ("sns: {arn: !Ref T, topicName: orders}", "sns", ref("T")),
    ("stream: arn:aws:kinesis:eu-west-1:1:stream/s", "kinesis", Constant("arn:aws:kinesis:eu-west-1:1:stream/s")),
    ("stream: arn:aws:dynamodb:eu-west-1:1:table/t/stream/1", "dynamodb", Constant("arn:aws:dynamodb:eu-west-1:1:table/t/stream/1")),
    ("stream: {type: dynamodb, arn: !GetAtt T.StreamArn}", "dynamodb", ref("T", "StreamArn")),
    ("stream: {type: kinesis, arn: !GetAtt S.Arn}", "kinesis", ref("S", "Arn")),
    ("stream: {arn: !GetAtt Table.StreamArn}", "dynamodb", ref("Table", "StreamArn")),
    ("stream: {arn: !Join [':', ['arn:aws:kinesis', a]]}", "kinesis", Constant("arn:aws:kinesis:a")),
    ("stream: {arn: !ImportValue x}", "custom", None),
    ("msk: {arn: a, topic: t}", "msk", Constant("a")),
    ("kafka: {bootstrapServers: [a], topic: t}", "kafka", Items((Constant("a"),))),
    ("activemq: {arn: a, queue: q}", "mq", Constant("a")),
    ("rabbitmq: {arn: a, queue: q}", "mq", Constant("a")),
    ("documentDb: {cluster: a, db: d}", "documentdb", Constant("a")),
    ("eventBridge: {pattern: {source: [a]}}", "eventbridge", Constant("default")),
    ("eventBridge: {eventBus: own, pattern: {source: [a]}}", "eventbridge", Constant("own")),
    ("eventBridge: {schedule: rate(1 day)}", "schedule", Constant("default")),
    ("cloudwatchEvent: {event: {source: [a]}}", "eventbridge", Constant("default")),
    ("schedule: rate(1 day)", "schedule", None),
    ("http: GET orders", "rest-api", ref("ApiGatewayRestApi")),
    ("http: {path: orders, method: get}", "rest-api", ref("ApiGatewayRestApi")),
    ("httpApi: '*'", "http-api", ref("HttpApi")),
    ("httpApi: {path: /, method: get}", "http-api", ref("HttpApi")),
    ("websocket: $connect", "websocket", ref("WebsocketsApi")),
    ("websocket: {route: a}", "websocket", ref("WebsocketsApi")),
    ("alb: {listenerArn: !Ref L, priority: 1, conditions: {path: /}}", "alb", ref("L")),
    ("cloudwatchLog: /aws/lambda/a", "logs", Constant("/aws/lambda/a")),
    ("cloudwatchLog: {logGroup: /g, filter: x}", "logs", Constant("/g")),
    ("iot: {sql: SELECT * FROM 'a'}", "iot", Constant("SELECT * FROM 'a'")),
    ("iotFleetProvisioning: {templateBody: {}}", "custom", None),
    ("cognitoUserPool: {pool: people, trigger: PreSignUp}", "cognito", ref("CognitoUserPoolPeople")),
    ("cognitoUserPool: {pool: people, trigger: PreSignUp, existing: true}", "cognito", Constant("people")),
    ("alexaSkill", "alexa", None),
    ("alexaSkill: amzn1.ask.skill.x", "alexa", Constant("amzn1.ask.skill.x")),
    ("alexaSmartHome: {appId: x}", "alexa", Constant("x")),
    ("cloudFront: {eventType: viewer-request, origin: https://a}", "custom", None),
]  # fmt: skip
TABLE = "resources: {Resources: {Table: {Type: AWS::DynamoDB::Table}}}\n"


@pytest.mark.parametrize(("event", "kind", "source"), KINDS)
def test_kinds(tmp_path: Path, event: str, kind: str, source: Value | None) -> None:
    trigger = the(started(tmp_path, event, more=TABLE))
    assert trigger.kind == kind
    if "Import" not in event:
        assert (None if trigger.source is None else trigger.source.value) == source
    name = event.partition(":")[0]
    assert trigger.at == Location(CONFIG, 7, 9, 7, 9 + len(name))


def test_every_type_is_tried() -> None:
    assert {event.partition(":")[0] for event, _, _ in KINDS} == EVENTS.keys()


def told(trigger: Trigger, field: str) -> object:
    found = getattr(trigger, field)
    return values(found) if isinstance(found, tuple) else None if found is None else value(found)


PATTERN = Table((("source", Items((Constant("a"),))),))
SETTINGS: list[tuple[str, str, object]] = [
    ("s3: photos", "events", [Constant("s3:ObjectCreated:*")]),
    ("s3: {bucket: b, event: 's3:ObjectRemoved:*'}", "events", [Constant("s3:ObjectRemoved:*")]),
    ("s3: {bucket: b, rules: [{prefix: in/}, {suffix: .png}]}", "prefix", Constant("in/")),
    ("s3: {bucket: b, rules: [{prefix: in/}, {suffix: .png}]}", "suffix", Constant(".png")),
    ("s3: {bucket: b, rules: [{suffix: .png}]}", "prefix", None),
    ("sqs: {arn: a, batchSize: 7}", "batch_size", Constant(7)),
    ("sqs: {arn: a, enabled: false}", "enabled", Constant(False)),
    ("sqs: {arn: a, functionResponseType: ReportBatchItemFailures}", "response_types", [Constant("ReportBatchItemFailures")]),
    ("sqs: {arn: a, filterPatterns: [{source: [a]}, {source: [a]}]}", "patterns", [PATTERN, PATTERN]),
    ("stream: {type: kinesis, arn: a, destinations: {onFailure: x}}", "on_failure", Constant("x")),
    ("stream: {type: kinesis, arn: a, destinations: {onFailure: {type: sqs, arn: !Ref Q}}}", "on_failure", ref("Q")),
    ("sns: {arn: a, filterPolicy: {source: [a]}, filterPolicyScope: MessageBody}", "patterns", [PATTERN]),
    ("sns: {arn: a, filterPolicy: {source: [a]}, filterPolicyScope: MessageBody}", "scope", Constant("MessageBody")),
    ("sns: {arn: a, redrivePolicy: {deadLetterTargetArn: q}}", "on_failure", Constant("q")),
    ("eventBridge: {pattern: {source: [a]}, enabled: false}", "patterns", [PATTERN]),
    ("eventBridge: {pattern: {source: [a]}, enabled: false}", "enabled", Constant(False)),
    ("cloudwatchEvent: {event: {source: [a]}}", "patterns", [PATTERN]),
    ("schedule: {rate: rate(1 day), enabled: false}", "schedule", Constant("rate(1 day)")),
    ("schedule: {rate: [rate(1 day)], enabled: false}", "schedule", Constant("rate(1 day)")),
    ("schedule: {rate: [rate(1 day)], enabled: false}", "enabled", Constant(False)),
    ("cloudwatchLog: {logGroup: /g, filter: '{$.x = 1}'}", "patterns", [Constant("{$.x = 1}")]),
    ("cognitoUserPool: {pool: p, trigger: PreSignUp}", "events", [Constant("PreSignUp")]),
    ("httpApi: '*'", "payload_format", Constant("2.0")),
]  # fmt: skip


@pytest.mark.parametrize(("event", "field", "expected"), SETTINGS)
def test_settings(tmp_path: Path, event: str, field: str, expected: object) -> None:
    assert told(the(started(tmp_path, event)), field) == expected


def test_both_a_pattern_and_a_schedule(tmp_path: Path) -> None:
    found = started(tmp_path, "eventBridge: {pattern: {source: [a]}, schedule: rate(1 day)}")
    assert [trigger.kind for trigger in found.triggers] == ["eventbridge", "schedule"]


def test_payload_formats(tmp_path: Path) -> None:
    shared = the(started(tmp_path, "httpApi: '*'", "provider: {name: aws, httpApi: {payload: '1.0'}}"))
    assert value(shared.payload_format) == Constant("1.0")
    own = the(read(tmp_path, "functions: {it: {handler: a.b, httpApi: {payload: '1.0'}, events: [httpApi: '*']}}"))
    assert value(own.payload_format) == Constant("1.0")


@pytest.mark.parametrize(
    ("event", "provider"),
    [
        ("http: GET /", "apiGateway: {restApiId: !Ref Theirs}"),
        ("httpApi: '*'", "httpApi: {id: !Ref Theirs}"),
        ("websocket: a", "apiGateway: {websocketApiId: !Ref Theirs}"),
    ],
)
def test_apis_that_are_there_already(tmp_path: Path, event: str, provider: str) -> None:
    found = started(tmp_path, event, f"provider: {{name: aws, {provider}}}")
    assert value(the(found).source) == ref("Theirs")
    assert not any(each.type.startswith("AWS::ApiGateway") for each in found.resources)


MADE: list[tuple[str, str, str, Value | None]] = [
    ("s3: my-photos.x", "S3BucketMyphotosx", "AWS::S3::Bucket", Constant("my-photos.x")),
    ("s3: 'b-${sls:stage}'", "S3BucketBdev", "AWS::S3::Bucket", Text((Constant("b-"), Parameter(CONFIG, "stage", (Constant("dev"),))))),
    ("sns: my-topic", "SNSTopicMytopic", "AWS::SNS::Topic", Constant("my-topic")),
    ("sns: {topicName: my-topic}", "SNSTopicMytopic", "AWS::SNS::Topic", Constant("my-topic")),
    ("cognitoUserPool: {pool: people, trigger: PreSignUp}", "CognitoUserPoolPeople", "AWS::Cognito::UserPool", Constant("people")),
    ("eventBridge: {eventBus: own-bus, pattern: {}}", "OwnDashbusEventBridgeEventBus", "AWS::Events::EventBus", Constant("own-bus")),
    ("http: GET /", "ApiGatewayRestApi", "AWS::ApiGateway::RestApi", None),
    ("httpApi: '*'", "HttpApi", "AWS::ApiGatewayV2::Api", None),
    ("websocket: a", "WebsocketsApi", "AWS::ApiGatewayV2::Api", None),
]  # fmt: skip


@pytest.mark.parametrize(("event", "name", "type_", "named"), MADE)
def test_made(tmp_path: Path, event: str, name: str, type_: str, named: Value | None) -> None:
    made = resource(started(tmp_path, event), name)
    assert (made.type, made.at.line) == (type_, 7)
    assert (None if made.name is None else made.name.value) == named


@pytest.mark.parametrize(
    "event",
    [
        "s3: {bucket: b, existing: true}",
        "s3: {bucket: !Ref B, existing: true}",
        "s3: '${env:B}'",
        "sns: arn:aws:sns:eu-west-1:1:t",
        "sns: {arn: !Ref T, topicName: t}",
        "cognitoUserPool: {pool: p, trigger: PreSignUp, existing: true}",
        "eventBridge: {eventBus: default, pattern: {}}",
        "eventBridge: {eventBus: arn:aws:events:eu-west-1:1:event-bus/b, pattern: {}}",
        "eventBridge: {eventBus: !Ref B, pattern: {}}",
        "sqs: q",
    ],
)
def test_not_made(tmp_path: Path, event: str) -> None:
    types = {each.type for each in started(tmp_path, event).resources}
    assert types == {"AWS::IAM::Role", "AWS::Lambda::Version", "AWS::Logs::LogGroup"}


def test_buckets_of_the_provider(tmp_path: Path) -> None:
    provider = "provider: {name: aws, s3: {photos: {name: acme-photos, versioningConfiguration: {Status: Enabled}}}}"
    found = started(tmp_path, "s3: {bucket: photos, event: s3:ObjectCreated:Put}", provider)
    assert value(the(found).source) == Constant("acme-photos")
    assert [value(each.name) for each in found.resources if each.kind == "bucket"] == [Constant("acme-photos")]


def test_a_made_bucket_takes_the_properties_of_its_author(tmp_path: Path) -> None:
    more = "resources: {Resources: {S3BucketPhotos: {Type: AWS::S3::Bucket, Properties: {Tags: []}}}}\n"
    made = resource(started(tmp_path, "s3: photos", more=more), "S3BucketPhotos")
    assert (value(made.name), made.setting("Tags") is not None) == (Constant("photos"), True)


def test_authorizers(tmp_path: Path) -> None:
    body = """
    functions:
      guard: {handler: a.b}
      door: {handler: a.b}
      it:
        handler: a.b
        events:
          - http: {path: a, authorizer: guard}
          - http: {path: b, authorizer: {name: door, resultTtlInSeconds: 0}}
          - http: {path: c, authorizer: aws_iam}
          - httpApi: {path: d, authorizer: {name: custom}}
    """
    provider = "provider: {name: aws, httpApi: {authorizers: {custom: {type: request, functionName: door}}}}"
    found = read(tmp_path, body, provider=provider)
    assert [(t.kind, value(t.source)) for t in triggers(found, "guard")] == [("custom", ref("ApiGatewayRestApi"))]
    assert [(t.kind, value(t.source)) for t in triggers(found, "door")] == [
        ("custom", ref("HttpApi")),
        ("custom", ref("ApiGatewayRestApi")),
    ]
    assert [t.kind for t in triggers(found, "it")] == ["rest-api", "rest-api", "rest-api", "http-api"]


@pytest.mark.parametrize(
    "events",
    [
        "",
        "~",
        "{}",
        "text",
        "[]",
        "[~]",
        "[text]",
        "[[s3: a]]",
        "[{}]",
        "[{Ref: A}]",
        "[{s4: a}]",
        "'${file(events.js)}'",
    ],
)
def test_no_events(tmp_path: Path, events: str) -> None:
    found = read(tmp_path, f"functions: {{it: {{handler: a.b, events: {events or '~'}}}}}")
    assert (len(found.functions), found.triggers, found.problems) == (1, (), ())


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize(
    "written", ["~", "''", "[]", "{}", "[1]", "{Ref: A}", "true", "'${env:X}'", "'${self:custom}'"]
)
def test_events_that_make_no_sense(tmp_path: Path, name: str, written: str) -> None:
    found = started(tmp_path, f"{name}: {written}")
    assert found.problems == ()
    assert {trigger.function.name for trigger in found.triggers} <= {"it"}


def test_events_from_files(tmp_path: Path) -> None:
    part = "- sqs: {arn: !GetAtt Q.Arn}\n- sns: t\n"
    found = read(tmp_path, "functions: {it: {handler: a.b, events: '${file(events.yml)}'}}", {"events.yml": part})
    assert [(t.kind, t.at.path, t.at.line) for t in found.triggers] == [
        ("sqs", "events.yml", 1),
        ("sns", "events.yml", 2),
    ]


def test_names_across_services(tmp_path: Path) -> None:
    one = "service: one\nprovider: {name: aws}\nresources: {Resources: {Q: {Type: 'AWS::SQS::Queue'}}, Outputs: {A: {Value: !GetAtt Q.Arn, Export: {Name: q-arn}}}}\n"
    two = "service: two\nprovider: {name: aws}\nfunctions: {it: {handler: a.b, events: [sqs: {arn: !ImportValue q-arn}]}}\n"
    (trigger,) = deployed(tmp_path, {"one/serverless.yml": one, "two/serverless.yml": two}).triggers
    assert trigger.source == Setting(
        Reference("one/serverless.yml", "Q", "Arn"), trigger.source.at if trigger.source else trigger.at
    )
