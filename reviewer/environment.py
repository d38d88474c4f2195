"""Environment variables that are set for a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.aws.variables import reserved
from reviewer.finding import Location
from reviewer.project import Project
from reviewer.rule import Place


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A variable that a template sets for its functions. One setting for several of them is one."""

    name: str
    at: Place | Location

    @property
    def is_reserved(self) -> bool:
        """Whether Lambda sets it by itself, and refuses to have it set."""
        return self.name in reserved()


def set_variables(project: Project) -> Iterator[SetVariable]:
    """The variables that templates set."""
    found = {
        (setting.at, name): SetVariable(name, setting.at)
        for function in project.deployment.functions
        for name, setting in function.environment
    }
    yield from found.values()
