"""How source text is read: its encoding, its lines, its depth. Python's own reading is the measure."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import libcst
import pytest
from reviewing import review_files, told

from reviewer.code import facts
from reviewer.code.extract import extract
from reviewer.code.positions import spans
from reviewer.code.source import MOST_BYTES, Source, Unreadable
from reviewer.finding import Review


def read(content: bytes) -> list[tuple[object, int, int]]:
    """The literals that a module assigns, each with the line and the column of its statement."""
    source = Source.decode("app.py", content)
    tree = source.tree()
    places = spans(tree, source.code)
    found: list[tuple[object, int, int]] = []
    for statement in extract(source, tree).body:
        if isinstance(statement, facts.Assign) and isinstance(statement.value, facts.Literal):
            at = source.span(*places[statement.node])
            found.append((statement.value.value, at.line, at.column))
    return found


def read_by_python(content: bytes) -> list[tuple[object, int, int]]:
    """The same, as the interpreter has it; none of these modules has a letter beyond ASCII before a statement."""
    return [
        (statement.value.value, statement.lineno, statement.col_offset + 1)
        for statement in ast.parse(content).body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
    ]


def refused(content: bytes) -> Unreadable:
    """Why and where a module cannot be read."""
    with pytest.raises(Unreadable) as caught:
        Source.decode("app.py", content).tree()
    return caught.value


READ = {
    "utf-8": "name = 'é€😀'\n".encode(),
    "utf-8, declared": "# coding: utf-8\nname = 'é'\n".encode(),
    "byte order mark": codecs.BOM_UTF8 + "name = 'é'\n".encode(),
    "byte order mark, declared": codecs.BOM_UTF8 + "# coding: utf-8\nname = 'é'\n".encode(),
    "latin-1": "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
    "latin-1, second line": "#!/usr/bin/env python\n# vim: set fileencoding=iso-8859-15 :\nname = '€'\n".encode(
        "iso-8859-15"
    ),
    "cp1252": "# coding=cp1252\nname = '€'\n".encode("cp1252"),
    "shift jis": "# coding: shift_jis\nname = '日本'\n".encode("shift_jis"),
    "coding in the third line": "# one\n# two\n# coding: latin-1\nname = 'é'\n".encode(),
    "CR LF": b"one = 1\r\n\r\ntwo = 2\r\n",
    "lone CR": b"one = 1\r\rtwo = 2\rthree = 3",
    "mixed line ends": b"one = 1\ntwo = 2\r\nthree = 3\rfour = 4\n\rfive = 5",
    "lone CR in a string": b"text = '''a\rb\r\nc'''\nnext = 1\n",
    "CR after a continuation": b"one = \\\r1\rtwo = \\\r\n2\r\n",
    "CR in a comment": b"# comment\rone = 1\n",
    "form feed": b"one = 1\n\x0c\ntwo = 2\n",
    "form feed, indented": b"if 1:\n    pass\n\x0c\nthree = 3\n",
    "form feed in a string": b"one = '\x0c'\ntwo = 2\n",
    "vertical tab in a comment": b"# a\x0bb\none = 1\n",
    "line separator in a string": "one = 'a\u2028b\u2029c\x85d'\ntwo = 2\n".encode(),
    "line separator in a comment": "# a\u2028b\u2029c\x85d\none = 1\n".encode(),
    "file separators in a comment": b"# a\x1cb\x1dc\x1ed\none = 1\n",
    "no line end": b"one = 1",
    "semicolons": b"one = 1; two = 2 ;three = 3\n",
    "nothing": b"",
    "blanks": b" \t\n\n  ",
    "byte order mark alone": codecs.BOM_UTF8,
    "escapes": b"one = '\\x00\\ud800\\N{BULLET}'\ntwo = b'\\xff'\n",
    "numbers": b"one = 0x_ff\ntwo = 1_000.5e3\nthree = 0b11\nfour = 2j\n",
    "largest": b"one = 1\n".ljust(MOST_BYTES, b"#"),
}


@pytest.mark.parametrize("name", READ)
def test_what_python_reads_is_read_as_python_reads_it(name: str) -> None:
    expected = read_by_python(READ[name])
    if name in {"utf-8", "utf-8, declared", "shift jis", "latin-1", "cp1252", "CR LF", "lone CR", "form feed"}:
        assert expected  # the comparison compares something
    assert read(READ[name]) == expected


REFUSED: dict[str, tuple[bytes, int, int, str]] = {
    "undeclared latin-1": ("name = 1\nother = 'é'\n".encode("latin-1"), 2, 10, "not valid utf-8"),
    "undeclared latin-1, first line": ("# é\n".encode("latin-1"), 1, 3, "not valid utf-8"),
    "undeclared latin-1, after CR": ("one = 1\rtwo = 2\r\n# é".encode("latin-1"), 3, 3, "not valid utf-8"),
    "undeclared latin-1, after letters": ("# é ".encode() + b"\xe9", 1, 5, "not valid utf-8"),
    "wrongly declared": ("# coding: ascii\n\n#  é\n".encode("latin-1"), 3, 4, "not valid ascii"),
    "mark against declaration": (codecs.BOM_UTF8 + b"# coding: latin-1\n", 1, 1, ""),
    "utf-16": (codecs.BOM_UTF16_LE + "name = 1\n".encode("utf-16-le"), 1, 4, "NUL"),
    "utf-16, no mark": ("name = 1\n".encode("utf-16-le"), 1, 2, "NUL"),
    "utf-32": (codecs.BOM_UTF32_LE + "name = 1\n".encode("utf-32-le"), 1, 3, "NUL"),
    "utf-16, declared": (b"# coding: utf-16\nname = 1\n", 1, 1, ""),
    "unknown codec": (b"# coding: martian\nname = 1\n", 1, 1, "martian"),
    "codec of bytes": (b"# coding: base64\nname = 1\n", 1, 1, "base64"),
    "codec that hides code": (b"# coding: utf-7\nname = '+AOk-'\n", 1, 1, "utf-7"),
    "codec of escapes": (b"# coding: unicode_escape\nname = 1\n", 1, 1, "unicode_escape"),
    "NUL": (b"one = 1\ntwo = '\0'\n", 2, 8, "NUL"),
    "larger than the limit": (b"#" * (MOST_BYTES + 1), 1, 1, "1024 KiB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_where_and_why(name: str) -> None:
    content, line, column, reason = REFUSED[name]
    problem = refused(content)
    assert reason in problem.message
    assert (problem.line, problem.column) == (line, column)


NO_PYTHON: dict[str, tuple[bytes, int]] = {
    "python 2 print": (b"import os\nprint 'hello'\n", 2),
    "python 2 raise": (b"raise ValueError, 'no'\n", 1),
    "python 2 exec": (b"exec 'code'\n", 1),
    "python 2 octal": (b"mode = 0755\n", 1),
    "python 2 backticks": (b"text = `name`\n", 1),
    "python 2 not equal": (b"same = 1 <> 2\n", 1),
    "a template": (b"name: {{ cookiecutter.name }}\nother = {% if %}\n", 2),
    "a merge conflict": (b"one = 1\n<<<<<<< HEAD\ntwo = 2\n", 2),
    "an open bracket": (b"one = 1\ntwo = (\n", 2),
    "an open string": (b"one = '''\n", 1),
    "an indent too many": (b"one = 1\n    two = 2\n", 2),
    "tabs and blanks": (b"if 1:\n\tone = 1\n        two = 2\n", 3),
    "vertical tab": (b"one = 1\n\x0btwo = 2\n", 2),
    "line separator": ("one = 1\u2028two = 2\n".encode(), 1),
    "soft hyphen": ("na\u00adme = 1\n".encode(), 1),
}


@pytest.mark.parametrize("name", NO_PYTHON)
def test_what_is_no_python_is_refused_where_the_interpreter_refuses_it(name: str) -> None:
    content, line = NO_PYTHON[name]
    with pytest.raises(SyntaxError) as caught:
        ast.parse(content)
    problem = refused(content)
    assert problem.message.startswith("invalid syntax")
    assert (problem.line, problem.column) == (line, max(1, caught.value.offset or 1))


NEWER = {
    "nested quotes": ("text = f'{names['first']}'\n", True),
    "nested f-string": ("text = f'{f'{f'{1}'}'}'\n", True),
    "line break in a field": ("text = f'{\n    1\n}'\n", True),
    "several exceptions without brackets": ("try:\n    pass\nexcept OSError, ValueError:\n    pass\n", False),
    "type alias": ("type Name = str\n", False),
    "type parameters": ("def first[T](items: list[T]) -> T:\n    return items[0]\n", False),
    "generic class": ("class Box[T]:\n    pass\n", False),
}


@pytest.mark.parametrize("name", NEWER)
def test_syntax_that_is_newer_than_the_interpreter_is_read(name: str) -> None:
    text, is_string = NEWER[name]
    source = Source.decode("app.py", f"{text}last = 1\n".encode())
    body = extract(source, source.tree()).body
    assert isinstance(body[-1], facts.Assign)
    assert not is_string or (isinstance(body[0], facts.Assign) and isinstance(body[0].value, facts.Interpolation))


# --- depth --------------------------------------------------------------------------------------------------------

HANDLER = "import requests\n\n\ndef handler(event, context):\n    return requests.get('https://example.com')\n\n\n"
FINDING = ("app.py", 5, "http-without-timeout")

DEEP: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"x = {'(' * n}1{')' * n}",
    "lists": lambda n: f"x = {'[' * n}1{']' * n}",
    "dicts": lambda n: f"x = {'{1: ' * n}1{'}' * n}",
    "minus": lambda n: f"x = {'-' * n}1",
    "not": lambda n: f"x = {'not ' * n}1",
    "await": lambda n: f"async def f():\n    return {'await ' * min(n, 1)}{'(await ' * n}x{')' * n}",
    "sum": lambda n: f"x = {' + '.join(['y'] * n)}",
    "sum over lines": lambda n: "x = " + " + \\\n    ".join(["y"] * n),
    "power": lambda n: f"x = {' ** '.join(['y'] * n)}",
    "and": lambda n: f"x = {' and '.join(['y'] * n)}",
    "comparison": lambda n: f"x = {' < '.join(['y'] * n)}",
    "attributes": lambda n: f"x = y{'.a' * n}",
    "subscripts": lambda n: f"x = y{'[0]' * n}",
    "calls": lambda n: f"x = y{'()' * n}",
    "method calls": lambda n: f"x = y{'.a()' * n}",
    "nested calls": lambda n: f"x = {'f(' * n}{')' * n}",
    "arguments": lambda n: f"f({'x, ' * n})",
    "lambdas": lambda n: f"x = {'lambda: ' * n}1",
    "conditional expressions": lambda n: f"x = {'1 if y else ' * n}1",
    "walrus": lambda n: f"x = {'(y := ' * n}1{')' * n}",
    "yields": lambda n: f"def f():\n    x = {'(yield ' * n}{')' * n}",
    "comprehensions": lambda n: f"x = {'[' * n}1{' for y in z]' * n}",
    "loops of a comprehension": lambda n: f"x = [1{' for y in z' * n}]",
    "f-string": lambda n: "x = f'{" + "(" * n + "1" + ")" * n + "}'",
    "f-string formats": lambda n: "x = f'" + "{y:" * n + "}" * n + "'",
    "f-string fields": lambda n: "x = f'" + "{y}" * n + "'",
    "strings": lambda n: "x = (" + "'a' " * n + ")",
    "f-strings beside": lambda n: "x = (" + "f'{y}' " * n + ")",
    "elif": lambda n: "if x:\n    pass\n" + "elif y:\n    pass\n" * n,
    "blocks": lambda n: "".join(f"{' ' * level}if x:\n" for level in range(min(n, 98))) + " " * min(n, 98) + "y",
    "except": lambda n: "try:\n    pass\n" + "except X:\n    pass\n" * n,
    "cases": lambda n: "match x:\n" + "    case 1:\n        pass\n" * n,
    "pattern": lambda n: f"match x:\n    case {'[' * n}1{']' * n}:\n        pass",
    "alternatives": lambda n: f"match x:\n    case {' | '.join(['1'] * n)}:\n        pass",
    "targets": lambda n: f"{'x = ' * n}1",
    "nested targets": lambda n: f"{'(' * n}x{',)' * n} = y",
    "annotation": lambda n: f"x: {'a[' * n}a{']' * n} = 1",
    "decorators": lambda n: "@f\n" * n + "def f():\n    pass",
    "imports": lambda n: f"import a{'.a' * n}",
    "dots": lambda n: f"from {'.' * n} import a",
    "with": lambda n: f"with {', '.join(['a'] * n)}:\n    pass",
    "statements": lambda n: "x = 1\n" * n,
    "semicolons": lambda n: "x = 1; " * n,
}


@cache
def deep_review(name: str, count: int) -> Review:
    """The review of a handler beside something deep."""
    return review_files({"app.py": f"{HANDLER}{DEEP[name](count)}\n"})


@pytest.mark.parametrize("name", DEEP)
def test_little_depth_is_read(name: str) -> None:
    review = deep_review(name, 2 if name == "f-string formats" else 12)
    assert told(review.findings) == [FINDING]
    assert review.errors == ()


@pytest.mark.parametrize("count", [250, 3000])
@pytest.mark.parametrize("name", DEEP)
def test_much_depth_is_read_or_refused(name: str, count: int) -> None:
    review = deep_review(name, count)
    assert review.errors == ()
    if told(review.findings) != [FINDING]:
        assert [found.rule for found in review.findings] == ["unreadable-source"]
        assert re.search("nested|too long|f-string", review.findings[0].message)


FLAT = ("elif", "except", "cases", "strings", "f-string fields", "arguments", "statements", "semicolons", "decorators")


@pytest.mark.parametrize("name", FLAT)
def test_much_of_the_same_is_no_depth(name: str) -> None:
    review = deep_review(name, 2000)
    assert told(review.findings) == [FINDING]


@pytest.mark.parametrize("name", ["parentheses", "minus", "sum", "attributes", "calls", "lambdas", "and", "imports"])
def test_endless_depth_is_refused(name: str) -> None:
    problem = refused(f"{DEEP[name](60_000)}\n".encode())
    assert "nested" in problem.message


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_reviewed() -> None:
    files: dict[str, str | bytes] = {"app.py": HANDLER, "other.py": HANDLER.encode() + b"\nname = 'caf\xe9'\n"}
    review = review_files(files)
    assert told(review.findings) == [FINDING, ("other.py", 9, "unreadable-source")]
    assert review.errors == ()


def test_nodes_that_somebody_makes_are_checked_after_a_parse_as_before() -> None:
    for text in ("x = 1\n", "x = = 1\n"):
        with suppress(Unreadable):
            Source("app.py", text).tree()
        with pytest.raises(libcst.CSTValidationError):
            libcst.Name("")


def test_patterns_in_patterns_are_read_to_a_bounded_depth() -> None:
    def nested(depth: int) -> bytes:
        return f"match event:\n    case {'{0: ' * depth}x{'}' * depth}:\n        pass\n".encode()

    assert Source.decode("app.py", nested(6)).tree()
    assert "reasonable time" in refused(nested(12)).message
