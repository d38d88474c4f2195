"""Findings for a person at a terminal, in the manner of rustc: the fact, the code, why it matters and what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from reviewer.finding import Confidence, Finding, Fix, Location, Review, Step
from reviewer.report.frames import Frames
from reviewer.report.phrases import kinds, listed, said, scope, silenced, work
from reviewer.report.sources import Sources, secret_lines, uri
from reviewer.report.terminal import Style, visible, wrap
from reviewer.rule import Rule

NARROWEST = 40


def render(
    review: Review,
    rules: Mapping[str, Rule],
    *,
    color: bool,
    links: bool,
    width: int,
    verbose: bool = False,
    quiet: bool = False,
    statistics: bool = False,
) -> str:
    """The review as text of `width` columns, with a line feed at its end.

    Why, suggestion and link of a rule come once, at its first finding; with `verbose` they come with each, as do all
    paragraphs of why; what was left out of the review is listed, and what a baseline knows and nothing matches. `quiet`
    leaves the findings alone: no statistics, no summary, and nothing at all where there are none.
    """
    style, width = Style(color, links), max(width, NARROWEST)
    frames = Frames(Sources(review.contents, secret_lines(review, rules)), style, width)
    page = _Page(review, rules, style, frames, width, verbose)
    parts: list[Iterable[str]] = [page.finding(finding) for finding in review.findings]
    parts += [page.errors()]
    if not quiet:
        parts += [page.left_out(), page.gone()] if verbose else []
        parts += [page.statistics() if statistics else [], [page.summary()]]
    return "".join("\n".join(lines) + "\n" for lines in _spaced(map(list, parts)))


def _spaced(parts: Iterable[list[str]]) -> Iterator[list[str]]:
    """The parts that have lines, an empty line between two of them."""
    between: list[str] = []
    for part in filter(None, parts):
        yield between + part
        between = [""]


@dataclass(frozen=True, slots=True)
class _Page:
    review: Review
    rules: Mapping[str, Rule]
    style: Style
    frames: Frames
    width: int
    verbose: bool
    explained: set[str] = field(default_factory=set)
    """The rules whose why, suggestion and link are out already."""

    def finding(self, finding: Finding) -> Iterator[str]:
        """The fact with its frame, the remarks, then steps and related places. No place is drawn twice."""
        gutter = len(str(max(place.end_line for place in _places(finding))))
        yield self._headline(finding)
        yield self._where(finding.at, gutter)
        yield from self.frames.draw(finding.at, gutter, finding.severity.label)
        for name, text, url in self._remarks(finding):
            yield from self._remark(gutter, name, text, url)
        drawn = {finding.at}
        for name, step in _named(finding):
            yield f"{self.style.paint('strong', name + ':')} {said(step.message)}"
            yield self._where(step.at, gutter)
            if step.at not in drawn:
                yield from self.frames.draw(step.at, gutter, "frame")
            drawn.add(step.at)

    def _headline(self, finding: Finding) -> str:
        kind, rule = finding.severity.label, self.rules.get(finding.rule)
        name = visible(finding.rule)
        if rule and rule.references:
            name = self.style.link(rule.references[0], name)
        sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence.label} confidence)"
        head = self.style.paint(kind, f"{kind}[{name}]")
        return f"{head}{self.style.paint('strong', ': ' + said(finding.message))}{self.style.paint('faint', sure)}"

    def _where(self, at: Location, gutter: int) -> str:
        where = f"{visible(at.path)}:{at.line}:{at.column}"
        url = "file://" + uri(str(PurePosixPath(self.review.root, at.path)))
        return f"{' ' * gutter}{self.style.paint('frame', '-->')} {self.style.link(url, where)}"

    def _remarks(self, finding: Finding) -> Iterator[tuple[str, str, str]]:
        """What is said below the frame: a name, a text, and the address where that is a link."""
        yield from (("note", line, "") for line in finding.detail.splitlines())
        rule = self.rules.get(finding.rule)
        if rule and (self.verbose or rule.id not in self.explained):
            self.explained.add(rule.id)
            paragraphs = rule.why.split("\n\n")
            yield from (("why", paragraph, "") for paragraph in (paragraphs if self.verbose else paragraphs[:1]))
            yield "suggestion", rule.suggest, ""
            yield from (("link", url, url) for url in rule.references[: None if self.verbose else 1])
        yield from (("fix", f"{fix.message} {_switch(fix)}", "") for fix in finding.fixes)

    def _remark(self, gutter: int, name: str, text: str, url: str) -> Iterator[str]:
        lead = f"{' ' * gutter} {self.style.paint('frame', '=')} {self.style.paint('strong', name + ':')} "
        indent = gutter + len(f" = {name}: ")
        for line in wrap(said(text), self.width - indent):
            if line:
                yield lead + (self.style.link(url, line) if url else line)
                lead = " " * indent

    def errors(self) -> Iterator[str]:
        return (f"{self.style.paint('error', 'internal error:')} {said(error)}" for error in self.review.errors)

    def left_out(self) -> Iterator[str]:
        name = self.style.paint("strong", "left out:")
        return (f"{name} {visible(path)} ({said(reason)})" for path, reason in self.review.left_out)

    def gone(self) -> Iterator[str]:
        """What the baseline knows and nothing matches."""
        name = self.style.paint("strong", "no longer found:")
        return (f"{name} {visible(path)} ({said(what)})" for path, what in self.review.gone)

    def statistics(self) -> Iterator[str]:
        """The rules by how often they fired."""
        counts = Counter((finding.rule, finding.severity) for finding in self.review.findings)
        longest = max((len(rule) for rule, _ in counts), default=0)
        for (rule, severity), number in sorted(counts.items(), key=lambda item: (-item[1], -item[0][1], item[0][0])):
            title = self.rules[rule].title if rule in self.rules else ""
            kind = self.style.paint(severity.label, f"{severity.label:7}")
            yield f"{number:6}  {kind}  {visible(rule):{longest}}  {self.style.paint('faint', title)}".rstrip()
        if self.review.gone:
            yield f"{len(self.review.gone):6}  of the baseline no longer found (--verbose lists them)"

    def summary(self) -> str:
        review = self.review
        if not scope(review) and not review.findings:
            alone = f" ({said(': '.join(review.left_out[0]))})" if len(review.left_out) == 1 else ""
            return f"Nothing to review: no function, module or template found{alone}."
        if not review.findings:
            clear = "No new findings" if review.known else "All clear"
            clear = "No findings" if review.errors else self.style.paint("good", clear)
            return f"{clear}{silenced(review)}: {work(review)}."
        found = (self.style.paint(kind.label, number) for kind, number in kinds(review.findings))
        return f"{listed(found)}{silenced(review)}: {work(review)}."


def _switch(fix: Fix) -> str:
    return "(applied by `--fix`)" if fix.safe else "(applied by `--fix --unsafe`)"


def _named(finding: Finding) -> Iterator[tuple[str, Step]]:
    """Steps and related places, each with what it is called."""
    yield from ((f"step {number} of {len(finding.steps)}", step) for number, step in enumerate(finding.steps, 1))
    yield from (("note", step) for step in finding.related)


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.at
    yield from (step.at for _, step in _named(finding))
