"""The keys of an issuer in the settings: exactly one place for them, and mistakes found at start."""

import json
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.key_settings import issuer_from, keys_from
from apigw_oauth.authorizer.verifiers.key_source import KeySource, LocalKeys, RemoteKeys
from apigw_oauth.authorizer.verifiers.table import Table, Unresolved
from tests.authorizer.verifiers.jose_signing import b64, public_jwk
from tests.scripted_server import ScriptedServer, answer

ONE = {"keys": [public_jwk("P-256", kid="1")]}


def keys(
    algorithms: tuple[str, ...] = ("ES256",), *, issuer: str = "https://as.example", **settings: Any
) -> KeySource:
    table = Table({"issuer": issuer, **settings}, kind="a jwt verifier")
    return keys_from(table, issuer=issuer_from(table), algorithms=algorithms, surroundings=Surroundings())


def mistake(**settings: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        keys(**settings)
    return str(caught.value)


def test_keys_are_at_an_address_or_found_by_discovery_or_in_the_settings():
    assert isinstance(keys(jwks_uri="https://as.example/keys?v=1"), RemoteKeys)
    assert isinstance(keys(discovery=True), RemoteKeys)
    assert isinstance(keys(discovery="https://as.example/metadata"), RemoteKeys)
    assert isinstance(keys(jwks=ONE), LocalKeys)


def test_a_key_set_of_the_settings_is_a_table_or_its_text():
    assert keys(jwks=ONE).find(kid="1", alg="ES256").kid == "1"
    assert keys(jwks=json.dumps(ONE)).find(kid="1", alg="ES256").kid == "1"


def test_none_or_two_of_them_is_a_mistake_that_names_the_three():
    assert mistake().startswith("jwks_uri: is missing; name the issuer's keys by one of jwks_uri, jwks, discovery")
    assert mistake(jwks_uri="https://as.example/k", discovery=True).startswith(
        "discovery: is one too many beside jwks_uri;"
    )
    assert mistake(jwks=ONE, jwks_uri="https://as.example/k").startswith("jwks: is one too many beside jwks_uri;")


@pytest.mark.rule("L3")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"jwks_uri": "http://as.example/k"}, "jwks_uri: http:// is for loopback addresses only"),
        ({"jwks_uri": "http://localhost/k"}, "jwks_uri: http:// is for loopback addresses only"),
        ({"jwks_uri": "file:///etc/keys"}, "jwks_uri: must be https://HOST"),
        ({"jwks_uri": "https://as.example/k#x"}, "jwks_uri: must be https://HOST"),
        ({"jwks_uri": 7}, "jwks_uri: is missing"),
        ({"discovery": False}, "discovery: must be true, or the URL of the issuer's metadata"),
        ({"discovery": 1}, "discovery: must be true, or the URL"),
        ({"discovery": "http://as.example/m"}, "discovery: http:// is for loopback addresses only"),
        ({"discovery": "as.example"}, "discovery: must be https://HOST"),
        ({"issuer": "http://as.example", "discovery": True}, "issuer: http:// is for loopback addresses only"),
        ({"issuer": "as.example", "discovery": True}, "issuer: must be https://HOST"),
        ({"issuer": "", "discovery": True}, "issuer: is missing"),
        ({"jwks": []}, "jwks: must be a key set"),
        ({"jwks": 7}, "jwks: must be a key set"),
        ({"jwks": {}}, "jwks: the document is not a set of keys"),
        ({"jwks": "{"}, "jwks: not plain JSON"),
        ({"jwks": "\udc80"}, "jwks: not plain JSON"),
        ({"jwks": {"keys": []}}, "jwks: has no key that can be used with ES256"),
        ({"jwks": {"keys": [public_jwk("RSA")]}}, "jwks: has no key that can be used with ES256"),
        (
            {"jwks": {"keys": [public_jwk("P-256"), public_jwk("P-256", 1, d=b64(bytes(32)))]}},
            "jwks: holds a private",
        ),
        (
            {"jwks": {"keys": [public_jwk("P-256"), {"kty": "oct", "k": "AA"}]}},
            "jwks: holds a private or symmetric key",
        ),
        ({"jwks": {"keys": [public_jwk("P-256", x=public_jwk("P-256")["y"])]}}, "jwks: the numbers of the key"),
    ],
)
def test_a_mistake_is_named_with_its_key(settings, message):
    assert mistake(**settings).startswith(message)


def test_no_message_shows_a_value_in_which_a_secret_may_have_been_put():
    assert "geheim" not in mistake(jwks_uri="https://user:geheim@as.example/k")
    assert "geheim" not in mistake(jwks='{"geheim":1,"geheim":2}')


@pytest.mark.parametrize("kind", ["jwks_uri", "jwks", "discovery"])
def test_a_reference_that_is_not_resolved_is_not_looked_into(kind):
    settings: dict[str, Any] = {kind: Unresolved("env:KEYS")}
    assert isinstance(keys(**settings), LocalKeys)


def test_discovery_waits_for_an_issuer_that_a_reference_will_bring():
    table = Table({"issuer": Unresolved("env:ISSUER"), "discovery": True}, kind="a jwt verifier")
    made = keys_from(table, issuer=issuer_from(table), algorithms=("ES256",), surroundings=Surroundings())
    assert isinstance(made, LocalKeys)


def test_keys_are_got_from_loopback_without_tls():
    body = json.dumps(ONE).encode()
    with ScriptedServer(answer(body)) as server:
        assert keys(jwks_uri=f"{server.url}/keys").find(kid="1", alg="ES256").kid == "1"
        assert server.requests[0].startswith(b"GET /keys HTTP/1.1")
