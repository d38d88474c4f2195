"""Environments that a template does not show as a whole: what they hold may be any, whatever default the code has."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import cloudformation, deployed, function, value
from reviewing import review_files

from reviewer.value import UNKNOWN, Constant

HIDDEN = {
    "Environment: {Variables: {A: a}}": False,
    "Environment: {Variables: {A: a, 'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://x/y}}}}": True,
    "Environment: {Variables: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://x/y}}}}": True,
    "Environment: {Variables: !FindInMap [Variables, !Ref Stage, all]}": True,
    "Environment: !If [Live, {Variables: {A: a}}, !Ref AWS::NoValue]": False,
    "Environment: {Variables: !If [Live, !Ref Given, {A: a}]}": True,
    "Environment: {Variables: !Ref AWS::NoValue}": False,
    "Environment: !Ref Given": True,
    "Environment: {Variables: {A: !Ref Given}}": False,
    "Environment: {Variables: }": False,
    "Timeout: 3": False,
}


@pytest.mark.parametrize("written", HIDDEN)
def test_what_is_not_shown_is_unknown(tmp_path: Path, written: str) -> None:
    body = f"It:\n  Type: AWS::Lambda::Function\n  Properties:\n    Runtime: python3.13\n    {written}\n"
    it = function(deployed(tmp_path, cloudformation(body)), "It")
    assert it.hidden_variables is HIDDEN[written]
    assert value(it.variable("B")) == UNKNOWN if HIDDEN[written] else it.variable("B") is None


TERRAFORM = """
variable "given" {}

resource "aws_lambda_function" "it" {
  function_name = "it"
  handler       = "app.handler"
  runtime       = "python3.13"
  environment {
    variables = %s
  }
}
"""


@pytest.mark.parametrize(
    ("written", "hidden"), [("{ A = var.given }", False), ("var.given", True), ('merge(var.given, { A = "a" })', True)]
)
def test_maps_of_terraform_may_hold_any(tmp_path: Path, written: str, *, hidden: bool) -> None:
    (it,) = deployed(tmp_path, {"main.tf": TERRAFORM % written}).functions
    found = it.variable("B")
    assert (found is not None and found.value == UNKNOWN) == hidden
    assert '"a"' not in written or value(it.variable("A")) == Constant("a")


SERVERLESS = """
service: shop
provider: {name: aws, runtime: python3.13, environment: %s}
functions:
  it:
    handler: app.handler
    events: [{s3: {bucket: letters, event: "s3:ObjectCreated:*"}}]
"""
CODE = """
import os
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    s3.put_object(Bucket=os.environ.get("TARGET", "letters"), Key="x", Body=b"")
"""


@pytest.mark.parametrize(("written", "found"), [("{A: b}", 1), ("{TARGET: other}", 0), ("'${file(env.js)}'", 0)])
def test_a_default_of_the_code_counts_where_all_variables_are_known(written: str, found: int) -> None:
    review = review_files({"serverless.yml": SERVERLESS % written, "app.py": CODE, "env.js": "module.exports = {}\n"})
    assert [each.rule for each in review.findings].count("own-trigger-write") == found
