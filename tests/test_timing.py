"""Queues and callers against the timeouts of functions: all combinations, with the truth computed beside."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from deploy_samples import deployed, sam, triggers
from reviewing import review_files

from reviewer.aws.callers import callers
from reviewer.finding import Finding
from reviewer.timing import ADVISED, FUNCTION_SECONDS, QUEUE_SECONDS, numbers
from reviewer.value import UNKNOWN, Constant, Lookup, OneOf, Parameter, Value

PARAMETERS = """\
Parameters:
  Forty: {Type: Number, Default: 40}
  Either: {Type: Number, Default: 20, AllowedValues: [20, 400]}
  Given: {Type: Number}
Mappings:
  Map: {Row: {a: 10, b: 90}}
"""
SECONDS: list[tuple[str, tuple[int, ...]]] = [
    ("20", (20,)),
    ("'60'", (60,)),
    ("240", (240,)),
    ("!Ref Forty", (40,)),
    ("!Ref Either", (20, 400)),
    ("!If [C, 10, 60]", (10, 60)),
    ("!FindInMap [Map, Row, !Ref Given]", (10, 90)),
    ("!Ref Given", ()),
    ("!If [C, 10, !Ref Given]", ()),
    ("!Unknown 10", ()),
]
"""How a template writes seconds, and what they can be; none where that cannot be told."""

FUNCTION = "{{Type: AWS::Serverless::Function, Properties: {{{}}}}}"
CODE = "Runtime: python3.13, Handler: index.handler, InlineCode: 'def handler(event, context): return {}'"


def found(template: str, rule: str) -> list[Finding]:
    return [each for each in review_files({"template.yaml": template}).findings if each.rule == rule]


def test_visibilities_are_compared_for_certain() -> None:
    pairs = list(product([*SECONDS, ("", (QUEUE_SECONDS,))], [*SECONDS, ("", (FUNCTION_SECONDS,))]))
    lines = []
    for number, ((visibility, _), (timeout, _)) in enumerate(pairs):
        hidden = f"VisibilityTimeout: {visibility}" if visibility else ""
        lasting = f"Timeout: {timeout}, " if timeout else ""
        event = f"Events: {{E: {{Type: SQS, Properties: {{Queue: !GetAtt Q{number}.Arn}}}}}}"
        lines.append(f"Q{number}: {{Type: AWS::SQS::Queue, Properties: {{{hidden}}}}}")
        lines.append(f"F{number}: " + FUNCTION.format(f"{CODE}, {lasting}{event}"))
    expected = {}
    for number, ((_, hidden_for), (_, may_take)) in enumerate(pairs):
        if hidden_for and may_take and max(hidden_for) < ADVISED * min(may_take):
            expected[f"Q{number}"] = "error" if max(hidden_for) < min(may_take) else "note"
    told = found(sam("\n".join(lines), PARAMETERS), "visibility-below-timeout")
    assert {each.message.split("`")[1]: each.severity.label for each in told} == expected
    assert len(told) == len(expected) > 30


API = "{{Type: {}, Properties: {{Path: /, Method: get{}}}}}"
ROUTES = [
    (API.format("Api", ""), callers()["rest-api"].seconds),
    (API.format("HttpApi", ""), callers()["http-api"].seconds),
    (API.format("Api", ", TimeoutInMillis: 50000"), 50),
    (API.format("HttpApi", ", TimeoutInMillis: 2000"), 2),
    (API.format("HttpApi", ", TimeoutInMillis: !Ref Given"), None),
    ("{Type: Cognito, Properties: {UserPool: !Ref P, Trigger: PreSignUp}}", callers()["cognito"].seconds),
    ("{Type: Cognito, Properties: {UserPool: !Ref P, Trigger: [CustomEmailSender]}}", None),
    ("{Type: AlexaSkill}", callers()["alexa"].seconds),
    ("{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}", None),
    ("{Type: Schedule, Properties: {Schedule: rate(1 day)}}", None),
]


def test_callers_are_compared_for_certain() -> None:
    pairs = list(product(ROUTES, SECONDS))
    lines = []
    for number, ((route, _), (timeout, _)) in enumerate(pairs):
        lines.append(f"F{number}: " + FUNCTION.format(f"{CODE}, Timeout: {timeout}, Events: {{E: {route}}}"))
    expected = {
        f"F{number}"
        for number, ((_, waits), (_, may_take)) in enumerate(pairs)
        if waits is not None and may_take and min(may_take) > waits
    }
    told = found(sam("\n".join(lines), PARAMETERS), "timeout-above-trigger")
    assert {each.message.split("`")[1] for each in told} == expected
    assert len(told) == len(expected) > 20


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (Constant(3), (3,)),
        (Constant("3.5"), (3.5,)),
        (Constant("x"), ()),
        (Constant(True), ()),
        (UNKNOWN, ()),
        (OneOf((Constant(1), Constant(2))), (1, 2)),
        (OneOf((Constant(1), UNKNOWN)), ()),
        (Parameter("t", "p"), ()),
        (Parameter("t", "p", (Constant("7"),)), (7,)),
        (Lookup(((("a", "b"), Constant(1)), (("a", "c"), Constant("x"))), (UNKNOWN, UNKNOWN)), ()),
    ],
)
def test_numbers(value: Value, known: tuple[float, ...]) -> None:
    assert numbers(value) == known


# --- how long an API says that it waits ---------------------------------------------------------------------------

URI = "!Sub 'arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${It.Arn}/invocations'"
METHOD = "{Type: AWS::ApiGateway::Method, Properties: {RestApiId: r, Integration: {Uri: %s, %s}}}"
INTEGRATION = "{Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: r, IntegrationUri: %s, %s}}"
BODY = "{Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/: {get: {x-amazon-apigateway-integration: {uri: %s, %s}}}}}}}"


@pytest.mark.parametrize("form", [METHOD, INTEGRATION, BODY])
@pytest.mark.parametrize(
    ("setting", "waits"),
    [
        ("TimeoutInMillis: 5000", Constant(5000)),
        ("ResponseTransferMode: BUFFERED", None),
        ("ResponseTransferMode: STREAM, TimeoutInMillis: 5000", UNKNOWN),
        ("RequestParameters: {integration.request.header.X-Amz-Invocation-Type: \"'Event'\"}", UNKNOWN),
        ("RequestParameters: {integration.request.header.X-Other: \"'a'\"}", None),
        ("Type: AWS_PROXY", None),
    ],
)
def test_integrations_say_how_long_they_wait(tmp_path: Path, *, form: str, setting: str, waits: Value | None) -> None:
    written = setting if form != BODY else ", ".join(part[0].lower() + part[1:] for part in setting.split(", "))
    template = sam(f"It: {{Type: AWS::Serverless::Function}}\nApi: {form % (URI, written)}")
    (trigger,) = triggers(deployed(tmp_path, template), "It")
    assert (trigger.waits.value if trigger.waits else None) == waits


def test_who_only_permits_tells_not_how_long_it_waits() -> None:
    permission = "{Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunction', FunctionName: !Ref It, Principal: cognito-idp.amazonaws.com}}"
    template = sam(f"It: {FUNCTION.format(f'{CODE}, Timeout: 60')}\nP: {permission}")
    assert found(template, "timeout-above-trigger") == []


def test_what_the_definition_of_an_api_says_of_a_route_is_believed() -> None:
    route = "{Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref Api}}"
    for mode, count in (("stream: 1", 1), ("responseTransferMode: STREAM", 0)):
        function = FUNCTION.format(f"{CODE}, Timeout: 60, Events: {{E: {route}}}")
        template = sam(f"It: {function}\nApi: {BODY % (URI, mode)}")
        assert len(found(template, "timeout-above-trigger")) == count


def test_functions_with_one_timeout_are_one_finding() -> None:
    more = "Globals: {Function: {Timeout: 60}}\n"
    routes = "Events: {E: {Type: HttpApi, Properties: {Path: /, Method: get}}}"
    template = sam("\n".join(f"F{n}: {FUNCTION.format(f'{CODE}, {routes}')}" for n in range(3)), more)
    (only,) = found(template, "timeout-above-trigger")
    assert (only.at.line, len(only.related)) == (3, 3)
    assert [step.message.split("`")[1] for step in only.related[1:]] == ["F1", "F2"]
