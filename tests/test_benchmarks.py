"""The comparisons that are run by hand before a release, with programs that pretend to review."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
ROW = {"rule": "a-rule", "path": "app.py", "column": 1, "severity": "error", "code": "  call()"}


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def reviewer(path: Path, *findings: tuple[int, str]) -> str:
    """A program that reports findings, given by line and message."""
    rows = [{**ROW, "line": line, "message": message} for line, message in findings]
    report = {"findings": rows, "summary": {"seconds": 1.5}, "errors": []}
    path.write_text(f"#!{sys.executable}\nprint({json.dumps(report)!r})\n", "utf-8")
    path.chmod(0o700)
    return str(path)


def test_findings_that_came_went_and_changed(tmp_path: Path) -> None:
    old = reviewer(tmp_path / "old", (1, "stays"), (2, "goes"), (3, "was"), (4, "twice"))
    new = reviewer(tmp_path / "new", (1, "stays"), (3, "is"), (4, "twice"), (4, "twice"), (5, "comes"))
    done = run("ecosystem.py", old, new, str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"| {tmp_path} | 4 | 5 | 2 | 1 | 1 | 1.5 | 1.5 |" in done.stdout
    assert "## a-rule: 2 added, 1 removed, 1 changed" in done.stdout
    entries = [line.replace(f"{tmp_path}/", "") for line in done.stdout.splitlines() if line.startswith(("- ", "  - "))]
    code = "  - ``call()``"
    assert entries == [
        *("- + app.py:4:1", "  - error: twice", code),
        *("- + app.py:5:1", "  - error: comes", code),
        *("- − app.py:2:1", "  - error: goes", code),
        *("- ~ app.py:3:1", "  - before: error: was", "  - error: is", code),
    ]


def test_without_an_old_version_every_finding_is_listed(tmp_path: Path) -> None:
    done = run("ecosystem.py", "-", reviewer(tmp_path / "new", (1, "one"), (2, "two")), str(tmp_path))
    assert "## a-rule: 2 added" in done.stdout


def test_a_version_that_cannot_review_ends_the_comparison(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no such option')\n", "utf-8")
    broken.chmod(0o700)
    done = run("ecosystem.py", "-", str(broken), str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such option" in done.stderr


@pytest.mark.parametrize("arguments", [["ecosystem.py", "-"], ["speed.py", "versions", "-"]])
def test_what_is_no_version_is_named(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, "no-such-revision", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "no-such-revision: neither a program nor a revision of this repository\n"


def test_two_commands_run_in_turn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    first, second = (f"{sys.executable} -c \"open('{log}', 'a').write('{name}')\"" for name in "AB")
    done = run("speed.py", "--pairs", "3", "commands", first, second)
    assert (done.returncode, done.stderr) == (0, "")
    assert log.read_text() == "ABABAB"
    assert [line.split()[0] for line in done.stdout.splitlines()[3:] if line] == [
        *("pair", "1", "2", "3"),
        *("median", "ratios", "processor", "peak"),
    ]


def test_a_command_that_fails_ends_the_comparison() -> None:
    done = run("speed.py", "commands", f"{sys.executable} -c pass", f"{sys.executable} -c 'import sys; sys.exit(3)'")
    assert done.returncode == 2
    assert "exit status 3" in done.stderr


def test_fixes_of_a_folder_make_the_round(tmp_path: Path) -> None:
    code = b"import requests\r\n\r\n\r\ndef handler(event, context):\r\n    requests.get('https://a.example')\r\n"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "app.py").write_bytes(code)
    done = run("roundtrip.py", str(tmp_path / "shop"))
    assert (done.returncode, done.stdout) == (
        0,
        "shop: 1 of 1 files changed\n  http-without-timeout: 1 findings, 1 with a fix, 0 findings after it\n",
    )
    assert (tmp_path / "shop" / "app.py").read_bytes() == code


def test_fixes_that_do_not_last_are_named(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    fix = {"edits": [{"path": "app.py", "start": 0, "end": 1, "text": "y"}]}
    report = json.dumps({"findings": [{"rule": "a-rule", "path": "app.py", "fixes": [fix]}]})
    tool = tmp_path.with_name("tool")
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nif '--fix' in sys.argv: open('app.py', 'a').write('# more')\n"
        f"elif '--show-fixes' not in sys.argv: print({report!r})\n"
    )
    tool.chmod(0o700)
    done = run("roundtrip.py", "--tool", str(tool), str(tmp_path))
    assert done.returncode == 1
    for fault in (
        "the patch and --fix differ: ['app.py']",
        "other bytes than those of the edits changed: ['app.py']",
        "a second run changed files",
        "a-rule: 1 findings still have a fix",
    ):
        assert f"  wrong: {fault}" in done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("python", "app.py", "def handler(event, context):\n    return 1\n"),
        ("template", "t.yaml", "Resources:\n  F:\n    Type: AWS::Serverless::Function\n"),
        ("terraform", "x.tf", 'resource "aws_lambda_function" "f" {\n  handler = "app.f"\n}\n'),
        ("serverless", "serverless.yml", "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: app.f}}\n"),
    ],
)
def test_mutated_files_of_each_kind(tmp_path: Path, kind: str, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "other.txt").write_text(content, "utf-8")
    done = run("hostile.py", "--kind", kind, "--cases", "5", "--limit", "60", str(tmp_path))
    assert (done.returncode, done.stdout[:16]) == (0, "5 cases, 0 wrong"), done.stdout + done.stderr
