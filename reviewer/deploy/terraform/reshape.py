"""Types that CloudFormation puts together in another way: from the properties that their arguments set."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.deploy.nodes import Mapping, Node
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.items import Item
from reviewer.deploy.terraform.properties import extended
from reviewer.deploy.terraform.sources import Sources
from reviewer.deploy.terraform.terms import constant, entries, joined, listed, table
from reviewer.value import Constant

Reshape = Callable[[Item, Mapping, Sources], Mapping]

_NOTIFIED = (
    ("LambdaFunction", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ("Queue", "QueueConfigurations", "QueueArn"),
    ("Topic", "TopicConfigurations", "TopicArn"),
)
"""Blocks of a bucket's notifications, the property that they are, and the one in them that leads to the target."""
_OF_METHOD = ("RestApiId", "ResourceId", "HttpMethod")
_NO_ACTIONS = frozenset({"Tags", "TagsAll", "ErrorAction"})


def each(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; anything else as the only one; nothing for nothing."""
    if node is None:
        return ()
    return node.items if isinstance(node, ListNode) else (node,)


def _function(item: Item, found: Mapping, sources: Sources) -> Mapping:
    code = sources.of(item)
    return found if code is None else extended(found, {"Code": code})


def _layer(item: Item, found: Mapping, sources: Sources) -> Mapping:
    code = sources.of(item)
    return found if code is None else extended(found, {"Content": code})


def _permission(_: Item, found: Mapping, __: Sources) -> Mapping:
    """A permission: the version or alias that it is for belongs to the function's name."""
    function, qualifier = found.get("FunctionName"), found.get("Qualifier")
    if function is None or qualifier is None:
        return found
    return extended(found, {"FunctionName": joined(function, (function, qualifier), ":")})


def _notifications(item: Item, found: Mapping, sources: Sources) -> Mapping:
    configurations: dict[str, Node] = {}
    for block, name, target in _NOTIFIED:
        blocks = [notification(node, node.get(target)) for node in each(found.get(block)) if isinstance(node, Mapping)]
        if blocks:
            configurations[name] = listed(blocks[0], blocks)
    return notifications(item.key, found.get("Bucket"), configurations, found.get("Eventbridge"), sources)


def notifications(
    at: Node, bucket: Node | None, configurations: dict[str, Node], eventbridge: Node | None, sources: Sources
) -> Mapping:
    """All notifications of a bucket, as the CDK's own resource for them writes it."""
    if eventbridge is not None and sources.configuration.value(eventbridge) != Constant(False):
        configurations["EventBridgeConfiguration"] = table(eventbridge, {"EventBridgeEnabled": eventbridge})
    kept = {} if bucket is None else {"BucketName": bucket}
    return table(at, {**kept, "NotificationConfiguration": table(at, configurations)})


def notification(given: Mapping, target: Node | None) -> Mapping:
    """One notification: `given` has its target, its events and its filter under Terraform's names, spelled."""
    found = {name: node for name, node in given.entries.items() if name.endswith(("Arn", "Events"))}
    rules: list[Node] = []
    for kind in ("Prefix", "Suffix"):
        rule = given.get(f"Filter{kind}")
        if rule is not None:
            rules.append(table(rule, {"Name": constant(rule, kind.lower()), "Value": rule}))
    if rules:
        found["Filter"] = table(rules[0], {"Key": table(rules[0], {"FilterRules": listed(rules[0], rules)})})
    # its place is that of the first key: where the notification names its target
    first = {name: node for name, node in found.items() if node is target}
    return table(given, {**first, **found}, given.keys)


def _integration(_: Item, found: Mapping, __: Sources) -> Mapping:
    outside = {name: found.entries[name] for name in _OF_METHOD if name in found.entries}
    return table(found, {**outside, "Integration": found}, found.keys)


def _attachment(_: Item, found: Mapping, __: Sources) -> Mapping:
    target = found.get("TargetId")
    return found if target is None else extended(found, {"Targets": listed(target, (table(target, {"Id": target}),))})


def _topic_rule(item: Item, found: Mapping, _: Sources) -> Mapping:
    """A rule of IoT: its blocks are actions."""
    actions: list[Node] = []
    for name, node in found.entries.items():
        if name not in _NO_ACTIONS:
            actions += [table(node, {name: action}) for action in each(node) if entries(action) is not None]
    payload = table(item.key, {**found.entries, "Actions": listed(item.key, actions)}, found.keys)
    return table(item.key, {"TopicRulePayload": payload})


def _table(_: Item, found: Mapping, __: Sources) -> Mapping:
    enabled = found.get("StreamEnabled")
    if enabled is None:
        return found
    parts = {name: node for name, node in found.entries.items() if name.startswith("Stream")}
    return extended(found, {"StreamSpecification": table(enabled, parts, found.keys)})


def _receipt(item: Item, found: Mapping, _: Sources) -> Mapping:
    actions = [table(action, {"LambdaAction": action}) for action in each(found.get("LambdaAction"))]
    return table(item.key, {"Rule": table(item.key, {"Actions": listed(item.key, actions)})})


def _agent(item: Item, found: Mapping, _: Sources) -> Mapping:
    return extended(found, {"ActionGroups": listed(item.key, (found,))})


def _distribution(item: Item, found: Mapping, _: Sources) -> Mapping:
    return table(item.key, {"DistributionConfig": found})


def _target(_: Item, found: Mapping, __: Sources) -> Mapping:
    """What a rule's target adds to the rule."""
    owner = {name: node for name, node in found.entries.items() if name in ("Rule", "EventBusName")}
    return table(found, {**owner, "Targets": listed(found, (found,))}, found.keys)


def _streaming(_: Item, found: Mapping, __: Sources) -> Mapping:
    """What a table's streaming destination adds to the table."""
    return extended(found, {"KinesisStreamSpecification": found})


def _replication(_: Item, found: Mapping, __: Sources) -> Mapping:
    """What a bucket's replication adds to the bucket."""
    return extended(found, {"ReplicationConfiguration": found})


RESHAPES: dict[str, Reshape] = {
    "aws_lambda_function": _function,
    "aws_lambda_layer_version": _layer,
    "aws_lambda_permission": _permission,
    "aws_s3_bucket_notification": _notifications,
    "aws_api_gateway_integration": _integration,
    "aws_lb_target_group_attachment": _attachment,
    "aws_iot_topic_rule": _topic_rule,
    "aws_dynamodb_table": _table,
    "aws_ses_receipt_rule": _receipt,
    "aws_bedrockagent_agent_action_group": _agent,
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudwatch_event_target": _target,
    "aws_dynamodb_kinesis_streaming_destination": _streaming,
    "aws_s3_bucket_replication_configuration": _replication,
}
"""By Terraform's type."""
