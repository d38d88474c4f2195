"""A service: its configuration with the names that mean something in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from reviewer.deploy.files import Files
from reviewer.deploy.model import Id
from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.serverless.lift import SECTION, Construct, constructs, with_event
from reviewer.deploy.serverless.made import SYMBOL, parts, structure
from reviewer.deploy.serverless.variables import Variables
from reviewer.deploy.stacks import Links, Stack
from reviewer.deploy.template import Template
from reviewer.value import Parameter, Value

DIALECT = "serverless"
MOST_FUNCTIONS = 2_000
"""Functions of a service, and constructs: a stack of CloudFormation has 500 resources at the most."""

_UNFIT = re.compile(r"[^0-9A-Za-z]")
_OUTPUT = re.compile(r"cf(?:\([^()]*\))?:(?P<stack>[\w-]+)\.(?P<output>\w+)")


@dataclass(frozen=True, slots=True, eq=False)
class Configured:
    """A function as the configuration has it. Its name in the model is its key, as its author calls it."""

    id: Id
    key: Scalar
    settings: Mapping

    @property
    def name(self) -> str:
        return self.id.name

    def logical(self, what: str) -> str:
        """The logical id of something that the framework makes for the function."""
        return normalized(self.key.text) + what

    def get(self, path: str) -> Node | None:
        """The setting at a path of keys."""
        return at(self.settings, path)


class Service(Stack):
    """A service as the stack that it becomes. Its template is set once all of it is known."""

    def __init__(self, root: Mapping, path: str, files: Files, links: Links) -> None:
        super().__init__(Template(path, root, {}, None, None, None, False), files, links, DIALECT)
        self.variables = Variables(root, path, self._part, self.spend)
        self.parts: dict[str, None] = {}
        """The files that the configuration is made of, but for its own."""

    def _part(self, node: Node) -> Node | None:
        document = self.file(node)
        path = self.files.path(self.path, node.text) if isinstance(node, Scalar) else None
        if document is not None and path is not None:
            self.parts[path] = None
        return document

    def get(self, path: str) -> Node | None:
        """The part of the configuration at a path of keys, all variables in place; None where it is not set."""
        return self.variables.section(path)

    @cached_property
    def functions(self) -> tuple[Configured, ...]:
        """The functions, in the order of the configuration."""
        found: dict[str, tuple[Scalar, Mapping]] = {}
        for part in parts(self.get("functions")):
            for key, node in part.entries.items():
                settings = structure(node)
                if len(found) >= MOST_FUNCTIONS:
                    self.variables.cut = self.variables.cut or node
                elif settings is not None:
                    found[key] = part.keys[key], settings
        for construct in self.constructs:
            if construct.worker is not None:
                found[construct.worker_name] = construct.worker
            if construct.event is not None and construct.worker_name in found:
                named, settings = found[construct.worker_name]
                found[construct.worker_name] = named, with_event(settings, construct.event)
        return tuple(Configured(Id(self.path, self._name(key)), *about) for key, about in found.items())

    @cached_property
    def by_key(self) -> dict[str, Configured]:
        """The functions by the names that the configuration has for them."""
        return {function.key.text: function for function in self.functions}

    def _name(self, key: str) -> str:
        taken = any(key in section.entries for section in self.sections("Resources"))
        return normalized(key) + "LambdaFunction" if taken else key

    @cached_property
    def constructs(self) -> tuple[Construct, ...]:
        """What the plugin serverless-lift makes more of."""
        return tuple(islice(constructs(self.get(SECTION)), MOST_FUNCTIONS))

    @cached_property
    def plugins(self) -> frozenset[str]:
        """The names of the plugins in use."""
        node = self.get("plugins")
        listed = self.settings(node, "*") or self.settings(node, "modules.*")
        return frozenset(str(getattr(setting.value, "value", "")) for setting in listed)

    def sections(self, name: str) -> tuple[Mapping, ...]:
        """A section of the CloudFormation parts of the configuration."""
        found = (structure(part.get(name)) for part in parts(self.get("resources")))
        return tuple(section for section in found if section is not None)

    # --- names of the template ------------------------------------------------------------------------------------

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The ids of the functions in the model by those that the framework gives them."""
        return {function.logical("LambdaFunction"): function.name for function in self.functions}

    def ref(self, name: str) -> Value | None:
        if not name.startswith(SYMBOL):
            return super().ref(self.renamed.get(name, name))
        value = self.variables.value(name)
        return self._output(value) or value

    def attribute(self, name: str, attribute: str) -> Value:
        return super().attribute(self.renamed.get(name, name), attribute)

    @cached_property
    def deployed_as(self) -> str:
        """The name of the stack, at its default stage."""
        named = self.variables.constant(self.get("provider.stackName"))
        own = self.get("service")
        return named or f"{self.variables.constant(at(own, 'name') or own)}-{self.variables.stage}"

    def _output(self, value: Value) -> Value | None:
        """The output of another service of the tree: `${cf:orders-dev.QueueUrl}`."""
        found = _OUTPUT.fullmatch(value.name) if isinstance(value, Parameter) else None
        for stack in self.links.stacks.values() if found else ():
            if found and isinstance(stack, Service) and stack.deployed_as == found["stack"]:
                node = at(stack.template.outputs, f"{found['output']}.Value")
                return None if node is None else self._crossed(stack, node, found["output"])
        return None


def at(node: Node | None, path: str) -> Node | None:
    """The node at a path of keys."""
    for step in path.split("."):
        around = structure(node)
        node = around.entries.get(step) if around is not None else None
    return node


def normalized(name: str) -> str:
    """A key as a part of a logical id.

    Source: https://www.serverless.com/framework/docs/providers/aws/guide/resources#aws-cloudformation-resource-reference
    """
    name = name.replace("-", "Dash").replace("_", "Underscore")
    return name[:1].upper() + name[1:]


def bare(name: str) -> str:
    """A name as a part of a logical id that holds letters and digits alone."""
    name = _UNFIT.sub("", name)
    return name[:1].upper() + name[1:]
