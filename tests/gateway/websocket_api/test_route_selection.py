import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.gateway.websocket_api.route_selection import RouteSelection, RouteSelectionError

ACTION = RouteSelection.parse("$request.body.action")


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("$request.body.action", "join"),
        ("${request.body.action}", "join"),
        ("${request.body.service}/${request.body.action}", "chat/join"),
        ("${request.body.action}-${request.body.data.room}", "join-room1234"),
        ("$request.body.data.room", "room1234"),
        (r"\$${request.body.action}", "$join"),
        ("$request.body.version", "2"),
        ("$request.body.urgent", "true"),
    ],
)
def test_an_expression_is_evaluated_as_documented(expression: str, selected: str) -> None:
    message = {"service": "chat", "action": "join", "data": {"room": "room1234"}, "version": 2, "urgent": True}
    assert RouteSelection.parse(expression).select(json.dumps(message)) == selected


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "[]",
        '"action"',
        "null",
        "{}",
        '{"Action": "a"}',
        '{"action": null}',
        '{"action": {}}',
        '{"action": ["a"]}',
        "[" * 100_000,
    ],
)
def test_a_message_that_names_no_route_selects_none(message: str) -> None:
    assert ACTION.select(message) is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "action",
        "$request.body",
        "$request.body.",
        "$request.header.x",
        "$context.routeKey",
        "${request.body.a",
        "$request.body.a[0]\\",
        "$default",
        r"\$default",
    ],
)
def test_what_cannot_be_evaluated_is_refused(expression: str) -> None:
    with pytest.raises(RouteSelectionError, match=r"write \$request\.body\.member"):
        RouteSelection.parse(expression)


@given(st.text())
def test_no_message_breaks_the_selection(message: str) -> None:
    assert isinstance(ACTION.select(message), str | None)


@given(st.text(), st.dictionaries(st.text(), st.integers()))
def test_a_string_is_selected_as_it_is(value: str, others: dict[str, int]) -> None:
    assert ACTION.select(json.dumps({**others, "action": value})) == value


FRAGMENTS = ["$request.body.", "${request.body.", "a", "}", "$", "\\", "/", ".", "-", "é", "{"]


@given(st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_every_expression_is_understood_or_refused(expression: str) -> None:
    try:
        selection = RouteSelection.parse(expression)
    except RouteSelectionError:
        return
    assert any(isinstance(part, tuple) for part in selection.parts)
    assert all("" not in part for part in selection.parts if isinstance(part, tuple))
