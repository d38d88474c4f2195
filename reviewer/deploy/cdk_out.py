"""What `cdk synth` leaves: the code behind the hashes that its templates name, and what in the tree it is a copy of.

A synthesised app is a folder, by custom `cdk.out`, of templates, of asset manifests that say which folder or file holds
the asset of which hash, and of these copies. Templates name the code of a function by the hash alone.
Sources: https://docs.aws.amazon.com/cdk/v2/guide/assets.html and
https://github.com/aws/aws-cdk-cli/blob/main/packages/%40aws-cdk/cloud-assembly-schema/lib/assets/schema.ts
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from posixpath import basename, dirname, join
from typing import Any

from reviewer.deploy.catalogue import FUNCTION
from reviewer.deploy.files import Files
from reviewer.deploy.model import Code, Deployment, Setting
from reviewer.deploy.nodes import LARGEST
from reviewer.deploy.template import Declared, Template

DIALECT = "cdk"
MANIFEST = "manifest.json"
ARTIFACTS = b'"artifacts"'
"""What the manifest of a synthesised app holds, and that of a web page does not."""
ASSETS = ".assets.json"
LEGACY = "aws:cdk:asset"
"""What version 1, which writes no asset manifests, says of an asset in the manifest of the app."""
HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""How templates name an asset: a SHA-256 in the key of an object in S3."""

PROVIDER = re.compile(
    r"(?:BucketNotificationsHandler|LogRetention)[0-9a-f]{32}|CustomCDKBucketDeployment|"
    r"AWS[0-9a-f]{32}|.*CustomResourceProviderHandler[0-9A-F]{8}$|"
    r".*framework(?:onEvent|isComplete|onTimeout)[0-9A-F]{8}$"
)
"""The logical ids of the functions that the CDK itself brings along to make custom resources work.
Source: https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/custom-resource-handlers"""


class Assembly:
    """What is known of all synthesised apps of a tree. `assets` are paths of folders and files, by hash."""

    def __init__(self, files: Files, listed: Collection[str]) -> None:
        self.folders = {dirname(path) for path in listed if basename(path) == MANIFEST}
        self.assets: dict[str, str] = {}
        for path in listed:
            is_manifest = path.endswith(ASSETS) or basename(path) == MANIFEST
            for name, written in _sources(files.data(path) or b"") if is_manifest else ():
                place = files.path(path, written)
                if place is not None and files.exists(place):
                    self.assets.setdefault(name, place)

    def holds(self, path: str) -> bool:
        """Whether a template is one of a synthesised app."""
        return dirname(path) in self.folders


def _sources(data: bytes) -> Iterator[tuple[str, str]]:
    """The hashes of an asset manifest, or of an app's manifest of version 1, each with the path that it is at."""
    try:
        manifest = _table(json.loads(data) if len(data) <= LARGEST else None)
    except (ValueError, RecursionError):
        return
    found: list[tuple[object, dict[str, Any]]] = []
    for name, entry in _table(manifest.get("files")).items():
        found.append((name, _table(_table(entry).get("source"))))
    for artifact in _table(manifest.get("artifacts")).values():
        for entries in _table(_table(artifact).get("metadata")).values():
            said = map(_table, entries if isinstance(entries, list) else ())
            found += [(_table(each["data"]).get("id"), _table(each["data"])) for each in said if _is_asset(each)]
    for hashed, source in found:
        written = source.get("path")
        if isinstance(hashed, str) and HASH.fullmatch(hashed) and isinstance(written, str):
            yield hashed, written


def _is_asset(entry: dict[str, Any]) -> bool:
    return entry.get("type") == LEGACY and "data" in entry


def _table(value: object) -> dict[str, Any]:
    """An object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def own(synthesised: Template) -> Template:
    """A template without the functions that are the CDK's own."""
    kept = {name: each for name, each in synthesised.resources.items() if not _is_provider(each)}
    return replace(synthesised, resources=kept)


def _is_provider(declared: Declared) -> bool:
    return declared.type == FUNCTION and PROVIDER.match(declared.name) is not None


# --- from the copies to what they are copies of ---------------------------------------------------------------------


def traced(
    deployment: Deployment, python: tuple[str, ...], listed: Iterable[str], read: Callable[[str], bytes]
) -> tuple[Deployment, tuple[str, ...]]:
    """A deployment whose code is in the folders that assets were copied from, and the Python files without the copies.

    A copy stays where the tree holds no folder with the same Python files, as it is for one that a build step made.
    """
    outputs = _outputs(listed, read)
    if not outputs:
        return deployment, python
    tracer = _Tracer(outputs, python, read)
    found = replace(
        deployment,
        functions=tuple(replace(each, code=tracer.original(each.code)) for each in deployment.functions),
        resources=tuple(
            replace(each, code=tracer.original(each.code)) if each.code else each for each in deployment.resources
        ),
    )
    return found, tuple(path for path in python if not path.startswith(outputs) or path.startswith(tracer.kept))


def _outputs(listed: Iterable[str], read: Callable[[str], bytes]) -> tuple[str, ...]:
    """The beginnings of paths in synthesised apps."""
    paths = list(listed)
    assets = [path for path in paths if path.endswith(ASSETS)]
    folders = [path.removesuffix(MANIFEST) for path in paths if basename(path) == MANIFEST]
    manifests = ((folder, read(folder + MANIFEST)) for folder in folders)
    return tuple(
        folder
        for folder, data in manifests
        if ARTIFACTS in data and (LEGACY.encode() in data or any(path.startswith(folder) for path in assets))
    )


class _Tracer:
    def __init__(self, outputs: tuple[str, ...], python: tuple[str, ...], read: Callable[[str], bytes]) -> None:
        self.outputs = outputs
        self.python = python
        self.read = read
        self.known: dict[str, str] = {}
        self.named: dict[str, list[str]] = {}
        for path in python:
            if not path.startswith(outputs):
                self.named.setdefault(basename(path), []).append(path)

    @property
    def kept(self) -> tuple[str, ...]:
        """The copies that are all there is."""
        return tuple(f"{copy}/" for copy, original in self.known.items() if copy == original)

    def original(self, code: Setting[Code] | None) -> Setting[Code] | None:
        folder = code.value.folder if code is not None else None
        if code is None or folder is None or not folder.startswith(self.outputs):
            return code
        if folder not in self.known:
            self.known[folder] = self._original(folder)
        return Setting(replace(code.value, folder=self.known[folder]), code.at)

    def _original(self, copy: str) -> str:
        inside = [path[len(copy) + 1 :] for path in self.python if path.startswith(f"{copy}/")]
        if not inside:
            return copy
        # the longest path is the one that the fewest other folders hold
        longest = max(inside, key=lambda path: (path.count("/"), len(path), path))
        candidates = (
            path[: -len(longest)].rstrip("/")
            for path in self.named.get(basename(longest), ())
            if path == longest or path.endswith(f"/{longest}")
        )
        same = [folder for folder in candidates if all(self._equal(copy, folder, path) for path in inside)]
        around = min((dirname(output.rstrip("/")) for output in self.outputs if copy.startswith(output)), key=len)
        return min(same, key=lambda folder: (not _within(folder, around), len(folder), folder), default=copy)

    def _equal(self, copy: str, folder: str, path: str) -> bool:
        original = join(folder, path)
        return original in self.named.get(basename(path), ()) and self.read(original) == self.read(join(copy, path))


def _within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
