"""Names, exactly: which assignments reach a use, and which conditions hold at a call.

`test_scopes` says the same of random programs.
"""

from __future__ import annotations

import pytest
from probing import followed, indented

from reviewer.code import facts
from reviewer.code.flow import Reached
from reviewer.value import UNKNOWN, Constant, Value, options


def uses(body: str) -> dict[int, tuple[Reached, Value]]:
    """The uses that the analysis finds: by number, the call with its conditions, and what it is given."""
    found: dict[int, tuple[Reached, Value]] = {}
    for call, arguments in followed(f"from probe import use\n\ndef handler(event, context):\n{indented(body)}"):
        if [callee.name for callee in call.callees] == ["probe.use"]:
            number = arguments["0"]
            assert isinstance(number, Constant) and isinstance(number.value, int)
            found[number.value] = (call, arguments.get("1", UNKNOWN))
    return found


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
