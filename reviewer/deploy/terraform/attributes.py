"""What `.name` of a resource, a data source or a registry's module stands for."""

from __future__ import annotations

import re

from reviewer.deploy.nodes import Mapping, Node
from reviewer.deploy.terraform.builtin import rendered
from reviewer.deploy.terraform.catalogue import LOOKED, PSEUDO, SHAPES, Looked, Shape
from reviewer.deploy.terraform.items import Item, flag
from reviewer.deploy.terraform.registry import LAMBDA, MODULES
from reviewer.deploy.terraform.terms import constant, joined, known, placed
from reviewer.value import Constant, Parameter, Pseudo, string

_IDENTITIES = {"id": "Ref", "arn": "Arn"}
_GAP = re.compile(r"(region|account|\{\})")
_PLACES = {"region": "AWS::Region", "account": "AWS::AccountId"}
_PUBLISHING = {"aws_lambda_function": ("publish",), LAMBDA: ("lambda_at_edge", "snap_start", "publish")}
"""Arguments that make a function publish its versions, by type."""
_LATEST = "$LATEST"


def shape_of(item: Item) -> Shape:
    """What is known of an item's type."""
    known_types = MODULES if item.mode == "module" else SHAPES
    return known_types.get(item.type) or Shape(item.type)


def resolve(item: Item, name: str) -> Node | None:
    """What a step from an item leads to: an identity of it, one of its arguments, or something that only it knows."""
    if item.mode == "data":
        found = _data(item, name)
    else:
        found = _identity(item, name)
        if found is None and item.mode == "managed":
            found = item.given(name)
    return found or known(item.key, Parameter(item.configuration.path, f"{item.address}.{name}"))


def _identity(item: Item, name: str) -> Node | None:
    attributes = shape_of(item).attributes
    attribute = attributes.get(name) or (_IDENTITIES.get(name) if item.mode == "managed" else None)
    if attribute is None:
        return None
    if attribute == "Version" and item.type in _PUBLISHING and publishing(item) is None:
        latest = constant(item.key, _LATEST)
        arn = known(item.key, item.reference("Arn"))
        return latest if name.endswith("version") else joined(item.key, (arn, constant(item.key, ":"), latest))
    part, _, attribute = attribute.rpartition("/")
    return known(item.key, item.reference(attribute, part))


def publishing(item: Item) -> Node | None:
    """The argument by which a function publishes, or may publish, its versions; None where it never does."""
    given = (item.given(name) for name in _PUBLISHING[item.type])
    return next((node for node in given if node is not None and flag(node, item.configuration) is not False), None)


def _data(item: Item, name: str) -> Node | None:
    pseudo = PSEUDO.get((item.type, name))
    if pseudo is not None:
        return known(item.key, Pseudo(pseudo))
    if item.type in LOOKED:
        return _looked(item, name, LOOKED[item.type])
    if item.type == "archive_file" and name == "output_path":
        return known(item.key, item.reference(name))
    if item.type == "local_file" and name == "content":
        filename = item.given("filename")
        path = string(item.configuration.value(filename)) if filename is not None else None
        return item.configuration.text_of(path) if path else None
    if item.type == "template_file" and name == "rendered":
        template, variables = item.given("template"), item.given("vars")
        inside = variables.entries if isinstance(variables, Mapping) else {}
        return None if template is None else rendered(template, inside, item.key)
    return item.given(name)


def _looked(item: Item, name: str, looked: Looked) -> Node | None:
    """An attribute of a resource that is looked up by its name."""
    given = item.given(looked.argument)
    if given is None:
        return None
    if name in looked.names:
        return placed(given, item.key)
    is_arn = name.endswith("arn") or (name == "id" and not looked.url)
    pattern = looked.arn if is_arn else looked.url if name in ("id", "url") else ""
    if not pattern:
        return None
    parts: list[Node] = []
    for part in _GAP.split(pattern):
        if part == "{}":
            parts.append(given)
        elif part in _PLACES:
            parts.append(known(item.key, Pseudo(_PLACES[part])))
        else:
            parts.append(known(item.key, Constant(part)))
    return joined(item.key, parts)
