"""What can this expression be? One demand-driven, memoised, bounded evaluation over the facts of local modules.

An expression is evaluated in a *frame*: the activation of a function with what its parameters are bound to. Calls of
local functions are evaluated per call site, down to `DEEPEST_CALL`; a value that depends on itself is UNKNOWN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from reviewer.code import containers, facts, library, operations, texts
from reviewer.code.definitions import DEFINED, IMMEDIATE
from reviewer.code.evaluation import evaluate
from reviewer.code.facts import Expression
from reviewer.code.filling import Fillings
from reviewer.code.library import Arguments
from reviewer.code.modules import Modules
from reviewer.code.scopes import Definition, Scope
from reviewer.value import (
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    EventPath,
    External,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    LocalModule,
    Method,
    OneOf,
    Result,
    Super,
    Table,
    Transformed,
    Value,
    one_of,
    options,
    string,
)

DEEPEST_CALL = 12
"""How many calls of local functions deep a value is followed."""
DEEPEST_EVALUATION = 120
"""How many evaluations may wait for one another: bounds the interpreter's stack."""
MOST_ACTIVATIONS = 100
"""In how many activations the results of one function are told apart."""
MOST_REPEATS = 4
"""How often a value that was cut short inside of a circle is computed again from elsewhere."""

Asked = TypeVar("Asked", Expression, Definition, Frame)


class Values:
    """The evaluator over one set of modules. Memoises by expression and frame."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.memo: dict[object, Value] = {}
        self.waiting: set[object] = set()
        self.cuts = 0
        self.provisional: list[object] = []
        self.repeats: Counter[object] = Counter()
        self.activations: Counter[tuple[str, int]] = Counter()
        self.calls = 0
        self.fillings = Fillings(self)

    # --- asking

    def of(self, expression: Expression, frame: Frame) -> Value:
        """The value of an expression in a frame."""
        if isinstance(expression, facts.Literal):
            return Constant(expression.value)
        if isinstance(expression, facts.Name):  # its definitions are kept
            return self._named(expression, frame)
        key = (expression, frame)
        known = self.memo.get(key)
        return known if known is not None else self._ask(key, lambda: evaluate(self, expression, frame))

    def defined(self, definition: Definition, frame: Frame) -> Value:
        """The value that a definition gives to its name."""
        if definition.kind in IMMEDIATE:
            return DEFINED[definition.kind](self, definition, frame)
        key = (definition, frame)
        known = self.memo.get(key)
        return known if known is not None else self._ask(key, lambda: DEFINED[definition.kind](self, definition, frame))

    def awaits(self, definition: Definition, frame: Frame) -> bool:
        """Whether a definition is being evaluated, and asks again for what it is."""
        is_waiting = (definition, frame) in self.waiting
        self.cuts += is_waiting
        return is_waiting

    def _ask(self, key: object, compute: Callable[[], Value]) -> Value:
        """A value that is not known yet. What was cut short since it is part of a circle is forgotten afterwards:
        asked for by itself, it is worth more."""
        if key in self.waiting:
            self.cuts += 1
            return UNKNOWN
        if len(self.waiting) >= DEEPEST_EVALUATION:
            return UNKNOWN
        cuts = self.cuts
        self.waiting.add(key)
        try:
            value = self.memo[key] = compute()
        finally:
            self.waiting.discard(key)
        if not self.waiting:
            self._forget()
        elif self.cuts != cuts:
            self.provisional.append(key)
        return value

    def _forget(self) -> None:
        for key in self.provisional:
            if self.repeats[key] < MOST_REPEATS:
                self.repeats[key] += 1
                self.memo.pop(key, None)
        self.provisional.clear()

    # --- names

    def _named(self, expression: facts.Name, frame: Frame) -> Value:
        scope = self.modules.scope(frame.module, frame.owner)
        found = scope.uses.get(expression.node)
        if not found:
            return self.free(expression.id, scope, frame)
        if len(found) == 1 and frame.owner != MODULE and not scope.closures:
            value = self.defined(found[0], frame)
        else:
            value = self._shared(expression.id, [self.defined(definition, frame) for definition in found], frame)
        if expression.id in scope.passed and any(isinstance(option, (Items, Table)) for option in options(value)):
            calls = self.fillings.calls(expression.id, frame)
            if any(call.node < expression.node and not _is_given(call, expression) for call in calls):
                return one_of([containers.loosened(option) for option in options(value)])
        return value

    def free(self, name: str, scope: Scope, frame: Frame) -> Value:
        """A name that its own scope does not bind at this point: enclosing functions, the module, builtins."""
        outer = frame.outer
        while outer is not None and outer.owner != MODULE and scope.declared.get(name) != "global":
            around = self.modules.scope(outer.module, outer.owner)
            if found := around.definitions.get(name):
                return self._shared(name, [self.defined(definition, outer) for definition in found], outer)
            outer = outer.outer
        return self.member(frame.module, name)

    def member(self, module: str, name: str) -> Value:
        """A name of a module, as it is when all of the module has run; builtins where it has no such name."""
        key = (module, name)
        known = self.memo.get(key)
        return known if known is not None else self._ask(key, lambda: self._member(module, name))

    def _member(self, module: str, name: str) -> Value:
        scope = self.modules.scope(module, MODULE)
        frame = Frame(module, MODULE)
        pairs = [(definition, frame) for definition in scope.end.get(name, ())]
        if pairs or self.modules.assigned_inside(module, MODULE, name):
            return self._shared(name, self._known_of(pairs), frame)
        for star in self.modules.star_imports(module):
            exported = self.exported(star, name) if not name.startswith("_") else UNKNOWN
            if exported != UNKNOWN:
                return exported
        return External(f"builtins.{name}") if self.modules.is_builtin(name) else UNKNOWN

    def _shared(self, name: str, values: list[Value], frame: Frame) -> Value:
        """A name of a scope that has these values there, with what functions in the scope make of it."""
        modules = self.modules
        found = modules.assigned_inside(frame.module, frame.owner, name)
        if any(isinstance(option, (Items, Table)) for value in values for option in options(value)):
            found += modules.changed_inside(frame.module, frame.owner, name)
        pairs = [(definition, self._inner(frame, way)) for way, definition in found]
        return one_of([*values, *self._known_of(pairs)])

    @staticmethod
    def _inner(frame: Frame, way: tuple[int, ...]) -> Frame:
        """An activation of a function in a scope, with arguments that are not known."""
        around = frame if frame.owner != MODULE else None
        for node in way:
            around = Frame(frame.module, node, (), around)
        return around or frame

    def _known_of(self, pairs: list[tuple[Definition, Frame]]) -> list[Value]:
        """The values of definitions but of those that ask for them. A sum may have been added to more often."""
        return [
            self.defined(definition, frame)
            for definition, frame in pairs
            if definition.kind == "augmented" or not self.awaits(definition, frame)
        ]

    def exported(self, module: Value, name: str) -> Value:
        """`module.name`, of a local or of an external module."""
        if isinstance(module, External):
            return External(f"{module.name}.{name}")
        if not isinstance(module, LocalModule):
            return UNKNOWN
        found = self.member(module.module, name)
        if found == UNKNOWN or (isinstance(found, External) and found.name.startswith("builtins.")):
            return self.modules.submodule(module.module, name) or UNKNOWN
        return found

    # --- attributes and operators

    def attribute_of(self, value: Value, name: str) -> Value:
        """`value.name`."""
        if isinstance(value, OneOf):
            return one_of([self.attribute_of(option, name) for option in value.options])
        if isinstance(value, (External, LocalModule)):
            return self.exported(value, name)
        if isinstance(value, (EventPath, ContextPath, Result, AwsResult)):
            return operations.descend(value, name)
        if isinstance(value, (Instance, LocalClass, Super)):
            return self.modules.classes.attribute(self, value, name)
        if isinstance(value, Constant) and name == "value":
            return value  # no constant has such an attribute: it is a member of an enumeration
        return library.sdk_attribute(value, name) or UNKNOWN

    def combined(self, operator: str, left: Value, right: Value) -> Value:
        """`left operator right`."""
        if operator == "+":
            return texts.added(left, right)
        if operator == "-":
            return texts.subtracted(left, right)
        if operator == "%":
            return texts.interpolated(left, right)
        if operator == "/" and isinstance(left, Transformed) and left.operation == "path":
            return Transformed("path", operations.transformed("path_join", left.base, (library.unwrapped(right),)))
        if operator == "|":
            return one_of([containers.merged(one, other) for one in options(left) for other in options(right)])
        return UNKNOWN

    def unpacked(self, value: Value, path: tuple[int | str, ...]) -> Value:
        """What unpacking a value leads to along a path of positions; `*` is any item."""
        for step in path:
            value = operations.select(value, Constant(step)) if step != "*" else library.element(value)
        return value

    # --- calls

    def arguments(self, expression: facts.Call, frame: Frame) -> Arguments:
        """The arguments of a call, stars unpacked where they are known, behind those that were fixed before."""
        handed = self.handed(expression, frame)
        given = self.written(expression, frame) if handed is None else handed[1]
        _, fixed = library.opened(self._function(expression.function, frame) if handed is None else handed[0])
        return given.after(fixed) if fixed.pairs else given

    def handed(self, expression: facts.Call, frame: Frame) -> tuple[Method, Arguments] | None:
        """The method of an SDK object that a call hands over to be called, and with what."""
        function = expression.function
        name = getattr(function, "name", getattr(function, "id", ""))
        return library.handed(name, self.written(expression, frame)) if name in library.HANDS_ON else None

    def _function(self, function: Expression, frame: Frame) -> Value:
        """What a call calls, where arguments may have been fixed for that before: a method of a client has none."""
        if isinstance(function, facts.Attribute):
            receivers = options(self.of(function.value, frame))
            if not any(isinstance(each, (Instance, LocalClass, LocalModule)) for each in receivers):
                return UNKNOWN
        return self.of(function, frame)

    def written(self, expression: facts.Call, frame: Frame) -> Arguments:
        """The arguments that stand in a call."""
        positional: list[Value] = []
        named: list[tuple[str, Value]] = []
        is_open = False
        for argument in expression.arguments:
            value = self.of(argument.value, frame)
            if argument.name == "":
                positional.append(value)
            elif argument.name == "*":
                known = isinstance(value, Items) and not value.open
                positional += value.items if isinstance(value, Items) and known else ()
                is_open = is_open or not known
            elif argument.name == "**":
                entries, may_be_more = library.entries(value)
                named += entries
                is_open = is_open or may_be_more
            else:
                named.append((argument.name, value))
        return Arguments(tuple(positional), tuple(named), is_open)

    def method(self, receiver: Value, name: str, given: Arguments) -> Value:
        """`receiver.name(…)`."""
        if isinstance(receiver, (External, LocalModule, Instance, LocalClass, Super)):
            return one_of([self.called(option, given) for option in options(self.attribute_of(receiver, name))])
        if isinstance(receiver, Transformed) and receiver.operation == "path":
            return library.path_method(receiver, name, given)
        made = library.sdk_method(receiver, name, given)
        if made is not None:
            return made
        if name == "format":
            return one_of([texts.formatted(o, given.positional, given.named) for o in options(receiver)])
        result = operations.method(receiver, name, (*given.positional, *(value for _, value in given.named)))
        if result == UNKNOWN and isinstance(receiver, (Result, AwsResult)):
            return operations.descend(receiver, f"{name}()")
        return result

    def called(self, function: Value, given: Arguments) -> Value:
        """The result of calling a value."""
        function, fixed = library.opened(function)
        given = given.after(fixed) if fixed.pairs else given
        if isinstance(function, Method):
            return self.method(function.receiver, function.name, given)
        if isinstance(function, External):
            if function.name == "builtins.getattr" and (name := string(given.get(1))):
                return self.attribute_of(given.positional[0], name)
            return library.call(function.name, given)
        if isinstance(function, LocalClass):
            return self.modules.classes.instantiate(self, function, given)
        if isinstance(function, LocalFunction):
            return self.returned(function, given)
        if isinstance(function, Result):
            return Result(f"{function.function}()", given.pairs)
        if isinstance(function, Instance):
            method = self.attribute_of(function, "__call__")
            return self.returned(method, given) if isinstance(method, LocalFunction) else UNKNOWN
        return UNKNOWN

    def frame_of(self, function: LocalFunction, given: Arguments) -> Frame:
        """The activation of a local function: its parameters bound to the arguments of a call."""
        fixed = tuple(value for name, value in function.given if name.isdecimal())
        named = dict((*((n, v) for n, v in function.given if not n.isdecimal()), *given.named))
        bound = () if function.bound is None else (function.bound,)
        positional = [*bound, *fixed, *given.positional]
        if function.through is not None:
            return self.frame_of(function.through, Arguments(tuple(positional), tuple(named.items()), given.open))
        owner = self.modules.owner(function.module, function.node)
        assert isinstance(owner, (facts.Function, facts.Lambda))
        taken: list[tuple[str, Value]] = []
        for parameter in owner.parameters:
            value = _take(parameter, positional, named, given.open)
            if value is None and parameter.default is not None:
                value = self.of(parameter.default, function.outer or Frame(function.module, MODULE))
            taken.append((parameter.name, value if value is not None else UNKNOWN))
        return Frame(function.module, function.node, tuple(taken), function.outer)

    def returned(self, function: LocalFunction, given: Arguments) -> Value:
        """What a local function returns for these arguments; a generator, the items that it yields."""
        if self.calls >= DEEPEST_CALL:
            return UNKNOWN
        frame = self.frame_of(function, given)
        known = self.memo.get(frame)
        if known is not None:
            return known
        owner = (frame.module, frame.owner)
        if self.activations[owner] >= MOST_ACTIVATIONS:
            return UNKNOWN
        self.activations[owner] += 1
        self.calls += 1
        try:
            return self._ask(frame, lambda: self._answer(frame))
        finally:
            self.calls -= 1

    def _answer(self, frame: Frame) -> Value:
        scope = self.modules.scope(frame.module, frame.owner)
        if scope.yields:
            items = [
                library.element(value) if yielded.many else value
                for yielded in scope.yields
                if yielded.value is not None
                for value in [self.of(yielded.value, frame)]
            ]
            return Items((one_of(items),), open=True)
        answers = [Constant(None) if a.value is None else self.of(a.value, frame) for a in scope.answers]
        return one_of(answers) if answers else Constant(None)


def _is_given(call: facts.Call, expression: Expression) -> bool:
    return any(argument.value is expression for argument in call.arguments)


def _take(parameter: facts.Parameter, positional: list[Value], named: dict[str, Value], is_open: bool) -> Value | None:
    """The argument that a parameter gets; takes it away from what is left."""
    if parameter.kind == "*":
        rest = Items(tuple(positional), is_open)
        positional.clear()
        return rest
    if parameter.kind == "**":
        return Table(tuple(named.items()), is_open)
    if parameter.kind in {"positional", "normal"} and positional:
        return positional.pop(0)
    if parameter.name in named:
        return named.pop(parameter.name)
    return UNKNOWN if is_open else None
