"""Where others get this lambda-review from: what a workflow and a hook have to name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from reviewer.report.product import NAME, version

ADDRESS = re.compile(r"(?:https://|ssh://(?:[\w-]+@)?|(?P<user>[\w-]+)@(?=[\w.-]+:))[\w.-]+[:/][\w./~:-]+")
REVISION = re.compile(r"[\w.][\w./-]*")
GITHUB = re.compile(r"(?:https://github\.com/|ssh://git@github\.com/|git@github\.com:)([\w.-]+/[\w.-]+?)(?:\.git)?/?")


class OriginError(Exception):
    """An address that a workflow or a hook cannot name."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository of git with a revision; without an `address`, the package index with a version."""

    address: str
    revision: str

    @property
    def requirement(self) -> str:
        """What pip installs."""
        if not self.address:
            return f"{NAME}=={self.revision}"
        found = ADDRESS.fullmatch(self.address)
        is_short = found is not None and found["user"]  # git@host:path, which pip does not know
        url = f"ssh://{self.address.replace(':', '/', 1)}" if is_short else self.address
        return f"{NAME} @ git+{url}@{self.revision}"

    @property
    def action(self) -> str:
        """How a workflow of GitHub uses it; "" where it is not at GitHub."""
        found = GITHUB.fullmatch(self.address)
        return f"{found[1]}@{self.revision}" if found else ""


def given(text: str) -> Origin:
    """The origin that `ADDRESS@REVISION` names; without a revision, the tag of the installed version.

    Raises `OriginError`.
    """
    address, mark, revision = text.rpartition("@")
    if not mark or re.search("[:/]", revision):
        address, revision = text, f"v{version()}"
    if not ADDRESS.fullmatch(address) or not REVISION.fullmatch(revision):
        raise OriginError(f"{text}: no address of a git repository; https://HOST/PATH@REVISION is one")
    return Origin(address, revision)


def installed() -> Origin:
    """The origin of what is installed here, as pip notes it; the package index where it came from none.

    Source: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    from importlib import metadata  # noqa: PLC0415 - 50 ms

    try:
        noted = json.loads(metadata.distribution(NAME).read_text("direct_url.json") or "{}")
        return given(f"{noted['url']}@{noted['vcs_info']['commit_id']}")
    except (metadata.PackageNotFoundError, OriginError, ValueError, KeyError, TypeError):
        return Origin("", version())
