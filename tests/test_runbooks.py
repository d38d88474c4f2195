"""Scripts of Systems Manager's runbooks: their handlers are not Lambda's."""

from __future__ import annotations

import pytest
from reviewing import review_files

from reviewer.deploy import runbooks
from reviewer.shaped import run_elsewhere

HANDLER = "import boto3\n\n\ndef fence(event, context):\n    return boto3.client('ec2')\n"
RUNBOOK = """\
schemaVersion: "0.3"
mainSteps:
  - name: Fence
    action: {action}
    inputs:
      Runtime: python3.11
      Handler: fence
      Script: |-
        %%SCRIPT={script}%%
"""
TEMPLATE = """\
Resources:
  Fence:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: scripts, Handler: fence.fence, Runtime: python3.13}
"""


def reviewed(files: dict[str, str]) -> list[str]:
    """The files in which a client is found to be built on every invocation."""
    found = review_files({"scripts/fence.py": HANDLER, **files}).findings
    return [each.at.path for each in found if each.rule == "client-in-handler"]


@pytest.mark.parametrize("script", ["fence.py", "scripts/fence.py", "./scripts/fence.py", "../scripts/fence.py"])
@pytest.mark.parametrize("name", ["runbooks/fence.yaml", "fence.yml", "fence.json"])
def test_the_script_of_a_runbook_is_no_handler(name: str, script: str) -> None:
    assert reviewed({name: RUNBOOK.format(action="aws:executeScript", script=script)}) == []


@pytest.mark.parametrize("script", ["offence.py", "other/fence.py", "fence.pyc", "fence"])
def test_another_file_is_one(script: str) -> None:
    assert reviewed({"fence.yaml": RUNBOOK.format(action="aws:executeScript", script=script)}) == ["scripts/fence.py"]


def test_so_is_one_that_no_script_step_names() -> None:
    assert reviewed({"fence.yaml": RUNBOOK.format(action="aws:executeAwsApi", script="fence.py")}) == [
        "scripts/fence.py"
    ]


def test_a_function_that_a_template_deploys_is_reviewed_all_the_same() -> None:
    runbook = RUNBOOK.format(action="aws:executeScript", script="fence.py")
    assert reviewed({"fence.yaml": runbook, "template.yaml": TEMPLATE}) == ["scripts/fence.py"]


def test_names_are_found_in_time_in_whatever_a_file_holds() -> None:
    data = b"aws:executeScript " + b"a/." * 300_000 + b".py"
    assert runbooks.claims("x.yaml", data)
    assert runbooks._SCRIPT.findall(data) == []
    assert list(run_elsewhere(["b/c.py"], ["b/c.py", "a/b/c.py", "ab/c.py", "c.py"])) == ["b/c.py", "a/b/c.py"]
