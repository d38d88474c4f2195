"""Chalice applications: their functions, what starts them, and their settings."""

from __future__ import annotations

import json

import pytest
from apps_samples import deployment, review
from deploy_samples import function, triggers, value, values
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reviewing import told

from reviewer.apps.chalice import CONFIG, DECORATORS
from reviewer.code.flow import ALONE
from reviewer.deploy.model import Code, Deployment, Id
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Items, Reference, Table, Value, one_of

APP = "from chalice import Chalice, Rate\n\napp = Chalice(app_name='shop')\n"


def app(decorator: str, more: str = "", config: object = None) -> Deployment:
    """The deployment of an application with one function, `work`."""
    files = {"app.py": f"{APP}{more}\n@app.{decorator}\ndef work(event):\n    return event\n"}
    return deployment(files if config is None else {**files, CONFIG: json.dumps(config)})


def test_every_decorator_is_known_to_the_walk() -> None:
    assert DECORATORS.keys() == ALONE


def test_defaults() -> None:
    found = app("lambda_function()")
    work = function(found, "work")
    at = Location("app.py", 5, 2, 5, 23)
    assert (work.id, work.at, work.dialect, work.package) == (Id("app.py", "work"), at, "chalice", "Zip")
    assert (value(work.name), value(work.handler)) == (Constant("shop-dev-work"), Constant("app.work"))
    assert (work.timeout, work.memory, work.runtime) == (None, None, None)
    assert work.code and work.code.value == Code(folder="")
    assert (work.environment, found.triggers, found.templates) == ((), (), ("app.py",))


EVENTS: list[tuple[str, str, Value | None]] = [
    ("schedule('rate(1 day)')", "schedule", None),
    ("on_s3_event('photos')", "s3", Constant("photos")),
    ("on_s3_event(bucket='photos')", "s3", Constant("photos")),
    ("on_sns_message('t')", "sns", Constant("t")),
    ("on_sns_message(topic='t')", "sns", Constant("t")),
    ("on_sqs_message('q')", "sqs", Constant("q")),
    ("on_sqs_message(queue='q')", "sqs", Constant("q")),
    ("on_sqs_message(queue_arn='arn:aws:sqs:eu-west-1:1:q')", "sqs", Constant("arn:aws:sqs:eu-west-1:1:q")),
    ("on_kinesis_record(stream='s')", "kinesis", Constant("s")),
    (
        "on_dynamodb_record(stream_arn='arn:aws:dynamodb:eu-west-1:1:table/t/stream/1')",
        "dynamodb",
        Constant("arn:aws:dynamodb:eu-west-1:1:table/t/stream/1"),
    ),
    ("on_cw_event({'source': ['a']})", "eventbridge", Constant("default")),
    ("authorizer()", "custom", None),
    ("route('/')", "rest-api", Reference("app.py", "RestAPI")),
    ("on_ws_connect()", "websocket", None),
    ("on_ws_message()", "websocket", None),
    ("on_ws_disconnect()", "websocket", None),
]


@pytest.mark.parametrize(("decorator", "kind", "source"), EVENTS)
def test_kinds(decorator: str, kind: str, source: Value | None) -> None:
    found = app(decorator)
    (trigger,) = found.triggers
    assert (trigger.kind, trigger.at.line, trigger.at.column) == (kind, 5, 2)
    assert (None if trigger.source is None else trigger.source.value) == source
    assert [each.id for each in found.functions] == [trigger.function]


SETTINGS: list[tuple[str, str, object]] = [
    ("on_s3_event('b')", "events", [Constant("s3:ObjectCreated:*")]),
    ("on_s3_event('b', ['s3:ObjectRemoved:*'])", "events", [Constant("s3:ObjectRemoved:*")]),
    ("on_s3_event('b', events=None)", "events", [Constant("s3:ObjectCreated:*")]),
    ("on_s3_event('b', events=KINDS)", "events", [UNKNOWN]),
    ("on_s3_event('b', None, 'in/', '.png')", "prefix", Constant("in/")),
    ("on_s3_event('b', None, 'in/', '.png')", "suffix", Constant(".png")),
    ("on_s3_event('b', prefix=None)", "prefix", None),
    ("on_sqs_message('q', 7)", "batch_size", Constant(7)),
    ("on_sqs_message('q')", "batch_size", None),
    ("on_cw_event({'source': ['a']})", "patterns", [Table((("source", Items((Constant("a"),))),))]),
    ("on_cw_event(PATTERN)", "patterns", [UNKNOWN]),
    ("schedule('rate(1 day)')", "schedule", Constant("rate(1 day)")),
    ("schedule(Rate(1, unit=Rate.HOURS))", "schedule", UNKNOWN),
]


@pytest.mark.parametrize(("decorator", "field", "expected"), SETTINGS)
def test_settings_of_events(decorator: str, field: str, expected: object) -> None:
    (trigger,) = app(decorator).triggers
    found = getattr(trigger, field)
    assert (values(found) if isinstance(found, tuple) else None if found is None else value(found)) == expected


def test_settings_stand_at_their_arguments() -> None:
    (trigger,) = app("on_s3_event('photos', prefix='in/')").triggers
    assert trigger.source and trigger.source.at == Location("app.py", 5, 18, 5, 26)
    assert trigger.prefix and trigger.prefix.at == Location("app.py", 5, 35, 5, 40)


NAMES: list[tuple[str, str, str]] = [
    ("lambda_function(name='other')", "other", "shop-dev-other"),
    ("lambda_function('other')", "other", "shop-dev-other"),
    ("on_sqs_message('q', name='other')", "other", "shop-dev-other"),
    ("on_sqs_message('q', 1, 'other')", "other", "shop-dev-other"),
    ("route('/')", "api_handler", "shop-dev"),
    ("on_ws_connect()", "websocket_connect", "shop-dev-websocket-connect"),
]


@pytest.mark.parametrize(("decorator", "name", "physical"), NAMES)
def test_names(decorator: str, name: str, physical: str) -> None:
    (found,) = app(decorator).functions
    assert (found.id.name, value(found.name)) == (name, Constant(physical))


def test_routes_share_one_function() -> None:
    found = app("route('/')", "@app.route('/a')\ndef a():\n    return 1\n\n")
    assert [(each.id.name, value(each.handler)) for each in found.functions] == [("api_handler", Constant("app.app"))]
    assert [trigger.kind for trigger in found.triggers] == ["rest-api", "rest-api"]


# --- the configuration --------------------------------------------------------------------------------------------


def test_configuration() -> None:
    config = {
        "app_name": "named",
        "lambda_timeout": 5,
        "environment_variables": {"A": "all", "B": "all", "N": 3},
        "stages": {
            "beta": {
                "lambda_memory_size": 512,
                "environment_variables": {"B": "beta"},
                "lambda_functions": {
                    "work": {"lambda_timeout": 9, "environment_variables": {"C": "own"}, "layers": ["l"]}
                },
            }
        },
        "lambda_functions": {"work": {"reserved_concurrency": 1, "lambda_timeout": 7}},
    }
    work = function(app("lambda_function()", config=config), "work")
    assert value(work.name) == Constant("named-beta-work")
    assert (value(work.timeout), value(work.memory), value(work.reserved_concurrency)) == (
        Constant(9),
        Constant(512),
        Constant(1),
    )
    assert [(name, setting.value) for name, setting in work.environment] == [
        (name, Constant(text)) for name, text in (("A", "all"), ("B", "beta"), ("N", "3"), ("C", "own"))
    ]
    assert values(work.layers) == [Constant("l")]
    assert work.timeout and work.timeout.at.path == CONFIG


def test_a_setting_is_what_it_is_in_any_stage() -> None:
    stages = {"dev": {"environment_variables": {"A": "d"}}, "prod": {"environment_variables": {"A": "p", "B": "p"}}}
    work = function(app("lambda_function()", config={"stages": stages}), "work")
    assert value(work.name) == one_of([Constant("shop-dev-work"), Constant("shop-prod-work")])
    assert value(work.variable("A")) == one_of([Constant("d"), Constant("p")])
    assert value(work.variable("B")) == Constant("p")


def test_decorators_read_the_environment() -> None:
    (trigger,) = app("on_s3_event(os.environ['B'])", "import os\n", {"environment_variables": {"B": "photos"}}).triggers
    assert value(trigger.source) == Constant("photos")


def test_an_unreadable_configuration_is_a_problem() -> None:
    found = deployment(
        {"app.py": f"{APP}\n@app.lambda_function()\ndef work(event, context): pass\n", CONFIG: "{'a': [}"}
    )
    (problem,) = found.problems
    assert (problem.at.path, problem.message[:34]) == (CONFIG, "The configuration cannot be read: ")
    assert len(found.functions) == 1


# --- where the code lies ------------------------------------------------------------------------------------------

BLUEPRINT = """
from chalice import Blueprint

extra = Blueprint(__name__)

@extra.on_sqs_message(queue="q")
def work(event):
    pass

@extra.route("/x")
def x():
    pass
"""


def test_blueprints() -> None:
    files = {
        "api/app.py": f"{APP}from chalicelib.extra import extra\napp.register_blueprint(extra)\n",
        "api/chalicelib/extra.py": BLUEPRINT,
        "api/chalicelib/__init__.py": "",
    }
    found = deployment(files)
    work = function(found, "work")
    assert (work.id, value(work.handler), value(work.name)) == (
        Id("api/app.py", "work"),
        Constant("chalicelib.extra.work"),
        Constant("shop-dev-work"),
    )
    assert work.code and work.code.value == Code(folder="api")
    assert value(function(found, "api_handler").handler) == Constant("app.app")
    assert [trigger.at.path for trigger in found.triggers] == ["api/chalicelib/extra.py"] * 2
    prefixed = deployment({**files, "api/app.py": files["api/app.py"].replace("(extra)", "(extra, name_prefix='x_')")})
    assert function(prefixed, "work").name is None


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": "import chalice\n"},
        {"app.py": "# chalice\napp = 1\n"},
        {"app.py": "from chalice import Chalice\nother = Chalice('x')\n@other.lambda_function()\ndef f(e, c): pass\n"},
        {"main.py": f"{APP}@app.lambda_function()\ndef f(e, c): pass\n"},
        {"app.py": "from flask import Chalice\napp = Chalice('chalice')\n@app.lambda_function()\ndef f(e, c): pass\n"},
        {"app.py": "chalice ("},
        {"app.py": b"chalice \xff\xfe"},
        {
            "app.py": f"{APP}@app.lambda_function\ndef f(e, c): pass\n@app.nothing()\ndef g(e): pass\n@lambda_function()\ndef h(e): pass\n"
        },
    ],
)
def test_no_functions(files: dict[str, str | bytes]) -> None:
    assert deployment(files).functions == ()


def test_an_application_of_unknown_make_in_a_project() -> None:
    source = "# chalice\nfrom server import Server\n\napp = Server()\n\n@app.on_sqs_message(queue='q')\ndef work(event): pass\n"
    assert deployment({"app.py": source}).functions == ()
    found = deployment({"app.py": source, CONFIG: '{"app_name": "shop"}'})
    assert [(trigger.kind, trigger.function.name) for trigger in found.triggers] == [("sqs", "work")]
    assert value(function(found, "work").name) == Constant("shop-dev-work")
    assert deployment({"app.py": "import chalice\n", CONFIG: "{}"}).templates == ()


# --- loops --------------------------------------------------------------------------------------------------------

LOOPS: list[tuple[str, str, int | None]] = [
    ("on_s3_event('photos')", "s3.put_object(Bucket='photos', Key='x')", 3),
    ("on_s3_event('photos')", "s3.put_object(Bucket=event.bucket, Key='x')", 3),
    ("on_s3_event('photos')", "s3.put_object(Bucket=event.bucket, Key=f'copy/{event.key}')", 3),
    ("on_s3_event('photos')", "s3.put_object(Bucket=event.to_dict()['Records'][0]['s3']['bucket']['name'], Key='x')", 3),
    ("on_s3_event('photos')", "s3.put_object(Bucket=os.environ['OWN'], Key='x')", 3),
    ("on_s3_event('photos')", "s3.put_object(Bucket=os.environ['OTHER'], Key='x')", None),
    ("on_s3_event('photos')", "s3.put_object(Bucket='others', Key='x')", None),
    ("on_s3_event('photos', prefix='in/')", "s3.put_object(Bucket=event.bucket, Key='out/x')", None),
    ("on_s3_event('photos', prefix='in/')", "s3.put_object(Bucket=event.bucket, Key=event.key + '.x')", 3),
    ("on_s3_event('photos', prefix='in/')", "s3.put_object(Bucket=event.bucket, Key='out/' + event.key)", None),
    ("on_s3_event('photos', suffix='.png')", "s3.put_object(Bucket=event.bucket, Key='out/' + event.key)", 3),
    ("on_s3_event('photos', ['s3:ObjectRemoved:*'])", "s3.put_object(Bucket=event.bucket, Key='x')", None),
    ("on_s3_event('photos')", "event.key.startswith('out/') or s3.put_object(Bucket=event.bucket, Key='out/x')", None),
    ("on_sqs_message('jobs')", "sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName='jobs')['QueueUrl'], MessageBody='x')", 3),
    ("on_sqs_message('jobs')", "sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName='other')['QueueUrl'], MessageBody='x')", None),
    ("on_sqs_message('jobs')", "[sqs.send_message(QueueUrl='https://sqs.eu-west-1.amazonaws.com/1/jobs', MessageBody=r.body) for r in event]", 3),
    ("on_sns_message('news')", "sns.publish(TopicArn='arn:aws:sns:eu-west-1:1:news', Message=event.message)", 3),
    ("on_sns_message('arn:aws:sns:eu-west-1:1:news')", "sns.publish(TopicArn='arn:aws:sns:eu-west-1:1:news', Message='x')", 3),
    ("on_dynamodb_record('arn:aws:dynamodb:eu-west-1:1:table/t/stream/1')", "[db.put_item(TableName=r.table_name, Item={}) for r in event]", 3),
    ("on_kinesis_record('s')", "kinesis.put_record(StreamName='s', Data=b'', PartitionKey='k')", 3),
    ("on_cw_event({'source': ['a']})", "bus.put_events(Entries=[{'Source': 'a', 'DetailType': 'b', 'Detail': '{}'}])", 3),
    ("on_cw_event({'source': ['a']})", "bus.put_events(Entries=[{'Source': 'b', 'DetailType': 'b', 'Detail': '{}'}])", None),
    ("route('/')", "s3.put_object(Bucket='photos', Key='x')", None),
]  # fmt: skip
CLIENTS = "import os\n\nimport boto3\n\ns3, sqs, sns, db, kinesis, bus = map(boto3.client, ('s3', 'sqs', 'sns', 'dynamodb', 'kinesis', 'events'))\n"


@pytest.mark.parametrize(("decorator", "call", "severity"), LOOPS)
def test_loops(decorator: str, call: str, severity: int | None) -> None:
    clients = "\n".join(
        f"{name} = boto3.client('{service}')"
        for name, service in (
            ("s3", "s3"),
            ("sqs", "sqs"),
            ("sns", "sns"),
            ("db", "dynamodb"),
            ("kinesis", "kinesis"),
            ("bus", "events"),
        )
    )
    source = f"import os\nimport boto3\n{APP}{clients}\n\n@app.{decorator}\ndef work(event):\n    {call}\n"
    config = {"environment_variables": {"OWN": "photos", "OTHER": "others"}}
    found = review({"app.py": source, CONFIG: json.dumps(config)}).findings
    assert [each.severity.value for each in found if each.rule == "own-trigger-write"] == (
        [] if severity is None else [severity]
    )


def test_functions_of_one_module_run_apart() -> None:
    source = f"""
import boto3
{APP}
s3 = boto3.client("s3")

@app.on_s3_event("photos", prefix="in/")
def work(event):
    s3.put_object(Bucket="thumbs", Key=event.key)

@app.on_s3_event("thumbs")
def index(event):
    s3.put_object(Bucket="listed", Key="in/list")

@app.route("/upload", methods=["PUT"])
def upload():
    s3.put_object(Bucket="photos", Key="in/x")

@app.schedule("rate(1 day)")
def sweep(event):
    s3.put_object(Bucket="thumbs", Key="in/x")

@app.lambda_function()
def plain(event, context):
    s3.put_object(Bucket=event["bucket"], Key=event["key"])
"""
    assert told(review({"app.py": source}).findings) == []


@pytest.mark.parametrize("name", ["context.function_name", "os.environ['AWS_LAMBDA_FUNCTION_NAME']", "'shop-dev-work'"])
def test_self_invocation(name: str) -> None:
    source = f"import os\nimport boto3\n{APP}client = boto3.client('lambda')\n\n@app.lambda_function()\ndef work(event, context):\n    client.invoke(FunctionName={name}, InvocationType='Event')\n"
    assert ("app.py", 10, "self-invocation") in told(review({"app.py": source}).findings)
    shown = (
        source.replace("lambda_function()", "schedule('rate(1 day)')")
        .replace("(event, context)", "(event)")
        .replace("context.", "event.context.")
    )
    assert ("app.py", 10, "self-invocation") in told(review({"app.py": shown}).findings)


# --- anything -----------------------------------------------------------------------------------------------------

ARGUMENTS = st.sampled_from(["", "1", "None", "'x'", "*x", "**x", "name=1", "bucket=app", "queue=[1]", "events='x'", "events=[x]", "prefix=f'{x}'", "event_pattern=work", "'a', 'b', 'c', 'd', 'e', 'f'", "app.on_s3_event()"])  # fmt: skip


@given(st.sampled_from([*DECORATORS, "route"]), st.lists(ARGUMENTS, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_arguments_are_read(decorator: str, arguments: list[str]) -> None:
    found = app(f"{decorator}({', '.join(filter(None, arguments))})")
    assert len(found.functions) <= 1
    assert {trigger.function for trigger in found.triggers} <= {each.id for each in found.functions}


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["stages", "dev", "lambda_functions", "work", "environment_variables", "lambda_timeout", "layers", "app_name", "A"]), inner, max_size=4), max_leaves=15)  # fmt: skip


@given(JSON)
@example("\N{LINEAR B SYLLABLE B008 A}")
@example({"stages": {"dev": None, "b": []}, "lambda_functions": [], "environment_variables": {"A": {"b": 1}}})
@example("\U00010000")
@settings(max_examples=60, deadline=None)
def test_any_configuration_is_read(config: object) -> None:
    found = app("lambda_function()", config=config)
    assert [each.id.name for each in found.functions] == ["work"]
    assert found.problems == ()
    assert triggers(found, "work") == []
