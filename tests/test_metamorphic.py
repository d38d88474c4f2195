"""What means the same is told the same: rewritten modules and templates; a suppression takes one finding away."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewing import FIXTURES, by_symbol, fixture_review, fixtures, review_files
from rewriting import MODULE_REWRITES, as_json, as_yaml, moved_helpers, parsed, rewritten, shuffled

from reviewer.finding import Finding, Review

BY_NAME = {"hardcoded-secret"}
"""Rules that go by the names of variables."""
BY_ORDER = {"invocation-cycle"}
"""Rules that go by the order of a template: a ring closes at the call before its first function."""
ABOUT_COMMENTS = {"unused-suppression", "suppression-without-reason", "unreadable-source"}
"""Rules about what a rewrite does not keep."""

Found = Counter[tuple[str, str, str]]
few = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@cache
def sources(name: str) -> dict[str, str]:
    """The files of a fixture as text; its modules in one plain form, without comments."""
    files: dict[str, str] = {}
    for file in sorted((FIXTURES / name).rglob("*")):
        path = file.relative_to(FIXTURES / name).as_posix()
        if file.suffix not in {".py", ".yaml", ".yml", ".template", ".json"}:
            continue
        try:
            text = file.read_text(encoding="utf-8-sig")
            files[path] = rewritten(ast.parse(text)) if file.suffix == ".py" else text
        except (SyntaxError, UnicodeDecodeError):
            continue
    return files


def told(review: Review, *, but: frozenset[str] | set[str] = frozenset()) -> Found:
    assert review.errors == ()
    found = (*review.findings, *review.suppressed)
    return by_symbol(each for each in found if each.rule not in ABOUT_COMMENTS | but)


@cache
def baseline(name: str) -> Review:
    return review_files(sources(name))


PROJECTS = [name for name in fixtures() if any(path.endswith(".py") for path in sources(name))]


@few
@given(
    st.sampled_from(PROJECTS),
    st.lists(st.sampled_from(sorted(MODULE_REWRITES)), min_size=1, max_size=3, unique=True),
    st.randoms(use_true_random=False),
)
def test_rewritten_modules_have_the_same_findings(name: str, rewrites: list[str], random: Random) -> None:
    files = dict(sources(name))
    for path in [path for path in files if path.endswith(".py")]:
        for rewrite in rewrites:
            files[path] = MODULE_REWRITES[rewrite](files[path], random)
    assert told(review_files(files), but=BY_NAME) == told(baseline(name), but=BY_NAME)


@few
@given(st.sampled_from(PROJECTS))
def test_helpers_in_a_module_of_their_own_have_the_same_findings(name: str) -> None:
    files = sources(name)
    for path in [path for path in files if path.endswith(".py")]:
        files = moved_helpers(files, path)
    assert told(review_files(files)) == told(baseline(name))


FORMATS = (".yaml", ".yml", ".template", ".json")
TEMPLATES = [(name, path) for name in fixtures() for path in sources(name) if path.endswith(FORMATS)]


@few
@given(st.sampled_from(TEMPLATES), st.randoms(use_true_random=False), st.sampled_from((as_json, as_yaml)))
def test_rewritten_templates_have_the_same_findings(
    at: tuple[str, str], random: Random, form: Callable[[object], str]
) -> None:
    name, path = at
    try:
        template = parsed(sources(name)[path])
    except Exception:
        return
    files = {**sources(name), path: form(shuffled(template, random))}
    # two findings in code that is no longer written line by line have one place
    assert told(review_files(files), but=BY_ORDER).keys() == told(baseline(name), but=BY_ORDER).keys()


SUPPRESSIBLE = [
    (name, index)
    for name in fixtures()
    for index, found in enumerate(fixture_review(name).findings)
    if found.rule not in ABOUT_COMMENTS and not found.at.path.endswith(".json") and name != "archive-encodings"
]


@few
@given(st.sampled_from(SUPPRESSIBLE))
def test_a_suppression_removes_what_it_names_and_nothing_else(at: tuple[str, int]) -> None:
    name, index = at
    review = fixture_review(name)
    chosen = review.findings[index]
    files = {
        file.relative_to(FIXTURES / name).as_posix(): file for file in (FIXTURES / name).rglob("*") if file.is_file()
    }
    contents = {path: file.read_bytes() for path, file in files.items()}
    lines = contents[chosen.at.path].split(b"\n")
    lines[chosen.at.line - 1] += f"  # lambda-review: ignore[{chosen.rule}] wanted here".encode()
    after = review_files({**contents, chosen.at.path: b"\n".join(lines)})
    gone = placed(review.findings) - placed(after.findings)
    assert placed(after.findings) - placed(review.findings) == Counter()
    assert placed(after.suppressed) - placed(review.suppressed) == gone
    assert {rule for _, _, rule, _ in gone} == {chosen.rule}
    assert placed([chosen]) <= gone


def placed(findings: Iterable[Finding]) -> Counter[tuple[str, int, str, str]]:
    return Counter((found.at.path, found.at.line, found.rule, found.message) for found in findings)
