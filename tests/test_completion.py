"""Completion in shells: the script is click's own, and so is what it asks for, also where `check` is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli import main

VARIABLE = "_LAMBDA_REVIEW_COMPLETE"


def completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str) -> tuple[set[str], str]:
    """What may take the place of the last word of a line, as (kind,text), and what goes wrong."""
    from reviewer.cli import cli  # noqa: PLC0415

    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    monkeypatch.setenv(VARIABLE, "bash_complete")
    with pytest.raises(SystemExit):
        cli.main([], "lambda-review")
    out, err = capsys.readouterr()
    return set(out.splitlines()), err


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("lambda-review ", {"plain,init", "plain,completion", "plain,check", "file,"}, {"plain,--format"}),
        ("lambda-review ex", {"plain,explain", "file,ex"}, {"plain,rules"}),
        ("lambda-review --fo", {"plain,--format"}, {"plain,--output"}),
        ("lambda-review --ver", {"plain,--version", "plain,--verbose"}, {"plain,--format"}),
        ("lambda-review src --fo", {"plain,--format"}, set()),
        ("lambda-review src te", {"file,te"}, set()),
        ("lambda-review check --format s", {"plain,sarif"}, {"plain,json"}),
        ("lambda-review . --config se", {"file,se"}, set()),
        ("lambda-review . --cdk-out o", {"dir,o"}, set()),
        ("lambda-review . --fail-on n", {"plain,note", "plain,never"}, {"plain,error"}),
        ("lambda-review explain own", {"plain,own-trigger-write"}, {"plain,self-invocation"}),
        ("lambda-review init s", {"file,s"}, set()),
        ("lambda-review completion z", {"plain,zsh"}, {"plain,bash"}),
    ],
)
def test_completion(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    there: set[str],
    absent: set[str],
) -> None:
    found, said = completed(monkeypatch, capsys, line)
    assert said == ""
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_program_and_variable(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script
    assert "lambda-review" in script


def test_bash_reads_the_script(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["completion", "bash"])
    file = tmp_path / "completion"
    file.write_text(capsys.readouterr().out, "utf-8")
    done = subprocess.run(
        ["bash", "--norc", "-c", f'eval "$(cat {file})"; complete -p lambda-review'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("-F _lambda_review_completion lambda-review")


@pytest.mark.parametrize(
    ("words", "offered"),
    [(("ex",), ["explain"]), (("--qu",), ["--quiet"]), (("sr",), []), (("explain", "own"), ["own-trigger-write"])],
)
def test_bash_completes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], offered: list[str]
) -> None:
    main(["completion", "bash"])
    program = tmp_path / "lambda-review"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from reviewer.cli import run; run()"\n', "utf-8")
    program.chmod(0o755)
    script = (
        f'{capsys.readouterr().out}\ncompopt() {{ :; }}\nCOMP_WORDS=(lambda-review "$@")\nCOMP_CWORD=$#\n'
        '_lambda_review_completion lambda-review\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", *words], capture_output=True, text=True, check=True, env=environment
    )
    assert (done.stdout.split(), done.stderr) == (offered, "")


def test_another_shell_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bsh"]) == 2
    assert capsys.readouterr().err.endswith("shell: `bsh` is none of bash, zsh, fish; the nearest is `bash`\n")
