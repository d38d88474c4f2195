"""Fixes as reporters hand them on: whole lines for a comment, replacements in SARIF. Both do what `--fix` does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fixing_samples import TEMPLATE, fixed
from reviewing import review_folder

from reviewer.finding import Edit, Fix, Review
from reviewer.report import render
from reviewer.report.sources import Sources, secret_lines
from reviewer.report.suggestions import MOST_LINES, Suggestion, suggestion
from reviewer.rule import collect

GET = 'import requests\n\n\ndef handler(event, context):\n    requests.get(\n        "https://a.example",\n    )\n'
IDLE = "def handler(event, context):\n    # lambda-review: ignore[async-handler] why\n    return 1\n"
FILES = {
    "calls": {"app.py": GET},
    "marks": {"app.py": IDLE},
    "windows": {"app.py": (GET + "\n\nx = '\N{PARTY POPPER}'; requests.get(x)").replace("\n", "\r\n")},
    "client": {
        "app.py": 'import boto3\n\n\ndef handler(event, context):\n    s3 = boto3.client("s3")\n    return s3.x\n'
    },
    "template": {"template.yaml": TEMPLATE.format(visibility=45, runtime="python3.8", timeout=60)},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def reviewed(folder: Path, files: dict[str, str]) -> Review:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode())
    return review_folder(folder)


def suggested(fix: Fix, text: str, secret: frozenset[tuple[str, int]] = frozenset()) -> Suggestion | None:
    return suggestion(fix, Sources(lambda _: text.encode(), secret))


def put(text: str, made: Suggestion) -> str:
    """A text with the lines of a suggestion replaced, as the site of the pull request does it."""
    lines = text.split("\n")
    lines[made.line - 1 : made.end_line] = [] if made.text is None else made.text.split("\n")
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["calls", "marks", "client", "template"])
def test_a_suggestion_replaces_whole_lines(folder: Path, name: str) -> None:
    ((path, text),) = FILES[name].items()
    review = reviewed(folder, FILES[name])
    for _ in range(5):
        fixes = [fix for found in review.findings for fix in found.fixes]
        if not fixes:
            break
        made = suggested(fixes[0], text)
        assert made is not None
        text = put(text, made)
        review = reviewed(folder, {path: text})
    assert text.encode() == fixed(FILES[name])[path]


@pytest.mark.parametrize(
    ("text", "edits", "due"),
    [
        ("a\nb\nc\n", [(2, 3, "x")], (2, 2, "x")),
        ("a\nb\nc\n", [(2, 4, "")], (2, 2, None)),
        ("a\nb\nc", [(4, 5, "")], (3, 3, None)),
        ("a\nb\nc\n", [(2, 2, "x\n")], (2, 2, "x\nb")),
        ("a\r\nb\r\n", [(3, 4, "x")], (2, 2, "x")),
        ("a\nb\nc\n", [(0, 1, "x"), (4, 5, "y")], (1, 3, "x\nb\ny")),
    ],
)
def test_lines_of_edits(text: str, edits: list[tuple[int, int, str]], due: tuple[int, int, str | None]) -> None:
    fix = Fix("Writing", tuple(Edit("a.py", *edit) for edit in edits))
    assert suggested(fix, text) == Suggestion("a.py", *due)


def test_what_no_comment_can_offer() -> None:
    text = "a\n" * MOST_LINES + 'password = "Tr0ub4dor-' + 'xk7Qz9"\r\n'
    assert suggested(Fix("Writing", (Edit("a", 0, 1, ""), Edit("b", 0, 1, ""))), text) is None
    assert suggested(Fix("Writing", (Edit("a", 0, 2 * MOST_LINES + 1, ""),)), text) is None
    assert suggested(Fix("Writing", (Edit("a", 2 * MOST_LINES, 2 * MOST_LINES, "x"),)), text) is None
    assert suggested(Fix("Writing", (Edit("a", 0, 999, ""),)), text) is None
    assert suggested(Fix("Writing", (Edit("a", 0, 1, "x"),)), text, frozenset({("a", 1)})) is None
    assert suggested(Fix("Writing", (Edit("a", 0, 1, "x"),)), "a\rb\n") is None


# --- SARIF --------------------------------------------------------------------------------------------------------

REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": {"type": "integer", "minimum": 1},
}
CHANGE = {
    "type": "object",
    "required": ["artifactLocation", "replacements"],
    "properties": {
        "replacements": {
            "minItems": 1,
            "items": {
                "required": ["deletedRegion", "insertedContent"],
                "properties": {"deletedRegion": REGION, "insertedContent": {"required": ["text"]}},
            },
        }
    },
}


def offset16(text: str, line: int, column: int) -> int:
    """The offset, in UTF-16 units, of a place of SARIF."""
    lines = re.split(r"(?<=\n)", text)
    return sum(len(each.encode("utf-16-le")) // 2 for each in lines[: line - 1]) + column - 1


def replaced(text: str, replacements: Any) -> str:
    """What a reader of SARIF makes of a text, counting in UTF-16 units."""
    content = text.encode("utf-16-le")
    for each in reversed(replacements):
        at = each["deletedRegion"]
        start, end = (offset16(text, at[f"{side}Line"], at[f"{side}Column"]) for side in ("start", "end"))
        content = content[: 2 * start] + each["insertedContent"]["text"].encode("utf-16-le") + content[2 * end :]
    return content.decode("utf-16-le")


@pytest.mark.parametrize("name", FILES)
def test_the_fixes_of_sarif_do_the_same(folder: Path, name: str) -> None:
    ((path, text),) = FILES[name].items()
    log = json.loads(render("sarif", reviewed(folder, FILES[name]), collect()))
    changes = [c for r in log["runs"][0]["results"] for f in r.get("fixes", []) for c in f["artifactChanges"]]
    assert changes
    for change in changes:
        jsonschema.validate(change, CHANGE)
        assert change["artifactLocation"] == {"uri": path, "uriBaseId": "%SRCROOT%"}
    replacements = [each for change in changes for each in change["replacements"]]
    replacements.sort(key=lambda each: (each["deletedRegion"]["startLine"], each["deletedRegion"]["startColumn"]))
    assert replaced(text, replacements).encode() == fixed(FILES[name])[path]


def test_lines_that_hold_a_secret_are_known(folder: Path) -> None:
    secret = (
        'import requests\n\n\ndef handler(event, context):\n    requests.get("https://a.example", auth=("bob", "Tr0ub4dor-'
        + 'xk7Qz9"))\n'
    )
    review = reviewed(folder, {"app.py": secret})
    assert {found.rule for found in review.findings} == {"hardcoded-secret", "http-without-timeout"}
    (fix,) = (fix for found in review.findings for fix in found.fixes)
    assert suggestion(fix, Sources(review.contents, secret_lines(review, collect()))) is None
