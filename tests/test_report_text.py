"""The text report: what it says, how often, and that nothing of the reviewed code steers the terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
import report_samples as samples
from hypothesis import example, given
from hypothesis import strategies as st
from report_samples import LOOP, RULES, SECRET, TIMEOUT, review

from reviewer.finding import Finding, Fix, Location, Review, Severity, Step
from reviewer.report import FORMATS, render


def text(review: Review, *, color: bool = False, links: bool = False, width: int = 90, **options: bool) -> str:
    return render("text", review, RULES, color=color, links=links, width=width, **options)


def test_a_finding_reads_like_this() -> None:
    assert text(review(TIMEOUT)) == (
        "warning[http-without-timeout]: `requests.get` has no timeout\n"
        "  --> src/resize/app.py:10:12\n"
        "   |\n"
        '10 |     body = requests.get("https://images.example.com/" + key).content\n'
        "   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   = why: `requests` waits for ever unless told otherwise. A peer that never answers then\n"
        "          holds the invocation until Lambda's own timeout ends it, and each retry pays for\n"
        "          the whole wait again.\n"
        "   = suggestion: Adding `timeout=` bounds the wait.\n"
        "   = link: https://requests.readthedocs.io/en/latest/user/advanced/#timeouts\n"
        "   = fix: Adds `timeout=10` (applied by `--fix --unsafe`)\n"
        "\n"
        "1 warning: 1 function, 3 modules and 1 template reviewed in 0.25 s.\n"
    )


def test_grounds_steps_and_related_places_follow() -> None:
    """The last step is the place of the finding: named, not drawn again."""
    assert text(review(LOOP), width=100, quiet=True).partition("   = note")[2] == (
        ": The trigger filters neither prefix nor suffix\n"
        "   = note: No condition guards the write\n"
        "   = why: Each write starts the function again.\n"
        "   = suggestion: Writing to a second bucket, or a prefix filter on the trigger, ends the loop.\n"
        "   = link: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html\n"
        "step 1 of 3: An upload to `Uploads` starts `Resize`\n"
        "  --> template.yaml:10:9\n"
        "   |\n"
        "10 |         Upload:\n"
        "   |         -------\n"
        "step 2 of 3: The bucket's name comes from the event\n"
        "  --> src/resize/app.py:12:37\n"
        "   |\n"
        '12 |         Bucket=event["Records"][0]["s3"]["bucket"]["name"],\n'
        "   |                                     ----------------------\n"
        "step 3 of 3: The write is an upload to `Uploads`\n"
        "  --> src/resize/app.py:11:5\n"
        "note: the trigger [`Upload`] of `Resize`\n"
        "  --> template.yaml:14:13\n"
        "   |\n"
        "14 |             Events: s3:ObjectCreated:*\n"
        "   |             --------------------------\n"
    )


def test_why_and_link_come_once_for_each_rule() -> None:
    many = review(*[TIMEOUT] * 20, LOOP)
    assert [text(many).count(f"= {name}:") for name in ("why", "suggestion", "link")] == [2, 2, 2]
    assert text(many).count("warning[http-without-timeout]") == 20
    assert text(many, verbose=True).count("= why:") == 20 * 2 + 1
    assert text(many, verbose=True).count("= link:") == 20 * 2 + 1


def test_the_confidence_is_named_where_it_is_not_high() -> None:
    assert "(medium confidence)" in text(review(samples.SECOND_TIMEOUT))
    assert "confidence" not in text(review(TIMEOUT))


def test_a_safe_fix_needs_no_second_switch() -> None:
    fix = Fix("Adds `timeout=10`", (), safe=True)
    assert "= fix: Adds `timeout=10` (applied by `--fix`)\n" in text(review(replace(TIMEOUT, fixes=(fix,))))


def test_a_file_that_cannot_be_read_has_no_frame() -> None:
    assert text(review(samples.UNREADABLE), quiet=True) == (
        "warning[unreadable-source]: `src/gone.py` cannot be read\n"
        " --> src/gone.py:1:1\n"
        "  = suggestion: Saving it as UTF-8 makes it readable.\n"
    )


def test_a_clean_review_says_what_was_seen() -> None:
    assert text(review(functions=12)) == "All clear: 12 functions, 3 modules and 1 template reviewed in 0.25 s.\n"
    assert text(review(), quiet=True) == ""


def test_a_review_of_nothing_does_not_look_clean() -> None:
    nothing = review(functions=0, modules=0, templates=0)
    assert text(nothing) == "Nothing to review: no function, module or template found.\n"
    named = replace(nothing, left_out=(("README.md", "neither Python nor a template"),))
    found = "no function, module or template found (README.md: neither Python nor a template)"
    assert text(named) == f"Nothing to review: {found}.\n"


def test_internal_errors_are_named_and_no_all_clear_is_given() -> None:
    broken = review(errors=("rule `a-rule` raised KeyError",))
    assert text(broken).startswith("internal error: rule `a-rule` raised KeyError\n")
    assert "All clear" not in text(broken)
    assert "internal error" in text(broken, quiet=True)


def test_the_summary_counts_severities_and_suppressions() -> None:
    every = replace(samples.EVERYTHING, suppressed=(TIMEOUT,))
    last = text(every).splitlines()[-1]
    expected = (
        "2 errors, 3 warnings and 1 note (1 suppressed): 1 function, 3 modules and 1 template reviewed in 0.25 s."
    )
    assert last == expected


def test_statistics_count_by_rule() -> None:
    lines = text(samples.EVERYTHING, statistics=True).splitlines()
    assert "     2  warning  http-without-timeout     An HTTP request with no timeout" in lines
    assert "     1  note     rule-of-another-version" in lines


def test_verbose_lists_what_was_left_out() -> None:
    partial = review(left_out=(("vendor/x.py", "installed package"),))
    assert "left out: vendor/x.py (installed package)\n" in text(partial, verbose=True)
    assert "left out" not in text(partial)


def test_colours_and_links_only_where_asked_for() -> None:
    assert "\x1b" not in text(samples.EVERYTHING)
    coloured = text(samples.EVERYTHING, color=True)
    assert "\x1b[1;33mwarning[http-without-timeout]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text(samples.EVERYTHING)
    linked = text(samples.EVERYTHING, links=True)
    assert (
        "\x1b]8;;file:///srv/app/src/with%20space/gr%C3%BC%C3%9Fe%20%231.py\x1b\\src/with space/grüße #1.py:1:"
        in linked
    )
    assert "\x1b]8;;https://requests.readthedocs.io/en/latest/user/advanced/#timeouts\x1b\\" in linked
    assert re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", linked) == text(samples.EVERYTHING)


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\x1b]8;\x07\x9b\u202e\u2066\ud800\r\n")), max_size=40)
OWN = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;;(?:[!-~]*)\x1b\\")


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@example("\ud800", "\ud800", "\ud800", "\ud800")
def test_nothing_of_the_reviewed_code_reaches_the_terminal_raw(path: str, code: str, message: str, detail: str) -> None:
    place = Location(path, 1, 1, 1, 1 + len(code))
    finding = Finding(
        "http-without-timeout", Severity.ERROR, place, message, detail, steps=(Step(place, detail),), symbol=code
    )
    hostile = review(finding, files={path: code}, errors=(message,), left_out=((path, detail),))
    output = text(hostile, color=True, links=True, verbose=True, statistics=True)
    output.encode()
    assert all(line.isprintable() for line in OWN.sub("", output).split("\n"))


@pytest.mark.parametrize("format", FORMATS)
def test_no_secret_reaches_a_report(format: str) -> None:
    edited = replace(SECRET, fixes=(Fix("Moves it", (samples.Edit(samples.WIDE_PATH, 0, 1, samples.KEY),)),))
    everywhere = replace(edited, detail=samples.KEY, symbol=samples.KEY, steps=(Step(SECRET.at, samples.KEY),))
    review_ = review(everywhere, errors=(samples.KEY,), left_out=(("a.py", samples.KEY),))
    options = {"color": True, "links": True, "width": 80, "verbose": True} if format == "text" else {}
    output = render(format, review_, RULES, **options)
    assert "AKIA…" in output
    assert not re.search(r"AKIA[A-Z0-9]", output)


WITHOUT_CODE = {"github", "gitlab", "junit", "sonar"}
"""Formats whose readers show the code themselves."""


@pytest.mark.parametrize("format", FORMATS)
def test_a_secret_that_nothing_gives_away_is_masked_where_a_rule_has_found_it(format: str) -> None:
    """Also in the frames of other findings on its line."""
    code = 'conn = connect("db.internal", "shop", "sunshine")\n'
    other = replace(TIMEOUT, at=Location("a.py", 1, 8, 1, 50), fixes=())
    secret = replace(SECRET, at=Location("a.py", 1, 39, 1, 49), message="A password stands in the code")
    options = {"color": False, "links": False, "width": 80} if format == "text" else {}
    for found in (
        review(other, secret, files={"a.py": code}),
        review(other, suppressed=(secret,), files={"a.py": code}),
    ):
        output = render(format, found, RULES, **options)
        assert ("connect(" in output) is (format not in WITHOUT_CODE)
        assert "sunshine" not in output


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        render("carrier-pigeon", review(), RULES)


def test_the_text_report_loads_nothing_heavy() -> None:
    code = "import sys, reviewer.report.text; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"libcst", "astroid", "yaml", "sarif_om", "rich", "hashlib", "importlib.metadata"}
