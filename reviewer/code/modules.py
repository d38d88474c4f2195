"""The local modules: loaded when asked for, joined by their imports, their scopes resolved once."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from reviewer.code import facts
from reviewer.code.classes import Classes
from reviewer.code.facts import Module
from reviewer.code.scopes import Definition, Owner, Scope, resolve
from reviewer.value import MODULE, UNKNOWN, External, LocalModule, Value

BUILTINS = frozenset(dir(builtins))


class Modules:
    """The modules of the reviewed tree.

    `files` are the paths of all Python files that imports may lead to; `load` gives the facts of one, or None where it
    cannot be read. A path that ends in "/" is a package without `__init__.py`.
    """

    def __init__(self, files: Iterable[str], load: Callable[[str], Module | None]) -> None:
        self.files = frozenset(files)
        self.load = load
        self.loaded: dict[str, Module | None] = {}
        self.scopes: dict[tuple[str, int], Scope] = {}
        self.owners: dict[str, dict[int, Owner]] = {}
        self.roots: dict[str, tuple[str, ...]] = {}
        self.found: dict[tuple[str, str, int], Value] = {}
        self.classes = Classes(self)

    # --- facts

    def module(self, path: str) -> Module | None:
        """The facts of a module; None where there are none."""
        if path not in self.loaded:
            self.loaded[path] = None if path.endswith("/") else self.load(path)
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

    def scope(self, path: str, node: int) -> Scope:
        """The resolved names of a function, class, lambda or module."""
        key = (path, node)
        if key not in self.scopes:
            owner = self.owner(path, node)
            self.scopes[key] = resolve(owner if owner is not None else EMPTY)
        return self.scopes[key]

    def assigned_globally(self, path: str, name: str) -> list[tuple[int, Definition]]:
        """What functions of a module assign to `name` after declaring it global, with the functions' nodes."""
        module = self.module(path)
        if module is None or name not in module.global_names:
            return []
        scopes = [(function.node, self.scope(path, function.node)) for function in module.functions]
        return [
            (node, definition)
            for node, scope in scopes
            if scope.declared.get(name) == "global"
            for definition in scope.definitions.get(name, ())
        ]

    def star_imports(self, path: str) -> list[Value]:
        """The modules that a module imports all names from."""
        module = self.module(path)
        return [
            self.find(path, name, statement.level)
            for statement in (module.body if module else ())
            if isinstance(statement, facts.Import)
            for name, member, _ in statement.names
            if member == "*"
        ]

    def imports(self, path: str) -> list[str]:
        """The local modules that a module names in its imports, anywhere in it."""
        module = self.module(path)
        if module is None:
            return []
        targets: dict[str, None] = {}
        for statement in module.imports:
            for name, member, _ in statement.names:
                found = self.find(path, name, statement.level)
                inner = self.submodule(found.module, member) if isinstance(found, LocalModule) and member else None
                for target in (found, inner):
                    if isinstance(target, LocalModule):
                        targets[target.module] = None
        return list(targets)

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
            folder = importer.rpartition("/")[0]
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            return self._local(importer, (folder,), relative) or UNKNOWN
        return self._local(importer, self.roots_of(importer), relative) or External(dotted)

    def submodule(self, path: str, name: str) -> Value | None:
        """A module inside of a package."""
        if not path.endswith(("/__init__.py", "/")) and path != "__init__.py":
            return None
        return self._local(path, (path.rpartition("/")[0],), name)

    def _local(self, importer: str, folders: Iterable[str], relative: str) -> LocalModule | None:
        for folder in folders:
            base = "/".join(part for part in (folder, relative) if part)
            for path in (f"{base}.py", f"{base}/__init__.py" if base else "__init__.py", f"{base}/"):
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


EMPTY = Module("", (), (), ())
