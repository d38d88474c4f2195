"""Where the code of a package comes from: archives of the tree, objects that are uploaded from it, paths."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.items import Item, Written, flag
from reviewer.deploy.terraform.stack import Configuration
from reviewer.deploy.terraform.terms import Names, choices, constant, entries, is_null, known, table
from reviewer.value import UNKNOWN, Reference, Value, string

_ARCHIVE = "archive_file"
_OBJECT = "aws_s3_object"
_BUILDERS = ("null_resource.", "terraform_data.", "data.external.")
"""What runs a build, where an archive waits for it."""
_CODE = frozenset({"filename", "source_code_hash", "s3_key", "s3_object_version", "all"})
"""Arguments that say what a function's code is."""
_TELLING = ("source_path", "source_dir", "source_file", "src_path", "src_dir")
"""Variables that modules call the source of a function by."""
_STAND_IN = re.compile(r"(?:^|[^a-z])(?:placeholder|dummy)", re.IGNORECASE)
"""In the name of a file: it only stands in for code that is deployed in another way."""
_DEEPEST = 4


class Sources:
    """The archives of a configuration by what they write."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._archives: dict[str, Item] | None = None

    def code(self, node: Node, depth: int = 0) -> Node:
        """What a package holds, as the `Code` of a function: a path, or text that stands in the configuration."""
        first: Node | None = None
        for arm in choices(node):
            if is_null(arm):
                continue
            first = first or arm
            value = self.configuration.value(arm)
            archive = self.archive(value)
            packed = None if archive is None else self._packed(archive, arm)
            if packed is None and depth < _DEEPEST:
                uploaded = self._uploaded(value)
                packed = None if uploaded is None else self.code(uploaded, depth + 1)
            if packed is not None:
                return packed
        return first or node

    def archive(self, value: Value | None) -> Item | None:
        """The archive that a package is, by reference or by its path."""
        if isinstance(value, Reference):
            found = self.configuration.items.get(value.name)
            return found if found is not None and found.type == _ARCHIVE else None
        path = string(value)
        return None if path is None else self._written.get(posixpath.normpath(path))

    @property
    def _written(self) -> dict[str, Item]:
        if self._archives is None:
            self._archives = {}
            for item in self.configuration.items.values():
                path = string(self._value(item, "output_path")) if item.type == _ARCHIVE else None
                if path is not None:
                    self._archives[posixpath.normpath(path)] = item
        return self._archives

    def _value(self, item: Item, name: str) -> Value | None:
        node = item.given(name)
        return None if node is None else self.configuration.value(node)

    def _uploaded(self, value: Value | None) -> Node | None:
        """What is uploaded as the object that a value names."""
        found = self.configuration.items.get(value.name) if isinstance(value, Reference) else None
        return found.given("source") if found is not None and found.type == _OBJECT else None

    # --- functions and layers -------------------------------------------------------------------------------------

    def of(self, item: Item) -> Node | None:
        """The code of a function or a layer; unknown where Terraform leaves it to others."""
        given = item.given("filename")
        if item.ignored & _CODE:
            return known(item.key, UNKNOWN)
        if given is not None:
            found = self.code(given)
            return (None if self._is_known(found) else self._told(item)) or found
        key = item.given("s3_key")
        if key is None:
            return None
        found = self.code(key)
        is_elsewhere = found is key or isinstance(self.configuration.value(found), Reference)
        return table(key, {"S3Key": key}) if is_elsewhere else found

    def _is_known(self, node: Node) -> bool:
        return string(self.configuration.value(node)) is not None

    def _told(self, item: Item) -> Node | None:
        """The source that a variable of the module leads to, where a build out of sight makes the package of it."""
        module = self._module(item)
        variables = item.scope.name("var") if module and isinstance(item, Written) else None
        if not isinstance(variables, Names):
            return None
        given = (variables.lookup(name) for name in _TELLING)
        return next((node for node in given if node is not None and self._holds(node, module)), None)

    def _module(self, item: Item) -> str:
        """The path of the module that a handler is in, without its ending; empty where that is not known."""
        handler = item.given("handler")
        written = string(self.configuration.value(handler)) if handler is not None else None
        return (written or "").rpartition(".")[0].replace(".", "/")

    def of_module(self, item: Item) -> Node | None:
        """The code that a module of the registry packs."""
        if flag(item.given("ignore_source_code_hash"), self.configuration):
            return known(item.key, UNKNOWN)
        for name in ("local_existing_package", "s3_existing_package"):
            given = item.given(name)
            if given is not None:
                return self.code(given) if name.startswith("local") else table(given, {"S3Key": given})
        paths = self._paths(item)
        module = self._module(item)
        return next((path for path in paths if module and self._holds(path, module)), paths[0] if paths else None)

    def _paths(self, item: Item) -> list[Node]:
        """What a module packs to the top of its package."""
        given = item.given("source_path")
        found: list[Node] = []
        for each in given.items if isinstance(given, ListNode) else () if given is None else (given,):
            inside = entries(each)
            path = each if inside is None else inside.get("path")
            is_top = inside is None or "prefix_in_zip" not in inside
            if path is not None and is_top and string(self.configuration.value(path)) is not None:
                found.append(path)
        return found

    def _holds(self, path: Node, module: str) -> bool:
        """Whether a folder, or a file, is where a module is imported from."""
        files = self.configuration.files
        place = files.path(self.configuration.path, string(self.configuration.value(path)) or "")
        if place is None:
            return False
        if place.endswith(".py"):
            return posixpath.basename(place) == f"{module}.py"
        return files.exists(f"{place}/{module}.py" if place else f"{module}.py")

    def is_built(self, item: Item) -> bool:
        """Whether a build step has to run before a function's package is made."""
        if item.mode == "module":
            given = item.given("source_path")
            parts = given.items if isinstance(given, ListNode) else ()
            return _waits(item) or any("commands" in (entries(part) or ()) for part in parts)
        package = item.given("filename")
        archives = (self.archive(self.configuration.value(arm)) for arm in choices(package)) if package else ()
        return _waits(item) or any(_waits(archive) for archive in archives if archive is not None)

    # --- archives -------------------------------------------------------------------------------------------------

    def _packed(self, archive: Item, at: Node) -> Node | None:
        """What an archive holds."""
        for name in ("source_dir", "source_file"):
            given = archive.given(name)
            path = None if given is None else string(self.configuration.value(given))
            if path is not None:
                return known(at, UNKNOWN) if _STAND_IN.search(posixpath.basename(path)) else constant(at, path)
            if given is not None:
                return given
        return next(self._contents(archive, at), None)

    def _contents(self, archive: Item, at: Node) -> Iterator[Node]:
        """What an archive holds whose files are given one by one: a file of the tree, or text."""
        blocks = archive.given("source")
        for block in blocks.items if isinstance(blocks, ListNode) else ():
            content = block.get("content") if isinstance(block, Mapping) else None
            filename = block.get("filename") if isinstance(block, Mapping) else None
            name = string(self.configuration.value(filename)) if filename is not None else None
            if content is None or name is None or not name.endswith(".py"):
                continue
            if isinstance(content, Scalar) and content.source.text == content.value:
                yield constant(at, posixpath.relpath(content.source.path, self.configuration.folder or "."))
            elif len(blocks.items if isinstance(blocks, ListNode) else ()) == 1:
                yield table(at, {"ZipFile": content})


def _waits(item: Item) -> bool:
    """Whether an item waits for a build."""
    return any(builder in item.after for builder in _BUILDERS)
