"""Arguments and blocks as CloudFormation's properties: by spelling, but for what a shape says otherwise."""

from __future__ import annotations

from collections.abc import Mapping as Entries

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.stacks import Stack
from reviewer.deploy.terraform.bodies import Blocks
from reviewer.deploy.terraform.catalogue import JSON, MAPS, YAML
from reviewer.deploy.terraform.terms import constant, entries, listed, table
from reviewer.deploy.terraform.texts import decoded, settled


def properties(stack: Stack, given: Mapping, names: dict[str, str], *, loose: bool, path: str = "") -> Mapping:
    """The properties that a body sets.

    `names` are those that spelling does not tell, as in a `Shape`. With `loose`, nested structures are taken for blocks
    unless they are known to be mappings: the JSON forms do not tell one from the other.
    """
    found: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for name, node in given.entries.items():
        setting = settled(node)
        if setting is None:
            continue
        here = f"{path}.{name}" if path else name
        target = names.get(here) or spelled(name)
        is_nested = isinstance(node, Blocks) or (loose and name not in MAPS | JSON)
        inside = _blocks(node) if is_nested else []
        if inside:
            blocks = [properties(stack, block, names, loose=loose, path=here) for block in inside]
            setting = blocks[0] if len(blocks) == 1 and not target.endswith("[]") else listed(node, blocks)
        elif name in JSON:
            setting = decoded(stack, setting, yaml=name in YAML)
        elif name in MAPS:
            setting = _without_null(setting)
        target = target.removesuffix("[]")
        found[target] = setting
        keys[target] = constant(given.keys.get(name) or node, target)
    return table(given, found, keys)


def _without_null(node: Node) -> Node:
    """A mapping without its entries that are null."""
    inside = entries(node)
    if inside is None or not isinstance(node, Mapping):
        return node
    kept = {name: setting for name, entry in inside.items() if (setting := settled(entry)) is not None}
    return table(node, kept, node.keys)


def _blocks(node: Node) -> list[Mapping]:
    """A structure as the blocks that it may be; none where it is something else."""
    items = list(node.items) if isinstance(node, ListNode) else [node]
    found = [item for item in items if isinstance(item, Mapping) and entries(item) is not None]
    return found if len(found) == len(items) else []


def spelled(name: str) -> str:
    """`batch_size` in CloudFormation's spelling."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def extended(found: Mapping, more: Entries[str, Node]) -> Mapping:
    """A mapping with more entries."""
    return table(found, {**found.entries, **more}, found.keys)
