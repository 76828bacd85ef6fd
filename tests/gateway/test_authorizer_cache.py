from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_result import parse
from tests.gateway.fakes import FakeClock, answer

RESULT = parse(answer())


def cache(ttl: int = 60, capacity: int = 10, clock: FakeClock | None = None) -> AuthorizerCache:
    return AuthorizerCache(ttl=ttl, clock=clock or FakeClock(), key=b"k" * 32, capacity=capacity)


def test_an_entry_is_found_until_its_time_is_over() -> None:
    clock = FakeClock()
    kept = cache(clock=clock)
    kept.put(("a",), RESULT, generation=kept.generation)
    clock.now += 59
    assert kept.get(("a",)) is RESULT
    clock.now += 1
    assert kept.get(("a",)) is None


def test_the_oldest_entry_makes_room() -> None:
    kept = cache(capacity=2)
    for name in "abc":
        kept.put((name,), RESULT, generation=kept.generation)
    assert [kept.get((name,)) is not None for name in "abc"] == [False, True, True]


def test_an_answer_that_was_on_its_way_during_a_flush_is_not_kept() -> None:
    kept = cache()
    before = kept.generation
    kept.flush()
    kept.put(("a",), RESULT, generation=before)
    assert kept.get(("a",)) is None


def test_no_token_is_kept() -> None:
    kept = cache()
    kept.put(("s3cr3t-token",), RESULT, generation=kept.generation)
    assert "s3cr3t" not in repr(vars(kept))


IDENTITIES = st.lists(st.text(max_size=4), max_size=4).map(tuple)


@settings(deadline=None)
@given(IDENTITIES, IDENTITIES)
def test_two_identities_share_an_entry_only_if_they_are_equal(
    first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    assert (cache().digest(first) == cache().digest(second)) is (first == second)


def test_keys_differ_from_process_to_process() -> None:
    other = AuthorizerCache(ttl=1, clock=FakeClock(), key=b"x" * 32)
    assert other.digest(("a",)) != cache().digest(("a",))
