"""What happens to findings after the rules: suppressions, paths and severities that are left out, the exit status."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from reviewer.config import ALL, Config, nearest
from reviewer.edits import without_line_or_rest
from reviewer.finding import Edit, Finding, Location, Mark
from reviewer.patterns import patterns
from reviewer.rule import collect
from reviewer.subjects import BareSuppression, IdleSuppression, Remark

if TYPE_CHECKING:
    from reviewer.project import Project
    from reviewer.rule import Rule

UNUSED = "unused-suppression"
UNREASONED = "suppression-without-reason"
FORM = "# lambda-review: ignore[rule-id] reason"

WORD = b"lambda-review"
LEAD = r"#\s*lambda-review"
IDS = r"\s*[\w-]{1,80}(?:\s*,\s*[\w-]{1,80})*\s*"
MARK = re.compile(rf"{LEAD}\s*:\s*ignore(?P<file>-file)?\[(?P<ids>{IDS})\](?P<reason>[^#]*)")
ATTEMPT = re.compile(rf"{LEAD}(?:\s*:\s*(?:ignore\b|[\w-]+\s*\[)|\s+ignore[\w-]*\s*\[)[^#]*", re.IGNORECASE)
"""What is meant as a suppression, well-formed or not. Prose that mentions the name is neither."""

Lines = Sequence[tuple[int, int]]
Without = Callable[[Location, str, int, int], tuple[Edit, ...]]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its place. `alone`: nothing else stands on its line."""

    at: Location
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule id of a suppressing comment. `lines` are those that it covers; None means the whole file."""

    rule: str
    at: Location
    lines: frozenset[int] | None
    reason: str
    comment: Comment
    cut: tuple[int, int]
    """The characters of the comment without which this id is gone: all of its suppression, if no other is named."""

    @property
    def reasoned(self) -> bool:
        return re.search(r"\w", self.reason) is not None

    def covers(self, line: int) -> bool:
        return self.lines is None or line in self.lines


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings that are reported, those that comments silence, and what these comments say."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...] = ()
    marks: tuple[Mark, ...] = field(default=(), compare=False)


def apply(findings: Iterable[Finding], project: Project, config: Config, rules: Iterable[Rule]) -> Outcome:
    """The outcome of a review by `rules`. Suppressions come first: no setting makes one of them look unused."""
    known = collect()
    enabled = {rule.id for rule in rules}
    spoken, statements = _marked(project)
    without = partial(without_line_or_rest, project)
    outcome = suppress(
        findings, spoken, lambda path: statements.get(path, ()), known.keys() | enabled, enabled, without=without
    )
    return Outcome(reported(outcome.kept, config, known), reported(outcome.suppressed, config, known), outcome.marks)


def exit_status(findings: Iterable[Finding], errors: Collection[str], config: Config) -> int:
    """2 where the reviewer failed, 1 where a finding is at or above the threshold, else 0."""
    if errors:
        return 2
    return int(any(config.fail_on is not None and finding.severity >= config.fail_on for finding in findings))


def reported(findings: Iterable[Finding], config: Config, rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    """The findings that the settings leave, by path, line, column and rule, each once. `rules` are all by id."""
    ignores = [(patterns([pattern]), set(names)) for pattern, names in config.per_path_ignores]

    def names(finding: Finding) -> set[str]:
        return {ALL, finding.rule, *([rules[finding.rule].group] if finding.rule in rules else [])}

    def is_ignored(finding: Finding) -> bool:
        return any(found and ignored & names(finding) and found.matches(finding.at.path) for found, ignored in ignores)

    severe = (finding for finding in dict.fromkeys(findings) if finding.severity >= config.min_severity)
    return tuple(sorted((finding for finding in severe if not is_ignored(finding)), key=_order))


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return finding.at.path, finding.at.line, finding.at.column, finding.rule


# --- suppressions -------------------------------------------------------------------------------------------------


def suppress(
    findings: Iterable[Finding],
    comments: Iterable[Comment],
    statements: Callable[[str], Lines],
    known: Collection[str],
    enabled: Collection[str],
    *,
    without: Without = lambda *_: (),
) -> Outcome:
    """Silence what comments silence, and report the comments that silence nothing.

    `statements` gives first and last line of each simple statement of a file, and of each header of a compound one: a
    comment on one of these lines counts for all of them. `known` are the ids of all rules, `enabled` of those that ran.
    `without` gives the edits that remove some characters of a comment.
    """
    comments = list(comments)
    marks = list(_suppressions(comments, statements))
    kept, suppressed, used = _split(findings, marks)
    remarks = [remark for comment in comments for remark in _malformed(comment)]
    remarks += [remark for mark in marks for remark in _remarks(mark, mark in used, known, enabled, without)]
    shown, silenced, also = _split(_judged(remarks, enabled), marks)
    listed = (Mark(each.at, each.rule, _state(each, used | also, known, enabled), each.reason) for each in marks)
    return Outcome((*kept, *shown), (*suppressed, *silenced), tuple(listed))


def _state(mark: Suppression, used: set[Suppression], known: Collection[str], enabled: Collection[str]) -> str:
    if mark in used:
        return "used"
    return "unused" if mark.rule in enabled else "not run" if mark.rule in known else "unknown"


def _split(
    findings: Iterable[Finding], marks: Iterable[Suppression]
) -> tuple[list[Finding], list[Finding], set[Suppression]]:
    """The findings that no suppression silences, those that one does, and the suppressions that do."""
    by_rule: dict[tuple[str, str], list[Suppression]] = {}
    for mark in marks:
        by_rule.setdefault((mark.at.path, mark.rule), []).append(mark)
    kept: list[Finding] = []
    silenced: list[Finding] = []
    used: set[Suppression] = set()
    for finding in findings:
        silencing = [m for m in by_rule.get((finding.at.path, finding.rule), ()) if m.covers(finding.at.line)]
        used.update(silencing)
        (silenced if silencing else kept).append(finding)
    return kept, silenced, used


def _suppressions(comments: list[Comment], statements: Callable[[str], Lines]) -> Iterator[Suppression]:
    alone = {(comment.at.path, comment.at.line) for comment in comments if comment.alone}
    for comment in comments:
        for mark in MARK.finditer(comment.text):
            lines = None if mark["file"] else _covered(comment, alone, statements(comment.at.path))
            at = _span(comment, mark.start(), mark.end("ids") + 1)
            for rule in dict.fromkeys(name.strip() for name in mark["ids"].split(",")):
                yield Suppression(rule, at, lines, mark["reason"].strip(), comment, _cut(mark, rule))


def _cut(mark: re.Match[str], rule: str) -> tuple[int, int]:
    """The span of an id with a comma beside it; of the whole suppression, where that names no other."""
    ids = [(each.start(), each.end()) for each in re.compile(r"[\w-]+").finditer(mark.string, *mark.span("ids"))]
    if all(mark.string[start:end] == rule for start, end in ids):
        return mark.span()
    index = next(index for index, (start, end) in enumerate(ids) if mark.string[start:end] == rule)
    return (ids[index - 1][1], ids[index][1]) if index else (ids[0][0], ids[1][0])


def _covered(comment: Comment, alone: set[tuple[str, int]], spans: Lines) -> frozenset[int]:
    """The lines that a comment counts for: its own and, alone on it, the next that holds no such comment; widened."""
    lines = {comment.at.line}
    if comment.alone:
        below = comment.at.line + 1
        while (comment.at.path, below) in alone:
            below += 1
        lines.add(below)
    widened = (range(first, last + 1) for first, last in spans if any(first <= line <= last for line in lines))
    return frozenset(lines.union(*widened))


def _span(comment: Comment, start: int, end: int) -> Location:
    at = comment.at
    return Location(at.path, at.line, at.column + start, at.line, at.column + end)


def _remarks(
    mark: Suppression, used: bool, known: Collection[str], enabled: Collection[str], without: Without
) -> Iterator[Remark]:
    """What is to be said of one suppression."""
    if mark.rule not in known:
        yield IdleSuppression(mark.at, f"`{mark.rule}` is the id of no rule{nearest(mark.rule, known)}")
        return
    if mark.rule in enabled and not used and mark.rule not in {UNUSED, UNREASONED}:
        where = "in this file" if mark.lines is None else "here"
        edits = without(mark.comment.at, mark.comment.text, *mark.cut)
        yield IdleSuppression(mark.at, f"The suppression of `{mark.rule}` silences nothing {where}", edits)
    if not mark.reasoned:
        yield BareSuppression(mark.at, f"The suppression of `{mark.rule}` gives no reason")


def _malformed(comment: Comment) -> Iterator[Remark]:
    for found in ATTEMPT.finditer(comment.text):
        if not MARK.match(comment.text, found.start()):
            at = _span(comment, found.start(), found.start() + len(found[0].rstrip()))
            yield IdleSuppression(at, f"This comment silences nothing: a suppression reads `{FORM}`")


def _judged(remarks: Iterable[Remark], enabled: Collection[str]) -> Iterator[Finding]:
    """What the enabled rules about suppressions say: they speak last, when all other rules have."""
    rules = [rule for rule in collect().values() if rule.id in enabled]
    for remark in remarks:
        for rule in rules:
            if rule.subject is type(remark):
                for report in rule.run(remark):
                    yield Finding(rule.id, rule.severity, remark.at, report.message, fixes=report.fixes)


# --- what the project holds ---------------------------------------------------------------------------------------


def _marked(project: Project) -> tuple[list[Comment], dict[str, Lines]]:
    """The comments that speak to the reviewer in what it reviews, and the lines of the statements around them."""
    comments: list[Comment] = []
    statements: dict[str, Lines] = {}
    deploying = (path for path in project.deployment.modules if WORD in project.read(path))
    for path in dict.fromkeys((*project.reviewed, *deploying)):
        module = project.modules.module(path)
        source = project.sources[path]
        file = source.place(1, 1, 1, 1).path
        if module is None or not module.comments or not project.in_scope(file):
            continue
        statements[file] = (*statements.get(file, ()), *project.statement_lines(path))
        for found in module.comments:
            at = source.place(found.line, found.column, found.line, found.column + len(found.text))
            comments.append(Comment(at, found.text, found.alone))
    for at, text in project.deployment.comments:
        if project.in_scope(at.path):
            comments.append(Comment(at, text, _is_alone(at, project.read(at.path))))
    return comments, statements


def _is_alone(at: Location, content: bytes) -> bool:
    """Does nothing but blanks stand before a place on its line?"""
    lines = re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace").removeprefix("\ufeff"))
    return not "".join(lines[at.line - 1 : at.line])[: at.column - 1].strip()
