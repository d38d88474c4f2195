"""After the review of the action: the category and the counts of its SARIF log, and the summary of the job.

`report.py FOLDER` reads `lambda-review.sarif`, `.txt` and `.mmd` there. The environment says the rest: REVIEW_CATEGORY,
REVIEW_SUMMARY, and GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, the files that GitHub reads outputs and summary from.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path

CATEGORY = re.compile(r"[\w.:/@ -]{1,100}")
LEVELS = {"error": "errors", "warning": "warnings", "note": "notes"}
MOST = 1 << 19
"""Bytes of findings in a summary, which GitHub cuts off at 1 MiB with an error.
Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits"""
MOST_MERMAID = 50_000
"""Characters that Mermaid draws of one text."""


def main() -> None:
    folder, category = Path(sys.argv[1]), os.environ["REVIEW_CATEGORY"]
    if not CATEGORY.fullmatch(category):
        sys.exit("category: 1 to 100 letters, digits, blanks and . : / @ _ - are due here")
    file = folder / "lambda-review.sarif"
    log = json.loads(file.read_text("utf-8"))
    counts = Counter(dict.fromkeys(LEVELS, 0))
    for run in log["runs"]:
        # an upload's own category counts only for a log that has none
        run["automationDetails"] = {"id": category.rstrip("/") + "/"}
        counts.update(result["level"] for result in run["results"])
    file.write_text(json.dumps(log, ensure_ascii=False), "utf-8")
    append("GITHUB_OUTPUT", "".join(f"{name}={counts[level]}\n" for level, name in LEVELS.items()))
    if os.environ["REVIEW_SUMMARY"] == "true":
        append("GITHUB_STEP_SUMMARY", summary(counts, text(folder / "lambda-review.txt"), graph(folder)))


def summary(counts: Counter[str], findings: str, drawn: str) -> str:
    """The summary in GitHub's Markdown. All that comes from reviewed code stands in fences that it cannot end."""
    said = ", ".join(f"{counts[level]} {name if counts[level] != 1 else level}" for level, name in LEVELS.items())
    parts = [f"## lambda-review\n\n{said}\n", fenced(findings, "text")]
    if drawn:
        parts.append(f"<details><summary>Invocation graph</summary>\n\n{fenced(drawn, 'mermaid')}\n</details>\n")
    return "\n".join(parts)


def fenced(body: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{body.rstrip()}\n{fence}\n"


def graph(folder: Path) -> str:
    """The invocation graph; nothing where there are no edges, or more than is drawn."""
    drawn = text(folder / "lambda-review.mmd")
    return drawn if "-->" in drawn and len(drawn) <= MOST_MERMAID else ""


def text(file: Path) -> str:
    if not file.is_file():
        return ""
    content = file.read_bytes()
    cut = "" if len(content) <= MOST else "\n… the SARIF log has the rest\n"
    return content[:MOST].decode("utf-8", "ignore") + cut


def append(variable: str, said: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(said)


main()
