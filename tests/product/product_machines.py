"""Event sources that their function starts again through something else: state machines, delivery streams, links."""

from __future__ import annotations

from dataclasses import replace

from product_cases import SILENT, Source
from product_pollers import QUEUE, TABLE
from product_pushers import BUCKET, TOPIC

ROLE = "arn:aws:iam::111122223333:role/any"
TASK = '{"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": <arn>, "End": true}}}'
PASS = '{"StartAt": "Run", "States": {"Run": {"Type": "Pass", "End": true}}}'
OF_FUNCTION = '{"Fn::GetAtt": [F<n>, Arn]}'


def _machine(definition: str) -> dict[str, str]:
    cfn = definition.replace("<arn>", OF_FUNCTION)
    tf = definition.replace("<arn>", "aws_lambda_function.F<n>.arn")
    first = (
        'tasks.LambdaInvoke(self, "Run<n>", lambda_function=F<n>)'
        if "<arn>" in definition
        else 'sfn.Pass(self, "Pass<n>")'
    )
    return {
        "cloudformation": f"<logical>: {{Type: AWS::StepFunctions::StateMachine, Properties: {{StateMachineName: <name>, RoleArn: '{ROLE}', Definition: {cfn}}}}}",
        "sam": f"<logical>: {{Type: AWS::Serverless::StateMachine, Properties: {{Name: <name>, Role: '{ROLE}', Definition: {cfn}}}}}",
        "terraform": f'resource "aws_sfn_state_machine" "<logical>" {{\n  name = <name>\n  role_arn = "{ROLE}"\n  definition = jsonencode({tf})\n}}',
        "cdk": f'<logical> = sfn.StateMachine(self, "<logical>", state_machine_name=<name>, definition_body=sfn.DefinitionBody.from_chainable({first}))',
    }


TEMPLATED = {"cloudformation": "", "terraform": "", "cdk": ""}
"""Nothing but the source starts the function, and Chalice has no such source."""

MACHINE = Source(
    "stepfunctions",
    "stepfunctions",
    'start_execution(stateMachineArn=<target>, input="{}")',
    spelled="arn:aws:states:eu-west-1:111122223333:stateMachine:<name>",
    resources=_machine(TASK),
    others=_machine(PASS),
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_sfn_state_machine.<logical>.arn",
        "cdk": "<logical>.state_machine_arn",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_sfn_state_machine.<logical>.id",
    },
    triggers=TEMPLATED,
    rule="invocation-cycle",
    late=True,
)


def _delivery(transformed: bool) -> dict[str, str]:
    processor = '{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: {"Fn::GetAtt": [F<n>, Arn]}}]}'
    cfn = f", ProcessingConfiguration: {{Enabled: true, Processors: [{processor}]}}" if transformed else ""
    tf = (
        '    processing_configuration {\n      enabled = true\n      processors {\n        type = "Lambda"\n        parameters {\n'
        '          parameter_name = "LambdaArn"\n          parameter_value = "${aws_lambda_function.F<n>.arn}:$LATEST"\n'
        "        }\n      }\n    }\n"
    )
    processed = ", processor=firehose.LambdaFunctionProcessor(F<n>)" if transformed else ""
    return {
        "cloudformation": "<logical>: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {DeliveryStreamName: <name>, "
        f"ExtendedS3DestinationConfiguration: {{BucketARN: 'arn:aws:s3:::lake', RoleARN: '{ROLE}'{cfn}}}}}}}",
        "terraform": 'resource "aws_kinesis_firehose_delivery_stream" "<logical>" {\n  name = <name>\n  destination = "extended_s3"\n'
        f'  extended_s3_configuration {{\n    role_arn = "{ROLE}"\n    bucket_arn = "arn:aws:s3:::lake"\n{tf if transformed else ""}  }}\n}}',
        "cdk": '<logical>Lake = s3.Bucket(self, "<logical>Lake")\n'
        f'<logical> = firehose.DeliveryStream(self, "<logical>", delivery_stream_name=<name>, destination=firehose.S3Bucket(<logical>Lake{processed}))',
    }


DELIVERY = Source(
    "firehose",
    "firehose",
    'put_record(DeliveryStreamName=<target>, Record={"Data": b"x"})',
    event='event["deliveryStreamArn"].split("/")[-1]<more>',
    taken='<variable>.split("/")[-1]',
    resources=_delivery(transformed=True),
    others=_delivery(transformed=False),
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_kinesis_firehose_delivery_stream.<logical>.name",
        "cdk": "<logical>.delivery_stream_name",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_kinesis_firehose_delivery_stream.<logical>.arn",
        "cdk": "<logical>.delivery_stream_arn",
    },
    triggers=TEMPLATED,
    rule="invocation-cycle",
    late=True,
)

# --- from one resource to the next, and then to the function ------------------------------------------------------

MIDDLE = {"cloudformation": "Middle<n>: {Type: AWS::SQS::Queue}", "terraform": 'resource "aws_sqs_queue" "Middle<n>" {}', "cdk": 'Middle<n> = sqs.Queue(self, "Middle<n>")'}  # fmt: skip
POLLED = {
    "cloudformation": 'Polled<n>: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: {Ref: F<n>}, EventSourceArn: {"Fn::GetAtt": [Middle<n>, Arn]}}}',
    "terraform": 'resource "aws_lambda_event_source_mapping" "Polled<n>" {\n  event_source_arn = aws_sqs_queue.Middle<n>.arn\n  function_name = aws_lambda_function.F<n>.arn\n}',
    "cdk": "F<n>.add_event_source(sources.SqsEventSource(Middle<n>))",
}
SUBSCRIBED = {
    "cloudformation": 'Joint<n>: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: {Ref: <source>}, Endpoint: {"Fn::GetAtt": [Middle<n>, Arn]}<filter>}}',
    "terraform": 'resource "aws_sns_topic_subscription" "Joint<n>" {\n  topic_arn = aws_sns_topic.<source>.arn\n  protocol = "sqs"\n  endpoint = aws_sqs_queue.Middle<n>.arn\n<filter>}',
    "cdk": "<source>.add_subscription(subscriptions.SqsSubscription(Middle<n><filter>))",
}
NOTIFIED = {
    "cloudformation": "",
    "terraform": 'resource "aws_s3_bucket_notification" "Joint<n>" {\n  bucket = aws_s3_bucket.<source>.id\n  queue {\n'
    '    queue_arn = aws_sqs_queue.Middle<n>.arn\n    events = ["s3:ObjectCreated:*"]\n<filter>  }\n}',
    "cdk": "<source>.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.SqsDestination(Middle<n>)<filter>)",
}
WIRE = "Wire"


def _joined(*tables: dict[str, str]) -> dict[str, str]:
    """What several tables say, one after the other; in Serverless all of it is a resource of its own."""
    return {name: "\n".join(filter(None, (table[name] for table in tables))) for name in MIDDLE}


TO_QUEUE = BUCKET.resources["cloudformation"].replace("LambdaConfigurations", "QueueConfigurations").replace(
    'Function: {"Fn::GetAtt": [F<n>, Arn]}', 'Queue: {"Fn::GetAtt": [Middle<n>, Arn]}'
)  # fmt: skip
TOPIC_QUEUE = replace(
    TOPIC,
    kind="sns-sqs",
    event="",
    chalice_event="",
    rule="invocation-cycle",
    filters={name: text for name, text in TOPIC.filters.items() if name in MIDDLE},
    triggers=_joined(MIDDLE, SUBSCRIBED, POLLED),
)
BUCKET_QUEUE = replace(
    BUCKET,
    kind="s3-sqs",
    event="",
    chalice_event="",
    rule="invocation-cycle",
    resources={**BUCKET.others, "cloudformation": TO_QUEUE},
    filters={name: text for name, text in BUCKET.filters.items() if name in MIDDLE},
    triggers=_joined(MIDDLE, NOTIFIED, POLLED),
)

PIPE_CRITERIA = "SourceParameters: {FilterCriteria: {Filters: [{Pattern: '<pattern>'}]}}"
PIPE = replace(
    QUEUE,
    kind="pipe",
    event="",
    chalice_event="",
    rule="invocation-cycle",
    filters={
        "cloudformation": f", {PIPE_CRITERIA}",
        "terraform": "  source_parameters {\n    filter_criteria {\n      filter {\n        pattern = jsonencode(<pattern>)\n      }\n    }\n  }\n",
        "cdk": ", source_parameters=pipes.CfnPipe.PipeSourceParametersProperty(filter_criteria=pipes.CfnPipe.FilterCriteriaProperty("
        "filters=[pipes.CfnPipe.FilterProperty(pattern='<pattern>')]))",
    },
    triggers={
        "cloudformation": f"Wire<n>: {{Type: AWS::Pipes::Pipe, Properties: {{RoleArn: '{ROLE}', "
        'Source: {"Fn::GetAtt": [<source>, Arn]}, Target: {"Fn::GetAtt": [F<n>, Arn]}<filter>}}',
        "terraform": f'resource "aws_pipes_pipe" "Wire<n>" {{\n  name = "wire<n>"\n  role_arn = "{ROLE}"\n'
        "  source = aws_sqs_queue.<source>.arn\n  target = aws_lambda_function.F<n>.arn\n<filter>}",
        "cdk": f'pipes.CfnPipe(self, "Wire<n>", role_arn="{ROLE}", source=<source>.queue_arn, target=F<n>.function_arn<filter>)',
    },
)

# --- what brings nothing round ------------------------------------------------------------------------------------

SCHEDULES = {
    "cloudformation": 'Wire<n>: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: again, Arn: {"Fn::GetAtt": [F<n>, Arn]}}]}}',
    "sam": "{Type: Schedule, Properties: {Schedule: rate(1 hour)}}",
    "serverless": "schedule: rate(1 hour)",
    "terraform": 'resource "aws_cloudwatch_event_rule" "Wire<n>" {\n  schedule_expression = "rate(1 hour)"\n}\n'
    'resource "aws_cloudwatch_event_target" "Wire<n>" {\n  rule = aws_cloudwatch_event_rule.Wire<n>.name\n  arn = aws_lambda_function.F<n>.arn\n}',
    "cdk": 'events.Rule(self, "Wire<n>", schedule=events.Schedule.rate(Duration.hours(1)), targets=[targets.LambdaFunction(F<n>)])',
    "chalice": '@app.schedule("rate(1 hour)")',
}
SCHEDULE = replace(
    QUEUE,
    kind="schedule",
    event="",
    chalice_event="",
    triggers=SCHEDULES,
    filters={},
    truth=SILENT,
    relations=("same", "other"),
)
SCHEDULED_TABLE = replace(SCHEDULE, kind="schedule-dynamodb", **{
    name: getattr(TABLE, name) for name in ("service", "call", "spelled", "arn", "taken", "resources", "references", "attributes")
})  # fmt: skip
THROUGH = (MACHINE, DELIVERY, TOPIC_QUEUE, BUCKET_QUEUE, PIPE, SCHEDULE, SCHEDULED_TABLE)
