"""Terraform's resources in the words of CloudFormation, so that all dialects have the same readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.deploy.nodes import Mapping
from reviewer.deploy.template import Declared
from reviewer.deploy.terraform.attach import Part, attach
from reviewer.deploy.terraform.attributes import shape_of
from reviewer.deploy.terraform.catalogue import FRAGMENTS
from reviewer.deploy.terraform.items import Item
from reviewer.deploy.terraform.packaged import MAKERS
from reviewer.deploy.terraform.properties import properties
from reviewer.deploy.terraform.reshape import RESHAPES
from reviewer.deploy.terraform.sources import Sources
from reviewer.deploy.terraform.terms import constant, size, table

_KNOWN = ("AWS::", "Custom::")
_FUNCTION = "AWS::Lambda::Function"


def translate(items: Iterable[Item], sources: Sources) -> None:
    """Declare the resources that items stand for in their configuration."""
    stack = sources.configuration
    parts: list[Part] = []
    for item in items:
        for declared in _declared(item, sources):
            if item.mode == "managed" and item.type in FRAGMENTS:
                parts.append(Part(declared, FRAGMENTS[item.type]))
            else:
                stack.template.resources[declared.name] = declared
    attach(parts, stack)


def _declared(item: Item, sources: Sources) -> Iterator[Declared]:
    if item.mode == "module":
        for suffix, type_, made in MAKERS[item.type](item, sources):
            yield _resource(item, suffix, type_, made, sources)
    elif item.mode == "managed" and item.type.startswith("aws_"):
        shape = shape_of(item)
        given = item.structure()
        if shape.type.startswith(_KNOWN):
            given = properties(sources.configuration, given, shape.names, loose=item.is_loose)
            reshape = RESHAPES.get(item.type)
            given = given if reshape is None else reshape(item, given, sources)
        yield _resource(item, "", shape.type, given, sources)


def _resource(item: Item, suffix: str, type_: str, found: Mapping, sources: Sources) -> Declared:
    name = f"{item.address}.{suffix}" if suffix else item.address
    if not sources.configuration.holds(size(found)):
        found = table(item.key, {})
    is_built = type_ == _FUNCTION and sources.is_built(item)
    # what CloudFormation's readers know a package by that a build step makes
    method = {"Metadata": table(item.key, {"BuildMethod": constant(item.key, "makefile")})} if is_built else {}
    return Declared(name, constant(item.key, name), type_, table(item.key, method), found)
