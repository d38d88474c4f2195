"""The abstract values: what an expression of the code or a setting of a template can be.

One domain serves both sides, so that an environment variable read in code and the resource that a template puts into
it are compared as values. Values are frozen, hashable trees. *Unknown* is a value like any other; no two unknowns are
ever equal to a resource. Nothing here computes: `code.values` makes values from code, `deploy` from templates,
`strings` reasons about text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

ITEM = "*"
"""The path element that stands for any item of a list: `Records[*]`."""

Scalar = str | bytes | int | float | complex | bool | None


@dataclass(frozen=True, slots=True)
class Value:
    """Any abstract value."""


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Anything at all."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Constant(Value):
    """A literal. `True` and `1` are told apart by `kind`."""

    value: Scalar
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class OneOf(Value):
    """One of several possibilities (the arms of a branch or of `Fn::If`). Made by `one_of` only."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string built of parts, one after the other. Made by `text` only: adjacent constants are merged."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Transformed(Value):
    """A known string operation on a value that is not a constant: `replace`, `basename`, `splitext_stem`, `lower`…"""

    operation: str
    base: Value
    arguments: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Items(Value):
    """A list, tuple or set. With `open`, its length is not known: each item is one of `items` (UNKNOWN among them)."""

    items: tuple[Value, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Table(Value):
    """A dict or mapping, by its constant keys. With `open`, there may be more entries than these.

    `computed` are entries of an open table whose keys are no constants: `{os.environ["TABLE"]: requests}`.
    """

    entries: tuple[tuple[str, Value], ...]
    open: bool = False
    computed: tuple[tuple[Value, Value], ...] = ()

    def get(self, key: str) -> Value | None:
        """The value under `key`; None where it has no such key, UNKNOWN where it may have one that is not listed."""
        for name, value in reversed(self.entries):
            if name == key:
                return value
        return UNKNOWN if self.open else None


# --- what only code can produce -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Environment(Value):
    """An environment variable, with the default that the code gives for it."""

    name: str
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class EventPath(Value):
    """A part of the event that the handler receives: `("Records", "*", "s3", "bucket", "name")`; `()` is the event."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextPath(Value):
    """A part of the context object that the handler receives: `("function_name",)`; `()` is the context itself."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class External(Value):
    """A name of a module that is not part of the reviewed tree, fully qualified: `requests.get`, `os.environ`."""

    name: str


@dataclass(frozen=True, slots=True)
class Result(Value):
    """What a call of an `External`, or of a method of another value, returns; `path` leads into it."""

    function: str
    arguments: tuple[tuple[str, Value], ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Client(Value):
    """An SDK object: `boto3.client(service)` (kind "client"), `boto3.resource(service)` ("resource")."""

    service: str
    kind: str = "client"


@dataclass(frozen=True, slots=True)
class Session(Value):
    """A boto3 (or aioboto3) session, with the arguments that it was made with."""

    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Handle(Value):
    """An object of the boto3 resource API, with what identifies it: `Bucket(name)`, `Object(bucket, key)`."""

    service: str
    type: str
    identifiers: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A method of an SDK object that is not called yet, `client.put_object`; `given` as of `LocalFunction`."""

    receiver: Client | Handle | Session
    name: str
    given: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class AwsResult(Value):
    """What an AWS operation returned, by service and operation (`send_message`); `path` leads into the response."""

    service: str
    operation: str
    arguments: tuple[tuple[str, Value], ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """An activation: whose names are bound, and to what. `owner` is a node of `module`, MODULE for the module."""

    module: str
    owner: int
    arguments: tuple[tuple[str, Value], ...] = ()
    outer: Frame | None = None
    hashed: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # frames key every memo, and hashing all that they bind would cost more than what the memos save
        object.__setattr__(self, "hashed", hash((self.module, self.owner, self.arguments, self.outer)))

    def __hash__(self) -> int:
        return self.hashed

    def get(self, name: str) -> Value | None:
        return next((value for key, value in self.arguments if key == name), None)


MODULE = -1


@dataclass(frozen=True, slots=True)
class LocalFunction(Value):
    """A function or lambda of the reviewed tree, by module path and node.

    `bound` is `self` or `cls` of a method; `given` are arguments that `functools.partial` fixed; `outer` is the
    activation whose names a nested function sees. `through` is what local decorators made of it: what a call runs.
    """

    module: str
    node: int
    bound: Value | None = None
    given: tuple[tuple[str, Value], ...] = ()
    outer: Frame | None = None
    through: LocalFunction | None = None


@dataclass(frozen=True, slots=True)
class LocalClass(Value):
    """A class of the reviewed tree."""

    module: str
    node: int


@dataclass(frozen=True, slots=True)
class LocalModule(Value):
    """A module of the reviewed tree, by its path."""

    module: str


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a local class, with the arguments that its constructor was given."""

    cls: LocalClass
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Super(Value):
    """`super()` in a method of the class `below`: `receiver` seen through the classes that come after that one."""

    receiver: Instance | LocalClass
    below: LocalClass


# --- what only templates can produce ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference(Value):
    """A resource of the deployment, or an attribute of it: `Ref` (attribute "Ref") or `Fn::GetAtt`.

    `stack` is the path of the template, `name` the logical id.
    """

    stack: str
    name: str
    attribute: str = "Ref"


@dataclass(frozen=True, slots=True)
class Parameter(Value):
    """A parameter of a template. `options` are the values that it can take, as far as the template says.

    With `closed`, it can take no others (AllowedValues); otherwise `options` holds the default, if there is one.
    """

    stack: str
    name: str
    options: tuple[Value, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Pseudo(Value):
    """A pseudo parameter: `AWS::Region`, `AWS::StackName`. Equal within one stack only, where it differs by stack."""

    name: str
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Lookup(Value):
    """`Fn::FindInMap` whose keys are not constants: the map's cells, by their keys, and the two keys."""

    cells: tuple[tuple[tuple[str, str], Value], ...]
    keys: tuple[Value, Value]


def parts(value: Value) -> tuple[Value, ...]:
    """The values directly inside of another."""
    return _PARTS[type(value)](value) if type(value) in _PARTS else ()


def contains(value: Value, kinds: tuple[type[Value], ...]) -> bool:
    """Whether a value is, or has anywhere inside, one of these kinds."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, kinds):
            return True
        pending += parts(current)
    return False


_PARTS: dict[type, Callable[[Any], tuple[Value, ...]]] = {
    OneOf: lambda v: v.options,
    Text: lambda v: v.parts,
    Transformed: lambda v: (v.base, *v.arguments),
    Items: lambda v: v.items,
    Table: lambda v: tuple(value for _, value in (*v.entries, *v.computed)),
    Environment: lambda v: (v.default,) if v.default is not None else (),
    Result: lambda v: tuple(value for _, value in v.arguments),
    AwsResult: lambda v: tuple(value for _, value in v.arguments),
    Handle: lambda v: v.identifiers,
    Session: lambda v: tuple(value for _, value in v.arguments),
    Method: lambda v: (v.receiver, *(value for _, value in v.given)),
    Instance: lambda v: tuple(value for _, value in v.arguments),
    Parameter: lambda v: v.options,
    Lookup: lambda v: (*v.keys, *(value for _, value in v.cells)),
}


# --- making values ------------------------------------------------------------------------------------------------

MOST_OPTIONS = 8
DEEPEST = 24


def one_of(options: tuple[Value, ...] | list[Value]) -> Value:
    """The join of several possibilities: flat, without repetitions, in order; UNKNOWN where there are too many."""
    if len(options) == 1:
        return options[0]
    flat: dict[Value, None] = {}
    for option in options:
        for value in option.options if isinstance(option, OneOf) else (option,):
            flat[value] = None
    if not flat or len(flat) > MOST_OPTIONS:
        return UNKNOWN
    values = tuple(flat)
    return values[0] if len(values) == 1 else OneOf(values)


def options(value: Value) -> tuple[Value, ...]:
    """The possibilities of a value: its options, or itself alone."""
    return value.options if isinstance(value, OneOf) else (value,)


def text(parts: Iterator[Value] | tuple[Value, ...] | list[Value]) -> Value:
    """The concatenation of parts: flat, constants merged; a constant where all parts are."""
    flat: list[Value] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, Constant):
                spelled = spell(piece)
                if spelled is None:
                    flat.append(UNKNOWN)
                elif flat and isinstance(flat[-1], Constant):
                    flat[-1] = Constant(f"{spell(flat[-1])}{spelled}")
                elif spelled:
                    flat.append(Constant(spelled))
            else:
                flat.append(piece)
    if not flat:
        return Constant("")
    if len(flat) == 1 and isinstance(flat[0], Constant):
        return flat[0]
    if len(flat) > DEEPEST:
        return UNKNOWN
    return Text(tuple(flat))


def spell(constant: Constant) -> str | None:
    """A constant as `str()` or a template writes it inside text; None for bytes."""
    value = constant.value
    return None if isinstance(value, bytes) else str(value)


def string(value: Value | None) -> str | None:
    """The constant string that a value is, or None."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value
    return None


def number(value: Value | None) -> int | float | None:
    """The number that a value is, also where a template writes it in quotes, or None."""
    given = value.value if isinstance(value, Constant) else None
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return given
    try:
        return (float if "." in given else int)(given) if isinstance(given, str) else None
    except ValueError:
        return None
