"""The command line as a process: what it imports, its standard output, a terminal, an interrupt."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer import cli
from reviewer.cli import main

HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
ROOT = Path(__file__).parents[1]
HEAVY = ("libcst", "astroid", "boto3", "yaml", "sarif_om", "attr", "pathspec", "tomllib", "json", "tempfile", "asyncio")


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


RUN = "import sys; from reviewer.cli import main; sys.exit(main())"
CLOSED = ("sh", "-c", 'exec "$@" >&-', "sh")


def started(*arguments: str, by: Sequence[str] = (), stdout: int | None = None) -> subprocess.Popen[bytes]:
    """The command line as a process of its own, started `by` another one."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [*by, sys.executable, "-c", RUN, *arguments]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, env=environment)


@pytest.mark.parametrize("argument", ["--version", "--help", "-h"])
def test_nothing_heavy_is_imported_to_say_little(argument: str) -> None:
    script = (
        "import sys; from reviewer.cli import main; status = main(sys.argv[1:2])\n"
        "print(sorted(set(sys.argv[2:]) & set(sys.modules)), status, file=sys.stderr)"
    )
    # importlib.metadata, which knows the version, brings json and tempfile along; the help does without.
    heavy = [name for name in HEAVY if argument != "--version" or name not in {"json", "tempfile"}]
    done = subprocess.run(
        [sys.executable, "-c", script, argument, *heavy],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stderr == "[] 0\n"
    assert done.stdout.startswith(("lambda-review ", "Usage: lambda-review"))


def test_colour_and_links_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    outer, inner = pty.openpty()
    process = started(".", "--quiet", stdout=inner)
    os.close(inner)
    text = b""
    while chunk := _read(outer):
        text += chunk
    os.close(outer)
    assert (process.wait(), _closed(process)) == (1, b"")
    assert b"\x1b[1;33mwarning[" in text
    assert b"\x1b]8;;https://" in text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end is closed
        return b""


def _closed(process: subprocess.Popen[bytes]) -> bytes:
    """What a process wrote to its standard error, all of its pipes closed."""
    return process.communicate()[1]


def test_a_reader_that_has_gone_away_is_no_error(project: Path) -> None:
    for arguments, status in ((["."], 1), (["--help"], 0), (["rules"], 0)):
        read, write = os.pipe()
        os.close(read)
        process = started(*arguments, stdout=write)
        os.close(write)
        assert _closed(process) == b""
        assert process.returncode == status


def test_a_closed_standard_output_is_no_error() -> None:
    process = started(".", by=CLOSED)
    assert (_closed(process), process.returncode) == (b"", 1)


def test_an_interrupt_gives_status_130_and_no_traceback(project: Path) -> None:
    os.mkfifo(project / "ready")
    script = (
        "import sys, time, reviewer.review\nfrom reviewer.cli import main\n"
        "def wait(*_, **__): open('ready', 'w').close(); time.sleep(60)\n"
        "reviewer.review.review = wait\nsys.exit(main(['app.py']))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, env=environment) as process:
        (project / "ready").read_bytes()  # waits until the review has begun
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1].strip() == b""
    assert process.returncode == 130


def test_interrupt_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", interrupted)
    assert main(["."]) == 130
