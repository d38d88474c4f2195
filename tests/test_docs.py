"""The documentation says what is: generated parts equal what they are made from, and what it shows works."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from functools import reduce
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import click
import pytest
import yaml
from reviewing import marks

from reviewer import cli, config
from reviewer.config import Config
from reviewer.discover import CANDIDATES, discover
from reviewer.finding import Review, Severity
from reviewer.review import review
from reviewer.rule import Rule, collect

HOME = Path(__file__).resolve().parent.parent
README = HOME / "README.md"
TUTORIAL = HOME / "docs" / "adding-a-rule.md"
GENERATOR = runpy.run_path(str(HOME / "docs" / "generate.py"))
REGENERATE = "`python docs/generate.py` writes it anew"

WRITTEN = (README, HOME / "CHANGELOG.md", HOME / "benchmarks" / "README.md", *sorted((HOME / "docs").glob("*.md")))
"""The pages that people write."""


def text(page: Path) -> str:
    return page.read_text("utf-8")


def name(page: Path) -> str:
    return page.relative_to(HOME).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)


# --- generated parts ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    pages: dict[str, str] = GENERATOR["pages"]()
    return pages


@pytest.mark.parametrize("path", ["README.md", *(f"docs/rules/{rule}.md" for rule in collect())])
def test_a_generated_page_is_up_to_date(path: str, generated: dict[str, str]) -> None:
    page = HOME / path
    assert page.exists(), REGENERATE
    assert text(page) == generated[path], REGENERATE


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert GENERATOR["leftovers"]() == [], REGENERATE


def test_a_text_without_both_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the part 'rules'"):
        GENERATOR["filled"]("<!-- generated: rules -->\nand no end", {"rules": "| |"})


# --- what is named exists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*WRITTEN, *sorted((HOME / "docs" / "rules").glob("*.md"))], ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text(page))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [page for page in WRITTEN if page != TUTORIAL], ids=name)
def test_paths_of_the_repository_exist(page: Path) -> None:
    paths = re.findall(r"`((?:reviewer|rules|docs|benchmarks|tests|fixtures|\.ci)/[\w./-]*)`", text(page))
    assert [path for path in paths if not (HOME / path).exists()] == []


@pytest.mark.parametrize(
    "page", [README, *(HOME / "docs" / page for page in ("ci.md", "configuration.md", "json.md"))], ids=name
)
def test_options_exist(page: Path) -> None:
    shown = re.findall(r"\blambda-review (.*)|`(--.*?)`", text(page))
    named = {option for pair in shown for option in re.findall(r"(?<![\w-])--[a-z-]+", " ".join(pair))}
    commands = (cli.cli, *cli.cli.commands.values())
    params = [param for command in commands for param in command.get_params(click.Context(command))]
    assert named
    assert named <= {option for param in params for option in param.opts}


def test_every_setting_is_documented() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", text(HOME / "docs" / "configuration.md"), re.MULTILINE)
    assert sorted(rows) == sorted(config.READERS)


@pytest.mark.parametrize(("key", "default"), [("min-severity", Config().min_severity), ("fail-on", Config().fail_on)])
def test_the_documented_default_holds(key: str, default: Severity) -> None:
    row = re.search(rf'^\| `{key}` \|[^|]*\| `"(\w+)"` \|', text(HOME / "docs" / "configuration.md"), re.MULTILINE)
    assert row is not None
    assert row[1] == default.label


# --- what is shown works ------------------------------------------------------------------------------------------


def reviewed(folder: Path, rule: Rule) -> Review:
    return review(discover([folder]), Config(), [rule])


@pytest.mark.parametrize("page", [README, HOME / "docs" / "configuration.md"], ids=name)
def test_settings_that_are_shown_can_be_used(page: Path, tmp_path: Path) -> None:
    (settings,) = blocks(page, "toml")
    file = tmp_path / "pyproject.toml"
    file.write_text(settings, "utf-8")
    assert config.load(file, tmp_path, config.selectable(collect())) != Config(source=config.shown(file))


def test_the_suppression_that_is_shown_silences(tmp_path: Path) -> None:
    (line,) = blocks(README, "python")
    handler = f"import requests\ndef handler(event, context):\n    url = event['url']\n    {line}"
    (tmp_path / "app.py").write_text(handler, "utf-8")
    outcome = reviewed(tmp_path, collect()["http-without-timeout"])
    assert (outcome.findings, [found.at.line for found in outcome.suppressed]) == ((), [4])


def test_the_workflow_uses_the_action_as_it_is() -> None:
    action, workflow = (yaml.safe_load(text(HOME / path)) for path in ("action.yml", "docs/ci/github.yml"))
    (step,) = (step for step in workflow["jobs"]["review"]["steps"] if step["uses"] == "./.lambda-review")
    assert step["with"].keys() <= action["inputs"].keys()


@pytest.mark.parametrize("part", ["inputs", "outputs"])
def test_inputs_and_outputs_of_the_action_are_documented(part: str) -> None:
    action, page = yaml.safe_load(text(HOME / "action.yml")), text(HOME / "docs" / "ci.md")
    table = page[page.index(f"| {part.removesuffix('s')} |") :].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(action[part])


@pytest.mark.parametrize(
    ("page", "installed", "command"),
    [
        ("gitlab.yml", ("lambda-review", "before_script"), ("lambda-review", "script")),
        ("codebuild.yml", ("phases", "install", "commands"), ("phases", "build", "commands")),
    ],
)
def test_other_pipelines_review_and_keep_the_reports(
    page: str, installed: tuple[str, ...], command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = yaml.safe_load(text(HOME / "docs" / "ci" / page))
    (install,), (review_all,) = (reduce(lambda table, key: table[key], path, pipeline) for path in (installed, command))
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 42\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert install == "python -I -m pip install --quiet ./.lambda-review"
    assert cli.main(shlex.split(review_all)[1:]) == 0
    reports = {file.name for file in tmp_path.iterdir()} - {"app.py"}
    assert reports == set(pipeline.get("artifacts", {}).get("files") or pipeline["lambda-review"]["artifacts"]["paths"])


@pytest.mark.parametrize(
    "path",
    ["app.py", "template.yaml", "a/b.yml", "x.json", "x.template", "main.tf", "x.tfvars", "z/zappa_settings.toml"],
)
@pytest.mark.parametrize("number", [0, 1])
def test_the_hooks_run_for_all_that_is_reviewed(path: str, number: int) -> None:
    hook = yaml.safe_load(text(HOME / ".pre-commit-hooks.yaml"))[number]
    assert path.endswith(CANDIDATES)
    assert re.search(hook["files"], path)
    assert not re.search(hook["files"], path + ".md")


@pytest.mark.parametrize(("number", "files"), [(0, ["template.yaml"]), (0, ["src/app.py"]), (1, [])])
def test_the_hooks_review_the_code_beside_a_change(
    number: int, files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = yaml.safe_load(text(HOME / ".pre-commit-hooks.yaml"))[number]
    monkeypatch.chdir(HOME / "fixtures" / "photo-thumbnails")
    assert cli.main([*hook["entry"].split()[1:], *files]) == 1
    assert "own-trigger-write" in capsys.readouterr().out


def test_ci_runs_the_commands_of_the_first_steps() -> None:
    patterns = re.findall(r"^readme '(.*?)'", text(HOME / ".ci" / "run"), re.MULTILINE)
    found = [re.findall(rf"^python3 -m venv .*{pattern}$", text(README), re.MULTILINE) for pattern in patterns]
    assert [len(commands) for commands in found] == [1, 1]


# --- the rule that docs/adding-a-rule.md adds ---------------------------------------------------------------------


def sample() -> dict[str, str]:
    """The files that the page shows, by path."""
    return dict(re.findall(r"^`([\w./-]+)`\n\n```python\n(.*?)^```$", text(TUTORIAL), re.MULTILINE | re.DOTALL))


@pytest.fixture
def sample_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rule:
    path, source = next((path, source) for path, source in sample().items() if path.startswith("rules/"))
    file = tmp_path / Path(path).name
    file.write_text(source, "utf-8")
    module_name = "reviewer." + path.removesuffix(".py").replace("/", ".")
    spec = spec_from_file_location(module_name, file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module_name, module)
    spec.loader.exec_module(module)
    (rule,) = (value for value in vars(module).values() if isinstance(value, Rule))
    return rule


def lines(code: str, folder: Path, rule: Rule) -> list[int]:
    """The lines of a handler's module at which a rule fires."""
    folder.mkdir()
    (folder / "app.py").write_text(code, "utf-8")
    outcome = reviewed(folder, rule)
    assert outcome.errors == ()
    return [found.at.line for found in outcome.findings]


def test_the_fixture_of_the_tutorial_shows_the_rule(sample_rule: Rule, tmp_path: Path) -> None:
    (fixture,) = (source for path, source in sample().items() if path.startswith("fixtures/"))
    rows = list(enumerate(fixture.splitlines(), 1))
    due = [row for row, line in rows if sample_rule.id in dict(marks(line, "finding"))]
    near = [row for row, line in rows if sample_rule.id in dict(marks(line, "fine"))]
    assert (len(due) > 1, len(near) > 0) == (True, True)
    assert lines(fixture, tmp_path / "fixture", sample_rule) == due


def test_the_examples_of_the_tutorial_s_rule_hold(sample_rule: Rule, tmp_path: Path) -> None:
    bad, good = sample_rule.section("Bad"), sample_rule.section("Good")
    due = [row for row, line in enumerate(bad.splitlines(), 1) if line.endswith("# finding")]
    assert lines(bad, tmp_path / "bad", sample_rule) == due
    assert lines(good, tmp_path / "good", sample_rule) == []
    assert (len(due), bool(sample_rule.references)) == (1, True)
