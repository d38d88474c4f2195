"""Classes of the reviewed tree: their bases, the attributes of their objects, methods found along the bases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.code import facts
from reviewer.code.library import Arguments
from reviewer.code.scopes import Definition, Scope, Store
from reviewer.value import (
    MODULE,
    UNKNOWN,
    External,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    Result,
    Super,
    Table,
    Value,
    one_of,
    options,
)

if TYPE_CHECKING:
    from reviewer.code.modules import Modules
    from reviewer.code.values import Values

MOST_BASES = 32
MOST_CONSTRUCTIONS = 8
COMPUTED = frozenset(("property", "cached_property"))
ACCESSORS = frozenset(("setter", "deleter"))
FIELDS = frozenset(("dataclasses.field", "pydantic.Field", "attr.ib", "attrs.field"))
"""Functions that describe a field of a class: its value is the default that they are given."""

Receiver = Instance | LocalClass
Key = tuple[str, int]
"""A class or a function: the module's path and the node."""


class Classes:
    """Questions about the classes of a set of modules."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._lineages: dict[LocalClass, tuple[LocalClass, ...]] = {}
        self._stores: dict[Key, dict[str, list[tuple[facts.Function, Store]]]] = {}
        self._assigned: dict[str, dict[str, list[tuple[int, Store]]]] = {}
        self._marks: dict[Key, frozenset[str]] = {}

    def fact(self, cls: LocalClass) -> facts.Class | None:
        found = self.modules.owner(cls.module, cls.node)
        return found if isinstance(found, facts.Class) else None

    def around(self, module: str, node: int) -> LocalClass | None:
        """The class whose body a function stands in."""
        found = self.modules.module(module)
        classes = found.classes if found is not None else ()
        inside = (each for each in classes if any(statement.node == node for statement in each.body))
        return next((LocalClass(module, each.node) for each in inside), None)

    # --- bases

    def lineage(self, values: Values, cls: LocalClass) -> tuple[LocalClass, ...]:
        """A class and its local bases, in the order in which Python asks them."""
        if cls not in self._lineages:
            bases: dict[LocalClass, list[LocalClass]] = {cls: []}
            pending = [cls]
            while pending and len(bases) < MOST_BASES:
                each = pending.pop(0)
                bases[each] = self._bases(values, each)
                fresh = [base for base in bases[each] if base not in bases]
                bases |= {base: [] for base in fresh}
                pending += (base for base in fresh if base not in self._lineages)
            known = {base: self._lineages[base] for base in bases if base in self._lineages}
            self._lineages[cls] = _linear(cls, bases, known)[:MOST_BASES]
        return self._lineages[cls]

    def _bases(self, values: Values, cls: LocalClass) -> list[LocalClass]:
        fact = self.fact(cls)
        frame = Frame(cls.module, MODULE)
        found = [option for base in (fact.bases if fact else ()) for option in options(values.of(base, frame))]
        return [base for base in found if isinstance(base, LocalClass)]

    # --- objects

    def instantiate(self, values: Values, cls: LocalClass, given: Arguments) -> Value:
        """An object of a class: what `cls(…)` makes."""
        initializer = self.method(values, cls, "__init__")
        if initializer is not None:
            frame = values.frame_of(initializer, Arguments((UNKNOWN, *given.positional), given.named, given.open))
            return Instance(cls, frame.arguments[1:])
        fields = self.fields(values, cls)
        named = tuple((name, value) for name, value in given.named if name in fields)
        return Instance(cls, (*zip(fields, given.positional, strict=False), *named))

    def fields(self, values: Values, cls: LocalClass) -> tuple[str, ...]:
        """The annotated names of a class and its bases, in the order of a dataclass's constructor."""
        names: dict[str, None] = {}
        for each in reversed(self.lineage(values, cls)):
            fact = self.fact(each)
            for statement in fact.body if fact else ():
                if isinstance(statement, facts.Assign) and statement.annotation is not None:
                    names |= {target.id: None for target in statement.targets if isinstance(target, facts.Name)}
        return tuple(names)

    # --- attributes

    def method(self, values: Values, cls: LocalClass, name: str) -> LocalFunction | None:
        """A method of a class or of its nearest base that has it, unbound."""
        for each in self.lineage(values, cls):
            for definition in self.modules.scope(each.module, each.node).end.get(name, ()):
                if definition.kind == "function":
                    return LocalFunction(each.module, definition.node)
        return None

    def attribute(self, values: Values, value: Receiver | Super, name: str) -> Value:
        """`value.name` of an object, of a class or of `super()`."""
        if isinstance(value, Super):
            return self._inherited(values, value.receiver, self._above(values, value), name)
        cls = value.cls if isinstance(value, Instance) else value
        if name == "__class__" and isinstance(value, Instance):
            return cls
        lineage = self.lineage(values, cls)
        elsewhere = self._set_elsewhere(values, lineage, name)
        known = self._known(values, value, lineage, name)
        return one_of([known, *elsewhere]) if elsewhere else known

    def _known(self, values: Values, value: Receiver, lineage: tuple[LocalClass, ...], name: str) -> Value:
        """What the methods, the constructor and the bodies of classes say of an attribute."""
        stored = self._stored(values, value, lineage, name)
        if stored is not None:
            return stored
        given = dict(value.arguments).get(name) if isinstance(value, Instance) else None
        if isinstance(value, Instance) and given is not None and name in self.fields(values, value.cls):
            return given
        return self._inherited(values, value, lineage, name)

    def _set_elsewhere(self, values: Values, lineage: tuple[LocalClass, ...], name: str) -> list[Value]:
        """What the modules of the classes assign to the attribute of one of them, or of an object of one."""
        found = []
        for module in dict.fromkeys(each.module for each in lineage):
            for owner, store in self._attributes_of(module).get(name, ()):
                frame = Frame(module, owner)
                receivers = options(values.of(store.receiver, frame))
                if any((each.cls if isinstance(each, Instance) else each) in lineage for each in receivers):
                    found.append(UNKNOWN if store.given is None else values.defined(store.given, frame))
        return found

    def _attributes_of(self, module: str) -> dict[str, list[tuple[int, Store]]]:
        """The assignments to attributes in a module, by name, but for those of what a function knows alone."""
        if module not in self._assigned:
            found = self._assigned[module] = {}
            owners = (MODULE, *(each.node for each in getattr(self.modules.module(module), "functions", ())))
            for owner in owners:
                scope = self.modules.scope(module, owner)
                for store in scope.stores:
                    if store.name and (owner == MODULE or not _is_own(store.receiver, scope)):
                        found.setdefault(store.name, []).append((owner, store))
        return self._assigned[module]

    def getter(self, values: Values, value: Value, name: str) -> LocalFunction | None:
        """The function that computes `value.name`, where that is a property of an object."""
        if not isinstance(value, Instance):
            return None
        for each in self.lineage(values, value.cls):
            for definition in _readable(self.modules.scope(each.module, each.node), name):
                function = definition.statement
                if isinstance(function, facts.Function) and self._marks_of(values, each, function) & COMPUTED:
                    return LocalFunction(each.module, function.node, value)
                return None
        return None

    def _above(self, values: Values, value: Super) -> tuple[LocalClass, ...]:
        cls = value.receiver.cls if isinstance(value.receiver, Instance) else value.receiver
        lineage = self.lineage(values, cls)
        return lineage[lineage.index(value.below) + 1 :] if value.below in lineage else ()

    def _inherited(self, values: Values, receiver: Receiver, lineage: tuple[LocalClass, ...], name: str) -> Value:
        """What the bodies of the classes say of a name, nearest first, as the receiver sees it."""
        for each in lineage:
            definitions = _readable(self.modules.scope(each.module, each.node), name)
            if definitions:
                frame = Frame(each.module, each.node)
                return one_of([self._seen(values, receiver, each, d, frame) for d in definitions])
        return UNKNOWN

    def _stored(self, values: Values, value: Receiver, lineage: tuple[LocalClass, ...], name: str) -> Value | None:
        """What methods assign to `self.name`, the constructor's arguments bound; None where none of them does."""
        for each in lineage:
            stores = self._stores_of(each).get(name, ())
            plain = [(method, store) for method, store in stores if store.name]
            if not plain:
                continue
            found = one_of([self._value_of(values, value, each, method, store) for method, store in plain])
            return one_of([_opened(option) for option in options(found)]) if len(plain) < len(stores) else found
        return None

    def _value_of(
        self, values: Values, value: Receiver, cls: LocalClass, method: facts.Function, store: Store
    ) -> Value:
        if store.given is None:
            return UNKNOWN
        frames: list[Frame] = []
        if method.name == "__init__" and isinstance(value, Instance):
            frames = self._constructions(values, value, cls)
        own = Frame(cls.module, method.node, ((method.parameters[0].name, value),))
        return one_of([values.defined(store.given, frame) for frame in frames or [own]])

    def _constructions(self, values: Values, value: Instance, cls: LocalClass) -> list[Frame]:
        """The activations of a class's `__init__` that make an object: the first, or those that it calls by `super()`
        or by the name of the class."""
        frames: list[Frame] = []
        for each in self.lineage(values, value.cls):
            own = next(iter(self.modules.scope(each.module, each.node).end.get("__init__", ())), None)
            if own is None or not isinstance(own.statement, facts.Function):
                continue
            if not frames:
                receiver = tuple((parameter.name, value) for parameter in own.statement.parameters[:1])
                frames = [Frame(each.module, own.node, (*receiver, *value.arguments))]
            else:
                made = LocalFunction(each.module, own.node, value)
                frames = [
                    values.frame_of(made, given)
                    for frame in frames
                    for site in self.modules.scope(frame.module, frame.owner).calls
                    for given in _handed_up(values, site.call, each, frame)
                ][:MOST_CONSTRUCTIONS]
            if each == cls or not frames:
                return frames
        return []

    def _stores_of(self, cls: LocalClass) -> dict[str, list[tuple[facts.Function, Store]]]:
        """The assignments to attributes in the methods of a class, by name; those to items of an attribute with it."""
        key = (cls.module, cls.node)
        if key not in self._stores:
            found = self._stores[key] = {}
            fact = self.fact(cls)
            methods = (each for each in (fact.body if fact else ()) if isinstance(each, facts.Function))
            for method in methods:
                for store in self.modules.scope(cls.module, method.node).stores if method.parameters else ():
                    name = _attribute_of(store, method.parameters[0].name)
                    if name:
                        found.setdefault(name, []).append((method, store))
        return self._stores[key]

    def _seen(self, values: Values, receiver: Receiver, cls: LocalClass, definition: Definition, frame: Frame) -> Value:
        """A member of a class as its object or the class itself gives it: methods bound, properties computed."""
        member = values.defined(definition, frame)
        if isinstance(member, Result) and member.function in FIELDS:
            return _default(values, member)
        function = definition.statement
        if not isinstance(member, LocalFunction) or not isinstance(function, facts.Function):
            return member
        member = replace(member, outer=None)  # a method does not see the names of its class
        marks = self._marks_of(values, cls, function)
        if "staticmethod" in marks:
            return member
        if "classmethod" in marks:
            return replace(member, bound=receiver.cls if isinstance(receiver, Instance) else receiver)
        if not isinstance(receiver, Instance):
            return member
        method = replace(member, bound=receiver)
        return values.returned(method, Arguments()) if marks & COMPUTED else method

    def _marks_of(self, values: Values, cls: LocalClass, function: facts.Function) -> frozenset[str]:
        """The names of the external decorators of a method: `property`, `staticmethod`…"""
        key = (cls.module, function.node)
        if key not in self._marks:
            found = [o for d in function.decorators for o in options(values.of(d, Frame(cls.module, cls.node)))]
            self._marks[key] = frozenset(o.name.rpartition(".")[2] for o in found if isinstance(o, External))
        return self._marks[key]


def _linear(
    cls: LocalClass, bases: dict[LocalClass, list[LocalClass]], known: dict[LocalClass, tuple[LocalClass, ...]]
) -> tuple[LocalClass, ...]:
    """The lineage of a class: C3, or as near to it as bases that contradict each other let it come."""
    if cls not in known:
        known[cls] = (cls,)  # for a class that is its own base
        own = bases.get(cls, [])
        known[cls] = (cls, *_merged([*(_linear(base, bases, known) for base in own), tuple(own)]))
    return known[cls]


def _merged(lines: list[tuple[LocalClass, ...]]) -> Iterator[LocalClass]:
    """The lineages of several bases as one."""
    lines = [line for line in lines if line]
    while lines:
        later = {each for line in lines for each in line[1:]}
        head = next((line[0] for line in lines if line[0] not in later), lines[0][0])
        yield head
        lines = [rest for line in lines if (rest := tuple(each for each in line if each != head))]


def _readable(scope: Scope, name: str) -> list[Definition]:
    """The definitions of a member that reading it may find: a property, not the function that sets it."""
    found = list(scope.end.get(name, ()))
    if any(_is_accessor(definition) for definition in found):
        found = [definition for definition in scope.definitions[name] if not _is_accessor(definition)]
    return found


def is_computed(function: facts.Function) -> bool:
    """Whether a function is marked as a property, by the last part of a decorator's name."""
    names = (getattr(each, "name", getattr(each, "id", "")) for each in function.decorators)
    return not COMPUTED.isdisjoint(names)


def _is_accessor(definition: Definition) -> bool:
    function = definition.statement
    decorators = function.decorators if isinstance(function, facts.Function) else ()
    return any(isinstance(each, facts.Attribute) and each.name in ACCESSORS for each in decorators)


def _attribute_of(store: Store, receiver: str) -> str:
    """The attribute of `receiver` that a store assigns, or an item of which it assigns; empty for any other."""
    target: facts.Expression = store.receiver
    name = store.name
    if not name and isinstance(target, facts.Attribute):
        name, target = target.name, target.value
    return name if isinstance(target, facts.Name) and target.id == receiver else ""


def _is_own(receiver: facts.Expression, scope: Scope) -> bool:
    """Whether what is assigned to is a name of the function: of `self`, of an object that it has made."""
    while isinstance(receiver, facts.Attribute):
        receiver = receiver.value
    return isinstance(receiver, facts.Name) and bool(scope.uses.get(receiver.node))


def _opened(value: Value) -> Value:
    """A list or dict, items of which are assigned elsewhere."""
    return replace(value, open=True) if isinstance(value, (Items, Table)) else value


def _default(values: Values, field: Result) -> Value:
    """The default of a field of a class, by what describes it."""
    given = dict(field.arguments)
    factory = given.get("default_factory", given.get("factory"))
    if factory is not None:
        return values.called(factory, Arguments())
    return given.get("default", given.get("0", UNKNOWN))


def _handed_up(values: Values, call: facts.Call, base: LocalClass, frame: Frame) -> Iterator[Arguments]:
    """What a constructor hands to that of a base: in `super().__init__(…)`, or in `Base.__init__(self, …)`."""
    method = call.function
    if not isinstance(method, facts.Attribute) or method.name != "__init__":
        return
    given = values.arguments(call, frame)
    if isinstance(method.value, facts.Call) and getattr(method.value.function, "id", "") == "super":
        yield given
    elif base in options(values.of(method.value, frame)):
        yield Arguments(given.positional[1:], given.named, given.open)
