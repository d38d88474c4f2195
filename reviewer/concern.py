"""What changed files are about: the project around them is read, and findings that touch neither them nor what they
deploy are left to a review of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.discover import TERRAFORM, Tree, common, discover, relative, root_of

if TYPE_CHECKING:
    from reviewer.finding import Finding
    from reviewer.project import Project


def around(paths: Sequence[Path], *, everything: bool, exclude: Sequence[str], synthesised: Sequence[Path]) -> Tree:
    """The tree of some changed files (folders: all files below): what a review of the whole repository would read of
    them, with the templates and modules around them.

    Unlike files that are named to `discover`, these are not reviewed whole, and what is ignored, a test or installed
    stays left out: a list of changed files is made by a program, which knows nothing of that.
    """
    root = root_of(paths)
    top = root if (root / ".git").exists() else common(paths)
    whole = discover([top], everything=everything, exclude=exclude)
    asked = [relative(path, root) for path in paths]
    changed = frozenset(path for path in (*whole.python, *whole.templates) if any(_holds(top, path) for top in asked))
    files = [root / path for path in sorted(changed)]
    tree = discover(files, everything=everything, exclude=exclude, synthesised=synthesised) if files else Tree(root)
    reasons = dict(whole.left_out)
    left_out = ((path, _reason(path, reasons)) for path in asked if not any(_holds(path, each) for each in changed))
    return replace(
        tree,
        explicit=frozenset(),
        folders=("",),
        left_out=tuple(sorted({*tree.left_out, *left_out})),
        changed=frozenset(relative(file, tree.root) for file in files),
    )


def concerning(findings: Iterable[Finding], project: Project) -> tuple[Finding, ...]:
    """The findings that touch a changed file, or a module that a function of a changed template runs: with their own
    place, a step on the way or a related place. All of them where the review is not about changes."""
    changed = project.tree.changed
    if changed is None:
        return tuple(findings)
    files = changed | project.run_by(changed | set(_siblings(project.tree)))
    return tuple(
        found
        for found in findings
        if any(at.path in files for at in (found.at, *(step.at for step in (*found.steps, *found.related))))
    )


def _siblings(tree: Tree) -> Iterator[str]:
    """The files of Terraform beside changed ones: those of a folder are one configuration."""
    folders = {path.rpartition("/")[0] for path in tree.changed or () if path.endswith(TERRAFORM)}
    return (path for path in tree.templates if path.endswith(TERRAFORM) and path.rpartition("/")[0] in folders)


def _holds(top: str, path: str) -> bool:
    return not top or path == top or path.startswith(f"{top}/")


def _reason(path: str, reasons: dict[str, str]) -> str:
    """Why a file was left out, or a folder around it."""
    parts = path.split("/")
    around = ("/".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((reasons[each] for each in around if each in reasons), "neither Python nor a template")
