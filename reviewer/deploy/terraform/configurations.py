"""Root modules to a deployment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewer.deploy import jsontext
from reviewer.deploy.assembly import assembled
from reviewer.deploy.catalogue import FUNCTIONS
from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment, Problem
from reviewer.deploy.nodes import Mapping, Unreadable
from reviewer.deploy.stacks import Links
from reviewer.deploy.terraform.folders import Folder, Listing
from reviewer.deploy.terraform.instances import Instance
from reviewer.deploy.terraform.items import Item
from reviewer.deploy.terraform.modules import Modules
from reviewer.deploy.terraform.plan import planned
from reviewer.deploy.terraform.sources import Sources
from reviewer.deploy.terraform.stack import Configuration
from reviewer.deploy.terraform.translate import translate

_INDEX = re.compile(r"\[[^\]]*\]")


def configured(listing: Listing, roots: Iterable[Folder], plans: Iterable[str]) -> Deployment:
    """What some root modules and plans deploy, with the modules that they call."""
    modules, links, files = Modules(listing), Links(), listing.files
    stacks = [configuration(folder, files, links, modules) for folder in roots]
    known = {name for stack in stacks for name in functions(stack)}
    problems: list[Problem] = []
    for path in plans:
        try:
            stack = of_plan(path, files, links)
        except Unreadable as refused:
            problems.append(Problem(refused.at, f"The plan cannot be read: {refused.message}"))
            continue
        # the plan of a configuration that is there says nothing new
        if stack is not None and not known.intersection(functions(stack)):
            stacks.append(stack)
    return replace(
        assembled([stack for stack in stacks if stack.template.resources]),
        problems=(*modules.problems, *links.problems, *problems),
        comments=tuple(modules.comments),
    )


def configuration(folder: Folder, files: Files, links: Links, modules: Modules) -> Configuration:
    """A root module with all that it calls."""
    stack = Configuration(folder.principal, files, links)
    top = Instance(stack, modules, modules.module(folder.path))
    translate(_items(top), Sources(stack))
    parameters = (parameter for instance in top.all() for parameter in instance.parameters())
    stack.parameters = list({parameter.at: parameter for parameter in parameters}.values())
    return stack


def _items(top: Instance) -> Iterator[Item]:
    """All that is in a configuration: working out what one item refers to can bring others into being."""
    done: set[str] = set()
    while fresh := [item for each in top.all() for item in each.items if item.address not in done]:
        done.update(item.address for item in fresh)
        yield from fresh


def of_plan(path: str, files: Files, links: Links) -> Configuration | None:
    """What a plan describes; None where the file is none. Raises `Unreadable`."""
    source = files.source(path)
    root = None if source is None else jsontext.parse(source)
    found = planned(root, path, files, links) if isinstance(root, Mapping) else None
    if found is None:
        return None
    stack, items = found
    translate(items, Sources(stack))
    return stack


def functions(stack: Configuration) -> set[str]:
    """The functions of a configuration by their addresses, without keys and counts."""
    types = ((name, declared.type) for name, declared in stack.template.resources.items())
    return {_INDEX.sub("", name) for name, type_ in types if type_ in FUNCTIONS}
