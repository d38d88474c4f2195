"""Functions of a service: their settings, inherited and their own, and what the framework makes beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function, resource, triggers, value, values
from serverless_samples import CONFIG, read

from reviewer.deploy.model import Code, Deployment, Function, Id
from reviewer.deploy.naming import Naming
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Parameter, Reference, Table, Text, Value

STAGE = Parameter(CONFIG, "stage", (Constant("dev"),))


def one(root: Path, settings: str, provider: str = "", more: str = "", parts: dict[str, str] | None = None) -> Function:
    """The function `it` with these settings, under these of the provider."""
    return function(deployment(root, settings, provider, more, parts), "it")


def deployment(
    root: Path, settings: str, provider: str = "", more: str = "", parts: dict[str, str] | None = None
) -> Deployment:
    body = f"functions:\n  it: {{{', '.join(filter(None, ('handler: app.main', settings)))}}}\n{more}\n"
    return read(root, body, parts, f"provider: {{{', '.join(filter(None, ('name: aws', provider)))}}}")


def test_defaults(tmp_path: Path) -> None:
    it = one(tmp_path, "")
    assert (it.id, it.dialect, it.package, it.at) == (
        Id(CONFIG, "it"),
        "serverless",
        "Zip",
        Location(CONFIG, 4, 3, 4, 5),
    )
    assert value(it.name) == Text((Constant("shop-"), STAGE, Constant("-it")))
    assert (value(it.handler), value(it.timeout), value(it.memory)) == (
        Constant("app.main"),
        Constant(6),
        Constant(1024),
    )
    assert value(it.runtime) == Constant("nodejs20.x")
    assert it.code and it.code.value == Code(folder="")
    assert value(it.role) == Reference(CONFIG, "IamRoleLambdaExecution", "Arn")
    assert it.timeout and it.timeout.at == it.at
    assert (it.reserved_concurrency, it.url_auth, it.on_success, it.dead_letter, it.environment) == (
        None,
        None,
        None,
        None,
        (),
    )


SETTINGS: list[tuple[str, str, str, Value]] = [
    ("runtime", "runtime: python3.13", "", Constant("python3.13")),
    ("runtime", "", "runtime: python3.13", Constant("python3.13")),
    ("runtime", "runtime: python3.13", "runtime: python3.12", Constant("python3.13")),
    ("timeout", "timeout: 30", "timeout: 20", Constant(30)),
    ("timeout", "", "timeout: 20", Constant(20)),
    ("memory", "memorySize: 256", "", Constant(256)),
    ("memory", "", "memorySize: 256", Constant(256)),
    ("name", "name: own", "", Constant("own")),
    ("role", "role: Mine", "role: arn:aws:iam::1:role/r", Reference(CONFIG, "Mine", "Arn")),
    ("role", "", "role: arn:aws:iam::1:role/r", Constant("arn:aws:iam::1:role/r")),
    ("role", "", "iam: {role: arn:aws:iam::1:role/r}", Constant("arn:aws:iam::1:role/r")),
    ("role", "", "iam: {role: !GetAtt R.Arn}", Reference(CONFIG, "R", "Arn")),
    ("role", "role: !GetAtt R.Arn", "", Reference(CONFIG, "R", "Arn")),
    ("role", "iamRoleStatements: [{Effect: Allow}]", "", Reference(CONFIG, "ItIamRoleLambdaExecution", "Arn")),
    ("role", "iam: {role: {statements: [{Effect: Allow}]}}", "", Reference(CONFIG, "ItIamRoleLambdaExecution", "Arn")),
    ("reserved_concurrency", "reservedConcurrency: 0", "", Constant(0)),
    ("dead_letter", "onError: !Ref T", "", Reference(CONFIG, "T")),
    ("recursive_loop", "recursiveLoop: Allow", "", Constant("Allow")),
    ("log_group", "logs: {logGroup: /g}", "", Constant("/g")),
    ("log_group", "", "logs: {lambda: {logGroup: /g}}", Constant("/g")),
    ("on_success", "destinations: {onSuccess: arn:aws:sqs:eu-west-1:1:q}", "", Constant("arn:aws:sqs:eu-west-1:1:q")),
    ("on_failure", "destinations: {onFailure: {type: sns, arn: !Ref T}}", "", Reference(CONFIG, "T")),
    ("on_failure", "destinations: {onFailure: it}", "", Reference(CONFIG, "it", "Arn")),
    ("url_auth", "url: true", "", Constant("NONE")),
    ("url_auth", "url: {cors: true}", "", Constant("NONE")),
    ("url_auth", "url: {authorizer: aws_iam}", "", Constant("AWS_IAM")),
]  # fmt: skip


@pytest.mark.parametrize(("field", "own", "provider", "expected"), SETTINGS)
def test_settings(tmp_path: Path, *, field: str, own: str, provider: str, expected: Value) -> None:
    assert value(getattr(one(tmp_path, own, provider), field)) == expected


def test_settings_with_several_values(tmp_path: Path) -> None:
    it = one(tmp_path, "layers: [a, !Ref L], fileSystemConfig: {localMountPath: /mnt/x, arn: y}", "architecture: arm64")
    assert values(it.layers) == [Constant("a"), Reference(CONFIG, "L")]
    assert (values(it.mounts), values(it.architectures)) == ([Constant("/mnt/x")], [Constant("arm64")])


def test_environment_is_merged(tmp_path: Path) -> None:
    it = one(tmp_path, "environment: {A: own, B: 2}", "environment: {A: shared, C: true}")
    assert [(name, setting.value) for name, setting in it.environment] == [
        ("A", Constant("own")),
        ("C", Constant("true")),
        ("B", Constant("2")),
    ]
    partly = one(tmp_path, "environment: {B: b}", "environment: '${file(env.js)}'")
    assert [name for name, _ in partly.environment] == ["B"]
    assert (value(partly.variable("A")), value(partly.variable("B"))) == (UNKNOWN, Constant("b"))


HIDDEN = ["'${file(env.js)}'", "'${file(env.js):x}'", "'${ssm:/env}'", "'${self:custom.nothing}'"]


@pytest.mark.parametrize("written", HIDDEN)
def test_variables_from_elsewhere_may_be_any(tmp_path: Path, written: str) -> None:
    assert value(one(tmp_path, f"environment: {written}").variable("A")) == UNKNOWN
    assert value(one(tmp_path, "", f"environment: {written}").variable("A")) == UNKNOWN
    assert one(tmp_path, "environment: {B: b}").variable("A") is None
    assert one(tmp_path, "").variable("A") is None


CODE: list[tuple[str, str, Code]] = [
    ("", "package: {artifact: build/all.zip}", Code(elsewhere="the package `build/all.zip`")),
    ("package: {artifact: one.zip}", "package: {artifact: all.zip}", Code(elsewhere="the package `one.zip`")),
    ("image: 1.dkr.ecr.eu-west-1.amazonaws.com/x:1", "", Code(elsewhere="a container image")),
    ("image: {name: base}", "", Code(elsewhere="a container image")),
    ("module: apart", "", Code(folder="apart")),
    ("module: other", "", Code(folder="")),
    ("package: {individually: true}", "package: {individually: true}", Code(folder="")),
]


@pytest.mark.parametrize(("own", "service", "expected"), CODE)
def test_code(tmp_path: Path, own: str, service: str, expected: Code) -> None:
    it = one(tmp_path, own, "", service, {"apart/app.py": "", "other/main.py": ""})
    assert it.code and it.code.value == expected
    assert it.package == ("Image" if "image" in own else "Zip")
    assert (it.runtime is None) == ("image" in own)


def test_code_lies_beside_the_configuration(tmp_path: Path) -> None:
    from deploy_samples import deployed  # noqa: PLC0415 - a configuration elsewhere

    config = "service: a\nprovider: {name: aws}\nfunctions: {it: {handler: src/app.main}}\n"
    it = function(deployed(tmp_path, {"services/a/serverless.yml": config}), "it")
    assert it.code and it.code.value == Code(folder="services/a")


def test_a_handler_of_its_own_beside_a_plugin(tmp_path: Path) -> None:
    more = "plugins: [serverless-wsgi]\ncustom: {wsgi: {app: web.app}}"
    made, own = ({} if made else {"wsgi.py": ""} for made in (True, False))
    assert value(one(tmp_path / "a", "handler: wsgi.handler", "", more, made).handler) == Constant("web.app")
    assert value(one(tmp_path / "b", "handler: wsgi.handler", "", more, own).handler) == Constant("wsgi.handler")


def test_an_application_behind_a_plugin(tmp_path: Path) -> None:
    own = "handler: wsgi_handler.handler"
    more = "plugins: [serverless-wsgi]\ncustom: {wsgi: {app: api/web.create_app()}}"
    it = one(tmp_path, own, "", more)
    assert value(it.handler) == Constant("api/web.create_app")
    assert it.handler and it.handler.at.line == 6
    assert value(one(tmp_path, own, "", more.replace("plugins: [", "plugins: [x-")).handler) == Constant(
        "wsgi_handler.handler"
    )


# --- lists and files ----------------------------------------------------------------------------------------------


def test_functions_in_parts(tmp_path: Path) -> None:
    body = """
    functions:
      - ${file(one.yml)}
      - ${file(two.yml):functions}
      - four: {handler: d.main}
        five: ${file(one.yml):one}
        six: ${file(six.js)}
        seven:
    """
    parts = {"one.yml": "one: {handler: a.main}\n", "two.yml": "functions:\n  two: {handler: b.main}\n  three: {}\n"}
    found = read(tmp_path, body, parts)
    assert [each.id for each in found.functions] == [
        Id(CONFIG, name) for name in ("one", "two", "three", "four", "five")
    ]
    assert function(found, "two").at == Location("two.yml", 2, 3, 2, 6)
    assert function(found, "five").at.path == CONFIG
    assert function(found, "three").handler is None
    assert set(found.templates) == {CONFIG, "one.yml", "two.yml"}


@pytest.mark.parametrize(
    "written", ["", "~", "[]", "text", "${file(none.yml)}", "${self:functions}", "{Ref: A}", "{a: ~, b: 1, c: []}"]
)
def test_no_functions(tmp_path: Path, written: str) -> None:
    found = read(tmp_path, f"functions: {written}\n")
    assert (found.functions, found.triggers, found.problems) == ((), (), ())


# --- beside the functions -----------------------------------------------------------------------------------------


def test_functions_are_versioned(tmp_path: Path) -> None:
    def versioned(own: str, provider: str = "") -> bool:
        found = deployment(tmp_path, own, provider)
        return Id(CONFIG, "it") in Naming(found.functions, found.resources).versioned

    assert versioned("")
    assert not versioned("versionFunction: false")
    assert not versioned("", "versionFunctions: false")
    assert versioned("versionFunction: true", "versionFunctions: false")


@pytest.mark.parametrize(
    ("own", "alias"),
    [
        ("provisionedConcurrency: 2", "provisioned"),
        ("provisionedConcurrency: '${env:N}'", "provisioned"),
        ("provisionedConcurrency: 0", ""),
        ("snapStart: true", "snapstart"),
        ("", ""),
    ],
)
def test_aliases(tmp_path: Path, own: str, alias: str) -> None:
    found = deployment(tmp_path, f"{own}{', ' if own else ''}url: true, events: [{{sns: t}}]")
    assert [trigger.qualifier for trigger in triggers(found, "it")] == [alias, alias]
    assert (Id(CONFIG, "it") in Naming(found.functions, found.resources).aliased) == bool(alias)
    assert all(reference.qualified == bool(alias) for reference in found.references)


def test_a_url_starts_its_function(tmp_path: Path) -> None:
    (trigger,) = triggers(deployment(tmp_path, "url: true"), "it")
    assert (trigger.kind, value(trigger.source)) == ("url", Reference(CONFIG, "ItLambdaFunctionUrl"))
    assert triggers(deployment(tmp_path, "url: false"), "it") == []


def test_roles(tmp_path: Path) -> None:
    statement = "{Effect: Allow, Action: 's3:*', Resource: '*'}"
    for provider in (f"iam: {{role: {{statements: [{statement}]}}}}", f"iamRoleStatements: [{statement}]"):
        role = resource(deployment(tmp_path, "", provider), "IamRoleLambdaExecution")
        setting = role.setting("Policies.0.PolicyDocument.Statement.0.Action")
        assert (role.kind, role.type, value(setting)) == ("role", "AWS::IAM::Role", Constant("s3:*"))
        assert setting and setting.at.line == 2
    own = resource(deployment(tmp_path, f"iamRoleStatements: [{statement}]"), "ItIamRoleLambdaExecution")
    assert own.setting("Policies.0.PolicyDocument.Statement.0.Effect") is not None
    given = deployment(tmp_path, "", "iam: {role: arn:aws:iam::1:role/r}")
    assert not any(each.kind == "role" for each in given.resources)


def test_log_groups(tmp_path: Path) -> None:
    group = resource(deployment(tmp_path, "name: own"), "ItLogGroup")
    assert value(group.name) == Constant("/aws/lambda/own")
    assert not any(each.id.name == "ItLogGroup" for each in deployment(tmp_path, "disableLogs: true").resources)


def test_layers(tmp_path: Path) -> None:
    more = "layers: {shared-code: {path: layer, name: mine}, packed: {package: {artifact: a.zip}}}"
    found = deployment(tmp_path, "layers: [!Ref SharedDashcodeLambdaLayer]", "", more, {"layer/x.py": ""})
    layer = resource(found, "SharedDashcodeLambdaLayer")
    assert (layer.kind, value(layer.name), layer.code and layer.code.value) == (
        "layer",
        Constant("mine"),
        Code(folder="layer"),
    )
    packed = resource(found, "PackedLambdaLayer").code
    assert packed and packed.value == Code(elsewhere="the package `a.zip`")


def test_names_of_the_template(tmp_path: Path) -> None:
    more = """
resources:
  Resources:
    P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref MyDashitUnderscoreaLambdaFunction, Principal: sns.amazonaws.com}}
    MyDashitUnderscoreaLambdaFunction: {Properties: {Timeout: 9}}
    Queue: {Type: AWS::SQS::Queue}
  extensions:
    MyDashitUnderscoreaLambdaFunction: {Properties: {RecursiveLoop: Allow}}
    Queue: {Properties: {QueueName: q}}
    Nothing: {Properties: {}}
"""
    found = read(
        tmp_path,
        "functions: {my-it_a: {handler: a.b, environment: {ARN: !GetAtt MyDashitUnderscoreaLambdaFunction.Arn}}}"
        + more,
    )
    it = function(found, "my-it_a")
    assert value(it.variable("ARN")) == Reference(CONFIG, "my-it_a", "Arn")
    assert (value(it.timeout), value(it.recursive_loop), it.at.line) == (Constant(9), Constant("Allow"), 3)
    assert found.references[0].function == it.id
    assert value(resource(found, "Queue").name) == Constant("q")
    assert [trigger.kind for trigger in triggers(found, "my-it_a")] == ["sns"]


def test_a_resource_named_like_a_function(tmp_path: Path) -> None:
    body = "functions: {thumbs: {handler: a.b}}\nresources: {Resources: {thumbs: {Type: AWS::S3::Bucket}}}\n"
    found = read(tmp_path, body)
    assert [each.id.name for each in found.functions] == ["ThumbsLambdaFunction"]
    assert resource(found, "thumbs").kind == "bucket"


def test_state_machines_call_functions_by_key(tmp_path: Path) -> None:
    more = """
stepFunctions:
  stateMachines:
    ship:
      name: ${self:service}-ship
      definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt it.Arn, End: true}}}
    plain: {definition: {States: {A: {Type: Task, Resource: !GetAtt ItLambdaFunction.Arn}}}}
    empty:
"""
    found = deployment(tmp_path, "", "", more)
    kinds = [(trigger.kind, value(trigger.source)) for trigger in triggers(found, "it")]
    machines = [Reference(CONFIG, name) for name in ("ShopDashship", "PlainStepFunctionsStateMachine")]
    assert kinds == [("stepfunctions", machine) for machine in machines]
    machine = resource(found, "ShopDashship")
    assert (machine.kind, value(machine.name)) == ("state-machine", Constant("shop-ship"))
    assert isinstance(machine.properties, Table)
