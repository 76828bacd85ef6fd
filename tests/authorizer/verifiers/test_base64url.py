"""One spelling for each sequence of octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers import base64url


@given(st.binary())
def test_what_is_encoded_is_decoded_to_the_same(octets):
    assert base64url.decode(base64url.encode(octets)) == octets


@pytest.mark.rule("R11", "L15")
@pytest.mark.parametrize(
    "text", ["QQ==", "QUI=", "Q", "QUJDR", "QR", "QUJ", "Q+I", "Q/I", "Q I", "QQ\n", " QQ", "QQ.", "QQé"]
)
def test_padding_foreign_characters_and_unused_bits_that_are_set_are_refused(text):
    with pytest.raises(ValueError, match="base64url"):
        base64url.decode(text)


@pytest.mark.rule("R11")
@given(st.text(st.sampled_from("ABCDwxyz0189-_"), max_size=12))
def test_no_two_texts_mean_the_same_octets(text):
    try:
        octets = base64url.decode(text)
    except ValueError:
        return
    assert base64url.encode(octets) == text
