"""Tokens of oidc-provider that are bound to keys and certificates, or say how somebody logged in, through the gateway."""

from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from tests.interop.conftest import OpenClient
from tests.interop.gateways import DYNAMIC, MUTUAL_TLS, NONCES, Gateway, Gateways, introspection, jwt_verifier
from tests.interop.known_clients import (
    BOUND,
    CERTIFICATE,
    CERTIFIED,
    JWT,
    MACHINE,
    OPAQUE,
    OTHER_CERTIFICATE,
    WEB,
    WITH_NONCES,
)
from tests.interop.oauth_client import Client
from tests.interop.server_process import AuthorizationServer
from tests.interop.test_oidc_provider import ANSWERS

FORMS = pytest.mark.parametrize("resource", [JWT["ES256"], OPAQUE], ids=["jwt", "opaque"])


def verifiers(issuer: str) -> str:
    return jwt_verifier(issuer) + introspection(issuer)


@pytest.fixture
def gateway(oidc_provider: AuthorizationServer, gateways: Gateways) -> Gateway:
    return gateways.running(verifiers(oidc_provider.issuer), DYNAMIC)


@FORMS
@pytest.mark.parametrize("client", [BOUND, WITH_NONCES], ids=["without nonces", "with nonces"])
@pytest.mark.rule("R37", "R38", "R45", "R46")
def test_a_token_is_good_with_a_proof_by_its_key_and_once(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str, client: Client
):
    key, other = (ECKey.generate_key("P-256") for _ in range(2))
    token = client_of(oidc_provider, client).own_token("pets:read", proof_key=key, resource=resource)
    good = gateway.headers("/read", token, key)
    refused = [
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"DPoP {token}"},
        gateway.headers("/read", token, other),
        gateway.headers("/write", token, key),
    ]
    assert [gateway.get("/read", **headers).status_code for headers in refused] == [401] * 4
    assert [gateway.get("/read", **good).status_code for _ in range(2)] == [200, 401]
    assert (
        gateway.get("/write", **gateway.headers("/write", token, key))
        .headers["www-authenticate"]
        .startswith('DPoP error="insufficient_scope"')
    )


@FORMS
@pytest.mark.rule("R48")
def test_a_proof_needs_the_nonce_that_the_api_gives_out(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways, resource: str
):
    gateway = gateways.running(verifiers(oidc_provider.issuer), NONCES)
    key = ECKey.generate_key("P-256")
    token = client_of(oidc_provider, WITH_NONCES).own_token("pets:read", proof_key=key, resource=resource)
    asked = gateway.get("/read", **gateway.headers("/read", token, key))
    assert asked.status_code == 401
    assert 'error="use_dpop_nonce"' in asked.headers["www-authenticate"]
    nonce = asked.headers["dpop-nonce"]
    assert gateway.get("/read", **gateway.headers("/read", token, key, nonce=nonce)).status_code == 200


@FORMS
@pytest.mark.rule("R39")
def test_a_proof_does_not_make_a_bearer_token_a_bound_one(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=resource)
    headers = gateway.headers("/read", token, ECKey.generate_key("P-256"))
    assert gateway.get("/read", **headers).status_code == 401


@FORMS
@pytest.mark.rule("R52", "R53")
def test_a_token_is_good_over_a_connection_with_its_certificate(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways, tmp_path: Path, resource: str
):
    gateway = gateways.running(verifiers(oidc_provider.issuer), MUTUAL_TLS)
    token = client_of(oidc_provider, CERTIFIED).own_token("pets:read", resource=resource)
    for certificate, outcome in ((CERTIFICATE, 200), (OTHER_CERTIFICATE, 401)):
        answer = gateway.get_with_certificate("/read", token, certificate.write(tmp_path))
        assert answer.status_code == outcome


@FORMS
@pytest.mark.rule("R53")
def test_a_token_of_a_certificate_is_nothing_without_it(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    token = client_of(oidc_provider, CERTIFIED).own_token("pets:read", resource=resource)
    refused = gateway.get("/read", token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


@FORMS
@pytest.mark.rule("R55", "R56", "R57")
def test_how_and_when_a_user_logged_in_is_compared_with_what_the_route_wants(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    token = client_of(oidc_provider, WEB).users_token("pets:read", ANSWERS, resource=resource)
    assert [gateway.status(path, token) for path in ("/password", "/recent", "/gold")] == [200, 200, 401]
    challenge = gateway.get("/gold", token).headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="urn:example:gold"' in challenge


@FORMS
@pytest.mark.rule("R56", "R57")
def test_a_login_of_some_minutes_ago_is_not_recent(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    with oidc_provider.clock(-400):
        token = client_of(oidc_provider, WEB).users_token("pets:read", ANSWERS, resource=resource)
    assert [gateway.status(path, token) for path in ("/password", "/recent")] == [200, 401]
    assert 'max_age="300"' in gateway.get("/recent", token).headers["www-authenticate"]


@FORMS
@pytest.mark.rule("R55", "R56")
def test_a_token_without_a_user_has_no_login(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=resource)
    assert [gateway.status(path, token) for path in ("/read", "/password", "/recent")] == [200, 401, 401]
