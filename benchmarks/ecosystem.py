"""What two versions of lambda-review find differently in real repositories, to be read by a person before a release.

    python benchmarks/ecosystem.py OLD NEW FOLDER…  > difference.md

OLD and NEW are programs (`lambda-review` of some virtual environment) or git revisions of this repository, which are
installed into temporary virtual environments; `-` as OLD stands for nothing, so that every finding is listed. Each
FOLDER is a checkout to review. Writes Markdown: a table of counts, then by rule every finding that came, went or
changed, with its line of source. Standard library only. The exit status is 2 where a version cannot review a folder,
else 0: whether a difference is wanted is for the reader to say.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from versions import executable

NOTHING = "-"
SIGNS = {"added": "+", "removed": "−", "changed": "~"}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A finding in a repository."""

    rule: str
    folder: str
    path: str
    line: int
    column: int
    severity: str
    message: str
    code: str

    @property
    def place(self) -> tuple[str, str, str, int, int]:
        return self.rule, self.folder, self.path, self.line, self.column

    @property
    def said(self) -> str:
        return f"{self.severity}: {self.message}"


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that one version alone reports, or that the two word or weigh differently."""

    kind: str
    finding: Found
    before: Found | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one version makes of one folder."""

    findings: tuple[Found, ...]
    seconds: float
    errors: tuple[str, ...]


def review(tool: Path | None, folder: Path) -> Outcome:
    """Review a folder; without a tool, nothing is found. Exits with 2 where there is no report."""
    if tool is None:
        return Outcome((), 0.0, ())
    command = [str(tool), ".", "--format", "json", "--fail-on", "never"]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip() or "no report"
        print(f"{tool} in {folder}: exit status {done.returncode}: {said}", file=sys.stderr)
        raise SystemExit(2) from None
    keys = ("path", "line", "column", "severity", "message", "code")
    findings = (Found(each["rule"], str(folder), *(each[key] for key in keys)) for each in report["findings"])
    return Outcome(tuple(findings), report["summary"]["seconds"], tuple(report["errors"]))


def differences(old: Iterable[Found], new: Iterable[Found]) -> Iterator[Change]:
    """What came, went and changed, sorted. Findings of one rule at one place belong together, in their order."""
    before, after = Counter(old), Counter(new)
    gone, come = _by_place(before - after), _by_place(after - before)
    for place in sorted({*gone, *come}):
        removed, added = gone.get(place, []), come.get(place, [])
        both = min(len(removed), len(added))
        yield from (Change("changed", finding, was) for finding, was in zip(added, removed, strict=False))
        yield from (Change("added", finding) for finding in added[both:])
        yield from (Change("removed", finding) for finding in removed[both:])


def _by_place(findings: Counter[Found]) -> Mapping[tuple[str, str, str, int, int], list[Found]]:
    places = defaultdict(list)
    for finding in sorted(findings.elements()):
        places[finding.place].append(finding)
    return places


def written(names: tuple[str, str], outcomes: Mapping[str, tuple[Outcome, Outcome]]) -> Iterator[str]:
    """The lines of the report. `outcomes` are those of the old and the new version by folder."""
    changes = {
        folder: list(differences(before.findings, after.findings)) for folder, (before, after) in outcomes.items()
    }
    yield f"# Findings of `{names[1]}`, compared with `{names[0]}`"
    yield ""
    yield "| folder | before | after | added | removed | changed | seconds before | after |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for folder, (before, after) in outcomes.items():
        counts = Counter(change.kind for change in changes[folder])
        numbers = (len(before.findings), len(after.findings), *(counts[kind] for kind in SIGNS))
        cells = (folder, *map(str, numbers), f"{before.seconds:.1f}", f"{after.seconds:.1f}")
        yield f"| {' | '.join(cells)} |"
    for folder, pair in outcomes.items():
        for name, outcome in zip(names, pair, strict=True):
            yield from (f"\nInternal error of `{name}` in {folder}: {error}" for error in outcome.errors)
    by_rule: dict[str, list[Change]] = defaultdict(list)
    for change in (change for found in changes.values() for change in found):
        by_rule[change.finding.rule].append(change)
    for rule, found in sorted(by_rule.items()):
        counts = Counter(change.kind for change in found)
        yield f"\n## {rule}: {', '.join(f'{counts[kind]} {kind}' for kind in SIGNS if counts[kind])}"
        for kind in SIGNS:
            yield from _section(kind, [change for change in found if change.kind == kind])


def _section(kind: str, changes: list[Change]) -> Iterator[str]:
    if not changes:
        return
    yield f"\n### {kind}\n"
    for change in changes:
        finding = change.finding
        yield f"- {SIGNS[kind]} {finding.folder}/{finding.path}:{finding.line}:{finding.column}"
        if change.before is not None:
            yield f"  - before: {change.before.said}"
        yield f"  - {finding.said}"
        if finding.code.strip():
            yield f"  - ``{finding.code.strip()[:160]}``"


def folder(written: str) -> Path:
    """An argument that has to be a folder."""
    if not Path(written).is_dir():
        raise argparse.ArgumentTypeError(f"{written}: no such folder")
    return Path(written)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", help="a program or a git revision; - for nothing")
    parser.add_argument("new", help="a program or a git revision")
    parser.add_argument("folders", nargs="+", type=folder, metavar="FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        try:
            old = None if options.old == NOTHING else executable(options.old, Path(room))
            tools = (old, executable(options.new, Path(room)))
        except LookupError as error:
            raise SystemExit(str(error)) from None
        outcomes = {}
        for place in options.folders:
            before, after = (review(tool, place) for tool in tools)
            outcomes[str(place)] = before, after
    print("\n".join(written((options.old, options.new), outcomes)))


if __name__ == "__main__":
    main()
