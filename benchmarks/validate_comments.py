"""Validates what `comment` sends against GitHub's description of its API: `python benchmarks/validate_comments.py`

Puts Prism (npm `@stoplight/prism-cli`), as a proxy that turns down whatever breaks the description, before the small
GitHub of the tests. The description is npm `@octokit/openapi`, cut down to what is used, with no member allowed in a
request that it does not name. Both are put into a folder of the temporary directory, or the one that `PRISM` names,
once. So that silence means something, requests that break the description have to be turned down.

Needs npm. Prints what is wrong; the exit status is 1 if anything is, 2 where the validator cannot be had.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "tests"))

from pull_requests import TOKEN, GitHub, added, served  # noqa: E402

from reviewer.cli import main  # noqa: E402

PACKAGES = ("@stoplight/prism-cli@5", "@octokit/openapi@23")
DESCRIPTION = "node_modules/@octokit/openapi/generated/api.github.com.deref.json"
PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
USED = {
    "/user": ("get",),
    f"{PULL}/files": ("get",),
    f"{PULL}/comments": ("get",),
    f"{PULL}/reviews": ("get", "post"),
    f"{PULL}/reviews/{{review_id}}": ("put",),
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}": ("patch", "delete"),
}
HANDLER = """\
import requests


def handler(event, context):
    return requests.get("https://example.org/").text
"""
CLEAN = HANDLER.replace('example.org/"', 'example.org/", timeout=2')
TWICE = HANDLER.replace("    return", '    requests.get("https://example.com/")\n    return')
BROKEN: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/repos/o/r/pulls/7/reviews", {"event": "SHOUT", "body": "x"}),
    ("POST", "/repos/o/r/pulls/7/reviews", {"event": "COMMENT", "body": "x", "extra": 1}),
    ("POST", "/repos/o/r/pulls/7/reviews", {"event": "COMMENT", "body": "x", "comments": [{"path": "a", "line": "5"}]}),
    ("PUT", "/repos/o/r/pulls/7/reviews/1", {}),
    ("GET", "/repos/o/r/pulls/seven/files", None),
)


def installed(folder: Path) -> Path:
    """The folder with Prism and the description. Exits with 2 without npm."""
    if not (folder / DESCRIPTION).is_file():
        npm = shutil.which("npm")
        if not npm:
            sys.stderr.write("npm is not installed: the validator cannot be had.\n")
            sys.exit(2)
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "install", "--silent", "--prefix", str(folder), *PACKAGES], check=True)
    return folder


def strict(description: dict[str, Any]) -> dict[str, Any]:
    """The operations in use. Answers are the test's own, so that their form is not described."""
    paths: dict[str, Any] = {}
    for path, methods in USED.items():
        for method in methods:
            operation = description["paths"][path][method]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                close(content["schema"])
            kept = {name: operation[name] for name in ("parameters", "requestBody") if name in operation}
            paths.setdefault(path, {})[method] = {**kept, "responses": {"default": {"description": "any"}}}
    return {"openapi": "3.0.3", "info": {"title": "slice", "version": "1"}, "paths": paths}


def close(schema: dict[str, Any]) -> None:
    """Let no object of a schema have members that it does not name."""
    if schema.get("type") == "object":
        schema["additionalProperties"] = False
    for part in (*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])):
        close(part)


@contextmanager
def proxied(folder: Path, upstream: str) -> Iterator[str]:
    """Prism before an address; yields its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    slice_ = folder / "slice.json"
    slice_.write_text(json.dumps(strict(json.loads((folder / DESCRIPTION).read_text("utf-8")))), "utf-8")
    prism = folder / "node_modules/.bin/prism"
    command = [str(prism), "proxy", str(slice_), upstream, "--errors", "--port", str(port), "--verboseLevel", "error"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


# --- what happens to a pull request -------------------------------------------------------------------------------


def show(github: GitHub, files: dict[str, str], *, hidden: bool = False) -> None:
    """The pull request adds these files; where they are hidden, they are there, but its diff does not show them."""
    for old in Path().glob("*.py"):
        old.unlink()
    for path, text in files.items():
        Path(path).write_bytes(text.encode())
    github.files = [] if hidden else [added(path, text) for path, text in files.items()]


def answered(github: GitHub) -> None:
    github.reply(github.comments[0])
    show(github, {"app.py": CLEAN})


def refused(github: GitHub) -> None:
    show(github, {f"app{number}.py": HANDLER for number in range(4)})
    github.refuses = {"app2.py"}


def limited(github: GitHub) -> None:
    show(github, {"limited.py": HANDLER})
    github.fail = [("POST", 429, {"Retry-After": "1"})]


def forked(github: GitHub) -> None:
    show(github, {"forked.py": HANDLER})
    github.fail = [("POST", 403, {})]


STORY: tuple[tuple[str, Callable[[GitHub], None]], ...] = (
    ("a first run", lambda github: show(github, {"app.py": TWICE})),
    ("a repeated run", lambda github: None),
    ("one of two repeats fixed", lambda github: show(github, {"app.py": HANDLER})),
    ("an answered comment gone stale", answered),
    ("a finding off the diff", lambda github: show(github, {"other.py": HANDLER}, hidden=True)),
    ("sixty findings", lambda github: show(github, {f"app{number}.py": HANDLER for number in range(60)})),
    ("all fixed", lambda github: show(github, {"app.py": CLEAN})),
    ("a refused comment", refused),
    ("a limit", limited),
    ("CRLF", lambda github: show(github, {"crlf.py": HANDLER.replace("\n", "\r\n")})),
    ("a renamed file", lambda github: show(github, {"renamed.py": HANDLER})),
    ("a fork", forked),
)


def validated(proxy: str, github: GitHub) -> Iterator[str]:
    """What is wrong."""
    os.environ["GITHUB_TOKEN"] = TOKEN
    for name, happens in STORY:
        happens(github)
        github.forget()
        status = main(["comment", "--repo", "o/r", "--pr", "7", "--api-url", proxy])
        sent = " ".join(method for method, *_ in github.writes)
        sys.stderr.write(f"{name}: exit status {status}, {sent or 'nothing sent'}\n")
        if status not in {0, 1}:
            yield f"{name}: exit status {status}"
    for method, path, body in BROKEN:
        if (answer := asked(method, proxy + path, body)) != 422:
            yield f"a broken request was not turned down: {method} {path} {body} ({answer})"


def asked(method: str, url: str, body: Any) -> int:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            named = re.search(r"validation|UNPROCESSABLE_ENTITY", error.read().decode("utf-8", "replace"))
        return error.code if named else 0


def run() -> int:
    folder = installed(Path(os.environ.get("PRISM") or Path(tempfile.gettempdir(), "lambda-review-prism")))
    with tempfile.TemporaryDirectory() as work, served(GitHub()) as github:
        os.chdir(work)
        Path(".git").mkdir()
        with proxied(folder, github.base) as proxy:
            faults = [*validated(proxy, github)]
        os.chdir(HOME)
    for fault in faults:
        print(fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(run())
