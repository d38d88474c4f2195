"""The review as Markdown for job summaries and pull requests: a list by severity and rule, its details folded.

Job summaries: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary.
One beyond a mebibyte is not shown at all. What does not fit loses its details first, and then the lightest findings are
left out; a line says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reviewer.finding import Confidence, Finding, Location, Review
from reviewer.picture import going_round
from reviewer.report import graph_mermaid, product
from reviewer.report.bundles import drawn
from reviewer.report.frames import Frames
from reviewer.report.phrases import counted, kinds, sentence, summary
from reviewer.report.quoting import code, fenced, inert
from reviewer.report.sources import Sources, secret_lines
from reviewer.report.terminal import Style
from reviewer.rule import Rule

SUMMARY = 1024 * 1024
"""The bytes that GitHub takes of one job summary."""
NOTE = 256
"""The bytes that are kept free to say what is left out."""
WIDTH = 100
"""Columns of a line of code. A longer one is cut around what it is shown for."""


def render(review: Review, rules: Mapping[str, Rule], *, most: int = SUMMARY) -> str:
    """The review as Markdown of at most `most` bytes (a thousand are needed in any case), a line feed at its end.

    Secrets are masked, and nothing that comes from the reviewed code is markup.
    """
    frames = Frames(Sources(review.contents, secret_lines(review, rules)), Style(False, False), WIDTH)
    page = _Page(review, rules, frames)
    head = [*_fitting(page.head(), most - NOTE)]
    return "\n\n".join([*head, *_chosen(list(page.blocks()), most - NOTE - sum(map(_size, head)))]) + "\n"


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the page: a heading, or a finding, which also has a form with its details."""

    text: str
    full: str = ""
    is_finding: bool = True


def _size(text: str) -> int:
    """The bytes of a part, with the empty line behind it."""
    return len(text.encode()) + 2


def _fitting(parts: Iterable[str], room: int) -> Iterator[str]:
    """The parts that fit, in their order."""
    for part in parts:
        if (size := _size(part)) <= room:
            room -= size
            yield part


def _chosen(blocks: list[_Block], room: int) -> Iterator[str]:
    """The blocks that fit, as many as possible with their details, and what is left out."""
    kept = len([*_leading(blocks, room)])
    spare = room - sum(_size(block.text) for block in blocks[:kept])
    folded = 0
    for block in blocks[:kept]:
        more = _size(block.full) - _size(block.text) if block.full else 0
        yield block.full if block.full and more <= spare else block.text
        folded += more > spare
        spare -= more if more <= spare else 0
    missing = sum(block.is_finding for block in blocks[kept:])
    left_out = [f"{counted(missing, 'finding')}"] if missing else []
    left_out += [f"the details of {counted(folded, 'finding')}"] if folded else []
    if left_out:
        yield f"Left out, for there is no room for more: {' and '.join(left_out)}."


def _leading(blocks: list[_Block], room: int) -> Iterator[_Block]:
    """The blocks up to the first one that does not fit any more, without their details."""
    for block in blocks:
        room -= _size(block.text)
        if room < 0:
            return
        yield block


@dataclass(frozen=True, slots=True)
class _Page:
    review: Review
    rules: Mapping[str, Rule]
    frames: Frames

    def head(self) -> Iterator[str]:
        """What comes before the findings: the counts, what went wrong inside, the picture of what goes round."""
        graph, fault = drawn(self.review)
        said = summary(self.review)
        yield f"## {product.NAME}"
        yield f"{said[:1].upper()}{said[1:]}."
        for error in (*self.review.errors, *([f"the picture: {fault}"] if fault else [])):
            yield f"**Internal error:** {inert(error)}"
        if graph is not None and graph.rings:
            yield fenced(graph_mermaid.render(going_round(graph)).splitlines(), "mermaid")

    def blocks(self) -> Iterator[_Block]:
        for kind, number in kinds(self.review.findings):
            yield _Block(f"### {number}", is_finding=False)
            by_rule: dict[str, list[Finding]] = {}
            for finding in self.review.findings:
                if finding.severity is kind:
                    by_rule.setdefault(finding.rule, []).append(finding)
            for name, found in by_rule.items():
                yield _Block(self.rule(name), is_finding=False)
                yield from map(self.finding, found)

    def rule(self, name: str) -> str:
        rule = self.rules.get(name)
        if rule is None:
            return f"**{code(name)}**"
        title = f"[{code(name)}](<{rule.references[0]}>)" if rule.references else code(name)
        return f"**{title}** {inert(rule.suggest)}"

    def finding(self, finding: Finding) -> _Block:
        sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence.label} confidence)"
        head = f"{_place(finding.at)} {inert(sentence(finding.message))}{sure}"
        details = [*self.details(finding)]
        folded = "\n\n".join([f"<details><summary>{head}</summary>", *details, "</details>"]) if details else ""
        return _Block(f"- {head}", folded)

    def details(self, finding: Finding) -> Iterator[str]:
        if frame := [*self.frames.draw(finding.at, len(str(finding.at.end_line)), finding.severity.label)]:
            yield fenced(frame, "text")
        symbol = [f"In {code(finding.symbol)}."] if finding.symbol else []
        grounds = [f"Here: {inert(sentence(line))}" for line in finding.detail.splitlines() if line]
        fixes = [f"Fix: {inert(sentence(fix.message))}" for fix in finding.fixes]
        related = [f"{_place(step.at)} {inert(sentence(step.message))}" for step in finding.related]
        if points := [*symbol, *grounds, *related, *fixes]:
            yield "\n".join(f"- {point}" for point in points)
        steps = [f"{_place(step.at)} {inert(sentence(step.message))}" for step in finding.steps]
        if steps:
            yield "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _place(at: Location) -> str:
    return code(f"{at.path}:{at.line}")
