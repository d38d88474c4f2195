"""Names resolved once: which definitions can reach each use, and under which conditions each call happens.

One forward walk over the statements of a function, a class body or a module keeps, for every name, the definitions that
reach the current point. Branches join, loops are walked twice (reaching definitions need no more), and code after a
`return`, `raise`, `break` or `continue` knows that the test of the branch that left was false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reviewer.code import facts
from reviewer.code.facts import Block, Expression


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One way in which a name gets its value.

    `kind`: value (`value`, unpacked along `path`), element (an element of the iterable `value`), context (`with`),
    import, parameter, function, class, augmented (`before` operator `value`), item (`before` with `key` set to
    `value`), mutated (`before`, changed by the method call `value`), opaque.
    `path` steps: an index from the front, `*` for any element.
    """

    name: str
    kind: str
    node: int
    value: Expression | None = None
    path: tuple[int | str, ...] = ()
    before: tuple[Definition, ...] = ()
    key: Expression | None = None
    detail: str = ""
    statement: facts.Statement | facts.Parameter | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test that had to hold (or fail) for a place to be reached."""

    test: Expression
    holds: bool


@dataclass(frozen=True, slots=True, eq=False)
class CallSite:
    """A call, and the way to it within its function: conditions, the loops and `try` statements around it."""

    call: facts.Call
    conditions: tuple[Condition, ...]
    loops: tuple[facts.Statement, ...]
    tries: tuple[facts.Try, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A `return` (or the body of a lambda) and the conditions under which it is reached."""

    node: int
    value: Expression | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """An assignment to an attribute, `receiver.name = value`, or to an item, `receiver[key] = value`.

    A value of None cannot be told.
    """

    receiver: Expression
    name: str
    value: Expression | None
    node: int
    key: Expression | None = None


Reaching = dict[str, tuple[Definition, ...]]
Owner = facts.Module | facts.Function | facts.Class | facts.Lambda

MUTATORS = frozenset(
    (
        "append",
        "extend",
        "insert",
        "add",
        "update",
        "setdefault",
        "pop",
        "remove",
        "clear",
        "discard",
        "popitem",
        "sort",
    )
)


@dataclass(slots=True, eq=False)
class Scope:
    """What the walk over one owner found. `uses` is by the node of the name; `end` is what reaches the end."""

    owner: Owner
    uses: dict[int, tuple[Definition, ...]] = field(default_factory=dict)
    end: Reaching = field(default_factory=dict)
    definitions: Reaching = field(default_factory=dict)
    """All definitions of each name, wherever they stand."""
    declared: dict[str, str] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, and which."""
    calls: list[CallSite] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    yields: list[facts.Yield] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    literals: list[facts.Literal] = field(default_factory=list)
    raises: bool = False


def resolve(owner: Owner) -> Scope:
    """Walk one owner. Nested functions and lambdas are owners of their own; comprehensions are not."""
    scope = Scope(owner)
    walk = _Walk(scope)
    if isinstance(owner, (facts.Function, facts.Lambda)):
        for parameter in owner.parameters:
            walk.define(Definition(parameter.name, "parameter", parameter.node, statement=parameter))
    if isinstance(owner, facts.Lambda):
        walk.visit(owner.body)
        walk.seen(scope.answers, owner.body.node, Answer(owner.body.node, owner.body, ()))
    else:
        walk.block(owner.body)
    scope.end = walk.env if walk.env is not None else walk.last
    return scope


class _Walk:
    """The state of one walk: `env` is None where the code cannot be reached."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.env: Reaching | None = {}
        self.last: Reaching = {}
        self.conditions: list[Condition] = []
        self.loops: list[facts.Statement] = []
        self.tries: list[facts.Try] = []
        self.jumps: list[dict[str, list[Reaching]]] = []
        self.made: dict[tuple[int, str, str], Definition] = {}
        self.places: set[tuple[int, int]] = set()

    # --- definitions

    def define(self, definition: Definition) -> None:
        # the second walk through a loop makes the same definitions again: one object each, except for what came before
        key = (definition.node, definition.name, definition.kind)
        definition = self.made.setdefault(key, definition) if not definition.before else definition
        known = self.scope.definitions.get(definition.name, ())
        if definition not in known:
            self.scope.definitions[definition.name] = (*known, definition)
        if self.env is not None:
            self.env[definition.name] = (definition,)

    def reaching(self, name: str) -> tuple[Definition, ...]:
        return (self.env if self.env is not None else self.last).get(name, ())

    def seen(self, into: list[Any], node: int, record: object) -> None:
        """Note a record once, however often a loop is walked."""
        key = (id(into), node)
        if key not in self.places:
            self.places.add(key)
            into.append(record)

    def bind(self, target: Expression, kind: str, value: Expression | None, path: tuple[int | str, ...] = ()) -> None:
        """Define what a target names, element by element where it unpacks."""
        if isinstance(target, facts.Name):
            self.define(Definition(target.id, kind, target.node, value, path))
        elif isinstance(target, facts.Display):
            starred = any(isinstance(item, facts.Star) for item in target.items)
            for index, item in enumerate(target.items):
                self.bind(item, kind, value, (*path, "*" if starred else index))
        elif isinstance(target, facts.Star):
            self.bind(target.value, "opaque", None)
        elif isinstance(target, facts.Attribute):
            self.visit(target.value)
            stored = value if kind == "value" and not path else None
            self.seen(self.scope.stores, target.node, Store(target.value, target.name, stored, target.node))
        elif isinstance(target, facts.Subscript):
            self.visit(target.value)
            self.visit(target.index)
            stored = value if kind == "value" and not path else None
            store = Store(target.value, "", stored, target.node, target.index)
            self.seen(self.scope.stores, target.node, store)
            if isinstance(target.value, facts.Name):
                before = self.reaching(target.value.id)
                self.define(Definition(target.value.id, "item", target.node, stored, before=before, key=target.index))

    # --- branches

    def join(self, environments: list[Reaching | None]) -> Reaching | None:
        alive = [env for env in environments if env is not None]
        if not alive:
            return None
        if len(alive) == 1:
            return alive[0]
        joined: Reaching = {}
        for name in dict.fromkeys(name for env in alive for name in env):
            joined[name] = tuple(dict.fromkeys(d for env in alive for d in env.get(name, ())))
        return joined

    def fork(self) -> Reaching | None:
        return None if self.env is None else dict(self.env)

    def branch(self, body: Block, conditions: list[Condition]) -> bool:
        """Walk a block under conditions; true where its end cannot be reached."""
        length = len(self.conditions)
        self.conditions += conditions
        self.block(body)
        del self.conditions[length:]
        return self.env is None

    def block(self, body: Block) -> None:
        length = len(self.conditions)
        for statement in body:
            if self.env is not None:
                self.last = self.env
            STATEMENTS.get(type(statement), _Walk.nothing)(self, statement)
        if self.env is not None:
            self.last = self.env
        del self.conditions[length:]

    # --- statements

    def nothing(self, _: facts.Statement) -> None:
        pass

    def evaluate(self, statement: facts.Evaluate) -> None:
        self.visit(statement.value)
        call = statement.value
        if isinstance(call, facts.Await):
            call = call.value
        if not isinstance(call, facts.Call):
            return
        method = call.function
        if isinstance(method, facts.Attribute) and isinstance(method.value, facts.Name) and method.name in MUTATORS:
            name = method.value.id
            if before := self.reaching(name):
                self.define(Definition(name, "mutated", call.node, call, before=before, detail=method.name))
        if _leaves(call):
            self.leave()

    def assign(self, statement: facts.Assign) -> None:
        if statement.value is None:
            return
        self.visit(statement.value)
        for target in statement.targets:
            self.bind(target, "value", statement.value)

    def augment(self, statement: facts.Augment) -> None:
        self.visit(statement.value)
        self.visit(statement.target)
        if isinstance(statement.target, facts.Name):
            name = statement.target.id
            before = self.reaching(name)
            self.define(
                Definition(name, "augmented", statement.node, statement.value, (), before, detail=statement.operator)
            )
        else:
            self.bind(statement.target, "opaque", None)

    def delete(self, statement: facts.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, facts.Name):
                self.define(Definition(target.id, "opaque", target.node))
            else:
                self.bind(target, "opaque", None)

    def declare(self, statement: facts.Declare) -> None:
        for name in statement.names:
            self.scope.declared[name] = statement.kind

    def import_(self, statement: facts.Import) -> None:
        for _, _, bound in statement.names:
            if bound and bound != "*":
                self.define(Definition(bound, "import", statement.node, statement=statement))

    def return_(self, statement: facts.Return) -> None:
        if statement.value is not None:
            self.visit(statement.value)
        self.seen(self.scope.answers, statement.node, Answer(statement.node, statement.value, tuple(self.conditions)))
        self.leave()

    def raise_(self, statement: facts.Raise) -> None:
        if statement.value is not None:
            self.visit(statement.value)
        self.scope.raises = True
        self.leave()

    def jump(self, statement: facts.Jump) -> None:
        if self.jumps and self.env is not None:
            self.jumps[-1][statement.kind].append(self.env)
        self.leave()

    def leave(self) -> None:
        if self.env is not None:
            self.last = self.env
        self.env = None

    def assert_(self, statement: facts.Assert) -> None:
        self.visit(statement.test)
        self.conditions.append(Condition(statement.test, True))

    def if_(self, statement: facts.If) -> None:
        ends: list[Reaching | None] = []
        failed: list[Condition] = []
        left: list[bool] = []
        for test, body in statement.arms:
            self.visit(test)
            before = self.fork()
            left.append(self.branch(body, [*failed, Condition(test, True)]))
            ends.append(self.env)
            failed.append(Condition(test, False))
            self.env = before
        ends_in_else = self.branch(statement.orelse, failed)
        ends.append(self.env)
        self.env = self.join(ends)
        # what is known afterwards, when some of the arms never come here
        if ends_in_else and statement.orelse:
            staying = [test for (test, _), gone in zip(statement.arms, left, strict=True) if not gone]
            if len(staying) == 1 and len(statement.arms) == 1:
                self.conditions.append(Condition(staying[0], True))
        else:
            for condition, gone in zip(failed, left, strict=True):
                if not gone:
                    break
                self.conditions.append(condition)

    def loop(self, statement: facts.While | facts.For, conditions: list[Condition]) -> None:
        self.loops.append(statement)
        before = self.fork()
        ends: list[Reaching | None] = [before]
        for _ in range(2):
            self.jumps.append({"break": [], "continue": []})
            if isinstance(statement, facts.For):
                self.bind(statement.target, "element", statement.iterable)
            else:
                self.visit(statement.test)
            self.branch(statement.body, conditions)
            jumps = self.jumps.pop()
            self.env = self.join([before, self.env, *jumps["continue"]])
            ends = [self.fork(), *jumps["break"]]
        endless = isinstance(statement, facts.While) and _is_true(statement.test)
        self.env = None if endless else self.env
        self.loops.pop()
        self.block(statement.orelse)
        self.env = self.join([self.env, *ends[1:]])

    def while_(self, statement: facts.While) -> None:
        self.loop(statement, [] if _is_true(statement.test) else [Condition(statement.test, True)])

    def for_(self, statement: facts.For) -> None:
        self.visit(statement.iterable)
        self.loop(statement, [])

    def try_(self, statement: facts.Try) -> None:
        before = self.fork()
        known = {name: len(found) for name, found in self.scope.definitions.items()}
        self.tries.append(statement)
        self.branch(statement.body, [])
        self.tries.pop()
        self.branch(statement.orelse, [])
        ends = [self.env]
        # a handler may start after any statement of the body
        thrown = None if before is None else dict(before)
        if thrown is not None:
            for name, found in self.scope.definitions.items():
                if made := found[known.get(name, 0) :]:
                    thrown[name] = tuple(dict.fromkeys((*thrown.get(name, ()), *made)))
        for handler in statement.handlers:
            self.env = None if thrown is None else dict(thrown)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.define(Definition(handler.name, "opaque", handler.node))
            self.branch(handler.body, [])
            ends.append(self.env)
        self.env = self.join(ends)
        alive = self.env is not None
        if not alive and statement.final:
            self.env = thrown
        self.block(statement.final)
        if not alive:
            self.leave()

    def with_(self, statement: facts.With) -> None:
        for item, target in statement.items:
            self.visit(item)
            if target is not None:
                self.bind(target, "context", item)
        self.block(statement.body)

    def match(self, statement: facts.Match) -> None:
        self.visit(statement.subject)
        before = self.fork()
        ends = [before]
        for case in statement.cases:
            self.env = None if before is None else dict(before)
            for value in case.values:
                self.visit(value)
            for name in case.bindings:
                self.define(Definition(name, "opaque", statement.node))
            conditions = [_matches(statement, case)] if case.values else []
            if case.guard is not None:
                self.visit(case.guard)
                conditions.append(Condition(case.guard, True))
            self.branch(case.body, conditions)
            ends.append(self.env)
        self.env = self.join(ends)

    def function(self, statement: facts.Function) -> None:
        for decorator in statement.decorators:
            self.visit(decorator)
        for parameter in statement.parameters:
            if parameter.default is not None:
                self.visit(parameter.default)
        self.define(Definition(statement.name, "function", statement.node, statement=statement))

    def class_(self, statement: facts.Class) -> None:
        for expression in (*statement.decorators, *statement.bases):
            self.visit(expression)
        self.define(Definition(statement.name, "class", statement.node, statement=statement))

    # --- expressions

    def visit(self, expression: Expression) -> None:
        VISITORS[type(expression)](self, expression)

    def name(self, expression: facts.Name) -> None:
        found = self.reaching(expression.id)
        if found:
            known = self.scope.uses.get(expression.node, ())
            self.scope.uses[expression.node] = tuple(dict.fromkeys((*known, *found))) if known else found

    def literal(self, expression: facts.Literal) -> None:
        if isinstance(expression.value, str) and expression.value:
            self.seen(self.scope.literals, expression.node, expression)

    def call(self, expression: facts.Call) -> None:
        self.visit(expression.function)
        for argument in expression.arguments:
            self.visit(argument.value)
        site = CallSite(expression, tuple(self.conditions), tuple(self.loops), tuple(self.tries))
        self.seen(self.scope.calls, expression.node, site)

    def boolean(self, expression: facts.Boolean) -> None:
        self.visit(expression.left)
        self.conditions.append(Condition(expression.left, expression.operator == "and"))
        self.visit(expression.right)
        self.conditions.pop()

    def conditional(self, expression: facts.Conditional) -> None:
        self.visit(expression.test)
        for part, holds in ((expression.body, True), (expression.orelse, False)):
            self.conditions.append(Condition(expression.test, holds))
            self.visit(part)
            self.conditions.pop()

    def comprehension(self, expression: facts.Comprehension) -> None:
        saved = self.fork()
        length = len(self.conditions)
        for generator in expression.generators:
            self.visit(generator.iterable)
            self.bind(generator.target, "element", generator.iterable)
            for condition in generator.conditions:
                self.visit(condition)
                self.conditions.append(Condition(condition, True))
        if expression.key is not None:
            self.visit(expression.key)
        self.visit(expression.element)
        del self.conditions[length:]
        if self.env is not None:
            self.env = saved

    def walrus(self, expression: facts.Walrus) -> None:
        self.visit(expression.value)
        self.bind(expression.target, "value", expression.value)

    def yield_(self, expression: facts.Yield) -> None:
        if expression.value is not None:
            self.visit(expression.value)
        self.seen(self.scope.yields, expression.node, expression)

    def children(self, expression: Expression) -> None:
        for child in children(expression):
            self.visit(child)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside of another, in the order of evaluation. A lambda's body is not inside."""
    return _CHILDREN[type(expression)](expression)


def _some(*expressions: Expression | None) -> tuple[Expression, ...]:
    return tuple(expression for expression in expressions if expression is not None)


def _leaves(call: facts.Call) -> bool:
    """Whether a call ends the process: `sys.exit()`, `exit()`, `os._exit()`."""
    function = call.function
    if isinstance(function, facts.Attribute) and isinstance(function.value, facts.Name):
        return (function.value.id, function.name) in {("sys", "exit"), ("os", "_exit"), ("os", "abort")}
    return isinstance(function, facts.Name) and function.id in {"exit", "quit"}


def _is_true(test: Expression) -> bool:
    return isinstance(test, facts.Literal) and bool(test.value)


def _matches(statement: facts.Match, case: facts.Case) -> Condition:
    """A `case` of literal values as the comparison that it is."""
    values = facts.Display(statement.node, "tuple", case.values)
    return Condition(facts.Compare(statement.node, statement.subject, (("in", values),)), True)


_CHILDREN: dict[type, Callable[[Any], tuple[Expression, ...]]] = {
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

VISITORS: dict[type, Callable[[_Walk, Any], None]] = {
    **dict.fromkeys(_CHILDREN, _Walk.children),
    facts.Name: _Walk.name,
    facts.Literal: _Walk.literal,
    facts.Call: _Walk.call,
    facts.Boolean: _Walk.boolean,
    facts.Conditional: _Walk.conditional,
    facts.Comprehension: _Walk.comprehension,
    facts.Walrus: _Walk.walrus,
    facts.Yield: _Walk.yield_,
}

STATEMENTS: dict[type, Callable[[_Walk, Any], None]] = {
    facts.Evaluate: _Walk.evaluate,
    facts.Assign: _Walk.assign,
    facts.Augment: _Walk.augment,
    facts.Delete: _Walk.delete,
    facts.Declare: _Walk.declare,
    facts.Import: _Walk.import_,
    facts.Return: _Walk.return_,
    facts.Raise: _Walk.raise_,
    facts.Jump: _Walk.jump,
    facts.Assert: _Walk.assert_,
    facts.If: _Walk.if_,
    facts.While: _Walk.while_,
    facts.For: _Walk.for_,
    facts.Try: _Walk.try_,
    facts.With: _Walk.with_,
    facts.Match: _Walk.match,
    facts.Function: _Walk.function,
    facts.Class: _Walk.class_,
}
