"""Modules for tests, given by their text: their facts, their scopes, the values of their expressions."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping

from reviewer.code import facts
from reviewer.code.extract import extract
from reviewer.code.flow import Reached, reach
from reviewer.code.library import Arguments
from reviewer.code.modules import Modules
from reviewer.code.scopes import Scope
from reviewer.code.source import Source
from reviewer.code.values import Values
from reviewer.value import MODULE, ContextPath, EventPath, Frame, LocalFunction, Value

sys.setrecursionlimit(20_000)  # as the review does


def fact(text: str, path: str = "app.py") -> facts.Module:
    """The facts of a module; its text may be indented as a whole."""
    source = Source(path, textwrap.dedent(text))
    return extract(source, source.tree())


def project(files: Mapping[str, str] | str) -> Values:
    """The evaluator over some modules, by path; of one text, over the module `app.py`."""
    texts = {"app.py": files} if isinstance(files, str) else files
    return Values(Modules(texts, lambda path: fact(texts[path], path)))


def owner(values: Values, name: str = "", path: str = "app.py") -> int:
    """The node of the last function or class of a name; of the module for an empty one."""
    module = values.modules.module(path)
    assert module is not None
    nodes = [each.node for each in (*module.functions, *module.classes) if each.name == name]
    return nodes[-1] if name else MODULE


def scope(text: str, name: str = "") -> Scope:
    """The scope of a function or class of a module, or of the module itself."""
    values = project(text)
    return values.modules.scope("app.py", owner(values, name))


def entry(values: Values, name: str = "handler", path: str = "app.py") -> tuple[LocalFunction, Frame]:
    """A handler and the activation in which the runtime calls it."""
    function = values.member(path, name)
    assert isinstance(function, LocalFunction)
    return function, values.frame_of(function, Arguments((EventPath(), ContextPath())))


def reached(files: Mapping[str, str] | str, name: str = "handler", path: str = "app.py") -> list[Reached]:
    """All calls that a handler reaches, import first."""
    values = project(files)
    return list(reach(values, path, *entry(values, name, path)))


def shown(files: Mapping[str, str] | str, path: str = "app.py") -> list[Value]:
    """The values of what the handler hands to the functions `show`, wherever it does so, in order."""
    values = project(files)
    function, frame = entry(values, "handler", path)
    return list(_shown(values, reach(values, path, function, frame)))


def _shown(values: Values, calls: Iterator[Reached]) -> Iterator[Value]:
    for each in calls:
        function = each.site.call.function
        if isinstance(function, facts.Name) and function.id == "show":
            yield from values.arguments(each.site.call, each.frame).positional
