"""Small Terraform configurations for the tests of their reader."""

from __future__ import annotations

import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path

from deploy_samples import deployed, function

from reviewer.deploy.model import Deployment
from reviewer.value import Constant, Items, Parameter, Pseudo, Reference, Result, Table, Text, Unknown, Value

MAIN = "main.tf"
FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  handler       = "app.handler"
  runtime       = "python3.13"
}
"""

SOURCES = """
resource "aws_s3_bucket" "b" {}
resource "aws_sqs_queue" "q" {}
resource "aws_sqs_queue" "dead" {}
resource "aws_sns_topic" "t" {}
resource "aws_dynamodb_table" "d" {
  name             = "d"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}
resource "aws_kinesis_stream" "k" {}
resource "aws_cloudwatch_event_bus" "bus" {
  name = "orders"
}
resource "aws_api_gateway_rest_api" "rest" {}
resource "aws_apigatewayv2_api" "http" {
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_api" "socket" {
  protocol_type = "WEBSOCKET"
}
resource "aws_cognito_user_pool" "pool" {
  name = "pool"
  lambda_config {
    pre_sign_up = aws_lambda_function.signs.arn
  }
}
resource "aws_lambda_function" "signs" {
  handler = "app.handler"
}
resource "aws_cloudwatch_log_group" "logs" {
  name = "/own"
}
"""
"""Resources of many kinds, by one letter or word each."""


def configured(root: Path, files: str | Mapping[str, str | bytes], **more: Mapping[str, str]) -> Deployment:
    """The deployment of a configuration; of a text alone that of `main.tf`, with a function `f` in it."""
    if isinstance(files, str):
        return deployed(root, {MAIN: textwrap.dedent(files) + FUNCTION}, **more)
    return deployed(
        root, {path: textwrap.dedent(text) if isinstance(text, str) else text for path, text in files.items()}, **more
    )


def evaluated(expression: str, more: str = "", files: Mapping[str, str] | None = None) -> Value:
    """The value of an expression, as an environment variable of a function gets it."""
    text = (
        'resource "aws_lambda_function" "f" {\n  handler = "app.handler"\n  environment {\n    variables = {\n'
        f"      X = {expression}\n    }}\n  }}\n}}\n{textwrap.dedent(more)}"
    )
    with tempfile.TemporaryDirectory() as folder:
        listed = {path: content for path, content in (files or {}).items() if ".tf" in path}
        found = deployed(Path(folder), {MAIN: text, **listed}, unlisted=files or {})
        assert not found.problems
        setting = function(found, "aws_lambda_function.f").variable("X")
    assert setting is not None
    return setting.value


def plain(value: Value) -> object:
    """A value as Python writes it: `<name.Attribute>` for a resource, `$name` for a parameter, `?` for UNKNOWN."""
    match value:
        case Constant():
            return value.value
        case Items(items, open=is_open):
            return [*map(plain, items), *(["…"] if is_open else [])]
        case Table(entries, open=is_open):
            return {**{key: plain(inner) for key, inner in entries}, **({"…": "…"} if is_open else {})}
        case Text(parts):
            return "".join(str(plain(part)) for part in parts)
        case Reference(name=name, attribute=attribute):
            return f"<{name}.{attribute}>"
        case Parameter(name=name, options=()):
            return f"${name}"
        case Parameter(name=name, options=options):
            return f"${name}{[plain(option) for option in options]}"
        case Pseudo(name=name):
            return f"<{name}>"
        case Result("json.dumps", arguments):
            return f"json:{plain(arguments[0][1])}"
        case Unknown():
            return "?"
    return value
