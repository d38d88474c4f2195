"""Zappa applications: the function of a stage, functions that get events of their own, tasks that start themselves."""

from __future__ import annotations

import json

import pytest
from apps_samples import deployment, review
from deploy_samples import function, triggers, value, values
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reviewing import told

from reviewer.deploy.model import Code, Deployment, Id, Trigger
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Reference, Table, Value

SETTINGS = "zappa_settings.json"
APP = "from flask import Flask\n\napp = Flask(__name__)\n"


def stages(settings: object, **files: str) -> Deployment:
    """The deployment of these settings."""
    return deployment(
        {
            SETTINGS: json.dumps(settings, indent=1),
            "app.py": APP,
            "jobs.py": "def run(event, context):\n    pass\n",
            **files,
        }
    )


def one(**settings: object) -> Deployment:
    return stages({"dev": {"app_function": "app.app", **settings}})


def test_defaults() -> None:
    found = one()
    dev = function(found, "dev")
    assert (dev.id, dev.at, dev.dialect, dev.package) == (
        Id(SETTINGS, "dev"),
        Location(SETTINGS, 2, 2, 2, 7),
        "zappa",
        "Zip",
    )
    assert (value(dev.handler), dev.name, dev.timeout, dev.memory, dev.runtime) == (
        Constant("app.app"),
        None,
        None,
        None,
        None,
    )
    assert dev.handler and dev.handler.at == Location(SETTINGS, 3, 19, 3, 28)
    assert dev.code and dev.code.value == Code(folder="")
    assert [(t.kind, value(t.source)) for t in found.triggers] == [("rest-api", Reference(SETTINGS, "dev-rest-api"))]
    assert found.templates == (SETTINGS,)


FIELDS: list[tuple[str, dict[str, object], Value]] = [
    ("runtime", {"runtime": "python3.13"}, Constant("python3.13")),
    ("timeout", {"timeout_seconds": 25}, Constant(25)),
    ("memory", {"memory_size": 256}, Constant(256)),
    ("role", {"role_arn": "arn:aws:iam::1:role/r"}, Constant("arn:aws:iam::1:role/r")),
    ("reserved_concurrency", {"lambda_concurrency": 2}, Constant(2)),
    ("dead_letter", {"dead_letter_arn": "arn:aws:sqs:eu-west-1:1:q"}, Constant("arn:aws:sqs:eu-west-1:1:q")),
    ("name", {"project_name": "My Shop"}, Constant("my-shop-dev")),
    ("handler", {"lambda_handler": "own.main"}, Constant("own.main")),
    ("handler", {"lambda_handler": "handler.lambda_handler"}, Constant("app.app")),
    ("url_auth", {"function_url_enabled": True}, Constant("NONE")),
    ("url_auth", {"function_url_enabled": True, "function_url_config": {"authorizer": "AWS_IAM"}}, Constant("AWS_IAM")),
]


@pytest.mark.parametrize(("field", "given", "expected"), FIELDS)
def test_settings(field: str, given: dict[str, object], expected: Value) -> None:
    assert value(getattr(function(one(**given), "dev"), field)) == expected


def test_environment() -> None:
    dev = function(
        one(environment_variables={"A": "a", "B": 1}, aws_environment_variables={"C": "c"}, layers=["l"]), "dev"
    )
    assert [(name, setting.value) for name, setting in dev.environment] == [
        ("A", Constant("a")),
        ("B", Constant("1")),
        ("C", Constant("c")),
    ]
    assert values(dev.layers) == [Constant("l")]


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"apigateway_enabled": False}, []),
        ({"use_apigateway": False}, []),
        ({"apigateway_version": "v2"}, ["http-api"]),
        ({"apigateway_enabled": False, "alb_enabled": True}, ["alb"]),
        ({"apigateway_enabled": False, "function_url_enabled": True}, ["url"]),
        ({"function_url_enabled": False}, ["rest-api"]),
    ],
)
def test_requests(given: dict[str, object], kinds: list[str]) -> None:
    assert [trigger.kind for trigger in one(**given).triggers] == kinds


def test_stages() -> None:
    found = stages(
        {
            "base": {"s3_bucket": "x", "timeout_seconds": 9},
            "dev": {"extends": "base", "app_function": "app.app"},
            "prod": {
                "extends": "dev",
                "timeout_seconds": 20,
                "events": [{"function": "jobs.run", "expression": "rate(1 day)"}],
            },
            "round": {"extends": "turn", "app_function": "app.app"},
            "turn": {"extends": "round"},
            "none": {"extends": "missing"},
            "text": "x",
        }
    )
    assert [each.id.name for each in found.functions] == ["dev", "prod", "jobs.run", "round", "turn"]
    assert [value(function(found, name).timeout) for name in ("dev", "prod", "jobs.run")] == [
        Constant(9),
        Constant(20),
        Constant(20),
    ]
    both = stages({name: {"app_function": "app.app", "events": [{"function": "jobs.run"}]} for name in ("a", "b")})
    assert [each.id.name for each in both.functions] == ["a", "jobs.run", "b", "jobs.run (b)"]


ARN = "arn:aws:{}:eu-west-1:1:{}"
EVENTS: list[tuple[dict[str, object], str, Value | None]] = [
    ({"expression": "rate(1 day)"}, "schedule", None),
    ({"event_source": {"arn": "arn:aws:s3:::photos"}}, "s3", Constant("arn:aws:s3:::photos")),
    ({"event_source": {"arn": ARN.format("sqs", "q")}}, "sqs", Constant("arn:aws:sqs:eu-west-1:1:q")),
    ({"event_source": {"arn": ARN.format("sns", "t")}}, "sns", Constant("arn:aws:sns:eu-west-1:1:t")),
    (
        {"event_source": {"arn": ARN.format("dynamodb", "table/t/stream/1")}},
        "dynamodb",
        Constant("arn:aws:dynamodb:eu-west-1:1:table/t/stream/1"),
    ),
    (
        {"event_source": {"arn": ARN.format("kinesis", "stream/s")}},
        "kinesis",
        Constant("arn:aws:kinesis:eu-west-1:1:stream/s"),
    ),
    ({"event_source": {"arn": ARN.format("events", "rule/r")}}, "eventbridge", Constant("default")),
    ({"event_source": {"arn": ARN.format("other", "x")}}, "custom", Constant("arn:aws:other:eu-west-1:1:x")),
    ({"event_source": {"arn": "x"}}, "custom", Constant("x")),
]


def started(event: dict[str, object]) -> Trigger:
    found = one(apigateway_enabled=False, events=[{"function": "jobs.run", **event}])
    (trigger,) = triggers(found, "jobs.run")
    assert value(function(found, "jobs.run").handler) == Constant("jobs.run")
    return trigger


@pytest.mark.parametrize(("event", "kind", "source"), EVENTS)
def test_events(event: dict[str, object], kind: str, source: Value | None) -> None:
    trigger = started(event)
    assert (trigger.kind, None if trigger.source is None else trigger.source.value) == (kind, source)


def told_of(event: dict[str, object], field: str) -> object:
    found = getattr(started(event), field)
    return values(found) if isinstance(found, tuple) else None if found is None else value(found)


def source(service: str, **settings: object) -> dict[str, object]:
    arn = "arn:aws:s3:::b" if service == "s3" else ARN.format(service, "x")
    return {"event_source": {"arn": arn, **settings}}


PATTERN = Table((("source", Items((Constant("a"),))),))
DETAILS: list[tuple[dict[str, object], str, object]] = [
    ({"expression": "rate(1 day)", "enabled": False}, "schedule", Constant("rate(1 day)")),
    ({"expression": "rate(1 day)", "enabled": False}, "enabled", Constant(False)),
    (source("s3"), "events", [Constant("s3:ObjectCreated:*")]),
    (source("s3", events=["s3:ObjectRemoved:*"]), "events", [Constant("s3:ObjectRemoved:*")]),
    (
        source("s3", key_filters=[{"type": "prefix", "value": "in/"}, {"type": "Suffix", "value": ".png"}]),
        "prefix",
        Constant("in/"),
    ),
    (
        source("s3", key_filters=[{"type": "prefix", "value": "in/"}, {"type": "Suffix", "value": ".png"}]),
        "suffix",
        Constant(".png"),
    ),
    (source("s3", prefix="in/", suffix=".png"), "suffix", Constant(".png")),
    (source("sqs", batch_size=7, enabled=False), "batch_size", Constant(7)),
    (source("sqs", batch_size=7, enabled=False), "enabled", Constant(False)),
    (source("sns", filters={"source": ["a"]}), "patterns", [PATTERN]),
    (source("events", event_pattern={"source": ["a"]}), "patterns", [PATTERN]),
    (source("events", pattern="text"), "patterns", [UNKNOWN]),
    (source("events"), "patterns", [UNKNOWN]),
]


@pytest.mark.parametrize(("event", "field", "expected"), DETAILS)
def test_details_of_events(event: dict[str, object], field: str, expected: object) -> None:
    assert told_of(event, field) == expected


def test_several_schedules() -> None:
    found = one(events=[{"function": "jobs.run", "expressions": ["rate(1 day)", "cron(0 1 * * ? *)"]}])
    assert [trigger.kind for trigger in triggers(found, "jobs.run")] == ["schedule", "schedule"]


def test_other_functions() -> None:
    found = one(
        cognito={"user_pool": "pool", "triggers": [{"source": "PreSignUp_SignUp", "function": "jobs.run"}]},
        authorizer={"function": "auth.check"},
        bot_events=[{"function": "bot.talk", "event_source": {"intent": "x"}}],
    )
    (cognito,) = triggers(found, "jobs.run")
    assert (cognito.kind, value(cognito.source), values(cognito.events)) == (
        "cognito",
        Constant("pool"),
        [Constant("PreSignUp")],
    )
    assert [trigger.kind for name in ("auth.check", "bot.talk") for trigger in triggers(found, name)] == [
        "custom",
        "custom",
    ]


# --- files --------------------------------------------------------------------------------------------------------

TOML = """# the stages
[dev]
app_function = "app.app"
timeout_seconds = 20

[dev.environment_variables]
TOPIC = "news"

[[dev.events]]
function = "jobs.run"
event_source = {arn = "arn:aws:s3:::photos", events = ["s3:ObjectCreated:*"]}
"""


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("zappa_settings.toml", TOML, 3),
        (
            "zappa_settings.yml",
            "dev:\n  app_function: app.app\n  timeout_seconds: 20\n  environment_variables: {TOPIC: news}\n  events:\n    - function: jobs.run\n      event_source: {arn: 'arn:aws:s3:::photos'}\n",
            2,
        ),
        (
            "zappa_settings.yaml",
            "dev: {app_function: app.app, timeout_seconds: 20, environment_variables: {TOPIC: news}, events: [{function: jobs.run, event_source: {arn: 'arn:aws:s3:::photos'}}]}\n",
            1,
        ),
    ],
)
def test_files(name: str, text: str, line: int) -> None:
    found = deployment({f"web/{name}": text, "web/app.py": APP})
    dev = function(found, "dev")
    assert (dev.id, value(dev.timeout), value(dev.variable("TOPIC"))) == (
        Id(f"web/{name}", "dev"),
        Constant(20),
        Constant("news"),
    )
    assert dev.handler and (dev.handler.at.line, dev.handler.at.path) == (line, f"web/{name}")
    assert [trigger.kind for trigger in triggers(found, "jobs.run")] == ["s3"]


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("toml", "[dev]\napp_function = 'app.app'  # lambda-review: ignore[x]\n"),
        ("yml", "dev:\n  app_function: app.app  # lambda-review: ignore[x]\n"),
    ],
)
def test_comments(ending: str, text: str) -> None:
    found = deployment({f"zappa_settings.{ending}": text}).comments
    assert [(at.line, said) for at, said in found] == [(2, "# lambda-review: ignore[x]")]


def test_one_file_a_folder() -> None:
    other = json.dumps({"other": {"app_function": "app.app"}})
    found = deployment(
        {"zappa_settings.toml": TOML, SETTINGS: other, "a/zappa_settings.yml": other, "zappa_settings.yml": other}
    )
    assert [each.id for each in found.functions] == [Id(SETTINGS, "other"), Id("a/zappa_settings.yml", "other")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (SETTINGS, "{'a': ["),
        ("zappa_settings.toml", "[dev\n"),
        ("zappa_settings.toml", "a = " + "9" * 5_000),
        ("zappa_settings.yml", "a: ["),
    ],
)
def test_an_unreadable_file_is_a_problem(name: str, text: str) -> None:
    (problem,) = deployment({name: text}).problems
    assert (problem.at.path, problem.message[:34]) == (name, "The configuration cannot be read: ")


# --- the code -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "app", ["async def app(scope, receive, send):\n    pass\n", "def app(environ, start_response):\n    return []\n"]
)
def test_an_application_that_is_a_function_gets_no_event(app: str) -> None:
    files = {SETTINGS: json.dumps({"dev": {"app_function": "web.app"}}), "web.py": app}
    assert function(deployment(files), "dev").handler is None
    assert review(files).findings == ()


def test_handlers_are_joined() -> None:
    settings = {"dev": {"app_function": "web.app", "events": [{"function": "jobs.none", "expression": "rate(1 day)"}]}}
    files = {SETTINGS: json.dumps(settings, indent=1), "app.py": APP, "jobs.py": "x = 1\n"}
    assert told(review(files).findings) == [(SETTINGS, 3, "handler-missing"), (SETTINGS, 6, "handler-missing")]


BUCKET = {
    "arn": "arn:aws:s3:::photos",
    "events": ["s3:ObjectCreated:*"],
    "key_filters": [{"type": "prefix", "value": "in/"}],
}


@pytest.mark.parametrize(
    ("key", "loops"), [("'in/x'", True), ("'out/x'", False), ("event['Records'][0]['s3']['object']['key']", True)]
)
@pytest.mark.parametrize("bucket", ["'photos'", "os.environ['BUCKET']", "event['Records'][0]['s3']['bucket']['name']"])
def test_loops(bucket: str, key: str, loops: bool) -> None:
    settings = {
        "dev": {
            "app_function": "app.app",
            "environment_variables": {"BUCKET": "photos"},
            "events": [{"function": "jobs.run", "event_source": BUCKET}],
        }
    }
    jobs = f"import os\nimport boto3\nimport app\ns3 = boto3.client('s3')\ndef run(event, context):\n    s3.put_object(Bucket={bucket}, Key={key})\n"
    web = f"import boto3\n{APP}\n@app.route('/')\ndef put():\n    boto3.client('s3').put_object(Bucket='photos', Key='in/x')\n"
    found = review({SETTINGS: json.dumps(settings), "app.py": web, "jobs.py": jobs}).findings
    assert [each.at.path for each in found if each.rule == "own-trigger-write"] == (["jobs.py"] if loops else [])


# --- anything -----------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["dev", "app_function", "events", "function", "event_source", "arn", "expression", "extends", "key_filters", "type", "value", "cognito", "triggers", "source", "authorizer", "layers", "environment_variables", "function_url_enabled", "lambda_handler"])  # fmt: skip
WORDS = (
    st.sampled_from(["dev", "app.app", "jobs.run", "arn:aws:s3:::b", "arn", "prefix", ""])
    | st.none()
    | st.booleans()
    | st.integers(-2, 2)
)
JSON = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)


@given(JSON)
@example(
    {
        "dev": {
            "app_function": "app.app",
            "events": [{"function": "jobs.run", "event_source": {"arn": ["x"]}}],
            "extends": "dev",
        }
    }
)
@settings(max_examples=80, deadline=None)
def test_any_settings_are_read(given: object) -> None:
    found = stages(given)
    assert found.problems == ()
    assert {trigger.function for trigger in found.triggers} <= {each.id for each in found.functions}
