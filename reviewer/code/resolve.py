"""Names resolved once: which definitions can reach each use, and under which conditions each call happens.

One forward walk over the statements of a function, a class body or a module. Branches join; a loop is walked twice,
first to learn what a round may begin with; code after a `return`, `raise`, `break` or `continue` knows that the test of
the branch that left was false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reviewer.code import facts
from reviewer.code.bindings import Changes, Jumps
from reviewer.code.facts import Block, Expression
from reviewer.code.scopes import Answer, Caught, Condition, Owner, Scope, Store
from reviewer.code.visits import Visits, sources


def resolve(owner: Owner) -> Scope:
    """Walk one owner. Nested functions and lambdas are owners of their own; comprehensions are not."""
    scope = Scope(owner)
    walk = Walk(scope)
    if isinstance(owner, (facts.Function, facts.Lambda)):
        for parameter in owner.parameters:
            walk.define(parameter.name, "parameter", parameter.node, statement=parameter)
    if isinstance(owner, facts.Lambda):
        walk.visit(owner.body)
        walk.answer(owner.body.node, owner.body)
    else:
        walk.block(owner.body)
    scope.end = walk.bindings.layers[0]
    return scope


class Walk(Visits):
    """The state of one walk."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.jumps: list[Jumps] = []
        self.rehearsals = 0
        """How many loops are walked for the first time: loops inside of them are not walked twice."""

    # --- blocks

    def block(self, body: Block) -> bool:
        """Walk a block; true where its end cannot be reached. What it knows by its early exits ends with it."""
        length = len(self.conditions)
        self.statements(body)
        del self.conditions[length:]
        return not self.bindings.alive

    def branch(self, body: Block, conditions: list[Condition]) -> bool:
        """Walk a block under conditions; true where its end cannot be reached."""
        length = len(self.conditions)
        self.conditions += conditions
        leaves = self.block(body)
        del self.conditions[length:]
        return leaves

    def statements(self, body: Block) -> None:
        for statement in body:
            STATEMENTS[type(statement)](self, statement)

    # --- simple statements

    def evaluate(self, statement: facts.Evaluate) -> None:
        self.visit(statement.value)
        call = statement.value
        if isinstance(call, facts.Await):
            call = call.value
        if not isinstance(call, facts.Call):
            return
        if _leaves(call):
            self.bindings.alive = False

    def assign(self, statement: facts.Assign) -> None:
        if statement.value is None:
            return
        self.visit(statement.value)
        for target in statement.targets:
            self.bind(target, "value", statement.value)

    def augment(self, statement: facts.Augment) -> None:
        self.visit(statement.target)
        self.visit(statement.value)
        target = statement.target
        if isinstance(target, facts.Name):
            value, operator, before = statement.value, statement.operator, self.before(target)
            self.define(target.id, "augmented", statement.node, before, value=value, detail=operator)
            self.spread(sources(before), "mutated", statement.node, value=value, detail=f"{operator}=")
        else:
            self.bind(target, "opaque", None)

    def delete(self, statement: facts.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, facts.Subscript):
                self.visit(target)
                self.note(Store(target.value, "", None, target.node, target.index))
                self.change(target.value, "removed", target.node, key=target.index)
            else:
                self.bind(target, "opaque", None)

    def declare(self, statement: facts.Declare) -> None:
        for name in statement.names:
            self.scope.declared[name] = statement.kind
            if not self.bindings.reaching(name):
                self.bindings.define(self.outside(name, statement.node))

    def import_(self, statement: facts.Import) -> None:
        for _, _, bound in statement.names:
            if bound and bound != "*":
                self.define(bound, "import", statement.node, statement=statement)

    def return_(self, statement: facts.Return) -> None:
        if statement.value is not None:
            self.visit(statement.value)
        self.answer(statement.node, statement.value)
        self.bindings.alive = False

    def answer(self, node: int, value: Expression | None) -> None:
        if self.first(self.scope.answers, node):
            self.scope.answers.append(Answer(node, value, self.known()))

    def raise_(self, statement: facts.Raise) -> None:
        if statement.value is not None:
            self.visit(statement.value)
        self.bindings.alive = False

    def jump(self, statement: facts.Jump) -> None:
        if self.jumps:
            self.jumps[-1].take(statement.kind)
        self.bindings.alive = False

    def assert_(self, statement: facts.Assert) -> None:
        self.visit(statement.test)
        self.conditions.append(Condition(statement.test, True))

    def function(self, statement: facts.Function) -> None:
        for decorator in statement.decorators:
            self.visit(decorator)
        for parameter in statement.parameters:
            if parameter.default is not None:
                self.visit(parameter.default)
        self.close_over(statement.node)
        self.define(statement.name, "function", statement.node, statement=statement)

    def class_(self, statement: facts.Class) -> None:
        for expression in (*statement.decorators, *statement.bases):
            self.visit(expression)
        self.define(statement.name, "class", statement.node, statement=statement)

    # --- branches

    def if_(self, statement: facts.If) -> None:
        bindings, alive, length = self.bindings, self.bindings.alive, len(self.conditions)
        ends: list[Changes | None] = []
        for test, body in statement.arms:
            self.visit(test)
            bindings.open()
            self.conditions.append(Condition(test, True))
            self.block(body)
            self.conditions[-1] = Condition(test, False)
            ends.append(bindings.close())
            bindings.alive = alive
        bindings.open()
        self.block(statement.orelse)
        ends.append(bindings.close())
        bindings.join(ends)
        failed = self.conditions[length:]
        self.conditions[length:] = _known_behind(statement, failed, [end is not None for end in ends])

    def match(self, statement: facts.Match) -> None:
        self.visit(statement.subject)
        bindings, alive = self.bindings, self.bindings.alive
        ends: list[Changes | None] = []
        for case in statement.cases:
            for test in case.tests:
                self.visit(test.comparisons[0][1])
            bindings.open()
            self.take(statement, case)
            conditions = [Condition(test, True) for test in case.tests]
            conditions += [] if case.guard is None else [Condition(case.guard, True)]
            self.branch(case.body, conditions)
            ends.append(bindings.close())
            bindings.alive = alive
            if case.guard is not None:  # where it fails, what the pattern has bound stays
                bindings.open()
                self.take(statement, case)
                bindings.close_perhaps()
        if alive and not any(case.takes_all for case in statement.cases):
            ends.append({})
        bindings.join(ends)

    def take(self, statement: facts.Match, case: facts.Case) -> None:
        for name, part in case.bindings:
            self.define(name, "opaque" if part is None else "value", (part or statement).node, value=part)
        if case.guard is not None:
            self.visit(case.guard)

    # --- loops

    def while_(self, statement: facts.While) -> None:
        self.loop(statement, [] if _is_endless(statement) else [Condition(statement.test, True)])

    def for_(self, statement: facts.For) -> None:
        self.visit(statement.iterable)
        self.loop(statement, self.has_items(statement.iterable))

    def loop(self, statement: facts.While | facts.For, conditions: list[Condition]) -> None:
        bindings, alive, depth = self.bindings, self.bindings.alive, len(self.bindings.layers)
        self.loops.append(statement)
        bindings.open()  # what any round may begin with, and what is left when there is no other
        for is_rehearsal in (True,) if self.rehearsals else (True, False):
            jumps = Jumps(bindings, depth)
            self.jumps.append(jumps)
            self.rehearsals += is_rehearsal
            end = self.round(statement, conditions)
            self.rehearsals -= is_rehearsal
            self.jumps.pop()
            if is_rehearsal and alive:
                bindings.join([{}, end, *jumps.states("continue")])
            bindings.alive = alive
        self.loops.pop()
        bindings.alive = alive and not _is_endless(statement)
        self.block(statement.orelse)
        breaks = jumps.states("break")
        bindings.join([bindings.close(), *breaks])

    def round(self, statement: facts.While | facts.For, conditions: list[Condition]) -> Changes | None:
        """One round of a loop. A test belongs to the loop itself: it is asked once more where there is no other."""
        if isinstance(statement, facts.While):
            self.visit(statement.test)
        self.bindings.open()
        if isinstance(statement, facts.For):
            self.bind(statement.target, "element", statement.iterable)
        self.branch(statement.body, conditions)
        return self.bindings.close()

    # --- statements that exceptions leave

    def with_(self, statement: facts.With) -> None:
        for item, target in statement.items:
            self.visit(item)
            self.imply(item.node, item, "__enter__")
            self.imply(item.node, item, "__exit__")
            if target is not None:
                self.bind(target, "context", item)
        if not any(_suppresses(item) for item, _ in statement.items):
            self.statements(statement.body)
            return
        bindings, begin, alive = self.bindings, len(self.bindings.trail), self.bindings.alive
        bindings.open()
        self.block(statement.body)
        end = bindings.close()
        bindings.join([end, bindings.interrupted(begin) if alive else None])

    def try_(self, statement: facts.Try) -> None:
        bindings, begin, alive = self.bindings, len(self.bindings.trail), self.bindings.alive
        counts = self.jumps[-1].count() if self.jumps else {}
        bindings.open()
        self.block(statement.body)
        thrown = len(bindings.trail)
        self.block(statement.orelse)
        ends = [bindings.close()]
        # a handler may start after any definition of the body
        started = bindings.interrupted(begin, thrown)
        for handler in statement.handlers:
            bindings.alive = alive
            bindings.open(started)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.define(handler.name, "opaque", handler.node)
            self.branch(handler.body, [_caught(handler)])
            ends.append(bindings.close())
        if statement.final and alive:
            self.final(statement.final, ends, begin, counts)
        else:
            bindings.join(ends)
            self.block(statement.final)
        if ends[0] is None:  # what comes behind is reached where an exception was caught
            goes_on = (each for each, end in zip(statement.handlers, ends[1:], strict=True) if end is not None)
            self.conditions += [_caught(each) for each in goes_on][:1]

    def final(self, body: Block, ends: list[Changes | None], begin: int, counts: dict[str, int]) -> None:
        """A `finally`: walked for all ways that lead there, then for those that go on behind it."""
        bindings = self.bindings
        jumps = self.jumps[-1] if self.jumps else None
        passing = jumps.passing(counts) if jumps else []
        goes_on = any(end is not None for end in ends)
        bindings.open()
        bindings.join([*ends, bindings.interrupted(begin), *passing])
        self.rehearsals += goes_on
        self.block(body)
        self.rehearsals -= goes_on
        changes = bindings.close()
        if changes is None and jumps:
            jumps.drop(passing)
        for state in passing:
            state.update(changes or {})
        if goes_on and not self.rehearsals:
            bindings.join(ends)
            self.block(body)
        else:
            bindings.join([changes if goes_on else None])


def _caught(handler: facts.Except) -> Condition:
    return Condition(Caught(handler.node if handler.type is None else handler.type.node), True)


def _known_behind(statement: facts.If, failed: list[Condition], goes_on: list[bool]) -> list[Condition]:
    """What is known behind an `if` of which some arms do not end: how the only one that does was chosen, or else which
    tests failed before the first that does. `failed` are the tests of all arms; `goes_on` has one more, the `else`."""
    first = goes_on.index(True) if True in goes_on else 0
    known = failed[:first]
    if sum(goes_on) == 1 and first < len(failed):
        known.append(Condition(statement.arms[first][0], True))
    return known


def _leaves(call: facts.Call) -> bool:
    """Whether a call ends the process: `sys.exit()`, `exit()`, `os._exit()`."""
    function = call.function
    if isinstance(function, facts.Attribute) and isinstance(function.value, facts.Name):
        return (function.value.id, function.name) in {("sys", "exit"), ("os", "_exit"), ("os", "abort")}
    return isinstance(function, facts.Name) and function.id in {"exit", "quit"}


def _suppresses(item: Expression) -> bool:
    """Whether an object of a `with` takes exceptions away: `contextlib.suppress(…)`."""
    function = item.function if isinstance(item, facts.Call) else item
    name = function.name if isinstance(function, facts.Attribute) else getattr(function, "id", "")
    return name in {"suppress", "ignored", "raises", "assertRaises"}


def _is_endless(statement: facts.While | facts.For) -> bool:
    test = statement.test if isinstance(statement, facts.While) else None
    return isinstance(test, facts.Literal) and bool(test.value)


STATEMENTS: dict[type, Callable[[Walk, Any], None]] = {
    facts.Statement: lambda *_: None,
    facts.Evaluate: Walk.evaluate,
    facts.Assign: Walk.assign,
    facts.Augment: Walk.augment,
    facts.Delete: Walk.delete,
    facts.Declare: Walk.declare,
    facts.Import: Walk.import_,
    facts.Return: Walk.return_,
    facts.Raise: Walk.raise_,
    facts.Jump: Walk.jump,
    facts.Assert: Walk.assert_,
    facts.If: Walk.if_,
    facts.While: Walk.while_,
    facts.For: Walk.for_,
    facts.Try: Walk.try_,
    facts.With: Walk.with_,
    facts.Match: Walk.match,
    facts.Function: Walk.function,
    facts.Class: Walk.class_,
}
