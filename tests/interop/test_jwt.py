"""JWTs of oidc-provider through the gateway, with keys from its metadata; beside them its opaque tokens."""

import pytest

from tests.interop.conftest import OpenClient
from tests.interop.gateways import Gateway, Gateways, introspection, jwt_verifier
from tests.interop.known_clients import JWT, MACHINE, OPAQUE, OTHER_JWT
from tests.interop.server_process import AuthorizationServer


@pytest.fixture
def gateway(oidc_provider: AuthorizationServer, gateways: Gateways) -> Gateway:
    issuer = oidc_provider.issuer
    return gateways.running(jwt_verifier(issuer) + introspection(issuer))


@pytest.mark.rule("R24")
@pytest.mark.parametrize("resource", [*JWT.values(), OPAQUE])
def test_a_good_token_opens_the_routes_of_its_scopes_and_no_others(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, resource: str
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=resource)
    answer = gateway.get("/read", token)
    assert (answer.status_code, answer.json()["client_id"]) == (200, "machine")
    refused = gateway.get("/write", token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


@pytest.mark.rule("R20", "R21", "R22", "R23")
def test_tokens_that_are_made_up_expired_early_changed_or_for_another_api_are_refused(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    machine = client_of(oidc_provider, MACHINE)
    with oidc_provider.clock(-3600):
        expired = machine.own_token("pets:read", resource=JWT["ES256"])
    with oidc_provider.clock(3600):
        early = machine.own_token("pets:read", resource=JWT["ES256"])
    elsewhere = machine.own_token("pets:read", resource=OTHER_JWT)
    good, other = (machine.own_token("pets:read", resource=JWT[alg]) for alg in ("RS256", "PS256"))
    swapped = ".".join([*good.split(".")[:2], other.split(".")[2]])
    tokens = ["made-up", "made.up.jwt", expired, early, elsewhere, swapped, good + "A"]
    assert [gateway.status("/read", token) for token in tokens] == [401] * len(tokens)
    assert gateway.status("/read", good) == 200


@pytest.mark.rule("R19")
def test_the_server_is_needed_for_its_keys_alone(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=JWT["ES256"])
    gateway = gateways.running(jwt_verifier(oidc_provider.issuer))
    with oidc_provider.down():
        assert gateway.status("/read", token) == 500
    assert gateway.wait_for(200, "/read", token) <= {500}
    with oidc_provider.down():
        assert gateway.status("/read", token) == 200
