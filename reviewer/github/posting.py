"""Brings a pull request to where it shows each finding once: read what is there, plan, send; again after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewer.github.client import AnswerError, Client
from reviewer.github.diff import changed
from reviewer.github.notes import Note
from reviewer.github.planning import Pull, Request, Standing, plan, review
from reviewer.github.rendering import further, marked
from reviewer.rule import Rule

ROUNDS = 4
"""How often it is read anew what is there, after a comment that GitHub does not take, or an answer that got lost."""


class ReadOnlyError(Exception):
    """The token may not write to the pull request, or not even read it, as that of a workflow for a fork's."""


def standing(client: Client, pull: Pull) -> Standing:
    """What is there. Raises `AnswerError`."""
    return Standing(
        files=changed(client.pages(f"{pull.path}/files")),
        comments=client.pages(f"{pull.path}/comments"),
        reviews=client.pages(f"{pull.path}/reviews"),
        me=_me(client),
    )


def _me(client: Client) -> str | None:
    """The login of the token's user; None for the token of an app, which has none to ask for."""
    try:
        return str(client.get("/user")["login"])
    except AnswerError as trouble:
        if trouble.status in {403, 404}:
            return None
        raise
    except (LookupError, TypeError):
        return None


def post(
    client: Client,
    notes: Sequence[Note],
    pull: Pull,
    rules: Mapping[str, Rule],
    say: Callable[[str], None],
    *,
    complete: bool = True,
) -> None:
    """Send what is to be sent. `say` is told what could not be edited or deleted.

    Raises `ReadOnlyError` where nothing may be written, `AnswerError` for other failures.
    """
    refused: set[str] = set()
    try:
        there = standing(client, pull)
    except AnswerError as trouble:
        if trouble.status == 403:
            raise ReadOnlyError(str(trouble)) from None
        raise
    for _ in range(ROUNDS):
        lost: AnswerError | None = None
        turned_down: set[str] = set()
        requests = plan(notes, there, pull, rules, complete=complete, refused=refused)
        try:
            turned_down = {own for request in requests for own in _sent(client, request, pull, say)}
        except AnswerError as trouble:
            if 0 < trouble.status < 500:
                raise
            lost = trouble  # it may have arrived all the same
        if not turned_down and lost is None:
            return
        refused |= turned_down
        there = replace(standing(client, pull), files=there.files)
    raise lost or AnswerError(422, "GitHub takes neither the comments nor the overview")


def _sent(client: Client, request: Request, pull: Pull, say: Callable[[str], None]) -> Iterator[str]:
    """Send one request. The fingerprints in the comments that GitHub does not take come out."""
    try:
        client.send(request.method, request.path, request.json)
    except AnswerError as trouble:
        comments = (request.json or {}).get("comments") or ()
        if trouble.status == 422 and comments:
            yield from _split(client, comments, pull, say)
        elif request.method in {"POST", "PUT"} and trouble.status in {403, 404}:
            raise ReadOnlyError(str(trouble)) from None
        elif request.method in {"PATCH", "DELETE"} and trouble.status in {403, 404, 422}:
            say(str(trouble))
        else:
            raise


def _split(
    client: Client, comments: Sequence[Mapping[str, str]], pull: Pull, say: Callable[[str], None]
) -> Iterator[str]:
    """The comments of a review that was turned down as a whole, in halves. GitHub does not say which is at fault."""
    if len(comments) == 1:
        yield from marked(comments[0]["body"])
        return
    middle = len(comments) // 2
    for half in (comments[:middle], comments[middle:]):
        yield from _sent(client, review(pull, further(len(half)), half), pull, say)
