from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.secret_hashes import sha256
from apigw_oauth.authserver.store import open_store
from apigw_oauth.authserver.tokens import TokenRecord, Tokens

RECORD = TokenRecord(client_id=1, grant_type="IMPLICIT", subject="john", created_at=1000, expires_at=5000)


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


@pytest.fixture
def tokens(store):
    return Tokens(store)


@given(
    st.builds(
        TokenRecord,
        client_id=st.integers(1, 2**62),
        grant_type=st.just("IMPLICIT"),
        created_at=st.integers(0, 2**52),
        expires_at=st.none() | st.integers(0, 2**52),
        subject=st.none() | st.text(st.characters(codec="ascii")),
        scopes=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
        properties=st.lists(st.dictionaries(st.text(st.characters(codec="utf-8")), st.booleans())).map(tuple),
        acr=st.none() | st.text(st.characters(codec="utf-8")),
    )
)
def test_what_is_kept_is_what_is_found(record):
    store = open_store(":memory:")
    kept = Tokens(store)
    assert kept.add("t", record)
    assert kept.find("t") == record
    store.close()


def test_a_value_is_taken_once(tokens):
    assert tokens.add("t", RECORD)
    assert not tokens.add("t", replace(RECORD, subject="ann"))
    assert tokens.find("t") == RECORD


def test_the_value_is_not_in_the_database(store, tokens):
    tokens.add("hush-hush", RECORD)
    with store.transaction() as connection:
        assert "hush" not in "".join(connection.iterdump())


def test_a_record_can_be_changed_but_not_given_to_another(tokens):
    tokens.add("t", RECORD)
    changed = tokens.change(sha256("t"), lambda record: replace(record, scopes=("a",), client_id=2, subject="ann"))
    assert changed == replace(RECORD, scopes=("a",))
    assert tokens.find("t") == changed
    assert tokens.change(sha256("other"), lambda record: record) is None


def test_expiry_is_exact_and_may_be_absent():
    assert not RECORD.has_expired(4.999)
    assert RECORD.has_expired(5.0)
    assert not replace(RECORD, expires_at=None).has_expired(1e12)


def test_tokens_are_revoked_by_client_and_subject(tokens):
    for number, (client_id, subject) in enumerate([(1, "john"), (1, "ann"), (2, "john"), (2, None)]):
        tokens.add(str(number), replace(RECORD, client_id=client_id, subject=subject))
    assert tokens.remove_all(client_id=1, subject="john") == 1
    assert tokens.remove_all(client_id=None, subject="john") == 1
    assert tokens.remove_all(client_id=2, subject=None) == 1
    assert tokens.page(client_id=None, subject=None, start=0, end=9).total == 1
    with pytest.raises(ValueError, match="needs a client or a subject"):
        tokens.remove_all(client_id=None, subject=None)


def test_tokens_of_a_code_are_revoked_together(tokens):
    tokens.add("a", RECORD, code_hash=b"c")
    tokens.add("b", RECORD)
    assert tokens.remove_made_from(b"c") == 1
    assert tokens.find("a") is None
    assert tokens.find("b") == RECORD


def test_a_page_includes_its_start_and_not_its_end(tokens):
    for number in range(5):
        tokens.add(str(number), replace(RECORD, created_at=number))
    page = tokens.page(client_id=1, subject=None, start=1, end=3)
    assert [record.created_at for _, record in page.records] == [1, 2]
    assert page.total == 5
    assert tokens.page(client_id=1, subject=None, start=3, end=1).records == ()


def test_the_public_name_of_the_client():
    assert RECORD.public_client_id == "1"
    assert replace(RECORD, client_alias="demo").public_client_id == "1"
    assert replace(RECORD, client_alias="demo", alias_used=True).public_client_id == "demo"


def test_tokens_that_expired_long_ago_are_forgotten(tokens):
    for value, expires_at in (("old", 4999), ("recent", 5000), ("persistent", None)):
        tokens.add(value, replace(RECORD, expires_at=expires_at))
    assert tokens.remove_expired_before(5000) == 1
    assert [tokens.find(value) is not None for value in ("old", "recent", "persistent")] == [False, True, True]
