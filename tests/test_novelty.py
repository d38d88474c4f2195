"""Only what is new, on the command line: changed lines, diffs, baselines, the list of suppressions."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli import main

HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
OTHER = HANDLER.replace("handler", "lambda_handler").replace("get", "post")
BASELINE = "known.json"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one handler, committed, which is the working directory."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(HANDLER)
    git("init", "--quiet", "--initial-branch", "main")
    git("add", "--all")
    git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "x")
    return tmp_path


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout


class Said:
    """What one run of the command line says, and the places of its findings."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.status = main(arguments)
        self.out, self.err = capsys.readouterr()

    @property
    def places(self) -> list[str]:
        return [line.partition("--> ")[2] for line in self.out.splitlines() if "--> " in line]

    @property
    def summary(self) -> str:
        return self.out.splitlines()[-1].rpartition(":")[0]


# --- what changed -------------------------------------------------------------------------------------------------


def test_since_reports_what_changed(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    unchanged = Said(capsys, ".", "--since", "main")
    assert (unchanged.status, unchanged.places, unchanged.summary) == (0, [], "No new findings (1 not new)")
    (project / "app.py").write_text(HANDLER + OTHER.partition("\n")[2])
    (project / "new.py").write_text(OTHER)
    changed = Said(capsys, ".", "--since", "main")
    assert (changed.status, changed.places) == (1, ["app.py:9:12", "new.py:5:12"])
    assert changed.summary == "2 warnings (1 not new)"


def test_a_removed_guard_makes_its_neighbour_new(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").write_text(HANDLER.replace("    return", "    # bounded\n    return"))
    git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--all", "--message", "x")
    (project / "app.py").write_text(HANDLER)
    assert Said(capsys, ".", "--since", "HEAD").places == ["app.py:5:12"]
    assert Said(capsys, ".", "--since", "HEAD~1").places == []


def test_steps_and_related_places_count(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    template = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Timeout: 20
      Events:
        Queued:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
Transform: AWS::Serverless-2016-10-31
"""
    (project / "template.yaml").write_text(template)
    git("add", "--all")
    git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "x")
    only = ("--select", "visibility-below-timeout", "--since", "main")
    assert Said(capsys, ".", *only).places == []
    (project / "template.yaml").write_text(template.replace("Timeout: 20", "Timeout: 60"))
    found = Said(capsys, ".", *only)
    assert found.status == 1
    assert found.places[0].startswith("template.yaml:5:")


@pytest.mark.parametrize("options", [(), ("-U0",), ("--no-prefix",), ("--stat", "-p")])
def test_a_diff_of_git(capsys: pytest.CaptureFixture[str], project: Path, options: tuple[str, ...]) -> None:
    (project / "app.py").write_text(OTHER + "\n\n" + HANDLER.partition("\n")[2])
    (project / "my.diff").write_bytes(git("diff", *options))
    (project / ".git").rename(project / "no-git")
    assert Said(capsys, ".", "--diff", "my.diff").places == ["app.py:5:12"]


def test_a_diff_from_the_standard_input(
    capsys: pytest.CaptureFixture[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app.py").write_text(HANDLER.replace("org", "com"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(git("diff"))))
    assert Said(capsys, ".", "--diff", "-").places == ["app.py:5:12"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert Said(capsys, ".", "--diff", "-").summary == "No new findings (1 not new)"


def test_an_unsaved_file_is_compared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    for text, places in ((HANDLER, []), ("# one more\n" + HANDLER.replace("org", "com"), ["app.py:6:12"])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert Said(capsys, "-", "--stdin-filename", "app.py", "--since", "main").places == places


# --- baselines ----------------------------------------------------------------------------------------------------


def test_a_baseline_knows_what_was_there(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    first = Said(capsys, ".", "--write-baseline", BASELINE)
    assert (first.status, first.summary) == (0, "No new findings (1 not new)")
    (project / "app.py").write_text("# moved\n\n" + HANDLER + OTHER.partition("\n")[2])
    second = Said(capsys, ".", "--baseline", BASELINE)
    assert (second.status, second.places, second.summary) == (1, ["app.py:11:12"], "1 warning (1 not new)")
    report = json.loads(Said(capsys, ".", "--baseline", BASELINE, "--format", "json").out)
    assert (len(report["findings"]), report["summary"]["warnings"], report["summary"]["not_new"]) == (1, 1, 1)
    assert Said(capsys, ".", "--write-baseline", BASELINE).status == 0
    assert Said(capsys, ".", "--baseline", BASELINE).summary == "No new findings (2 not new)"


def test_a_baseline_of_the_settings(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "etc").mkdir()
    settings = project / "lambda-review.toml"
    settings.write_text('baseline = "etc/known.json"\n')
    assert Said(capsys, ".").err == (
        "lambda-review: error: etc/known.json: no such baseline; --write-baseline writes it\n"
    )
    assert Said(capsys, ".", "--write-baseline", "etc/known.json").status == 0
    assert Said(capsys, ".").summary == "No new findings (1 not new)"
    for value, said in {
        "'../known.json'": "`../known.json` lies outside of the reviewed tree",
        "7": "the path of a file is due here, not a number",
        "''": "the path of a file is due here, not nothing",
    }.items():
        settings.write_text(f"baseline = {value}\n")
        assert Said(capsys, ".").err == f"lambda-review: error: lambda-review.toml:1: baseline: {said}\n"


def test_what_is_found_no_more_is_told(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "other.py").write_text(OTHER)
    Said(capsys, ".", "--write-baseline", BASELINE)
    (project / "app.py").write_text("")
    gone = "no longer found: app.py (http-without-timeout in `handler`)\n"
    assert gone in Said(capsys, ".", "--baseline", BASELINE, "--verbose").out
    assert "     1  of the baseline no longer found" in Said(capsys, ".", "--baseline", BASELINE, "--statistics").out
    assert "no longer" not in Said(capsys, ".", "--baseline", BASELINE).out
    for narrower in (("other.py",), (".", "--select", "state"), (".", "--min-severity", "error")):
        assert "no longer" not in Said(capsys, *narrower, "--baseline", BASELINE, "--verbose").out


def test_a_baseline_and_changes(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").write_text(OTHER + "\n\n" + HANDLER.partition("\n")[2])
    Said(capsys, "app.py", "--write-baseline", BASELINE)
    (project / "new.py").write_text(OTHER)
    assert Said(capsys, ".", "--since", "main", "--baseline", BASELINE).places == ["new.py:5:12"]


def test_a_secret_that_is_known_stays_masked(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    """No frame of another finding shows it, though the finding that tells of it is left out."""
    call = 'requests.get("https://example.org/", auth=("me", "grey-owl-9"))'
    code = f"import requests\n\n\ndef handler(event, context):\n    return {call}\n"
    (project / "app.py").write_text(code)
    assert "grey-owl-9" not in Said(capsys, ".").out
    assert Said(capsys, ".", "--select", "secrets", "--write-baseline", BASELINE).summary.endswith("(1 not new)")
    assert "grey-owl-9" not in (project / BASELINE).read_text()
    found = Said(capsys, ".", "--baseline", BASELINE)
    assert (found.summary, "grey-owl-9" in found.out) == ("1 warning (1 not new)", False)


# --- suppressions -------------------------------------------------------------------------------------------------

MARKED = """\
import requests


def handler(event, context):
    # lambda-review: ignore[client-in-handler, http-without-timeout] the proxy  bounds it # noqa
    requests.get("https://example.org/")
    return event  # lambda-review: ignore[no-such-rule]
# lambda-review: ignore-file[unsigned-function] signed elsewhere
"""


def test_suppressions_are_listed(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").write_text(MARKED)
    said = Said(capsys, ".", "--list-suppressions")
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "app.py:5:5   client-in-handler     unused   the proxy  bounds it\n"
        "app.py:5:5   http-without-timeout  used     the proxy  bounds it\n"
        "app.py:7:19  no-such-rule          unknown  (no reason)\n"
        "app.py:8:1   unsigned-function     not run  signed elsewhere\n"
    )
    rows = json.loads(Said(capsys, ".", "--list-suppressions", "--format", "json").out)
    assert rows[1] == {
        "path": "app.py",
        "line": 5,
        "column": 5,
        "rule": "http-without-timeout",
        "state": "used",
        "reason": "the proxy  bounds it",
    }
    assert [row["state"] for row in rows] == ["unused", "used", "unknown", "not run"]


def test_no_suppressions(capsys: pytest.CaptureFixture[str]) -> None:
    assert Said(capsys, ".", "--list-suppressions").out == "No suppressions.\n"
    assert Said(capsys, ".", "--list-suppressions", "--format", "json").out == "[]\n"


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "mian"], "--since mian: no such commit, branch or tag; the nearest is `main`"),
        (["--since", "-x"], "--since -x: no name of a commit, branch or tag"),
        (["--since", "main", "--diff", "x"], "--since and --diff exclude each other"),
        (["--diff", "nowhere"], "--diff nowhere: no such file"),
        (["--diff", "."], "--diff .: a folder"),
        (["--diff", "app.py"], "app.py:1: no unified diff: it names no file"),
        (["--baseline", "nowhere.json"], "nowhere.json: no such baseline; --write-baseline writes it"),
        (["--baseline", "."], ".: a folder"),
        (["--baseline", ""], ".: a folder"),
        (["--baseline", "app.py"], "app.py:1: no JSON: Expecting value"),
        (["--write-baseline", "app.py"], "--write-baseline app.py: this file belongs to what is reviewed"),
        (["--write-baseline", "nowhere/x"], "--write-baseline nowhere/x: no folder `nowhere`"),
        (
            ["--write-baseline", "x.json", "--format", "json", "--output", "x.json"],
            "two reports go to the same place",
        ),
        (
            ["--write-baseline", "x.json", "--since", "main"],
            "--write-baseline and --since exclude each other: a baseline holds all findings",
        ),
        (
            ["--write-baseline", "x.json", "--baseline", "y.json"],
            "--write-baseline and --baseline exclude each other: a baseline holds all findings",
        ),
        (
            ["--list-suppressions", "--format", "sarif"],
            "--list-suppressions goes to the standard output, as text or json",
        ),
    ],
)
def test_errors_are_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    found = Said(capsys, ".", *arguments)
    assert (found.status, found.out, found.err) == (2, "", f"lambda-review: error: {said}\n")


def test_a_missing_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert Said(capsys, ".", "--diff", "-").err == "lambda-review: error: the standard input is closed\n"
    both = "lambda-review: error: --diff - and the path `-` both read the standard input\n"
    assert Said(capsys, "-", "--diff", "-").err == both
