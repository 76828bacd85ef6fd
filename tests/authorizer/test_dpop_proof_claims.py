"""RFC 9449 §4.3, §8 and §11: what a proof says about the request, the token, and when it was made."""

from typing import Any

import pytest

from apigw_oauth.authorizer.dpop_nonce import Nonces
from apigw_oauth.authorizer.errors import NonceRequiredError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.sender_constraint import SenderConstraint
from tests.authorizer.conftest import FakeClock
from tests.authorizer.dpop_client import (
    ABSENT,
    BASE,
    CLAIMS,
    NOW,
    SECRET,
    TOKEN,
    constraint,
    proof,
    reason,
    refusal,
    request_with,
    use,
)
from tests.authorizer.verifiers.jose_signing import b64, public_jwk, sign

ONE = constraint(replay="off")


def why(by: SenderConstraint = ONE, /, **claims: Any) -> Reason | None:
    """Why a proof is refused that differs from a good one in these claims; None if it is not."""
    return reason(by, request_with(proof(**claims)))


def with_nonces(clock: FakeClock | None = None) -> SenderConstraint:
    return constraint(clock, nonces=True, environ={"APIGW_OAUTH_DPOP_NONCE_SECRET": SECRET})


def nonce_at(clock: FakeClock | None = None) -> str:
    return Nonces(SECRET, clock=clock or FakeClock(NOW)).current()


@pytest.mark.rule("R42")
@pytest.mark.parametrize("name", ["jti", "htm", "htu", "ath", "iat"])
@pytest.mark.parametrize("value", [ABSENT, None, True, [], {}, ["GET"]])
def test_a_proof_has_all_its_claims_of_the_right_kind(name, value):
    assert why(**{name: value}) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    "claims",
    [
        {"iat": str(NOW)},
        {"jti": 1},
        {"htm": 1},
        {"exp": "x"},
        {"nbf": None},
        {"exp": True},
        {"nbf": True},
        {"jti": ""},
        {"jti": "a" * 257},
    ],
)
def test_a_claim_of_another_kind_or_length_is_refused(claims):
    assert why(**claims) is Reason.INVALID_PROOF


@pytest.mark.rule("R42", "R12")
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"jti":"a","jti":"b"}',
        b'\xef\xbb\xbf{"jti":"a"}',
        b'{"iat":NaN}',
        b'{"jti":"\\ud800"}',
        b"\xff",
    ],
)
def test_the_claims_are_one_plain_json_object(payload):
    text = sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256")}, payload)
    assert reason(ONE, request_with(text)) is Reason.INVALID_PROOF


@pytest.mark.parametrize("jti", ["a", "a" * 256, "é" * 256, "\0", " ", '"'])
def test_a_jti_is_any_text_of_up_to_256_characters(jti):
    assert why(jti=jti) is None


@pytest.mark.rule("R43")
@pytest.mark.parametrize("htm", ["get", "Get", "POST", "GET ", "", "$connect", "ANY"])
def test_the_method_is_compared_letter_by_letter(htm):
    assert why(htm=htm) is Reason.INVALID_PROOF


@pytest.mark.rule("R43")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_a_proof_is_for_the_method_of_its_request(method):
    assert reason(ONE, request_with(proof(htm=method), method=method)) is None


@pytest.mark.rule("R43", "R44")
def test_a_handshake_is_a_get_of_the_public_address():
    def shake(**claims: str) -> Reason | None:
        return reason(ONE, request_with(proof(**claims), method="$connect", path="/", external_path=""))

    assert shake(htu="wss://api.example.com/dev") is None
    assert shake(htu=BASE) is None
    assert shake(htm="$connect", htu=BASE) is Reason.INVALID_PROOF
    assert shake(htu=f"{BASE}/pets/7") is Reason.INVALID_PROOF


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    "htu",
    [
        "https://api.example.com/dev/pets/8",
        "https://evil.example/dev/pets/7",
        "/pets/7",
        "",
        "https://u@api.example.com/dev/pets/7",
    ],
)
def test_a_proof_for_another_url_is_refused(htu):
    assert why(htu=htu) is Reason.INVALID_PROOF


@pytest.mark.rule("R44")
def test_query_and_fragment_of_the_url_are_ignored():
    assert why(htu=f"{BASE}/pets/7?limit=5#x") is None


@pytest.mark.rule("R45")
@pytest.mark.parametrize("ath", [b64(b"x" * 32), CLAIMS["ath"] + "=", CLAIMS["ath"].lower(), TOKEN, ""])
def test_a_proof_for_another_token_is_refused(ath):
    assert why(ath=ath) is Reason.INVALID_PROOF


@pytest.mark.rule("R47")
@pytest.mark.parametrize(
    ("ago", "good"),
    [
        (0, True),
        (60, True),
        (60.5, False),
        (61, False),
        (-10, True),
        (-10.5, False),
        (-11, False),
        (NOW, False),
        (2 * NOW, False),
    ],
)
def test_a_proof_is_of_this_moment_by_default_of_the_last_minute(ago, good):
    assert (why(iat=NOW - ago) is None) == good


@pytest.mark.rule("R47")
@pytest.mark.parametrize(("ago", "good"), [(5, True), (6, False), (-10, True)])
def test_the_settings_say_how_old_a_proof_may_be(ago, good):
    assert (why(constraint(max_age=5), iat=NOW - ago) is None) == good


@pytest.mark.rule("R47")
@pytest.mark.parametrize(("claims", "good"), [
    ({"exp": NOW + 1}, True), ({"exp": NOW - 9}, True), ({"exp": NOW - 10}, False), ({"nbf": NOW + 10}, True), ({"nbf": NOW + 11}, False), ({"exp": 10**99}, True), ({"iat": 10**99}, False),
    ({"iat": -(10**99)}, False), ({"iat": 1e308}, False),
])  # fmt: skip
def test_exp_and_nbf_count_where_a_proof_has_them(claims, good):
    assert (why(**claims) is None) == good


@pytest.mark.rule("R48")
@pytest.mark.parametrize("nonce", [ABSENT, None, "", "made up", 1, ["x"]])
def test_a_proof_without_our_nonce_is_told_which_one_to_hold(nonce):
    by = with_nonces()
    error = refusal(by, request_with(proof(nonce=nonce)))
    assert isinstance(error, NonceRequiredError)
    assert (error.error, error.reason, error.scheme) == ("use_dpop_nonce", Reason.NONCE_REQUIRED, "DPoP")
    assert reason(by, request_with(proof(nonce=error.nonce))) is None


@pytest.mark.rule("R47", "R48")
@pytest.mark.parametrize("iat", [0, NOW - 3600, NOW + 3600, 10**20])
def test_with_a_nonce_the_clock_of_the_client_does_not_matter(iat):
    by = with_nonces()
    nonce = nonce_at()
    assert reason(by, request_with(proof(nonce=nonce, iat=iat))) is None
    assert reason(by, request_with(proof(nonce=nonce, iat="now", jti="two"))) is Reason.INVALID_PROOF


@pytest.mark.rule("R48", "R49")
def test_a_nonce_serves_several_proofs_until_it_is_stale_and_the_next_one_comes_in_time():
    clock = FakeClock(60 * 28_333_333)
    by = with_nonces(clock)
    nonce = nonce_at(clock)
    assert use(by, request_with(proof(nonce=nonce, jti="1"))) is None
    clock.now += 60
    fresh = use(by, request_with(proof(nonce=nonce, jti="2")))
    assert fresh == nonce_at(clock) != nonce
    clock.now += 60
    assert reason(by, request_with(proof(nonce=nonce, jti="3"))) is Reason.NONCE_REQUIRED
    assert reason(by, request_with(proof(nonce=fresh, jti="3"))) is None


@pytest.mark.rule("R46", "R48")
def test_a_proof_with_a_nonce_is_remembered_for_as_long_as_the_nonce_is_good():
    clock = FakeClock(60 * 28_333_333 + 59)
    by = with_nonces(clock)
    text = proof(nonce=nonce_at(clock))
    assert reason(by, request_with(text)) is None
    for later in (0, 1, 59, 60.5):
        clock.now = 60 * 28_333_333 + 59 + later
        assert reason(by, request_with(text)) is Reason.REPLAYED_PROOF
    clock.now = 60 * 28_333_333 + 120
    assert reason(by, request_with(text)) is Reason.NONCE_REQUIRED
