"""What a function sends on its way, and what is known of it: the evidence that loops and rings are proven with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from reviewer.code.flow import Reached
from reviewer.code.scopes import Condition
from reviewer.deploy.model import Function, Trigger
from reviewer.emissions import Emission, emissions, is_emitting
from reviewer.filters import decoded
from reviewer.finding import Confidence, Severity
from reviewer.guards import Asker, Caused, Guard
from reviewer.hops import KEY_PATHS
from reviewer.identity import Resources, bare_name, canonical, resolved
from reviewer.learned import learned
from reviewer.project import Handler, Project
from reviewer.rule import Note, Place
from reviewer.shapes import Shape
from reviewer.spellings import spelling
from reviewer.strings import Known
from reviewer.truth import Truth
from reviewer.value import UNKNOWN, Constant, EventPath, Frame, Table, Transformed, Value, number, options, string

STOPPED = frozenset({"s3", "sqs", "sns", "lambda"})
"""Sources of loops that Lambda's own detection follows, and stops after some 16 rounds.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""


Guards = Sequence[tuple[Guard, Condition, Frame]]
"""What a loop's end depends on, the condition that tests it, and the activation that it is tested in."""


class Verdict(IntEnum):
    """What is known of a loop."""

    BOUNDED = 1
    MAY_FEED = 2
    FEEDS = 3

    @property
    def severity(self) -> Severity:
        return Severity(self.value)

    @property
    def confidence(self) -> Confidence:
        return Confidence.HIGH if self is Verdict.FEEDS else Confidence.MEDIUM


def stop_text(stopped: bool) -> str:
    """What Lambda itself would do about a loop."""
    if stopped:
        return "Lambda's own loop detection stops such a chain after about 16 rounds, unless recursion is allowed."
    return "Lambda's own loop detection does not cover this source: nothing stops it at run time."


INVOKES = frozenset({"lambda.invoke", "lambda.invoke_async", "lambda.invoke_with_response_stream"})
"""Operations that start a function directly."""
PLANS = frozenset({"scheduler.create_schedule", "scheduler.update_schedule"})
"""Operations that have a function started at a time.
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"""


def sent(project: Project, handler: Handler, reached: Reached) -> Iterator[Emission]:
    """What a call writes, with the environment of its function filled in."""
    for called in reached.callees:
        if is_emitting(called):
            for emission in emissions(called, project.values.arguments(reached.site.call, reached.frame)):
                yield filled(emission, handler, project.resources)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A direct invocation: `target` says which function, as the caller's environment fills it in.

    `through` is the kind of what starts the function: `lambda`, or `schedule` for one that is planned.
    """

    operation: str
    target: Value
    payload: Value
    through: str = "lambda"


def invocation(project: Project, handler: Handler, reached: Reached) -> Invocation | None:
    """The invocation that a call is; None for any other call, and for a dry run."""
    names = {called.name for called in reached.callees} & (INVOKES | PLANS)
    if not names:
        return None
    given = project.values.arguments(reached.site.call, reached.frame)
    if string(given.get(None, "InvocationType")) == "DryRun":
        return None

    def argument(name: str) -> Value:
        return resolved(given.get(None, name) or UNKNOWN, handler.function, project.resources)

    if names & PLANS:
        planned = argument("Target")
        arn, written = (planned.get("Arn"), planned.get("Input")) if isinstance(planned, Table) else (None, None)
        return Invocation(min(names), arn or UNKNOWN, payload_of(written or UNKNOWN), "schedule")
    return Invocation(min(names), argument("FunctionName"), payload_of(argument("Payload")))


def filled(emission: Emission, handler: Handler, resources: Resources) -> Emission:
    """An emission with the environment of its function, and what is stored for it, filled in."""

    def fill(value: Value) -> Value:
        return resolved(value, handler.function, resources)

    return Emission(
        emission.operation,
        emission.node,
        fill(emission.resource),
        fill(emission.key),
        fill(emission.message),
        None if emission.attributes is None else fill(emission.attributes),
        fill(emission.entry),
        emission.events,
    )


def asker(project: Project, reached: Reached, function: Function | None, caused: Caused, known: Known) -> Asker:
    """What evaluates the conditions on the way to a call, with what they tell of the event themselves."""

    def resolve(value: Value) -> Value:
        return resolved(value, function, project.resources) if function else value

    known = learned(reached.conditions, project.values, resolve, caused, known)
    return Asker(project.values, resolve, caused, known)


def known_of(trigger: Trigger) -> Known:
    """What the trigger tells of the event: the object key carries its prefix and its suffix."""
    prefix = string(trigger.prefix.value) if trigger.prefix else None
    suffix = string(trigger.suffix.value) if trigger.suffix else None
    key = Shape(prefix or "", suffix or "")

    def known(value: Value) -> Shape | None:
        is_key = isinstance(value, EventPath) and canonical(value.path) in KEY_PATHS
        return key if is_key else spelling(value)

    return known


KEPT = frozenset(
    [
        *("unquote", "unquote_plus", "lower", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix"),
        *("basename", "dirname", "stem", "splitext_stem", "split_first", "split_last", "rsplit_head"),
    ]
)
"""Operations that make no text longer."""
CUTS = frozenset(("split_item", "partition_tail"))
"""Operations that make each text shorter, or fail."""


def is_cut(key: Value) -> bool:
    """Whether a key is shorter each time than the key of the event that it is made of: `key[3:]`."""
    return all(map(_is_cut, options(key)))


def _is_cut(key: Value) -> bool:
    cuts = 0
    while isinstance(key, Transformed):
        if key.operation == "slice":
            start, stop = (number(each) or 0 for each in key.arguments)
            cuts += start > 0 or stop < 0
        elif key.operation in CUTS:
            cuts += 1
        elif key.operation not in KEPT:
            return False
        key = key.base
    return cuts > 0 and isinstance(key, EventPath) and canonical(key.path) in KEY_PATHS


def is_off(trigger: Trigger) -> bool:
    return trigger.enabled is not None and trigger.enabled.value == Constant(False)


def verdict_of(admitted: Truth, again: Truth, guards: Guards, allowed: bool) -> Verdict:
    if allowed or any(guard is Guard.COUNTER for guard, _, _ in guards):
        return Verdict.BOUNDED
    return Verdict.FEEDS if admitted.some and again.some else Verdict.MAY_FEED


def is_allowed(handler: Handler) -> bool:
    """Whether the template says that recursion is wanted."""
    setting = handler.function.recursive_loop if handler.function else None
    return setting is not None and string(setting.value) == "Allow"


def guard_text(guards: Guards, handler: Handler) -> str:
    if is_allowed(handler):
        return "The template allows recursion (`RecursiveLoop: Allow`)."
    if not guards:
        return ""
    *names, last = dict.fromkeys(guard.value for guard, _, _ in guards)
    named = f"{', '.join(names)} and {last}" if names else last
    return f"Its end depends on {named}."


def label(source: Value, node: str) -> str:
    """The name by which a message calls a resource of kind `node`, without its URL or ARN; "" where it has none."""
    for option in options(source):
        name = bare_name(option, node)
        reference = getattr(name, "name", None)
        if isinstance(reference, str):
            return reference
        if isinstance(name, Constant):
            return str(name.value).rpartition(":")[2]
    return ""


WHERE = {Guard.FAILURE: "comes in here"}
"""How the place of a guard is told, where it is no test."""


def tests_of(guards: Guards) -> tuple[Note, ...]:
    """Where the code tests what the loop's end depends on."""
    return tuple(
        Note(Place(frame.module, condition.test.node), f"{guard.value} {WHERE.get(guard, 'is tested here')}")
        for guard, condition, frame in guards
    )


def payload_of(value: Value) -> Value:
    """What a payload says as JSON; UNKNOWN where that cannot be told."""
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        value = Constant(value.value.decode("utf-8", errors="replace"))
    return decoded(value) or UNKNOWN
