"""What a rule proposes to change, in the terms of its subject, as edits of the file. No edits: it is not known how."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable

from reviewer.code import facts
from reviewer.code.fix import Change, line_before, with_keyword, without_line
from reviewer.code.scopes import CallSite
from reviewer.code.source import Source
from reviewer.deploy.cdk_out import MANIFEST
from reviewer.deploy.terraform.read import PLAN
from reviewer.filetext import Unfit, file_text
from reviewer.finding import Edit, Location
from reviewer.project import Project
from reviewer.value import MODULE

Edits = tuple[Edit, ...]

GENERATED = frozenset({"cdk.out", ".aws-sam", ".serverless", "node_modules"})
"""Folders whose files a tool writes anew: an edit there would be lost."""
OWN_TEXT = frozenset({"", "service_name", "region_name"})
"""The arguments of a client that say nothing of who asks."""
PREPARES = re.compile(
    r"setup_default_session|environ\s*(?:\[[^]\n]*\]\s*=[^=]|\.(?:setdefault|update)\b)|\bputenv\b|\bmoto\b"
)
"""What code does before a client is built that the client depends on."""


# --- code ---------------------------------------------------------------------------------------------------------


def keyword(project: Project, module: str, call: facts.Call, argument: tuple[str, int], value: str) -> Edits:
    """Give a call a keyword argument, by name and position (-1: by keyword alone), or in place of a literal None."""
    name, position = argument
    if not call.arguments or any(each.name in {"*", "**"} for each in call.arguments):
        return ()
    positional = [each for each in call.arguments if not each.name]
    given = [each for each in call.arguments if each.name == name]
    given += positional[position : position + 1] if position >= 0 else []
    source = project.sources[module]
    if given:
        (start, end), old = project.sources.span(module, given[0].value.node), given[0].value
        is_none = isinstance(old, facts.Literal) and old.value is None
        return _of_module(project, module, [Change(start, end, value)]) if is_none else ()
    last = call.arguments[-1].value
    if isinstance(last, facts.Comprehension) and last.kind == "generator":
        return ()
    spans = project.sources.span(module, call.node), project.sources.span(module, last.node)
    change = with_keyword(source, *spans, name, value)
    return _of_module(project, module, [change] if change else [])


def moved_to_module(project: Project, module: str, owner: int, site: CallSite) -> Edits:
    """Move `name = call(…)`, a statement of a module's own function, out of that and above the module's functions.

    Only where the call depends on nothing but text, and the name means nothing else in the module. Where the module
    makes the same assignment already, the one in the function goes.
    """
    fact, function = project.modules.module(module), project.modules.owner(module, owner)
    source, spans = project.sources[module], project.sources.span
    if fact is None or not isinstance(function, facts.Function) or function not in fact.body or source.origin:
        return ()
    statement = next((s for s in function.body if isinstance(s, facts.Assign) and s.value is site.call), None)
    if statement is None or len(function.body) < 2 or not _is_plain(statement) or PREPARES.search(source.code):
        return ()
    first = _first_behind_import(project, module, function, site.call)
    cut = without_line(source, spans(module, statement.node))
    if first is None or cut is None or not _is_bound_once(project, module, owner, statement):
        return ()
    removed, text = cut
    (target,) = statement.targets
    assert isinstance(target, facts.Name)  # as it is in what is plain
    if target.id in project.modules.scope(module, MODULE).definitions:
        same = any(_is_same(each, statement) for each in fact.body if each.node < function.node)
        return _of_module(project, module, [removed] if same else [])
    begin = min([spans(module, first.node)[0], *(spans(module, each.node)[0] for each in first.decorators)])
    above = fact.body[fact.body.index(first) - 1]
    inserted = line_before(source, text, begin, spans(module, above.node), tight=isinstance(above, facts.Assign))
    return _of_module(project, module, [inserted, removed])


def _is_plain(statement: facts.Assign) -> bool:
    """Whether a statement gives one name what a call with nothing but texts answers."""
    is_named = len(statement.targets) == 1 and isinstance(statement.targets[0], facts.Name)
    if not is_named or statement.annotation is not None or not isinstance(statement.value, facts.Call):
        return False
    given = statement.value.arguments
    texts = (isinstance(each.value, facts.Literal) and isinstance(each.value.value, str) for each in given)
    return all(texts) and {each.name for each in given} <= OWN_TEXT


def _is_same(other: facts.Statement, statement: facts.Assign) -> bool:
    """Whether a statement assigns the same, in the same words."""
    return isinstance(other, facts.Assign) and _is_plain(other) and _words(other) == _words(statement)


def _words(statement: facts.Assign) -> tuple[object, ...]:
    target, call = statement.targets[0], statement.value
    assert isinstance(target, facts.Name) and isinstance(call, facts.Call)
    function = call.function
    given = tuple((each.name, each.value.value) for each in call.arguments if isinstance(each.value, facts.Literal))
    receiver = function.value if isinstance(function, facts.Attribute) else None
    return target.id, getattr(receiver, "id", None), getattr(function, "name", getattr(function, "id", None)), given


def _is_bound_once(project: Project, module: str, owner: int, statement: facts.Assign) -> bool:
    """Whether a function's name is assigned once in it, once at most in the module, and not known to every module."""
    target, whole = statement.targets[0], project.modules.module(module)
    if not isinstance(target, facts.Name) or hasattr(builtins, target.id) or project.modules.star_imports(module):
        return False
    inner, outer = project.modules.scope(module, owner), project.modules.scope(module, MODULE)
    changes = {"item", "removed", "mutated"}  # of what the name stands for: they bind no name
    bound = [
        [each for each in scope.definitions.get(target.id, ()) if each.kind not in changes] for scope in (inner, outer)
    ]
    is_declared = target.id in inner.declared or whole is None or target.id in whole.declared_names
    return len(bound[0]) == 1 and bound[0][0].kind == "value" and len(bound[1]) <= 1 and not is_declared


def _first_behind_import(
    project: Project, module: str, function: facts.Function, call: facts.Call
) -> facts.Function | facts.Class | None:
    """The first function or class of a module behind the only import, before `function`, of what a call calls."""
    called = call.function.value if isinstance(call.function, facts.Attribute) else call.function
    fact = project.modules.module(module)
    if not isinstance(called, facts.Name) or fact is None:
        return None
    bound = project.modules.scope(module, MODULE).definitions.get(called.id, [])
    imports = [
        each for each in fact.body if isinstance(each, facts.Import) and called.id in {n for *_, n in each.names}
    ]
    if len(bound) != 1 or not imports or called.id in project.modules.scope(module, function.node).definitions:
        return None
    behind = (each for each in fact.body if isinstance(each, (facts.Function, facts.Class)))
    first = next((each for each in behind if each.node > imports[0].node), None)
    return first if first is not None and first.node <= function.node else None


def _of_module(project: Project, module: str, changes: Iterable[Change]) -> Edits:
    """Changes of a module as edits of the file that holds it: of a template, where the module is inline code."""
    source, changes = project.sources[module], tuple(changes)
    if _is_generated(project, source.origin.at.path if source.origin else source.path):
        return ()
    if source.origin is None:
        return tuple(Edit(source.path, change.start, change.end, change.text) for change in changes)
    if not source.origin.block or any("\n" in change.text or "\r" in change.text for change in changes):
        return ()
    edits = [edit for change in changes for edit in _inline(project, source, change)]
    return tuple(edits) if len(edits) == len(changes) else ()


def _inline(project: Project, source: Source, change: Change) -> Edits:
    """A change of inline code in its template, where the same stands, with a character more on either side."""
    at = source.span(change.start, change.end)
    try:
        file = file_text(at.path, project.read(at.path))
        start, end = file.span(at)
    except (Unfit, OSError):
        return ()
    is_there = file.text[start - 1 : end + 1] == source.code[change.start - 1 : change.end + 1]
    return (Edit(at.path, start, end, change.text),) if is_there else ()


# --- templates ----------------------------------------------------------------------------------------------------


def written(project: Project, at: Location, old: str, new: str) -> Edits:
    """Write `new` for the value `old` of a setting, quoted or not, where that is all that stands there.

    Of the CDK, `Duration.seconds(old)`.
    """
    if _is_generated(project, at.path):
        return ()
    try:
        file = file_text(at.path, project.read(at.path))
        start, end = file.span(at)
    except (Unfit, OSError):
        return ()
    value = re.escape(old)
    found = re.fullmatch(
        rf"(?P<quote>[\"']?)({value})(?P=quote)|[\w.]*\bDuration\.seconds\(({value})\)", file.text[start:end]
    )
    if found is None:
        return ()
    inner = 2 if found[2] else 3
    return (Edit(at.path, start + found.start(inner), start + found.end(inner), new),)


def _is_generated(project: Project, path: str) -> bool:
    """Whether a tool writes a file anew: what a build leaves, an app that `cdk synth` wrote, a plan of Terraform."""
    folder, _, _ = path.rpartition("/")
    if set(folder.split("/")) & GENERATED or f"{folder}/{MANIFEST}".lstrip("/") in project.tree.templates:
        return True
    return path.endswith(".json") and all(mark in project.read(path) for mark in PLAN)


def without_line_or_rest(project: Project, at: Location, comment: str, start: int, end: int) -> Edits:
    """Remove the characters from `start` to `end` of a comment; with the line, or the blanks before, if all of it."""
    try:
        file = file_text(at.path, project.read(at.path))
        begin = file.offset(at.line, at.column)
    except (Unfit, OSError):
        return ()
    if not file.text.startswith(comment, begin) or comment.startswith("/*"):  # which is more than the mark in it
        return ()
    first, stop, following = file.line(begin)
    start, end = begin + start, begin + end
    if file.text[end:stop].strip():
        return (Edit(at.path, start, end, ""),)
    start = first + len(file.text[first:start].rstrip(" \t"))
    return (Edit(at.path, first, following, "") if start == first else Edit(at.path, start, stop, ""),)
