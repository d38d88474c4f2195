"""Values of templates and code in words: the name of a resource, a filter."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reviewer.deploy.model import Setting
from reviewer.hops import Filtered
from reviewer.value import Constant, Items, Parameter, Pseudo, Reference, Table, Text, Value, options, string

GAP = "…"
"""Stands for what is not known."""


def name_of(value: Value) -> str:
    """How a value reads as a name, with what the deployment fills in as `${Name}`; "" where a part is not known."""
    match value:
        case Constant(str() as written):
            return written
        case Parameter(name=name) | Pseudo(name=name):
            return f"${{{name}}}"
        case Reference(name=name, attribute=attribute):
            return f"${{{name}}}" if attribute == "Ref" else f"${{{name}.{attribute}}}"
        case Text(parts):
            read = [name_of(part) for part in parts]
            return "".join(read) if all(read) else ""
    return ""


def text_of(setting: Setting[Value] | None) -> str:
    """A setting as text: a schedule's expression. "" where it is not set, or a part of it is not known."""
    return " or ".join(filter(None, map(name_of, options(setting.value)))) if setting is not None else ""


def filter_of(filtered: Filtered) -> str:
    """What a trigger or a link lets through; "" for everything."""
    return ", ".join(_filters(filtered))


def _filters(filtered: Filtered) -> Iterator[str]:
    if filtered.enabled is not None and filtered.enabled.value == Constant(False):
        yield "disabled"
    yield from (_written(setting) for setting in filtered.events)
    for what, setting in (("prefix", filtered.prefix), ("suffix", filtered.suffix)):
        if setting is not None and string(setting.value) != "":
            yield f"{what} {_written(setting)}"
    patterns = [_written(setting) for setting in filtered.patterns if setting.value != Constant("")]
    if patterns:
        yield " or ".join(patterns)


def _written(setting: Setting[Value]) -> str:
    return " or ".join(name_of(option) or json_of(option) for option in options(setting.value))


def json_of(value: Value) -> str:
    """A structure as JSON; what is not known of it is `GAP`."""
    match value:
        case Constant(bytes() | complex()):
            return GAP
        case Constant(written):
            return json.dumps(written, ensure_ascii=False)
        case Items(items, open=is_open):
            return f"[{', '.join([*map(json_of, items), *([GAP] if is_open else [])])}]"
        case Table(entries, open=is_open):
            inside = [f"{json.dumps(key, ensure_ascii=False)}: {json_of(entry)}" for key, entry in entries]
            return f"{{{', '.join([*inside, *([GAP] if is_open else [])])}}}"
    return name_of(value) or GAP
