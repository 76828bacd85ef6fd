"""Nonces in DPoP proofs. See RFC 9449 §8 and §9."""

import pytest

from tests.authserver.proofs import ath, proof, thumbprint
from tests.authserver.servers import Running, running
from tests.authserver.standard_flow import ask, refusal

URL = "https://api.example.com/pets"
OWN = {"grant_type": "client_credentials"}


@pytest.fixture
def strict(clock):
    with running(clock, dpop_nonce_required=True) as started:
        yield started


def asked(server: Running, token: str, nonce: object = None, **sent: object) -> dict[str, object]:
    now = int(server.clock.now)
    signed = proof(URL, htm="GET", ath=ath(token), nonce=nonce, iat=now)
    return server.introspect(token, dpop=signed, htm="GET", htu=URL, **sent)


def test_a_proof_without_a_good_nonce_is_answered_with_one(strict):
    token = strict.create(dpopKeyThumbprint=thumbprint())["accessToken"]
    for nonce in (None, "other", 1, "ü"):
        answer = asked(strict, token, nonce)
        assert (answer["action"], answer["resultCode"]) == ("UNAUTHORIZED", "DEV006")
        assert 'DPoP error="use_dpop_nonce"' in str(answer["responseContent"])
    again = asked(strict, token, answer["dpopNonce"])
    assert (again["action"], again["dpopNonce"]) == ("OK", answer["dpopNonce"])


def test_a_nonce_is_good_for_its_time_and_the_next(strict):
    strict.clock.now = 1_800_000_000 // 120 * 120
    token = strict.create(dpopKeyThumbprint=thumbprint())["accessToken"]
    nonce = asked(strict, token)["dpopNonce"]
    strict.clock.now += 239
    later = asked(strict, token, nonce)
    assert later["action"] == "OK"
    assert later["dpopNonce"] != nonce
    strict.clock.now += 1
    assert asked(strict, token, nonce)["resultCode"] == "DEV006"
    assert asked(strict, token, later["dpopNonce"])["action"] == "OK"


def test_one_call_may_want_a_nonce(shared):
    token = shared.create(dpopKeyThumbprint=thumbprint())["accessToken"]
    assert "dpopNonce" not in asked(shared, token)
    wanted = asked(shared, token, dpopNonceRequired=True)
    assert wanted["resultCode"] == "DEV006"
    assert asked(shared, token, wanted["dpopNonce"], dpopNonceRequired=True)["action"] == "OK"


def test_tokens_that_anybody_may_use_know_no_nonce(strict):
    token = strict.create()["accessToken"]
    assert "dpopNonce" not in strict.introspect(token)
    assert ask(strict, OWN).status_code == 200


def test_the_token_endpoint_wants_a_nonce_too(strict):
    url = f"{strict.base_url}/token"
    first = ask(strict, OWN, headers={"DPoP": proof(url)})
    assert refusal(first) == (400, "use_dpop_nonce", "DEV006")
    nonce = first.headers["dpop-nonce"]
    second = ask(strict, OWN, headers={"DPoP": proof(url, nonce=nonce)})
    assert (second.status_code, second.headers["dpop-nonce"]) == (200, nonce)
    assert "dpop-nonce" not in strict.http.get("/jwks").headers
