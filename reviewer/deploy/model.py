"""The deployment: what the templates say, whatever their dialect.

Records are frozen and point to each other by id. Every setting that a template makes is a `Setting`: its value and the
place where it was written. A setting that the template leaves out is None; one that cannot be computed is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Generic, NamedTuple, TypeVar

from reviewer.finding import Location
from reviewer.value import UNKNOWN, Items, Table, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A value and the place where the template sets it."""

    value: T
    at: Location


class Id(NamedTuple):
    """A resource of the deployment: the template's path and the resource's logical id (in Terraform its address)."""

    stack: str
    name: str


@dataclass(frozen=True, slots=True)
class Code:
    """Where a function's code comes from.

    `folder`: a folder or a file of the tree, relative to its root, with forward slashes ("" is the root itself).
    `inline`: the source text in the template; the setting's place is where its first line begins. With `block`, each
    line of it is a line of the file; otherwise its lines are not in the file as such (a quoted or folded text, a join).
    Both None: built elsewhere (an image, an object in S3, a package that a build step makes); `elsewhere` says which.
    """

    folder: str | None = None
    inline: str | None = None
    elsewhere: str = ""
    block: bool = False
    substituted: bool = False
    """Whether the template fills in parts of `inline`, which stand in it as `${Name}` (`Fn::Sub`, `Fn::Join`)."""


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function of a template."""

    id: Id
    at: Location
    """The line of the function's (logical) name."""
    dialect: str
    name: Setting[Value] | None = None
    handler: Setting[Value] | None = None
    code: Setting[Code] | None = None
    package: str = "Zip"
    runtime: Setting[Value] | None = None
    architectures: tuple[Setting[Value], ...] = ()
    timeout: Setting[Value] | None = None
    """Seconds."""
    memory: Setting[Value] | None = None
    """MB."""
    environment: tuple[tuple[str, Setting[Value]], ...] = ()
    hidden_variables: bool = False
    """Whether there may be variables that the template does not show: it has them from elsewhere."""
    layers: tuple[Setting[Value], ...] = ()
    role: Setting[Value] | None = None
    policies: tuple[Setting[Value], ...] = ()
    reserved_concurrency: Setting[Value] | None = None
    alias: Setting[Value] | None = None
    """The alias that each deployment publishes (SAM's AutoPublishAlias)."""
    publishes: Setting[Value] | None = None
    """Whether each deployment publishes a version, where a setting of the function's own says so."""
    code_signing: Setting[Value] | None = None
    recursive_loop: Setting[Value] | None = None
    """`Allow` or `Terminate`."""
    on_success: Setting[Value] | None = None
    on_failure: Setting[Value] | None = None
    dead_letter: Setting[Value] | None = None
    log_group: Setting[Value] | None = None
    url_auth: Setting[Value] | None = None
    """`NONE` or `AWS_IAM`, where the function has a URL."""
    mounts: tuple[Setting[Value], ...] = ()
    """Where file systems are mounted: `/mnt/data`."""
    built: bool = False
    """Whether a build step of the template's own makes the package (SAM's `Metadata: BuildMethod: makefile`)."""

    @property
    def short(self) -> str:
        """The name for messages: of a Terraform address (`module.mail.aws_lambda_function.send`) its last part."""
        return self.id.name.rpartition(".")[2]

    def variable(self, name: str) -> Setting[Value] | None:
        """The environment variable `name`, where the template sets it; UNKNOWN where it may."""
        hidden: Setting[Value] | None = Setting(UNKNOWN, self.at) if self.hidden_variables else None
        return next((setting for key, setting in self.environment if key == name), hidden)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a function.

    `kind`: s3, sqs, sns, dynamodb, kinesis, eventbridge, schedule, rest-api, http-api, websocket, url, alb, logs, iot,
    cognito, msk, kafka, mq, documentdb, alexa, config, ses, stepfunctions, firehose, custom.
    `source`: what it listens to: the bucket, queue, topic, table stream, bus…, as a value that identifies it.
    `events`: S3 event types (`s3:ObjectCreated:*`), the operations of a Cognito user pool (`PreSignUp`).
    `prefix`, `suffix`: the key filter of an S3 notification.
    `patterns`: an EventBridge pattern, event source FilterCriteria (one of them has to match), an SNS filter policy, as
    Table, Items and Constant values; `scope` is the filter policy's. Of a log subscription the filter's text.
    A filter that is there and cannot be read is UNKNOWN.
    `source` of an event rule is its bus: the constant "default" where the template names none.
    `enabled`: a Constant truth where it is known. `on_failure`: where an event source sends what failed for good.
    `payload_format`: `1.0` or `2.0`, where the template says how an HTTP API writes its events.
    `waits`: the milliseconds that an API waits for the function, where the template sets them; UNKNOWN where it is not
    told how long, or whether, it waits.
    """

    function: Id
    kind: str
    at: Location
    """Where the event, mapping, notification or rule is defined: the line of its name."""
    source: Setting[Value] | None = None
    events: tuple[Setting[Value], ...] = ()
    prefix: Setting[Value] | None = None
    suffix: Setting[Value] | None = None
    patterns: tuple[Setting[Value], ...] = ()
    scope: Setting[Value] | None = None
    batch_size: Setting[Value] | None = None
    response_types: tuple[Setting[Value], ...] = ()
    enabled: Setting[Value] | None = None
    schedule: Setting[Value] | None = None
    qualifier: str = ""
    """The alias or version that it starts, "?" where it is not constant; empty for the unqualified function."""
    on_failure: Setting[Value] | None = None
    payload_format: Setting[Value] | None = None
    waits: Setting[Value] | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template other than a function.

    `kind`: bucket, queue, topic, table, stream, delivery-stream, bus, rule, state-machine, log-group, rest-api,
    http-api, role, parameter, function-alias, function-version, layer, code-signing-config, other.
    `name`: the physical name, where the template gives one. `properties` is the whole of its properties as a value:
    it is computed when it is asked for, which is of few. `place` says where each of them is written, by a path of keys
    and list positions: `Targets.0.Arn`.
    `code`: what a layer is made of.
    """

    id: Id
    at: Location
    kind: str
    type: str
    """CloudFormation's type, whatever the dialect: `AWS::S3::Bucket`. The dialect's own where that has none."""
    name: Setting[Value] | None = None
    evaluate: Callable[[], Value | None] | None = field(default=None, repr=False, compare=False)
    place: Callable[[str], Location | None] | None = field(default=None, repr=False, compare=False)
    code: Setting[Code] | None = None

    @property
    def properties(self) -> Value | None:
        return None if self.evaluate is None else self.evaluate()

    def setting(self, path: str) -> Setting[Value] | None:
        """The property at a path (`RedrivePolicy.maxReceiveCount`, `Targets.0.Arn`); None where it is not set."""
        at = self.place(path) if self.place is not None else None
        value = self.properties
        for step in path.split("."):
            if isinstance(value, Table):
                value = value.get(step)
            elif isinstance(value, Items) and step.isdecimal() and int(step) < len(value.items):
                value = value.items[int(step)]
            else:
                return None
        return None if at is None or value is None else Setting(value, at)


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    """A parameter of a template."""

    id: Id
    at: Location
    type: str
    default: Setting[Value] | None = None
    no_echo: bool = False


@dataclass(frozen=True, slots=True)
class FunctionReference:
    """A place in a template that names a function which somebody is to call.

    `role`: event-source-mapping, permission, api-integration, authorizer, state-machine, rule-target, schedule-target,
    subscription, notification, log-destination, iot-action, pipe, url, custom-resource…
    `function` is the function of the deployment that the target names, None where it is another one; `qualified` says
    whether the target names a version or an alias other than `$LATEST`.
    """

    role: str
    target: Setting[Value]
    function: Id | None = None
    qualified: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A way by which one resource starts another, or hands to it what it got, without any code.

    A function that a trigger starts has no link to say the same: links to functions are pipes, tasks, transformations
    and what functions send to functions.

    `kind`: subscription (topic → queue, delivery stream), rule (bus → queue, topic, stream, bus, state machine, log
    group…), notification (bucket → queue, topic, bus), pipe (stream or queue → anything, its enrichment included),
    stream (table → Kinesis), intake (stream → delivery stream), delivery (delivery stream → bucket), transformation
    (delivery stream → function), replication (bucket → bucket), task (state machine → anything), log-delivery (log
    group → stream), schedule, iot (an SQL statement → anything), alarm;
    of what fails: redrive (queue, topic, bus, schedule → the queue of what could not be delivered), mapping-failure
    (the source of an event source mapping → where the mapping sends what failed for good);
    of a function: destination-success, destination-failure, dead-letter (of asynchronous invocations only), log.

    `at`: where the subscription, rule, notification, pipe or schedule is named; of what is a setting of its source, the
    place of the setting. `source` and `target` identify the two ends, as in a `Trigger`. Filters are those of a
    `Trigger`: `events`, `prefix` and `suffix` of a bucket, `patterns` and `scope` of a subscription, a rule or a pipe.
    `raw`: the message arrives as it was sent (raw delivery, no transformation); otherwise it is wrapped or changed.
    `operation` and `arguments`: the call of the SDK that does the same, where the link says what it sends
    (`sqs.send_message`, `events.put_events`, `s3.put_object`); what is not known of it is UNKNOWN.
    """

    kind: str
    at: Location
    source: Setting[Value]
    target: Setting[Value]
    events: tuple[Setting[Value], ...] = ()
    prefix: Setting[Value] | None = None
    suffix: Setting[Value] | None = None
    patterns: tuple[Setting[Value], ...] = ()
    scope: Setting[Value] | None = None
    raw: bool = False
    enabled: Setting[Value] | None = None
    operation: str = ""
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A template, or a part of it, that could not be read."""

    at: Location
    message: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """All templates of the reviewed tree, joined."""

    functions: tuple[Function, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    resources: tuple[Resource, ...] = ()
    parameters: tuple[TemplateParameter, ...] = ()
    references: tuple[FunctionReference, ...] = ()
    links: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()
    templates: tuple[str, ...] = ()
    comments: tuple[tuple[Location, str], ...] = field(default=())
    """Comments of the templates that speak to the reviewer, by place: read from the text between the YAML's tokens."""
    modules: tuple[str, ...] = ()
    """Python modules that say what is deployed, and run nowhere but where somebody deploys it."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What cannot be read without running it: paths, each with what of it and why."""
    scripts: tuple[str, ...] = ()
    """Python files that another service runs, by the end of their path."""

    def joined(self, other: Deployment) -> Deployment:
        """This deployment and another one, side by side."""
        return Deployment(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Deployment)))
