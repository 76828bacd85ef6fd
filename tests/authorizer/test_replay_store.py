"""RFC 9449 §11.1: a proof passes once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.replay_store import InMemoryReplayStore
from tests.authorizer.conftest import FakeClock


@pytest.mark.rule("R46")
def test_a_proof_is_remembered_until_its_end_and_forgotten_afterwards(clock):
    store = InMemoryReplayStore(clock=clock)
    end = clock.now + 70.5
    assert store.claim(b"a", end)
    for later, known in [(0, True), (60, True), (70, True), (70.5, True), (72, False)]:
        clock.now = end - 70.5 + later
        assert store.claim(b"a", clock.now + 70) is not known


@pytest.mark.rule("R46")
def test_a_full_store_lets_nobody_in_and_forgets_nothing_that_could_come_again(clock):
    store = InMemoryReplayStore(clock=clock, capacity=3)
    assert all(store.claim(key, clock.now + 10 + number) for number, key in enumerate([b"a", b"b", b"c"]))
    with pytest.raises(VerifierUnavailableError) as caught:
        store.claim(b"d", clock.now + 10)
    assert caught.value.reason is Reason.REPLAY_STORE_FULL
    assert not store.claim(b"a", clock.now + 10)
    clock.now += 11.5
    assert store.claim(b"d", clock.now + 10)
    assert not store.claim(b"b", clock.now + 10)
    assert not store.claim(b"c", clock.now + 10)


@pytest.mark.rule("R46")
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8), st.floats(0, 4))))
def test_a_proof_never_passes_twice_while_it_would_be_taken(claims):
    clock = FakeClock(1_700_000_000)
    store = InMemoryReplayStore(clock=clock)
    ends: dict[bytes, float] = {}
    for number, lasts, wait in claims:
        clock.now += wait
        key = bytes([number])
        if store.claim(key, clock.now + lasts):
            assert ends.get(key, 0) < clock.now
            ends[key] = clock.now + lasts
        else:
            assert ends[key] >= clock.now - 2


@pytest.mark.rule("R46")
def test_memory_holds_what_is_alive_and_no_more(clock):
    store = InMemoryReplayStore(clock=clock, capacity=700)
    for number in range(7000):
        clock.now += 0.1
        assert store.claim(number.to_bytes(4), clock.now + 60)
    assert len(store._known) == sum(map(len, store._ends.values())) <= 630
