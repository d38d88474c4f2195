"""One CloudFormation or SAM template: what it declares, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.deploy.catalogue import FUNCTIONS
from reviewer.deploy.foreach import expand
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, find, mapping, text
from reviewer.finding import Location

_SERVICES = ("AWS::", "Custom::", "Alexa::")
_SAM = "AWS::Serverless-"


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A resource as it is written."""

    name: str
    key: Scalar
    type: str
    body: Mapping
    properties: Mapping | None

    @property
    def at(self) -> Location:
        """The place of its name."""
        return self.key.at


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A template's sections. `is_sam`: it is transformed by the Serverless Application Model."""

    path: str
    root: Mapping
    resources: dict[str, Declared]
    parameters: Mapping | None
    mappings: Mapping | None
    outputs: Mapping | None
    is_sam: bool


def template(path: str, root: Node) -> Template | None:
    """The template that a document is; None for any other document.

    A template maps `Resources` to entries with a `Type`, and has a version, a transform, or a type of CloudFormation's.
    """
    resources = mapping(root.get("Resources")) if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or resources is None:
        return None
    parameters = mapping(root.get("Parameters"))
    declared = {resource.name: resource for resource in _declared(expand(resources, parameters))}
    marked = root.get("AWSTemplateFormatVersion") or root.get("Transform")
    if not declared or not (marked or any(resource.type.startswith(_SERVICES) for resource in declared.values())):
        return None
    outputs = mapping(root.get("Outputs"))
    return Template(
        path,
        root,
        declared,
        parameters,
        mapping(root.get("Mappings")),
        None if outputs is None else expand(outputs, parameters),
        any((text(name) or "").startswith(_SAM) for name in _transforms(root))
        or any(resource.type.startswith("AWS::Serverless::") for resource in declared.values()),
    )


def _transforms(root: Mapping) -> Iterator[Node]:
    named = root.get("Transform")
    return iter(named.items) if isinstance(named, Sequence) else find(named, "")


def _declared(resources: Mapping) -> Iterator[Declared]:
    for name, body in resources.entries.items():
        kind = text(body.get("Type")) if isinstance(body, Mapping) else None
        if isinstance(body, Mapping) and kind:
            yield Declared(name, resources.keys[name], kind, body, mapping(body.get("Properties")))


def functions(found: Template) -> Iterator[Declared]:
    """The Lambda functions of a template."""
    return (resource for resource in found.resources.values() if resource.type in FUNCTIONS)
