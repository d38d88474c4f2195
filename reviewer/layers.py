"""Layers whose contents lie in the tree: where Python imports from, and which packages of them are somebody else's."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from reviewer.deploy.model import Deployment, Function, Id
from reviewer.value import Reference, options

VERSION = re.compile(rb"^(?:__version__|VERSION)\s*[:=]", re.MULTILINE)
"""What the `__init__.py` of a released package says, and that of a project's own shared code hardly ever does."""


def layer_folders(deployment: Deployment) -> dict[Id, str]:
    """The folders, relative to the root, of the layers whose contents the tree holds."""
    coded = (
        (resource.id, resource.code.value.folder) for resource in deployment.resources if resource.code is not None
    )
    return {layer: folder for layer, folder in coded if folder is not None}


def import_folders(function: Function, folders: Mapping[Id, str]) -> Iterator[str]:
    """The folders that Python imports from because of a function's layers.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html#packaging-layers-paths
    """
    for layer in function.layers:
        for option in options(layer.value):
            folder = folders.get(Id(option.stack, option.name)) if isinstance(option, Reference) else None
            if folder is not None:
                yield from (posixpath.join(folder, "python"), folder)


def without_released(files: Iterable[str], folders: Iterable[str], read: Callable[[str], bytes]) -> tuple[str, ...]:
    """The files, less those of released packages that layers bring along: their code is not the project's."""
    files = tuple(files)
    tops = tuple({posixpath.join(folder, "python") + "/" for folder in folders})
    if not tops:
        return files
    released = tuple(
        posixpath.dirname(path) + "/"
        for path in files
        if path.endswith("/__init__.py")
        and any(path.startswith(top) and path.count("/") == top.count("/") + 1 for top in tops)
        and VERSION.search(read(path))
    )
    return tuple(path for path in files if not path.startswith(released)) if released else files
