"""Plans, as `terraform show -json` prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from deploy_samples import function, resource, triggers, value
from terraform_samples import FUNCTION, configured, plain

from reviewer.deploy.model import Code, Deployment

PLAN = "plan.json"


def planned(type_: str, name: str, values: dict[str, Any], key: str = "", mode: str = "managed") -> dict[str, Any]:
    address = f"{'data.' if mode == 'data' else ''}{type_}.{name}{key}"
    return {"address": address, "mode": mode, "type": type_, "name": name, "values": values}


def written(type_: str, name: str, mode: str = "managed", **expressions: Any) -> dict[str, Any]:
    return {"address": f"{type_}.{name}", "mode": mode, "type": type_, "name": name, "expressions": expressions}


def refers(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def is_(value: Any) -> dict[str, Any]:
    return {"constant_value": value}


FUNCTIONS = planned(
    "aws_lambda_function",
    "worker",
    {
        "function_name": "worker",
        "handler": "app.handler",
        "runtime": "python3.13",
        "filename": "./z.zip",
        "timeout": 30,
        "publish": False,
        "layers": None,
        "environment": [{"variables": {"stage_name": "dev"}}],
    },
)
ROOT: dict[str, Any] = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "resources": [
                FUNCTIONS,
                planned("aws_sqs_queue", "jobs", {"name": "jobs", "visibility_timeout_seconds": 60}),
                planned("aws_sqs_queue", "dead", {"name": "dead"}),
                planned("aws_lambda_event_source_mapping", "m", {"batch_size": 5, "filter_criteria": []}),
                planned(
                    "aws_lambda_event_source_mapping",
                    "n",
                    {"filter_criteria": [{"filter": [{"pattern": '{"body": ["x"]}'}]}]},
                ),
                planned("aws_sfn_state_machine", "s", {"name": "s"}),
                planned("aws_s3_bucket", "b", {"bucket": "pictures"}, '["eu"]'),
                planned("aws_s3_bucket", "b", {"bucket": "pictures-us"}, '["us"]'),
                planned(
                    "aws_s3_bucket_notification",
                    "n",
                    {"lambda_function": [{"events": ["s3:ObjectCreated:*"]}]},
                    '["us"]',
                ),
            ],
            "child_modules": [
                {
                    "address": "module.bus",
                    "resources": [
                        {
                            **planned(
                                "aws_cloudwatch_event_rule", "r", {"event_pattern": '{"source": ["a"]}', "name": "r"}
                            ),
                            "address": "module.bus.aws_cloudwatch_event_rule.r",
                        },
                        {
                            **planned("aws_cloudwatch_event_target", "t", {"rule": "r"}),
                            "address": "module.bus.aws_cloudwatch_event_target.t",
                        },
                    ],
                }
            ],
        }
    },
    "prior_state": {
        "values": {
            "root_module": {
                "resources": [
                    planned("archive_file", "z", {"source_dir": "./src", "output_path": "./z.zip"}, mode="data")
                ]
            }
        }
    },
    "resource_changes": [
        {
            "address": "aws_lambda_function.worker",
            "change": {"after_unknown": {"arn": True, "environment": [{"variables": {"queue_url": True}}]}},
        }
    ],
    "configuration": {
        "root_module": {
            "resources": [
                written(
                    "aws_lambda_function",
                    "worker",
                    handler=is_("app.handler"),
                    filename=refers("data.archive_file.z.output_path", "data.archive_file.z"),
                    environment=[{"variables": refers("aws_sqs_queue.jobs.url", "aws_sqs_queue.jobs", "var.stage")}],
                ),
                written(
                    "aws_sqs_queue",
                    "jobs",
                    redrive_policy=refers("aws_sqs_queue.dead.arn", "aws_sqs_queue.dead"),
                ),
                written("aws_sqs_queue", "dead"),
                written(
                    "aws_lambda_event_source_mapping",
                    "m",
                    event_source_arn=refers("aws_sqs_queue.jobs.arn", "aws_sqs_queue.jobs"),
                    function_name=refers("aws_lambda_function.worker.arn", "aws_lambda_function.worker"),
                ),
                written(
                    "aws_lambda_event_source_mapping",
                    "n",
                    event_source_arn=refers("aws_sqs_queue.jobs.arn", "aws_sqs_queue.dead.arn"),
                    function_name=refers("aws_lambda_function.worker.arn", "aws_lambda_function.worker"),
                    filter_criteria=[{"filter": [{"pattern": {}}]}],
                ),
                written("aws_sfn_state_machine", "s", definition=refers("aws_lambda_function.worker.arn")),
                written("aws_s3_bucket", "b", bucket=refers("each.value")),
                written(
                    "aws_s3_bucket_notification",
                    "n",
                    bucket=refers("aws_s3_bucket.b", "each.key"),
                    lambda_function=[
                        {
                            "events": is_(["s3:ObjectCreated:*"]),
                            "lambda_function_arn": refers(
                                "aws_lambda_function.worker.arn", "aws_lambda_function.worker"
                            ),
                        }
                    ],
                ),
            ],
            "module_calls": {
                "bus": {
                    "source": "./bus",
                    "expressions": {"target": refers("aws_lambda_function.worker")},
                    "module": {
                        "resources": [
                            written("aws_cloudwatch_event_rule", "r", event_pattern=is_('{"source": ["a"]}')),
                            written(
                                "aws_cloudwatch_event_target",
                                "t",
                                rule=is_("r"),
                                arn=refers("var.target.arn", "var.target"),
                            ),
                        ],
                        "outputs": {"rule": {"expression": refers("aws_cloudwatch_event_rule.r.arn")}},
                    },
                }
            },
        }
    },
}


def read_plan(root: Path, plan: object = ROOT) -> Deployment:
    text = plan if isinstance(plan, str) else json.dumps(plan, indent=1)
    return configured(root, {PLAN: text}, unlisted={"src/app.py": ""})


def test_what_is_known_is_taken_and_what_is_not_is_referred_to(tmp_path: Path) -> None:
    deployment = read_plan(tmp_path)
    assert not deployment.problems
    (found,) = deployment.functions
    assert (found.id, found.dialect) == ((PLAN, "aws_lambda_function.worker"), "terraform")
    assert found.code is not None
    assert found.code.value == Code(folder="src")
    assert {name: plain(setting.value) for name, setting in found.environment} == {
        "stage_name": "dev",
        "queue_url": "<aws_sqs_queue.jobs.Ref>",
    }
    assert found.layers == ()
    assert plain(value(found.timeout)) == 30
    queue = resource(deployment, "aws_sqs_queue.jobs")
    assert plain(value(queue.setting("VisibilityTimeout"))) == 60


def test_triggers_of_a_plan(tmp_path: Path) -> None:
    deployment = read_plan(tmp_path)
    found = {
        (each.kind, plain(value(each.source)), tuple(str(plain(pattern.value)) for pattern in each.patterns))
        for each in triggers(deployment, "aws_lambda_function.worker")
    }
    assert found == {
        ("sqs", "<aws_sqs_queue.jobs.Arn>", ()),
        ("custom", "?", ("{'body': ['x']}",)),
        ("stepfunctions", "<aws_sfn_state_machine.s.Ref>", ()),
        ("s3", "?", ()),
        ("eventbridge", "default", ("{'source': ['a']}",)),
    }
    redrive = [(link.kind, plain(link.target.value)) for link in deployment.links if link.kind == "redrive"]
    assert redrive == [("redrive", "<aws_sqs_queue.dead.Arn>")]


def test_a_reference_without_a_key_means_the_instance_of_the_same_key(tmp_path: Path) -> None:
    plan = json.loads(json.dumps(ROOT))
    for each in plan["configuration"]["root_module"]["resources"]:
        if each["type"] == "aws_s3_bucket_notification":
            each["expressions"]["bucket"] = refers("aws_s3_bucket.b")
    (found,) = (each for each in read_plan(tmp_path, plan).triggers if each.kind == "s3")
    assert plain(value(found.source)) == '<aws_s3_bucket.b["us"].Ref>'


def test_a_plan_beside_its_configuration_says_nothing_new(tmp_path: Path) -> None:
    text = FUNCTION.replace('"f" {', '"worker" {')
    plan = json.dumps(ROOT)
    deployment = configured(tmp_path, {PLAN: plan, "main.tf": text})
    assert deployment.templates == ("main.tf",)
    assert function(deployment, "aws_lambda_function.worker").id.stack == "main.tf"


@pytest.mark.parametrize(
    "plan",
    [
        '{"planned_values": {}, "configuration": {}, "x": "aws_lambda_function"}',
        '{"planned_values": {"root_module": []}, "configuration": {"root_module": 1}, "x": "aws_lambda_function"}',
        '["planned_values", "configuration", "aws_lambda_function"]',
    ],
)
def test_what_only_looks_like_a_plan_is_passed_over(tmp_path: Path, plan: str) -> None:
    assert read_plan(tmp_path, plan) == Deployment()


def test_a_plan_that_breaks_off_is_a_problem(tmp_path: Path) -> None:
    text = json.dumps(ROOT, indent=1)
    deployment = read_plan(tmp_path, text[: text.index('"configuration"') + 40])
    (problem,) = deployment.problems
    assert problem.message.startswith("The plan cannot be read")
    assert problem.at.path == PLAN
