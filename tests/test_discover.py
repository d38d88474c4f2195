from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import SAM, grow, put

from reviewer import discover as module
from reviewer.discover import Tree, common, discover, root_of


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The root of a repository: what is found is relative to it."""
    return grow(tmp_path / "repository", ".git/")


# --- the root -----------------------------------------------------------------------------------------------------


def test_root_is_the_repository_around_the_paths(repository: Path) -> None:
    grow(repository, "a/b/app.py", "a/c/other.py")
    assert root_of([repository / "a/b/app.py", repository / "a/c"]) == repository
    assert common([repository / "a/b/app.py", repository / "a/c"]) == repository / "a"


def test_a_worktree_has_a_git_file(tmp_path: Path) -> None:
    grow(tmp_path, ".git", "src/app.py")
    assert root_of([tmp_path / "src"]) == tmp_path


def test_outside_a_repository_root_is_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(tmp_path, "here/src/app.py", "there/src/app.py")
    monkeypatch.chdir(tmp_path / "here")
    assert root_of([Path("src/app.py")]) == tmp_path / "here"
    assert root_of([tmp_path / "there/src/app.py"]) == tmp_path / "there/src"


def test_nested_repositories_share_the_outer_one(repository: Path) -> None:
    grow(repository, "inner/.git/", "inner/app.py", "app.py")
    assert root_of([repository / "inner"]) == repository / "inner"
    assert root_of([repository / "inner/app.py", repository / "app.py"]) == repository


# --- a folder -----------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_candidates_in_order(repository: Path) -> None:
    grow(repository, "b/app.py", "a.py", "template.yaml", "b/stack.yml", "b/cfn.json", "b/x.template", "b/README.md")
    tree = discover([repository])
    assert tree.root == repository
    assert tree.python == ("a.py", "b/app.py")
    assert tree.templates == ("b/cfn.json", "b/stack.yml", "b/x.template", "template.yaml")
    assert tree.left_out == ()
    assert tree.folders == ("",)


@pytest.mark.parametrize(
    ("path", "left_out", "reason"),
    [
        (".hidden/app.py", ".hidden", "hidden"),
        ("node_modules/x/app.py", "node_modules", "built or installed"),
        (".aws-sam/build/app.py", ".aws-sam", "hidden"),
        ("cdk.out/x.json", "cdk.out", "built or installed"),
        ("build/app.py", "build", "built or installed"),
        ("dist/app.py", "dist", "built or installed"),
        ("python/lib/site-packages/x.py", "python/lib/site-packages", "built or installed"),
    ],
)
@pytest.mark.parametrize("everything", [False, True])
def test_never_taken(repository: Path, path: str, left_out: str, reason: str, everything: bool) -> None:
    grow(repository, path, "app.py")
    tree = discover([repository], everything=everything)
    assert (*tree.python, *tree.templates) == ("app.py",)
    assert tree.left_out == ((left_out, reason),)


def test_git_and_caches_are_not_worth_a_word(repository: Path) -> None:
    grow(repository, "__pycache__/x.py", ".git/hook.py", "app.py")
    tree = discover([repository], everything=True)
    assert tree.python == ("app.py",)
    assert tree.left_out == ()


@pytest.mark.parametrize(
    ("path", "left_out"),
    [("tests/data/app.py", "tests"), ("a/test_app.py", "a/test_app.py"), ("conftest.py", "conftest.py")],
)
def test_tests_are_taken_only_with_everything(repository: Path, path: str, left_out: str) -> None:
    grow(repository, path)
    tree = discover([repository])
    assert (tree.python, tree.left_out) == ((), ((left_out, "a test"),))
    assert discover([repository], everything=True).python == (path,)


def test_virtual_environments_are_left_out_whatever_their_name(repository: Path) -> None:
    grow(repository, "my-env/pyvenv.cfg", "my-env/lib/x.py", "app.py")
    tree = discover([repository], everything=True)
    assert tree.python == ("app.py",)
    assert tree.left_out == (("my-env", "a virtual environment"),)


def test_vendored_packages_are_those_that_their_metadata_name(repository: Path) -> None:
    grow(repository, "src/app.py", "src/own/x.py", "src/requests/api.py", "src/six.py", "src/yaml/x.py")
    put(repository, "src/requests-2.0.dist-info/RECORD", "requests/api.py,sha256=x,1\r\n../../bin/x,,\r\n")
    put(repository, "src/six-1.0.dist-info/top_level.txt", "six\n")
    put(repository, "src/PyYAML-6.dist-info/RECORD", "yaml/x.py,,")
    put(repository, "src/PyYAML-6.dist-info/direct_url.json", "{}")
    tree = discover([repository])
    assert tree.python == ("src/app.py", "src/own/x.py")
    assert tree.templates == ()
    reasons = dict(tree.left_out)
    assert {path for path, reason in reasons.items() if reason == "a vendored package"} >= {
        "src/requests",
        "src/six.py",
        "src/yaml",
    }
    assert "src/requests/api.py" in discover([repository], everything=True).python


def test_large_files_are_left_out(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10)
    put(repository, "small.py", "x" * 10)
    put(repository, "large.py", "x" * 11)
    tree = discover([repository])
    assert tree.python == ("small.py",)
    assert [path for path, _ in tree.left_out] == ["large.py"]


def test_exclude_takes_patterns(repository: Path) -> None:
    grow(repository, "a/legacy/x.py", "a/x.py", "gen_x.py", "b/c/x.py")
    tree = discover([repository], exclude=["legacy/", "gen_*.py", "/b/c"], everything=True)
    assert tree.python == ("a/x.py",)
    assert tree.left_out == (("a/legacy", "excluded"), ("b/c", "excluded"), ("gen_x.py", "excluded"))


# --- ignore lists -------------------------------------------------------------------------------------------------


def test_gitignore_counts_and_the_nearest_decides(repository: Path) -> None:
    grow(repository, "a/gen.py", "b/gen.py", "a/deep/gen.py", "a/deep/x.py", "out/x.py", "b/x.py")
    put(repository, ".gitignore", "gen.py\n/out/\n")
    put(repository, "a/.gitignore", "!gen.py\n")
    put(repository, "a/deep/.gitignore", "gen.py\n")
    tree = discover([repository])
    assert tree.python == ("a/deep/x.py", "a/gen.py", "b/x.py")
    assert dict(tree.left_out) == dict.fromkeys(["a/deep/gen.py", "b/gen.py", "out"], "ignored by .gitignore")
    assert len(discover([repository], everything=True).python) == 6


def test_a_list_above_the_folder_counts(repository: Path) -> None:
    grow(repository, "a/gen.py", "a/x.py")
    put(repository, ".gitignore", "a/gen.py\n")
    assert discover([repository / "a"]).python == ("a/x.py",)


def test_what_is_named_is_taken_though_ignored(repository: Path) -> None:
    grow(repository, "out/x.py", "out/gen.py", "tests/test_x.py", "build/y.py")
    put(repository, ".gitignore", "out/\n")
    put(repository, "out/.gitignore", "gen.py\n")
    assert discover([repository / "out"]).python == ("out/x.py",)
    assert "out/gen.py" in discover([repository / "out/gen.py"]).python
    assert "build/y.py" in discover([repository / "build"]).python
    tree = discover([repository, repository / "tests/test_x.py"])
    assert tree.python == ("tests/test_x.py",)
    assert tree.explicit == {"tests/test_x.py"}


def test_an_ignore_list_of_any_bytes(repository: Path) -> None:
    grow(repository, "app.py", "gen.py")
    (repository / ".gitignore").write_bytes(b"\xff\xfe\n[\n!\n[z-a]\n\\\n\0\ngen.py\n")
    assert discover([repository]).python == ("app.py",)


def test_pathspec_is_imported_for_patterns_that_are_more_than_names_only(repository: Path) -> None:
    grow(repository, "app.py")
    script = (
        "import sys; from pathlib import Path; from reviewer.discover import discover\n"
        "tree = discover([Path(sys.argv[1])]); print(tree.python, 'pathspec' in sys.modules)"
    )

    def said() -> str:
        command = [sys.executable, "-c", script, str(repository)]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]).stdout

    assert said() == "('app.py',) False\n"
    put(repository, ".gitignore", "# nothing that matters\n*.log\n.venv/\nnode_modules\n")
    assert said() == "('app.py',) False\n"
    put(repository, ".gitignore", "*.py\n")
    assert said() == "() False\n"
    put(repository, ".gitignore", "/app.py\n")
    assert said() == "() True\n"


# --- a file -------------------------------------------------------------------------------------------------------


def test_a_file_brings_the_templates_above_and_the_modules_below_the_nearest(repository: Path) -> None:
    grow(repository, "app/src/handler.py", "app/src/helper.py", "app/shared/x.py", "other/y.py", "app/package.json")
    put(repository, "app/template.yaml", SAM)
    put(repository, "root.yaml", SAM)
    put(repository, "app/docker-compose.yaml", "services: {}\n")
    put(repository, "other/template.yaml", SAM)
    tree = discover([repository / "app/src/handler.py"])
    assert {"app/template.yaml", "root.yaml"} <= set(tree.templates)
    assert "other/template.yaml" not in tree.templates
    assert tree.python == ("app/shared/x.py", "app/src/handler.py", "app/src/helper.py")
    assert [path for path in (*tree.python, *tree.templates) if tree.in_scope(path)] == ["app/src/handler.py"]


def test_without_a_template_a_file_brings_the_modules_of_its_package(repository: Path) -> None:
    grow(repository, "lib/shop/__init__.py", "lib/shop/handlers/__init__.py", "lib/shop/handlers/app.py")
    grow(repository, "lib/shop/store.py", "lib/other.py", "elsewhere.py")
    tree = discover([repository / "lib/shop/handlers/app.py"])
    assert {"lib/shop/store.py", "lib/other.py"} <= set(tree.python)
    assert "elsewhere.py" not in tree.python


def test_a_folder_without_templates_brings_those_above(repository: Path) -> None:
    grow(repository, "src/handler.py", "shared/x.py")
    put(repository, "template.yaml", SAM)
    tree = discover([repository / "src"])
    assert tree.templates == ("template.yaml",)
    assert tree.python == ("shared/x.py", "src/handler.py")
    assert [path for path in (*tree.python, *tree.templates) if tree.in_scope(path)] == ["src/handler.py"]


def test_a_folder_with_a_template_is_complete(repository: Path) -> None:
    grow(repository, "a/src/handler.py", "b/src/handler.py")
    put(repository, "a/template.yaml", SAM)
    put(repository, "template.yaml", SAM)
    tree = discover([repository / "a"])
    assert (tree.python, tree.templates) == (("a/src/handler.py",), ("a/template.yaml",))


def test_a_template_can_be_named(repository: Path) -> None:
    grow(repository, "src/app.py")
    put(repository, "template.yaml", SAM)
    tree = discover([repository / "template.yaml"])
    assert tree.explicit == {"template.yaml"}
    assert tree.python == ("src/app.py",)
    assert not tree.in_scope("src/app.py")


def test_scripts_without_an_ending_can_be_named(repository: Path) -> None:
    put(repository, "tool", "#!/usr/bin/env python3\n")
    put(repository, "other", "#!/bin/sh\n")
    put(repository, "notes.txt", "")
    tree = discover([repository / name for name in ("tool", "other", "notes.txt")])
    assert tree.explicit == {"tool"}
    assert tree.left_out == (("notes.txt", "neither Python nor a template"), ("other", "neither Python nor a template"))


def test_a_file_that_is_not_saved_yet(repository: Path) -> None:
    put(repository, "template.yaml", SAM)
    grow(repository, "src/")
    tree = discover([repository / "src/new.py"])
    assert tree.python == ("src/new.py",)
    assert tree.templates == ("template.yaml",)
    assert discover([repository / "no/folder/new.py"]).explicit == {"no/folder/new.py"}


def test_large_files_can_be_named(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1)
    put(repository, "large.py", "x" * 11)
    assert discover([repository / "large.py"]).python == ("large.py",)


# --- scope --------------------------------------------------------------------------------------------------------


def test_scope_is_what_was_named() -> None:
    tree = Tree(Path("/"), explicit=frozenset({"x/app.py"}), folders=("a/b",))
    inside = [path for path in ("x/app.py", "x/other.py", "a/b/c.py", "a/bc.py", "a/b") if tree.in_scope(path)]
    assert inside == ["x/app.py", "a/b/c.py"]
    assert Tree(Path("/"), folders=("",)).in_scope("any/where.py")


SEGMENTS = st.sampled_from(["a", "b", "src", "tests", "build", ".x", "my-env"])
PATHS = st.builds(
    lambda folders, name: "/".join([*folders, name]),
    st.lists(SEGMENTS, max_size=3),
    st.sampled_from(["app.py", "test_app.py", "template.yaml", "notes.md", "x.json"]),
)


@given(
    st.lists(PATHS, min_size=1, max_size=8),
    st.lists(st.sampled_from(["a", "*.py", "src/", "!b"]), max_size=3),
    st.booleans(),
)
def test_every_candidate_is_taken_or_left_out_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], ignored: list[str], everything: bool
) -> None:
    root = grow(tmp_path_factory.mktemp("tree"), ".git/", *paths)
    put(root, ".gitignore", "\n".join(ignored))
    tree = discover([root], everything=everything)
    taken, left_out = {*tree.python, *tree.templates}, dict(tree.left_out)
    for path in paths:
        if path.endswith((".py", ".yaml", ".json")):
            above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]
            assert (path in taken) != any(place in left_out for place in above)
    assert taken <= set(paths)
    assert {*discover([root]).python} <= {*discover([root], everything=True).python}
