"""Rules: what one is, how it registers, and how all of them are found.

A rule is one file: its docstring is the page that users read, its function's name is the id, the type of its parameter
is the registration.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from reviewer.finding import Confidence, Edit, Fix, Location, Severity

HEADINGS = ("Bad", "Good", "References")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in code, not yet made concrete: the module's path and the index of a node in its walk."""

    module: str
    node: int


@dataclass(frozen=True, slots=True)
class Note:
    """A related place, or a step of a flow, as a rule names it."""

    at: Place | Location
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a rule says of one place. The engine stamps id and, unless given here, severity.

    `message`: the fact, one sentence that begins with a capital or a code span. `detail`: the grounds that hold here.
    """

    at: Place | Location
    message: str
    related: tuple[Note, ...] = ()
    detail: str = ""
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH
    steps: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()


def offered(message: str, edits: tuple[Edit, ...], *, safe: bool = False) -> tuple[Fix, ...]:
    """The fix that makes these edits; none where there are no edits. A safe one keeps what the program does.

    `message` says what the edits do: "Adding `timeout=5` bounds the wait".
    """
    return (Fix(message, edits, safe),) if edits else ()


Yielded = Report | tuple[typing.Any, ...]
"""A rule yields a `Report`, or in short `(place, message, *notes)`."""

Reports = Iterator[Yielded]
"""What a rule is: a generator of what it says."""

Check = Callable[[typing.Any], Iterable[Yielded] | None]


@dataclass(frozen=True)
class Rule:
    """A rule with all that its file says."""

    check: Check
    subject: type
    severity: Severity
    suggest: str
    cwe: int | None
    pedantic: bool
    policy: bool
    security: bool

    @cached_property
    def id(self) -> str:
        return self.check.__name__.replace("_", "-")

    @cached_property
    def group(self) -> str:
        return self.check.__module__.split(".")[-2]

    @property
    def tier(self) -> str:
        return "policy" if self.policy else "pedantic" if self.pedantic else "default"

    @cached_property
    def page(self) -> str:
        """The docstring of the rule's file: what `explain` shows."""
        return inspect.cleandoc(sys.modules[self.check.__module__].__doc__ or "")

    @cached_property
    def title(self) -> str:
        return self.page.partition("\n")[0].rstrip(".")

    @cached_property
    def why(self) -> str:
        """The paragraphs between the title and the first heading, each on one line."""
        body = re.split(r"^## ", self.page.partition("\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
        return "\n\n".join(" ".join(part.split()) for part in body.strip().split("\n\n"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        return tuple(re.findall(r"https?://\S+", self.section("References")))

    def section(self, heading: str) -> str:
        """The text under `## heading`, indentation removed; empty where the page has none."""
        found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", self.page, re.MULTILINE | re.DOTALL)
        return inspect.cleandoc("\n" + found[1].rstrip()) + "\n" if found else ""

    def run(self, subject: object) -> Iterator[Report]:
        """What the rule says of one subject."""
        for said in self.check(subject) or ():
            yield said if isinstance(said, Report) else Report(said[0], said[1], tuple(said[2:]))


def rule(
    severity: Severity,
    *,
    suggest: str,
    cwe: int | None = None,
    pedantic: bool = False,
    policy: bool = False,
    security: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a function. Its only parameter's type says which subjects it looks at.

    `pedantic` rules are off unless asked for; `policy` rules are off unless the project declares the policy;
    `security` marks a weakness that an attacker can use (code scanning shows these apart).
    """

    def register(check: Check) -> Rule:
        (name,) = inspect.signature(check).parameters
        subject = typing.get_type_hints(check)[name]
        return Rule(check, subject, severity, suggest, cwe, pedantic, policy, security)

    return register


@cache
def collect() -> dict[str, Rule]:
    """All rules by id, sorted. Imports the files below `reviewer.rules`."""
    package = importlib.import_module("reviewer.rules")
    rules = []
    for module in pkgutil.walk_packages(package.__path__, "reviewer.rules."):
        members = vars(importlib.import_module(module.name)).values()
        rules += [member for member in members if isinstance(member, Rule) and member.check.__module__ == module.name]
    return {found.id: found for found in sorted(rules, key=lambda found: found.id)}
