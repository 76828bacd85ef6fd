"""Tokens that are bound to a key at the token endpoint. See RFC 9449 §5."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.authserver.proofs import KEY, NOW, OTHER_KEY, ath, proof, thumbprint
from tests.authserver.servers import CLIENT_SECRET, Running, running
from tests.authserver.standard_flow import (
    arrived,
    ask,
    code_of,
    exchange,
    introspected,
    log_in,
    own_token,
    refresh,
    refusal,
)

PUBLIC = {"client_id": "public", "redirect_uri": None}
BOUND = [{"client_id": "demo", "client_secret": CLIENT_SECRET, "dpop_bound": True}]


def proving(server: Running, key: Any = KEY, **changes: Any) -> dict[str, str]:
    return {"DPoP": proof(f"{server.base_url}/token", key=key, **changes)}


@pytest.fixture
def bound() -> Iterator[Running]:
    with running(clients=BOUND) as started:
        yield started


def test_a_proof_binds_the_token_to_its_key(server):
    token = own_token(server, headers=proving(server))
    assert token["token_type"] == "DPoP"
    described = introspected(server, token["access_token"])
    assert (described["cnf"], described["token_type"]) == ({"jkt": thumbprint()}, "DPoP")


def test_a_jwt_says_its_key():
    with running(access_token_format="jwt") as server:
        token = own_token(server, headers=proving(server))["access_token"]
        assert introspected(server, token)["cnf"] == {"jkt": thumbprint()}


def test_a_proof_is_good_once(server):
    headers = proving(server)
    own_token(server, headers=headers)
    data = {"grant_type": "client_credentials"}
    assert refusal(ask(server, data, headers=headers)) == (400, "invalid_dpop_proof", "DEV223")


@pytest.mark.parametrize("changes", [{"htm": "GET"}, {"iat": NOW - 61}, {"jti": None}, {"header": {"typ": "JWT"}}])
def test_a_proof_that_proves_nothing_is_refused(shared, changes):
    answer = ask(shared, {"grant_type": "client_credentials"}, headers=proving(shared, **changes))
    assert refusal(answer) == (400, "invalid_dpop_proof", "DEV223")


def test_a_proof_for_another_address_is_refused(shared):
    headers = {"DPoP": proof(f"{shared.base_url}/introspect")}
    answer = ask(shared, {"grant_type": "client_credentials"}, headers=headers)
    assert refusal(answer) == (400, "invalid_dpop_proof", "DEV223")


def test_two_proofs_are_refused(shared):
    headers = [("DPoP", proof(f"{shared.base_url}/token")) for _ in range(2)]
    answer = ask(shared, {"grant_type": "client_credentials"}, headers=headers)
    assert refusal(answer) == (400, "invalid_dpop_proof", "DEV224")


def test_a_client_may_be_registered_for_bound_tokens_alone(bound):
    answer = ask(bound, {"grant_type": "client_credentials"})
    assert refusal(answer) == (400, "invalid_dpop_proof", "DEV224")
    assert own_token(bound, headers=proving(bound))["token_type"] == "DPoP"


def test_the_direct_endpoint_binds_too(shared):
    url = f"{shared.base_url}/api/auth/token/direct/{shared.key}"
    data = {"grant_type": "client_credentials"}
    answer = shared.token(data, auth=("demo", CLIENT_SECRET), headers={"DPoP": proof(url)})
    assert answer.json()["token_type"] == "DPoP"


def test_a_code_may_be_bound_to_a_key_beforehand(server):
    code = code_of(server, dpop_jkt=thumbprint())
    for headers in ({}, proving(server, key=OTHER_KEY)):
        assert refusal(exchange(server, code, headers=headers)) == (400, "invalid_grant", "DEV225")
    assert exchange(server, code, headers=proving(server)).json()["token_type"] == "DPoP"


def test_the_refresh_token_of_a_public_client_is_bound(server):
    code = arrived(log_in(server, **PUBLIC))["code"]
    sent = {"client_id": "public", "auth": None}
    first = exchange(server, code, redirect_uri=None, headers=proving(server), **sent).json()
    for headers in ({}, proving(server, key=OTHER_KEY)):
        answer = refresh(server, first["refresh_token"], headers=headers, **sent)
        assert refusal(answer) == (400, "invalid_grant", "DEV225")
    second = refresh(server, first["refresh_token"], headers=proving(server), **sent).json()
    assert introspected(server, second["access_token"])["cnf"] == {"jkt": thumbprint()}


def test_a_confidential_client_may_take_another_key(server):
    code = code_of(server)
    first = exchange(server, code, headers=proving(server)).json()
    second = refresh(server, first["refresh_token"], headers=proving(server, key=OTHER_KEY)).json()
    assert introspected(server, second["access_token"])["cnf"] == {"jkt": thumbprint(OTHER_KEY)}


def test_authletes_introspection_verifies_the_proof_of_a_request(shared):
    token = own_token(shared, headers=proving(shared))["access_token"]
    url = "https://api.example.com/pets"
    target = {"htm": "GET", "htu": url}

    def ask_about(**sent: Any) -> tuple[str, str]:
        answer = shared.introspect(token, **{**target, **sent})
        return answer["action"], answer["resultCode"]

    good = proof(url, htm="GET", ath=ath(token))
    assert ask_about(dpop=good) == ("OK", "A056001")
    assert ask_about(dpop=good) == ("OK", "A056001")
    assert ask_about() == ("UNAUTHORIZED", "A065308")
    assert ask_about(dpop=proof(url, htm="GET", ath=ath(token), key=OTHER_KEY)) == ("UNAUTHORIZED", "A065309")
    assert ask_about(dpop=proof(url, htm="GET")) == ("UNAUTHORIZED", "A065310")
    assert ask_about(dpop=good, htm="POST") == ("UNAUTHORIZED", "A065310")
    assert ask_about(dpop=good, htu="https://api.example.com/other") == ("UNAUTHORIZED", "A065310")
    assert ask_about(dpop=good, htm=None) == ("INTERNAL_SERVER_ERROR", "DEV005")
    assert ask_about(dpop=good, htu="") == ("INTERNAL_SERVER_ERROR", "DEV005")


@pytest.mark.parametrize(
    ("header", "code", "text"),
    [
        ({"typ": "JWT"}, "A065310", "There was an error processing the DPoP header: typ must be dpop+jwt"),
        ({"jwk": None}, "A065312", "The DPoP header did not include a public key in JWK format."),
    ],
)
def test_what_is_wrong_with_a_proof_is_told_in_a_challenge_of_its_scheme(shared, header, code, text):
    token = shared.create(dpopKeyThumbprint=thumbprint())["accessToken"]
    wrong = proof("https://h/", htm="GET", ath=ath(token), header=header)
    answer = shared.introspect(token, dpop=wrong, htm="GET", htu="https://h/")
    assert answer["responseContent"].startswith(
        f'DPoP error="invalid_dpop_proof",error_description="[{code}] {text}",error_uri='
    )
    assert ',algs="RS256 ' in answer["responseContent"]


def test_an_unbound_token_needs_no_proof_and_ignores_one(shared):
    token = shared.create()["accessToken"]
    assert shared.introspect(token, dpop="rubbish", htm="GET", htu="https://h/")["action"] == "OK"
