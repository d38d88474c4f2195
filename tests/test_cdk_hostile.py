"""CDK apps that mean no good, and such that are half written."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from apps_samples import deployment, review
from cdk_samples import CONFIGURED, FUNCTION, HANDLER, IMPORTS, app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.deploy.model import Deployment
from reviewer.discover import discover
from reviewer.project import Project

HEAD = "import aws_cdk as cdk\nfrom aws_cdk import aws_lambda as l, aws_sqs as sqs, aws_stepfunctions as sfn\n"
CLASS = "class S(cdk.Stack):\n    def __init__(self, scope, id, *others):\n        super().__init__(scope, id)\n"
FN = 'l.Function(self, {name}, handler="a.b", code=l.Code.from_asset("src"))\n'

HOSTILE = {
    "a stack that makes itself": CLASS
    + '        S(self, id + "a")\n        '
    + FN.format(name="id")
    + 'S(cdk.App(), "S")\n',
    "a method that calls itself": CLASS
    + "        self.again('x')\n    def again(self, n):\n        "
    + FN.format(name="n")
    + "        self.again(n + 'x')\nS(cdk.App(), 'S')\n",
    "loops in loops": CLASS
    + "        for a in range(10 ** 9):\n            for b in [a] * 10 ** 9:\n                for c in list(range(99)):\n"
    + "                    "
    + FN.format(name='f"{a}{b}{c}"')
    + "S(cdk.App(), 'S')\n",
    "a construct in itself": CLASS
    + "        self.f = l.Function(self.f, self.f, handler=self.f, code=self.f, environment=self.f, layers=[self.f])\n"
    + "        self.f.add_event_source(self.f)\nS(S(S, S), S)\n",
    "a class that is its own base": "class A(A, cdk.Stack):\n    def __init__(self, scope, id):\n"
    "        super().__init__(self, self)\nA(A, 'x')\n",
    "stacks of stacks": CLASS
    + "        for other in others:\n            "
    + FN.format(name="id")
    + "app = cdk.App()\ns0 = S(app, 's0')\n"
    + "".join(f"s{i} = S(app, 's{i}', {', '.join(f's{j}' for j in range(i))})\n" for i in range(1, 25)),
    "chains of chains": CLASS
    + "        x0 = sfn.Pass(self, 'p')\n"
    + "".join(f"        x{i} = sfn.Chain.start(x{i - 1}).next(sfn.Chain.start(x{i - 1}))\n" for i in range(1, 60))
    + "        sfn.StateMachine(self, 'm', definition=x59)\n        "
    + FN.format(name="'f'")
    + "S(cdk.App(), 'S')\n",
    "paths out of the tree": CLASS
    + "".join(
        f"        l.Function(self, {path!r}, handler='a.b', code=l.Code.from_asset({path!r}))\n"
        f"        l.Function(self, {path!r} + 'i', handler='a.b', code=l.InlineCode(open({path!r}).read()))\n"
        for path in ("../..", "/", "/etc/passwd", "../../../../etc/passwd", "a\0b", "~", "https://example.com/x")
    )
    + "S(cdk.App(), 'S')\n",
    "arguments of other kinds": CLASS
    + "        l.Function(self, 'f', 1, 2, 3, *others, **others, handler=3, code=[], environment=7, layers=3, timeout='x',\n"
    "            events=4, memory_size=l, runtime=l.Runtime, architecture=l.Architecture.X, dead_letter_queue=9)\n"
    "        l.Function(self)\n        l.Function()\n        l.EventSourceMapping(self, 'e', target=1)\n"
    "        sqs.Queue(self, 'q', dead_letter_queue=3, visibility_timeout=cdk.Duration.seconds('x'))\n"
    "        self.node.add_environment('a')\n        sqs.Queue(self, 'r').add_event_notification()\n"
    "S(cdk.App(), 'S')\n",
    "things named after each other": CLASS + "        self.a = sqs.CfnQueue(self, 'A', queue_name=self.b.queue_name)\n"
    "        self.b = sqs.CfnQueue(self, 'B', queue_name=self.a.queue_name)\n"
    "        self.c = sqs.Queue.from_queue_arn(self, 'C', self.d.queue_arn)\n"
    "        self.d = sqs.Queue.from_queue_arn(self, 'D', self.c.queue_arn)\n"
    "        self.e = cdk.CfnParameter(self, 'E', default=self.e.value_as_string)\n        "
    + FN.format(name="self.a.queue_name + self.c.queue_arn + self.e.value_as_string")
    + "S(cdk.App(), 'S')\n",
    "rows of names": CLASS
    + "        q0 = sqs.CfnQueue(self, 'Q', queue_name='x')\n"
    + "".join(
        f"        q{i} = sqs.CfnQueue(self, 'Q{i}', queue_name=q{i - 1}.queue_name + q{i - 1}.queue_name)\n"
        for i in range(1, 300)
    )
    + "        l.Function(self, 'f', handler='a.b', code=l.Code.from_asset('src'), function_name=q299.queue_name)\n"
    + "S(cdk.App(), 'S')\n",
    "exports of exports": CLASS
    + "".join(
        f"        o{i} = cdk.Fn.import_value('n{i + 1}')\n"
        f"        cdk.CfnOutput(self, 'o{i}', value=cdk.Fn.join('', [o{i}, o{i}]), export_name='n{i}')\n"
        f"        l.Function(self, 'f{i}', handler=cdk.Fn.import_value('n{120 - i}'), code=l.Code.from_asset('src'))\n"
        for i in range(120)
    )
    + "        cdk.CfnOutput(self, 'last', value=sqs.Queue(self, 'q').queue_url, export_name='n120')\n"
    + "S(cdk.App(), 'S')\n",
    "nested dicts": CLASS
    + "        e = {}\n"
    + "        e = {'a': e, 'b': e}\n" * 40
    + "        l.Function(self, 'f', handler='a.b', code=l.Code.from_asset('src'), environment=e)\nS(cdk.App(), 'S')\n",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_apps_end(case: str) -> None:
    found = deployment({"cdk.json": CONFIGURED, "app.py": HEAD + HOSTILE[case], "src/a.py": HANDLER})
    assert all(function.id.stack == "app.py" for function in found.functions)
    folders = [function.code.value.folder for function in found.functions if function.code]
    assert set(folders) <= {None, "src", ""}
    assert all("root:" not in (function.code.value.inline or "") for function in found.functions if function.code)


def test_a_deep_configuration() -> None:
    deep = '{"app": "python3 app.py", "context": ' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "}"
    assert len(deployment({**app(FUNCTION), "cdk.json": deep}).functions) == 1


@pytest.mark.parametrize(
    "source", ["class S(cdk.Stack:\n", "\0", "\ud800", "x = " + "(" * 500 + ")" * 500, "a" + ".b" * 9_999]
)
def test_sources_that_cannot_be_read(source: str) -> None:
    content = ("import aws_cdk.aws_lambda\n" + source).encode("utf-8", "surrogatepass")
    assert deployment({"cdk.json": CONFIGURED, "app.py": content}).functions == ()


def test_files_that_are_gone() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in app(FUNCTION).items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(str(content))
        tree = discover([root])
        for path in tree.python:
            (root / path).unlink()
        project = Project(tree, Deployment(), lambda path: (root / path).read_bytes())
        assert project.deployment.functions == ()


WHOLE = str(
    app(
        FUNCTION
        + """queue = sqs.Queue(self, "Queue", dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=sqs.Queue(self, "D")))
fn.add_event_source(sources.SqsEventSource(queue, filters=[lambda_.FilterCriteria.filter({"body": {"a": ["b"]}})]))
fn.add_environment("QUEUE", queue.queue_url)
bucket = s3.Bucket(self, "Bucket")
bucket.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(fn), s3.NotificationKeyFilter(prefix="a"))
rule = events.Rule(self, "Rule", schedule=events.Schedule.rate(Duration.minutes(5)), targets=[targets.LambdaFunction(fn)])
rule.add_event_pattern(source=["a"], detail={"b": events.Match.anything_but("c")})
sfn.StateMachine(self, "M", definition=tasks.LambdaInvoke(self, "I", lambda_function=fn).next(sfn.Pass(self, "P")))
"""
    )["app.py"]
)
WORDS = sorted(
    {*"()[]{},.:=*", '"', "self", "None", "queue", "fn", "lambda_", "[]", "{}", "**kwargs", "yield", "1", '"x"'}
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9))
def test_edited_apps_do_not_crash(seed: int) -> None:
    """An app with some of its words exchanged, left out or doubled."""
    chance = random.Random(seed)
    pieces = WHOLE.removeprefix(IMPORTS).split(" ")
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(pieces))
        pieces[at : at + 1] = chance.choice([[], [chance.choice(WORDS)], [pieces[at]] * 2, [pieces[at][:-1]]])
    found = review({"cdk.json": CONFIGURED, "app.py": IMPORTS + " ".join(pieces), "src/index.py": HANDLER})
    assert found.errors == ()
