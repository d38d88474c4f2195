"""What starts the functions of a template, and where it names them: resources of all kinds but SAM's own events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.deploy.embedded import document
from reviewer.deploy.model import FunctionReference, Id, Setting, Trigger
from reviewer.deploy.naming import Naming, Target, is_function_arn
from reviewer.deploy.nodes import Mapping, Node, find, walk
from reviewer.deploy.stacks import Stack
from reviewer.deploy.template import Declared
from reviewer.deploy.wiring import (
    API_BODIES,
    API_KINDS,
    CUSTOM,
    INTEGRATIONS,
    NOTIFICATIONS,
    PERMISSION,
    PRINCIPALS,
    RESOURCES,
    STREAM_SERVICES,
    STREAMS,
    SWITCHES,
    Notifications,
    Wiring,
)
from reviewer.value import UNKNOWN, Constant, Parameter, Reference, Text, Value, options, string

DEFAULT_BUS = Constant("default")

_RULE = "AWS::Events::Rule"
_MAPPING = "AWS::Lambda::EventSourceMapping"
_IN_BACKGROUND = "x-amz-invocation-type"
_SEVERAL = frozenset({"events", "patterns", "response_types"})
_DEFINED = (
    ("x-amazon-apigateway-integration", "uri", "api-integration"),
    ("x-amazon-apigateway-authorizer", "authorizerUri", "authorizer"),
)
"""Extensions of an OpenAPI definition that name functions. Source:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html"""


@dataclass(slots=True)
class Found:
    """What reading finds, in order. `permitted` are permissions of services, kept until all triggers are known."""

    triggers: list[Trigger] = field(default_factory=list)
    references: list[FunctionReference] = field(default_factory=list)
    permitted: list[tuple[Trigger, tuple[str, ...]]] = field(default_factory=list)


def fields(stack: Stack, wiring: Wiring, properties: Node | None) -> dict[str, Any]:
    """A trigger's settings, as a wiring says where they are written."""
    found: dict[str, Any] = {}
    for name, path in wiring.settings:
        if name == "patterns":
            found[name] = tuple(_patterns(stack, wiring, properties, path))
        elif name in _SEVERAL:
            found[name] = stack.settings(properties, path)
        elif found.get(name) is None:
            found[name] = stack.setting(properties, path)
    if found.get("enabled"):
        found["enabled"] = _switch(found["enabled"])
    return found


def _patterns(stack: Stack, wiring: Wiring, properties: Node | None, path: str) -> Iterator[Setting[Value]]:
    for node in find(properties, path):
        value = stack.value(node)
        if value is not None:
            yield Setting(value if wiring.kind == "logs" else document(stack, node), node.at)


def patience(stack: Stack, integration: Node | None) -> Setting[Value] | None:
    """The milliseconds that an API waits for a function, where its integration sets them.

    UNKNOWN where it passes the answer on bit by bit, which may take longer, or invokes in the background.
    Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html and
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
    """
    found = None
    for name, node in integration.entries.items() if isinstance(integration, Mapping) else ():
        setting = stack.setting(node)
        match name.lower():
            case "timeoutinmillis":
                found = found or setting
            case "responsetransfermode" if setting and string(setting.value) != "BUFFERED":
                return Setting(UNKNOWN, node.at)
            case "requestparameters" if any(_IN_BACKGROUND in key.lower() for key in _keys(node)):
                return Setting(UNKNOWN, node.at)
    return found


def _keys(node: Node) -> Iterable[str]:
    return node.entries if isinstance(node, Mapping) else ()


def _switch(setting: Setting[Value]) -> Setting[Value]:
    state = SWITCHES.get((string(setting.value) or "").upper())
    return setting if state is None else replace(setting, value=Constant(state))


def key_filter(stack: Stack, notification: Node | None, path: str) -> dict[str, Any]:
    """Prefix and suffix of an S3 notification. Their names are written in any case."""
    found: dict[str, Any] = {}
    for rule in find(notification, path):
        name = stack.setting(rule, "Name")
        kind = (string(name.value) or "").lower() if name else ""
        if kind in ("prefix", "suffix"):
            found[kind] = stack.setting(rule, "Value")
    return found


class Reader:
    """Reads the triggers of one template's resources into `found`."""

    def __init__(self, stack: Stack, naming: Naming, found: Found) -> None:
        self.stack = stack
        self.naming = naming
        self.found = found

    def read(self, declared: Declared, properties: Mapping | None) -> None:
        """All that a resource starts and names, but for state machines and SAM's events."""
        wiring = RESOURCES.get(declared.type) or (CUSTOM if declared.type.startswith("Custom::") else None)
        if wiring is not None:
            self._wired(declared, properties, wiring)
        if declared.type in NOTIFICATIONS:
            self._notified(declared, properties, NOTIFICATIONS[declared.type])
        if declared.type in API_BODIES:
            self._described(declared, properties, API_BODIES[declared.type])
        if declared.type == PERMISSION:
            self._permitted(declared, properties)

    def name(self, role: str, node: Node, qualifier: Setting[Value] | None = None) -> list[Target]:
        """Note that a template names functions at a place. Which ones?"""
        setting = self.stack.setting(node)
        if setting is None:
            return []
        targets = [
            target if qualifier is None else replace(target, qualifier=qualifier.value)
            for target in self.naming.targets(setting.value, self.stack.path)
        ]
        self.found.references += [
            FunctionReference(role, setting, target.function, target.is_pinned) for target in targets
        ]
        if not targets and is_function_arn(setting.value):
            self.found.references.append(FunctionReference(role, setting))
        return targets

    # --- resources that the table describes -----------------------------------------------------------------------

    def _wired(self, declared: Declared, properties: Mapping | None, wiring: Wiring) -> None:
        qualifier = self.stack.setting(properties, wiring.qualifier) if wiring.qualifier else None
        named = [
            (node, target)
            for path in wiring.functions
            for node in find(properties, path)
            for target in self.name(wiring.role, node, qualifier)
        ]
        if not named:
            return
        settings = fields(self.stack, wiring, properties)
        source = self._source(declared, properties, wiring)
        operations = dict(_operations(properties)) if wiring.kind == "cognito" else {}
        where = INTEGRATIONS.get(declared.type)
        for integration in find(properties, where) if where is not None else ():
            settings["waits"] = patience(self.stack, integration)
        for node, target in named:
            if id(node) in operations:
                settings["events"] = (operations[id(node)],)
            for kind in self._kinds(declared, properties, wiring, source):
                self.found.triggers.append(
                    Trigger(target.function, kind, declared.at, source, qualifier=target.alias, **settings)
                )

    def _source(self, declared: Declared, properties: Mapping | None, wiring: Wiring) -> Setting[Value] | None:
        if not wiring.source:
            return Setting(Reference(self.stack.path, declared.name), declared.at)
        source = self.stack.setting(properties, wiring.source)
        return Setting(DEFAULT_BUS, declared.at) if source is None and declared.type == _RULE else source

    def _kinds(
        self, declared: Declared, properties: Mapping | None, wiring: Wiring, source: Setting[Value] | None
    ) -> tuple[str, ...]:
        if declared.type == _MAPPING:
            return (self._stream(source, properties),)
        if declared.type == _RULE and any(find(properties, "ScheduleExpression")):
            return ("eventbridge", "schedule") if any(find(properties, "EventPattern")) else ("schedule",)
        if wiring.kind == "http-api" and source is not None:
            return (self._api(source.value) or wiring.kind,)
        return (wiring.kind,)

    def _stream(self, source: Setting[Value] | None, properties: Mapping | None) -> str:
        """The kind of an event source mapping."""
        for option in options(source.value) if source else ():
            for choice in option.options if isinstance(option, Parameter) else (option,):
                kind = self._listened(choice)
                if kind:
                    return kind
        if any(find(properties, "SelfManagedEventSource")):
            return "kafka"
        if any(find(properties, "DocumentDBEventSourceConfig")):
            return "documentdb"
        return "mq" if any(find(properties, "Queues")) else "msk" if any(find(properties, "Topics")) else "custom"

    def _listened(self, source: Value) -> str:
        """The kind of a source by its resource's type, or by the service in its ARN; empty where neither tells."""
        if isinstance(source, Reference):
            return STREAMS.get(self.stack.type_of(source), "")
        written = [string(part) or "" for part in (source.parts if isinstance(source, Text) else (source,))]
        words = (word for text in written for word in text.split(":"))
        return next((STREAM_SERVICES[word] for word in words if word in STREAM_SERVICES), "")

    def _api(self, value: Value) -> str:
        """The kind of the API that a value names; empty where it names none."""
        parts = value.parts if isinstance(value, Text) else (value,)
        for part in parts:
            if not isinstance(part, Reference) or self.stack.type_of(part) not in API_KINDS:
                continue
            stack = self.stack.links.stacks[part.stack]
            protocol = stack.setting(stack.template.resources[part.name].properties, "ProtocolType")
            is_socket = protocol is not None and string(protocol.value) == "WEBSOCKET"
            return "websocket" if is_socket else API_KINDS[self.stack.type_of(part)]
        return ""

    # --- resources with readers of their own ----------------------------------------------------------------------

    def _notified(self, declared: Declared, properties: Mapping | None, shape: Notifications) -> None:
        """The notifications of a bucket to functions."""
        own: Setting[Value] = Setting(Reference(self.stack.path, declared.name), declared.at)
        bucket = self.stack.setting(properties, shape.bucket) if shape.bucket else own
        for notification in find(properties, shape.each):
            for node in find(notification, shape.function):
                for target in self.name("notification", node):
                    self.found.triggers.append(
                        Trigger(
                            target.function,
                            "s3",
                            notification.head if isinstance(notification, Mapping) else notification.at,
                            bucket,
                            self.stack.settings(notification, shape.events),
                            qualifier=target.alias,
                            **key_filter(self.stack, notification, shape.rules),
                        )
                    )

    def _described(self, declared: Declared, properties: Mapping | None, paths: tuple[str, str]) -> None:
        """The integrations that an API's OpenAPI definition names."""
        written, filed = paths
        bodies = [self.stack.included(node) for node in find(properties, written)]
        bodies += [self.stack.file(node) for node in find(properties, filed)]
        source: Setting[Value] = Setting(Reference(self.stack.path, declared.name), declared.at)
        known: set[tuple[str, Target]] = set()
        for node in (node for body in bodies if body is not None for node in walk(body)):
            for extension, uri, role in _DEFINED:
                integration = node.get(extension) if isinstance(node, Mapping) else None
                for target in (target for place in find(integration, uri) for target in self.name(role, place)):
                    if not isinstance(node, Mapping) or (role, target) in known:
                        continue
                    known.add((role, target))
                    self.found.triggers.append(
                        Trigger(
                            target.function,
                            API_KINDS[declared.type] if role == "api-integration" else "custom",
                            node.keys[extension].at,
                            source,
                            qualifier=target.alias,
                            payload_format=self.stack.setting(integration, "payloadFormatVersion"),
                            waits=patience(self.stack, integration),
                        )
                    )

    def _permitted(self, declared: Declared, properties: Mapping | None) -> None:
        """A permission: it names a function, and may be all that is known of a trigger."""
        targets = [target for node in find(properties, "FunctionName") for target in self.name("permission", node)]
        principal = self.stack.setting(properties, "Principal")
        kinds = PRINCIPALS.get(string(principal.value) or "") if principal else None
        if kinds is None:
            return
        source = self.stack.setting(properties, "SourceArn")
        kind = kinds[0] or (self._api(source.value) if source else "")
        unknown: Setting[Value] = Setting(UNKNOWN, declared.at)
        for target in targets if kind else ():
            trigger = Trigger(
                target.function,
                kind,
                declared.at,
                source,
                events=(unknown,),
                prefix=unknown,
                suffix=unknown,
                patterns=(unknown,),
                qualifier=target.alias,
                waits=unknown,
            )
            self.found.permitted.append((trigger, kinds))


def _operations(properties: Mapping | None) -> Iterator[tuple[int, Setting[Value]]]:
    """The operations of a user pool, by the identity of the node that names the function for them."""
    for config in find(properties, "LambdaConfig"):
        for name, node in config.entries.items() if isinstance(config, Mapping) else ():
            function = node.get("LambdaArn") if isinstance(node, Mapping) else None
            if isinstance(config, Mapping):
                yield id(function or node), Setting(Constant(name), config.keys[name].at)


def from_permissions(found: Found) -> Iterator[Trigger]:
    """The triggers that only a permission tells of: the rest of them is made elsewhere."""
    known: dict[Id, set[str]] = {}
    for trigger in found.triggers:
        known.setdefault(trigger.function, set()).add(trigger.kind)
    for trigger, kinds in found.permitted:
        if not known.get(trigger.function, set()).intersection(kinds):
            yield trigger
