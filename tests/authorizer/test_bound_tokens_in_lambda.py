"""Bound tokens from the event to the answer: each kind of API, both kinds of binding, nonces, and used proofs."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.authorizer.conftest import FakeClock, recorded
from tests.authorizer.dpop_client import (
    CERTIFICATE,
    CERTIFICATE_THUMBPRINT,
    NOW,
    SECRET,
    jkt,
    other_certificate,
    proof,
)
from tests.authorizer.verifiers.jwt_tokens import AUDIENCE, ISSUER, KEYS, token

BASE = "https://api.example.com/prod"
# The event, its route, and what a proof has to be for.
APIS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "request": ("rest_request", "POST /lambda-request", {"htm": "POST", "htu": f"{BASE}/lambda-request"}),
    "http-2.0": ("http_2_0", "POST /lambda", {"htm": "POST", "htu": f"{BASE}/lambda"}),
    "http-2.0-simple": ("http_2_0", "POST /lambda", {"htm": "POST", "htu": f"{BASE}/lambda"}),
    "http-1.0": ("http_1_0", "GET /request", {"htm": "GET", "htu": f"{BASE}/request"}),
    "websocket": ("websocket_connect", "$connect", {"htm": "GET", "htu": BASE.replace("https", "wss")}),
}
BOUND = token(cnf={"jkt": jkt()})
CERTIFIED = token(cnf={"x5t#S256": CERTIFICATE_THUMBPRINT})


def made(text: str, number: int = 0, **claims: Any) -> str:
    """A proof for the token, the `number` makes it another one."""
    ath = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return proof(ath=ath, jti=str(number), **claims)


def handler(api: str, clock: Callable[[], float] | None = None, **changes: Any) -> Callable[[dict[str, Any]], Any]:
    settings = {
        "format": 1, "event": api, "cache": "off", "refusals": "static-401", "context": ["sub"], "public_base_urls": [BASE],
        "routes": [{"route": APIS[api][1], "any_of": [["profile"]]}],
        "verifiers": [{"type": "jwt", "issuer": ISSUER, "audience": AUDIENCE, "jwks": KEYS}], **changes,
    }  # fmt: skip
    handle = make_handler(
        settings,
        environ={"APIGW_OAUTH_DPOP_NONCE_SECRET": SECRET},
        clock=clock or FakeClock(NOW),
        write=lambda _line: None,
    )
    return lambda event: handle(event, None)


def event(api: str, authorization: str, *proofs: str, certificate: str | None = None) -> dict[str, Any]:
    sent = recorded(APIS[api][0])
    sent["headers"] = {"authorization": authorization} | ({"DPoP": ",".join(proofs)} if proofs else {})
    if "multiValueHeaders" in sent:
        sent["multiValueHeaders"] = {"authorization": [authorization]} | ({"DPoP": list(proofs)} if proofs else {})
        sent["headers"] = {name: values[-1] for name, values in sent["multiValueHeaders"].items()}
    if certificate is not None:
        name = "authentication" if api.startswith("http-2") else "identity"
        sent["requestContext"].setdefault(name, {})["clientCert"] = {"clientCertPem": certificate}
    return sent


def allows(handle: Callable[[dict[str, Any]], Any], sent: dict[str, Any]) -> bool:
    try:
        answer = handle(sent)
    except UnauthorizedError:
        return False
    if "isAuthorized" in answer:
        return bool(answer["isAuthorized"])
    return all(statement["Effect"] == "Allow" for statement in answer["policyDocument"]["Statement"])


@pytest.mark.rule("R41", "R43", "R44", "R46")
@pytest.mark.parametrize("api", APIS)
def test_a_proof_passes_once_on_each_kind_of_api_and_none_or_two_do_not(api):
    handle, claims = handler(api), APIS[api][2]
    one, two = made(BOUND, **claims), made(BOUND, 2, **claims)
    assert not allows(handle, event(api, f"DPoP {BOUND}"))
    assert not allows(handle, event(api, f"Bearer {BOUND}"))
    assert not allows(handle, event(api, f"Bearer {BOUND}", one))
    assert not allows(handle, event(api, f"DPoP {BOUND}", one, two))
    assert not allows(handle, event(api, f"DPoP {BOUND}", made(BOUND, **{**claims, "htu": f"{BASE}/x"})))
    assert allows(handle, event(api, f"DPoP {BOUND}", one))
    assert not allows(handle, event(api, f"DPoP {BOUND}", one))
    assert allows(handle, event(api, f"DPoP {BOUND}", two))


@pytest.mark.rule("R51", "R53", "I18")
@pytest.mark.parametrize("api", APIS)
def test_a_token_bound_to_a_certificate_passes_over_its_connection_on_each_kind_of_api(api):
    handle = handler(api)
    assert allows(handle, event(api, f"Bearer {CERTIFIED}", certificate=CERTIFICATE))
    for other in (None, other_certificate(), "CERT_CONTENT"):
        assert not allows(handle, event(api, f"Bearer {CERTIFIED}", certificate=other))


@pytest.mark.rule("R50")
@pytest.mark.parametrize("cache", ["route", "token"])
@pytest.mark.parametrize("text", [BOUND, CERTIFIED])
def test_where_answers_are_kept_a_bound_token_is_refused_whatever_comes_with_it(cache, text):
    handle, claims = handler("request", cache=cache), APIS["request"][2]
    for scheme, proofs in [("Bearer", ()), ("DPoP", (made(text, **claims),))]:
        assert not allows(handle, event("request", f"{scheme} {text}", *proofs, certificate=CERTIFICATE))


@pytest.mark.rule("R46")
def test_a_proof_that_comes_with_too_small_a_token_is_not_used_up():
    small, claims = token(cnf={"jkt": jkt()}, scope="openid"), APIS["request"][2]
    handle = handler("request")
    sent = event("request", f"DPoP {small}", made(small, **claims))
    for _ in range(2):
        answer = handle(sent)
        assert answer["context"]["wwwAuthenticate"].startswith('DPoP error="insufficient_scope"')


@pytest.mark.rule("R2", "R48", "R49")
def test_with_nonces_a_client_is_given_one_with_the_refusal_and_the_next_one_in_time():
    clock, claims = FakeClock(NOW - NOW % 60), APIS["request"][2]
    handle = handler("request", clock, refusals="dynamic-401", dpop={"nonces": True})

    def answer(number: int, **nonce: str) -> dict[str, Any]:
        # That the client's clock is an hour late does not matter.
        sent = event("request", f"DPoP {BOUND}", made(BOUND, number, iat=NOW - 3600, **claims, **nonce))
        told: dict[str, Any] = handle(sent)["context"]
        return told

    refused = answer(1)
    assert refused["wwwAuthenticate"].startswith('DPoP error="use_dpop_nonce"')
    first = refused["dpopNonce"]
    assert "dpopNonce" not in answer(1, nonce=first)
    clock.now += 60
    second = answer(2, nonce=first)["dpopNonce"]
    assert second != first
    assert "dpopNonce" not in answer(3, nonce=second)
    used = answer(3, nonce=second)
    assert used["wwwAuthenticate"].startswith('DPoP error="invalid_dpop_proof"')


@pytest.mark.rule("R2")
def test_where_proofs_can_be_checked_both_schemes_are_offered():
    handle = handler("request", refusals="dynamic-401", dpop={"algorithms": ["ES256", "PS256"]})
    sent = event("request", "Basic eDp5")
    assert handle(sent)["context"]["wwwAuthenticate"] == 'Bearer, DPoP algs="ES256 PS256"'
    bare = handler("request", refusals="dynamic-401", public_base_urls=[])
    assert bare(sent)["context"]["wwwAuthenticate"] == "Bearer"


@pytest.mark.rule("R54")
def test_a_route_for_bound_tokens_takes_no_other():
    routes = [{"route": "POST /lambda-request", "any_of": [[]], "sender_constrained": True}]
    handle = handler("request", routes=routes)
    assert not allows(handle, event("request", f"Bearer {token()}"))
    assert allows(handle, event("request", f"Bearer {CERTIFIED}", certificate=CERTIFICATE))
    assert allows(handle, event("request", f"DPoP {BOUND}", made(BOUND, **APIS["request"][2])))
