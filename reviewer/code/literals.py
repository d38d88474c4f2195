"""The string literals of a module, each with what it is bound to or handed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.code import facts
from reviewer.code.facts import Expression, Module
from reviewer.code.visits import children


@dataclass(frozen=True, slots=True)
class LiteralUse:
    """A literal of text or ASCII bytes. `name` is what binds it: a variable, attribute, dict key, keyword or parameter.

    `call` is the call that it is an argument of, and `argument` its keyword or position there.
    """

    node: int
    text: str
    name: str = ""
    call: facts.Call | None = None
    argument: str | int = ""


def literals(module: Module) -> Iterator[LiteralUse]:
    """All string literals but docstrings, in the order of the source."""
    pending: list[facts.Statement] = list(reversed(module.body))
    while pending:
        statement = pending.pop()
        yield from _of_statement(statement)
        pending += [inner for block in reversed(facts.blocks(statement)) for inner in reversed(block)]


def _of_statement(statement: facts.Statement) -> Iterator[LiteralUse]:
    match statement:
        case facts.Evaluate(value=facts.Literal()):
            return  # a docstring
        case facts.Assign(targets=targets, value=value) if value is not None:
            yield from _inside(value, _bound(targets[0]) if targets else "")
        case facts.Augment(target=target, value=value):
            yield from _inside(value, _bound(target))
        case facts.Function(parameters=parameters, decorators=decorators):
            for parameter in parameters:
                if parameter.default is not None:
                    yield from _inside(parameter.default, parameter.name)
            for decorator in decorators:
                yield from _inside(decorator, "")
        case _:
            for expression in _expressions(statement):
                yield from _inside(expression, "")


def _expressions(statement: facts.Statement) -> tuple[Expression, ...]:
    match statement:
        case facts.Evaluate(value=value) | facts.Return(value=value) | facts.Raise(value=value):
            return () if value is None else (value,)
        case facts.If(arms=arms):
            return tuple(test for test, _ in arms)
        case facts.While(test=test) | facts.Assert(test=test):
            return (test,)
        case facts.For(iterable=iterable):
            return (iterable,)
        case facts.With(items=items):
            return tuple(item for item, _ in items)
        case facts.Match(subject=subject, cases=cases):
            return (subject, *(case.guard for case in cases if case.guard is not None))
        case facts.Class(bases=bases, decorators=decorators):
            return (*bases, *decorators)
    return ()


def _inside(expression: Expression, name: str) -> Iterator[LiteralUse]:
    """The literals of an expression whose value is bound to `name`."""
    pending: list[tuple[Expression, str, facts.Call | None, str | int]] = [(expression, name, None, "")]
    while pending:
        current, bound, call, argument = pending.pop()
        inner: list[tuple[Expression, str, facts.Call | None, str | int]] = []
        match current:
            case facts.Literal(value=str(text)):
                if text:
                    yield LiteralUse(current.node, text, bound, call, argument)
            case facts.Literal(value=bytes(raw)) if raw.isascii() and raw:
                yield LiteralUse(current.node, raw.decode(), bound, call, argument)
            case facts.Dictionary(entries=entries):
                inner = [(value, _key(key) or bound, None, "") for key, value in entries]
            case facts.Call(function=function, arguments=arguments):
                inner = [(function, "", None, "")]
                for index, given in enumerate(arguments):
                    place = given.name if given.name not in {"", "*", "**"} else index
                    inner.append((given.value, _argument_name(current, given, index, bound), current, place))
            case facts.Boolean(left=left, right=right):
                inner = [(left, bound, None, ""), (right, bound, None, "")]
            case facts.Conditional(test=test, body=body, orelse=orelse):
                inner = [(test, "", None, ""), (body, bound, None, ""), (orelse, bound, None, "")]
            case facts.Compare(left=left, comparisons=comparisons):
                inner = [(left, "", None, ""), *((right, _bound(left), None, "") for _, right in comparisons)]
            case facts.Display(items=items):
                place = "" if argument == "" else f"{argument}[{{}}]"
                inner = [(item, bound, call, place.format(index)) for index, item in enumerate(items)]
            case facts.Walrus(target=target, value=value):
                inner = [(value, _bound(target), None, "")]
            case _:
                inner = [(child, "", None, "") for child in children(current)]
        pending += reversed(inner)


def _argument_name(call: facts.Call, given: facts.Argument, index: int, bound: str) -> str:
    """What an argument is bound to: its keyword, the name that it is a default for, the name behind a conversion."""
    if given.name not in {"", "*", "**"}:
        return given.name
    function = call.function
    method = function.name if isinstance(function, facts.Attribute) else ""
    if method in {"get", "getenv", "setdefault", "pop"} and index == 1:
        return bound or _key(call.arguments[0].value)
    if isinstance(function, facts.Name) and function.id in {"str", "bytes", "SecretStr"}:
        return bound
    return ""


def _bound(target: Expression) -> str:
    if isinstance(target, facts.Name):
        return target.id
    if isinstance(target, facts.Attribute):
        return target.name
    if isinstance(target, facts.Subscript):
        return _key(target.index)
    return ""


def _key(expression: Expression | None) -> str:
    return expression.value if isinstance(expression, facts.Literal) and isinstance(expression.value, str) else ""
