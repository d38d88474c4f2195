"""A template as rules see it: the runtimes, the secrets and the functions that it defines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reviewer.aws.runtimes import deprecated
from reviewer.credentials import (
    find,
    named,
    template_parameter_is_secret,
)
from reviewer.deploy.model import Function, Setting
from reviewer.finding import Location
from reviewer.project import Project
from reviewer.value import (
    Value,
    options,
    string,
)


@dataclass(frozen=True, slots=True)
class PastRuntime:
    """A function on a deprecated runtime, and since when (as a date) it is."""

    at: Location
    function: str
    runtime: str
    date: str


@dataclass(frozen=True, slots=True)
class SecretParameter:
    """A parameter that takes a secret; with `default`, its default is one."""

    name: str
    at: Location
    default: Setting[Value] | None = None


@dataclass(frozen=True)
class Template:
    """One template, with the functions that it defines."""

    project: Project
    path: str

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Its functions, in the order of the file."""
        own = (function for function in self.project.deployment.functions if function.id.stack == self.path)
        return tuple(sorted(own, key=lambda function: function.at))

    @cached_property
    def secret_variables(self) -> tuple[tuple[str, Setting[Value]], ...]:
        """Environment variables of its functions that hold a secret as text, each setting once."""
        found: dict[Location, tuple[str, Setting[Value]]] = {}
        for function in self.functions:
            for name, setting in function.environment:
                texts = [text for option in options(setting.value) if (text := string(option))]
                if any(find(text) or named(name, text) for text in texts):
                    found.setdefault(setting.at, (name, setting))
        return tuple(found.values())

    @cached_property
    def secret_parameters(self) -> tuple[SecretParameter, ...]:
        """Parameters that take a secret: with one as their default, or shown to everybody."""
        found = []
        for parameter in self.project.deployment.parameters:
            if parameter.id.stack != self.path or parameter.type not in {"String", "CommaDelimitedList"}:
                continue
            default = string(parameter.default.value) if parameter.default else None
            if default and (find(default) or named(parameter.id.name, default)):
                found.append(SecretParameter(parameter.id.name, parameter.at, parameter.default))
            elif not parameter.no_echo and template_parameter_is_secret(parameter.id.name, default):
                found.append(SecretParameter(parameter.id.name, parameter.at))
        return tuple(found)

    @cached_property
    def past_runtimes(self) -> tuple[PastRuntime, ...]:
        """The functions whose runtime is deprecated today, each at its runtime's setting, one entry a setting."""
        found: dict[Location, PastRuntime] = {}
        for function in self.functions:
            runtime = string(function.runtime.value) if function.runtime else None
            since = deprecated(runtime, date.today()) if runtime else None
            if since is not None and runtime is not None and function.runtime is not None:
                past = PastRuntime(function.runtime.at, function.id.name, runtime, since.isoformat())
                found.setdefault(function.runtime.at, past)
        return tuple(found[at] for at in sorted(found))
