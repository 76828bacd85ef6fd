"""Which headers can be sent: the short ways say what the expressions say."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.gateway.http_messages import all_sendable, sendable
from apigw_oauth.gateway.integration_headers import to_client
from tests.gateway.rest_requests import rest_request

TEXT = st.text(st.characters(max_codepoint=0x17F), max_size=6)
TOKENS = st.text("aZ09-_!", max_size=6)
NAMES = TOKENS | TEXT
VALUES = st.text("aZ ~\t\xff", max_size=6) | TEXT


def expected(name: str, value: str) -> bool:
    token = re.fullmatch(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+", name)
    return token is not None and re.fullmatch(r"[\t\x20-\x7e\x80-\xff]*", value) is not None


@given(NAMES, VALUES)
@example("-", "")
@example("a\n", "")
@example("a", "a\n")
@example("a", "\x7f")
@example("é", "é")
@example("²", "²")
def test_a_header_can_be_sent_if_its_name_is_a_token_and_its_value_visible(name: str, value: str) -> None:
    assert sendable(name, value) is expected(name, value)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple))
def test_all_can_be_sent_if_each_can_be(headers: tuple[tuple[str, str], ...]) -> None:
    assert all_sendable(headers) is all(expected(*header) for header in headers)


@given(
    st.lists(st.tuples(NAMES | st.sampled_from(["Date", "keep-alive", "WWW-Authenticate"]), VALUES), max_size=4)
)
def test_what_a_client_gets_of_an_integrations_headers_can_be_sent(headers: list[tuple[str, str]]) -> None:
    assert all_sendable(to_client(tuple(headers), rest_request(), on_notice=lambda _: None))


@pytest.mark.parametrize("name", ["WWW-Authenticate", "www-authenticate"])
def test_only_a_challenge_that_is_renamed_is_told(name: str) -> None:
    told: list[str] = []
    to_client(
        ((name, "Bearer"), ("x-amzn-Remapped-WWW-Authenticate", "own")), rest_request(), on_notice=told.append
    )
    assert len(told) == 1
