"""The Markdown report: what is on it, what fits, and that nothing of the reviewed code is markup or a reference."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
import report_samples as samples
from graph_samples import KEY, NAMES, SHOP, hostile
from hypothesis import example, given
from hypothesis import strategies as st
from report_samples import LOOP, RULES, SECRET, TIMEOUT, UNREADABLE, review

from reviewer.finding import Confidence, Finding, Location, Severity, Step
from reviewer.picture import Edge, Graph, Node, going_round
from reviewer.report import render
from reviewer.report.markdown import SUMMARY
from reviewer.report.quoting import code, fenced, inert

FENCED = re.compile(r"^(`{3,})(\w+)\n(.*?)\n\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"<code>([^<>`]*)</code>")
OWN = re.compile(r"</?details>|</?summary>|<code></code>|<!-- -->")


def page(*findings: Finding, most: int = SUMMARY, **members: object) -> str:
    text = render("markdown", review(*findings, **members), RULES, most=most)  # type: ignore[arg-type]
    assert text.endswith("\n")
    return text


def words(text: str) -> str:
    """What a reader sees of lines without blocks of code."""
    return unescape(re.sub(r"<!-- -->|</?code>", "", text))


# --- what is on the page ------------------------------------------------------------------------------------------


def test_a_page_reads_like_this() -> None:
    assert page(LOOP, suppressed=(TIMEOUT,)) == EXPECTED


EXPECTED = """\
## lambda-review

1 error (1 suppressed): 1 function, 3 modules and 1 template reviewed in 0.25 s.

### 1 error

**[<code>own-trigger-write</code>](<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>)** \
Writing to a second bucket, or a prefix filter on the trigger, ends the loop.

<details><summary><code>src/resize/app.py&#58;11</code> <code>s3&#46;put&#95;object</code> writes into the bucket whose \
uploads start <code>Resize</code>.</summary>

```text
   |
11 | /     s3.put_object(
12 | |         Bucket=event["Records"][0]["s3"]["bucket"]["name"],
13 | |         Key="thumb-" + key,
14 | |         Body=body,
15 | |     )
   | |_____^
```

- In <code>handler</code>.
- Here: The trigger filters neither prefix nor suffix.
- Here: No condition guards the write.
- <code>template.yaml&#58;14</code> the trigger <code>&#91;</code><code>Upload</code><code>&#93;</code> of \
<code>Resize</code>.

1. <code>template.yaml&#58;10</code> An upload to <code>Uploads</code> starts <code>Resize</code>.
2. <code>src/resize/app.py&#58;12</code> The bucket's name comes from the event.
3. <code>src/resize/app.py&#58;11</code> The write is an upload to <code>Uploads</code>.

</details>
"""


def test_findings_are_sorted_by_severity_and_rule() -> None:
    text = page(samples.OTHER, TIMEOUT, UNREADABLE, samples.SECOND_TIMEOUT, LOOP)
    headings = re.findall(r"^### (.*)$|^\*\*\[?<code>([\w-]+)</code>", text, re.MULTILINE)
    assert [one or other for one, other in headings] == [
        *("1 error", "own-trigger-write"),
        *("3 warnings", "http-without-timeout", "unreadable-source"),
        *("1 note", "rule-of-another-version"),
    ]
    assert text.count("Adding <code>timeout&#61;</code> bounds the wait.") == 1


def test_what_has_no_details_is_a_line() -> None:
    assert page(UNREADABLE).endswith("- <code>src/gone.py&#58;1</code> <code>src/gone.py</code> cannot be read.\n")


def test_a_confidence_that_is_not_high_is_told() -> None:
    assert "no timeout. (medium confidence)</summary>" in page(samples.SECOND_TIMEOUT)
    assert Confidence.HIGH.label not in page(TIMEOUT)


def test_a_fix_is_told() -> None:
    assert "- Fix: Adds <code>timeout&#61;10</code>." in page(TIMEOUT)


def test_a_review_without_findings_is_two_lines() -> None:
    assert page() == "## lambda-review\n\nNo findings: 1 function, 3 modules and 1 template reviewed in 0.25 s.\n"


def test_internal_errors_are_on_the_page() -> None:
    def failing() -> Graph:
        raise ValueError("no *picture*")

    text = words(page(errors=("a rule raised",), graph=failing))
    assert "**Internal error:** a rule raised\n" in text
    assert "**Internal error:** the picture: ValueError: no *picture*\n" in text


# --- the graph ----------------------------------------------------------------------------------------------------


def test_the_graph_is_there_where_something_goes_round() -> None:
    ((_, language, text),) = FENCED.findall(page(graph=lambda: SHOP))
    assert language == "mermaid"
    assert text.startswith("flowchart LR\n")
    assert "Resize" in text
    assert "Idle" not in text


def test_no_graph_where_nothing_goes_round() -> None:
    assert "mermaid" not in page(graph=lambda: replace(SHOP, rings=()))


def test_only_the_parts_with_rings_are_kept() -> None:
    a, b = (Node(name, "function", name) for name in "ab")
    alone = Edge("a", "b", "call", "lambda.invoke", Location("a.py", 1))
    more = Graph(
        (a, b, *SHOP.nodes),
        (alone, *SHOP.edges),
        tuple(replace(r, edges=tuple(n + 1 for n in r.edges)) for r in SHOP.rings),
    )
    kept = going_round(more)
    assert kept == replace(SHOP, nodes=tuple(node for node in SHOP.nodes if node.name != "Idle"))
    assert going_round(Graph((a, b), (alone,))) == Graph()


# --- what fits ----------------------------------------------------------------------------------------------------


def many(number: int) -> list[Finding]:
    found = [
        replace(TIMEOUT, at=replace(TIMEOUT.at, column=1 + n % 9), symbol=f"f{n}", fixes=()) for n in range(number)
    ]
    return [*found, LOOP]


@pytest.mark.parametrize("most", [1_000, 1_500, 2_000, 5_000, 10_000, 20_000])
def test_a_page_keeps_to_its_size(most: int) -> None:
    text = page(*many(40), most=most, graph=lambda: SHOP)
    assert len(text.encode()) <= most
    said = re.search(r"^Left out, for there is no room for more: (.*)\.$", text, re.MULTILINE)
    folded = text.count("<details>")
    listed = len(re.findall("^- <code>", FENCED.sub("", re.sub("(?s)<details>.*?</details>", "", text)), re.MULTILINE))
    numbers = [int(number) for number in re.findall(r"(?<!of )\b(\d+) findings?", said[1])] if said else []
    assert folded + listed + sum(numbers) == 41
    assert bool(said) == (folded < 41)


def test_the_gravest_keep_their_details() -> None:
    text = page(*many(40), most=6_000)
    assert "<summary><code>src/resize/app.py&#58;11</code>" in text
    assert re.search(r"the details of \d+ findings\.$", text.rstrip())


def test_all_fits_into_a_job_summary_or_is_counted() -> None:
    text = page(*many(20_000))
    assert len(text.encode()) <= 1024 * 1024
    assert re.search(r"^Left out, for there is no room for more: [\d,]+ findings", text, re.MULTILINE)


# --- inert --------------------------------------------------------------------------------------------------------

TRIGGERS = (
    *("@octocat", "#123", "GH-12", "org/repo#1", "https://evil.example/x", "www.evil.example", "a@b.example", "!12"),
    *(
        "<script>",
        "</details>",
        "</summary>",
        "<!--",
        "-->",
        "|",
        "`",
        "```",
        "~~~",
        "\n",
        "**",
        "_",
        "[x](y)",
        "![i](j)",
    ),
    *(":smile:", "$x$", "deadbeef1", "1.", "1)", "- ", "# ", "&lt;", "&#64;", "\\", "~~", "[^1]", "<img src=x>", " "),
    *("ftp://x", "mailto:a@b.example", "w", "ww.x.example", "h", "ttps://a.example", "\u202e", "\ud800", "\x1b[2J"),
)
HOSTILE = st.one_of(NAMES, st.lists(st.sampled_from(TRIGGERS), max_size=6).map("".join))
REFERENCE = re.compile(r"@|#\d|://|(?i:www\.)|:[\w+-]+:|[A-Z]-\d|\$|\b[0-9a-f]{7,40}\b|[<>`*_~|\[\]\\]")


@given(HOSTILE)
@example("`a`b` @octocat `")
def test_outside_of_code_there_are_only_words(text: str) -> None:
    shown = inert(text)
    assert shown.isprintable()
    left = CODE.sub("", shown.replace("<!-- -->", ""))
    assert not REFERENCE.search(unescape(left))


@given(HOSTILE)
def test_inside_of_code_nothing_is_markup(text: str) -> None:
    shown = code(text)
    assert shown.isprintable()
    inside = shown.removeprefix("<code>").removesuffix("</code>").replace("<!-- -->", "")
    assert not re.search(r"[<>`*_~|\[\]\\@:]|&(?!#\d+;)|(?i:www\.)", inside)


@pytest.mark.parametrize(
    "text",
    [
        "The trigger's prefix lets what is written through: about 16 rounds, or 0.5 s (measured).",
        "An `s3.put_object` of the function “shop-api”, e.g. in us, takes up to 1,000 ms…",
    ],
)
def test_plain_words_stay_words(text: str) -> None:
    assert words(inert(text)) == text.replace("`", "")
    assert len(CODE.findall(inert(text))) == text.count("`") // 2


def test_a_secret_across_backticks_is_masked_as_a_whole() -> None:
    assert not re.search("AKIA[A-Z0-9]", inert(f"`{KEY}` and {KEY}"))


@given(st.lists(st.text("`~ab ", max_size=8), max_size=5))
def test_no_line_ends_its_fence(lines: list[str]) -> None:
    first, *inside, last = fenced(lines, "text").split("\n")
    assert first == f"{last}text"
    assert inside == (lines or [""])
    assert not any(last in line for line in lines)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_the_reviewed_code_is_markup(name: str, text: str, message: str, detail: str) -> None:
    place = Location(name, 1, 1, 1, 1 + len(text))
    step = Step(place, message)
    finding = Finding(name, Severity.ERROR, place, message, detail, steps=(step,), related=(step,), symbol=name)
    known = replace(finding, rule="http-without-timeout")
    whole = page(finding, known, files={name: text}, errors=(message,), graph=lambda: hostile([name, text]))
    whole.encode()
    assert all(line.isprintable() for line in whole.split("\n"))
    around = FENCED.sub("", whole)
    assert "`" not in around
    own = OWN.sub("", CODE.sub("", around.replace("<!-- -->", "")))
    links = [f"<{url}>" for rule in RULES.values() for url in rule.references]
    for link in links:
        own = own.replace(link, "")
    assert not re.search(r"[<>@`|\\]|://", unescape(own))
    assert around.count("<details>") == around.count("</details>") == around.count("<summary>")


def test_secrets_are_masked() -> None:
    everywhere = replace(SECRET, detail=KEY, symbol=KEY, steps=(Step(SECRET.at, KEY),))
    text = page(everywhere, errors=(KEY,))
    assert not re.search("AKIA[A-Z0-9]", text)
    assert text.count("AKIA…") >= 5
