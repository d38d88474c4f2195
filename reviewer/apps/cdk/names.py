"""Names of the CDK that its readers ask for."""

from __future__ import annotations

import re
from functools import lru_cache

LIBRARY = "aws_cdk"
INSTALLED = frozenset({LIBRARY, "constructs", "jsii"})
"""Packages that an app finds in its environment, though folders of its own are often called `constructs`."""
APP = "App"
CURRENT_VERSION = "current_version"
STACKS = frozenset({"Stack", "NestedStack"})
SHELLS = STACKS | {"Stage"}
"""Classes that what is deployed together stands in."""
FREE = SHELLS | {APP, "Construct"}
"""Classes that only hold others."""

_ALPHA = re.compile(r"_alpha\b")
_CONSTRUCT = re.compile(r"constructs\.(?:Construct|Node)\b")


@lru_cache(maxsize=4_096)
def known_as(name: str) -> str | None:
    """The name of something of the CDK without what differs between its versions; None for anything else.

    `aws_cdk.core.Duration` is `Duration`, `aws_cdk.aws_lambda_python_alpha.X` is `aws_lambda_python.X`.
    """
    if name.startswith(f"{LIBRARY}."):
        return _ALPHA.sub("", name[len(LIBRARY) + 1 :].removeprefix("core."))
    return name.partition(".")[2] if _CONSTRUCT.fullmatch(name) else None


def uses_library(source: bytes) -> bool:
    """Whether a module may make constructs, before anything is parsed."""
    return LIBRARY.encode() in source
