"""CDK apps that nobody synthesised: which modules are apps, and what a review says of them."""

from __future__ import annotations

import pytest
from apps_samples import deployment, review
from cdk_samples import CONFIGURED, FUNCTION, HANDLER, app, plain
from reviewing import told

from reviewer.finding import Review

QUEUE = 'queue = sqs.Queue(self, "Queue")\n'
OWN = QUEUE + FUNCTION.replace("code=", 'environment={"QUEUE": queue.queue_url}, code=')
SOURCE = "fn.add_event_source(sources.SqsEventSource(queue))\n"
SENDER = """\
import os
import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    for record in event["Records"]:
        sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=record["body"])
"""
STACK = """
from aws_cdk import Stack, aws_lambda as _lambda

class {name}(Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        _lambda.Function(self, "{name}Fn", handler="index.handler", runtime=_lambda.Runtime.PYTHON_3_13,
            code=_lambda.Code.from_asset("src"))
"""


def names(files: dict[str, str | bytes]) -> list[str]:
    return [function.id.name for function in deployment({"src/index.py": HANDLER, **files}).functions]


def loops(found: Review) -> list[tuple[str, int, str]]:
    return [each for each in told(found.findings) if each[2] in {"own-trigger-write", "invocation-cycle"}]


# --- apps ---------------------------------------------------------------------------------------------------------


def test_only_what_the_program_makes_is_deployed() -> None:
    files: dict[str, str | bytes] = {
        "cdk.json": CONFIGURED,
        "stacks.py": STACK.format(name="Used") + STACK.format(name="Unused"),
        "old.py": STACK.format(name="Old"),
        "app.py": "import aws_cdk as cdk\nfrom stacks import Used\nUsed(cdk.App(), 'Used')\n",
    }
    assert names(files) == ["UsedFn"]


PROGRAMS = {
    "python": '{"app": "python app.py"}',
    "environment": '{"app": ".venv/bin/python3 app.py"}',
    "poetry": '{"app": "poetry run python -u ./app.py"}',
    "not named": '{"app": "make synth"}',
    "not there": '{"app": "python3 main.py"}',
    "nothing": "{}",
    "a list": "[]",
    "no JSON": "{",
    "a number": '{"app": 3, "context": 4}',
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_the_program_of_an_app(case: str) -> None:
    files: dict[str, str | bytes] = {
        "cdk.json": PROGRAMS[case],
        "stacks.py": STACK.format(name="Used"),
        "app.py": "import aws_cdk as cdk\nfrom stacks import Used\nUsed(cdk.App(), 'Used')\n",
    }
    assert names(files) == ["UsedFn"]


def test_the_context_of_an_app() -> None:
    body = FUNCTION.replace('"index.handler"', 'self.node.try_get_context("names")["handler"]')
    kept = {"cdk.context.json": '{"names": {"handler": "index.kept"}}'}
    own = {"cdk.json": '{"app": "python3 app.py", "context": {"names": {"handler": "index.own"}}}'}
    found = [deployment({**app(body), **files}).functions[0] for files in (kept, {**kept, **own})]
    assert [plain(function.handler) for function in found] == ["index.kept", "index.own"]


def test_a_folder_of_the_name_of_the_library() -> None:
    part = STACK.format(name="Part").replace("import Stack,", "import").replace("(Stack)", "(Construct)")
    files: dict[str, str | bytes] = {
        "cdk.json": CONFIGURED,
        "app.py": "import aws_cdk as cdk\nfrom infra.stack import Main\nMain(cdk.App(), 'Main')\n",
        "infra/__init__.py": "",
        "infra/stack.py": """
from aws_cdk import Stack
from infra.constructs.part import Part

class Main(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        Part(self, "A")
        Part(self, "B")
""",
        "infra/constructs/__init__.py": "",
        "infra/constructs/part.py": "from constructs import Construct\n" + part,
    }
    assert names(files) == ["A/PartFn", "B/PartFn"]


def test_an_app_without_configuration() -> None:
    assert names({"app.py": STACK.format(name="Lone") + "import aws_cdk\nLone(aws_cdk.App(), 'Lone')\n"}) == ["LoneFn"]


def test_stacks_that_nothing_seen_makes() -> None:
    assert names({"stacks.py": STACK.format(name="Lone")}) == ["LoneFn"]
    broken = "import aws_cdk\nfrom elsewhere import Lone\nLone(aws_cdk.App(), 'Lone')\n"
    assert names({"cdk.json": CONFIGURED, "app.py": broken, "stacks.py": STACK.format(name="Lone")}) == ["LoneFn"]


def test_constructs_that_nothing_seen_makes() -> None:
    library = STACK.format(name="Part").replace("import Stack,", "import").replace("(Stack)", "(Construct)")
    assert names({"library.py": "from constructs import Construct\n" + library}) == ["PartFn"]


def test_apps_side_by_side() -> None:
    files: dict[str, str | bytes] = {}
    for each in ("first", "second"):
        files |= {f"{each}/{path}": content for path, content in app(FUNCTION).items()}
    found = deployment(files).functions
    assert [(function.id.stack, function.code and function.code.value.folder) for function in found] == [
        ("first/app.py", "first/src"),
        ("second/app.py", "second/src"),
    ]


def test_code_that_is_no_app_is_left_alone() -> None:
    found = deployment({"index.py": HANDLER, "notes.py": "# aws_cdk\n", "tool.py": "import aws_cdk.aws_sqs\n"})
    assert (found.functions, found.modules) == ((), ())


# --- findings -----------------------------------------------------------------------------------------------------


def test_a_function_that_feeds_itself() -> None:
    found = review({**app(OWN + SOURCE), "src/index.py": SENDER})
    assert loops(found) == [("src/index.py", 9, "own-trigger-write")]
    (loop,) = (each for each in found.findings if each.rule == "own-trigger-write")
    assert "`Queue`" in loop.message
    assert "`Fn`" in loop.message
    assert [step.at.path for step in loop.steps] == ["app.py", "src/index.py"]


def test_a_function_that_feeds_another_queue() -> None:
    body = OWN + 'fn.add_event_source(sources.SqsEventSource(sqs.Queue(self, "Other")))\n'
    assert loops(review({**app(body), "src/index.py": SENDER})) == []


def test_two_functions_that_feed_each_other() -> None:
    body = """
    ping, pong = sqs.Queue(self, "Ping"), sqs.Queue(self, "Pong")
    for name, taken, given in (("A", ping, pong), ("B", pong, ping)):
        fn = lambda_.Function(self, name, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler",
            code=lambda_.Code.from_asset("src"), environment={"QUEUE": given.queue_url})
        fn.add_event_source(sources.SqsEventSource(taken))
    """
    assert [rule for _, _, rule in loops(review({**app(body), "src/index.py": SENDER}))] == ["invocation-cycle"]


def test_findings_about_settings_stand_in_the_source() -> None:
    files = app(FUNCTION.replace("PYTHON_3_13", "PYTHON_3_7"))
    line = next(n for n, text in enumerate(str(files["app.py"]).split("\n"), 1) if "PYTHON_3_7" in text)
    assert ("app.py", line, "deprecated-runtime") in told(review(files).findings)


def test_a_comment_in_the_source_silences() -> None:
    statement = FUNCTION.replace("PYTHON_3_13", "PYTHON_3_7").replace(", runtime", ",\n    runtime").rstrip()
    silent = f"# lambda-review: ignore[deprecated-runtime] moves next week\n{statement}\n"
    found = review(app(silent))
    assert [each.rule for each in found.findings if each.rule in {"deprecated-runtime", "unused-suppression"}] == []
    assert [each.rule for each in found.suppressed] == ["deprecated-runtime"]
    unused = review(app(f"# lambda-review: ignore[deprecated-runtime] moves next week\n{FUNCTION}"))
    assert [each.rule for each in unused.findings if each.at.path == "app.py"].count("unused-suppression") == 1


def test_findings_in_code_within_the_source() -> None:
    before = 'CODE = """\nimport boto3\ndef handler(event, context):\n    boto3.client("s3")\n"""'
    files = app(FUNCTION.replace('lambda_.Code.from_asset("src")', "lambda_.Code.from_inline(CODE)"), before)
    line = next(n for n, text in enumerate(str(files["app.py"]).split("\n"), 1) if 'boto3.client("s3")' in text)
    assert ("app.py", line, "client-in-handler") in told(review(files).findings)


def test_constructs_are_no_handlers() -> None:
    body = "def handler(event, context):\n    import boto3\n    boto3.client('s3')\n\n\n"
    files = app(FUNCTION, body)
    assert [each for each in told(review(files).findings) if each[2] == "client-in-handler"] == []


def test_a_layer_is_imported_from() -> None:
    body = (
        'layer = lambda_.LayerVersion(self, "Layer", code=lambda_.Code.from_asset("layer"))\n'
        + OWN.replace("code=", "layers=[layer], code=")
        + SOURCE
    )
    sender = SENDER.replace("import boto3", "from senders import send").replace(
        'sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=record["body"])', "send(record)"
    )
    helper = SENDER.replace("def handler(event, context):", "def send(record):").replace(
        '    for record in event["Records"]:\n        sqs', "    sqs"
    )
    files = {
        **app(body),
        "src/index.py": sender.replace('sqs = boto3.client("sqs")\n', ""),
        "layer/python/senders.py": helper,
    }
    assert loops(review(files)) == [("layer/python/senders.py", 8, "own-trigger-write")]


def test_a_missing_handler() -> None:
    found = told(review(app(FUNCTION.replace("index.handler", "index.main"))).findings)
    assert "handler-missing" in {rule for _, _, rule in found}
    bundled = FUNCTION.replace("index.handler", "other.main").replace(
        'from_asset("src")', 'from_asset("src", bundling=cdk.BundlingOptions(image=None))'
    )
    assert "handler-missing" not in {rule for _, _, rule in told(review(app(bundled)).findings)}


def test_what_is_left_out_is_named() -> None:
    found = review(app(FUNCTION.replace('lambda_.Code.from_asset("src")', "build()")))
    assert [(path, "`Fn`" in reason) for path, reason in found.left_out] == [("app.py", True)]
