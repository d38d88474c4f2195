"""Suppressions as a whole review sees them: in modules, in code inside a template, in templates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reviewing import review_files

from reviewer.config import Config, enabled
from reviewer.discover import discover
from reviewer.finding import Finding, Review, Severity
from reviewer.policy import UNUSED
from reviewer.review import review
from reviewer.rule import collect

TEMPLATE = """\
Resources:
  Inline:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Code:
        ZipFile: |
          import requests
          def handler(event, context):
              requests.get("https://one.example.org/")  # lambda-review: ignore[http-without-timeout] bounded
              requests.get("https://two.example.org/")
              requests.get("https://three.example.org/", timeout=3)  # lambda-review: ignore[http-without-timeout] old
              # lambda-review: ignore[http-without-timeout] bounded
              requests.get(
                  "https://four.example.org/"
              )
  Past:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      # lambda-review: ignore[deprecated-runtime] the wheel has no later build
      Runtime: python3.8
      Code: {S3Bucket: built, S3Key: elsewhere}
  Present:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13  # lambda-review: ignore[deprecated-runtime] no reason any more
      Code: {S3Bucket: built, S3Key: elsewhere}
"""
MODULE = """\
import requests
def handler(event, context):
    for url in requests.get("https://one.example.org/").json():  # lambda-review: ignore[http-without-timeout] bounded
        requests.get(url)
    text = "# lambda-review: ignore[http-without-timeout] this is a string"
    requests.post(
        text,
        json={},  # lambda-review: ignore[http-without-timeout] bounded
    )
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "nightly.py").write_text(MODULE)
    return tmp_path


def reviewed(path: Path, **settings: Any) -> Review:
    names = ("http-without-timeout", "deprecated-runtime", UNUSED)
    config = Config(select=settings.pop("select", names), **settings)
    return review(discover([path]), config, enabled(collect(), config))


def places(found: Sequence[Finding]) -> list[tuple[str, int, str]]:
    return [(each.at.path, each.at.line, each.rule) for each in found]


def test_modules_inline_code_and_templates(project: Path) -> None:
    outcome = reviewed(project)
    assert places(outcome.findings) == [
        ("nightly.py", 4, "http-without-timeout"),
        ("template.yaml", 12, "http-without-timeout"),
        ("template.yaml", 13, UNUSED),
        ("template.yaml", 29, UNUSED),
    ]
    assert places(outcome.suppressed) == [
        ("nightly.py", 3, "http-without-timeout"),
        ("nightly.py", 6, "http-without-timeout"),
        ("template.yaml", 11, "http-without-timeout"),
        ("template.yaml", 15, "http-without-timeout"),
        ("template.yaml", 23, "deprecated-runtime"),
    ]


def test_no_setting_makes_a_suppression_unused(project: Path) -> None:
    ignores = (("*.py", ("calls",)), ("template.yaml", ("http-without-timeout",)))
    assert [place[1] for place in places(reviewed(project, per_path_ignores=ignores).findings)] == [13, 29]
    assert places(reviewed(project, min_severity=Severity.ERROR).findings) == []
    assert places(reviewed(project, select=(UNUSED,)).findings) == []


def test_what_is_out_of_scope_has_no_unused_suppressions(project: Path) -> None:
    assert places(reviewed(project / "nightly.py").findings) == [("nightly.py", 4, "http-without-timeout")]


MALFORMED = {
    "template.yaml": "Resources:  %s\n  Queue: {Type: AWS::SQS::Queue}\n",
    "serverless.yml": "service: shop  %s\nprovider: {name: aws, runtime: python3.13}\n",
    "main.tf": 'resource "aws_lambda_function" "it" {  %s\n}\n',
    "zappa_settings.toml": '[dev]  %s\napp_function = "app.app"\n',
    "zappa_settings.yml": "dev:  %s\n  app_function: app.app\n",
}


@pytest.mark.parametrize("path", MALFORMED)
@pytest.mark.parametrize("form", ["# lambda-review ignore[x] why", "# lambda-review : ignore[ why"])
def test_a_malformed_suppression_is_told_in_every_language(path: str, form: str) -> None:
    review = review_files({path: MALFORMED[path] % form, "app.py": "app = None\n"})
    assert [(found.at.path, found.at.line, found.rule) for found in review.findings] == [
        (path, 1, "unused-suppression")
    ]


@pytest.mark.parametrize("path", MALFORMED)
def test_prose_about_the_reviewer_is_no_suppression(path: str) -> None:
    assert review_files({path: MALFORMED[path] % "# lambda-review reads this", "app.py": "app = None\n"}).findings == ()
