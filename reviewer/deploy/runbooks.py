"""Runbooks of Systems Manager Automation. The handlers of their scripts look like Lambda's, and run there instead.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment

_ACTION = b"aws:executeScript"
_SCRIPT = re.compile(rb"(?<![\w./-])[\w./-]{1,200}\.py(?!\w)")


def claims(path: str, data: bytes) -> bool:
    """Whether a file holds a step that runs a script."""
    return _ACTION in data


def read(files: Files, paths: Sequence[str]) -> Deployment:
    """The scripts that runbooks name, in a placeholder or as an attachment, by the end of their path."""
    found: dict[str, None] = {}
    for path in paths:
        for name in _SCRIPT.findall(files.data(path) or b""):
            parts = [part for part in name.decode("ascii").split("/") if part not in {"", ".", ".."}]
            found["/".join(parts)] = None
    return Deployment(scripts=tuple(found))
