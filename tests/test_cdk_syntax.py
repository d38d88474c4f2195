"""The facts of the interpreter's own parser are those of the parser that a review uses."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from reviewer.apps.syntax import Parsed
from reviewer.code import facts
from reviewer.code.extract import extract
from reviewer.code.positions import spans
from reviewer.code.source import Source

TOP = Path(__file__).parent.parent
SAMPLES = sorted(
    file.relative_to(TOP).as_posix() for room in ("apps", "code") for file in (TOP / "reviewer" / room).rglob("*.py")
)
EVERYTHING = (
    """
import a.b, c.d as e
from . import f
from ..g import h as i, j
from k import *
global_name: int = 1
x: str
@decorated(1)
async def function(a, b=1, /, c: int = 2, *d, e, f=3, **g) -> None:
    global global_name
    async with a as b, c:
        async for x, *y in z:
            await x
        else:
            yield 1
    return [i async for i in x if i if j]
def generator():
    nonlocal_ = yield
    yield from nonlocal_
class C(A, *B, metaclass=M):
    x = y = 1
    def method(self): pass
try:
    raise ValueError(1) from None
except (A, B) as error:
    del error, x[1:2, ::3]
except* C:
    pass
""".replace("except* C:\n    pass\n", "")
    + '''
else:
    assert x, "y"
finally:
    x @= y
while (n := next(x)) and not y or z and w:
    if a < b <= c is not None not in d: continue
    elif e: break
    else: pass
else:
    lambda a, *b: (a, b)
match point:
    case 1 | "a" | None as n: pass
    case [a, *rest] if a: pass
    case {"k": v, **others}: pass
    case P(x=0): pass
    case _: pass
t = f"a{b}{c!r}{d:>{e}}" "f" f"{g!s}" if 1 else {**h, "i": j, 3: ...}
u = {k: v for k, v in w}, {s for s in t}, (g for g in h), [*a, -1, ~2, +3, 1j, 0x1F, b"x", """y
z"""]
v[1], v[1:2], v[a, b], v[:, 1]
'''
)


def shape(fact: object) -> object:
    """A fact without the numbers of its nodes, texts joined as the interpreter joins them."""
    if isinstance(fact, tuple):
        return tuple(shape(each) for each in fact)
    if isinstance(fact, facts.Interpolation):
        return ("Interpolation", *_pieces(fact))
    if not dataclasses.is_dataclass(fact):
        return fact
    if isinstance(fact, facts.Opaque):
        return "Opaque"
    if isinstance(fact, facts.Case):  # the names that a pattern binds are in no order
        fact = dataclasses.replace(fact, bindings=tuple(sorted(fact.bindings)))
    names = (field.name for field in dataclasses.fields(fact))
    return (type(fact).__name__, *(shape(getattr(fact, n)) for n in names if n not in {"node", "last", "comments"}))


def _pieces(fact: facts.Interpolation) -> list[object]:
    found: list[object] = []
    for part, plain in zip(fact.parts, fact.plain, strict=True):
        inner = _pieces(part) if isinstance(part, facts.Interpolation) and plain else [(shape(part), plain)]
        if isinstance(part, facts.Literal) and isinstance(part.value, str):
            inner = [part.value]
        for piece in inner:
            if found and isinstance(found[-1], str) and isinstance(piece, str):
                found[-1] += piece
            elif piece != "":
                found.append(piece)
    return found


def both(path: str, text: str) -> tuple[Source, Parsed]:
    source = Source(path, text)
    return source, Parsed(source)


@pytest.mark.parametrize("path", SAMPLES)
def test_facts_are_the_same(path: str) -> None:
    source, parsed = both(path, (TOP / path).read_text(encoding="utf-8"))
    assert shape(parsed.module) == shape(extract(source, source.tree()))


def test_facts_of_all_syntax_are_the_same() -> None:
    source, parsed = both("x.py", EVERYTHING)
    assert shape(parsed.module) == shape(extract(source, source.tree()))


def test_places_are_the_same() -> None:
    text = 'x = "ä" ; call(a, "ö" + b,\n  c=[d, "é"][0])\nwhile e: f("ü", g)\n'
    source, parsed = both("x.py", text)
    module = extract(source, source.tree())
    found = spans(source.tree(), source.code)

    def calls(body: facts.Block) -> list[facts.Call]:
        values = [each.value for each in body if isinstance(each, facts.Evaluate)]
        inner = [call for each in body for block in facts.blocks(each) for call in calls(block)]
        return [value for value in values if isinstance(value, facts.Call)] + inner

    for mine, theirs in zip(calls(parsed.module.body), calls(module.body), strict=True):
        pairs = [(mine, theirs), *((a.value, b.value) for a, b in zip(mine.arguments, theirs.arguments, strict=True))]
        for one, other in pairs:
            assert parsed.locate(one.node) == source.span(*found[other.node])


@pytest.mark.parametrize("text", ["x = (", "a" + ".b" * 9_999, "x = " + "-" * 900 + "1", "x\0y"])
def test_what_is_not_parsed_is_refused(text: str) -> None:
    with pytest.raises(SyntaxError):
        Parsed(Source("x.py", text))
