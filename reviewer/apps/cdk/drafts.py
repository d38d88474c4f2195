"""Resources while they are put together, and the nodes of templates that they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from reviewer.apps.cdk.places import Spot
from reviewer.deploy.cdk_out import DIALECT
from reviewer.deploy.files import Files
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, Source
from reviewer.deploy.stacks import Links, Stack
from reviewer.deploy.template import Declared, Template
from reviewer.finding import Location
from reviewer.rule import Place
from reviewer.value import UNKNOWN, Constant, Items, OneOf, Reference, Table, Text, Value, one_of, options

ITEM = "*"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value in the words of templates, and where it is written."""

    value: Value
    spot: Spot


Tree = dict[str, "Branch"]
Branch = Tree | list["Branch"] | Leaf


@dataclass(slots=True)
class Draft:
    """A resource: its properties so far, and the place of its name."""

    name: str
    type: str
    at: Spot
    properties: Tree = field(default_factory=dict)
    built: bool = False


# --- putting together -------------------------------------------------------------------------------------------------


def put(tree: Tree, path: str, leaf: Branch) -> None:
    """Set what is at a path of keys; a step `*` is the first item of a list."""
    steps = path.split(".")
    here: Tree = tree
    for index, step in enumerate(steps[:-1]):
        if step == ITEM:
            continue
        if steps[index + 1] == ITEM:
            items = here.setdefault(step, [])
            last = index + 2 == len(steps)
            assert isinstance(items, list)
            if last:
                items.append(leaf)
                return
            if not items:
                items.append({})
            inner = items[0]
        else:
            inner = here.setdefault(step, {})
        assert isinstance(inner, dict)
        here = inner
    here[steps[-1]] = leaf


def merge(tree: Tree, other: Tree) -> None:
    """Add the settings of another tree: entries to tables, items to lists; any other setting is made anew."""
    for name, branch in other.items():
        known = tree.get(name)
        if isinstance(known, Leaf) and isinstance(branch, dict | list):
            known = opened(known)
        if isinstance(known, dict) and isinstance(branch, dict):
            merge(known, branch)
            tree[name] = known
        elif isinstance(known, list) and isinstance(branch, list):
            tree[name] = [*known, *branch]
        else:
            tree[name] = branch


def opened(leaf: Leaf) -> Branch:
    """A leaf that holds a structure as a structure of leaves; one of several tables as one of all their entries."""
    tables = [option for option in options(leaf.value) if isinstance(option, Table)]
    if len(tables) > 1 and len(tables) == len(options(leaf.value)):
        names = dict.fromkeys(name for table in tables for name, _ in table.entries)
        found = {name: [value for table in tables if (value := table.get(name)) is not None] for name in names}
        return {name: Leaf(one_of(values), leaf.spot.inside(name)) for name, values in found.items()}
    if isinstance(leaf.value, Table):
        return {name: Leaf(value, leaf.spot.inside(name)) for name, value in leaf.value.entries}
    if isinstance(leaf.value, Items):
        return [Leaf(value, leaf.spot.inside(index)) for index, value in enumerate(leaf.value.items)]
    return leaf


# --- nodes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Written(Source):
    """The source of nodes whose offsets are numbers of spots."""

    spots: list[Spot] = field(default_factory=list)
    locate: Callable[[Place], Location] = lambda place: Location(place.module, 1)

    def location(self, start: int, end: int) -> Location:
        return self.locate(self.spots[start].place)

    def number(self, spot: Spot) -> int:
        self.spots.append(spot)
        return len(self.spots) - 1


@dataclass(slots=True, eq=False)
class Known(Node):
    """A node whose value is computed."""

    result: Value = UNKNOWN


@dataclass(slots=True, eq=False)
class Inline(Scalar):
    """Code as text whose lines are lines of a file, from `first` on."""

    first: Location | None = None

    @property
    def at(self) -> Location:
        return self.first_line

    @property
    def first_line(self) -> Location:
        assert self.first is not None
        return self.first


@dataclass(frozen=True, slots=True)
class Code(Value):
    """Code as text; with `first`, the place of its first line in a file whose lines are its lines."""

    text: str
    first: Location | None = None


class Nodes:
    """Makes the nodes of one app."""

    def __init__(self, source: Written) -> None:
        self.source = source

    def of(self, branch: Branch, spot: Spot) -> Node:
        if isinstance(branch, Leaf):
            return self.leaf(branch)
        if isinstance(branch, dict):
            return self.mapping({name: self.of(child, spot) for name, child in branch.items()}, spot)
        number = self.source.number(spot)
        return Sequence(self.source, number, number, tuple(self.of(child, spot) for child in branch))

    def mapping(self, entries: dict[str, Node], spot: Spot) -> Mapping:
        number = self.source.number(spot)
        keys = {name: Scalar(self.source, node.start, node.start, name) for name, node in entries.items()}
        return Mapping(self.source, number, number, entries, keys)

    def leaf(self, leaf: Leaf) -> Node:
        value, spot = leaf.value, leaf.spot
        number = self.source.number(spot)
        if isinstance(value, Code):
            if value.first is None:
                return Scalar(self.source, number, number, value.text)
            return Inline(self.source, number, number, value.text, "|", value.first)
        if isinstance(value, Constant) and isinstance(value.value, str | int | float | bool | None):
            return Scalar(self.source, number, number, value.value)
        if isinstance(value, Items) and not value.open:
            items = (self.leaf(Leaf(item, spot.inside(index))) for index, item in enumerate(value.items))
            return Sequence(self.source, number, number, tuple(items))
        if isinstance(value, Table) and not value.computed:
            entries = {name: self.leaf(Leaf(entry, spot.inside(name))) for name, entry in value.entries}
            # an entry of this form says that there may be more
            more: dict[str, Node] = {"Fn::Open": Known(self.source, number, number)} if value.open else {}
            return self.mapping(entries | more, spot)
        if isinstance(value, OneOf) and any(isinstance(option, Table | Items) for option in value.options):
            return self.either(list(value.options), spot)
        if isinstance(value, Reference):
            return self.computed("Fn::GetAtt", (Constant(value.name), Constant(value.attribute)), spot)
        if isinstance(value, Text):
            return self.computed("Fn::Join", (Constant(""), Items(value.parts)), spot)
        return Known(self.source, number, number, value)

    def computed(self, function: str, arguments: tuple[Value, ...], spot: Spot) -> Node:
        """A value as an intrinsic function."""
        number = self.source.number(spot)
        made = tuple(self.leaf(Leaf(argument, spot)) for argument in arguments)
        return self.mapping({function: Sequence(self.source, number, number, made)}, spot)

    def either(self, choices: list[Value], spot: Spot) -> Node:
        """One of several structures, as a template says it."""
        first = self.leaf(Leaf(choices[0], spot))
        if len(choices) == 1:
            return first
        number = self.source.number(spot)
        condition = Known(self.source, number, number)
        rest = self.either(choices[1:], spot)
        return self.mapping({"Fn::If": Sequence(self.source, number, number, (condition, first, rest))}, spot)

    def parameters(self, drafts: dict[str, Draft]) -> Mapping:
        nodes = {name: self.of(draft.properties, draft.at) for name, draft in drafts.items()}
        numbers = {name: self.source.number(draft.at) for name, draft in drafts.items()}
        keys = {name: Scalar(self.source, number, number, name) for name, number in numbers.items()}
        return Mapping(self.source, 0, 0, nodes, keys)

    def declared(self, draft: Draft) -> Declared:
        number = self.source.number(draft.at)
        properties = self.of(draft.properties, draft.at)
        kind = Scalar(self.source, number, number, draft.type)
        body: dict[str, Node] = {"Type": kind, "Properties": properties}
        if draft.built:
            body["Metadata"] = self.mapping({"BuildMethod": Scalar(self.source, number, number, "makefile")}, draft.at)
        key = Scalar(self.source, number, number, draft.name)
        assert isinstance(properties, Mapping)
        return Declared(draft.name, key, draft.type, self.mapping(body, draft.at), properties)


class Made(Protocol):
    """What an app makes: resources and parameters, by name."""

    drafts: dict[str, Draft]
    parameters: dict[str, Draft]


def template(path: str, made: Made, nodes: Nodes) -> Template:
    """The template that an app would make."""
    resources = {name: nodes.declared(draft) for name, draft in made.drafts.items()}
    is_sam = any(each.type.startswith("AWS::Serverless::") for each in resources.values())
    root = Mapping(nodes.source, 0, 0, {}, {})
    return Template(path, root, resources, nodes.parameters(made.parameters), None, None, is_sam)


class Unsynthesised(Stack):
    """The stack of an app that was never synthesised: values that are computed already are taken as they are."""

    def __init__(self, template: Template, files: Files) -> None:
        super().__init__(template, files, Links(), DIALECT)

    def value(self, node: Node) -> Value | None:
        return node.result if isinstance(node, Known) else super().value(node)
