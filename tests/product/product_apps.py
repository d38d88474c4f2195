"""The dialects that are languages: Terraform, the CDK in Python, Chalice."""

from __future__ import annotations

import json

from product_cases import NAMED, POWERTOOLS, Case, code
from product_dialects import Dialect, Files, indented

# --- Terraform ----------------------------------------------------------------------------------------------------

TF_HEAD = """\
variable "stage" {}

data "aws_caller_identity" "me" {}

data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/code.zip"
}
"""
TF_STORED = (
    'resource "aws_ssm_parameter" "Stored<n>" {\n  name  = "/targets/<n>"\n  type  = "String"\n  value = <value>\n}'
)


def _tf_function(dialect: Dialect, case: Case) -> str:
    variable = dialect.setting(case.written)
    settings = dialect.settings(case) or f'function_name = "F{case.number}"'
    variables = (
        f"\n  environment {{\n    variables = {{ TARGET_{case.written.number} = {variable} }}\n  }}" if variable else ""
    )
    return f"""\
resource "aws_lambda_function" "F{case.number}" {{
  handler       = "handlers.case_{case.number}"
  runtime       = "python3.13"
  filename      = data.archive_file.code.output_path{variables}
{indented([settings])}}}"""


def terraform(dialect: Dialect, cases: list[Case]) -> Files:
    blocks = [TF_HEAD]
    for case in cases:
        if case.way == "parameter":
            blocks.append(f'variable "name{case.number}" {{\n  default = "{case.name}"\n}}')
        blocks += [*dialect.declared(case), _tf_function(dialect, case), dialect.trigger(case)]
    return {"main.tf": "\n\n".join(blocks), **{f"src/{path}": text for path, text in code(cases).items()}}


TERRAFORM = Dialect(
    "terraform",
    terraform,
    '"<text>"',
    "${var.stage}",
    "${var.name<n>}",
    "null",
    TF_STORED,
    "aws_ssm_parameter.Stored<n>.name",
)

# --- CDK ----------------------------------------------------------------------------------------------------------

CDK_HEAD = """\
import aws_cdk as cdk
from aws_cdk import (
    Duration, Stack, aws_apigateway as apigateway, aws_apigatewayv2 as apigatewayv2, aws_cognito as cognito,
    aws_apigatewayv2_integrations as integrations, aws_dynamodb as dynamodb, aws_events as events, aws_iot as iot,
    aws_events_targets as targets, aws_kinesis as kinesis, aws_kinesisfirehose as firehose, aws_lambda as lambda_,
    aws_lambda_destinations as destinations, aws_lambda_event_sources as sources, aws_logs as logs, aws_s3 as s3,
    aws_logs_destinations as logs_destinations, aws_s3_notifications as s3n, aws_sns as sns, aws_sqs as sqs,
    aws_sns_subscriptions as subscriptions, aws_ssm as ssm, aws_stepfunctions as sfn, aws_ses as ses,
    aws_stepfunctions_tasks as tasks, aws_amazonmq as mq, aws_docdb as docdb, aws_msk as msk, aws_pipes as pipes,
)


class Jobs(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        latest = lambda_.StartingPosition.LATEST
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        code = lambda_.Code.from_asset("src")
"""
CDK_END = '\n\napp = cdk.App()\nJobs(app, "Jobs")\napp.synth()\n'
CDK_STORED = 'Stored<n> = ssm.StringParameter(self, "Stored<n>", parameter_name="/targets/<n>", string_value=<value>)'


def _cdk_function(dialect: Dialect, case: Case) -> str:
    to = case.written
    variable = "" if to.source.late else dialect.setting(to)
    settings = [f'environment={{"TARGET_{to.number}": {variable}}}' if variable else "", dialect.settings(case)]
    given = ", ".join(filter(None, ["code=code", *settings]))
    return (
        f'F{case.number} = lambda_.Function(self, "F{case.number}", runtime=lambda_.Runtime.PYTHON_3_13, '
        f'handler="handlers.case_{case.number}", {given})'
    )


def cdk(dialect: Dialect, cases: list[Case]) -> Files:
    """Triggers are statements. Sources stand before the functions, those that name functions after them."""
    statements = [
        f'name{case.number} = cdk.CfnParameter(self, "Name{case.number}", default="{case.name}")'
        for case in cases
        if case.way == "parameter"
    ]
    statements += [text for case in cases if not case.source.late for text in dialect.declared(case)]
    statements += [_cdk_function(dialect, case) for case in cases]
    statements += [dialect.trigger(case) for case in cases]
    statements += [text for case in cases if case.source.late for text in dialect.declared(case)]
    statements += [
        f'F{case.number}.add_environment("TARGET_{case.written.number}", {dialect.setting(case.written)})'
        for case in cases
        if case.written.source.late and dialect.setting(case.written)
    ]
    text = f"{CDK_HEAD}{indented(statements, ' ' * 8)}{CDK_END}"
    return {
        "cdk.json": '{"app": "python3 app.py"}',
        "app.py": text,
        **{f"src/{path}": text for path, text in code(cases).items()},
    }


CDK = Dialect(
    "cdk",
    cdk,
    'f"<text>"',
    "{cdk.Aws.STACK_NAME}",
    "{name<n>.value_as_string}",
    "None",
    CDK_STORED,
    "Stored<n>.parameter_name",
)

# --- Chalice ------------------------------------------------------------------------------------------------------


ALONE = "@app.lambda_function()"
"""The decorator of a function that nothing starts; it gets the event as it is, and the context."""


def chalice(dialect: Dialect, cases: list[Case]) -> Files:
    """Triggers are decorators of the handlers, resources have names, variables are those of the application."""
    parts = [
        f"import json\nimport os\n\nfrom chalice import Chalice\n\n{POWERTOOLS}\nfrom chalicelib import clients, naming\n"
    ]
    parts.append('\napp = Chalice(app_name="jobs")\n\n\n')
    for case in cases:
        trigger = dialect.trigger(case)
        written = case.code if trigger == ALONE else case.code.replace("(event, context)", "(event)")
        parts.append(written.replace("def case_", f"{trigger}\ndef case_", 1))
    made = {f"chalicelib/{path}": text for path, text in code(cases).items() if path != "handlers.py"}
    made["chalicelib/naming.py"] = made["chalicelib/naming.py"].replace(
        "import clients", "from chalicelib import clients"
    )
    variables = {f"TARGET_{case.number}": dialect.setting(case).strip('"') for case in cases if dialect.setting(case)}
    config = {"version": "2.0", "app_name": "jobs", "environment_variables": variables}
    return {
        "app.py": "".join(parts),
        ".chalice/config.json": json.dumps(config),
        "chalicelib/__init__.py": "",
        **made,
    }


CHALICE = Dialect("chalice", chalice, "", "", "", "", "", ways=(*NAMED, "arn", "event"))
