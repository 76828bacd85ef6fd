"""What clients get of the headers of an integration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.gateway.http_messages import all_sendable
from apigw_oauth.gateway.integration_headers import to_client
from tests.gateway.rest_requests import rest_request

NAMES = st.sampled_from(["Date", "keep-alive", "WWW-Authenticate", "X-A"]) | st.text(max_size=6)
VALUES = st.text("aZ ~\t\n\xff", max_size=6) | st.text(max_size=6)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_what_a_client_gets_of_an_integrations_headers_can_be_sent(headers: list[tuple[str, str]]) -> None:
    assert all_sendable(to_client(tuple(headers), rest_request(), on_notice=lambda _: None))


@pytest.mark.parametrize("name", ["WWW-Authenticate", "www-authenticate"])
def test_only_a_challenge_that_is_renamed_is_told(name: str) -> None:
    told: list[str] = []
    to_client(
        ((name, "Bearer"), ("x-amzn-Remapped-WWW-Authenticate", "own")), rest_request(), on_notice=told.append
    )
    assert len(told) == 1
