"""Masking: what reports show of a line with a secret, and what any text does to the search."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from html import unescape

import pytest
from credential_samples import EACH_FORMAT, FORMATS, PLACEHOLDERS, RANDOM, REFERENCES, SECRET_NAMES, pieces, secret_of
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import credentials
from reviewer.aws import secrets as known
from reviewer.credentials import (
    entropy,
    find,
    handed,
    is_placeholder,
    masked,
    named,
    template_parameter_is_secret,
)
from reviewer.finding import Finding, Location, Review, Severity, Step
from reviewer.report import FORMATS as REPORTS
from reviewer.report import render

# --- masking --------------------------------------------------------------------------------------------------------

LINES = (
    "{}",
    'value = "{}"',
    "    Default: {}",
    'connect("db", "{}")  # why',
    '{{"a": 1, "b": "{}", "c": 2}}',
    "`{}` is bound to `token`",
    'text = "{{\\"k\\": \\"{}\\"}}"',
)
BINDINGS = (
    '{name} = "{text}"',
    "{name}: '{text}',",
    "{name}: {text}",
    "{name}={text}",
    '"{name}": "{text}"',
    '{name}: str = "{text}"',
    'f(host="db", {name}="{text}", port=1)',
    'os.environ["{name}"] = "{text}"',
    'os.environ.get("{name}", "{text}")',
    "if {name} == '{text}':",
    '{{\\"{name}\\": \\"{text}\\"}}',
)


@EACH_FORMAT
@pytest.mark.parametrize("line", LINES)
def test_masking_a_known_format(form: known.Format, line: str) -> None:
    shown = masked(line.format(form.example.replace("\n", "\\n")))
    assert [piece for piece in pieces(secret_of(form)) if piece in shown] == []
    assert "…" in shown
    assert masked(shown) == shown


@pytest.mark.parametrize("binding", BINDINGS)
@given(name=st.sampled_from(["password", "api_key", "STRIPE_SECRET", "token"]), text=st.sampled_from(RANDOM))
def test_masking_a_named_secret(binding: str, name: str, text: str) -> None:
    line = binding.format(name=name, text=text)
    shown = masked(line)
    assert shown == line.replace(text, text[:4] + "…")
    assert masked(shown) == shown


@settings(deadline=None)
@given(
    st.sampled_from(BINDINGS),
    st.sampled_from(SECRET_NAMES),
    st.text("ABCDEFGHabcdefgh0123456789-_+/!#", min_size=8, max_size=40),
)
def test_what_named_sees_is_masked(binding: str, name: str, text: str) -> None:
    line = binding.format(name=name, text=text)
    if named(name, text) is not None:
        shown = masked(line)
        assert [piece for piece in pieces(text) if piece in shown] == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password: abc123", "password: ab…"),
        ('"token": "9f2Lq7XvB4tKw8Zr1MnY6pHs"', '"token": "9f2L…"'),
        ('U = "redis://:Vq8-kLm2_xTn5@cache.internal"', 'U = "redis://:Vq8-…@cache.internal"'),
        ('password="sunshine and rain"', 'password="sunshine and rain"'),
        ("Default: hT7-vQz2-Lm9x  # why", "Default: hT7-…  # why"),
        ('jwt.encode(claims, "mP3vXz81QeRt0LkUwYh7")', 'jwt.encode(claims, "mP3v…")'),
    ],
)
def test_masked_lines(line: str, shown: str) -> None:
    assert masked(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "password = get_password(user)",
        'token = event["token"]',
        "api_key=api_key,",
        'f"token={token}"',
        "def login(password: str, token: Token) -> None:",
        'SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf"',
        "Type: AWS::ElasticLoadBalancingV2::TargetGroup",
        "Runtime: python3.13",
        'modelId = "anthropic.claude-3-5-sonnet-20241022-v2:0"',
        'raise ValueError("the password has to have 12 characters")',
        "`api_key` is bound to a literal secret",
    ],
)
def test_lines_that_hold_no_secret_stay_as_they_are(line: str) -> None:
    assert masked(line) == line


def test_the_lines_of_a_private_key_go_whole() -> None:
    body = "7Qsynth3T1cV4lue8Zx2mK5pN0tR3al6Wb9yH4cV8uJ1sD3gF6tL0oP5iR2eW7qA"
    assert masked(body) == "…"
    assert masked(f'    "{body}\\n"') == '    "…\\n"'
    begin, end = "-----BEGIN EC PRIVATE" + " KEY-----", "-----END EC PRIVATE" + " KEY-----"
    assert masked(f"{begin}\n{body}\n{body[:30]}\n{end}") == f"{begin}\n…{end}"
    assert masked(f'K = "{begin}\\n{body}\\n{end}"') == f'K = "{begin}\\n…{end}"'
    assert masked("QeRt0LkUwYh7mP3v==", strictly=True) == "…"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('connect("db", "shop", "sunshine")', 'connect("db", "s…", "su…")'),
        ("    Default: correct horse battery  # why", "    Default: corr…  # why"),
        ("password: sunshine", "password: su…"),
        ('default = "all my rain"', 'default = "all…"'),
        ("psycopg2.connect(host, user, word)", "psycopg2.connect(host, user, word)"),
    ],
)
def test_strictly_masked_lines(line: str, shown: str) -> None:
    assert masked(line, strictly=True) == shown
    assert masked(shown, strictly=True) == shown


def test_a_long_text_is_cut_rather_than_shown_unread() -> None:
    shown = masked("a " * credentials.LONGEST + RANDOM[0])
    assert len(shown) == credentials.LONGEST + 1


# --- reports --------------------------------------------------------------------------------------------------------


@EACH_FORMAT
@pytest.mark.parametrize("format", REPORTS)
def test_no_report_shows_a_credential(form: known.Format, format: str) -> None:
    """Neither in what rules say of the code nor in the code, however a format writes its characters."""
    at, quoted = Location("app.py", 1, 1, 1, 6), form.example.replace("\n", "\\n")
    found = Finding(
        "a-rule", Severity.ERROR, at, quoted, quoted, related=(Step(at, quoted),), steps=(Step(at, quoted),)
    )
    reviewed = Review("/srv/app", (found,), errors=(quoted,), contents=lambda _: f'value = "{quoted}"\n'.encode())
    options = {"color": False, "links": False, "width": 400} if format == "text" else {}
    shown = unescape(render(format, reviewed, {}, **options).replace("<!-- -->", ""))
    always = render(format, replace(reviewed, findings=(), errors=()), {}, **options)
    assert [piece for piece in pieces(secret_of(form)) if piece in shown and piece not in always] == []
    assert "…" in shown


# --- any text -------------------------------------------------------------------------------------------------------

SNIPPETS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(RANDOM + PLACEHOLDERS + REFERENCES + SECRET_NAMES),
    st.sampled_from([form.example for form in FORMATS]),
    st.sampled_from(
        ['"', "'", ": ", " = ", "\n", "\\", "://", "@", "…", ",", "[", "]", "{", "}", "(", ")", "=", ":", " "]
    ),
)
ANY_TEXT = st.lists(SNIPPETS, max_size=12).map("".join)


@settings(deadline=None)
@given(ANY_TEXT, st.booleans())
def test_masking_twice_is_masking_once(text: str, strictly: bool) -> None:
    once = masked(text, strictly=strictly)
    assert masked(once, strictly=strictly) == once


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_answered(name: str, text: str) -> None:
    found = [find(text), named(name, text), handed("jwt.encode", 1, text, name)]
    assert all(0 <= secret.start < secret.end <= len(text) for secret in found if secret)
    assert 0 <= entropy(text) <= 8
    assert isinstance(is_placeholder(text), bool)
    assert isinstance(template_parameter_is_secret(name, text), bool)


@pytest.mark.parametrize(
    "part", ["eyJ", "-eyJ", 'a="', "a: ", "password=", "http://a:", "<", "a(", "\n", "token", '\\"', "x/"]
)
def test_no_text_makes_it_hang(part: str) -> None:
    text = part * (credentials.LONGEST // len(part)) + " .eyJ ://"
    assert find(text) is None
    assert masked(masked(text)) == masked(text)


def test_the_table_is_read_on_first_use() -> None:
    code = "import sys, reviewer.credentials; sys.exit('tomllib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
