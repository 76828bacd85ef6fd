"""How we say to an authorization server who we are."""

import base64
import json
from typing import Any
from urllib.parse import unquote_plus

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import client_authentication, jws
from apigw_oauth.authorizer.verifiers.client_authentication import ClientAuthentication
from apigw_oauth.authorizer.verifiers.jwks import Key
from apigw_oauth.authorizer.verifiers.table import Table, Unresolved
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.jose_signing import jwk_of, private_key

ENDPOINT = "https://as.example/introspect"


def make(
    issuer: str | None = None, surroundings: Surroundings | None = None, **settings: Any
) -> ClientAuthentication:
    table = Table({"endpoint": ENDPOINT, **settings}, kind="an introspection verifier")
    return client_authentication.from_table(table, issuer=issuer, surroundings=surroundings or Surroundings())


def mistake(**settings: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        make(**settings)
    return str(caught.value)


def pem(key: Any, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    text: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    return text.decode()


def basic(client_id: str, secret: str) -> tuple[str, str]:
    client = make(client_id=client_id, client_secret=secret)
    assert client.parameters() == {}
    name, _, value = client.headers()["Authorization"].partition(" ")
    assert name == "Basic"
    first, colon, second = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    assert colon
    return first, second


@pytest.mark.rule("R27")
def test_a_secret_is_sent_by_http_basic_unless_the_settings_say_otherwise():
    assert basic("api", "geheim") == ("api", "geheim")
    named = make(client_auth="client_secret_basic", client_id="a", client_secret="b")
    assert make(client_id="a", client_secret="b").headers() == named.headers()


@pytest.mark.rule("R27")
@pytest.mark.parametrize("text", ["a:b", "a b", "a+b", "100%", "ä".encode().hex() + "&=/?", "~!*'()"])
def test_identifier_and_secret_are_encoded_as_forms_are_before_they_are_joined(text):
    client_id, secret = basic(text, text)
    assert ":" not in client_id
    assert (unquote_plus(client_id), unquote_plus(secret)) == (text, text)


@pytest.mark.rule("R27")
def test_a_secret_in_the_form():
    client = make(client_auth="client_secret_post", client_id="api", client_secret="geheim")
    assert client.headers() == {}
    assert client.parameters() == {"client_id": "api", "client_secret": "geheim"}


@pytest.mark.rule("R27")
def test_a_token_of_our_own():
    client = make(client_auth="bearer", token="ory_pat_x")
    assert client.headers() == {"Authorization": "Bearer ory_pat_x"}
    assert client.parameters() == {}
    assert client.is_bearer


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"client_id": "a"}, "client_secret: is missing; client_auth = client_secret_basic needs client_id and client_s"),
        ({"client_auth": "none"}, "client_auth: must be one of client_secret_basic, client_secret_post"),
        ({"client_auth": "bearer"}, "token: is missing; client_auth = bearer needs token"),
        ({"client_auth": "bearer", "token": "t", "client_secret": "s"}, "client_secret: is not used with client_auth"),
        ({"client_auth": "client_secret_post", "client_id": "a", "client_secret": "s", "token": "t"}, "token: is not us"),
        ({"client_id": "a", "client_secret": "s\n"}, "client_secret: holds a character that cannot be sent"),
        ({"client_id": "a", "client_secret": "s", "key_id": "k"}, "key_id: is not used with client_auth"),
        ({"client_auth": "private_key_jwt", "client_id": "a"}, "private_key: is missing"),
        ({"client_auth": "tls_client_auth", "client_id": "a", "client_key": "x"}, "client_certificate: is missing"),
    ],
)  # fmt: skip
def test_each_way_has_its_keys_and_no_others(settings, message):
    assert mistake(**settings).startswith(message)


def test_secrets_are_not_shown():
    client = make(client_id="api", client_secret="geheim")
    assert "geheim" not in repr(client)
    assert "Z2VoZWlt" not in repr(client)


def parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = (base64.urlsafe_b64decode(part + "==") for part in assertion.split("."))
    return json.loads(header), json.loads(payload)


@pytest.mark.rule("R27")
@pytest.mark.parametrize(
    ("kind", "given", "alg"),
    [
        ("RSA", None, "RS256"), ("RSA", "PS256", "PS256"), ("RSA", "RS512", "RS512"), ("P-256", None, "ES256"),
        ("P-384", None, "ES384"), ("P-521", None, "ES512"), ("Ed25519", None, "EdDSA"), ("Ed25519", "Ed25519", "Ed25519"),
    ],
)  # fmt: skip
def test_an_assertion_is_signed_with_the_private_key(kind, given, alg):
    key = private_key(kind)
    settings: Any = {"client_auth": "private_key_jwt", "client_id": "api", "private_key": pem(key)}
    client = make(**settings, signing_algorithm=given)
    assertion = client.parameters()["client_assertion"]
    signed = jws.parse(assertion)
    assert signed.header == {"typ": "JWT", "alg": alg}
    jws.verify(signed, Key.parse(jwk_of(key)))


@pytest.mark.rule("R27")
def test_an_assertion_says_who_we_are_to_whom_and_for_one_minute():
    surroundings = Surroundings(clock=FakeClock(1_700_000_000.9), random=lambda size: bytes(range(size)))
    client = make(
        client_auth="private_key_jwt", client_id="api", private_key=pem(private_key("P-256")), key_id="k1",
        issuer="https://as.example", surroundings=surroundings,
    )  # fmt: skip
    form = client.parameters()
    assert form["client_id"] == "api"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    header, claims = parts(form["client_assertion"])
    assert header["kid"] == "k1"
    assert claims == {
        "iss": "api", "sub": "api", "aud": "https://as.example", "jti": "AAECAwQFBgcICQoLDA0ODw",
        "iat": 1_700_000_000, "exp": 1_700_000_060,
    }  # fmt: skip


def test_each_call_has_an_assertion_of_its_own():
    client = make(client_auth="private_key_jwt", client_id="api", private_key=pem(private_key("P-256")))
    assert len({parts(client.parameters()["client_assertion"])[1]["jti"] for _ in range(5)}) == 5


def test_an_assertion_is_for_the_issuer_or_for_the_endpoint_or_for_what_the_settings_say():
    settings: Any = {
        "client_auth": "private_key_jwt",
        "client_id": "api",
        "private_key": pem(private_key("P-256")),
    }

    def audience(**more: Any) -> Any:
        return parts(make(**settings, **more).parameters()["client_assertion"])[1]["aud"]

    assert audience() == ENDPOINT
    assert audience(issuer="https://as.example") == "https://as.example"
    assert audience(issuer="https://as.example", assertion_audience="https://x") == "https://x"


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("file.pem", None, "private_key: must be a private key in PEM"),
        ("-----BEGIN PRIVATE KEY-----\\nMIG\\n", None, "private_key: cannot be read"),
        ("-----BEGIN PUBLIC KEY-----\nMIG\n-----END PUBLIC KEY-----", None, "private_key: cannot be read"),
        (pem(ec.generate_private_key(ec.SECP256K1())), None, "private_key: must be an RSA key, or one on P-256"),
        (pem(ec.generate_private_key(ec.SECP256R1()), b"pw"), None, "private_key: is encrypted"),
        (pem(rsa.generate_private_key(65537, 1024)), None, "private_key: must have 2048 bits at least"),
        (pem(private_key("P-256")), "RS256", "signing_algorithm: must fit private_key, and be one of ES256"),
        (pem(private_key("P-256")), "ES384", "signing_algorithm: must fit private_key"),
        (pem(private_key("RSA")), "HS256", "signing_algorithm: must fit private_key, and be one of RS256"),
        (pem(private_key("RSA")), "none", "signing_algorithm: must fit private_key"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "ES256", "signing_algorithm: must fit private_key, and be one of Ed"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_sign_is_found_at_start(key, given, message):
    said = mistake(client_auth="private_key_jwt", client_id="api", private_key=key, signing_algorithm=given)
    assert said.startswith(message)
    assert "MIG" not in said


@pytest.mark.parametrize(
    "settings",
    [
        {"client_auth": "private_key_jwt", "client_id": "api", "private_key": Unresolved("1")},
        {"client_auth": "private_key_jwt", "client_id": "a", "private_key": Unresolved("1"), "key_id": Unresolved("1")},
        {
            "client_auth": "tls_client_auth", "client_id": "api", "client_certificate": Unresolved("1"),
            "client_key": Unresolved("1"),
        },
    ],
)  # fmt: skip
def test_what_a_reference_will_bring_is_not_looked_into(settings):
    make(**settings)
