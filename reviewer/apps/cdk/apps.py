"""The CDK apps of a tree: the module that is the program, the folder that it runs in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any

from reviewer.apps.cdk.names import uses_library
from reviewer.code.modules import Modules
from reviewer.deploy.files import Files
from reviewer.discover import CDK as CONFIGURATION
from reviewer.discover import MANIFEST, SYNTHESISED, Tree
from reviewer.value import UNKNOWN, Constant, Items, Table, Value

LAMBDA = re.compile(rb"aws_(?:lambda|sam)\b|aws_lambda_|\btriggers\b")
CONTEXT = "cdk.context.json"
DEEPEST = 20
_PROGRAM = re.compile(r"(?:^|\s|/)python[\w.]*\s+(?:-\S+\s+)*(?P<path>[\w./-]+\.py)\b")


@dataclass(frozen=True, slots=True)
class App:
    """An app. `program` is the module that is run, in `folder`; `context` the values that it is run with.

    `named` says whether its configuration names the program: what it does not make is then not deployed. `members` are
    the modules below the folder that use the CDK.
    """

    program: str
    folder: str
    named: bool
    members: tuple[str, ...]
    context: dict[str, Value] = field(default_factory=dict)


def apps(modules: Modules, tree: Tree, read: Callable[[str], bytes], files: Files) -> Iterator[App]:
    """The apps of a tree that make functions, and that no output of a synthesis lies beside."""
    groups: dict[str, list[str]] = {}
    configured = {dirname(path) for path in tree.templates if path.rpartition("/")[2] == CONFIGURATION}
    for path in tree.python:
        if uses_library(read(path)):
            groups.setdefault(_folder(path, configured), []).append(path)
    outputs = _outputs(tree, groups)
    for folder, members in groups.items():
        if folder in outputs or not any(LAMBDA.search(read(path)) for path in members):
            continue
        program, context = _configuration(folder, files) if folder in configured else ("", {})
        program = normpath(join(folder, program)) if program else ""
        if program in modules.files:
            yield App(program, folder, True, tuple(members), context)
            continue
        for each in _unimported(modules, members):
            yield App(each, folder if folder in configured else dirname(each), False, tuple(members), context)


def _outputs(tree: Tree, folders: Iterable[str]) -> set[str]:
    """The folders of apps that a synthesis has read already: its output lies in them, or was said to be another folder.

    Where such a folder lies in none of the apps, it is that of all.
    """
    listed = set(tree.templates)
    found = {folder for folder in folders if join(folder, SYNTHESISED, MANIFEST) in listed}
    for output in tree.synthesised:
        around = {folder for folder in folders if not folder or f"{output}/".startswith(f"{folder}/")}
        found |= {max(around, key=len)} if around else set(folders)
    return found


def _folder(path: str, configured: set[str]) -> str:
    """The nearest folder around a module that is configured as an app; without any, the module's own."""
    folder = dirname(path)
    while folder and folder not in configured:
        folder = dirname(folder)
    return folder if folder in configured else dirname(path)


def _unimported(modules: Modules, members: Iterable[str]) -> list[str]:
    """The modules that none of the others import."""
    members = list(members)
    imported = {target for path in members for target in modules.imports(path) if target != path}
    return [path for path in members if path not in imported]


def _configuration(folder: str, files: Files) -> tuple[str, dict[str, Value]]:
    """The program that a folder's `cdk.json` names, and its context: first its own, then what lookups left beside it.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/context.html
    """
    written = _object(files.data(join(folder, CONFIGURATION)))
    command, context = written.get("app"), written.get("context")
    found = _PROGRAM.search(command) if isinstance(command, str) else None
    known = _object(files.data(join(folder, CONTEXT))) | (context if isinstance(context, dict) else {})
    return found["path"] if found else "", {name: _value(entry) for name, entry in known.items()}


def _object(data: bytes | None) -> dict[str, Any]:
    """An object of JSON; empty for anything else."""
    try:
        written = json.loads(data or b"")
    except (ValueError, RecursionError):
        return {}
    return written if isinstance(written, dict) else {}


def _value(written: object, depth: int = 0) -> Value:
    """A value of JSON."""
    if depth > DEEPEST:
        return UNKNOWN
    if isinstance(written, dict):
        return Table(tuple((str(name), _value(entry, depth + 1)) for name, entry in written.items()))
    if isinstance(written, list):
        return Items(tuple(_value(item, depth + 1) for item in written))
    return Constant(written) if isinstance(written, str | int | float | bool | None) else UNKNOWN
