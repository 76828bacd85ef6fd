"""Bound tokens at Authlete: what it is asked, what is made of its answers, and how often it is asked."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import client_certificate
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import (
    AuthorizerError,
    BearerTokenError,
    InvalidProofError,
    InvalidTokenError,
    NonceRequiredError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwks
from apigw_oauth.authorizer.verifiers.authlete import AuthleteVerifier
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_evidence import CAPACITY, REMEMBERED
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules
from apigw_oauth.authorizer.verifiers.authlete_verdict import Evidence
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


@pytest.mark.rule("R36", "R44", "L10")
@pytest.mark.parametrize(
    "htu",
    [
        "https://evil.example/dev/pets/7", "https://api.example/pets/7", "http://api.example/dev/pets/7", f"{HTU}/",
        "https://api.example/dev/pets/8", "nonsense", "", None, 5,
    ],
)  # fmt: skip
def test_a_proof_for_another_url_is_refused_before_authlete_sees_it(htu):
    server = FakeAuthlete("key")
    error = refused(server, with_proof(proof(claims={"htu": htu})))
    assert isinstance(error, InvalidProofError)
    assert all("dpop" not in question for question in server.questions)


@pytest.mark.rule("R36", "R44")
def test_authlete_is_told_the_url_of_the_request_in_its_normal_form():
    server = FakeAuthlete("key")
    verify(server, with_proof(proof(claims={"htu": "HTTPS://API.example:443/dev/./pets/%37?x=y#z"})))
    assert server.questions[-1]["htu"] == HTU


@pytest.mark.rule("R41")
@pytest.mark.parametrize(
    "values",
    [
        (proof(), proof()), (f"{proof()},{proof()}",), ("",), ("a.b.c",), ("x" * 9000,), (proof({"jwk": None}),),
        (proof({"jwk": "x"}),), (proof({"jwk": {**public_jwk("P-256"), "d": "AA"}}),), (proof({"jwk": {"kty": "oct", "k": "AA"}}),),
        (proof({"jwk": {"kty": "EC"}}),), (proof({"crit": ["x"]}),),
    ],
)  # fmt: skip
def test_a_proof_that_is_none_is_refused_before_authlete_sees_it(values):
    server = FakeAuthlete("key")
    assert isinstance(refused(server, with_proof(*values)), InvalidProofError)
    assert all("dpop" not in question for question in server.questions)


def test_a_handshake_is_a_get():
    server = FakeAuthlete("key")
    handshake = with_proof(proof(claims={"htu": "wss://api.example/dev"}))._replace(
        method="$connect", external_path=""
    )
    verify(server, handshake)
    assert (server.questions[-1]["htm"], server.questions[-1]["htu"]) == ("GET", "https://api.example/dev")


@pytest.mark.rule("R36", "R45")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal("A065309", "invalid_dpop_proof"), Reason.WRONG_KEY),
        (refusal("A065310", "invalid_dpop_proof"), Reason.INVALID_PROOF),
        (refusal("A065311"), Reason.INVALID_PROOF),
        (refusal("A065312"), Reason.INVALID_PROOF),
        (refusal("A065313"), Reason.INVALID_PROOF),
        (refusal("A999999", "invalid_dpop_proof"), Reason.INVALID_PROOF),
        (refusal("A999999", "use_dpop_nonce"), Reason.INVALID_PROOF),
    ],
)
def test_a_proof_that_authlete_refuses_is_an_invalid_proof(answer, reason):
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert isinstance(error, InvalidProofError)
    assert error.error == "invalid_dpop_proof"
    assert error.reason is reason


@pytest.mark.rule("R36", "R53")
@pytest.mark.parametrize("code", ["A065304", "A065305", "A065306", "A065307"])
def test_a_certificate_that_authlete_refuses_is_the_wrong_one(code):
    error = refused(
        FakeAuthlete("certificate", then=refusal(code)), with_proof(scheme="Bearer", certificate=CERTIFICATE)
    )
    assert error.reason is Reason.WRONG_CERTIFICATE
    assert refused(FakeAuthlete("certificate"), with_proof(scheme="Bearer")).reason is Reason.WRONG_CERTIFICATE


@pytest.mark.rule("R36", "R48")
def test_a_nonce_that_authlete_asks_for_is_handed_to_the_client():
    answer = refusal("A999999", "use_dpop_nonce", dpopNonce="n-0S6_WzA2Mj")
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert isinstance(error, NonceRequiredError)
    assert error.nonce == "n-0S6_WzA2Mj"
    assert verify(FakeAuthlete("key", then={**OK, "dpopNonce": "next"}), with_proof(proof())).dpop_nonce == "next"
    stale = refused(
        FakeAuthlete("key", then=refusal("A065310", "invalid_dpop_proof", dpopNonce="n2")), with_proof(proof())
    )
    assert stale.nonce == "n2"


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    "content",
    [
        'DPoP error="use_dpop_nonce"\r\nX: y', 'DPoP error="use_dpop_nonce",error_description="ä"', 5, None, "", "DPoP",
        'DPoP error_description="error=\\"use_dpop_nonce\\""', 'DPoP error_description=" error=",x="use_dpop_nonce"',
    ],
)  # fmt: skip
def test_a_challenge_that_could_not_be_a_header_is_not_read(content):
    answer = {**refusal("A999999", dpopNonce="n"), "responseContent": content}
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert type(error) is InvalidTokenError
    assert error.reason is Reason.INACTIVE_TOKEN


@pytest.mark.rule("I15")
def test_evidence_is_not_shown():
    assert "geheim" not in repr(Evidence({"dpop": "geheim", "clientCertificate": "geheim"}, "geheim", "geheim"))


def test_an_expired_bound_token_is_expired():
    error = refused(FakeAuthlete("key", then=refusal("A065303")), with_proof(proof()))
    assert error.reason is Reason.EXPIRED_TOKEN


def test_a_proof_that_was_sent_and_is_missed_all_the_same_refuses():
    assert (
        refused(FakeAuthlete("key", then=NO_PROOF), with_proof(proof())).reason is Reason.SENDER_CONSTRAINED_TOKEN
    )


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=2)


@pytest.mark.rule("L5")
@given(
    header=st.dictionaries(st.sampled_from(["typ", "alg", "jwk", "kid", "crit"]), JSON, max_size=2),
    claims=st.dictionaries(st.sampled_from(["htu", "htm", "jti"]), JSON, max_size=2),
    position=st.integers(0, 400),
    octets=st.text(st.characters(max_codepoint=255), max_size=3),
)
def test_a_damaged_proof_ends_in_facts_or_in_one_of_our_errors(header, claims, position, octets):
    made = sign(
        {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256"), **header},
        {**CLAIMS, **claims},
        alg="ES256",
    )
    try:
        token = verify(FakeAuthlete("key"), with_proof(made[:position] + octets + made[position:]))
    except AuthorizerError:
        return
    assert set(token.confirmation) == {"jkt"}
