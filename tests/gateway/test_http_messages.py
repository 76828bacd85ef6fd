"""Which headers can be sent: the short ways say what the expressions say."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.gateway.http_messages import all_sendable, sendable

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
