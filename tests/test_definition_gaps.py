"""State machines in files whose values are filled in when they are deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.deploy.documents import gaps_as_texts
from reviewer.deploy.nodes import Source
from reviewer.deploy.read import read

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Knit:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: s3://code/app.zip, Handler: app.handler, Runtime: python3.13}
  Pattern:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: pattern.asl.json
      DefinitionSubstitutions: {Knit: !GetAtt Knit.Arn, Rows: 3}
"""
DEFINITION = """\
{
  "StartAt": "Row",
  "States": {
    "Row": {"Type": "Task", "TimeoutSeconds": ${Rows}, "Parameters": ${More}, "Resource": "${Knit}", "End": true}
  }
}
"""


def test_a_definition_with_gaps_is_read(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "pattern.asl.json").write_text(DEFINITION)
    found = read(tmp_path, ["template.yaml", "pattern.asl.json"])
    assert found.problems == ()
    (task,) = (each for each in found.references if each.role == "state-machine")
    assert task.function is not None and task.function.name == "Knit"
    assert (task.target.at.path, task.target.at.line) == ("template.yaml", 10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": ${One}}', {"a": "$One"}),
        ("[${One}, ${Two}]", ["$One", "$Two"]),
        ('{"a": "${One} and \\"${Two}\\""}', {"a": '${One} and "${Two}"'}),
        ('{"a": "x\\\\", "b": ${One}}', {"a": "x\\", "b": "$One"}),
    ],
)
def test_gaps_outside_of_strings_become_strings(text: str, expected: object) -> None:
    made = gaps_as_texts(Source("a.json", text)).text
    assert json.loads(made) == expected and len(made) == len(text)
    assert gaps_as_texts(Source("a.yaml", text)).text == text


def test_what_is_no_json_all_the_same_is_told(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "pattern.asl.json").write_text(DEFINITION.replace("${Rows}", "${Rows"))
    (problem,) = read(tmp_path, ["template.yaml", "pattern.asl.json"]).problems
    assert (problem.at.path, problem.at.line) == ("pattern.asl.json", 4)
