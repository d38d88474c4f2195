"""The CDK apps of a tree, as a deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import chain

from reviewer.apps.cdk.apps import App, apps
from reviewer.apps.cdk.catalogue import makers
from reviewer.apps.cdk.code import Sources
from reviewer.apps.cdk.constructs import Evaluator
from reviewer.apps.cdk.drafts import Nodes, Unsynthesised, Written, template
from reviewer.apps.cdk.names import CURRENT_VERSION, FREE, INSTALLED, STACKS, uses_library
from reviewer.apps.cdk.synthesis import Synthesis
from reviewer.apps.cdk.terms import Terms
from reviewer.apps.cdk.walk import Use, Walk, loading, unmade
from reviewer.apps.syntax import Library
from reviewer.code.flow import modules_of
from reviewer.code.modules import Modules
from reviewer.deploy.assembly import assembled
from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment
from reviewer.deploy.stacks import link
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.rule import Place


def deployed(
    modules: Modules, tree: Tree, read: Callable[[str], bytes], locate: Callable[[Place], Location]
) -> Deployment:
    """What the CDK apps of a tree deploy."""
    files = Files(tree.root)
    library = Library(modules, read, locate, INSTALLED)
    found = [_deployment(app, library, files) for app in apps(library.modules, tree, read, files)]
    names = (field.name for field in fields(Deployment))
    return Deployment(*(tuple(chain.from_iterable(getattr(each, name) for each in found)) for name in names))


def _deployment(app: App, library: Library, files: Files) -> Deployment:
    values = Evaluator(library.modules, makers(), app.folder, app.context)
    called, loaded = _called(app, values, library)
    if any(CURRENT_VERSION.encode() in library.read(path) for path in loaded):
        for use in called:
            _ = use.given  # asking a function for its version makes one, wherever it is asked
    terms = Terms(values, app.program, [use for use in called if not use.method])
    synthesis = Synthesis(values, terms, Sources(values, files, app.program, app.folder, library.locate))
    synthesis.make(called)
    if not synthesis.drafts and not synthesis.parameters:
        return Deployment(modules=loaded)
    nodes = Nodes(Written(app.program, "", locate=library.locate))
    stack = Unsynthesised(template(app.program, synthesis, nodes), files)
    link([stack], stack.links)
    left_out = tuple(_left_out(library.locate(spot.place), name) for spot, name in synthesis.unread)
    return replace(assembled([stack]), modules=loaded, left_out=left_out)


def _called(app: App, values: Evaluator, library: Library) -> tuple[list[Use], tuple[str, ...]]:
    """What an app calls, and the modules of it that use the CDK."""
    files = library.modules.files
    loaded = tuple(
        path for path in modules_of(values, app.program) if path in files and uses_library(library.read(path))
    )
    walk = Walk(values, app.program)
    called = list(walk.run(loading(values, app.program)))
    if app.named and any(use.subject.type not in FREE for use in called):
        return called, loaded
    # who makes the rest cannot be told: a program that is not here, or not in Python
    looked_at = app.members if app.named else loaded
    for kinds in (STACKS, FREE):
        called += walk.run(unmade(values, looked_at, walk.seen, kinds))
    return called, tuple(dict.fromkeys((*loaded, *looked_at)))


def _left_out(at: Location, name: str) -> tuple[str, str]:
    return at.path, f"the code of `{name}`, line {at.line}, which is known when the app runs"
