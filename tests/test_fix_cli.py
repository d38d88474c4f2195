"""`--fix` and `--show-fixes`: what they say, what they write, what they leave alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from credential_samples import EACH_FORMAT, pieces, secret_of
from fixing_samples import tree_of
from wording import faults

from reviewer import mending
from reviewer.aws import secrets as known
from reviewer.cli import main
from reviewer.report.patch import patch
from reviewer.writing import CHANGED, fault, write

GET = 'import requests\n\n\ndef handler(event, context):\n    return requests.get("https://a.example").text\n'
GET_FIXED = GET.replace('e")', 'e", timeout=5)')
IDLE = "def handler(event, context):\n    return 1  # lambda-review: ignore[async-handler] why\n"
IDLE_FIXED = "def handler(event, context):\n    return 1\n"
PASSWORD = "Tr0ub4dor-" + "xk7Qz9"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two handlers, which is the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "get.py").write_text(GET)
    (folder / "idle.py").write_text(IDLE)
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


class Said:
    """What one run of the command line says; its remarks are blameless."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> None:
        self.status = main(arguments)
        self.raw, err = capfdbinary.readouterr()
        self.out, self.err = self.raw.decode("utf-8", "replace"), err.decode()
        assert [fault for line in self.err.splitlines() for fault in faults(line)] == []


def applied(patch: bytes) -> None:
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=patch, check=True, capture_output=True)


# --- --fix --------------------------------------------------------------------------------------------------------


def test_safe_fixes_are_applied_and_what_is_left_is_reported(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path
) -> None:
    said = Said(capfdbinary, ".", "--fix")
    assert (project / "idle.py").read_text() == IDLE_FIXED
    assert (project / "get.py").read_text() == GET
    assert said.status == 1
    assert "http-without-timeout" in said.out and "unused-suppression" not in said.out
    assert (
        said.err
        == "lambda-review: 1 fix applied in 1 file: unused-suppression 1\nlambda-review: 1 finding can be fixed with --unsafe\n"
    )


def test_with_unsafe_all_are(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    said = Said(capfdbinary, ".", "--fix", "--unsafe")
    assert (project / "get.py").read_text() == GET_FIXED
    assert (said.status, said.out[:9]) == (0, "All clear")
    assert said.err == "lambda-review: 2 fixes applied in 2 files: http-without-timeout 1 and unused-suppression 1\n"
    before = tree_of(project)
    again = Said(capfdbinary, ".", "--fix", "--unsafe")
    assert (again.status, again.err) == (0, "lambda-review: no fix applied\n")
    assert tree_of(project) == before


def test_only_what_is_reported_is_fixed(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    (project / "silent.py").write_text(
        GET.replace('t")', 't")').replace("text\n", "text  # lambda-review: ignore[http-without-timeout] bounded\n")
    )
    before = tree_of(project)
    assert (
        Said(capfdbinary, ".", "--fix", "--unsafe", "--min-severity", "error").err == "lambda-review: no fix applied\n"
    )
    assert tree_of(project) == before
    Said(capfdbinary, ".", "--fix", "--unsafe")
    assert {path for path, state in tree_of(project).items() if state != before[path]} == {"get.py", "idle.py"}


def test_reports_speak_of_what_is_left(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    said = Said(capfdbinary, ".", "--fix", "--format", "json", "--fail-on", "never")
    (finding,) = json.loads(said.out)["findings"]
    assert (finding["rule"], finding["fixes"][0]["safe"], said.status) == ("http-without-timeout", False, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fix", "--show-fixes"], "--fix and --show-fixes exclude each other: one changes files, other none"),
        (["--unsafe"], "--unsafe goes with --fix or --show-fixes"),
        (["--fix", "--since", "main"], "--fix is about all findings, not about those that are new alone"),
        (
            ["--show-fixes", "--format", "json"],
            "--format json: --show-fixes prints to the standard output, an --output is needed",
        ),
    ],
)
def test_arguments_that_exclude_each_other(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, arguments: list[str], message: str
) -> None:
    before = tree_of(project)
    said = Said(capfdbinary, ".", *arguments)
    assert (said.status, said.out, said.err) == (
        2,
        "",
        f"lambda-review: error: {message.replace('changes files, other', 'changes files, the other')}\n",
    )
    assert tree_of(project) == before


def test_the_standard_input_is_no_file(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    said = Said(capfdbinary, "-", "--fix")
    assert (said.status, said.err[:44]) == (2, "lambda-review: error: --fix changes files; t")


# --- what is written ----------------------------------------------------------------------------------------------


def test_the_mode_stays_and_nothing_else_is_left(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    (project / "idle.py").chmod(0o750)
    Said(capfdbinary, ".", "--fix")
    assert (project / "idle.py").stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in project.iterdir()) == [".git", "get.py", "idle.py"]


def test_another_name_of_the_file_keeps_its_content(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.py").hardlink_to(project / "idle.py")
    Said(capfdbinary, ".", "--fix")
    assert ((tmp_path / "elsewhere.py").read_text(), (project / "idle.py").read_text()) == (IDLE, IDLE_FIXED)


def test_nothing_is_written_through_a_link(tmp_path: Path, project: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_text("1")
    (project / "link.py").symlink_to(outside / "a.py")
    (project / "folder").symlink_to(outside)
    (project / "inner.py").symlink_to("idle.py")
    (project / "sub").mkdir()
    paths = ["link.py", "folder/a.py", "inner.py", "../outside/a.py"]
    assert {path: fault(project, path) for path in paths} == dict.fromkeys(paths, "a link leads to it")
    assert (fault(project, "sub"), fault(project, "none.py")) == ("it is no plain file", "No such file or directory")
    refused = write(project, dict.fromkeys(paths, b"1"), dict.fromkeys(paths, b"2"))
    assert refused == dict.fromkeys(paths, "a link leads to it")
    assert ((outside / "a.py").read_text(), (project / "idle.py").read_text()) == ("1", IDLE)


def test_a_file_that_has_changed_since_is_left_alone(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(root: Path, *states: dict[str, bytes]) -> dict[str, str]:
        (project / "idle.py").write_text(IDLE + "x = 1\n")
        return write(root, *states)

    monkeypatch.setattr(mending, "write", meanwhile)
    said = Said(capfdbinary, ".", "--fix", "--unsafe")
    assert said.err == f"lambda-review: idle.py is left alone: {CHANGED}\nlambda-review: fixes applied in 1 file\n"
    assert ((project / "idle.py").read_text(), (project / "get.py").read_text()) == (IDLE + "x = 1\n", GET_FIXED)
    assert "unused-suppression" in said.out


def test_a_disk_that_is_full_leaves_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = tree_of(project)
    assert write(project, {"idle.py": IDLE.encode()}, {"idle.py": b"x"}) == {"idle.py": "No space left on device"}
    assert tree_of(project) == before


# --- --show-fixes -------------------------------------------------------------------------------------------------


def test_a_patch_is_shown_and_nothing_written(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    before = tree_of(project)
    said = Said(capfdbinary, ".", "--show-fixes", "--output", "out.json", "--format", "json")
    assert len(json.loads((project / "out.json").read_text())["findings"]) == 2
    (project / "out.json").unlink()
    assert tree_of(project) == before
    assert (said.status, said.err) == (1, "")
    assert said.out == (
        "diff --git a/idle.py b/idle.py\n--- a/idle.py\n+++ b/idle.py\n@@ -1,2 +1,2 @@\n def handler(event, context):\n"
        "-    return 1  # lambda-review: ignore[async-handler] why\n+    return 1\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        "app.py",
        "with space.py",
        "grüße 写.py",
        'quo"te.py',
        "back\\slash.py",
        "sub/deep/app.py",
        "a b/+++ x.py",
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        GET,
        GET.rstrip("\n"),
        GET.replace("\n", "\r\n"),
        GET.replace("\n", "\r"),
        "\ufeff" + GET,
        GET + "\x0c\n" * 3,
        GET + "x = 1\n" * 30 + GET + "\r\ny = 2",
    ],
    ids=["LF", "open", "CRLF", "CR", "BOM", "form feeds", "far apart"],
)
def test_git_applies_the_patch(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, name: str, content: str
) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_bytes(content.encode())
    shown = Said(capfdbinary, ".", "--show-fixes", "--unsafe").raw
    Said(capfdbinary, ".", "--fix", "--unsafe")
    due = tree_of(project)
    assert (project / name).read_bytes().count(b"timeout=5") == content.count("requests.get")
    (project / name).write_bytes(content.encode())
    (project / "get.py").write_text(GET)
    (project / "idle.py").write_text(IDLE)
    applied(shown)
    assert tree_of(project) == due


def test_names_are_quoted_as_git_quotes_them(project: Path) -> None:
    before, after = (
        dict.fromkeys(["tab\there.py", "line\nfeed.py"], b"1\n"),
        dict.fromkeys(["tab\there.py", "line\nfeed.py"], b"2\n"),
    )
    for name, content in before.items():
        (project / name).write_bytes(content)
    made, _ = patch(before, after, frozenset())
    assert made.count(b"\n") == 2 * 6
    applied(made)
    assert {name: (project / name).read_bytes() for name in after} == after


def test_other_encodings_stay_in_the_patch(capfdbinary: pytest.CaptureFixture[bytes], project: Path) -> None:
    content = ("# coding: latin-1\n" + GET.replace("return", 'x = "grüße"; return')).encode("latin-1")
    (project / "get.py").write_bytes(content)
    applied(Said(capfdbinary, ".", "--show-fixes", "--unsafe").raw)
    assert (project / "get.py").read_bytes() == content.replace(b'a.example"', b'a.example", timeout=5')


def test_of_the_standard_input_as_well(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (project / "idle.py").open("rb") as stream:
        monkeypatch.setattr("sys.stdin", open(stream.fileno(), closefd=False))  # noqa: SIM115
        said = Said(capfdbinary, "-", "--stdin-filename", "get.py", "--show-fixes")
    assert "--- a/get.py" in said.out and "-    return 1  # lambda" in said.out


@pytest.mark.parametrize("line", ["above", "below", "beside", "far"])
def test_no_secret_is_shown(capfdbinary: pytest.CaptureFixture[bytes], project: Path, line: str) -> None:
    secret = f'    password = "{PASSWORD}"\n'
    call = '    requests.get("https://a.example")\n'
    body = {
        "above": secret + call,
        "below": call + secret,
        "beside": call.rstrip() + "; " + secret.lstrip(),
        "far": secret + "    x = 1\n" * 2 + call,
    }[line]
    content = f"import requests\n\n\ndef handler(event, context):\n{body}    return password\n"
    (project / "get.py").write_text(content)
    said = Said(capfdbinary, ".", "--show-fixes", "--unsafe")
    assert PASSWORD not in said.out + said.err
    assert "idle.py" in said.out
    if line == "far":
        applied(said.raw)
        assert (project / "get.py").read_text() == content.replace('e")', 'e", timeout=5)')
    else:
        assert (
            said.err
            == "lambda-review: get.py is not shown: a secret stands at or beside what changes; `--fix` changes it\n"
        )
    for form in ("json", "sarif", "html"):
        assert PASSWORD not in Said(capfdbinary, ".", "--format", form).out


@EACH_FORMAT
@pytest.mark.parametrize("place", ["{}\nx = 1\n", "x = 1\n{}\n", "'''\n\n{}\n\n\nx = 1\n"])
def test_no_known_format_is_shown_beside_a_change(form: known.Format, place: str) -> None:
    before = place.replace("{}", form.example)
    (made, _) = patch({"a.py": before.encode()}, {"a.py": before.replace("x = 1", "x = 2").encode()}, frozenset())
    assert [piece for piece in pieces(secret_of(form)) if piece in made.decode()] == []


def test_no_line_of_a_private_key_is_shown() -> None:
    key = "\n".join(
        ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEpAIBAAKCAQEA7c9vJ2Kq"] * 20, "-----END RSA PRIVATE KEY-----"]
    )
    before = "KEY = 'none'\n" + "y = 1\n" * 3 + f'KEY = """{key}"""\n\nx = 1'
    (made, left) = patch({"a.py": before.encode()}, {"a.py": before.replace("x = 1", "x = 2").encode()}, frozenset())
    assert (b"MII" in made, left) == (False, ())
    inside = before.replace("7c9vJ2Kq\n", "7c9vJ2Kr\n", 9)
    assert patch({"a.py": before.encode()}, {"a.py": inside.encode()}, frozenset()) == (b"", ("a.py",))


def test_nothing_in_a_patch_moves_the_cursor(
    capfdbinary: pytest.CaptureFixture[bytes], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "idle.py").write_text(IDLE.replace("why", "why \x1b[2J"))
    assert "\x1b" in Said(capfdbinary, ".", "--show-fixes").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    said = Said(capfdbinary, ".", "--show-fixes")
    assert "\x1b" not in said.out and "--- a/idle.py" in said.out
