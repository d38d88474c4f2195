"""Chalice: functions by decorator in `app.py` and its blueprints, their settings in `.chalice/config.json`.

Source: https://aws.github.io/chalice/api.html and https://aws.github.io/chalice/topics/configfile.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from posixpath import basename, dirname, join
from typing import Any

from reviewer.apps.stages import Stages, config
from reviewer.code import facts
from reviewer.code.flow import modules_of
from reviewer.code.modules import Modules
from reviewer.code.operations import OBJECT
from reviewer.code.values import Values
from reviewer.deploy.files import Files
from reviewer.deploy.model import Code, Deployment, Function, Id, Problem, Setting, Trigger
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.identity import resolved
from reviewer.rule import Place
from reviewer.value import (
    MODULE,
    UNKNOWN,
    Constant,
    EventPath,
    Frame,
    Items,
    Reference,
    Result,
    Table,
    Value,
    one_of,
    options,
    string,
)

CONFIG = ".chalice/config.json"
APP = "app.py"
"""The module that Chalice loads; its name `app` is the application."""
EVENT = EventPath((OBJECT,))
"""The event of a function as Chalice hands it over: an object with attributes of its own, and not the raw event."""
API = "api_handler"
"""What the configuration calls the function that answers all requests."""

_CHALICE = frozenset({"chalice.Chalice", "chalice.app.Chalice"})
_OBJECTS = _CHALICE | {"chalice.Blueprint", "chalice.app.Blueprint"}
_CREATED = Constant("s3:ObjectCreated:*")


@dataclass(frozen=True, slots=True)
class Decorator:
    """What a decorator makes of a function. `parameters` are its own, in order; `sources` name what it listens to.

    `settings` pairs fields of `Trigger` with parameters. `name`: what the configuration calls the function where there
    is one of its kind only.
    """

    kind: str = ""
    parameters: tuple[str, ...] = ("name",)
    sources: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    name: str = ""


_RECORDS = ("batch_size", "starting_position", "name")
_BATCH = (("batch_size", "batch_size"),)
DECORATORS = {
    "lambda_function": Decorator(),
    "schedule": Decorator("schedule", ("expression", "name", "description"), (), (("schedule", "expression"),)),
    "on_s3_event": Decorator(
        "s3",
        ("bucket", "events", "prefix", "suffix", "name"),
        ("bucket",),
        (("events", "events"), ("prefix", "prefix"), ("suffix", "suffix")),
    ),
    "on_sns_message": Decorator("sns", ("topic", "name"), ("topic",)),
    "on_sqs_message": Decorator("sqs", ("queue", "batch_size", "name", "queue_arn"), ("queue", "queue_arn"), _BATCH),
    "on_kinesis_record": Decorator("kinesis", ("stream", *_RECORDS), ("stream",), _BATCH),
    "on_dynamodb_record": Decorator("dynamodb", ("stream_arn", *_RECORDS), ("stream_arn",), _BATCH),
    "on_cw_event": Decorator("eventbridge", ("event_pattern", "name"), (), (("patterns", "event_pattern"),)),
    "authorizer": Decorator("custom", ("ttl_seconds", "execution_role", "name", "header")),
    "on_ws_connect": Decorator("websocket", name="websocket_connect"),
    "on_ws_message": Decorator("websocket", name="websocket_message"),
    "on_ws_disconnect": Decorator("websocket", name="websocket_disconnect"),
}
"""Decorators that make a Lambda function of their own of a Python function."""
ROUTE = "route"


def event(function: Function | None, triggers: tuple[Trigger, ...]) -> EventPath:
    """The event that a handler gets."""
    return EVENT if function is not None and function.dialect == "chalice" and triggers else EventPath()


def read(
    modules: Modules,
    values: Values,
    tree: Tree,
    read: Callable[[str], bytes],
    locate: Callable[[Place], Location],
) -> Deployment:
    """The deployment of the Chalice applications of a tree."""
    found, files = Deployment(), Files(tree.root)
    for path in tree.python:
        if basename(path) == APP and b"chalice" in read(path):
            prefixed = b"name_prefix" in read(path)
            found = found.joined(_App(modules, values, locate, path, prefixed).deployment(files))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Decorated:
    """A function under a decorator of Chalice. `module` is its path."""

    module: str
    function: facts.Function
    call: facts.Call
    decorator: str


class _App:
    """One application. Its functions belong to the stack of its `app.py`.

    `prefixed`: whether blueprints may add to the names of their functions.
    """

    def __init__(
        self, modules: Modules, values: Values, locate: Callable[[Place], Location], path: str, prefixed: bool
    ) -> None:
        self.modules = modules
        self.values = values
        self.locate = locate
        self.path = path
        self.folder = dirname(path)
        self.prefixed = prefixed
        self.stages = Stages()
        self.is_project = False

    def deployment(self, files: Files) -> Deployment:
        """The functions of the application and their triggers; nothing where the module holds none."""
        problems: list[Problem] = []
        settings = config(files, join(self.folder, CONFIG), problems)
        application = next(self._applications(), None)
        self.is_project = files.exists(join(self.folder, dirname(CONFIG)))
        if application is None and not self.is_project:
            return Deployment()
        self.stages = Stages(settings)
        named = self.stages.named("app_name") or (UNKNOWN if application is None else _app_name(application))
        functions: dict[Id, Function] = {}
        triggers: list[Trigger] = []
        for decorated in self._decorated():
            function, trigger = self._read(decorated, named)
            if function.id not in functions or decorated.decorator == ROUTE:
                functions.setdefault(function.id, function)
                triggers += [] if trigger is None else [trigger]
        templates = (self.path,) if functions else ()
        return Deployment(tuple(functions.values()), tuple(triggers), problems=tuple(problems), templates=templates)

    def _applications(self) -> Iterator[Result]:
        if self.modules.module(self.path) is None:
            return
        for option in options(self.values.member(self.path, "app")):
            if isinstance(option, Result) and option.function in _CHALICE and not option.path:
                yield option

    def _decorated(self) -> Iterator[_Decorated]:
        """The functions that the application and its blueprints register."""
        for path in modules_of(self.values, self.path):
            module = self.modules.module(path)
            for statement in module.body if module is not None else ():
                for call in statement.decorators if isinstance(statement, facts.Function) else ():
                    name = self._registers(call, path)
                    if name and isinstance(statement, facts.Function) and isinstance(call, facts.Call):
                        yield _Decorated(path, statement, call, name)

    def _registers(self, call: facts.Expression, path: str) -> str:
        """The name of a decorator of Chalice; empty for any other."""
        if not isinstance(call, facts.Call) or not isinstance(call.function, facts.Attribute):
            return ""
        name = call.function.name
        if name not in DECORATORS and name != ROUTE:
            return ""
        receiver = call.function.value
        if self.is_project and path == self.path and isinstance(receiver, facts.Name) and receiver.id == "app":
            return name  # whatever it is made by: a subclass, a function of a library
        found = options(self.values.of(receiver, Frame(path, MODULE)))
        return name if any(isinstance(each, Result) and each.function in _OBJECTS for each in found) else ""

    # --- one function ---------------------------------------------------------------------------------------------

    def _read(self, decorated: _Decorated, app: Value) -> tuple[Function, Trigger | None]:
        at = self.locate(Place(decorated.module, decorated.call.node))
        if decorated.decorator == ROUTE:
            function = self._function(API, "app.app", at, self._physical(app, "", at))
            return function, Trigger(function.id, "rest-api", at, Setting(Reference(self.path, "RestAPI"), at))
        kind = DECORATORS[decorated.decorator]
        given = {name: self._argument(decorated, index, name) for index, name in enumerate(kind.parameters)}
        said = given.get("name")
        name = (string(said.value) if said is not None else None) or kind.name or decorated.function.name
        handler = f"{self._dotted(decorated.module)}.{decorated.function.name}"
        is_prefixed = self.prefixed and decorated.module != self.path
        suffix = kind.name.replace("_", "-") if name == kind.name else name
        physical = None if is_prefixed else self._physical(app, suffix, at)
        function = self._function(name, handler, at, physical)
        return function, self._trigger(kind, function, at, given) if kind.kind else None

    def _dotted(self, path: str) -> str:
        inside = path.removeprefix(f"{self.folder}/") if self.folder else path
        return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def _argument(self, decorated: _Decorated, position: int, name: str) -> Setting[Value] | None:
        """The argument of a decorator, by keyword or by position."""
        arguments = decorated.call.arguments
        plain = [argument for argument in arguments if not argument.name]
        found = next((argument for argument in arguments if argument.name == name), None)
        if found is None and position < len(plain):
            found = plain[position]
        if found is None:
            return None
        value = self.values.of(found.value, Frame(decorated.module, MODULE))
        return Setting(value, self.locate(Place(decorated.module, found.value.node)))

    def _function(self, name: str, handler: str, at: Location, physical: Setting[Value] | None) -> Function:
        stages = self.stages

        def setting(key: str) -> Setting[Value] | None:
            return stages.setting(name, key)

        return Function(
            id=Id(self.path, name),
            at=at,
            dialect="chalice",
            name=physical,
            handler=Setting(Constant(handler), at),
            code=Setting(Code(folder=self.folder), at),
            timeout=setting("lambda_timeout"),
            memory=setting("lambda_memory_size"),
            environment=stages.variables(name),
            layers=stages.items(name, "layers"),
            role=setting("iam_role_arn"),
            reserved_concurrency=setting("reserved_concurrency"),
        )

    def _physical(self, app: Value, suffix: str, at: Location) -> Setting[Value] | None:
        """The name of a function on AWS: the application's, the stage's and its own."""
        written = string(app)
        if written is None:
            return None
        parts = (suffix,) if suffix else ()
        return Setting(one_of([Constant("-".join((written, stage, *parts))) for stage in self.stages.names]), at)

    def _trigger(
        self, kind: Decorator, function: Function, at: Location, given: dict[str, Setting[Value] | None]
    ) -> Trigger:
        """What starts a function. The application is loaded with the variables of its functions."""

        def known(name: str) -> Setting[Value] | None:
            found = given.get(name)
            if found is None or found.value == Constant(None):
                return None
            return replace(found, value=resolved(found.value, function))

        more: dict[str, Any] = {field: known(name) for field, name in kind.settings}
        for field in ("events", "patterns"):
            if field in more:
                more[field] = tuple(_several(field, more[field]))
        if kind.kind == "s3" and not more["events"]:
            more["events"] = (Setting(_CREATED, at),)
        if kind.kind == "schedule" and more["schedule"] is not None and string(more["schedule"].value) is None:
            more["schedule"] = replace(more["schedule"], value=UNKNOWN)
        source = next((setting for name in kind.sources if (setting := known(name)) is not None), None)
        if kind.kind == "eventbridge":
            source = Setting(Constant("default"), at)
        return Trigger(function.id, kind.kind, at, source, **more)


def _app_name(application: Result) -> Value:
    given = dict(application.arguments)
    return given.get("app_name", given.get("0", UNKNOWN))


def _several(field: str, setting: Setting[Value] | None) -> Iterator[Setting[Value]]:
    """The event types of a list, or one pattern. What cannot be read is UNKNOWN."""
    if setting is None:
        return
    value = setting.value
    if field == "events" and isinstance(value, Items) and not value.open:
        yield from (replace(setting, value=item) for item in value.items)
    elif field == "patterns" and isinstance(value, Table) and not value.open:
        yield setting
    else:
        yield replace(setting, value=UNKNOWN)
