"""Small services of the Serverless Framework for tests."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from deploy_samples import deployed

from reviewer.deploy.model import Deployment

CONFIG = "serverless.yml"
PROVIDER = "provider: {name: aws, runtime: python3.13}"


def service(body: str, provider: str = PROVIDER) -> str:
    """A configuration with these sections."""
    return f"service: shop\n{provider}\n{textwrap.dedent(body)}"


def read(root: Path, body: str, parts: Mapping[str, str] | None = None, provider: str = PROVIDER) -> Deployment:
    """The deployment of a service with these sections; `parts` are other files of it."""
    return deployed(root, {CONFIG: service(body, provider)}, unlisted=parts)
