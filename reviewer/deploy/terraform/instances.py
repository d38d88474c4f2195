"""Instances of modules: what the names in a configuration stand for, each worked out when it is first asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reviewer.deploy.model import Id, Setting, TemplateParameter
from reviewer.deploy.nodes import Mapping, Node, Scalar
from reviewer.deploy.terraform.attributes import resolve
from reviewer.deploy.terraform.bodies import ignored, rounds
from reviewer.deploy.terraform.catalogue import ALIASES, META
from reviewer.deploy.terraform.evaluate import Scope, evaluate, stepped, text_of
from reviewer.deploy.terraform.items import Item, Written, key_text, whole_number
from reviewer.deploy.terraform.modules import Module, Modules
from reviewer.deploy.terraform.registry import registered
from reviewer.deploy.terraform.stack import DEEPEST, MOST_ITEMS, Configuration
from reviewer.deploy.terraform.syntax import Attribute, Block, Expression, Index, Name
from reviewer.deploy.terraform.terms import Names, Thing, Things, constant, known, table
from reviewer.deploy.terraform.variables import allowed, is_hidden, kind
from reviewer.value import UNKNOWN, Constant, Parameter, Value

MOST_INSTANCES = 64
"""Instances that one `for_each` is spread out into; more of them stand for each other."""
DEEPEST_MODULE = 10

_LOCAL = ("./", "../")
_STEPS = {"each": "key", "count": "index"}
"""What tells one instance from the next."""
_ABOUT_CALL = META | {"source", "version"}


@dataclass(slots=True, eq=False)
class Frame:
    """The scope of a block: its module's instance, and what `for_each`, `count` and `dynamic` bind."""

    instance: Instance
    names: dict[str, Node] = field(default_factory=dict)

    @property
    def assumed(self) -> int:
        return self.instance.configuration.assumed

    def value(self, node: Node) -> Value | None:
        return self.instance.configuration.value(node)

    def name(self, name: str) -> Node | None:
        return self.names.get(name) or self.instance.name(name)

    def bound(self, names: dict[str, Node]) -> Frame:
        return Frame(self.instance, {**self.names, **names})

    def spend(self, amount: int) -> bool:
        return self.instance.configuration.spend(amount)

    def goes_on(self) -> bool:
        return self.instance.configuration.goes_on()

    def text_of(self, path: str) -> Scalar | None:
        return self.instance.configuration.text_of(path)


Maker = Callable[[str, Frame], Thing]
"""Makes the thing at an address, in a scope."""


class Instance:
    """One use of a module. `address` begins the addresses of all that is in it: `module.worker.`.

    `arguments` are those of the call, each with the scope that it stands in; None for a root module.
    """

    def __init__(
        self,
        configuration: Configuration,
        modules: Modules,
        module: Module,
        address: str = "",
        arguments: dict[str, tuple[Expression, Scope]] | None = None,
    ) -> None:
        self.configuration = configuration
        self.module = module
        self.address = address
        self.items: list[Item] = []
        self.children: list[Instance] = []
        self._modules = modules
        self._arguments = arguments
        self._depth = address.count("module.")
        self._known: dict[tuple[str, str], tuple[Node | None, int]] = {}
        self._open: set[tuple[str, str]] = set()
        self._roots: dict[str, Callable[[str], Node | None]] = {
            "var": self.variable,
            "local": self.local,
            "module": self.called,
            "data": lambda type_: self._names(lambda name: self.block("data", type_, name)),
            "path": self._path,
            "terraform": lambda name: self._value(Parameter(configuration.path, f"terraform.{name}")),
        }

    def all(self) -> Iterator[Instance]:
        """The instance, and all that it calls."""
        for type_, name in self.module.resources:
            self.block("managed", type_, name)
        for type_, name in self.module.data:
            self.block("data", type_, name)
        for name in self.module.calls:
            self.called(name)
        yield self
        for child in self.children:
            yield from child.all()

    # --- names ----------------------------------------------------------------------------------------------------

    def name(self, name: str) -> Node | None:
        """What a traversal that begins with a name leads through."""
        return self._names(self._roots.get(name) or (lambda label: self.block("managed", name, label)))

    def _names(self, lookup: Callable[[str], Node | None]) -> Names:
        return Names(self.configuration.nowhere.source, 0, 0, UNKNOWN, lookup)

    def _value(self, value: Value) -> Node:
        return known(self.configuration.nowhere, value)

    def once(self, kind: str, name: str, make: Callable[[], Node | None]) -> Node | None:
        """What a name stands for, worked out once; unknown where it stands for itself."""
        key, configuration = (kind, name), self.configuration
        if key in self._known:
            node, assumed = self._known[key]
            configuration.assumed += assumed
            return node
        if key in self._open or configuration.depth > DEEPEST:
            return self._value(UNKNOWN)
        before = configuration.assumed
        self._open.add(key)
        configuration.depth += 1
        try:
            node = make()
        finally:
            self._open.discard(key)
            configuration.depth -= 1
        self._known[key] = node, configuration.assumed - before
        return node

    def local(self, name: str) -> Node | None:
        found = self.module.locals.get(name)
        return None if found is None else self.once("local", name, lambda: evaluate(found, Frame(self)))

    def output(self, name: str) -> Node | None:
        """An output of the instance."""
        block = self.module.outputs.get(name)
        found = block.body.get("value") if block else None
        return None if found is None else self.once("output", name, lambda: evaluate(found, Frame(self)))

    def _path(self, name: str) -> Node | None:
        """Paths are relative to the folder of the root module, where Terraform is run."""
        own = posixpath.relpath(self.module.folder or ".", self.configuration.folder or ".")
        return self._value(Constant(own if name == "module" else "."))

    # --- variables ------------------------------------------------------------------------------------------------

    def variable(self, name: str) -> Node | None:
        block = self.module.variables.get(name)
        if self._arguments is None:
            return None if block is None else self.once("var", name, lambda: self._of_root(name, block))
        given = self._arguments.get(name)
        if given is not None:
            return self.once("var", name, lambda: evaluate(*given))
        default = block.body.get("default") if block else None
        if default is None:
            return None if block is None else self._value(UNKNOWN)
        return self.once("var", name, lambda: evaluate(default, Frame(self)))

    def _of_root(self, name: str, block: Block) -> Node:
        """A variable of the root module: what a file of values gives, its default, or any value at all."""
        frame = Frame(self)
        if name in self.module.given:
            return evaluate(self.module.given[name][1], frame)
        self.configuration.assumed += 1
        default = block.body.get("default")
        node = None if default is None else evaluate(default, frame)
        options = allowed(block, name, frame)
        if options:
            first = [] if node is None else [frame.value(node) or UNKNOWN]
            every = tuple(dict.fromkeys((*first, *options)))
            return known(block.key, Parameter(self.configuration.path, name, every, closed=True))
        if node is None or text_of(node, frame) == "":
            return known(block.key, Parameter(self.configuration.path, name))
        return node

    def parameters(self) -> Iterator[TemplateParameter]:
        """The variables that the module declares, with the values that are written for them."""
        frame = Frame(self)
        for name, block in self.module.variables.items():
            written = self.module.given.get(name) if self._arguments is None else None
            default = block.body.get("default") if written is None else written[1]
            value = None if default is None else frame.value(evaluate(default, frame))
            setting = None if default is None or value in (None, Constant(None)) else Setting(value, default.at)
            id_ = Id(self.configuration.path, name)
            yield TemplateParameter(id_, block.key.at, kind(block), setting, is_hidden(block))

    # --- blocks ---------------------------------------------------------------------------------------------------

    def block(self, mode: str, type_: str, name: str) -> Node | None:
        """A resource or a data source of the module."""
        found = (self.module.data if mode == "data" else self.module.resources).get((type_, name))
        if found is None or len(self.configuration.items) > MOST_ITEMS:
            return None
        address = f"{self.address}{'data.' if mode == 'data' else ''}{type_}.{name}"

        def make(at: str, frame: Frame) -> Thing:
            return self._thing(self._item(at, mode, ALIASES.get(type_, type_), found, frame))

        return self.once(mode, f"{type_}.{name}", lambda: self._spread(address, found, make))

    def _item(self, address: str, mode: str, type_: str, block: Block, frame: Frame) -> Item:
        after = block.body.get("depends_on")
        is_loose = block.key.source.path.endswith(".json")
        written = "" if after is None else after.written
        about = address, mode, type_, block.key, self.configuration
        return Written(*about, is_loose, written, ignored(block.body), body=block.body, scope=frame)

    def _thing(self, item: Item) -> Thing:
        self.items.append(item)
        self.configuration.items[item.address] = item
        span = item.key.source, item.key.start, item.key.end
        return Thing(*span, item.reference(), item.address, lambda name: resolve(item, name))

    def _spread(self, address: str, block: Block, make: Maker) -> Node:
        """What a block makes: one thing, or one for each key; a single one for any number that is not known."""
        each, count = block.body.get("for_each"), block.body.get("count")
        if each is not None:
            return self._for_each(address, block.key, make, each)
        if count is not None:
            return self._counted(address, block.key, make, count)
        return make(address, Frame(self))

    def _for_each(self, address: str, key: Scalar, make: Maker, expression: Expression) -> Node:
        frame = Frame(self)
        node = evaluate(expression, frame)
        found = rounds(expression, frame, key)
        bound = [_each(key, first, second) for first, second in found]
        names = [key_text(each.entries["key"], self.configuration) for each in bound]
        if len(found) <= self._room() and None not in names:
            made = [
                (name, make(f'{address}["{name}"]', frame.bound({"each": inner})))
                for name, inner in zip(names, bound, strict=True)
            ]
            return Things(key.source, key.start, key.end, UNKNOWN, tuple(made))
        any_ = self._unknown(address, expression, "each")
        if isinstance(node, Things) and len(node.members) == 1:  # each of what is one for all
            any_ = table(key, {"key": known(key, node.own), "value": node.members[0][1]})
        return self._symbolic(address, key, make, "each", any_)

    def _counted(self, address: str, key: Scalar, make: Maker, expression: Expression) -> Node:
        frame = Frame(self)
        before = frame.assumed
        amount = whole_number(evaluate(expression, frame), self.configuration)
        is_certain = frame.assumed == before
        if amount is None or not is_certain or not amount <= self._room() or amount == 1:
            one = table(key, {"index": constant(key, 0)})
            any_ = one if amount == 1 else self._unknown(address, expression, "count")
            return self._symbolic(address, key, make, "count", any_)
        made = [
            (index, make(f"{address}[{index}]", frame.bound({"count": table(key, {"index": constant(key, index)})})))
            for index in range(amount)
        ]
        return Things(key.source, key.start, key.end, UNKNOWN, tuple(made))

    def _symbolic(self, address: str, key: Scalar, make: Maker, what: str, any_: Node) -> Things:
        """One thing for any number. Another one of a known key is made when it is asked for."""
        frame, step = Frame(self), _STEPS[what]
        own = self.configuration.value(stepped(any_, step, key)) or UNKNOWN

        def of(name: str) -> Node | None:
            if what == "count" and name == "0":  # the first of several is the only one of one
                return thing
            if self._room() <= 0:
                return None
            at = f'{address}["{name}"]' if what == "each" else f"{address}[{name}]"
            inner = {step: constant(key, name), **({"value": known(key, UNKNOWN)} if what == "each" else {})}
            return self.once("instance", at, lambda: make(at, frame.bound({what: table(key, inner)})))

        thing = make(address, frame.bound({what: any_}))
        return Things(key.source, key.start, key.end, UNKNOWN, ((None, thing),), own, of)

    def _room(self) -> int:
        """Into how many instances one block may be spread out."""
        return min(MOST_INSTANCES, MOST_ITEMS - len(self.configuration.items))

    def _unknown(self, address: str, expression: Expression, what: str) -> Node:
        """`each` or `count` of any one instance: the same for all blocks that go through the same."""
        is_name = isinstance(expression, (Name, Attribute, Index))
        through = f"{self.address}{expression.written}" if is_name else address
        return self._value(Parameter(self.configuration.path, f"{through} {what}"))

    # --- calls ----------------------------------------------------------------------------------------------------

    def called(self, name: str) -> Node | None:
        """A module that this one calls."""
        block = self.module.calls.get(name)
        if block is None:
            return None
        return self.once("module", name, lambda: self._spread(f"{self.address}module.{name}", block, self._call(block)))

    def _call(self, block: Block) -> Maker:
        key = block.key
        span = key.source, key.start, key.end
        source = block.body.get("source")
        written = (text_of(evaluate(source, Frame(self)), Frame(self)) if source is not None else None) or ""
        module = self._local(written) if written.startswith(_LOCAL) else None
        type_ = registered(written, module)

        def make(address: str, frame: Frame) -> Thing:
            configuration = self.configuration
            if type_ is not None:
                return self._thing(self._item(address, "module", type_, block, frame))
            if module is None or self._depth >= DEEPEST_MODULE or not configuration.calls():
                opaque = Parameter(configuration.path, address)
                return Thing(
                    *span, opaque, address, lambda name: known(key, Parameter(opaque.stack, f"{address}.{name}"))
                )
            attributes = block.body.attributes.items()
            given = {name: (found, frame) for name, (_, found) in attributes if name not in _ABOUT_CALL}
            child = Instance(configuration, self._modules, module, f"{address}.", dict(given))
            self.children.append(child)
            return Thing(*span, UNKNOWN, address, child.output)

        return make

    def _opaque(self, address: str, block: Block) -> Thing:
        """A module that is not in the tree: each output of it is equal to itself alone."""
        key, path = block.key, self.configuration.path

        def output(name: str) -> Node:
            return known(key, Parameter(path, f"{address}.{name}"))

        return Thing(key.source, key.start, key.end, Parameter(path, address), address, output)

    def _local(self, written: str) -> Module | None:
        """The module in the folder of the tree that a call names."""
        folder = self.configuration.files.path(f"{self.module.folder}/x" if self.module.folder else "x", written)
        module = None if folder is None else self._modules.module(folder)
        return module if module is not None and module.files else None


def _each(at: Scalar, key: Node, value: Node) -> Mapping:
    """`each`. Of a set, key and value are the same."""
    is_position = isinstance(key, Scalar) and isinstance(key.value, int)
    return table(at, {"key": value if is_position else key, "value": value})
