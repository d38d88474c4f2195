"""The review as JSON, for programs. Its shape is written down in `docs/report.schema.json`.

Within one `version` members are added, never renamed or removed. Lines and columns count from 1, columns in code
points, end columns exclusive; the offsets of edits count code points from 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reviewer.finding import Finding, Fix, Location, Review, Severity, Step
from reviewer.report import fingerprint, product
from reviewer.report.sources import Sources, encodable, safe, secret_lines
from reviewer.rule import Rule

VERSION = 1


def render(review: Review, rules: Mapping[str, Rule]) -> str:
    """The review as one JSON object, with a line feed at its end. Secrets are masked."""
    sources = Sources(review.contents, secret_lines(review, rules))
    found = zip(review.findings, fingerprint.stable(review.findings, sources), strict=True)
    fired = sorted({finding.rule for finding in review.findings} & rules.keys())
    counts = {
        f"{severity.label}s": sum(finding.severity is severity for finding in review.findings)
        for severity in sorted(Severity, reverse=True)
    }
    report = {
        "version": VERSION,
        "tool": {"name": product.NAME, "version": product.version()},
        "summary": counts
        | {
            "suppressed": len(review.suppressed),
            "not_new": len(review.known),
            "functions": review.functions,
            "modules": review.modules,
            "templates": review.templates,
            "seconds": round(review.seconds, 3),
        },
        "findings": [_finding(finding, own, sources) for finding, own in found],
        "rules": {name: _rule(rules[name]) for name in fired},
        "left_out": [{"path": encodable(path), "reason": safe(reason)} for path, reason in review.left_out],
        "errors": [safe(error) for error in review.errors],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, own: str, sources: Sources) -> dict[str, Any]:
    at = finding.at
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": safe(finding.message),
        "detail": safe(finding.detail),
        **place(at),
        "symbol": safe(finding.symbol),
        "code": sources.shown(at.path, at.line, at.column)[0],
        "fingerprint": own,
        "related": [_step(step) for step in finding.related],
        "steps": [_step(step) for step in finding.steps],
        "fixes": [_fix(fix) for fix in finding.fixes if all(safe(edit.text) == edit.text for edit in fix.edits)],
    }


def place(at: Location) -> dict[str, Any]:
    """The members that say where something is."""
    span = {"line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column}
    return {"path": encodable(at.path), **span}


def _step(step: Step) -> dict[str, Any]:
    return {"message": safe(step.message), **place(step.at)}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {"path": encodable(edit.path), "start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits
    ]
    return {"message": safe(fix.message), "safe": fix.safe, "edits": edits}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "group": rule.group,
        "severity": rule.severity.label,
        "security": rule.security,
        "cwe": rule.cwe,
        "why": rule.why,
        "suggestion": rule.suggest,
        "references": list(rule.references),
    }
