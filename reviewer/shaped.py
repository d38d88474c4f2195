"""Functions that look like handlers, where no template says which are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviewer.code import facts

SHAPED = re.compile(rb"def\s+\w+\s*\(\s*\w*(?:event|evt)\w*|def\s+\w*handler\w*\s*\(", re.IGNORECASE)
"""What the bytes of a module with a handler contain: decides, before anything is parsed, which modules matter."""
EVENT = re.compile(r"_*(?:\w+_)?(?:event|evt)s?", re.IGNORECASE)
CONTEXT = re.compile(r"_+|_*(?:\w+_)?(?:context|ctx|ctxt)", re.IGNORECASE)
CALLED_HANDLER = re.compile(r"(?:\w+_)?handler|handler_\w+|handle", re.IGNORECASE)


def is_called_handler(name: str) -> bool:
    """Whether a function's name says that it is a handler."""
    return CALLED_HANDLER.fullmatch(name) is not None


def run_elsewhere(scripts: Iterable[str], paths: Iterable[str]) -> Iterator[str]:
    """The modules among some paths that another service runs, which names them by the end of their path."""
    ends: dict[str, list[str]] = {}
    for script in scripts:
        ends.setdefault(script.rpartition("/")[2], []).append(f"/{script}")
    for path in paths if ends else ():
        if any(f"/{path}".endswith(end) for end in ends.get(path.rpartition("/")[2], ())):
            yield path


def shaped(module: facts.Module) -> Iterator[facts.Function]:
    """The functions of a module that look like handlers and that the module itself does not use."""
    for statement in module.body:
        if not isinstance(statement, facts.Function) or not _is_shaped(statement):
            continue
        if is_called_handler(statement.name) or statement.name not in module.names_read:
            yield statement


def _is_shaped(function: facts.Function) -> bool:
    plain = [p for p in function.parameters if p.kind in {"positional", "normal"} and p.default is None]
    if len(plain) != 2 or any(p.kind == "keyword" and p.default is None for p in function.parameters):
        return False
    event, context = (parameter.name for parameter in plain)
    return bool(EVENT.fullmatch(event) and CONTEXT.fullmatch(context))
