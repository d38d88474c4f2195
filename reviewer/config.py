"""Settings: `[tool.lambda-review]` in the nearest pyproject.toml, or lambda-review.toml; which rules they turn on."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.finding import Severity
from reviewer.patterns import fault

if TYPE_CHECKING:
    from reviewer.rule import Rule

OWN = "lambda-review.toml"
SHARED = "pyproject.toml"
TABLE = "lambda-review"
MENTIONED = re.compile("lambda[-_]review")
"""What the text of a pyproject.toml has in it where a table of ours, well spelt or not, may be."""
ALL = "all"
LARGEST = 1 << 20
SEVERITIES = {severity.label: severity for severity in sorted(Severity, reverse=True)}
THRESHOLDS: dict[str, Severity | None] = {**SEVERITIES, "never": None}

Names = tuple[str, ...]


class ConfigError(Exception):
    """A setting that cannot be used; the message says which, where, and what would be near it."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one review. Names are rules, groups or "all"; patterns are relative to the root of the review.

    `min_severity` is the least that is reported, `fail_on` the least that makes the exit status 1 (None: nothing does).
    `everything` reviews all Python files, not only what ships in a function. `baseline` is a file of known findings.
    `source` is the file that the settings come from.
    """

    select: Names = ()
    ignore: Names = ()
    pedantic: bool = False
    guardrails: bool = False
    min_severity: Severity = Severity.NOTE
    fail_on: Severity | None = Severity.WARNING
    exclude: tuple[str, ...] = ()
    per_path_ignores: tuple[tuple[str, Names], ...] = ()
    everything: bool = False
    baseline: Path | None = None
    source: str = ""


def enabled(rules: Mapping[str, Rule], config: Config) -> tuple[Rule, ...]:
    """The rules that run. `ignore` beats `select`.

    Without `select`, all but the pedantic and the policy rules. A rule that is selected by its own name, or by "all",
    runs whatever it is; a group brings its policy rules along, and its pedantic ones where the settings ask for these.
    """
    ignored, selected = set(config.ignore), set(config.select)

    def runs(rule: Rule) -> bool:
        if ignored & {rule.id, rule.group, ALL}:
            return False
        if selected & {rule.id, ALL}:
            return True
        by_group = rule.group in selected
        if selected and not by_group:
            return False
        return (config.pedantic or not rule.pedantic) and (config.guardrails or by_group or not rule.policy)

    return tuple(rule for rule in rules.values() if runs(rule))


def selectable(rules: Mapping[str, Rule]) -> frozenset[str]:
    """The names that `select` and `ignore` take."""
    return frozenset((ALL, *rules, *(rule.group for rule in rules.values())))


def check_names(names: Iterable[str], known: Collection[str]) -> None:
    """Raise `ConfigError` for the first name that is no rule, no group and not "all"."""
    for name in names:
        if name not in known:
            raise ConfigError(f"`{name}` is neither a rule nor a group{nearest(name, known)}")


def check_pattern(pattern: str) -> None:
    """Raise `ConfigError` for a text that cannot serve as a path pattern."""
    if why := fault(pattern):
        raise ConfigError(f"`{pattern}` cannot serve as a path pattern: {why}")


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the known name that is most like `name`, to be put behind a message; empty where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a slip pays for it

    close = get_close_matches(name[:80].lower().replace("_", "-"), sorted(names), 1)
    return f"; the nearest is `{close[0]}`" if close else ""


def overridden(
    config: Config, *, select: Names = (), ignore: Names = (), exclude: tuple[str, ...] = (), **given: object
) -> Config:
    """The settings with those of the command line: a selection replaces the file's, the other lists add to it.

    Of `given`, None and False leave the file's setting alone.
    """
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None and value is not False}
    if "fail_on" in changes:
        changes["fail_on"] = THRESHOLDS[changes["fail_on"]]
    if "min_severity" in changes:
        changes["min_severity"] = SEVERITIES[changes["min_severity"]]
    return replace(
        config,
        select=select or config.select,
        ignore=ignore if select else (*config.ignore, *ignore),
        exclude=(*config.exclude, *exclude),
        **changes,
    )


# --- files --------------------------------------------------------------------------------------------------------


def configured(folder: Path, root: Path, known: Collection[str]) -> Config:
    """The settings of the nearest file that has any, from `folder` up to `root`; the defaults where none has.

    `known` are the names of rules and groups. Raises `ConfigError`.
    """
    for above in (folder, *folder.parents):
        for name in (OWN, SHARED):
            file = above / name
            text = _text(file) if _belongs(file, root) else ""
            if (name == OWN and text) or MENTIONED.search(text):
                config = _parsed(file, text, root, known, required=False)
                if config is not None:
                    return config
        if above == root:
            break
    return Config()


def load(file: Path, root: Path, known: Collection[str]) -> Config:
    """The settings of one file: of its table `[tool.lambda-review]` in a pyproject.toml, else of its top level."""
    if not file.is_file():
        raise ConfigError(f"{shown(file)}: no such file")
    config = _parsed(file, _text(file), root, known, required=True)
    return config if config is not None else Config()


def shown(file: Path) -> str:
    """A path as a message names it: relative to the working directory, where it lies in that, below it or above."""
    place, here = Path(os.path.abspath(file)), Path.cwd()  # noqa: PTH100 - a link is named, not followed
    is_near = place.is_relative_to(here) or here.is_relative_to(place.parent)
    return os.path.relpath(place, here) if is_near else str(file)


def _belongs(file: Path, root: Path) -> bool:
    """Is it a plain file of the tree? A link that leads out of it is not read."""
    return file.is_file() and Path(os.path.realpath(file)).is_relative_to(root)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise ConfigError(f"{shown(file)}: over {LARGEST >> 20} MiB")
        return file.read_text("utf-8-sig")  # editors on Windows put a byte order mark there
    except UnicodeDecodeError:
        raise ConfigError(f"{shown(file)}: not UTF-8, which TOML has to be") from None
    except OSError as error:
        raise ConfigError(f"{shown(file)}: {error.strerror}") from None


def _parsed(file: Path, text: str, root: Path, known: Collection[str], *, required: bool) -> Config | None:
    """The settings of a file's text; None where it is a pyproject.toml without our table and none is `required`."""
    import tomllib  # noqa: PLC0415 - most projects have no settings

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", where)
        raise ConfigError(f"{shown(file)}:{line[1] if line else text.count(chr(10)) + 1}: {what}") from None
    except RecursionError:
        raise ConfigError(f"{shown(file)}: nested too deeply") from None
    if file.name != SHARED:
        return _Reader(file, text, root, known).config(values)
    tools = values.get("tool")
    if isinstance(tools, dict) and TABLE in tools:
        header = re.search(rf"^\s*\[\s*tool\s*\.\s*[\"']?{TABLE}", text, re.MULTILINE)
        return _Reader(file, text, root, known, header.end() if header else text.find(TABLE)).config(tools[TABLE])
    _check_tables(file, text, {"": values, "tool.": tools})
    if required:
        raise ConfigError(f"{shown(file)}: no table [tool.{TABLE}]")
    return None


def _check_tables(file: Path, text: str, tables: Mapping[str, object]) -> None:
    """Raise `ConfigError` for a table that is ours but for its name."""
    for prefix, table in tables.items():
        for name in ("lambda_review", TABLE):
            if isinstance(table, dict) and isinstance(table.get(name), dict):
                line = _Reader(file, text, file.parent, ()).line(name)
                raise ConfigError(f"{shown(file)}:{line}: no table [{prefix}{name}]; the nearest is [tool.{TABLE}]")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes settings of one TOML table. `start` is the offset in the file's text where the table may begin."""

    file: Path
    text: str
    root: Path
    known: Collection[str]
    start: int = 0

    def config(self, table: object) -> Config:
        if not isinstance(table, dict):
            raise ConfigError(f"{shown(self.file)}:{self.line(TABLE)}: `{TABLE}` is no table")
        settings = {}
        for key, value in table.items():
            if key not in READERS:
                hint = f"; in {OWN} the keys stand at the top" if key == "tool" else nearest(key, READERS)
                raise ConfigError(f"{shown(self.file)}:{self.line(key)}: no setting `{key}`{hint}")
            try:
                settings[key.replace("-", "_")] = READERS[key](self, value)
            except ConfigError as error:
                raise ConfigError(f"{shown(self.file)}:{self.line(key, str(error))}: {key}: {error}") from None
        return Config(source=shown(self.file), **settings)

    def line(self, key: str, message: str = "") -> int:
        """The line of a key, or of the value below it that a message names: tomllib does not tell."""
        at = self.find(rf"(?<![\w-]){re.escape(key)}(?![\w-])(?=[\"']?\s*[=.\]])", self.start)
        named = re.search(r"`(.+?)`", message)
        if named:
            at = self.find(rf"(?<=[\"']){re.escape(named[1])}(?=[\"'])", at)
        return self.text.count("\n", 0, at) + 1

    def find(self, pattern: str, start: int) -> int:
        """The offset of the first match that is not in a comment; `start` where there is none."""
        found = re.compile(rf"^[^#\n]*?{pattern}", re.MULTILINE).search(self.text, self.text.rfind("\n", 0, start) + 1)
        return found.end() if found else start

    def names(self, value: object) -> Names:
        names = self.strings(value)
        check_names(names, self.known)
        return names

    def patterns(self, value: object) -> tuple[str, ...]:
        patterns = self.strings(value)
        for pattern in patterns:
            check_pattern(pattern)
        return tuple(map(self.anchored, patterns))

    def ignores(self, value: object) -> tuple[tuple[str, Names], ...]:
        if not isinstance(value, dict):
            raise ConfigError(f"a table of path patterns and rules is due here, not {_kind(value)}")
        return tuple((self.patterns([pattern])[0], self.names(names)) for pattern, names in value.items())

    def anchored(self, pattern: str) -> str:
        """A pattern of this file, relative to the root of the review instead of to the file's folder."""
        folder = Path(os.path.realpath(self.file.parent))
        if folder == self.root or not folder.is_relative_to(self.root):
            return pattern
        prefix = re.sub(r"([\\*?\[\]])", r"\\\1", folder.relative_to(self.root).as_posix())
        bang, rest = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
        anywhere = "" if "/" in rest.rstrip("/") else "**/"
        return f"{bang}/{prefix}/{anywhere}{rest.lstrip('/')}"

    def path(self, value: object) -> Path:
        """A file of the tree, named relative to the folder of this one."""
        folder = Path(os.path.realpath(self.file.parent))
        if not isinstance(value, str) or not value:
            raise ConfigError(f"the path of a file is due here, not {_kind(value) if value != '' else 'nothing'}")
        if not any(Path(os.path.realpath(folder / value)).is_relative_to(top) for top in (self.root, folder)):
            raise ConfigError(f"`{value}` lies outside of the reviewed tree")
        return folder / value

    def strings(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"a list of strings is due here, not {_kind(value)}")
        return tuple(value)

    def flag(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ConfigError(f"true or false is due here, not {_kind(value)}")
        return value

    def severity(self, value: object) -> Severity:
        return SEVERITIES[self.choice(value, SEVERITIES)]

    def threshold(self, value: object) -> Severity | None:
        return THRESHOLDS[self.choice(value, THRESHOLDS)]

    def choice(self, value: object, choices: Collection[str]) -> str:
        if not isinstance(value, str):
            raise ConfigError(f"a string is due here, not {_kind(value)}")
        if value not in choices:
            raise ConfigError(f"`{value}` is none of {', '.join(choices)}{nearest(value, choices)}")
        return value


def _kind(value: object) -> str:
    """What a TOML value is, in the words of TOML."""
    if isinstance(value, list):
        return "a list with other items"
    kinds = {bool: "a boolean", str: "a string", int: "a number", float: "a number", dict: "a table"}
    return kinds.get(type(value), "a date or time")


READERS: dict[str, Callable[[_Reader, object], Any]] = {
    "select": _Reader.names,
    "ignore": _Reader.names,
    "pedantic": _Reader.flag,
    "guardrails": _Reader.flag,
    "min-severity": _Reader.severity,
    "fail-on": _Reader.threshold,
    "exclude": _Reader.patterns,
    "per-path-ignores": _Reader.ignores,
    "baseline": _Reader.path,
}
"""The keys of a file. Each names the field of `Config` that it fills."""
