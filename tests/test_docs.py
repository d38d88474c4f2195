"""The documentation says what is: generated parts equal what they are made from, and what it shows works."""

from __future__ import annotations

import importlib.util
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml
from reviewing import announced

from reviewer import cli, config
from reviewer.config import Config
from reviewer.discover import discover
from reviewer.finding import Review
from reviewer.review import review
from reviewer.rule import Rule, collect

HOME = Path(__file__).resolve().parent.parent
GENERATOR = runpy.run_path(str(HOME / "docs" / "generate.py"))
REGENERATE = "`python docs/generate.py` writes it anew"

WRITTEN = [HOME / "README.md", HOME / "CHANGELOG.md", *sorted((HOME / "docs").glob("*.md")), HOME / "benchmarks/README.md"]
"""The pages that people write."""
PAGES = [*WRITTEN, *sorted((HOME / "docs" / "rules").glob("*.md"))]


def text(page: Path) -> str:
    return page.read_text("utf-8")


def name(page: Path) -> str:
    return page.relative_to(HOME).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)


# --- generated parts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "expected"), GENERATOR["pages"]().items())
def test_generated_page_is_up_to_date(path: str, expected: str) -> None:
    page = HOME / path
    assert page.exists() and text(page) == expected, REGENERATE


def test_no_page_of_a_rule_that_is_gone() -> None:
    assert GENERATOR["leftovers"]() == [], REGENERATE


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the part 'rules'"):
        GENERATOR["filled"]("<!-- generated: rules -->\nand no end", {"rules": "| |"})


def test_the_changelog_names_every_rule() -> None:
    assert set(re.findall(r"`([a-z-]+)`", text(HOME / "CHANGELOG.md"))) >= collect().keys()


# --- what is named exists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text(page))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_paths_of_the_repository_exist(page: Path) -> None:
    paths = set(re.findall(r"`((?:reviewer|rules|docs|benchmarks|tests|fixtures|\.ci)/[\w./-]*)`", text(page)))
    shown = {path for path, _ in SAMPLE} | {f"docs/rules/{SAMPLE_RULE}.md"}
    assert [path for path in paths - shown if not (HOME / path).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_options_exist(page: Path) -> None:
    shown = "\n".join(re.findall(r"^.*lambda-review .*$|`--[a-z-]+[^`]*`", text(page), re.MULTILINE))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown))
    assert named <= options() | {"--depth", "--pairs"}


def options() -> set[str]:
    commands = (cli.cli, *cli.cli.commands.values())
    params = (param for command in commands for param in command.get_params(click.Context(command)))
    return {option for param in params for option in param.opts}


def test_every_setting_is_documented() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", text(HOME / "docs/configuration.md"), re.MULTILINE)
    assert sorted(rows) == sorted(config.READERS)


# --- what is shown works ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in WRITTEN if blocks(page, "toml")], ids=name)
def test_settings_that_are_shown_can_be_used(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        file = tmp_path / "pyproject.toml"
        file.write_text(block, "utf-8")
        (keys,) = tomllib.loads(block)["tool"].values()
        assert config.load(file, tmp_path, config.selectable(collect())) != Config(source=config.shown(file)), keys


def test_the_workflow_reports_and_uploads_the_same_file() -> None:
    workflow, hook = (yaml.safe_load(block) for block in blocks(HOME / "README.md", "yaml"))
    steps = workflow["jobs"]["review"]["steps"]
    (command,) = (step["run"] for step in steps if step.get("run", "").startswith("lambda-review"))
    (uploaded,) = (step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", ""))
    assert f"--output {uploaded}" in command
    assert hook["repos"][0]["hooks"][0]["entry"] == "lambda-review ."


def test_the_suppression_that_is_shown_silences(tmp_path: Path) -> None:
    (line,) = blocks(HOME / "README.md", "python")
    where = 'bucket, key, body = event["bucket"], "a", b""'
    handler = f"import boto3\ns3 = boto3.client('s3')\ndef handler(event, context):\n    {where}\n    {line}"
    (tmp_path / "app.py").write_text(handler, "utf-8")
    marked = reviewed(tmp_path, SUPPRESSIBLE)
    (tmp_path / "app.py").write_text(handler.partition("  #")[0] + "\n", "utf-8")
    bare = reviewed(tmp_path, SUPPRESSIBLE)
    assert ([found.rule for found in bare.findings], [found.rule for found in marked.suppressed]) == ([SUPPRESSIBLE] * 2)


def test_the_commands_of_the_first_steps_are_those_that_ci_runs() -> None:
    script = text(HOME / ".ci/run")
    patterns = re.findall(r"^readme '(.*?)'", script, re.MULTILINE)
    commands = [re.findall(rf"^python3 -m venv .*{pattern}$", text(HOME / "README.md"), re.MULTILINE) for pattern in patterns]
    assert [len(found) for found in commands] == [1, 1]


# --- the rule that docs/adding-a-rule.md adds ---------------------------------------------------------------------
