"""Issues for SonarQube's import of other analysers' reports: the generic format of SonarQube 10.3 and later.

Source: https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format.
One place that its file does not have makes SonarQube refuse the whole report, as does a rule that is not described
(`ExternalIssueImporter` and `ExternalIssueReportValidator` below
https://github.com/SonarSource/sonarqube/tree/master/sonar-scanner-engine/src/main/java/org/sonar/scanner/externalissue).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.finding import Finding, Location, Review, Severity
from reviewer.report import product
from reviewer.report.phrases import said, sentence
from reviewer.report.sources import Sources, encodable, secret_lines
from reviewer.rule import Rule

IMPACTS = {Severity.ERROR: "HIGH", Severity.WARNING: "MEDIUM", Severity.NOTE: "LOW"}
"""What all versions since 10.3 know."""
SECURITY = ("SECURITY", "TRUSTWORTHY")
QUALITIES = {"hygiene": ("MAINTAINABILITY", "CONVENTIONAL"), "state": ("RELIABILITY", "EFFICIENT")}
OTHER = ("RELIABILITY", "LOGICAL")
"""The software quality that a rule is about, and the attribute of clean code: for security, by group, for any other."""


def render(review: Review, rules: Mapping[str, Rule]) -> str:
    """The review as one JSON object, with a line feed at its end. Secrets are masked.

    Severities belong to rules there: a finding that is graver or lighter than its rule gets a rule of its own.
    """
    issues = _Issues(Sources(review.contents, secret_lines(review, rules)), rules)
    fired = {issues.id(finding): finding for finding in review.findings}
    report = {
        "rules": [issues.rule(id, finding) for id, finding in sorted(fired.items())],
        "issues": [issues.issue(finding) for finding in review.findings],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


class _Issues:
    def __init__(self, sources: Sources, rules: Mapping[str, Rule]) -> None:
        self.sources = sources
        self.rules = rules

    def id(self, finding: Finding) -> str:
        rule = self.rules.get(finding.rule)
        is_usual = rule is None or rule.severity is finding.severity
        return finding.rule if is_usual else f"{finding.rule}.{finding.severity.label}"

    def rule(self, id: str, finding: Finding) -> dict[str, Any]:
        rule = self.rules.get(finding.rule)
        quality, attribute = OTHER
        if rule is not None:
            quality, attribute = SECURITY if rule.security else QUALITIES.get(rule.group, OTHER)
        return {
            "id": id,
            "name": said(rule.title if rule else finding.rule),
            "description": "\n\n".join((rule.why, rule.suggest, *rule.references)) if rule else said(finding.rule),
            "engineId": product.NAME,
            "cleanCodeAttribute": attribute,
            "impacts": [{"softwareQuality": quality, "severity": IMPACTS[finding.severity]}],
        }

    def issue(self, finding: Finding) -> dict[str, Any]:
        grounds = (sentence(line) for line in finding.detail.splitlines() if line)
        message = " ".join((sentence(finding.message), *grounds))
        others = [self.location(step.at, sentence(step.message)) for step in (*finding.steps, *finding.related)]
        return {
            "ruleId": self.id(finding),
            "primaryLocation": self.location(finding.at, message),
            "secondaryLocations": [place for place in others if "textRange" in place],
        }

    def location(self, at: Location, message: str) -> dict[str, Any]:
        span = dict(self.range(at))
        return {"message": message, "filePath": encodable(at.path)} | ({"textRange": span} if span else {})

    def range(self, at: Location) -> Iterator[tuple[str, int]]:
        """A span: lines from 1, columns from 0 in UTF-16 units, the end exclusive. Nothing where there is no such line.

        The line alone where a column is not certain: SonarQube reads UTF-8, and knows no empty span.
        """
        if not self.sources.has(at.path, at.line):
            return
        yield "startLine", at.line
        start = at.line, self.sources.column16(at.path, at.line, at.column) - 1
        end = at.end_line, self.sources.column16(at.path, at.end_line, at.end_column) - 1
        if start < end and self.sources.has(at.path, at.end_line) and self.is_utf8(at.path):
            yield from (("endLine", end[0]), ("startColumn", start[1]), ("endColumn", end[1]))

    def is_utf8(self, path: str) -> bool:
        try:
            self.sources.content(path).decode()
        except UnicodeDecodeError:
            return False
        return True
