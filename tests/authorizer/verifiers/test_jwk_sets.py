"""Sets of keys: which one is chosen, and which sets are none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers.jwks import (
    Key,
    KeySet,
    NoKeyError,
    UnusableKeySetError,
)
from tests.authorizer.verifiers.jose_signing import jwk_entries, public_jwk


def select(keys: list[Any], kid: str | None, alg: str = "ES256") -> Key | None:
    try:
        return KeySet.parse({"keys": keys}).select(kid=kid, alg=alg)
    except NoKeyError:
        return None


@pytest.mark.rule("R18")
def test_the_key_with_the_identifier_of_the_token_is_chosen():
    keys = [public_jwk("P-256", 0, kid="a"), public_jwk("P-256", 1, kid="b"), public_jwk("RSA", kid="c")]
    chosen = select(keys, "b")
    assert chosen is not None
    assert chosen.kid == "b"
    assert select(keys, "d") is None
    assert select(keys, "B") is None
    assert select(keys, "") is None
    assert select(keys, "c") is None, "it is an RSA key"
    assert select([public_jwk("P-256")], "a") is None, "a key without an identifier is not meant"


@pytest.mark.rule("R18")
def test_without_an_identifier_there_must_be_exactly_one_key_that_fits():
    one, two = public_jwk("P-256", 0, kid="a"), public_jwk("P-256", 1, kid="b")
    assert select([one, public_jwk("RSA", kid="c")], None) is not None
    assert select([one, two], None) is None
    assert select([one, {**two, "use": "enc"}], None) is not None
    assert select([], None) is None


@pytest.mark.rule("R18")
def test_two_keys_with_one_identifier_are_both_refused():
    keys = [public_jwk("P-256", 0, kid="a"), public_jwk("P-256", 1, kid="a"), public_jwk("P-256", 2, kid="b")]
    assert select(keys, "a") is None
    assert select(keys, "b") is not None
    assert select([public_jwk("P-256", kid="a"), public_jwk("RSA", kid="a")], "a") is None


def test_keys_that_cannot_be_used_are_skipped():
    good = public_jwk("P-256", kid="a")
    bad: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        {"kty": "oct", "k": "AA", "kid": "a"},
        {**good, "x": "AA"},
        {**good, "d": "AA"},
        {"kty": "XX", "kid": "a"},
    ]
    assert select([*bad, good], "a") is not None


@pytest.mark.parametrize(
    "document", [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}, {"keys": [{}] * 51}, public_jwk("P-256")]
)
def test_a_document_that_is_no_set_of_up_to_fifty_keys_is_refused(document):
    with pytest.raises(UnusableKeySetError):
        KeySet.parse(document)


def test_fifty_keys_are_fine():
    assert len(KeySet.parse({"keys": [public_jwk("P-256", kid=str(n)) for n in range(50)]}).keys) == 50


@pytest.mark.rule("L5")
@given(st.lists(jwk_entries | st.none() | st.text(), max_size=60))
def test_any_list_of_keys_is_a_set_or_refused(entries):
    try:
        keys = KeySet.parse({"keys": entries})
    except UnusableKeySetError:
        assert len(entries) > 50
    else:
        assert len(keys.keys) <= len(entries)
