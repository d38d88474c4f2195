"""A small GitHub for tests: one pull request, its files, comments and reviews, and what may go wrong."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ME = {"login": "github-actions[bot]", "type": "Bot"}
REVIEWER = {"login": "ada", "type": "User"}
TOKEN = "ghs_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


def added(path: str, text: str, **members: object) -> dict[str, Any]:
    """A new file as the API lists it."""
    lines = text.removesuffix("\n").split("\n")
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join(f"+{line}" for line in lines)
    return {"filename": path, "status": "added", "patch": patch, **members}


class GitHub:
    """What a pull request holds, and the answers about it. `fail` holds answers (status, headers) that come first."""

    def __init__(self, files: Iterable[dict[str, Any]] = ()) -> None:
        self.files = list(files)
        self.comments: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, Any]] = []
        self.tokens: set[str] = set()
        self.fail: list[tuple[str, int, dict[str, str]]] = []
        self.refuses: set[str] = set()
        self.loses_answers = 0
        self.user: dict[str, str] | None = None
        self.ids = iter(range(1001, 100_000))
        self.base = ""

    # what tests ask

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [request for request in self.requests if request[0] != "GET"]

    def forget(self) -> None:
        self.requests.clear()

    def reply(self, comment: dict[str, Any], user: dict[str, str] = REVIEWER) -> None:
        self.comments.append(
            {"id": next(self.ids), "user": user, "body": "Good to know.", "in_reply_to_id": comment["id"]}
        )

    # what it answers

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        url = urlsplit(target)
        self.requests.append((method, url.path, body))
        for place, (asked, status, headers) in enumerate(self.fail):
            if asked == method:
                del self.fail[place]
                return status, {"message": f"failed with {status}"}, headers
        query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
        if url.path == "/user":
            return (
                (200, self.user, {}) if self.user else (403, {"message": "Resource not accessible by integration"}, {})
            )
        if found := re.fullmatch(r"/repos/o/r/pulls/7/(files|comments|reviews)", url.path):
            if method == "GET":
                return self.page(getattr(self, found[1]), query)
            if (method, found[1]) == ("POST", "reviews"):
                return self.review(body)
        if found := re.fullmatch(r"/repos/o/r/pulls/comments/(\d+)", url.path):
            return self.change(method, self.comments, int(found[1]), body)
        if found := re.fullmatch(r"/repos/o/r/pulls/7/reviews/(\d+)", url.path):
            return self.change(method, self.reviews, int(found[1]), body)
        return 404, {"message": "Not Found"}, {}

    def page(self, items: list[Any], query: dict[str, int]) -> tuple[int, Any, dict[str, str]]:
        size, page = min(query["per_page"], 100), query["page"]
        more = len(items) > size * page
        return 200, items[size * (page - 1) : size * page], {"Link": '<http://elsewhere/>; rel="next"'} if more else {}

    def review(self, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        assert body["event"] == "COMMENT" and body["body"] and len(body["body"]) <= 65_536
        for comment in body.get("comments", []):
            if not self.takes(comment):
                return 422, {"message": "Unprocessable Entity", "errors": ["Line could not be resolved"]}, {}
        number = next(self.ids)
        self.reviews.append({"id": number, "user": ME, "body": body["body"], "state": "COMMENTED"})
        for comment in body.get("comments", []):
            self.comments.append({"id": next(self.ids), "user": ME, "pull_request_review_id": number, **comment})
        if self.loses_answers:
            self.loses_answers -= 1
            return 502, {"message": "Server Error"}, {}
        return 200, self.reviews[-1], {}

    def takes(self, comment: dict[str, Any]) -> bool:
        """Are all lines of a comment in one hunk?"""
        assert (
            set(comment) <= {"path", "line", "side", "start_line", "start_side", "body"} and comment["side"] == "RIGHT"
        )
        assert len(comment["body"]) <= 65_536
        start, line = comment.get("start_line", comment["line"]), comment["line"]
        assert "start_line" not in comment or start < line
        patches = (file.get("patch", "") for file in self.files if file["filename"] == comment["path"])
        hunks = [
            range(int(c), int(c) + int(d or 1))
            for p in patches
            for c, d in re.findall(r"@@ .*?\+(\d+)(?:,(\d+))? @@", p)
        ]
        return comment["path"] not in self.refuses and any(start in hunk and line in hunk for hunk in hunks)

    def change(self, method: str, things: list[Any], number: int, body: Any) -> tuple[int, Any, dict[str, str]]:
        found = next((thing for thing in things if thing["id"] == number), None)
        if found is None:
            return 404, {"message": "Not Found"}, {}
        if method == "DELETE":
            things.remove(found)
            return 204, None, {}
        found["body"] = body["body"]
        return 200, found, {}


@contextmanager
def served(github: GitHub) -> Iterator[GitHub]:
    """The same over HTTP on this machine; `base` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            github.tokens.add(self.headers.get("Authorization", ""))
            status, said, headers = github.answer(self.command, self.path, body)
            data = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    github.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
