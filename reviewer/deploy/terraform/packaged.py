"""What the registry's modules make of their arguments, in the words of CloudFormation.

Source: the variables of each module, https://github.com/terraform-aws-modules
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Entries

from reviewer.deploy.nodes import Mapping, Node
from reviewer.deploy.terraform.attributes import publishing
from reviewer.deploy.terraform.items import Item, flag
from reviewer.deploy.terraform.properties import extended, properties
from reviewer.deploy.terraform.registry import ALIAS, DEAD_LETTERS, LAMBDA, MODULES, PREFIX
from reviewer.deploy.terraform.reshape import each, notification, notifications
from reviewer.deploy.terraform.sources import Sources
from reviewer.deploy.terraform.terms import constant, entries, joined, known, listed, table
from reviewer.deploy.terraform.texts import decoded, settled
from reviewer.value import string

Made = tuple[str, str, Mapping]
"""What stands behind the module's address, CloudFormation's type, and the properties."""

_FUNCTION = {
    "FunctionName": "function_name",
    "Handler": "handler",
    "Runtime": "runtime",
    "Timeout": "timeout",
    "MemorySize": "memory_size",
    "Architectures": "architectures",
    "Layers": "layers",
    "PackageType": "package_type",
    "ImageUri": "image_uri",
    "ReservedConcurrentExecutions": "reserved_concurrent_executions",
    "CodeSigningConfigArn": "code_signing_config_arn",
    "RecursiveLoop": "recursive_loop",
    "Role": "lambda_role",
    "Environment.Variables": "environment_variables",
    "DeadLetterConfig.TargetArn": "dead_letter_target_arn",
    "LoggingConfig.LogGroup": "logging_log_group",
    "FileSystemConfigs.LocalMountPath": "file_system_local_mount_path",
    "TracingConfig.Mode": "tracing_mode",
}
_MAPPING = {"filter_criteria": "FilterCriteria", "destination_arn_on_failure": "Destination"}


def picked(item: Item, arguments: dict[str, str]) -> Mapping:
    """Properties by path, from the arguments that are set."""
    found: dict[str, Node] = {}
    for path, argument in arguments.items():
        node = item.given(argument)
        setting = None if node is None else settled(node)
        if setting is None:
            continue
        outer, _, inner = path.partition(".")
        found[outer] = table(setting, {inner: setting}) if inner else setting
    return table(item.key, found)


def members(item: Item, argument: str) -> Iterator[tuple[str, Mapping]]:
    """The entries of an argument that is a mapping of mappings, with what they add to an address."""
    node = item.given(argument)
    inside = entries(node) if node is not None else None
    for name, member in (inside or {}).items():
        if isinstance(member, Mapping) and entries(member) is not None:
            yield f'{argument}["{name}"]', member


def _lambda(item: Item, sources: Sources) -> Iterator[Made]:
    if flag(item.given("create"), item.configuration) is False:
        return
    if flag(item.given("create_layer"), item.configuration):
        code = sources.of_module(item)
        found = picked(item, {"LayerName": "layer_name", "CompatibleRuntimes": "compatible_runtimes"})
        yield "", "AWS::Lambda::LayerVersion", found if code is None else extended(found, {"Content": code})
        return
    if flag(item.given("create_function"), item.configuration) is False:
        return
    published = publishing(item)
    made = {"Code": sources.of_module(item), "Publish": published}
    more = {name: node for name, node in made.items() if node is not None}
    yield "", "AWS::Lambda::Function", extended(picked(item, _FUNCTION), more)
    own = {"FunctionName": known(item.key, item.reference("Arn"))}
    asked = item.given("create_lambda_function_url")
    if asked is not None and flag(asked, item.configuration):
        kind = picked(item, {"AuthType": "authorization_type"}).get("AuthType") or constant(asked, "NONE")
        yield "url", "AWS::Lambda::Url", table(asked, {"TargetFunctionArn": own["FunctionName"], "AuthType": kind})
    yield from _invoked(item, own)
    version = known(item.key, item.reference("Arn" if published is None else "Version"))
    yield from _triggered(item, sources, own, {"FunctionName": version})


def _invoked(item: Item, own: Entries[str, Node]) -> Iterator[Made]:
    """Where asynchronous invocations end."""
    arguments = {"OnSuccess.Destination": "destination_on_success", "OnFailure.Destination": "destination_on_failure"}
    ends = picked(item, arguments)
    if ends.entries:
        yield (
            "event_invoke_config",
            "AWS::Lambda::EventInvokeConfig",
            table(item.key, {**own, "DestinationConfig": ends}),
        )


def _triggered(
    item: Item, sources: Sources, own: Entries[str, Node], permitted: Entries[str, Node] | None = None
) -> Iterator[Made]:
    """The event source mappings of a function or an alias, and its permissions, which may be for a version of it."""
    stack = sources.configuration
    for suffix, member in members(item, "event_source_mapping"):
        found = properties(stack, member, _MAPPING, loose=True)
        filters = [decoded_pattern(sources, node) for node in each(member.get("filter_criteria"))]
        if filters:
            criteria = table(filters[0], {"Filters": listed(filters[0], filters)})
            found = extended(found, {"FilterCriteria": criteria})
        failure = found.get("Destination")
        if failure is not None:
            inner = table(failure, {"OnFailure": table(failure, {"Destination": failure})})
            found = extended(found, {"DestinationConfig": inner})
        yield suffix, "AWS::Lambda::EventSourceMapping", extended(found, own)
    for suffix, member in members(item, "allowed_triggers"):
        found = properties(stack, member, {}, loose=True)
        service = string(stack.value(found.entries["Service"])) if "Service" in found.entries else None
        if "Principal" not in found.entries and service is not None:
            at = found.entries["Service"]
            found = extended(found, {"Principal": constant(at, f"{service}.amazonaws.com")})
        yield suffix, "AWS::Lambda::Permission", extended(found, permitted or own)


def decoded_pattern(sources: Sources, node: Node) -> Node:
    """A filter of an event source mapping: `{ pattern = jsonencode(…) }`."""
    pattern = node.get("pattern") if isinstance(node, Mapping) else None
    return node if pattern is None else table(node, {"Pattern": decoded(sources.configuration, pattern)})


def _alias(item: Item, sources: Sources) -> Iterator[Made]:
    arguments = {"Name": "name", "FunctionName": "function_name", "FunctionVersion": "function_version"}
    found = picked(item, arguments)
    yield "", "AWS::Lambda::Alias", found
    function, name = found.get("FunctionName"), found.get("Name")
    if function is not None and name is not None:
        yield from _triggered(item, sources, {"FunctionName": joined(function, (function, name), ":")})


def _plain(item: Item, sources: Sources) -> Iterator[Made]:
    """A module whose arguments are those of one resource."""
    names = {"bucket": "BucketName"} if item.type.endswith("s3-bucket") else _NAMES.get(item.type, {})
    yield "", MODULES[item.type].type, properties(sources.configuration, item.structure(), names, loose=False)


_NAMES = {
    f"{PREFIX}sns": {"name": "TopicName"},
    f"{PREFIX}dynamodb-table": {"name": "TableName"},
    f"{PREFIX}step-functions": {"name": "StateMachineName"},
}


def _queue(item: Item, sources: Sources) -> Iterator[Made]:
    names = {"name": "QueueName", "visibility_timeout_seconds": "VisibilityTimeout"}
    found = properties(sources.configuration, item.structure(), names, loose=False)
    if flag(item.given("create_dlq"), item.configuration):
        dead = table(item.key, {})
        arn = known(item.key, item.reference("Arn", DEAD_LETTERS))
        policy = {"deadLetterTargetArn": arn, "maxReceiveCount": constant(item.key, 5)}
        found = extended(found, {"RedrivePolicy": table(item.key, policy)})
        yield DEAD_LETTERS, "AWS::SQS::Queue", dead
    yield "", "AWS::SQS::Queue", found


def _topic(item: Item, sources: Sources) -> Iterator[Made]:
    yield from _plain(item, sources)
    own = {"TopicArn": known(item.key, item.reference())}
    for suffix, member in members(item, "subscriptions"):
        found = properties(sources.configuration, member, {}, loose=False)
        yield suffix, "AWS::SNS::Subscription", extended(found, own)


def _notifications(item: Item, sources: Sources) -> Iterator[Made]:
    found: dict[str, Node] = {}
    for argument, name, target in (
        ("lambda_notifications", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
        ("sqs_notifications", "QueueConfigurations", "QueueArn"),
        ("sns_notifications", "TopicConfigurations", "TopicArn"),
    ):
        each_one: list[Node] = []
        for _, member in members(item, argument):
            given = properties(sources.configuration, member, {"function_arn": target}, loose=False)
            each_one.append(notification(given, given.get(target)))
        if each_one:
            found[name] = listed(item.key, each_one)
    bucket = item.given("bucket") or item.given("bucket_arn")
    made = notifications(item.key, bucket, found, item.given("eventbridge"), sources)
    yield "", "Custom::S3BucketNotifications", made


def _events(item: Item, sources: Sources) -> Iterator[Made]:
    """A bus with its rules, and their targets under the same names."""
    stack = sources.configuration
    has_own = flag(item.given("create_bus"), item.configuration) is not False
    name = item.given("bus_name")
    bus: Node | None = known(item.key, item.reference()) if has_own else name
    if has_own:
        yield "", "AWS::Events::EventBus", table(item.key, {} if name is None else {"Name": name})
    given = item.given("targets")
    targets = entries(given) if given is not None else None
    for suffix, member in members(item, "rules"):
        rule = suffix.partition('"')[2].rstrip('"]')
        found = properties(stack, member, {"enabled": "State"}, loose=False)
        aimed = each(None if targets is None else targets.get(rule))
        own = [properties(stack, target, {}, loose=True) for target in aimed if isinstance(target, Mapping)]
        named = {} if bus is None else {"EventBusName": bus}
        yield suffix, "AWS::Events::Rule", extended(found, {"Targets": listed(item.key, own), **named})


def _api(item: Item, sources: Sources) -> Iterator[Made]:
    yield from _plain(item, sources)
    own = {"ApiId": known(item.key, item.reference())}
    for argument in ("integrations", "routes"):
        for suffix, member in members(item, argument):
            inner = member.get("integration")
            within = inner if isinstance(inner, Mapping) else member
            uri = within.get("lambda_arn") or within.get("uri")
            if uri is not None:
                version = within.get("payload_format_version")
                more = {} if version is None else {"PayloadFormatVersion": version}
                made = table(member, {"IntegrationUri": uri, **more, **own})
                yield suffix, "AWS::ApiGatewayV2::Integration", made


MAKERS: dict[str, Callable[[Item, Sources], Iterator[Made]]] = {
    LAMBDA: _lambda,
    ALIAS: _alias,
    f"{PREFIX}sqs": _queue,
    f"{PREFIX}sns": _topic,
    f"{PREFIX}s3-bucket": _plain,
    f"{PREFIX}s3-bucket//modules/notification": _notifications,
    f"{PREFIX}dynamodb-table": _plain,
    f"{PREFIX}eventbridge": _events,
    f"{PREFIX}step-functions": _plain,
    f"{PREFIX}apigateway-v2": _api,
}
"""By the module's name."""
