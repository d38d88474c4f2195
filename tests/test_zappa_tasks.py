"""Zappa's tasks that start themselves."""

from __future__ import annotations

import json

import pytest
from apps_samples import review

SETTINGS = "zappa_settings.json"
APP = "from flask import Flask\n\napp = Flask(__name__)\n"

TASKS: list[tuple[str, str, int | None]] = [
    ("@task", "work(n)", 3),
    ("@task()", "work(n)", 3),
    ("@task(capture_response=True)", "work(n)", 3),
    ("@task_sns", "work(n)", 3),
    ("@zappa.asynchronous.task", "work(n)", 3),
    ("@task", "again(n)", 3),
    ("@task", "other(n)", 3),
    ("", "run(work, [n])", 3),
    ("", "run(work, kwargs={'n': n})", 3),
    ("@task", "if n > 0: work(n - 1)", 1),
    ("@task", "if n > 0: work(n)", 2),
    ("@task", "if n != 'end': work('end')", None),
    ("@task", "if rest(n): work(rest(n))", 2),
    ("@task", "work.sync(n)", None),
    ("", "work(n)", None),
    ("@cached", "work(n)", None),
    ("@task(remote_aws_lambda_function_name='other')", "work(n)", None),
    ("", "run(work, [n], remote_aws_lambda_function_name='other')", None),
    ("@task", "print(n)", None),
    ("@task", "plain(n)", None),
]


@pytest.mark.parametrize(("decorator", "body", "severity"), TASKS)
def test_tasks(decorator: str, body: str, severity: int | None) -> None:
    jobs = f"""
import zappa.asynchronous
from zappa.asynchronous import run, task, task_sns
import requests

def again(n):
    work(n)

@task
def other(n):
    work(n)

def plain(n):
    return n

def rest(n):
    return requests.get(n, timeout=3).json()

{decorator}
def work(n):
    {body}
"""
    web = f"import jobs\n{APP}\n@app.route('/')\ndef start():\n    jobs.work(3)\n    return 'x'\n"
    found = review(
        {SETTINGS: json.dumps({"dev": {"app_function": "app.app"}}), "app.py": web, "jobs.py": jobs}
    ).findings
    assert [each.severity.value for each in found if each.rule == "self-invocation"] == (
        [] if severity is None else [severity]
    )


def test_a_task_loop_is_told_hop_by_hop() -> None:
    jobs = (
        "from zappa.asynchronous import task\n\n\ndef again(n):\n    work(n)\n\n\n@task\ndef work(n):\n    again(n)\n"
    )
    found = review(
        {SETTINGS: json.dumps({"dev": {"app_function": "app.app"}}), "app.py": f"import jobs\n{APP}", "jobs.py": jobs}
    ).findings
    (loop,) = (each for each in found if each.rule == "self-invocation")
    assert (loop.at.line, [step.at.line for step in loop.steps]) == (5, [9, 10, 5])
