"""Deployments that are written as Python: read by the value analysis, never run.

A reader is a module of this room with `read(modules, values, tree, read, locate) -> Deployment`, where `read` gives the
bytes of a file and `locate` the lines and columns of a place in code. It looks at bytes before it has anything parsed:
most trees hold no such deployment.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reviewer.code.modules import Modules
from reviewer.code.values import Values
from reviewer.deploy.model import Deployment, Function
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.rule import Place

READERS: tuple[str, ...] = ("cdk", "chalice", "zappa")
"""Names of modules of this room."""


def read(
    modules: Modules,
    values: Values,
    tree: Tree,
    read: Callable[[str], bytes],
    locate: Callable[[Place], Location],
) -> Deployment:
    """All deployments of a tree that are written as Python, side by side."""

    def content(path: str) -> bytes:
        try:
            return read(path)
        except OSError:  # gone since it was listed, or not for us to read: whoever reviews the file says so
            return b""

    found = Deployment()
    for name in READERS:
        reader = import_module(f"reviewer.apps.{name}")
        found = found.joined(reader.read(modules, values, tree, content, locate))
    return found


def is_alone(function: Function | None) -> bool:
    """Whether a Python function that is the handler gets its events alone, whatever else its module registers."""
    return function is not None and function.dialect in {"chalice", "zappa"}
