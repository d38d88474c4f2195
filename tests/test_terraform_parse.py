"""HCL to records: structure, places, what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function
from reviewing import review_files, told
from terraform_samples import FUNCTION, MAIN, configured

from reviewer.deploy.nodes import Source
from reviewer.deploy.terraform.parse import Parsed
from reviewer.deploy.terraform.syntax import (
    Attribute,
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    Operation,
    Splat,
    Template,
)

BROKEN = {
    "an expression": 'resource "aws_lambda_function" "f" {\n  handler = "a.b"\n  timeout = [1,\n  runtime = "python3.13"\n}\n',
    "a block": 'resource "aws_lambda_function" "f" {\n  handler = "a.b"\n}\nresource "aws_sqs_queue" = {\n',
    "an end": 'resource "aws_lambda_function" "f" {\n  handler = "a.b"\n',
    "other text": 'resource "aws_lambda_function" "f" {\n  handler = "a.b"\n}\n<<<<<<< HEAD\n',
}


def parsed(text: str) -> Parsed:
    return Parsed(Source(MAIN, text))


def expression(text: str) -> Expression:
    found = parsed(f"x = {text}\n").body.get("x")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a.b.c", Attribute),
        ("a[0]", Index),
        ("a.0", Index),
        ("a[*].b", Splat),
        ("a.*.b", Splat),
        ("f(1, [2]...)", Call),
        ("provider::x::f(1)", Call),
        ("a ? b : c", Conditional),
        ("(a)", Expression),
        ("!a", Operation),
        ("a.b + (c.d * 2)", Operation),
        ('"a"', Literal),
        ('"a${b}"', Template),
        ("-1", Operation),
    ],
)
def test_expressions(text: str, kind: type[Expression]) -> None:
    found = expression(text)
    assert isinstance(found, kind)
    assert text in {found.written, "(a)"}


def test_operands_keep_their_steps() -> None:
    found = expression("a.b + (c.d * 2)")
    assert isinstance(found, Operation)
    assert found.operator == "+"
    assert [operand.written for operand in found.operands] == ["a.b", "c.d * 2"]


def test_places_count_characters_and_not_bytes() -> None:
    text = '# ünïcödé 🎉\nlocals {\n  ä = "é🎉${x.y}"\n  b = 1\n}\n'
    (block,) = parsed(text).body.blocks
    (template, number) = (block.body.get(name) for name in ("ä", "b"))
    assert isinstance(template, Template)
    assert (template.written, template.parts[1].written) == ('"é🎉${x.y}"', "x.y")
    assert number is not None
    assert (number.at.line, number.at.column) == (4, 7)


def test_blocks_and_labels() -> None:
    (block,) = parsed('resource "a" b {\n  x = 1\n  y {\n    z = 2\n  }\n}\n').body.blocks
    assert (block.type, block.labels, block.key.text, block.key.at.column) == ("resource", ("a", "b"), "b", 14)
    assert [(inner.type, inner.labels, inner.key.text) for inner in block.body.blocks] == [("y", (), "y")]


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_whole_is_read_around_what_is_broken(tmp_path: Path, name: str) -> None:
    deployment = configured(tmp_path, {MAIN: BROKEN[name]})
    found = function(deployment, "aws_lambda_function.f")
    assert found.handler is not None
    (problem,) = deployment.problems
    assert problem.at.path == MAIN
    assert 1 <= problem.at.line <= BROKEN[name].count("\n") + 1


def test_the_problem_stands_where_the_text_breaks(tmp_path: Path) -> None:
    (problem,) = configured(tmp_path, {MAIN: BROKEN["other text"]}).problems
    assert problem.at.line == 4


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_sqs_queue" "q" {{\n',  # not about functions
        'resource "aws_lambda_function" "{{ cookiecutter.name }}" {\n  handler = {{ cookiecutter.x }}\n}\n',
    ],
)
def test_broken_text_that_is_no_problem(tmp_path: Path, text: str) -> None:
    listed = {MAIN: FUNCTION, "other.tf": text}
    assert configured(tmp_path, listed).problems == ()


# --- in a review --------------------------------------------------------------------------------------------------

LOOPING = """
resource "aws_sqs_queue" "jobs" {}
data "archive_file" "z" {
  type        = "zip"
  source_dir  = "src"
  output_path = "z.zip"
}
resource "aws_lambda_function" "f" {
  handler  = "app.handler"
  runtime  = "python3.13"%s
  filename = data.archive_file.z.output_path
  environment {
    variables = { QUEUE = aws_sqs_queue.jobs.url }
  }
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.f.arn
}
"""
CODE = """import os, boto3
sqs = boto3.client("sqs")
def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody="x")
"""


@pytest.mark.parametrize("named", [(), ("infra",), ("infra/functions.tf",), ("infra/src/app.py",)])
def test_a_loop_through_terraform(named: tuple[str, ...]) -> None:
    files = {
        "infra/functions.tf": LOOPING % "",
        "infra/main.tf": 'provider "aws" {}\n',
        "infra/src/app.py": CODE,
        ".git/x": "",
    }
    found = told(review_files(files, named).findings)
    assert ("infra/src/app.py", 4, "own-trigger-write") in found


@pytest.mark.parametrize("form", ["# %s", "// %s", "/* %s */", "/*%s*/"])
def test_comments_suppress(form: str) -> None:
    mark = form % "lambda-review: ignore[deprecated-runtime] kept until spring"
    files = {"main.tf": (LOOPING % f" {mark}").replace("python3.13", "python3.8"), "src/app.py": CODE}
    review = review_files(files)
    assert [(each.rule, each.at.line) for each in review.suppressed] == [("deprecated-runtime", 10)]
    assert not [each for each in review.findings if each.rule in ("unused-suppression", "deprecated-runtime")]


def test_broken_configurations_are_told() -> None:
    review = review_files({"main.tf": LOOPING % "" + "<<<<<<< HEAD\n", "src/app.py": CODE})
    assert {"unreadable-source", "own-trigger-write"} <= {each.rule for each in review.findings}
