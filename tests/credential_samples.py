"""Names, texts and formats for the tests of credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.aws import secrets as known
from reviewer.credentials import (
    find,
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
