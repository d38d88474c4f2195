"""Where facts stand: the offsets of `positions.spans` are those of libcst's own provider and of the text itself."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import libcst
from hypothesis import given, settings
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

from reviewer.code import facts
from reviewer.code.extract import Walk, extract
from reviewer.code.positions import Spans, spans
from reviewer.code.source import Source

SIMPLE = (
    "x = 1",
    "x, (y, *z) = f(a, *b, k=1, **c)",
    "names['é'] = '😀' + \"日本\" 'beside'",
    "π = r'\\d' # comment é😀",
    "x: list[int] = [1, 2, ]  # trailing",
    "total += (1 +\n      # inside\n      2\n)",
    "text = '''one\n  two 😀\n'''; after = 1",
    "value = a + \\\n    b \\\n  - c",
    "a = 1; b = 2 ;c = f(d);",
    "return_ = lambda p, /, q=1, *, r: (p, q, r)",
    "x = [i for i in range(3) if i if not i]",
    "x = {k: v for k, v in y.items()}; s = {1, 2}; d = {**d, 'k': 1}",
    "f'{a!r:>{width}} {b} é {c.d[0](1)}' 'rest'",
    "x = a if b else c or d and not e",
    "x = -1 ** ~2 // (yield_)",
    "x = a < b <= c is not d not in e",
    "(y := f(x))",
    "x = y[1:2, ::3, ...]",
    "assert x, 'é'",
    "import a.b as c, d",
    "from . import (e,\n    f as g,  # é\n)",
    "del x, y[0]",
    "global_ = None",
    "print('\t', x )  ;  print( )",
    "@decorated\n# between\n@made(1)\n\ndef f(a, b: int = 1, *args, c=2, **kwargs) -> 'é': return a",
    "def f(): pass; x = 1",
    "async def f(\n    a,\n    b,\n): await g(a)",
    "@a.b\nclass C(B, metaclass=M): x = 1; y = 2",
    "while x: break",
    "for i, (j, k) in zip(a, b): continue",
    "pass",
    "...",
)
"""Statements that may stand anywhere, some over several lines."""

HEADS = (
    "if a == 'é':",
    "if (a and\n        b):  # comment 😀",
    "while not f(x) :",
    "for x in y:",
    "try:",
    "with open('é') as f, g() as (h, i):",
    "with (open('a') as f, g()):",
    "def f(a, é=1):",
    "async def f(*, a: 'int' = 1):",
    "@cached\n@made(a=1)  # why\ndef f():",
    "@final\n\nclass C(Base):",
    "class C:",
    "match x:",
)
TAILS = {
    "if": ("", "else:", "elif b[0]:", "elif b: pass\nelse:"),
    "while": ("", "else:"),
    "for": ("", "else:"),
    "try": ("except:", "except (A, B) as error:", "finally:", "except A: pass\nelse:\n  x\nfinally:"),
}
BLANKS = ("", "", "\n", "# comment é\n", "\n\n   \n", "    # indented 😀\n", "\t\n", "\x0c\n")


def indented(text: str, by: str) -> str:
    """The text one level deeper. What is inside of brackets and strings moves as well: it may."""
    return "".join(f"{by}{line}" for line in text.splitlines(keepends=True))


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> str:
    """Some statements, with blanks and comments between."""
    made = []
    for _ in range(draw(st.integers(1, 3))):
        made.append(draw(st.sampled_from(BLANKS)))
        compound = depth < 3 and draw(st.booleans())
        made.append(draw(compounds(depth)) if compound else f"{draw(st.sampled_from(SIMPLE))}\n")
    return "".join(made)


@st.composite
def compounds(draw: st.DrawFn, depth: int) -> str:
    """A compound statement with its blocks."""
    head = draw(st.sampled_from(HEADS))
    by = draw(st.sampled_from(("    ", "  ", "\t", " ")))
    if head.startswith("match"):
        case = draw(
            st.sampled_from(("case 1 | 'é':", "case {'k': v, **rest} if v:", "case C(a, b=[c, *d]) as e:", "case _:"))
        )
        return f"{head}\n{by}{case}\n{indented(draw(blocks(depth + 1)), by * 2)}"
    made = f"{head}\n{indented(draw(blocks(depth + 1)), by)}"
    tail = draw(st.sampled_from(TAILS.get(head.split()[0].rstrip(":"), ("",))))
    return f"{made}{tail}\n{indented(draw(blocks(depth + 1)), by)}" if tail else made


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A module, with a byte order mark or without, in one style of line ends or in several."""
    text = draw(st.sampled_from(("", "\n", "# é\n", "'''doc 😀'''\n"))) + draw(blocks())
    ends = draw(st.sampled_from(("\n", "\r\n", "\r", "mixed")))
    if ends == "mixed":
        lines = text.split("\n")
        chosen = [draw(st.sampled_from(("\n", "\r\n"))) for _ in lines]
        text = "".join(f"{line}{end}" for line, end in zip(lines, chosen, strict=True))
    else:
        text = text.replace("\n", ends)
    text = text.rstrip() if draw(st.booleans()) else text
    return draw(st.sampled_from(("", "\ufeff"))) + text


@settings(max_examples=150)
@given(modules())
def test_offsets_are_those_of_the_position_provider(text: str) -> None:
    source = Source.decode("app.py", text.encode())
    tree = source.tree()
    walk = Walk()
    walk.block(tree.body)
    provided = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    made = spans(tree, source.code)
    assert len(made) == len(walk.nodes) > 0
    for node, (start, end) in zip(walk.nodes, made, strict=True):
        at, expected = source.span(start, end), provided[node]
        assert (at.line, at.column - 1) == (expected.start.line, expected.start.column), node
        assert (at.end_line, at.end_column - 1) == (expected.end.line, expected.end.column), node


@settings(max_examples=150)
@given(modules())
def test_offsets_asked_for_one_by_one_are_the_same(text: str) -> None:
    source = Source.decode("app.py", text.encode())
    tree = source.tree()
    one_by_one = Spans(tree, source.code)
    for number, expected in enumerate(spans(tree, source.code)):
        assert one_by_one[number] == expected


def expressions(root: object) -> list[facts.Expression]:
    """All expressions of some facts."""
    found: list[facts.Expression] = []
    pending = [root]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            pending.extend(each)
        elif isinstance(each, facts.Case):  # the parts of its subject are not spelled
            pending += [each.guard, each.body, *(right for test in each.tests for _, right in test.comparisons)]
        elif is_dataclass(each):
            pending.extend(getattr(each, field.name) for field in fields(each))
            if isinstance(each, facts.Expression):
                found.append(each)
    return found


@settings(max_examples=100)
@given(modules())
def test_the_text_at_a_place_is_what_the_fact_was_made_of(text: str) -> None:
    source = Source.decode("app.py", text.encode())
    tree = source.tree()
    places = spans(tree, source.code)
    for each in expressions(extract(source, tree).body):
        start, end = places[each.node]
        spelled = source.code[start:end]
        assert 0 <= start < end <= len(source.code)
        assert spelled == spelled.strip() or isinstance(each, facts.Literal)  # a part of an f-string
        if isinstance(each, facts.Name) and each.id.isidentifier():
            assert spelled == each.id
        elif isinstance(each, facts.Attribute):
            assert spelled.rstrip(")").endswith(each.name)
        elif isinstance(each, facts.Call):
            assert spelled.endswith(")")


def test_numbers_are_a_function_of_the_source_alone() -> None:
    text = "".join(f"{each}\n" for each in SIMPLE)
    first, second = (spans(libcst.parse_module(text), text) for _ in range(2))
    assert first == second
    assert len(set(first)) > len(SIMPLE)
