"""Event sources that push: buckets, topics, buses, and buckets through a bus."""

from __future__ import annotations

from product_cases import Source

RECORD = 'event["Records"][0]'
NOTIFIED = "{Event: 's3:ObjectCreated:*', Function: {\"Fn::GetAtt\": [F<n>, Arn]}<filter>}"
PREFIX = ", Filter: {S3Key: {Rules: [{Name: prefix, Value: <pattern>}]}}"

BUCKET_REFERENCES = {
    "cloudformation": "{Ref: <logical>}", "terraform": "aws_s3_bucket.<logical>.id", "cdk": "<logical>.bucket_name",
}  # fmt: skip
BUCKET_ATTRIBUTES = {
    "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}', "terraform": "aws_s3_bucket.<logical>.arn", "cdk": "<logical>.bucket_arn",
}  # fmt: skip
BUCKETS = {
    "cloudformation": "<logical>: {Type: AWS::S3::Bucket, Properties: {BucketName: <name>}}",
    "terraform": 'resource "aws_s3_bucket" "<logical>" {\n  bucket = <name>\n}',
    "cdk": '<logical> = s3.Bucket(self, "<logical>", bucket_name=<name>)',
}
NOTIFYING = BUCKETS["cloudformation"].replace(
    "}}", f", NotificationConfiguration: {{LambdaConfigurations: [{NOTIFIED}]}}}}}}"
)
"""A bucket of plain CloudFormation starts the function by itself."""
PUT = 'put_object(Bucket=<target>, Key=<key>, Body=b"")'

BUCKET = Source(
    "s3",
    "s3",
    PUT,
    event=f'{RECORD}["s3"]["bucket"]["name"]<more>',
    chalice_event="event.bucket<more>",
    taken='<variable>.split(":::")[-1]',
    pattern="go/",
    filters={
        "cloudformation": PREFIX,
        "cdk.out": ", Filter: {Key: {FilterRules: [{Name: Prefix, Value: <pattern>}]}}",
        "serverless": ", rules: [{prefix: <pattern>}]",
        "terraform": '    filter_prefix = "<pattern>"\n',
        "cdk": ', s3.NotificationKeyFilter(prefix="<pattern>")',
        "chalice": ', prefix="<pattern>"',
    },
    resources={
        **dict.fromkeys(["sam", "cdk.out", "serverless"], BUCKETS["cloudformation"]),
        **BUCKETS,
        "cloudformation": NOTIFYING,
    },
    others=BUCKETS,
    references=BUCKET_REFERENCES,
    attributes=BUCKET_ATTRIBUTES,
    triggers={
        "cloudformation": "",
        "cdk.out": "Wire<n>: {Type: Custom::S3BucketNotifications, Properties: {BucketName: {Ref: <source>}, NotificationConfiguration: {LambdaFunctionConfigurations: "
        "[{Events: ['s3:ObjectCreated:*'], LambdaFunctionArn: {\"Fn::GetAtt\": [F<n>, Arn]}<filter>}]}}}",
        "sam": "{Type: S3, Properties: {Bucket: {Ref: <source>}, Events: 's3:ObjectCreated:*'<filter>}}",
        "serverless": "s3: {bucket: {Ref: <source>}, event: 's3:ObjectCreated:*', existing: true<filter>}",
        "terraform": 'resource "aws_s3_bucket_notification" "Wire<n>" {\n  bucket = aws_s3_bucket.<source>.id\n  lambda_function {\n'
        '    lambda_function_arn = aws_lambda_function.F<n>.arn\n    events = ["s3:ObjectCreated:*"]\n<filter>  }\n}',
        "cdk": "<source>.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(F<n>)<filter>)",
        "chalice": '@app.on_s3_event(bucket=<name>, events=["s3:ObjectCreated:*"]<filter>)',
    },
)

POLICY = {
    "cloudformation": ", FilterPolicy: <pattern>",
    "serverless": ", filterPolicy: <pattern>",
    "terraform": "  filter_policy = jsonencode(<pattern>)\n",
    "cdk": ', filter_policy={"kind": sns.SubscriptionFilter.string_filter(allowlist=["go"])}',
}
TOPIC = Source(
    "sns",
    "sns",
    'publish(TopicArn=<target>, Message="x", MessageAttributes={"kind": {"DataType": "String", "StringValue": <sent>}})',
    spelled="arn:aws:sns:eu-west-1:111122223333:<name>",
    event=f'{RECORD}["Sns"]["TopicArn"]',
    chalice_event='event.to_dict()["Records"][0]["Sns"]["TopicArn"]',
    pattern='{"kind": ["go"]}',
    filters=POLICY,
    resources={
        "cloudformation": "<logical>: {Type: AWS::SNS::Topic, Properties: {TopicName: <name>}}",
        "terraform": 'resource "aws_sns_topic" "<logical>" {\n  name = <name>\n}',
        "cdk": '<logical> = sns.Topic(self, "<logical>", topic_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_sns_topic.<logical>.arn",
        "cdk": "<logical>.topic_arn",
    },
    attributes={"cloudformation": '{"Fn::GetAtt": [<logical>, TopicArn]}', "terraform": "aws_sns_topic.<logical>.id"},
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, TopicArn: {Ref: <source>}, "
        'Endpoint: {"Fn::GetAtt": [F<n>, Arn]}<filter>}}',
        "sam": "{Type: SNS, Properties: {Topic: {Ref: <source>}<filter>}}",
        "serverless": "sns: {arn: {Ref: <source>}, topicName: <source><filter>}",
        "terraform": 'resource "aws_sns_topic_subscription" "Wire<n>" {\n  topic_arn = aws_sns_topic.<source>.arn\n  protocol = "lambda"\n'
        "  endpoint = aws_lambda_function.F<n>.arn\n<filter>}",
        "cdk": "<source>.add_subscription(subscriptions.LambdaSubscription(F<n><filter>))",
        "chalice": "@app.on_sns_message(topic=<name>)",
    },
)


def _rules(bus: bool) -> dict[str, str]:
    """Rules on a bus of their own, or on the one that is there: the function's pattern is `<pattern>`."""
    cfn = "EventBusName: {Ref: <source>}, " if bus else ""
    tf = "  event_bus_name = aws_cloudwatch_event_bus.<source>.name\n" if bus else ""
    return {
        "cloudformation": f"Wire<n>: {{Type: AWS::Events::Rule, Properties: {{{cfn}EventPattern: <pattern>, "
        'Targets: [{Id: again, Arn: {"Fn::GetAtt": [F<n>, Arn]}}]}}',
        "sam": f"{{Type: EventBridgeRule, Properties: {{{cfn}Pattern: <pattern>}}}}",
        "serverless": f"eventBridge: {{{'eventBus: {Ref: <source>}, ' if bus else ''}pattern: <pattern>}}",
        "terraform": f'resource "aws_cloudwatch_event_rule" "Wire<n>" {{\n{tf}  event_pattern = jsonencode(<pattern>)\n}}\n'
        f'resource "aws_cloudwatch_event_target" "Wire<n>" {{\n{tf}  rule = aws_cloudwatch_event_rule.Wire<n>.name\n'
        "  arn = aws_lambda_function.F<n>.arn\n}",
        "cdk": f'events.Rule(self, "Wire<n>", {"event_bus=<source>, " if bus else ""}event_pattern=<pattern>, '
        "targets=[targets.LambdaFunction(F<n>)])",
        **({} if bus else {"chalice": "@app.on_cw_event(<pattern>)"}),
    }


RULES, OWN_RULES = _rules(bus=False), _rules(bus=True)
ENTRY = 'put_events(Entries=[{<bus>"Source": "cases-<n>", "DetailType": <sent>, "Detail": "{}"}])'
BUS = Source(
    "eventbridge",
    "events",
    ENTRY.replace("<bus>", '"EventBusName": <target>, '),
    arn="arn:aws:events:eu-west-1:111122223333:event-bus/<name>",
    unfiltered='{"source": ["cases-<n>"]}',
    pattern='{"source": ["cases-<n>"], "detail-type": ["go"]}',
    resources={
        "cloudformation": "<logical>: {Type: AWS::Events::EventBus, Properties: {Name: <name>}}",
        "terraform": 'resource "aws_cloudwatch_event_bus" "<logical>" {\n  name = <name>\n}',
        "cdk": '<logical> = events.EventBus(self, "<logical>", event_bus_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_cloudwatch_event_bus.<logical>.name",
        "cdk": "<logical>.event_bus_name",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_cloudwatch_event_bus.<logical>.arn",
        "cdk": "<logical>.event_bus_arn",
    },
    triggers=OWN_RULES,
)
DEFAULT_BUS = Source(
    "default-bus",
    "events",
    ENTRY.replace("<bus>", ""),
    unfiltered='{"source": ["cases-<n>"]}',
    pattern='{"source": ["cases-<n>"], "detail-type": ["go"]}',
    triggers=RULES,
    relations=("same", "filtered", "admitted"),
    ways=("literal",),
)
OBJECT_CREATED = (
    '{"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [<own>]}<more>}}'
)
THROUGH_BUS = Source(
    "s3-eventbridge",
    "s3",
    PUT,
    event='event["detail"]["bucket"]["name"]<more>',
    taken='<variable>.split(":::")[-1]',
    unfiltered=OBJECT_CREATED.replace("<more>", ""),
    pattern=OBJECT_CREATED.replace("<more>", ', "object": {"key": [{"prefix": "go/"}]}'),
    resources={
        "cloudformation": "<logical>: {Type: AWS::S3::Bucket, Properties: {BucketName: <name>, NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}",
        "terraform": 'resource "aws_s3_bucket" "<logical>" {\n  bucket = <name>\n}\n'
        'resource "aws_s3_bucket_notification" "<logical>" {\n  bucket = aws_s3_bucket.<logical>.id\n  eventbridge = true\n}',
        "cdk": '<logical> = s3.Bucket(self, "<logical>", bucket_name=<name>, event_bridge_enabled=True)',
    },
    references=BUCKET_REFERENCES,
    attributes=BUCKET_ATTRIBUTES,
    triggers={kind: text for kind, text in RULES.items() if kind != "chalice"},
    ways=("literal", "variable", "reference", "attribute", "helper", "event", "stored", "joined", "parameter"),
    rule="invocation-cycle",
)
PUSHED = (BUCKET, TOPIC, BUS, DEFAULT_BUS, THROUGH_BUS)
