"""Folders of files for tests."""

from __future__ import annotations

from pathlib import Path

SAM = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n"


def grow(root: Path, *paths: str) -> Path:
    """Make empty files; a path that ends in a slash is a folder."""
    for path in paths:
        place = root / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("")
    return root


def put(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
