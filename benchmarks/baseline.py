"""How much of a baseline holds while code is reformatted, reordered and renamed.

    python benchmarks/baseline.py FOLDER [OPTION…]

An option is one of a review, such as `--select=all`.

Copies the files of a project that lambda-review reads to a temporary folder and writes a baseline. Then it changes the
copy, one change upon the other, each of which leaves what the code does alone, and reviews it after each:

- `format`: every Python file by `ruff format`, with another line length and other quotes than usual;
- `reorder`: the functions and classes at the top of each module, and the top-level resources of each template, in the
  reverse order, as far as nothing between them depends on it;
- `rename`: every local variable and parameter of every function, but for those that a caller names.

Prints for each step how many files it changed, how many findings are known, how many are new, and which. What a file's
change breaks (a name that a rule looks for is a finding's own fact) shows as findings that come or go, which are told
apart: `new` is what the reviewer calls new though the same rule fires as often in the same file as before.
Needs ruff, and nothing else that the project does not.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from speed import program

KINDS = (".py", ".yaml", ".yml", ".json", ".tf", ".tfvars", ".template", ".toml")
FORMAT = ("--isolated", "--line-length", "72", "--config", "format.quote-style='single'")
RESOURCE = re.compile(r"  [A-Za-z]\w*:\s*(?:#.*)?$")


def copied(folder: Path, place: Path) -> None:
    """Copy what a review may read."""

    def others(above: str, names: list[str]) -> set[str]:
        return {n for n in names if n == ".git" or (not n.endswith(KINDS) and not Path(above, n).is_dir())}

    shutil.copytree(folder, place, ignore=others, symlinks=True)


def reviewed(folder: Path, *options: str) -> dict[str, list[dict[str, str]]]:
    """The JSON report of a folder."""
    command = [program("lambda-review"), str(folder), "--format", "json", "--fail-on", "never", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    report: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return report


# --- what changes -------------------------------------------------------------------------------------------------


def formatted(folder: Path) -> int:
    before = {path: path.read_bytes() for path in folder.rglob("*.py")}
    subprocess.run([program("ruff"), "format", *FORMAT, "--quiet", str(folder)], check=False)
    return sum(path.read_bytes() != content for path, content in before.items())


def rewritten(folder: Path, kinds: tuple[str, ...], change: Callable[[str], str]) -> int:
    """Change the text of each file. How many are different after it, and still of their kind."""
    changed = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in kinds or not path.is_file() or path.is_symlink():
            continue
        try:
            text = path.read_bytes().decode()
            new = change(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        if new != text:
            path.write_bytes(new.encode())
            changed += 1
    return changed


def reordered(text: str) -> str:
    """A module with each run of neighbouring functions in the reverse order."""
    lines = text.splitlines(keepends=True)
    body = ast.parse(text).body
    spans: list[tuple[int, int, bool]] = []
    for number, node in enumerate(body):
        first = body[number - 1].end_lineno or 0 if number else 0
        plain = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if plain else set()
        spans.append((first, node.end_lineno or 0, plain and "global" not in names))
    found: list[str] = []
    run: list[str] = []
    for first, last, moves in spans:
        piece = "".join(lines[first:last])
        if moves:
            run.insert(0, piece if piece.endswith("\n") else piece + "\n")
        else:
            found += [*run, piece]
            run = []
    new = "".join([*found, *run, *lines[spans[-1][1] if spans else 0 :]])
    ast.parse(new)
    return new


def reordered_resources(text: str) -> str:
    """A YAML template with the blocks below `Resources:` in the reverse order."""
    lines = text.splitlines(keepends=True)
    start = next((n for n, line in enumerate(lines) if re.match(r"Resources:\s*(#.*)?$", line)), None)
    if start is None:
        return text
    end = next(
        (n for n in range(start + 1, len(lines)) if re.match(r"\S", lines[n]) and lines[n][0] != "#"), len(lines)
    )
    heads = [n for n in range(start + 1, end) if RESOURCE.match(lines[n])]
    if len(heads) < 2:
        return text
    lines[end - 1] = lines[end - 1] if lines[end - 1].endswith("\n") else lines[end - 1] + "\n"
    blocks = ["".join(lines[first:last]) for first, last in zip(heads, [*heads[1:], end], strict=True)]
    return "".join([*lines[: heads[0]], *reversed(blocks), *lines[end:]])


def renamed(text: str) -> str:
    """A module in which local variables have other names."""
    tree = ast.parse(text)
    lines = text.encode().splitlines(keepends=True)
    if "".join(text.splitlines(keepends=True)) != text or "\f" in text or "\r" in text:
        return text
    places: dict[tuple[int, int], str] = {}
    for function in _outermost(tree):
        names = _local(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in names:
                places[node.lineno, node.col_offset] = node.id
            elif isinstance(node, ast.arg) and node.arg in names:
                places[node.lineno, node.col_offset] = node.arg
    for (line, column), name in sorted(places.items(), reverse=True):
        row, old = lines[line - 1], name.encode()
        if row[column : column + len(old)] != old:  # in an f-string of Python 3.11, whose places are not told
            return text
        lines[line - 1] = row[:column] + b"renamed_" + row[column:]
    new = b"".join(lines).decode()
    ast.parse(new)
    return new


def _outermost(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions that are in no other."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        else:
            yield from _outermost(node)


def _local(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that can change: bound in the function, and mentioned in no other way than as a variable."""
    nodes = list(ast.walk(function))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    if function.name.endswith("handler"):
        bound |= {argument.arg for argument in function.args.args}
    shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    inner = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    other = {node.name for node in nodes if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar)}
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    classes = {n.id for c in nodes if isinstance(c, ast.ClassDef) for n in ast.walk(c) if isinstance(n, ast.Name)}
    in_text = {n.id for f in nodes if isinstance(f, ast.JoinedStr) for n in ast.walk(f) if isinstance(n, ast.Name)}
    hidden = in_text if sys.version_info < (3, 12) else set()
    calls_locals = {n.id for n in nodes if isinstance(n, ast.Name)} & {"locals", "vars", "exec", "eval"}
    return set() if calls_locals else bound - shared - inner - other - imported - classes - hidden


# --- what it does -------------------------------------------------------------------------------------------------

STEPS: dict[str, Callable[[Path], int]] = {
    "format": formatted,
    "reorder": lambda folder: (
        rewritten(folder, (".py",), reordered) + rewritten(folder, (".yaml", ".yml"), reordered_resources)
    ),
    "rename": lambda folder: rewritten(folder, (".py",), renamed),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    arguments, options = parser.parse_known_args()
    folder = arguments.folder
    with tempfile.TemporaryDirectory() as place:
        copy, baseline = Path(place, "copy"), Path(place, "baseline.json")
        copied(folder, copy)
        before = reviewed(copy, *options)["findings"]
        reviewed(copy, "--write-baseline", str(baseline), *options)
        print(f"{len(before)} findings in the baseline")
        counts = Counter((found["path"], found["rule"]) for found in before)
        for name, step in STEPS.items():
            changed = step(copy)
            now = reviewed(copy, *options)["findings"]
            new = reviewed(copy, "--baseline", str(baseline), *options)["findings"]
            more = Counter((found["path"], found["rule"]) for found in now) - counts
            come = sum(min(n, more[key]) for key, n in Counter((f["path"], f["rule"]) for f in new).items())
            share = 100 * (len(now) - len(new)) / (len(now) or 1)
            print(f"{name}: {changed} files changed, {len(now)} findings, {len(new)} new, {share:.2f} % known", end="")
            print(f" ({come} of the new come with the change itself)" if come else "")
            for found in new:
                print(f"    {found['rule']} {found['path']}:{found['line']}: {found['code'].strip()[:80]}")


if __name__ == "__main__":
    main()
