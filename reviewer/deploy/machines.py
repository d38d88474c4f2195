"""State machines: the functions that their tasks call.

A definition is a file of the tree, JSON text in the template, or a structure; `DefinitionSubstitutions` fill in its
`${Name}`s. Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reviewer.deploy.embedded import build, embedded
from reviewer.deploy.intrinsics import concatenated
from reviewer.deploy.model import FunctionReference, Setting, Trigger
from reviewer.deploy.naming import Naming, Target
from reviewer.deploy.nodes import Mapping, Node, Scalar, arms, find, intrinsic, text, walk
from reviewer.deploy.stacks import Stack
from reviewer.deploy.template import Declared
from reviewer.value import Constant, Reference, Value

TYPES = frozenset({"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"})

_WRITTEN = ("Definition", "DefinitionString")
_FILES = ("DefinitionUri", "DefinitionS3Location")
_ARGUMENTS = ("Parameters", "Arguments")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")

_Leaf = Callable[[str], Value]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A state machine: its definition with all substitutions made (None: out of sight), and what it calls where."""

    definition: Value | None
    triggers: tuple[Trigger, ...]
    references: tuple[FunctionReference, ...]


def machine(stack: Stack, declared: Declared, properties: Mapping | None, naming: Naming) -> Machine:
    """What a state machine is and calls."""
    reader = _Reader(stack, properties, naming)
    definition = reader.read()
    source = Reference(stack.path, declared.name)
    triggers = {
        (target.function, target.alias): Trigger(
            target.function, "stepfunctions", declared.at, Setting(source, setting.at), qualifier=target.alias
        )
        for setting, target in reader.called
    }
    references = tuple(
        FunctionReference("state-machine", setting, target.function, target.is_pinned)
        for setting, target in reader.called
    )
    return Machine(definition, tuple(triggers.values()), references)


class _Reader:
    def __init__(self, stack: Stack, properties: Mapping | None, naming: Naming) -> None:
        self.stack = stack
        self.properties = properties
        self.naming = naming
        self.substitutions = dict(_substitutions(stack, properties))
        self.called: dict[tuple[Setting[Value], Target], None] = {}

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

    def structure(self, root: Node, fill: _Leaf, compute: Callable[[Node], Value | None] | None = None) -> Value:
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
        compute: Callable[[Node], Value | None] | None,
    ) -> None:
        """Note what a task names. A name that a substitution gives stands where the template gives it."""
        if node is None:
            return
        whole = _VARIABLE.fullmatch(node.text) if isinstance(node, Scalar) else None
        setting = self.substitutions.get(whole[1]) if whole else None
        given = None if qualifier is None else build(qualifier, leaf, compute)
        self.call(setting or Setting(build(node, leaf, compute), node.at), given)

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
