"""Names against the interpreter: programs are made up and run, and what happens must be among what is foretold.

A program is a handler over a few names and flags. Each `use(number, name)` of it notes which value reached it; its
flags never change, so that the conditions of a call can be compared with the flags under which it was run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from probing import followed, indented

from reviewer.code import facts
from reviewer.code.flow import Reached
from reviewer.value import UNKNOWN, Constant, Value, options

NAMES = ("a", "b")
FLAGS = ("p", "q", "r")
TESTS = ("p", "q", "r", "not p", "p and q", "q or r", "not (p or r)", "cond()", "p and cond()", "cond() or q")
MOST_STEPS = 60

Lines = list[str]


@st.composite
def blocks(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    """Some statements. `numbers` gives each use and each assignment a number of its own."""
    made: Lines = []
    for _ in range(draw(st.integers(1, 3))):
        kinds = SIMPLE if depth >= 3 else (*SIMPLE, *COMPOUND)
        kind = draw(st.sampled_from(kinds))
        if kind == "jump":
            made.append(draw(st.sampled_from(("break", "continue", "return") if in_loop else ("return", "raise E()"))))
        elif kind in SIMPLE:
            made.append(simple(kind, draw(st.sampled_from(NAMES)), draw(st.sampled_from(TESTS)), numbers))
        else:
            made += draw(COMPOUND[kind](numbers, depth + 1, in_loop))
    return made


SIMPLE = ("set", "set", "use", "use", "use where", "use if", "walrus", "tuple", "risk", "jump", "assert", "delete")


def simple(kind: str, name: str, test: str, numbers: Iterator[int]) -> str:
    """A statement without blocks."""
    number = next(numbers)
    return {
        "set": f"{name} = {number}",
        "use": f"use({number}, {name})",
        "use where": f"{test} and use({number}, {name})",
        "use if": f"use({number}, {name}) if {test} else risk()",
        "walrus": f"use({number}, ({name} := {next(numbers)}))",
        "tuple": f"a, b = {number}, {next(numbers)}",
        "risk": "risk()",
        "assert": f"assert {test}",
        "delete": f"del {name}; {name} = {number}",
    }[kind]


def deeper(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]


@st.composite
def ifs(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    made = [f"if {draw(st.sampled_from(TESTS))}:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    for _ in range(draw(st.integers(0, 2))):
        made += [f"elif {draw(st.sampled_from(TESTS))}:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    if draw(st.booleans()):
        made += ["else:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    return made


@st.composite
def loops(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    heads = (f"while {draw(st.sampled_from(TESTS))}:", "while True:", "for _ in turns():")
    over = f"for {draw(st.sampled_from(NAMES))} in [{next(numbers)}, {next(numbers)}]:"
    made = [draw(st.sampled_from((*heads, over))), "    step()", *deeper(draw(blocks(numbers, depth, True)))]
    if draw(st.booleans()):
        made += ["else:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    return made


@st.composite
def tries(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    made = ["try:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    form = draw(st.sampled_from(("except", "except else", "finally", "except finally", "except else finally")))
    if "except" in form:
        for kind in draw(st.sampled_from((("E",), ("Exception",), ("ValueError", "E")))):
            made += [f"except {kind}:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    if "else" in form:
        made += ["else:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    if "finally" in form:
        made += ["finally:", *deeper(draw(blocks(numbers, depth, in_loop)))]
    return made


@st.composite
def withs(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    return ["with manager():", *deeper(draw(blocks(numbers, depth, in_loop)))]


@st.composite
def matches(draw: st.DrawFn, numbers: Iterator[int], depth: int, in_loop: bool) -> Lines:
    made = ["match turn():"]
    for case in ("0", "1 | 2", draw(st.sampled_from(("_", "3")))):
        made += [f"    case {case}:", *deeper(deeper(draw(blocks(numbers, depth, in_loop))))]
    return made


COMPOUND: dict[str, Callable[..., st.SearchStrategy[Lines]]] = {
    "if": ifs,
    "loop": loops,
    "try": tries,
    "with": withs,
    "match": matches,
}


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The body of a handler: all names are set first."""
    numbers = count(1)
    start = [f"{name} = {next(numbers)}" for name in NAMES]
    end = [f"use({next(numbers)}, {name})" for name in NAMES]
    return "\n".join([*start, *draw(blocks(numbers, 0, False)), *draw(blocks(numbers, 0, False)), *end])


# --- running ------------------------------------------------------------------------------------------------------


class Stop(BaseException):
    """The program has run for long enough."""


class E(Exception):  # noqa: N818 - its name stands in many programs
    """What `risk()` raises."""


class Manager:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def run(program: str, flags: tuple[bool, ...], seed: int) -> set[tuple[int, int]]:
    """The (number, value) pairs of the uses that a run comes to."""
    random = Random(seed)
    seen: set[tuple[int, int]] = set()
    left = MOST_STEPS

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stop

    def use(number: int, value: int) -> None:
        if left >= 0:
            seen.add((number, value))

    def risk() -> None:
        if random.random() < 0.4:
            raise random.choice((E, ValueError))

    runtime: dict[str, object] = {
        "cond": lambda: random.random() < 0.5,
        "turns": lambda: range(random.randrange(3)),
        "turn": lambda: random.randrange(4),
        "manager": Manager,
        "E": E,
        "step": step,
        "use": use,
        "risk": risk,
        **dict(zip(FLAGS, flags, strict=True)),
    }
    exec(f"def handler():\n{indented(program)}", runtime)
    with suppress(Stop, E, ValueError, AssertionError):
        runtime["handler"]()  # type: ignore[operator]
    return seen


def holds(test: facts.Expression, flags: dict[str, bool]) -> bool | None:
    """Whether a test is true under some flags; None where it takes more to know."""
    if isinstance(test, facts.Name):
        return flags.get(test.id)
    if isinstance(test, facts.Unary):
        inner = holds(test.operand, flags)
        return None if inner is None else not inner
    if isinstance(test, facts.Boolean):
        sides = [holds(side, flags) for side in (test.left, test.right)]
        decided = test.operator == "or"
        return decided if decided in sides else None if None in sides else not decided
    return None


def uses(body: str) -> dict[int, tuple[Reached, Value]]:
    """The uses that the analysis finds: by number, the call with its conditions, and what it is given."""
    found: dict[int, tuple[Reached, Value]] = {}
    for call, arguments in followed(f"from probe import use\n\ndef handler(event, context):\n{indented(body)}"):
        if [callee.name for callee in call.callees] == ["probe.use"]:
            number = arguments["0"]
            assert isinstance(number, Constant) and isinstance(number.value, int)
            found[number.value] = (call, arguments.get("1", UNKNOWN))
    return found


SEEDS = range(6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
def test_what_reaches_a_use_is_among_what_is_foretold(program: str) -> None:
    foretold = {number: set(options(value)) for number, (_, value) in uses(program).items()}
    for flags, seed in product(product((True, False), repeat=len(FLAGS)), SEEDS):
        for number, value in run(program, flags, seed):
            assert foretold[number] & {Constant(value), UNKNOWN}, f"use {number} got {value}"


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
def test_the_conditions_of_a_call_hold_whenever_it_runs(program: str) -> None:
    found = uses(program)
    for flags in product((True, False), repeat=len(FLAGS)):
        known = dict(zip(FLAGS, flags, strict=True))
        for number in {number for seed in SEEDS for number, _ in run(program, flags, seed)}:
            for condition, _ in found[number][0].conditions:
                assert holds(condition.test, known) in {condition.holds, None}, f"use {number}"


def test_the_programs_come_to_their_uses() -> None:
    """The interpreter and the analysis are compared about something."""
    program = "a = 1\nif p:\n    a = 2\nfor b in [3, 4]:\n    step()\n    use(5, b)\nuse(6, a)"
    assert run(program, (True, False, False), 0) == {(5, 3), (5, 4), (6, 2)}
    assert run(program, (False, False, False), 0) == {(5, 3), (5, 4), (6, 1)}
    assert {number: set(options(value)) for number, (_, value) in uses(program).items()} == {
        5: {Constant(3), Constant(4)},
        6: {Constant(1), Constant(2)},
    }


# --- exactly ------------------------------------------------------------------------------------------------------

REACHING: dict[str, tuple[str, set[object]]] = {
    "the last": ("a = 1\na = 2\nuse(0, a)", {2}),
    "both arms": ("if p:\n    a = 1\nelse:\n    a = 2\nuse(0, a)", {1, 2}),
    "an arm that leaves": ("a = 1\nif p:\n    a = 2\n    return\nuse(0, a)", {1}),
    "an arm that raises": ("if p:\n    a = 1\nelse:\n    raise E()\nuse(0, a)", {1}),
    "an arm that exits": ("import sys\na = 1\nif p:\n    a = 2\n    sys.exit(1)\nuse(0, a)", {1}),
    "elif": ("if p:\n    a = 1\nelif q:\n    a = 2\nelse:\n    a = 3\nuse(0, a)", {1, 2, 3}),
    "a loop's own end": ("a = 1\nwhile p:\n    use(0, a)\n    a = 2", {1, 2}),
    "continue": ("a = 1\nwhile p:\n    use(0, a)\n    a = 2\n    if q:\n        a = 3\n        continue", {1, 2, 3}),
    "break": ("a = 1\nwhile p:\n    a = 2\n    if q:\n        a = 3\n        break\nuse(0, a)", {1, 2, 3}),
    "an endless loop": ("a = 1\nwhile True:\n    a = 2\n    if q:\n        break\nuse(0, a)", {2}),
    "the else of a loop": ("a = 1\nfor _ in p:\n    a = 2\n    break\nelse:\n    a = 3\nuse(0, a)", {2, 3}),
    "finally, from anywhere": ("a = 1\ntry:\n    a = 2\n    a = 3\nfinally:\n    use(0, a)", {1, 2, 3}),
    "a handler": ("a = 1\ntry:\n    a = 2\n    a = 3\nexcept E:\n    use(0, a)", {1, 2, 3}),
    "after a handler": ("a = 1\ntry:\n    a = 2\nexcept E:\n    a = 3\nuse(0, a)", {2, 3}),
    "after a handler that leaves": ("a = 1\ntry:\n    a = 2\nexcept E:\n    return\nuse(0, a)", {2}),
    "the else of a try": ("try:\n    a = 1\nexcept E:\n    a = 2\nelse:\n    use(0, a)", {1}),
    "finally": ("a = 1\ntry:\n    a = 2\nfinally:\n    a = 3\nuse(0, a)", {3}),
    "with": ("a = 1\nwith p:\n    a = 2\nuse(0, a)", {2}),
    "comprehension": ("a = 1\n[a for a in (2, 3)]\nuse(0, a)", {1}),
    "inside a comprehension": ("a = 1\n[use(0, a) for a in (2, 3)]", {2, 3}),
    "walrus": ("a = 1\nif (a := 2):\n    pass\nuse(0, a)", {2}),
    "another function's": ("a = 1\ndef f():\n    a = 2\nuse(0, a)", {1}),
    "several targets": ("a = b = 1\nb = 2\nuse(0, a)", {1}),
    "swapped": ("a, b = 1, 2\nb, a = 3, 4\nuse(0, a)", {4}),
}


@pytest.mark.parametrize("name", REACHING)
def test_exactly_these_reach_the_use(name: str) -> None:
    body, expected = REACHING[name]
    assert set(options(uses(body)[0][1])) == {Constant(each) for each in expected}  # type: ignore[arg-type]


CONDITIONS: dict[str, tuple[str, list[str]]] = {
    "none": ("use(0)", []),
    "if": ("if p:\n    use(0)", ["p"]),
    "else": ("if p:\n    pass\nelse:\n    use(0)", ["not p"]),
    "nested": ("if p:\n    if q:\n        use(0)", ["p", "q"]),
    "elif": ("if p:\n    pass\nelif q:\n    use(0)", ["not p", "q"]),
    "last else": ("if p:\n    pass\nelif q:\n    pass\nelse:\n    use(0)", ["not p", "not q"]),
    "after if": ("if p:\n    print()\nuse(0)", []),
    "early return": ("if p:\n    return\nuse(0)", ["not p"]),
    "early raise": ("if p:\n    raise E()\nuse(0)", ["not p"]),
    "early exit": ("import sys\nif p:\n    sys.exit()\nuse(0)", ["not p"]),
    "early continue": ("for _ in x:\n    if p:\n        continue\n    use(0)", ["not p"]),
    "early break": ("for _ in x:\n    if p:\n        break\n    use(0)", ["not p"]),
    "after a loop with continue": ("for _ in x:\n    if p:\n        continue\nuse(0)", []),
    "two early returns": ("if p:\n    return\nif q:\n    return\nuse(0)", ["not p", "not q"]),
    "chain of early returns": ("if p:\n    return\nelif q:\n    return\nuse(0)", ["not p", "not q"]),
    "else leaves": ("if p:\n    print()\nelse:\n    return\nuse(0)", ["p"]),
    "return inside of try": ("try:\n    if p:\n        return\n    use(0)\nexcept E:\n    pass", ["not p"]),
    "early return in with": ("with x:\n    if p:\n        return\n    use(0)", ["not p"]),
    "while": ("while p:\n    use(0)", ["p"]),
    "endless": ("while True:\n    use(0)", []),
    "for": ("for p in x:\n    use(0)", []),
    "and": ("p and use(0)", ["p"]),
    "or": ("p or use(0)", ["not p"]),
    "and, and": ("p and q and use(0)", ["p and q"]),
    "in the test": ("if p and use(0):\n    pass", ["p"]),
    "conditional": ("use(0) if p else None", ["p"]),
    "conditional, else": ("None if p else use(0)", ["not p"]),
    "assert": ("assert p\nuse(0)", ["p"]),
    "assert elsewhere": ("if q:\n    assert p\nuse(0)", []),
    "comprehension": ("[use(0) for _ in x if p if q]", ["p", "q"]),
    "comprehension's test": ("[_ for _ in x if p and use(0)]", ["p"]),
    "after a comprehension": ("[_ for _ in x if p]\nuse(0)", []),
    "guard of a case": ("match x:\n    case _ if p:\n        use(0)", ["p"]),
    "lambda": ("if p:\n    f = lambda: use(0)\n    f()", ["p"]),
    "helper": ("def f():\n    if q:\n        use(0)\nif p:\n    f()", ["p", "q"]),
    "helper that returns early": ("def f():\n    if p:\n        return\n    use(0)\nf()", ["not p"]),
    "a helper's return": ("def f():\n    if p:\n        return\nf()\nuse(0)", []),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_conditions_of_a_call_are_known(name: str) -> None:
    body, expected = CONDITIONS[name]
    found = uses(body)[0][0].conditions
    assert [f"{'' if each.holds else 'not '}{spelled(each.test)}" for each, _ in found] == expected


def spelled(test: facts.Expression) -> str:
    """A test of names as it is written."""
    if isinstance(test, facts.Boolean):
        return f"{spelled(test.left)} {test.operator} {spelled(test.right)}"
    assert isinstance(test, facts.Name)
    return test.id
