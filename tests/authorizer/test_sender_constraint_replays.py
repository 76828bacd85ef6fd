"""RFC 9449 §11.1: a proof passes once, and a refused one is not used up."""

from typing import Any

import pytest

from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.conftest import FakeClock
from tests.authorizer.dpop_client import (
    BASE,
    NOW,
    TOKEN,
    bound,
    constraint,
    proof,
    reason,
    refusal,
    request_with,
    use,
)
from tests.authorizer.verifiers.jose_signing import private_key


@pytest.mark.rule("R46")
def test_a_proof_passes_once():
    by = constraint()
    assert reason(by, request_with(proof())) is None
    assert reason(by, request_with(proof())) is Reason.REPLAYED_PROOF
    assert reason(by, request_with(proof(jti="two"))) is None


@pytest.mark.rule("R46")
@pytest.mark.parametrize(
    "wrong",
    [
        {"htm": "POST"}, {"htu": f"{BASE}/pets/8"}, {"ath": "x"}, {"iat": NOW - 61}, {"exp": NOW - 60}, {"key": private_key("P-256", 1)},
    ],
)  # fmt: skip
def test_a_refused_proof_is_not_used_up(wrong):
    by = constraint()
    assert refusal(by, request_with(proof(**wrong))) is not None
    assert reason(by, request_with(proof())) is None


@pytest.mark.rule("R46")
def test_a_proof_is_used_up_when_everything_else_is_in_order_and_not_before():
    by = constraint()
    for _ in range(3):
        assert by.require(bound(), Credentials("DPoP", TOKEN), request_with(proof()), required=True) is not None
    assert reason(by, request_with(proof())) is None


@pytest.mark.rule("R46")
def test_one_client_cannot_use_up_the_proofs_of_another_nor_those_for_another_url():
    by = constraint()
    other = bound("P-384")
    assert use(by, request_with(proof())) is None
    assert reason(constraint(algorithms=["ES384"]), request_with(proof({"alg": "ES384"})), other) is None
    by = constraint(algorithms=["ES256", "ES384"])
    assert reason(by, request_with(proof())) is None
    assert reason(by, request_with(proof({"alg": "ES384"})), other) is None
    assert reason(by, request_with(proof(htu=f"{BASE}/pets/8"), path="/pets/8")) is None
    assert reason(by, request_with(proof(htu=f"{BASE}/%70ets/7?again"))) is Reason.REPLAYED_PROOF


@pytest.mark.rule("R46")
@pytest.mark.parametrize("later", [0, 1, 60, 70])
def test_a_proof_that_is_still_fresh_is_still_remembered(later):
    clock = FakeClock(NOW)
    by = constraint(clock)
    assert reason(by, request_with(proof(iat=NOW + 10))) is None
    clock.now += later
    assert reason(by, request_with(proof(iat=NOW + 10))) is Reason.REPLAYED_PROOF


class Store:
    """A shared store, and what it says."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[bytes, float]] = []

    def claim(self, key: bytes, until: float, /) -> bool:
        self.asked.append((key, until))
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: bool = self.answer
        return answer


@pytest.mark.rule("R46")
def test_another_store_gets_a_digest_and_the_end_of_the_proof():
    store = Store(answer=True)
    assert reason(constraint(replays=store), request_with(proof(iat=NOW - 5))) is None
    ((key, until),) = store.asked
    assert (len(key), until) == (32, NOW - 5 + 60 + 10)


@pytest.mark.rule("R46", "I16")
@pytest.mark.parametrize("answer", [False, None, 0, "", 1, "yes"])
def test_a_store_that_does_not_say_yes_lets_nobody_in(answer):
    assert reason(constraint(replays=Store(answer)), request_with(proof())) is Reason.REPLAYED_PROOF


@pytest.mark.rule("R46", "I17")
def test_a_store_that_fails_is_no_refusal_and_no_allowance():
    by = constraint(replays=Store(VerifierUnavailableError("down")))
    with pytest.raises(VerifierUnavailableError):
        use(by, request_with(proof()))


def test_what_is_switched_off_is_not_asked():
    store = Store(answer=False)
    assert reason(constraint(replays=store, replay="off"), request_with(proof())) is None
    assert store.asked == []
