"""What changed since a commit, of real repositories: hostile, shallow, partial, nested ones among them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reviewer import git
from reviewer.changes import WHOLE, Lines
from reviewer.git import GitError, base, compared

OLD = "one\ntwo\nthree\nfour\nfive\nsix\n"
IDENTITY = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always")


def do(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, **files: str) -> None:
    for name, content in files.items():
        (folder / f"{name}.py").write_bytes(content.encode())
    do(folder, "add", "--all")
    do(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, on the branch `main`."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "repository"
    folder.mkdir()
    do(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, app=OLD, other=OLD)
    return folder


def since(folder: Path, ref: str, *paths: str) -> dict[str, Lines]:
    files = {path: (folder / path).read_bytes() for path in paths or ("app.py",)}
    return dict(base(folder, ref).changes(files).lines)


# --- what is new --------------------------------------------------------------------------------------------------


def test_committed_staged_and_unsaved_changes_are_new(repository: Path) -> None:
    do(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, app=OLD.replace("two", "TWO"))
    (repository / "app.py").write_text(OLD.replace("two", "TWO").replace("four", "FOUR"))
    do(repository, "add", "app.py")
    (repository / "app.py").write_text("zero\n" + OLD.replace("two", "TWO").replace("four", "FOUR"))
    assert since(repository, "main", "app.py", "other.py") == {"app.py": ((1, 1), (3, 3), (5, 5))}


def test_what_changed_on_the_other_branch_is_not_new(repository: Path) -> None:
    do(repository, "branch", "topic")
    commit(repository, app=OLD.replace("six", "SIX"))
    do(repository, "checkout", "--quiet", "topic")
    commit(repository, other=OLD.replace("one", "ONE"))
    assert since(repository, "main", "app.py", "other.py") == {"other.py": ((1, 1),)}


def test_a_file_that_git_does_not_know_is_new_as_a_whole(repository: Path) -> None:
    (repository / ".gitignore").write_text("ignored.py\n")
    (repository / "ignored.py").write_text("a\nb\n")
    (repository / "untracked.py").write_text("a\nb\nc\n")
    assert since(repository, "HEAD", "ignored.py", "untracked.py") == {
        "ignored.py": ((1, 2),),
        "untracked.py": ((1, 3),),
    }


def test_a_renamed_file_is_new_where_it_changed(repository: Path) -> None:
    do(repository, "mv", "app.py", "renamed.py")
    (repository / "renamed.py").write_text(OLD.replace("two", "TWO"))
    assert since(repository, "HEAD", "renamed.py") == {"renamed.py": ((2, 2),)}
    (repository / "other.py").rename(repository / "moved.py")
    assert since(repository, "HEAD", "moved.py") == {}


@pytest.mark.parametrize(("before", "after"), [("\n", "\r\n"), ("\r\n", "\n"), ("\n", "\r")])
def test_line_ends_alone_are_no_change(repository: Path, before: str, after: str) -> None:
    commit(repository, app=OLD.replace("\n", before))
    (repository / "app.py").write_bytes(OLD.replace("five", "FIVE").replace("\n", after).encode())
    assert since(repository, "HEAD") == {"app.py": ((5, 5),)}


def test_the_neighbours_of_a_removed_line_count(repository: Path) -> None:
    (repository / "app.py").write_text(OLD.replace("three\n", ""))
    assert since(repository, "HEAD") == {"app.py": ((2, 3),)}


def test_a_file_that_was_too_large_is_new_as_a_whole(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "LARGEST", 10)
    (repository / "app.py").write_text(OLD + "seven\n")
    assert since(repository, "HEAD") == {"app.py": WHOLE}


def test_names_that_git_quotes(repository: Path) -> None:
    for name in ('a "b"\n\té.py', ".gitattributes", "a -> b.py"):
        (repository / name).write_text(OLD)
        do(repository, "add", "--all")
    commit(repository)
    names = ('a "b"\n\té.py', ".gitattributes", "a -> b.py")
    for name in names:
        (repository / name).write_text(OLD.replace("six", "SIX"))
    assert since(repository, "HEAD", *names) == dict.fromkeys(names, ((6, 6),))


def test_a_submodule_is_compared_with_the_commit_it_was_at(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    do(library, "init", "--quiet")
    commit(library, lib=OLD)
    do(repository, "submodule", "--quiet", "add", str(library), "vendor/library")
    commit(repository)
    inner = repository / "vendor" / "library"
    commit(inner, lib=OLD.replace("two", "TWO"))
    (inner / "lib.py").write_text(OLD.replace("two", "TWO").replace("six", "SIX"))
    (inner / "new.py").write_text("a\n")
    paths = ("vendor/library/lib.py", "vendor/library/new.py", "app.py")
    assert since(repository, "HEAD", *paths) == {paths[0]: ((2, 2), (6, 6)), paths[1]: ((1, 1),)}


def test_a_linked_worktree_has_its_own_head(repository: Path, tmp_path: Path) -> None:
    do(repository, "worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    commit(tmp_path / "linked", app=OLD.replace("two", "TWO"))
    assert since(tmp_path / "linked", "main") == {"app.py": ((2, 2),)}
    assert since(repository, "main") == {}


def test_a_hook_names_another_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert base(repository, "main").changes({"app.py": b"x\n"}).lines == {"app.py": ((1, 1),)}


def test_nothing_to_compare() -> None:
    assert compared({}, {}) == {}


# --- what cannot be told ------------------------------------------------------------------------------------------


def refused(folder: Path, ref: str) -> str:
    with pytest.raises(GitError) as error:
        base(folder, ref)
    return str(error.value)


def test_an_unknown_name_is_told_with_the_nearest(repository: Path) -> None:
    do(repository, "branch", "release")
    do(repository, "update-ref", "refs/remotes/origin/develop", "HEAD")
    assert refused(repository, "relaese") == "no such commit, branch or tag; the nearest is `release`"
    assert refused(repository, "develop") == "no such commit, branch or tag; the nearest is `origin/develop`"
    assert refused(repository, "0" * 40) == "no such commit, branch or tag"
    assert refused(repository, "HEAD:app.py") == "no such commit, branch or tag"


@pytest.mark.parametrize("ref", ["", "-x", "--output=/tmp/x", "a\nb", "a\0b"])
def test_what_is_no_name_never_gets_to_git(repository: Path, ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    assert refused(repository, ref) == "no name of a commit, branch or tag"


def test_no_repository(tmp_path: Path) -> None:
    assert refused(tmp_path, "main") == f"no git repository around {tmp_path}; --diff takes a diff from elsewhere"
    (tmp_path / ".git").mkdir()
    assert "not a git repository" in refused(tmp_path, "main")


def test_a_folder_in_a_repository_is_none_itself(repository: Path) -> None:
    (repository / "inner" / ".git").mkdir(parents=True)
    assert "not a git repository" in refused(repository / "inner", "main")


def test_no_commit_yet(repository: Path) -> None:
    do(repository, "checkout", "--quiet", "--orphan", "empty")
    assert refused(repository, "main") == "the current branch has no commit yet"


def test_histories_that_never_meet(repository: Path) -> None:
    do(repository, "checkout", "--quiet", "--orphan", "apart")
    commit(repository, app="apart\n")
    assert refused(repository, "main") == "no commit is in its history and in that of HEAD"


def test_a_shallow_clone_says_so(repository: Path, tmp_path: Path) -> None:
    do(repository, "branch", "old")
    do(repository, "tag", "v1")
    commit(repository, app=OLD + "seven\n")
    shallow = tmp_path / "shallow"
    do(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    hint = "; the clone is shallow, and `git fetch --unshallow` gets the rest"
    assert refused(shallow, "v1") == "no such commit, branch or tag" + hint
    do(shallow, "fetch", "--quiet", "--depth", "1", "origin", "old")
    assert refused(shallow, "FETCH_HEAD") == "no commit is in its history and in that of HEAD" + hint


def test_a_partial_clone_says_so_and_fetches_nothing(repository: Path, tmp_path: Path) -> None:
    do(repository, "config", "uploadpack.allowFilter", "true")
    commit(repository, app=OLD + "seven\n")
    commit(repository, app=OLD)
    do(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{repository}", "partial")
    objects = do(tmp_path / "partial", "count-objects", "-v")
    with pytest.raises(GitError, match="the clone is partial"):
        since(tmp_path / "partial", "HEAD~1")
    assert do(tmp_path / "partial", "count-objects", "-v") == objects


def test_a_submodule_without_its_commit(repository: Path, tmp_path: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    do(inner, "init", "--quiet")
    commit(inner, lib=OLD)
    commit(repository)
    (inner / ".git").rename(tmp_path / "away")
    do(inner, "init", "--quiet")
    with pytest.raises(GitError, match="the submodule `inner` does not hold its commit"):
        since(repository, "HEAD", "inner/lib.py")


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert refused(repository, "main") == "no program `git` is found; --diff takes a diff from elsewhere"


def test_git_takes_too_long(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "PATIENCE", 0)
    assert refused(repository, "main") == "`git rev-parse` takes more than 0 s"


def test_settings_that_git_cannot_read(repository: Path) -> None:
    (repository / ".git" / "config").write_text("[core\n")
    assert "ends with status 128: fatal: bad config line 1" in refused(repository, "main")


# --- what a repository would run ----------------------------------------------------------------------------------


def hostile(folder: Path, program: Path, ran: Path) -> None:
    """Name a program wherever the settings of a repository can."""
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{ran}'\nexit 1\n")
    program.chmod(0o755)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "core.sshCommand", "core.gitProxy", "core.askPass", "core.editor"),
        *("core.alternateRefsCommand", "diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean"),
        *("filter.x.smudge", "filter.x.process", "pager.diff", "pager.rev-parse", "gpg.program", "credential.helper"),
        *("alias.rev-parse", "alias.merge-base", "alias.ls-tree", "remote.origin.uploadpack", "merge.x.driver"),
        "uploadpack.packObjectsHook",
    ):
        do(folder, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    do(folder, "config", "log.showSignature", "true")
    do(folder, "config", "core.hooksPath", str(hooks))
    do(folder, "config", "remote.origin.url", f"ext::{program}")
    do(folder, "config", "protocol.ext.allow", "always")
    do(folder, "config", "remote.origin.promisor", "true")
    do(folder, "config", "remote.origin.partialclonefilter", "blob:none")
    (folder / ".gitattributes").write_text("* filter=x diff=x merge=x\n")


def test_nothing_that_a_repository_names_is_run(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    hostile(repository, tmp_path / "program", ran)
    (repository / "app.py").write_text(OLD.replace("two", "TWO"))
    (repository / "new.py").write_text(OLD)
    assert since(repository, "main", "app.py", "new.py") == {"app.py": ((2, 2),), "new.py": ((1, 6),)}
    assert "nearest" in refused(repository, "mian")
    blob = do(repository, "rev-parse", "HEAD:other.py")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (repository / "other.py").write_text("x\n")
    (repository / "app.py").unlink()
    ran.unlink(missing_ok=True)  # what the commands of this test have run
    with pytest.raises(GitError):
        since(repository, "main", "other.py")
    assert not ran.exists()
    by_hand = ["git", "diff", "main"]
    subprocess.run(by_hand, cwd=repository, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    assert ran.exists(), "git itself would have run it"
