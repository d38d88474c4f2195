"""What a loop is said to end by, and where the code tests it."""

from __future__ import annotations

import pytest
from reviewing import review_files

HEAD = 'import json\nimport os\n\nimport boto3\n\nclient = boto3.client("lambda")\n\n\n'
TESTS = {
    "context.get_remaining_time_in_millis() < 9000": "the remaining time",
    'event["left"]': "what it is given",
    'isinstance(event, dict) and len(event["left"]) > 1': "what it is given",
    'int(event["left"]) > 1': "what it is given",
    "unknown_function()": "what it is given",
    'client.get_function(FunctionName="other")["Tags"].get("more")': "outside state",
    'len(client.list_functions()["Functions"]) > 1': "outside state",
    'os.path.exists("/mnt/more")': "outside state",
    'len(open("/mnt/more").read()) > 1': "outside state",
}


def detail(body: str) -> str:
    """What is said of the only loop of a handler."""
    text = "\n".join(f"    {line}" for line in body.splitlines())
    found = review_files({"app.py": f"{HEAD}def handler(event, context):\n{text}\n"}).findings
    (loop,) = (finding for finding in found if finding.rule == "self-invocation")
    return loop.detail


INVOKE = 'client.invoke(FunctionName=context.function_name, InvocationType="Event", Payload=json.dumps(event))'


@pytest.mark.parametrize("test", TESTS)
def test_the_end_is_named_by_what_the_condition_asks_for(test: str) -> None:
    assert detail(f"if {test}:\n    {INVOKE}").startswith(f"Its end depends on {TESTS[test]}. ")


def test_so_it_is_where_a_helper_gets_the_context() -> None:
    body = (
        f"def work(left, clock):\n    if clock.get_remaining_time_in_millis() < 9000:\n        {INVOKE}\n"
        'work(event["left"], context)'
    )
    assert detail(body).startswith("Its end depends on the remaining time. ")


def test_several_ends_are_a_list() -> None:
    nested = f'if event["left"]:\n    if unknown():\n        {INVOKE}'
    assert detail(nested).startswith("Its end depends on what it is given. ")
    two = f'if event["left"]:\n    if context.get_remaining_time_in_millis() < 9000:\n        {INVOKE}'
    assert detail(two).startswith("Its end depends on what it is given and the remaining time. ")
    three = f'if event["left"]:\n    if os.path.exists("/mnt/more"):\n        if context.get_remaining_time_in_millis() < 9:\n            {INVOKE}'
    assert detail(three).startswith("Its end depends on what it is given, outside state and the remaining time. ")
