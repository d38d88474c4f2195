"""References to functions that name neither a version nor an alias, in code and in templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.code.literals import literals
from reviewer.deploy.naming import LATEST
from reviewer.feeds import INVOKES
from reviewer.finding import Location
from reviewer.identity import is_own_function, resolved
from reviewer.project import Handler, Project
from reviewer.rule import Place
from reviewer.value import UNKNOWN, Constant, Text, Value, options, string

ROLES = {"api-integration": "API integration", "url": "function URL", "iot-action": "IoT action"}
"""References in words, where they are not their kind with blanks for hyphens."""

Said = tuple[Place | Location, str]

FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:(?P<name>[A-Za-z0-9_-]{1,140})(?::(?P<qualifier>[$\w-]+))?"
)
LAYER_ARN = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:(?P<name>[\w-]{1,140})(?P<version>:\d+)?")
FUNCTION_NAME = re.compile(r"(?:\d{12}:function:)?(?P<name>[A-Za-z0-9_-]{1,140})(?::(?P<qualifier>[$\w-]+))?")
"""Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax"""


def unpinned(project: Project) -> Iterator[Said]:
    """Where a reference is not pinned, and the sentence that says so."""
    called = list(_calls(project))
    pinned_elsewhere = {name for name, _, qualifier in called if qualifier not in {None, LATEST}}
    yield from _in_literals(project, pinned_elsewhere)
    yield from _in_calls(project, called)
    yield from _in_templates(project)
    yield from _layers(project)


Called = tuple[str, Place, str | None]
"""An invocation of a function by a constant: the constant, the place of the call, and its `Qualifier`."""


def _calls(project: Project) -> Iterator[Called]:
    for ways in project.reached.values():
        for handler, reached in ways:
            values = project.values
            if not {each.name for each in reached.callees} & INVOKES:
                continue
            given = values.arguments(reached.site.call, reached.frame)
            target = resolved(given.get(None, "FunctionName") or UNKNOWN, handler.function)
            qualifier = given.get(None, "Qualifier")
            if given.open or (qualifier is not None and string(qualifier) is None) or _is_own(project, handler, target):
                continue
            at = Place(reached.frame.module, reached.site.call.node)
            for option in options(target):
                if (name := _named(project, handler, option)) is not None:
                    yield name, at, string(qualifier)


def _named(project: Project, handler: Handler, target: Value) -> str | None:
    """The name that a target is to be judged by; None for one that need not be pinned, or cannot be read."""
    name = string(target)
    if name is not None:
        return name
    if isinstance(target, (Constant, Text)) or handler.function is None:
        return None
    for found in project.naming.targets(target, handler.function.id.stack):
        if not found.is_pinned and found.function in project.naming.aliased:
            return found.function.name
    return None


def _is_own(project: Project, handler: Handler, target: Value) -> bool:
    own = handler.function.id if handler.function else None
    return is_own_function(
        target, lambda value: tuple(t.function for t in project.naming.targets(value, own.stack if own else "")), own
    )


def _in_literals(project: Project, pinned_elsewhere: set[str]) -> Iterator[Said]:
    """ARNs of functions that are spelled out in the code."""
    for path in project.reviewed:
        module = project.modules.module(path)
        for use in literals(module) if module is not None else ():
            found = FUNCTION_ARN.fullmatch(use.text)
            if found and found["qualifier"] in {None, LATEST} and use.text not in pinned_elsewhere:
                yield Place(path, use.node), _sentence(found["name"], found["qualifier"])


def _in_calls(project: Project, called: list[Called]) -> Iterator[Said]:
    """Invocations by name. One by a literal ARN is reported at the literal."""
    seen: set[Place] = set()
    for name, at, qualifier in called:
        found = FUNCTION_NAME.fullmatch(name)
        if found is None or at in seen:
            continue
        qualified = found["qualifier"] or qualifier
        if qualified in {None, LATEST}:
            seen.add(at)
            yield at, _sentence(found["name"], qualified)


def _in_templates(project: Project) -> Iterator[Said]:
    """References of templates that go past an alias."""
    for reference in project.deployment.references:
        function = reference.function
        if function is not None and not reference.qualified and function in project.naming.aliased:
            role = ROLES.get(reference.role) or reference.role.replace("-", " ")
            yield reference.target.at, f"The {role} names `{function.name}` itself, not the alias that it publishes"


def _layers(project: Project) -> Iterator[Said]:
    """Layers without a version, which cannot be deployed."""
    for function in project.deployment.functions:
        for layer in function.layers:
            found = LAYER_ARN.fullmatch(string(layer.value) or "")
            if found and not found["version"]:
                yield layer.at, f"The layer `{found['name']}` is named without its version"


def _sentence(name: str, qualifier: str | None) -> str:
    how = "by `$LATEST`" if qualifier == LATEST else "with neither version nor alias"
    return f"The function `{name}` is referred to {how}"
