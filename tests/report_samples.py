"""A small reviewed application for the tests of the reporters: its files, a few rules, and what they found."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType

from reviewer.finding import Confidence, Edit, Finding, Fix, Location, Review, Severity, Step
from reviewer.rule import Report, Rule

RESIZE = '''"""Makes thumbnails."""
import boto3
import requests

s3 = boto3.client("s3")


def handler(event, context):
    key = event["Records"][0]["s3"]["object"]["key"]
    body = requests.get("https://images.example.com/" + key).content
    s3.put_object(
        Bucket=event["Records"][0]["s3"]["bucket"]["name"],
        Key="thumb-" + key,
        Body=body,
    )
    return requests.get("https://images.example.com/done").status_code
'''

TEMPLATE = """Resources:
  Uploads:
    Type: AWS::S3::Bucket
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: src/resize
      Events:
        Upload:
          Type: S3
          Properties:
            Bucket: !Ref Uploads
            Events: s3:ObjectCreated:*
"""

KEY = "AKIA" + "Q7ZT5WNXK2R4VJHD"
"""A secret of the samples, in two parts so that this file holds none. It appears in no report."""

WIDE = f'GREETING = "𝒽ällo 世界"; token = "{KEY}"; print(token)\n\tprint("世界", GREETING)\n'

FILES = {
    "src/resize/app.py": RESIZE,
    "template.yaml": TEMPLATE,
    "src/with space/grüße #1.py": WIDE,
    "src/gone.py": "",
}


def a_rule(name: str, group: str, page: str, severity: Severity, **options: object) -> Rule:
    """A rule as if it stood in a file of `group` that has `page` for a docstring."""

    def check(subject: object) -> Iterator[Report]:
        yield from ()

    check.__name__ = name.replace("-", "_")
    check.__module__ = f"sample_rules.{group}.{check.__name__}"
    sys.modules[check.__module__] = ModuleType(check.__module__, page)
    return Rule(check, object, severity, **_OPTIONS | options)  # type: ignore[arg-type]


_OPTIONS: dict[str, object] = {
    "suggest": "Adding a bound helps.",
    "cwe": None,
    "pedantic": False,
    "policy": False,
    "security": False,
}

TIMEOUT_PAGE = """An HTTP request with no timeout.

`requests` waits for ever unless told otherwise. A peer that never answers then holds the invocation until Lambda's own
timeout ends it, and each retry pays for the whole wait again.

The wait counts against concurrency as well.

## Bad
    import requests
    requests.get("https://example.com/price")  # finding

## Good
    import requests
    requests.get("https://example.com/price", timeout=2)

## References
- https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

RULES: Mapping[str, Rule] = {
    made.id: made
    for made in (
        a_rule(
            "http-without-timeout",
            "calls",
            TIMEOUT_PAGE,
            Severity.WARNING,
            suggest="Adding `timeout=` bounds the wait.",
            cwe=400,
        ),
        a_rule(
            "own-trigger-write",
            "invocation",
            """A write into the resource that triggers the function.

Each write starts the function again.

## References
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
""",
            Severity.ERROR,
            suggest="Writing to a second bucket, or a prefix filter on the trigger, ends the loop.",
        ),
        a_rule(
            "hardcoded-secret",
            "secrets",
            "A secret in the code.\n\nWhoever reads the package can use it.\n",
            Severity.ERROR,
            suggest="Reading it from Secrets Manager keeps it out of the package.",
            cwe=798,
            security=True,
        ),
        a_rule(
            "unreadable-source",
            "hygiene",
            "A file that cannot be read.\n",
            Severity.WARNING,
            suggest="Saving it as UTF-8 makes it readable.",
        ),
        a_rule("hardcoded-region", "calls", "A literal region.\n", Severity.NOTE, pedantic=True),
    )
}


def span(path: str, code: str, nth: int = 1) -> Location:
    """Where `code` stands in a sample file."""
    text = FILES[path]
    start = -1
    for _ in range(nth):
        start = text.index(code, start + 1)

    def place(offset: int) -> tuple[int, int]:
        before = text[:offset]
        return before.count("\n") + 1, offset - before.rfind("\n")

    return Location(path, *place(start), *place(start + len(code)))


GET = 'requests.get("https://images.example.com/" + key)'
PUT = RESIZE[RESIZE.index("s3.put_object") : RESIZE.index("    return")].rstrip()
APP, WIDE_PATH = "src/resize/app.py", "src/with space/grüße #1.py"

TIMEOUT = Finding(
    "http-without-timeout",
    Severity.WARNING,
    span(APP, GET),
    "`requests.get` has no timeout",
    symbol="handler",
    fixes=(
        Fix(
            "Adds `timeout=10`",
            (Edit(APP, RESIZE.index(GET) + len(GET) - 1, RESIZE.index(GET) + len(GET) - 1, ", timeout=10"),),
        ),
    ),
)
SECOND_TIMEOUT = replace(TIMEOUT, at=span(APP, "requests.get", 2), fixes=(), confidence=Confidence.MEDIUM)
LOOP = Finding(
    "own-trigger-write",
    Severity.ERROR,
    span(APP, PUT),
    "`s3.put_object` writes into the bucket whose uploads start `Resize`",
    detail="The trigger filters neither prefix nor suffix\nNo condition guards the write",
    related=(Step(span("template.yaml", "Events: s3:ObjectCreated:*"), "the trigger [`Upload`] of `Resize`"),),
    steps=(
        Step(span("template.yaml", "Upload:"), "An upload to `Uploads` starts `Resize`"),
        Step(span(APP, 's3"]["bucket"]["name"]'), "The bucket's name comes from the event"),
        Step(span(APP, PUT), "The write is an upload to `Uploads`"),
    ),
    symbol="handler",
)
SECRET = Finding(
    "hardcoded-secret",
    Severity.ERROR,
    span(WIDE_PATH, f'"{KEY}"'),
    f"`token` is an AWS access key: {KEY}",
    symbol="",
)
UNREADABLE = Finding("unreadable-source", Severity.WARNING, Location("src/gone.py", 1), "`src/gone.py` cannot be read")
OTHER = Finding("rule-of-another-version", Severity.NOTE, span(WIDE_PATH, '"世界"', 1), "A wide literal")


def review(*findings: Finding, files: Mapping[str, str | bytes] = FILES, **members: object) -> Review:
    """A review of `files` that found `findings`."""

    def contents(path: str) -> bytes:
        content = files.get(path, b"")
        return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content

    seen: dict[str, object] = {"functions": 1, "modules": 3, "templates": 1, "seconds": 0.25, "contents": contents}
    return Review("/srv/app", findings, **seen | members)  # type: ignore[arg-type]


EVERYTHING = review(TIMEOUT, SECOND_TIMEOUT, LOOP, SECRET, UNREADABLE, OTHER)
