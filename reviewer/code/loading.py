"""The sources of the modules: each parsed once, its tree kept for as long as its places may be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer.code.facts import Module
from reviewer.code.source import Source, Unreadable
from reviewer.finding import Location

if TYPE_CHECKING:
    import libcst

    from reviewer.code.positions import Spans

MOST_KEPT = 1_000_000
"""Characters of source whose trees are kept until their places have been asked for: some 200 MB."""


class Sources(dict[str, Source]):
    """The sources of a project by path, as they are loaded. `read` gives the bytes of a file of the tree."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        super().__init__()
        self.read = read
        self.inline: dict[str, Source] = {}
        """Code that stands in templates, by the path that it goes by."""
        self.problems: dict[str, tuple[Location, str]] = {}
        """Modules that cannot be read: where, and why."""
        self._spans: dict[str, Spans] = {}
        self._trees: dict[str, libcst.Module] = {}
        self._kept = 0

    def load(self, path: str) -> Module | None:
        """The facts of a module; None where it cannot be read, which is a problem."""
        from reviewer.code.extract import extract  # noqa: PLC0415 - brings libcst, which a run without code does not need

        try:
            source = self[path] = self.inline[path] if path in self.inline else Source.decode(path, self.read(path))
            tree = source.tree()
            if self._kept < MOST_KEPT:
                self._trees[path] = tree
                self._kept += len(source.text)
            return extract(source, tree)
        except Unreadable as problem:
            at = Location(path, problem.line, problem.column)
            if path in self.inline:
                at = self.inline[path].place(problem.line, problem.column, problem.line, problem.column)
            self.problems[path] = (at, problem.message)
        except OSError as problem:
            self.problems[path] = (Location(path, 1), problem.strerror or "cannot be read")
        return None

    def span(self, path: str, node: int) -> tuple[int, int]:
        """The offsets of a node. Parses a module again whose tree was not kept: most modules have no findings."""
        if path not in self._spans:
            from reviewer.code.positions import Spans  # noqa: PLC0415 - as above

            source, kept = self[path], self._trees.pop(path, None)
            self._kept -= len(source.text) if kept is not None else 0
            self._spans[path] = Spans(kept if kept is not None else source.tree(), source.code)
        return self._spans[path][node]
