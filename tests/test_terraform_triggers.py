"""What starts functions in Terraform configurations, and what leads on without code."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import resource, triggers
from terraform_samples import SOURCES, configured, plain

from reviewer.deploy.model import Trigger

F = "aws_lambda_function.f"
CASES = {
    "notification": (
        """
        resource "aws_s3_bucket_notification" "n" {
          bucket = aws_s3_bucket.b.id
          lambda_function {
            lambda_function_arn = aws_lambda_function.f.arn
            events              = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
            filter_prefix       = "in/"
            filter_suffix       = ".jpg"
          }
        }
        """,
        (
            "s3",
            "<aws_s3_bucket.b.Ref>",
            {"events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "prefix": "in/", "suffix": ".jpg"},
        ),
    ),
    "queue": (
        """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn        = aws_sqs_queue.q.arn
          function_name           = aws_lambda_function.f.function_name
          batch_size              = 5
          enabled                 = false
          function_response_types = ["ReportBatchItemFailures"]
          filter_criteria {
            filter {
              pattern = jsonencode({ body = { kind = ["a"] } })
            }
            filter {
              pattern = "{\\"body\\": {\\"kind\\": [\\"b\\"]}}"
            }
          }
        }
        """,
        (
            "sqs",
            "<aws_sqs_queue.q.Arn>",
            {
                "batch_size": 5,
                "enabled": False,
                "response_types": ["ReportBatchItemFailures"],
                "patterns": [{"body": {"kind": ["a"]}}, {"body": {"kind": ["b"]}}],
            },
        ),
    ),
    "stream": (
        """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = aws_dynamodb_table.d.stream_arn
          function_name    = aws_lambda_function.f.arn
          destination_config {
            on_failure {
              destination_arn = aws_sqs_queue.dead.arn
            }
          }
        }
        """,
        ("dynamodb", "<aws_dynamodb_table.d.StreamArn>", {"on_failure": "<aws_sqs_queue.dead.Arn>"}),
    ),
    "kinesis": (
        """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = aws_kinesis_stream.k.arn
          function_name    = "arn:aws:lambda:eu-west-1:1:function:f"
        }
        """,
        ("kinesis", "<aws_kinesis_stream.k.Arn>", {}),
    ),
    "topic": (
        """
        resource "aws_sns_topic_subscription" "s" {
          topic_arn           = aws_sns_topic.t.arn
          protocol            = "lambda"
          endpoint            = aws_lambda_function.f.arn
          filter_policy       = jsonencode({ kind = ["a"] })
          filter_policy_scope = "MessageBody"
        }
        """,
        ("sns", "<aws_sns_topic.t.Ref>", {"patterns": [{"kind": ["a"]}], "scope": "MessageBody"}),
    ),
    "rule": (
        """
        resource "aws_cloudwatch_event_rule" "r" {
          name           = "r"
          event_bus_name = aws_cloudwatch_event_bus.bus.name
          event_pattern  = <<EOF
          {
            "source": ["shop"],
            "detail": { "queue": ["${aws_sqs_queue.q.arn}"] }
          }
        EOF
        }
        resource "aws_cloudwatch_event_target" "f" {
          rule           = aws_cloudwatch_event_rule.r.name
          event_bus_name = aws_cloudwatch_event_bus.bus.name
          arn            = aws_lambda_function.f.arn
        }
        """,
        (
            "eventbridge",
            "<aws_cloudwatch_event_bus.bus.Ref>",
            {"patterns": [{"source": ["shop"], "detail": {"queue": ["<aws_sqs_queue.q.Arn>"]}}]},
        ),
    ),
    "rule-by-name": (
        """
        resource "aws_cloudwatch_event_rule" "r" {
          name          = "fixed"
          event_pattern = file("pattern.json")
          is_enabled    = false
        }
        resource "aws_cloudwatch_event_target" "f" {
          rule = "fixed"
          arn  = aws_lambda_function.f.arn
        }
        """,
        ("eventbridge", "default", {"patterns": [{"source": ["by file"]}], "enabled": False}),
    ),
    "target-of-a-rule-elsewhere": (
        """
        resource "aws_cloudwatch_event_target" "f" {
          rule = "made-elsewhere"
          arn  = aws_lambda_function.f.arn
        }
        """,
        ("eventbridge", "default", {"patterns": ["?"]}),
    ),
    "schedule": (
        """
        resource "aws_cloudwatch_event_rule" "r" {
          schedule_expression = "rate(1 day)"
        }
        resource "aws_cloudwatch_event_target" "f" {
          rule = aws_cloudwatch_event_rule.r.id
          arn  = aws_lambda_function.f.arn
        }
        """,
        ("schedule", "default", {"schedule": "rate(1 day)"}),
    ),
    "scheduler": (
        """
        resource "aws_scheduler_schedule" "s" {
          schedule_expression = "rate(1 hour)"
          target {
            arn      = aws_lambda_function.f.arn
            role_arn = "arn:aws:iam::1:role/x"
          }
        }
        """,
        ("schedule", "<aws_scheduler_schedule.s.Ref>", {"schedule": "rate(1 hour)"}),
    ),
    "rest-api": (
        """
        resource "aws_api_gateway_integration" "i" {
          rest_api_id          = aws_api_gateway_rest_api.rest.id
          http_method          = "GET"
          type                 = "AWS_PROXY"
          uri                  = aws_lambda_function.f.invoke_arn
          timeout_milliseconds = 1000
        }
        """,
        ("rest-api", "<aws_api_gateway_rest_api.rest.Ref>", {"waits": 1000}),
    ),
    "rest-api-by-uri": (
        """
        resource "aws_api_gateway_integration" "i" {
          rest_api_id = aws_api_gateway_rest_api.rest.id
          uri         = "arn:aws:apigateway:${data.aws_region.r.name}:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}/invocations"
        }
        data "aws_region" "r" {}
        """,
        ("rest-api", "<aws_api_gateway_rest_api.rest.Ref>", {}),
    ),
    "http-api": (
        """
        resource "aws_apigatewayv2_integration" "i" {
          api_id                 = aws_apigatewayv2_api.http.id
          integration_uri        = aws_lambda_function.f.invoke_arn
          payload_format_version = "2.0"
        }
        """,
        ("http-api", "<aws_apigatewayv2_api.http.Ref>", {"payload_format": "2.0"}),
    ),
    "websocket": (
        """
        resource "aws_apigatewayv2_integration" "i" {
          api_id          = aws_apigatewayv2_api.socket.id
          integration_uri = aws_lambda_function.f.invoke_arn
        }
        """,
        ("websocket", "<aws_apigatewayv2_api.socket.Ref>", {}),
    ),
    "url": (
        """
        resource "aws_lambda_function_url" "u" {
          function_name      = aws_lambda_function.f.function_name
          authorization_type = "AWS_IAM"
        }
        """,
        ("url", "<aws_lambda_function_url.u.Ref>", {}),
    ),
    "load-balancer": (
        """
        resource "aws_alb_target_group_attachment" "a" {
          target_group_arn = "arn:aws:elasticloadbalancing:x"
          target_id        = aws_lambda_function.f.arn
        }
        """,
        ("alb", "<aws_alb_target_group_attachment.a.Ref>", {}),
    ),
    "logs": (
        """
        resource "aws_cloudwatch_log_subscription_filter" "s" {
          log_group_name  = aws_cloudwatch_log_group.logs.name
          filter_pattern  = "ERROR"
          destination_arn = aws_lambda_function.f.arn
        }
        """,
        ("logs", "<aws_cloudwatch_log_group.logs.Ref>", {"patterns": ["ERROR"]}),
    ),
    "iot": (
        """
        resource "aws_iot_topic_rule" "r" {
          name = "r"
          sql  = "SELECT * FROM 'a/b'"
          lambda {
            function_arn = aws_lambda_function.f.arn
          }
        }
        """,
        ("iot", "SELECT * FROM 'a/b'", {}),
    ),
    "permission-alone": (
        """
        resource "aws_lambda_permission" "p" {
          function_name = aws_lambda_function.f.function_name
          principal     = "sns.amazonaws.com"
          source_arn    = aws_sns_topic.t.arn
        }
        """,
        (
            "sns",
            "<aws_sns_topic.t.Ref>",
            {"patterns": ["?"], "events": ["?"], "prefix": "?", "suffix": "?", "waits": "?"},
        ),
    ),
    "state-machine": (
        """
        resource "aws_sfn_state_machine" "m" {
          name       = "m"
          definition = templatefile("machine.json", { function = aws_lambda_function.f.arn })
        }
        """,
        ("stepfunctions", "<aws_sfn_state_machine.m.Ref>", {}),
    ),
    "edge": (
        """
        resource "aws_cloudfront_distribution" "d" {
          default_cache_behavior {
            target_origin_id = "o"
          }
          ordered_cache_behavior {
            path_pattern = "/x"
            lambda_function_association {
              event_type = "origin-request"
              lambda_arn = aws_lambda_function.f.qualified_arn
            }
          }
        }
        """,
        ("custom", "<aws_cloudfront_distribution.d.Ref>", {}),
    ),
    "described-in-yaml": (
        """
        resource "aws_api_gateway_rest_api" "api" {
          body = <<EOF
        openapi: 3.0.1
        paths:
          /x:
            get: # a comment
              x-amazon-apigateway-integration:
                type: aws_proxy
                uri: ${aws_lambda_function.f.invoke_arn}
        EOF
        }
        """,
        ("rest-api", "<aws_api_gateway_rest_api.api.Ref>", {}),
    ),
    "rotation": (
        """
        resource "aws_secretsmanager_secret_rotation" "r" {
          secret_id           = "s"
          rotation_lambda_arn = aws_lambda_function.f.arn
        }
        """,
        ("custom", "s", {}),
    ),
}
FILES = {
    "pattern.json": '{"source": ["by file"]}',
    "machine.json": '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${function}", "TimeoutSeconds": 5}}}',
}
FIELDS = (
    *("events", "prefix", "suffix", "patterns", "scope", "batch_size", "response_types", "enabled", "schedule"),
    *("on_failure", "payload_format", "waits"),
)


def told(trigger: Trigger) -> dict[str, object]:
    """The fields of a trigger that are set."""
    found: dict[str, object] = {}
    for name in FIELDS:
        given = getattr(trigger, name)
        if given:
            found[name] = [plain(each.value) for each in given] if isinstance(given, tuple) else plain(given.value)
    return found


@pytest.mark.parametrize("name", CASES)
def test_triggers(tmp_path: Path, name: str) -> None:
    text, (kind, source, fields) = CASES[name]
    deployment = configured(tmp_path, SOURCES + text, unlisted=FILES)
    assert not deployment.problems
    (found,) = triggers(deployment, F)
    assert found.source is not None
    assert (found.kind, plain(found.source.value), told(found)) == (kind, source, fields)
    assert found.at.path == "main.tf"


def test_a_user_pool_names_the_operation(tmp_path: Path) -> None:
    (found,) = triggers(configured(tmp_path, SOURCES), "aws_lambda_function.signs")
    assert (found.kind, told(found)) == ("cognito", {"events": ["PreSignUp"]})


def test_an_alias_is_a_qualifier(tmp_path: Path) -> None:
    text = """
    resource "aws_lambda_alias" "live" {
      name             = "live"
      function_name    = aws_lambda_function.f.function_name
      function_version = "1"
    }
    resource "aws_lambda_event_source_mapping" "m" {
      event_source_arn = aws_sqs_queue.q.arn
      function_name    = aws_lambda_alias.live.arn
    }
    resource "aws_lambda_permission" "p" {
      function_name = aws_lambda_function.f.function_name
      principal     = "sns.amazonaws.com"
      qualifier     = aws_lambda_alias.live.name
    }
    """
    deployment = configured(tmp_path, SOURCES + text)
    assert {(each.kind, each.qualifier) for each in triggers(deployment, F)} == {("sqs", "live"), ("sns", "live")}
    qualified = [each.qualified for each in deployment.references if each.function and each.function.name == F]
    assert qualified == [True, True]


@pytest.mark.parametrize(
    ("publish", "written", "qualified"),
    [("", "qualified_arn", False), ("publish = true", "qualified_arn", True), ("", "arn", False)],
)
def test_a_version_is_one_where_it_is_published(tmp_path: Path, publish: str, written: str, qualified: bool) -> None:
    text = f"""
    resource "aws_lambda_function" "v" {{
      handler = "app.handler"
      {publish}
    }}
    resource "aws_lambda_permission" "p" {{
      function_name = aws_lambda_function.v.{written}
      principal     = "sns.amazonaws.com"
    }}
    resource "aws_lambda_alias" "a" {{
      name             = "a"
      function_name    = aws_lambda_function.v.function_name
      function_version = aws_lambda_function.v.version
    }}
    """
    deployment = configured(tmp_path, text)
    (permission,) = deployment.references
    assert permission.qualified is qualified
    version = resource(deployment, "aws_lambda_alias.a").setting("FunctionVersion")
    assert version is not None
    assert plain(version.value) == ("<aws_lambda_function.v.Version>" if publish else "$LATEST")
