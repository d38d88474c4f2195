"""Which function does a value name, and does it name a version or an alias of it?

A function is named by reference (`Ref`, `Arn`, SAM's `Alias`), by an alias or version resource, by its name, by a whole
or partial ARN, by the invocation URI of an API integration. Source:
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from reviewer.deploy.catalogue import ALIAS, VERSION
from reviewer.deploy.model import Function, Id, Resource
from reviewer.value import (
    UNKNOWN,
    Constant,
    Lookup,
    Parameter,
    Reference,
    Table,
    Text,
    Unknown,
    Value,
    contains,
    options,
    string,
    text,
)

LATEST = "$LATEST"

_URI = re.compile(r"lambda:path/[-0-9]+/functions/")
_INVOCATIONS = re.compile(r"/(?:response-streaming-)?invocations.*", re.DOTALL)
_OWN = frozenset({"Ref", "Arn"})
_ARN = re.compile(r"(?:.*:)?function:", re.DOTALL)
_DEEPEST = 8
_NAMESAKES = 8
_NAMES = (Constant, Text, Parameter, Lookup)
"""What can be a function's name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A function that a value names. `qualifier`: the version or alias that it names as well; UNKNOWN for one that is
    made by the deployment (the number of a version)."""

    function: Id
    qualifier: Value | None = None

    @property
    def is_pinned(self) -> bool:
        """Whether it names a version or an alias other than `$LATEST`."""
        return self.qualifier is not None and string(self.qualifier) != LATEST

    @property
    def alias(self) -> str:
        """The qualifier as text; "?" where it is not constant, empty where there is none."""
        return "" if self.qualifier is None else string(self.qualifier) or "?"


class Naming:
    """The functions of a deployment by all their names."""

    def __init__(self, functions: Iterable[Function], resources: Iterable[Resource] = ()) -> None:
        self._functions: dict[Id, Function] = {}
        self._names: dict[Value, list[Id]] = {}
        self._aliases: dict[Id, Id] = {}
        for function in functions:
            self._functions[function.id] = function
            if function.name is not None:
                for name in filter(_is_known, options(function.name.value)):
                    self._names.setdefault(name, []).append(function.id)
            alias = string(function.alias.value) if function.alias else None
            if alias is not None:
                # The logical id that SAM gives to the alias of AutoPublishAlias.
                self._aliases[Id(function.id.stack, f"{function.id.name}Alias{alias}")] = function.id
        self._published = {resource.id: resource for resource in resources if resource.type in (ALIAS, VERSION)}

    @cached_property
    def versioned(self) -> frozenset[Id]:
        """The functions that publish a version, with an alias or without."""
        by_setting = {id_ for id_, function in self._functions.items() if _publishes(function)}
        return frozenset(self._with_alias | by_setting | self._publishing(VERSION))

    @cached_property
    def aliased(self) -> frozenset[Id]:
        """The functions that have an alias, whatever it points to."""
        return frozenset(self._with_alias | self._publishing(ALIAS))

    @cached_property
    def _with_alias(self) -> set[Id]:
        return {id_ for id_, function in self._functions.items() if function.alias is not None}

    def _publishing(self, kind: str) -> set[Id]:
        return {
            target.function
            for resource in self._published.values()
            if resource.type == kind and isinstance(resource.properties, Table)
            for target in self.targets(resource.properties.get("FunctionName"), resource.id.stack)
        }

    def targets(self, value: Value | None, stack: str = "") -> tuple[Target, ...]:
        """The functions of the deployment that a value names, one for each possibility.

        `stack` is the template that the value stands in: its functions go before those of the same name elsewhere.
        """
        return tuple(dict.fromkeys(self._targets(value, stack, 0)))

    def target(self, value: Value | None, stack: str = "") -> Target | None:
        """The first function that a value names; None where it names none of the deployment."""
        return next(iter(self._targets(value, stack, 0)), None)

    def _targets(self, value: Value | None, stack: str, depth: int) -> Iterator[Target]:
        if value is None or depth > _DEEPEST:
            return
        for option in options(value):
            if isinstance(option, _NAMES) and option in self._names:
                yield from self._named(option, stack, None)
                continue
            match option:
                case Reference():
                    yield from self._referenced(option, stack, depth)
                case Parameter(options=choices):
                    for choice in choices:
                        yield from self._targets(choice, stack, depth + 1)
                case Constant(value=str()):
                    yield from self._written((option,), stack, depth)
                case Text(parts=parts):
                    yield from self._written(parts, stack, depth)

    def _referenced(self, reference: Reference, stack: str, depth: int) -> Iterator[Target]:
        id_, attribute = Id(reference.stack, reference.name), reference.attribute
        function = self._functions.get(id_)
        if function is not None:
            if attribute in _OWN:
                yield Target(id_)
            elif attribute == "Alias" and function.alias is not None:
                yield Target(id_, function.alias.value)
            elif attribute in ("Alias", "Version"):
                yield Target(id_, UNKNOWN)
        elif id_ in self._aliases:
            aliased = self._functions[self._aliases[id_]]
            yield Target(aliased.id, aliased.alias.value if aliased.alias else UNKNOWN)
        elif id_ in self._published and attribute in ("Ref", "AliasArn", "FunctionArn"):
            published = self._published[id_]
            if isinstance(published.properties, Table):
                named = published.name.value if published.name and published.type == ALIAS else UNKNOWN
                for target in self._targets(published.properties.get("FunctionName"), stack, depth + 1):
                    yield Target(target.function, named)

    def _written(self, parts: tuple[Value, ...], stack: str, depth: int) -> Iterator[Target]:
        """The function that a text names."""
        parts = _without_uri(parts)
        first = parts[0] if parts else None
        if isinstance(first, Reference | Parameter):
            qualifier = _qualifier(parts[1:])
            if len(parts) == 1 or qualifier is not None:
                for target in self._targets(first, stack, depth + 1):
                    yield Target(target.function, target.qualifier if qualifier is None else qualifier)
                return
        name, qualifier = _name_and_qualifier(parts)
        if name is None:
            return
        if isinstance(name, Reference):
            yield from (Target(found.function, qualifier) for found in self._referenced(name, stack, depth + 1))
            return
        yield from self._named(name, stack, qualifier)

    def _named(self, name: Value, stack: str, qualifier: Value | None) -> Iterator[Target]:
        known = self._names.get(name, ())
        for id_ in ([id_ for id_ in known if id_.stack == stack] or known)[:_NAMESAKES]:
            yield Target(id_, qualifier)


def _publishes(function: Function) -> bool:
    """Whether a setting of the function's own says that it publishes versions, or may say so."""
    return function.publishes is not None and function.publishes.value != Constant(False)


def is_function_arn(value: Value) -> bool:
    """Whether a text is the ARN of a function, of this deployment or another."""
    parts = value.parts if isinstance(value, Text) else (value,)
    return any(":function:" in (string(part) or "") for part in parts)


def _is_known(name: Value) -> bool:
    """Whether a name can be compared: an unknown part is equal to nothing."""
    return isinstance(name, _NAMES) and not contains(name, (Unknown,))


def _without_uri(parts: tuple[Value, ...]) -> tuple[Value, ...]:
    """The ARN inside an integration's URI: `…:lambda:path/2015-03-31/functions/<ARN>/invocations`."""
    for index, part in enumerate(parts):
        written = string(part)
        found = _URI.search(written) if written is not None else None
        if written is None or found is None:
            continue
        rest: list[Value] = [Constant(written[found.end() :]), *parts[index + 1 :]]
        last = string(rest[-1])
        if last is not None:
            rest[-1] = Constant(_INVOCATIONS.sub("", last))
        return tuple(piece for piece in rest if piece != Constant(""))
    return parts


def _qualifier(parts: tuple[Value, ...]) -> Value | None:
    """What `:live` behind a function names; None where these parts are no qualifier."""
    first = string(parts[0]) if parts else None
    if first is None or not first.startswith(":"):
        return None
    return text([Constant(first[1:]), *parts[1:]])


def _name_and_qualifier(parts: tuple[Value, ...]) -> tuple[Value | None, Value | None]:
    """The name inside an ARN (or a bare name) and its qualifier. No name where the text is something else."""
    for index in range(len(parts) - 1, -1, -1):
        written = string(parts[index])
        found = _ARN.match(written) if written is not None else None
        if found and written is not None:
            parts = (Constant(written[found.end() :]), *parts[index + 1 :])
            break
    else:
        if (string(parts[0]) or "").startswith("arn:") if parts else True:
            return None, None
    name: list[Value] = []
    for index, part in enumerate(parts):
        written = string(part)
        if written is not None and ":" in written:
            before, _, after = written.partition(":")
            return _bare(text([*name, Constant(before)])), text([Constant(after), *parts[index + 1 :]])
        name.append(part)
    return _bare(text(name)), None


def _bare(name: Value) -> Value:
    """A text of one part is that part."""
    return name.parts[0] if isinstance(name, Text) and len(name.parts) == 1 else name
