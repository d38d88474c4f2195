"""Classes of the reviewed tree: instances, their attributes, methods found along the bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.code import facts
from reviewer.code.library import Arguments
from reviewer.value import (
    MODULE,
    UNKNOWN,
    External,
    Frame,
    Instance,
    LocalClass,
    LocalFunction,
    Value,
    one_of,
    options,
)

if TYPE_CHECKING:
    from reviewer.code.modules import Modules
    from reviewer.code.values import Values

DEEPEST_BASE = 8


class Classes:
    """Questions about the classes of a set of modules."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules

    def fact(self, cls: LocalClass) -> facts.Class | None:
        found = self.modules.owner(cls.module, cls.node)
        return found if isinstance(found, facts.Class) else None

    def lineage(self, values: Values, cls: LocalClass) -> Iterator[LocalClass]:
        """A class and its local bases, nearest first."""
        pending, seen = [cls], 0
        while pending and seen < DEEPEST_BASE:
            current = pending.pop(0)
            seen += 1
            yield current
            fact = self.fact(current)
            for base in fact.bases if fact else ():
                value = values.of(base, Frame(current.module, MODULE))
                pending += [option for option in options(value) if isinstance(option, LocalClass)]

    def instantiate(self, values: Values, cls: LocalClass, given: Arguments) -> Value:
        """An object of a class: what `cls(…)` makes."""
        initializer = self.method(values, cls, "__init__")
        if initializer is not None:
            frame = values.frame_of(initializer, Arguments((UNKNOWN, *given.positional), given.named, given.open))
            return Instance(cls, frame.arguments[1:])
        fields = self.fields(values, cls)
        named = dict(given.named)
        bound = [*zip(fields, given.positional, strict=False), *((n, v) for n, v in named.items() if n in fields)]
        return Instance(cls, tuple(bound))

    def fields(self, values: Values, cls: LocalClass) -> list[str]:
        """The annotated names of a class and its bases, in the order of a dataclass's constructor."""
        names: dict[str, None] = {}
        for each in reversed(list(self.lineage(values, cls))):
            fact = self.fact(each)
            for statement in fact.body if fact else ():
                if isinstance(statement, facts.Assign) and statement.annotation is not None:
                    names |= {target.id: None for target in statement.targets if isinstance(target, facts.Name)}
        return list(names)

    def method(self, values: Values, cls: LocalClass, name: str) -> LocalFunction | None:
        """A method of a class or of its nearest base that has it, unbound."""
        for each in self.lineage(values, cls):
            for definition in self.modules.scope(each.module, each.node).end.get(name, ()):
                if definition.kind == "function":
                    assert definition.statement is not None
                    return LocalFunction(each.module, definition.statement.node)
        return None

    def attribute(self, values: Values, value: Instance | LocalClass, name: str) -> Value:
        """`value.name` of an object or of a class."""
        cls = value.cls if isinstance(value, Instance) else value
        found = [*self.stored(values, value, cls, name)]
        if found:
            return one_of(found)
        if isinstance(value, Instance) and name in dict(value.arguments) and name in self.fields(values, cls):
            return dict(value.arguments)[name]
        for each in self.lineage(values, cls):
            scope = self.modules.scope(each.module, each.node)
            if definitions := scope.end.get(name):
                frame = Frame(each.module, each.node)
                return one_of([self.bound(values, value, values.defined(d, frame)) for d in definitions])
        return UNKNOWN

    def stored(self, values: Values, value: Instance | LocalClass, cls: LocalClass, name: str) -> Iterator[Value]:
        """What methods assign to `self.name`, with the constructor's arguments bound."""
        for each in self.lineage(values, cls):
            fact = self.fact(each)
            found = False
            for method in fact.body if fact else ():
                if not isinstance(method, facts.Function) or not method.parameters:
                    continue
                receiver = method.parameters[0].name
                for store in self.modules.scope(each.module, method.node).stores:
                    if store.name != name or not isinstance(store.receiver, facts.Name):
                        continue
                    if store.receiver.id != receiver:
                        continue
                    found = True
                    given = value.arguments if method.name == "__init__" and isinstance(value, Instance) else ()
                    frame = Frame(each.module, method.node, ((receiver, value), *given))
                    yield UNKNOWN if store.value is None else values.of(store.value, frame)
            if found:
                return

    def bound(self, values: Values, receiver: Instance | LocalClass, member: Value) -> Value:
        """A member of a class as its object or the class itself gives it: methods bound, properties computed."""
        if not isinstance(member, LocalFunction):
            return member
        function = self.modules.owner(member.module, member.node)
        if not isinstance(function, facts.Function):
            return member
        frame = Frame(member.module, MODULE)
        marks = {
            option.name.rpartition(".")[2]
            for decorator in function.decorators
            for option in options(values.of(decorator, frame))
            if isinstance(option, External)
        }
        if "staticmethod" in marks:
            return LocalFunction(member.module, member.node)
        if "classmethod" in marks:
            cls = receiver.cls if isinstance(receiver, Instance) else receiver
            return LocalFunction(member.module, member.node, cls)
        if not isinstance(receiver, Instance):
            return LocalFunction(member.module, member.node)
        method = LocalFunction(member.module, member.node, receiver)
        return values.returned(method, Arguments()) if marks & {"property", "cached_property"} else method
