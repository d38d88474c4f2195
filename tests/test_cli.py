from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.config import Config
from reviewer.finding import Finding, Location, Review, Severity
from reviewer.report import FORMATS
from reviewer.rule import collect

HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
FIRES = "warning[http-without-timeout]: `requests.get` has no timeout"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one handler, which is the working directory."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "app.py").write_text(HANDLER)
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


class Said:
    """What one run of the command line says."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.status = main(arguments)
        self.out, self.err = capsys.readouterr()


# --- start --------------------------------------------------------------------------------------------------------


def test_help_shows_commands_and_the_options_of_a_review(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys, "--help")
    assert said.status == 0
    for text in (
        "check",
        "explain",
        "rules",
        "--select",
        "--format",
        "--fail-on",
        "Examples",
        "Exit status",
        "--version",
    ):
        assert text in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert "--stdin-filename" in Said(capsys, "check", "--help").out
    assert "--stdin-filename" in Said(capsys, ".", "--help").out


def test_no_arguments_are_no_review(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Usage: lambda-review")


# --- a review -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["."], ["check", "."], ["app.py"], ["--quiet", "."], ["--", "app.py"]])
def test_findings_give_status_1(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    said = Said(capsys, *arguments)
    assert (said.status, said.err) == (1, "")
    assert FIRES in said.out


def test_no_findings_give_status_0(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").write_text(HANDLER.replace('org/"', 'org/", timeout=3'))
    said = Said(capsys, ".")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("All clear")
    assert Said(capsys, ".", "--quiet").out == ""


@pytest.mark.parametrize(
    ("arguments", "status", "fires"),
    [
        (["--fail-on", "error"], 0, True),
        (["--fail-on", "warning"], 1, True),
        (["--fail-on", "never"], 0, True),
        (["--min-severity", "error"], 0, False),
        (["--min-severity", "warning"], 1, True),
        (["--select", "http-without-timeout"], 1, True),
        (["--select", "state,calls"], 1, True),
        (["--select", "state"], 0, False),
        (["--ignore", "calls"], 0, False),
        (["--ignore", "state", "--ignore", "http-without-timeout"], 0, False),
        (["--exclude", "app.py"], 0, False),
        (["--select", "all"], 1, True),
    ],
)
def test_selection(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, fires: bool) -> None:
    said = Said(capsys, ".", *arguments)
    assert (said.status, FIRES in said.out) == (status, fires)


def test_all_takes_tests_as_well(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").rename(project / "test_app.py")
    assert Said(capsys, ".").status == 0
    assert FIRES in Said(capsys, ".", "--all").out
    assert FIRES in Said(capsys, "test_app.py").out


def test_settings_of_the_file_and_of_the_command_line(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lambda-review]\nignore = ['calls']\nfail-on = 'error'\n")
    assert Said(capsys, ".").out.startswith("All clear")
    said = Said(capsys, ".", "--select", "calls")
    assert (FIRES in said.out, said.status) == (True, 0)
    assert Said(capsys, ".", "--select", "calls", "--fail-on", "note").status == 1
    (project / "other.toml").write_text("min-severity = 'error'\n")
    said = Said(capsys, ".", "--config", "other.toml", "--verbose")
    assert (said.status, said.err) == (0, "lambda-review: settings from other.toml\n")


def test_verbose_lists_what_was_left_out(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "test_app.py").touch()
    assert "left out" not in Said(capsys, ".").out
    assert "left out: test_app.py (a test)" in Said(capsys, ".", "--verbose").out


def test_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    assert "     1  warning  http-without-timeout" in Said(capsys, ".", "--statistics").out


@pytest.mark.parametrize("name", [[], ["--stdin-filename", "new.py"], ["--stdin-filename", "no/folder/new.py"]])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: list[str]) -> None:
    read, write = os.pipe()
    os.write(write, HANDLER.encode())
    os.close(write)
    with os.fdopen(read) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        said = Said(capsys, "-", *name)
    assert (said.status, said.err) == (1, "")
    assert FIRES in said.out
    assert f"--> {name[1] if name else 'stdin.py'}:5:12" in said.out


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    said = Said(capsys, "-")
    assert (said.status, said.err) == (2, "lambda-review: error: the standard input is closed\n")


# --- reports ------------------------------------------------------------------------------------------------------


def test_json_and_sarif_go_to_the_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert [each["rule"] for each in json.loads(Said(capsys, ".", "--format", "json").out)["findings"]] == [
        "http-without-timeout"
    ]
    said = Said(capsys, ".", "--format", "sarif", "--color", "always")
    assert said.status == 1
    assert json.loads(said.out)["runs"][0]["results"][0]["ruleId"] == "http-without-timeout"


@pytest.mark.parametrize("quiet", [False, True])
def test_several_reports_at_once(capsys: pytest.CaptureFixture[str], project: Path, quiet: bool) -> None:
    arguments = ["--format", "sarif", "--output", "a.sarif", "--format", "json", "--output", "b.json"]
    said = Said(capsys, ".", *arguments, *(["--quiet"] if quiet else []))
    assert said.status == 1
    assert (FIRES in said.out, said.out == "") == (not quiet, quiet)
    assert len(json.loads((project / "a.sarif").read_text())["runs"]) == 1
    assert len(json.loads((project / "b.json").read_text())["findings"]) == 1
    assert Said(capsys, ".", *arguments).status == 1, "a report can be written again"


def test_all_reports_at_once_and_again(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    """The second time those in JSON lie among what is reviewed, and are written anew."""
    names = {name: f"{name}.json" if name in {"json", "gitlab", "sonar"} else f"report.{name}" for name in FORMATS}
    arguments = [each for name, file in names.items() for each in ("--format", name, "--output", file)]
    for _ in range(2):
        said = Said(capsys, ".", *arguments)
        assert (said.status, said.err) == (1, "")
        assert all("http-without-timeout" in (project / file).read_text() for file in names.values())
    assert FIRES in said.out


def test_text_in_a_file_has_no_colour(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    said = Said(capsys, ".", "--format", "text", "--output", "report.txt", "--color", "always")
    assert "\x1b[" in said.out
    assert "\x1b" not in (project / "report.txt").read_text()


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
    ],
)
def test_colour_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    arguments: list[str],
    colored: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = Said(capsys, ".", *arguments)
    assert ("\x1b[" in said.out) is colored
    assert "\x1b]8" not in said.out, "links are for terminals"


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["check.py"], "check.py: no such file or folder"),
        (["app.py/x"], "app.py/x: no such file or folder"),
        (["explian", "x"], "explian: no such file or folder; the nearest is `explain`"),
        ([".", ""], "the empty path: no file and no folder; `.` is the current one"),
        (["a\x1b[2Jb"], "a\\x1b[2Jb: no such file or folder"),
        (["/dev/null"], "/dev/null: neither a file nor a folder"),
        (["check"], "no path given; `lambda-review .` reviews the current folder"),
        (["--quiet"], "no path given; `lambda-review .` reviews the current folder"),
        ([".", "--quiet", "--verbose"], "--quiet and --verbose exclude each other"),
        ([".", "--formt", "json"], "no option `--formt`; the nearest is `--format`"),
        ([".", "--zzz"], "no option `--zzz`"),
        (["--verison"], "no option `--verison`; the nearest is `--version`"),
        ([".", "--version"], "`--version` stands alone"),
        (["graph", ".", "--formt", "dot"], "no option `--formt`; the nearest is `--format`"),
        (
            [".", "--format", "jsn"],
            f"--format: `jsn` is none of {', '.join(FORMATS)}; the nearest is `json`",
        ),
        ([".", "--format"], "Option '--format' requires an argument"),
        (
            [".", "--fail-on", "warn"],
            "--fail-on: `warn` is none of error, warning, note, never; the nearest is `warning`",
        ),
        ([".", "--min-severity", "never"], "--min-severity: `never` is none of error, warning, note"),
        ([".", "--color", "alway"], "--color: `alway` is none of auto, always, never; the nearest is `always`"),
        ([".", "--select", "cals"], "--select: `cals` is neither a rule nor a group; the nearest is `calls`"),
        ([".", "--select", ""], "--select: no name given; `lambda-review rules` lists them"),
        ([".", "--select", "calls", "--ignore", " , "], "--ignore: no name given; `lambda-review rules` lists them"),
        ([".", "--ignore", "calls,zzz"], "--ignore: `zzz` is neither a rule nor a group"),
        ([".", "--exclude", "!"], "--exclude: `!` cannot serve as a path pattern: it is no pattern"),
        ([".", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        ([".", "--config", "app.py"], "app.py:1: Expected '=' after a key in a key/value pair"),
        (
            [".", "--format", "json", "--format", "sarif"],
            "--format json: no --output goes with it (`-` is the standard output)",
        ),
        ([".", "--output", "x.json"], "--output x.json: no --format goes with it"),
        ([".", "--format", "json", "--output", "nowhere/x"], "--output nowhere/x: no folder `nowhere`"),
        ([".", "--format", "json", "--output", "."], "--output .: a folder is there already"),
        ([".", "--format", "json", "--output", "app.py"], "--output app.py: this file belongs to what is reviewed"),
        (["-", "."], "`-` stands alone: the standard input is reviewed by itself"),
        ([".", "--stdin-filename", "x.py"], "--stdin-filename goes with the path `-`"),
        (["-", "--stdin-filename", "."], "--stdin-filename .: a folder"),
        (["-", "--stdin-filename", "x.txt"], "--stdin-filename x.txt: neither Python nor a template"),
        (["explain"], "no rule given; `lambda-review rules` lists them"),
        (["explain", "http_without_timeot"], "no rule `http_without_timeot`; the nearest is `http-without-timeout`"),
        (["explain", "calls"], "`calls` is a group of rules: http-without-timeout"),
        (["explain", "a", "b"], "Got unexpected extra argument (b)"),
        (["rules", "--format", "xml"], "--format: `xml` is none of text, json"),
    ],
)
def test_errors_are_one_line(
    capsys: pytest.CaptureFixture[str], project: Path, arguments: list[str], said: str
) -> None:
    found = Said(capsys, *arguments)
    assert (found.status, found.out, found.err) == (2, "", f"lambda-review: error: {said}\n")
    assert sorted(path.name for path in project.iterdir()) == [".git", "app.py"]
    assert (project / "app.py").read_text() == HANDLER


def test_errors_in_settings_name_the_line(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lambda-review]\n\nselct = []\n")
    said = Said(capsys, ".")
    assert (said.status, said.out) == (2, "")
    assert said.err == "lambda-review: error: pyproject.toml:3: no setting `selct`; the nearest is `select`\n"


def test_an_exception_is_one_line_with_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    def failing(*_: object, **__: object) -> Review:
        raise KeyError("a\nb")

    monkeypatch.setattr("reviewer.review.review", failing)
    (project / "report.json").write_text('{"findings": "old"}')
    said = Said(capsys, ".", "--format", "json", "--output", "report.json")
    assert (said.status, said.out) == (2, "")
    line = failing.__code__.co_firstlineno + 1
    assert said.err == f"lambda-review: internal error: KeyError: 'a\\nb' (test_cli.py:{line})\n"
    assert (project / "report.json").read_text() == '{"findings": "old"}'


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_rule_that_raises_gives_status_2_with_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    review = Review(str(Path.cwd()), (), errors=("rule x: KeyError: 'y'",))
    monkeypatch.setattr("reviewer.review.review", lambda *_, **__: review)
    said = Said(capsys, ".", "--format", form)
    assert said.status == 2
    assert ("rule x: KeyError" in said.out) or form == "json"
    assert said.err == ("lambda-review: internal error: rule x: KeyError: 'y'\n" if form == "json" else "")


def test_a_file_that_cannot_be_read_is_a_finding(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "app.py").write_text("def handler(event, context:\n")
    said = Said(capsys, "app.py")
    assert said.status == 1
    assert "unreadable-source" in said.out


def test_a_file_that_is_closed_is_a_finding_and_the_review_of_the_others_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    (project / "closed.py").write_text(HANDLER)
    read_bytes = Path.read_bytes

    def read_but_one(path: Path) -> bytes:
        if path.name == "closed.py":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read_but_one)
    said = Said(capsys, "app.py", "closed.py")
    assert (said.status, said.err) == (1, "")
    assert FIRES in said.out
    assert "warning[unreadable-source]: This file cannot be read: Permission denied\n --> closed.py:1:1\n" in said.out


def test_a_folder_that_cannot_be_listed_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    said = Said(capsys, ".")
    assert (said.status, said.err) == (2, "lambda-review: error: .: this folder cannot be read\n")


def test_the_engine_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    asked: list[tuple[Any, Config, list[str]]] = []

    def fake(tree: Any, config: Config, rules: Any, *, unsaved: object = None) -> Review:
        asked.append((tree, config, [rule.id for rule in rules]))
        found = Finding("http-without-timeout", Severity.ERROR, Location("app.py", 1), "A fact")
        return Review(str(tree.root), (found,))

    monkeypatch.setattr("reviewer.review.review", fake)
    (project / "src").mkdir()
    assert (
        main(["src", "app.py", "--all", "--select", "calls", "--pedantic", "--exclude", "x/", "--fail-on", "never"])
        == 0
    )
    ((tree, config, rules),) = asked
    assert (tree.root, tree.folders, tree.explicit) == (project, ("src",), {"app.py"})
    assert config == Config(("calls",), pedantic=True, everything=True, exclude=("x/",), fail_on=None)
    assert rules == [rule.id for rule in collect().values() if rule.group == "calls"]


# --- other commands -----------------------------------------------------------------------------------------------


def test_rules_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys, "rules")
    assert said.status == 0
    assert [line.split()[0] for line in said.out.splitlines()] == list(collect())
    listed = json.loads(Said(capsys, "rules", "--format", "json").out)
    assert [each["id"] for each in listed] == list(collect())
    assert {each["tier"] for each in listed} <= {"default", "pedantic", "policy"}


@pytest.mark.parametrize("name", ["http-without-timeout", "http_without_timeout", "HTTP-Without-Timeout"])
def test_explain_shows_the_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    said = Said(capsys, "explain", name)
    assert said.status == 0
    found = collect()["http-without-timeout"]
    assert said.out.startswith("http-without-timeout (warning, calls)\n\n" + found.title)
    for part in (found.suggest, "## Bad", "## Good", *found.references):
        assert part in said.out


def test_every_page_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for name in collect():
        assert Said(capsys, "explain", name).status == 0
