from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.discover import discover
from reviewer.outputs import Output, OutputError, check_target, files, paired, show, wants_color, write


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder that is reviewed."""
    (tmp_path / "app.py").write_text("code\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/helper.py").write_text("code\n")
    (tmp_path / "template.json").write_text('{"Resources": {}}\n')
    (tmp_path / "README.md").write_text("words\n")
    (tmp_path / "folder").mkdir()
    return tmp_path


# --- which report goes where --------------------------------------------------------------------------------------

TEXT, JSON, SARIF = Output("text"), Output("json"), Output("sarif")


@pytest.mark.parametrize(
    ("formats", "targets", "quiet", "expected"),
    [
        ([], [], False, [TEXT]),
        ([], [], True, [TEXT]),
        (["json"], [], False, [JSON]),
        (["json"], ["-"], False, [JSON]),
        (["sarif"], ["a"], False, [Output("sarif", Path("a")), TEXT]),
        (["sarif"], ["a"], True, [Output("sarif", Path("a"))]),
        (["sarif", "json"], ["a", "b"], False, [Output("sarif", Path("a")), Output("json", Path("b")), TEXT]),
        (["sarif", "json"], ["a", "-"], False, [Output("sarif", Path("a")), JSON]),
        (["text", "text"], ["a", "-"], False, [Output("text", Path("a")), TEXT]),
    ],
)
def test_paired(formats: list[str], targets: list[str], quiet: bool, expected: list[Output]) -> None:
    outputs = paired(formats, targets, quiet=quiet)
    assert outputs == tuple(expected)
    assert files(outputs) == [Path(target) for target in targets if target != "-"]


@pytest.mark.parametrize(
    ("formats", "targets", "said"),
    [
        (["json", "sarif"], [], "--format json: no --output goes with it (`-` is the standard output)"),
        (["json", "sarif"], ["a"], "--format sarif: no --output goes with it (`-` is the standard output)"),
        ([], ["a"], "--output a: no --format goes with it"),
        (["json"], ["a", "b"], "--output b: no --format goes with it"),
        (["json", "sarif"], ["a", "./a"], "two reports go to the same place"),
        (["json", "sarif"], ["-", "-"], "two reports go to the same place"),
    ],
)
def test_what_does_not_pair(formats: Sequence[str], targets: Sequence[str], said: str) -> None:
    with pytest.raises(OutputError) as raised:
        paired(formats, targets, quiet=False)
    assert str(raised.value) == said


# --- what must not be overwritten ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("app.py", "this file belongs to what is reviewed"),
        ("folder/../app.py", "this file belongs to what is reviewed"),
        ("tests/helper.py", "this file belongs to what is reviewed"),
        ("template.json", "this file belongs to what is reviewed"),
        ("folder", "a folder is there already"),
        ("nowhere/report.json", "no folder `{}/nowhere`"),
        ("app.py/report.json", "no folder `{}/app.py`"),
        ("x" * 300, "File name too long"),
    ],
)
def test_targets_that_are_refused(tree: Path, name: str, said: str) -> None:
    with pytest.raises(OutputError) as raised:
        check_target(tree / name, discover([tree]))
    assert str(raised.value).endswith(": " + said.format(tree))


def test_links_and_pipes_are_refused(tree: Path) -> None:
    (tree / "link").symlink_to("README.md")
    (tree / "dangling").symlink_to("nowhere")
    (tree / "ring").symlink_to("ring")
    os.mkfifo(tree / "pipe")
    for name, said in (("link", "a link"), ("dangling", "a link"), ("pipe", "no plain file")):
        with pytest.raises(OutputError, match=f"{said} is there already$"):
            check_target(tree / name, discover([tree]))
    with pytest.raises(OutputError, match="no folder"):
        check_target(*files(paired(["json"], [str(tree / "ring/report.json")], quiet=True)), discover([tree]))


@pytest.mark.parametrize("name", ["lambda-review.toml", "pyproject.toml", "folder/pyproject.toml", "ours.toml"])
def test_settings_stay(tree: Path, name: str) -> None:
    (tree / name).write_text("")
    with pytest.raises(OutputError, match=r"this file holds settings$"):
        check_target(tree / name, discover([tree]), str(tree / "folder/../ours.toml"))


@pytest.mark.parametrize(
    "text",
    [
        *('{"version": 1, "findings": []}', '{"runs": []}', '{"rules": [], "issues": []}', "[]"),
        *('[{"check_name": "a-rule", "severity": "info"}]', ""),
    ],
)
def test_an_earlier_report_can_be_written_anew(tree: Path, text: str) -> None:
    (tree / "report.json").write_text(text)
    found = discover([tree])
    assert "report.json" in found.templates
    check_target(tree / "report.json", found)


@pytest.mark.parametrize("text", ['{"Resources": {}}', "[1]", '[{"check_name": "x"}, {}]', "no json", "[" * 100_000])
def test_any_other_candidate_stays(tree: Path, text: str) -> None:
    (tree / "report.json").write_text(text)
    with pytest.raises(OutputError, match="belongs to what is reviewed"):
        check_target(tree / "report.json", discover([tree]))


def test_new_files_and_other_files_are_fine(tree: Path) -> None:
    for name in ("new.py", "README.md", "folder/report.sarif"):
        check_target(tree / name, discover([tree]))


# --- writing ------------------------------------------------------------------------------------------------------


def test_write_replaces_and_leaves_nothing_else(tree: Path) -> None:
    (tree / "README.md").chmod(0o640)
    write({tree / "README.md": "größe \udcff\n", tree / "new": "x"})
    assert (tree / "README.md").read_bytes() == "größe \\udcff\n".encode()
    assert (tree / "new").read_text() == "x"
    assert stat.S_IMODE((tree / "README.md").stat().st_mode) == 0o640
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tree / "new").stat().st_mode) == 0o666 & ~umask
    assert not [path for path in tree.iterdir() if path.name.startswith(".")]


def test_nothing_is_overwritten_unless_all_can_be_written(tree: Path) -> None:
    with pytest.raises(OutputError, match="nowhere"):
        write({tree / "README.md": "new\n", tree / "nowhere/x": "y"})
    assert (tree / "README.md").read_text() == "words\n"
    assert sorted(path.name for path in tree.iterdir()) == [
        "README.md",
        "app.py",
        "folder",
        "template.json",
        "tests",
    ]


class Stream:
    """A standard output of some encoding."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self.buffer = buffer

    def flush(self) -> None:
        pass


class Full(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")


def test_show_writes_what_the_encoding_has(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", stream)
    show("größe — \udcff\n", "latin-1")
    show("größe — \udcff\n")
    assert stream.buffer.getvalue() == b"gr\xf6\xdfe \\u2014 \\udcff\n" + "größe — \\udcff\n".encode()


def test_a_full_disk_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Stream(Full()))
    with pytest.raises(OutputError, match="No space left on device"):
        show("x")


# --- colour -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice: str, environment: dict[str, str], terminal: bool, expected: bool) -> None:
    assert wants_color(choice, environment, terminal=terminal) is expected
