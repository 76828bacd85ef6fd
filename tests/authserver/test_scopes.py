import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver import scopes


def test_scopes_are_split_at_spaces_and_kept_once():
    assert scopes.parse(" a  b a ") == ("a", "b")
    assert scopes.parse("") == ()


@given(st.text())
def test_no_parsed_scope_is_empty_or_has_a_space(text):
    assert all(scope and " " not in scope for scope in scopes.parse(text))


@pytest.mark.parametrize("text", ["", "a b", 'a"b', "a\\b", "ü", "a\n"])
def test_what_is_not_a_scope_token(text):
    assert not scopes.is_scope_token(text)


def test_unsupported_scopes_are_dropped():
    assert scopes.granted(("a", "x", "b"), supported=("b", "a"), allowed=()) == ("a", "b")


def test_a_client_with_scopes_gets_no_others():
    assert scopes.granted(("a", "b"), supported=("b", "a"), allowed=("b",)) == ("b",)


def test_permissions_are_put_into_words():
    shown = scopes.permissions(("profile", "history.read", "x", "::"), {"x": "The unknown"})
    assert [line.description for line in shown] == ["See your profile", "History read", "The unknown", "::"]
