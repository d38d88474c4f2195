"""Functions that start themselves without a source: by an invocation, by their logs, by their destinations."""

from __future__ import annotations

from dataclasses import replace

from product_cases import FILTERED, NAMED, OTHER, SAME, Source
from product_pushers import TOPIC

INLINE = '"def handler(event, context): return 1"'
FUNCTION = Source(
    "lambda",
    "functions",
    'invoke(FunctionName=<target>, InvocationType="Event", Payload=b"{}")',
    kept_out='invoke(FunctionName=<target>, InvocationType="DryRun", Payload=b"{}")',
    arn="arn:aws:lambda:eu-west-1:111122223333:function:<name>",
    event="context.function_name<more>",
    made="F",
    others={
        "cloudformation": f"<logical>: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: <name>, Runtime: python3.13, Handler: index.handler, Code: {{ZipFile: {INLINE}}}}}}}",
        "terraform": 'resource "aws_lambda_function" "<logical>" {\n  function_name = <name>\n  s3_bucket = "elsewhere"\n  s3_key = "other.zip"\n}',
        "cdk": '<logical> = lambda_.Function(self, "<logical>", function_name=<name>, runtime=lambda_.Runtime.PYTHON_3_13, '
        f'handler="index.handler", code=lambda_.Code.from_inline({INLINE}))',
    },
    settings={
        "cloudformation": "FunctionName: <physical>",
        "serverless": "name: <physical>",
        "terraform": "function_name = <physical>",
        "cdk": "function_name=<physical>",
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_lambda_function.<logical>.function_name",
        "cdk": "<logical>.function_name",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_lambda_function.<logical>.arn",
        "cdk": "<logical>.function_arn",
    },
    triggers={"cloudformation": "", "terraform": "", "cdk": ""},
    rule="self-invocation",
    late=True,
)
ALIASED = replace(
    FUNCTION,
    kind="lambda-alias",
    spelled="<name>:live",
    arn=f"{FUNCTION.arn}:live",
    event='f"{context.function_name}:live"',
    ways=(*NAMED, "arn", "event", "joined", "parameter"),
)
OWN_ARN = replace(
    FUNCTION,
    kind="lambda-own-arn",
    arn="111122223333:function:<name>",
    event="context.invoked_function_arn",
    ways=("arn", "event"),
)
OWN_VARIABLE = replace(
    FUNCTION,
    kind="lambda-own-variable",
    event='os.environ["AWS_LAMBDA_FUNCTION_NAME"]<more>',
    chalice_event='os.environ["AWS_LAMBDA_FUNCTION_NAME"]<more>',
    triggers={**FUNCTION.triggers, "chalice": "@app.lambda_function()"},
    ways=("event",),
)
PLANNED = replace(
    FUNCTION,
    kind="scheduler",
    service="scheduler",
    call='create_schedule(Name="next", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": <target>, "RoleArn": "", "Input": "{}"})',
    kept_out="",
    spelled=FUNCTION.arn,
    arn="",
    event="context.invoked_function_arn",
    references=FUNCTION.attributes,
    attributes={},
)

# --- logs ---------------------------------------------------------------------------------------------------------

LOGS = Source(
    "logs",
    "",
    'print("a line")',
    pattern="ERROR",
    relations=(SAME, OTHER, FILTERED),
    truth={SAME: "error", FILTERED: "warning"},
    ways=("variable", "reference", "joined", "parameter"),
    resources={
        "cloudformation": "<logical>: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: <name>}}",
        "terraform": 'resource "aws_cloudwatch_log_group" "<logical>" {\n  name = <name>\n}',
        "cdk": '<logical> = logs.LogGroup(self, "<logical>", log_group_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_cloudwatch_log_group.<logical>.name",
        "cdk": "<logical>",
    },
    settings={
        "cloudformation": "LoggingConfig: {LogGroup: <setting>}",
        "serverless": "logs: {logGroup: <setting>}",
        "terraform": 'function_name = "F<n>"\nlogging_config {\n  log_format = "Text"\n  log_group = <setting>\n}',
        "cdk": "log_group=<setting>",
    },
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: <own>, FilterPattern: '<pattern>', "
        'DestinationArn: {"Fn::GetAtt": [F<n>, Arn]}}}',
        "sam": "{Type: CloudWatchLogs, Properties: {LogGroupName: <own>, FilterPattern: '<pattern>'}}",
        "serverless": "cloudwatchLog: {logGroup: <own>, filter: '<pattern>'}",
        "terraform": 'resource "aws_cloudwatch_log_subscription_filter" "Wire<n>" {\n  name = "wire<n>"\n  log_group_name = <own>\n'
        '  filter_pattern = "<pattern>"\n  destination_arn = aws_lambda_function.F<n>.arn\n}',
        "cdk": 'logs.SubscriptionFilter(self, "Wire<n>", log_group=<own>, destination=logs_destinations.LambdaDestination(F<n>), '
        'filter_pattern=logs.FilterPattern.literal("<pattern>"))',
    },
)

# --- destinations -------------------------------------------------------------------------------------------------


TEMPLATED = {dialect: text for dialect, text in TOPIC.triggers.items() if dialect != "chalice"}


def _destination(of: str) -> dict[str, str]:
    """Where the function's results go: `of` is `success` or `failure`."""
    name = of.capitalize()
    config = f"DestinationConfig: {{On{name}: {{Destination: <setting>}}}}"
    tf = (
        'resource "aws_lambda_function_event_invoke_config" "To<n>" {\n  function_name = aws_lambda_function.F<n>.function_name\n'
        f"  destination_config {{\n    on_{of} {{\n      destination = <setting>\n    }}\n  }}\n}}"
    )
    return {
        "cloudformation": f"To<n>: {{Type: AWS::Lambda::EventInvokeConfig, Properties: {{FunctionName: {{Ref: F<n>}}, Qualifier: $LATEST, {config}}}}}",
        "terraform": tf,
    }


IMPORTED = 'sns.Topic.from_topic_arn(self, "Imported<n>", <setting>)'


def _destined(of: str, truth: str) -> Source:
    name = of.capitalize()
    more = _destination(of)
    triggers = {dialect: f"{TOPIC.triggers[dialect]}\n{text}" for dialect, text in more.items()}
    return replace(
        TOPIC,
        kind=f"on-{of}",
        service="",
        call="return event",
        event="",
        chalice_event="",
        pattern="",
        filters={},
        relations=(SAME, OTHER),
        ways=("variable", "reference", "attribute", "joined", "parameter"),
        settings={
            "sam": f"EventInvokeConfig: {{DestinationConfig: {{On{name}: {{Type: SNS, Destination: <setting>}}}}}}",
            "serverless": f"destinations: {{on{name}: {{type: sns, arn: <setting>}}}}",
            "cdk": f"on_{of}=destinations.SnsDestination({IMPORTED})",
        },
        triggers={**TEMPLATED, **triggers, "cdk.out": triggers["cloudformation"]},
        truth={SAME: truth},
        rule="invocation-cycle",
    )


SUCCESS, FAILURE = _destined("success", "error"), _destined("failure", "warning")
DEAD_LETTER = replace(
    FAILURE,
    kind="dead-letter",
    settings={
        "cloudformation": "DeadLetterConfig: {TargetArn: <setting>}",
        "sam": "DeadLetterQueue: {Type: SNS, TargetArn: <setting>}",
        "serverless": "onError: <setting>",
        "terraform": 'function_name = "F<n>"\ndead_letter_config {\n  target_arn = <setting>\n}',
        "cdk": f"dead_letter_topic={IMPORTED}",
    },
    triggers=TEMPLATED,
)
THEMSELVES = (FUNCTION, ALIASED, OWN_ARN, OWN_VARIABLE, PLANNED, LOGS, SUCCESS, FAILURE, DEAD_LETTER)
