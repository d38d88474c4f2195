"""JSON and YAML that a configuration writes as text: `jsonencode`, heredocs, files; and settings that may be null."""

from __future__ import annotations

from reviewer.deploy.embedded import Embedded, embedded
from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.stacks import Stack
from reviewer.deploy.terraform.terms import Encoded, choices, constant, entries, is_null, known, listed, table
from reviewer.value import Constant


def decoded(stack: Stack, node: Node, *, yaml: bool = False) -> Node:
    """The structure that a text of JSON says, or of YAML, each part with its place; any other node as it is."""
    if isinstance(node, Encoded):
        return node.root
    if isinstance(node, ListNode) or entries(node) is not None:
        return node
    arms = node.entries.get("Fn::If") if isinstance(node, Mapping) else None
    if isinstance(arms, ListNode):
        test, *rest = arms.items
        return table(node, {"Fn::If": listed(node, (test, *(decoded(stack, arm, yaml=yaml) for arm in rest)))})
    found = None if is_null(node) else embedded(stack, node, yaml=yaml)
    return node if found is None or isinstance(found.root, Scalar) else _filled(found.root, found)


def _filled(node: Node, found: Embedded) -> Node:
    """A JSON structure with the gaps of its strings filled in."""
    if isinstance(node, ListNode):
        return listed(node, (_filled(item, found) for item in node.items))
    if isinstance(node, Mapping):
        return table(node, {name: _filled(inner, found) for name, inner in node.entries.items()}, node.keys)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    value = found.fill(node.value)
    return node if value == Constant(node.value) else known(node, value)


def settled(node: Node) -> Node | None:
    """A setting; None where it is null. An arm that is null is a setting that is not there."""
    if is_null(node):
        return None
    arms = choices(node)
    if len(arms) == 1 or not any(is_null(arm) for arm in arms):
        return node
    assert isinstance(node, Mapping)
    return _without_null(node)


def _without_null(node: Node) -> Node:
    if is_null(node):
        return table(node, {"Ref": constant(node, "AWS::NoValue")})
    arms = node.entries.get("Fn::If") if isinstance(node, Mapping) else None
    if not isinstance(arms, ListNode):
        return node
    test, *rest = arms.items
    return table(node, {"Fn::If": listed(node, (test, *map(_without_null, rest)))})
