"""Bound tokens at Authlete: what it is asked, what is made of its answers, and how often it is asked."""

import json
from typing import Any

import pytest

from apigw_oauth.authorizer import client_certificate
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import (
    BearerTokenError,
    InvalidTokenError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwks
from apigw_oauth.authorizer.verifiers.authlete import AuthleteVerifier
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_evidence import CAPACITY, REMEMBERED
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.verifiers.jose_signing import public_jwk, sign
from tests.authorizer.verifiers.test_mutual_tls import CERTIFICATE

OK: dict[str, Any] = {
    "resultCode": "A056001", "action": "OK", "clientId": 1, "subject": "john", "existent": True, "usable": True,
    "responseContent": 'Bearer error="invalid_request"',
}  # fmt: skip
THUMBPRINT = client_certificate.thumbprint(CERTIFICATE)
HTU = "https://api.example/dev/pets/7"
CLAIMS = {"jti": "1", "htm": "GET", "htu": HTU, "iat": 1_700_000_000, "ath": "x"}


def refusal(code: str, error: str = "invalid_token", **more: object) -> dict[str, Any]:
    content = f'DPoP error="{error}",error_description="[{code}] It is so.",algs="ES256"'
    return {"action": "UNAUTHORIZED", "resultCode": code, "responseContent": content, **more}


NO_PROOF, NO_CERTIFICATE = refusal("A065308"), refusal("A065304")


def proof(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None) -> str:
    made = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256"), **(header or {})}
    return sign(made, {**CLAIMS, **(claims or {})})


def with_proof(*proofs: str, scheme: str = "DPoP", method: str = "GET", certificate: str | None = None) -> Request:
    headers = {"dpop": proofs} if proofs else {}
    request = make_request(method, authorization=f"{scheme} token", headers=headers)
    return request._replace(external_path="/pets/7", client_certificate=certificate)


class FakeAuthlete:
    """Says what a token is bound to as Authlete does: by what it misses."""

    def __init__(self, *bound_to: str, then: dict[str, Any] | None = None) -> None:
        self.bound_to = bound_to
        self.then = then or OK
        self.questions: list[dict[str, str]] = []

    def post(self, path: str, headers: object, body: bytes) -> HttpAnswer:
        question = json.loads(body)
        self.questions.append(question)
        content = self.then
        if "key" in self.bound_to and "dpop" not in question:
            content = NO_PROOF
        if "certificate" in self.bound_to and "clientCertificate" not in question:
            content = NO_CERTIFICATE
        return HttpAnswer(200, "application/json", json.dumps(content).encode())


def verifier(
    server: FakeAuthlete, *, urls: tuple[str, ...] = ("https://api.example/dev",), **world: Any
) -> AuthleteVerifier:
    api = AuthleteApi(server, version=2, base_url="https://api.authlete.com", account="k", secret="s")
    surroundings = Surroundings(public_base_urls=urls, **world)
    return AuthleteVerifier(api, FactRules("https://api.authlete.com", None, ()), surroundings)


def verify(server: FakeAuthlete, request: Request) -> AccessToken:
    return verifier(server).verify("token", request)


def refused(server: FakeAuthlete, request: Request) -> BearerTokenError:
    with pytest.raises(BearerTokenError) as caught:
        verify(server, request)
    return caught.value


@pytest.mark.rule("R36")
def test_an_unbound_token_needs_one_question_about_it_alone_whatever_comes_with_it():
    server = FakeAuthlete()
    token = verify(server, with_proof(proof(), certificate=CERTIFICATE))
    assert server.questions == [{"token": "token"}]
    assert token.confirmation == {}
    assert token.reusable


@pytest.mark.rule("R36")
def test_a_token_that_is_bound_to_a_key_is_asked_about_with_the_proof_of_the_request():
    server, made = FakeAuthlete("key"), proof()
    token = verify(server, with_proof(f" {made}"))
    assert server.questions == [{"token": "token"}, {"token": "token", "dpop": made, "htm": "GET", "htu": HTU}]
    assert token.confirmation == {"jkt": jwks.thumbprint(public_jwk("P-256"))}
    assert token.reusable is False


@pytest.mark.rule("R37")
def test_a_token_that_is_bound_to_a_key_is_not_taken_with_the_scheme_bearer():
    for request in (
        with_proof(scheme="Bearer"),
        with_proof(proof(), scheme="Bearer"),
        make_request(authorization=None),
    ):
        error = refused(FakeAuthlete("key"), request)
        assert isinstance(error, InvalidTokenError)
        assert (error.reason, error.scheme) == (Reason.SENDER_CONSTRAINED_TOKEN, "DPoP")


def test_without_public_addresses_no_proof_can_be_checked():
    server = FakeAuthlete("key")
    with pytest.raises(InvalidTokenError) as caught:
        verifier(server, urls=()).verify("token", with_proof(proof()))
    assert caught.value.reason is Reason.SENDER_CONSTRAINED_TOKEN
    assert all(question == {"token": "token"} for question in server.questions)


@pytest.mark.rule("R36", "R53")
def test_a_token_that_is_bound_to_a_certificate_is_asked_about_with_that_of_the_connection():
    server = FakeAuthlete("certificate", then={**OK, "certificateThumbprint": THUMBPRINT})
    token = verify(server, with_proof(scheme="Bearer", certificate=CERTIFICATE))
    assert server.questions == [{"token": "token"}, {"token": "token", "clientCertificate": CERTIFICATE}]
    assert token.confirmation == {"x5t#S256": THUMBPRINT}
    assert token.reusable is False


def test_a_certificate_that_authlete_has_accepted_is_the_one_even_if_it_does_not_say_so():
    token = verify(FakeAuthlete("certificate"), with_proof(scheme="Bearer", certificate=CERTIFICATE))
    assert token.confirmation == {"x5t#S256": THUMBPRINT}
    error = refused(FakeAuthlete("certificate"), with_proof(scheme="Bearer", certificate="unreadable"))
    assert error.reason is Reason.WRONG_CERTIFICATE


def test_a_proof_binds_nothing_that_is_bound_to_a_certificate_alone():
    token = verify(FakeAuthlete("certificate"), with_proof(proof(), certificate=CERTIFICATE))
    assert token.confirmation == {"x5t#S256": THUMBPRINT}


def test_a_token_that_is_bound_to_both_needs_both():
    server = FakeAuthlete("key", "certificate")
    checked = verifier(server)
    token = checked.verify("token", with_proof(proof(), certificate=CERTIFICATE))
    assert [sorted(question) for question in server.questions] == [
        ["token"], ["clientCertificate", "token"], ["clientCertificate", "dpop", "htm", "htu", "token"],
    ]  # fmt: skip
    assert token.confirmation == {"jkt": jwks.thumbprint(public_jwk("P-256")), "x5t#S256": THUMBPRINT}
    assert refused(server, with_proof(proof())).reason is Reason.WRONG_CERTIFICATE
    lacking = refused(server, with_proof(scheme="Bearer", certificate=CERTIFICATE))
    assert lacking.reason is Reason.SENDER_CONSTRAINED_TOKEN


def test_a_bound_token_that_is_known_needs_one_question():
    server = FakeAuthlete("key")
    checked = verifier(server)
    for _ in range(3):
        checked.verify("token", with_proof(proof()))
    assert len(server.questions) == 4
    with pytest.raises(InvalidTokenError):
        checked.verify("token", with_proof(scheme="Bearer"))
    assert server.questions[4:] == [{"token": "token"}]


def test_what_a_token_is_bound_to_is_forgotten_after_a_while_since_it_may_change():
    server, monotonic = FakeAuthlete("key"), FakeClock(0)
    checked = verifier(server, monotonic=monotonic)
    checked.verify("token", with_proof(proof()))
    server.bound_to = ()
    monotonic.now += REMEMBERED
    token = checked.verify("token", with_proof(proof()))
    assert server.questions[-1] == {"token": "token"}
    assert token.confirmation == {}


def test_not_too_many_tokens_are_remembered():
    server = FakeAuthlete("key")
    checked, request = verifier(server), with_proof(proof())
    for number in range(CAPACITY + 1):
        checked.verify(f"token{number}", request)
    server.questions.clear()
    checked.verify(f"token{CAPACITY}", request)
    assert len(server.questions) == 1
    checked.verify("token0", request)
    assert len(server.questions) == 3
