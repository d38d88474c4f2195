"""All CloudFormation and SAM templates of a tree, read and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from reviewer.deploy import sam
from reviewer.deploy.catalogue import FUNCTIONS, SAM_FUNCTION
from reviewer.deploy.comments import comments
from reviewer.deploy.documents import parse
from reviewer.deploy.files import Files
from reviewer.deploy.functions import completed, function, resource
from reviewer.deploy.machines import TYPES as MACHINES
from reviewer.deploy.machines import machine
from reviewer.deploy.model import Deployment, Function, Id, Problem, Resource
from reviewer.deploy.naming import Naming
from reviewer.deploy.nodes import Mapping, Node, Unreadable
from reviewer.deploy.stacks import NESTED, Links, Stack, link
from reviewer.deploy.template import Declared, Template, template
from reviewer.deploy.triggers import Found, Reader, from_permissions
from reviewer.finding import Location
from reviewer.value import Table

_RESOURCES = re.compile(rb"(?:^(?:\xef\xbb\xbf)?|[{,]\s*)[\"']?Resources[\"']?\s*:", re.MULTILINE)
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*[\"']?AWS::\w+::\w")
_GENERATED = re.compile(r"\{%|\{\{(?!\s*resolve:)")
"""Marks of what makes templates out of other text (Jinja, cookiecutter): not yet a template."""


def read(root: Path, files: Iterable[str]) -> Deployment:
    """The deployment that the templates among `files` describe.

    `files` are paths relative to `root` with forward slashes, of any YAML and JSON; what is no template is passed over
    in silence. A template that cannot be read becomes a problem, and the others go on. Nested templates are read
    whether they are among `files` or not.
    """
    loader = _Loader(Files(root), list(dict.fromkeys(files)))
    loader.load()
    stacks, links = loader.stacks, loader.links
    link(stacks, links)
    declared = [
        (stack, resource, sam.properties(stack, resource))
        for stack in stacks
        for resource in stack.template.resources.values()
    ]
    functions = [function(*each) for each in declared if each[1].type in FUNCTIONS]
    resources = list(_resources(declared))
    naming = Naming(functions, resources)
    functions = completed(functions, stacks, naming)
    found = _Wires(naming, functions)
    for each in declared:
        found.add(*each)
    return Deployment(
        functions=tuple(functions),
        triggers=(*found.found.triggers, *from_permissions(found.found)),
        resources=tuple(_defined(resources, found.definitions)),
        parameters=tuple(parameter for stack in stacks for parameter in stack.declared_parameters()),
        references=tuple(found.found.references),
        problems=(*loader.problems, *links.problems),
        templates=tuple(stack.path for stack in stacks),
        comments=tuple(loader.comments),
    )


class _Loader:
    """Reads the templates, those that others nest included."""

    def __init__(self, files: Files, pending: list[str]) -> None:
        self.files = files
        self.pending = pending
        self.links = Links()
        self.stacks: list[Stack] = []
        self.problems: list[Problem] = []
        self.comments: list[tuple[Location, str]] = []

    def load(self) -> None:
        listed = len(self.pending)
        known = set(self.pending)
        for index, path in enumerate(self.pending):  # grows by the nested templates on the way
            found = self.template(path, is_nested=index >= listed)
            if found is None:
                continue
            stack = Stack(found, self.files, self.links)
            self.stacks.append(stack)
            for nested in (stack.nested(each) for each in found.resources.values() if each.type in NESTED):
                if nested is not None and nested not in known:
                    known.add(nested)
                    self.pending.append(nested)

    def template(self, path: str, is_nested: bool) -> Template | None:
        """The template in a file; None where there is none. A nested one claims to be one by being named as such."""
        data = self.files.data(path)
        if data is None or not (is_nested or claims(data)):
            return None
        source = None
        try:
            source = self.files.source(path, data)
            for document in parse(source) if source else ():
                found = template(path, document)
                if source and found is not None:
                    self.comments += comments(source, document)
                    return found
                self.note(path, document)
        except Unreadable as refused:
            if source is None or not _GENERATED.search(source.text):
                self.problems.append(Problem(refused.at, f"The template cannot be read: {refused.message}"))
        return None

    def note(self, path: str, document: Node) -> None:
        """A document that says it is a template, and is none."""
        if not isinstance(document, Mapping) or document.get("AWSTemplateFormatVersion") is None:
            return
        resources = document.get("Resources")
        if resources is not None and not isinstance(resources, Mapping):
            self.problems.append(Problem(resources.at, "`Resources` of the template is not a mapping"))


def claims(data: bytes) -> bool:
    """Whether the bytes of a file look like those of a template, before anything is parsed."""
    return b"AWS::" in data and _TYPE.search(data) is not None and _RESOURCES.search(data) is not None


_Declared = tuple[Stack, Declared, Mapping | None]


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

    def __init__(self, naming: Naming, functions: Iterable[Function]) -> None:
        self.naming = naming
        self.functions = {function.id: function for function in functions}
        self.found = Found()
        self.definitions: dict[Id, Table] = {}

    def add(self, stack: Stack, declared: Declared, settings: Mapping | None) -> None:
        if declared.type == SAM_FUNCTION:
            self.found.triggers += sam.triggers(stack, self.functions[Id(stack.path, declared.name)], settings)
        elif declared.type in MACHINES:
            made = machine(stack, declared, settings, self.naming)
            self.found.triggers += made.triggers
            self.found.references += made.references
            if isinstance(made.definition, Table):
                self.definitions[Id(stack.path, declared.name)] = made.definition
        else:
            Reader(stack, self.naming, self.found).read(declared, settings)


def _defined(resources: Iterable[Resource], definitions: dict[Id, Table]) -> Iterator[Resource]:
    """The resources; a state machine with its definition as one of its properties, wherever it was written."""
    for found in resources:
        definition, given = definitions.get(found.id), found.properties
        if definition is None or not isinstance(given, Table):
            yield found
            continue
        entries = (*(entry for entry in given.entries if entry[0] != "Definition"), ("Definition", definition))
        yield replace(found, properties=Table(entries, given.open))
