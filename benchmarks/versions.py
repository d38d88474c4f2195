"""Where a version of lambda-review comes from: an executable that is there, or a revision of this repository."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def executable(version: str, room: Path) -> Path:
    """The program of a version: `version` is its path, its name, or a git revision, which is installed below `room`.

    A revision gets a virtual environment of its own, with the dependencies that it asks for. Raises `LookupError` for
    what is neither, `CalledProcessError` where the installation fails.
    """
    program = shutil.which(version)
    if program is not None:
        return Path(program).absolute()
    commit = _git("rev-parse", "--verify", "--quiet", f"{version}^{{commit}}").decode().strip()
    if not commit:
        raise LookupError(f"{version}: neither a program nor a revision of this repository")
    place = room / commit
    if not place.exists():
        _install(commit, place)
    return place / SCRIPTS / "lambda-review"


def _install(commit: str, place: Path) -> None:
    sources = place.with_suffix(".sources")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit))) as archive:
        archive.extractall(sources, filter="data")
    venv.create(place, with_pip=True)
    python = place / SCRIPTS / Path(sys.executable).name
    subprocess.run([python, "-m", "pip", "install", "--quiet", sources], check=True, stdin=subprocess.DEVNULL)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=HOME, stdout=subprocess.PIPE, check=False).stdout
