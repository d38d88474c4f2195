"""Functions that start themselves: what is proven, what is possible, and what bounds it.

Each loop is proven hop by hop. A hop *feeds*, *cannot feed* (a filter, another resource or a condition excludes it) or
*may feed*. What cannot feed is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from reviewer.code.flow import Reached
from reviewer.code.scopes import Condition
from reviewer.deploy.model import Function, Id, Trigger
from reviewer.emissions import Emission, emissions
from reviewer.filters import decoded
from reviewer.finding import Confidence, Severity
from reviewer.guards import Asker, Caused, Guard
from reviewer.hops import HOPS, KEY_PATHS
from reviewer.identity import OWN_PATHS, canonical, is_own_function, resolved, same_resource
from reviewer.learned import learned
from reviewer.project import Handler, Project
from reviewer.rule import Note, Place
from reviewer.shapes import Shape
from reviewer.spellings import spelling
from reviewer.strings import Known
from reviewer.truth import NO, YES, Truth
from reviewer.value import UNKNOWN, Constant, EventPath, Frame, Value, options, string

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


@dataclass(frozen=True, slots=True)
class Loop:
    """A call that starts its own function again.

    `through` names the resource in between, with its kind ("bucket `Photos`"); "" for a direct invocation. `grounds`
    says why the filters let it pass, `guard` what its end depends on.
    """

    at: Place
    call: str
    function: str
    verdict: Verdict
    through: str
    grounds: str
    guard: str
    stopped: bool
    steps: tuple[Note, ...]
    tests: tuple[Note, ...]
    """The tests in the code that its end depends on."""

    @property
    def confidence(self) -> Confidence:
        return Confidence.HIGH if self.verdict is Verdict.FEEDS else Confidence.MEDIUM

    @property
    def detail(self) -> str:
        """The grounds of the verdict, and what Lambda itself would do about the loop."""
        stop = (
            "Lambda's own loop detection stops such a chain after about 16 rounds, unless recursion is allowed."
            if self.stopped
            else "Lambda's own loop detection does not cover this source: nothing stops it at run time."
        )
        return " ".join(part for part in (self.grounds, self.guard, stop) if part)


def own_trigger_writes(project: Project) -> Iterator[Loop]:
    """Writes straight into the resource that triggers the same function: one for each call, the gravest."""
    found: dict[Place, Loop] = {}
    for ways in project.reached.values():
        for handler, reached in ways:
            if reached.at_import:
                continue
            for emission in _emissions(project, reached):
                for loop in _loops_of(project, handler, reached, emission):
                    if loop.at not in found or found[loop.at].verdict < loop.verdict:
                        found[loop.at] = loop
    yield from found.values()


def _emissions(project: Project, reached: Reached) -> Iterator[Emission]:
    for called in reached.callees:
        if called.is_aws:
            yield from emissions(called, project.values.arguments(reached.site.call, reached.frame))


def _loops_of(project: Project, handler: Handler, reached: Reached, emission: Emission) -> Iterator[Loop]:
    if handler.function is None:
        if loop := _without_template(project, handler, reached, emission):
            yield loop
        return
    for trigger in handler.triggers:
        hop = HOPS.get((trigger.kind, emission.node))
        if hop is None or trigger.source is None or _is_off(trigger):
            continue
        target = resolved(emission.resource, handler.function)
        same = same_resource(target, trigger, project.resources)
        if not same.some:
            continue
        loop = _proven(project, handler, reached, emission, trigger)
        if loop is not None:
            yield loop


def _is_off(trigger: Trigger) -> bool:
    return trigger.enabled is not None and trigger.enabled.value == Constant(False)


def _proven(project: Project, handler: Handler, reached: Reached, emission: Emission, trigger: Trigger) -> Loop | None:
    """The loop through one trigger, or None where it cannot feed."""
    function = handler.function
    assert function is not None
    hop = HOPS[trigger.kind, emission.node]
    emission = _resolved(emission, handler)
    asker = _asker(project, reached, function, Caused(hop.caused(emission)), _known(trigger))
    admitted = hop.admits(trigger, emission, asker.known)
    if admitted is NO:
        return None
    again = asker.again(reached.conditions)
    if again is NO:
        return None
    guards = asker.guards(reached.conditions)
    verdict = _verdict(admitted, again, guards, _allowed(handler))
    name = _label(trigger.source.value if trigger.source else UNKNOWN, project)
    return Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=emission.operation,
        function=function.id.name,
        verdict=verdict,
        through=f"the {hop.noun} `{name}`" if name else f"the {hop.noun}",
        grounds=_grounds(trigger, admitted, hop.noun),
        guard=_guard(guards, handler),
        stopped=trigger.kind in STOPPED,
        steps=_steps(reached, Note(trigger.at, f"the {hop.noun}'s event starts `{function.id.name}`"), "the write"),
        tests=_tests(guards),
    )


def _asker(project: Project, reached: Reached, function: Function | None, caused: Caused, known: Known) -> Asker:
    """What evaluates the conditions on the way to a call, with what they tell of the event themselves."""

    def resolve(value: Value) -> Value:
        return resolved(value, function) if function else value

    known = learned(reached.conditions, project.values, resolve, caused, known)
    return Asker(project.values, resolve, caused, known)


def _resolved(emission: Emission, handler: Handler) -> Emission:
    """An emission with the environment of its function filled in."""

    def fill(value: Value) -> Value:
        return resolved(value, handler.function)

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


def _known(trigger: Trigger) -> Known:
    """What the trigger tells of the event: the object key carries its prefix and its suffix."""
    prefix = string(trigger.prefix.value) if trigger.prefix else None
    suffix = string(trigger.suffix.value) if trigger.suffix else None
    key = Shape(prefix or "", suffix or "")

    def known(value: Value) -> Shape | None:
        is_key = isinstance(value, EventPath) and canonical(value.path) in KEY_PATHS
        return key if is_key else spelling(value)

    return known


def _verdict(admitted: Truth, again: Truth, guards: Guards, allowed: bool) -> Verdict:
    if allowed or any(guard is Guard.COUNTER for guard, _, _ in guards):
        return Verdict.BOUNDED
    return Verdict.FEEDS if admitted.some and again.some else Verdict.MAY_FEED


def _allowed(handler: Handler) -> bool:
    """Whether the template says that recursion is wanted."""
    setting = handler.function.recursive_loop if handler.function else None
    return setting is not None and string(setting.value) == "Allow"


def _grounds(trigger: Trigger, admitted: Truth, noun: str) -> str:
    """Which filters there are, and whether they let the write pass."""
    filters = [
        f"{what} `{string(setting.value)}`"
        for what, setting in (("prefix", trigger.prefix), ("suffix", trigger.suffix))
        if setting is not None and string(setting.value)
    ]
    if trigger.patterns:
        filters.append("filter pattern")
    if not filters:
        return f"No filter of the {noun}'s trigger excludes what is written."
    named = " and ".join(filters)
    verb = "let" if len(filters) > 1 else "lets"
    if admitted.some:
        return f"The trigger's {named} {verb} what is written through."
    return f"Whether the trigger's {named} {verb} what is written through cannot be told from the code."


def _guard(guards: Guards, handler: Handler) -> str:
    if _allowed(handler):
        return "The template allows recursion (`RecursiveLoop: Allow`)."
    if not guards:
        return ""
    names = " and ".join(dict.fromkeys(guard.value for guard, _, _ in guards))
    return f"Its end depends on {names}."


def _label(source: Value, project: Project) -> str:
    for option in options(source):
        reference = getattr(option, "name", None)
        if isinstance(reference, str):
            return reference
        if isinstance(option, Constant):
            return str(option.value).rpartition(":")[2]
    return ""


def _steps(reached: Reached, first: Note, what: str) -> tuple[Note, ...]:
    hops = [Note(Place(hop.frame.module, hop.site.call.node), f"`{hop.callee}` is called") for hop in reached.hops]
    last = Note(Place(reached.frame.module, reached.site.call.node), f"{what} that starts the function again")
    return (first, *hops, last)


def _tests(guards: Guards) -> tuple[Note, ...]:
    """Where the code tests what the loop's end depends on."""
    return tuple(
        Note(Place(frame.module, condition.test.node), f"{guard.value} is tested here")
        for guard, condition, frame in guards
    )


# --- no template --------------------------------------------------------------------------------------------------


def _without_template(project: Project, handler: Handler, reached: Reached, emission: Emission) -> Loop | None:
    """A write to the very resource that the event names, by a function whose trigger no template tells."""
    kinds = {node: kind for (kind, node) in HOPS}
    kind = kinds.get(emission.node, "")
    names = options(emission.resource)
    if not any(isinstance(name, EventPath) and canonical(name.path) in OWN_PATHS.get(kind, ()) for name in names):
        return None
    hop = HOPS[kind, emission.node]
    if kind == "s3" and not any(event.startswith("s3:ObjectCreated:") for event in emission.events):
        return None
    asker = _asker(project, reached, None, Caused(hop.caused(emission)), spelling)
    if asker.again(reached.conditions) is NO:
        return None
    guards = asker.guards(reached.conditions)
    return Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=emission.operation,
        function=_name(project, handler),
        verdict=Verdict.BOUNDED if any(guard is Guard.COUNTER for guard, _, _ in guards) else Verdict.MAY_FEED,
        through=f"the {hop.noun} that its event names",
        grounds="No template tells the function's trigger and its filters.",
        guard=_guard(guards, handler),
        stopped=kind in STOPPED,
        steps=_steps(reached, Note(_definition(handler), "the function's event names the resource"), "the write"),
        tests=_tests(guards),
    )


def _definition(handler: Handler) -> Place:
    assert handler.definition is not None
    return Place(handler.definition.module, handler.definition.node)


def _name(project: Project, handler: Handler) -> str:
    return handler.function.id.name if handler.function else project.symbol(_definition(handler))


# --- direct invocations -------------------------------------------------------------------------------------------

INVOKES = frozenset({"lambda.invoke", "lambda.invoke_async", "lambda.invoke_with_response_stream"})


def self_invocations(project: Project) -> Iterator[Loop]:
    """Calls of the Lambda API that start the function itself: one for each call, the gravest."""
    found: dict[Place, Loop] = {}
    for ways in project.reached.values():
        for handler, reached in ways:
            for loop in _invocations(project, handler, reached):
                if loop.at not in found or found[loop.at].verdict < loop.verdict:
                    found[loop.at] = loop
    yield from found.values()


def _invocations(project: Project, handler: Handler, reached: Reached) -> Iterator[Loop]:
    values = project.values
    names = {called.name for called in reached.callees}
    if reached.at_import or not names & INVOKES:
        return
    given = values.arguments(reached.site.call, reached.frame)
    if string(given.get(None, "InvocationType")) == "DryRun":
        return
    function = handler.function
    own = function.id if function else None
    target = resolved(given.get(None, "FunctionName") or UNKNOWN, function)

    def targets(value: Value) -> tuple[Id, ...]:
        return tuple(each.function for each in project.naming.targets(value, own.stack if own else ""))

    if not is_own_function(target, targets, own):
        return
    payload = _payload(resolved(given.get(None, "Payload") or UNKNOWN, function))
    asker = _asker(project, reached, function, Caused((((), payload),)), spelling)
    again = asker.again(reached.conditions)
    if again is NO:
        return
    guards = asker.guards(reached.conditions)
    yield Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=names.pop(),
        function=_name(project, handler),
        verdict=_verdict(YES, again, guards, _allowed(handler)),
        through="",
        grounds="",
        guard=_guard(guards, handler) or "No condition stands between the function and its next invocation.",
        stopped=True,
        steps=_steps(reached, Note(_definition(handler), f"`{_name(project, handler)}` runs"), "the invocation"),
        tests=_tests(guards),
    )


def _payload(value: Value) -> Value:
    """What a payload says as JSON; UNKNOWN where that cannot be told."""
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        value = Constant(value.value.decode("utf-8", errors="replace"))
    return decoded(value) or UNKNOWN
