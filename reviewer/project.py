"""Code and deployment joined: which function runs which handler, what it reaches, and where everything stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from reviewer import apps
from reviewer.apps import chalice
from reviewer.code import facts
from reviewer.code.facts import GAP
from reviewer.code.flow import Reached, modules_of, reach
from reviewer.code.library import Arguments
from reviewer.code.loading import Sources
from reviewer.code.modules import Modules
from reviewer.code.source import Origin, Source
from reviewer.code.values import Values
from reviewer.deploy.consumers import listening
from reviewer.deploy.model import Code, Deployment, Function, Id, Resource, TemplateParameter, Trigger
from reviewer.deploy.naming import Naming
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.identity import Resources
from reviewer.layers import import_folders, layer_folders, without_released
from reviewer.rule import Place
from reviewer.shaped import SHAPED, run_elsewhere, shaped
from reviewer.value import (
    MODULE,
    UNKNOWN,
    ContextPath,
    Frame,
    Instance,
    LocalFunction,
    Result,
    Value,
    options,
    string,
)


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """A handler: the function that the runtime calls, with its deployment where a template tells it.

    `module` and `entry` are None and UNKNOWN where the code lies elsewhere; `missing` says what of the handler string
    is not there: "file", "function" or "".
    """

    module: str | None
    entry: Value
    function: Function | None = None
    triggers: tuple[Trigger, ...] = ()
    missing: str = ""
    root: str = ""

    @property
    def name(self) -> str:
        """The function's name in its template; "" where no template names it."""
        return self.function.short if self.function is not None else ""

    @property
    def definition(self) -> LocalFunction | None:
        """The local function that the handler string names, seen through decorators and wrappers."""
        entry = self.entry
        if isinstance(entry, Result):
            wrapped = (value for _, value in entry.arguments if isinstance(value, LocalFunction))
            entry = next(wrapped, entry)
        return entry if isinstance(entry, LocalFunction) else None


class Project:
    """The reviewed project. `read` gives the bytes of a file of the tree; findings of places go through `locate`."""

    def __init__(
        self, tree: Tree, deployment: Deployment, read: Callable[[str], bytes], *, everything: bool = False
    ) -> None:
        self.tree = tree
        self.everything = everything
        self.deployment = deployment
        self.read = read
        self.sources = Sources(read)
        self.layers = layer_folders(deployment)
        self.modules = Modules(without_released(tree.python, self.layers.values(), read), self.sources.load)
        self.values = Values(self.modules)
        self._bounded: dict[str, bool] = {}
        self._receivers: dict[str, frozenset[int]] = {}
        apart = apps.read(self.modules, self.values, tree, read, self.locate)
        self.deployment = listening(deployment.joined(apart))
        self.layers = layer_folders(self.deployment)

    # --- modules

    def locate(self, place: Place | Location) -> Location:
        """The lines and columns of a place."""
        if isinstance(place, Location):
            return place
        source = self.sources[place.module]
        start, end = self.sources.span(place.module, place.node)
        owner = self.modules.owner(place.module, place.node)
        if isinstance(owner, (facts.Function, facts.Class)):
            end = source.code.find("\n", start)
            end = len(source.code) if end < 0 else end
        return source.span(start, end)

    def symbol(self, place: Place) -> str:
        """The name of the function around a place, with the classes and functions around that: `Store.save`."""
        module = self.modules.module(place.module)
        definitions: list[facts.Function | facts.Class] = []
        if module is not None:
            definitions = [*module.functions, *module.classes]
        around = [each for each in definitions if each.node <= place.node <= each.last]
        return ".".join(each.name for each in sorted(around, key=lambda each: each.node))

    def statement_lines(self, path: str) -> tuple[tuple[int, int], ...]:
        """First and last line of each simple statement, and of each header of a compound one, in a module."""
        module = self.modules.module(path)
        if module is None:
            return ()
        lines = []
        for statement, inner in _statements(module.body):
            at = self.locate(Place(path, statement.node))
            last = self.locate(Place(path, inner.node)).line - 1 if inner is not None else at.end_line
            lines.append((at.line, max(at.line, last)))
        return tuple(lines)

    # --- handlers

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """All handlers: those of templates first, then handler-shaped functions that no template names."""
        deployed = [self._deployed(f, tuple(self.triggers_of.get(f.id, ()))) for f in self.deployment.functions]
        return (*deployed, *self._undeployed(deployed))

    def _deployed(self, function: Function, triggers: tuple[Trigger, ...]) -> Handler:
        code = function.code.value if function.code else Code(elsewhere="nowhere in the template")
        handler = string(function.handler.value) if function.handler else None
        unknown = Handler(None, UNKNOWN, function, triggers)
        if handler is None or "." not in handler or not is_python(function):
            return unknown
        module_name, _, name = handler.rpartition(".")
        if code.inline is not None and function.code is not None:
            path = f"{function.id.stack}#{function.id.name}"
            text = _named_gaps(code.inline) if code.substituted else code.inline
            self.sources.inline[path] = Source(path, text, Origin(function.code.at, code.block))
            return self._joined(Handler(path, UNKNOWN, function, triggers), name)
        if code.folder is None:
            return unknown
        root = code.folder
        if root.endswith(".py"):
            root = root.rpartition("/")[0]
        relative = module_name.replace(".", "/").strip("/")
        candidates = [str(PurePosixPath(root, relative + ending)) for ending in (".py", "/__init__.py")]
        for path in candidates:
            if path in self.modules.files:
                roots = (*self.modules.roots.get(path, ()), root, *import_folders(function, self.layers))
                self.modules.roots[path] = tuple(dict.fromkeys(roots))
                return self._joined(Handler(path, UNKNOWN, function, triggers, root=root), name)
        return Handler(None, UNKNOWN, function, triggers, missing=self._missing_file(function, root, candidates))

    def _joined(self, handler: Handler, name: str) -> Handler:
        """A handler whose file is known, with what its name is there."""
        assert handler.module is not None
        function, triggers, root = handler.function, handler.triggers, handler.root
        if self.modules.module(handler.module) is None:
            return Handler(handler.module, UNKNOWN, function, triggers, root=root)
        scope = self.modules.scope(handler.module, MODULE)
        elsewhere = self.modules.star_imports(handler.module) or self.modules.assigned_inside(
            handler.module, MODULE, name
        )
        if name not in scope.definitions and not elsewhere:
            return Handler(handler.module, UNKNOWN, function, triggers, "function", root)
        entry = next(iter(options(self.values.member(handler.module, name))))
        if isinstance(entry, Instance):
            entry = self.values.attribute_of(entry, "__call__")
        return Handler(handler.module, entry, function, triggers, root=root)

    def _missing_file(self, function: Function, root: str, candidates: list[str]) -> str:
        """Whether a handler's file is missing for certain: its folder holds code, and nothing else may bring it."""
        prefix = f"{root}/" if root else ""
        holds_code = any(path.startswith(prefix) for path in self.tree.python)
        on_disk = any(map(self._is_there, candidates))
        return "file" if holds_code and not on_disk and not function.layers and not function.built else ""

    def _is_there(self, path: str) -> bool:
        try:
            return (self.tree.root / path).exists()
        except OSError:  # longer than names can be
            return False

    def _undeployed(self, deployed: list[Handler]) -> Iterator[Handler]:
        known = {(h.definition.module, h.definition.node) for h in deployed if h.definition is not None}
        covered = {module for h in deployed if h.module is not None for module in modules_of(self.values, h.module)}
        covered |= {*self.deployment.modules, *run_elsewhere(self.deployment.scripts, self.tree.python)}
        for path in self.tree.python:
            if path in covered or path not in self.modules.files or not self.tree.in_scope(path):
                continue
            if not self._may_hold_handlers(path):
                continue
            module = self.modules.module(path)
            for function in shaped(module) if module is not None else ():
                if (path, function.node) not in known:
                    yield Handler(path, LocalFunction(path, function.node))

    def _may_hold_handlers(self, path: str) -> bool:
        try:
            return SHAPED.search(self.read(path)) is not None
        except OSError:  # it is closed to us: loading it says so
            return True

    # --- what is reviewed

    def in_scope(self, path: str) -> bool:
        """Whether findings in a file belong to this review: it lies in what was named, or a named template runs it."""
        return path in self._run_by_named_templates or self.tree.in_scope(path)

    @cached_property
    def shared(self) -> frozenset[Value]:
        """The APIs whose routes lead to several functions: a request to one may start any of them."""
        led: dict[Value, set[Id]] = {}
        for trigger in self.deployment.triggers:
            if trigger.source is not None and trigger.kind in {"rest-api", "http-api"}:
                led.setdefault(trigger.source.value, set()).add(trigger.function)
        return frozenset(source for source, functions in led.items() if len(functions) > 1)

    @cached_property
    def _run_by_named_templates(self) -> frozenset[str]:
        return self.run_by(self.tree.explicit)

    def run_by(self, templates: AbstractSet[str]) -> frozenset[str]:
        """The modules of the functions that some templates define."""
        functions = ((h, h.function) for h in self.handlers if h.function is not None)
        # a Terraform function stands in one file of several, which are a template together
        named = (h for h, function in functions if {function.id.stack, function.at.path} & templates)
        return frozenset(path for h in named if h.module is not None for path in modules_of(self.values, h.module))

    @cached_property
    def reviewed(self) -> tuple[str, ...]:
        """The modules that ship in functions, with those named explicitly, in order."""
        modules: dict[str, None] = {}
        for handler in self.handlers:
            if handler.module is not None:
                modules.update(dict.fromkeys(modules_of(self.values, handler.module)))
        named = (p for p in self.tree.python if p in self.tree.explicit or (self.everything and self.tree.in_scope(p)))
        modules.update(dict.fromkeys(named))
        return tuple(path for path in modules if self.modules.module(path) is not None)

    @cached_property
    def reached(self) -> dict[tuple[str, int], list[tuple[Handler, Reached]]]:
        """Every call that a handler reaches, by module and node."""
        found: dict[tuple[str, int], list[tuple[Handler, Reached]]] = {}
        for handler in self.handlers:
            if handler.module is None:
                continue
            alone = apps.is_alone(handler.function) and handler.definition is not None
            for reached in reach(self.values, handler.module, handler.entry, self.frame(handler), alone=alone):
                found.setdefault((reached.frame.module, reached.site.call.node), []).append((handler, reached))
        return found

    def frame(self, handler: Handler) -> Frame | None:
        """The activation in which the runtime calls a handler."""
        definition = handler.definition
        if definition is None:
            return None
        event = chalice.event(handler.function, handler.triggers)
        return self.values.frame_of(definition, Arguments((event, ContextPath())))

    # --- questions about code

    def is_cached(self, frame: Frame) -> bool:
        """Whether a function's result is kept for the next call: `lru_cache`, `cache`, `cached_property`."""
        owner = self.modules.owner(frame.module, frame.owner)
        decorators = owner.decorators if isinstance(owner, facts.Function) else ()
        names = (_decorator_name(decorator) for decorator in decorators)
        return any("cache" in name.lower() or "singleton" in name.lower() for name in names)

    def outlives(self, name: facts.Name, frame: Frame) -> bool:
        """Whether a name in a function is the module's or an enclosing function's: its value outlives the call."""
        scope = self.modules.scope(frame.module, frame.owner)
        changes = {"item", "removed", "mutated"}  # of what the name stands for: they bind no name
        return name.id in scope.declared or all(d.kind in changes for d in scope.definitions.get(name.id, ()))

    def bounds_connections(self, module: str) -> bool:
        """Whether a module bounds all of its connections: a default for sockets, an adapter for sessions."""
        if module not in self._bounded:
            owners = [MODULE, *(f.node for f in getattr(self.modules.module(module), "functions", ()))]
            calls = (site.call.function for owner in owners for site in self.modules.scope(module, owner).calls)
            self._bounded[module] = any(
                isinstance(function, facts.Attribute) and function.name in {"setdefaulttimeout", "mount"}
                for function in calls
            )
        return self._bounded[module]

    def receivers(self, module: str) -> frozenset[int]:
        """The calls of a module whose result is used only to call a method of it: `connect().cursor()`."""
        if module not in self._receivers:
            owners = (MODULE, *self.modules.nodes(module))
            called = (site.call.function for owner in owners for site in self.modules.scope(module, owner).calls)
            self._receivers[module] = frozenset(
                function.value.node
                for function in called
                if isinstance(function, facts.Attribute) and isinstance(function.value, facts.Call)
            )
        return self._receivers[module]

    # --- questions about the deployment

    @cached_property
    def naming(self) -> Naming:
        """The functions of the deployment by all their names."""
        return Naming(self.deployment.functions, self.deployment.resources)

    @cached_property
    def resources(self) -> Resources:
        """The resources of the deployment by id."""
        return Resources(self.deployment.resources)

    @cached_property
    def functions_in(self) -> dict[str, list[Function]]:
        """The functions of each template."""
        return _by_template(self.deployment.functions)

    @cached_property
    def resources_in(self) -> dict[str, list[Resource]]:
        """The resources of each template."""
        return _by_template(self.deployment.resources)

    @cached_property
    def parameters_in(self) -> dict[str, list[TemplateParameter]]:
        """The parameters of each template."""
        return _by_template(self.deployment.parameters)

    @cached_property
    def triggers_of(self) -> dict[Id, list[Trigger]]:
        """The triggers of each function."""
        found: dict[Id, list[Trigger]] = {}
        for trigger in self.deployment.triggers:
            found.setdefault(trigger.function, []).append(trigger)
        return found


_Defined = TypeVar("_Defined", Function, Resource, TemplateParameter)


def _by_template(defined: Iterable[_Defined]) -> dict[str, list[_Defined]]:
    found: dict[str, list[_Defined]] = {}
    for each in defined:
        found.setdefault(each.id.stack, []).append(each)
    return found


def _named_gaps(code: str) -> str:
    """Inline code with each `${Name}` that the template fills in as a name of the same length that nothing defines."""
    return re.sub(r"\$\{([^{}\n]*)\}", lambda gap: GAP + GAP + re.sub(r"\W", "_", gap[1]) + GAP, code)


def is_python(function: Function) -> bool:
    """Whether a function runs Python, as far as its template tells."""
    runtime = string(function.runtime.value) if function.runtime else None
    return runtime is None or runtime.startswith("python")


def _decorator_name(decorator: facts.Expression) -> str:
    """The last part of a decorator's name: `lru_cache` of `@functools.lru_cache(maxsize=None)`."""
    if isinstance(decorator, facts.Call):
        decorator = decorator.function
    if isinstance(decorator, facts.Attribute):
        return decorator.name
    return decorator.id if isinstance(decorator, facts.Name) else ""


def _statements(body: facts.Block) -> Iterator[tuple[facts.Statement, facts.Statement | None]]:
    """All statements of a block at any depth, each with the first statement inside of it."""
    pending = list(reversed(body))
    while pending:
        statement = pending.pop()
        blocks = facts.blocks(statement)
        yield statement, blocks[0][0] if blocks and blocks[0] else None
        pending += [inner for block in reversed(blocks) for inner in reversed(block)]
