"""The analysis of code that is given by its text: what a handler reaches, and what the arguments of its calls are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from sources import entry, project

from reviewer.code.flow import Reached, reach
from reviewer.value import Value

HANDLER = "app.py"
"""The module of the handler, a function `handler(event, context)`."""


def followed(files: Mapping[str, str] | str, roots: Iterable[str] = ()) -> Iterator[tuple[Reached, dict[str, Value]]]:
    """Every call that the handler reaches, or that the import of its module runs, with its arguments by keyword or
    position. `roots` are folders that the handler's imports start from, before its own."""
    values = project(files)
    if roots:
        values.modules.roots[HANDLER] = tuple(roots)
    for call in reach(values, HANDLER, *entry(values)):
        yield call, dict(values.arguments(call.site.call, call.frame).pairs)


def names(files: Mapping[str, str] | str, roots: Iterable[str] = ()) -> list[str]:
    """The names of what the calls that a handler reaches can call, as far as they are known."""
    return [callee.name for call, _ in followed(files, roots) for callee in call.callees if callee.name]


def given(files: Mapping[str, str] | str, name: str, roots: Iterable[str] = ()) -> list[dict[str, Value]]:
    """The arguments of each call of the external function or operation `name`."""
    return [arguments for call, arguments in followed(files, roots) if name in (c.name for c in call.callees)]


def probed(files: Mapping[str, str] | str) -> list[Value]:
    """What the calls of `probe` (from a module of that name, which is not there) are given."""
    return [arguments["0"] for arguments in given(files, "probe.probe")]


def value(body: str, head: str = "") -> Value:
    """What `probe(…)` is given, the one call of it in the body of a handler."""
    found = probed(
        f"from probe import probe\n{textwrap.dedent(head)}\n\ndef handler(event, context):\n" + indented(body)
    )
    assert len(found) == 1, found
    return found[0]


def indented(body: str) -> str:
    """Statements as the body of a function."""
    return textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"
