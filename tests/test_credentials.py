"""Credentials: known formats, names, arguments, and that masking gives nothing away."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from credential_samples import (
    EACH_FORMAT,
    FORMATS,
    OTHER_NAMES,
    PLACEHOLDERS,
    RANDOM,
    REFERENCES,
    SECRET_NAMES,
    TABLE,
    secret_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import credentials
from reviewer.aws import secrets as known
from reviewer.credentials import (
    find,
    handed,
    is_access_key_id,
    is_placeholder,
    is_secret_access_key,
    named,
    secret_arguments,
    template_parameter_is_secret,
)

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


@given(
    st.lists(WORDS, min_size=1, max_size=12, unique=True),
    st.sampled_from([" ", "-", "_", "/", ".", ""]),
    st.integers(0, 999),
)
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
        "authorization",
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
