"""What rules look at: views on the joined project, with the questions that rules ask as properties.

A rule is registered for one of these types by its parameter's annotation; `subjects` enumerates them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from reviewer.aws.calls import knowledge
from reviewer.aws.runtimes import deprecated
from reviewer.code import facts
from reviewer.code.flow import Callee, Reached, callee
from reviewer.code.library import Arguments, is_environment
from reviewer.code.literals import LiteralUse, literals
from reviewer.code.scopes import CallSite, Condition
from reviewer.credentials import (
    Secret,
    find,
    handed,
    is_placeholder,
    named,
    secret_arguments,
    template_parameter_is_secret,
)
from reviewer.deploy.model import Function, Setting
from reviewer.finding import Location
from reviewer.project import Handler, Project, is_called_handler
from reviewer.rule import Place
from reviewer.value import (
    MODULE,
    UNKNOWN,
    AwsResult,
    Constant,
    ContextPath,
    EventPath,
    Frame,
    LocalFunction,
    Result,
    Session,
    Unknown,
    Value,
    contains,
    one_of,
    options,
    string,
)

LOOPBACK = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\]|localstack)(?=[:/]|$)")

FROM_OUTSIDE = (EventPath, ContextPath, AwsResult, Unknown)
"""Values that can differ from one invocation to the next."""


@dataclass(frozen=True, slots=True)
class Context:
    """One way to reach a call: in which activation, from which handler (None: from no handler that is known)."""

    frame: Frame
    handler: Handler | None = None
    reached: Reached | None = None

    @property
    def at_import(self) -> bool:
        return self.frame.owner == MODULE if self.reached is None else self.reached.at_import


@dataclass(frozen=True)
class Call:
    """A call in the code, with all the ways in which handlers reach it."""

    project: Project
    module: str
    owner: int
    site: CallSite

    @property
    def at(self) -> Place:
        return Place(self.module, self.site.call.node)

    @cached_property
    def contexts(self) -> tuple[Context, ...]:
        """The ways to reach the call; where no handler does, one with nothing known of parameters."""
        found = self.project.reached.get((self.module, self.site.call.node), ())
        made = tuple(Context(reached.frame, handler, reached) for handler, reached in found)
        return made or (Context(Frame(self.module, self.owner)),)

    @cached_property
    def callees(self) -> tuple[Callee, ...]:
        """What it can call, over all contexts."""
        found: dict[Callee, None] = {}
        for context in self.contexts:
            found.update(dict.fromkeys(self._callees(context)))
        return tuple(found)

    def _callees(self, context: Context) -> tuple[Callee, ...]:
        if context.reached is not None:
            return context.reached.callees
        return callee(self.project.values, self.site.call, context.frame)

    @cached_property
    def name(self) -> str:
        """The qualified name of what is called (`requests.get`, `s3.put_object`), where it is the same everywhere."""
        names = {each.name for context in self.contexts for each in self._callees(context) if each.name}
        return names.pop() if len(names) == 1 else ""

    def given(self, context: Context) -> Arguments:
        """The arguments in one context."""
        return self.project.values.arguments(self.site.call, context.frame)

    def argument(self, position: int | None, name: str) -> Value | None:
        """An argument over all contexts; None where the call does not give it, UNKNOWN where a star may."""
        found = []
        for context in self.contexts:
            given = self.given(context)
            value = given.get(position, name)
            found.append(value if value is not None else UNKNOWN if given.open else None)
        return None if all(value is None for value in found) else one_of([v for v in found if v is not None])

    # --- questions

    @property
    def on_every_invocation(self) -> bool:
        """Whether a handler reaches the call after the module was imported."""
        return any(context.handler is not None and not context.at_import for context in self.contexts)

    @property
    def waits_for_ever(self) -> bool:
        """Whether it waits for a peer without a bound."""
        known = knowledge()
        if self.name in known.timeout:
            timeout = self.argument(known.timeout[self.name], "timeout")
            return (timeout is None or timeout == Constant(None)) and not self._bounded_elsewhere
        if self.name in known.unbounded:
            return self.argument(known.unbounded[self.name], "timeout") == Constant(None)
        return False

    @property
    def _bounded_elsewhere(self) -> bool:
        """Whether the pool, the session or the process carries a timeout."""
        for each in self.callees:
            made_with = dict(each.receiver.arguments) if isinstance(each.receiver, Result) else {}
            if "timeout" in made_with or any(contains(value, (Unknown,)) for value in made_with.values()):
                return True
        return self.project.bounds_connections(self.module)

    @property
    def waits_for_function(self) -> bool:
        """Whether it invokes a Lambda function, out of a handler, and waits for the answer."""
        if self.name not in {"lambda.invoke", "lambda.invoke_with_response_stream"} or not self.on_every_invocation:
            return False
        kind = self.argument(None, "InvocationType")
        return kind is None or kind == Constant("RequestResponse")

    @property
    def builds(self) -> str:
        """What kind of client it builds that could be kept between invocations ("an SDK client"); "" for none.

        A session that serves for nothing but the client made of it, `Session(…).client(…)`, is part of that.
        """
        made = knowledge().client.get(self.name, "")
        return "" if made == "an SDK session" and self.is_receiver else made

    @property
    def is_receiver(self) -> bool:
        """Whether a method of its result is called on the spot."""
        return self.site.call.node in self.project.receivers(self.module)

    @property
    def differs_by_invocation(self) -> bool:
        """Whether its arguments, or the session that it belongs to, can differ from one invocation to the next."""
        sessions = [each.receiver for each in self.callees if isinstance(each.receiver, Session)]
        given = [value for context in self.contexts for _, value in self.given(context).pairs]
        unknown = any(self.given(context).open for context in self.contexts)
        return unknown or any(contains(value, FROM_OUTSIDE) for value in (*sessions, *given))

    @property
    def is_remembered(self) -> bool:
        """Whether its result is kept for the next invocation: behind a cache, or a test for what is already there."""
        return all(self._remembered_in(context) for context in self.contexts)

    def _remembered_in(self, context: Context) -> bool:
        if context.reached is None:
            return False
        frames = (context.frame, *(hop.frame for hop in context.reached.hops))
        if any(self.project.is_cached(frame) for frame in frames):
            return True
        return any(
            _asks_whether_there(condition.test, condition.holds, frame, self.project)
            for condition, frame in context.reached.conditions
        )


def _asks_whether_there(test: facts.Expression, holds: bool, frame: Frame, project: Project) -> bool:
    """Whether a test that holds, or fails, asks for what outlives the call and is not there yet: `client is None`."""
    asked: facts.Expression | None = None
    match test:
        case facts.Unary(operator="not", operand=operand):
            return _asks_whether_there(operand, not holds, frame, project)
        case facts.Boolean(left=left, right=right):  # there and still fresh
            return any(_asks_whether_there(side, holds, frame, project) for side in (left, right))
        case facts.Compare(left=left, comparisons=[(("is" | "=="), facts.Literal(value=None))]) if holds:
            asked = left
        case facts.Compare(left=left, comparisons=[(("is not" | "!="), facts.Literal(value=None))]) if not holds:
            asked = left
        case facts.Compare(comparisons=[(("in" | "not in") as sign, right)]) if holds == (sign == "not in"):
            asked = right
        case facts.Compare():
            return False
        case _ if not holds:
            asked = test
    if isinstance(asked, facts.Call):
        return isinstance(asked.function, facts.Name) and asked.function.id == "hasattr"
    if isinstance(asked, facts.Name):
        return project.outlives(asked, frame)
    return isinstance(asked, facts.Attribute) and not contains(
        project.values.of(asked, frame), (EventPath, ContextPath)
    )


@dataclass(frozen=True)
class Module:
    """A reviewed module."""

    project: Project
    path: str

    @property
    def fact(self) -> facts.Module:
        found = self.project.modules.module(self.path)
        assert found is not None
        return found

    @cached_property
    def literals(self) -> tuple[LiteralUse, ...]:
        """Its string literals, docstrings left out."""
        return tuple(literals(self.fact))

    def place(self, node: int) -> Place:
        return Place(self.path, node)

    @cached_property
    def secrets(self) -> tuple[SecretLiteral, ...]:
        """The literals that are credentials, by their form, their name or the argument that they are given as."""
        elsewhere = _literal_keys(self.project)
        found = ((use, self._secret(use)) for use in self.literals if use.text not in elsewhere)
        return tuple(SecretLiteral(use.node, use.name, secret.title) for use, secret in found if secret is not None)

    def _secret(self, use: LiteralUse) -> Secret | None:
        by_form = find(use.text) or (named(use.name, use.text) if use.name else None)
        if by_form is not None or use.call is None:
            return by_form
        name = self.callee(use.call)
        if use.argument not in secret_arguments(name):
            return None
        host = next((argument.value for argument in use.call.arguments if argument.name == "host"), None)
        known = host.value if isinstance(host, facts.Literal) and isinstance(host.value, str) else None
        return handed(name, use.argument, use.text, known)

    def callee(self, call: facts.Call) -> str:
        """The qualified name of what a call of this module calls, with nothing known of parameters."""
        names = {each.name for each in callee(self.project.values, call, Frame(self.path, MODULE))}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True, slots=True)
class SecretLiteral:
    """A literal that is a credential: what it is bound to, and what it is in a few words."""

    node: int
    name: str
    title: str


@dataclass(frozen=True)
class AwsCredentials:
    """A place that gives AWS credentials to the SDK: a call, or an assignment to the environment."""

    at: Place
    given_to: str
    values: tuple[Value, ...]
    endpoint: str = ""

    @property
    def spelled(self) -> tuple[str, ...]:
        """Those that are constants."""
        return tuple(text for value in self.values for option in options(value) if (text := string(option)))

    @property
    def are_literal(self) -> bool:
        """Whether one of them is spelled out, but for LocalStack's documented pair at a loopback address."""
        spelled = self.spelled
        if LOOPBACK.match(self.endpoint) and set(spelled) <= {"test"}:
            return False
        return any(not is_placeholder(text) for text in spelled)


@dataclass(frozen=True, slots=True)
class PastRuntime:
    """A function on a deprecated runtime, and since when (as a date) it is."""

    at: Location
    function: str
    runtime: str
    date: str


@dataclass(frozen=True, slots=True)
class SecretParameter:
    """A parameter that takes a secret; with `default`, its default is one."""

    name: str
    at: Location
    default: Setting[Value] | None = None


@dataclass(frozen=True)
class Template:
    """One template, with the functions that it defines."""

    project: Project
    path: str

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Its functions, in the order of the file."""
        own = (function for function in self.project.deployment.functions if function.id.stack == self.path)
        return tuple(sorted(own, key=lambda function: function.at))

    @cached_property
    def secret_variables(self) -> tuple[tuple[str, Setting[Value]], ...]:
        """Environment variables of its functions that hold a secret as text, each setting once."""
        found: dict[Location, tuple[str, Setting[Value]]] = {}
        for function in self.functions:
            for name, setting in function.environment:
                texts = [text for option in options(setting.value) if (text := string(option))]
                if any(find(text) or named(name, text) for text in texts):
                    found.setdefault(setting.at, (name, setting))
        return tuple(found.values())

    @cached_property
    def secret_parameters(self) -> tuple[SecretParameter, ...]:
        """Parameters that take a secret: with one as their default, or shown to everybody."""
        found = []
        for parameter in self.project.deployment.parameters:
            if parameter.id.stack != self.path or parameter.type not in {"String", "CommaDelimitedList"}:
                continue
            default = string(parameter.default.value) if parameter.default else None
            if default and (find(default) or named(parameter.id.name, default)):
                found.append(SecretParameter(parameter.id.name, parameter.at, parameter.default))
            elif not parameter.no_echo and template_parameter_is_secret(parameter.id.name, default):
                found.append(SecretParameter(parameter.id.name, parameter.at))
        return tuple(found)

    @cached_property
    def past_runtimes(self) -> tuple[PastRuntime, ...]:
        """The functions whose runtime is deprecated today, each at its runtime's setting, one entry a setting."""
        found: dict[Location, PastRuntime] = {}
        for function in self.functions:
            runtime = string(function.runtime.value) if function.runtime else None
            since = deprecated(runtime, date.today()) if runtime else None
            if since is not None and runtime is not None and function.runtime is not None:
                past = PastRuntime(function.runtime.at, function.id.name, runtime, since.isoformat())
                found.setdefault(function.runtime.at, past)
        return tuple(found[at] for at in sorted(found))


@dataclass(frozen=True)
class Entry:
    """A local function that the runtime calls: what handlers name, each once."""

    project: Project
    definition: LocalFunction
    deployed: bool

    @property
    def fact(self) -> facts.Function | None:
        found = self.project.modules.owner(self.definition.module, self.definition.node)
        return found if isinstance(found, facts.Function) else None

    @property
    def at(self) -> Place:
        return Place(self.definition.module, self.definition.node)

    @property
    def name(self) -> str:
        return self.fact.name if self.fact else "<lambda>"

    @property
    def kind(self) -> str:
        """ "coroutine" or "generator", where calling it runs nothing yet; "" for a plain function."""
        if self.fact is None or not (self.deployed or is_called_handler(self.name)):
            return ""
        return "coroutine" if self.fact.is_async else "generator" if self.fact.is_generator else ""

    @property
    def is_wrapped(self) -> bool:
        """Whether a decorator stands between the runtime and the function, which may run it."""
        return bool(self.fact and self.fact.decorators)


@dataclass(frozen=True)
class Deployed:
    """All templates together."""

    project: Project


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a suppression, once all other rules have spoken: `policy` makes these."""

    at: Location
    message: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that could not be read."""

    at: Location
    reason: str


def subjects(project: Project, kind: type) -> Iterable[object]:
    """All subjects of a kind, in a stable order."""
    return SUBJECTS[kind](project)


def _calls(project: Project) -> Iterator[Call]:
    for path in project.reviewed:
        module = project.modules.module(path)
        assert module is not None
        for owner in (MODULE, *project.modules.nodes(path)):
            for site in project.modules.scope(path, owner).calls:
                yield Call(project, path, owner, site)


KEY_ARGUMENTS = {"aws_access_key_id": 0, "aws_secret_access_key": 1, "aws_session_token": 2}
KEY_VARIABLES = frozenset(name.upper() for name in KEY_ARGUMENTS)
TAKES_KEYS = {
    **dict.fromkeys(("boto3.client", "boto3.resource", "boto3.Session.client", "boto3.Session.resource"), False),
    **dict.fromkeys(("boto3.Session", "boto3.session.Session", "aioboto3.Session"), True),
}
"""Functions that take credentials; whether also by position."""


def _credentials(project: Project) -> Iterator[AwsCredentials]:
    for call in _calls(project):
        if call.name in TAKES_KEYS:
            positions = KEY_ARGUMENTS if TAKES_KEYS[call.name] else dict.fromkeys(KEY_ARGUMENTS)
            given = [call.argument(position, name) for name, position in positions.items()]
            endpoint = string(call.argument(None, "endpoint_url")) or ""
            yield AwsCredentials(call.at, call.name, tuple(value for value in given if value is not None), endpoint)
    for path in project.reviewed:
        for owner in (MODULE, *project.modules.nodes(path)):
            frame = Frame(path, owner)
            for store in project.modules.scope(path, owner).stores:
                if store.key is None or store.value is None:
                    continue
                name = string(project.values.of(store.key, frame))
                if name in KEY_VARIABLES and is_environment(project.values.of(store.receiver, frame)):
                    value = project.values.of(store.value, frame)
                    yield AwsCredentials(Place(path, store.node), f'os.environ["{name}"]', (value,))


@lru_cache(maxsize=1)
def _literal_keys(project: Project) -> frozenset[str]:
    """The literals that are reported as AWS credentials where they are given to the SDK."""
    return frozenset(text for given in _credentials(project) if given.are_literal for text in given.spelled)


def _entries(project: Project) -> Iterator[Entry]:
    seen: set[LocalFunction] = set()
    for handler in project.handlers:
        # a wrapper such as Mangum(app) or partial(run, …) is not the function itself
        if isinstance(handler.entry, LocalFunction) and handler.entry not in seen:
            seen.add(handler.entry)
            yield Entry(project, handler.entry, handler.function is not None)


def _unread(project: Project) -> Iterator[Unread]:
    _ = project.reviewed
    for at, reason in project.problems.values():
        yield Unread(at, reason)
    for problem in project.deployment.problems:
        yield Unread(problem.at, problem.message)


SUBJECTS: dict[type, Callable[[Project], Iterable[object]]] = {
    Call: _calls,
    Module: lambda project: [Module(project, path) for path in project.reviewed],
    Handler: lambda project: project.handlers,
    Template: lambda project: [Template(project, path) for path in project.deployment.templates],
    Deployed: lambda project: [Deployed(project)],
    Entry: _entries,
    AwsCredentials: _credentials,
    Unread: _unread,
    Remark: lambda _: (),
}
