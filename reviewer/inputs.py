"""What is to be reviewed, and by which settings: the arguments of the command line, checked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer import config
from reviewer.config import Config, ConfigError, nearest
from reviewer.discover import MANIFEST, common, root_of

if TYPE_CHECKING:
    from reviewer.rule import Rule


class InputError(Exception):
    """An argument that cannot be used, in one line that names it."""


def places(paths: tuple[str, ...], stdin_filename: str | None, commands: Iterable[str]) -> list[Path]:
    """The paths to review, each of which is there and of a kind that can be. A name of `commands` may be meant by one.

    Raises `InputError`.
    """
    if "-" in paths:
        if len(paths) > 1:
            raise InputError("`-` stands alone: the standard input is reviewed by itself")
        place = Path(stdin_filename or "stdin.py")
        if place.is_dir():
            raise InputError(f"--stdin-filename {place}: a folder")
        return [place]
    if stdin_filename is not None:
        raise InputError("--stdin-filename goes with the path `-`")
    for path in paths:
        if fault := _fault(path, commands):
            raise InputError(f"{path or 'the empty path'}: {fault}")
    return [Path(path) for path in paths]


def mends(paths: tuple[str, ...], *, fix: bool, show: bool, unsafe: bool, of_some: bool = False) -> bool:
    """Whether fixes are asked for, to be applied or to be shown; `of_some`: along with options that leave out findings.

    Raises `InputError`.
    """
    if fix and show:
        raise InputError("--fix and --show-fixes exclude each other: one changes files, the other none")
    if unsafe and not fix and not show:
        raise InputError("--unsafe goes with --fix or --show-fixes")
    if fix and "-" in paths:
        raise InputError("--fix changes files; the standard input is none, and --show-fixes goes with it")
    if of_some and (fix or show):
        raise InputError(
            f"{'--fix' if fix else '--show-fixes'} is about all findings, not about those that are new alone"
        )
    return fix or show


def _fault(path: str, commands: Iterable[str]) -> str:
    """Why a path cannot be reviewed."""
    if not path:
        return "no file and no folder; `.` is the current one"
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return f"no such file or folder{nearest(path, commands) if path.isalpha() else ''}"
    except OSError as error:
        return error.strerror or "it cannot be read"
    if stat.S_ISDIR(mode):
        return "" if os.access(path, os.R_OK | os.X_OK) else "this folder cannot be read"
    return "" if stat.S_ISREG(mode) else "neither a file nor a folder"


def synthesised(folders: tuple[str, ...], places: list[Path]) -> list[Path]:
    """The folders that `cdk synth` wrote, each checked to be one, inside of the reviewed tree. Raises `InputError`."""
    root = root_of(places)
    for folder in folders:
        if not Path(folder).is_dir():
            raise InputError(f"--cdk-out {folder}: no such folder")
        if not Path(folder, MANIFEST).is_file():
            raise InputError(f"--cdk-out {folder}: it holds no {MANIFEST}, which `cdk synth` writes")
        if not Path(folder).resolve().is_relative_to(root):
            raise InputError(f"--cdk-out {folder}: it lies outside of the reviewed tree, {root}")
    return [Path(folder) for folder in folders]


def settings(
    places: list[Path],
    rules: Mapping[str, Rule],
    file: str | None,
    *,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    exclude: tuple[str, ...],
    **given: object,
) -> Config:
    """The settings of the file that holds them, with those of the command line. Raises `InputError`, `ConfigError`."""
    known, root = config.selectable(rules), root_of(places)
    with _naming("--select"):
        selected = _listed(select, known)
    with _naming("--ignore"):
        ignored = _listed(ignore, known)
    with _naming("--exclude"):
        for pattern in exclude:
            config.check_pattern(pattern)
    found = config.load(Path(file), root, known) if file else config.configured(common(places), root, known)
    return config.overridden(found, select=selected, ignore=ignored, exclude=exclude, **given)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Name the option that an error is about."""
    try:
        yield
    except ConfigError as error:
        raise InputError(f"{name}: {error}") from None


def _listed(values: Sequence[str], known: frozenset[str]) -> config.Names:
    """Known names, given one by one, or several with commas between.

    Raises `ConfigError`, also for a value without any, such as a variable of the shell that is not set.
    """
    names = [[name for each in value.split(",") if (name := each.strip())] for value in values]
    if not all(names):
        raise ConfigError("no name given; `lambda-review rules` lists them")
    listed = tuple(chain.from_iterable(names))
    config.check_names(listed, known)
    return listed
