"""Small templates for the tests of the deployment reader."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from reviewer.deploy.model import Deployment, Function, Link, Resource, Setting, Trigger
from reviewer.deploy.read import read
from reviewer.value import Reference, Value

TEMPLATE = "template.yaml"


def sam(resources: str, more: str = "") -> str:
    """A SAM template with these resources; `more` are other sections."""
    return _template("Transform: AWS::Serverless-2016-10-31\n", resources, more)


def cloudformation(resources: str, more: str = "") -> str:
    return _template("", resources, more)


def _template(head: str, resources: str, more: str) -> str:
    body = textwrap.indent(textwrap.dedent(resources).strip("\n"), "  ")
    return f'AWSTemplateFormatVersion: "2010-09-09"\n{head}{textwrap.dedent(more).lstrip()}Resources:\n{body}\n'


def deployed(
    root: Path, files: str | Mapping[str, str | bytes], *, unlisted: Mapping[str, str] | None = None
) -> Deployment:
    """The deployment of these files, written below `root`; `unlisted` files are there and not named to the reader."""
    listed = {TEMPLATE: files} if isinstance(files, str) else files
    for path, content in {**listed, **(unlisted or {})}.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(root, list(listed))


def function(deployment: Deployment, name: str) -> Function:
    return next(function for function in deployment.functions if function.id.name == name)


def resource(deployment: Deployment, name: str) -> Resource:
    return next(resource for resource in deployment.resources if resource.id.name == name)


def triggers(deployment: Deployment, name: str) -> list[Trigger]:
    return [trigger for trigger in deployment.triggers if trigger.function.name == name]


def value(setting: Setting[Value] | None) -> Value:
    assert setting is not None
    return setting.value


def values(settings: tuple[Setting[Value], ...]) -> list[Value]:
    return [setting.value for setting in settings]


def ref(name: str, attribute: str = "Ref", stack: str = TEMPLATE) -> Reference:
    return Reference(stack, name, attribute)


def ends(link: Link) -> tuple[str, Value, Value]:
    """What a link is, and where it leads from and to."""
    return link.kind, link.source.value, link.target.value


def lines(setting: Setting[Value] | None) -> tuple[int, int, int, int]:
    """The span of a setting."""
    assert setting is not None
    at = setting.at
    return at.line, at.column, at.end_line, at.end_column
