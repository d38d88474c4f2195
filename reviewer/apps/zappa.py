"""Zappa: an application and functions beside it, all in one Lambda function a stage, as `zappa_settings` says.

Source: https://github.com/zappa/Zappa#advanced-settings
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from posixpath import basename, dirname, splitext
from typing import Any

from reviewer.apps.stages import config, text, value
from reviewer.code.modules import Modules
from reviewer.code.values import Values
from reviewer.deploy.comments import comments
from reviewer.deploy.files import Files
from reviewer.deploy.model import Code, Deployment, Function, Id, Problem, Setting, Trigger
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, find, mapping
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.rule import Place
from reviewer.value import UNKNOWN, Constant, LocalFunction, Reference, Value, string

NAME = "zappa_settings"
ENDINGS = (".json", ".toml", ".yml", ".yaml")
"""Of several settings in one folder, Zappa takes the first by ending."""

_SETTINGS = {
    "runtime": "runtime",
    "timeout": "timeout_seconds",
    "memory": "memory_size",
    "role": "role_arn",
    "reserved_concurrency": "lambda_concurrency",
    "dead_letter": "dead_letter_arn",
}
_VARIABLES = ("environment_variables", "aws_environment_variables")
_MADE = ("handler.lambda_handler", "zappa.handler.lambda_handler")
"""Handlers of Zappa's own, which run the application."""
_KINDS = {"s3": "s3", "sns": "sns", "sqs": "sqs", "dynamodb": "dynamodb", "kinesis": "kinesis", "events": "eventbridge"}
"""The kind of an event by the service in the ARN of its source."""
_CREATED = Constant("s3:ObjectCreated:*")
_TO_BE_NAMED = Id("", "")
"""The function of a trigger until it has one."""
_UNFIT = re.compile(r"[^a-z0-9]+")


def read(
    modules: Modules,
    values: Values,
    tree: Tree,
    read: Callable[[str], bytes],
    locate: Callable[[Place], Location],
) -> Deployment:
    """The deployment of the applications whose settings a tree holds."""
    del read, locate
    named: dict[str, str] = {}
    for path in sorted((path for path in tree.templates if _is_settings(path)), key=_rank):
        named.setdefault(dirname(path), path)
    found, files = Deployment(), Files(tree.root)
    for path in named.values():
        problems: list[Problem] = []
        root = config(files, path, problems)
        made = _Application(root, path, modules, values).deployment() if root is not None else Deployment()
        said = tuple(comments(root.source, root)) if root is not None and not path.endswith(".json") else ()
        found = found.joined(replace(made, problems=tuple(problems), comments=said))
    return found


def _is_settings(path: str) -> bool:
    name, ending = splitext(basename(path))
    return name == NAME and ending in ENDINGS


def _rank(path: str) -> int:
    return ENDINGS.index(splitext(path)[1])


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """A stage with the settings of those that it extends."""

    name: str
    at: Location
    settings: Mapping

    def get(self, name: str) -> Node | None:
        node = self.settings.get(name)
        return None if isinstance(node, Scalar) and node.value is None else node

    def setting(self, name: str) -> Setting[Value] | None:
        node = self.get(name)
        return None if node is None else Setting(value(node), node.at)

    def items(self, name: str) -> tuple[Setting[Value], ...]:
        node = self.get(name)
        return tuple(Setting(value(item), item.at) for item in node.items) if isinstance(node, Sequence) else ()

    def is_on(self, name: str, default: bool) -> bool:
        node = self.get(name)
        return default if not isinstance(node, Scalar) else node.value not in (False, "false", "")


class _Application:
    """The application of one file of settings."""

    def __init__(self, root: Mapping, path: str, modules: Modules, values: Values) -> None:
        self.root = root
        self.path = path
        self.folder = dirname(path)
        self.modules = modules
        self.values = values

    def deployment(self) -> Deployment:
        functions: dict[Id, Function] = {}
        triggers: list[Trigger] = []
        for stage in self._stages():
            for function, started in self._functions(stage):
                taken = function.id in functions
                own = replace(function, id=Id(self.path, f"{function.id.name} ({stage.name})")) if taken else function
                functions[own.id] = own
                triggers += [replace(trigger, function=own.id) for trigger in started]
        return Deployment(tuple(functions.values()), tuple(triggers), templates=(self.path,) if functions else ())

    def _stages(self) -> Iterator[_Stage]:
        """The stages that are deployed: those that others only extend hold no application alone."""
        for name, node in self.root.entries.items():
            settings = self._extended(mapping(node), {name})
            if settings is not None and any(settings.get(key) for key in ("app_function", "lambda_handler", "events")):
                yield _Stage(name, self.root.keys[name].at, settings)

    def _extended(self, own: Mapping | None, known: set[str]) -> Mapping | None:
        named = own.get("extends") if own is not None else None
        name = named.text if isinstance(named, Scalar) else ""
        base = mapping(self.root.get(name))
        if own is None or base is None or name in known:
            return own
        base = self._extended(base, {*known, name}) or base
        return Mapping(own.source, own.start, own.end, {**base.entries, **own.entries}, {**base.keys, **own.keys})

    def _functions(self, stage: _Stage) -> Iterator[tuple[Function, list[Trigger]]]:
        """The application of a stage, and the functions that get events of their own."""
        yield self._application(stage)
        for event in _items(stage.get("events")):
            yield from self._named(stage, event.get("function"), list(_triggers(event)))
        pool = next(find(stage.settings, "cognito.user_pool"), None)
        for trigger in find(stage.settings, "cognito.triggers.*"):
            given = mapping(trigger)
            source = given.get("source") if given is not None else None
            if given is not None and isinstance(source, Scalar):
                operation: Setting[Value] = Setting(Constant(source.text.partition("_")[0]), source.at)
                listened = None if pool is None else Setting(value(pool), pool.at)
                started = Trigger(_TO_BE_NAMED, "cognito", source.at, listened, events=(operation,))
                yield from self._named(stage, given.get("function"), [started])
        for node in (*find(stage.settings, "authorizer.function"), *find(stage.settings, "bot_events.*.function")):
            yield from self._named(stage, node, [Trigger(_TO_BE_NAMED, "custom", node.at)])

    def _application(self, stage: _Stage) -> tuple[Function, list[Trigger]]:
        node = stage.get("app_function")
        own = stage.get("lambda_handler")
        if isinstance(own, Scalar) and own.text not in _MADE:
            node = own
        elif isinstance(node, Scalar) and self._is_function(node.text):
            node = None  # a WSGI or ASGI application that is a function takes neither an event nor a context
        function = self._function(stage, stage.name, stage.at, node)
        url = stage.get("function_url_enabled") if stage.is_on("function_url_enabled", False) else None
        if url is not None:
            auth = next(find(stage.settings, "function_url_config.authorizer"), None)
            said: Setting[Value] = Setting(Constant("NONE"), url.at) if auth is None else Setting(value(auth), auth.at)
            function = replace(function, url_auth=said)
        kinds = {
            _api(stage): stage.is_on("apigateway_enabled", True) and stage.is_on("use_apigateway", True),
            "alb": stage.is_on("alb_enabled", False),
            "url": url is not None,
        }
        started = [
            Trigger(function.id, kind, stage.at, Setting(Reference(self.path, f"{stage.name}-{kind}"), stage.at))
            for kind, is_there in kinds.items()
            if is_there
        ]
        return function, started

    def _is_function(self, dotted: str) -> bool:
        module, _, name = dotted.rpartition(".")
        path = "/".join(filter(None, (self.folder, module.replace(".", "/")))) + ".py"
        return path in self.modules.files and isinstance(self.values.member(path, name), LocalFunction)

    def _named(
        self, stage: _Stage, node: Node | None, started: list[Trigger]
    ) -> Iterator[tuple[Function, list[Trigger]]]:
        """A function that the settings name by its dotted path."""
        if isinstance(node, Scalar) and "." in node.text:
            yield self._function(stage, node.text, node.at, node), started

    def _function(self, stage: _Stage, name: str, at: Location, handler: Node | None) -> Function:
        project = stage.setting("project_name")
        written = string(project.value) if project is not None else None
        physical = None if written is None else Constant(_UNFIT.sub("-", f"{written}-{stage.name}".lower()).strip("-"))
        given: dict[str, Any] = {field: stage.setting(key) for field, key in _SETTINGS.items()}
        return Function(
            id=Id(self.path, name),
            at=at,
            dialect="zappa",
            name=None if physical is None or project is None else Setting(physical, project.at),
            handler=None if handler is None else Setting(value(handler), handler.at),
            code=Setting(Code(folder=self.folder), at),
            environment=tuple(_environment(stage)),
            layers=stage.items("layers"),
            **given,
        )


def _api(stage: _Stage) -> str:
    version = stage.setting("apigateway_version")
    return "http-api" if version is not None and version.value == Constant("v2") else "rest-api"


def _environment(stage: _Stage) -> Iterator[tuple[str, Setting[Value]]]:
    written = [mapping(stage.get(name)) for name in _VARIABLES]
    merged = {name: node for variables in written if variables is not None for name, node in variables.entries.items()}
    yield from ((name, Setting(text(node), node.at)) for name, node in merged.items())


def _items(node: Node | None) -> Iterator[Mapping]:
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping):
            yield item


# --- events -------------------------------------------------------------------------------------------------------


def _triggers(event: Mapping) -> Iterator[Trigger]:
    """What starts a function that the settings list under `events`."""
    at = event.head
    enabled = _setting(event, "enabled")
    for node in (*find(event, "expression"), *find(event, "expressions.*")):
        yield Trigger(_TO_BE_NAMED, "schedule", at, schedule=Setting(value(node), node.at), enabled=enabled)
    source = mapping(event.get("event_source"))
    arn = _setting(source, "arn")
    if source is None or arn is None:
        return
    service = (string(arn.value) or "").split(":", 3)[2:3]
    kind = _KINDS.get(service[0] if service else "", "custom")
    more: dict[str, Any] = {"enabled": _setting(source, "enabled")}
    if kind == "s3":
        listed = tuple(Setting(value(node), node.at) for node in find(source, "events.*"))
        more |= {"events": listed or (Setting(_CREATED, arn.at),), **_key_filter(source)}
    elif kind == "sns":
        more["patterns"] = tuple(Setting(value(node), node.at) for node in find(source, "filters"))
    elif kind == "eventbridge":
        patterns = (*find(source, "event_pattern"), *find(source, "pattern"))
        given = [Setting(value(node) if isinstance(node, Mapping) else UNKNOWN, node.at) for node in patterns]
        more["patterns"] = tuple(given) or (Setting(UNKNOWN, arn.at),)
        arn = Setting(Constant("default"), arn.at)
    elif kind != "custom":
        more["batch_size"] = _setting(source, "batch_size")
    yield Trigger(_TO_BE_NAMED, kind, at, arn, **more)


def _setting(around: Mapping | None, name: str) -> Setting[Value] | None:
    node = around.get(name) if around is not None else None
    return None if node is None else Setting(value(node), node.at)


def _key_filter(source: Mapping) -> dict[str, Setting[Value]]:
    """The prefix and the suffix of a bucket's keys: settings of their own, or in a list of filters."""
    found = {name: setting for name in ("prefix", "suffix") if (setting := _setting(source, name)) is not None}
    for rule in find(source, "key_filters.*"):
        given = mapping(rule)
        kind, said = _setting(given, "type"), _setting(given, "value")
        name = (string(kind.value) or "").lower() if kind is not None else ""
        if name in ("prefix", "suffix") and said is not None:
            found[name] = said
    return found
