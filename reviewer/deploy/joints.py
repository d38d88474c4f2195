"""How resources hand on what they get, without any code: paths of properties, as data.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html,
and of the services
https://docs.aws.amazon.com/sns/latest/dg/sns-event-destinations.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html
https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Settings = tuple[tuple[str, str], ...]
"""Fields of a record, each with the path to its setting. Of several paths of one field the first that is set counts."""

BUS = "EventBusName"
"""The last step of a path to a bus, which is the default one where it is not set."""
PROTOCOLS = frozenset({"sqs", "firehose"})
"""The protocols of subscriptions that lead to a resource of a template other than a function."""


class Functions(Enum):
    """What becomes of a link that ends at a function."""

    ELSEWHERE = "a trigger tells the same: there is no link"
    TOO = "it is a link like others"
    ALONE = "links to anything else are none"


@dataclass(frozen=True, slots=True)
class Joint:
    """One way in which a type of resource hands on.

    Paths from the resource: `each` leads to the items that are a link each (empty: the resource is one), `source` to
    where the link begins, `needs` to what has to be set, `shared` to settings of every link.
    Paths from an item: `target` leads to where the link ends, `settings` to fields of the `Link`, `keys` to the rules
    of a key filter, `protocol` to the protocol, which has to be one that leads to a resource, `raw` to what asks for
    raw delivery, `sent` to what is told of the objects or events that the link writes by an `operation` of the SDK.
    An empty `source` or `target` is the resource itself. `changes`: paths to what changes the message on its way, where
    it is handed on as it was sent otherwise; None where it is not.
    """

    kind: str
    target: str = ""
    each: str = ""
    source: str = ""
    needs: str = ""
    shared: Settings = ()
    settings: Settings = ()
    keys: str = ""
    protocol: str = ""
    raw: str = ""
    changes: tuple[str, ...] | None = None
    operation: str = ""
    sent: str = ""
    functions: Functions = Functions.ELSEWHERE


_FILTER: Settings = (("patterns", "FilterPolicy"), ("scope", "FilterPolicyScope"))
_STATE: Settings = (("enabled", "State"),)
_STATES: Settings = (("enabled", "State"), ("enabled", "Enabled"))
_INPUT = ("Input", "InputPath", "InputTransformer")
_DEAD = "DeadLetterConfig.Arn"
_REDRIVE = "RedrivePolicy.deadLetterTargetArn"
_TARGETS = "Targets.*"
_PUT = "events.put_events"


def _of_rule(pattern: str, state: Settings, target: str = "", each: str = "") -> tuple[Joint, ...]:
    """From a bus to the targets of a rule, and to the queues for what these did not take."""
    shared = (("patterns", pattern), *state)
    return (
        Joint("rule", target, each, BUS, pattern, shared, changes=_INPUT),
        Joint("redrive", _DEAD, each, BUS, pattern, shared),
    )


def _notified(each: str, target: str, rules: str, events: str, source: str = "") -> Joint:
    path = f"NotificationConfiguration.{each}"
    return Joint("notification", target, path, source, settings=(("events", events),), keys=f"{rules}.*")


def _notified_bus(source: str = "") -> Joint:
    path = "NotificationConfiguration.EventBridgeConfiguration"
    return Joint("notification", BUS, path, source, settings=(("enabled", "EventBridgeEnabled"),))


_PIPED: Settings = (("patterns", "SourceParameters.FilterCriteria.Filters.*.Pattern"), ("enabled", "DesiredState"))


def _piped(target: str, *changes: str, sent: str = "") -> Joint:
    return Joint(
        "pipe", target, source="Source", shared=_PIPED, changes=changes,
        operation=_PUT, sent=sent, functions=Functions.TOO,
    )  # fmt: skip


_BY_TEMPLATE = ("Filter.S3Key.Rules", "Event.*")
_BY_CDK = ("Filter.Key.FilterRules", "Events.*", "BucketName")
_REPLICATED: Settings = (
    *(("prefix", path) for path in ("Filter.Prefix", "Filter.And.Prefix", "Prefix")),
    ("enabled", "Status"),
)
_PROCESSED = "DestinationConfiguration.ProcessingConfiguration.Processors.*.Parameters.*.ParameterValue"
_DESTINATIONS = ("ExtendedS3", "S3", "HttpEndpoint", "Redshift", "Amazonopensearchservice", "Elasticsearch", "Splunk")
_BUCKETS = (
    *("ExtendedS3DestinationConfiguration", "ExtendedS3DestinationConfiguration.S3BackupConfiguration"),
    *("S3DestinationConfiguration", "RedshiftDestinationConfiguration.S3Configuration"),
)
_ACTIONS = (
    *("Sqs.QueueUrl", "Sns.TargetArn", "Kinesis.StreamName", "Firehose.DeliveryStreamName", "S3.BucketName"),
    *("DynamoDB.TableName", "DynamoDBv2.PutItem.TableName", "StepFunctions.StateMachineName"),
)

JOINTS: dict[str, tuple[Joint, ...]] = {
    "AWS::SNS::Subscription": (
        Joint(
            "subscription", "Endpoint", source="TopicArn", settings=_FILTER, protocol="Protocol",
            raw="RawMessageDelivery",
        ),
        Joint("redrive", _REDRIVE, source="TopicArn", settings=_FILTER),
    ),
    "AWS::SNS::Topic": (Joint("subscription", "Endpoint", "Subscription.*", protocol="Protocol"),),
    "AWS::SQS::Queue": (Joint("redrive", _REDRIVE, changes=()),),
    "AWS::S3::Bucket": (
        _notified("QueueConfigurations.*", "Queue", *_BY_TEMPLATE),
        _notified("TopicConfigurations.*", "Topic", *_BY_TEMPLATE),
        _notified_bus(),
        Joint("replication", "Destination.Bucket", "ReplicationConfiguration.Rules.*", settings=_REPLICATED),
    ),
    "Custom::S3BucketNotifications": (
        _notified("QueueConfigurations.*", "QueueArn", *_BY_CDK),
        _notified("TopicConfigurations.*", "TopicArn", *_BY_CDK),
        _notified_bus("BucketName"),
    ),
    "AWS::Events::Rule": (
        *_of_rule("EventPattern", _STATE, "Arn", _TARGETS),
        Joint("schedule", "Arn", _TARGETS, needs="ScheduleExpression", shared=_STATE),
        Joint("redrive", _DEAD, _TARGETS, needs="ScheduleExpression", shared=_STATE),
    ),
    "AWS::Scheduler::Schedule": (
        Joint("schedule", "Arn", "Target", shared=_STATE, operation=_PUT, sent="EventBridgeParameters"),
        Joint("redrive", _DEAD, "Target", shared=_STATE),
    ),
    "AWS::Pipes::Pipe": (
        _piped(
            "Target", "Enrichment", "TargetParameters.InputTemplate",
            sent="TargetParameters.EventBridgeEventBusParameters",
        ),
        _piped("Enrichment", "EnrichmentParameters.InputTemplate"),
        *(
            Joint("mapping-failure", f"SourceParameters.{kind}StreamParameters.{_DEAD}", source="Source", shared=_PIPED)
            for kind in ("Kinesis", "DynamoDB")
        ),
    ),
    "AWS::DynamoDB::Table": (Joint("stream", "KinesisStreamSpecification.StreamArn"),),
    "AWS::DynamoDB::GlobalTable": (Joint("stream", "KinesisStreamSpecification.StreamArn", "Replicas.*"),),
    "AWS::KinesisFirehose::DeliveryStream": (
        Joint("intake", source="KinesisStreamSourceConfiguration.KinesisStreamARN"),
        *(Joint("transformation", f"{name}{_PROCESSED}", functions=Functions.ALONE) for name in _DESTINATIONS),
        *(Joint("delivery", "BucketARN", path, operation="s3.upload_fileobj", sent="Prefix") for path in _BUCKETS),
    ),
    "AWS::Logs::SubscriptionFilter": (
        Joint("log-delivery", "DestinationArn", source="LogGroupName", settings=(("patterns", "FilterPattern"),)),
    ),
    "AWS::Logs::Destination": (Joint("log-delivery", "TargetArn"),),
    "AWS::IoT::TopicRule": tuple(
        Joint("iot", action, "TopicRulePayload.Actions.*", "TopicRulePayload.Sql") for action in _ACTIONS
    ),
    "AWS::CloudWatch::Alarm": tuple(
        Joint("alarm", f"{state}Actions.*") for state in ("Alarm", "OK", "InsufficientData")
    ),
}  # fmt: skip
"""By the type of a resource. State machines, account policies and functions have readers of their own."""

EVENTS: dict[str, tuple[Joint, ...]] = {
    "SNS": (Joint("redrive", _REDRIVE, source="Topic", settings=_FILTER),),
    **dict.fromkeys(("EventBridgeRule", "CloudWatchEvent"), _of_rule("Pattern", _STATES)),
    **dict.fromkeys(
        ("Schedule", "ScheduleV2"), (Joint("schedule", shared=_STATES), Joint("redrive", _DEAD, shared=_STATES))
    ),
}
"""By the type of an event of SAM: the resource itself is what the event starts, and begins at for a schedule."""

TO_QUEUE = Joint("subscription", source="Topic", settings=_FILTER)
"""The subscription that SAM makes for an event of a topic that asks for a queue in between."""
