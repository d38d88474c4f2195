"""What stays of a finding's place when code is moved, reformatted, or its local variables get other names.

Two texts: where it is, in names (`Store.save`, or the keys around a line of a template), and what stands there. Neither
holds a line number. Of Python, the code is its syntax tree, without positions, comments and redundant signs, and with
a number for each local variable; of anything else, its signs without blanks and quotation marks.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from reviewer.code.limits import long_name, too_much
from reviewer.finding import Finding, Location
from reviewer.report.sources import CUT, Sources, safe

PYTHON = ".py"
HEADER = re.compile(r"\s*(?:async\s+)?(?P<kind>def|class)\s+(?P<name>\w+)")
INNER = ("_(\n{}\n)", "{{\n{}\n}}")
OUTER = ("{}", "{}\n    pass")
"""What a piece of code is put into until it can be parsed: an argument, an item; a statement, the head of one."""
PLAIN = re.compile(r"[\s\"',]+")
KEY_END = re.compile(r":(?=\s|$)|[={\[]")
VALUE = re.compile("[:=]")
ITEM = "-"
TALLEST = 200
"""The lines of a span that are looked at."""
MUTE = frozenset(("ctx", "kind", "type_comment", "type_params"))
"""Fields of syntax nodes that say nothing, or not in every version of Python."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A function or class: its lines, its name, and the names that it binds."""

    first: int
    last: int
    name: str
    bound: frozenset[str]


class Likeness:
    """Describes the places of findings. `sources` know which lines hold secrets: these are not looked into."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._tree = cache(lambda path: _tree(sources.text(path)) if path.endswith(PYTHON) else None)
        self._scopes = cache(lambda path: tuple(_scopes(self._tree(path))))
        self._statements = cache(lambda path: frozenset(_statements(self._tree(path))))

    def symbol(self, finding: Finding) -> str:
        """The names around a finding, the outermost first."""
        at = finding.at
        if not at.path.endswith(PYTHON):
            return safe("/".join(filter(None, (*self._keys(at), finding.symbol))))
        return safe(finding.symbol or ".".join(scope.name for scope in self._around(at) if scope.name))

    def code(self, finding: Finding) -> str:
        """What a finding points at, normalised; secrets are cut out."""
        at = finding.at
        text = self._text(at)
        header = HEADER.match(text)
        if header:
            return f"{header['kind']} {header['name']}"
        if (at.path.endswith(PYTHON) or finding.symbol) and not text.lstrip().startswith("#"):
            local = {name for scope in self._around(at) for name in scope.bound}
            is_statement = (at.line, at.column) in self._statements(at.path)
            tree = _parsed(text, OUTER + INNER if is_statement else INNER + OUTER)
            if tree is not None:
                return _Telling(local, is_secret=self._is_secret(at)).told(tree)
        return PLAIN.sub("", self.sources.region(_short(at)))

    def others(self, finding: Finding) -> Iterator[str]:
        """Every place of a template that a finding speaks of in one breath, its own among them; none where it is one.

        Which of them it points at depends on their order. Another fact about a place is no such place: it has another
        key, or other keys around it.
        """
        if finding.at.path.endswith(PYTHON):
            return
        own = self._kind(finding)
        places = (
            replace(finding, at=step.at, symbol="") for step in finding.related if step.at.path == finding.at.path
        )
        alike = [place for place in places if self._kind(place) == own]
        for place in (finding, *alike) if alike else ():
            yield f"{self.symbol(place)}\0{self.code(place)}"

    def _kind(self, finding: Finding) -> tuple[int, list[str], str]:
        """What a place of a template is, whichever resource it belongs to (named by `resource`, or a second key)."""
        keys = self._keys(finding.at)
        named = 1 if keys and " " in keys[0] else 2
        head = VALUE.split(self.code(finding), maxsplit=1)[0]
        return len(keys), keys[named:], "" if len(keys) < named else head

    def _text(self, at: Location) -> str:
        lines = [self.sources.line(at.path, number) for number in range(at.line, _short(at).end_line + 1)]
        lines[-1] = lines[-1][: at.end_column - 1] if _short(at) == at else lines[-1]
        lines[0] = " " * (at.column - 1) + lines[0][at.column - 1 :]
        return "\n".join(lines)

    def _is_secret(self, at: Location) -> bool:
        lines = range(at.line, _short(at).end_line + 1)
        return any(self.sources.shown(at.path, n, 1)[0] != self.sources.line(at.path, n) for n in lines)

    def _around(self, at: Location) -> Iterator[Scope]:
        return (scope for scope in self._scopes(at.path) if scope.first <= at.line <= scope.last)

    def _keys(self, at: Location) -> list[str]:
        """The keys and headers that a line of a template is indented below, the outermost first."""
        found: list[str] = []
        depth = _indents(self.sources.line(at.path, at.line))[-1][0]
        for number in range(at.line, 0, -1):
            for indent, key in reversed(_indents(self.sources.line(at.path, number))):
                is_list = indent == depth and found[-1:] == [ITEM] != [key]  # YAML indents no list below its key
                if key and (indent < depth or is_list):
                    found.append(key)
                    depth = indent
            if depth == 0 and found[-1:] != [ITEM]:
                break
        return found[::-1]


def _short(at: Location) -> Location:
    if at.end_line - at.line < TALLEST:
        return at
    return Location(at.path, at.line, at.column, at.line + TALLEST - 1, 1 << 20)


def _indents(line: str) -> list[tuple[int, str]]:
    """What a line begins, each with its column: `- Key: value` an item, and a key in it."""
    text = line.lstrip()
    at, found = len(line) - len(text), []
    while text.startswith("- "):
        inner = text[1:].lstrip()
        found.append((at, ITEM))
        at, text = at + len(text) - len(inner), inner
    key = " ".join(KEY_END.split(text, maxsplit=1)[0].replace('"', " ").replace("'", " ").split())
    is_key = not text.startswith("#") and re.search(r"\w", key) and KEY_END.search(text)
    return [*found, (at, key if is_key else "")]


# --- Python -------------------------------------------------------------------------------------------------------


def _tree(text: str) -> ast.Module | None:
    """A text as a syntax tree, where it is one that can be walked."""
    if long_name(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if too_much(tree) else tree


def _parsed(text: str, forms: tuple[str, ...]) -> ast.AST | None:
    """A piece of code, parsed in the first form that it can be. An expression is the same in each."""
    plain = textwrap.dedent(text)
    tree = next((tree for form in forms if (tree := _tree(form.format(plain))) is not None), None)
    match tree:
        case ast.Module(body=[ast.Expr(value=ast.Call(func=ast.Name(id="_"), args=[only], keywords=[]))]):
            return only
        case ast.Module(body=[ast.Expr(value=only)]):
            return only
    return tree


def _statements(tree: ast.Module | None) -> Iterator[tuple[int, int]]:
    """Where statements begin: line and column, from 1."""
    nodes = ast.walk(tree) if tree is not None else ()
    return ((node.lineno, node.col_offset + 1) for node in nodes if isinstance(node, ast.stmt))


def _scopes(tree: ast.Module | None) -> Iterator[Scope]:
    """The functions, lambdas and classes of a module, an outer one before those in it."""
    pending: list[ast.AST] = [] if tree is None else [tree]
    while pending:
        node = pending.pop()
        pending += reversed(list(ast.iter_child_nodes(node)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            name = "" if isinstance(node, ast.Lambda) else node.name
            yield Scope(node.lineno, node.end_lineno or node.lineno, name, frozenset(_bound(node)))
        elif isinstance(node, ast.ClassDef):
            yield Scope(node.lineno, node.end_lineno or node.lineno, node.name, frozenset())


def _bound(function: ast.AST) -> set[str]:
    """The parameters and variables of a function; not what it imports, defines, or shares with its module."""
    found: set[str] = set()
    shared: set[str] = set()
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Global):
            shared.update(node.names)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name):
            found.update([] if isinstance(node.ctx, ast.Load) else [node.id])
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            found.update([node.name] if node.name else [])
        elif isinstance(node, ast.MatchMapping):
            found.update([node.rest] if node.rest else [])
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += ast.iter_child_nodes(node)
        else:
            pending += node.decorator_list
    return found - shared


class _Telling:
    """Writes a syntax tree down; a local variable is the number of its first mention."""

    def __init__(self, local: set[str], *, is_secret: bool) -> None:
        self.local, self.is_secret = local, is_secret
        self.numbers: dict[str, str] = {}

    def told(self, node: object) -> str:
        if isinstance(node, list):
            return "[" + ",".join(map(self.told, node)) + "]"
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Constant):
            return self.constant(node.value)
        if not isinstance(node, ast.AST):
            return repr(node)
        parts = ((field, getattr(node, field, None)) for field in node._fields if field not in MUTE)
        inner = (f"{field}={self.told(part)}" for field, part in parts if part is not None and part != [])
        return f"{type(node).__name__}({','.join(inner)})"

    def name(self, name: str) -> str:
        return self.numbers.setdefault(name, f"${len(self.numbers) + 1}") if name in self.local else name

    def constant(self, value: object) -> str:
        if isinstance(value, str | bytes):
            return CUT if self.is_secret else repr(value)
        return hex(value) if type(value) is int else repr(value)
