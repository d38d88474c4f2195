"""Functions that start themselves: what is proven, what is possible, and what bounds it.

Each loop is proven hop by hop. A hop *feeds*, *cannot feed* (a filter, another resource or a condition excludes it) or
*may feed*. What cannot feed is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.code.flow import Reached
from reviewer.deploy.model import Function, Id, Trigger
from reviewer.emissions import Emission
from reviewer.feeds import (
    STOPPED,
    Verdict,
    asker,
    guard_text,
    invocation,
    is_allowed,
    is_cut,
    is_off,
    known_of,
    label,
    sent,
    stop_text,
    tests_of,
    verdict_of,
)
from reviewer.finding import Location
from reviewer.guards import Caused, Guard
from reviewer.hops import HOPS
from reviewer.identity import OWN_PATHS, canonical, is_own_function, same_resource
from reviewer.meeting import meet
from reviewer.project import Handler, Project
from reviewer.rule import Note, Place
from reviewer.spellings import spelling
from reviewer.truth import MAYBE, NO, YES, Truth
from reviewer.value import UNKNOWN, Constant, EventPath, Reference, Value, one_of, options, string, text


@dataclass(frozen=True, slots=True)
class Loop:
    """A call that starts its own function again.

    `through` names the resource in between, with its kind ("bucket `Photos`"); "" for a direct invocation. `grounds`
    says why the filters let it pass, `guard` what its end depends on. `node` is the kind of that resource, `trigger`
    what starts the function `handler` again; None for a direct invocation, and where no template tells it.
    """

    at: Place | Location
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
    handler: Handler
    node: str = ""
    trigger: Trigger | None = None

    @property
    def detail(self) -> str:
        """The grounds of the verdict, and what Lambda itself would do about the loop."""
        return " ".join(part for part in (self.grounds, self.guard, stop_text(self.stopped)) if part)


def own_trigger_writes(project: Project) -> Iterator[Loop]:
    """Writes straight into the resource that triggers the same function: one for each call, the gravest."""
    found: dict[Place | Location, Loop] = {}
    for ways in project.reached.values():
        for handler, reached in ways:
            if reached.at_import:
                continue
            for emission in sent(project, handler, reached):
                for loop in _loops_of(project, handler, reached, emission):
                    if loop.at not in found or found[loop.at].verdict < loop.verdict:
                        found[loop.at] = loop
    yield from found.values()
    for handler in project.handlers:
        yield from _own_logs(project, handler)


def _own_logs(project: Project, handler: Handler) -> Iterator[Loop]:
    """Subscriptions of a function to the log group that it writes to, by itself or by each line that it prints."""
    function = handler.function
    if function is None:
        return
    groups = _log_groups(function)
    for trigger in handler.triggers:
        if trigger.kind != "logs" or trigger.source is None or is_off(trigger):
            continue
        if not meet(groups, trigger.source.value, "log-group", project.resources):
            continue
        every_line = all(string(pattern.value) == "" for pattern in trigger.patterns)
        yield Loop(
            at=trigger.source.at,
            call="logging",
            function=function.short,
            verdict=Verdict.BOUNDED if is_allowed(handler) else Verdict.FEEDS if every_line else Verdict.MAY_FEED,
            through=f"the log group `{label(trigger.source.value, 'log-group')}`",
            grounds="The runtime's own lines, START and REPORT, pass an empty filter pattern."
            if every_line
            else "Whether a line that the function logs passes the filter pattern cannot be told from the code.",
            guard="",
            stopped=False,
            steps=(
                Note(function.log_group.at if function.log_group else function.at, f"`{function.short}` logs here"),
                Note(trigger.at, f"each new line starts `{function.short}`"),
            ),
            tests=(),
            handler=handler,
            node="log-group",
            trigger=trigger,
        )


def _log_groups(function: Function) -> Value:
    """The log group of a function, as its template can name it. CloudWatch Logs refuses a subscription of a function to
    the group that it has by default, but only when it is deployed.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    if function.log_group is not None:
        return function.log_group.value
    names: list[Value] = [Reference(function.id.stack, function.id.name)]
    if function.name is not None:
        names.append(function.name.value)
    return one_of([text([Constant("/aws/lambda/"), name]) for name in names])


def _loops_of(project: Project, handler: Handler, reached: Reached, emission: Emission) -> Iterator[Loop]:
    if handler.function is None:
        if loop := _without_template(project, handler, reached, emission):
            yield loop
        return
    for trigger in handler.triggers:
        hop = HOPS.get((trigger.kind, emission.node))
        if hop is None or trigger.source is None or is_off(trigger):
            continue
        if trigger.source.value in project.shared:
            continue
        if not same_resource(emission.resource, trigger, project.resources).some:
            continue
        loop = _proven(project, handler, reached, emission, trigger)
        if loop is not None:
            yield loop


def _proven(project: Project, handler: Handler, reached: Reached, emission: Emission, trigger: Trigger) -> Loop | None:
    """The loop through one trigger, or None where it cannot feed."""
    function = handler.function
    assert function is not None
    hop = HOPS[trigger.kind, emission.node]
    ask = asker(project, reached, function, Caused(hop.caused(emission)), known_of(trigger))
    admitted = hop.admits(trigger, emission, ask.known)
    if admitted is NO:
        return None
    again = ask.again(reached)
    if again is NO:
        return None
    guards = ask.guards(reached)
    cut = emission.node == "bucket" and is_cut(emission.key)
    verdict = verdict_of(admitted, again & MAYBE if cut else again, guards, is_allowed(handler))
    name = label(trigger.source.value if trigger.source else UNKNOWN, emission.node)
    return Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=emission.operation,
        function=function.short,
        verdict=verdict,
        through=f"the {hop.noun} `{name}`" if name else f"the {hop.noun}",
        grounds=_grounds(trigger, admitted, hop.noun) + (" Each round makes the key shorter." if cut else ""),
        guard=guard_text(guards, handler),
        stopped=trigger.kind in STOPPED,
        steps=_steps(reached, Note(trigger.at, f"the {hop.noun}'s event starts `{function.short}`"), "the write"),
        tests=tests_of(guards),
        handler=handler,
        node=emission.node,
        trigger=trigger,
    )


def _grounds(trigger: Trigger, admitted: Truth, noun: str) -> str:
    """Which filters there are, and whether they let the write pass."""
    filters = [
        f"{what} `{string(setting.value)}`"
        for what, setting in (("prefix", trigger.prefix), ("suffix", trigger.suffix))
        if setting is not None and string(setting.value)
    ]
    if trigger.patterns:
        filters.append("filter pattern")
    if not filters and admitted is MAYBE:
        return f"Whether the {noun} hands it to this function cannot be told from the code."
    if not filters:
        return f"No filter of the {noun}'s trigger excludes what is written."
    named = " and ".join(filters)
    verb = "let" if len(filters) > 1 else "lets"
    if admitted.some:
        return f"The trigger's {named} {verb} what is written through."
    return f"Whether the trigger's {named} {verb} what is written through cannot be told from the code."


def _steps(reached: Reached, first: Note, what: str) -> tuple[Note, ...]:
    hops = [Note(Place(hop.frame.module, hop.site.call.node), f"`{hop.callee}` is called") for hop in reached.hops]
    last = Note(Place(reached.frame.module, reached.site.call.node), f"{what} that starts the function again")
    return (first, *hops, last)


# --- no template --------------------------------------------------------------------------------------------------


def _without_template(project: Project, handler: Handler, reached: Reached, emission: Emission) -> Loop | None:
    """A write to the very resource that the event names, by a function whose trigger no template tells."""
    kinds = {node: kind for (kind, node) in HOPS}
    kind = kinds.get(emission.node, "")
    names = options(emission.resource)
    if not any(isinstance(name, EventPath) and _names_source(project, handler, kind, name) for name in names):
        return None
    hop = HOPS[kind, emission.node]
    if kind == "s3" and not any(event.startswith("s3:ObjectCreated:") for event in emission.events):
        return None
    ask = asker(project, reached, None, Caused(hop.caused(emission)), spelling)
    if ask.again(reached) is NO:
        return None
    guards = ask.guards(reached)
    return Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=emission.operation,
        function=_name(project, handler),
        verdict=Verdict.BOUNDED if any(guard is Guard.COUNTER for guard, _, _ in guards) else Verdict.MAY_FEED,
        through=f"the {hop.noun} that its event names",
        grounds="No template tells the function's trigger and its filters.",
        guard=guard_text(guards, handler),
        stopped=kind in STOPPED,
        steps=_steps(reached, Note(_definition(handler), "the function's event names the resource"), "the write"),
        tests=tests_of(guards),
        handler=handler,
        node=emission.node,
    )


def _names_source(project: Project, handler: Handler, kind: str, name: EventPath) -> bool:
    """Whether a part of the event is the name of what the event came from. What stands at its top (`event.bucket_name`)
    is so in data classes alone: in a plain event, it is what a caller has given."""
    if canonical(name.path) not in OWN_PATHS.get(kind, ()):
        return False
    module = project.modules.module(handler.module or "")
    imported = (each[0] for statement in (module.imports if module else ()) for each in statement.names)
    return len(name.path) > 1 or any(each.startswith(DATA_CLASSES) for each in imported)


DATA_CLASSES = "aws_lambda_powertools.utilities"
"""Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/data_classes/"""


def _definition(handler: Handler) -> Place | Location:
    """Where a handler begins: its function, or the setting that names it where that is an object of a framework."""
    definition, function = handler.definition, handler.function
    if definition is not None:
        return Place(definition.module, definition.node)
    assert function is not None  # what no template names is found by its definition
    return function.handler.at if function.handler else function.at


def _name(project: Project, handler: Handler) -> str:
    if handler.function is not None:
        return handler.function.short
    return project.symbol(at) if isinstance(at := _definition(handler), Place) else ""


# --- direct invocations -------------------------------------------------------------------------------------------


def self_invocations(project: Project) -> Iterator[Loop]:
    """Calls of the Lambda API that start the function itself: one for each call, the gravest."""
    found: dict[Place | Location, Loop] = {}
    for ways in project.reached.values():
        for handler, reached in ways:
            for loop in _invocations(project, handler, reached):
                if loop.at not in found or found[loop.at].verdict < loop.verdict:
                    found[loop.at] = loop
    yield from found.values()


def _invocations(project: Project, handler: Handler, reached: Reached) -> Iterator[Loop]:
    invoked = None if reached.at_import else invocation(project, handler, reached)
    if invoked is None:
        return
    function = handler.function
    own = function.id if function else None

    def targets(value: Value) -> tuple[Id, ...]:
        return tuple(each.function for each in project.naming.targets(value, own.stack if own else ""))

    if not is_own_function(invoked.target, targets, own):
        return
    ask = asker(project, reached, function, Caused((((), invoked.payload),)), spelling)
    again = ask.again(reached)
    if again is NO:
        return
    guards = ask.guards(reached)
    yield Loop(
        at=Place(reached.frame.module, reached.site.call.node),
        call=invoked.operation,
        function=_name(project, handler),
        verdict=verdict_of(YES, again, guards, is_allowed(handler)),
        through="",
        grounds="",
        guard=guard_text(guards, handler) or "No condition stands between the function and its next invocation.",
        stopped=invoked.through in STOPPED,
        steps=_steps(reached, Note(_definition(handler), f"`{_name(project, handler)}` runs"), "the invocation"),
        tests=tests_of(guards),
        handler=handler,
    )
