"""Reviews for tests: of a folder, of files that are given by their content, of a fixture.

All rules are on; those of a policy where the folder declares it in a `lambda-review.toml`.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reviewer.config import Config, configured, enabled, selectable
from reviewer.discover import discover
from reviewer.finding import Finding, Review
from reviewer.review import review
from reviewer.rule import collect

FIXTURES = Path(__file__).parent.parent / "fixtures"
POLICY = {"lambda-review.toml": "guardrails = true\n"}
"""The file by which a folder declares the policy."""

MARKED = (".py", ".yaml", ".yml", ".toml", ".tf", ".template")
MARK = re.compile(r"#\s*(finding|suppressed|fine):\s*([^#]*)")
NAMED = re.compile(r"([a-z][a-z0-9-]*)(?:\s+\((error|warning|note)\))?")


class Expected(NamedTuple):
    """A finding as a fixture announces it: where, of which rule, how grave."""

    path: str
    line: int
    rule: str
    severity: str


def review_folder(root: Path, named: Iterable[str] = ()) -> Review:
    """Review a folder, or the files and folders of it that are named."""
    places = [root / name for name in named] or [root]
    declared = configured(root, root, selectable(collect()))
    everything = Config(pedantic=True, guardrails=declared.guardrails)
    return review(discover(places), everything, enabled(collect(), everything))


def review_files(files: Mapping[str, str | bytes], named: Iterable[str] = ()) -> Review:
    """Review files that are given by path and content."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        return review_folder(root, named)


def told(findings: Iterable[Finding]) -> list[tuple[str, int, str]]:
    """Findings in short."""
    return sorted((found.at.path, found.at.line, found.rule) for found in findings)


def by_symbol(findings: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    """Findings without their places: rule, severity, the function around."""
    return Counter((found.rule, found.severity.label, found.symbol) for found in findings)


# --- fixtures -----------------------------------------------------------------------------------------------------


def fixtures() -> list[str]:
    """The names of all fixtures."""
    return sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())


@cache
def fixture_review(name: str) -> Review:
    """The review of a fixture, copied to where no repository is around it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, name)
        shutil.copytree(FIXTURES / name, place)
        return review_folder(place)


def announced(findings: Iterable[Finding]) -> Counter[Expected]:
    """Findings as a fixture announces them."""
    return Counter(Expected(found.at.path, found.at.line, found.rule, found.severity.label) for found in findings)


def expectations(name: str, kind: str) -> Counter[Expected]:
    """What a fixture announces: `finding`, `suppressed`, or `fine` for a near miss.

    A comment `# finding: rule-id` stands at the end of the finding's line, several ids with commas between; another
    severity than the rule's own stands in parentheses: `# finding: self-invocation (note)`. The lines of `expected.txt`
    say the same of files without comments: `path:line rule-id`.
    """
    folder = FIXTURES / name
    found: Counter[Expected] = Counter()
    for file in sorted(folder.rglob("*")):
        if file.suffix in MARKED:
            path = file.relative_to(folder).as_posix()
            for number, line in enumerate(_lines(file.read_bytes()), 1):
                found.update(Expected(path, number, *each) for each in marks(line, kind))
    listed = folder / "expected.txt"
    if kind == "finding" and listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            place, _, rules = line.partition(" ")
            path, _, row = place.rpartition(":")
            found.update(Expected(path, int(row), *each) for each in _named(rules))
    return found


def marks(line: str, kind: str) -> Iterator[tuple[str, str]]:
    """The (rule id, severity) pairs that the marks of one line name."""
    for said, rules in MARK.findall(line):
        if said == kind:
            yield from _named(rules)


def _named(rules: str) -> Iterator[tuple[str, str]]:
    for each in rules.split(","):
        named = NAMED.fullmatch(each.strip())
        assert named, f"no mark: {each!r}"
        own = collect()[named[1]].severity.label if named[1] in collect() else "unknown"
        yield named[1], named[2] or own


def _lines(content: bytes) -> list[str]:
    """The lines of a file in any encoding, as the reviewer counts them: a form feed ends none."""
    return re.split(r"\r\n|\r|\n", content.decode("latin-1"))
