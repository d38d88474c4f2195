"""A Terraform configuration as a stack: the resources of a root module and of all that it calls, by their addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.deploy.files import Files
from reviewer.deploy.model import TemplateParameter
from reviewer.deploy.nodes import Mapping, Node, Scalar, Source, Unreadable
from reviewer.deploy.stacks import Links, Stack
from reviewer.deploy.template import Template
from reviewer.deploy.terraform.terms import Encoded, Known
from reviewer.value import Result, Value

if TYPE_CHECKING:
    from reviewer.deploy.terraform.items import Item

MOST_EVALUATIONS = 100_000
"""Expressions of one configuration that are evaluated."""
MOST_ITEMS = 5_000
"""Resources and data sources of one configuration."""
MOST_NODES = 150_000
"""Nodes in the properties of all of its resources: what names stand for counts each time."""
LARGEST_FILE = 1 << 18
"""Bytes of a file that `file` or `templatefile` reads."""
MOST_MODULES = 300
"""Instances of modules in one configuration."""
DEEPEST = 60
"""Names that stand for each other, one behind the other."""


class Configuration(Stack):
    """A root module. `path` is that of its principal file, or of a plan; its folder is the one that Terraform runs in.

    Resources bear Terraform's addresses (`module.worker["a"].aws_sqs_queue.jobs`), and the types and properties that
    CloudFormation has for them, so that all dialects are read by the same readers.
    """

    def __init__(self, path: str, files: Files, links: Links) -> None:
        nowhere = Mapping(Source(path, ""), 0, 0, {}, {})
        super().__init__(Template(path, nowhere, {}, None, None, None, is_sam=False), files, links, "terraform")
        self.nowhere = nowhere
        self.assumed = 0
        self.depth = 0
        self.items: dict[str, Item] = {}
        self.parameters: list[TemplateParameter] = []
        self._evaluations = MOST_EVALUATIONS
        self._calls = MOST_MODULES
        self._nodes = MOST_NODES
        links.stacks[path] = self

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    def value(self, node: Node) -> Value | None:
        if isinstance(node, Known):
            return node.result
        if isinstance(node, Encoded):
            inside = self.value(node.root)
            return None if inside is None else Result("json.dumps", (("0", inside),))
        return super().value(node)

    def declared_parameters(self) -> Iterator[TemplateParameter]:
        return iter(self.parameters)

    def text_of(self, path: str) -> Scalar | None:
        """The text of a small file of the tree, by its path from the configuration's folder."""
        found = self.files.path(self.path, path)
        data = self.files.data(found) if found is not None else None
        if found is None or data is None or len(data) > LARGEST_FILE:
            return None
        try:
            source = self.files.source(found, data)
        except Unreadable:
            return None
        return None if source is None else Scalar(source, 0, len(source.text), source.text)

    def calls(self) -> bool:
        """Whether one more module may be called."""
        self._calls -= 1
        return self._calls >= 0

    def holds(self, nodes: int) -> bool:
        """Whether properties of this size may be kept."""
        self._nodes -= nodes
        return self._nodes >= 0

    def goes_on(self) -> bool:
        """Whether one more expression may be evaluated."""
        self._evaluations -= 1
        return self._evaluations >= 0
