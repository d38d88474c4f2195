"""Any bytes as source: the review says something or nothing, and never breaks."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewing import FIXTURES, review_files

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      Environment: {Variables: {BUCKET: !Ref Bucket, TABLE: orders}}
      Events:
        Put: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}
"""
REAL = [file.read_bytes() for file in sorted(FIXTURES.rglob("*.py"))]
assert len(REAL) > 50

PIECES = [
    *(b"( ) [ ] { } : , . ; = == -> := * ** / // % @ @= ~ not and or in is None True ... _ \\ \\\n".split(b" ")),
    *(b"def class lambda return yield await async with for while if elif else try except finally raise".split()),
    *(b"import from as global nonlocal del pass break continue match case type assert".split()),
    *(b"event context handler boto3 os.environ self super() client( put_object(Bucket= Key= [0] ['Records']".split()),
    *(b"' \" ''' f' f\"{ {x!r:>{ r' b' 'a' 'b 1 0x 1e9 1j 1_0".split(b" ")),
    b"\n", b"\r\n", b"\r", b"\t", b"    ", b" ", b"\x0c", b"#", b"# lambda-review: ignore", b"# coding: latin-1\n",
    b"\0", b"\xef\xbb\xbf", b"\xff", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b"\xe2\x80\xa8", b"\\u0000", b"\\N{", b"%s{}",
]  # fmt: skip
piece = st.sampled_from(PIECES)
few = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def reviewed(source: bytes) -> None:
    """Review a source as the handler of a template, and beside a handler that imports it."""
    beside = b"from app import *\nimport app\n\ndef handler(event, context):\n    return app.handler(event, context)\n"
    review = review_files({"template.yaml": TEMPLATE, "app.py": source, "beside.py": beside})
    assert review.errors == ()
    lines = len(re.split(rb"\r\n|\r|\n", source))
    for found in review.findings:
        at = found.at
        assert at.path in {"app.py", "beside.py", "template.yaml"}
        assert 1 <= at.line <= at.end_line
        assert at.column >= 1
        assert at.path != "app.py" or at.end_line <= lines


@few
@given(st.binary(max_size=200))
def test_any_bytes(source: bytes) -> None:
    reviewed(source)


@few
@given(st.lists(piece, max_size=60).map(b"".join))
def test_any_pieces_of_python(source: bytes) -> None:
    reviewed(source)


@few
@given(st.lists(piece, max_size=20).map(b" ".join))
def test_any_pieces_inside_of_a_handler(source: bytes) -> None:
    body = source.replace(b"\n", b"\n    ")
    reviewed(b"import os\nimport boto3\ns3 = boto3.client('s3')\ndef handler(event, context):\n    " + body + b"\n")


LINES = [line for source in REAL for line in source.splitlines(keepends=True) if line.strip()]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real source with some of it replaced, removed, repeated or moved."""
    source = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted(draw(st.integers(0, len(source))) for _ in range(2))
        last = min(last, first + draw(st.sampled_from((0, 1, 3, 10, 100))))
        other = draw(st.integers(0, len(source)))
        made = draw(
            st.one_of(piece, st.just(b""), st.sampled_from((source[first:last] * 2, source[other : other + 40])))
        )
        source = source[:first] + made + source[last:]
    return source


@few
@given(mutated())
def test_mutated_sources(source: bytes) -> None:
    reviewed(source)


@st.composite
def shuffled(draw: st.DrawFn) -> bytes:
    """A real source whose lines were removed, repeated, or mixed with those of others: it often parses."""
    lines = draw(st.sampled_from(REAL)).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines)))
        here = lines[at][: -len(lines[at].lstrip())] if at < len(lines) else b""
        new = here + draw(st.sampled_from(LINES)).lstrip()
        lines[at : at + draw(st.integers(0, 2))] = draw(st.sampled_from(([], [new], [new, new])))
    return b"".join(lines)


@few
@given(shuffled())
def test_shuffled_sources(source: bytes) -> None:
    reviewed(source)


RENAMED = (
    b"event",
    b"boto3",
    b"os",
    b"self",
    b"handler",
    b"context",
    b"json",
    b"client",
    b"key",
    b"return",
    b"=",
    b"in",
)


@few
@given(st.sampled_from(REAL), st.sampled_from(RENAMED), st.sampled_from(RENAMED))
def test_sources_with_one_name_for_another(source: bytes, old: bytes, new: bytes) -> None:
    reviewed(source.replace(old, new))
