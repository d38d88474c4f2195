"""The template of a service: what the framework makes, under what the configuration says of its own.

Source: https://www.serverless.com/framework/docs/providers/aws/guide/resources
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.sam import merged
from reviewer.deploy.serverless import events, functions
from reviewer.deploy.serverless.functions import ROLE, Made, body
from reviewer.deploy.serverless.made import parts, structure, table
from reviewer.deploy.serverless.service import Service, at, normalized

_SECTIONS = ("Parameters", "Mappings", "Outputs", "Conditions")


def document(service: Service) -> Mapping:
    """The CloudFormation template that a service stands for."""
    root = service.variables.root
    made: dict[str, tuple[Scalar, Mapping]] = {}
    for name, key, resource in _made(service):
        made.setdefault(name, (key, resource))
    own = {
        service.renamed.get(name, name): (section.keys[name], node)
        for section in service.sections("Resources")
        for name, node in section.entries.items()
    }
    entries: dict[str, Node] = {name: resource for name, (_, resource) in made.items()}
    for name, (_, node) in own.items():
        entries[name] = merged(entries[name], node) if name in entries else node
    for extension in service.sections("extensions"):
        for logical, node in extension.entries.items():
            name = service.renamed.get(logical, logical)
            entries[name] = merged(entries[name], node) if name in entries else node
    keys = {name: key for name, (key, _) in (*own.items(), *made.items())}
    resources = Mapping(
        root.source, root.start, root.end, entries, {name: keys.get(name, _key(root)) for name in entries}
    )
    sections: dict[str, Node | None] = {name: _joined(service.sections(name)) for name in _SECTIONS}
    return table(root, {"Resources": resources, **sections})


def _key(root: Mapping) -> Scalar:
    return next(iter(root.keys.values()))


def _joined(sections: tuple[Node, ...]) -> Node | None:
    return reduce(merged, sections) if sections else None


def _made(service: Service) -> Iterator[Made]:
    for function in service.functions:
        yield from functions.made(service, function)
    for function in service.functions:
        yield from events.implied(service, function)
    root = service.variables.root
    key = root.keys.get("provider") or _key(root)
    role = functions.shared_role(service, key) if service.functions else None
    if role is not None:
        yield ROLE, key, role
    yield from _layers(service)
    yield from _machines(service)
    yield from _constructs(service)


def _layers(service: Service) -> Iterator[Made]:
    for part in parts(service.get("layers")):
        for name, node in part.entries.items():
            key = part.keys[name]
            content = at(node, "package.artifact") or at(node, "path")
            settings = table(key, {"LayerName": at(node, "name") or key, "Content": content})
            yield f"{normalized(name)}LambdaLayer", key, body(key, "AWS::Lambda::LayerVersion", settings)


def _machines(service: Service) -> Iterator[Made]:
    """The state machines of the plugin serverless-step-functions. Its tasks name functions by their keys."""
    for part in parts(service.get("stepFunctions.stateMachines")):
        for name, node in part.entries.items():
            key, settings = part.keys[name], structure(node)
            if settings is None:
                continue
            named = settings.get("name")
            own = service.variables.constant(settings.get("id") or named)
            logical = normalized(own) if own else f"{normalized(name)}StepFunctionsStateMachine"
            properties = table(key, {"StateMachineName": named, "Definition": settings.get("definition")})
            yield logical, key, body(key, "AWS::StepFunctions::StateMachine", properties)


def _constructs(service: Service) -> Iterator[Made]:
    """What the constructs of the plugin serverless-lift become, but for their functions."""
    for construct in service.constructs:
        worker = service.by_key.get(construct.worker_name)
        name, settings = (worker.name, worker.settings) if worker else ("", None)
        for logical, type_, properties in construct.resources(name, settings):
            yield logical, construct.key, body(construct.key, type_, properties)
