"""Validates the reports for other programs with schemas and readers: `python benchmarks/validate_formats.py FOLDER`

Reviews FOLDER once, with a report of each format, and holds each against what reads it. Needs npm for `@actions/core`,
and `pip install xmlschema cmarkgfm sarif-tools` besides the `test` extra. Schemas are downloaded once, into a folder of
the temporary directory, or the one that `REPORT_SCHEMAS` names, which may hold them already. Prints what is wrong with
which report; the exit status is 1 if anything is.

So that silence means something, each reader is shown a report that is broken as well, and has to refuse it. SonarQube
publishes no schema: its conditions are those of its importer, as the tests of the format write them down.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.request import urlopen

import jsonschema

SCHEMAS = {
    "codeclimate.json": "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/validators/json_schemas/codeclimate.json",
    "JUnit.xsd": "https://raw.githubusercontent.com/windyroad/JUnit-Schema/master/JUnit.xsd",
    "junit-10.xsd": (
        "https://raw.githubusercontent.com/jenkinsci/xunit-plugin/master/src/main/resources/org/jenkinsci/plugins/"
        "xunit/types/model/xsd/junit-10.xsd"
    ),
}
FILES = {
    "json": "report.json",
    "gitlab": "gl-code-quality-report.json",
    "junit": "junit.xml",
    "sonar": "sonar.json",
    "github": "annotations.txt",
    "markdown": "summary.md",
    "sarif": "review.sarif",
}
ISSUE = """
import {issueCommand} from '@actions/core/lib/command.js';
import {readFileSync} from 'node:fs';
for (const [name, properties, text] of JSON.parse(readFileSync(0))) issueCommand(name, properties, text);
"""
SUMMARY = 1024 * 1024
TAGS = {"h2", "h3", "p", "strong", "a", "code", "pre", "ul", "ol", "li", "details", "summary"}

Checks = Iterator[str]
"""What is wrong with a report."""


def folder(name: str) -> Path:
    path = Path(tempfile.gettempdir(), name)
    path.mkdir(exist_ok=True)
    return path


def schema(name: str) -> Path:
    path = Path(os.environ.get("REPORT_SCHEMAS") or folder("report-schemas"), name)
    if not path.exists():
        with urlopen(SCHEMAS[name]) as answer:
            path.write_bytes(answer.read())
    return path


def gitlab(text: str, number: int) -> Checks:
    """Each member by GitLab's schema, and no fingerprint twice: GitLab keeps only one of those."""
    validator = jsonschema.Draft7Validator(json.loads(schema("codeclimate.json").read_text("utf-8")))
    found = json.loads(text)
    for member in found:
        yield from (f"{error.json_path}: {error.message}" for error in validator.iter_errors(member))
    twice = [print for print, times in Counter(member.get("fingerprint") for member in found).items() if times > 1]
    yield from (f"fingerprint {each} is there more than once" for each in twice)
    yield from counted(len(found), number)


def junit(text: str, number: int) -> Checks:
    """Both schemas; no two tests of one name."""
    import xmlschema  # noqa: PLC0415 - of this format alone

    for name in ("JUnit.xsd", "junit-10.xsd"):
        for error in xmlschema.XMLSchema(str(schema(name))).iter_errors(text):
            yield f"{name}: {error.path}: {error.reason}"
    cases = re.findall(r'<testcase name="([^"]*)" classname="([^"]*)"', text)
    yield from (f"test {each} is there more than once" for each, times in Counter(cases).items() if times > 1)
    yield from counted(text.count("<failure "), number)


def sonar(text: str, number: int) -> Checks:
    """What the importer asks for: described rules, known places."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from test_report_sonar import SCHEMA, places, selected  # noqa: PLC0415 - of this format alone

    found = json.loads(text)
    yield from (
        f"{each.json_path}: {each.message}" for each in jsonschema.Draft202012Validator(SCHEMA).iter_errors(found)
    )
    rules = Counter(rule["id"] for rule in found["rules"])
    yield from (f"rule {id} is described {rules[id]} times" for id in rules if rules[id] > 1)
    yield from (f"rule {each['ruleId']} is not described" for each in found["issues"] if each["ruleId"] not in rules)
    for place in places(found):
        try:
            selected((root() / place["filePath"]).read_bytes(), place.get("textRange", {"startLine": 1}))
        except (AssertionError, OSError) as error:
            yield f"{place['filePath']}: {place.get('textRange')}: {type(error).__name__}"
    yield from counted(len(found["issues"]), number)


def root() -> Path:
    """What the paths of the reports are relative to."""
    return next((place for place in (FOLDER, *FOLDER.parents) if (place / ".git").exists()), Path.cwd())


def github(text: str, number: int) -> Checks:
    """The runner reads a command from each line, and GitHub's own library writes the same line from what it read."""
    lines = text.splitlines()
    commands = [read(line) for line in lines]
    yield from (f"no command: {line}" for line, command in zip(lines, commands, strict=True) if not command)
    place = folder("actions-core")
    if not (place / "node_modules").exists():
        subprocess.run(
            [shutil.which("npm") or "npm", "install", "--silent", "--prefix", place, "@actions/core"], check=True
        )
    script = place / "issue.mjs"
    script.write_text(ISSUE.replace("@actions/core/", f"{place}/node_modules/@actions/core/"), "utf-8")
    written = subprocess.run(
        ["node", script], input=json.dumps(commands), capture_output=True, check=True, encoding="utf-8"
    ).stdout.splitlines()
    yield from (f"written otherwise: {line}" for line, again in zip(lines, written, strict=True) if line != again)
    yield from counted(sum(" file=" in line for line in lines), number)


def read(line: str) -> tuple[str, dict[str, str], str] | None:
    """As `ActionCommand.TryParseV2` of https://github.com/actions/runner does it."""
    found = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
    if not found:
        return None
    given = dict(pair.split("=", 1) for pair in found[2].split(","))
    return found[1], {key: unescaped(value, "\r\n:,%") for key, value in given.items()}, unescaped(found[3], "\r\n%")


def unescaped(text: str, marks: str) -> str:
    for mark in marks:
        text = text.replace(f"%{ord(mark):02X}", mark)
    return text


class Tags(HTMLParser):
    """The elements of a page, what does not close, and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.open.append(tag)
        links = {("a", "href"): "https://", ("code", "class"): "language-", ("ol", "start"): "", ("pre", "lang"): ""}
        if tag not in TAGS or not all((value or "").startswith(links.get((tag, key), "\0")) for key, value in attrs):
            self.wrong.append(f"{tag} {attrs}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")


def markdown(text: str, number: int) -> Checks:
    """GitHub's own renderer makes only the report's own elements of it, and links to rules' references alone."""
    import cmarkgfm  # noqa: PLC0415 - of this format alone
    from cmarkgfm.cmark import Options  # noqa: PLC0415

    if (size := len(text.encode())) > SUMMARY:
        yield f"{size} bytes, of {SUMMARY}"
    found = Tags(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    yield from found.wrong
    if found.seen["a"] > text.count("](<https://"):
        yield "a link that the report has not made"
    alone = len(re.findall(r"^- <code>[^\n]*\n\n|^- <code>[^\n]*\n\Z", text, re.MULTILINE))
    left_out = re.search(r"^Left out, .*?: ([\d,]+) finding", text, re.MULTILINE)
    rest = int(left_out[1].replace(",", "")) if left_out else 0
    if found.seen["details"] + rest > number or found.seen["details"] + rest + alone < number:
        yield f"{found.seen['details']} findings with details, {rest} left out, of {number}"


def sarif(text: str, number: int) -> Checks:
    """sarif-tools reads it and counts the same."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "review.sarif")
        file.write_text(text, "utf-8")
        tool = Path(sys.executable).with_name("sarif")
        done = subprocess.run([tool, "summary", file], capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        yield done.stderr.strip()
    yield from counted(
        sum(int(each) for each in re.findall(r"^(?:error|warning|note): (\d+)", done.stdout, re.MULTILINE)), number
    )


def counted(found: int, number: int) -> Checks:
    if found != number:
        yield f"{found} findings, of {number}"


CHECKS: dict[str, tuple[Callable[[str, int], Checks], Callable[[str], str]]] = {
    "gitlab": (gitlab, lambda text: text.replace('"begin": ', '"begin": "x", "b": ', 1)),
    "junit": (junit, lambda text: text.replace(' errors="0"', "", 1)),
    "sonar": (sonar, lambda text: text.replace('"startColumn": ', '"startColumn": 9', 1)),
    "github": (github, lambda text: text.replace("%3A", ":", 1)),
    "markdown": (markdown, lambda text: f"{text}\n[mail](<mailto:a@b.example>) a@b.example <b>\n"),
    "sarif": (sarif, lambda text: text[:-9]),
}
"""How the report of each format is checked, and how it is broken."""


def main() -> int:
    tool = os.environ.get("LAMBDA_REVIEW") or str(Path(sys.executable).with_name("lambda-review"))
    problems = 0
    with tempfile.TemporaryDirectory() as name:
        pairs = [each for form, file in FILES.items() for each in ("--format", form, "--output", str(Path(name, file)))]
        subprocess.run(
            [tool, FOLDER, *pairs, "--quiet", "--pedantic", "--guardrails", "--fail-on", "never"], check=True
        )
        texts = {form: Path(name, file).read_text("utf-8") for form, file in FILES.items()}
    number = len(json.loads(texts["json"])["findings"])
    for form, (check, broken) in CHECKS.items():
        wrong = [*check(texts[form], number)]
        wrong += [] if next(check(broken(texts[form]), number), "") else ["a broken report is taken as well"]
        problems += len(wrong)
        sys.stdout.writelines(f"{form}: {each}\n" for each in wrong)
        sys.stdout.write(f"{form}: {number} findings, {len(texts[form].encode()):,} bytes, {len(wrong)} problems.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    FOLDER = Path(sys.argv[1]).resolve()
    sys.exit(main())
