import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.authserver.secret_hashes import (
    ChosenSecret,
    GeneratedSecret,
    RepeatedSecret,
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


class Hushed:
    """A secret that notes what it is compared with."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def matches(self, candidate: str) -> bool:
        self.asked.append(candidate)
        return candidate == "hush"


def test_a_secret_that_was_right_once_is_recognized_and_what_is_wrong_is_looked_at_each_time():
    chosen = Hushed()
    repeated = RepeatedSecret(chosen)
    assert [repeated.matches(each) for each in ("wrong", "hush", "hush", "wrong", "", "hush")] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
    assert chosen.asked == ["wrong", "hush", "wrong", ""]
    assert "hush" not in repr(repeated)


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
