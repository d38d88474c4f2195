"""Who may call a function from outside: function URLs without authentication, permissions for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.deploy.model import Function, Resource
from reviewer.finding import Location
from reviewer.project import Project
from reviewer.value import Constant, Table, Value, options, string

_BY_URL = "lambda:InvokeFunctionUrl"
_INVOKING = frozenset({_BY_URL, "lambda:InvokeFunction", "lambda:*", "*"})
_NARROWED = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken", "InvokedViaFunctionUrl")
"""What makes less of a permission for everybody; the last one is what a URL needs besides a permission of its own.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html"""


@dataclass(frozen=True, slots=True)
class Door:
    """A way for everybody to call a function: its URL (`by_url`) or a permission. `function` is "" where not known."""

    at: Location
    function: str
    by_url: bool


def open_doors(project: Project, template: str) -> Iterator[Door]:
    """The function URLs of a template without authentication, and its permissions for everybody, each setting once."""
    found: dict[Location, Door] = {}
    for function in project.functions_in.get(template, ()):
        setting = function.url_auth
        if setting is not None and _is(setting.value, "NONE"):
            found.setdefault(setting.at, Door(setting.at, function.id.name, by_url=True))
    for resource in project.resources_in.get(template, ()):
        if resource.type in _READERS:
            for door in _READERS[resource.type](project, resource):
                found.setdefault(door.at, door)
    yield from found.values()


def _url(project: Project, resource: Resource) -> Iterator[Door]:
    """The URL of a function, which may be one of another template."""
    setting = resource.setting("AuthType")
    if setting is not None and _is(setting.value, "NONE"):
        function = _named(project, resource, "TargetFunctionArn")
        yield Door(setting.at, function.id.name if function else "", by_url=True)


def _permission(project: Project, resource: Resource) -> Iterator[Door]:
    """A permission for everybody. What the URL of a known function needs is not told twice."""
    given, principal, action = resource.properties, resource.setting("Principal"), resource.setting("Action")
    if not isinstance(given, Table) or principal is None or action is None:
        return
    if not _is(principal.value, "*") or string(action.value) not in _INVOKING:
        return
    if any(given.get(name) is not None for name in _NARROWED):
        return
    function = _named(project, resource, "FunctionName")
    by_url = string(action.value) == _BY_URL
    if by_url and ((function and function.url_auth) or not _is(given.get("FunctionUrlAuthType"), "NONE")):
        return
    yield Door(principal.at, function.id.name if function else "", by_url)


def _named(project: Project, resource: Resource, path: str) -> Function | None:
    """The function that a property names, where it is one of the deployment."""
    setting = resource.setting(path)
    target = project.naming.target(setting.value, resource.id.stack) if setting else None
    known = (function for function in project.deployment.functions if target and function.id == target.function)
    return next(known, None)


def _is(value: Value | None, text: str) -> bool:
    """Whether a value is this text, whatever its template decides."""
    return value is not None and all(option == Constant(text) for option in options(value))


_READERS = {"AWS::Lambda::Url": _url, "AWS::Lambda::Permission": _permission}
