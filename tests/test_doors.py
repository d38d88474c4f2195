"""Who may call a function from outside: URLs and permissions, all combinations."""

from __future__ import annotations

from itertools import product

import pytest
from deploy_samples import cloudformation, sam
from reviewing import review_files

FUNCTION = """\
It:
  Type: AWS::Serverless::Function
  Properties:
    Runtime: python3.13
    Handler: index.handler
    InlineCode: 'def handler(event, context): return {}'
"""
URLS = {
    "": None,
    "NONE": True,
    "AWS_IAM": False,
    "!If [C, NONE, NONE]": True,
    "!If [C, NONE, AWS_IAM]": False,
    "!Ref P": False,
}
"""The authentication of a URL, and whether it lets everybody in; None for no URL."""
PRINCIPALS = {"'*'": True, "'111122223333'": False, "events.amazonaws.com": False, "!Ref P": False}
NARROWED = (
    *("", "SourceArn: a", "SourceAccount: !Ref AWS::AccountId", "PrincipalOrgID: o-1", "EventSourceToken: t"),
    "InvokedViaFunctionUrl: true",
)


def told(*resources: str) -> list[tuple[int, str]]:
    """The lines of a template where it is told of a door, with what is told."""
    findings = review_files({"template.yaml": sam("\n".join(resources))}).findings
    return [(each.at.line, each.message) for each in findings if each.rule == "public-function-url"]


@pytest.mark.parametrize("auth", URLS)
@pytest.mark.parametrize(
    "form",
    [
        "{}    FunctionUrlConfig: {{AuthType: {}}}",
        "{}Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !Ref It, AuthType: {}}}}}",
    ],
)
def test_urls(form: str, auth: str) -> None:
    found = told(form.format(FUNCTION, auth) if auth else FUNCTION)
    assert [message for _, message in found] == (
        ["The function URL of `It` is open to everybody without authentication"] if URLS[auth] else []
    )


def permission(function: str, action: str, principal: str, more: str) -> str:
    properties = f"FunctionName: {function}, Action: 'lambda:{action}', Principal: {principal}"
    return f"Allow: {{Type: AWS::Lambda::Permission, Properties: {{{properties}{', ' if more else ''}{more}}}}}"


@pytest.mark.parametrize(("principal", "narrowed"), list(product(PRINCIPALS, NARROWED)))
def test_permissions_to_invoke(principal: str, narrowed: str) -> None:
    is_open = PRINCIPALS[principal] and not narrowed
    found = told(FUNCTION, permission("!Ref It", "InvokeFunction", principal, narrowed))
    assert [message for _, message in found] == (
        ["A permission of `It` lets every AWS account invoke the function"] if is_open else []
    )
    assert told(FUNCTION, permission("!Ref It", "GetFunction", principal, narrowed)) == []


@pytest.mark.parametrize("kind", ["NONE", "AWS_IAM", "!Ref P", ""])
@pytest.mark.parametrize("auth", URLS)
def test_what_the_url_of_a_known_function_needs_is_not_told_twice(auth: str, kind: str) -> None:
    url = f"    FunctionUrlConfig: {{AuthType: {auth}}}\n" if auth else ""
    more = f"FunctionUrlAuthType: {kind}" if kind else ""
    found = told(FUNCTION + url, permission("!Ref It", "InvokeFunctionUrl", "'*'", more))
    assert len(found) == bool(URLS[auth]) + (not auth and kind == "NONE")


def test_functions_of_elsewhere_have_no_name() -> None:
    elsewhere = "!ImportValue theirs"
    url = f"Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: {elsewhere}, AuthType: NONE}}}}"
    assert told(url, permission(elsewhere, "InvokeFunction", "'*'", "")) == [
        (4, "The function URL is open to everybody without authentication"),
        (5, "A permission lets every AWS account invoke the function"),
    ]


def test_a_url_of_another_template_is_told_where_it_is() -> None:
    given = "{TemplateURL: url.yaml, Parameters: {F: !Ref It}}"
    parent = sam(f"{FUNCTION}Child: {{Type: AWS::CloudFormation::Stack, Properties: {given}}}")
    url = "Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}}"
    child = cloudformation(url, "Parameters: {F: {Type: String}}\n")
    found = review_files({"template.yaml": parent, "url.yaml": child}).findings
    assert [each.at.path for each in found if each.rule == "public-function-url"] == ["url.yaml"]
