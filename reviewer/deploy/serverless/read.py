"""Services of the Serverless Framework (versions 3 and 4), read as the templates that they become.

Source: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from posixpath import basename

from reviewer.deploy.assembly import assembled
from reviewer.deploy.comments import comments
from reviewer.deploy.documents import parse
from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment, Problem
from reviewer.deploy.nodes import DEEPEST, Mapping, Scalar, Source, Unreadable
from reviewer.deploy.serverless import events
from reviewer.deploy.serverless.made import structure
from reviewer.deploy.serverless.resources import document
from reviewer.deploy.serverless.service import MOST_FUNCTIONS, Service
from reviewer.deploy.serverless.variables import MOST_NODES
from reviewer.deploy.stacks import Links, link
from reviewer.deploy.template import template
from reviewer.finding import Location

_SECTIONS = tuple(
    re.compile(rb"(?:^(?:\xef\xbb\xbf)?|[{,]\s*)[\"']?" + name + rb"[\"']?\s*:", re.MULTILINE)
    for name in (b"service", b"provider")
)
_NAMED = re.compile(r"serverless\b.*\.(?:ya?ml|json)")
_GENERATED = re.compile(r"\{%|\{\{")
"""Marks of what makes configurations out of other text (Jinja, cookiecutter): not yet a configuration."""


def claims(path: str, data: bytes) -> bool:
    """Whether the bytes of a file look like those of a service, before anything is parsed."""
    del path
    return b"provider" in data and all(section.search(data) for section in _SECTIONS)


def read(files: Files, paths: Iterable[str]) -> Deployment:
    """The deployment that the services among the files at `paths` describe.

    A configuration that cannot be read becomes a problem, and the others go on. `templates` are the configurations with
    all files that they include.
    """
    services = _Services(files)
    for path in paths:
        services.load(path)
    return services.deployment()


class _Services:
    """The services of a tree."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.links = Links()
        self.services: list[Service] = []
        self.problems: list[Problem] = []
        self.comments: list[tuple[Location, str]] = []

    def load(self, path: str) -> None:
        """Read the service in a file; a file that holds none is passed over in silence."""
        source: Source | None = None
        try:
            source = self.files.source(path)
            root = next(parse(source), None) if source else None
            if source is None or not isinstance(root, Mapping):
                return
            service = Service(root, path, self.files, self.links)
            if not _is_service(service):
                return
            found = template(path, document(service))
        except Unreadable as refused:
            if source is None or not _GENERATED.search(source.text):
                self.problems.append(Problem(refused.at, f"The configuration cannot be read: {refused.message}"))
            return
        except RecursionError:
            self.problems.append(Problem(Location(path, 1), "The configuration cannot be read: nested too deeply"))
            return
        self.comments += comments(source, root)
        cut = service.variables.cut
        if cut is not None:
            limits = f"{MOST_FUNCTIONS} functions, {MOST_NODES} nodes or {DEEPEST} levels"
            limit = f"more than {limits}, with all variables in place"
            self.problems.append(Problem(cut.at, f"The configuration is not read from here on: {limit}"))
        if found is not None:
            service.template = found
        self.services.append(service)

    def deployment(self) -> Deployment:
        link([*self.services], self.links)
        triggers = [
            trigger
            for service in self.services
            for configured in service.functions
            for trigger in events.triggers(service, configured)
        ]
        return replace(
            assembled(self.services, triggers),
            problems=(*self.problems, *self.links.problems),
            templates=tuple(path for service in self.services for path in (service.path, *service.parts)),
            comments=tuple(self.comments),
        )


def _is_service(service: Service) -> bool:
    """Whether a configuration is that of a service on AWS. One whose provider is out of sight goes by its name."""
    if service.get("service") is None:
        return False
    provider = service.get("provider")
    named = structure(provider)
    said = named.get("name") if named is not None else provider
    if isinstance(said, Scalar):
        return said.text == "aws"
    return _NAMED.fullmatch(basename(service.path)) is not None
