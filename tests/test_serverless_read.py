"""Services in a tree: which files they are, what is read with them, and what nobody means well with."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from deploy_samples import deployed, function, resource, value
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reviewing import review_files, told
from serverless_samples import CONFIG, PROVIDER, read, service

from reviewer.deploy.model import Deployment, Id, Problem
from reviewer.deploy.nodes import DEEPEST
from reviewer.deploy.serverless import service as services
from reviewer.deploy.serverless.read import claims
from reviewer.deploy.serverless.variables import MOST_NODES
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Reference

PLAIN = "functions: {it: {handler: app.main}}\n"


@pytest.mark.parametrize(
    ("data", "claimed"),
    [
        (b"service: a\nprovider: {name: aws}\n", True),
        (b"\xef\xbb\xbfservice: a\nprovider:\n  name: aws\n", True),
        (b"provider: aws\n\n'service': a\n", True),
        (b'{"service": "a", "provider": {"name": "aws"}}', True),
        (b"service: a\n", False),
        (b"  service: a\n  provider: b\n", False),
        (b"services: a\nproviders: b\n", False),
        (b"", False),
    ],
)
def test_claims(data: bytes, claimed: bool) -> None:
    assert claims(CONFIG, data) == claimed


@pytest.mark.parametrize("name", ["serverless.yml", "serverless.yaml", "a/serverless.json", "config/other.yml"])
def test_files(tmp_path: Path, name: str) -> None:
    text = service(PLAIN)
    if name.endswith(".json"):
        functions = {"it": {"handler": "app.main"}}
        text = json.dumps({"service": {"name": "shop"}, "provider": {"name": "aws"}, "functions": functions})
    found = deployed(tmp_path, {name: text})
    assert ([each.id for each in found.functions], found.templates) == ([Id(name, "it")], (name,))


@pytest.mark.parametrize(
    ("provider", "read_as_one"),
    [
        ("{name: aws}", True),
        ("aws", True),
        ("{name: '${self:custom.cloud}'}", True),
        ("${file(provider.yml)}", True),
        ("${file(provider.js)}", True),
        ("{name: google}", False),
        ("azure", False),
    ],
)
def test_providers(tmp_path: Path, provider: str, read_as_one: bool) -> None:
    text = f"service: a\nprovider: {provider}\ncustom: {{cloud: aws}}\n{PLAIN}"
    found = deployed(tmp_path, {CONFIG: text}, unlisted={"provider.yml": "name: aws\n"})
    assert bool(found.functions) == read_as_one
    elsewhere = deployed(tmp_path / "b", {"some.yml": text.replace("provider.js", "none.js")})
    assert bool(elsewhere.functions) == (read_as_one and "file" not in provider)


def test_parts_are_no_templates_of_their_own(tmp_path: Path) -> None:
    part = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: 'q-${sls:stage}'}\n"
    body = f"{PLAIN}resources:\n  - ${{file(queue.yml)}}\n  - Resources: {{Topic: {{Type: AWS::SNS::Topic}}}}\n"
    found = deployed(tmp_path, {CONFIG: service(body), "queue.yml": part, "other.yml": part})
    assert [each.id for each in found.resources if each.kind == "queue"] == [
        Id("other.yml", "Queue"),
        Id(CONFIG, "Queue"),
    ]
    assert set(found.templates) == {CONFIG, "queue.yml", "other.yml"}
    own = next(each for each in found.resources if each.id == Id(CONFIG, "Queue"))
    assert own.at == Location("queue.yml", 2, 3, 2, 8)
    assert resource(found, "Topic").id == Id(CONFIG, "Topic")


def test_parameters_of_the_template(tmp_path: Path) -> None:
    body = f"{PLAIN}resources: {{Parameters: {{Secret: {{Type: String, Default: x}}}}}}\n"
    (parameter,) = read(tmp_path, body).parameters
    assert (parameter.id, value(parameter.default)) == (Id(CONFIG, "Secret"), Constant("x"))


def test_comments(tmp_path: Path) -> None:
    found = read(tmp_path, f"# lambda-review: ignore[x]\n{PLAIN}")
    assert [(at.line, text) for at, text in found.comments] == [(3, "# lambda-review: ignore[x]")]


def test_without_functions(tmp_path: Path) -> None:
    found = read(tmp_path, "resources: {Resources: {Q: {Type: AWS::SQS::Queue}}}\n")
    assert ([each.id.name for each in found.resources], found.functions) == (["Q"], ())


# --- problems -----------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    broken = read(tmp_path, "functions: {it: [}\n")
    assert broken.problems[0].message.startswith("The configuration cannot be read: ")
    assert broken.problems[0].at.path == CONFIG
    part = read(
        tmp_path, f"{PLAIN}custom: '${{file(part.yml)}}'\nresources: '${{self:custom}}'\n", {"part.yml": "a: ["}
    )
    assert [(problem.at.path, problem.message[:24]) for problem in part.problems] == [
        ("part.yml", "The file cannot be read:")
    ]
    assert [each.id.name for each in part.functions] == ["it"]


def test_what_is_to_be_filled_in_first_is_no_problem(tmp_path: Path) -> None:
    assert read(tmp_path, "functions: {% raw %}\n").problems == ()
    assert read(tmp_path, "custom: {{ cookiecutter.x }}: [\n").problems == ()


# --- the review ---------------------------------------------------------------------------------------------------

LOOP = """import os

import boto3

sqs = boto3.client("sqs")


def main(event, context):
    for record in event["Records"]:
        sqs.send_message(QueueUrl=os.environ["URL"], MessageBody=record["body"])
"""
QUEUES = "resources: {Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: '${self:service}-q'}}, R: {Type: AWS::SQS::Queue}}}\n"


@pytest.mark.parametrize(
    ("url", "event", "loops"),
    [
        ("!Ref Q", "sqs: {arn: !GetAtt Q.Arn}", True),
        ("!Ref R", "sqs: {arn: !GetAtt Q.Arn}", False),
        ("!Ref Q", "sqs: {arn: !GetAtt Q.Arn, enabled: false}", False),
        ("!Ref Q", "sqs: {arn: !GetAtt Q.Arn, filterPatterns: [{body: {kind: [never]}}]}", True),
        ("'${self:custom.url}'", "sqs: {arn: '${self:custom.arn}'}", True),
        ("'${self:custom.url}'", "sqs: {arn: !GetAtt Q.Arn}", True),
        ("'${env:URL}'", "sqs: {arn: '${env:ARN}'}", False),
        (
            "!Sub 'https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/${self:service}-q'",
            "sqs: {arn: !GetAtt Q.Arn}",
            True,
        ),
    ],
)
def test_loops(*, url: str, event: str, loops: bool) -> None:
    custom = "custom: {url: !Ref Q, arn: !GetAtt Q.Arn}\n"
    functions = f"functions: {{it: {{handler: app.main, environment: {{URL: {url}}}, events: [{event}]}}}}\n"
    found = review_files({CONFIG: service(custom + functions + QUEUES), "app.py": LOOP})
    places = [(each.at.path, each.at.line) for each in found.findings if each.rule == "own-trigger-write"]
    assert places == ([("app.py", 10)] if loops else [])


def test_handlers_are_joined() -> None:
    body = "functions:\n  a: {handler: src/app.main}\n  b: {handler: src/app.none}\n  c: {handler: src.app.main}\n  d: {handler: none.main}\n"
    found = review_files({f"x/{CONFIG}": service(body), "x/src/app.py": "def main(event, context):\n    return 1\n"})
    assert told(found.findings) == [(f"x/{CONFIG}", line, "handler-missing") for line in (5, 7)]


def test_other_runtimes_have_no_missing_handlers() -> None:
    config = "service: a\nprovider: {name: aws}\nfunctions: {it: {handler: index.main}}\n"
    assert review_files({CONFIG: config, "tool.py": "x = 1\n"}).findings == ()


# --- hostile configurations ---------------------------------------------------------------------------------------


def bombs() -> dict[str, str]:
    levels = 30
    doubled = "\n".join(f"  a{n}: ['${{self:custom.a{n + 1}}}', '${{self:custom.a{n + 1}}}']" for n in range(levels))
    texts = "\n".join(f"  t{n}: '${{self:custom.t{n + 1}}}${{self:custom.t{n + 1}}}'" for n in range(levels))
    subs = "\n".join(
        f"  s{n}: {{Fn::Sub: [x, {{a: '${{self:custom.s{n + 1}}}', b: '${{self:custom.s{n + 1}}}'}}]}}"
        for n in range(levels)
    )
    chain = "\n".join(f"  c{n}: '${{self:custom.c{n + 1}}}'" for n in range(3_000))
    deep = "\n".join(f"  d{n}: [[[[[[[[[['${{self:custom.d{n + 1}}}']]]]]]]]]]" for n in range(300))
    return {
        "a0": f"{doubled}\n  a{levels}: x",
        "t0": f"{texts}\n  t{levels}: {'x' * 50}",
        "s0": f"{subs}\n  s{levels}: x",
        "c0": f"{chain}\n  c3000: x",
        "d0": f"{deep}\n  d300: x",
        "me": "  me: {a: '${self:custom.me}', b: '${self:custom}'}",
        "whole": "  whole: '${self:}'",
        "pair": "  pair: {one: '${self:custom.pair.two}', two: '${self:custom.pair.one}'}",
        "name": "  name: '${self:custom.${self:custom.name}}'",
        "file": "  file: '${file(serverless.yml)}'",
        "turn": "  turn: '${file(${self:custom.turn}.yml):a}'",
        "many": "  many: '" + "".join(f"${{env:A{n}}}" for n in range(3_000)) + "'",
        "nest": f"  nest: '{'${self:custom.' * 3_000}x{'}' * 3_000}'",
        "open": f"  open: '{'${self:a' * 30_000}'",
    }


@pytest.mark.parametrize("name", bombs())
def test_bombs(tmp_path: Path, name: str) -> None:
    variable = f"${{self:custom.{name}}}"
    body = f"custom:\n{bombs()[name]}\nfunctions: {{it: {{handler: app.main, environment: {{X: '{variable}'}}, tags: '{variable}'}}}}\n"
    found = read(
        tmp_path, f"{body}resources: {{Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {{X: '{variable}'}}}}}}}}\n"
    )
    assert (value(function(found, "it").handler), resource(found, "Q").kind) == (Constant("app.main"), "queue")


def test_what_is_left_out_is_a_problem(tmp_path: Path) -> None:
    many = "\n".join(f"  f{n}: {{handler: a.b, environment: '${{self:custom.e}}'}}" for n in range(120))
    variables = "\n".join(f"    V{n}: x" for n in range(1_000))
    found = read(tmp_path, f"functions:\n{many}\ncustom:\n  e:\n{variables}\n")
    assert 90 < len(found.functions) < 120
    (problem,) = found.problems
    assert (problem.at.path, "nodes" in problem.message) == (CONFIG, True)


def test_the_limits_leave_room(tmp_path: Path) -> None:
    few = 9
    doubled = "\n".join(f"  a{n}: ['${{self:custom.a{n + 1}}}', '${{self:custom.a{n + 1}}}']" for n in range(few))
    queue = "{Type: AWS::SQS::Queue, Properties: {X: '${self:custom.a0}'}}"
    found = read(tmp_path, f"custom:\n{doubled}\n  a{few}: x\nresources: {{Resources: {{Q: {queue}}}}}\n")
    properties = resource(found, "Q").properties
    assert properties is not None and str(properties).count("'x'") == 2**few
    assert 2 ** (few + 1) < MOST_NODES and few < DEEPEST
    chained = "\n".join(f"  c{n}: '${{self:custom.c{n + 1}}}'" for n in range(20))
    found = read(tmp_path, f"custom:\n{chained}\n  c20: end\nfunctions: {{it: {{handler: '${{self:custom.c0}}'}}}}\n")
    assert value(function(found, "it").handler) == Constant("end")


def test_a_variable_leads_nowhere_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("a: secret\n")
    root = tmp_path / "tree"
    root.mkdir()
    (root / "link.yml").symlink_to(tmp_path / "secret.yml")
    for path in (
        "../secret.yml",
        str(tmp_path / "secret.yml"),
        "link.yml",
        "~/secret.yml",
        "http://x/secret.yml",
        "a\\b.yml",
        "",
    ):
        found = read(root, f"functions: {{it: {{handler: '${{file({path}):a}}'}}}}\n")
        assert value(function(found, "it").handler) != Constant("secret")


WORDS = st.sampled_from(["it", "Q", "a.b", "arn:aws:sqs:::q", "${self:custom.x}", "${self:functions}", "${file(serverless.yml)}", "${opt:s, self:custom}", "${sls:stage}", "${env:X, 'd'}", "${self:custom.${self:custom.x}}", "x-${self:resources}", "aws_iam", ""])  # fmt: skip
KEYS = st.sampled_from(["it", "x", "handler", "events", "environment", "Resources", "Q", "Type", "Properties", "extensions", "Ref", "Fn::Sub", "Fn::GetAtt", "Fn::If", "sqs", "s3", "sns", "http", "httpApi", "authorizer", "name", "bucket", "arn", "rules", "iam", "role", "statements", "url", "destinations", "onFailure", "image", "path", "definition", "stateMachines", "layers", "runtime", "httpApi"])  # fmt: skip
LEAVES = WORDS | st.integers(-2, 2) | st.booleans() | st.none()
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)
SECTIONS = st.sampled_from(
    ["service", "custom", "functions", "resources", "layers", "stepFunctions", "plugins", "package", "params"]
)


def read_text(text: str | bytes) -> Deployment:
    with tempfile.TemporaryDirectory() as folder:
        return deployed(Path(folder), {CONFIG: text})


@given(st.dictionaries(SECTIONS, ANYTHING, max_size=6), st.dictionaries(KEYS, ANYTHING, max_size=4))
@example({"functions": {"it": {"events": [{"httpApi": {"authorizer": {"name": {"Ref": "it"}}}}]}}}, {})
@settings(max_examples=150, deadline=None)
def test_any_structure_is_read(sections: dict[str, object], provider: dict[str, object]) -> None:
    written = json.dumps({"service": "a", **sections, "provider": {**provider, "name": "aws"}})
    found = read_text(written)
    assert found.problems == ()
    assert {each.id.stack for each in (*found.functions, *found.resources)} <= {CONFIG}
    assert {trigger.function for trigger in found.triggers} <= {each.id for each in found.functions}


@given(st.binary(max_size=120) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=100, deadline=None)
def test_any_bytes_after_a_claim_are_read_or_a_problem(content: bytes) -> None:
    found = read_text(f"service: a\n{PROVIDER}\n{PLAIN}".encode() + content)
    says_otherwise = any(mark in content for mark in (b"{%", b"{{", b"provider:", b"service:", b"functions:"))
    assert found.functions or found.problems or says_otherwise
    assert all(isinstance(problem, Problem) and problem.message for problem in found.problems)


def test_unknown_is_equal_to_nothing(tmp_path: Path) -> None:
    body = "functions: {it: {handler: '${self:custom.a}', environment: {X: '${self:custom.a}-${self:custom.a}'}}}\ncustom: {a: '${self:custom.a}'}\n"
    found = read(tmp_path, body)
    assert value(function(found, "it").handler) == UNKNOWN
    assert Reference(CONFIG, "sls::?") not in [value(setting) for _, setting in function(found, "it").environment]


def test_functions_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_FUNCTIONS", 2)
    found = read(tmp_path, "functions:\n" + "".join(f"  f{n}: {{handler: app.f}}\n" for n in range(4)))
    assert [each.id.name for each in found.functions] == ["f0", "f1"]
    assert [problem.at.line for problem in found.problems] == [6]
