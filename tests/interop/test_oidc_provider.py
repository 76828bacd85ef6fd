"""What oidc-provider gives out, and says of it: the tests that stand on it know what they stand on."""

import base64
import hashlib
import ssl

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.interop.conftest import OpenClient
from tests.interop.known_clients import (
    API,
    API_POST,
    API_SIGNED,
    API_SIGNER,
    BOUND,
    CERTIFIED,
    JWT,
    MACHINE,
    OPAQUE,
    SIGNER,
    USER,
    WEB,
    WITH_NONCES,
)
from tests.interop.oauth_client import Answers, Client, OAuthClient
from tests.interop.server_process import AuthorizationServer

ANSWERS = Answers(login={"login": USER[0], "password": USER[1]}, consent={})


def test_opaque_tokens_of_clients_are_introspected_by_the_api_alone(
    oidc_provider: AuthorizationServer, client_of: OpenClient
):
    machine, api = client_of(oidc_provider, MACHINE), client_of(oidc_provider, API)
    token = machine.own_token("pets:read", resource=OPAQUE)
    about = api.introspect(token).json()
    assert about.pop("exp") - about.pop("iat") == 600
    assert about == {
        "active": True, "client_id": "machine", "iss": oidc_provider.issuer, "aud": OPAQUE, "scope": "pets:read",
        "token_type": "Bearer",
    }  # fmt: skip
    assert machine.introspect(token).json() == {"active": False}
    machine.revoke(token)
    assert api.introspect(token).json() == {"active": False}


@pytest.mark.parametrize("api", [API_POST, API_SIGNER, API_SIGNED])
def test_every_api_gets_answers(oidc_provider: AuthorizationServer, client_of: OpenClient, api: Client):
    token = client_of(oidc_provider, SIGNER).own_token("pets:write", resource=OPAQUE)
    about = client_of(oidc_provider, api).introspect(token).json()
    assert (about["active"], about["client_id"]) == (True, "signer")


def test_users_log_in_and_consent(oidc_provider: AuthorizationServer, client_of: OpenClient):
    token = client_of(oidc_provider, WEB).users_token("openid pets:read", ANSWERS, resource=OPAQUE)
    about = client_of(oidc_provider, API).introspect(token).json()
    assert (about["active"], about["sub"], about["scope"]) == (True, "john", "pets:read")
    assert (about["acr"], about["auth_time"] <= about["iat"]) == ("urn:example:password", True)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # by its new name Ed25519; servers have yet to follow
@pytest.mark.parametrize("alg", JWT)
def test_jwts_are_typed_and_signed(oidc_provider: AuthorizationServer, client_of: OpenClient, alg: str):
    machine = client_of(oidc_provider, MACHINE)
    token = jwt.decode(machine.own_token("pets:read", resource=JWT[alg]), machine.keys(), algorithms=[alg])
    assert (token.header["typ"], token.claims["sub"]) == ("at+jwt", "machine")
    assert (token.claims["iss"], token.claims["aud"]) == (oidc_provider.issuer, JWT[alg])


@pytest.mark.parametrize("client", [BOUND, WITH_NONCES])
@pytest.mark.parametrize("resource", [OPAQUE, JWT["ES256"]])
def test_tokens_are_bound_to_dpop_keys(
    oidc_provider: AuthorizationServer, client_of: OpenClient, client: Client, resource: str
):
    key = ECKey.generate_key("P-256")
    bound = client_of(oidc_provider, client)
    token = bound.own_token("pets:read", proof_key=key, resource=resource)
    assert _confirmation(bound, client_of(oidc_provider, API), token) == {"jkt": key.thumbprint()}


@pytest.mark.parametrize("resource", [OPAQUE, JWT["ES256"]])
def test_tokens_are_bound_to_certificates(
    oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    certified = client_of(oidc_provider, CERTIFIED)
    token = certified.own_token("pets:read", resource=resource)
    assert CERTIFIED.certificate is not None
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(CERTIFIED.certificate)).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert _confirmation(certified, client_of(oidc_provider, API), token) == {"x5t#S256": expected}


@pytest.mark.parametrize(("asks", "alg"), [(API_SIGNED, "RS256"), (API_SIGNER, "ES256")])
def test_answers_are_signed_for_those_who_want_it(
    oidc_provider: AuthorizationServer, client_of: OpenClient, asks: Client, alg: str
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=OPAQUE)
    api = client_of(oidc_provider, asks)
    answer = api.introspect(token, Accept="application/token-introspection+jwt")
    assert answer.headers["content-type"].startswith("application/token-introspection+jwt")
    signed = jwt.decode(answer.text, api.keys(), algorithms=[alg])
    assert (signed.header["typ"], signed.claims["aud"]) == ("token-introspection+jwt", asks.client_id)
    assert signed.claims["token_introspection"]["client_id"] == "machine"


def test_it_does_not_introspect_jwts(oidc_provider: AuthorizationServer, client_of: OpenClient):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=JWT["ES256"])
    answer = client_of(oidc_provider, API).introspect(token)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")


def _confirmation(client: OAuthClient, api: OAuthClient, token: str) -> object:
    if token.count(".") == 2:
        return jwt.decode(token, client.keys()).claims["cnf"]
    return api.introspect(token).json()["cnf"]
