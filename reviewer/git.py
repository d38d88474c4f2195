"""What git knows of a repository, asked so that nothing in the repository is run.

A repository's own settings can name programs: for filters, diffs, monitors, transports, hooks. Only commands that read
objects are used (`rev-parse`, `merge-base`, `ls-tree`, `cat-file`), none that looks at the working tree or transfers
anything, and files are compared outside of the repository: what none of them needs, none of them starts.
https://git-scm.com/docs/git-config
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from reviewer.changes import WHOLE, Changes, DiffError, Lines, parts
from reviewer.config import nearest
from reviewer.discover import LARGEST

PATIENCE = 60
"""Seconds for one command."""
MOST_SOURCES = 1_000
"""Files that are gone and that a new one may have been before."""
GITLINK = "160000"
KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT")
"""Of git's own environment, what the user's settings come from; a hook's names of its repository are none of them."""
QUIET = (
    *("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"),
    *("-c", "diff.external=", "-c", "protocol.allow=never"),
)
NO_ANSWER, NO_OBJECT = 1, 128
"""The exit statuses that say that there is none; the first, of a comparison, that two files differ."""


class GitError(Exception):
    """What git cannot tell, in one line."""


def environment(root: Path) -> dict[str, str]:
    """The environment of git in a repository, or in a folder that is none."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in KEPT or name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))
    }
    own = {
        "GIT_CEILING_DIRECTORIES": str(root.parent),
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    return kept | own


def run(root: Path, *arguments: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> tuple[int, bytes]:
    """The exit status and the output of one git command. Raises `GitError`, also for a status that is not `fine`."""
    try:
        done = subprocess.run(
            ["git", *QUIET, *arguments],
            cwd=root,
            env=environment(root),
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("no program `git` is found; --diff takes a diff from elsewhere") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"`git {arguments[0]}` takes more than {PATIENCE} s") from None
    if done.returncode not in fine:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise GitError(f"`git {arguments[0]}` ends with status {done.returncode}{said and f': {said}'}")
    return done.returncode, done.stdout


@dataclass(frozen=True)
class Commit:
    """A commit of the repository at `root`."""

    root: Path
    name: str

    @cached_property
    def entries(self) -> dict[str, tuple[str, str]]:
        """Mode and object of each path."""
        _, listed = run(self.root, "ls-tree", "-r", "-z", "--full-tree", self.name)
        rows = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry)
        return {os.fsdecode(path): (told.split()[0].decode(), told.split()[2].decode()) for told, _, path in rows}

    def contents(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The files that the commit has at these paths, but for those that are too large. Raises `GitError`."""
        objects = {path: self.entries[path][1] for path in paths}
        wanted = sorted(set(objects.values()))
        sizes = self._sizes(wanted)
        small = [name for name in wanted if sizes[name] <= LARGEST]
        _, answer = run(self.root, "cat-file", "--batch", given="".join(f"{name}\n" for name in small).encode())
        found, at = {}, 0
        for name in small:
            begin = answer.index(b"\n", at) + 1
            at = begin + sizes[name]
            found[name] = answer[begin:at]
            at += 1
        return {path: found[name] for path, name in objects.items() if name in found}

    def _sizes(self, names: list[str]) -> dict[str, int]:
        """The size of each object. None is fetched that the clone lacks: that would run what its settings name."""
        given = "".join(f"{name}\n" for name in names).encode()
        check = ("cat-file", "--batch-check=%(objectname) %(objectsize)")
        status, answer = run(self.root, *check, given=given, fine=(0, NO_OBJECT))
        sizes = {name: size for name, size in (line.split() for line in answer.decode().splitlines()) if size.isdigit()}
        if status or len(sizes) < len(names):
            raise GitError("the clone is partial: it does not hold all files that are to be compared")
        return {name: int(size) for name, size in sizes.items()}

    def changes(self, files: Mapping[str, bytes]) -> Changes:
        """What is new in `files`, the contents by path that are there now, against this commit. Raises `GitError`.

        A file that the commit does not have, by this name or another, is new as a whole.
        """
        found: dict[str, Lines] = {}
        inner: dict[str, dict[str, bytes]] = {}
        there = {}
        for path, content in files.items():
            nested = self._repository_of(path)
            if nested:
                inner.setdefault(nested, {})[path[len(nested) + 1 :]] = content
            else:
                there[path] = content
        for folder, below in inner.items():
            for path, lines in self._nested(folder).changes(below).lines.items():
                found[f"{folder}/{path}"] = lines
        return Changes(found | self._compared(there))

    def _repository_of(self, path: str) -> str:
        """The submodule that a path lies in."""
        above = (str(folder) for folder in PurePosixPath(path).parents)
        return next((folder for folder in above if self.entries.get(folder, ("", ""))[0] == GITLINK), "")

    def _nested(self, folder: str) -> Commit:
        nested = Commit(self.root / folder, self.entries[folder][1])
        if not run(nested.root, "cat-file", "-e", f"{nested.name}^{{commit}}", fine=(0, NO_ANSWER, NO_OBJECT))[0]:
            return nested
        raise GitError(f"the submodule `{folder}` does not hold its commit {nested.name[:12]}")

    def _compared(self, files: Mapping[str, bytes]) -> dict[str, Lines]:
        known = [path for path in files if path in self.entries]
        new = [path for path in files if path not in self.entries]
        before = self.contents([*known, *self._sources(new)])
        changed = [path for path in known if path in before and _plain(before[path]) != _plain(files[path])]
        found = dict.fromkeys([path for path in known if path not in before], WHOLE)
        old = {path: content for path, content in before.items() if path in changed or path not in files}
        return found | compared(old, {path: files[path] for path in (*changed, *new)})

    def _sources(self, new: list[str]) -> list[str]:
        """The files that new ones may have been: those of the same kinds that are gone."""
        kinds = {PurePosixPath(path).suffix for path in new}
        gone = (
            path
            for path, (mode, _) in self.entries.items()
            if mode.startswith("100") and PurePosixPath(path).suffix in kinds and not os.path.lexists(self.root / path)
        )
        return [path for path, _ in zip(gone, range(MOST_SOURCES), strict=False)] if new else []


def _plain(content: bytes) -> bytes:
    """A file with the line ends that the reviewer counts, all of one kind."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def compared(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, Lines]:
    """The lines that are new in each of `new`; an old file that is not among the new may have been renamed to one.

    Both are written to a folder outside of any repository, by numbers, and compared there.
    """
    if not new:
        return {}
    numbers = {path: str(number) for number, path in enumerate(sorted({*old, *new}))}
    paths = {number: path for path, number in numbers.items()}
    with tempfile.TemporaryDirectory() as place:
        root = Path(os.path.realpath(place))
        for side, files in (("old", old), ("new", new)):
            (root / side).mkdir()
            for path, content in files.items():
                (root / side / numbers[path]).write_bytes(_plain(content))
        options = ("--no-ext-diff", "--no-textconv", "--text", "--unified=0", "--find-renames", "--no-color")
        _, diff = run(root, "diff", "--no-index", *options, "--", "old", "new", fine=(0, NO_ANSWER))
    try:
        found = {paths[part.new.rpartition("/")[2]]: part.lines for part in parts(diff) if part.new != "/dev/null"}
    except DiffError as error:
        raise GitError(f"`git diff` gives what is no diff: {error}") from None
    return found


# --- which commit -------------------------------------------------------------------------------------------------


def base(root: Path, ref: str) -> Commit:
    """The commit at which the history of HEAD and that of `ref` part. Raises `GitError`."""
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise GitError("no name of a commit, branch or tag")
    if not (root / ".git").exists():
        raise GitError(f"no git repository around {root}; --diff takes a diff from elsewhere")
    is_shallow = run(root, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"
    cut = "; the clone is shallow, and `git fetch --unshallow` gets the rest" if is_shallow else ""
    commit = _commit(root, ref)
    if not commit:
        raise GitError(f"no such commit, branch or tag{nearest_branch(root, ref)}{cut}")
    if not _commit(root, "HEAD"):
        raise GitError("the current branch has no commit yet")
    _, found = run(root, "merge-base", commit, "HEAD", fine=(0, NO_ANSWER))
    if not found.strip():
        raise GitError(f"no commit is in its history and in that of HEAD{cut}")
    return Commit(root, found.split()[0].decode())


def _commit(root: Path, ref: str) -> str:
    return (
        run(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", fine=(0, NO_ANSWER, NO_OBJECT))[1]
        .decode()
        .strip()
    )


def nearest_branch(root: Path, ref: str) -> str:
    """A hint at the branch or tag that may have been meant: of that name at a remote, or of a similar one."""
    _, listed = run(root, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/remotes", "refs/tags")
    names = listed.decode("utf-8", "replace").splitlines()
    remote = next((name for name in names if name.endswith(f"/{ref}")), "")
    return f"; the nearest is `{remote}`" if remote else nearest(ref, names)
