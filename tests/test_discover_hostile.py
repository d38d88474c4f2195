"""Trees whose links, pipes and names are meant to lead a review astray."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from trees import grow, put

from reviewer.discover import discover


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The root of a repository: what is found is relative to it."""
    return grow(tmp_path / "repository", ".git/")


def test_links_are_not_followed(repository: Path, tmp_path: Path) -> None:
    grow(tmp_path, "outside/secret.py", "outside/deep/x.py")
    grow(repository, "src/app.py")
    (repository / "out.py").symlink_to(tmp_path / "outside/secret.py")
    (repository / "same.py").symlink_to("src/app.py")
    (repository / "folder").symlink_to(tmp_path / "outside")
    (repository / "src/loop").symlink_to(repository)
    (repository / "ring.py").symlink_to("ring.py")
    (repository / "dangling.yaml").symlink_to("nowhere")
    tree = discover([repository], everything=True)
    assert tree.python == ("src/app.py",)
    names = ["dangling.yaml", "folder", "out.py", "ring.py", "same.py", "src/loop"]
    assert tree.left_out == tuple((name, "a link") for name in names)


@pytest.mark.parametrize("name", ["ring", "docs/ring", "ring.txt"])
def test_a_ring_of_links_ends_no_walk(repository: Path, name: str) -> None:
    grow(repository, "app.py", "docs/other.py")
    (repository / name).symlink_to(repository / name)
    tree = discover([repository])
    assert tree.python == ("app.py", "docs/other.py")
    assert tree.left_out == ()


def test_a_link_that_is_named_stands_for_its_target_inside_the_tree(repository: Path, tmp_path: Path) -> None:
    grow(tmp_path, "outside.py")
    grow(repository, "src/app.py")
    (repository / "same.py").symlink_to("src/app.py")
    (repository / "out.py").symlink_to(tmp_path / "outside.py")
    (repository / "folder").symlink_to("src")
    assert discover([repository / "same.py"]).explicit == {"src/app.py"}
    assert discover([repository / "folder"]).folders == ("src",)
    tree = discover([repository / "out.py"])
    assert tree.explicit == frozenset()
    assert tree.left_out == (("out.py", "a link that leads out of the reviewed tree"),)


def test_ignore_lists_behind_links_are_not_read(repository: Path, tmp_path: Path) -> None:
    put(tmp_path, "rules", "app.py\n")
    grow(repository, "app.py")
    (repository / ".gitignore").symlink_to(tmp_path / "rules")
    assert discover([repository]).python == ("app.py",)


def test_pipes_are_left_out(repository: Path) -> None:
    for name in ("pipe.py", "pipe.yaml", ".gitignore"):
        os.mkfifo(repository / name)
    grow(repository, "app.py")
    tree = discover([repository])
    assert tree.python == ("app.py",)
    assert tree.left_out == (("pipe.py", "no plain file"), ("pipe.yaml", "no plain file"))
    assert discover([repository / "app.py"]).templates == ()


def test_names_that_could_steer_a_terminal_are_left_out(repository: Path) -> None:
    (repository / "a\x1b[2J.py").touch()
    (repository / "b\n.py").touch()
    (repository / "\u202ecba").mkdir()
    grow(repository, "\u202ecba/x.py", "größe.py", "a b.py")
    tree = discover([repository])
    assert tree.python == ("a b.py", "größe.py")
    assert [path for path, _ in tree.left_out] == ["\\u202ecba", "a\\x1b[2J.py", "b\\n.py"]
    assert all(path.isprintable() for path, _ in tree.left_out)
    assert discover([repository / "b\n.py"]).explicit == frozenset()


def test_names_that_are_not_unicode_are_left_out(repository: Path) -> None:
    (repository / "\udcff.py").touch()
    tree = discover([repository])
    assert tree.python == ()
    assert tree.left_out == (("\\udcff.py", "a name with control characters"),)


def test_a_folder_that_cannot_be_listed_is_named(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(repository, "closed/app.py", "app.py")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    tree = discover([repository])
    assert tree.python == ("app.py",)
    assert tree.left_out == (("closed", "cannot be listed (Permission denied)"),)
