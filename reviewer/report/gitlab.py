"""GitLab's Code Quality report: a JSON array with a member for each finding, and in it what GitLab reads, no more.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; GitLab validates each member with
https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/validators/json_schemas/codeclimate.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reviewer.finding import Finding, Review, Severity
from reviewer.report import fingerprint
from reviewer.report.phrases import sentence
from reviewer.report.sources import Sources, encodable, secret_lines
from reviewer.rule import Rule

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}
"""Of info, minor, major, critical and blocker."""


def render(review: Review, rules: Mapping[str, Rule]) -> str:
    """The findings as a JSON array, with a line feed at its end. Secrets are masked.

    GitLab compares the reports of two branches by their fingerprints, which outlive moved lines.
    """
    own = fingerprint.stable(review.findings, Sources(review.contents, secret_lines(review, rules)))
    found = [_member(finding, id) for finding, id in zip(review.findings, own, strict=True)]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _member(finding: Finding, id: str) -> dict[str, Any]:
    return {
        "description": sentence(finding.message),
        "check_name": finding.rule,
        "fingerprint": id,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": encodable(finding.at.path), "lines": {"begin": finding.at.line}},
    }
