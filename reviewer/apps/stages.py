"""Settings by stage, as files beside an application hold them. A setting is what it is in any of the stages."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.deploy import tomltext
from reviewer.deploy.documents import parse
from reviewer.deploy.files import Files
from reviewer.deploy.model import Problem, Setting
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, Unreadable, mapping
from reviewer.value import UNKNOWN, Constant, Items, Table, Value, one_of

DEFAULT = "dev"
"""The stage of an application that names none."""


def config(files: Files, path: str, problems: list[Problem]) -> Mapping | None:
    """The settings in a file of the tree; None where there are none. What cannot be read is a problem."""
    try:
        source = files.source(path)
        if source is None:
            return None
        return mapping(tomltext.parse(source) if path.endswith(".toml") else next(parse(source), None))
    except Unreadable as refused:
        problems.append(Problem(refused.at, f"The configuration cannot be read: {refused.message}"))
        return None


class Stages:
    """The settings of a Chalice application: for all, by stage, by function, and by function in a stage."""

    def __init__(self, root: Mapping | None = None) -> None:
        self.root = root
        stages = mapping(root.get("stages")) if root is not None else None
        self.stages = {name: mapping(node) for name, node in stages.entries.items()} if stages is not None else {}
        self.names = tuple(self.stages) or (DEFAULT,)

    def named(self, key: str) -> Value | None:
        """A setting for all."""
        node = self.root.get(key) if self.root is not None else None
        return value(node) if node is not None else None

    def setting(self, function: str, key: str) -> Setting[Value] | None:
        """A setting of a function."""
        found = [nodes[-1] for nodes in self._each(function, key, of_functions=True) if nodes]
        return _joined(found)

    def items(self, function: str, key: str) -> tuple[Setting[Value], ...]:
        """The items of a setting that is a list."""
        found = [nodes[-1] for nodes in self._each(function, key, of_functions=True) if nodes]
        lists = [node.items for node in found if isinstance(node, Sequence)]
        return tuple(Setting(value(item), item.at) for item in (lists[0] if lists else ()))

    def variables(self, function: str) -> tuple[tuple[str, Setting[Value]], ...]:
        """The environment of a function: the variables for all with those of the stage and its own."""
        written: dict[str, list[Node]] = {}
        for nodes in self._each(function, "environment_variables", of_functions=False):
            merged = {name: node for each in nodes for name, node in (_entries(each))}
            for name, node in merged.items():
                written.setdefault(name, []).append(node)
        made = {name: _joined(nodes, as_text=True) for name, nodes in written.items()}
        return tuple((name, setting) for name, setting in made.items() if setting is not None)

    def _each(self, function: str, key: str, *, of_functions: bool) -> Iterator[list[Node]]:
        """For each stage, where a setting is written, the strongest last."""
        for stage in self.stages.values() or (None,):
            places = [self.root, _below(self.root, function) if of_functions else None, stage, _below(stage, function)]
            found = (place.get(key) for place in places if place is not None)
            yield [node for node in found if node is not None and not (isinstance(node, Scalar) and node.value is None)]


def _below(place: Mapping | None, function: str) -> Mapping | None:
    functions = mapping(place.get("lambda_functions")) if place is not None else None
    return mapping(functions.get(function)) if functions is not None else None


def _entries(node: Node) -> Iterator[tuple[str, Node]]:
    yield from node.entries.items() if isinstance(node, Mapping) else ()


def _joined(nodes: list[Node], *, as_text: bool = False) -> Setting[Value] | None:
    if not nodes:
        return None
    return Setting(one_of([text(node) if as_text else value(node) for node in nodes]), nodes[0].at)


def value(node: Node) -> Value:
    """What a node of plain data says."""
    if isinstance(node, Scalar):
        return Constant(node.value)
    if isinstance(node, Sequence):
        return Items(tuple(map(value, node.items)))
    if isinstance(node, Mapping):
        return Table(tuple((name, value(child)) for name, child in node.entries.items()))
    return UNKNOWN


def text(node: Node) -> Value:
    """What code reads of an environment variable."""
    return Constant(node.text) if isinstance(node, Scalar) else UNKNOWN
