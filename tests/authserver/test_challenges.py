from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.challenges import challenge


def test_attributes_are_joined_by_a_comma_without_space():
    error = {"error": "invalid_token", "error_description": "[A1] Text.", "error_uri": "https://h/#A1"}
    assert challenge(error, scopes=["a", "b"], dpop=False, further={}) == (
        'Bearer error="invalid_token",error_description="[A1] Text.",error_uri="https://h/#A1",scope="a b"'
    )


def test_a_bound_token_gets_algorithms_in_place_of_scopes():
    written = challenge({"error": "e"}, scopes=["a"], dpop=True, further={})
    assert written.startswith('DPoP error="e",algs="RS256 ')
    assert "scope" not in written


def test_step_up_attributes_come_last():
    assert (
        challenge({"error": "e"}, scopes=[], dpop=False, further={"max_age": "5"})
        == 'Bearer error="e",max_age="5"'
    )


@given(st.lists(st.text()), st.text())
def test_nothing_in_a_request_breaks_the_header(scopes, value):
    written = challenge({"error": "e"}, scopes=scopes, dpop=False, further={"acr_values": value})
    assert written.isascii()
    assert written.isprintable()
    assert written.count('"') % 2 == 0
    assert "\\" not in written
