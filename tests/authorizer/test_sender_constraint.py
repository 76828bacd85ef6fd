"""RFC 9449 §7 and RFC 8705 §3: a token that is bound to its sender is of no use to anybody else."""

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from tests.authorizer.dpop_client import (
    CERTIFICATE,
    CERTIFICATE_THUMBPRINT,
    TOKEN,
    bound,
    constraint,
    jkt,
    other_certificate,
    proof,
    reason,
    refusal,
    request_with,
)
from tests.authorizer.verifiers.jose_signing import public_jwk

ONE = constraint(replay="off")
UNBOUND = AccessToken(subject="john")
WITH_CERTIFICATE = AccessToken(subject="john", confirmation={"x5t#S256": CERTIFICATE_THUMBPRINT})
WITH_BOTH = AccessToken(confirmation={"jkt": jkt(), "x5t#S256": CERTIFICATE_THUMBPRINT})


def over(certificate: str | None, *proofs: str) -> Request:
    return request_with(*proofs)._replace(client_certificate=certificate)


def test_an_unbound_token_needs_no_proof():
    assert reason(ONE, request_with(), UNBOUND, "Bearer") is None
    assert ONE.require(UNBOUND, Credentials("Bearer", TOKEN), request_with(), required=False) is None


@pytest.mark.rule("R37")
def test_a_token_bound_to_a_key_is_refused_with_the_scheme_bearer_and_told_to_come_with_the_other():
    error = refusal(ONE, request_with(), bound(), "Bearer")
    assert error is not None
    assert (error.error, error.scheme, error.reason) == ("invalid_token", "DPoP", Reason.SENDER_CONSTRAINED_TOKEN)
    assert str(Challenge.of(error, scheme="Bearer", dpop_algorithms=ONE.algorithms)).startswith(
        'DPoP error="invalid_token"'
    )


@pytest.mark.rule("R37", "R40")
def test_a_proof_beside_the_scheme_bearer_does_not_help():
    assert reason(ONE, request_with(proof()), bound(), "Bearer") is Reason.SENDER_CONSTRAINED_TOKEN


@pytest.mark.rule("R38")
def test_the_scheme_dpop_without_a_proof_is_refused():
    error = refusal(ONE, request_with())
    assert error is not None
    assert (error.error, error.scheme) == ("invalid_dpop_proof", "DPoP")


@pytest.mark.rule("R39")
@pytest.mark.parametrize("token", [UNBOUND, WITH_CERTIFICATE])
def test_the_scheme_dpop_is_for_tokens_that_are_bound_to_a_key(token):
    error = refusal(ONE, over(CERTIFICATE, proof()), token)
    assert error is not None
    assert (error.error, error.scheme, error.reason) == ("invalid_token", "DPoP", Reason.WRONG_TOKEN_TYPE)


@pytest.mark.rule("R31")
@pytest.mark.parametrize("kind", ["DPoP", "dpop", "DPOP"])
@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_token_of_the_type_dpop_must_be_bound_to_a_key_and_come_with_the_scheme(kind, scheme):
    claims = {"token_type": kind}
    assert reason(ONE, request_with(proof()), UNBOUND._replace(claims=claims), scheme) is Reason.WRONG_TOKEN_TYPE
    assert (reason(ONE, request_with(proof()), bound(claims=claims), scheme) is None) == (scheme == "DPoP")


@pytest.mark.rule("R31")
@pytest.mark.parametrize("kind", ["Bearer", "bearer", None, 1])
def test_a_server_that_calls_every_token_bearer_does_not_unbind_it(kind):
    claims = {"token_type": kind}
    assert reason(ONE, request_with(proof()), bound(claims=claims)) is None
    assert reason(ONE, request_with(), UNBOUND._replace(claims=claims), "Bearer") is None


@pytest.mark.rule("R51", "R52")
def test_a_token_bound_to_a_certificate_passes_with_the_scheme_bearer_over_its_connection():
    assert reason(ONE, over(CERTIFICATE), WITH_CERTIFICATE, "Bearer") is None


@pytest.mark.rule("R53", "I18")
@pytest.mark.parametrize("certificate", [None, "", "CERT_CONTENT", other_certificate()])
def test_without_its_certificate_the_token_is_refused_as_over_the_default_endpoint(certificate):
    error = refusal(ONE, over(certificate), WITH_CERTIFICATE, "Bearer")
    assert error is not None
    assert (error.error, error.scheme, error.reason) == ("invalid_token", None, Reason.WRONG_CERTIFICATE)


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    "name",
    ["client-cert", "x-client-cert", "x-amzn-mtls-clientcert", "x-ssl-client-cert", "x-forwarded-client-cert"],
)
def test_a_certificate_in_a_header_is_none(name):
    request = over(None)
    request = request._replace(headers={**request.headers, name: (CERTIFICATE,)})
    assert reason(ONE, request, WITH_CERTIFICATE, "Bearer") is Reason.WRONG_CERTIFICATE


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("certificate", "proofs", "expected"),
    [
        (CERTIFICATE, (proof(),), None), (None, (proof(),), Reason.WRONG_CERTIFICATE), (other_certificate(), (proof(),), Reason.WRONG_CERTIFICATE),
        (CERTIFICATE, (proof(htm="POST"),), Reason.INVALID_PROOF), (CERTIFICATE, (), Reason.INVALID_PROOF),
    ],
)  # fmt: skip
def test_a_token_bound_to_both_needs_both(certificate, proofs, expected):
    assert reason(ONE, over(certificate, *proofs), WITH_BOTH) is expected


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    "confirmation",
    [{"kid": "x"}, {"jwk": public_jwk("P-256")}, {"x5t": "x"}, {"JKT": jkt()}, {"jwe": "x", "osc": {}}],
)
def test_a_token_bound_in_an_unknown_way_is_refused(confirmation):
    token = AccessToken(confirmation=confirmation)
    assert reason(ONE, over(CERTIFICATE), token, "Bearer") is Reason.SENDER_CONSTRAINED_TOKEN


@pytest.mark.rule("R54")
def test_an_unknown_member_beside_a_known_one_changes_nothing():
    assert reason(ONE, request_with(proof()), AccessToken(confirmation={"jkt": jkt(), "kid": "x"})) is None


@pytest.mark.rule("R54")
@pytest.mark.parametrize("name", ["jkt", "x5t#S256"])
@pytest.mark.parametrize(
    "value",
    [
        None, "", 1, True, [], [jkt()], {}, "x", jkt() + "=", jkt() + "A", jkt()[:42], jkt() + "\n", f" {jkt()}", "é" * 43,
    ],
    # The key is another one in each process that runs tests; the names of the tests must not be.
    ids=[
        "null", "empty", "number", "boolean", "list", "list-of-one", "object", "short", "padded", "one-more", "one-less", "line", "space", "not-ascii",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_malformed_binding_is_refused(name, value, scheme):
    token = AccessToken(confirmation={**WITH_BOTH.confirmation, name: value})
    assert reason(ONE, over(CERTIFICATE, proof()), token, scheme) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R54")
def test_a_route_that_wants_bound_tokens_takes_either_kind_and_no_other():
    assert reason(ONE, request_with(), UNBOUND, "Bearer", required=True) is Reason.SENDER_CONSTRAINT_REQUIRED
    assert reason(ONE, over(CERTIFICATE), WITH_CERTIFICATE, "Bearer", required=True) is None
    assert reason(ONE, request_with(proof()), required=True) is None


@pytest.mark.rule("R2", "R44")
def test_without_a_public_address_dpop_is_not_offered_and_certificates_count_all_the_same():
    by = constraint(bases=())
    assert by.algorithms == ()
    assert reason(by, over(CERTIFICATE), WITH_CERTIFICATE, "Bearer") is None
    for scheme in ("Bearer", "DPoP"):
        error = refusal(by, request_with(proof()), bound(), scheme)
        assert error is not None
        assert error.reason is Reason.SENDER_CONSTRAINED_TOKEN
        assert "public_base_urls is not set" in str(error)
