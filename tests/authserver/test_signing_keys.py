import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, import_key

from apigw_oauth.authserver import signatures
from apigw_oauth.authserver.signing_keys import ALGORITHMS, SigningKeys
from apigw_oauth.authserver.store import open_store


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def have_signed(keys: SigningKeys, token: str, **kwargs: str) -> bool:
    return keys.have_signed(signatures.parse(token), **kwargs)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_others_verify_with_the_published_key(store, algorithm):
    keys = SigningKeys(store, algorithm=algorithm)
    published = KeySet([import_key(key) for key in keys.public_key_set()["keys"]])
    token = jwt.decode(keys.sign({"jti": "x"}), published, algorithms=[algorithm])
    assert token.claims == {"jti": "x"}
    assert token.header["typ"] == "at+jwt"


def test_an_eddsa_signature_is_that_of_ed25519(store):
    keys = SigningKeys(store, algorithm="EdDSA")
    (published,) = keys.public_key_set()["keys"]
    assert (published["kty"], published["crv"], published["alg"]) == ("OKP", "Ed25519", "EdDSA")
    jws = signatures.parse(keys.sign({"jti": "x"}))
    assert jws.header["alg"] == "EdDSA"
    assert signatures.is_signed_by(jws, signatures.public_key(published))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_published_keys_are_public_and_say_what_kind_of_server_has_them(store, algorithm):
    (published,) = SigningKeys(store, algorithm=algorithm).public_key_set()["keys"]
    assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & published.keys()
    assert (published["use"], published["alg"]) == ("sig", algorithm)
    assert published["kid"].startswith("development-")


def test_the_keys_stay_in_the_store_also_when_another_algorithm_is_used_now(store):
    token = SigningKeys(store, algorithm="RS256").sign({"a": 1})
    later = SigningKeys(store, algorithm="ES256")
    assert have_signed(later, token)
    assert [key["alg"] for key in later.public_key_set()["keys"]] == ["ES256", "RS256"]


def test_further_algorithms_are_published_before_they_sign(store):
    keys = SigningKeys(store, further=("RS256",))
    before = keys.public_key_set()
    keys.sign({}, typ="x", algorithm="RS256")
    assert before == keys.public_key_set()
    assert [key["alg"] for key in before["keys"]] == ["ES256", "RS256"]


def test_a_jwt_of_another_kind_is_not_an_access_token(store):
    keys = SigningKeys(store)
    token = keys.sign({"a": 1}, typ="token-introspection+jwt")
    assert not have_signed(keys, token)
    assert have_signed(keys, token, typ="token-introspection+jwt")


def test_other_keys_and_changed_tokens_are_not_ours(store):
    keys = SigningKeys(store)
    header = {"alg": "ES256", "typ": "at+jwt"}
    keys.sign({})
    other = jwt.encode(header, {"a": 1}, ECKey.generate_key("P-256"), algorithms=["ES256"])
    assert not have_signed(keys, other)
    first, payload, signature = keys.sign({"a": 1}).split(".")
    assert not have_signed(keys, f"{first}.{payload[:-1]}A.{signature}")
    assert not have_signed(keys, f"{first}.{payload}.")


def test_an_algorithm_without_a_key_makes_none(store):
    token = SigningKeys(store, algorithm="RS256").sign({})
    store.remember("signing_key.RS256", json.dumps(ECKey.generate_key("P-256", private=True).as_dict()))
    assert not have_signed(SigningKeys(store), token)
    assert store.fact("signing_key.PS256") is None


def test_private_keys_are_not_in_a_repr(store):
    keys = SigningKeys(store)
    keys.sign({})
    private = json.loads(store.fact("signing_key") or "")["d"]
    assert private not in repr(keys)
