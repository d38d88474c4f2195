"""The command `comment`: what is asked for, from arguments and environment, handed to `reviewer.github`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer import inputs
from reviewer.discover import discover, root_of
from reviewer.inputs import InputError
from reviewer.outputs import OutputError, show
from reviewer.usage import Command, Option

if TYPE_CHECKING:
    from reviewer.config import Config
    from reviewer.discover import Tree
    from reviewer.finding import Review
    from reviewer.github.client import Client
    from reviewer.github.notes import Note
    from reviewer.github.planning import Pull
    from reviewer.rule import Rule

API = "https://api.github.com"
LARGEST = 100 << 20
"""Bytes of a SARIF log."""
PULL = "Which pull request"
REUSED = frozenset({"Which rules", "Which files", "Which findings"})
"""The sections of a review's options that this command has, too."""
LEFT = frozenset({"stdin_filename", "changed"})
"""Options in these sections that it has not: what is commented on is the whole project."""
FAILED = 2

HELP = """Show findings as comments on a pull request of GitHub.

Each finding is shown once: as a comment on its line, or in a table where the diff does not show the line. Another run
adds what is new, and deletes comments whose findings are gone, unless they have a reply.

The token is that of GITHUB_TOKEN or GH_TOKEN. Where it may not write, annotations and the job summary show the
findings."""

Reviewed = Callable[["Tree", "Config", dict[str, "Rule"], dict[str, bytes]], "Review"]
Say = Callable[[str], None]


def command(check: click.Command, reviewed: Reviewed, say: Say) -> click.Command:
    """The command. Options about rules, files and findings are those of `check`; `reviewed` makes the review."""
    shared = [each for each in check.params if getattr(each, "section", "") in REUSED and each.name not in LEFT]
    own: list[click.Parameter] = [
        click.Argument(["paths"], nargs=-1, metavar="[PATH...]"),
        Option(
            ["--repo"], section=PULL, envvar="GITHUB_REPOSITORY", metavar="OWNER/NAME", help="The repository on GitHub."
        ),
        Option(["--pr"], section=PULL, metavar="NUMBER", help="The number of the pull request."),
        Option(["--api-url"], section=PULL, envvar="GITHUB_API_URL", metavar="URL", help=f"The API. [{API}]"),
        Option(
            ["--from", "source"],
            section="Which findings",
            metavar="FILE",
            help="Take the findings from a SARIF report of lambda-review; nothing is reviewed.",
        ),
        Option(
            ["--dry-run"], section="Output", is_flag=True, help="Print the requests, one JSON object a line; send none."
        ),
    ]
    run = partial(comment, reviewed=reviewed, say=say)
    brief = "Show findings as comments on a pull request."
    return Command("comment", params=[*own, *shared], callback=run, help=HELP, short_help=brief)


def comment(
    *,
    paths: tuple[str, ...],
    repo: str | None,
    pr: str | None,
    api_url: str | None,
    source: str | None,
    dry_run: bool,
    config_file: str | None,
    cdk_out: tuple[str, ...],
    reviewed: Reviewed,
    say: Say,
    **settings: Any,
) -> int:
    """Review, or read a report; then post. The exit status is that of a review, and 2 where posting failed."""
    from reviewer.github.client import AnswerError  # noqa: PLC0415
    from reviewer.github.posting import ReadOnlyError, post, standing  # noqa: PLC0415
    from reviewer.novelty import Asked  # noqa: PLC0415
    from reviewer.rule import collect  # noqa: PLC0415

    pull, client = _pull(repo, pr), _client(api_url or API, dry_run)
    if source and paths:
        raise InputError("--from: nothing is reviewed, so that no path goes with it")
    rules = collect()
    places = inputs.places(paths or (".",), None, ())
    used = inputs.settings(places, rules, config_file, **settings)
    errors: tuple[str, ...] = ()
    if source:
        notes = _reported(source, root_of(places), used, rules)
    else:
        tree = discover(
            places, everything=used.everything, exclude=used.exclude, synthesised=inputs.synthesised(cdk_out, places)
        )
        novelty = Asked(None, None, None, None, used.baseline, is_stdin=False).checked(tree, ())
        review, _ = novelty.applied(reviewed(tree, used, rules, {}), used, rules)
        notes, errors = _found(review, rules)
    for error in errors:
        say(f"internal error: {error}")

    fails = any(used.fail_on is not None and note.severity >= used.fail_on for note in notes)
    try:
        if dry_run:
            _print(client, notes, pull, rules, standing(client, pull), complete=not errors)
        else:
            post(client, notes, pull, rules, say, complete=not errors)
    except ReadOnlyError as error:
        say(f"comments may not be written, annotations take their place ({error})")
        _fall_back(notes, rules)
    except AnswerError as error:
        if not dry_run:
            _fall_back(notes, rules)
        raise InputError(str(error)) from None
    return FAILED if errors else int(fails)


def _print(
    client: Client, notes: Sequence[Note], pull: Pull, rules: dict[str, Rule], there: Any, *, complete: bool
) -> None:
    import json  # noqa: PLC0415

    from reviewer.github.planning import plan  # noqa: PLC0415

    for request in plan(notes, there, pull, rules, complete=complete):
        shown = {"method": request.method, "url": client.url(request.path), "json": request.json}
        show(json.dumps(shown) + "\n")


def _fall_back(notes: Sequence[Note], rules: dict[str, Rule]) -> None:
    from reviewer.github.annotations import annotated, summary  # noqa: PLC0415

    show(annotated(notes, rules))
    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(summary(notes))
        except OSError as error:
            raise OutputError(f"GITHUB_STEP_SUMMARY: {error.strerror}") from None


# --- what is asked for --------------------------------------------------------------------------------------------


def _pull(repo: str | None, pr: str | None) -> Pull:
    from reviewer.github.planning import Pull  # noqa: PLC0415

    if not repo:
        raise InputError("--repo OWNER/NAME: no repository given, and no GITHUB_REPOSITORY")
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repo, re.ASCII) or repo.endswith(("/.", "/..")):
        raise InputError(f"--repo {repo}: a repository reads OWNER/NAME")
    if pr is None:
        found = re.fullmatch(r"refs/pull/(\d+)/\w+", os.environ.get("GITHUB_REF", ""))
        if not found:
            raise InputError("--pr NUMBER: no pull request given, and GITHUB_REF names none")
        pr = found[1]
    if not re.fullmatch(r"[1-9]\d{0,9}", pr, re.ASCII):
        raise InputError(f"--pr {pr}: no number of a pull request")
    return Pull(repo, int(pr))


def _client(api_url: str, dry_run: bool) -> Client:
    from reviewer.github.client import Client  # noqa: PLC0415

    token = (os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN") or "").strip()
    if not token and not dry_run:
        raise InputError("no token: GITHUB_TOKEN and GH_TOKEN are not set")
    if not re.fullmatch(r"[!-~]*", token):
        raise InputError("the token holds characters that no token has")
    try:
        return Client(api_url, token)
    except ValueError as error:
        raise InputError(f"--api-url: {error}") from None


def _found(review: Review, rules: dict[str, Rule]) -> tuple[tuple[Note, ...], tuple[str, ...]]:
    from reviewer.github.notes import of_review  # noqa: PLC0415

    return of_review(review, rules), review.errors


def _reported(file: str, root: Path, used: Config, rules: dict[str, Rule]) -> tuple[Note, ...]:
    from reviewer.github.notes import of_sarif  # noqa: PLC0415

    try:
        with Path(file).open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InputError(f"--from {file}: more than {LARGEST >> 20} MiB")
        notes = of_sarif(content.decode(), root, rules)
    except OSError as error:
        raise InputError(f"--from {file}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"--from {file}: {error}") from None
    return tuple(note for note in notes if note.severity >= used.min_severity)
