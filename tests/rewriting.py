"""Rewrites that keep what a program or a template means: whatever is found before has to be found afterwards."""

from __future__ import annotations

import ast
import json
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
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in aliases:
            node.id = aliases[node.id]
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


def dressed_calls(text: str, _: Random) -> str:
    """Calls whose result nobody reads are assigned to a name."""

    class Dress(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.stmt:  # noqa: N802 - the name that ast looks for
            if not isinstance(node.value, ast.Call):
                return node
            return ast.Assign(targets=[ast.Name("_answer", ast.Store())], value=node.value, lineno=node.lineno)

    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            Dress().visit(node)
    return rewritten(tree)


MODULE_REWRITES: dict[str, Callable[[str, Random], str]] = {
    function.__name__: function
    for function in (
        *(renamed_variables, aliased_imports, reordered_functions, spaced_out, wrapped_bodies, dressed_calls),
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
        yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


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


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        argument: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": argument}


_Plain.add_multi_constructor("!", _function)


def parsed(template: str) -> Any:
    return yaml.load(template, _Plain)  # noqa: S506 - a loader of plain values


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
