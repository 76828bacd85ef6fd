import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.authserver.secret_hashes import (
    ChosenSecret,
    GeneratedSecret,
    base64url,
    from_base64url,
    new_token,
)

KINDS = [GeneratedSecret, ChosenSecret]


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_matches_itself_alone(kind):
    kept = kind.of("hush")
    assert kept.matches("hush")
    for other in ("", "hush ", "HUSH", "hus", "\ud800"):
        assert not kept.matches(other)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_does_not_tell_the_secret(kind):
    kept = kind.of("hush")
    assert "hush" not in repr(kept)
    assert b"hush" not in repr(kept).encode()


def test_chosen_secrets_are_hashed_with_argon2id_and_salt():
    one, two = ChosenSecret.of("hush"), ChosenSecret.of("hush")
    assert one.encoded.startswith("$argon2id$")
    assert one.encoded != two.encoded


@given(st.binary())
@settings(max_examples=50)
def test_base64url_is_reversible_and_without_padding(octets):
    assert "=" not in base64url(octets)
    assert from_base64url(base64url(octets)) == octets


def test_a_token_has_256_bits():
    asked = []

    def random(octets):
        asked.append(octets)
        return b"\xff" * octets

    assert new_token(random) == "_" * 42 + "8"
    assert asked == [32]
