"""The SARIF report: what code scanning reads of it, and what it would refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import report_samples as samples
from report_samples import LOOP, RULES, SECRET, TIMEOUT, review

from reviewer.finding import Edit, Finding, Fix, Location, Review, Severity, Step
from reviewer.report import product, render, sarif
from reviewer.report.fingerprint import line_hashes


def run(review: Review, **options: object) -> Any:
    return json.loads(render("sarif", review, RULES, **options))["runs"][0]


def results(*findings: Finding, **members: object) -> Any:
    return run(review(*findings, **members))["results"]  # type: ignore[arg-type]


def region(result: Any) -> Any:
    return result["locations"][0]["physicalLocation"]["region"]


def rule_descriptors(review: Review) -> dict[str, Any]:
    return {rule["id"]: rule for rule in run(review)["tool"]["driver"]["rules"]}


def test_the_log_names_its_version_and_schema() -> None:
    log = json.loads(render("sarif", review(), RULES))
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")


def test_no_findings_are_an_empty_list_of_results() -> None:
    empty = run(review())
    assert empty["results"] == []
    assert empty["invocations"] == [{"executionSuccessful": True}]
    assert len(empty["tool"]["driver"]["rules"]) == len(RULES)


def test_the_run_says_what_the_numbers_mean() -> None:
    found = run(review(TIMEOUT))
    assert found["columnKind"] == "utf16CodeUnits"
    assert set(found["originalUriBaseIds"]) == {"%SRCROOT%"}
    assert "uri" not in found["originalUriBaseIds"]["%SRCROOT%"]


@pytest.mark.parametrize(("category", "id"), [("lambda-review", "lambda-review/"), ("api/eu/", "api/eu/")])
def test_the_category_is_all_before_the_last_slash(category: str, id: str) -> None:
    assert run(review(), category=category)["automationDetails"]["id"] == id


def test_no_path_of_this_machine_is_told() -> None:
    assert "/srv/app" not in render("sarif", samples.EVERYTHING, RULES)


@pytest.mark.parametrize("severity", Severity)
def test_the_level_is_always_written(severity: Severity) -> None:
    """SARIF's default is the rule's own level, not `warning`."""
    (result,) = results(replace(LOOP, severity=severity))
    assert (result["level"], result["kind"]) == (severity.label, "fail")


def test_rules_are_found_by_index() -> None:
    found = run(samples.EVERYTHING)
    descriptors = found["tool"]["driver"]["rules"]
    assert [descriptors[result["ruleIndex"]]["id"] for result in found["results"]] == [
        finding.rule for finding in samples.EVERYTHING.findings
    ]


def test_a_rule_is_described() -> None:
    rule = rule_descriptors(review())["http-without-timeout"]
    help = rule.pop("help")
    assert rule == {
        "id": "http-without-timeout",
        "name": "HttpWithoutTimeout",
        "shortDescription": {"text": "An HTTP request with no timeout."},
        "fullDescription": {"text": RULES["http-without-timeout"].why},
        "helpUri": "https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["aws-lambda", "calls"], "precision": "high", "problem.severity": "warning"},
    }
    assert help["text"].startswith("An HTTP request with no timeout.\n\n`requests` waits")
    assert '```python\nimport requests\nrequests.get("https://example.com/price")  # finding\n```' in help["markdown"]
    assert all("Adding `timeout=` bounds the wait." in text for text in help.values())


def test_only_security_rules_have_security_properties() -> None:
    """The presence of `security-severity` makes a rule a security rule."""
    descriptors = rule_descriptors(review())
    secret = descriptors["hardcoded-secret"]["properties"]
    assert secret["security-severity"] == "8.0"
    assert {"security", "external/cwe/cwe-798"} <= set(secret["tags"])
    assert [id for id, rule in descriptors.items() if "security-severity" in rule["properties"]] == ["hardcoded-secret"]
    assert descriptors["hardcoded-region"]["properties"]["problem.severity"] == "recommendation"


def test_descriptions_keep_to_the_length_that_github_takes() -> None:
    long = samples.a_rule("long-rule", "calls", "A title.\n\n" + "word " * 1000, Severity.NOTE)
    log = json.loads(render("sarif", review(), {"long-rule": long}))
    assert len(log["runs"][0]["tool"]["driver"]["rules"][0]["fullDescription"]["text"]) == 1024


def test_a_rule_of_another_version_is_still_described() -> None:
    assert rule_descriptors(review(samples.OTHER))["rule-of-another-version"]["help"]["text"]


def test_columns_count_utf_16_units() -> None:
    (result,) = results(SECRET)
    line = samples.WIDE.splitlines()[0]
    before = line[: line.index('"AKIA')]
    assert region(result)["startColumn"] == len(before) + 2  # one character before it takes two units
    assert region(result)["endColumn"] == len(before) + 2 + len(f'"{samples.KEY}"')


def test_snippets_hold_the_span_without_secrets() -> None:
    assert region(results(SECRET)[0])["snippet"]["text"] == '"AKIA…"'
    assert region(results(LOOP)[0])["snippet"]["text"] == samples.PUT


@pytest.mark.parametrize(("rows", "width"), [(60, 1), (2, 2_000)])
def test_a_large_span_is_not_quoted(rows: int, width: int) -> None:
    finding = replace(TIMEOUT, at=Location("a.py", 1, 1, rows, width + 1), fixes=())
    (result,) = results(finding, files={"a.py": ("x" * width + "\n") * rows})
    assert region(result) == {"startLine": 1, "startColumn": 1, "endLine": rows, "endColumn": width + 1}


def test_paths_are_percent_encoded() -> None:
    (result,) = results(SECRET)
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "src/with%20space/gr%C3%BC%C3%9Fe%20%231.py", "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(("path", "uri"), [("caf\udce9.py", "caf%E9.py"), ("\ud800.py", "%EF%BF%BD.py")])
def test_a_path_that_is_no_unicode_keeps_its_bytes_where_it_has_any(path: str, uri: str) -> None:
    (result,) = results(replace(SECRET, at=Location(path, 1)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_the_function_is_the_logical_location() -> None:
    (result,) = results(replace(TIMEOUT, symbol="Api.handler"))
    assert result["locations"][0]["logicalLocations"] == [
        {"name": "handler", "fullyQualifiedName": "Api.handler", "kind": "function"}
    ]


def test_both_fingerprints_are_there() -> None:
    (result,) = results(TIMEOUT)
    prints = result["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == line_hashes(samples.RESIZE.encode(), {10})[10]
    assert set(prints) == {"primaryLocationLineHash", "lambdaReview/v1"}
    assert set(results(samples.UNREADABLE)[0]["partialFingerprints"]) == {"lambdaReview/v1"}


def test_the_message_is_sentences_with_links_to_the_related_places() -> None:
    (result,) = results(LOOP)
    assert result["message"]["text"] == (
        "`s3.put_object` writes into the bucket whose uploads start `Resize`. "
        "The trigger filters neither prefix nor suffix. No condition guards the write. "
        r"Related: [the trigger \[`Upload`\] of `Resize`](1)."
    )
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "template.yaml"


def test_code_in_a_message_is_no_link() -> None:
    (result,) = results(replace(TIMEOUT, message="`handlers[kind](1)` has no timeout"))
    assert result["message"]["text"] == "`handlers[kind] (1)` has no timeout."


def test_steps_are_a_code_flow() -> None:
    (result,) = results(LOOP)
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    places = [place["location"] for place in thread["locations"]]
    assert [place["message"]["text"] for place in places] == [f"{step.message}." for step in LOOP.steps]
    assert "codeFlows" not in results(TIMEOUT)[0]


def test_a_fix_is_replacements_at_places() -> None:
    (result,) = results(TIMEOUT)
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    place = {"startLine": 10, "startColumn": 60, "endLine": 10, "endColumn": 60}
    assert change["replacements"] == [{"deletedRegion": place, "insertedContent": {"text": ", timeout=10"}}]


def test_a_fix_counts_utf_16_units_and_any_line_end() -> None:
    edits = (Edit("a.py", 3, 4, "x"), Edit("b.py", 0, 0, "y"), Edit("a.py", 8, 9, "z"))
    finding = Finding("x", Severity.NOTE, Location("a.py", 1), "A fact", fixes=(Fix("Mends", edits),))
    (result,) = results(finding, files={"a.py": "\ufeff\U0001d4bd\r\ny\rz = \U0001d4bd1\n", "b.py": ""})
    first, second = result["fixes"][0]["artifactChanges"]
    assert [change["artifactLocation"]["uri"] for change in (first, second)] == ["a.py", "b.py"]
    assert [replacement["deletedRegion"] for replacement in first["replacements"]] == [
        {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2},
        {"startLine": 3, "startColumn": 4, "endLine": 3, "endColumn": 5},
    ]


def test_a_fix_for_other_text_than_there_is_is_left_out() -> None:
    beyond = replace(TIMEOUT, fixes=(Fix("Mends", (Edit(samples.APP, 9_999, 9_999, "x"),)),))
    assert "fixes" not in results(beyond)[0]


def test_suppressed_findings_only_where_asked_for() -> None:
    silenced = review(TIMEOUT, suppressed=(SECRET,))
    assert [result["ruleId"] for result in run(silenced)["results"]] == ["http-without-timeout"]
    shown, hidden = run(silenced, suppressed=True)["results"]
    assert "suppressions" not in shown
    assert hidden["suppressions"] == [{"kind": "inSource"}]


def test_internal_errors_and_unreadable_files_are_notifications() -> None:
    (invocation,) = run(review(samples.UNREADABLE, errors=("rule `x` raised KeyError",)))["invocations"]
    assert invocation["executionSuccessful"] is False
    error, unreadable = invocation["toolExecutionNotifications"]
    assert (error["level"], error["message"]["text"]) == ("error", "rule `x` raised KeyError")
    assert unreadable["level"] == "warning"
    assert unreadable["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/gone.py"


def test_of_too_many_results_the_most_severe_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    found = run(review(samples.OTHER, TIMEOUT, LOOP, samples.OTHER, SECRET))
    assert [result["level"] for result in found["results"]] == ["warning", "error", "error"]
    (notification,) = found["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("2 results of lower severity are left out")


def test_a_flow_keeps_to_the_length_that_github_shows() -> None:
    endless = replace(LOOP, steps=LOOP.steps * 1000, related=LOOP.related * 2000)
    (result,) = results(endless)
    assert len(result["codeFlows"][0]["threadFlows"][0]["locations"]) == 1000
    assert len(result["relatedLocations"]) == 1000


def test_what_no_encoding_holds_is_written_all_the_same() -> None:
    strange = replace(TIMEOUT, message="A \ud800 literal", steps=(Step(TIMEOUT.at, "\udfff\x1b"),), symbol="\udcff")
    render("sarif", review(strange), RULES).encode()


@pytest.mark.parametrize(
    ("version", "semantic"),
    [("1.2.3", "1.2.3"), ("1.2.0rc1", "1.2.0-rc1"), ("1.2", "1.2.0"), ("0.1.0.dev1+g12", "0.1.0-dev1+g12")],
)
def test_versions_are_semantic(version: str, semantic: str) -> None:
    assert product.semantic(version) == semantic
