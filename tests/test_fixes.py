"""What the fix of each rule makes of the code or the template, and where there is none."""

from __future__ import annotations

import pytest
from fixing_samples import TEMPLATE, fixed, fixed_code, rules_of

HEAD = "import requests\n\n\ndef handler(event, context):\n"


def get(arguments: str) -> str:
    return f"{HEAD}    requests.get({arguments})\n"


# --- http-without-timeout -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"https://a.example"', '"https://a.example", timeout=5'),
        ('"https://a.example",', '"https://a.example", timeout=5,'),
        ('("https://a.example")', '("https://a.example"), timeout=5'),
        ('url="https://a.example"', 'url="https://a.example", timeout=5'),
        ('"https://a.example", timeout=None', '"https://a.example", timeout=5'),
        ('"https://a.example", timeout=None, headers={}', '"https://a.example", timeout=5, headers={}'),
        ('"https://a.example", headers={"a": (1, 2)}', '"https://a.example", headers={"a": (1, 2)}, timeout=5'),
        ('"https://a.example"  # (why, \n    ', '"https://a.example", timeout=5  # (why, \n    '),
        ('\n        "https://a.example"\n    ', '\n        "https://a.example", timeout=5\n    '),
        (
            '\n        "https://a.example",  # the shop, of course\n        headers={},  # ) none\n    ',
            '\n        "https://a.example",  # the shop, of course\n        headers={},  # ) none\n        timeout=5,\n    ',
        ),
        (
            '\n        "https://a.example", headers={},\n    ',
            '\n        "https://a.example", headers={}, timeout=5,\n    ',
        ),
        ('"https://a.example" \\\n    ', '"https://a.example", timeout=5 \\\n    '),
        ("f\"https://{event['host']}\"", "f\"https://{event['host']}\", timeout=5"),
    ],
)
def test_a_timeout_is_set_in_the_manner_of_the_other_arguments(before: str, after: str) -> None:
    assert fixed_code(get(before)) == get(after)
    assert rules_of({"app.py": get(after)}) == []


@pytest.mark.parametrize(
    "code",
    [
        get('*["https://a.example"]'),
        get('"https://a.example", **{}'),
        get('"https://a.example", timeout=nothing').replace("def", "nothing = None\n\n\ndef"),
        HEAD.replace("requests", "aiohttp") + "    aiohttp.ClientSession(timeout=None)\n",
    ],
)
def test_what_may_be_a_timeout_or_no_number_is_left(code: str) -> None:
    assert rules_of({"app.py": code}) == ["http-without-timeout"]
    assert fixed_code(code) == code


def test_a_positional_none_is_replaced() -> None:
    code = "import urllib.request\ndef handler(event, context):\n    urllib.request.urlopen('https://a.example', None, None)\n"
    assert fixed_code(code) == code.replace("None)", "5)")


@pytest.mark.parametrize(
    ("timeout", "seconds"), [("3", "1.5"), ("1", "0.5"), ("10", "5"), ("900", "5"), ("!Ref X", "5")]
)
def test_the_timeout_leaves_the_function_time(timeout: str, seconds: str) -> None:
    template = TEMPLATE.format(visibility=43200, runtime="python3.13", timeout=timeout)
    assert fixed({"template.yaml": template}) == {
        "template.yaml": template.replace('com/")', f'com/", timeout={seconds})').encode()
    }


def test_without_unsafe_calls_stay() -> None:
    assert fixed_code(get('"https://a.example"'), unsafe=False) == get('"https://a.example"')


# --- client-in-handler --------------------------------------------------------------------------------------------


def client(body: str, above: str = "import boto3\n\n\n") -> str:
    return f"{above}def handler(event, context):\n{body}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            client('    s3 = boto3.client("s3")\n    return s3.list_buckets()["Owner"]\n'),
            'import boto3\n\n\ns3 = boto3.client("s3")\n\n\ndef handler(event, context):\n    return s3.list_buckets()["Owner"]\n',
        ),
        (  # below the module's own assignments, with its comment
            client(
                "    s3 = boto3.client('s3', region_name='eu-west-1')  # far\n    return s3.x\n",
                "import boto3\nA = 1  # one\n\n\n# why\n",
            ),
            "import boto3\nA = 1  # one\ns3 = boto3.client('s3', region_name='eu-west-1')  # far\n\n\n# why\ndef handler(event, context):\n    return s3.x\n",
        ),
        (  # above comments and decorators, two of them in the order of the code
            client(
                "    a = boto3.resource('s3')\n    b = boto3.client('sqs')\n    return a.x(b)\n",
                "import boto3\n\n\n# why\n@str\n@repr\n",
            ),
            "import boto3\n\n\na = boto3.resource('s3')\nb = boto3.client('sqs')\n\n\n# why\n@str\n@repr\ndef handler(event, context):\n    return a.x(b)\n",
        ),
        (  # what looks like a comment above is text
            client("    s3 = boto3.client('s3')\n    return s3.x\n", 'import boto3\n"""\n# A\n# """\n'),
            'import boto3\n"""\n# A\n# """\ns3 = boto3.client(\'s3\')\n\n\ndef handler(event, context):\n    return s3.x\n',
        ),
        (  # one client for two functions
            client(
                "    s3 = boto3.client('s3')\n    return s3.x(help())\n",
                "import boto3\ndef help():\n    s3 = boto3.client('s3')\n    return s3.y\n",
            ),
            "import boto3\ns3 = boto3.client('s3')\n\n\ndef help():\n    return s3.y\ndef handler(event, context):\n    return s3.x(help())\n",
        ),
    ],
    ids=["plain", "below assignments", "above comments", "below a text", "shared"],
)
def test_a_client_moves_to_the_module(before: str, after: str) -> None:
    assert "client-in-handler" in rules_of({"app.py": before})
    assert fixed_code(before) == after
    assert rules_of({"app.py": after}) == []


@pytest.mark.parametrize(
    ("body", "above"),
    [
        ("    s3 = boto3.client('s3')\n", "import boto3\n"),
        ("    if event:\n        s3 = boto3.client('s3')\n        s3.x()\n    return 1\n", "import boto3\n"),
        ("    s3 = boto3.client('s3'); s3.x()\n    return 1\n", "import boto3\n"),
        ("    s3 = boto3.client(\n        's3')\n    return s3.x\n", "import boto3\n"),
        ("    s3 = t = boto3.client('s3')\n    return s3.x\n", "import boto3\n"),
        ("    s3: object = boto3.client('s3')\n    return s3.x\n", "import boto3\n"),
        ("    s3 = boto3.client('s3')\n    s3 = s3.x\n    return s3\n", "import boto3\n"),
        ("    s3 = boto3.client('s3')\n    s3.x()\n    del s3\n", "import boto3\n"),
        ("    s3 = boto3.client('s3')\n    for s3 in [s3]:\n        s3.x()\n", "import boto3\n"),
        ("    global s3\n    s3 = boto3.client('s3')\n    return s3.x\n", "import boto3\n"),
        ("    input = boto3.client('s3')\n    return input.x\n", "import boto3\n"),
        ("    s3 = boto3.client(NAME)\n    return s3.x\n", "import boto3\nNAME = 's3'\n"),
        ("    s3 = boto3.client('s3', aws_access_key_id='AKIA')\n    return s3.x\n", "import boto3\n"),
        ("    import boto3\n    s3 = boto3.client('s3')\n    return s3.x\n", ""),
        (
            "    s3 = boto3.client('s3')\n    return s3.x\n",
            "try:\n    import boto3\nexcept ImportError:\n    boto3 = None\n",
        ),
        ("    s3 = boto3.client('s3')\n    return s3.x\n", "import boto3\nfrom os import *\n"),
        ("    s3 = boto3.client('s3')\n    return s3.x\n", "import boto3\ns3 = 'photos'\n"),
        (
            "    s3 = boto3.client('s3')\n    return s3.x\n",
            "import boto3\ns3 = boto3.client('s3', region_name='eu-west-1')\n",
        ),
        (
            "    os.environ['AWS_PROFILE'] = 'x'\n    s3 = boto3.client('s3')\n    return s3.x\n",
            "import boto3\nimport os\n",
        ),
    ],
)
def test_a_client_that_may_mean_something_else_outside_stays(body: str, above: str) -> None:
    code = client(body, above)
    assert "client-in-handler" in rules_of({"app.py": code})
    assert fixed_code(code) == code


# --- unused-suppression -------------------------------------------------------------------------------------------

GONE = "lambda-review: ignore[async-handler]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"    return 1  # {GONE} since then\n", "    return 1\n"),
        (f"    return 1 \t# {GONE}", "    return 1"),
        (f"    # {GONE} why\n    return 1\n", "    return 1\n"),
        (f"    return 1  # noqa  # {GONE} why\n", "    return 1  # noqa\n"),
        (f"    return 1  # {GONE} why  # noqa\n", "    return 1  # noqa\n"),
        (f"    # {GONE}  # {GONE}\n    return 1\n", "    return 1\n"),
        ("    return 1  # lambda-review: ignore[async-handler, self-invocation] why\n", "    return 1\n"),
        ("    # lambda-review: ignore-file[async-handler] why\n    return 1\n", "    return 1\n"),
        (
            "    requests.get('https://a.example')  # lambda-review: ignore[async-handler, http-without-timeout] why\n",
            "    requests.get('https://a.example')  # lambda-review: ignore[http-without-timeout] why\n",
        ),
        (
            "    requests.get('https://a.example')  # lambda-review: ignore[ http-without-timeout,async-handler ] why\n",
            "    requests.get('https://a.example')  # lambda-review: ignore[ http-without-timeout ] why\n",
        ),
        (
            "    return 1  # lambda-review: ignore[no-such-rule] why\n",
            "    return 1  # lambda-review: ignore[no-such-rule] why\n",
        ),
        (f"    return '# {GONE}'\n", f"    return '# {GONE}'\n"),
    ],
)
def test_what_silences_nothing_goes(before: str, after: str) -> None:
    assert fixed_code(HEAD + before, unsafe=False) == HEAD + after


def test_in_templates_it_goes_as_well() -> None:
    template = "Resources:\n  # lambda-review: ignore[deprecated-runtime] soon\n  F:\n    Type: AWS::Serverless::Function # lambda-review: ignore[handler-missing] no\n"
    due = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n"
    assert fixed({"template.yaml": template}, unsafe=False) == {"template.yaml": due.encode()}


@pytest.mark.parametrize(
    "comment",
    ["/* # lambda-review: ignore[deprecated-runtime] a */", "/* # lambda-review: ignore[deprecated-runtime]\n a */"],
)
def test_part_of_a_larger_comment_stays(comment: str) -> None:
    terraform = f'resource "aws_lambda_function" "f" {{ {comment}\n  filename = "a.zip"\n}}\n'
    assert rules_of({"main.tf": terraform}) == ["unused-suppression"]
    assert fixed({"main.tf": terraform}) == {}


RUNTIMES = """Parameters: {P: {Type: String, Default: python3.8}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.8}}
  G: {Type: AWS::Serverless::Function, Properties: {Runtime: {}}}
"""
RUNTIME = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.8\n"
PLAN = """{"format_version": "1.2", "configuration": {"root_module": {}}, "planned_values": {"root_module": {"resources": [
{"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",
"values": {"runtime": "python3.8", "handler": "a.b", "function_name": "f"}}]}}}"""

# --- templates ----------------------------------------------------------------------------------------------------


def test_a_visibility_timeout_becomes_six_times_the_timeout() -> None:
    template = TEMPLATE.format(visibility=45, runtime="python3.13", timeout=60).replace('com/"', 'com/", timeout=1')
    assert fixed({"template.yaml": template}) == {"template.yaml": template.replace("45", "360").encode()}
    assert fixed({"template.yaml": template.replace("45", "'45'")}) == {
        "template.yaml": template.replace("45", "'360'").encode()
    }


@pytest.mark.parametrize("visibility", ["!Ref Seconds", "!If [A, 45, 50]", "!FindInMap [A, B, C]"])
def test_a_computed_setting_stays(visibility: str) -> None:
    template = TEMPLATE.format(visibility=visibility, runtime="python3.13", timeout=60).replace(
        'com/"', 'com/", timeout=1'
    )
    declared = "Parameters: {Seconds: {Type: Number, Default: 45}}\nMappings: {A: {B: {C: 45}}}\nConditions: {A: !Equals [a, b]}\n"
    assert rules_of({"template.yaml": declared + template}) == ["visibility-below-timeout"]
    assert fixed({"template.yaml": declared + template}) == {}


@pytest.mark.parametrize("written", ["python3.8", "'python3.8'", '"python3.8"'])
def test_a_runtime_becomes_the_newest(written: str) -> None:
    template = TEMPLATE.format(visibility=43200, runtime=written, timeout=60).replace('com/"', 'com/", timeout=1')
    assert fixed({"template.yaml": template}) == {"template.yaml": template.replace("3.8", "3.14").encode()}


def test_all_runtimes_of_a_template_are_written_or_none() -> None:
    plain, computed = RUNTIMES.replace("{}", "'python3.7'"), RUNTIMES.replace("{}", "!Sub 'python3.7'")
    assert rules_of({"t.yaml": computed}) == ["deprecated-runtime"]
    assert fixed({"t.yaml": computed}) == {}
    head, resources = plain.split("Resources")
    due = f"{head}Resources{resources.replace('3.7', '3.14').replace('3.8', '3.14')}"
    assert fixed({"t.yaml": plain}) == {"t.yaml": due.encode()}


@pytest.mark.parametrize(
    "files",
    [
        {"out/t.yaml": RUNTIME, "out/manifest.json": '{"artifacts": {}}'},
        {"plan.json": PLAN},
        {"zappa_settings.json": '{"dev": {"app_function": "app.app", "runtime": "python3.8"}}', "app.py": "app = 1\n"},
    ],
)
def test_what_a_tool_writes_or_decides_stays(files: dict[str, str]) -> None:
    assert rules_of(files) == ["deprecated-runtime"]
    assert fixed(files) == {}


def test_in_terraform_and_json_as_well() -> None:
    terraform = 'resource "aws_lambda_function" "f" {\n  filename = "a.zip"\n  runtime = "python3.8" # old\n  handler = "a.b"\n}\n'
    template = '{"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.7", "Handler": "a.b"}}}}'
    after = fixed({"main.tf": terraform, "t.json": template})
    assert after == {
        "main.tf": terraform.replace("3.8", "3.14").encode(),
        "t.json": template.replace("3.7", "3.14").encode(),
    }


@pytest.mark.parametrize(("timeout", "after"), [(30, 29), (31, 31), (120, 120)])
def test_the_last_second_that_nobody_waits_for_goes(timeout: int, after: int) -> None:
    template = TEMPLATE.format(visibility=43200, runtime="python3.13", timeout="{}").replace(
        'com/"', 'com/", timeout=1'
    )
    api = template.replace(
        "{Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}", "{{Type: Api, Properties: {{Method: GET, Path: /a}}}}"
    )
    before, due = {"template.yaml": api.format(timeout)}, {"template.yaml": api.format(after).encode()}
    assert fixed(before) == (due if timeout != after else {})
