"""What a configuration is made of: resources, data sources and calls of a registry's modules, each in its instance."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.stacks import Stack
from reviewer.deploy.terraform.bodies import structure
from reviewer.deploy.terraform.evaluate import Scope, evaluate
from reviewer.deploy.terraform.stack import DEEPEST, Configuration
from reviewer.deploy.terraform.syntax import Body
from reviewer.deploy.terraform.terms import is_null, known
from reviewer.value import UNKNOWN, Reference


@dataclass(slots=True, eq=False)
class Item:
    """A resource, a data source or a module, by its address. `mode` is "managed", "data" or "module".

    With `is_loose`, nested blocks cannot be told from mappings, as in the JSON forms.
    """

    address: str
    mode: str
    type: str
    key: Scalar
    configuration: Configuration
    is_loose: bool = False
    after: str = ""
    """What it waits for, as it is written."""
    ignored: frozenset[str] = frozenset()
    """Arguments that Terraform leaves as they are once it has set them: others change them."""
    _known: dict[str, Node | None] = field(default_factory=dict, init=False, repr=False)

    def structure(self) -> Mapping:
        """All arguments and nested blocks."""
        raise NotImplementedError

    def work_out(self, name: str) -> Node | None:
        """The value of an argument, or nested blocks; None where they are not set."""
        raise NotImplementedError

    def given(self, name: str) -> Node | None:
        """The value of an argument, or nested blocks; None where they are not set, or null.

        Worked out once; unknown where it depends on itself.
        """
        if name not in self._known:
            if self.configuration.depth > DEEPEST:
                return known(self.key, UNKNOWN)
            self._known[name] = known(self.key, UNKNOWN)
            self.configuration.depth += 1
            node = self.work_out(name)
            self.configuration.depth -= 1
            self._known[name] = None if is_null(node) else node
        return self._known[name]

    def reference(self, attribute: str = "Ref", part: str = "") -> Reference:
        """The item, or a part of what it makes."""
        return Reference(self.configuration.path, f"{self.address}.{part}" if part else self.address, attribute)


@dataclass(slots=True, eq=False)
class Written(Item):
    """A block of a file, with the scope that it stands in."""

    body: Body = field(kw_only=True)
    scope: Scope = field(kw_only=True)

    def structure(self) -> Mapping:
        return structure(self.body, self.scope, self.key)

    def work_out(self, name: str) -> Node | None:
        found = self.body.get(name)
        if found is not None:
            return evaluate(found, self.scope)
        blocks = [block for block in self.body.blocks if name in (block.type, *block.labels)]
        return structure(Body({}, blocks), self.scope, self.key).get(name)


def flag(node: Node | None, stack: Stack) -> bool | None:
    """The constant truth that a node is; None where it is not known."""
    value = None if node is None else stack.value(node)
    return None if value is None else {"True": True, "False": False}.get(str(getattr(value, "value", "")).title())


def key_text(node: Node, stack: Stack) -> str | None:
    """The key of an instance; None where it is not known."""
    value = getattr(stack.value(node), "value", None)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def whole_number(node: Node | None, stack: Stack) -> int | None:
    value = None if node is None else getattr(stack.value(node), "value", None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
