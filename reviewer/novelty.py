"""Only what is new: findings on lines that changed, findings that no baseline knows. What the command line asks of it,
checked before the review begins, and what that leaves of a review."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer import policy
from reviewer.config import SEVERITIES, Config, enabled, shown
from reviewer.finding import Finding, Location, Review
from reviewer.inputs import InputError
from reviewer.outputs import OutputError, check_target

if TYPE_CHECKING:
    from reviewer.baseline import Known
    from reviewer.changes import Changes
    from reviewer.discover import Tree
    from reviewer.rule import Rule

STANDARD = "-"
LARGEST_DIFF = 256 << 20
"""Bytes of a diff that is read."""

Contents = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Novelty:
    """What tells new findings from others in one review of `tree`.

    `changes` makes the changes of files that are given by path and content; None: every line counts. `known` is the
    baseline; None: there is none. `target` is where a new baseline goes, which then knows all that is found.
    """

    tree: Tree
    changes: Callable[[Mapping[str, bytes]], Changes] | None = None
    known: Known | None = None
    target: Path | None = None

    def applied(self, review: Review, used: Config, rules: Mapping[str, Rule]) -> tuple[Review, dict[Path, str]]:
        """The review with new findings only, and the baseline to write, by its file. Raises `InputError`."""
        if self == Novelty(self.tree):
            return review, {}
        from reviewer.baseline import entries, matched, written  # noqa: PLC0415 - most reviews report all
        from reviewer.report.sources import secret_lines  # noqa: PLC0415

        if self.target is not None:
            found = Counter(entries(review, review.findings, secret_lines(review, rules)))
            return replace(review, findings=(), known=review.findings), {self.target: written(found)}
        is_new = dict.fromkeys(review.findings, True)
        gone: tuple[tuple[str, str], ...] = ()
        if self.known is not None:
            found_now = entries(review, review.findings, secret_lines(review, rules))
            are_known, left = matched(found_now, self.known, self._is_free)
            is_new |= {finding: not known for finding, known in zip(review.findings, are_known, strict=True)}
            gone = tuple(self._gone(left, used, rules))
        if self.changes is not None:
            changes = self.changes({path: _content(review.contents, path) for path in _paths(review.findings)})
            is_new |= {finding: new and changes.touch(finding) for finding, new in is_new.items()}
        new = tuple(finding for finding in review.findings if is_new[finding])
        old = tuple(finding for finding in review.findings if not is_new[finding])
        return replace(review, findings=new, known=old, gone=gone), {}

    def _is_free(self, path: str) -> bool:
        """Was a file reviewed, or is it gone? What it held may then have moved."""
        return self.tree.in_scope(path) or not os.path.lexists(self.tree.root / path)

    def _gone(self, left: Known, used: Config, rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
        """Path and description of the entries that nothing matches, though this review would have reported them."""
        runs = {rule.id for rule in enabled(rules, used)}
        due = [
            Finding(entry.rule, SEVERITIES[entry.severity], Location(entry.path, 1), entry.code, symbol=entry.symbol)
            for entry in sorted(left)
            if (entry.rule in runs or entry.rule not in rules) and self._is_free(entry.path)
        ]
        for finding in policy.reported(due, used, rules):
            yield finding.at.path, f"{finding.rule}{f' in `{finding.symbol}`' if finding.symbol else ''}"


def _paths(findings: Iterable[Finding]) -> list[str]:
    """The files of findings, of the steps on the way to them, and of related places."""
    places = (place for found in findings for place in (found.at, *(s.at for s in (*found.steps, *found.related))))
    return sorted({place.path for place in places})


def _content(contents: Contents, path: str) -> bytes:
    try:
        return contents(path)
    except OSError:
        return b""


# --- what is asked for --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """The options. `baseline` is that of the command line, `configured` the one to use: it, or that of the settings."""

    since: str | None
    diff: str | None
    baseline: Path | None
    write_baseline: str | None
    configured: Path | None
    is_stdin: bool

    def checked(self, tree: Tree, taken: Iterable[Path]) -> Novelty:
        """What the options ask for. `taken` are the files that reports go to. Raises `InputError`, `OutputError`."""
        if self.since is not None and self.diff is not None:
            raise InputError("--since and --diff exclude each other")
        if self.write_baseline is not None:
            return Novelty(tree, target=self._target(self.write_baseline, tree, taken))
        known = _known(self.configured) if self.configured is not None else None
        if self.since is not None:
            return Novelty(tree, _since(self.since, tree.root), known)
        if self.diff is not None:
            return Novelty(tree, _diff(self.diff, tree.root, reads_stdin=self.is_stdin), known)
        return Novelty(tree, known=known)

    def _target(self, name: str, tree: Tree, taken: Iterable[Path]) -> Path:
        for option, value in (("--since", self.since), ("--diff", self.diff), ("--baseline", self.baseline)):
            if value is not None:
                raise InputError(f"--write-baseline and {option} exclude each other: a baseline holds all findings")
        target = Path(name)
        check_target(target, tree, option="--write-baseline")
        if target.resolve() in {file.resolve() for file in taken}:
            raise OutputError("two reports go to the same place")
        return target


def _known(file: Path) -> Known:
    from reviewer.baseline import LARGEST, BaselineError, read  # noqa: PLC0415

    if not file.is_file():
        kind = "a folder" if file.is_dir() else "no such baseline; --write-baseline writes it"
        raise InputError(f"{shown(file)}: {kind}")
    if file.stat().st_size > LARGEST:
        raise InputError(f"{shown(file)}: over {LARGEST >> 20} MiB")
    try:
        return read(file.read_bytes())
    except BaselineError as error:
        raise InputError(f"{shown(file)}:{error}") from None


def _since(ref: str, root: Path) -> Callable[[Mapping[str, bytes]], Changes]:
    from reviewer.git import GitError, base  # noqa: PLC0415

    try:
        commit = base(root, ref)
    except GitError as error:
        raise InputError(f"--since {ref}: {error}") from None

    def changes(files: Mapping[str, bytes]) -> Changes:
        try:
            return commit.changes(files)
        except GitError as error:
            raise InputError(f"--since {ref}: {error}") from None

    return changes


def _diff(file: str, root: Path, *, reads_stdin: bool) -> Callable[[Mapping[str, bytes]], Changes]:
    from reviewer.changes import DiffError, changes  # noqa: PLC0415

    try:
        found = changes(_read_diff(file, reads_stdin=reads_stdin), root, Path.cwd())
    except DiffError as error:
        raise InputError(f"{'the standard input' if file == STANDARD else file}:{error}") from None
    return lambda _: found


def _read_diff(file: str, *, reads_stdin: bool) -> bytes:
    if file != STANDARD:
        if not Path(file).exists() or Path(file).is_dir():
            raise InputError(f"--diff {file}: {'a folder' if Path(file).is_dir() else 'no such file'}")
        with Path(file).open("rb") as stream:
            content = stream.read(LARGEST_DIFF + 1)
    elif reads_stdin:
        raise InputError("--diff - and the path `-` both read the standard input")
    elif sys.stdin is None:
        raise InputError("the standard input is closed")
    else:
        content = sys.stdin.buffer.read(LARGEST_DIFF + 1)
    if len(content) > LARGEST_DIFF:
        raise InputError(f"--diff {file}: over {LARGEST_DIFF >> 20} MiB")
    return content
