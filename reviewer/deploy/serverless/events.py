"""The events of a function: what starts it, and the resources that the framework makes for them.

Source: https://www.serverless.com/framework/docs/providers/aws/events
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from reviewer.deploy.model import Setting, Trigger
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence
from reviewer.deploy.serverless.functions import Made, alias, body, is_off
from reviewer.deploy.serverless.made import scalar, structure, table
from reviewer.deploy.serverless.service import Configured, Service, at, bare, normalized
from reviewer.deploy.triggers import DEFAULT_BUS, fields
from reviewer.deploy.wiring import STREAM_SERVICES, STREAMS, Wiring
from reviewer.value import Constant, Reference, Text, Value, string


@dataclass(frozen=True, slots=True)
class Event:
    """A type of events. `plain` is the setting that a text alone stands for, `sources` lead to what it listens to.

    An API is the one that `shared`, a path in the configuration, names, else the one that the framework makes: `api`.
    """

    wiring: Wiring
    plain: str = ""
    sources: tuple[str, ...] = ()
    api: str = ""
    shared: str = ""


_POLLER = (
    ("batch_size", "batchSize"),
    ("response_types", "functionResponseType.*"),
    ("patterns", "filterPatterns.*"),
    ("enabled", "enabled"),
    ("on_failure", "destinations.onFailure.arn"),
    ("on_failure", "destinations.onFailure"),
)
_KEYS = (("events", "event.*"), ("prefix", "rules.*.prefix"), ("suffix", "rules.*.suffix"))
_POLICY = (
    ("patterns", "filterPolicy"),
    ("scope", "filterPolicyScope"),
    ("on_failure", "redrivePolicy.deadLetterTargetArn"),
)

EVENTS = {
    "s3": Event(Wiring("s3", settings=_KEYS), "bucket", ("bucket",)),
    "sqs": Event(Wiring("sqs", settings=_POLLER), "arn", ("arn",)),
    "sns": Event(Wiring("sns", settings=_POLICY), "arn", ("arn", "topicName")),
    "stream": Event(Wiring("custom", settings=_POLLER), "arn", ("arn",)),
    "msk": Event(Wiring("msk", settings=_POLLER), "arn", ("arn",)),
    "kafka": Event(Wiring("kafka", settings=_POLLER), "", ("bootstrapServers",)),
    "activemq": Event(Wiring("mq", settings=_POLLER), "arn", ("arn",)),
    "rabbitmq": Event(Wiring("mq", settings=_POLLER), "arn", ("arn",)),
    "documentDb": Event(Wiring("documentdb", settings=_POLLER), "", ("cluster",)),
    "eventBridge": Event(
        Wiring("eventbridge", settings=(("patterns", "pattern"), ("schedule", "schedule"), ("enabled", "enabled"))),
        "",
        ("eventBus",),
    ),
    "cloudwatchEvent": Event(Wiring("eventbridge", settings=(("patterns", "event"), ("enabled", "enabled")))),
    "schedule": Event(Wiring("schedule", settings=(("schedule", "rate.*"), ("enabled", "enabled"))), "rate"),
    "http": Event(Wiring("rest-api"), "path", (), "ApiGatewayRestApi", "provider.apiGateway.restApiId"),
    "httpApi": Event(Wiring("http-api"), "path", (), "HttpApi", "provider.httpApi.id"),
    "websocket": Event(Wiring("websocket"), "route", (), "WebsocketsApi", "provider.apiGateway.websocketApiId"),
    "alb": Event(Wiring("alb"), "", ("listenerArn",)),
    "cloudwatchLog": Event(Wiring("logs", settings=(("patterns", "filter"),)), "logGroup", ("logGroup",)),
    "iot": Event(Wiring("iot", settings=(("enabled", "enabled"),)), "", ("sql",)),
    "iotFleetProvisioning": Event(Wiring("custom")),
    "cognitoUserPool": Event(Wiring("cognito", settings=(("events", "trigger.*"),)), "", ("pool",)),
    "alexaSkill": Event(Wiring("alexa", settings=(("enabled", "enabled"),)), "appId", ("appId",)),
    "alexaSmartHome": Event(Wiring("alexa", settings=(("enabled", "enabled"),)), "appId", ("appId",)),
    "cloudFront": Event(Wiring("custom")),
}
"""The types of events of the framework."""

_APIS = {
    "http": ("AWS::ApiGateway::RestApi", ""),
    "httpApi": ("AWS::ApiGatewayV2::Api", "HTTP"),
    "websocket": ("AWS::ApiGatewayV2::Api", "WEBSOCKET"),
}
_CREATED = "s3:ObjectCreated:*"
"""What a bucket tells of where the configuration does not say."""


class _Asked(NamedTuple):
    """One event of a function."""

    type: str
    key: Scalar
    settings: Mapping | None

    def get(self, path: str) -> Node | None:
        return at(self.settings, path)


def _events(function: Configured) -> Iterator[_Asked]:
    """The events of a function whose types are known."""
    listed = function.get("events")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar) and item.text in EVENTS:
            yield _Asked(item.text, item, None)
        given = structure(item)
        for name, node in given.entries.items() if given is not None else ():
            if name in EVENTS and given is not None:
                yield _Asked(name, given.keys[name], _settings(EVENTS[name], node))


def _settings(event: Event, node: Node) -> Mapping | None:
    given = structure(node)
    if given is None and event.plain and not (isinstance(node, Scalar) and not node.text):
        return table(node, {event.plain: node})
    return given


# --- triggers -----------------------------------------------------------------------------------------------------


def triggers(service: Service, function: Configured) -> Iterator[Trigger]:
    """What starts a function."""
    qualifier = alias(service, function)
    for asked in _events(function):
        for trigger in _triggers(service, function, asked):
            yield replace(trigger, qualifier=qualifier)
        yield from _authorizer(service, asked, at(asked.get("authorizer"), "name") or asked.get("authorizer"))
    is_first = function is service.functions[0]
    for authorizer in _values(service.get("provider.httpApi.authorizers")) if is_first else ():
        named = at(authorizer, "functionName")
        if isinstance(named, Scalar):
            yield from _authorizer(service, _Asked("httpApi", named, None), named)


def _triggers(service: Service, function: Configured, asked: _Asked) -> Iterator[Trigger]:
    event, key = EVENTS[asked.type], asked.key
    source = _source(service, asked)
    more: dict[str, Any] = fields(service, event.wiring, asked.settings)
    kinds = [event.wiring.kind]
    if asked.type == "s3":
        more["events"] = more["events"] or (Setting(Constant(_CREATED), key.at),)
    elif asked.type == "stream":
        kinds = [_stream(service, asked, source)]
    elif asked.type == "eventBridge":
        kinds = [kind for kind, name in (("eventbridge", "patterns"), ("schedule", "schedule")) if more[name]]
    elif asked.type == "httpApi":
        payload = function.get("httpApi.payload") or service.get("provider.httpApi.payload")
        more["payload_format"] = service.setting(payload) or Setting(Constant("2.0"), key.at)
    for kind in kinds:
        yield Trigger(function.id, kind, key.at, source, **more)


def _source(service: Service, asked: _Asked) -> Setting[Value] | None:
    """What an event listens to."""
    event, at_key = EVENTS[asked.type], asked.key.at
    if event.api:
        given = service.setting(asked.get("id") if asked.type == "httpApi" else None)
        return (
            given or service.setting(service.get(event.shared)) or Setting(Reference(service.path, event.api), at_key)
        )
    if asked.type == "cognitoUserPool" and not _exists(asked):
        pool = service.variables.constant(asked.get("pool")) or ""
        return Setting(Reference(service.path, f"CognitoUserPool{bare(pool)}"), at_key)
    if asked.type == "s3":
        return service.setting(_bucket(service, asked))
    found = next((setting for path in event.sources if (setting := service.setting(asked.get(path)))), None)
    return Setting(DEFAULT_BUS, at_key) if found is None and event.wiring.kind == "eventbridge" else found


def _stream(service: Service, asked: _Asked, source: Setting[Value] | None) -> str:
    """The kind of a stream: as the configuration says, else by its resource's type or the service in its ARN."""
    said = service.variables.constant(asked.get("type"))
    if said in ("dynamodb", "kinesis"):
        return said
    value = source.value if source else None
    if isinstance(value, Reference):
        return STREAMS.get(service.type_of(value), "custom")
    written = (string(part) or "" for part in (value.parts if isinstance(value, Text) else (value,)))
    words = [word for text in written for word in text.split(":")]
    return next((STREAM_SERVICES[word] for word in words if word in STREAM_SERVICES), "custom")


def _authorizer(service: Service, asked: _Asked, named: Node | None) -> Iterator[Trigger]:
    """The function of the service that an API asks who may call it."""
    function = service.by_key.get(named.text) if isinstance(named, Scalar) else None
    if named is not None and function is not None:
        yield Trigger(function.id, "custom", named.at, _source(service, asked))


def _values(node: Node | None) -> tuple[Node, ...]:
    given = structure(node)
    return () if given is None else tuple(given.entries.values())


# --- what the framework makes -------------------------------------------------------------------------------------


def implied(service: Service, function: Configured) -> Iterator[Made]:
    """The resources that the framework makes for the events of a function."""
    for asked in _events(function):
        maker = _MAKERS.get(asked.type)
        if maker is not None:
            yield from maker(service, asked)
        elif asked.type in _APIS and service.get(EVENTS[asked.type].shared) is None and asked.get("id") is None:
            kind, protocol = _APIS[asked.type]
            settings = table(asked.key, {"ProtocolType": scalar(asked.key, protocol)} if protocol else {})
            yield EVENTS[asked.type].api, asked.key, body(asked.key, kind, settings)


def _exists(asked: _Asked) -> bool:
    said = asked.get("existing")
    return said is not None and not is_off(said)


def _bucket(service: Service, asked: _Asked) -> Node | None:
    """The name of a bucket: the one that the provider's section gives for it, or itself."""
    node = asked.get("bucket")
    name = service.variables.constant(node)
    buckets = structure(service.get("provider.s3"))
    return (at(buckets.get(name), "name") if buckets is not None and name is not None else None) or node


def _named(service: Service, asked: _Asked, prefix: str, kind: tuple[str, str], name: Node | None) -> Iterator[Made]:
    """A resource that is made for a name, and not for what names a resource. `kind`: its type, and what names it."""
    written = service.variables.constant(name)
    if written and name is not None and not written.startswith("arn:"):
        settings = table(asked.key, {kind[1]: name})
        yield f"{prefix}{bare(written)}", asked.key, body(asked.key, kind[0], settings)


def _made_bucket(service: Service, asked: _Asked) -> Iterator[Made]:
    if not _exists(asked):
        yield from _named(service, asked, "S3Bucket", ("AWS::S3::Bucket", "BucketName"), _bucket(service, asked))


def _made_topic(service: Service, asked: _Asked) -> Iterator[Made]:
    name = asked.get("arn") or asked.get("topicName")
    yield from _named(service, asked, "SNSTopic", ("AWS::SNS::Topic", "TopicName"), name)


def _made_pool(service: Service, asked: _Asked) -> Iterator[Made]:
    if not _exists(asked):
        pool = asked.get("pool")
        yield from _named(service, asked, "CognitoUserPool", ("AWS::Cognito::UserPool", "UserPoolName"), pool)


def _made_bus(service: Service, asked: _Asked) -> Iterator[Made]:
    node = asked.get("eventBus")
    name = service.variables.constant(node)
    if name and node is not None and name != "default" and not name.startswith("arn"):
        settings = table(asked.key, {"Name": node})
        yield f"{normalized(name)}EventBridgeEventBus", asked.key, body(asked.key, "AWS::Events::EventBus", settings)


_MAKERS = {"s3": _made_bucket, "sns": _made_topic, "cognitoUserPool": _made_pool, "eventBridge": _made_bus}
