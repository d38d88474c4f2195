"""Which function a value names, and whether it is pinned."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, resource, sam

from reviewer.deploy.model import Deployment, Id
from reviewer.deploy.naming import Naming, Target
from reviewer.value import UNKNOWN, Constant, Items, Table, Value

APPLICATION = sam(
    """
    Plain: {Type: AWS::Serverless::Function}
    Named: {Type: AWS::Serverless::Function, Properties: {FunctionName: shop-price}}
    Staged: {Type: AWS::Serverless::Function, Properties: {FunctionName: !Sub "${AWS::StackName}-price"}}
    ByParameter: {Type: AWS::Serverless::Function, Properties: {FunctionName: !Ref Name}}
    Unknown: {Type: AWS::Serverless::Function, Properties: {FunctionName: !ImportValue name}}
    Live: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live}}
    PlainVersion: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Plain}}
    PlainAlias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !GetAtt Plain.Arn, Name: prod}}
    NamedVersion: {Type: AWS::Lambda::Version, Properties: {FunctionName: shop-price}}
    Queue: {Type: AWS::SQS::Queue}
    It:
      Type: AWS::X::Y
      Properties:
        Values: [VALUES]
    """,
    "Parameters: {Name: {Type: String}, Given: {Type: String, Default: shop-price}}\n",
)

URI = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
NAMED = {
    # by reference
    "!Ref Plain": ("Plain", None),
    "!GetAtt Plain.Arn": ("Plain", None),
    "!Ref Live.Alias": ("Live", Constant("live")),
    "!Ref Live.Version": ("Live", UNKNOWN),
    "!Sub '${Live.Alias}'": ("Live", Constant("live")),
    "!Ref LiveAliaslive": ("Live", Constant("live")),
    "!Ref PlainVersion": ("Plain", UNKNOWN),
    "!GetAtt PlainVersion.FunctionArn": ("Plain", UNKNOWN),
    "!Ref PlainAlias": ("Plain", Constant("prod")),
    "!GetAtt PlainAlias.AliasArn": ("Plain", Constant("prod")),
    "!Ref NamedVersion": ("Named", UNKNOWN),
    "!GetAtt PlainVersion.Version": None,
    "!GetAtt Plain.SnapStartResponse": None,
    "!Ref Queue": None,
    "!Ref Name": ("ByParameter", None),
    "!Ref Given": ("Named", None),
    "!ImportValue name": None,
    # by name
    "shop-price": ("Named", None),
    "shop-price:live": ("Named", Constant("live")),
    "shop-price:$LATEST": ("Named", Constant("$LATEST")),
    "shop-price:7": ("Named", Constant("7")),
    "shop": None,
    "shop-price-2": None,
    "!Sub '${AWS::StackName}-price'": ("Staged", None),
    "!Sub '${AWS::StackName}-price:live'": ("Staged", Constant("live")),
    "!Sub '${AWS::StackName}-prices'": None,
    "!Sub '${Plain}'": ("Plain", None),
    "!Sub '${Plain}:live'": ("Plain", Constant("live")),
    "!Sub '${Plain}:${Given}'": ("Plain", "parameter"),
    "!Sub '${Plain}-2'": None,
    "!Join [':', [!Ref Plain, live]]": ("Plain", Constant("live")),
    # by ARN
    "arn:aws:lambda:eu-west-1:111122223333:function:shop-price": ("Named", None),
    "arn:aws-cn:lambda:cn-north-1:111122223333:function:shop-price:live": ("Named", Constant("live")),
    "111122223333:function:shop-price": ("Named", None),
    "function:shop-price:3": ("Named", Constant("3")),
    "!Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-price'": ("Named", None),
    "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-price'": ("Staged", None),
    "!Sub 'arn:aws:lambda:${AWS::Region}:x:function:${AWS::StackName}-price:live'": ("Staged", Constant("live")),
    "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Plain}'": ("Plain", None),
    "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Plain}:live'": ("Plain", Constant("live")),
    "!Sub '${Plain.Arn}:live'": ("Plain", Constant("live")),
    "!Sub '${Plain.Arn}:$LATEST'": ("Plain", Constant("$LATEST")),
    "arn:aws:lambda:eu-west-1:111122223333:layer:shop-price": None,
    "arn:aws:states:::lambda:invoke": None,
    # by the URI of an integration
    f"!Sub '{URI}${{Plain.Arn}}/invocations'": ("Plain", None),
    f"!Sub '{URI}${{Plain.Arn}}:live/invocations'": ("Plain", Constant("live")),
    f"!Sub '{URI}${{Live.Alias}}/invocations'": ("Live", Constant("live")),
    f"!Sub '{URI}arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:${{Plain}}/invocations'": ("Plain", None),
    f"!Sub '{URI}arn:aws:lambda:x:y:function:shop-price:${{!v.alias}}/invocations'": ("Named", Constant("${v.alias}")),
    f"!Sub '{URI.replace('2015-03-31', '2021-11-15')}${{Plain.Arn}}/response-streaming-invocations'": ("Plain", None),
    # what is none
    "5": None,
    "true": None,
    "''": None,
    "':'": None,
    "'function:'": None,
    "[!Ref Plain]": None,
    "{a: b}": None,
}  # fmt: skip


def naming(deployment: Deployment) -> Naming:
    return Naming(deployment.functions, deployment.resources)


def the_values(deployment: Deployment) -> list[Value]:
    properties = resource(deployment, "It").properties
    assert isinstance(properties, Table)
    items = properties.get("Values")
    assert isinstance(items, Items)
    return list(items.items)


def test_values_name_functions(tmp_path: Path) -> None:
    written = "\n".join(f"          - {text}" for text in NAMED)
    found = deployed(tmp_path, APPLICATION.replace("[VALUES]", "\n" + written))
    names = naming(found)
    for (text, expected), value in zip(NAMED.items(), the_values(found), strict=True):
        target = names.target(value, TEMPLATE)
        if expected is None:
            assert target is None, text
            continue
        name, qualifier = expected
        assert target is not None, text
        assert target.function == Id(TEMPLATE, name), text
        assert qualifier in ("parameter", target.qualifier), text
        assert target.is_pinned == (qualifier not in (None, Constant("$LATEST"))), text


def test_every_arm_names_its_function(tmp_path: Path) -> None:
    found = deployed(tmp_path, APPLICATION.replace("VALUES", "!If [C, !Ref Plain, shop-price]"))
    assert naming(found).targets(the_values(found)[0]) == (Target(Id(TEMPLATE, "Plain")), Target(Id(TEMPLATE, "Named")))


def test_nothing_is_named_by_what_is_unknown(tmp_path: Path) -> None:
    found = deployed(tmp_path, APPLICATION.replace("[VALUES]", "[]"))
    assert naming(found).targets(UNKNOWN) == naming(found).targets(None) == ()


def test_the_own_template_goes_before_others(tmp_path: Path) -> None:
    template = sam("It: {Type: AWS::Serverless::Function, Properties: {FunctionName: same}}")
    names = naming(deployed(tmp_path, {"a.yaml": template, "b.yaml": template}))
    assert names.target(Constant("same"), "b.yaml") == Target(Id("b.yaml", "It"))
    assert len(names.targets(Constant("same"), "c.yaml")) == 2


def test_what_publishes(tmp_path: Path) -> None:
    names = naming(deployed(tmp_path, APPLICATION.replace("[VALUES]", "[]")))
    assert {id_.name for id_ in names.aliased} == {"Plain", "Live"}
    assert {id_.name for id_ in names.versioned} == {"Plain", "Live", "Named"}


@pytest.mark.parametrize(("publish", "does"), [("", False), ("true", True), ("false", False), ("!Ref P", True)])
def test_a_function_may_publish_by_itself(tmp_path: Path, publish: str, does: bool) -> None:
    setting = f"Publish: {publish}" if publish else ""
    template = cloudformation(f"It: {{Type: AWS::Lambda::Function, Properties: {{{setting}}}}}")
    names = naming(deployed(tmp_path, template))
    assert (bool(names.versioned), bool(names.aliased)) == (does, False)


@pytest.mark.parametrize(
    ("qualifier", "alias", "pinned"),
    [
        (None, "", False),
        (Constant("live"), "live", True),
        (Constant("$LATEST"), "$LATEST", False),
        (UNKNOWN, "?", True),
    ],
)
def test_targets(qualifier: Value | None, alias: str, pinned: bool) -> None:
    target = Target(Id(TEMPLATE, "It"), qualifier)
    assert (target.alias, target.is_pinned) == (alias, pinned)
