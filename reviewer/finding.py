"""What the reviewer says, and where. Imports nothing of ours: every other module may import this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.picture import Graph


class Severity(IntEnum):
    """How much a finding matters: an error breaks, leaks or runs away; a warning hurts later; a note is advice."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the reviewer is of a finding."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span of a file: lines and columns from 1, columns in code points, the end column exclusive.

    `path` is relative to the root of the review, with forward slashes.
    """

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __post_init__(self) -> None:
        if not self.end_line:
            object.__setattr__(self, "end_line", self.line)
            object.__setattr__(self, "end_column", self.end_column or self.column)


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way to a finding (a hop of a loop, a step of a data flow), or a related place."""

    at: Location
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from offset `start` to `end` (exclusive) of the file `path` by `text`."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together mend a finding. A safe fix keeps what the program does."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact that the reviewer reports.

    `message` is the fact, one sentence; `detail` the grounds that hold for this place alone (a filter, a guard).
    Consequence, suggestion and link are the rule's and are looked up by `rule`, the rule's id.
    `symbol` names the function around the place, for fingerprints that survive moved lines.
    """

    rule: str
    severity: Severity
    at: Location
    message: str
    detail: str = ""
    confidence: Confidence = Confidence.HIGH
    related: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    fixes: tuple[Fix, ...] = ()
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule of a comment that suppresses findings. `state`: `used`, `unused`, or `not run` of a rule that did not
    run, `unknown` of one that does not exist."""

    at: Location
    rule: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome of one review: what the reporters write.

    `root` is the absolute folder that all paths are relative to. `suppressed` are findings that a comment of the
    reviewed code silences, `known` those that are left out because they are not new; `gone` are (path, description)
    pairs of what a baseline knows and nothing matches any more. `marks` are the suppressions. `errors` are internal
    errors (a rule that raised): they make the exit status 2. `left_out` are (path, reason) pairs for `--verbose`.
    `contents` gives the bytes of a reviewed file by its relative path (b"" where it cannot be read any more). `graph`
    makes the invocation graph, which not every report shows.
    """

    root: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    marks: tuple[Mark, ...] = ()
    errors: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    functions: int = 0
    modules: int = 0
    templates: int = 0
    seconds: float = 0.0
    graph: Callable[[], Graph] | None = None
    contents: Callable[[str], bytes] = lambda _: b""
