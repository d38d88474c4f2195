"""Conditions under which a collection is filled are conditions of going through it, against programs that are run."""

from __future__ import annotations

from itertools import product
from textwrap import indent

import pytest
from sources import scope

from reviewer.code import facts
from reviewer.code.scopes import Condition

EXACT = {
    "a list": "found = []\nif a:\n    found.append(1)\nfor x in found:\n    use()",
    "a list in a loop": "found = []\nfor r in [1, 2]:\n    if a:\n        found.append(r)\nfor x in found:\n    use()",
    "an early continue": (
        "found = []\nfor r in [1, 2]:\n    if not a:\n        continue\n    found.append(r)\nfor x in found:\n    use()"
    ),
    "a set": "found = set()\nif a:\n    found.add(1)\nfor x in sorted(found):\n    use()",
    "a dict": "found = {}\nif a:\n    found[1] = 2\nfor x, y in found.items():\n    use()",
    "a counter": "found = Counter()\nif a:\n    found.update({1: 2})\nfor x, y in found.most_common():\n    use()",
    "lists by key": "found = defaultdict(list)\nif a:\n    found[1] = 2\nfor x in list(found.values()):\n    use()",
    "either of two": "found = []\nif a:\n    found.append(1)\nelif b:\n    found += [2]\nfor x in found:\n    use()",
    "both of two": "found = []\nif a:\n    if b:\n        found.append(1)\nfor x in enumerate(found):\n    use()",
    "neither": "found = []\nif a or b:\n    pass\nelse:\n    found.append(1)\nfor x in found:\n    use()",
    "where it is known already": "found = []\nif b:\n    if a:\n        found.append(1)\n    for x in found:\n        use()",
    "a comprehension": "for x in [r for r in [1, 2] if a]:\n    use()",
    "a named comprehension": "found = [r for r in [1, 2] if a if b]\nfor x in found:\n    use()",
    "a comprehension of it": "found = []\nif a:\n    found.append(1)\n[use() for x in found]",
    "no condition": "found = []\nfound.append(1)\nif a:\n    found.append(2)\nfor x in found:\n    use()",
    "not empty from the start": "found = [0]\nif a:\n    found.append(1)\nfor x in found:\n    use()",
    "filled by another": "found = []\nfill(found)\nif a:\n    found.append(1)\nfor x in found:\n    use()",
    "named anew": "found = []\nif a:\n    found.append(1)\nfound = [1]\nfor x in found:\n    use()",
    "given": "if a:\n    given.append(1)\nfor x in given:\n    use()",
}
"""Programs that call `use` exactly where their conditions hold. `fill` puts something into a list."""
NARROWED = {
    "emptied": "found = []\nif a:\n    found.append(1)\nif b:\n    found.clear()\nfor x in found:\n    use()",
    "taken from": "found = []\nif a:\n    found.append(1)\nif b and found:\n    found.pop()\nfor x in found:\n    use()",
}
"""Programs that may not call it although their conditions hold."""

HEAD = "from collections import Counter, defaultdict\n\n"


def holds(test: facts.Expression, flags: dict[str, bool]) -> bool:
    match test:
        case facts.Name(id=name):
            return flags[name]
        case facts.Unary(operator="not", operand=operand):
            return not holds(operand, flags)
        case facts.Boolean(operator="and", left=left, right=right):
            return holds(left, flags) and holds(right, flags)
        case facts.Boolean(left=left, right=right):
            return holds(left, flags) or holds(right, flags)
    raise AssertionError(test)


def conditions(body: str) -> tuple[Condition, ...]:
    text = f"{HEAD}def program(a, b, given, fill, use):\n{indent(body, '    ')}\n"
    (site,) = (s for s in scope(text, "program").calls if getattr(s.call.function, "id", "") == "use")
    return site.conditions


def uses(body: str, flags: dict[str, bool]) -> bool:
    calls: list[int] = []
    space: dict[str, object] = {
        **flags,
        "given": [0],
        "fill": lambda found: found.append(0),
        "use": lambda: calls.append(1),
    }
    exec(HEAD + body, space)
    return bool(calls)


FLAGS = [dict(zip("ab", values, strict=True)) for values in product((True, False), repeat=2)]


@pytest.mark.parametrize("name", EXACT)
def test_a_round_runs_where_something_was_put_in(name: str) -> None:
    known = conditions(EXACT[name])
    for flags in FLAGS:
        assert uses(EXACT[name], flags) == all(holds(c.test, flags) == c.holds for c in known), flags


@pytest.mark.parametrize("name", NARROWED)
def test_what_is_taken_out_fills_nothing(name: str) -> None:
    known = conditions(NARROWED[name])
    assert known
    for flags in FLAGS:
        assert uses(NARROWED[name], flags) <= all(holds(c.test, flags) == c.holds for c in known), flags


def test_many_ways_are_no_condition() -> None:
    ways = "".join(f"if {'a' if i % 2 else 'b'}:\n    found.append({i})\n" for i in range(50))
    assert conditions(f"found = []\n{ways}for x in found:\n    use()") == ()
