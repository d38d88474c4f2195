"""The action of GitHub: its shell steps run as the runner runs them, without installing anything."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from pull_requests import TOKEN, GitHub, added, served

HOME = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((HOME / "action.yml").read_text("utf-8"))
FIXTURE = HOME / "fixtures" / "photo-thumbnails"
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

PYTHON = f"""\
#!/usr/bin/env bash
# stands for the Python that actions/setup-python finds: notes what would be installed, and makes it available
set -eu
if [ "$1 $2 $3" = "-I -m venv" ]; then
  mkdir -p "$4/bin"
  cp "$0" "$4/bin/python"
  printf '#!/usr/bin/env bash\\nexec "{sys.executable}" -P -c "from reviewer.cli import run; run()" "$@"\\n' >"$4/bin/lambda-review"
  chmod +x "$4/bin/lambda-review"
elif [ "$1 $2 $3" = "-I -m pip" ]; then
  shift 3
  printf '%s\\n' "$@" >"$RUNNER_TEMP/pip"
else
  exec "{sys.executable}" "$@"
fi
"""


@dataclass
class Runner:
    """A job of GitHub that uses the action: a workspace, and the outputs of the steps so far."""

    folder: Path
    inputs: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    status: int = 0
    said: str = ""
    context: dict[str, str] = field(default_factory=lambda: {"GITHUB_REF": "refs/heads/main"})

    def run(self) -> Runner:
        python = self.folder / "python"
        python.write_text(PYTHON, "utf-8")
        python.chmod(0o755)
        (self.folder / "temp").mkdir()
        self.outputs["python"] = {"python-path": str(python)}
        for step in STEPS:
            if self.status == 0 and "run" in step:
                self.step(step)
        return self

    def step(self, step: dict[str, Any]) -> None:
        output, summary = self.folder / f"output-{step.get('id', 'verdict')}", self.folder / "summary.md"
        output.touch()
        given = {name: self.value(text) for name, text in step.get("env", {}).items()}
        runner = {
            "GITHUB_ACTION_PATH": str(HOME),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder / "workspace",
            env={"PATH": os.environ["PATH"], **runner, **self.context, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.status, self.said = done.returncode, self.said + done.stdout
        lines = output.read_text("utf-8").splitlines()
        self.outputs[step.get("id", "verdict")] = dict(line.split("=", 1) for line in lines)

    def value(self, text: str) -> str:
        """A text with its expressions filled in, of the two forms that the action has."""
        known = {f"inputs.{name}": value for name, value in self.inputs.items()}
        known |= {f"steps.{step}.outputs.{n}": v for step, outputs in self.outputs.items() for n, v in outputs.items()}
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known[found[1]], text)

    @property
    def summary(self) -> str:
        file = self.folder / "summary.md"
        return file.read_text("utf-8") if file.exists() else ""

    @property
    def log(self) -> dict[str, Any]:
        log: dict[str, Any] = json.loads(Path(self.outputs["review"]["sarif-file"]).read_text("utf-8"))
        return log


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository with the fixture, checked out."""
    for file in sorted(FIXTURE.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            target = tmp_path / "workspace" / file.relative_to(FIXTURE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    (tmp_path / "workspace" / ".git").mkdir()
    return tmp_path


def ran(folder: Path, context: dict[str, str] | None = None, **inputs: str) -> Runner:
    given = {name: spec["default"].replace("${{ github.token }}", TOKEN) for name, spec in ACTION["inputs"].items()}
    job = Runner(folder, given | {name.replace("_", "-"): value for name, value in inputs.items()})
    job.context.update(context or {})
    return job.run()


def test_the_steps_leave_a_log_for_code_scanning(workspace: Path) -> None:
    job = ran(workspace)
    (run,) = job.log["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert job.status == 1
    assert (result["ruleId"], result["level"]) == ("own-trigger-write", "error")
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("src/store.py", 14)
    assert re.fullmatch(r"[0-9a-f]+:1", result["partialFingerprints"]["primaryLocationLineHash"])
    assert run["automationDetails"] == {"id": "lambda-review/"}
    assert job.outputs["report"] == {"errors": "1", "warnings": "0", "notes": "0"}
    assert "<svg" in Path(job.outputs["review"]["html-file"]).read_text("utf-8")
    assert "error[own-trigger-write]" in job.said


def test_a_job_of_a_pull_request_comments_where_it_is_asked_to(workspace: Path) -> None:
    changed = [added("src/store.py", (FIXTURE / "src" / "store.py").read_text("utf-8"))]
    context = {"GITHUB_REPOSITORY": "o/r", "GITHUB_REF": "refs/pull/7/merge"}
    for number, (asked, of) in enumerate(product(("true", "false"), (context, {}))):
        with served(GitHub(changed)) as github:
            folder = workspace / str(number)
            shutil.copytree(workspace / "workspace", folder / "workspace")
            job = ran(folder, of | {"GITHUB_API_URL": github.base}, comment=asked)
        assert job.status == 1
        assert len(github.comments) == (asked == "true" and of == context)
        assert github.tokens <= {f"Bearer {TOKEN}"}


def test_the_checkout_of_the_action_is_what_is_installed(workspace: Path) -> None:
    ran(workspace)
    assert (workspace / "temp" / "pip").read_text("utf-8").splitlines() == ["install", "--quiet", str(HOME)]


def test_the_summary_shows_findings_and_graph(workspace: Path) -> None:
    shown = ran(workspace).summary
    assert shown.startswith("## lambda-review\n\n1 error, 0 warnings, 0 notes\n")
    assert "\n```text\nerror[own-trigger-write]" in shown
    assert '\n```mermaid\nflowchart LR\n  n0[("Photos' in shown


def test_reviewed_code_cannot_leave_its_fence(workspace: Path) -> None:
    store = workspace / "workspace/src/store.py"
    store.write_text(
        store.read_text("utf-8").replace("body)  #", "body)  # ````` <script>alert(1)</script> #"), "utf-8"
    )
    shown = ran(workspace).summary
    assert "`````" in shown
    assert shown.count("\n``````text\n") == shown.count("\n``````\n") == 1


@pytest.mark.parametrize(
    ("inputs", "status", "counts"),
    [
        ({"fail_on": "never"}, 0, {"errors": "1"}),
        ({"args": "--ignore\nown-trigger-write"}, 0, {"errors": "0"}),
        ({"args": "--ignore\r\n\n  \nown-trigger-write\r\n"}, 0, {"errors": "0"}),
        ({"path": "src/store.py\ntemplate.yaml"}, 1, {"errors": "1"}),
        ({"path": "src\n"}, 1, {"errors": "1"}),
        ({"path": "no/such/folder"}, 2, {}),
        ({"path": ""}, 2, {}),
        ({"fail_on": "perhaps"}, 2, {}),
        ({"args": "--no-such-option"}, 2, {}),
    ],
)
def test_inputs(workspace: Path, inputs: dict[str, str], status: int, counts: dict[str, str]) -> None:
    job = ran(workspace, **inputs)
    reported = job.outputs.get("report", {})
    assert (job.status, {name: reported.get(name) for name in counts}) == (status, counts)
    assert ("status" in job.outputs["review"]) == (status != 2)


@pytest.mark.parametrize(("given", "status"), [({}, 0), ({"fail_on": "error"}, 1)])
def test_settings_of_the_project_count(workspace: Path, given: dict[str, str], status: int) -> None:
    (workspace / "workspace" / "lambda-review.toml").write_text('fail-on = "never"\n', "utf-8")
    assert ran(workspace, **given).status == status


def test_a_category_and_no_summary(workspace: Path) -> None:
    job = ran(workspace, category="backend", summary="false")
    assert job.log["runs"][0]["automationDetails"] == {"id": "backend/"}
    assert job.summary == ""


@pytest.mark.parametrize("category", ["", "a\nb=c", "${{ x }}", "x" * 101])
def test_a_category_of_other_characters_ends_the_job(workspace: Path, category: str) -> None:
    job = ran(workspace, category=category)
    assert (job.status, "category: " in job.said) == (1, True)


HOSTILE = '"; touch broken; $(touch broken) `touch broken` && touch broken #'


@pytest.mark.parametrize("name", ["path", "args", "fail_on", "category"])
def test_inputs_are_data(workspace: Path, name: str) -> None:
    assert ran(workspace, **{name: HOSTILE}).status != 0
    assert list(workspace.rglob("broken")) == []


def test_no_module_under_review_is_imported(workspace: Path) -> None:
    for name in ("json", "re", "venv", "pip", "sitecustomize", "click", "reviewer"):
        (workspace / "workspace" / f"{name}.py").write_text("open('broken', 'w').close()\n", "utf-8")
    assert ran(workspace).status == 1
    assert list(workspace.rglob("broken")) == []


def test_a_folder_may_have_any_name(workspace: Path) -> None:
    (workspace / "workspace").rename(workspace / "whole")
    odd = workspace / "workspace" / "--a $HOME; 'b'"
    odd.parent.mkdir()
    (workspace / "whole").rename(odd)
    assert ran(workspace, path="--a $HOME; 'b'").outputs["report"]["errors"] == "1"


def test_steps_hold_no_expressions_and_actions_are_pinned() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert len(used) == 2
    assert [name for name in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name)] == []


def test_every_input_is_used_and_every_output_is_made(workspace: Path) -> None:
    job = ran(workspace)
    assert set(re.findall(r"inputs\.([\w-]+)", json.dumps(STEPS))) == ACTION["inputs"].keys()
    assert [job.value(output["value"]) for output in ACTION["outputs"].values()][-4:] == ["1", "0", "0", "1"]
