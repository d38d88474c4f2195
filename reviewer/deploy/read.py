"""All templates of a tree, of every dialect, read and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Mappings
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Protocol

from reviewer.deploy import cdk_out, runbooks
from reviewer.deploy.assembly import assembled
from reviewer.deploy.comments import comments
from reviewer.deploy.documents import parse
from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment, Problem
from reviewer.deploy.nodes import Mapping, Node, Unreadable
from reviewer.deploy.serverless import read as serverless
from reviewer.deploy.stacks import NESTED, Links, Stack, link
from reviewer.deploy.template import Template, template
from reviewer.deploy.terraform import read as terraform
from reviewer.finding import Location

_RESOURCES = re.compile(rb"(?:^(?:\xef\xbb\xbf)?|[{,]\s*)[\"']?Resources[\"']?\s*:", re.MULTILINE)
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*[\"']?AWS::\w+::\w")
_GENERATED = re.compile(r"\{%|\{\{(?!\s*resolve:)")
"""Marks of what makes templates out of other text (Jinja, cookiecutter): not yet a template."""


class Dialect(Protocol):
    """A module that reads another dialect than CloudFormation's into the same model."""

    def claims(self, path: str, data: bytes) -> bool:
        """Whether a file may be one of the dialect's, before anything is parsed."""

    def read(self, files: Files, paths: Sequence[str]) -> Deployment:
        """What the files at `paths`, which the dialect claims, deploy; it may read others of the tree with them."""


Contents = Mappings[str, bytes]

DIALECTS: tuple[Dialect, ...] = (terraform, serverless, runbooks)


def read(root: Path, files: Iterable[str], unsaved: Contents | None = None) -> Deployment:
    """The deployment that the templates among `files` describe.

    `files` are paths relative to `root` with forward slashes, of any kind; what is no template is passed over in
    silence. A template that cannot be read becomes a problem, and the others go on. Nested templates are read whether
    they are among `files` or not. `unsaved` are bytes that take the place of those of a file.
    """
    tree, templates, listed = Files(root, unsaved), [], dict.fromkeys(files)
    claimed: list[list[str]] = [[] for _ in DIALECTS]
    closed: list[Problem] = []
    for path in listed:
        data = tree.data(path)
        if data is None:
            if why := tree.refusal(path):
                closed.append(Problem(Location(path, 1), f"This file cannot be read: {why}"))
            continue
        if claims(data):
            templates.append(path)
        for dialect, paths in zip(DIALECTS, claimed, strict=True):
            if dialect.claims(path, data):
                paths.append(path)
    others = [dialect.read(tree, paths) for dialect, paths in zip(DIALECTS, claimed, strict=True) if paths]
    parts = {path for other in others for path in other.templates}
    whole = [path for path in templates if path not in parts]
    found = reduce(Deployment.joined, others, _cloudformation(tree, whole, cdk_out.Assembly(tree, listed)))
    return replace(found, problems=(*closed, *found.problems))


def _cloudformation(files: Files, paths: list[str], synthesised: cdk_out.Assembly) -> Deployment:
    """What the CloudFormation and SAM templates among some files deploy."""
    loader = _Loader(files, paths, synthesised)
    loader.load()
    link(loader.stacks, loader.links)
    return replace(
        assembled(loader.stacks),
        problems=(*loader.problems, *loader.links.problems),
        comments=tuple(loader.comments),
    )


class _Loader:
    """Reads the templates, those that others nest included."""

    def __init__(self, files: Files, pending: list[str], synthesised: cdk_out.Assembly) -> None:
        self.files = files
        self.pending = pending
        self.synthesised = synthesised
        self.links = Links(assets=synthesised.assets)
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
            dialect = cdk_out.DIALECT if self.synthesised.holds(path) else ""
            stack = Stack(cdk_out.own(found) if dialect else found, self.files, self.links, dialect)
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
