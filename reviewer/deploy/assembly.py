"""Stacks to a deployment: functions, what starts them, resources and parameters, whichever dialect declared them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from reviewer.deploy import accountwide, sam
from reviewer.deploy.catalogue import FUNCTIONS, SAM_FUNCTION, SAM_MACHINE
from reviewer.deploy.functions import completed, function, resource
from reviewer.deploy.links import Linker, of_functions
from reviewer.deploy.machines import TYPES as MACHINES
from reviewer.deploy.machines import machine
from reviewer.deploy.model import Deployment, Function, Id, Link, Resource, Trigger
from reviewer.deploy.naming import Naming
from reviewer.deploy.nodes import Mapping
from reviewer.deploy.stacks import Stack
from reviewer.deploy.template import Declared
from reviewer.deploy.triggers import Found, Reader, from_permissions
from reviewer.value import Table, Value

EVENTFUL = (SAM_FUNCTION, SAM_MACHINE)
"""Types whose events SAM turns into resources."""

_Declared = tuple[Stack, Declared, Mapping | None]


def assembled(stacks: Sequence[Stack], given: Iterable[Trigger] = ()) -> Deployment:
    """The deployment that some stacks describe, which know of each other already.

    `given` are the triggers that the dialect has no resources for.
    """
    declared = [
        (stack, each, sam.properties(stack, each)) for stack in stacks for each in stack.template.resources.values()
    ]
    functions = [function(*each) for each in declared if each[1].type in FUNCTIONS]
    resources = list(_resources(declared))
    naming = Naming(functions, resources)
    functions = completed(functions, list(stacks), naming)
    wires = _Wires(naming, functions, resources)
    wires.found.triggers += given
    for each in declared:
        wires.add(*each)
    triggers = (*wires.found.triggers, *from_permissions(wires.found))
    return Deployment(
        functions=tuple(functions),
        triggers=triggers,
        resources=tuple(_defined(resources, wires.definitions)),
        parameters=tuple(parameter for stack in stacks for parameter in stack.declared_parameters()),
        references=tuple(wires.found.references),
        links=(*wires.links, *of_functions(functions, triggers, resources)),
        templates=tuple(stack.path for stack in stacks),
    )


def _resources(declared: Iterable[_Declared]) -> Iterator[Resource]:
    """The resources, with those that SAM makes; each id once."""
    known: set[Id] = set()
    for stack, each, settings in declared:
        if each.type in FUNCTIONS:
            made = sam.implied(stack, each, settings)
        else:
            made = iter((resource(stack, each, settings),))
        for found in made:
            if found.id not in known:
                known.add(found.id)
                yield found


class _Wires:
    """Collects what starts functions and what names them, over all templates."""

    def __init__(self, naming: Naming, functions: Sequence[Function], resources: Iterable[Resource]) -> None:
        self.naming = naming
        self.functions = {function.id: function for function in functions}
        self.log_groups = accountwide.groups(functions, resources)
        self.found = Found()
        self.links: list[Link] = []
        self.definitions: dict[Id, Table] = {}

    def add(self, stack: Stack, declared: Declared, settings: Mapping | None) -> None:
        linker = Linker(stack, self.naming)
        self.links += linker.links(declared, settings)
        self.links += sam.links(linker, declared, settings) if declared.type in EVENTFUL else ()
        if declared.type == SAM_FUNCTION:
            self.found.triggers += sam.triggers(stack, self.functions[Id(stack.path, declared.name)], settings)
        elif declared.type in MACHINES:
            made = machine(stack, declared, settings, self.naming)
            self.found.triggers += made.triggers
            self.found.references += made.references
            self.links += made.links
            if isinstance(made.definition, Table):
                self.definitions[Id(stack.path, declared.name)] = made.definition
        elif declared.type == accountwide.TYPE:
            policy = accountwide.subscribed(linker, declared, settings, self.log_groups)
            self.found.triggers += policy.triggers
            self.found.references += policy.references
            self.links += policy.links
        else:
            Reader(stack, self.naming, self.found).read(declared, settings)


def _defined(resources: Iterable[Resource], definitions: dict[Id, Table]) -> Iterator[Resource]:
    """The resources; a state machine with its definition as one of its properties, wherever it was written."""
    for found in resources:
        definition = definitions.get(found.id)
        yield found if definition is None else replace(found, evaluate=partial(_with, found, definition))


def _with(resource: Resource, definition: Table) -> Value | None:
    """The properties of a resource with the definition as one of them."""
    given = resource.properties
    if not isinstance(given, Table):
        return given
    others = (entry for entry in given.entries if entry[0] != "Definition")
    return Table((*others, ("Definition", definition)), given.open)
