"""What can this expression be? One demand-driven, memoised, bounded evaluation over the facts of local modules.

An expression is evaluated in a *frame*: the activation of a function with what its parameters are bound to. Calls of
local functions are evaluated per call site, down to `DEEPEST_CALL`; a value that depends on itself is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer.code import facts, library, operations
from reviewer.code.facts import Expression
from reviewer.code.library import Arguments
from reviewer.code.modules import Modules
from reviewer.code.scopes import Definition, Scope
from reviewer.value import (
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    External,
    Frame,
    Instance,
    Items,
    LocalClass,
    LocalFunction,
    LocalModule,
    OneOf,
    Result,
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


class Values:
    """The evaluator over one set of modules. Memoises by expression and frame."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.memo: dict[tuple[Expression, Frame], Value] = {}
        self.results: dict[Frame, Value] = {}
        self.members: dict[tuple[str, str], Value] = {}
        self.waiting: set[object] = set()
        self.depth = 0
        self.calls = 0

    # --- expressions

    def of(self, expression: Expression, frame: Frame) -> Value:
        """The value of an expression in a frame."""
        if isinstance(expression, facts.Literal):
            return Constant(expression.value)
        key = (expression, frame)
        known = self.memo.get(key)
        if known is not None:
            return known
        if key in self.waiting or self.depth >= DEEPEST_EVALUATION:
            return UNKNOWN
        self.waiting.add(key)
        self.depth += 1
        try:
            value = EVALUATE.get(type(expression), Values.unknown)(self, expression, frame)
        finally:
            self.depth -= 1
            self.waiting.discard(key)
        self.memo[key] = value
        return value

    def unknown(self, _: Expression, __: Frame) -> Value:
        return UNKNOWN

    def name(self, expression: facts.Name, frame: Frame) -> Value:
        scope = self.modules.scope(frame.module, frame.owner)
        found = scope.uses.get(expression.node)
        if found:
            return one_of([self.defined(definition, frame) for definition in found])
        return self.free(expression.id, scope, frame)

    def free(self, name: str, scope: Scope, frame: Frame) -> Value:
        """A name that its own scope does not bind at this point: enclosing functions, the module, builtins."""
        outer = frame.outer
        while outer is not None and outer.owner != MODULE and name not in scope.declared:
            around = self.modules.scope(outer.module, outer.owner)
            if found := around.definitions.get(name):
                return one_of([self.defined(definition, outer) for definition in found])
            outer = outer.outer
        return self.member(frame.module, name)

    def member(self, module: str, name: str) -> Value:
        """A name of a module, as it is when all of the module has run; builtins where it has no such name."""
        known = self.members.get((module, name))
        if known is None:
            known = self._member(module, name)
            if known != UNKNOWN:  # which it also is, for the time being, where it depends on itself
                self.members[module, name] = known
        return known

    def _member(self, module: str, name: str) -> Value:
        frame = Frame(module, MODULE)
        scope = self.modules.scope(module, MODULE)
        values = [self.defined(definition, frame) for definition in scope.end.get(name, ())]
        for owner, definition in self.modules.assigned_globally(module, name):
            values.append(self.defined(definition, Frame(module, owner)))
        if values:
            return one_of(values)
        for star in self.modules.star_imports(module):
            found = self.exported(star, name)
            if found != UNKNOWN:
                return found
        return External(f"builtins.{name}") if self.modules.is_builtin(name) else UNKNOWN

    def exported(self, module: Value, name: str) -> Value:
        """`module.name`, of a local or of an external module."""
        if isinstance(module, External):
            return External(f"{module.name}.{name}")
        if not isinstance(module, LocalModule):
            return UNKNOWN
        key = (module, name)
        if key in self.waiting:
            return UNKNOWN
        self.waiting.add(key)
        try:
            found = self.member(module.module, name)
        finally:
            self.waiting.discard(key)
        if found == UNKNOWN or (isinstance(found, External) and found.name.startswith("builtins.")):
            return self.modules.submodule(module.module, name) or UNKNOWN
        return found

    # --- definitions

    def defined(self, definition: Definition, frame: Frame) -> Value:
        """The value that a definition gives to its name."""
        key = (definition, frame)
        if key in self.waiting or self.depth >= DEEPEST_EVALUATION:
            return UNKNOWN
        self.waiting.add(key)
        self.depth += 1
        try:
            return DEFINED[definition.kind](self, definition, frame)
        finally:
            self.depth -= 1
            self.waiting.discard(key)

    def assigned(self, definition: Definition, frame: Frame) -> Value:
        assert definition.value is not None
        return self.unpacked(self.of(definition.value, frame), definition.path)

    def entered(self, definition: Definition, frame: Frame) -> Value:
        """What `with … as name` binds: the object itself, or what a local generator-based context manager yields."""
        value = self.assigned(definition, frame)
        return library.element(value) if isinstance(value, Items) and value.open else value

    def unpacked(self, value: Value, path: tuple[int | str, ...]) -> Value:
        for step in path:
            value = operations.select(value, Constant(step)) if step != "*" else library.element(value)
        return value

    def element(self, definition: Definition, frame: Frame) -> Value:
        assert definition.value is not None
        return self.unpacked(library.element(self.of(definition.value, frame)), definition.path)

    def imported(self, definition: Definition, frame: Frame) -> Value:
        assert isinstance(definition.statement, facts.Import)
        for module, member, bound in definition.statement.names:
            if bound != definition.name:
                continue
            found = self.modules.find(frame.module, module, definition.statement.level)
            if not member:
                return found
            return self.exported(found, member)
        return UNKNOWN

    def parameter(self, definition: Definition, frame: Frame) -> Value:
        given = frame.get(definition.name)
        if given is not None:
            return given
        parameter = definition.statement
        assert isinstance(parameter, facts.Parameter)
        if frame.arguments and parameter.default is not None:
            return self.of(parameter.default, frame.outer or Frame(frame.module, MODULE))
        return UNKNOWN

    def function(self, definition: Definition, frame: Frame) -> Value:
        function = definition.statement
        assert isinstance(function, facts.Function)
        return LocalFunction(frame.module, function.node, outer=frame if frame.owner != MODULE else None)

    def class_(self, definition: Definition, frame: Frame) -> Value:
        assert isinstance(definition.statement, facts.Class)
        return LocalClass(frame.module, definition.statement.node)

    def augmented(self, definition: Definition, frame: Frame) -> Value:
        assert definition.value is not None
        before = one_of([self.defined(earlier, frame) for earlier in definition.before])
        return self.combined(definition.detail, before, self.of(definition.value, frame))

    def item(self, definition: Definition, frame: Frame) -> Value:
        """A dict after `name[key] = value`."""
        before = one_of([self.defined(earlier, frame) for earlier in definition.before])
        key = string(self.of(definition.key, frame)) if definition.key is not None else None
        value = self.of(definition.value, frame) if definition.value is not None else UNKNOWN
        if not isinstance(before, Table):
            return before if isinstance(before, (EventPath, Items)) else UNKNOWN
        if key is None:
            return Table(before.entries, open=True)
        return Table((*(entry for entry in before.entries if entry[0] != key), (key, value)), before.open)

    def mutated(self, definition: Definition, frame: Frame) -> Value:
        """A list or dict after a method that changes it."""
        before = one_of([self.defined(earlier, frame) for earlier in definition.before])
        call = definition.value
        assert isinstance(call, facts.Call)
        given = self.arguments(call, frame)
        if isinstance(before, Items):
            added: tuple[Value, ...] = {
                "append": given.positional[:1],
                "add": given.positional[:1],
                "insert": given.positional[1:2],
                "extend": tuple(library.element(source) for source in given.positional[:1]),
            }.get(definition.detail, ())
            kept = () if definition.detail == "clear" else before.items
            return Items(tuple(dict.fromkeys((*kept, *added))), open=True)
        if isinstance(before, Table):
            update = given.get(0)
            if definition.detail == "update" and (update is None or isinstance(update, Table)):
                new = (*(update.entries if update else ()), *given.named)
                names = {name for name, _ in new}
                kept_entries = tuple(entry for entry in before.entries if entry[0] not in names)
                return Table((*kept_entries, *new), before.open or (update is not None and update.open))
            return Table(before.entries, open=True)
        return before

    def opaque(self, _: Definition, __: Frame) -> Value:
        return UNKNOWN

    # --- compound expressions

    def attribute(self, expression: facts.Attribute, frame: Frame) -> Value:
        return self.attribute_of(self.of(expression.value, frame), expression.name)

    def attribute_of(self, value: Value, name: str) -> Value:
        """`value.name`."""
        if isinstance(value, OneOf):
            return one_of([self.attribute_of(option, name) for option in value.options])
        if isinstance(value, (External, LocalModule)):
            return self.exported(value, name)
        if isinstance(value, (EventPath, ContextPath, Result, AwsResult)):
            return operations.descend(value, name)
        if isinstance(value, (Instance, LocalClass)):
            return self.modules.classes.attribute(self, value, name)
        return library.sdk_attribute(value, name) or UNKNOWN

    def subscript(self, expression: facts.Subscript, frame: Frame) -> Value:
        value = self.of(expression.value, frame)
        index = expression.index
        if isinstance(index, facts.Slice):
            lower, upper = (None if e is None else self.of(e, frame) for e in (index.lower, index.upper))
            return operations.slice_of(value, lower, upper)
        key = self.of(index, frame)
        if library.is_environment(value):
            name = string(key)
            return Environment(name) if name else UNKNOWN
        return operations.select(value, key)

    def interpolation(self, expression: facts.Interpolation, frame: Frame) -> Value:
        parts = [
            library.unwrapped(self.of(part, frame)) if plain else UNKNOWN
            for part, plain in zip(expression.parts, expression.plain, strict=True)
        ]
        return operations.concatenated(parts)

    def binary(self, expression: facts.Binary, frame: Frame) -> Value:
        return self.combined(expression.operator, self.of(expression.left, frame), self.of(expression.right, frame))

    def combined(self, operator: str, left: Value, right: Value) -> Value:
        """`left operator right`."""
        if operator == "+":
            return operations.added(left, right)
        if operator == "%":
            return operations.interpolated(left, right)
        if operator == "/" and isinstance(left, Transformed) and left.operation == "path":
            return Transformed("path", operations.transformed("path_join", left.base, (library.unwrapped(right),)))
        if operator == "|" and isinstance(left, Table) and isinstance(right, Table):
            return Table((*left.entries, *right.entries), left.open or right.open)
        return UNKNOWN

    def unary(self, expression: facts.Unary, frame: Frame) -> Value:
        operand = self.of(expression.operand, frame)
        if expression.operator == "-" and isinstance(operand, Constant) and isinstance(operand.value, (int, float)):
            return Constant(-operand.value)
        return UNKNOWN

    def boolean(self, expression: facts.Boolean, frame: Frame) -> Value:
        left = self.of(expression.left, frame)
        stops = operations.is_false(left)
        if stops is not None:
            decided_by_left = stops == (expression.operator == "and")
            return left if decided_by_left else self.of(expression.right, frame)
        return one_of([left, self.of(expression.right, frame)])

    def conditional(self, expression: facts.Conditional, frame: Frame) -> Value:
        return one_of([self.of(expression.body, frame), self.of(expression.orelse, frame)])

    def display(self, expression: facts.Display, frame: Frame) -> Value:
        items: list[Value] = []
        is_open = expression.kind == "set"
        for item in expression.items:
            if not isinstance(item, facts.Star):
                items.append(self.of(item, frame))
                continue
            inner = self.of(item.value, frame)
            if isinstance(inner, Items) and not inner.open:
                items += inner.items
            else:
                items.append(library.element(inner))
                is_open = True
        return Items(tuple(items), is_open)

    def dictionary(self, expression: facts.Dictionary, frame: Frame) -> Value:
        entries: dict[str, Value] = {}
        computed: list[tuple[Value, Value]] = []
        is_open = False
        for key, value in expression.entries:
            if key is None:
                unpacked = self.of(value, frame)
                if isinstance(unpacked, Table):
                    entries.update(unpacked.entries)
                is_open = is_open or not isinstance(unpacked, Table) or unpacked.open
                continue
            name = self.of(key, frame)
            if isinstance(name, Constant):
                entries[str(name.value)] = self.of(value, frame)
            else:
                computed.append((name, self.of(value, frame)))
        return Table(tuple(entries.items()), is_open or bool(computed), tuple(computed))

    def comprehension(self, expression: facts.Comprehension, frame: Frame) -> Value:
        if expression.kind == "dict":
            return Table((), open=True)
        return Items((self.of(expression.element, frame),), open=True)

    def lambda_(self, expression: facts.Lambda, frame: Frame) -> Value:
        return LocalFunction(frame.module, expression.node, outer=frame if frame.owner != MODULE else None)

    def inner(self, expression: facts.Await | facts.Walrus, frame: Frame) -> Value:
        return self.of(expression.value, frame)

    # --- calls

    def call(self, expression: facts.Call, frame: Frame) -> Value:
        given = self.arguments(expression, frame)
        function = expression.function
        if isinstance(function, facts.Attribute):
            receiver = self.of(function.value, frame)
            return one_of([self.method(option, function.name, given) for option in options(receiver)])
        if isinstance(function, facts.Name) and function.id == "super" and not expression.arguments:
            return frame.get("self") or UNKNOWN
        return one_of([self.called(option, given) for option in options(self.of(function, frame))])

    def arguments(self, expression: facts.Call, frame: Frame) -> Arguments:
        """The arguments of a call, stars unpacked where they are known."""
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
                named += value.entries if isinstance(value, Table) else ()
                is_open = is_open or not isinstance(value, Table) or value.open
            else:
                named.append((argument.name, value))
        return Arguments(tuple(positional), tuple(named), is_open)

    def method(self, receiver: Value, name: str, given: Arguments) -> Value:
        """`receiver.name(…)`."""
        if isinstance(receiver, (External, LocalModule, Instance, LocalClass)):
            return one_of([self.called(option, given) for option in options(self.attribute_of(receiver, name))])
        if isinstance(receiver, Transformed) and receiver.operation == "path":
            return library.path_method(receiver, name, given)
        made = library.sdk_method(receiver, name, given)
        if made is not None:
            return made
        if name == "format":
            return one_of([operations.formatted(o, given.positional, given.named) for o in options(receiver)])
        result = operations.method(receiver, name, (*given.positional, *(value for _, value in given.named)))
        if result == UNKNOWN and isinstance(receiver, (Result, AwsResult)):
            return operations.descend(receiver, f"{name}()")
        return result

    def called(self, function: Value, given: Arguments) -> Value:
        """The result of calling a value."""
        if isinstance(function, External):
            return library.call(function.name, given)
        if isinstance(function, LocalClass):
            return self.modules.classes.instantiate(self, function, given)
        if isinstance(function, LocalFunction):
            return self.returned(function, given)
        if isinstance(function, Result):
            return Result(f"{function.function}()", given.pairs)
        return UNKNOWN

    def frame_of(self, function: LocalFunction, given: Arguments) -> Frame:
        """The activation of a local function: its parameters bound to the arguments of a call."""
        owner = self.modules.owner(function.module, function.node)
        assert isinstance(owner, (facts.Function, facts.Lambda))
        positional = list(given.positional)
        fixed = [value for name, value in function.given if name.isdecimal()]
        positional = [*fixed, *positional]
        named = dict((*((n, v) for n, v in function.given if not n.isdecimal()), *given.named))
        if function.bound is not None:
            positional.insert(0, function.bound)
        bound: list[tuple[str, Value]] = []
        for parameter in owner.parameters:
            value = _take(parameter, positional, named, given.open)
            if value is None and parameter.default is not None:
                value = self.of(parameter.default, function.outer or Frame(function.module, MODULE))
            bound.append((parameter.name, value if value is not None else UNKNOWN))
        return Frame(function.module, function.node, tuple(bound), function.outer)

    def returned(self, function: LocalFunction, given: Arguments) -> Value:
        """What a local function returns for these arguments; a generator, the items that it yields."""
        if self.calls >= DEEPEST_CALL:
            return UNKNOWN
        frame = self.frame_of(function, given)
        known = self.results.get(frame)
        if known is not None:
            return known
        if frame in self.waiting:
            return UNKNOWN
        self.waiting.add(frame)
        self.calls += 1
        try:
            value = self.answer(frame)
        finally:
            self.calls -= 1
            self.waiting.discard(frame)
        self.results[frame] = value
        return value

    def answer(self, frame: Frame) -> Value:
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


EVALUATE: dict[type, Callable[..., Value]] = {
    facts.Name: Values.name,
    facts.Attribute: Values.attribute,
    facts.Subscript: Values.subscript,
    facts.Call: Values.call,
    facts.Interpolation: Values.interpolation,
    facts.Binary: Values.binary,
    facts.Boolean: Values.boolean,
    facts.Unary: Values.unary,
    facts.Conditional: Values.conditional,
    facts.Display: Values.display,
    facts.Dictionary: Values.dictionary,
    facts.Comprehension: Values.comprehension,
    facts.Lambda: Values.lambda_,
    facts.Await: Values.inner,
    facts.Walrus: Values.inner,
}

DEFINED: dict[str, Callable[[Values, Definition, Frame], Value]] = {
    "value": Values.assigned,
    "element": Values.element,
    "context": Values.entered,
    "import": Values.imported,
    "parameter": Values.parameter,
    "function": Values.function,
    "class": Values.class_,
    "augmented": Values.augmented,
    "item": Values.item,
    "mutated": Values.mutated,
    "opaque": Values.opaque,
}
