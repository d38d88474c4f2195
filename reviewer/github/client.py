"""GitHub's REST API over the standard library: pages, limits, and errors in one line without the token.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from reviewer.report import product
from reviewer.report.terminal import visible

VERSION = "2022-11-28"
PAGE = 100
MOST_PAGES = 100
"""Pages of one list: GitHub lists 3,000 files at most, in 30."""
TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds between two tries. A limit that asks for more ends the run."""
PATIENCE = 300.0
"""Seconds that all waits take together."""
TIMEOUT = 30.0
LARGEST = 64 << 20
"""Bytes of an answer."""
UNHURRIED = 60
"""Requests that change something before they go out one a second: GitHub takes 80 a minute."""

LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")


class AnswerError(Exception):
    """An answer that is no success, in one line. `status` is that of HTTP, 0 where there was no answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for one host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Client:
    """Reads and writes below one address.

    Raises `AnswerError` for what is no success once waiting is of no use, `ValueError` where the address is none.
    """

    def __init__(
        self,
        base: str,
        token: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(base)
        is_local = LOOPBACK.fullmatch(parts.hostname or "") is not None
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
            raise ValueError("an address that begins with `https://` is needed")
        if not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("no address of an API")
        self.base, self._token, self._sleep, self._clock = base.rstrip("/"), token, sleep, clock
        proxies = [urllib.request.ProxyHandler({})] if is_local else []
        self._opener = urllib.request.build_opener(_NoRedirects, *proxies)
        self._waited, self._written = 0.0, 0

    def url(self, path: str) -> str:
        return self.base + path

    def get(self, path: str) -> Any:
        return self._asked("GET", path, None)[0]

    def pages(self, path: str) -> list[dict[str, Any]]:
        """All that a list holds."""
        found: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            items, headers = self._asked("GET", f"{path}?per_page={PAGE}&page={page}", None)
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise AnswerError(0, f"{self.url(path)}: the answer is no list")
            found += items
            if len(items) < PAGE and 'rel="next"' not in headers.get("link", ""):
                break
        return found

    def send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """Send what changes something. It is sent again only where GitHub says that it was not taken."""
        self._written += 1
        if self._written > UNHURRIED:
            self._sleep(1.0)
        return self._asked(method, path, body)[0]

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[Any, Mapping[str, str]]:
        number = 0
        while True:
            status, text, headers = self._answer(method, path, body)
            if 200 <= status < 300:
                return _parsed(text), headers
            trouble = AnswerError(status, self._said(method, path, status, text))
            number += 1
            wait = self._wait(status, text, headers, number, repeatable=method == "GET")
            if wait is None or number == TRIES or wait > LONGEST_WAIT or self._waited + wait > PATIENCE:
                raise trouble
            self._waited += wait
            self._sleep(wait)

    def _wait(
        self, status: int, text: str, headers: Mapping[str, str], number: int, *, repeatable: bool
    ) -> float | None:
        """Seconds before the next try; None where there is none.

        https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
        """
        after, left = headers.get("retry-after", ""), headers.get("x-ratelimit-remaining", "")
        if status in {403, 429} and (after or left == "0" or status == 429 or "rate limit" in text.lower()):
            if after.isdecimal():
                return float(after)
            reset = headers.get("x-ratelimit-reset", "")
            if left == "0" and reset.isdecimal():
                return max(1.0, float(reset) - self._clock())
            return 60.0
        return float(2 ** (number - 1)) if repeatable and (status == 0 or status >= 500) else None

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, str, Mapping[str, str]]:
        headers = {
            "Accept": "application/vnd.github+json",
            "User-Agent": product.NAME,
            "X-GitHub-Api-Version": VERSION,
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode("ascii")
        request = urllib.request.Request(self.url(path), data, headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, _read(answer), _lowered(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error), _lowered(error.headers)
        except (OSError, HTTPException, ValueError) as error:
            return 0, str(getattr(error, "reason", "") or error), {}

    def _said(self, method: str, path: str, status: int, text: str) -> str:
        try:
            answer = json.loads(text)
            reason = str(answer["message"]) + "".join(f"; {each}" for each in (answer.get("errors") or ())[:3])
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            reason = text[:200] or "no reason given"
        if self._token:
            reason = reason.replace(self._token, "…")
        return visible(f"{method} {self.url(path)}: {f'{status} ' if status else ''}{reason[:500]}")


def _read(answer: IO[bytes]) -> str:
    return answer.read(LARGEST).decode("utf-8", "replace")


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _parsed(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        raise AnswerError(0, "the answer is no JSON") from None
