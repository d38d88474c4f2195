"""Which definitions reach a use, and which conditions hold at a call, against programs that are run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, reject, settings
from programs import Chance, Run, Script, Writer, branching, statements
from sources import owner, project

from reviewer.code import facts
from reviewer.code.scopes import Definition
from reviewer.value import Constant, Frame, Result, Value, options

RUNS = 20
MOST_WAYS = 200


# --- random programs ----------------------------------------------------------------------------------------------


class Program:
    """What the reviewer says of a random program."""

    def __init__(self, body: list[Any]) -> None:
        text = Writer().program(body)
        self.code = compile(text, "program", "exec")
        values = project(f"from probe import choice, context, items, tag\n{text}")
        modules, node = values.modules, owner(values, "program")
        found = modules.scope("app.py", node)
        sites = {number_in(site.call): site for site in found.calls if named(site.call) == "use"}
        self.reaching = {
            number: {
                *(number_of(each) for each in found.uses.get(name.node, ())),
                *(number_of(each) for _, each in modules.assigned_inside("app.py", node, name.id)),
            }
            for number, site in sites.items()
            for name in [site.call.arguments[1].value]
            if isinstance(name, facts.Name)
        }
        frame = Frame("app.py", node)
        self.values = {
            number: {tagged(each) for each in options(values.of(site.call.arguments[1].value, frame))}
            for number, site in sites.items()
        }
        self.conditions = {
            number: dict(told for each in site.conditions for told in certain(each.test, each.holds))
            for number, site in sites.items()
        }


def certain(test: facts.Expression, holds: bool) -> Iterator[tuple[int, bool]]:
    """The flags that are decided where a test holds, or fails, with their outcomes."""
    match test:
        case facts.Unary(operator="not", operand=operand):
            yield from certain(operand, not holds)
        case facts.Boolean(operator=operator, left=left, right=right) if holds == (operator == "and"):
            yield from certain(left, holds)
            yield from certain(right, holds)
        case facts.Call():
            yield number_in(test), holds


def named(call: facts.Call) -> str:
    return call.function.id if isinstance(call.function, facts.Name) else ""


def number_of(definition: Definition) -> int:
    """The number that a program's definition tags its value with; 0 for one without a value."""
    value = definition.value
    if isinstance(value, facts.Display):
        assert isinstance(definition.path[0], int)
        value = value.items[definition.path[0]]
    return number_in(value) if isinstance(value, facts.Call) and value.arguments else 0


def tagged(value: Value) -> int | None:
    """The number that a value is tagged with; None where it may be any."""
    if not isinstance(value, Result):
        return None
    number = dict(value.arguments).get("0", Constant(0))
    return number.value if isinstance(number, Constant) and isinstance(number.value, int) else None


def number_in(call: facts.Call) -> int:
    first = call.arguments[0].value
    assert isinstance(first, facts.Literal) and isinstance(first.value, int)
    return first.value


@settings(max_examples=150)
@given(statements)
def test_what_a_use_sees_reaches_it_and_its_conditions_hold(body: list[Any]) -> None:
    program = Program(body)
    for seed in range(RUNS):
        run = Run(program.code, Chance(seed))
        for number, seen in run.seen.items():
            assert seen <= program.reaching[number]
            assert None in program.values[number] or seen <= program.values[number]
        for number, outcomes in run.held.items():
            assert all(outcome.items() >= program.conditions[number].items() for outcome in outcomes)


@settings(max_examples=100)
@given(branching)
def test_of_branches_nothing_reaches_a_use_but_what_it_sees(body: list[Any]) -> None:
    program, script = Program(body), Script()
    seen: dict[int, set[int]] = {}
    for _ in range(MOST_WAYS):
        for number, numbers in Run(program.code, script).seen.items():
            seen.setdefault(number, set()).update(numbers)
        if not script.next():
            break
    else:
        reject()
    assert {number: program.reaching[number] for number in seen} == seen
