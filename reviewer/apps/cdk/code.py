"""The code of functions and layers: folders and files of the tree, text in the app's source."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath

from reviewer.apps.cdk.constructs import ROOT, Evaluator
from reviewer.apps.cdk.drafts import Code
from reviewer.apps.cdk.places import Spot
from reviewer.code import facts
from reviewer.code.library import unwrapped
from reviewer.deploy.files import Files
from reviewer.finding import Location
from reviewer.rule import Place
from reviewer.value import UNKNOWN, Constant, Result, Table, Value, options, string

ASSETS = frozenset({"aws_lambda.Code.from_asset", "aws_lambda.Code.asset", "aws_lambda.AssetCode"})
INLINE = frozenset({"aws_lambda.Code.from_inline", "aws_lambda.Code.inline", "aws_lambda.InlineCode"})
STORED = frozenset({"aws_lambda.Code.from_bucket", "aws_lambda.Code.bucket", "aws_lambda.S3Code"})
READ = ("read()",)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an app finds code. `folder` is the one that it runs in, `stack` the path that its stack goes by."""

    values: Evaluator
    files: Files
    stack: str
    folder: str
    locate: Callable[[Place], Location]

    def code(self, value: Value, spot: Spot) -> tuple[Value, bool]:
        """What a template says of code: a path relative to the stack's, text, or UNKNOWN; whether a build makes it."""
        for option in options(value):
            if not isinstance(option, Result) or option.path:
                continue
            given = dict(option.arguments)
            if option.function in ASSETS:
                built = "bundling" in given or _bundled(given.get("options"))
                return self.asset(given.get("path") or given.get("0") or UNKNOWN), built
            if option.function in INLINE:
                inner = spot.inside("code").inside(0 if "0" in given else "code")
                text = given.get("code") or given.get("0") or UNKNOWN
                return Table((("ZipFile", self.inline(text, inner)),)), False
            if option.function in STORED:
                return Table((("S3Key", UNKNOWN),)), False
        return UNKNOWN, False

    def asset(self, path: Value) -> Value:
        """A path that the app names, as it is from the stack's."""
        place = self.path(path)
        return UNKNOWN if place is None else Constant(relpath(f"{ROOT}{place}", f"{ROOT}{dirname(self.stack)}"))

    def path(self, path: Value) -> str | None:
        """A path that the app names, relative to the root of the tree; None where it is not known."""
        written = string(unwrapped(path))
        if written is None:
            return None
        return normpath(join(ROOT, self.folder, written)).lstrip("/")

    def inline(self, text: Value, spot: Spot) -> Value:
        """Code that is text in the app's source, or in a file that the app reads."""
        if isinstance(text, Result) and text.function == "textwrap.dedent":
            inner = self.inline(dict(text.arguments).get("0", UNKNOWN), spot.written.inside(0))
            return _dedented(inner) if isinstance(inner, Code) else UNKNOWN
        if isinstance(text, Result) and text.function == "builtins.open" and text.path == READ:
            place = self.path(dict(text.arguments).get("0", UNKNOWN))
            source = self.files.source(place) if place is not None else None
            return UNKNOWN if source is None or place is None else Code(source.text, Location(place, 1))
        written = string(text)
        return UNKNOWN if written is None else Code(written, self._first_line(written, spot.written))

    def _first_line(self, written: str, spot: Spot) -> Location | None:
        """Where the text of a literal begins, if each line of it is a line of the source."""
        if not isinstance(spot.expression, facts.Literal) or "\n" not in written:
            return None
        at = self.locate(spot.place)
        return Location(at.path, at.line) if at.end_line - at.line == written.count("\n") else None


def _dedented(code: Code) -> Code:
    text = textwrap.dedent(code.text)
    first = code.first
    if first is not None:
        shift = next((len(a) - len(b) for a, b in zip(code.text.split("\n"), text.split("\n"), strict=True) if b), 0)
        first = Location(first.path, first.line, first.column + shift)
    return Code(text, first)


def _bundled(value: Value | None) -> bool:
    return value is not None and value != Constant(None)
