"""Writes what README and `docs/rules/` say of the rules, and README's example: `python docs/generate.py`.

Run it after a rule, or what the text report looks like, has changed. A test holds the files equal to what this makes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from reviewer.rule import Rule, collect

HOME = Path(__file__).resolve().parent.parent
README = "README.md"
RULES = "docs/rules"
EXAMPLE = ("fixtures/photo-thumbnails",)
"""The arguments of README's example."""
LANGUAGES = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
DURATION = re.compile(r"(?<= in )[\d.]+(?= s\.$)", re.MULTILINE)


def pages() -> dict[str, str]:
    """The text of every generated file by its path, relative to the repository. README keeps what is not generated."""
    rules = collect()
    readme = (HOME / README).read_text("utf-8")
    parts = {"rules": table(rules), "example": example(readme)}
    return {README: filled(readme, parts)} | {f"{RULES}/{name}.md": page(rule) for name, rule in rules.items()}


def leftovers() -> list[Path]:
    """Pages of rules that are gone."""
    return sorted(file for file in (HOME / RULES).glob("*.md") if file.stem not in collect())


def filled(text: str, parts: Mapping[str, str]) -> str:
    """A text with each part put between its two marks, `<!-- generated: name -->` and `<!-- /generated -->`."""
    for name, part in parts.items():
        before, opening, rest = text.partition(f"<!-- generated: {name} -->\n")
        _, closing, after = rest.partition("<!-- /generated -->")
        if not closing:
            raise ValueError(f"no place for the part {name!r}")
        text = before + opening + part + closing + after
    return text


# --- rules --------------------------------------------------------------------------------------------------------


def table(rules: Mapping[str, Rule]) -> str:
    """One row a rule, by group."""
    head = "| group | rule | severity | what it finds |\n|---|---|---|---|\n"
    rows = (
        f"| {rule.group} | [`{rule.id}`]({RULES}/{rule.id}.md) | {severity(rule)} | {rule.title} |\n"
        for rule in sorted(rules.values(), key=lambda rule: (rule.group, rule.id))
    )
    return head + "".join(rows)


def severity(rule: Rule) -> str:
    tier = "pedantic" if rule.pedantic else "policy" if rule.policy else ""
    return f"{rule.severity.label} ({tier})" if tier else rule.severity.label


def page(rule: Rule) -> str:
    """The page of a rule: its docstring, with code blocks that name their language."""
    source = f"{rule.group}/{rule.check.__name__}.py"
    return "\n".join(
        [
            f"<!-- Generated from rules/{source} by docs/generate.py. -->",
            f"# {rule.id}",
            "",
            " · ".join(_facts(rule)),
            "",
            re.split(r"^## ", rule.page, maxsplit=1, flags=re.MULTILINE)[0].rstrip(),
            "",
            rule.suggest,
            "",
            *_example("Bad", rule),
            *_example("Good", rule),
            "## References",
            "",
            *(f"- <{url}>" for url in rule.references),
            "",
        ]
    )


def _facts(rule: Rule) -> Iterator[str]:
    yield f"**{severity(rule)}**"
    yield f"group `{rule.group}`"
    if rule.cwe is not None:
        yield f"[CWE-{rule.cwe}](https://cwe.mitre.org/data/definitions/{rule.cwe}.html)"


def _example(heading: str, rule: Rule) -> Iterator[str]:
    """The files of an example, each of which begins with its path in a comment; a module alone may go without."""
    yield from (f"## {heading}", "")
    for file in re.split(r"^(?=# \S+\.\w+$)", rule.section(heading), flags=re.MULTILINE):
        if file.strip():
            path = PurePosixPath(file.partition("\n")[0])
            yield from (f"```{LANGUAGES.get(path.suffix, 'python')}", file.rstrip(), "```", "")


# --- README's example ---------------------------------------------------------------------------------------------


def example(readme: str) -> str:
    """A command with its output. The time that it took stays as `readme` has it, where that is all that differs."""
    program = "import sys; from reviewer.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *EXAMPLE],
        cwd=HOME,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 1:
        raise ValueError(f"the example ends with status {done.returncode}, and not with findings")
    before = DURATION.search(readme)
    output = DURATION.sub(before[0], done.stdout) if before else done.stdout
    return f"```console\n$ lambda-review {' '.join(EXAMPLE)}\n{output}```\n"


def main() -> None:
    (HOME / RULES).mkdir(exist_ok=True)
    for path, text in pages().items():
        (HOME / path).write_text(text, "utf-8", newline="\n")
    for file in leftovers():
        file.unlink()


if __name__ == "__main__":
    main()
