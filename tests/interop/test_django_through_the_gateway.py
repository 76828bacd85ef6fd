"""Tokens of django-oauth-toolkit through the gateway: its answers name no issuer, no subject and often no audience."""

from typing import Any

import pytest

from tests.interop.conftest import OpenClient
from tests.interop.gateways import Gateway, Gateways, introspection
from tests.interop.known_clients import API, MACHINE, USER, WEB
from tests.interop.oauth_client import OAuthClient
from tests.interop.server_process import AuthorizationServer
from tests.interop.test_django_oauth_toolkit import ANSWERS

PETS = "https://api.example.com"


def verifier(django: AuthorizationServer, way: str, own_token: str) -> str:
    changes: dict[str, Any] = {
        "basic": {},
        "post, with an audience": {
            "client_auth": "client_secret_post", "discovery": None, "endpoint": f"{django.issuer}/introspect/",
            "audience": PETS,
        },
        "bearer": {"client_auth": "bearer", "client_id": None, "client_secret": None, "token": own_token},
    }[way]  # fmt: skip
    return introspection(django.issuer, **{"audience": None, **changes})


@pytest.fixture(scope="module")
def own_token(django: AuthorizationServer) -> str:
    """What the API asks with."""
    api = OAuthClient(django.issuer, API)
    token = api.own_token("introspection")
    api.close()
    return token


@pytest.fixture(params=["basic", "post, with an audience", "bearer"])
def gateway(
    request: pytest.FixtureRequest, django: AuthorizationServer, gateways: Gateways, own_token: str
) -> Gateway:
    return gateways.running(verifier(django, request.param, own_token))


@pytest.mark.rule("R24")
def test_a_good_token_opens_the_routes_of_its_scopes_and_no_others(
    gateway: Gateway, django: AuthorizationServer, client_of: OpenClient
):
    token = client_of(django, MACHINE).own_token("pets:read", resource=PETS)
    answer = gateway.get("/read", token)
    assert (answer.status_code, answer.json()["client_id"]) == (200, "machine")
    refused = gateway.get("/write", token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


def test_a_name_for_people_is_told_but_is_nobodys_identifier(
    gateway: Gateway, django: AuthorizationServer, client_of: OpenClient
):
    token = client_of(django, WEB).users_token("pets:read pets:write", ANSWERS, resource=PETS)
    told = gateway.get("/write", token).json()
    assert (told["username"], told["principalId"]) == (USER[0], "web")
    assert "sub" not in told


@pytest.mark.rule("R29")
def test_tokens_that_are_made_up_or_expired_are_refused(
    gateway: Gateway, django: AuthorizationServer, client_of: OpenClient
):
    with django.clock(-3600):
        expired = client_of(django, MACHINE).own_token("pets:read", resource=PETS)
    tokens = [None, "made-up", "made.up.jwt", expired]
    assert [gateway.status("/read", token) for token in tokens] == [401] * 4


def test_a_revoked_token_is_refused_at_once_where_nothing_is_kept(
    gateway: Gateway, django: AuthorizationServer, client_of: OpenClient
):
    machine = client_of(django, MACHINE)
    token = machine.own_token("pets:read", resource=PETS)
    assert gateway.status("/read", token) == 200
    machine.revoke(token)
    assert gateway.status("/read", token) == 401


@pytest.mark.rule("R28")
def test_a_server_that_is_down_is_a_500_until_it_is_up(
    gateway: Gateway, django: AuthorizationServer, client_of: OpenClient
):
    token = client_of(django, MACHINE).own_token("pets:read", resource=PETS)
    assert gateway.status("/read", token) == 200
    with django.down():
        assert [gateway.status("/read", one) for one in (token, "made-up")] == [500, 500]
    assert gateway.wait_for(200, "/read", token) <= {500}


@pytest.mark.rule("R31")
def test_an_audience_in_the_settings_makes_tokens_without_one_useless(
    django: AuthorizationServer, client_of: OpenClient, gateways: Gateways, own_token: str
):
    gateway = gateways.running(verifier(django, "post, with an audience", own_token))
    machine = client_of(django, MACHINE)
    assert gateway.status("/read", machine.own_token("pets:read", resource=PETS)) == 200
    assert gateway.status("/read", machine.own_token("pets:read", resource="https://other.example.com")) == 401
    assert gateway.status("/read", machine.own_token("pets:read")) == 401


@pytest.mark.rule("R31")
def test_active_is_not_enough_where_the_servers_clock_is_wrong(
    django: AuthorizationServer, client_of: OpenClient, gateways: Gateways, own_token: str
):
    gateway = gateways.running(verifier(django, "basic", own_token))
    with django.clock(-3600):
        token = client_of(django, MACHINE).own_token("pets:read", resource=PETS)
        assert client_of(django, API).introspect(token).json()["active"] is True
        assert gateway.status("/read", token) == 401


@pytest.mark.rule("R28")
def test_an_api_whose_own_token_is_not_accepted_is_a_500_and_not_a_refusal(
    django: AuthorizationServer, client_of: OpenClient, gateways: Gateways
):
    gateway = gateways.running(verifier(django, "bearer", "made-up"))
    token = client_of(django, MACHINE).own_token("pets:read", resource=PETS)
    assert gateway.status("/read", token) == 500
