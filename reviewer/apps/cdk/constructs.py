"""Constructs of the AWS CDK as values, and the evaluator that makes them of an app's source.

A construct is known by its class, the construct that it stands in and its id there, which is what the CDK itself knows
it by. What it was made with is not part of the value: values stay small however much a stack hands from one construct
to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from posixpath import join, normpath

from reviewer.apps.cdk.names import APP, CURRENT_VERSION, known_as
from reviewer.code import facts
from reviewer.code.library import Arguments, unwrapped
from reviewer.code.modules import Modules
from reviewer.code.operations import select
from reviewer.code.scopes import Definition
from reviewer.code.texts import concatenated
from reviewer.code.values import Values
from reviewer.value import (
    DEEPEST,
    MODULE,
    UNKNOWN,
    Constant,
    External,
    Frame,
    Instance,
    Items,
    LocalClass,
    Result,
    Transformed,
    Value,
    options,
    parts,
    string,
)

ROOT = "/"
"""How paths of the tree begin while they are computed: what is relative depends on the folder that the app runs in."""


@dataclass(frozen=True, slots=True)
class Construct(Value):
    """A construct: its class (`aws_sqs.Queue`; `aws_sqs.Queue.from_queue_arn` for one of another app), the one around
    it and its id in there. `path` leads to something of it: `("queue_url",)`, `("root", "add_resource()")`."""

    type: str
    scope: Value
    id: Value
    path: tuple[str, ...] = ()
    hashed: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # a stack's constructs all hold the stack, with all that it was made with
        object.__setattr__(self, "hashed", hash((self.type, self.scope, self.id, self.path)))

    def __hash__(self) -> int:
        return self.hashed

    @property
    def whole(self) -> Construct:
        """The construct itself."""
        return replace(self, path=()) if self.path else self

    def at(self, step: str) -> Value:
        """Something of it."""
        return UNKNOWN if len(self.path) >= DEEPEST else Construct(self.type, self.scope, self.id, (*self.path, step))


class Evaluator(Values):
    """What expressions of an app can be. `folder` is the one that the app runs in, `context` what it is run with."""

    def __init__(
        self, modules: Modules, makers: Mapping[str, tuple[str, str]], folder: str, context: Mapping[str, Value]
    ) -> None:
        super().__init__(modules)
        self.makers = makers
        self.folder = folder
        self.context = context
        self.made: dict[Instance, Construct | None] = {}
        self.published: dict[Construct, None] = {}
        """The functions that an app asks for the version which each deployment publishes: asking makes one."""

    # --- constructs

    def called(self, function: Value, given: Arguments) -> Value:
        if isinstance(function, Construct) and function.path:
            return self.answered(function, given)
        if not isinstance(function, External):
            return super().called(function, given)
        name = known_as(function.name)
        if name is None:
            return self.placed(function.name, given) or super().called(function, given)
        if name == APP:
            return Construct(name, UNKNOWN, Constant(""))
        if name == "Stack.of":
            return given.get(0) or UNKNOWN
        return _construct(name, given) or Result(name, given.pairs)

    def answered(self, method: Construct, given: Arguments) -> Value:
        """What a method of a construct returns."""
        name = method.path[-1]
        if name == "try_get_context":
            return self.context.get(string(given.get(0)) or "", UNKNOWN)
        if name == "format_arn":
            return Result("Arn.format", given.pairs)
        owner = replace(method, path=method.path[:-1])
        if (made := self.makers.get(f"{owner.type}.{name}")) is not None:
            kind, parameter = made
            return Construct(kind, owner, given.get(0, parameter) or UNKNOWN)
        return owner.at(f"{name}()")

    def attribute_of(self, value: Value, name: str) -> Value:
        if isinstance(value, Construct):
            if name == CURRENT_VERSION:
                self.published[value] = None
            return value.at(name)
        if name == "parents" and isinstance(value, Transformed) and value.operation == "path":
            return _parents(value)
        found = super().attribute_of(value, name)
        base = self.construct(value) if found == UNKNOWN and isinstance(value, Instance) else None
        return base.at(name) if base is not None else found

    def method(self, receiver: Value, name: str, given: Arguments) -> Value:
        if isinstance(receiver, Construct):
            return self.called(receiver.at(name), given)
        if isinstance(receiver, Transformed) and receiver.operation == "path":
            if name in {"resolve", "absolute"}:
                return Transformed("path", self.absolute(receiver.base))
            if name == "read_text":
                return Result("builtins.open", (("0", receiver.base),), ("read()",))
        return super().method(receiver, name, given)

    def construct(self, value: Value) -> Construct | None:
        """The construct that a value is: an object of a local class is one of the CDK's class that it derives from."""
        if isinstance(value, Construct):
            return value
        if not isinstance(value, Instance):
            return None
        if value not in self.made:
            self.made[value] = None  # meanwhile: a class may hand itself to its base
            self.made[value] = self._construct(value)
        return self.made[value]

    def _construct(self, value: Instance) -> Construct | None:
        base, given = self.based(value)
        if not base:
            return None
        scope, name = given.get(0, "scope"), given.get(1, "id")
        return Construct(base, scope or UNKNOWN, name or given.get(None, "construct_id") or UNKNOWN)

    def based(self, value: Instance) -> tuple[str, Arguments]:
        """The class of the CDK that an object's local class derives from, and what that is made with."""
        base = self.base(value.cls)
        given = Arguments(tuple(argument for _, argument in value.arguments), value.arguments)
        initializer = self.modules.classes.method(self, value.cls, "__init__") if base else None
        owner = self.modules.owner(initializer.module, initializer.node) if initializer is not None else None
        if isinstance(owner, facts.Function) and owner.parameters and initializer is not None:
            frame = Frame(initializer.module, initializer.node, ((owner.parameters[0].name, value), *value.arguments))
            calls = self.modules.scope(initializer.module, initializer.node).calls
            own = next((site.call for site in calls if is_super_init(site.call)), None)
            given = given if own is None else self.arguments(own, frame)
        return base, given

    def base(self, cls: LocalClass) -> str:
        """The class of the CDK that a local class derives from; empty for one that does not."""
        for each in self.modules.classes.lineage(self, cls):
            fact = self.modules.classes.fact(each)
            for expression in fact.bases if fact else ():
                for option in options(self.of(expression, Frame(each.module, MODULE))):
                    name = known_as(option.name) if isinstance(option, External) else None
                    if name is not None:
                        return name
        return ""

    def combined(self, operator: str, left: Value, right: Value) -> Value:
        if operator == "+" and (_is_token(left) or _is_token(right)):
            return concatenated([left, right])
        return super().combined(operator, left, right)

    # --- loops

    def defined(self, definition: Definition, frame: Frame) -> Value:
        if definition.kind == "element" and definition.value is not None:
            fixed = frame.get(fixed_by(definition.value))
            if fixed is not None:
                for step in definition.path:
                    fixed = select(fixed, Constant(step))
                return fixed
        return super().defined(definition, frame)

    # --- paths

    def _member(self, module: str, name: str) -> Value:
        return Constant(f"{ROOT}{module}") if name == "__file__" else super()._member(module, name)

    def placed(self, name: str, given: Arguments) -> Value | None:
        """The result of a function that depends on where the app runs."""
        if name in {"os.path.abspath", "os.path.realpath"}:
            return self.absolute(unwrapped(given.get(0) or UNKNOWN))
        if name in {"os.getcwd", "pathlib.Path.cwd"}:
            here = Constant(f"{ROOT}{self.folder}")
            return Transformed("path", here) if name == "pathlib.Path.cwd" else here
        return None

    def absolute(self, path: Value) -> Value:
        written = string(path)
        return UNKNOWN if written is None else Constant(normpath(join(ROOT, self.folder, written)))


def _is_token(value: Value) -> bool:
    """Whether a value is text that only the deployment knows."""
    return isinstance(value, Construct) or (isinstance(value, External) and known_as(value.name) is not None)


def constructs_in(values: Iterable[Value]) -> Iterator[Construct]:
    """The constructs anywhere inside of values, one at a time."""
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, Construct):
            yield value.whole
        pending += parts(value)


def fixed_by(iterable: facts.Expression) -> str:
    """The name under which a frame holds one item of what a loop goes through."""
    return f"@{iterable.node}"


def is_super_init(call: facts.Call) -> bool:
    """Whether a call is that of a base's initializer: `super().__init__(…)`."""
    function = call.function
    if not isinstance(function, facts.Attribute) or function.name != "__init__":
        return False
    inner = function.value
    return isinstance(inner, facts.Call) and isinstance(inner.function, facts.Name) and inner.function.id == "super"


def _construct(name: str, given: Arguments) -> Construct | None:
    """The construct that a call makes: one of a scope and an id; None for any other object."""
    scope, id_ = given.get(0, "scope"), given.get(1, "id")
    if scope is None or id_ is None or isinstance(scope, Constant | Result | Items | External):
        return None
    return None if isinstance(id_, Construct | Result | Items | Instance | External) else Construct(name, scope, id_)


def _parents(path: Transformed) -> Value:
    written = string(path.base)
    if written is None:
        return UNKNOWN
    found: list[Value] = []
    while "/" in written and len(found) < DEEPEST:
        written = written.rpartition("/")[0] or (ROOT if written != ROOT else "")
        found.append(Transformed("path", Constant(written)))
        if written == ROOT:
            break
    return Items(tuple(found))
