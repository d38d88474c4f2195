"""The local modules: loaded when asked for, joined by their imports, their scopes resolved once."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from reviewer.code import facts
from reviewer.code.classes import Classes, is_computed
from reviewer.code.facts import Module
from reviewer.code.resolve import resolve
from reviewer.code.scopes import Definition, Owner, Scope
from reviewer.value import MODULE, UNKNOWN, External, LocalModule, Value

BUILTINS = frozenset(dir(builtins))

PROVIDED = sys.stdlib_module_names | {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
"""The modules that Lambda's runtimes bring: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html.

A folder of such a name without an `__init__.py` is none of them."""

Elsewhere = tuple[tuple[tuple[int, ...], Definition], ...]
"""Definitions of a scope's name that stand in functions in it, each with the nodes of the functions around it."""

Matters = Callable[[Scope, str, Definition], bool]


class Modules:
    """The modules of the reviewed tree.

    `files` are the paths of all Python files that imports may lead to; `load` gives the facts of one, or None where it
    cannot be read. A path that ends in "/" is a package without `__init__.py`. `installed` are names of packages that
    are never those of the tree, whatever its folders are called.
    """

    def __init__(
        self, files: Iterable[str], load: Callable[[str], Module | None], installed: frozenset[str] = frozenset()
    ) -> None:
        self.files = frozenset(files)
        self.load = load
        self.installed = installed
        self.loaded: dict[str, Module | None] = {}
        self.scopes: dict[tuple[str, int], Scope] = {}
        self.owners: dict[str, dict[int, Owner]] = {}
        self.roots: dict[str, tuple[str, ...]] = {}
        self.found: dict[tuple[str, str, int], Value] = {}
        self._elsewhere: dict[tuple[str, int, str], dict[str, Elsewhere]] = {}
        self._stars: dict[str, list[Value]] = {}
        self._class_bodies: dict[str, list[int]] = {}
        self._imports: dict[str, list[str]] = {}
        self.classes = Classes(self)
        self.properties: set[str] = set()
        """The names of all properties of the classes of the modules that are loaded."""

    # --- facts

    def module(self, path: str) -> Module | None:
        """The facts of a module; None where there are none."""
        if path not in self.loaded:
            module = self.loaded[path] = None if path.endswith("/") else self.load(path)
            functions = module.functions if module is not None else ()
            self.properties.update(function.name for function in functions if is_computed(function))
        return self.loaded[path]

    def owner(self, path: str, node: int) -> Owner | None:
        """The function, class or lambda at a node of a module, or the module itself."""
        owners = self.owners.get(path)
        if owners is None:
            module = self.module(path)
            owners = {}
            if module is not None:
                owners[MODULE] = module
                owners.update({function.node: function for function in module.functions})
                owners.update({cls.node: cls for cls in module.classes})
                owners.update({each.node: each for each in module.lambdas})
            self.owners[path] = owners
        return owners.get(node)

    def nodes(self, path: str) -> Iterator[int]:
        """The nodes of all functions, classes and lambdas of a module."""
        self.owner(path, MODULE)
        return (node for node in self.owners[path] if node != MODULE)

    def class_bodies(self, path: str) -> list[int]:
        """The nodes of the classes that run when a module is imported: those that do not stand in functions."""
        if path not in self._class_bodies:
            pending = list((self.module(path) or EMPTY).body)
            found = self._class_bodies[path] = []
            while pending:
                statement = pending.pop()
                if isinstance(statement, facts.Class):
                    found.append(statement.node)
                if not isinstance(statement, facts.Function):
                    pending += (inner for block in facts.blocks(statement) for inner in block)
        return self._class_bodies[path]

    def scope(self, path: str, node: int) -> Scope:
        """The resolved names of a function, class, lambda or module."""
        key = (path, node)
        if key not in self.scopes:
            owner = self.owner(path, node)
            self.scopes[key] = resolve(owner if owner is not None else EMPTY)
        return self.scopes[key]

    def assigned_inside(self, path: str, owner: int, name: str) -> Elsewhere:
        """What functions in a scope assign to its `name` after declaring it global or nonlocal."""
        module = self.module(path)
        if module is None or name not in module.declared_names:
            return ()
        word = "global" if owner == MODULE else "nonlocal"
        return self._inside(path, owner, word, lambda scope, name, _: scope.declared.get(name) == word).get(name, ())

    def changed_inside(self, path: str, owner: int, name: str) -> Elsewhere:
        """What functions in a scope make of its list or dict `name` by changing it."""
        return self._inside(path, owner, "changed", _is_change_of_outside).get(name, ())

    def _inside(self, path: str, owner: int, kind: str, matters: Matters) -> dict[str, Elsewhere]:
        """The definitions in functions of a scope that matter to it, by name."""
        key = (path, owner, kind)
        if key not in self._elsewhere:
            found = self._elsewhere[key] = {}
            for way in self._functions_inside(path, owner):
                scope = self.scope(path, way[-1])
                for name, definitions in scope.definitions.items():
                    matter = tuple((way, each) for each in definitions if matters(scope, name, each))
                    if matter:
                        found[name] = (*found.get(name, ()), *matter)
        return self._elsewhere[key]

    def _functions_inside(self, path: str, owner: int) -> Iterator[tuple[int, ...]]:
        """The functions and lambdas in a scope, each by the nodes of those around it and its own."""
        if owner == MODULE:  # whose names are seen from everywhere
            module = self.module(path) or EMPTY
            yield from ((function.node,) for function in module.functions)
            yield from ((each.node,) for each in module.lambdas)
            return
        for node in self.scope(path, owner).closures:
            yield (node,)
            yield from ((node, *way) for way in self._functions_inside(path, node))

    def star_imports(self, path: str) -> list[Value]:
        """The modules that a module imports all names from."""
        if path not in self._stars:
            module = self.module(path)
            self._stars[path] = [
                self.find(path, name, statement.level)
                for statement in (module.imports if module else ())
                for name, member, _ in statement.names
                if member == "*"
            ]
        return self._stars[path]

    def imports(self, path: str) -> list[str]:
        """The local modules that a module names in its imports, anywhere in it, with the packages around them."""
        if path not in self._imports:
            module = self.module(path)
            targets: dict[str, None] = {}
            for statement in module.imports if module else ():
                for name, member, _ in statement.names:
                    for target in self._named(path, name, member, statement.level):
                        targets[target] = None
            self._imports[path] = list(targets)
        return self._imports[path]

    def _named(self, importer: str, name: str, member: str, level: int) -> Iterator[str]:
        """The local modules that one name of an import makes Python load."""
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            found = self.find(importer, ".".join(parts[:length]), level)
            if isinstance(found, LocalModule):
                yield found.module
        inner = self.submodule(found.module, member) if isinstance(found, LocalModule) and member else None
        if isinstance(inner, LocalModule):
            yield inner.module

    @staticmethod
    def is_builtin(name: str) -> bool:
        return name in BUILTINS

    # --- imports

    def find(self, importer: str, dotted: str, level: int) -> Value:
        """What `import dotted` (or `from ...dotted import`, with `level` dots) of a module leads to."""
        key = (importer, dotted, level)
        if key not in self.found:
            self.found[key] = self._find(importer, dotted, level)
        return self.found[key]

    def _find(self, importer: str, dotted: str, level: int) -> Value:
        relative = dotted.replace(".", "/")
        if level:
            around = importer.split("/")[:-level]
            if len(around) + level != len(importer.split("/")):
                return UNKNOWN
            return self._local(importer, ("/".join(around),), relative) or UNKNOWN
        if dotted.partition(".")[0] in self.installed:
            return External(dotted)
        roots = self.roots_of(importer)
        if len(roots) > 1 and relative.partition("/")[0] in PROVIDED:
            roots = roots[:-1]  # its own folder is where a module finds others only as long as nothing else is known
        return self._local(importer, roots, relative) or External(dotted)

    def submodule(self, path: str, name: str) -> Value | None:
        """A module inside of a package."""
        if not path.endswith(("/__init__.py", "/")) and path != "__init__.py":
            return None
        return self._local(path, (path.rpartition("/")[0],), name)

    def _local(self, importer: str, folders: Iterable[str], relative: str) -> LocalModule | None:
        """A module below some folders: a package before a module of its name, both before a folder without either."""
        bases = ["/".join(part for part in (folder, relative) if part) for folder in folders]
        modules = [path for base in bases for path in (f"{base}/__init__.py" if base else "__init__.py", f"{base}.py")]
        packages = [f"{base}/" for base in bases] if relative.partition("/")[0] not in PROVIDED else []
        for path in (*(modules if relative else modules[::2]), *packages):
            if path in self.files or path in self.folders:
                known = self.roots.get(path, ())
                self.roots[path] = tuple(dict.fromkeys((*known, *self.roots_of(importer))))
                return LocalModule(path)
        return None

    @cached_property
    def folders(self) -> frozenset[str]:
        """The folders that hold Python files, at any depth, with a slash at the end."""
        folders: set[str] = set()
        for file in self.files:
            folder = file.rpartition("/")[0]
            while folder and f"{folder}/" not in folders:
                folders.add(f"{folder}/")
                folder = folder.rpartition("/")[0]
        return frozenset(folders)

    def roots_of(self, path: str) -> tuple[str, ...]:
        """The folders that absolute imports of a module start from: those of its function, then its own."""
        return (*self.roots.get(path, ()), path.rpartition("/")[0])


def _is_change_of_outside(_: Scope, __: str, definition: Definition) -> bool:
    return any(before.kind == "outside" for before in definition.before)


EMPTY = Module("", (), (), ())
