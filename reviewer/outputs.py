"""Where reports go: which format to which file, what a report must not overwrite, and writing all of them or none."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer.config import OWN, SHARED
from reviewer.discover import CANDIDATES, Tree

STANDARD = "-"
OWN_KEYS = frozenset({"findings", "runs", "rings", "issues"})
"""What a report has at its top, as JSON (`findings`), SARIF (`runs`) or for SonarQube (`issues`), or a graph (`rings`):
an earlier one may be written anew."""
OWN_MEMBER = "check_name"
"""What each member of a report for GitLab has."""


class OutputError(Exception):
    """A report that cannot be written where it was to go."""


@dataclass(frozen=True, slots=True)
class Output:
    """One report. `file` is None for the standard output."""

    format: str
    file: Path | None = None


def paired(formats: Sequence[str], files: Sequence[str], *, quiet: bool) -> tuple[Output, ...]:
    """The reports that were asked for, the first format with the first file and so on.

    A single format alone goes to the standard output. Where nothing else does, text goes there as well, unless `quiet`.
    """
    if not files and len(formats) < 2:
        return (Output(formats[0] if formats else "text"),)
    if len(formats) > len(files):
        raise OutputError(f"--format {formats[len(files)]}: no --output goes with it (`-` is the standard output)")
    if len(files) > len(formats):
        raise OutputError(f"--output {files[len(formats)]}: no --format goes with it")
    pairs = zip(formats, files, strict=True)
    outputs = tuple(Output(name, None if file == STANDARD else Path(file)) for name, file in pairs)
    if len({output.file and _resolved(output.file) for output in outputs}) < len(outputs):
        raise OutputError("two reports go to the same place")
    is_standard_free = all(output.file for output in outputs)
    return (*outputs, Output("text")) if is_standard_free and not quiet else outputs


def beside_patch(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """The reports that go with a patch, which is what goes to the standard output. Raises `OutputError`."""
    if other := next((each for each in outputs if each.file is None and each.format != "text"), None):
        raise OutputError(f"--format {other.format}: --show-fixes prints to the standard output, an --output is needed")
    return tuple(output for output in outputs if output.file)


def check_target(file: Path, tree: Tree, settings: str = "", option: str = "--output") -> None:
    """Raise `OutputError` where a report cannot go to `file`, or would overwrite what is reviewed, or `settings`.

    `option` is what names the file.
    """
    if not file.parent.is_dir():
        raise OutputError(f"{option} {file}: no folder `{file.parent}`")
    try:
        status = file.lstat()
    except FileNotFoundError:
        status = None
    except OSError as error:
        raise OutputError(f"{option} {file}: {error.strerror}") from None
    if status is not None and not stat.S_ISREG(status.st_mode):
        kinds = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link"}
        raise OutputError(
            f"{option} {file}: {kinds.get(stat.S_IFMT(status.st_mode), 'no plain file')} is there already"
        )
    if not os.access(file.parent, os.W_OK):
        raise OutputError(f"{option} {file}: the folder `{file.parent}` cannot be written to")
    if status is None:
        return
    if file.name in {OWN, SHARED} or (settings and _resolved(file) == _resolved(Path(settings))):
        raise OutputError(f"{option} {file}: this file holds settings")
    if status.st_size and _is_source(file, tree) and not _is_report(file):
        raise OutputError(f"{option} {file}: this file belongs to what is reviewed")


def _is_source(file: Path, tree: Tree) -> bool:
    place = _resolved(file)
    if not place.is_relative_to(tree.root):
        return False
    return place.name.endswith(CANDIDATES) or place.relative_to(tree.root).as_posix() in tree.explicit


def _resolved(file: Path) -> Path:
    return Path(os.path.realpath(file))  # resolve() raises where links form a ring


def _is_report(file: Path) -> bool:
    import json  # noqa: PLC0415 - only an existing file pays for it

    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if isinstance(value, list):
        return all(isinstance(member, dict) and OWN_MEMBER in member for member in value)
    return isinstance(value, dict) and not OWN_KEYS.isdisjoint(value)


def write(texts: Mapping[Path, str], option: str = "--output") -> None:
    """Write all files, or raise `OutputError` and leave what was there.

    Each text goes to a new file beside its target first, which then takes the target's name.
    """
    written: dict[Path, Path] = {}
    try:
        for file, text in texts.items():
            beside = file.parent / f".lambda-review-{os.urandom(6).hex()}"
            written[beside] = file
            with beside.open("xb") as stream:
                stream.write(text.encode("utf-8", "backslashreplace"))
        for beside, file in written.items():
            if file.exists():
                beside.chmod(stat.S_IMODE(file.stat().st_mode))
            beside.replace(file)
    except OSError as error:
        raise OutputError(f"{option} {file}: {error.strerror}") from None
    finally:
        for beside in written:
            beside.unlink(missing_ok=True)


def show(text: str | bytes, encoding: str | None = None) -> None:
    """Write to the standard output, text in UTF-8 unless told otherwise. A reader that has gone away is no error.

    What the encoding lacks becomes an escape sequence. Raises `OutputError`.
    """
    try:
        sys.stdout.flush()
        content = text if isinstance(text, bytes) else text.encode(encoding or "utf-8", "backslashreplace")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _let_go()
    except OSError as error:
        raise OutputError(f"the standard output: {error.strerror}") from None


def _let_go() -> None:
    """Send the rest of the standard output nowhere, so that nothing fails when the interpreter flushes it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def wants_color(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Is the text to be coloured? `choice` is auto, always or never.

    With auto, NO_COLOR (https://no-color.org) decides, then FORCE_COLOR (https://force-color.org), then the terminal.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (terminal and environment.get("TERM") != "dumb")


def files(outputs: Iterable[Output]) -> list[Path]:
    """The files among the outputs."""
    return [output.file for output in outputs if output.file is not None]
