"""The templates of a tree as stacks: names resolved within a template and across nested stacks and exports."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from reviewer.deploy.catalogue import SLASHED, SPELLED
from reviewer.deploy.cdk_out import HASH
from reviewer.deploy.documents import gaps_as_texts, parse
from reviewer.deploy.files import Files
from reviewer.deploy.intrinsics import evaluate, is_small
from reviewer.deploy.model import Id, Problem, Setting, TemplateParameter
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, Unreadable, find, mapping, text, walk
from reviewer.deploy.template import Declared, Template
from reviewer.value import (
    UNKNOWN,
    Constant,
    Items,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Value,
    one_of,
    string,
)
from reviewer.value import text as joined

NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""The property that names the template of a nested stack."""
ALLOWANCE = 5_000_000
"""Characters, items and entries that the intrinsic functions of one template may make."""
MOST_ALLOWED = 64
"""Values of a parameter, and items of a list parameter's value, that are kept."""

_BY_STACK = frozenset({"AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"})
_OUTPUTS = "Outputs."
_FILLED = ("AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::URLSuffix")
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(slots=True, eq=False)
class Links:
    """What the stacks of a tree know of each other.

    `parents`: the resources that nest a template, by its path, each with the stack that it stands in. `documents` are
    the other files that templates refer to, `problems` those among them that could not be read. `assets` are those of
    synthesised apps, by hash.
    """

    stacks: dict[str, Stack] = field(default_factory=dict)
    parents: dict[str, list[tuple[Stack, Declared]]] = field(default_factory=dict)
    exports: dict[Hashable, list[tuple[Stack, Node]]] = field(default_factory=dict)
    documents: dict[str, Node | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    assets: dict[str, str] = field(default_factory=dict)
    crossing: set[tuple[str, str]] = field(default_factory=set)


class Stack:
    """One template, evaluated. The scope of its intrinsic functions. `dialect`: what the template was made from."""

    def __init__(self, template: Template, files: Files, links: Links, dialect: str = "") -> None:
        self.template = template
        self.dialect = dialect
        self.path = template.path
        self.files = files
        self.links = links
        self._values: dict[int, tuple[Node, Value | None]] = {}
        self._parameters: dict[str, Value] = {}
        self._cells: dict[str, dict[tuple[str, str], Value]] = {}
        self._left = ALLOWANCE

    # --- settings -------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> Value | None:
        """The value of a node; None for `AWS::NoValue`."""
        known = self._values.get(id(node))
        if known is not None:
            return known[1]
        value = evaluate(self, node)
        self._values[id(node)] = (node, value)
        return value

    def setting(self, node: Node | None, path: str = "") -> Setting[Value] | None:
        """The setting at a path of keys; None where the template leaves it out."""
        found = [(node, value) for node in find(node, path) if (value := self.value(node)) is not None]
        if not found:
            return None
        return Setting(one_of([value for _, value in found]), found[0][0].at)

    def settings(self, node: Node | None, path: str) -> tuple[Setting[Value], ...]:
        """All settings at a path that ends in or leads through a list."""
        return tuple(Setting(value, found.at) for found in find(node, path) if (value := self.value(found)) is not None)

    def spend(self, amount: int) -> bool:
        """Whether this much more may be made of the template."""
        self._left -= amount
        return self._left >= 0

    # --- names ----------------------------------------------------------------------------------------------------

    def type_of(self, reference: Reference) -> str:
        """The type of the resource that a reference names, in whichever template; empty where it is not declared."""
        stack = self.links.stacks.get(reference.stack)
        resource = stack.template.resources.get(reference.name) if stack else None
        return resource.type if resource else ""

    def ref(self, name: str) -> Value | None:
        if name == "AWS::NoValue":
            return None
        if name.startswith("AWS::"):
            return Pseudo(name, self.path if name in _BY_STACK else "")
        parameters = self.template.parameters
        if parameters is not None and name in parameters.entries and name not in self.template.resources:
            return self._parameter(name, mapping(parameters.entries[name]))
        resource, dot, attribute = name.partition(".")
        return Reference(self.path, resource, attribute) if dot else Reference(self.path, name)

    def attribute(self, name: str, attribute: str) -> Value:
        resource = self.template.resources.get(name)
        if resource is None or resource.type not in NESTED or not attribute.startswith(_OUTPUTS):
            return Reference(self.path, name, attribute)
        child = self.links.stacks.get(self.nested(resource) or "")
        outputs = child.template.outputs if child else None
        output = mapping(outputs.get(attribute.removeprefix(_OUTPUTS))) if outputs else None
        node = output.get("Value") if output else None
        if child is None or node is None:
            return Reference(self.path, name, attribute)
        return self._crossed(child, node, attribute)

    def nested(self, resource: Declared) -> str | None:
        """The path of the template that a nested stack names, where it is one of the tree."""
        node = resource.properties.get(NESTED[resource.type]) if resource.properties else None
        written = text(node)
        return self.asset(node) or (self.files.path(self.path, written) if written else None)

    def asset(self, node: Node | None) -> str | None:
        """The path of the asset of a synthesised app whose hash a node mentions."""
        if node is None or not self.links.assets:
            return None
        hashes = (found[0] for part in walk(node) for found in HASH.finditer(text(part) or ""))
        return next((self.links.assets[name] for name in hashes if name in self.links.assets), None)

    def _crossed(self, other: Stack, node: Node, name: str) -> Value:
        """The value of another stack's node: UNKNOWN in a circle, or where it grows too large."""
        crossing = (other.path, name)
        if crossing in self.links.crossing:
            return UNKNOWN
        self.links.crossing.add(crossing)
        try:
            value = other.value(node)
        except RecursionError:
            value = UNKNOWN
        finally:
            self.links.crossing.discard(crossing)
        return value if value is not None and is_small(value) else UNKNOWN

    def _parameter(self, name: str, declared: Mapping | None) -> Value:
        if name not in self._parameters:
            given = [
                self._crossed(parent, node, f"{resource.name}/{name}")
                for parent, resource in self.links.parents.get(self.path, ())
                for node in find(resource.properties, f"Parameters.{name}")
            ]
            self._parameters[name] = one_of(given) if given else self._standalone(name, declared)
        return self._parameters[name]

    def _standalone(self, name: str, declared: Mapping | None) -> Parameter:
        """A parameter that no parent gives. The default of an SSM type names the value and is not the value."""
        kind = declared.get("Type") if declared else None
        if declared is None or (text(kind) or "").startswith("AWS::SSM::"):
            return Parameter(self.path, name)
        is_list = (text(kind) or "").startswith(("List<", "CommaDelimitedList"))
        default, allowed = declared.get("Default"), declared.get("AllowedValues")
        nodes = [default] if default is not None else []
        closed = isinstance(allowed, Sequence)
        nodes += allowed.items if isinstance(allowed, Sequence) else ()
        if len(nodes) > MOST_ALLOWED:
            return Parameter(self.path, name)
        options = dict.fromkeys(_option(node, is_list) for node in nodes if isinstance(node, Scalar))
        return Parameter(self.path, name, tuple(options), closed)

    def cells(self, name: str) -> dict[tuple[str, str], Value]:
        """The cells of a map. They hold literals alone: no intrinsic function has a meaning in them."""
        if name not in self._cells:
            table = mapping(self.template.mappings.get(name)) if self.template.mappings else None
            rows = table.entries.items() if table else ()
            self._cells[name] = {
                (first, second): _literal(cell)
                for first, row in rows
                if isinstance(row, Mapping)
                for second, cell in row.entries.items()
            }
        return self._cells[name]

    def imported(self, name: Value) -> Value:
        """The output that is exported under a name: the same name, or the only one of the same shape."""
        exports = self.links.exports
        found = exports.get(_export_key(name)) or exports.get(_shape(name)) or ()
        if len(found) != 1:
            return UNKNOWN
        stack, node = found[0]
        return self._crossed(stack, node, "export")

    def spelled(self, reference: Reference, delimiter: str) -> Value:
        """A reference as the text that it stands for, to be split; where that cannot be told, the reference itself."""
        kind = self.type_of(reference)
        spelling = SPELLED.get(kind, {}).get(reference.attribute)
        if spelling is None or (delimiter == "/" and kind in SLASHED):
            return reference
        named = {"": UNKNOWN, **{name: Pseudo(name) for name in _FILLED}}
        words = _BRACES.split(spelling)  # every other one stood in braces
        return joined(
            Constant(word) if index % 2 == 0 else named.get(word) or Reference(reference.stack, reference.name, word)
            for index, word in enumerate(words)
        )

    def file(self, node: Node | None) -> Node | None:
        """The document in the file of the tree that a node names; None where none can be read."""
        written = text(node)
        path = self.files.path(self.path, written) if written else None
        if path is None:
            return None
        documents = self.links.documents
        if path not in documents:
            documents[path] = None
            try:
                source = self.files.source(path)
                documents[path] = next(parse(gaps_as_texts(source)), None) if source else None
            except Unreadable as refused:
                self.links.problems.append(Problem(refused.at, f"The file cannot be read: {refused.message}"))
        return documents[path]

    def included(self, node: Node | None) -> Node | None:
        """What an `AWS::Include` transform brings in from a file of the tree; any other node itself."""
        transform = mapping(node.get("Fn::Transform")) if isinstance(node, Mapping) else None
        if transform is None or text(transform.get("Name")) != "AWS::Include":
            return node
        return self.file(next(find(transform, "Parameters.Location"), None))

    # --- parameters and outputs -----------------------------------------------------------------------------------

    def declared_parameters(self) -> Iterator[TemplateParameter]:
        parameters = self.template.parameters
        for name, node in parameters.entries.items() if parameters else ():
            if not isinstance(node, Mapping):
                continue
            at = parameters.keys[name].at if parameters else node.at
            hidden = node.get("NoEcho")
            yield TemplateParameter(
                Id(self.path, name),
                at,
                text(node.get("Type")) or "String",
                self.setting(node.get("Default")),
                isinstance(hidden, Scalar) and hidden.text.lower() in ("true", "yes", "on", "1"),
            )

    def exported(self) -> Iterator[tuple[Value, Node]]:
        """The outputs that are exported, by name."""
        outputs = self.template.outputs
        for output in outputs.entries.values() if outputs else ():
            node = mapping(output)
            value = node.get("Value") if node else None
            for name in find(node, "Export.Name"):
                if value is not None:
                    yield self.value(name) or UNKNOWN, value


def _literal(node: Node) -> Value:
    if isinstance(node, Scalar):
        return Constant(node.value)
    if isinstance(node, Sequence):
        return Items(tuple(_literal(item) for item in node.items))
    return UNKNOWN


def _option(node: Scalar, is_list: bool) -> Value:
    if not is_list:
        return Constant(node.value)
    items = node.text.split(",", MOST_ALLOWED)
    return Items(tuple(Constant(item.strip()) for item in items[:MOST_ALLOWED]), open=len(items) > MOST_ALLOWED)


def _export_key(name: Value) -> Value | None:
    """The name of an export, where it can be compared."""
    return name if isinstance(name, Constant | Text) and is_small(name) else None


def _shape(name: Value) -> tuple[str | None, ...] | None:
    """The constant parts of a name, with None for what lies between them.

    An export is named after its own stack (`${AWS::StackName}-queue`), its import after a parameter that holds the
    stack's name (`${NetworkStack}-queue`): they have the same shape.
    """
    return tuple(string(part) for part in name.parts) if isinstance(name, Text) else None


def link(stacks: list[Stack], links: Links) -> None:
    """Make the stacks of a tree known to each other."""
    links.stacks.update((stack.path, stack) for stack in stacks)
    for stack in stacks:
        for resource in stack.template.resources.values():
            child = stack.nested(resource) if resource.type in NESTED else None
            if child is not None and child in links.stacks:
                links.parents.setdefault(child, []).append((stack, resource))
    for stack in stacks:
        for name, node in stack.exported():
            for key in (_export_key(name), _shape(name)):
                if key is not None:
                    links.exports.setdefault(key, []).append((stack, node))
