"""The nodes of the invocation graph: the functions and resources of a project, and what values name of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.deploy.model import Id, Resource
from reviewer.finding import Location
from reviewer.identity import SHELLS, named
from reviewer.labels import name_of
from reviewer.picture import Node
from reviewer.project import Handler, Project
from reviewer.rule import Place
from reviewer.value import Reference, Value, options


class Nodes:
    """Nodes by id, made when something first names them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.handlers = {h.function.id: h for h in project.handlers if h.function is not None}
        self.found: dict[str, Node] = {}

    def add(self, id: str, kind: str, name: str, at: Location | None = None) -> str:
        self.found.setdefault(id, Node(id, kind, name, at))
        return id

    def function(self, handler: Handler) -> str:
        """The node of a handler: of its function, or of itself where no template names it."""
        if handler.function is not None:
            known = handler.function.id
            return self.add(f"function:{known.stack}#{known.name}", "function", known.name, handler.function.at)
        assert handler.definition is not None
        place = Place(handler.definition.module, handler.definition.node)
        name = self.project.symbol(place)
        return self.add(f"function:{place.module}#{name}", "function", name, self.project.locate(place))

    def resource(self, known: Id, kind: str) -> str:
        """The node of a resource of the deployment, or of one that the deployment makes by itself."""
        resource = self.project.resources.get(known)
        kind = kind_of(resource) if resource is not None else kind
        at = resource.at if resource is not None else None
        return self.add(f"{kind}:{known.stack}#{known.name}", kind, known.name, at)

    def named(self, value: Value, kind: str, stack: str = "") -> Sequence[str]:
        """The nodes that a value of the deployment names, `kind` where it does not tell that itself."""
        found = (each for option in options(value) for each in self._named(option, kind, stack))
        return tuple(dict.fromkeys(found))

    def _named(self, value: Value, kind: str, stack: str) -> Iterator[str]:
        if isinstance(value, Reference) or kind == "function":  # the name of a bucket may be that of a function, too
            targets = [each.function for each in self.project.naming.targets(value, stack)]
            if targets:
                yield from (self.function(self.handlers[target]) for target in targets if target in self.handlers)
                return
        if kind in SHELLS:
            found = named(value, kind, self.project.resources)
            known, value = found.resource, found.name
        else:
            known = Id(value.stack, value.name) if isinstance(value, Reference) else None
        if known is not None and (kind or known in self.project.resources):
            yield self.resource(known, kind)
        elif kind and (name := name_of(value)):
            yield self.add(f"{kind}:{name}", kind, name)

    def unnamed(self, kind: str, at: Location, name: str = "") -> str:
        """The node of what has no name but its place."""
        return self.add(f"{kind}:{at.path}:{at.line}:{at.column}", kind, name or kind, at)


def kind_of(resource: Resource) -> str:
    """The kind of a resource, else the last part of its type: `user-pool` of `AWS::Cognito::UserPool`."""
    if resource.kind != "other":
        return resource.kind
    last = re.split(r"::|\.", resource.type)[-1].removeprefix("aws_").replace("_", "-")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", last).lower()
