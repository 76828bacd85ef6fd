"""Opaque tokens of oidc-provider through the gateway: every way to authenticate, plain answers and signed ones."""

from typing import Any

import pytest

from tests.interop.conftest import OpenClient
from tests.interop.gateways import Gateway, Gateways, introspection
from tests.interop.known_clients import (
    API,
    API_POST,
    API_SIGNED,
    API_SIGNER,
    JWT,
    MACHINE,
    OPAQUE,
    OTHER_OPAQUE,
    SIGNER,
    WEB,
)
from tests.interop.oauth_client import Client
from tests.interop.server_process import AuthorizationServer
from tests.interop.test_oidc_provider import ANSWERS


def secret_of(client: Client) -> dict[str, Any]:
    return {"client_id": client.client_id, "client_secret": client.secret}


WAYS: dict[str, dict[str, Any]] = {
    "basic": {"client_auth": "client_secret_basic"},
    "post": {"client_auth": "client_secret_post", **secret_of(API_POST)},
    "basic, signed with RS256": {"signed_response": "required", **secret_of(API_SIGNED)},
    "private_key_jwt, signed with ES256": {
        "client_auth": "private_key_jwt", "client_id": API_SIGNER.client_id, "client_secret": None,
        "key_id": API_SIGNER.client_id, "private_key": "file:key.pem",
        "signed_response": "required", "signing_algorithms": ["ES256"],
    },
}  # fmt: skip
SIGNED = "private_key_jwt, signed with ES256"


@pytest.fixture(params=WAYS)
def gateway(request: pytest.FixtureRequest, oidc_provider: AuthorizationServer, gateways: Gateways) -> Gateway:
    return gateways.running(introspection(oidc_provider.issuer, **WAYS[request.param]))


@pytest.fixture
def plain(oidc_provider: AuthorizationServer, gateways: Gateways) -> Gateway:
    return gateways.running(introspection(oidc_provider.issuer, **WAYS["basic"]))


@pytest.mark.rule("R24")
def test_a_good_token_opens_the_routes_of_its_scopes_and_no_others(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    token = client_of(oidc_provider, SIGNER).own_token("pets:read", resource=OPAQUE)
    answer = gateway.get("/read", token)
    assert (answer.status_code, answer.json()["client_id"], answer.json()["scope"]) == (200, "signer", "pets:read")
    refused = gateway.get("/write", token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


def test_users_are_told_to_the_backend(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    token = client_of(oidc_provider, WEB).users_token("pets:read pets:write", ANSWERS, resource=OPAQUE)
    assert gateway.get("/write", token).json()["sub"] == "john"


@pytest.mark.rule("R29", "R31")
def test_tokens_that_are_made_up_expired_or_for_another_api_are_refused(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    machine = client_of(oidc_provider, MACHINE)
    with oidc_provider.clock(-3600):
        expired = machine.own_token("pets:read", resource=OPAQUE)
    tokens = [None, "made-up", expired, machine.own_token("pets:read", resource=OTHER_OPAQUE)]
    assert [gateway.status("/read", token) for token in tokens] == [401] * 4


def test_a_revoked_token_is_refused_at_once_where_nothing_is_kept(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    machine = client_of(oidc_provider, MACHINE)
    token = machine.own_token("pets:read", resource=OPAQUE)
    assert gateway.status("/read", token) == 200
    machine.revoke(token)
    assert gateway.status("/read", token) == 401


@pytest.mark.rule("R28")
def test_a_server_that_is_down_is_a_500_until_it_is_up(
    gateway: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=OPAQUE)
    assert gateway.status("/read", token) == 200
    with oidc_provider.down():
        assert [gateway.status("/read", one) for one in (token, "made-up")] == [500, 500]
    assert gateway.wait_for(200, "/read", token) <= {500}


def test_a_revocation_is_seen_within_the_seconds_for_which_answers_are_kept(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways
):
    gateway = gateways.running(introspection(oidc_provider.issuer, positive_ttl=1))
    machine = client_of(oidc_provider, MACHINE)
    token = machine.own_token("pets:read", resource=OPAQUE)
    assert gateway.status("/read", token) == 200
    machine.revoke(token)
    assert gateway.wait_for(401, "/read", token) <= {200}


@pytest.mark.rule("R31")
@pytest.mark.parametrize("wrong", [-3600, 3600])
def test_active_is_not_enough_where_the_servers_clock_is_wrong(
    plain: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient, wrong: int
):
    with oidc_provider.clock(wrong):
        token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=OPAQUE)
        assert client_of(oidc_provider, API).introspect(token).json()["active"] is True
        assert plain.status("/read", token) == 401


@pytest.mark.rule("R33")
def test_a_signed_answer_of_another_time_is_none(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways
):
    gateway = gateways.running(introspection(oidc_provider.issuer, **WAYS[SIGNED]))
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=OPAQUE)
    with oidc_provider.clock(-300):
        assert gateway.status("/read", token) == 500
    assert gateway.status("/read", token) == 200


def test_jwts_which_the_server_cannot_introspect_are_refused_and_shut_out_nobody_else(
    plain: Gateway, oidc_provider: AuthorizationServer, client_of: OpenClient
):
    machine = client_of(oidc_provider, MACHINE)
    signed, opaque = (machine.own_token("pets:read", resource=one) for one in (JWT["ES256"], OPAQUE))
    assert [plain.status("/read", signed) for _ in range(6)] == [401] * 6
    assert plain.status("/read", opaque) == 200


@pytest.mark.rule("R28")
def test_a_server_that_does_not_know_this_api_is_a_500_and_not_a_refusal(
    oidc_provider: AuthorizationServer, client_of: OpenClient, gateways: Gateways
):
    gateway = gateways.running(introspection(oidc_provider.issuer, client_secret="wrong"))
    token = client_of(oidc_provider, MACHINE).own_token("pets:read", resource=OPAQUE)
    assert [gateway.status("/read", token) for _ in range(6)] == [500] * 6
