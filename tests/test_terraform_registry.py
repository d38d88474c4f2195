"""Modules of the registry, which stand for what they make."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function, resource, triggers, value
from terraform_samples import MAIN, configured, plain

from reviewer.deploy.model import Code

SOURCES = [
    "terraform-aws-modules/lambda/aws",
    "registry.terraform.io/terraform-aws-modules/lambda/aws",
    "github.com/terraform-aws-modules/terraform-aws-lambda?ref=v7",
    "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=9acd",
]
PACKAGED = """
module "f" {
  source                   = "%s"
  function_name            = "f"
  handler                  = "app.handler"
  runtime                  = "python3.13"
  source_path              = %s
  timeout                  = 20
  publish                  = true
  attach_policy_statements = true
  environment_variables    = { OUT = module.q.queue_url }
  create_lambda_function_url = true
  destination_on_failure     = module.q.dead_letter_queue_arn
  event_source_mapping = {
    jobs = {
      event_source_arn        = module.q.queue_arn
      batch_size              = 5
      function_response_types = ["ReportBatchItemFailures"]
      filter_criteria         = { pattern = jsonencode({ body = ["x"] }) }
    }
  }
  allowed_triggers = {
    Topic = { service = "sns", source_arn = "arn:aws:sns:eu-west-1:1:t" }
  }
}
module "q" {
  source     = "terraform-aws-modules/sqs/aws"
  name       = "jobs"
  create_dlq = true
}
"""


@pytest.mark.parametrize("source", SOURCES)
def test_the_lambda_module_of_the_registry(tmp_path: Path, source: str) -> None:
    text = PACKAGED % (source, '"${path.module}/src"')
    deployment = configured(tmp_path, {MAIN: text}, unlisted={"src/app.py": ""})
    found = function(deployment, "module.f")
    assert (found.at.line, found.code and found.code.value) == (2, Code(folder="src"))
    assert (plain(value(found.timeout)), plain(value(found.variable("OUT")))) == (20, "<module.q.Ref>")
    assert plain(value(found.on_failure)) == "<module.q.dead-letters.Arn>"
    assert plain(value(found.url_auth)) == "NONE"
    by_kind = {each.kind: each for each in triggers(deployment, "module.f")}
    assert by_kind.keys() == {"sqs", "sns", "url"}
    mapping = by_kind["sqs"]
    assert plain(value(mapping.source)) == "<module.q.Arn>"
    assert [plain(each.value) for each in (*mapping.patterns, *mapping.response_types)] == [
        {"body": ["x"]},
        "ReportBatchItemFailures",
    ]
    assert [link.kind for link in deployment.links if link.kind == "redrive"] == ["redrive"]


@pytest.mark.parametrize(
    ("path", "folder", "built"),
    [
        ('"src/app.py"', "src/app.py", False),
        ('["src"]', "src", False),
        ('["lib", "src"]', "src", False),
        ('[{ path = "lib", prefix_in_zip = "vendor" }, { path = "src" }]', "src", False),
        ('[{ path = "src", commands = ["make", ":zip"] }]', "src", True),
    ],
)
def test_what_the_lambda_module_packs(tmp_path: Path, path: str, folder: str, built: bool) -> None:
    text = PACKAGED % (SOURCES[0], path)
    found = function(configured(tmp_path, {MAIN: text}, unlisted={"src/app.py": "", "lib/x.py": ""}), "module.f")
    assert found.code is not None
    assert (found.code.value, found.built) == (Code(folder=folder), built)


@pytest.mark.parametrize(
    ("setting", "publishes"),
    [
        ("", False),
        ("publish = false", False),
        ("lambda_at_edge = true", True),
        ("snap_start = true", True),
        ("publish = var.publish", True),
    ],
)
def test_what_makes_the_lambda_module_publish_versions(tmp_path: Path, setting: str, publishes: bool) -> None:
    text = f'module "f" {{\n  source = "{SOURCES[0]}"\n  {setting}\n}}\nvariable "publish" {{}}\n'
    alias = 'resource "aws_lambda_alias" "a" {\n  function_version = module.f.lambda_function_version\n}\n'
    deployment = configured(tmp_path, {MAIN: text + alias})
    assert (function(deployment, "module.f").publishes is not None) == publishes
    version = resource(deployment, "aws_lambda_alias.a").setting("FunctionVersion")
    assert plain(value(version)) == ("<module.f.Version>" if publishes else "$LATEST")


def test_a_copy_of_the_lambda_module_in_the_tree_is_the_same(tmp_path: Path) -> None:
    variables = ("source_path", "local_existing_package", "allowed_triggers", "event_source_mapping", "handler")
    copy = "".join(f'variable "{name}" {{\n  default = null\n}}\n' for name in variables)
    copy += 'resource "aws_lambda_function" "this" {\n  filename = local.whatever\n}\n'
    text = 'module "f" {\n  source = "../../"\n  handler = "app.handler"\n  source_path = "src"\n}\n'
    listed = {"examples/one/main.tf": text, "main.tf": copy}
    deployment = configured(tmp_path, listed, unlisted={"examples/one/src/app.py": ""})
    (found,) = deployment.functions
    assert found.code is not None
    assert (found.id.name, found.code.value) == ("module.f", Code(folder="examples/one/src"))


def test_other_modules_of_the_registry(tmp_path: Path) -> None:
    text = """
    module "b" {
      source = "terraform-aws-modules/s3-bucket/aws"
      bucket = "pictures"
    }
    module "n" {
      source = "terraform-aws-modules/s3-bucket/aws//modules/notification"
      bucket = module.b.s3_bucket_id
      lambda_notifications = {
        f = {
          function_arn  = aws_lambda_function.f.arn
          events        = ["s3:ObjectCreated:*"]
          filter_suffix = ".jpg"
        }
      }
    }
    module "e" {
      source   = "terraform-aws-modules/eventbridge/aws"
      bus_name = "orders"
      rules = {
        placed = { event_pattern = jsonencode({ source = ["shop"] }) }
      }
      targets = {
        placed = [{ name = "f", arn = aws_lambda_function.f.arn }]
      }
    }
    module "t" {
      source = "terraform-aws-modules/sns/aws"
      name   = "t"
      subscriptions = {
        f = { protocol = "lambda", endpoint = aws_lambda_function.f.arn }
      }
    }
    """
    deployment = configured(tmp_path, text)
    found = {
        each.kind: (plain(value(each.source)), [plain(pattern.value) for pattern in each.patterns])
        for each in triggers(deployment, "aws_lambda_function.f")
    }
    assert found == {
        "s3": ("<module.b.Ref>", []),
        "eventbridge": ("<module.e.Ref>", [{"source": ["shop"]}]),
        "sns": ("<module.t.Ref>", []),
    }
    assert plain(value(resource(deployment, "module.b").name)) == "pictures"
