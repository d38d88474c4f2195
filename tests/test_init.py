"""`init`: what it finds in a repository, what it proposes, and that it overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reviewer import config
from reviewer.cli import main
from reviewer.origin import Origin, OriginError, given
from reviewer.proposals import CHECKOUT, HOOK_OF_INDEX, PYTHON, UPLOAD, proposals
from reviewer.report.product import version
from reviewer.rule import collect
from reviewer.survey import Survey, survey

HOME = Path(__file__).resolve().parent.parent
TEMPLATE = """\
Resources:
  Price:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13}
"""
HANDLER = "def handler(event, context):\n    return 42\n"
GIT = Origin("https://git.example.org/tools/lambda-review.git", "4f2a9c1")
AT_GITHUB = Origin("https://github.com/acme/lambda-review", "4f2a9c1")
INDEX = Origin("", "0.1.0")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    put(root, ".git/config", "")
    put(root, "template.yaml", TEMPLATE)
    put(root, "src/app.py", HANDLER)
    put(root, "jobs/nightly.py", HANDLER)
    monkeypatch.chdir(root)
    return root


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def files(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text("utf-8") for p in sorted(root.rglob("*")) if p.is_file()}


def text_of(found: Survey, origin: Origin, path: str) -> str:
    (text,) = (proposal.text for proposal in proposals(found, origin) if proposal.path == path)
    return text


# --- what is found ------------------------------------------------------------------------------------------------


def test_functions_and_handlers_are_found(repository: Path) -> None:
    found = survey(repository)
    assert found.deployed == ((("sam", "template.yaml"), 1),)
    assert found.undeployed == (("jobs/nightly.py", 1),)
    assert (found.pipelines, found.hooks, found.settings) == ((), "", "")


def test_functions_in_other_languages_do_not_count(repository: Path) -> None:
    put(repository, "other/template.yaml", TEMPLATE.replace("python3.13", "nodejs22.x"))
    assert [path for (_, path), _ in survey(repository).deployed] == ["template.yaml"]


def test_the_whole_repository_is_looked_at_from_a_folder_of_it(repository: Path) -> None:
    assert survey(repository / "src") == survey(repository)


@pytest.mark.parametrize(
    ("path", "text", "pipelines"),
    [
        (".github/workflows/test.yml", "on: push", (("GitHub Actions", (".github/workflows/test.yml",)),)),
        (".github/CODEOWNERS", "", (("GitHub Actions", ()),)),
        (".gitlab-ci.yml", "a: {}", (("GitLab CI", (".gitlab-ci.yml",)),)),
        ("buildspec.yml", "version: 0.2", (("CodeBuild", ("buildspec.yml",)),)),
        (".git/config", "url = git@gitlab.com:acme/shop.git", (("GitLab CI", ()),)),
        (".git/config", "url = https://github.com/acme/shop", (("GitHub Actions", ()),)),
    ],
)
def test_pipelines_are_found(
    repository: Path, path: str, text: str, pipelines: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    put(repository, path, text)
    assert survey(repository).pipelines == pipelines


@pytest.mark.parametrize(
    ("path", "text", "settings"),
    [
        ("lambda-review.toml", "", "lambda-review.toml"),
        ("pyproject.toml", "[tool.lambda-review]\n", "pyproject.toml"),
        ("pyproject.toml", "[tool.lambda-review.per-path-ignores]\n", "pyproject.toml"),
        ("pyproject.toml", "[tool.ruff]\n", ""),
    ],
)
def test_settings_are_found(repository: Path, path: str, text: str, settings: str) -> None:
    put(repository, path, text)
    found = survey(repository)
    assert found.settings == settings
    assert ("lambda-review.toml" in [each.path for each in proposals(found, GIT)]) == (not settings)


def test_links_out_of_the_repository_are_not_followed(repository: Path, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/workflows/other.yml", "lambda-review")
    put(tmp_path, "elsewhere/hooks.yaml", "lambda-review")
    (repository / ".github").symlink_to(tmp_path / "elsewhere")
    (repository / ".pre-commit-config.yaml").symlink_to(tmp_path / "elsewhere" / "hooks.yaml")
    (repository / "pyproject.toml").symlink_to("pyproject.toml")
    found = survey(repository)
    assert (found.pipelines, found.hooks, found.settings, found.mentions) == ((), "", "", frozenset())


# --- what is proposed ---------------------------------------------------------------------------------------------


def test_a_workflow_and_a_hook_of_a_repository_at_github(repository: Path) -> None:
    found = survey(repository)
    workflow = yaml.safe_load(text_of(found, AT_GITHUB, ".github/workflows/lambda-review.yml"))
    hooks = yaml.safe_load(text_of(found, AT_GITHUB, ".pre-commit-config.yaml"))
    steps = workflow["jobs"]["review"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps] == ["actions/checkout", "acme/lambda-review"]
    assert workflow["jobs"]["review"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert hooks["repos"] == [
        {"repo": AT_GITHUB.address, "rev": AT_GITHUB.revision, "hooks": [{"id": "lambda-review"}]}
    ]


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [(GIT, f"lambda-review @ git+{GIT.address}@{GIT.revision}"), (INDEX, "lambda-review==0.1.0")],
)
def test_a_workflow_that_installs(repository: Path, origin: Origin, requirement: str) -> None:
    workflow = yaml.safe_load(text_of(survey(repository), origin, ".github/workflows/lambda-review.yml"))
    steps = workflow["jobs"]["review"]["steps"]
    (uploaded,) = (step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", ""))
    assert [step["run"] for step in steps if "run" in step] == [
        f'python -I -m pip install "{requirement}"',
        f"lambda-review . --format sarif --output {uploaded}",
    ]


@pytest.mark.parametrize("origin", [GIT, INDEX])
def test_gitlab_and_codebuild(repository: Path, origin: Origin) -> None:
    put(repository, ".gitlab-ci.yml", "a: {}\n")
    put(repository, "buildspec.yml", "version: 0.2\n")
    found = survey(repository)
    job = yaml.safe_load(text_of(found, origin, ".gitlab/lambda-review.yml"))["lambda-review"]
    build = yaml.safe_load(text_of(found, origin, "buildspec.lambda-review.yml"))["phases"]
    installs = f'python -I -m pip install --quiet "{origin.requirement}"'
    assert job["before_script"][0].endswith(installs)
    assert ("install -qq -y git" in job["before_script"][0]) == bool(origin.address)
    assert build["install"]["commands"] == [installs]
    assert job["script"] == build["build"]["commands"]
    assert yaml.safe_load(text_of(found, origin, ".gitlab-ci.yml")) == {
        "include": [{"local": ".gitlab/lambda-review.yml"}]
    }


def test_the_hook_of_the_index_is_the_hook_of_the_repository() -> None:
    (local,) = yaml.safe_load("repos:\n" + HOOK_OF_INDEX)["repos"][0]["hooks"]
    (own, _) = yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert local.pop("additional_dependencies") == ["REQUIREMENT"]
    assert local == {key: value for key, value in own.items() if key != "description"}


def test_the_settings_change_nothing(repository: Path) -> None:
    put(repository, "lambda-review.toml", text_of(survey(repository), GIT, "lambda-review.toml"))
    settings = config.load(repository / "lambda-review.toml", repository, config.selectable(collect()))
    assert settings == config.Config(source="lambda-review.toml")


def test_actions_are_pinned_as_in_the_action() -> None:
    action = (HOME / "action.yml").read_text("utf-8")
    assert [used for used in (PYTHON, UPLOAD) if f"uses: {used}\n" not in action] == []
    assert CHECKOUT in (HOME / "docs" / "ci" / "github.yml").read_text("utf-8")


# --- where it comes from ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "requirement", "action"),
    [
        ("https://github.com/acme/lr@v1", "git+https://github.com/acme/lr@v1", "acme/lr@v1"),
        ("https://github.com/acme/lr.git@4f2a9c1", "git+https://github.com/acme/lr.git@4f2a9c1", "acme/lr@4f2a9c1"),
        ("git@github.com:acme/lr.git@v1", "git+ssh://git@github.com/acme/lr.git@v1", "acme/lr@v1"),
        ("ssh://git@git.example.org/a/lr@v1", "git+ssh://git@git.example.org/a/lr@v1", ""),
        ("https://git.example.org:8443/a/b/lr@v1.0", "git+https://git.example.org:8443/a/b/lr@v1.0", ""),
    ],
)
def test_sources(text: str, requirement: str, action: str) -> None:
    origin = given(text)
    assert (origin.requirement, origin.action) == (f"lambda-review @ {requirement}", action)


@pytest.mark.parametrize("text", ["https://github.com/acme/lr", "git@github.com:acme/lr.git"])
def test_without_a_revision_it_is_the_tag_of_the_version(text: str) -> None:
    assert given(text) == Origin(text, f"v{version()}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x y",
        "../clone",
        "/srv/clone@v1",
        "file:///srv/clone@v1",
        'https://x/y"@v1',
        "https://x/y@a b",
        "https://x/y\n@v1",
        "https://x/$(y)@v1",
    ],
)
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(OriginError):
        given(text)


# --- the command --------------------------------------------------------------------------------------------------


def test_without_write_nothing_is_written(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(repository)
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert "  SAM: template.yaml, 1 function\n  no template: jobs/nightly.py, 1 handler\n" in said
    assert ".github/workflows/lambda-review.yml would be written" in said
    assert files(repository) == before


def test_write_writes_and_a_second_time_nothing_is_left(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(repository)
    assert main(["init", "--write", "--source", f"{GIT.address}@{GIT.revision}"]) == 0
    written = files(repository)
    expected = {".github/workflows/lambda-review.yml", ".pre-commit-config.yaml", "lambda-review.toml"}
    assert written.keys() - before.keys() == expected
    assert before.items() <= written.items()
    capsys.readouterr()
    assert main(["init", "--write"]) == 0
    assert "Nothing to propose" in capsys.readouterr().out
    assert files(repository) == written


def test_nothing_is_overwritten(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(repository, ".pre-commit-config.yaml", "repos: []\n")
    put(repository, ".github/workflows/lambda-review.yml", "on: push\n")
    put(repository, ".gitlab-ci.yml", "a: {}\n")
    (repository / "lambda-review.toml").symlink_to("nowhere")
    before = files(repository)
    assert main(["init", "--write"]) == 0
    said = capsys.readouterr().out
    written = files(repository)
    assert before.items() <= written.items()
    assert written.keys() - before.keys() == {".gitlab/lambda-review.yml"}
    assert ".pre-commit-config.yaml is there and stays as it is; it could take this" in said
    assert not (repository / "nowhere").exists()


def test_nothing_is_written_through_a_link_that_leads_out(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repository / ".github").symlink_to(tmp_path / "elsewhere")
    assert main(["init", "--write"]) == 2
    assert "a link leads out of the repository" in capsys.readouterr().err
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("arguments", [["init", "no-such-folder"], ["init", "--source", "x y"], ["init", ""]])
def test_errors(repository: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("lambda-review: error: ")


def test_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert "  no function in Python\n" in capsys.readouterr().out
