"""A template as rules see it: the functions that it defines, their runtimes, versions and signatures, the secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from reviewer.aws.runtimes import deprecated, newest
from reviewer.credentials import (
    find,
    named,
    template_parameter_is_secret,
)
from reviewer.deploy.model import Function, Resource, Setting
from reviewer.doors import Door, open_doors
from reviewer.edits import written
from reviewer.finding import Edit, Location
from reviewer.project import Project
from reviewer.timing import LONGEST_VISIBILITY, HastyCaller, ShortVisibility, hasty_callers, short_visibilities
from reviewer.value import (
    Constant,
    Table,
    Value,
    options,
    string,
)

UNTRUSTED = "CodeSigningPolicies.UntrustedArtifactOnDeployment"
"""What a signing configuration does with code that nobody it trusts has signed: `Warn`, the default, or `Enforce`.
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html"""

ZAPPA = "zappa_settings"
"""The settings of Zappa, which takes no runtime but that of the Python which it runs on.
Source: https://github.com/zappa/Zappa#advanced-settings"""


@dataclass(frozen=True, slots=True)
class PastRuntime:
    """A function on a deprecated runtime, and since when (as a date) it is. `at` is the setting of the runtime; of a
    function that shares it with another, which `is_shared` says, the function."""

    at: Location
    function: str
    runtime: str
    date: str
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class SecretParameter:
    """A parameter that takes a secret; with `default`, its default is one."""

    name: str
    at: Location
    default: Setting[Value] | None = None

    @property
    def veil(self) -> str:
        """What the dialect calls that which keeps a parameter's value from being shown."""
        return "sensitive" if self.at.path.endswith((".tf", ".tf.json")) else "NoEcho"


@dataclass(frozen=True)
class Template:
    """One template, with the functions that it defines."""

    project: Project
    path: str

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Its functions, in the order of the file."""
        return tuple(sorted(self.project.functions_in.get(self.path, ()), key=lambda function: function.at))

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
        for parameter in self.project.parameters_in.get(self.path, ()):
            if parameter.type not in {"String", "CommaDelimitedList"}:
                continue
            default = string(parameter.default.value) if parameter.default else None
            if default and (find(default) or named(parameter.id.name, default)):
                found.append(SecretParameter(parameter.id.name, parameter.at, parameter.default))
            elif not parameter.no_echo and template_parameter_is_secret(parameter.id.name, default):
                found.append(SecretParameter(parameter.id.name, parameter.at))
        return tuple(found)

    @cached_property
    def past_runtimes(self) -> tuple[PastRuntime, ...]:
        """The functions whose runtime is deprecated today: one for each setting first, then those that share one."""
        found: list[PastRuntime] = []
        settings: set[Location] = set()
        for function in self.functions:
            runtime = string(function.runtime.value) if function.runtime else None
            since = deprecated(runtime, date.today()) if runtime else None
            if since is not None and runtime is not None and function.runtime is not None:
                is_shared = function.runtime.at in settings
                at = function.at if is_shared else function.runtime.at
                found.append(PastRuntime(at, function.id.name, runtime, since.isoformat(), is_shared))
                settings.add(function.runtime.at)
        return tuple(sorted(found, key=lambda past: (past.is_shared, past.at)))

    @property
    def newest_runtime(self) -> str:
        """The newest runtime that is not deprecated today."""
        return newest(date.today())

    def with_runtime(self, runtime: str) -> tuple[Edit, ...]:
        """Edits that write a runtime for all deprecated ones, where each stands there as such."""
        if PurePosixPath(self.path).stem == ZAPPA:
            return ()
        settings = [past for past in self.past_runtimes if not past.is_shared]
        edits = [written(self.project, past.at, past.runtime, runtime) for past in settings]
        return tuple(edit for each in edits for edit in each) if all(edits) else ()

    # --- signing, versions, access

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Its resources other than functions, in the order of the file."""
        own = self.project.resources_in.get(self.path, ())
        return tuple(sorted(own, key=lambda resource: resource.at))

    @cached_property
    def unsigned(self) -> tuple[Function, ...]:
        """Its functions that have no signing configuration. Images cannot have one."""
        return tuple(f for f in self.functions if f.package == "Zip" and f.code_signing is None)

    @cached_property
    def unversioned(self) -> tuple[Function, ...]:
        """Its functions of which neither a version nor an alias is published."""
        published = self.project.naming.versioned | self.project.naming.aliased
        return tuple(function for function in self.functions if function.id not in published)

    @cached_property
    def lenient_signing(self) -> tuple[tuple[str, Location], ...]:
        """Its signing configurations that let unsigned code in, by name, each at the setting that says so."""
        found = []
        for resource in self.resources:
            if resource.kind != "code-signing-config":
                continue
            setting = resource.setting(UNTRUSTED)
            if setting is None and _leaves_out(resource.properties, UNTRUSTED):
                found.append((resource.id.name, resource.at))
            elif setting is not None and all(option == Constant("Warn") for option in options(setting.value)):
                found.append((resource.id.name, setting.at))
        return tuple(found)

    @cached_property
    def drifting_aliases(self) -> tuple[tuple[str, Location], ...]:
        """Its aliases that point to the latest code, by name, each at the setting of its version."""
        aliases = [resource for resource in self.resources if resource.kind == "function-alias"]
        versions = [(alias, alias.setting("FunctionVersion")) for alias in aliases]
        return tuple(
            (alias.id.name, version.at)
            for alias, version in versions
            if version is not None and all(option == Constant("$LATEST") for option in options(version.value))
        )

    @cached_property
    def open_doors(self) -> tuple[Door, ...]:
        """Ways for everybody to call its functions."""
        return tuple(open_doors(self.project, self.path))

    # --- times

    @cached_property
    def short_visibilities(self) -> tuple[ShortVisibility, ...]:
        """Its queues that show a message again too soon for a function that reads them."""
        return tuple(short_visibilities(self.project, self.path))

    @cached_property
    def hasty_callers(self) -> tuple[HastyCaller, ...]:
        """The timeouts of its functions that are longer than a caller waits."""
        return tuple(hasty_callers(self.project, self.path))

    def lengthened(self, short: ShortVisibility) -> tuple[Edit, ...]:
        """Edits that give a queue the visibility timeout that is advised, where its setting is a plain number."""
        if short.advised > LONGEST_VISIBILITY:
            return ()
        return written(self.project, short.at, f"{short.seconds:g}", f"{short.advised:g}")

    def shortened(self, hasty: HastyCaller) -> tuple[Edit, ...]:
        """Edits that take the last second of a function's timeout, which its caller does not wait for."""
        if not hasty.is_close or hasty.others:
            return ()
        return written(self.project, hasty.at, f"{hasty.timeout:g}", f"{hasty.seconds:g}")


def _leaves_out(properties: Value | None, path: str) -> bool:
    """Whether properties surely have nothing at a path of keys."""
    here = properties
    for step in path.split("."):
        if here is None:
            return True
        if not isinstance(here, Table):
            return False
        here = here.get(step)
    return here is None
