from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.config import (
    Config,
    ConfigError,
    configured,
    enabled,
    load,
    nearest,
    overridden,
    selectable,
    shown,
)
from reviewer.finding import Severity
from reviewer.patterns import patterns
from reviewer.rule import Rule


def fake(id: str, group: str, *, pedantic: bool = False, policy: bool = False) -> Any:
    return SimpleNamespace(id=id, group=group, pedantic=pedantic, policy=policy)


RULES = cast(
    Mapping[str, Rule],
    {
        rule.id: rule
        for rule in (
            fake("http-without-timeout", "calls"),
            fake("missing-pagination", "calls"),
            fake("hardcoded-region", "calls", pedantic=True),
            fake("deprecated-runtime", "guardrails"),
            fake("unsigned-function", "guardrails", policy=True),
        )
    },
)
KNOWN = selectable(RULES)
DEFAULT = ["http-without-timeout", "missing-pagination", "deprecated-runtime"]


def running(**settings: Any) -> list[str]:
    return [rule.id for rule in enabled(RULES, Config(**settings))]


# --- which rules run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, DEFAULT),
        ({"pedantic": True}, [*DEFAULT[:2], "hardcoded-region", "deprecated-runtime"]),
        ({"guardrails": True}, [*DEFAULT, "unsigned-function"]),
        ({"select": ("all",)}, list(RULES)),
        ({"select": ("calls",)}, DEFAULT[:2]),
        ({"select": ("calls",), "pedantic": True}, [*DEFAULT[:2], "hardcoded-region"]),
        ({"select": ("guardrails",)}, ["deprecated-runtime", "unsigned-function"]),
        (
            {"select": ("hardcoded-region", "guardrails")},
            ["hardcoded-region", "deprecated-runtime", "unsigned-function"],
        ),
        ({"select": ("unsigned-function",)}, ["unsigned-function"]),
        ({"ignore": ("calls",)}, ["deprecated-runtime"]),
        ({"ignore": ("http-without-timeout",)}, DEFAULT[1:]),
        ({"ignore": ("all",)}, []),
        ({"select": ("calls",), "ignore": ("missing-pagination",)}, ["http-without-timeout"]),
        ({"select": ("missing-pagination",), "ignore": ("calls",)}, []),
    ],
)
def test_enabled(settings: dict[str, Any], expected: list[str]) -> None:
    assert running(**settings) == expected


@given(st.lists(st.sampled_from(sorted(KNOWN)), unique=True), st.lists(st.sampled_from(sorted(KNOWN)), unique=True))
def test_what_is_ignored_never_runs_and_what_is_selected_bounds_the_rest(select: list[str], ignore: list[str]) -> None:
    found = enabled(RULES, Config(select=tuple(select), ignore=tuple(ignore), pedantic=True))
    assert not any({rule.id, rule.group, "all"} & set(ignore) for rule in found)
    assert not select or "all" in select or all({rule.id, rule.group} & set(select) for rule in found)


def test_selectable_names_rules_groups_and_all() -> None:
    assert sorted(KNOWN) == sorted([*RULES, "calls", "guardrails", "all"])


# --- command line -------------------------------------------------------------------------------------------------


def test_a_selection_of_the_command_line_replaces_that_of_the_file() -> None:
    file = Config(select=("calls",), ignore=("missing-pagination",), exclude=("a",))
    changed = overridden(file, select=("missing-pagination",), exclude=("b",))
    assert (changed.select, changed.ignore, changed.exclude) == (("missing-pagination",), (), ("a", "b"))
    added = overridden(file, ignore=("deprecated-runtime",))
    assert (added.select, added.ignore) == (("calls",), ("missing-pagination", "deprecated-runtime"))


def test_what_the_command_line_leaves_open_stays() -> None:
    file = Config(pedantic=True, min_severity=Severity.WARNING, fail_on=None)
    left = overridden(file, pedantic=False, guardrails=False, everything=False, min_severity=None, fail_on=None)
    assert left == file
    changed = overridden(file, guardrails=True, everything=True, min_severity="error", fail_on="warning")
    assert (changed.pedantic, changed.guardrails, changed.everything) == (True, True, True)
    assert (changed.min_severity, changed.fail_on) == (Severity.ERROR, Severity.WARNING)
    assert overridden(changed, fail_on="never").fail_on is None


# --- files --------------------------------------------------------------------------------------------------------

FULL = """
select = ["calls", "deprecated-runtime"]
ignore = ["missing-pagination"]
pedantic = true
guardrails = true
min-severity = "warning"
fail-on = "never"
exclude = ["legacy/"]
"""
TABLE = '[{}per-path-ignores]\n"scripts/**" = ["all"]\n"*_old.py" = ["calls", "deprecated-runtime"]\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lambda-review.toml", FULL + TABLE.format("")),
        ("pyproject.toml", "[project]\nname = 'x'\n[tool.lambda-review]" + FULL + TABLE.format("tool.lambda-review.")),
    ],
)
def test_every_setting(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    expected = Config(
        select=("calls", "deprecated-runtime"),
        ignore=("missing-pagination",),
        pedantic=True,
        guardrails=True,
        min_severity=Severity.WARNING,
        fail_on=None,
        exclude=("legacy/",),
        per_path_ignores=(("scripts/**", ("all",)), ("*_old.py", ("calls", "deprecated-runtime"))),
        source=str(tmp_path / name),
    )
    assert configured(tmp_path, tmp_path, KNOWN) == expected
    assert load(tmp_path / name, tmp_path, KNOWN) == expected


def test_the_nearest_file_with_settings_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a/b/c"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.lambda-review]\npedantic = true\n")
    assert configured(inner, tmp_path, KNOWN).pedantic
    (tmp_path / "a/b/pyproject.toml").write_text("[tool.other]\n")
    assert configured(inner, tmp_path, KNOWN).pedantic, "one without our table is passed over"
    (tmp_path / "a/pyproject.toml").write_text("[tool.lambda-review]\npedantic = false\n")
    assert not configured(inner, tmp_path, KNOWN).pedantic
    (tmp_path / "a/lambda-review.toml").write_text("guardrails = true\n")
    assert configured(inner, tmp_path, KNOWN).guardrails, "our own file comes first in its folder"


def test_nothing_above_the_root_is_read(tmp_path: Path) -> None:
    (tmp_path / "lambda-review.toml").write_text("pedantic = true\n")
    (tmp_path / "root").mkdir()
    assert configured(tmp_path / "root", tmp_path / "root", KNOWN) == Config()


def test_a_broken_pyproject_that_does_not_speak_of_the_reviewer_is_none_of_its_business(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert configured(tmp_path, tmp_path, KNOWN) == Config()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lambda-review'\n")
    assert configured(tmp_path, tmp_path, KNOWN) == Config()


def test_settings_behind_a_link_or_a_pipe_are_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.toml").write_text("pedantic = true\n")
    (root / "lambda-review.toml").symlink_to(tmp_path / "outside.toml")
    os.mkfifo(root / "pyproject.toml")
    assert configured(root, root, KNOWN) == Config()


def test_patterns_of_an_inner_file_are_meant_from_there(tmp_path: Path) -> None:
    inner = tmp_path / "app [1]/x"
    inner.mkdir(parents=True)
    (inner / "lambda-review.toml").write_text('exclude = ["gen.py", "/top.py", "a/b.py", "!keep.py"]\n')
    found = patterns(configured(inner, tmp_path, KNOWN).exclude)
    assert found is not None
    tried = ["gen.py", "deep/gen.py", "top.py", "deep/top.py", "a/b.py", "deep/a/b.py"]
    assert [path for path in tried if found.verdict(f"app [1]/x/{path}")] == [
        "gen.py",
        "deep/gen.py",
        "top.py",
        "a/b.py",
    ]
    assert not any(found.verdict(path) for path in ("gen.py", "app 1/x/gen.py", "app [1]/gen.py"))
    assert found.verdict("app [1]/x/keep.py") is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["calls"]', "1: no setting `selct`; the nearest is `select`"),
        ("\n\nmin_severity = 'note'", "3: no setting `min_severity`; the nearest is `min-severity`"),
        ("zzzzzz = 1", "1: no setting `zzzzzz`"),
        ("[tool.lambda-review]", "1: no setting `tool`; in lambda-review.toml the keys stand at the top"),
        (
            'select = [\n  "calls",\n  "http-without-timout",\n]',
            "3: select: `http-without-timout` is neither a rule nor a group; the nearest is `http-without-timeout`",
        ),
        (
            'ignore = ["missing_pagination"]',
            "1: ignore: `missing_pagination` is neither a rule nor a group; the nearest is `missing-pagination`",
        ),
        ("# select = 1\nselect = 'calls'", "2: select: a list of strings is due here, not a string"),
        ("select = ['calls', 1]", "1: select: a list of strings is due here, not a list with other items"),
        ("select = 1979-05-27", "1: select: a list of strings is due here, not a date or time"),
        ("pedantic = 1", "1: pedantic: true or false is due here, not a number"),
        ("guardrails = 'yes'", "1: guardrails: true or false is due here, not a string"),
        ("min-severity = 3", "1: min-severity: a string is due here, not a number"),
        ("min-severity = 'never'", "1: min-severity: `never` is none of error, warning, note"),
        ("fail-on = 'eror'", "1: fail-on: `eror` is none of error, warning, note, never; the nearest is `error`"),
        ("exclude = ['a', '!']", "1: exclude: `!` cannot serve as a path pattern: it is no pattern"),
        (
            "exclude = ['*a*b*c*d']",
            "1: exclude: `*a*b*c*d` cannot serve as a path pattern: it has more than 3 wildcards",
        ),
        (
            "per-path-ignores = ['a']",
            "1: per-path-ignores: a table of path patterns and rules is due here, not a list with other items",
        ),
        (
            "[per-path-ignores]\n'a' = ['calls']\n'b' = 'calls'",
            "1: per-path-ignores: a list of strings is due here, not a string",
        ),
        ("[per-path-ignores]\n'a' = ['nope']", "2: per-path-ignores: `nope` is neither a rule nor a group"),
        ("select = [", "1: "),
        ("pedantic = true\npedantic = false\n", "2: "),
        ("\n\n= 1", "3: "),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "lambda-review.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        configured(tmp_path, tmp_path, KNOWN)
    assert str(raised.value).startswith(f"{file}:{said}")


@pytest.mark.parametrize(("folder", "said"), [("", "x.toml"), ("src", "../x.toml"), ("src/deep", "../../x.toml")])
def test_files_are_named_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    (tmp_path / "src/deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    assert shown(tmp_path / "x.toml") == said
    assert shown(tmp_path / "elsewhere/x.toml") == (
        "elsewhere/x.toml" if not folder else f"{tmp_path}/elsewhere/x.toml"
    )


def test_the_line_is_that_of_the_own_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "[project]\nname = 'lambda-review'\n[tool.ruff]\nselect = ['E']\n\n[tool.lambda-review]\nselect = ['E']\n"
    Path("pyproject.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:7: select: `E` is neither"):
        configured(tmp_path, tmp_path, KNOWN)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not UTF-8, which TOML has to be"),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"#" * ((1 << 20) + 1), "over 1 MiB"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "lambda-review.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        configured(tmp_path, tmp_path, KNOWN)
    assert str(raised.value) == f"{file}: {said}"


@pytest.mark.parametrize("table", ["tool.lambda_review", "lambda-review", "lambda_review"])
def test_a_table_with_a_slip_in_its_name_is_not_passed_over(tmp_path: Path, table: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[project]\nname = 'lambda_review'\n\n[{table}]\npedantic = true\n")
    with pytest.raises(ConfigError) as raised:
        configured(tmp_path, tmp_path, KNOWN)
    assert str(raised.value) == f"{file}:4: no table [{table}]; the nearest is [tool.lambda-review]"


def test_a_project_of_the_same_name_without_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lambda_review'\n[tool.x]\nlambda-review = 1\n")
    assert configured(tmp_path, tmp_path, KNOWN) == Config()


@pytest.mark.parametrize("name", ["lambda-review.toml", "pyproject.toml"])
def test_a_byte_order_mark_is_no_setting(tmp_path: Path, name: str) -> None:
    head = "[tool.lambda-review]\n" if name == "pyproject.toml" else ""
    (tmp_path / name).write_text(f"{head}pedantic = true\n", "utf-8-sig")
    assert configured(tmp_path, tmp_path, KNOWN).pedantic


def test_a_file_that_was_named_has_to_be_there_and_to_hold_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "x.toml", tmp_path, KNOWN)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(ConfigError, match=r"no table \[tool\.lambda-review\]"):
        load(tmp_path / "pyproject.toml", tmp_path, KNOWN)
    (tmp_path / "pyproject.toml").write_text("[tool]\nlambda-review = 3\n")
    with pytest.raises(ConfigError, match="2: `lambda-review` is no table"):
        load(tmp_path / "pyproject.toml", tmp_path, KNOWN)


def test_nearest() -> None:
    assert nearest("HTTP_without_timeout", RULES) == "; the nearest is `http-without-timeout`"
    assert nearest("unlike-anything", RULES) == ""
    assert nearest("x" * 1_000_000, RULES) == ""


KEYS = st.sampled_from(["select", "ignore", "pedantic", "min-severity", "exclude", "per-path-ignores", "x", '"a b"'])
VALUES = st.sampled_from(
    ["1", "true", "'calls'", "['calls']", "['nope']", "{a = ['calls']}", "{}", "[[1]]", "''", "nan"]
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4), st.text(max_size=8))
def test_any_file_gives_settings_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], rest: str
) -> None:
    file = tmp_path_factory.mktemp("settings") / "lambda-review.toml"
    file.write_text("\n".join(f"{key} = {value}" for key, value in lines) + "\n" + rest, "utf-8", "replace", "\n")
    try:
        assert isinstance(load(file, file.parent, KNOWN), Config)
    except ConfigError as error:
        assert str(error).startswith(str(file))
