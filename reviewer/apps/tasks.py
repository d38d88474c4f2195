"""Zappa's tasks that start themselves: a call of one is an invocation of the function that it runs in.

Source: https://github.com/zappa/Zappa#asynchronous-task-execution
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.code import facts
from reviewer.code.flow import Reached, reach
from reviewer.code.library import Arguments
from reviewer.feeds import asker, guard_text, tests_of, verdict_of
from reviewer.guards import Caused
from reviewer.identity import canonical
from reviewer.loops import Loop
from reviewer.project import Handler, Project
from reviewer.rule import Note, Place
from reviewer.spellings import spelling
from reviewer.truth import NO, YES
from reviewer.value import (
    MODULE,
    UNKNOWN,
    Constant,
    EventPath,
    External,
    Frame,
    Items,
    LocalFunction,
    Result,
    Table,
    Value,
    options,
)

TASKS = frozenset({"zappa.asynchronous.task", "zappa.asynchronous.task_sns"})
"""Decorators that make a task of a function."""
RUN = "zappa.asynchronous.run"
"""The function that runs another one as a task."""
REMOTE = "remote_aws_lambda_function_name"
"""The parameter that names another Lambda function to run in."""


def task_loops(project: Project) -> Iterator[Loop]:
    """Calls by which a task starts itself again: one for each call, the gravest."""
    found: dict[Place, Loop] = {}
    for path in project.reviewed:
        module = project.modules.module(path)
        if module is None or not any("zappa" in name for each in module.imports for name, _, _ in each.names):
            continue
        for function in module.body:
            for loop in _loops(project, path, function) if isinstance(function, facts.Function) else ():
                at = loop.at
                if isinstance(at, Place) and (at not in found or found[at].verdict < loop.verdict):
                    found[at] = loop
    yield from found.values()


def _loops(project: Project, path: str, function: facts.Function) -> Iterator[Loop]:
    """The ways by which a function starts itself as a task. Its arguments are the event that the task is started by."""
    values, task = project.values, LocalFunction(path, function.node)
    given = tuple((parameter.name, EventPath(("args", parameter.name))) for parameter in function.parameters)
    frame = values.frame_of(task, Arguments((), given))
    for reached in reach(values, task.module, task, frame, alone=True):
        if reached.at_import or _is_told_elsewhere(project, reached, task):
            continue
        for arguments in _dispatched(project, reached, task):
            loop = _proven(project, task, reached, arguments, function.name)
            if loop is not None:
                yield loop


def _is_told_elsewhere(project: Project, reached: Reached, task: LocalFunction) -> bool:
    """Whether another task stands on the way, which tells of the same ring: the first of them in the code does."""
    frames = (*(hop.frame for hop in reached.hops), reached.frame)
    around = (LocalFunction(frame.module, frame.owner) for frame in frames)
    earlier = (each for each in around if (each.module, each.node) < (task.module, task.node))
    return any(_is_task(project, each) for each in earlier)


def _dispatched(project: Project, reached: Reached, task: LocalFunction) -> Iterator[Arguments]:
    """The arguments that a call hands to a task that it starts."""
    values = project.values
    given = values.arguments(reached.site.call, reached.frame)
    for called in reached.callees:
        target = called.target
        if isinstance(target, LocalFunction) and _same(target, task) and _is_task(project, target):
            yield given
        elif isinstance(target, External) and target.name == RUN and given.get(None, REMOTE) is None:
            run = given.get(0, "func")
            if isinstance(run, LocalFunction) and _same(run, task):
                yield _handed(given)


def _same(target: LocalFunction, task: LocalFunction) -> bool:
    return (target.module, target.node) == (task.module, task.node)


def _handed(given: Arguments) -> Arguments:
    """What `run(function, args, kwargs)` hands to the function."""
    listed, named = given.get(1, "args") or Items(()), given.get(2, "kwargs") or Table(())
    positional = listed.items if isinstance(listed, Items) else ()
    is_open = not isinstance(listed, Items) or listed.open or not isinstance(named, Table) or named.open
    return Arguments(positional, named.entries if isinstance(named, Table) else (), is_open)


def _is_task(project: Project, function: LocalFunction) -> bool:
    """Whether a function is a task that runs in the function that calls it."""
    owner = project.modules.owner(function.module, function.node)
    decorators = owner.decorators if isinstance(owner, facts.Function) else ()
    made = (project.values.of(decorator, Frame(function.module, MODULE)) for decorator in decorators)
    return any(_makes_task(option) for value in made for option in options(value))


def _makes_task(decorator: Value) -> bool:
    match decorator:
        case External(name=name):
            return name in TASKS
        case Result(function=name, arguments=arguments, path=()):
            return name in TASKS and dict(arguments).get(REMOTE, Constant(None)) == Constant(None)
    return False


def _proven(project: Project, task: LocalFunction, reached: Reached, given: Arguments, name: str) -> Loop | None:
    """The loop by one call, or None where what the call hands over ends it."""
    bound = project.values.frame_of(task, given).arguments
    paths = (*((canonical(("args", each)), value) for each, value in bound), (("args",), UNKNOWN))
    ask = asker(project, reached, None, Caused(paths), spelling)
    again = ask.again(reached)
    if again is NO:
        return None
    guards = ask.guards(reached)
    handler = Handler(task.module, task)
    hops = [Note(Place(hop.frame.module, hop.site.call.node), f"`{hop.callee}` is called") for hop in reached.hops]
    at = Place(reached.frame.module, reached.site.call.node)
    return Loop(
        at=at,
        call="zappa.asynchronous.task",
        function=name,
        verdict=verdict_of(YES, again, guards, False),
        through="",
        grounds="A task of Zappa runs in a new invocation of the same function.",
        guard=guard_text(guards, handler) or "No condition stands between the task and its next invocation.",
        stopped=True,
        steps=(
            Note(Place(task.module, task.node), f"the task `{name}` runs"),
            *hops,
            Note(at, "the call that starts the task again"),
        ),
        tests=tests_of(guards),
        handler=handler,
    )
