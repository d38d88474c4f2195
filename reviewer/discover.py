"""Which files a review reads, and the root that all their paths are relative to.

Names, kinds and sizes decide; apart from ignore lists, lists of vendored packages and the beginnings of templates,
nothing is opened here. No link is ever followed below the paths that are given.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reviewer.paths import join, parent, under, upwards
from reviewer.patterns import Patterns, patterns

PYTHON = (".py",)
TERRAFORM = (".tf", ".tfvars")
TEMPLATES = (".yaml", ".yml", ".json", ".template", *TERRAFORM, "zappa_settings.toml")
CANDIDATES = (*PYTHON, *TEMPLATES)

LARGEST = 1 << 20
"""Bytes. CloudFormation takes templates of at most 1 MB:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

BUILT = frozenset({"build", "dist", "cdk.out", "node_modules", "site-packages", "__pycache__"})
CDK = "cdk.json"
"""What configures a CDK app: it takes the place of a template."""
SYNTHESISED = "cdk.out"
MANIFEST = "manifest.json"
"""The folder that the CDK writes an app's templates into, and the file that says what is in there."""
TESTS = frozenset({"tests", "conftest.py"})
UNMENTIONED = frozenset({".git", "__pycache__"})
TEMPLATE_WORDS = (b"AWS::", b"provider:", b'"provider"', b"aws_lambda_", b"app_function")
"""What CloudFormation templates, Serverless, Terraform and Zappa configurations contain, and other files rarely do."""

MOOT = re.compile(
    r"\s*|#.*|/?\.[^/]+/?\s*|\*\.(?!py|ya?ml|json|template|tf)[\w.-]+\s*"
    rf"|/?(?:{'|'.join(map(re.escape, sorted(BUILT)))})/?\s*"
)
"""Ignore patterns that decide nothing here: comments, hidden and built things, other kinds of files. They are most."""

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a review. Paths are relative to `root`, with forward slashes, and sorted.

    `python` and `templates` are candidates: what they hold is not known yet. Some of them are there for context only,
    since a file in scope may refer to them; findings belong in files that are `in_scope`. `explicit` are the files
    that were named one by one, `folders` the folders ("" is the root itself). `left_out` are (path, reason) pairs.
    `synthesised` are the folders that were said to hold what the CDK made of apps. `changed` are the files that a
    review of changes is about; None where it is about all.
    """

    root: Path
    python: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    explicit: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    synthesised: tuple[str, ...] = ()
    changed: frozenset[str] | None = None

    def in_scope(self, path: str) -> bool:
        """Is the file one of those that were named, or below a folder that was?"""
        return path in self.explicit or any(not top or path.startswith(top + "/") for top in self.folders)


def common(paths: Sequence[Path]) -> Path:
    """The folder around all the paths."""
    places = [_real(path) for path in paths]
    return Path(os.path.commonpath([place if place.is_dir() else place.parent for place in places]))


def relative(path: Path, root: Path) -> str:
    """A path as a tree names it; "" is the root itself. Raises `ValueError` outside of the root."""
    place = _real(path).relative_to(root).as_posix()
    return "" if place == "." else place


def root_of(paths: Sequence[Path]) -> Path:
    """The repository around all the paths, else the working directory if they lie in it, else their common folder."""
    around = common(paths)
    for folder in (around, *around.parents):
        if (folder / ".git").exists():
            return folder
    here = _resolved(Path.cwd())
    return here if around.is_relative_to(here) else around


def discover(
    paths: Sequence[Path],
    *,
    everything: bool = False,
    exclude: Sequence[str] = (),
    synthesised: Sequence[Path] = (),
) -> Tree:
    """The candidates at and below `paths`, with the templates and modules around them that they may refer to.

    A path that is no folder counts as a file, also where there is none yet (an editor's unsaved one). What is named is
    taken, ignored or not. `everything` takes back tests, vendored packages and what `.gitignore` files leave out;
    `exclude` holds patterns of the same form, relative to the root. `synthesised` are folders inside of the root with
    what `cdk synth` left there, wherever that is.
    """
    walk = _Walk(root_of(paths), everything, patterns(exclude))
    for path in synthesised:
        walk.output(walk.relative(_real(path)))
    for path in paths:
        place = _real(path)
        if place.is_dir():
            walk.folder(walk.relative(place))
        else:
            walk.file(place)
    return walk.tree()


def _real(path: Path) -> Path:
    """The path without links, but for a link that is itself the file that was named."""
    place = Path(os.path.abspath(path))  # noqa: PTH100 - unlike resolve(), it keeps a last component that is a link
    return _resolved(place) if place.is_dir() else _resolved(place.parent) / place.name


def _resolved(place: Path) -> Path:
    return Path(os.path.realpath(place))  # resolve() raises where links form a ring


@dataclass(frozen=True, slots=True)
class _Ignore:
    """The patterns of one folder's `.gitignore`."""

    folder: str
    patterns: Patterns

    def verdict(self, path: str) -> bool | None:
        return self.patterns.verdict(path[len(self.folder) + 1 :] if self.folder else path)


@dataclass(slots=True)
class _Walk:
    """The state of one walk."""

    root: Path
    everything: bool
    excluded: Patterns | None
    python: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    explicit: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    synthesised: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    surrounded: set[str] = field(default_factory=set)
    lists: dict[bytes, Patterns | None] = field(default_factory=dict)

    def tree(self) -> Tree:
        return Tree(
            self.root,
            tuple(sorted(self.python)),
            tuple(sorted(self.templates)),
            frozenset(self.explicit),
            tuple(dict.fromkeys(self.folders)),
            tuple((path, reason) for path, reason in sorted(self.left_out.items()) if path not in self.synthesised),
            tuple(self.synthesised),
        )

    def relative(self, place: Path) -> str:
        return relative(place, self.root)

    def absolute(self, path: str) -> str:
        return os.path.join(self.root, path)  # noqa: PTH118 - ten thousand times a walk, a Path is slow

    # --- what was named -------------------------------------------------------------------------------------------

    def folder(self, top: str) -> None:
        self.folders.append(top)
        self.descend(top)
        if top and not any(under(path, top) and self.is_template(path) for path in sorted(self.templates)):
            self.surround(top)

    def output(self, top: str) -> None:
        self.synthesised.append(top)
        self.descend(top)

    def file(self, place: Path) -> None:
        if place.is_symlink():
            link, place = place, _resolved(place)
            if not place.is_relative_to(self.root):
                self.leave_out(self.relative(link), "a link that leads out of the reviewed tree")
                return
        path = self.relative(place)
        if UNPRINTABLE.search(path):
            self.leave_out(path, "a name with control characters")
        elif path.endswith(TEMPLATES):
            self.take(path, self.templates)
        elif path.endswith(PYTHON) or self.is_script(path):
            self.take(path, self.python)
        else:
            self.leave_out(path, "neither Python nor a template")

    def take(self, path: str, kind: set[str]) -> None:
        kind.add(path)
        self.explicit.add(path)
        self.surround(parent(path))

    def surround(self, folder: str) -> None:
        """Add what a file of `folder` may refer to: the templates on the way up, and the modules below the nearest.

        Without any template, the modules of the package around the folder.
        """
        if folder in self.surrounded:
            return
        self.surrounded.add(folder)
        nearest = None
        for above in upwards(folder):
            beside = [join(above, name) for name in self.names(above) if name.endswith(TEMPLATES)]
            templates = [path for path in beside if self.is_template(path) and not self.ignored(path, ())]
            self.templates.update(templates)
            if templates and nearest is None:
                nearest = above
        self.descend(folder)
        self.descend(self.package_of(folder) if nearest is None else nearest)

    def package_of(self, folder: str) -> str:
        """The folder that the packages around `folder` are imported from."""
        return next(above for above in upwards(folder) if not above or "__init__.py" not in self.names(above))

    def names(self, folder: str) -> list[str]:
        """The files of a folder that can be taken."""
        files = (entry for entry in self.entries(folder) if not entry.is_dir(follow_symlinks=False))
        return [entry.name for entry in files if not _unfit(entry, is_folder=False)]

    def is_template(self, path: str) -> bool:
        if path.rpartition("/")[2] == CDK or path.endswith(TERRAFORM):
            return True
        head = self.head(path)
        return any(word in head for word in TEMPLATE_WORDS)

    def is_script(self, path: str) -> bool:
        head = self.head(path).partition(b"\n")[0]
        return not PurePosixPath(path).suffix and head.startswith(b"#!") and b"python" in head

    def head(self, path: str, size: int = 1 << 16) -> bytes:
        """The beginning of a file; nothing where it is none, or cannot be read."""
        try:
            with open(self.absolute(path), "rb", opener=_plainly) as file:
                return file.read(size)
        except OSError:
            return b""

    # --- what lies below ------------------------------------------------------------------------------------------

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.absolute(folder)) as entries:
                return list(entries)
        except OSError as error:
            self.leave_out(folder, f"cannot be listed ({error.strerror})")
            return []

    def descend(self, top: str) -> None:
        """Take the candidates below a folder, each once, with the reason for all that is left out."""
        stack = [(top, self.ignores_above(top))]
        while stack:
            folder, ignores = stack.pop()
            if folder in self.visited:
                continue
            self.visited.add(folder)
            entries = self.entries(folder)
            names = {entry.name for entry in entries}
            if "pyvenv.cfg" in names and folder != top:
                self.leave_out(folder, "a virtual environment")
                continue
            ignores = self.with_ignore(folder, ignores) if ".gitignore" in names else ignores
            vendored = self.vendored(folder, names)
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and not entry.name.endswith(CANDIDATES) and not self.is_linked_folder(entry):
                    continue
                # a build's output that is read all the same, also where the project's ignore lists name it
                is_output = is_folder and _is_synthesised(entry)
                heeded = () if is_output else ignores
                reason = (
                    ("" if is_output else _unfit(entry, is_folder))
                    or self.set_aside(entry.name, vendored)
                    or self.ignored(path + "/" if is_folder else path, heeded)
                )
                if reason:
                    self.leave_out(path, reason)
                elif is_folder:
                    stack.append((path, heeded))
                else:
                    (self.python if path.endswith(PYTHON) else self.templates).add(path)

    @staticmethod
    def is_linked_folder(entry: os.DirEntry[str]) -> bool:
        if not entry.is_symlink():
            return False
        try:
            return entry.is_dir()
        except OSError:  # it leads round in a ring, or through a folder that is closed to us
            return False

    def leave_out(self, path: str, reason: str) -> None:
        shown = UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), path) or "."
        if PurePosixPath(shown).name not in UNMENTIONED:
            self.left_out.setdefault(shown, reason)

    def set_aside(self, name: str, vendored: frozenset[str]) -> str:
        """Why an entry is left out unless everything is asked for."""
        if self.everything:
            return ""
        if name in vendored or name.endswith(".dist-info"):
            return "a vendored package"
        return "a test" if name in TESTS or (name.startswith("test_") and name.endswith(PYTHON)) else ""

    def vendored(self, folder: str, names: set[str]) -> frozenset[str]:
        """The entries of a folder that were installed into it, as the `*.dist-info` folders beside them tell."""
        if self.everything:
            return frozenset()
        found: set[str] = set()
        for info in names:
            if info.endswith(".dist-info"):
                for line in self.head(join(folder, info + "/RECORD"), LARGEST).decode("utf-8", "replace").splitlines():
                    found.add(line.partition(",")[0].partition("/")[0])
                tops = self.head(join(folder, info + "/top_level.txt")).decode("utf-8", "replace").split()
                found.update(tops, [f"{top}.py" for top in tops])
        return frozenset(found)

    # --- ignore lists ---------------------------------------------------------------------------------------------

    def ignored(self, path: str, ignores: tuple[_Ignore, ...]) -> str:
        """Why patterns leave a path out. The nearest list that mentions it decides."""
        if self.excluded is not None and self.excluded.verdict(path):
            return "excluded"
        verdicts = (ignore.verdict(path) for ignore in reversed(ignores))
        return "ignored by .gitignore" if next((said for said in verdicts if said is not None), False) else ""

    def ignores_above(self, top: str) -> tuple[_Ignore, ...]:
        """The lists of the folders around `top`; none where they ignore `top`, which was asked for all the same."""
        ignores: tuple[_Ignore, ...] = ()
        for folder in reversed(list(upwards(top))[1:]):
            ignores = self.with_ignore(folder, ignores)
        return () if any(self.ignored(above + "/", ignores) for above in upwards(top) if above) else ignores

    def with_ignore(self, folder: str, ignores: tuple[_Ignore, ...]) -> tuple[_Ignore, ...]:
        if self.everything:
            return ()
        text = self.head(join(folder, ".gitignore"), LARGEST)
        if text not in self.lists:
            self.lists[text] = patterns(text.decode("utf-8", "replace").splitlines(), MOOT)
        found = self.lists[text]
        return (*ignores, _Ignore(folder, found)) if found else ignores


def _unfit(entry: os.DirEntry[str], is_folder: bool) -> str:
    """Why an entry is never taken, whatever is asked for."""
    name = entry.name
    if UNPRINTABLE.search(name):
        return "a name with control characters"
    if entry.is_symlink():
        return "a link"
    if is_folder:
        return "hidden" if name.startswith(".") else "built or installed" if name in BUILT else ""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not stat.S_ISREG(status.st_mode):
        return "no plain file"
    return f"over {LARGEST >> 20} MiB" if status.st_size > LARGEST else ""


def _is_synthesised(entry: os.DirEntry[str]) -> bool:
    """Whether a folder is what the CDK wrote an app's templates and the code of its functions into."""
    return entry.name == SYNTHESISED and os.path.isfile(os.path.join(entry.path, MANIFEST))  # noqa: PTH113, PTH118


def _plainly(path: str, flags: int) -> int:
    """Open a file, but no link, and without waiting for whoever writes to a pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
