"""For whom something is kept, how much of it, and by which clocks."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.caching import CAPACITY, LatestEntries, Lifetimes, VerificationCache
from tests.authorizer.conftest import FakeClock, FakeVerifier, make_request
from tests.authorizer.verifiers.caching_setup import GOOD, NOW, UNKNOWN, Setup


def test_made_up_tokens_do_not_push_out_good_ones():
    setup = Setup()
    setup.verify()
    for number in range(CAPACITY + 10):
        setup.asked.tokens[f"made-up-{number}"] = UNKNOWN
        setup.verify(f"made-up-{number}")
    assert len(setup.cache.refusals) == CAPACITY
    assert setup.outcome() == "hit"


def test_the_token_that_was_not_used_for_the_longest_time_makes_room():
    setup = Setup({f"t{number}": GOOD for number in range(CAPACITY + 1)})
    for number in range(CAPACITY):
        setup.verify(f"t{number}")
    setup.verify("t0")
    setup.verify(f"t{CAPACITY}")
    assert len(setup.cache.facts) == CAPACITY
    assert setup.outcome("t0") == "hit"
    assert setup.outcome("t1") == "miss"


@pytest.mark.rule("L8")
def test_what_one_verifier_knows_of_a_token_another_one_does_not():
    setup = Setup()
    setup.verify()
    others = [
        ("introspection", "0", "{}"), ("authlete", "1", "{}"), ("authlete", "0", '{"base_url": "https://other"}'),
        ("authlete", "0", '{"api_key": "other"}'), ("authlete", "0", '{"signed_response": "required"}'), ("authlete0", "{}"),
    ]  # fmt: skip
    for other in others:
        asked = FakeVerifier({"good": UNKNOWN})
        with pytest.raises(InvalidTokenError):
            setup.of(*other, verifier=asked).verify("good", make_request())
        assert asked.asked == ["good"]


@pytest.mark.rule("L8")
@given(one=st.lists(st.text(max_size=3), max_size=4), other=st.lists(st.text(max_size=3), max_size=4))
def test_different_texts_have_different_keys_wherever_one_ends_and_the_next_begins(one, other):
    cache = VerificationCache(Surroundings(random=bytes))
    assert (cache.key(*one) == cache.key(*other)) == (one == other)


@pytest.mark.rule("L8")
def test_a_key_means_nothing_in_another_environment_and_a_token_is_not_kept_in_any_form():
    assert VerificationCache(Surroundings()).key("token") != VerificationCache(Surroundings()).key("token")
    setup = Setup({"secret-token": GOOD, "secret-unknown": UNKNOWN})
    setup.verify("secret-token")
    setup.verify("secret-unknown")
    for entries in (setup.cache.facts, setup.cache.refusals):
        assert len(entries) == 1
        assert "secret" not in repr(vars(entries))


@pytest.mark.rule("L9")
def test_facts_are_kept_and_no_decision():
    setup = Setup()
    setup.verify()
    for entry in setup.cache.facts._entries.values():
        assert entry.value == GOOD
        assert isinstance(entry.value, AccessToken)


@pytest.mark.parametrize(
    ("lifetimes", "kept"),
    [((0, 0), []), ((0, 10), ["unknown"]), ((30, 0), ["good"]), ((1, 1), ["good", "unknown"])],
)
def test_nothing_is_kept_where_the_time_for_it_is_zero(lifetimes, kept):
    setup = Setup(lifetimes=Lifetimes(*lifetimes))
    for token in ("good", "unknown"):
        first, again = setup.verify(token), setup.verify(token)
        assert first == again
        assert setup.notes.cache == ("hit" if token in kept else "miss" if any(lifetimes) else "off")


@pytest.mark.rule("I16")
@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, NOW - 1, 0])
@pytest.mark.parametrize("which", ["clock", "monotonic"])
def test_a_clock_that_is_none_or_goes_back_makes_everything_forgotten(which, odd):
    setup = Setup()
    setup.verify()
    getattr(setup, which).now = odd if which == "clock" else odd - NOW
    assert setup.outcome() == "miss"
    if not math.isfinite(odd):
        setup.clock.now, setup.monotonic.now = NOW, 50
        setup.verify()
        assert setup.notes.cache == "miss"


def test_one_clock_may_stand_still_while_the_environment_is_frozen():
    for which in ("clock", "monotonic"):
        setup = Setup()
        setup.verify()
        getattr(setup, which).now += 30
        setup.verify()
        assert setup.notes.cache == "miss"


def test_recognizing_is_the_verifiers_own_affair():
    class Picky(FakeVerifier):
        def recognizes(self, token: str) -> bool:
            return token == "mine"

    verifier = Setup().of("jwt", verifier=Picky())
    assert [verifier.recognizes(token) for token in ("mine", "yours")] == [True, False]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(-5, 40)), max_size=30))
def test_whatever_happens_nothing_is_there_after_its_time_or_beyond_the_capacity(steps):
    clock = FakeClock(0)
    entries: LatestEntries[int] = LatestEntries(Surroundings(clock=clock, monotonic=clock), capacity=3)
    ends: dict[bytes, float] = {}
    for (name, passed, ttl), value in zip(steps, itertools.count()):
        clock.now += passed
        key = bytes([name])
        found = entries.get(key)
        assert found is None or clock.now < ends[key]
        entries.put(key, value, ttl=ttl, end=25)
        ends[key] = min(clock.now + ttl, 25)
        assert len(entries) <= 3
