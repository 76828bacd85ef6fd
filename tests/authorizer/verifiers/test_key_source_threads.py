"""Many threads, as in the local gateway: one of them asks the issuer, and all get what it got."""

import threading

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.jwks import NoKeyError
from apigw_oauth.authorizer.verifiers.key_source import RemoteKeys
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.fake_issuer import OUTAGE, json_answer
from tests.authorizer.verifiers.jose_signing import public_jwk

KEYS = json_answer({"keys": [public_jwk("P-256", kid="1")]})
THREADS = 20


class SlowIssuer:
    """Answers when it is let go, so that everybody comes while it is asked."""

    def __init__(self) -> None:
        self.answer: HttpAnswer | Exception = KEYS
        self.calls = 0
        self.entered, self.let_go = threading.Event(), threading.Event()
        self.keys = RemoteKeys(self, clock=FakeClock())

    def __call__(self) -> HttpAnswer:
        self.calls += 1
        self.entered.set()
        assert self.let_go.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def find(self, kid: str) -> str:
        try:
            return str(self.keys.find(kid=kid, alg="ES256").kid)
        except (NoKeyError, VerifierUnavailableError) as error:
            return type(error).__name__

    def find_in_threads(self, kid: str) -> list[str]:
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(self.find(kid))) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        assert self.entered.wait(10)
        self.let_go.set()
        for thread in threads:
            thread.join()
        return found


@pytest.mark.rule("L3")
def test_many_threads_fetch_once():
    issuer = SlowIssuer()
    assert (issuer.find_in_threads("1"), issuer.calls) == (["1"] * THREADS, 1)


@pytest.mark.rule("L3")
def test_many_threads_share_a_failure():
    issuer = SlowIssuer()
    issuer.answer = OUTAGE
    assert issuer.find_in_threads("1") == ["VerifierUnavailableError"] * THREADS
    assert issuer.calls == 1


@pytest.mark.rule("L3")
def test_many_threads_look_for_an_unknown_key_once():
    issuer = SlowIssuer()
    issuer.let_go.set()
    assert issuer.find("1") == "1"
    issuer.let_go.clear()
    issuer.entered.clear()
    assert issuer.find_in_threads("2") == ["NoKeyError"] * THREADS
    assert issuer.calls == 2
