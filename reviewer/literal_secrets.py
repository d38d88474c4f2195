"""Credentials that the code spells out: literals by form and by name, keys that are given to the SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reviewer.calls import calls
from reviewer.code import facts
from reviewer.code.flow import callee
from reviewer.code.library import is_environment
from reviewer.code.literals import LiteralUse, literals
from reviewer.credentials import (
    Secret,
    find,
    handed,
    is_placeholder,
    named,
    secret_arguments,
)
from reviewer.project import Project
from reviewer.rule import Place
from reviewer.value import (
    MODULE,
    Frame,
    Value,
    options,
    string,
)

LOOPBACK = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\]|localstack)(?=[:/]|$)")


@dataclass(frozen=True, slots=True)
class SecretLiteral:
    """A literal that is a credential: what it is bound to, and what it is in a few words."""

    node: int
    name: str
    title: str


@dataclass(frozen=True)
class Module:
    """A reviewed module."""

    project: Project
    path: str

    @property
    def fact(self) -> facts.Module:
        found = self.project.modules.module(self.path)
        assert found is not None
        return found

    @cached_property
    def literals(self) -> tuple[LiteralUse, ...]:
        """Its string literals, docstrings left out."""
        return tuple(literals(self.fact))

    def place(self, node: int) -> Place:
        return Place(self.path, node)

    @cached_property
    def secrets(self) -> tuple[SecretLiteral, ...]:
        """The literals that are credentials, by their form, their name or the argument that they are given as."""
        elsewhere = _literal_keys(self.project)
        found = ((use, self._secret(use)) for use in self.literals if use.text not in elsewhere)
        return tuple(SecretLiteral(use.node, use.name, secret.title) for use, secret in found if secret is not None)

    def _secret(self, use: LiteralUse) -> Secret | None:
        by_form = find(use.text) or (named(use.name, use.text) if use.name else None)
        if by_form is not None or use.call is None:
            return by_form
        name = self.callee(use.call)
        if use.argument not in secret_arguments(name):
            return None
        host = next((argument.value for argument in use.call.arguments if argument.name == "host"), None)
        known = host.value if isinstance(host, facts.Literal) and isinstance(host.value, str) else None
        return handed(name, use.argument, use.text, known)

    def callee(self, call: facts.Call) -> str:
        """The qualified name of what a call of this module calls, with nothing known of parameters."""
        names = {each.name for each in callee(self.project.values, call, Frame(self.path, MODULE))}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True)
class AwsCredentials:
    """A place that gives AWS credentials to the SDK: a call, or an assignment to the environment."""

    at: Place
    given_to: str
    values: tuple[Value, ...]
    endpoint: str = ""

    @property
    def spelled(self) -> tuple[str, ...]:
        """Those that are constants."""
        return tuple(text for value in self.values for option in options(value) if (text := string(option)))

    @property
    def are_literal(self) -> bool:
        """Whether one of them is spelled out, but for LocalStack's documented pair at a loopback address."""
        spelled = self.spelled
        if LOOPBACK.match(self.endpoint) and set(spelled) <= {"test"}:
            return False
        return any(not is_placeholder(text) for text in spelled)


KEY_ARGUMENTS = {"aws_access_key_id": 0, "aws_secret_access_key": 1, "aws_session_token": 2}
KEY_VARIABLES = frozenset(name.upper() for name in KEY_ARGUMENTS)
TAKES_KEYS = {
    **dict.fromkeys(("boto3.client", "boto3.resource", "boto3.Session.client", "boto3.Session.resource"), False),
    **dict.fromkeys(("boto3.Session", "boto3.session.Session", "aioboto3.Session"), True),
}
"""Functions that take credentials; whether also by position."""


def credentials(project: Project) -> Iterator[AwsCredentials]:
    for call in calls(project):
        if call.name in TAKES_KEYS:
            positions = KEY_ARGUMENTS if TAKES_KEYS[call.name] else dict.fromkeys(KEY_ARGUMENTS)
            given = [call.argument(position, name) for name, position in positions.items()]
            endpoint = string(call.argument(None, "endpoint_url")) or ""
            yield AwsCredentials(call.at, call.name, tuple(value for value in given if value is not None), endpoint)
    for path in project.reviewed:
        for owner in (MODULE, *project.modules.nodes(path)):
            frame = Frame(path, owner)
            for store in project.modules.scope(path, owner).stores:
                if store.key is None or store.given is None:
                    continue
                name = string(project.values.of(store.key, frame))
                if name in KEY_VARIABLES and is_environment(project.values.of(store.receiver, frame)):
                    value = project.values.defined(store.given, frame)
                    yield AwsCredentials(Place(path, store.node), f'os.environ["{name}"]', (value,))


@lru_cache(maxsize=1)
def _literal_keys(project: Project) -> frozenset[str]:
    """The literals that are reported as AWS credentials where they are given to the SDK."""
    return frozenset(text for given in credentials(project) if given.are_literal for text in given.spelled)
