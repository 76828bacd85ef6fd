"""References of a project: which there are, what is secret among them, and which cannot be."""

import re

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import references
from apigw_oauth.project.references import Reference
from tests.project.conftest import Load

PROJECT = """
[routes]
"GET /a" = ["a"]
[[verifiers]]
type = "introspection"
endpoint = "https://as.example/introspect"
client_id = "env:CLIENT"
client_secret = "{secret}"
[[verifiers]]
type = "jwt"
issuer = "ssm:/prod/issuer"
audience = "https://api.example"
jwks = "file:keys.json"
"""


def test_every_reference_is_found_and_those_of_secrets_are_known(load: Load):
    file = load(PROJECT.format(secret="secretsmanager:prod/as#secret")).file
    assert references.references_of(file) == (
        Reference("verifiers[0].client_id", "env", "CLIENT", secret=False),
        Reference("verifiers[0].client_secret", "secretsmanager", "prod/as#secret", secret=True),
        Reference("verifiers[1].issuer", "ssm", "/prod/issuer", secret=False),
        Reference("verifiers[1].jwks", "file", "keys.json", secret=False),
    )


@pytest.mark.parametrize(
    "key", ["secret", "api_secret", "client_secret", "token", "service_access_token", "private_key", "client_key", "PASSWORD",
     "clientSecret", "accessToken", "passwd", "db_pwd", "credentials", "hmac_key", "signing_key", "secretKey", "sharedKey"]
)  # fmt: skip
def test_whoever_knows_these_can_act_for_us(key: str):
    assert references.is_secret(key)


@pytest.mark.parametrize(
    "key",
    ["api_key", "key_id", "client_id", "service_id", "client_certificate", "jwks", "token_type_hint", "secret_name", "tokens"],
)  # fmt: skip
def test_these_name_somebody_and_prove_nothing(key: str):
    assert not references.is_secret(key)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("ssm:", "is not the name of a parameter, such as"), ("ssm:/a b", "is not the name of a parameter"),
        ("secretsmanager:", "is not the name or ARN of a secret"), ("secretsmanager:#secret", "is not the name or ARN of a secret"),
        ("secretsmanager:prod/as#", "has no key behind #; name one"), ("secretsmanager:prod:as", "is not the name or ARN"),
        ("env:", "is not the name of a variable"), ("env:A-B", "is not the name of a variable"), ("env:1A", "is not the name of a v"),
        ("file:", "is not the name of a file"), ("file:./", "is not the name of a file"), ("file:a/", "is not the name of a file"),
        ("file:a\\u0000", "is not the name of a file"),
    ],
)  # fmt: skip
def test_what_names_nothing_is_found_when_the_project_is_read(load: Load, reference: str, message: str):
    with pytest.raises(SettingsError, match=r"apigw-oauth\.toml: verifiers\[0\]\.client_secret: " + message):
        load(PROJECT.format(secret=reference))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ('["a", "env:AUDIENCE"]', "verifiers[0].keys[1]"), ('{ hmac = "ssm:/prod/hmac" }', "verifiers[0].keys.hmac"),
        ('[{ deep = ["file:a"] }]', "verifiers[0].keys[0].deep[0]"), ('["secretsmanager:a#b"]', "verifiers[0].keys[0]"),
    ],
)  # fmt: skip
def test_a_reference_that_nobody_would_resolve_is_no_value(load: Load, value: str, place: str):
    text = f'[routes]\n"GET /a" = ["a"]\n[[verifiers]]\ntype = "mine:Mine"\nkeys = {value}\n'
    with pytest.raises(
        SettingsError, match=re.escape(f"{place}: a reference is not resolved here; give it a key")
    ):
        load(text)
