"""Random modules whose functions build clients: moved to the module, they are what they were in every function."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fixing_samples import fixed
from hypothesis import given, settings
from hypothesis import strategies as st

HEADS = (
    "",
    "REGION = 'eu-west-1'\n",
    "\n\n# what follows\n",
    '"""\n# no comment\n"""\n',
    "class Store:\n    s3 = 1\n\n\n",
    "s3 = boto3.client('s3')\n",
)
BODIES = (
    "    {name} = boto3.client('{service}')\n    return {name}\n",
    "    {name} = boto3.client('{service}', region_name='eu-west-1')  # near\n    return {name}\n",
    "    '''A text.'''\n    {name} = boto3.resource(service_name='{service}')\n\n    def inner():\n        return {name}\n\n    return inner()\n",
    "    {name} = boto3.client('{service}')\n    {name} = [{name}]\n    return {name}\n",
    "    if event:\n        {name} = boto3.client('{service}')\n        return {name}\n    return None\n",
    "    {name} = boto3.client('{service}'); return {name}\n",
    "    {name} = boto3.client(\n        '{service}')\n    return {name}\n",
    "    found = [{name} for {name} in 'ab']\n    {name} = boto3.client('{service}')\n    return found, {name}\n",
    "    {name} = boto3.client('{service}')\n    kept = {name}\n    del {name}\n    return kept\n",
    "    global {name}\n    {name} = boto3.client('{service}')\n    return {name}\n",
    "    return {name} if '{name}' in globals() and '{service}' == 'none' else '{service}'\n",
)
DECORATED = ("", "# about it\n", "@same\n", "# about it\n@same  # as ever\n")
FUNCTION = st.tuples(
    st.sampled_from(BODIES),
    st.sampled_from(["s3", "sqs", "input"]),
    st.sampled_from(["s3", "sqs"]),
    st.sampled_from(DECORATED),
)


def answer(code: str) -> Any:
    """What the handler of a module answers, with clients that know what they were built of."""
    names: dict[str, Any] = {
        "boto3": SimpleNamespace(
            client=lambda *given, **named: ("client", given, tuple(named.items())),
            resource=lambda *given, **named: ("resource", given, tuple(named.items())),
        )
    }
    exec(compile(code.replace("import boto3\n", "\n", 1), "app.py", "exec"), names)
    return names["handler"]({"a": 1}, None)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(HEADS), st.lists(FUNCTION, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_functions_answer_what_they_answered(head: str, functions: list[tuple[str, str, str, str]], end: str) -> None:
    code = f"import boto3\n\n\ndef same(function):\n    return function\n\n\n{head}"
    for number, (body, name, service, decorated) in enumerate(functions):
        code += f"{decorated}def f{number}(event):\n{body.format(name=name, service=service)}\n\n"
    calls = ", ".join(f"f{number}(event)" for number in range(len(functions)))
    code += f"def handler(event, context):\n    return [{calls}]\n"
    before = code.replace("\n", end).encode()
    after = fixed({"app.py": before}).get("app.py", before)
    assert answer(after.decode().replace("\r\n", "\n")) == answer(code)
    assert after.count(b"\n") == after.count(end.encode())
    assert fixed({"app.py": after}) == {}
