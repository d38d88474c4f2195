"""Modules as they are written: what the files of a folder declare, together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from reviewer.deploy.model import Problem
from reviewer.deploy.nodes import Scalar, Source, Unreadable
from reviewer.deploy.terraform import jsonsyntax
from reviewer.deploy.terraform.folders import SUFFIXES, Listing
from reviewer.deploy.terraform.parse import Parsed
from reviewer.deploy.terraform.syntax import Block, Body, Expression
from reviewer.finding import Location

MOST_TEXT = 4 << 20
"""Characters of a folder's files together."""
MARK = "lambda-review"
"""What comments contain that speak to the reviewer."""

_OVERRIDE = re.compile(r"(?:^|_)override\.tf(?:\.json)?$")
_GENERATED = re.compile(r"\{%|(?<!\$)\{\{")
"""Marks of what makes configurations out of other text (Jinja, cookiecutter): not yet one."""
_GIVEN = re.compile(r"terraform\.tfvars(?:\.json)?|.*\.auto\.tfvars(?:\.json)?")
"""Files whose values Terraform takes without being told. The last one, in this order and by name, decides."""

Places = dict[tuple[str, str], Block]
"""Blocks by type and name."""
Key = TypeVar("Key")


@dataclass(slots=True, eq=False)
class Module:
    """What a folder declares. `given` are the values that its `.tfvars` files give to variables."""

    folder: str
    files: tuple[str, ...] = ()
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Expression] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: Places = field(default_factory=dict)
    data: Places = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    given: dict[str, tuple[Scalar, Expression]] = field(default_factory=dict)

    def take(self, body: Body, *, overrides: bool = False) -> None:
        """Add what a file declares. What an override file declares again is merged into the first."""
        for block in body.blocks:
            match block.type, block.labels:
                case "resource", (type_, name):
                    _put(self.resources, (type_, name), block, overrides)
                case "data", (type_, name):
                    _put(self.data, (type_, name), block, overrides)
                case "module", (name,):
                    _put(self.calls, name, block, overrides)
                case "variable", (name,):
                    _put(self.variables, name, block, overrides)
                case "output", (name,):
                    _put(self.outputs, name, block, overrides)
                case "locals", ():
                    self.locals.update((name, found) for name, (_, found) in block.body.attributes.items())


def _put(places: dict[Key, Block], key: Key, block: Block, overrides: bool) -> None:
    if key not in places:
        places[key] = block
    elif overrides:
        places[key].body.attributes.update(block.body.attributes)


class Modules:
    """The modules of a tree by folder, each read once."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.problems: list[Problem] = []
        self.comments: list[tuple[Location, str]] = []
        self._known: dict[str, Module] = {}
        self._room = MOST_TEXT

    def module(self, folder: str) -> Module:
        """The module that the files of a folder make."""
        if folder not in self._known:
            self._known[folder] = self._read(folder)
        return self._known[folder]

    def _read(self, folder: str) -> Module:
        names = self.listing.names(folder)
        paths = [f"{folder}/{name}" if folder else name for name in names if name.endswith(SUFFIXES)]
        module = Module(folder, tuple(paths))
        self._room = MOST_TEXT
        for path in sorted(paths, key=lambda path: (_OVERRIDE.search(path) is not None, path)):
            body = self._body(path, jsonsyntax.parsed if path.endswith(".json") else self._parsed)
            module.take(body, overrides=_OVERRIDE.search(path) is not None)
        for name in _by_precedence(name for name in names if _GIVEN.fullmatch(name)):
            path = f"{folder}/{name}" if folder else name
            reader = jsonsyntax.values if path.endswith(".json") else self._parsed
            module.given.update(self._body(path, reader).attributes)
        return module

    def _body(self, path: str, read: Callable[[Source], Body]) -> Body:
        source = None
        try:
            source = self.listing.files.source(path)
            return Body() if source is None else read(self._within(source))
        except Unreadable as refused:
            if source is None or not _GENERATED.search(source.text):
                self.problems.append(Problem(refused.at, f"The configuration cannot be read: {refused.message}"))
            return Body()

    def _within(self, source: Source) -> Source:
        self._room -= len(source.text)
        if self._room < 0:
            raise Unreadable(f"more than {MOST_TEXT >> 20} MiB in the files of one folder", Location(source.path, 1))
        return source

    def _parsed(self, source: Source) -> Body:
        found = Parsed(source)
        if MARK in source.text:
            self.comments += [(at, text) for at, text in found.comments() if MARK in text]
        if found.broken is not None and "aws_lambda" in source.text and not _GENERATED.search(source.text):
            self.problems.append(
                Problem(found.broken, "What stands here is no HCL; the rest of the configuration was read")
            )
        return found.body


def _by_precedence(names: Iterable[str]) -> Iterator[str]:
    """Files of values, the one that decides last. Source:
    https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """
    return iter(sorted(names, key=lambda name: (not name.startswith("terraform.tfvars"), name)))
