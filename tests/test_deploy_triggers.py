"""What starts functions in CloudFormation, and where templates name them."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, ref, sam, triggers, value, values

from reviewer.deploy.model import Deployment, Trigger
from reviewer.deploy.wiring import RESOURCES
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Table, Value

FUNCTION = "It: {Type: AWS::Lambda::Function}\n"
ARN = "!GetAtt It.Arn"
URI = "!Sub 'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${It.Arn}/invocations'"
PATTERN = Table((("source", Items((Constant("a.b"),))),))


def wired(root: Path, kind: str, properties: str, more: str = "") -> Deployment:
    """A function, a resource `Wire` with these properties, and others."""
    return deployed(root, cloudformation(f"{FUNCTION}Wire: {{Type: {kind}, Properties: {properties}}}\n{more}"))


def the(found: Deployment) -> Trigger:
    (trigger,) = found.triggers
    assert trigger.function == (TEMPLATE, "It")
    return trigger


OWN = ref("Wire")

WIRES: list[tuple[str, str, str, str, Value | None]] = [
    ("AWS::Lambda::EventSourceMapping", "{FunctionName: %s, EventSourceArn: !GetAtt Q.Arn}", "custom", "event-source-mapping", ref("Q", "Arn")),
    ("AWS::Events::Rule", "{EventPattern: {source: [a.b]}, Targets: [{Id: x, Arn: %s}]}", "eventbridge", "rule-target", Constant("default")),
    ("AWS::Events::Rule", "{EventBusName: !Ref B, EventPattern: '{\"a\": [1]}', Targets: [{Arn: %s}]}", "eventbridge", "rule-target", ref("B")),
    ("AWS::Events::Rule", "{ScheduleExpression: rate(1 day), Targets: [{Arn: %s}]}", "schedule", "rule-target", Constant("default")),
    ("AWS::Scheduler::Schedule", "{ScheduleExpression: rate(1 day), Target: {Arn: %s}}", "schedule", "schedule-target", OWN),
    ("AWS::SNS::Subscription", "{Protocol: lambda, TopicArn: !Ref T, Endpoint: %s}", "sns", "subscription", ref("T")),
    ("AWS::SNS::Topic", "{Subscription: [{Protocol: lambda, Endpoint: %s}]}", "sns", "subscription", OWN),
    ("AWS::Logs::SubscriptionFilter", "{LogGroupName: !Ref L, DestinationArn: %s, FilterPattern: ''}", "logs", "log-destination", ref("L")),
    ("AWS::IoT::TopicRule", "{TopicRulePayload: {Sql: s, Actions: [{Lambda: {FunctionArn: %s}}]}}", "iot", "iot-action", Constant("s")),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "{TargetType: lambda, Targets: [{Id: %s}]}", "alb", "load-balancer-target", OWN),
    ("AWS::Lambda::Url", "{TargetFunctionArn: %s, AuthType: NONE}", "url", "url", OWN),
    ("AWS::Config::ConfigRule", "{Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: %s}}", "config", "config-rule", OWN),
    ("AWS::SES::ReceiptRule", "{Rule: {Actions: [{LambdaAction: {FunctionArn: %s}}]}}", "ses", "receipt-rule", OWN),
    ("AWS::AppSync::DataSource", "{LambdaConfig: {LambdaFunctionArn: %s}}", "custom", "data-source", OWN),
    ("AWS::CloudFront::Distribution", "{DistributionConfig: {DefaultCacheBehavior: {LambdaFunctionAssociations: [{LambdaFunctionARN: %s}]}}}", "custom", "edge-association", OWN),
    ("AWS::SSM::Document", "{Content: {mainSteps: [{action: 'aws:invokeLambdaFunction', inputs: {FunctionName: %s}}]}}", "custom", "automation-step", OWN),
    ("AWS::SecretsManager::RotationSchedule", "{SecretId: !Ref S, RotationLambdaARN: %s}", "custom", "rotation", ref("S")),
    ("AWS::Pipes::Pipe", "{Source: x, Target: %s}", "custom", "pipe", OWN),
    ("AWS::Pipes::Pipe", "{Source: x, Enrichment: %s, Target: y}", "custom", "pipe", OWN),
    ("AWS::CloudFormation::CustomResource", "{ServiceToken: %s}", "custom", "custom-resource", OWN),
    ("Custom::Anything", "{ServiceToken: %s}", "custom", "custom-resource", OWN),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "properties", "kind", "role", "source"), WIRES)
def test_wires(tmp_path: Path, *, type_: str, properties: str, kind: str, role: str, source: Value) -> None:
    found = wired(tmp_path, type_, properties % ARN)
    trigger = the(found)
    assert (trigger.kind, value(trigger.source), trigger.qualifier) == (kind, source, "")
    assert trigger.at == Location(TEMPLATE, 4, 3, 4, 7)
    (reference,) = found.references
    assert (reference.role, reference.function, reference.qualified) == (role, (TEMPLATE, "It"), False)
    assert value(reference.target) == ref("It", "Arn")
    pinned = deployed(
        tmp_path,
        cloudformation(
            f"{FUNCTION}Live: {{Type: AWS::Lambda::Alias, Properties: {{Name: live, FunctionName: !Ref It}}}}\n"
            f"Wire: {{Type: {type_}, Properties: {properties % '!Ref Live'}}}\n"
        ),
    )
    assert the(pinned).qualifier == "live"
    assert [each.qualified for each in pinned.references] == [True]
    elsewhere = wired(tmp_path, type_, properties % "!GetAtt Q.Arn")
    assert elsewhere.triggers == elsewhere.references == ()


def test_every_wire_of_the_table_has_paths_and_a_role() -> None:
    for wiring in RESOURCES.values():
        assert wiring.functions
        assert wiring.role
        assert all(path and not path.startswith(".") for path in wiring.functions)


@pytest.mark.parametrize(
    ("type_", "properties", "kind"),
    [
        ("AWS::ApiGateway::Method", "{RestApiId: !Ref Api, Integration: {Uri: %s}}", "rest-api"),
        ("AWS::ApiGateway::Authorizer", "{RestApiId: !Ref Api, AuthorizerUri: %s}", "custom"),
        ("AWS::ApiGatewayV2::Integration", "{ApiId: !Ref Http, IntegrationUri: %s}", "http-api"),
        ("AWS::ApiGatewayV2::Integration", "{ApiId: !Ref Socket, IntegrationUri: %s}", "websocket"),
        ("AWS::ApiGatewayV2::Integration", "{ApiId: !Ref Elsewhere, IntegrationUri: %s}", "http-api"),
        ("AWS::ApiGatewayV2::Api", "{Target: %s}", "http-api"),
    ],
)
@pytest.mark.parametrize(
    "uri",
    [
        URI,
        ARN,
        "!Join ['', ['arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/', !GetAtt It.Arn, /invocations]]",
    ],
)
def test_integrations(tmp_path: Path, type_: str, properties: str, kind: str, uri: str) -> None:
    apis = """\
Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
"""
    assert the(wired(tmp_path, type_, properties % uri, apis)).kind == kind


# --- event source mappings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("!GetAtt Queue.Arn", "sqs"),
        ("!GetAtt Table.StreamArn", "dynamodb"),
        ("!GetAtt Stream.Arn", "kinesis"),
        ("!Ref Cluster", "msk"),
        ("arn:aws:sqs:eu-west-1:111122223333:jobs", "sqs"),
        ("!Sub 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/x'", "kinesis"),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/x/stream/1", "dynamodb"),
        ("!Ref Unknown", "custom"),
        ("!Ref Given", "sqs"),
        ("!ImportValue somewhere", "custom"),
        ("!If [C, !ImportValue x, !GetAtt Queue.Arn]", "sqs"),
    ],
)
def test_the_kind_of_a_mapping_is_that_of_its_source(tmp_path: Path, source: str, kind: str) -> None:
    more = """\
Queue: {Type: AWS::SQS::Queue}
Table: {Type: AWS::DynamoDB::Table}
Stream: {Type: AWS::Kinesis::Stream}
Cluster: {Type: AWS::MSK::Cluster}
"""
    wire = f"Wire: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{FunctionName: {ARN}, EventSourceArn: {source}}}}}\n"
    given = "Parameters: {Given: {Type: String, Default: 'arn:aws:sqs:eu-west-1:111122223333:jobs'}}\n"
    assert the(deployed(tmp_path, cloudformation(FUNCTION + wire + more, given))).kind == kind


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ("SelfManagedEventSource: {}", "kafka"),
        ("Queues: [q]", "mq"),
        ("Topics: [t]", "msk"),
        ("DocumentDBEventSourceConfig: {}", "documentdb"),
    ],
)
def test_the_kind_of_a_mapping_by_what_only_it_has(tmp_path: Path, properties: str, kind: str) -> None:
    assert (
        the(wired(tmp_path, "AWS::Lambda::EventSourceMapping", f"{{FunctionName: {ARN}, {properties}}}")).kind == kind
    )


def test_settings_of_a_mapping(tmp_path: Path) -> None:
    properties = (
        "{FunctionName: %s, EventSourceArn: x, BatchSize: 7, Enabled: true, FunctionResponseTypes: [ReportBatchItemFailures], "
        'FilterCriteria: {Filters: [{Pattern: \'{"source": ["a.b"]}\'}]}, DestinationConfig: {OnFailure: {Destination: d}}}'
    )
    trigger = the(wired(tmp_path, "AWS::Lambda::EventSourceMapping", properties % ARN))
    assert value(trigger.batch_size) == Constant(7)
    assert value(trigger.enabled) == Constant(True)
    assert values(trigger.response_types) == [Constant("ReportBatchItemFailures")]
    assert values(trigger.patterns) == [PATTERN]
    assert value(trigger.on_failure) == Constant("d")


# --- rules and notifications --------------------------------------------------------------------------------------


def test_a_rule_with_pattern_and_schedule_is_two_triggers(tmp_path: Path) -> None:
    properties = "{EventPattern: {source: [a.b]}, ScheduleExpression: rate(1 day), State: DISABLED, Targets: [{Arn: %s}, {Arn: !GetAtt Q.Arn}]}"
    found = wired(tmp_path, "AWS::Events::Rule", properties % ARN)
    assert [trigger.kind for trigger in found.triggers] == ["eventbridge", "schedule"]
    assert values(found.triggers[0].patterns) == [PATTERN]
    assert value(found.triggers[1].schedule) == Constant("rate(1 day)")
    assert value(found.triggers[0].enabled) == Constant(False)


def test_bucket_notifications(tmp_path: Path) -> None:
    template = cloudformation(
        """
        It: {Type: AWS::Lambda::Function}
        Bucket:
          Type: AWS::S3::Bucket
          Properties:
            NotificationConfiguration:
              LambdaConfigurations:
                - Event: s3:ObjectCreated:*
                  Function: !GetAtt It.Arn
                  Filter: {S3Key: {Rules: [{Name: Prefix, Value: in/}, {Name: suffix, Value: .csv}]}}
                - Event: s3:ObjectRemoved:*
                  Function: !GetAtt Elsewhere.Arn
              QueueConfigurations: [{Event: s3:ObjectCreated:*, Queue: !GetAtt Q.Arn}]
        """
    )
    found = deployed(tmp_path, template)
    trigger = the(found)
    assert (trigger.kind, value(trigger.source)) == ("s3", ref("Bucket"))
    assert values(trigger.events) == [Constant("s3:ObjectCreated:*")]
    assert (value(trigger.prefix), value(trigger.suffix)) == (Constant("in/"), Constant(".csv"))
    assert trigger.at == Location(TEMPLATE, 9, 13, 9, 18)
    assert [(each.role, each.target.at.line) for each in found.references] == [("notification", 10)]


def test_bucket_notifications_of_cdk(tmp_path: Path) -> None:
    properties = (
        "{ServiceToken: x, BucketName: !Ref B, NotificationConfiguration: {LambdaFunctionConfigurations: [{Events: [a, b], "
        "Filter: {Key: {FilterRules: [{Name: prefix, Value: in/}]}}, LambdaFunctionArn: %s}]}}"
    )
    trigger = the(wired(tmp_path, "Custom::S3BucketNotifications", properties % ARN))
    assert (trigger.kind, value(trigger.source), value(trigger.prefix)) == ("s3", ref("B"), Constant("in/"))
    assert values(trigger.events) == [Constant("a"), Constant("b")]


def test_operations_of_a_user_pool(tmp_path: Path) -> None:
    properties = (
        "{LambdaConfig: {PreSignUp: %s, CustomSMSSender: {LambdaVersion: V1_0, LambdaArn: %s}, KMSKeyID: !Ref K}}"
    )
    found = wired(tmp_path, "AWS::Cognito::UserPool", properties % (ARN, ARN))
    assert [(trigger.kind, value(trigger.source), values(trigger.events)) for trigger in found.triggers] == [
        ("cognito", OWN, [Constant("PreSignUp")]),
        ("cognito", OWN, [Constant("CustomSMSSender")]),
    ]


def test_a_url_of_an_alias_is_pinned(tmp_path: Path) -> None:
    found = wired(tmp_path, "AWS::Lambda::Url", f"{{TargetFunctionArn: {ARN}, Qualifier: live}}")
    assert the(found).qualifier == "live"
    assert [each.qualified for each in found.references] == [True]


# --- OpenAPI ------------------------------------------------------------------------------------------------------

PATHS = """\
paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        uri: {Fn::Sub: "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${It.Arn}/invocations"}
        payloadFormatVersion: "2.0"
    post:
      x-amazon-apigateway-integration: {uri: "http://example.com"}
securityDefinitions:
  mine:
    x-amazon-apigateway-authorizer:
      authorizerUri: {Fn::Sub: "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${It.Arn}:live/invocations"}
"""


@pytest.mark.parametrize(
    ("type_", "properties", "kind"),
    [
        ("AWS::Serverless::Api", "{DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./api.yaml}}}}", "rest-api"),
        ("AWS::Serverless::HttpApi", "{DefinitionUri: api.yaml}", "http-api"),
        ("AWS::ApiGateway::RestApi", "{Body: {paths: {/a: {get: {x-amazon-apigateway-integration: {uri: !GetAtt It.Arn}}}}, x: {x-amazon-apigateway-authorizer: {authorizerUri: !Sub '${It.Arn}:live'}}}}", "rest-api"),
    ],
)  # fmt: skip
def test_integrations_of_a_definition(tmp_path: Path, type_: str, properties: str, kind: str) -> None:
    template = sam(f"{FUNCTION}Wire: {{Type: {type_}, Properties: {properties}}}\n")
    found = deployed(tmp_path, template, unlisted={"api.yaml": PATHS})
    assert [(trigger.kind, trigger.qualifier, value(trigger.source)) for trigger in found.triggers] == [
        (kind, "", OWN),
        ("custom", "live", OWN),
    ]
    assert [(each.role, each.qualified) for each in found.references] == [
        ("api-integration", False),
        ("authorizer", True),
    ]


def test_a_definition_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    template = sam("Wire: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: api.yaml}}\n")
    found = deployed(tmp_path, template, unlisted={"api.yaml": "a: b\n\tc"})
    assert [(each.at.path, each.at.line) for each in found.problems] == [("api.yaml", 2)]


def test_a_definition_out_of_the_tree_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(PATHS)
    template = sam(f"{FUNCTION}Wire: {{Type: AWS::Serverless::Api, Properties: {{DefinitionUri: ../api.yaml}}}}\n")
    assert deployed(tmp_path / "root", template).triggers == ()


# --- permissions --------------------------------------------------------------------------------------------------


def permission(principal: str, more: str = "") -> str:
    return f"{{Action: lambda:InvokeFunction, FunctionName: {ARN}, Principal: {principal}{more}}}"


def test_a_permission_names_a_function(tmp_path: Path) -> None:
    found = wired(tmp_path, "AWS::Lambda::Permission", permission("'444455556666'"))
    assert found.triggers == ()
    assert [(each.role, each.function) for each in found.references] == [("permission", (TEMPLATE, "It"))]


def test_a_permission_alone_tells_of_a_trigger_made_elsewhere(tmp_path: Path) -> None:
    found = wired(
        tmp_path, "AWS::Lambda::Permission", permission("s3.amazonaws.com", ", SourceArn: 'arn:aws:s3:::photos'")
    )
    trigger = the(found)
    assert (trigger.kind, value(trigger.source)) == ("s3", Constant("arn:aws:s3:::photos"))
    assert value(trigger.prefix) == value(trigger.suffix) == UNKNOWN
    assert values(trigger.events) == values(trigger.patterns) == [UNKNOWN]


@pytest.mark.parametrize(
    ("principal", "wire"),
    [
        ("events.amazonaws.com", "{Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt It.Arn}]}}"),
        ("sns.amazonaws.com", "{Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, TopicArn: t, Endpoint: !GetAtt It.Arn}}"),
        ("apigateway.amazonaws.com", "{Type: AWS::ApiGateway::Authorizer, Properties: {AuthorizerUri: !GetAtt It.Arn}}"),
    ],
)  # fmt: skip
def test_a_permission_beside_its_trigger_adds_none(tmp_path: Path, principal: str, wire: str) -> None:
    found = wired(tmp_path, "AWS::Lambda::Permission", permission(principal), f"Other: {wire}\n")
    assert len(found.triggers) == 1
    assert found.triggers[0].patterns == ()


@pytest.mark.parametrize(("api", "kinds"), [("Rest", ["rest-api"]), ("Socket", ["websocket"]), ("Other", [])])
def test_a_permission_for_an_api_is_of_the_kind_of_the_api(tmp_path: Path, api: str, kinds: list[str]) -> None:
    more = """\
Rest: {Type: AWS::ApiGateway::RestApi}
Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
"""
    source = f", SourceArn: !Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api}}}/*'"
    found = wired(tmp_path, "AWS::Lambda::Permission", permission("apigateway.amazonaws.com", source), more)
    assert [trigger.kind for trigger in found.triggers] == kinds


# --- references ---------------------------------------------------------------------------------------------------


def test_a_function_elsewhere_is_a_reference_without_function(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:other"
    found = wired(tmp_path, "AWS::Lambda::Permission", f"{{FunctionName: {arn}, Principal: s3.amazonaws.com}}")
    assert [(each.function, value(each.target)) for each in found.references] == [(None, Constant(arn))]
    assert found.triggers == ()


def test_what_has_to_name_the_bare_function_is_no_reference(tmp_path: Path) -> None:
    template = sam(
        """
        It: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: SQS, Properties: {Queue: q}}}, Policies: [{LambdaInvokePolicy: {FunctionName: !Ref It}}]}}
        Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref It}}
        Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref It, Name: live}}
        Config: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref It, Qualifier: live}}
        Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/lambda/${It}"}}
        Role: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: [{Resource: !GetAtt It.Arn}]}}]}}
        """
    )
    found = deployed(tmp_path, template)
    assert found.references == ()
    assert len(triggers(found, "It")) == 1


def test_a_text_around_a_function_is_no_name_of_it(tmp_path: Path) -> None:
    found = wired(
        tmp_path, "AWS::Lambda::Permission", "{FunctionName: !Sub '${It}-other', Principal: s3.amazonaws.com}"
    )
    assert found.references == found.triggers == ()
