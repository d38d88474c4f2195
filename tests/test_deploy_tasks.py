"""Links of state machines' tasks, and of account policies: where other services are called, and logs go."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, ends, ref, sam, triggers, value, values

from reviewer.deploy.model import Trigger
from reviewer.deploy.tasks import operation
from reviewer.value import UNKNOWN, Constant, Items, Pseudo, Table, Text, Value, text

IT, BUS = ref("It", "Arn"), Constant("default")

MACHINE = """\
It: {Type: AWS::Lambda::Function, Properties: {FunctionName: it}}
Flow:
  Type: AWS::Serverless::StateMachine
  Properties:
    DefinitionSubstitutions: {Queue: !Ref Q, Function: !GetAtt It.Arn}
    Definition:
      States:
        A: {Type: Task, Resource: %s, %s}
"""
TASKS: list[tuple[str, str, str, list[Value], dict[str, Value]]] = [
    ("!GetAtt It.Arn", "End: true", "lambda.invoke", [IT], {"FunctionName": IT}),
    ("'${Function}'", "End: true", "lambda.invoke", [IT], {"FunctionName": IT}),
    ("arn:aws:states:::lambda:invoke", "Parameters: {FunctionName: '${Function}', Payload.$: $}", "lambda.invoke", [IT], {"FunctionName": IT, "Payload": UNKNOWN}),
    ("!Sub 'arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken'", "Arguments: {FunctionName: it}", "lambda.invoke", [Constant("it")], {"FunctionName": Constant("it")}),
    ("arn:aws:states:::sqs:sendMessage", "Parameters: {QueueUrl: '${Queue}', MessageBody: {a.$: $.b, c: d}}", "sqs.send_message", [ref("Q")], {"QueueUrl": ref("Q"), "MessageBody": Table((("a", UNKNOWN), ("c", Constant("d"))))}),
    ("arn:aws:states:::sqs:sendMessage", "Parameters: {QueueUrl.$: $.url}", "", [], {}),
    ("arn:aws:states:::sns:publish", "Arguments: {TopicArn: !Ref T, Message: '{% $states.input %}'}", "sns.publish", [ref("T")], {"TopicArn": ref("T"), "Message": UNKNOWN}),
    ("arn:aws:states:::events:putEvents", "Parameters: {Entries: [{Source: a.b, EventBusName: !Ref B}, {Source: c}]}", "events.put_events", [ref("B"), BUS], {"Entries": Items((Table((("Source", Constant("a.b")), ("EventBusName", ref("B")))), Table((("Source", Constant("c")),))))}),
    ("arn:aws:states:::aws-sdk:eventbridge:putEvents", "Parameters: {Entries.$: $.all}", "", [], {}),
    ("arn:aws:states:::states:startExecution.sync:2", "Parameters: {StateMachineArn: !Ref M, Input: {}}", "stepfunctions.start_execution", [ref("M")], {"stateMachineArn": ref("M"), "input": Table(())}),
    ("arn:aws:states:::dynamodb:putItem", "Parameters: {TableName: !Ref D}", "dynamodb.put_item", [ref("D")], {"TableName": ref("D")}),
    ("arn:aws:states:::aws-sdk:s3:putObject", "Parameters: {Bucket: !Ref Bu, Key: a/b}", "s3.put_object", [ref("Bu")], {"Bucket": ref("Bu"), "Key": Constant("a/b")}),
    ("arn:aws:states:::dynamodb:getItem", "Parameters: {TableName: !Ref D}", "", [], {}),
    ("arn:aws:states:eu-west-1:111122223333:activity:x", "End: true", "", [], {}),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "more", "called", "targets", "given"), TASKS)
def test_tasks(
    tmp_path: Path, *, resource: str, more: str, called: str, targets: list[Value], given: dict[str, Value]
) -> None:
    found = deployed(tmp_path, sam(MACHINE % (resource, more))).links
    assert [ends(link) for link in found] == [("task", ref("Flow"), target) for target in targets]
    assert {link.operation for link in found} == ({called} if called else set())
    assert [dict(link.arguments) for link in found] == [given for _ in targets]


def test_a_task_stands_where_the_definition_has_it(tmp_path: Path) -> None:
    definition = '{"States": {"A": {"Type": "Task",\n"Resource": "arn:aws:states:::sqs:sendMessage",\n"Parameters": {"QueueUrl": "${Queue}"}}}}'
    properties = "{DefinitionUri: flow.json, DefinitionSubstitutions: {Queue: !Ref Q}}"
    template = sam(f"Flow: {{Type: AWS::Serverless::StateMachine, Properties: {properties}}}")
    (link,) = deployed(tmp_path, template, unlisted={"flow.json": definition}).links
    assert (link.at.path, link.at.line, link.target.at.path) == ("flow.json", 2, TEMPLATE)


def test_a_map_writes_its_results_below_a_prefix(tmp_path: Path) -> None:
    writer = "ResultWriter: {Resource: 'arn:aws:states:::s3:putObject', Parameters: {Bucket: !Ref Bu, Prefix: out}}"
    template = sam(MACHINE.replace("Type: Task, Resource: %s, %s", f"Type: Map, {writer}"))
    (link,) = deployed(tmp_path, template).links
    assert (link.operation, link.target.value) == ("s3.put_object", ref("Bu"))
    assert dict(link.arguments)["Key"] == text([Constant("out"), UNKNOWN])


@pytest.mark.parametrize(
    ("resource", "called"),
    [
        (Constant("arn:aws:states:::sqs:sendMessage"), "sqs.send_message"),
        (Constant("arn:aws-cn:states:::sns:publishBatch.waitForTaskToken"), "sns.publish_batch"),
        (Text((Constant("arn:"), Pseudo("AWS::Partition"), Constant(":states:::sqs:sendMessage"))), "sqs.send_message"),
        (Constant("arn:aws:states:::aws-sdk:sfn:startExecution"), "stepfunctions.start_execution"),
        (Constant("arn:aws:states:::sqs"), ""),
        (Constant("arn:aws:lambda:eu-west-1:111122223333:function:states:::a:b"), ""),
        (Constant(5), ""),
        (UNKNOWN, ""),
    ],
)
def test_integrations_are_operations(resource: Value, called: str) -> None:
    assert operation(resource) == called


# --- account policies ---------------------------------------------------------------------------------------------

POLICY = """\
It: {Type: AWS::Lambda::Function, Properties: {LoggingConfig: {LogGroup: /mine}}}
A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: a}}
B: {Type: AWS::Logs::LogGroup}
Own: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/aws/lambda/${It}'}}
Policy:
  Type: AWS::Logs::AccountPolicy
  Properties:
    PolicyType: SUBSCRIPTION_FILTER_POLICY
    PolicyDocument: !Sub '{"DestinationArn": "${%s}", "FilterPattern": "ERROR"}'
"""


def listened(found: list[Trigger]) -> list[Value]:
    assert {trigger.kind for trigger in found} <= {"logs"}
    assert all(values(trigger.patterns) == [Constant("ERROR")] for trigger in found)
    return [value(trigger.source) for trigger in found]


@pytest.mark.parametrize(
    ("criteria", "left"),
    [
        ("", [ref("A"), ref("B"), Constant("/mine")]),
        ("""SelectionCriteria: 'LogGroupName NOT IN ["a", "/mine"]'""", [ref("B")]),
        ("""SelectionCriteria: !Sub 'LogGroupName NOT IN ["${B}"]'""", [ref("A"), Constant("/mine")]),
        ("SelectionCriteria: LogGroupName NOT IN []", [ref("A"), ref("B"), Constant("/mine")]),
        ("SelectionCriteria: LogGroupName IN MY DREAMS", []),
    ],
)
def test_an_account_policy_listens_to_all_log_groups_but_its_exceptions(
    tmp_path: Path, criteria: str, left: list[Value]
) -> None:
    more = f"    {criteria}\n" if criteria else ""
    found = deployed(tmp_path, cloudformation(POLICY % "It.Arn" + more))
    assert listened(triggers(found, "It")) == left
    assert [link.kind for link in found.links] == ["log"]
    stream = deployed(tmp_path, cloudformation(POLICY % "K.Arn" + more))
    own = [] if not left or criteria else [ref("Own")]
    delivered = [ends(link) for link in stream.links if link.kind == "log-delivery"]
    assert [each for each in delivered if each[1] != ref("Own")] == [
        ("log-delivery", group, ref("K", "Arn")) for group in left
    ]
    assert not own or ("log-delivery", own[0], ref("K", "Arn")) in delivered


def test_other_account_policies_are_passed_over(tmp_path: Path) -> None:
    other = POLICY.replace("SUBSCRIPTION_FILTER_POLICY", "DATA_PROTECTION_POLICY") % "It.Arn"
    assert triggers(deployed(tmp_path, cloudformation(other)), "It") == []
