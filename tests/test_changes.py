"""Names and containers that change in other places than those that bind them, against the interpreter.

Each body is run with an event; whatever it shows must be among what is foretold.
"""

from __future__ import annotations

import os
import textwrap
from typing import Any

import pytest
from sources import entry, project, shown

from reviewer.code import facts
from reviewer.code.flow import reach
from reviewer.value import (
    ITEM,
    UNKNOWN,
    Constant,
    Environment,
    EventPath,
    Items,
    OneOf,
    Result,
    Table,
    Text,
    Transformed,
    Value,
    contains,
)

EVENT = {"a": "A", "b": ["B0", "B1"], "c": {"d": "D"}, "Records": [{"x": "X0"}, {"x": "X1"}]}


def ran(module: str) -> list[Any]:
    """What a run of the module's handler shows."""
    seen: list[Any] = []
    names: dict[str, Any] = {"show": seen.append}
    exec(compile(textwrap.dedent(module), "app.py", "exec"), names)
    names["handler"](EVENT, None)
    return seen


def module(body: str, head: str = "") -> str:
    return f"{textwrap.dedent(head)}\ndef handler(event, context):\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def covers(foretold: Value, actual: object) -> bool:
    """Whether a value is one of those that were foretold."""
    match foretold:
        case Constant(value=value):
            return type(value) is type(actual) and value == actual
        case OneOf(options=options):
            return any(covers(option, actual) for option in options)
        case Items(items=items, open=False):
            return isinstance(actual, (list, tuple, set)) and _all_cover(items, list(actual))
        case Items(items=items):
            several = isinstance(actual, (list, tuple, set))
            return several and all(any(covers(item, each) for item in items) for each in actual)  # type: ignore[attr-defined]
        case Table(entries=entries, open=is_open):
            same = isinstance(actual, dict) and (is_open or {key for key, _ in entries} == set(actual))
            return same and all(key in actual and covers(value, actual[key]) for key, value in entries)  # type: ignore
        case EventPath(path=path):
            return actual in _at(EVENT, path)
        case Environment(name=name):
            return actual == os.environ.get(name)
    assert isinstance(foretold, (Text, Transformed, Result)) or foretold == UNKNOWN, foretold
    return True


def _all_cover(items: tuple[Value, ...], actual: list[object]) -> bool:
    return len(items) == len(actual) and all(map(covers, items, actual))


def _at(value: Any, path: tuple[str, ...]) -> list[Any]:
    """What stands in a value at a path."""
    found = [value]
    for step in path:
        found = [inner for each in found for inner in (each if step == ITEM else [each[step]])]
    return found


ELSEWHERE = {
    "a closure": "found = None\ndef put():\n    nonlocal found\n    found = event['a']\nput()\nshow(found)",
    "a closure's closure": (
        "found = None\ndef outer():\n    def inner(value):\n        nonlocal found\n        found = value\n"
        "    inner(event['a'])\nouter()\nshow(found)"
    ),
    "read by another closure": (
        "found = None\ndef put():\n    nonlocal found\n    found = 'x'\ndef get():\n    return found\n"
        "put()\nshow(get())"
    ),
    "a counter": "n = 0\ndef add():\n    nonlocal n\n    n += 1\nadd()\nadd()\nshow(n)",
    "a growing text": "s = ''\ndef add():\n    nonlocal s\n    s += 'a'\nadd()\nadd()\nshow(s)",
    "a closure in a loop": (
        "found = None\ndef put(value):\n    nonlocal found\n    found = value\n"
        "for each in event['b']:\n    put(each)\n    show(found)"
    ),
    "a list of the function around": "found = []\ndef put():\n    found.append(event['a'])\nput()\nshow(found)",
    "a list, by a lambda": "found = []\nput = lambda: found.append(1)\nput()\nshow(found)",
    "a dict of the function around": "found = {}\ndef put():\n    found['x'] = event['a']\nput()\nshow(found)",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_functions_inside_change_a_name(name: str) -> None:
    assert_foretold(module(ELSEWHERE[name]))


GLOBALLY = {
    "of the module": ("put()\nshow(found)", "found = None\ndef put():\n    global found\n    found = 'x'"),
    "read by the module": (
        "show(again)",
        "found = None\ndef put():\n    global found\n    found = 'x'\nput()\nagain = found",
    ),
    "a text of the module": ("add()\nadd()\nshow(s)", "s = ''\ndef add():\n    global s\n    s += 'a'"),
    "a list of the module": ("add()\nshow(s)", "s = []\ndef add():\n    s.append(1)"),
    "a list, read by the module": ("show(again)", "s = []\ndef add():\n    s.append(1)\nadd()\nagain = s"),
}


@pytest.mark.parametrize("name", GLOBALLY)
def test_functions_change_a_name_of_the_module(name: str) -> None:
    assert_foretold(module(*GLOBALLY[name]))


LOOP = "for each in event['b']:\n    "
CHANGED = {
    "append": f"found = []\n{LOOP}found.append(each)\nshow(found)",
    "append twice": f"found = []\n{LOOP}found.append(each)\n    found.append('x')\nshow(found)",
    "in a comprehension": "found = []\n[found.append(each) for each in event['b']]\nshow(found)",
    "in a test": "found = []\nif found.append(1) or event:\n    show(found)",
    "in an assignment": "found = []\nnothing = found.append(1)\nshow(found)",
    "of a walrus": "(found := []).append(1)\nshow(found)",
    "handed over": "found = []\nput = found.append\nput(1)\nshow(found)",
    "handed over to map": "found = []\nlist(map(found.append, event['b']))\nshow(found)",
    "extend": f"found = []\n{LOOP}found.extend([each])\nshow(found)",
    "plus": f"found = []\n{LOOP}found += [each]\nshow(found)",
    "plus outside": "found = ['x']\nfound += [event['a']]\nshow(found)",
    "or": f"found = {{}}\n{LOOP}found |= {{'x': each}}\nshow(found)",
    "or of another": f"found = {{}}\n{LOOP}found |= {{each: 1}}\nshow(found)",
    "or of a set": f"found = set()\n{LOOP}found |= {{each}}\nshow(found)",
    "an item": f"found = {{}}\n{LOOP}found[each] = each\nshow(found)",
    "an item that was": "found = {'B0': 1}\nfound[event['b'][0]] = 2\nshow(found)",
    "update": f"found = {{}}\n{LOOP}found.update(x=each)\nshow(found)",
    "update with something": "found = {'a': 1}\nfound.update(event)\nshow(found['a'])",
    "pop": "found = {'x': 1}\nfound.pop('x')\nshow(found)",
    "pop in an assignment": "found = {'x': 1}\nother = found.pop('x')\nshow(found)",
    "del": "found = {'x': 1, 'y': 2}\ndel found['x']\nshow(found)",
    "del of an item": "found = [1, 2]\ndel found[0]\nshow(found)",
    "clear": f"found = [1]\n{LOOP}found.clear()\nshow(found)",
    "sort": "found = ['b', 'a']\nfound.sort()\nshow(found)",
    "another name": "found = []\nother = found\nother.append(1)\nshow(found)",
    "another name's sum": "found = []\nother = found\nother += [1]\nshow(found)",
    "a number's sum": "found = 1\nother = found\nother += 1\nshow(found)",
    "its item": "found = {'x': []}\nfound['x'].append(1)\nshow(found)",
    "an item of its item": "found = {'x': {'y': 1}}\nfound['x']['y'] = 2\nshow(found)",
    "some item": "found = [{'x': 1}, {'x': 2}]\nfound[len(event) - 4]['x'] = 3\nshow(found)",
    "the last item": "found = [{'x': 1}, {'x': 2}]\nfound[-1]['x'] = 3\nshow(found)",
    "each item": "found = [{'x': 1}, {'x': 2}]\nfor each in found:\n    each['y'] = 3\nshow(found)",
    "an item's name": "found = [{'x': 1}]\nfirst = found[0]\nfirst['y'] = 3\nshow(found)",
    "an unpacked item": "found = [{'x': 1}, {}]\nfirst, last = found\nlast['y'] = 3\nshow(found)",
    "a default": "found = {}\nfound.setdefault('x', []).append(1)\nshow(found)",
    "a default in a loop": f"found = {{}}\n{LOOP}found.setdefault(each, []).append(1)\nshow(found)",
    "what get gives": "found = {'x': []}\nfound.get('x').append(1)\nshow(found)",
    "a function": "found = []\nfill(found, 1)\nshow(found)",
    "a function by keyword": "found = []\nfill(value=1, into=found)\nshow(found)",
    "a function of a function": "found = []\nrefill(found)\nshow(found)",
    "a method": "found = {}\nFiller().fill(found)\nshow(found)",
    "two names in a circle": f"found = []\nother = found\n{LOOP}found, other = other, found\n    other.append(1)\nshow(found)",
}
FILLS = """
def fill(into, value):
    into.append(value)

def refill(found):
    fill(found, 2)

class Filler:
    def fill(self, into):
        into["x"] = 1
"""


@pytest.mark.parametrize("name", CHANGED)
def test_lists_and_dicts_change_in_place(name: str) -> None:
    assert_foretold(module(CHANGED[name], FILLS))


EXACT = {
    "pop": Table(()),
    "del": Table((("y", Constant(2)),)),
    "plus outside": Items((Constant("x"), EventPath(("a",)))),
    "an item of its item": Table((("x", Table((("y", Constant(2)),))),)),
    "the last item": Items((Table((("x", Constant(1)),)), Table((("x", Constant(3)),)))),
    "another name": Items((Constant(1),), open=True),
    "its item": Table((("x", Items((Constant(1),), open=True)),)),
    "a number's sum": Constant(1),
}


@pytest.mark.parametrize("name", EXACT)
def test_of_a_change_no_more_is_forgotten_than_it_changes(name: str) -> None:
    assert shown(module(CHANGED[name], FILLS)) == [EXACT[name]]


STORED = {
    "a pair": "self.x, self.y = event['a'], 2",
    "a pair of a name": "pair = (event['a'], 2)\nself.x, self.y = pair",
    "nested": "(self.y, [self.x, *self.z]) = 1, event['b']",
    "twice": "self.y = self.x = event['a']",
    "a loop": "for self.x in event['b']:\n    pass",
    "pairs of a loop": "for self.y, self.x in [(1, event['a'])]:\n    pass",
    "with": "with Entered() as self.x:\n    pass",
    "an item": "self.x = {}\nself.x['a'], self.x['b'] = event['a'], 2",
    "items of a name": "x = {}\nx['a'], x['b'] = event['a'], 2\nself.x = x",
    "an item in a loop": "x = {}\nfor x['a'] in event['b']:\n    pass\nself.x = x",
}
ENTERED = """
class Entered:
    def __enter__(self):
        return "entered"

    def __exit__(self, *_):
        pass
"""


@pytest.mark.parametrize("name", STORED)
def test_attributes_and_items_are_targets_like_names(name: str) -> None:
    keeper = f"class Keeper:\n    def __init__(self, event):\n{textwrap.indent(STORED[name], ' ' * 8)}\n"
    (found,) = assert_foretold(module("show(Keeper(event).x)", ENTERED + keeper))
    assert not contains(found, (type(UNKNOWN),))


def test_an_attribute_is_assigned_from_outside() -> None:
    (found,) = assert_foretold(module("point = Point(1)\npoint.x, point.y = event['a'], 2\nshow(point.x)", POINT))
    assert found == OneOf((Constant(1), EventPath(("a",))))


MATCHED = {
    "the subject": "match event['a']:\n    case found:\n        show(found)",
    "an entry": "match event:\n    case {'a': found}:\n        show(found)",
    "an entry of an entry": "match event:\n    case {'c': {'d': found}}:\n        show(found)",
    "an item": "match event['b']:\n    case [_, found]:\n        show(found)",
    "an item of a tuple": "match ('x', 'y', 'z'):\n    case (_, found, _):\n        show(found)",
    "behind a star": "match ('x', 'y', 'z'):\n    case (_, *_, found):\n        show(found)",
    "a star": "match ('w', 'x', 'y', 'z'):\n    case [_, *found, _]:\n        show(tuple(found))",
    "a last star": "match ('x', 'y'):\n    case [_, *found]:\n        show(tuple(found))",
    "an item of an entry": "match event:\n    case {'Records': [{'x': found}, *_]}:\n        show(found)",
    "by a name": "match event:\n    case {'c': {'d': _} as found}:\n        show(found['d'])",
    "by its type": "match event:\n    case {'a': str(found)}:\n        show(found)",
    "an attribute": "match Point(event['a']):\n    case Point(x=found):\n        show(found)",
    "one of two ways": "match event:\n    case {'z': found} | {'a': found}:\n        show(found)",
    "the same way twice": "match event['a']:\n    case ('z' as found) | ('A' as found):\n        show(found)",
    "the rest": "match event:\n    case {'b': _, 'c': _, 'Records': _, **found}:\n        show(found['a'])",
    "with a guard": "match event:\n    case {'a': found} if found:\n        show(found)",
    "where a guard failed": "found = 'x'\nmatch event:\n    case {'a': found} if not found:\n        pass\nshow(found)",
}
POINT = "class Point:\n    def __init__(self, x):\n        self.x = x\n"


@pytest.mark.parametrize("name", MATCHED)
def test_a_pattern_binds_parts_of_its_subject(name: str) -> None:
    assert_foretold(module(MATCHED[name], POINT))


TOLD = {
    "an entry of an entry": EventPath(("c", "d")),
    "an item of an entry": EventPath(("Records", ITEM, "x")),
    "behind a star": Constant("z"),
    "by its type": EventPath(("a",)),
    "an attribute": EventPath(("a",)),
    "the same way twice": EventPath(("a",)),
}


@pytest.mark.parametrize("name", TOLD)
def test_parts_of_a_subject_are_known(name: str) -> None:
    assert shown(module(MATCHED[name], POINT)) == [TOLD[name]]


def test_a_case_tells_which_values_its_subject_has() -> None:
    known = conditions("match event:\n    case {'a': 'x' | 'y', 'c': {'d': None}}:\n        show(1)")
    assert known == [(EventPath(("a",)), ("x", "y")), (EventPath(("c", "d")), (None,))]
    assert conditions("match event:\n    case {'a': 'x'} | {'b': 'y'}:\n        show(1)") == []


def conditions(body: str) -> list[tuple[Value, tuple[object, ...]]]:
    """What is known at the last call of a handler: values, and what each of them is one of."""
    values = project(module(body))
    (call,) = reach(values, "app.py", *entry(values))
    found = []
    for condition, frame in call.conditions:
        assert isinstance(condition.test, facts.Compare) and condition.holds
        ((sign, right),) = condition.test.comparisons
        assert sign == "in" and isinstance(right, facts.Display)
        constants = tuple(item.value for item in right.items if isinstance(item, facts.Literal))
        found.append((values.of(condition.test.left, frame), constants))
    return found


def assert_foretold(text: str) -> list[Value]:
    """What the module shows is foretold, each value by the call that shows it."""
    foretold, actual = shown(text), ran(text)
    assert actual
    for seen in actual:
        assert any(covers(value, seen) for value in foretold), (foretold, seen)
    return foretold


def test_what_a_closure_assigns_is_known_beside_what_the_function_does() -> None:
    (found,) = shown(module(ELSEWHERE["a closure"]))
    assert found == OneOf((Constant(None), EventPath(("a",))))
    assert not contains(found, (type(UNKNOWN),))
