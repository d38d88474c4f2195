"""SARIF 2.1.0 for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

What GitHub reads of it, and its limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files.
GitHub takes at most 25,000 results of a run (the most severe are kept) and 10 MB of a file once it is gzipped, which
those results stay well below unless each has a long flow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import attr
import sarif_om as om

from reviewer.finding import Edit, Finding, Fix, Location, Review, Severity, Step
from reviewer.report import fingerprint, product
from reviewer.report.phrases import said, sentence
from reviewer.report.sources import Sources, safe, secret_lines, uri
from reviewer.report.terminal import visible
from reviewer.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
"""Per result, of a flow and of related places: GitHub shows no more."""
LONGEST_TEXT = 1_024
"""The characters that GitHub takes of a rule's descriptions."""
LONGEST_SNIPPET = 2_000
TALLEST_SNIPPET = 50
"""The characters and lines of a span that is quoted."""

SECURITY_SEVERITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.NOTE: "3.0"}
"""Scores that GitHub shows as high, medium and low."""
PROBLEM_SEVERITY = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}


def render(review: Review, rules: Mapping[str, Rule], *, category: str = product.NAME, suppressed: bool = False) -> str:
    """The review as one SARIF run.

    `category` tells apart several uploads for one commit. With `suppressed`, findings that a comment silences are
    results too, marked so: GitHub opens alerts for them.
    """
    findings = review.findings + (review.suppressed if suppressed else ())
    log = om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[_run(review, rules, findings, category)])
    return json.dumps(plain(log), ensure_ascii=False) + "\n"


def _run(review: Review, rules: Mapping[str, Rule], findings: Sequence[Finding], category: str) -> om.Run:
    kept = _most_severe(findings)
    ids = sorted({*rules, *(finding.rule for finding in kept)})
    results = _Results(
        Sources(review.contents, secret_lines(review, rules)), {name: index for index, name in enumerate(ids)}
    )
    version = product.version()
    driver = om.ToolComponent(
        name=product.NAME,
        information_uri=product.HOME,
        version=version,
        semantic_version=product.semantic(version),
        rules=[_descriptor(rules[name]) if name in rules else _unknown(name) for name in ids],
    )
    return om.Run(
        tool=om.Tool(driver=driver),
        automation_details=om.RunAutomationDetails(id=category.rstrip("/") + "/"),
        column_kind="utf16CodeUnits",
        original_uri_base_ids={
            ROOT: om.ArtifactLocation(description=om.Message(text="The root of the repository under review."))
        },
        invocations=[
            om.Invocation(
                execution_successful=not review.errors,
                tool_execution_notifications=list(_notifications(review, results, len(findings) - len(kept))) or None,
            )
        ],
        results=list(results.all(kept, frozenset(review.suppressed))),
    )


def _most_severe(findings: Sequence[Finding]) -> list[Finding]:
    """At most `MOST_RESULTS` findings, in the order in which they came."""
    worst = sorted(range(len(findings)), key=lambda n: (-findings[n].severity, -findings[n].confidence, n))
    return [findings[n] for n in sorted(worst[:MOST_RESULTS])]


def _notifications(review: Review, results: _Results, missing: int) -> Iterator[om.Notification]:
    """Why the review may not have seen everything."""
    for error in review.errors:
        yield om.Notification(message=om.Message(text=said(error)), level="error")
    for finding in review.findings:
        if finding.rule == "unreadable-source":
            text, place = sentence(finding.message), results.location(finding.at)
            yield om.Notification(message=om.Message(text=text), level="warning", locations=[place])
    if missing:
        text = f"{missing} results of lower severity are left out: code scanning takes {MOST_RESULTS} of a run."
        yield om.Notification(message=om.Message(text=text), level="warning")


# Rules


def _descriptor(rule: Rule) -> om.ReportingDescriptor:
    text, markdown = _help(rule)
    properties: dict[str, object] = {
        "tags": list(_tags(rule)),
        "precision": "medium" if rule.pedantic else "high",
        "problem.severity": PROBLEM_SEVERITY[rule.severity],
    }
    if rule.security:
        properties["security-severity"] = SECURITY_SEVERITY[rule.severity]
    return om.ReportingDescriptor(
        id=rule.id,
        name=_pascal(rule.id),
        short_description=om.MultiformatMessageString(text=_cut(sentence(rule.title))),
        full_description=om.MultiformatMessageString(text=_cut(rule.why or sentence(rule.title))),
        help=om.MultiformatMessageString(text=text, markdown=markdown),
        help_uri=rule.references[0] if rule.references else product.HOME,
        default_configuration=om.ReportingConfiguration(level=rule.severity.label),
        properties=properties,
    )


def _unknown(name: str) -> om.ReportingDescriptor:
    """A rule that this reviewer does not have: a finding kept from another version."""
    text = om.MultiformatMessageString(text=f"{_pascal(name)}.")
    return om.ReportingDescriptor(
        id=name,
        name=_pascal(name),
        short_description=text,
        full_description=text,
        help=text,
        help_uri=product.HOME,
    )


def _tags(rule: Rule) -> Iterator[str]:
    yield "aws-lambda"
    yield rule.group
    if rule.security:
        yield "security"
        if rule.cwe:
            yield f"external/cwe/cwe-{rule.cwe:03}"


def _help(rule: Rule) -> tuple[str, str]:
    """The rule's page, as text and as Markdown."""
    parts = [rule.why, rule.suggest]
    examples = [(name, rule.section(name)) for name in ("Bad", "Good")]
    links = [f"- <{url}>" for url in rule.references]
    markdown = parts + [f"## {name}\n\n```python\n{code.rstrip()}\n```" for name, code in examples if code]
    markdown += ["## References\n\n" + "\n".join(links)] if links else []
    return f"{rule.page}\n\n{rule.suggest}".rstrip(), "\n\n".join(filter(None, markdown)) or rule.title


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


# Results


class _Results:
    """Makes results of findings, and places of locations."""

    def __init__(self, sources: Sources, indexes: Mapping[str, int]) -> None:
        self.sources = sources
        self.indexes = indexes

    def all(self, findings: Sequence[Finding], silenced: Container[Finding]) -> Iterator[om.Result]:
        hashes = fingerprint.github(findings, self.sources)
        for finding, own in zip(findings, fingerprint.stable(findings, self.sources), strict=True):
            prints = {fingerprint.KEY: own}
            if found := hashes.get((finding.at.path, finding.at.line)):
                prints["primaryLocationLineHash"] = found
            yield self._result(finding, prints, finding in silenced)

    def _result(self, finding: Finding, prints: dict[str, str], silenced: bool) -> om.Result:
        related = finding.related[:MOST_LOCATIONS]
        return om.Result(
            rule_id=finding.rule,
            rule_index=self.indexes[finding.rule],
            level=finding.severity.label,
            kind="fail",
            message=om.Message(text=" ".join(_message(finding, related))),
            locations=[self.location(finding.at, symbol=finding.symbol)],
            partial_fingerprints=prints,
            related_locations=[self.location(step.at, step.message, id=n) for n, step in enumerate(related, 1)] or None,
            code_flows=[self._flow(finding.steps[:MOST_LOCATIONS])] if finding.steps else None,
            fixes=list(self._fixes(finding.fixes)) or None,
            suppressions=[om.Suppression(kind="inSource")] if silenced else None,
            properties={"confidence": finding.confidence.label},
        )

    def location(self, at: Location, message: str = "", *, symbol: str = "", id: int = -1) -> om.Location:
        name = visible(safe(symbol))
        function = om.LogicalLocation(name=name.rpartition(".")[2], fully_qualified_name=name, kind="function")
        return om.Location(
            id=id,
            physical_location=om.PhysicalLocation(artifact_location=_artifact(at.path), region=self._region(at)),
            logical_locations=[function] if symbol else None,
            message=om.Message(text=sentence(message)) if message else None,
        )

    def _region(self, at: Location) -> om.Region:
        snippet = self.sources.region(at) if at.end_line - at.line < TALLEST_SNIPPET else ""
        return om.Region(
            start_line=at.line,
            start_column=self.sources.column16(at.path, at.line, at.column),
            end_line=at.end_line,
            end_column=self.sources.column16(at.path, at.end_line, at.end_column),
            snippet=om.ArtifactContent(text=snippet) if 0 < len(snippet) <= LONGEST_SNIPPET else None,
        )

    def _flow(self, steps: Iterable[Step]) -> om.CodeFlow:
        places = [om.ThreadFlowLocation(location=self.location(step.at, step.message)) for step in steps]
        return om.CodeFlow(thread_flows=[om.ThreadFlow(locations=places)])

    def _fixes(self, fixes: Iterable[Fix]) -> Iterator[om.Fix]:
        """The fixes whose edits lie in their files and hold no secret."""
        for fix in fixes:
            by_path = groupby(sorted(fix.edits, key=lambda edit: (edit.path, edit.start)), lambda edit: edit.path)
            try:
                changes = [
                    om.ArtifactChange(_artifact(path), [self._replacement(edit) for edit in edits])
                    for path, edits in by_path
                ]
            except ValueError:
                continue
            if changes:
                yield om.Fix(artifact_changes=changes, description=om.Message(text=sentence(fix.message)))

    def _replacement(self, edit: Edit) -> om.Replacement:
        if safe(edit.text) != edit.text:
            raise ValueError(edit.path)
        start_line, start_column = self.sources.place(edit.path, edit.start)
        end_line, end_column = self.sources.place(edit.path, edit.end)
        return om.Replacement(
            om.Region(start_line=start_line, start_column=start_column, end_line=end_line, end_column=end_column),
            om.ArtifactContent(text=edit.text),
        )


def _artifact(path: str) -> om.ArtifactLocation:
    return om.ArtifactLocation(uri=uri(path), uri_base_id=ROOT)


def _message(finding: Finding, related: Sequence[Step]) -> Iterator[str]:
    """The fact, its grounds, and links to the related places: `[text](1)`, as SARIF 3.11.6 writes them."""
    yield unlinked(sentence(finding.message))
    yield from (unlinked(sentence(line)) for line in finding.detail.splitlines() if line)
    if related:
        links = [f"[{_LINK_MARK.sub(_ESCAPED, said(step.message))}]({n})" for n, step in enumerate(related, 1)]
        yield f"Related: {'; '.join(links)}."


_LINK_MARK = re.compile(r"[\[\]\\]")
_ESCAPED = r"\\\g<0>"


def unlinked(text: str) -> str:
    """`text` in which nothing reads as a link: code such as `table[key](1)` looks like one."""
    return text.replace("](", "] (")


# sarif_om's objects as JSON


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, object], ...]:
    """Attribute, name in SARIF, and default of each field."""
    return tuple(
        (
            field.name,
            field.metadata["schema_property_name"],
            field.default.factory() if isinstance(field.default, attr.Factory) else field.default,  # type: ignore[arg-type]
        )
        for field in attr.fields(kind)
    )


SPOKEN = frozenset({"level", "kind"})
"""Written even where they equal SARIF's default: a rule of another level would give its own to the result."""


def plain(value: Any) -> Any:
    """A sarif_om object as dicts and lists. What is unset, or equal to SARIF's default, is left out.

    The companion package of sarif_om does this in 10 to 20 times the time, and loses `level: "warning"`.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if not attr.has(type(value)):
        return value
    kind: Any = type(value)
    members = ((name, getattr(value, attribute), default) for attribute, name, default in _fields(kind))
    return {
        name: plain(member)
        for name, member, default in members
        if member is not None and (member != default or name in SPOKEN)
    }
