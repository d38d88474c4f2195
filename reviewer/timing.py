"""Whether what waits for a function waits long enough: queues that hide its messages, callers that want an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from reviewer.aws.callers import callers
from reviewer.deploy.model import Function, Id, Resource, Setting, Trigger
from reviewer.finding import Location
from reviewer.identity import named
from reviewer.project import Project
from reviewer.value import Constant, Lookup, Parameter, Table, Value, number, options, string

FUNCTION_SECONDS = 3
"""The timeout of a function that sets none.
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""
QUEUE_SECONDS = 30
"""The visibility timeout of a queue that sets none.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
LONGEST_VISIBILITY = 43_200
"""Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
ADVISED = 6
"""How many times the function's timeout a queue had better hide a message.
Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""


@dataclass(frozen=True, slots=True)
class ShortVisibility:
    """A queue that shows a message again while `function` may still work on it, or soon after."""

    at: Location
    queue: str
    seconds: float
    function: Function
    timeout: float
    """Seconds."""

    @property
    def advised(self) -> float:
        """Seconds."""
        return ADVISED * self.timeout

    @property
    def is_refused(self) -> bool:
        """Whether Lambda refuses to read the queue."""
        return self.seconds < self.timeout


@dataclass(frozen=True, slots=True)
class HastyCaller:
    """A caller that hangs up before the function's timeout is over."""

    at: Location
    function: Function
    timeout: float
    caller: str
    seconds: float
    trigger: Trigger
    others: tuple[Function, ...] = ()
    """Functions that have their timeout from the same setting, and such a caller."""

    @property
    def is_close(self) -> bool:
        """Whether the function outlives its caller by a second at most."""
        return self.timeout - self.seconds <= 1


def numbers(value: Value) -> tuple[float, ...]:
    """The numbers that a setting can be: those of both arms of a condition, the default of a parameter, the cells of a
    map. None at all where one of them is not known."""
    found: list[float] = []
    for option in options(value):
        if isinstance(option, Parameter):
            inner = [numbers(each) for each in option.options]
        elif isinstance(option, Lookup):
            inner = [numbers(cell) for _, cell in option.cells]
        else:
            known = number(option) if isinstance(option, Constant) else None
            inner = [()] if known is None else [(known,)]
        if not inner or not all(inner):
            return ()
        found += [each for several in inner for each in several]
    return tuple(found)


def timeout_of(function: Function) -> float | None:
    """The shortest timeout that a function may have; None where it is not known."""
    seconds = numbers(function.timeout.value) if function.timeout else (FUNCTION_SECONDS,)
    return min(seconds, default=None)


# --- queues -------------------------------------------------------------------------------------------------------


def short_visibilities(project: Project, template: str) -> Iterator[ShortVisibility]:
    """The queues of a template whose visibility timeout is short for the slowest function that reads them."""
    readers = _readers(project)
    for queue in project.resources_in.get(template, ()):
        if queue.id not in readers:
            continue
        setting = queue.setting("VisibilityTimeout")
        seconds = max(_visibility(queue), default=None)
        timed = [(timeout, function) for function in readers[queue.id] if (timeout := timeout_of(function)) is not None]
        if seconds is None or not timed:
            continue
        timeout, slowest = max(timed, key=lambda each: each[0])
        if seconds < ADVISED * timeout:
            yield ShortVisibility(setting.at if setting else queue.at, queue.id.name, seconds, slowest, timeout)


@lru_cache(maxsize=1)
def _readers(project: Project) -> dict[Id, list[Function]]:
    """The functions that read each queue."""
    functions = {function.id: function for function in project.deployment.functions}
    found: dict[Id, list[Function]] = {}
    for trigger in project.deployment.triggers:
        if trigger.kind != "sqs" or trigger.source is None or trigger.function not in functions:
            continue
        for option in options(trigger.source.value):
            queue = named(option, "queue", project.resources).resource
            if queue is not None and queue in project.resources and project.resources[queue].kind == "queue":
                found.setdefault(queue, []).append(functions[trigger.function])
    return found


def _visibility(queue: Resource) -> tuple[float, ...]:
    given = queue.properties.get("VisibilityTimeout") if isinstance(queue.properties, Table) else None
    if given is None:
        return (QUEUE_SECONDS,) if queue.properties is None or isinstance(queue.properties, Table) else ()
    return numbers(given)


# --- callers ------------------------------------------------------------------------------------------------------


def hasty_callers(project: Project, template: str) -> Iterator[HastyCaller]:
    """The timeouts of a template's functions that are longer than a caller waits, each setting once."""
    found: dict[Location, HastyCaller] = {}
    for function in project.functions_in.get(template, ()):
        timeout, setting = timeout_of(function), function.timeout
        if timeout is None or setting is None:
            continue
        seconds, trigger = _hastiest(
            [each for each in project.triggers_of.get(function.id, ()) if each.kind in callers()]
        )
        if trigger is None or timeout <= seconds:
            continue
        known = found.get(setting.at)
        found[setting.at] = (
            HastyCaller(setting.at, function, timeout, callers()[trigger.kind].name, seconds, trigger)
            if known is None
            else replace(known, others=(*known.others, function))
        )
    yield from found.values()


def _hastiest(triggers: list[Trigger]) -> tuple[float, Trigger | None]:
    """The trigger that waits for the shortest time, with its seconds; None where none is known to wait."""
    # an event of SAM and the definition of its API tell of one route: who says how long it waits is believed
    told = {(trigger.kind, trigger.source and trigger.source.value) for trigger in triggers if trigger.waits}
    waiting = []
    for trigger in triggers:
        caller = callers()[trigger.kind]
        if _is_behind(trigger.events, caller.behind):
            continue
        if trigger.waits is not None:
            waiting += [(milliseconds / 1000, trigger) for milliseconds in numbers(trigger.waits.value)]
        elif (trigger.kind, trigger.source and trigger.source.value) not in told:
            waiting.append((caller.seconds, trigger))
    return min(waiting, key=lambda each: each[0], default=(0, None))


def _is_behind(events: tuple[Setting[Value], ...], behind: Sequence[str]) -> bool:
    """Whether nobody waits for an answer to any of the events."""
    return bool(events) and all(string(event.value) in behind for event in events)
