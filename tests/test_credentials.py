"""Credentials: known formats, names, arguments, and that masking gives nothing away."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import credentials
from reviewer.aws import secrets as known
from reviewer.credentials import (
    entropy,
    find,
    handed,
    is_access_key_id,
    is_placeholder,
    is_secret_access_key,
    masked,
    named,
    secret_arguments,
    template_parameter_is_secret,
)

FORMATS = known.formats()
TABLE = Path(known.__file__).with_suffix(".toml").read_text("utf-8")
EACH_FORMAT = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)

RANDOM = (
    "9f2Lq7XvB4tKw8Zr1MnY6pHs",
    "hT7-vQz2-Lm9x",
    "Vq8-kLm2_xTn5",
    "w8Kq2ZtY7pLx0Vb4RnC6",
    "mP3vXz81QeRt0LkUwYh7",
    "zR4-tKp8-Wn3c",
    "5vY8q2LxT0mBz7RkW4nE",
    "not-forty-long-0Vq8kLm2xTn5Rb7Wz3Yc1",
    "4c9a1e7b3d5f8206" * 2,
    "4C9A1E7B3D5F8206B7E1C4A9D2F80635",
)
SECRET_NAMES = (
    *("secret", "password", "DB_PASSWORD", "api_key", "apiKey", "API-KEY", "stripeSecret", "webhook_secret", "token"),
    *(
        "client_secret",
        "signing_key",
        "encryption_key",
        "private_key",
        "jwt_secret",
        "auth",
        "x-api-key",
        "credentials",
    ),
    *("aws_secret_access_key", "AWSSecretAccessKey", "dbpassword", "accesstoken", "stripe.api_key", "SMTP_PASS"),
    *("TOKEN_PROD", "password2", "user_password", "OAuthToken", "SSHPrivateKey", "license_key"),
)
OTHER_NAMES = (
    *(
        "SECRET_NAME",
        "SECRET_ARN",
        "SECRET_ID",
        "aws_access_key_id",
        "TOKEN_PATH",
        "token_file",
        "TOKEN_URL",
        "authUri",
    ),
    *(
        "password_field",
        "auth_header",
        "token_type",
        "TokenTtl",
        "PASSWORD_MIN_LENGTH",
        "token_expiry",
        "secretVariable",
    ),
    *("PasswordParameterName", "key", "KEY", "token_prefix", "password_regex", "PasswordPolicy", "password_label"),
    *("next_token", "csrf_token_name", "csrfToken", "public_key", "partition_key", "sort_key", "primary_key"),
    *("foreign_key", "key_schema", "pagination", "NextContinuationToken", "max_tokens", "idempotency_token", "S3Key"),
    *(
        "password_hash",
        "encrypted_password",
        "TEST_PASSWORD",
        "fake_token",
        "secretsmanager",
        "author",
        "monkey",
        "",
        "7",
    ),
)
REFERENCES = (
    *("changeme", "NextToken", "prod/webhook/secret", "BILLING_DB_PASSWORD", "3600", "12", "/my/param1", "./key1.pem"),
    "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
    "https://login.example.com/oauth2/token",
    *("prod/shop/stripe", "MyApp/prod/db-AbCdEf", "my-secret-v2", "rds!db-1a2b3c4d-aaaa", "DbPasswordSecret4F2A9C1B"),
    *("alias/app1key", "vpc-0a1b2c3d4e5f6a7b8", "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d", "2024-01-15T10:30:45Z"),
    *("application/json", "db1.internal.acme.com", "signing_key1.pem", "ops1@acme.com", "10.0.12.34", "1.24.3-rc1"),
    *("caching_sha2_password", "AES-256-GCM", "AWS4-HMAC-SHA256", r"^[A-Za-z0-9]{20,64}$", r"\d{4}-\w+token9"),
    *("the 1st password of 2024", "secretsmanager:GetSecretValue", "sha256-" + "4c9a1e7b3d5f8206" * 4),
    "$2b$12$" + "Vq8kLm2xTn5Rb7Wz3Yc1",
    "sk_" + "test_" + "9f2Lq7XvB4tKw8Zr1MnY6pHs",
    "pk_" + "live_" + "9f2Lq7XvB4tKw8Zr1MnY6pHs",
)
PLACEHOLDERS = (
    *("<your-api-key>", "<TOKEN>", "<<Enter your APIKeyValue>>", "xxxxxxxx", "XXXX-XXXX-XXXX", "********", "........"),
    *("changeme", "CHANGE_ME", "ChangeMe123!", "YOUR_API_KEY", "your-secret-here", "YOUR-TWILIO-AUTH-TOKEN-HERE"),
    *(
        "REPLACE_ME",
        "REPLACE-WITH-YOUR-SECRET-HERE",
        "TODO",
        "FIXME",
        "dummy",
        "dummy-token-1",
        "test",
        "test-token-123",
    ),
    *(
        "TestPassword123!",
        "password",
        "Password1",
        "P@ssw0rd!",
        "P@$$w0rd",
        "secret",
        "my-super-secret-token",
        "foobar1",
    ),
    *("example", "KEYEXAMPLE1234", "AKIA" + "IOSFODNN7EXAMPLE", "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY"),
    *(
        "${VAR}",
        "${self:custom.KEY1}",
        "$DB_PASSWORD",
        "{{resolve:ssm:/db/1}}",
        "%(password)s",
        "%s",
        "{name}",
        "%KEY1%",
    ),
    *(
        "{{ db.password }}",
        "<%= key %>",
        "12345678",
        "abc123",
        "abcdefgh12345678",
        "1234567890",
        "aaaaaaaa",
        "",
        "sk-...",
    ),
    *(
        "00000000-0000-0000-0000-000000000000",
        "ABCDEFGHIJKLMNOPQR12",
        "get_secret()",
        "placeholder9f2Lq7Xv",
        "not-a-secret",
    ),
)


def pieces(secret: str, size: int = 5) -> set[str]:
    """All runs of five characters: one of them in a text is more of a secret than may be shown."""
    return {secret[i : i + size] for i in range(len(secret) - size + 1)}


def secret_of(form: known.Format) -> str:
    found = find(form.example)
    assert found is not None
    return form.example[found.start : found.end]


# --- known formats --------------------------------------------------------------------------------------------------


@EACH_FORMAT
def test_a_format_is_complete(form: known.Format) -> None:
    found = find(form.example)
    assert found is not None
    assert (found.kind, found.title) == (form.id, form.title)
    assert form.source.startswith("https://")
    assert any(keyword in form.example for keyword in form.keywords)
    assert len(form.example) >= credentials.SHORTEST
    assert re.compile(form.pattern).groups == 0 or "secret" in re.compile(form.pattern).groupindex


def test_there_are_forty_formats_and_each_has_its_own_name() -> None:
    assert len({form.id for form in FORMATS}) == len(FORMATS) >= 40


def test_the_table_holds_no_text_that_a_scanner_reports() -> None:
    """Examples and documented keys are written in pieces, so that hosts that refuse secrets accept this repository."""
    here = Path(__file__).read_text("utf-8")
    assert not [form.id for form in FORMATS if form.example in TABLE + here]
    assert not [key for key in known.documented() if key in TABLE + here]
    assert not [line for line in TABLE.splitlines() if find(line)]
    kinds = {found.kind for line in here.splitlines() if (found := find(line))}
    assert kinds == {"url-password", "connection-string-password"}


@EACH_FORMAT
@pytest.mark.parametrize("around", ["{}", "x {} y", "KEY={}", '{{"k": "{}"}}', "\n{}\n", "( {} )", "'{}',"])
def test_a_format_is_found_inside_a_text(form: known.Format, around: str) -> None:
    found = find(around.format(form.example))
    assert found is not None
    assert found.kind == form.id


@EACH_FORMAT
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_format_whose_secret_is_a_placeholder_is_none(form: known.Format, data: st.DataObject) -> None:
    secret = secret_of(form)
    filler = data.draw(st.sampled_from("xX*0.#"))
    assert find(form.example.replace(secret, filler * len(secret))) is None
    if not form.words:
        kept = next((keyword for keyword in form.keywords if secret.startswith(keyword)), "")
        assert find(form.example.replace(secret, (kept + "your-secret-token-" * 20)[: len(secret)])) is None


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://user:password@db.internal/x",
        "postgresql://billing:${DB_PASSWORD}@replica.internal.example.com/billing",
        "postgresql://billing:{password}@db.internal/billing",
        "postgresql://%s:%s@%s/billing",
        "https://<user>:<password>@host",
        "postgresql://shop:Vq8-kLm2_xTn5@localhost:5432/shop",
        "redis://:Vq8-kLm2_xTn5@127.0.0.1:6379/0",
        "amqp://guest:guest@broker:5672",
        "postgres://postgres:postgres@db:5432/x",
        "mysql://root:123456@db/x",
        "redis://:REDIS_PASSWORD@cache:6379",
        "awssqs://key_id:secret%2B%2Faccess@sqs.eu-west-1.amazonaws.com/x",
        "https://example.com:8080/a@b",
        "s3://bucket/key:part@2",
        "https://acme.com/oauth?redirect=https://x.acme.com:443/@me",
        "host=localhost password=password",
        "password=Vq8-kLm2_xTn5",  # what is it the password of
        "connect(host=host, password=db_password, user=user)",
        "Authorization: Bearer <token>",
        "Bearer error-description-of-this-answer",
        "Bearer test-token-123",
        "Basic authentication is needed",
        "Basic " + base64.b64encode(b"user:password").decode(),
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED " + "PRIVATE KEY-----\n" + "4c9a1e7b3d5f8206" * 4,
        "-----BEGIN PUBLIC KEY-----\n" + "4c9a1e7b3d5f8206" * 4,
        "xoxb-ENTER YOUR BOT'S ACCESS TOKEN HERE",
        "AIzaXXXX",
        "ghp_short",
        "risk-management-of-a-task-that-is-longer-than-forty-eight-characters",
    ],
)
def test_no_known_format(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("key", sorted(known.documented()), ids=range(len(known.documented())))
def test_a_documented_key_is_no_secret(key: str) -> None:
    assert is_placeholder(key)
    assert find(key) is None
    assert find(f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};") is None
    assert named("secret_key", key) is None


def test_weak_passwords_of_known_places_are_found() -> None:
    assert find("mongodb+srv://admin:" + "sunshine@shop.mongodb.net/x") is not None
    assert find("Server=db;Database=shop;User Id=shop;Password=sunshine;") is not None
    assert find("Basic " + base64.b64encode(b"shop:sunshine").decode()) is not None


def test_where_the_secret_lies() -> None:
    text = "postgresql://shop:Vq8-kLm2_xTn5@db.shop.internal/shop"
    found = find(text)
    assert found is not None
    assert text[found.start : found.end] == "Vq8-kLm2_xTn5"
    assert "Vq8" not in repr(found)


def test_aws_keys() -> None:
    assert is_access_key_id("AKIA" + "0189FAKE0KEY0018")
    assert is_access_key_id("ASIA" + "7QSYNTH3T1CV4LUE")
    assert not is_access_key_id("AKIA")
    assert not is_access_key_id("AROA" + "0189FAKE0KEY0018")
    assert is_secret_access_key("Vq8/kLm2xTn5Rb7Wz3Yc1+Pd6Hs0Jf4Gt9Ae2Uy8")
    assert not is_secret_access_key("4c9a1e7b3d5f82064c9a1e7b3d5f82064c9a1e7b")
    assert not is_secret_access_key("AbstractSingletonProxyFactoryBeanFactory")
    assert not is_secret_access_key("Vq8kLm2xTn5")


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_name_and_a_random_text(name: str) -> None:
    assert [text for text in RANDOM if named(name, text) is None] == []


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_another_name(name: str) -> None:
    assert [text for text in (*RANDOM, *REFERENCES) if named(name, text) is not None] == []


@pytest.mark.parametrize("text", [*REFERENCES, *PLACEHOLDERS])
def test_a_secret_name_and_no_secret(text: str) -> None:
    assert [name for name in SECRET_NAMES if named(name, text) is not None] == []


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", RANDOM)
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_people_choose_passwords_and_machines_make_tokens() -> None:
    assert named("broker_password", "activemqPassword123") is not None
    assert named("broker_token", "activemqToken123") is None
    assert named("password", "sunshine") is None


@given(
    st.sampled_from(SECRET_NAMES), st.sampled_from(PLACEHOLDERS[:40]), st.sampled_from(["", "1", "123", "!", "_", "-2"])
)
def test_changed_placeholders_are_no_secrets(name: str, text: str, tail: str) -> None:
    for changed in (text + tail, text.upper() + tail, text.lower() + tail, f" {text}{tail} "):
        assert named(name, changed) is None
        assert find(changed) is None


WORDS = st.sampled_from(
    re.findall(
        r"\w+",
        "the order of a customer was sent to invoice service billing handler stream production deploy status region "
        "lambda function event record message timeout storage failure database response template version development",
    )
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from([" ", "-", "_", "/", ".", ""]), st.integers(0, 999))
def test_prose_and_identifiers_are_no_secrets(words: list[str], separator: str, number: int) -> None:
    for text in (separator.join(words), separator.join([*words, str(number)]), "".join(map(str.title, words))):
        assert find(text) is None
        assert [name for name in ("api_key", "token", "client_secret") if named(name, text) is not None] == []


def test_parameters_of_templates() -> None:
    for name in (
        "ApiToken",
        "DbPassword",
        "MailPassword",
        "password",
        "db_password",
        "StripeAPIKeyValue",
        "OauthToken",
    ):
        assert template_parameter_is_secret(name), name
    for name in (
        "ExternalAPIClientSecret",
        "GitHubWebhookSecret",
        "SSHPrivateKey",
        "MyDataDogAPIKey",
        "SecretPassword",
    ):
        assert template_parameter_is_secret(name), name
    for name in (
        "TokenTtl",
        "SecretName",
        "PasswordMinLength",
        "SecretArn",
        "KeyName",
        "PasswordParameterName",
        "S3Key",
    ):
        assert not template_parameter_is_secret(name), name
    for name in (
        "DatabaseSecret",
        "Credentials",
        "SshKey",
        "SSHPublicKey",
        "TokenBucketSize",
        "SecretUserName",
        "Stage",
    ):
        assert not template_parameter_is_secret(name), name


def test_the_default_of_a_parameter_tells_a_reference_from_a_secret() -> None:
    assert template_parameter_is_secret("ApiToken", "changeme")
    assert template_parameter_is_secret("ApiToken", "")
    assert template_parameter_is_secret("DbPassword", "CHANGE_ME")
    assert not template_parameter_is_secret("ApiToken", "/shop/token")
    assert not template_parameter_is_secret("DbPassword", "{{resolve:ssm-secure:/shop/db:1}}")
    assert not template_parameter_is_secret("ApiToken", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x")


# --- arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("callee", "argument", "weak"),
    [
        ("psycopg2.connect", "password", True),
        ("pymysql.connect", "passwd", True),
        ("MySQLdb.connect", 2, True),
        ("redis.Redis", "password", True),
        ("jwt.encode", 1, True),
        ("jwt.decode", "key", True),
        ("smtplib.SMTP.login", 1, True),
        ("requests.get", "auth[1]", True),
        ("requests.auth.HTTPBasicAuth", 1, True),
        ("hvac.Client", "token", False),
        ("openai.OpenAI", "api_key", False),
        ("slack_sdk.WebClient", "token", False),
        ("twilio.rest.Client", 1, False),
    ],
)
def test_arguments_that_take_a_secret(callee: str, argument: str | int, weak: bool) -> None:
    """A weak password is one all the same; what only machines make is never made of words."""
    assert argument in secret_arguments(callee)
    assert handed(callee, argument, "Vq8-kLm2_xTn5") is not None
    assert (handed(callee, argument, "sunshine") is not None) == weak
    assert [text for text in PLACEHOLDERS if handed(callee, argument, text) is not None] == []
    assert handed(callee, argument, "BILLING_DB_PASSWORD") is None
    assert handed(callee, argument, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf") is None
    assert handed(callee, argument, "Vq8-kLm2_xTn5", "localhost") is None
    assert handed(callee, argument, "Vq8-kLm2_xTn5", "db.internal") is not None
    assert handed(callee, "user" if isinstance(argument, str) else argument + 1, "Vq8-kLm2_xTn5") is None


def test_other_functions_take_no_secret() -> None:
    assert secret_arguments("print") == ()
    assert handed("print", 0, "Vq8-kLm2_xTn5") is None
    assert handed("jwt.decode", 1, "-----BEGIN PUBLIC KEY-----\n4c9a1e7b3d5f8206") is None


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
