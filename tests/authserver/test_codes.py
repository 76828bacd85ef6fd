from dataclasses import replace

import pytest

from apigw_oauth.authserver.codes import CodeRecord, Codes, CodeState
from apigw_oauth.authserver.store import open_store

RECORD = CodeRecord(
    client_id=1,
    alias_used=True,
    subject="john",
    scopes=("a", "b"),
    redirect_uri=None,
    code_challenge=None,
    code_challenge_method=None,
    auth_time=400,
    expires_at=1000,
)


@pytest.fixture
def codes():
    count = iter(range(256))
    store = open_store(":memory:")
    yield Codes(store, random=lambda octets: bytes([next(count)]) * octets, remembered_for=100)
    store.close()


def test_a_code_is_used_once_and_remembered_as_used(codes):
    code = codes.issue(RECORD)
    found = codes.find(code)
    assert (found.record, found.state) == (RECORD, CodeState.FRESH)
    assert codes.use(found.digest)
    assert not codes.use(found.digest)
    assert codes.find(code).state is CodeState.USED


def test_an_unknown_code_is_not_found(codes):
    assert codes.find("x") is None


def test_codes_are_forgotten_when_their_tokens_must_have_expired(codes):
    old = codes.issue(RECORD)
    codes.issue(replace(RECORD, expires_at=1000 + 700))
    assert codes.find(old) is not None
    codes.issue(replace(RECORD, expires_at=1000 + 701))
    assert codes.find(old) is None
