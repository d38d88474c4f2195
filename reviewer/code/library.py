"""What functions of the standard library and of boto3 return, as abstract values.

A table from qualified names to small functions over arguments. A name that is not listed returns a `Result`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewer.aws import resources
from reviewer.code.operations import descend, transformed
from reviewer.code.texts import concatenated
from reviewer.value import (
    ITEM,
    UNKNOWN,
    AwsResult,
    Client,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    External,
    Handle,
    Items,
    LocalFunction,
    Method,
    OneOf,
    Result,
    Session,
    Table,
    Text,
    Transformed,
    Value,
    one_of,
    options,
    string,
)

PARTIAL = "functools.partial"


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, evaluated. With `open`, a starred argument may bring more."""

    positional: tuple[Value, ...] = ()
    named: tuple[tuple[str, Value], ...] = ()
    open: bool = False

    def get(self, position: int | None, name: str = "") -> Value | None:
        """The argument by keyword, or else by position; None where the call does not give it."""
        for key, value in self.named:
            if name and key == name:
                return value
        if position is not None and 0 <= position < len(self.positional):
            return self.positional[position]
        return None

    def after(self, earlier: Arguments) -> Arguments:
        """These arguments behind those that were fixed earlier."""
        named = dict((*earlier.named, *self.named))
        return Arguments((*earlier.positional, *self.positional), tuple(named.items()), earlier.open or self.open)

    @property
    def pairs(self) -> tuple[tuple[str, Value], ...]:
        """All arguments as (name or position, value) pairs."""
        if not self.positional:
            return self.named
        return (*zip(map(str, range(len(self.positional))), self.positional, strict=True), *self.named)


NO_ARGUMENTS = Arguments()


def call(name: str, given: Arguments) -> Value:
    """What a call of the external function `name` returns."""
    made = FUNCTIONS.get(name)
    if made is not None:
        return made(given)
    return Result(name, given.pairs)


def _first(given: Arguments) -> Value:
    return given.get(0) or UNKNOWN


def _environment(given: Arguments) -> Value:
    name = string(given.get(0, "key"))
    return Environment(name, given.get(1, "default")) if name else UNKNOWN


def _client(kind: str) -> Callable[[Arguments], Value]:
    def make(given: Arguments) -> Value:
        service = string(given.get(0, "service_name"))
        return Client(service, kind) if service else UNKNOWN

    return make


def _operation(name: str) -> Callable[[Arguments], Value]:
    return lambda given: transformed(name, _first(given), given.positional[1:])


def _quoted(name: str) -> Callable[[Arguments], Value]:
    def make(given: Arguments) -> Value:
        safe = given.get(1, "safe")
        return transformed(name, _first(given), () if safe is None else (safe,))

    return make


def _path(given: Arguments) -> Value:
    if not given.positional:
        return Transformed("path", Constant("."))
    joined = transformed("path_join", unwrapped(given.positional[0]), tuple(map(unwrapped, given.positional[1:])))
    return Transformed("path", joined if len(given.positional) > 1 else unwrapped(given.positional[0]))


def unwrapped(value: Value) -> Value:
    """The text of a path object; any other value as it is."""
    return value.base if isinstance(value, Transformed) and value.operation == "path" else value


def _loads(given: Arguments) -> Value:
    source = _first(given)
    if isinstance(source, Result) and source.function == "json.dumps" and not source.path:
        return dict(source.arguments).get("0", UNKNOWN)
    if isinstance(source, EventPath):
        return descend(source, "json()")
    return Result("json.loads", given.pairs)


def _elements(given: Arguments) -> Value:
    """A list of the same items: `list(x)`, `sorted(x)`, `reversed(x)`."""
    source = _first(given)
    return source if isinstance(source, (Items, EventPath)) else Items((element(source),), open=True)


def _dictionary(given: Arguments) -> Value:
    if given.positional:
        source = given.positional[0]
        if not isinstance(source, Table):
            return source if isinstance(source, EventPath) else UNKNOWN
        return Table((*source.entries, *given.named), source.open or given.open)
    return Table(given.named, given.open)


def entries(value: Value) -> tuple[tuple[tuple[str, Value], ...], bool]:
    """The arguments that `**value` hands over, of several dicts what all of them have; whether there may be more."""
    tables = options(value)
    if isinstance(value, Table) or not all(isinstance(table, Table) for table in tables):
        return (value.entries, value.open) if isinstance(value, Table) else ((), True)
    held = [dict(table.entries) for table in tables if isinstance(table, Table)]
    shared = [name for name in held[0] if all(name in other for other in held)]
    return tuple((name, one_of([table[name] for table in held])) for name in shared), True


def element(value: Value) -> Value:
    """Any element of an iterable."""
    if isinstance(value, OneOf):
        return one_of([element(option) for option in value.options])
    if isinstance(value, Items):
        return one_of(value.items)
    if isinstance(value, Table):
        return one_of([Constant(key) for key, _ in value.entries]) if not value.open else UNKNOWN
    if isinstance(value, (EventPath, Result, AwsResult)):
        return descend(value, ITEM)
    if isinstance(value, Transformed) and value.operation == "slice":
        return element(value.base)
    return UNKNOWN


def _enumerated(given: Arguments) -> Value:
    return Items((Items((UNKNOWN, element(_first(given)))),), open=True)


def _zipped(given: Arguments) -> Value:
    return Items((Items(tuple(element(source) for source in given.positional)),), open=True)


def _spelled(given: Arguments) -> Value:
    value = unwrapped(_first(given))
    if isinstance(value, Constant):
        return concatenated([value])
    spelled = (Text, Transformed, EventPath, ContextPath, Environment, OneOf, Result, AwsResult)
    return value if isinstance(value, spelled) else UNKNOWN


def _partial(given: Arguments) -> Value:
    function = _first(given)
    if not isinstance(function, (LocalFunction, Method)):
        return Result(PARTIAL, given.pairs)
    known = _positions(function.given)
    fixed = tuple((str(index), value) for index, value in enumerate(given.positional[1:], len(known)))
    return replace(function, given=(*function.given, *fixed, *given.named))


def _positions(given: tuple[tuple[str, Value], ...]) -> tuple[Value, ...]:
    return tuple(value for name, value in given if name.isdecimal())


def opened(function: Value) -> tuple[Value, Arguments]:
    """What calling a value calls, and the arguments that `functools.partial` has fixed for it."""
    if isinstance(function, Method) and function.given:
        fixed = function.given
        function = replace(function, given=())
    elif isinstance(function, Result) and function.function == PARTIAL and not function.path:
        (_, function), *rest = function.arguments or (("0", UNKNOWN),)
        fixed = tuple(rest)
    else:
        return function, NO_ARGUMENTS
    return function, Arguments(_positions(fixed), tuple(pair for pair in fixed if not pair[0].isdecimal()))


def _stored(given: Arguments) -> Value:
    """What Powertools gives of a parameter of SSM: what the SDK's own call does."""
    return AwsResult("ssm", "get_parameter", (("Name", given.get(0, "name") or UNKNOWN),), ("Parameter", "Value"))


MAPS = frozenset({"map", "filter"})
"""Functions that call a function with the items of what comes after it."""
PASSES_ON = frozenset({"submit", "run_in_executor", "to_thread", "call_soon"})
"""Functions that call a function with what comes after it."""
THREADS = frozenset({"Thread", "Timer", "Process"})
"""Classes whose objects call the function `target` with `args` and `kwargs`."""


def handed(name: str, given: Arguments) -> tuple[Method, Arguments] | None:
    """The method of an SDK object that a call of `name` calls in its turn, and with what; None for any other call."""
    for position, value in enumerate(given.positional):
        rest = given.positional[position + 1 :]
        if isinstance(value, Method) and name in PASSES_ON:
            return value, Arguments(rest, given.named, given.open)
        if isinstance(value, Method) and name in MAPS:
            return value, Arguments(tuple(map(element, rest)))
    target = given.get(None, "target")
    if not isinstance(target, Method) or name not in THREADS:
        return None
    args, kwargs = given.get(None, "args") or Items(()), given.get(None, "kwargs") or Table(())
    known = isinstance(args, Items) and isinstance(kwargs, Table) and not (args.open or kwargs.open)
    positional = args.items if isinstance(args, Items) and not args.open else ()
    return target, Arguments(positional, kwargs.entries if isinstance(kwargs, Table) else (), not known)


HANDS_ON = MAPS | PASSES_ON | THREADS

FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "os.environ.setdefault": _environment,
    "os.path.join": _operation("path_join"),
    "os.path.basename": _operation("basename"),
    "os.path.dirname": _operation("dirname"),
    "os.path.splitext": _operation("splitext"),
    "os.path.split": _operation("path_split"),
    "os.path.normpath": _first,
    "os.fspath": _spelled,
    "posixpath.join": _operation("path_join"),
    "posixpath.basename": _operation("basename"),
    "posixpath.dirname": _operation("dirname"),
    "posixpath.splitext": _operation("splitext"),
    "posixpath.split": _operation("path_split"),
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "pathlib.PurePosixPath": _path,
    "urllib.parse.unquote_plus": _operation("unquote_plus"),
    "urllib.parse.unquote": _operation("unquote"),
    "urllib.parse.quote": _quoted("quote"),
    "urllib.parse.quote_plus": _quoted("quote_plus"),
    "json.loads": _loads,
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "functools.partial": _partial,
    "builtins.str": _spelled,
    "builtins.list": _elements,
    "builtins.tuple": _elements,
    "builtins.set": _elements,
    "builtins.sorted": _elements,
    "builtins.reversed": _elements,
    "builtins.iter": _first,
    "builtins.next": lambda given: element(_first(given)),
    "builtins.dict": _dictionary,
    "builtins.enumerate": _enumerated,
    "builtins.zip": _zipped,
    "aws_lambda_powertools.utilities.parameters.get_parameter": _stored,
    "typing.cast": lambda given: given.get(1) or UNKNOWN,
    "boto3.client": _client("client"),
    "boto3.resource": _client("resource"),
    "boto3.Session": lambda given: Session(given.pairs),
    "boto3.session.Session": lambda given: Session(given.pairs),
    "aioboto3.Session": lambda given: Session(given.pairs),
}


# --- methods and attributes of SDK objects and paths ---------------------------------------------------------------


def sdk_method(receiver: Value, name: str, given: Arguments) -> Value | None:
    """What a method of a session, a client or a resource object returns; None for any other receiver."""
    if isinstance(receiver, Session):
        kind = {"client": "client", "create_client": "client", "resource": "resource"}.get(name)
        return _client(kind)(given) if kind else UNKNOWN
    if isinstance(receiver, Client) and receiver.kind == "resource":
        return _made_by_resource(receiver.service, name, given)
    if isinstance(receiver, Client):
        return AwsResult(receiver.service, name, given.pairs)
    if isinstance(receiver, Handle):
        return _made_by_handle(receiver, name, given)
    if isinstance(receiver, ContextPath) and name == "get_remaining_time_in_millis":
        return descend(receiver, f"{name}()")
    if isinstance(receiver, Result) and (receiver.function, name) == DESERIALIZES and not receiver.path:
        written = given.get(0, "value") or UNKNOWN
        return (written.get("M") or UNKNOWN) if isinstance(written, Table) else written
    return None


DESERIALIZES = ("boto3.dynamodb.types.TypeDeserializer", "deserialize")
"""What makes an attribute of DynamoDB, `{"S": "open"}`, its value: both are told by the same path."""


def _made_by_resource(service: str, name: str, given: Arguments) -> Value:
    if resources.is_type(service, name):
        return Handle(service, name, _identifiers(service, name, given))
    if (service, name) == ("sqs", "get_queue_by_name"):
        return Handle("sqs", "Queue", (AwsResult("sqs", "get_queue_url", given.pairs, ("QueueUrl",)),))
    return AwsResult(service, name, given.pairs)


def _made_by_handle(receiver: Handle, name: str, given: Arguments) -> Value:
    if resources.is_child(receiver.service, receiver.type, name):
        made = (*receiver.identifiers, *_identifiers(receiver.service, name, given))
        return Handle(receiver.service, name, made)
    if name == "batch_writer":
        return Handle(receiver.service, "BatchWriter", receiver.identifiers)
    return AwsResult(receiver.service, f"{receiver.type}.{name}", given.pairs)


def _identifiers(service: str, name: str, given: Arguments) -> tuple[Value, ...]:
    names = resources.identifiers(service, name)
    return (*given.positional, *(value for key, value in given.named if key in names))


def sdk_attribute(receiver: Value, name: str) -> Value | None:
    """An attribute of an SDK object or a path; None for any other receiver."""
    if isinstance(receiver, Client):
        plain = {"meta": receiver, "client": Client(receiver.service), "exceptions": UNKNOWN}
        return plain.get(name) or Method(receiver, name)
    if isinstance(receiver, Session):
        return Method(receiver, name) if name in {"client", "resource"} else UNKNOWN
    if isinstance(receiver, Handle):
        if name == "meta":
            return Client(receiver.service, "resource")
        if VERB.match(name):
            return Method(receiver, name)
        position = resources.attribute(receiver.service, receiver.type, name)
        known = position is not None and position < len(receiver.identifiers)
        return receiver.identifiers[position] if known and position is not None else UNKNOWN
    if isinstance(receiver, Transformed) and receiver.operation == "path":
        return _path_attribute(receiver.base, name)
    return None


VERB = re.compile(
    r"(?:add|batch|change|copy|create|delete|download|get|initiate|load|modify|publish|purge|put|query|receive|reload"
    r"|remove|restore|scan|send|set|start|stop|subscribe|terminate|update|upload|wait)(?:_|$)"
)
"""How the names of the methods of resource objects begin. Other attributes are data."""
PATH_ATTRIBUTES = {"name": "basename", "stem": "stem", "suffix": "splitext_extension"}
PATH_METHODS = {"with_suffix": "with_suffix", "with_name": "with_name", "joinpath": "path_join"}


def _path_attribute(base: Value, name: str) -> Value:
    if name == "parent":
        return Transformed("path", transformed("dirname", base))
    return transformed(PATH_ATTRIBUTES[name], base) if name in PATH_ATTRIBUTES else UNKNOWN


def path_method(receiver: Transformed, name: str, given: Arguments) -> Value:
    """A method of a path object."""
    if name in {"as_posix", "__str__"}:
        return receiver.base
    if name in {"resolve", "absolute", "expanduser"}:
        return UNKNOWN
    if name in PATH_METHODS:
        parts = tuple(unwrapped(part) for part in given.positional)
        return Transformed("path", transformed(PATH_METHODS[name], receiver.base, parts))
    return UNKNOWN


def is_environment(value: Value) -> bool:
    """Whether a value is the process's environment, `os.environ`."""
    return value == External("os.environ")
