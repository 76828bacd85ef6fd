import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from apigw_oauth.authserver.signing_keys import load_signing_key
from apigw_oauth.authserver.store import open_store


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def test_others_verify_with_the_published_key(store):
    key = load_signing_key(store)
    token = jwt.decode(
        key.sign({"jti": "x"}), KeySet([ECKey.import_key(key.public_key_set()["keys"][0])]), algorithms=["ES256"]
    )
    assert token.claims == {"jti": "x"}
    assert token.header["typ"] == "at+jwt"


def test_the_published_key_is_public(store):
    (published,) = load_signing_key(store).public_key_set()["keys"]
    assert sorted(published) == ["alg", "crv", "kid", "kty", "use", "x", "y"]


def test_the_key_stays_in_the_store(store):
    token = load_signing_key(store).sign({"a": 1})
    assert load_signing_key(store).has_signed(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "é.b.c", "..", "e30.e30.e30"])
def test_rubbish_is_not_signed(store, token):
    assert not load_signing_key(store).has_signed(token)


def test_other_keys_and_changed_tokens_are_not_ours(store):
    key = load_signing_key(store)
    other = jwt.encode({"alg": "ES256"}, {"a": 1}, ECKey.generate_key("P-256"), algorithms=["ES256"])
    assert not key.has_signed(other)
    header, payload, signature = key.sign({"a": 1}).split(".")
    assert not key.has_signed(f"{header}.{payload[:-1]}A.{signature}")


def test_the_private_key_is_not_in_its_repr(store):
    key = load_signing_key(store)
    private = store.fact("signing_key")
    assert private is not None
    assert repr(key) == "SigningKey()"
