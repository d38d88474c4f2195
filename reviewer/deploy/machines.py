"""State machines: the functions that their tasks call, and the other services.

A definition is a file of the tree, JSON text in the template, or a structure; `DefinitionSubstitutions` fill in its
`${Name}`s. Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reviewer.deploy.embedded import build, embedded
from reviewer.deploy.intrinsics import concatenated
from reviewer.deploy.model import FunctionReference, Link, Setting, Trigger
from reviewer.deploy.naming import Naming, Target
from reviewer.deploy.nodes import Mapping, Node, Scalar, arms, find, intrinsic, text, walk
from reviewer.deploy.stacks import Stack
from reviewer.deploy.tasks import Task, links
from reviewer.deploy.template import Declared
from reviewer.value import UNKNOWN, Constant, Reference, Value
from reviewer.value import text as joined

TYPES = frozenset({"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"})

_WRITTEN = ("Definition", "DefinitionString")
_FILES = ("DefinitionUri", "DefinitionS3Location")
_ARGUMENTS = ("Parameters", "Arguments")
_RESULTS = "ResultWriter"
"""Where a map state says how it stores its results: an operation like a task's, with a prefix of the keys.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")

_Leaf = Callable[[str], Value]
_Compute = Callable[[Node], Value | None]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A state machine: its definition with all substitutions made (None: out of sight), and what it calls where."""

    definition: Value | None
    triggers: tuple[Trigger, ...]
    references: tuple[FunctionReference, ...]
    links: tuple[Link, ...]


def machine(stack: Stack, declared: Declared, properties: Mapping | None, naming: Naming) -> Machine:
    """What a state machine is and calls."""
    reader = _Reader(stack, properties, naming)
    definition = reader.read()
    own: Setting[Value] = Setting(Reference(stack.path, declared.name), declared.at)
    triggers = {
        (target.function, target.alias): Trigger(
            target.function, "stepfunctions", declared.at, Setting(own.value, setting.at), qualifier=target.alias
        )
        for setting, target in reader.called
    }
    references = tuple(
        FunctionReference("state-machine", setting, target.function, target.is_pinned)
        for setting, target in reader.called
    )
    tasks = (link for task in reader.tasks for link in links("task", task.resource.at, own, task, naming))
    return Machine(definition, tuple(triggers.values()), references, tuple(dict.fromkeys(tasks)))


class _Reader:
    def __init__(self, stack: Stack, properties: Mapping | None, naming: Naming) -> None:
        self.stack = stack
        self.properties = properties
        self.naming = naming
        self.substitutions = dict(_substitutions(stack, properties))
        self.called: dict[tuple[Setting[Value], Target], None] = {}
        self.tasks: list[Task] = []

    def read(self) -> Value | None:
        definition = next(self.definitions(), None)
        if definition is None:  # out of sight: what a machine is handed, it is likely to call
            for setting in self.substitutions.values():
                self.call(setting)
        return definition

    def definitions(self) -> Iterator[Value]:
        for path in _WRITTEN:
            for node in find(self.properties, path):
                for arm in arms(node):
                    if isinstance(arm, Mapping) and not intrinsic(arm):
                        yield self.structure(arm, Constant, self.stack.value)
                    elif (found := embedded(self.stack, arm)) is not None:
                        yield self.structure(found.root, found.fill)
        for path in _FILES:
            for node in find(self.properties, path):
                document = self.stack.file(node)
                if document is not None:
                    yield self.structure(document, Constant)

    def structure(self, root: Node, fill: _Leaf, compute: _Compute | None = None) -> Value:
        """The value of a definition, its calls noted. `fill` reads what is between the substitutions."""

        def leaf(written: str) -> Value:
            split = _VARIABLE.split(written)
            if len(split) == 1:
                return fill(written)
            return concatenated(
                [self.substituted(part) if index % 2 else fill(part) for index, part in enumerate(split)]
            )

        for state in walk(root):
            if not isinstance(state, Mapping):
                continue
            if text(state.get("Type")) == "Task":
                self.note(state.get("Resource"), None, leaf, compute)
                self.add_task(state, leaf, compute)
            if isinstance(state.get(_RESULTS), Mapping):
                self.add_task(state.entries[_RESULTS], leaf, compute)
            for name in _ARGUMENTS:
                given = state.get(name)
                if isinstance(given, Mapping):
                    self.note(given.get("FunctionName"), given.get("Qualifier"), leaf, compute)
        return build(root, leaf, compute)

    def substituted(self, name: str) -> Value:
        known = self.substitutions.get(name)
        return known.value if known else Constant(f"${{{name}}}")

    def note(
        self,
        node: Node | None,
        qualifier: Node | None,
        leaf: _Leaf,
        compute: _Compute | None,
    ) -> None:
        """Note what a task names. A name that a substitution gives stands where the template gives it."""
        if node is not None:
            given = None if qualifier is None else build(qualifier, leaf, compute)
            self.call(self.written(node, leaf, compute), given)

    def written(self, node: Node, leaf: _Leaf, compute: _Compute | None) -> Setting[Value]:
        """What a definition says at a node, at the place where the template says it."""
        whole = _VARIABLE.fullmatch(node.text) if isinstance(node, Scalar) else None
        setting = self.substitutions.get(whole[1]) if whole else None
        return setting or Setting(build(node, leaf, compute), node.at)

    def add_task(self, state: Node, leaf: _Leaf, compute: _Compute | None) -> None:
        """Keep what a state calls, with its arguments."""
        given = next((node for name in _ARGUMENTS for node in find(state, name) if isinstance(node, Mapping)), None)
        arguments = {name: self.written(node, leaf, compute) for name, node in given.entries.items()} if given else {}
        for name in ("Prefix", "Prefix.$"):
            if name in arguments:
                begin = arguments.pop(name)
                arguments["Key"] = Setting(joined([begin.value if name == "Prefix" else UNKNOWN, UNKNOWN]), begin.at)
        for resource in find(state, "Resource"):
            self.tasks.append(Task(self.written(resource, leaf, compute), arguments))

    def call(self, setting: Setting[Value], qualifier: Value | None = None) -> None:
        for target in self.naming.targets(setting.value, self.stack.path):
            aimed = target if qualifier is None else replace(target, qualifier=qualifier)
            self.called[setting, aimed] = None


def _substitutions(stack: Stack, properties: Mapping | None) -> Iterator[tuple[str, Setting[Value]]]:
    for table in find(properties, "DefinitionSubstitutions"):
        for arm in arms(table):
            for name, node in arm.entries.items() if isinstance(arm, Mapping) and not intrinsic(arm) else ():
                value = stack.value(node)
                if value is not None:
                    yield name, Setting(value, node.at)
