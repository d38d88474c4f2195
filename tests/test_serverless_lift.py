"""Constructs of the plugin serverless-lift: functions, events and resources that no other section names."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function, resource, triggers, value
from serverless_samples import CONFIG, read

from reviewer.deploy.model import Code, Id
from reviewer.value import Constant, Reference, Unknown, Value

JOBS = """
constructs:
  jobs:
    type: queue
    %s
functions:
  producer:
    handler: app.send
    timeout: 20
    environment:
      QUEUE: ${construct:jobs.queueUrl}
      DEAD: ${construct:jobs.dlqArn}
plugins: [serverless-lift]
"""


def ref(name: str, attribute: str = "Ref") -> Reference:
    return Reference(CONFIG, name, attribute)


def test_a_queue_with_a_worker_of_its_own(tmp_path: Path) -> None:
    settings = "worker: {handler: app.work, timeout: 10, environment: {A: b}}\n    maxRetries: 5"
    found = read(tmp_path, JOBS % settings, {"app.py": ""})
    assert not found.problems
    worker = function(found, "jobsWorker")
    assert (worker.id, worker.at.line, value(worker.handler)) == (Id(CONFIG, "jobsWorker"), 7, Constant("app.work"))
    assert worker.code and worker.code.value == Code(folder="")
    assert value(worker.variable("A")) == Constant("b")
    (trigger,) = triggers(found, "jobsWorker")
    assert (trigger.kind, value(trigger.source)) == ("sqs", ref("jobsQueue", "Arn"))
    assert [each.value for each in trigger.response_types] == [Constant("ReportBatchItemFailures")]
    queue = resource(found, "jobsQueue")
    assert (queue.kind, value(queue.setting("VisibilityTimeout"))) == ("queue", Constant(60))
    (redrive,) = (link for link in found.links if link.kind == "redrive")
    assert (redrive.source.value, redrive.target.value) == (ref("jobsQueue"), ref("jobsDlq", "Arn"))


def test_the_variables_of_a_queue(tmp_path: Path) -> None:
    producer = function(read(tmp_path, JOBS % "worker: {handler: app.work}"), "producer")
    assert value(producer.variable("QUEUE")) == ref("jobsQueue")
    assert value(producer.variable("DEAD")) == ref("jobsDlq", "Arn")


def test_a_queue_with_another_function_of_the_service_as_its_worker(tmp_path: Path) -> None:
    found = read(tmp_path, JOBS % "worker: producer")
    assert [each.id.name for each in found.functions] == ["producer"]
    assert [trigger.kind for trigger in triggers(found, "producer")] == ["sqs"]
    assert value(resource(found, "jobsQueue").setting("VisibilityTimeout")) == Constant(120)


@pytest.mark.parametrize("timeout", ["${opt:timeout}", "soon"])
def test_a_timeout_that_is_not_known_leaves_the_visibility_unknown(tmp_path: Path, timeout: str) -> None:
    found = read(tmp_path, JOBS % f'worker: {{handler: app.work, timeout: "{timeout}"}}')
    assert isinstance(value(resource(found, "jobsQueue").setting("VisibilityTimeout")), Unknown)


@pytest.mark.parametrize(
    ("type_", "variable", "expected"),
    [
        ("storage", "bucketName", ref("itBucket")),
        ("storage", "bucketArn", ref("itBucket", "Arn")),
        ("database/dynamodb-single-table", "tableName", ref("itTable")),
        ("database/dynamodb-single-table", "tableStreamArn", ref("itTable", "StreamArn")),
        ("webhook", "busName", ref("itBus")),
    ],
)
def test_other_constructs(tmp_path: Path, type_: str, variable: str, expected: Value) -> None:
    body = f"""
    constructs:
      it: {{type: {type_}}}
    functions:
      f: {{handler: app.f, environment: {{V: "${{construct:it.{variable}}}"}}}}
    """
    found = read(tmp_path, body)
    assert value(function(found, "f").variable("V")) == expected
    assert isinstance(expected, Reference)
    assert resource(found, expected.name)


def test_the_authorizer_of_a_webhook(tmp_path: Path) -> None:
    body = "constructs:\n  pay:\n    type: webhook\n    authorizer: {handler: app.check}\n    path: /pay\n"
    found = read(tmp_path, body)
    assert value(function(found, "payAuthorizer").handler) == Constant("app.check")
    assert [(each.kind, value(each.source)) for each in triggers(found, "payAuthorizer")] == [("custom", ref("payApi"))]


@pytest.mark.parametrize(
    "body",
    [
        "constructs: 1\n",
        "constructs: {a: 1, b: {type: 2}, c: {type: [queue]}, d: {type: static-website, path: x}}\n",
        "constructs:\n  a: {type: queue}\n",
        "constructs:\n  a: {type: queue, worker: nobody}\n",
        'constructs:\n  a: {type: queue, worker: {handler: "${construct:a.queueUrl}"}}\n',
        'constructs: "${construct:a.queueUrl}"\n',
        'constructs:\n  a: "${construct:a.queueUrl}"\n',
    ],
)
def test_malformed_constructs(tmp_path: Path, body: str) -> None:
    found = read(tmp_path, f"{body}functions:\n  f: {{handler: app.f}}\n")
    assert not found.problems
    assert "f" in [each.id.name for each in found.functions]
