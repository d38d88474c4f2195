"""What a repository holds that a first configuration depends on: deployments, handlers, pipelines, hooks, settings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from reviewer.config import OWN, SHARED, TABLE
from reviewer.deploy.cdk_out import traced
from reviewer.deploy.read import read
from reviewer.discover import discover, root_of
from reviewer.project import Project, is_python

MARK = b"lambda-review"
HOOKS = ".pre-commit-config.yaml"
PIPELINES = {
    "GitHub Actions": (".github/workflows/*.yml", ".github/workflows/*.yaml", ".github"),
    "GitLab CI": (".gitlab-ci.yml", ".gitlab/*.yml"),
    "CodeBuild": ("buildspec*.yml", "buildspec*.yaml"),
}
"""Where each service looks for its pipelines; a folder tells of the service alone."""
HOSTS = {"github": "GitHub Actions", "gitlab": "GitLab CI", "codecommit": "CodeBuild"}
"""Words in the address of a remote repository, and the service that is at home there."""
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found below `root`.

    `deployed` counts the Python functions of each (dialect, template), `undeployed` the handlers of each module that no
    template names. `pipelines` are the files of each service found ("" for one that only the remote's address or a
    folder tells of). `mentions` are the files among these, the hooks and the settings that know lambda-review already.
    """

    root: Path
    deployed: tuple[tuple[tuple[str, str], int], ...] = ()
    undeployed: tuple[tuple[str, int], ...] = ()
    pipelines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hooks: str = ""
    settings: str = ""
    mentions: frozenset[str] = frozenset()


def survey(folder: Path) -> Survey:
    """Look at the repository around a folder. Nothing of it is run, and no link is followed out of it."""
    root = root_of([folder])
    deployed, undeployed = _handlers(root)
    pipelines = _pipelines(root)
    hooks = HOOKS if _content(root, HOOKS) is not None else ""
    files = [path for _, paths in pipelines for path in paths] + [hooks] * bool(hooks)
    return Survey(
        root=root,
        deployed=tuple(sorted(deployed.items())),
        undeployed=tuple(sorted(undeployed.items())),
        pipelines=pipelines,
        hooks=hooks,
        settings=_settings(root),
        mentions=frozenset(path for path in files if MARK in (_content(root, path) or b"")),
    )


def _handlers(root: Path) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    tree = discover([root])

    @cache
    def contents(path: str) -> bytes:
        return (root / path).read_bytes()

    deployment, python = traced(read(root, tree.templates), tree.python, tree.templates, contents)
    project = Project(replace(tree, python=python), deployment, contents)
    deployed: Counter[tuple[str, str]] = Counter()
    undeployed: Counter[str] = Counter()
    for handler in project.handlers:
        function = handler.function
        if function is not None and is_python(function):
            deployed[function.dialect, function.at.path] += 1
        elif function is None and handler.module is not None:
            undeployed[handler.module] += 1
    return deployed, undeployed


def _pipelines(root: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = {
        service: tuple(sorted(_below(root, path) for glob in globs for path in root.glob(glob) if _is_own(root, path)))
        for service, globs in PIPELINES.items()
    }
    told = {
        service: tuple(path for path in paths if (root / path).is_file()) for service, paths in found.items() if paths
    }
    if not told:
        address = (_content(root, ".git/config") or b"").decode("utf-8", "replace").lower()
        told = {service: () for host, service in HOSTS.items() if host in address}
    return tuple(told.items())


def _settings(root: Path) -> str:
    if _content(root, OWN) is not None:
        return OWN
    return SHARED if f"[tool.{TABLE}".encode() in (_content(root, SHARED) or b"") else ""


def _content(root: Path, path: str) -> bytes | None:
    """The beginning of a plain file of the repository; None where there is none."""
    file = root / path
    try:
        if not file.is_file() or not _is_own(root, file):
            return None
        with file.open("rb") as stream:
            return stream.read(LARGEST)
    except OSError:
        return None


def _is_own(root: Path, path: Path) -> bool:
    """Does a path stay in the repository when its links are followed?"""
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links that form a ring
        return False


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
