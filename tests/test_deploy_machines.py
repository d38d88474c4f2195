"""State machines: where their tasks call functions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, deployed, ref, resource, sam, triggers, value

from reviewer.deploy.model import Deployment
from reviewer.finding import Location
from reviewer.value import Constant, Items, Table, Value

FUNCTIONS = """\
Price: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live}}
Mail: {Type: AWS::Serverless::Function, Properties: {FunctionName: mail}}
"""
STATES = """\
{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Task", "Resource": "${Price}", "Next": "B"},
    "B": {
      "Type": "Parallel",
      "Branches": [{"States": {"C": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "${Mail}", "Payload.$": "$"}}}}]
    },
    "D": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "${Queue}"}},
    "E": {"Type": "Pass", "Resource": "${Other}", "Result": "${Price}"}
  }
}
"""
SUBSTITUTIONS = """\
        Price: !GetAtt Price.Arn
        Mail: !Ref Mail
        Queue: !Ref Jobs
        Other: !GetAtt Mail.Arn
"""


def called(found: Deployment) -> list[tuple[str, int, bool]]:
    """Functions, lines and whether pinned, of the references of state machines."""
    return [
        (reference.function.name if reference.function else "", reference.target.at.line, reference.qualified)
        for reference in found.references
        if reference.role == "state-machine"
    ]


def machine(properties: str) -> str:
    return sam(f"{FUNCTIONS}Flow:\n  Type: AWS::Serverless::StateMachine\n  Properties:\n{properties}")


FILED = machine(f"    DefinitionUri: flow.asl.json\n    DefinitionSubstitutions:\n{SUBSTITUTIONS}")


@pytest.fixture
def filed(tmp_path: Path) -> Deployment:
    return deployed(tmp_path, FILED, unlisted={"flow.asl.json": STATES})


def test_a_substitution_is_the_place_of_the_reference(filed: Deployment) -> None:
    assert called(filed) == [("Price", 11, False), ("Mail", 12, False)]
    assert filed.references[0].target.at == Location(TEMPLATE, 11, 18, 11, 35)


def test_functions_are_started_by_the_machine(filed: Deployment) -> None:
    (trigger,) = triggers(filed, "Price")
    assert (trigger.kind, value(trigger.source), trigger.at.line) == ("stepfunctions", ref("Flow"), 6)
    assert [each.kind for each in triggers(filed, "Mail")] == ["stepfunctions"]


def state(found: Deployment, *path: str) -> Value | None:
    here: Value | None = resource(found, "Flow").properties
    for name in ("Definition", "States", *path):
        assert isinstance(here, Table)
        here = here.get(name)
    return here


def test_the_definition_is_a_property_with_substitutions_made(filed: Deployment) -> None:
    assert state(filed, "A", "Resource") == ref("Price", "Arn")
    assert state(filed, "D", "Parameters", "QueueUrl") == ref("Jobs")
    assert isinstance(state(filed, "B", "Branches"), Items)


def test_yaml_definitions(tmp_path: Path) -> None:
    states = "States:\n  A:\n    Type: Task\n    Resource: ${Price}:live\n  B:\n    Type: Task\n    Resource: ${No}\n"
    template = FILED.replace("flow.asl.json", "flow.asl.yaml")
    found = deployed(tmp_path, template, unlisted={"flow.asl.yaml": states})
    assert [(each.target.at.path, each.target.at.line, each.qualified) for each in found.references] == [
        ("flow.asl.yaml", 4, True)
    ]
    assert triggers(found, "Price")[0].qualifier == "live"


def test_a_qualifier_beside_the_function_pins_it(tmp_path: Path) -> None:
    task = {"Parameters": {"FunctionName": "${Price}", "Qualifier": "live"}}
    found = deployed(tmp_path, FILED, unlisted={"flow.asl.json": json.dumps({"States": {"A": task}})})
    assert called(found) == [("Price", 11, True)]
    jsonata = {"Arguments": {"FunctionName": "${Price}", "Qualifier": "$LATEST"}}
    found = deployed(tmp_path, FILED, unlisted={"flow.asl.json": json.dumps({"States": {"A": jsonata}})})
    assert called(found) == [("Price", 11, False)]


@pytest.mark.parametrize(
    "uri", ["s3://bucket/flow.json", "{Bucket: b, Key: k}", "../flow.json", "missing.json", "!Ref P"]
)
def test_what_a_machine_out_of_sight_is_handed_counts_as_called(tmp_path: Path, uri: str) -> None:
    found = deployed(tmp_path, FILED.replace("flow.asl.json", uri))
    assert [name for name, *_ in called(found)] == ["Price", "Mail", "Mail"]
    assert found.problems == ()


def test_a_definition_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    found = deployed(tmp_path, FILED, unlisted={"flow.asl.json": '{\n"a": }'})
    assert [(each.at.path, each.at.line, each.at.column) for each in found.problems] == [("flow.asl.json", 2, 6)]


def test_a_definition_in_the_template(tmp_path: Path) -> None:
    found = deployed(
        tmp_path,
        machine(
            """\
    Definition:
      States:
        A: {Type: Task, Resource: !GetAtt Price.Arn}
        B: {Type: Task, Resource: "${Given}"}
        C: {Type: Task, Resource: "arn:aws:lambda:eu-west-1:111122223333:function:mail"}
    DefinitionSubstitutions: {Given: !Ref Price.Alias}
"""
        ),
    )
    assert called(found) == [("Price", 11, False), ("Price", 14, True), ("Mail", 13, False)]
    assert [(each.function.name, each.qualifier) for each in found.triggers] == [
        ("Price", ""),
        ("Price", "live"),
        ("Mail", ""),
    ]


STRINGS = {
    "block": (
        "    DefinitionString: !Sub |\n"
        '      {"States": {\n'
        '        "A": {"Type": "Task",\n'
        '              "Resource": "${Price.Arn}"},\n'
        '        "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",\n'
        '              "Parameters": {"FunctionName": "${Mail}:$LATEST"}}\n'
        "      }}\n",
        [("Price", 12, False), ("Mail", 14, False)],
    ),
    "join": (
        "    DefinitionString: !Join\n"
        '      - ""\n'
        '      - - "{\\"States\\": {\\"A\\": {\\"Type\\": \\"Task\\", \\"Resource\\": \\""\n'
        "        - !GetAtt Price.Arn\n"
        '        - "\\"}, \\"B\\": {\\"Type\\": \\"Task\\", \\"Resource\\": \\""\n'
        "        - !Sub ${Mail}:7\n"
        '        - "\\"}}}"\n',
        [("Price", 12, False), ("Mail", 14, True)],
    ),
    "plain": (
        "    DefinitionString: |\n"
        '      {"States":\n'
        '        {"A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:mail"}}}\n',
        [("Mail", 11, False)],
    ),
    "condition": (
        "    DefinitionString: !If\n"
        "      - C\n"
        '      - !Sub \'{"States": {"A": {"Type": "Task", "Resource": "${Price.Arn}"}}}\'\n'
        '      - "{}"\n',
        [("Price", 11, False)],
    ),
}


@pytest.mark.parametrize("form", STRINGS)
def test_a_definition_as_text(tmp_path: Path, form: str) -> None:
    properties, expected = STRINGS[form]
    found = deployed(tmp_path, machine(properties))
    assert called(found) == expected
    assert isinstance(state(found), Table)


def test_long_definitions_of_cdk_are_read_whole(tmp_path: Path) -> None:
    parts: list[object] = ['{"States": {']
    for number in range(40):
        parts += [f'"S{number}": {{"Type": "Task", "Resource": "', {"Fn::GetAtt": ["Price", "Arn"]}, '"},']
    parts.append('"End": {"Type": "Pass"}}}')
    content = {
        "Resources": {
            "Price": {"Type": "AWS::Lambda::Function"},
            "Flow": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"DefinitionString": {"Fn::Join": ["", parts]}},
            },
        }
    }
    found = deployed(tmp_path, {"t.json": json.dumps(content, indent=1)})
    assert len(found.references) == 40
    assert len(found.triggers) == 1
    assert state(found, "S39", "Resource") == ref("Price", "Arn", "t.json")


def test_text_that_is_no_json_is_passed_over(tmp_path: Path) -> None:
    found = deployed(tmp_path, machine("    DefinitionString: !Sub 'no json ${Price.Arn}'\n"))
    assert called(found) == []
    assert found.problems == ()


def test_a_mark_spelled_by_the_text_itself_stays_unknown(tmp_path: Path) -> None:
    text = '{"States": {"A": {"Type": "Task", "Resource": "\\\\ue0009\\\\ue001${Price.Arn}"}}}'
    found = deployed(tmp_path, machine(f"    DefinitionString: !Sub '{text}'\n".replace("\\\\", "\\")))
    assert called(found) == []
    assert state(found, "A", "Type") == Constant("Task")
