"""The command `comment` against a pull request that keeps what it is sent: nothing twice, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pull_requests import ME, REVIEWER, TOKEN, GitHub, added, served

from reviewer.cli import main
from reviewer.github import client

HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
CLEAN = HANDLER.replace('"https://example.org/"', '"https://example.org/", timeout=2')
OTHER = HANDLER.replace("requests.get", "requests.post")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "app.py").write_text(HANDLER)
    monkeypatch.chdir(folder)
    for name in ("GH_TOKEN", "GITHUB_REF", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    return folder


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that are waited, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr(client.Client.__init__, "__kwdefaults__", {"sleep": waited.append, "clock": lambda: 1000.0})
    return waited


@pytest.fixture
def github() -> Iterator[GitHub]:
    with served(GitHub([added("app.py", HANDLER)])) as running:
        yield running


def comment(github: GitHub, *arguments: str) -> int:
    return main(["comment", "--repo", "o/r", "--pr", "7", "--api-url", github.base, *arguments])


def places(github: GitHub) -> list[tuple[str, int]]:
    return [(each["path"], each["line"]) for each in github.comments if "in_reply_to_id" not in each]


def methods(github: GitHub) -> list[str]:
    return [method for method, *_ in github.writes]


def many(project: Path, github: GitHub, number: int) -> None:
    """A pull request that adds a number of handlers, each with a finding."""
    (project / "app.py").unlink()
    github.files = []
    for each in range(number):
        (project / f"app{each:02}.py").write_text(HANDLER)
        github.files.append(added(f"app{each:02}.py", HANDLER))


# --- runs ---------------------------------------------------------------------------------------------------------


def test_a_first_run_posts_one_review(github: GitHub) -> None:
    assert comment(github) == 1
    ((method, path, body),) = github.writes
    assert (method, path, body["event"]) == ("POST", "/repos/o/r/pulls/7/reviews", "COMMENT")
    (posted,) = body["comments"]
    assert {**posted, "body": ""} == {"path": "app.py", "line": 5, "side": "RIGHT", "body": ""}
    assert "`requests.get` has no timeout" in posted["body"]
    assert "<!-- lambda-review: v1 " in posted["body"]
    assert github.tokens == {f"Bearer {TOKEN}"}


def test_a_repeated_run_sends_nothing(github: GitHub) -> None:
    comment(github)
    github.forget()
    assert comment(github) == 1
    assert github.writes == []


def test_the_users_own_token_knows_its_comments(github: GitHub) -> None:
    github.user = ME
    comment(github)
    github.comments.append({**github.comments[0], "id": 1, "user": {"login": "other[bot]", "type": "Bot"}})
    github.forget()
    comment(github)
    assert github.writes == []


def test_a_mark_of_somebody_else_hides_nothing_and_stays(github: GitHub) -> None:
    comment(github)
    github.comments[0]["user"], github.reviews[0]["user"] = REVIEWER, REVIEWER
    github.forget()
    comment(github)
    assert methods(github) == ["POST"]
    assert len(github.comments) == 2


def test_the_comment_of_a_fixed_finding_goes(github: GitHub, project: Path) -> None:
    comment(github)
    (project / "app.py").write_text(CLEAN)
    github.files = [added("app.py", CLEAN)]
    github.forget()
    assert comment(github) == 0
    assert sorted(methods(github)) == ["DELETE", "PUT"]
    assert github.comments == []
    assert "no findings" in github.reviews[0]["body"]
    github.forget()
    assert comment(github) == 0
    assert github.writes == []


def test_an_answered_comment_stays(github: GitHub, project: Path) -> None:
    comment(github)
    github.reply(github.comments[0])
    (project / "app.py").write_text(CLEAN)
    github.files = [added("app.py", CLEAN)]
    comment(github)
    assert len(github.comments) == 2


def test_the_line_of_a_finding_may_move(github: GitHub, project: Path) -> None:
    comment(github)
    moved = "import json\n\n" + HANDLER
    (project / "app.py").write_text(moved)
    github.files = [added("app.py", moved)]
    github.forget()
    comment(github)
    assert github.writes == []


def test_a_new_finding_comes_alone(github: GitHub, project: Path) -> None:
    comment(github)
    (project / "other.py").write_text(OTHER)
    github.files.append(added("other.py", OTHER))
    github.forget()
    comment(github)
    assert sorted(methods(github)) == ["POST", "PUT"]  # the overview counts one more
    assert places(github) == [("app.py", 5), ("other.py", 5)]


def test_what_is_off_the_diff_is_in_the_table(github: GitHub, project: Path) -> None:
    (project / "other.py").write_text(OTHER)
    comment(github)
    assert places(github) == [("app.py", 5)]
    assert "`other.py:5`" in github.reviews[0]["body"]
    assert "<details>" in github.reviews[0]["body"]
    github.forget()
    comment(github)
    assert github.writes == []


def test_the_table_is_edited_in_place(github: GitHub, project: Path) -> None:
    (project / "other.py").write_text(OTHER)
    comment(github)
    (project / "other.py").write_text(CLEAN)
    github.forget()
    comment(github)
    assert methods(github) == ["PUT"]
    assert len(github.reviews) == 1
    assert "other.py" not in github.reviews[0]["body"]


@pytest.mark.parametrize("patch", [None, "", "@@ -0,0 +1,5 @@\n+import requests\n+"])
def test_a_patch_may_be_missing_or_cut_off(github: GitHub, patch: str | None) -> None:
    github.files = [{"filename": "app.py", "status": "added", **({} if patch is None else {"patch": patch})}]
    assert comment(github) == 1
    assert github.comments == []
    assert "`app.py:5`" in github.reviews[0]["body"]


def test_a_renamed_file_has_its_comment_at_the_new_name(github: GitHub, project: Path) -> None:
    comment(github)
    (project / "app.py").rename(project / "new.py")
    changed = {"previous_filename": "app.py", "status": "renamed"}
    github.files = [{**added("new.py", HANDLER), **changed}]
    comment(github)
    assert places(github) == [("new.py", 5)]
    github.files[0].pop("patch")  # renamed, and nothing else
    github.comments.clear()
    comment(github)
    assert github.comments == []
    assert "`new.py:5`" in github.reviews[0]["body"]


def test_crlf(github: GitHub, project: Path) -> None:
    text = HANDLER.replace("\n", "\r\n")
    (project / "app.py").write_bytes(text.encode())
    github.files = [added("app.py", text)]
    comment(github)
    assert places(github) == [("app.py", 5)]
    assert "\r" not in github.comments[0]["body"]


def test_repeats_fold(github: GitHub, project: Path) -> None:
    text = HANDLER + "".join(f"\n\ndef again{n}():\n    requests.get('https://example.org/{n}')\n" for n in range(2))
    text = text.replace("def handler(event, context):\n", "def handler(event, context):\n    again0()\n    again1()\n")
    (project / "app.py").write_text(text)
    github.files = [added("app.py", text)]
    comment(github)
    assert places(github) == [("app.py", 7)]
    assert "Similar at lines 11 and 15." in github.comments[0]["body"]
    fixed = text.replace("example.org/0'", "example.org/0', timeout=2")
    (project / "app.py").write_text(fixed)
    github.files = [added("app.py", fixed)]
    github.forget()
    comment(github)
    assert sorted(methods(github)) == ["PATCH", "PUT"]
    assert "Similar at line 15." in github.comments[0]["body"]


def test_sixty_findings(github: GitHub, project: Path) -> None:
    many(project, github, 60)
    assert comment(github) == 1
    assert len(github.comments) == 30
    told = [path for path, _ in places(github)]
    assert all(
        (f"`app{each:02}.py:5`" in github.reviews[0]["body"]) != (f"app{each:02}.py" in told) for each in range(60)
    )
    github.forget()
    comment(github)
    assert github.writes == []


def test_lists_have_pages(github: GitHub, project: Path) -> None:
    many(project, github, 1)
    github.files = [added(f"x{each}.txt", "x") for each in range(250)] + github.files
    github.comments = [{"id": each, "user": REVIEWER, "body": "Hm."} for each in range(1, 201)]
    comment(github)
    assert places_of(github, "app00.py") == [5]
    github.forget()
    comment(github)
    assert github.writes == []


def places_of(github: GitHub, path: str) -> list[int]:
    return [each["line"] for each in github.comments if each.get("path") == path]


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404])
def test_a_fork_has_annotations(
    github: GitHub, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    github.fail = [("POST", status, {})]
    assert comment(github) == 1
    said = capsys.readouterr()
    assert said.out.startswith(
        "::warning file=app.py,line=5,endLine=5,title=lambda-review%3A http-without-timeout::`requests.get`"
    )
    assert said.out.count("\n") == 1
    assert "`app.py:5`" in (tmp_path / "summary.md").read_text()
    assert TOKEN not in said.out + said.err
    github.fail = [("POST", status, {})]
    assert comment(github, "--fail-on", "error") == 0


def test_a_token_that_may_not_even_read(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    github.fail = [("GET", 403, {})]
    assert comment(github) == 1
    assert capsys.readouterr().out.startswith("::warning file=app.py")


def test_a_table_that_may_not_be_edited(github: GitHub, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    comment(github)
    (project / "other.py").write_text(OTHER)
    github.fail = [("PUT", 403, {})]
    assert comment(github) == 1
    assert "::warning file=other.py" in capsys.readouterr().out


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_comment_that_cannot_be_deleted(
    github: GitHub, project: Path, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    comment(github)
    (project / "app.py").write_text(CLEAN)
    github.fail = [("DELETE", status, {})]
    assert comment(github) == 0
    assert str(status) in capsys.readouterr().err


@pytest.mark.parametrize("number", [1, 2, 7])
def test_a_batch_that_is_refused_is_split(github: GitHub, project: Path, number: int) -> None:
    many(project, github, number)
    github.refuses = {"app00.py"}
    assert comment(github) == 1
    assert sorted(places(github)) == [(f"app{each:02}.py", 5) for each in range(1, number)]
    tables = [each["body"] for each in github.reviews if "`app00.py:5`" in each["body"]]
    assert len(tables) == 1
    before = (len(github.comments), [*github.reviews])
    assert comment(github) == 1
    assert (len(github.comments), github.reviews) == before


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (403, {"Retry-After": "7"}, 7.0),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1042"}, 42.0),
        (429, {}, 60.0),
    ],
)
def test_a_limit_is_waited_for(
    github: GitHub, waits: list[float], status: int, headers: dict[str, str], waited: float
) -> None:
    github.fail = [("POST", status, headers), ("GET", status, headers)]
    assert comment(github) == 1
    assert waits == [waited, waited]
    assert places(github) == [("app.py", 5)]


def test_a_long_limit_ends_the_run(github: GitHub, waits: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    github.fail = [("POST", 429, {"Retry-After": "4000"})]
    assert comment(github) == 2
    assert waits == []
    said = capsys.readouterr()
    assert "429" in said.err
    assert said.out.startswith("::warning file=app.py")


def test_waiting_has_an_end(github: GitHub, waits: list[float]) -> None:
    github.fail = [("GET", 429, {"Retry-After": "100"})] * 20
    assert comment(github) == 2
    assert sum(waits) <= client.PATIENCE


def test_a_lost_answer_posts_nothing_twice(github: GitHub) -> None:
    github.loses_answers = 1
    assert comment(github) == 1
    assert places(github) == [("app.py", 5)]
    assert len(github.reviews) == 1


def test_a_server_that_is_down_is_asked_again(github: GitHub, waits: list[float]) -> None:
    github.fail = [("GET", 502, {}), ("GET", 502, {}), ("POST", 503, {})]
    assert comment(github) == 1
    assert waits == [1.0, 2.0]
    assert places(github) == [("app.py", 5)]


def test_a_token_that_is_not_accepted(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    github.fail = [("GET", 401, {})]
    assert comment(github) == 2
    assert "401" in capsys.readouterr().err


def test_nobody_answers(capsys: pytest.CaptureFixture[str], waits: list[float]) -> None:
    status = main(["comment", "--repo", "o/r", "--pr", "7", "--api-url", "http://127.0.0.1:1"])
    assert status == 2
    assert "GET http://127.0.0.1:1/repos/o/r/pulls/7/files?per_page=100&page=1: " in capsys.readouterr().err


def test_a_redirect_is_not_followed(github: GitHub) -> None:
    github.fail = [("GET", 302, {"Location": "http://127.0.0.1:1/"})]
    assert comment(github) == 2
    assert len(github.requests) == 1


# --- arguments ----------------------------------------------------------------------------------------------------


def test_a_dry_run_prints_what_a_run_sends(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert comment(github, "--dry-run") == 1
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert github.writes == []
    comment(github)
    sent = [{"method": method, "url": github.base + path, "json": body} for method, path, body in github.writes]
    assert printed == sent


def test_from_a_report(github: GitHub, project: Path) -> None:
    report = str(project / "results.sarif")
    main([".", "--format", "sarif", "--output", report, "--quiet"])
    assert comment(github, "--from", report) == 1
    reported = [*github.comments]
    github.forget()
    assert comment(github) == 1
    assert github.writes == []
    assert places(github) == [("app.py", 5)]
    github.comments.clear()
    comment(github)
    assert [each["body"] for each in github.comments] == [each["body"] for each in reported]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"runs": [{"results": [{}]}]}', "[" * 100_000, '{"runs": 3}'])
def test_a_report_that_is_none(github: GitHub, project: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "results.sarif").write_text(text)
    assert comment(github, "--from", "results.sarif") == 2
    assert "results.sarif: no SARIF log of lambda-review" in capsys.readouterr().err


def test_a_report_reads_nothing_outside(github: GitHub, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = project.parent / "outside.py"
    outside.write_text("\n" * 9)
    report = project / "results.sarif"
    main([".", "--format", "sarif", "--output", str(report), "--quiet"])
    report.write_text(report.read_text().replace('"uri": "app.py"', '"uri": "../outside.py"'))
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or whole(path))
    assert comment(github, "--from", str(report)) == 1
    assert "`../outside.py:5`" in github.reviews[0]["body"]
    assert "outside.py" not in read


def test_a_workflow_says_it_by_its_environment(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_API_URL": github.base,
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["comment"]) == 1
    assert places(github) == [("app.py", 5)]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--repo": "o"}, "a repository reads OWNER/NAME"),
        ({"--repo": "o/../x"}, "a repository reads OWNER/NAME"),
        ({"--pr": "x"}, "no number"),
        ({"--api-url": "http://github.example"}, "https://"),
        ({"--api-url": "file:///etc/passwd"}, "https://"),
        ({"--from": "missing.sarif"}, "No such file"),
    ],
)
def test_arguments_that_cannot_be_used(
    changed: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"--repo": "o/r", "--pr": "7", "--api-url": "http://127.0.0.1:1", **changed}
    assert main(["comment", *(word for pair in given.items() for word in pair)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y"])
def test_tokens_that_are_none(token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    assert main(["comment", "--repo", "o/r", "--pr", "7", "--api-url", "http://127.0.0.1:1"]) == 2
    assert "token" in capsys.readouterr().err


def test_the_token_is_in_no_error(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    def echo(*_: Any) -> tuple[int, Any, dict[str, str]]:
        return 401, {"message": f"what is {TOKEN}"}, {}

    github.answer = echo  # type: ignore[method-assign]
    assert comment(github) == 2
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err
