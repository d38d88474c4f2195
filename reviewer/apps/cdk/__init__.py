"""AWS CDK apps in Python that nobody synthesised: read from their source, which is never run.

What an app calls is followed (`walk`), with constructs as values (`constructs`, `terms`, `objects`); a table
(`catalogue`) says what they are in CloudFormation's words. The resources that come out (`synthesis`, `machines`,
`code`) become the nodes of a template (`drafts`, `places`), and are read as those of any template are.
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer.apps.cdk.names import uses_library
from reviewer.code.modules import Modules
from reviewer.code.values import Values
from reviewer.deploy.model import Deployment
from reviewer.discover import Tree
from reviewer.finding import Location
from reviewer.rule import Place


def read(
    modules: Modules,
    values: Values,
    tree: Tree,
    read: Callable[[str], bytes],
    locate: Callable[[Place], Location],
) -> Deployment:
    """What the CDK apps of a tree deploy. `values` is not asked: in an app, other things are values."""
    if not any(uses_library(read(path)) for path in tree.python):
        return Deployment()
    from reviewer.apps.cdk.reading import deployed  # noqa: PLC0415 - most trees hold no app

    return deployed(modules, tree, read, locate)
