"""Small applications that hold their own deployment, for tests."""

from __future__ import annotations

import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path

from reviewing import review_files

from reviewer.deploy.model import Deployment
from reviewer.deploy.read import read
from reviewer.discover import discover
from reviewer.finding import Review
from reviewer.project import Project


def _dedented(files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    return {path: textwrap.dedent(text).lstrip("\n") if isinstance(text, str) else text for path, text in files.items()}


def deployment(files: Mapping[str, str | bytes]) -> Deployment:
    """What these files deploy."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in _dedented(files).items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        tree = discover([root])
        return Project(tree, read(tree.root, tree.templates), lambda path: (root / path).read_bytes()).deployment


def review(files: Mapping[str, str | bytes]) -> Review:
    """The review of these files."""
    return review_files(_dedented(files))
