"""CDK apps that nobody synthesised: what starts their functions.

The expectations are those of the templates that aws-cdk-lib 2.275 synthesises of the same statements.
"""

from __future__ import annotations

import pytest
from cdk_samples import FUNCTION, deployed, facts, plain, triggers

BUCKET = 'bucket = s3.Bucket(self, "Bucket")\n'
QUEUE = 'queue = sqs.Queue(self, "Queue")\n'
TOPIC = 'topic = sns.Topic(self, "Topic")\n'
TABLE = (
    'key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)\n'
    'table = dynamodb.Table(self, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)\n'
)
STREAM = 'stream = kinesis.Stream(self, "Stream")\n'
LATEST = "starting_position=lambda_.StartingPosition.LATEST"

CASES: dict[str, tuple[str, dict[str, object]]] = {
    "notification": (
        BUCKET + "bucket.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(fn), "
        's3.NotificationKeyFilter(prefix="in/", suffix=".csv"))',
        {"kind": "s3", "source": "@Bucket.Ref", "events": ["s3:ObjectCreated:*"], "prefix": "in/", "suffix": ".csv"},
    ),
    "created notification": (
        BUCKET + "bucket.add_object_created_notification(s3n.LambdaDestination(fn))",
        {"kind": "s3", "source": "@Bucket.Ref", "events": ["s3:ObjectCreated:*"]},
    ),
    "removed notification": (
        BUCKET + "bucket.add_object_removed_notification(s3n.LambdaDestination(fn))",
        {"kind": "s3", "source": "@Bucket.Ref", "events": ["s3:ObjectRemoved:*"]},
    ),
    "notification of an imported bucket": (
        'bucket = s3.Bucket.from_bucket_name(self, "Known", "the-bucket")\n'
        "bucket.add_event_notification(s3.EventType.OBJECT_TAGGING_PUT, s3n.LambdaDestination(fn))",
        {"kind": "s3", "source": "the-bucket", "events": ["s3:ObjectTagging:Put"]},
    ),
    "bucket as event source": (
        BUCKET + "fn.add_event_source(sources.S3EventSource(bucket, events=[s3.EventType.OBJECT_CREATED_PUT, "
        's3.EventType.OBJECT_CREATED_COPY], filters=[s3.NotificationKeyFilter(prefix="x/")]))',
        {
            "kind": "s3",
            "source": "@Bucket.Ref",
            "events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"],
            "prefix": "x/",
        },
    ),
    "queue": (
        QUEUE + "fn.add_event_source(sources.SqsEventSource(queue, batch_size=5, report_batch_item_failures=True, "
        'filters=[lambda_.FilterCriteria.filter({"body": {"kind": lambda_.FilterRule.is_equal("order")}})]))',
        {
            "kind": "sqs",
            "source": "@Queue.Arn",
            "batch_size": 5,
            "response_types": ["ReportBatchItemFailures"],
            "patterns": [{"body": {"kind": ["order"]}}],
        },
    ),
    "queue by name": (
        QUEUE + "source = sources.SqsEventSource(queue=queue, enabled=False)\nfn.add_event_source(source=source)",
        {"kind": "sqs", "source": "@Queue.Arn", "enabled": False},
    ),
    "imported queue": (
        'queue = sqs.Queue.from_queue_arn(self, "Known", "arn:aws:sqs:eu-west-1:123456789012:jobs")\n'
        "fn.add_event_source(sources.SqsEventSource(queue))",
        {"kind": "sqs", "source": "arn:aws:sqs:eu-west-1:123456789012:jobs"},
    ),
    "table": (
        TABLE + QUEUE + f"fn.add_event_source(sources.DynamoEventSource(table, {LATEST}, "
        "on_failure=sources.SqsDlq(queue), filters=[lambda_.FilterCriteria.filter("
        '{"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY")})]))',
        {
            "kind": "dynamodb",
            "source": "@Table.StreamArn",
            "batch_size": "100",
            "on_failure": "@Queue.Arn",
            "patterns": [{"eventName": ["INSERT", "MODIFY"]}],
        },
    ),
    "stream": (
        STREAM + f"fn.add_event_source(sources.KinesisEventSource(stream, {LATEST}, batch_size=10))",
        {"kind": "kinesis", "source": "@Stream.Arn", "batch_size": 10},
    ),
    "topic as event source": (
        TOPIC + "fn.add_event_source(sources.SnsEventSource(topic, "
        'filter_policy={"kind": sns.SubscriptionFilter.string_filter(allowlist=["a", "b"])}))',
        {"kind": "sns", "source": "@Topic.Ref", "patterns": [{"kind": ["a", "b"]}]},
    ),
    "subscription": (
        TOPIC + "topic.add_subscription(subscriptions.LambdaSubscription(fn, filter_policy_with_message_body={"
        '"color": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.string_filter(denylist=["red"]))}))',
        {
            "kind": "sns",
            "source": "@Topic.Ref",
            "scope": "MessageBody",
            "patterns": [{"color": [{"anything-but": ["red"]}]}],
        },
    ),
    "mapping": (
        QUEUE + 'fn.add_event_source_mapping("Mapping", event_source_arn=queue.queue_arn, batch_size=2)',
        {"kind": "sqs", "source": "@Queue.Arn", "batch_size": 2},
    ),
    "mapping as a construct": (
        STREAM + 'lambda_.EventSourceMapping(self, "Mapping", target=fn, event_source_arn=stream.stream_arn)',
        {"kind": "kinesis", "source": "@Stream.Arn"},
    ),
    "mapping of the first level": (
        QUEUE + 'lambda_.CfnEventSourceMapping(self, "Mapping", function_name=fn.function_name, '
        "event_source_arn=queue.queue_arn)",
        {"kind": "sqs", "source": "@Queue.Arn"},
    ),
    "rule": (
        'bus = events.EventBus(self, "Bus")\n'
        'rule = events.Rule(self, "Rule", event_bus=bus, event_pattern=events.EventPattern(source=["my.app"], '
        'detail_type=["Order"], detail={"state": events.Match.prefix("new")}))\n'
        "rule.add_target(targets.LambdaFunction(fn))",
        {
            "kind": "eventbridge",
            "source": "@Bus.Ref",
            "patterns": [{"source": ["my.app"], "detail-type": ["Order"], "detail": {"state": [{"prefix": "new"}]}}],
        },
    ),
    "rule with targets": (
        'events.Rule(self, "Rule", enabled=False, event_pattern={"source": ["aws.s3"]}, '
        "targets=[targets.LambdaFunction(fn)])",
        {"kind": "eventbridge", "source": "default", "enabled": False, "patterns": [{"source": ["aws.s3"]}]},
    ),
    "rule whose pattern comes later": (
        'rule = events.Rule(self, "Rule", targets=[targets.LambdaFunction(fn)])\n'
        'rule.add_event_pattern(detail_type=["Object Created"])',
        {"kind": "eventbridge", "source": "default", "patterns": [{"detail-type": ["Object Created"]}]},
    ),
    "schedule": (
        'events.Rule(self, "Rule", schedule=events.Schedule.rate(Duration.minutes(5)), '
        "targets=[targets.LambdaFunction(fn)])",
        {"kind": "schedule", "source": "default", "schedule": "rate(5 minutes)"},
    ),
    "cron": (
        'rule = events.Rule(self, "Rule", schedule=events.Schedule.cron(minute="0", hour="1"))\n'
        "rule.add_target(targets.LambdaFunction(fn))",
        {"kind": "schedule", "source": "default", "schedule": "cron(0 1 * * ? *)"},
    ),
    "scheduler": (
        'scheduler.Schedule(self, "Nightly", schedule=scheduler.ScheduleExpression.rate(Duration.hours(1)), '
        "target=scheduler_targets.LambdaInvoke(fn))",
        {"kind": "schedule", "source": "@Nightly.Ref", "schedule": "rate(1 hour)"},
    ),
    "log group": (
        'group = logs.LogGroup(self, "Group")\ngroup.add_subscription_filter("Filter", '
        'destination=logs_destinations.LambdaDestination(fn), filter_pattern=logs.FilterPattern.all_terms("ERROR"))',
        {"kind": "logs", "source": "@Group.Ref", "patterns": ['"ERROR"']},
    ),
    "own log group": (
        'logs.SubscriptionFilter(self, "Filter", log_group=fn.log_group, '
        "destination=logs_destinations.LambdaDestination(fn), filter_pattern=logs.FilterPattern.all_events())",
        {"kind": "logs", "source": "/aws/lambda/@Fn.Ref", "patterns": [""]},
    ),
    "API": (
        'api = apigateway.RestApi(self, "Api")\n'
        'api.root.add_resource("orders").add_method("GET", apigateway.LambdaIntegration(fn))',
        {"kind": "rest-api", "source": "@Api.Ref"},
    ),
    "API of one function": (
        'apigateway.LambdaRestApi(self, "Api", handler=fn)',
        {"kind": "rest-api", "source": "@Api.Ref"},
    ),
    "HTTP API": (
        'api = apigatewayv2.HttpApi(self, "Api")\napi.add_routes(path="/", '
        'methods=[apigatewayv2.HttpMethod.GET], integration=integrations.HttpLambdaIntegration("I", fn))',
        {"kind": "http-api", "source": "@Api.Ref"},
    ),
    "HTTP API with a default": (
        'apigatewayv2.HttpApi(self, "Api", default_integration=integrations.HttpLambdaIntegration("I", fn))',
        {"kind": "http-api", "source": "@Api.Ref"},
    ),
    "WebSocket API": (
        'api = apigatewayv2.WebSocketApi(self, "Api")\n'
        'api.add_route("send", integration=integrations.WebSocketLambdaIntegration("I", fn))',
        {"kind": "websocket", "source": "@Api.Ref"},
    ),
    "WebSocket API, when it is connected to": (
        'apigatewayv2.WebSocketApi(self, "Api", connect_route_options=apigatewayv2.WebSocketRouteOptions('
        'integration=integrations.WebSocketLambdaIntegration("I", fn)))',
        {"kind": "websocket", "source": "@Api.Ref"},
    ),
    "URL": (
        "fn.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)",
        {"kind": "url", "source": "@Fn/Url.Ref"},
    ),
    "user pool": (
        'cognito.UserPool(self, "Pool", lambda_triggers=cognito.UserPoolTriggers(post_confirmation=fn))',
        {"kind": "cognito", "source": "@Pool.Ref", "events": ["PostConfirmation"]},
    ),
    "user pool, later": (
        'pool = cognito.UserPool(self, "Pool")\npool.add_trigger(cognito.UserPoolOperation.PRE_SIGN_UP, fn)',
        {"kind": "cognito", "source": "@Pool.Ref", "events": ["PreSignUp"]},
    ),
    "rotation": (
        'secret = secretsmanager.Secret(self, "Secret")\nsecret.add_rotation_schedule("Rotation", rotation_lambda=fn)',
        {"kind": "custom", "source": "@Secret.Ref"},
    ),
    "alias": (
        QUEUE + 'alias = fn.add_alias("live")\nalias.add_event_source(sources.SqsEventSource(queue))',
        {"kind": "sqs", "source": "@Queue.Arn", "qualifier": "live"},
    ),
    "alias as a construct": (
        TOPIC + 'alias = lambda_.Alias(self, "Live", alias_name="live", version=fn.current_version)\n'
        "topic.add_subscription(subscriptions.LambdaSubscription(alias))",
        {"kind": "sns", "source": "@Topic.Ref", "qualifier": "live"},
    ),
    "version": (
        TOPIC + "topic.add_subscription(subscriptions.LambdaSubscription(fn.current_version))",
        {"kind": "sns", "source": "@Topic.Ref", "qualifier": "?"},
    ),
    "state machine": (
        'first = tasks.LambdaInvoke(self, "First", lambda_function=fn)\n'
        'choice = sfn.Choice(self, "Choice").when(sfn.Condition.is_present("$.a"), first)\n'
        'begin = sfn.Pass(self, "Begin")\n'
        'sfn.StateMachine(self, "Machine", definition_body=sfn.DefinitionBody.from_chainable(begin.next(choice)))',
        {"kind": "stepfunctions", "source": "@Machine.Ref"},
    ),
    "state machine that begins with a chain": (
        'call = tasks.LambdaInvoke(self, "Call", lambda_function=fn)\n'
        'sfn.StateMachine(self, "Machine", definition=sfn.Chain.start(call).next(sfn.Succeed(self, "Done")))',
        {"kind": "stepfunctions", "source": "@Machine.Ref"},
    ),
    "rule of devices": (
        'iot.TopicRule(self, "Rule", sql=iot.IotSql.from_string_as_ver20160323("SELECT * FROM \'a\'"), '
        "actions=[iot_actions.LambdaFunctionAction(fn)])",
        {"kind": "iot", "source": "SELECT * FROM 'a'"},
    ),
    "edge of a distribution": (
        'cdk.aws_cloudfront.Distribution(self, "Site", default_behavior=cdk.aws_cloudfront.BehaviorOptions('
        "edge_lambdas=[cdk.aws_cloudfront.EdgeLambda(function_version=fn.current_version)]))",
        {"kind": "custom", "source": "@Site.Ref", "qualifier": "?"},
    ),
    "stream of another app by its parts": (
        'arn = self.format_arn(service="kinesis", account="1", resource="stream", resource_name="clicks")\n'
        'stream = kinesis.Stream.from_stream_arn(self, "Stream", arn)\n'
        f"fn.add_event_source(sources.KinesisEventSource(stream, {LATEST}, batch_size=9))",
        {"kind": "kinesis", "source": "arn:%AWS::Partition:kinesis:%AWS::Region:1:stream/clicks", "batch_size": 9},
    ),
    "permission alone": (
        'fn.add_permission("Permit", principal=iam.ServicePrincipal("sns.amazonaws.com"), source_arn="arn:aws:sns:x:y:z")',
        {"kind": "sns", "source": "arn:aws:sns:x:y:z", "prefix": "Unknown", "suffix": "Unknown"}
        | {"events": ["Unknown"], "patterns": ["Unknown"]},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_function_is_started(case: str) -> None:
    body, expected = CASES[case]
    assert [dict(facts(trigger)) for trigger in triggers(body)] == [expected]


def test_event_sources_as_an_argument() -> None:
    found = deployed(
        QUEUE + 'lambda_.Function(self, "Fn", handler="index.handler", code=lambda_.Code.from_asset("src"), '
        "runtime=lambda_.Runtime.PYTHON_3_13, events=[sources.SqsEventSource(queue)])"
    )
    assert [(trigger.kind, plain(trigger.source)) for trigger in found.triggers] == [("sqs", "@Queue.Arn")]


def test_a_local_class_of_event_sources() -> None:
    found = deployed(
        FUNCTION + QUEUE + "fn.add_event_source(Orders(queue))",
        """
        class Orders(sources.SqsEventSource):
            def __init__(self, queue):
                super().__init__(queue, batch_size=1)
        """,
    )
    assert [(plain(trigger.source), plain(trigger.batch_size)) for trigger in found.triggers] == [("@Queue.Arn", 1)]


def test_a_trigger_stands_where_its_source_is_written() -> None:
    body = QUEUE + "source = sources.SqsEventSource(queue)\nfn.add_event_source(source)"
    (trigger,) = triggers(body)
    assert trigger.at.path == "app.py"
    assert trigger.source is not None
    assert trigger.source.at.line == trigger.at.line


LINKS = {
    "redrive": (
        'sqs.Queue(self, "Jobs", dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=queue))',
        ("redrive", "@Jobs.Ref", "@Queue.Arn"),
    ),
    "subscription": (
        TOPIC + "topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))",
        ("subscription", "@Topic.Ref", "@Queue.Arn"),
    ),
    "rule": (
        'events.Rule(self, "R", event_pattern=events.EventPattern(source=["a"]), targets=[targets.SqsQueue(queue)])',
        ("rule", "default", "@Queue.Arn"),
    ),
    "task": (
        'send = tasks.SqsSendMessage(self, "Send", queue=queue, message_body=sfn.TaskInput.from_text("x"))\n'
        'choice = sfn.Choice(self, "Choice").when(sfn.Condition.is_present("$.a"), send)\n'
        'chain = sfn.Chain.start(sfn.Pass(self, "First")).next(choice)\n'
        'sfn.StateMachine(self, "Machine", definition_body=sfn.DefinitionBody.from_chainable(chain))',
        ("task", "@Machine.Ref", "@Queue.Ref"),
    ),
    "rule of devices": (
        'iot.TopicRule(self, "Rule", sql=iot.IotSql.from_string_as_ver20160323("SELECT 1"), '
        "actions=[iot_actions.SqsQueueAction(queue)])",
        ("iot", "SELECT 1", "@Queue.Ref"),
    ),
    "rule, to a delivery stream": (
        'flow = firehose.DeliveryStream(self, "Flow")\n'
        'events.Rule(self, "R", event_pattern=events.EventPattern(source=["a"]), '
        "targets=[targets.KinesisFirehoseStreamV2(flow)])",
        ("rule", "default", "@Flow.Arn"),
    ),
    "notification": (
        BUCKET + "bucket.add_object_created_notification(s3n.SqsDestination(queue))",
        ("notification", "@Bucket.Ref", "@Queue.Arn"),
    ),
}


@pytest.mark.parametrize("case", LINKS)
def test_resources_start_each_other(case: str) -> None:
    body, expected = LINKS[case]
    found = deployed(FUNCTION + QUEUE + body)
    assert [(link.kind, plain(link.source), plain(link.target)) for link in found.links] == [expected]


def test_a_subscription_with_a_filter_of_the_message() -> None:
    found = deployed(
        FUNCTION + QUEUE + TOPIC + 'policy = {"a": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.exists_filter())}\n'
        'sns.Subscription(self, "S", topic=topic, protocol=sns.SubscriptionProtocol.SQS, endpoint=queue.queue_arn, '
        "filter_policy_with_message_body=policy)"
    )
    assert [(plain(link.scope), plain(link.patterns[0])) for link in found.links] == [
        ("MessageBody", {"a": [{"exists": True}]})
    ]


def test_destinations() -> None:
    found = deployed(
        QUEUE
        + TOPIC
        + FUNCTION.replace(
            "code=",
            "on_success=destinations.SqsDestination(queue), on_failure=destinations.SnsDestination(topic), code=",
        )
    )
    (function,) = found.functions
    assert plain(function.on_success) == "@Queue.Arn"
    assert plain(function.on_failure) == "@Topic.Ref"


def test_a_function_that_knows_another_machine_leads_to_none_of_its_states() -> None:
    other = FUNCTION.replace("fn =", "other =").replace('"Fn"', '"Other"')
    machine = 'sfn.StateMachine(self, "{}", definition=tasks.LambdaInvoke(self, "Run {}", lambda_function={}))\n'
    found = deployed(
        f"{FUNCTION}{other}second = {machine.format('Second', 'other', 'other')}{machine.format('First', 'fn', 'fn')}"
        'fn.add_environment("NEXT", second.state_machine_arn)'
    )
    links = [(plain(link.source), plain(link.target)) for link in found.links]
    assert sorted(links) == [("@First.Ref", "@Fn.Arn"), ("@Second.Ref", "@Other.Arn")]
