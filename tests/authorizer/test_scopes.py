"""RFC 6749 §3.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import scopes

SCOPE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'), min_size=1)


@given(st.frozensets(SCOPE))
def test_what_is_printed_can_be_told_apart_again(some):
    assert frozenset(scopes.to_wire(some).split()) == some
    assert all(map(scopes.is_scope, some))


def test_equal_sets_print_equally():
    assert scopes.to_wire(["b", "a"]) == scopes.to_wire({"a", "b"}) == "a b"


@pytest.mark.parametrize("text", ["", " ", "a b", 'a"', "a\\", "a\n", "é", "\x7f"])
def test_what_is_no_scope(text):
    assert not scopes.is_scope(text)
