"""Rewrites that keep what a program or a template means: whatever is found before has to be found afterwards."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import yaml

Files = dict[str, str]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def rewritten(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


# --- one module ---------------------------------------------------------------------------------------------------


def renamed_variables(text: str, _: Random) -> str:
    """Local variables get another name."""
    tree = ast.parse(text)
    for function in [node for node in tree.body if isinstance(node, FUNCTIONS)]:
        nodes = list(ast.walk(function))
        kept = {argument.arg for node in nodes if isinstance(node, ast.arguments) for argument in _arguments(node)}
        kept |= {name for node in nodes if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
        kept |= {node.name for node in nodes if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
        stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - kept
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in stored:
                node.id += "_renamed"
    return rewritten(tree)


def _arguments(node: ast.arguments) -> list[ast.arg]:
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *filter(None, (node.vararg, node.kwarg))]


def aliased_imports(text: str, _: Random) -> str:
    """What is imported gets another name in the module."""
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    aliases: dict[str, str] = {}
    for node in tree.body:
        for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
            bound = alias.asname or alias.name
            if "." not in bound and bound != "*" and bound not in names and not bound.startswith("handler"):
                alias.asname = aliases[bound] = f"{bound}_alias"
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.id in aliases:
            each.id = aliases[each.id]
    return rewritten(tree)


def reordered_functions(text: str, random: Random) -> str:
    """Functions that stand side by side change places, but for those that need one another to be defined."""
    tree = ast.parse(text)
    body: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for node in [*tree.body, None]:
        if isinstance(node, FUNCTIONS) and not node.decorator_list and not node.args.defaults:
            run.append(node)
            continue
        random.shuffle(run)
        body += run if node is None else [*run, node]
        run = []
    tree.body = body
    return rewritten(tree)


def spaced_out(text: str, random: Random) -> str:
    """Blank lines and comments between statements."""
    lines = text.split("\n")
    starts = {node.lineno - len(getattr(node, "decorator_list", ())) for node in ast.parse(text).body}
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        if number in starts:
            out += random.choice(([], [""], ["# here", ""], ["", "", "# two words: a, b", ""]))
        out.append(line)
    return "\n".join(out)


def wrapped_bodies(text: str, _: Random) -> str:
    """The body of each function goes below `if True:`."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            node.body = [ast.If(test=ast.Constant(True), body=node.body, orelse=[])]
    return rewritten(tree)


CHANGING = (".append", ".extend", ".update", ".add", ".pop")
"""Methods that are called for what they change."""


def dressed_calls(text: str, _: Random) -> str:
    """Calls whose result nobody reads are assigned to a name."""

    class Dress(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.stmt:
            if not isinstance(node.value, ast.Call) or ast.unparse(node.value.func).endswith(CHANGING):
                return node
            return ast.Assign(targets=[ast.Name("_answer", ast.Store())], value=node.value, lineno=node.lineno)

    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            Dress().visit(node)
    return rewritten(tree)


def tried_bodies(text: str, _: Random) -> str:
    """The body of each function goes into a `try` that only cleans up."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            node.body = [ast.Try(body=node.body, handlers=[], orelse=[], finalbody=[ast.Pass()])]
    return rewritten(tree)


def asked_politely(text: str, _: Random) -> str:
    """What is read by `[…]` with a text is read by `get`."""

    class Ask(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            self.generic_visit(node)
            is_text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            if not is_text or not isinstance(node.ctx, ast.Load):
                return node
            return ast.Call(ast.Attribute(node.value, "get", ast.Load()), [node.slice], [])

    return rewritten(Ask().visit(ast.parse(text)))


def formatted_texts(text: str, _: Random) -> str:
    """Each f-string of plain fields becomes a call of `format`."""

    class Format(ast.NodeTransformer):
        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            parts: list[str] = []
            given: list[ast.expr] = []
            for part in node.values:
                if isinstance(part, ast.Constant):
                    parts.append(str(part.value).replace("{", "{{").replace("}", "}}"))
                elif isinstance(part, ast.FormattedValue) and part.conversion == -1 and part.format_spec is None:
                    parts.append("{}")
                    given.append(part.value)
                else:
                    return node
            return ast.Call(ast.Attribute(ast.Constant("".join(parts)), "format", ast.Load()), given, [])

    return rewritten(Format().visit(ast.parse(text)))


def spread_arguments(text: str, _: Random) -> str:
    """Keyword arguments are given by a dict."""

    class Spread(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            if not node.keywords or any(each.arg is None for each in node.keywords):
                return node
            names: list[ast.expr | None] = [ast.Constant(each.arg) for each in node.keywords]
            table = ast.Dict(names, [each.value for each in node.keywords])
            return ast.Call(node.func, node.args, [ast.keyword(None, table)])

    return rewritten(Spread().visit(ast.parse(text)))


def named_texts(text: str, _: Random) -> str:
    """The texts of a module get names, at its top."""
    tree = ast.parse(text)
    named: dict[str, str] = {}

    class Name(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.AST:
            return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            return node

        def visit_Match(self, node: ast.Match) -> ast.stmt:
            return node

        def visit_Constant(self, node: ast.Constant) -> ast.expr:
            if not isinstance(node.value, str):
                return node
            return ast.Name(named.setdefault(node.value, f"TEXT_{len(named)}"), ast.Load())

    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            Name().visit(node)
    first = next((i for i, node in enumerate(tree.body) if isinstance(node, (*FUNCTIONS, ast.ClassDef))), 0)
    tree.body[first:first] = [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(v)) for v, name in named.items()]
    return rewritten(tree)


MODULE_REWRITES: dict[str, Callable[[str, Random], str]] = {
    function.__name__: function
    for function in (
        *(renamed_variables, aliased_imports, reordered_functions, spaced_out, wrapped_bodies, dressed_calls),
        *(tried_bodies, asked_politely, formatted_texts, spread_arguments, named_texts),
    )
}


def moved_helpers(files: Files, path: str) -> Files:
    """The functions of a module that need nothing of it but its imports go into a module of their own."""
    tree = ast.parse(files[path])
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    provided = {(alias.asname or alias.name).partition(".")[0] for node in imports for alias in node.names}
    own = {name for node in tree.body for name in _bound(node)} - provided
    moved = [
        node
        for node in tree.body
        if isinstance(node, FUNCTIONS) and not own & (set(_read(node)) - {node.name}) and len(node.args.args) != 2
    ]
    relative = any(node.level for node in imports if isinstance(node, ast.ImportFrom))
    if not moved or relative:
        return files
    name = f"moved_{path.rpartition('/')[2].removesuffix('.py')}"
    back = ast.ImportFrom(name, [ast.alias(node.name) for node in moved], 0)
    tree.body = [*imports, back, *(node for node in tree.body if node not in moved and node not in imports)]
    elsewhere = ast.Module([*imports, *moved], [])
    return {**files, path: rewritten(tree), path.replace(path.rpartition("/")[2], f"{name}.py"): rewritten(elsewhere)}


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    else:
        names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        yield from (each.id for each in names if isinstance(each.ctx, ast.Store))


def _read(node: ast.AST) -> Iterator[str]:
    yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    yield from (name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names)


# --- templates ----------------------------------------------------------------------------------------------------


class _Plain(yaml.SafeLoader):
    """Reads templates: the short forms of functions as their long ones, dates and `on` as text."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag.rpartition(":")[2] in {"int", "float", "null"}]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        argument: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        argument = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": argument}


_Plain.add_multi_constructor("!", _function)


def parsed(template: str) -> Any:
    return yaml.load(template, _Plain)


def shuffled(value: Any, random: Random) -> Any:
    """The same mappings with their keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(each, random) for each in value] if isinstance(value, list) else value


def as_json(template: Any) -> str:
    return json.dumps(template, indent=2, ensure_ascii=False)


def as_yaml(template: Any) -> str:
    return yaml.safe_dump(template, sort_keys=False, allow_unicode=True, width=1000)
