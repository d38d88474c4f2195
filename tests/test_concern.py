"""A review of what changed: as part of its project, and no more than what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.concern import around
from reviewer.config import Config
from reviewer.review import review
from reviewer.rule import collect

SAM = """\
Resources:
  Photos: {{Type: AWS::S3::Bucket}}
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Environment: {{Variables: {{BUCKET: {bucket}}}}}
      Events:
        Uploaded: {{Type: S3, Properties: {{Bucket: !Ref Photos, Events: s3:ObjectCreated:*}}}}
"""
OWN, OTHER = "!Ref Photos", "elsewhere"
APP = """\
import store


def handler(event, context):
    store.save("a")
"""
STORE = """\
import os

import boto3

bucket = boto3.resource("s3").Bucket(os.environ["BUCKET"])


def save(key):
    bucket.put_object(Key=key)
"""
SCRIPT = """\
import requests


def publish():
    requests.get("https://example.org/")
"""
HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
LOOP = ("one/src/store.py", "own-trigger-write")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two applications; the handler of the first one starts itself through a module. Scripts and tests beside them."""
    files = {
        "one/template.yaml": SAM.format(name="One", bucket=OWN),
        "one/src/app.py": APP,
        "one/src/store.py": STORE,
        "two/template.yaml": SAM.format(name="Two", bucket=OTHER),
        "two/src/app.py": HANDLER,
        "scripts/publish.py": SCRIPT,
        "scripts/tests/test_publish.py": SCRIPT,
        "generated/app.py": HANDLER,
        "plain/app.py": HANDLER,
        "notes.yaml": "a: 1\n",
        "README.md": "words\n",
        ".gitignore": "generated/\n",
    }
    (tmp_path / ".git").mkdir()
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


def found(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    tree = around([root / path for path in paths], everything=False, exclude=exclude, synthesised=())
    outcome = review(tree, Config(exclude=exclude), RULES)
    assert outcome.errors == ()
    return [(finding.at.path, finding.rule) for finding in outcome.findings]


RULES = [collect()[rule] for rule in ("own-trigger-write", "http-without-timeout", "unused-suppression")]


@pytest.mark.parametrize("path", ["one/src/app.py", "one/src/store.py", "one/template.yaml", "one/src", "one"])
def test_each_part_of_a_loop_tells_of_it(repository: Path, path: str) -> None:
    assert found(repository, path) == [LOOP]


def test_a_changed_template_reviews_its_functions_and_no_others(repository: Path) -> None:
    assert found(repository, "two/template.yaml") == [("two/src/app.py", "http-without-timeout")]


def test_several_files_are_one_review(repository: Path) -> None:
    assert found(repository, "two/src/app.py", "one/template.yaml", "README.md") == [
        LOOP,
        ("two/src/app.py", "http-without-timeout"),
    ]


@pytest.mark.parametrize(
    "path", ["scripts/publish.py", "scripts/tests/test_publish.py", "generated/app.py", "notes.yaml", "README.md"]
)
def test_what_no_function_runs_is_not_reviewed(repository: Path, path: str) -> None:
    assert found(repository, path) == []


def test_a_handler_that_no_template_names_is_reviewed(repository: Path) -> None:
    assert found(repository, "plain/app.py") == [("plain/app.py", "http-without-timeout")]
    assert found(repository, "plain/app.py", exclude=("plain/",)) == []


def test_suppressions_count_beside_the_changed_file(repository: Path) -> None:
    store = repository / "one/src/store.py"
    marked = STORE.replace("(Key=key)", "(Key=key)  # lambda-review: ignore[own-trigger-write] it is bounded elsewhere")
    store.write_text(marked + "IDLE = 1  # lambda-review: ignore[http-without-timeout] nothing there\n", "utf-8")
    assert found(repository, "one/src/app.py") == []
    assert found(repository, "one/src/store.py") == [("one/src/store.py", "unused-suppression")]


def test_the_files_of_a_terraform_folder_change_together(repository: Path) -> None:
    function = """\
resource "aws_lambda_function" "price" {
  function_name = "price"
  filename      = data.archive_file.code.output_path
  handler       = "app.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::123456789012:role/price"
}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "code.zip"
}
"""
    folder = repository / "three"
    (folder / "src").mkdir(parents=True)
    (folder / "main.tf").write_text(function, "utf-8")
    (folder / "variables.tf").write_text('variable "stage" {}\n', "utf-8")
    (folder / "src/app.py").write_text(HANDLER, "utf-8")
    expected = [("three/src/app.py", "http-without-timeout")]
    assert [found(repository, f"three/{path}") for path in ("main.tf", "variables.tf")] == [expected, expected]


def test_what_is_left_out_has_a_reason(repository: Path) -> None:
    paths = [repository / path for path in ("generated/app.py", "scripts/tests/test_publish.py", "README.md")]
    tree = around(paths, everything=False, exclude=(), synthesised=())
    assert tree.left_out == (
        ("README.md", "neither Python nor a template"),
        ("generated/app.py", "ignored by .gitignore"),
        ("scripts/tests/test_publish.py", "a test"),
    )
    assert (tree.python, tree.templates, tree.changed) == ((), (), frozenset())


def test_everything_takes_scripts_and_tests(repository: Path) -> None:
    paths = [repository / "scripts/tests/test_publish.py"]
    tree = around(paths, everything=True, exclude=(), synthesised=())
    outcome = review(tree, Config(everything=True), RULES)
    assert [finding.at.path for finding in outcome.findings] == ["scripts/tests/test_publish.py"]


def test_outside_of_a_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".git").rmdir()
    monkeypatch.chdir(repository / "two")
    assert found(repository / "one", "src/app.py", "template.yaml") == [("src/store.py", "own-trigger-write")]


def test_the_command_line(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    assert main(["--changed", "one/src/app.py", "--quiet"]) == 1
    assert "own-trigger-write" in capsys.readouterr().out
    assert main(["--changed", "README.md", "notes.yaml"]) == 0
    assert main(["--changed", "-"]) == 2
    assert capsys.readouterr().err.endswith("error: --changed and `-` exclude each other\n")
