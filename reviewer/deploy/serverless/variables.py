"""What the variables of a service stand for: nodes in place of `${…}`, each where it was written.

What is only known at the deployment (an option, an environment variable, a secret) is a symbol, that is a `Ref` to a
name which no template declares: the same variable is the same value wherever it is used. Its default is the fallback
that the configuration gives. Source: https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from reviewer.deploy.nodes import DEEPEST, Mapping, Node, Scalar, Sequence, intrinsic, plain
from reviewer.deploy.serverless.lift import SECTION, Construct, constructs
from reviewer.deploy.serverless.made import SYMBOL, UNKNOWN, children, joined, ref, replaced, scalar
from reviewer.deploy.serverless.syntax import Parts, Source, Variable, parse
from reviewer.value import UNKNOWN as UNKNOWN_VALUE
from reviewer.value import Constant, Parameter, Value

STAGE = "dev"
"""The stage of a service that names none."""
MOST_NODES = 100_000
"""Nodes of one section with all variables in place."""
LONGEST_CHAIN = 40
"""Variables that wait for one another."""
MOST_WAITING = 120
"""Nodes that wait for one another: bounds the interpreter's stack."""

_READ = (".yml", ".yaml", ".json")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Variables:
    """The variables of one service. `file` gives the document of a file that a node names, `spend` bounds the text."""

    def __init__(
        self, root: Mapping, path: str, file: Callable[[Node], Node | None], spend: Callable[[int], bool]
    ) -> None:
        self.root = root
        self.path = path
        self.file = file
        self.spend = spend
        self.symbols: dict[str, Parameter] = {}
        self.cut: Node | None = None
        """The first node that is left out, since there are too many of them with all variables in place."""
        self._keys: dict[Parameter, str] = {}
        self._stage: str | None = None
        self._plain: dict[int, tuple[Node, Node]] = {}
        self._resolved: dict[int, tuple[Node, Node]] = {}
        self._measures: dict[int, tuple[int, int]] = {}
        self._chain: set[int] = set()
        self._depth = 0
        self._waiting: set[int] = set()

    # --- nodes ----------------------------------------------------------------------------------------------------

    def section(self, path: str) -> Node | None:
        """The part of the configuration at a path of keys, with all variables in place; None where it is not set."""
        node = self._at(self.root, path)
        return None if node is None else self.resolved(node)

    def resolved(self, node: Node) -> Node:
        """A node with all variables in it and below it in place."""
        known = self._resolved.get(id(node))
        if known is not None:
            return known[1]
        if id(node) in self._waiting or len(self._waiting) >= MOST_WAITING:
            return ref(node, UNKNOWN)
        self._waiting.add(id(node))
        try:
            found = self.shallow(node)
            made = self._below(node) if found is node else self.resolved(found)
        finally:
            self._waiting.discard(id(node))
        self._resolved[id(node)] = (node, made)
        return made

    def _below(self, node: Node) -> Node:
        if isinstance(node, Mapping) and node.only() == "Fn::Sub":
            return self._substitution(node)
        below, found = children(node), []
        size = levels = 0
        for child in below:
            made = self.resolved(child)
            nodes, depth = self._measure(made)
            if size + nodes > MOST_NODES or depth >= DEEPEST:
                made, nodes, depth = ref(child, UNKNOWN), 1, 1
                self.cut = self.cut or child
            found.append(made)
            size, levels = size + nodes, max(levels, depth)
        is_same = all(child is before for child, before in zip(found, below, strict=True))
        whole = node if is_same else replaced(node, found)
        self._measures[id(whole)] = (size + 1, levels + 1)
        return whole

    def _measure(self, node: Node) -> tuple[int, int]:
        """The nodes and the levels of a node, all that variables repeat counted each time."""
        known = self._measures.get(id(node))
        if known is not None:
            return known
        measures = [self._measure(child) for child in children(node)]
        return 1 + sum(size for size, _ in measures), 1 + max((levels for _, levels in measures), default=0)

    def _substitution(self, node: Mapping) -> Node:
        """An `Fn::Sub`: symbols become variables of its own text."""
        given = node.entries["Fn::Sub"]
        if isinstance(given, Sequence) and given.items:
            made: Node = replaced(given, [self._filled(given.items[0]), *map(self.resolved, given.items[1:])])
        else:
            made = self._filled(given)
        return replaced(node, [made])

    def _filled(self, template: Node) -> Node:
        if not isinstance(template, Scalar) or not isinstance(template.value, str):
            return self.resolved(template)
        pieces = [
            piece if isinstance(piece, str) else f"${{{_symbol(piece) or UNKNOWN}}}"
            for piece in self._pieces(parse(template.value), template)
        ]
        return self._written(pieces, template)

    def shallow(self, node: Node) -> Node:
        """What a node stands for: another node, in which variables may be left."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or "${" not in node.value:
            return node
        known = self._plain.get(id(node))
        if known is not None:
            return known[1]
        if id(node) in self._chain:
            return ref(node, UNKNOWN)
        self._chain.add(id(node))
        try:
            found = self._read(parse(node.value), node)
        finally:
            self._chain.discard(id(node))
        self._plain[id(node)] = (node, found)
        return found

    def _read(self, parts: Parts, node: Scalar) -> Node:
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return self._variable(parts[0], node)
        return self._joined(parts, node) if any(isinstance(part, Variable) for part in parts) else node

    def _joined(self, parts: Parts, near: Node) -> Node:
        pieces = self._pieces(parts, near)
        texts = [piece for piece in pieces if isinstance(piece, str)]
        if len(texts) == len(pieces):
            return self._written(texts, near)
        nodes = [scalar(near, piece) if isinstance(piece, str) else piece for piece in pieces]
        return joined(near, "", nodes)

    def _pieces(self, parts: Parts, near: Node) -> list[str | Node]:
        """Text and intrinsic functions; what is neither cannot be part of a text."""
        pieces: list[str | Node] = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            found = self.resolved(self._variable(part, near))
            if isinstance(found, Scalar):
                pieces.append(found.text)
            else:
                pieces.append(found if intrinsic(found) else ref(near, UNKNOWN))
        return pieces

    def _written(self, pieces: list[str], near: Node) -> Node:
        """A text; unknown where the service makes too much of them."""
        if not self.spend(sum(map(len, pieces))):
            return ref(near, UNKNOWN)
        style = near.style if isinstance(near, Scalar) else ""
        return Scalar(near.source, near.start, near.end, "".join(pieces), style or '"')

    # --- constants ------------------------------------------------------------------------------------------------

    def constant(self, node: Node | None) -> str | None:
        """The text that a node is, symbols at their defaults; None where it is not known."""
        if node is None:
            return None
        found = self.resolved(node)
        if isinstance(found, Scalar):
            return found.text
        symbol = _symbol(found)
        if symbol is not None:
            options = self.symbols[symbol].options if symbol in self.symbols else ()
            return str(options[0].value) if options and isinstance(options[0], Constant) else None
        join = found.get("Fn::Join") if isinstance(found, Mapping) else None
        if not isinstance(join, Sequence) or len(join.items) != 2 or not isinstance(join.items[1], Sequence):
            return None
        texts = [self.constant(item) for item in join.items[1].items]
        known = [text for text in texts if text is not None]
        return (self.constant(join.items[0]) or "").join(known) if len(known) == len(texts) else None

    def value(self, name: str) -> Value:
        """What a symbol stands for."""
        return self.symbols.get(name, UNKNOWN_VALUE)

    def _constant(self, parts: Parts, near: Node) -> str | None:
        return self.constant(self._joined(parts, near)) if parts else ""

    # --- sources --------------------------------------------------------------------------------------------------

    @property
    def stage(self) -> str:
        """The stage that is deployed to where nobody says otherwise."""
        if self._stage is None:
            self._stage = STAGE  # for a stage that is defined by itself
            self._stage = self.constant(self._at(self.root, "provider.stage")) or STAGE
        return self._stage

    def _variable(self, variable: Variable, near: Node) -> Node:
        if self._depth >= LONGEST_CHAIN:
            return ref(near, UNKNOWN)
        self._depth += 1
        try:
            found = self._first(variable.sources, near) or self._outside(variable.sources[0], (), near)
            return ref(near, UNKNOWN) if found is None else self.shallow(found)
        finally:
            self._depth -= 1

    def _first(self, sources: tuple[Source, ...], near: Node) -> Node | None:
        for index, source in enumerate(sources):
            read = _SOURCES.get(source.type, Variables._outside)
            found = read(self, source, sources[index + 1 :], near)
            if found is not None:
                return found
        return None

    def _literal(self, source: Source, _: tuple[Source, ...], near: Node) -> Node | None:
        if source.quoted:
            whole = source.address[0] if len(source.address) == 1 else ""
            return self._variable(whole, near) if isinstance(whole, Variable) else self._joined(source.address, near)
        word = "".join(part for part in source.address if isinstance(part, str))
        return Scalar(near.source, near.start, near.end, plain(word))

    def _self(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        address = self._constant(source.address, near)
        if address is None:
            return ref(near, UNKNOWN)
        if address == "provider.stage":
            return self.stage_at(near)
        found = self._at(self.root, address)
        if found is None and address == "provider.region":
            return ref(near, "AWS::Region")
        return self._outside(source, rest, near) if found is not None and _symbol(found) == UNKNOWN else found

    def _file(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        path = self._constant(source.parameters[0], near) if source.parameters else None
        address = self._constant(source.address, near)
        if path is None or address is None:
            return ref(near, UNKNOWN)
        if not path.endswith(_READ):
            return self._outside(source, rest, near)
        document = self.file(scalar(near, path))
        return None if document is None else self._at(document, address)

    def _sls(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        if self._constant(source.address, near) == "stage":
            return self.stage_at(near)
        return self._outside(source, rest, near)

    def _aws(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        name = {"region": "AWS::Region", "accountId": "AWS::AccountId"}.get(self._constant(source.address, near) or "")
        return ref(near, name) if name else self._outside(source, rest, near)

    def _param(self, source: Source, _: tuple[Source, ...], near: Node) -> Node | None:
        name = self._constant(source.address, near)
        paths = (f"{path}.{name}" for of in (self.stage, "default") for path in (f"params.{of}", f"stages.{of}.params"))
        return next((found for path in paths if (found := self._at(self.root, path)) is not None), None)

    def _construct(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        name, _, variable = (self._constant(source.address, near) or "").partition(".")
        found = self._constructs.get(name)
        return (found.variable(variable, near) if found else None) or self._outside(source, rest, near)

    @cached_property
    def _constructs(self) -> dict[str, Construct]:
        section = self._at(self.root, SECTION)
        return {each.key.text: each for each in constructs(self.shallow(section) if section is not None else None)}

    def _truth(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        found = self.resolved(self._joined(source.parameters[0], near)) if source.parameters else near
        truth = _TRUTHS.get(found.text.lower()) if isinstance(found, Scalar) else None
        return self._outside(source, rest, near) if truth is None else scalar(near, truth)

    def _outside(self, source: Source, rest: tuple[Source, ...], near: Node) -> Node | None:
        """What the deployment gives, with the fallback as its default."""
        written = [self._constant(parts, near) for parts in (*source.parameters, source.address)]
        known = [text for text in written if text is not None]
        fallback = self._first(rest, near) if rest else None
        if fallback is not None:
            fallback = self.resolved(fallback)
            if not isinstance(fallback, Scalar) and not intrinsic(fallback):
                return fallback
        if len(known) < len(written):
            return ref(near, UNKNOWN)
        default = self.constant(fallback)
        name = (
            f"{source.type}({','.join(known[:-1])}):{known[-1]}" if source.parameters else f"{source.type}:{known[-1]}"
        )
        if name == "opt:stage":
            return self._symbol("stage", self.stage if default is None else default, near)
        return self._symbol(name, default, near)

    def stage_at(self, near: Node) -> Node:
        """The stage, as a symbol."""
        return self._symbol("stage", self.stage, near)

    def _symbol(self, name: str, default: str | None, near: Node) -> Node:
        symbol = Parameter(self.path, name, () if default is None else (Constant(default),))
        key = self._keys.setdefault(symbol, f"{SYMBOL}{len(self._keys)}")
        self.symbols[key] = symbol
        return ref(near, key)

    def _at(self, node: Node, address: str) -> Node | None:
        """The node at an address of keys and list positions; a symbol where that is not known."""
        found: Node | None = node
        for step in address.split(".") if address else ():
            found = self.shallow(found) if found is not None else None
            if isinstance(found, Mapping) and not intrinsic(found):
                found = found.entries.get(step)
            elif isinstance(found, Sequence) and step.isdecimal() and int(step[:9]) < len(found.items):
                found = found.items[int(step[:9])]
            else:
                return ref(node, UNKNOWN) if found is not None and _symbol(found) else None
        return found


_Reader = Callable[[Variables, Source, tuple[Source, ...], Node], Node | None]

_SOURCES: dict[str, _Reader] = {
    "": Variables._literal,
    "self": Variables._self,
    "file": Variables._file,
    "sls": Variables._sls,
    "aws": Variables._aws,
    "param": Variables._param,
    "strToBool": Variables._truth,
    "construct": Variables._construct,
}
"""How the sources that a configuration itself answers are read; those of all other types are answered outside."""


def _symbol(node: Node) -> str | None:
    """The name of the symbol that a node is."""
    name = node.entries["Ref"] if isinstance(node, Mapping) and node.only() == "Ref" else None
    return name.text if isinstance(name, Scalar) and name.text.startswith(SYMBOL) else None
