import pytest

from apigw_oauth.authserver.single_use import SingleUse
from apigw_oauth.authserver.store import open_store


@pytest.fixture
def single_use():
    store = open_store(":memory:")
    yield SingleUse(store)
    store.close()


def test_an_identifier_is_good_once(single_use):
    assert single_use.claim("proof", "a", until=10, now=1)
    assert not single_use.claim("proof", "a", until=10, now=2)


def test_nobody_can_spend_anothers(single_use):
    assert single_use.claim("ab", "c", until=10, now=1)
    assert single_use.claim("a", "bc", until=10, now=1)
    assert single_use.claim("ab", "c", "", until=10, now=1)


def test_it_is_remembered_as_long_as_it_could_be_used(single_use):
    assert single_use.claim("a", until=10, now=1)
    assert not single_use.claim("a", until=20, now=10)
    assert single_use.claim("a", until=20, now=10.5)


def test_what_is_claimed_is_not_in_the_database():
    store = open_store(":memory:")
    SingleUse(store).claim("hush-hush", until=10, now=1)
    with store.transaction() as connection:
        assert "hush" not in "".join(connection.iterdump())
    store.close()
