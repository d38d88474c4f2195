"""The walk over expressions: which definitions reach each name in them, and on which conditions each call happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reviewer.code import facts
from reviewer.code.bindings import Bindings
from reviewer.code.facts import Expression
from reviewer.code.rounds import chosen, collection, filled, handed_on
from reviewer.code.scopes import CallSite, Condition, Definition, Reaching, Scope, Store

MOST_CONDITIONS = 100
"""Conditions of one call that are kept, the nearest: bounds hostile chains of early exits."""

MUTATORS = frozenset(
    [
        *("append", "appendleft", "extend", "insert", "remove", "sort", "reverse"),
        *("add", "discard", "update", "setdefault", "pop", "popitem", "clear"),
    ]
)
"""Methods that change a list, a set or a dict in place."""
MOST_SHARED = 32
"""Names for one object that are followed."""
SHARES = frozenset(("value", "element"))
"""Definitions that give a name to what another name stands for, or to a part of it."""

Path = tuple[int | str, ...]
Keys = tuple[Expression | None, ...]
Inner = tuple[facts.Name | None, Keys]
"""A name and the keys that lead to something inside of it; no name where none is known."""


class Visits:
    """The half of the walk that statements are built on. What is met twice, in a loop, is noted once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.bindings = Bindings()
        self.conditions: list[Condition] = []
        self.loops: list[facts.Statement] = []
        self.made: dict[tuple[int, str, str], Definition] = {}
        self.ways: dict[int, tuple[Condition, ...]] = {}
        """The conditions of each change in place."""
        self.handed_on: set[str] = set()
        """Names of what other functions may have changed in place."""
        self.places: set[tuple[int, int, str]] = set()

    # --- what is noted

    def define(self, name: str, kind: str, node: int, before: Reaching = (), **more: Any) -> None:
        """A definition; the same object each time that the walk comes by it."""
        definition = self.made.get((node, name, kind))
        if definition is None:
            definition = self.made[node, name, kind] = Definition(name, kind, node, **more)
            self.scope.definitions.setdefault(name, []).append(definition)
        if before:
            definition.before = tuple(dict.fromkeys((*definition.before, *before)))
            self.ways.setdefault(node, self.known())
        self.bindings.define(definition)

    def first(self, into: list[Any], node: int, name: str = "", *, dead: bool = False) -> bool:
        """Whether a node is to be noted in a list: no more than once, and not where it cannot be reached, or `dead`."""
        if not (self.bindings.alive or dead):
            return False
        key = (id(into), node, name)
        if key in self.places:
            return False
        self.places.add(key)
        return True

    def close_over(self, node: int) -> None:
        """Note a function or lambda that shares the names of this one."""
        if isinstance(self.scope.owner, (facts.Function, facts.Lambda)) and self.first(self.scope.closures, node):
            self.scope.closures.append(node)

    def site(self, call: facts.Call) -> CallSite:
        return CallSite(call, self.known(), tuple(self.loops))

    def known(self) -> tuple[Condition, ...]:
        """The conditions of this place."""
        return tuple(self.conditions[-MOST_CONDITIONS:])

    def imply(self, node: int, value: Expression, name: str = "") -> None:
        """Note a call that nobody wrote: of a method of an object, or of what may be a property."""
        if self.first(self.scope.implied, node, name):
            function = facts.Attribute(node, value, name) if name else value
            self.scope.implied.append(self.site(facts.Call(node, function, ())))

    def has_items(self, iterable: Expression) -> list[Condition]:
        """The condition under which there is anything to go through, beyond those of this place."""
        source = collection(iterable)
        if isinstance(source, facts.Comprehension):
            return chosen(source)
        if not isinstance(source, facts.Name) or source.id in self.handed_on:
            return []
        return filled(self.bindings.reaching(source.id), self.ways, self.conditions)

    # --- targets

    def bind(self, target: Expression, kind: str, value: Expression | None, path: Path = ()) -> None:
        """Define what a target names, element by element where it unpacks."""
        if isinstance(target, facts.Name):
            self.define(target.id, kind, target.node, value=value, path=path)
        elif isinstance(target, facts.Display):
            starred = any(isinstance(item, facts.Star) for item in target.items)
            for index, item in enumerate(target.items):
                self.bind(item, kind, value, (*path, "*" if starred else index))
        elif isinstance(target, facts.Star):
            self.bind(target.value, "opaque", None)
        elif isinstance(target, (facts.Attribute, facts.Subscript)):
            self.store(target, Definition("", kind, target.node, value, path))

    def store(self, target: facts.Attribute | facts.Subscript, given: Definition) -> None:
        """An assignment to an attribute or an item."""
        self.visit(target.value)
        if isinstance(target, facts.Attribute):
            self.note(Store(target.value, target.name, given, target.node))
            return
        self.visit(target.index)
        self.note(Store(target.value, "", given, target.node, target.index))
        self.change(target.value, "item", target.node, key=target.index, given=given)

    def note(self, store: Store) -> None:
        if self.first(self.scope.stores, store.node):
            self.scope.stores.append(store)

    def change(self, target: Expression, kind: str, node: int, **more: Any) -> None:
        """A change of what a name stands for, or of something inside, and of the names that it was taken from."""
        self.spread([inner_of(target)], kind, node, **more)

    def spread(self, pending: list[Inner], kind: str, node: int, **more: Any) -> None:
        """A change of what is inside of some names, and of the names that they were taken from."""
        seen: set[str] = set()
        while pending and len(seen) < MOST_SHARED:
            name, within = pending.pop()
            if name is not None and name.id not in seen:
                seen.add(name.id)
                before = self.before(name)
                self.define(name.id, kind, node, before, within=within, **more)
                pending += sources(before, within)

    def before(self, name: facts.Name) -> Reaching:
        return self.bindings.reaching(name.id) or (self.outside(name.id, name.node),)

    def outside(self, name: str, node: int) -> Definition:
        """What an enclosing scope calls so: where a name is declared, or changed in place but not bound here."""
        return self.made.setdefault((node, name, "outside"), Definition(name, "outside", node))

    # --- expressions

    def visit(self, expression: Expression) -> None:
        VISITORS[type(expression)](self, expression)

    def name(self, expression: facts.Name) -> None:
        found = self.bindings.reaching(expression.id)
        if found:
            uses = self.scope.uses
            known = uses.get(expression.node)
            uses[expression.node] = found if known is None else tuple(dict.fromkeys((*known, *found)))

    def attribute(self, expression: facts.Attribute) -> None:
        self.visit(expression.value)
        if expression.name in MUTATORS:  # is handed over, to be called later
            self.change(expression.value, "mutated", expression.node)
        self.imply(expression.node, expression)

    def call(self, expression: facts.Call) -> None:
        function = expression.function
        self.visit(function.value if isinstance(function, facts.Attribute) else function)
        for argument in expression.arguments:
            self.visit(argument.value)
        self.handed_on.update(handed_on(expression))
        if self.first(self.scope.calls, expression.node):
            self.scope.calls.append(self.site(expression))
            for argument in expression.arguments:
                if isinstance(argument.value, facts.Name):
                    self.scope.passed.setdefault(argument.value.id, []).append(expression)
        if isinstance(function, facts.Attribute) and function.name in MUTATORS:
            self.note(Store(function.value, "", None, expression.node))
            self.change(function.value, "mutated", expression.node, value=expression, detail=function.name)

    def perhaps(self, expression: Expression, condition: Condition) -> None:
        """An expression that is evaluated on a condition only."""
        self.conditions.append(condition)
        self.bindings.open()
        self.visit(expression)
        self.bindings.close_perhaps()
        self.conditions.pop()

    def boolean(self, expression: facts.Boolean) -> None:
        self.visit(expression.left)
        self.perhaps(expression.right, Condition(expression.left, expression.operator == "and"))

    def conditional(self, expression: facts.Conditional) -> None:
        self.visit(expression.test)
        self.perhaps(expression.body, Condition(expression.test, True))
        self.perhaps(expression.orelse, Condition(expression.test, False))

    def comprehension(self, expression: facts.Comprehension) -> None:
        bindings, length = self.bindings, len(self.conditions)
        targets: set[str] = set()
        bindings.open()
        for generator in expression.generators:
            self.visit(generator.iterable)
            begin = len(bindings.trail)
            self.bind(generator.target, "element", generator.iterable)
            targets |= {definition.name for definition in bindings.trail[begin:]}
            del bindings.trail[begin:]  # outside of the comprehension, nothing of them is left
            self.conditions += self.has_items(generator.iterable)
            for condition in generator.conditions:
                self.visit(condition)
                self.conditions.append(Condition(condition, True))
        if expression.key is not None:
            self.visit(expression.key)
        self.visit(expression.element)
        del self.conditions[length:]
        bindings.close_perhaps(without=targets)

    def walrus(self, expression: facts.Walrus) -> None:
        self.visit(expression.value)
        self.bind(expression.target, "value", expression.value)

    def lambda_(self, expression: facts.Lambda) -> None:
        self.close_over(expression.node)
        self.children(expression)

    def yield_(self, expression: facts.Yield) -> None:
        if expression.value is not None:
            self.visit(expression.value)
        if self.first(self.scope.yields, expression.node, dead=True):  # what yields nothing is a generator as well
            self.scope.yields.append(expression)

    def children(self, expression: Expression) -> None:
        for child in children(expression):
            self.visit(child)


def sources(definitions: Reaching, within: Keys = ()) -> list[Inner]:
    """The names that others got their values from, and where in them something stands that is `within` those."""
    return [
        (name, (*keys, *([None] if each.kind == "element" else []), *(None for _ in each.path), *within))
        for each in definitions
        if each.kind in SHARES and each.value is not None
        for name, keys in [inner_of(each.value)]
    ]


def inner_of(target: Expression) -> Inner:
    """The name that a target is inside of, and the keys that lead to it; None where there is no such name."""
    keys: list[Expression | None] = []
    while not isinstance(target, facts.Name):
        match target:
            case facts.Walrus(target=inner):
                target = inner
            case facts.Subscript(value=inner, index=index):
                target = inner
                keys.append(None if isinstance(index, facts.Slice) else index)
            case facts.Call(function=facts.Attribute(value=inner, name=("get" | "setdefault")), arguments=(first, *_)):
                target = inner
                keys.append(first.value)
            case _:
                return None, ()
    return target, tuple(reversed(keys))


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside of another, in the order of evaluation. A lambda's body is not inside."""
    return CHILDREN[type(expression)](expression)


def _some(*expressions: Expression | None) -> tuple[Expression, ...]:
    return tuple(expression for expression in expressions if expression is not None)


CHILDREN: dict[type, Callable[[Any], tuple[Expression, ...]]] = {
    facts.Opaque: lambda e: e.parts,
    facts.Literal: lambda _: (),
    facts.Name: lambda _: (),
    facts.Attribute: lambda e: (e.value,),
    facts.Subscript: lambda e: (e.value, e.index),
    facts.Slice: lambda e: _some(e.lower, e.upper, e.step),
    facts.Call: lambda e: (e.function, *(argument.value for argument in e.arguments)),
    facts.Interpolation: lambda e: e.parts,
    facts.Binary: lambda e: (e.left, e.right),
    facts.Unary: lambda e: (e.operand,),
    facts.Boolean: lambda e: (e.left, e.right),
    facts.Compare: lambda e: (e.left, *(right for _, right in e.comparisons)),
    facts.Conditional: lambda e: (e.test, e.body, e.orelse),
    facts.Display: lambda e: e.items,
    facts.Dictionary: lambda e: tuple(part for entry in e.entries for part in _some(*entry)),
    facts.Comprehension: lambda e: _some(
        *(part for g in e.generators for part in (g.iterable, *g.conditions)), e.key, e.element
    ),
    facts.Lambda: lambda e: _some(*(parameter.default for parameter in e.parameters)),
    facts.Await: lambda e: (e.value,),
    facts.Yield: lambda e: _some(e.value),
    facts.Star: lambda e: (e.value,),
    facts.Walrus: lambda e: (e.value,),
}

VISITORS: dict[type, Callable[[Visits, Any], None]] = {
    **dict.fromkeys(CHILDREN, Visits.children),
    facts.Literal: lambda *_: None,
    facts.Name: Visits.name,
    facts.Attribute: Visits.attribute,
    facts.Call: Visits.call,
    facts.Boolean: Visits.boolean,
    facts.Conditional: Visits.conditional,
    facts.Comprehension: Visits.comprehension,
    facts.Walrus: Visits.walrus,
    facts.Lambda: Visits.lambda_,
    facts.Yield: Visits.yield_,
}
