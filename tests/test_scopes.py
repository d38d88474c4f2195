"""Which definitions reach a use, and which conditions hold at a call, against programs that are run."""

from __future__ import annotations

from hypothesis import given, settings
from programs import Run, Writer, statements
from sources import scope

from reviewer.code import facts
from reviewer.code.scopes import CallSite, Definition, Scope

RUNS = 20


def number_of(definition: Definition) -> int:
    """The number that a program's definition tags its value with; 0 for one without a value."""
    value = definition.value
    if isinstance(value, facts.Display):
        assert isinstance(definition.path[0], int)
        value = value.items[definition.path[0]]
    return number_in(value) if isinstance(value, facts.Call) else 0


def number_in(call: facts.Call) -> int:
    first = call.arguments[0].value
    assert isinstance(first, facts.Literal) and isinstance(first.value, int)
    return first.value


def uses(found: Scope) -> dict[int, CallSite]:
    """The calls of `use` in a program, by number."""
    sites = [site for site in found.calls if getattr(site.call.function, "id", "") == "use"]
    return {number_in(site.call): site for site in sites}


@settings(max_examples=200)
@given(statements)
def test_what_a_use_sees_reaches_it_and_its_conditions_hold(body: list[tuple[str, ...]]) -> None:
    text = Writer().program(body)
    found = scope(text, "program")
    sites = uses(found)
    reaching = {
        number: {number_of(each) for each in found.uses.get(site.call.arguments[1].value.node, ())}
        for number, site in sites.items()
    }
    conditions = {
        number: {number_in(each.test): each.holds for each in site.conditions if isinstance(each.test, facts.Call)}
        for number, site in sites.items()
    }
    code = compile(text, "program", "exec")
    for seed in range(RUNS):
        run = Run(code, seed)
        for number, seen in run.seen.items():
            assert seen <= reaching[number]
        for number, outcomes in run.held.items():
            assert all(outcome.items() >= conditions[number].items() for outcome in outcomes)
