"""The Terraform configurations and plans of a tree, as a deployment."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer.deploy.files import Files
from reviewer.deploy.model import Deployment
from reviewer.deploy.terraform.folders import LAMBDA, SUFFIXES, VALUES, Listing, roots

PLAN = (b'"planned_values"', b'"configuration"')
"""What a plan contains that `terraform show -json` prints."""


def claims(path: str, data: bytes) -> bool:
    """Whether a file belongs to a Terraform configuration, or is a plan that has to do with functions."""
    if path.endswith((*SUFFIXES, *VALUES)):
        return True
    return path.endswith(".json") and all(mark in data for mark in PLAN) and LAMBDA.search(data) is not None


def read(files: Files, paths: Sequence[str]) -> Deployment:
    """What the root modules in the folders of `paths`, and the plans among them, deploy."""
    listing = Listing(files, (path for path in paths if path.endswith((*SUFFIXES, *VALUES))))
    plans = [path for path in paths if not path.endswith((*SUFFIXES, *VALUES))]
    found = list(roots(listing))
    if not found and not plans:
        return Deployment()
    # brings the parser, which a tree without functions does not need
    from reviewer.deploy.terraform.configurations import configured  # noqa: PLC0415

    return configured(listing, found, plans)
