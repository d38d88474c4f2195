"""Modules of a tree, blocks that make several things, parameters."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function, triggers, value
from terraform_samples import FUNCTION, MAIN, configured, plain

from reviewer.deploy.model import Code, Deployment

WORKER = """
variable "name" {}
variable "input" {
  type = object({ arn = string })
}
variable "output_url" {
  default = null
}
variable "handler" {
  default = "app.handler"
}
variable "with_alias" {
  default = false
}
locals {
  own = "worker-${var.name}"
}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/code"
  output_path = "${path.root}/.build/${var.name}.zip"
}
resource "aws_lambda_function" "worker" {
  function_name = local.own
  handler       = var.handler
  filename      = data.archive_file.code.output_path
  environment {
    variables = { OUTPUT = var.output_url != null ? var.output_url : aws_sqs_queue.own.url }
  }
}
resource "aws_sqs_queue" "own" {}
resource "aws_lambda_alias" "live" {
  count         = var.with_alias ? 1 : 0
  name          = "live"
  function_name = aws_lambda_function.worker.function_name
}
resource "aws_lambda_event_source_mapping" "input" {
  event_source_arn = var.input.arn
  function_name    = aws_lambda_function.worker.arn
}
output "queue" {
  value = aws_sqs_queue.own
}
output "arn" {
  value = aws_lambda_function.worker.arn
}
"""
CALLS = """
resource "aws_sqs_queue" "a" {}
resource "aws_sqs_queue" "b" {}
module "one" {
  source     = "./modules/worker"
  name       = "one"
  input      = aws_sqs_queue.a
  output_url = aws_sqs_queue.b.url
}
module "two" {
  source     = "./modules/worker/"
  name       = "two"
  input      = module.one.queue
  handler    = "other.handler"
  with_alias = true
}
resource "aws_cloudwatch_event_rule" "r" {
  event_pattern = jsonencode({ source = ["x"] })
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = module.two.arn
}
"""
ONE, TWO = "module.one.aws_lambda_function.worker", "module.two.aws_lambda_function.worker"


def called(root: Path) -> Deployment:
    return configured(
        root, {MAIN: CALLS}, unlisted={"modules/worker/main.tf": WORKER, "modules/worker/code/app.py": ""}
    )


def test_each_use_of_a_module_is_an_instance_of_its_own(tmp_path: Path) -> None:
    deployment = called(tmp_path)
    assert [(each.id.name, each.at.path) for each in deployment.functions] == [
        (ONE, "modules/worker/main.tf"),
        (TWO, "modules/worker/main.tf"),
    ]
    one, two = function(deployment, ONE), function(deployment, TWO)
    assert [plain(value(each.name)) for each in (one, two)] == ["worker-one", "worker-two"]
    assert [plain(value(each.handler)) for each in (one, two)] == ["app.handler", "other.handler"]
    assert [each.code and each.code.value for each in (one, two)] == [Code(folder="modules/worker/code")] * 2
    assert deployment.templates == (MAIN,)


def test_arguments_decide_what_they_are_asked_for(tmp_path: Path) -> None:
    deployment = called(tmp_path)
    outputs = [plain(value(function(deployment, name).variable("OUTPUT"))) for name in (ONE, TWO)]
    assert outputs == ["<aws_sqs_queue.b.Ref>", "<module.two.aws_sqs_queue.own.Ref>"]
    aliases = [each.id.name for each in deployment.resources if each.kind == "function-alias"]
    assert aliases == ["module.two.aws_lambda_alias.live"]


def test_outputs_lead_to_the_resources_of_an_instance(tmp_path: Path) -> None:
    deployment = called(tmp_path)
    (one,) = triggers(deployment, ONE)
    by_queue, by_rule = sorted(triggers(deployment, TWO), key=lambda trigger: trigger.kind, reverse=True)
    assert one.source is not None
    assert by_queue.source is not None
    assert plain(one.source.value) == "<aws_sqs_queue.a.Arn>"
    assert plain(by_queue.source.value) == "<module.one.aws_sqs_queue.own.Arn>"
    assert by_rule.kind == "eventbridge"


def test_a_module_without_a_caller_stands_for_itself(tmp_path: Path) -> None:
    deployment = configured(tmp_path, {"worker/main.tf": WORKER}, unlisted={"worker/code/app.py": ""})
    found = function(deployment, "aws_lambda_function.worker")
    assert found.id.stack == "worker/main.tf"
    assert plain(value(found.name)) == "worker-$name"
    assert plain(value(found.variable("OUTPUT"))) == "<aws_sqs_queue.own.Ref>"


def test_all_files_of_a_folder_are_one_module(tmp_path: Path) -> None:
    more = 'locals {\n  h = "x.y"\n}\n'
    listed = {"infra/functions.tf": FUNCTION.replace('"app.handler"', "local.h"), "infra/locals.tf": more}
    deployment = configured(tmp_path, listed)
    assert plain(value(function(deployment, "aws_lambda_function.f").handler)) == "x.y"
    assert deployment.templates == ("infra/functions.tf",)


# --- several of a kind --------------------------------------------------------------------------------------------

EACH = """
locals {
  jobs = {
    a = { handler = "a.handler", next = "b" }
    b = { handler = "b.handler", next = "a" }
  }
}
resource "aws_sqs_queue" "q" {
  for_each = local.jobs
  name     = "jobs-${each.key}"
}
resource "aws_lambda_function" "f" {
  for_each = local.jobs
  handler  = each.value.handler
  environment {
    variables = {
      OWN   = aws_sqs_queue.q[each.key].url
      NEXT  = aws_sqs_queue.q[each.value.next].url
      FIRST = aws_sqs_queue.q["a"].url
    }
  }
}
resource "aws_lambda_event_source_mapping" "m" {
  for_each         = aws_lambda_function.f
  event_source_arn = aws_sqs_queue.q[each.key].arn
  function_name    = each.value.arn
}
"""


def test_for_each_over_known_keys_makes_several(tmp_path: Path) -> None:
    deployment = configured(tmp_path, {MAIN: EACH})
    assert {
        each.id.name: (plain(value(each.handler)), *(plain(setting.value) for _, setting in each.environment))
        for each in deployment.functions
    } == {
        'aws_lambda_function.f["a"]': (
            "a.handler",
            '<aws_sqs_queue.q["a"].Ref>',
            '<aws_sqs_queue.q["b"].Ref>',
            '<aws_sqs_queue.q["a"].Ref>',
        ),
        'aws_lambda_function.f["b"]': (
            "b.handler",
            '<aws_sqs_queue.q["b"].Ref>',
            '<aws_sqs_queue.q["a"].Ref>',
            '<aws_sqs_queue.q["a"].Ref>',
        ),
    }
    sources = {each.function.name: plain(value(each.source)) for each in deployment.triggers}
    assert sources == {
        'aws_lambda_function.f["a"]': '<aws_sqs_queue.q["a"].Arn>',
        'aws_lambda_function.f["b"]': '<aws_sqs_queue.q["b"].Arn>',
    }


def test_for_each_over_unknown_keys_makes_one_for_all(tmp_path: Path) -> None:
    text = EACH[EACH.index('resource "aws_sqs') :].replace("local.jobs", "var.jobs")
    text = text.replace("variables = {\n", 'variables = {\n      NAME = "jobs-${each.key}"\n')
    deployment = configured(tmp_path, {MAIN: text + 'variable "jobs" {}\n'})
    found = function(deployment, "aws_lambda_function.f")
    assert {name: plain(setting.value) for name, setting in found.environment} == {
        "NAME": "jobs-$var.jobs each.key",
        "OWN": "<aws_sqs_queue.q.Ref>",
        "NEXT": "?",
        "FIRST": '<aws_sqs_queue.q["a"].Ref>',
    }
    queues = {
        each.id.name: each.name and plain(each.name.value) for each in deployment.resources if each.kind == "queue"
    }
    assert queues == {"aws_sqs_queue.q": "jobs-$var.jobs each.key", 'aws_sqs_queue.q["a"]': "jobs-a"}
    (trigger,) = triggers(deployment, "aws_lambda_function.f")
    assert plain(value(trigger.source)) == "<aws_sqs_queue.q.Arn>"


COUNTED = """
resource "aws_lambda_function" "f" {
  count   = %s
  handler = "x-${count.index}"
  environment {
    variables = { NEXT = aws_sqs_queue.q[count.index + 1].url }
  }
}
resource "aws_sqs_queue" "q" {
  count = %s
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_sqs_queue.q[0].arn
  function_name    = join("", aws_lambda_function.f[*].arn)
}
resource "aws_lambda_event_source_mapping" "n" {
  event_source_arn = aws_sqs_queue.q[1].arn
  function_name    = one(aws_lambda_function.f).arn
}
variable "on" {
  default = false
}
variable "many" {}
"""


@pytest.mark.parametrize("count", ["1", "var.on ? 1 : 0", "var.many"])
def test_the_first_of_several_is_the_only_one_of_one(tmp_path: Path, count: str) -> None:
    deployment = configured(tmp_path, {MAIN: COUNTED % (count, "var.many")})
    sources = [plain(value(each.source)) for each in triggers(deployment, "aws_lambda_function.f")]
    assert sources == ["<aws_sqs_queue.q.Arn>", "<aws_sqs_queue.q[1].Arn>"]
    (found,) = deployment.functions
    assert plain(value(found.variable("NEXT"))) == ("<aws_sqs_queue.q[1].Ref>" if count == "1" else "?")


def test_a_known_count_makes_that_many(tmp_path: Path) -> None:
    deployment = configured(tmp_path, {MAIN: COUNTED % ("2", "3")})
    found = {each.id.name: plain(value(each.variable("NEXT"))) for each in deployment.functions}
    assert found == {
        "aws_lambda_function.f[0]": "<aws_sqs_queue.q[1].Ref>",
        "aws_lambda_function.f[1]": "<aws_sqs_queue.q[2].Ref>",
    }


@pytest.mark.parametrize("count", ["0", "length([])"])
def test_a_count_of_none_makes_nothing(tmp_path: Path, count: str) -> None:
    deployment = configured(tmp_path, {MAIN: COUNTED % (count, "2")})
    assert (deployment.functions, deployment.triggers) == ((), ())


def test_modules_for_each(tmp_path: Path) -> None:
    text = """
    module "m" {
      source   = "../worker"
      for_each = toset(["x", "y"])
      name     = each.value
      input    = module.m["x"].queue
    }
    """
    unlisted = {"worker/main.tf": WORKER}
    deployment = configured(tmp_path, {"live/main.tf": text}, unlisted=unlisted)
    names = {each.id.name: plain(value(each.name)) for each in deployment.functions}
    assert names == {
        'module.m["x"].aws_lambda_function.worker': "worker-x",
        'module.m["y"].aws_lambda_function.worker': "worker-y",
    }
    assert {plain(value(each.source)) for each in deployment.triggers} == {'<module.m["x"].aws_sqs_queue.own.Arn>'}


# --- parameters ---------------------------------------------------------------------------------------------------


def test_variables_are_parameters(tmp_path: Path) -> None:
    text = """
    variable "plain" {}
    variable "secret" {
      type      = string
      sensitive = true
    }
    variable "sized" {
      type    = number
      default = 3
    }
    variable "listed" {
      type    = list(string)
      default = ["a"]
    }
    variable "nothing" {
      type    = string
      default = null
    }
    """
    values = {"terraform.tfvars": 'secret = "by file"\n'}
    deployment = configured(
        tmp_path, {MAIN: text + FUNCTION, **values}, unlisted={"x.auto.tfvars": 'plain = "ignored"'}
    )
    found = {
        each.id.name: (each.type, each.no_echo, each.default and plain(each.default.value), each.at.path)
        for each in deployment.parameters
    }
    assert found == {
        "plain": ("String", False, None, MAIN),
        "secret": ("String", True, "by file", MAIN),
        "sized": ("Number", False, 3, MAIN),
        "listed": ("CommaDelimitedList", False, ["a"], MAIN),
        "nothing": ("String", False, None, MAIN),
    }
    defaults = {each.id.name: each.default.at for each in deployment.parameters if each.default}
    assert (defaults["secret"].path, defaults["secret"].line) == ("terraform.tfvars", 1)
