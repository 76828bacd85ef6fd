"""What a function behind the gateway learns about its caller."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.backend import NotAuthorizedError, caller

CLAIMS = {"sub": "john", "client_id": "demo", "scope": "a b", "exp": "1700000000", "https___x_role": "admin"}
CONTEXT = {"wwwAuthenticate": "Bearer", **CLAIMS}
TOLD = {"principalId": "john", "integrationLatency": 12, **CONTEXT}
CLIENT = {"wwwAuthenticate": "Bearer", "client_id": "demo", "is_client": "true"}

Shape = Callable[[Any], dict[str, Any]]


def flat(told: Any) -> dict[str, Any]:
    """As REST APIs have it, and WebSocket APIs with every message."""
    return {"requestContext": {"authorizer": told}}


def http_1_0(told: Any) -> dict[str, Any]:
    return {"version": "1.0", **flat(told)}


def http_2_0(told: Any) -> dict[str, Any]:
    return {"version": "2.0", **flat({"lambda": told})}


@pytest.mark.parametrize(
    ("shape", "told"),
    [(flat, TOLD), (http_1_0, TOLD), (http_1_0, CONTEXT), (http_2_0, CONTEXT), (http_2_0, {**TOLD})],
)
def test_a_user_is_told_with_all_claims(shape: Shape, told: dict[str, Any]):
    who = caller(shape(told))
    assert (who.principal_id, who.subject, who.client_id, who.is_client) == ("john", "john", "demo", False)
    assert who.scopes == {"a", "b"}
    assert who.claims == CLAIMS


@pytest.mark.rule("R26", "R70")
@pytest.mark.parametrize(
    ("shape", "told"),
    [(flat, {"principalId": "demo", **CLIENT}), (http_1_0, CLIENT), (http_2_0, CLIENT)],
)
def test_a_client_on_its_own_behalf_is_told_apart(shape: Shape, told: dict[str, Any]):
    who = caller(shape(told))
    assert (who.principal_id, who.is_client) == ("demo", True)
    assert who.subject is None
    assert who.scopes == frozenset()


def test_values_that_http_apis_leave_as_numbers_are_text_as_in_rest_apis():
    told = {**CONTEXT, "exp": 1700000000, "vip": True, "share": 0.5, "nothing": None, "list": ["a"]}
    assert caller(http_2_0(told)).claims == {**CLAIMS, "exp": "1700000000", "vip": "true", "share": "0.5"}


@pytest.mark.rule("I5")
@pytest.mark.parametrize(
    "without",
    [
        None,
        [],
        "warm-up",
        {}, {"requestContext": None}, {"requestContext": {}}, flat(None), flat({}), flat({"principalId": "x"}),
        flat({"wwwAuthenticate": "Bearer"}), flat({**TOLD, "principalId": ""}), flat({**TOLD, "principalId": None}),
        flat({"lambda": None}), flat({"claims": {"sub": "john"}}), flat("john"), flat(CONTEXT),
        http_1_0(None), http_1_0({"claims": {"sub": "john"}, "scopes": None}), http_1_0(CLAIMS),
        http_2_0(None), http_2_0({}), http_2_0("john"), http_2_0(CLAIMS), http_2_0({"wwwAuthenticate": "Bearer"}),
        http_2_0({**CONTEXT, "principalId": ""}), http_2_0({**CONTEXT, "principalId": 5}), {"version": "2.0", **flat(TOLD)},
        {"version": "2.0", **flat({"jwt": {"claims": {"sub": "john"}, "scopes": None}})}, {"version": "3.0", **flat(CONTEXT)}, {"version": ["1.0"], **flat(CONTEXT)},
        {"version": "2.0", **flat({"iam": {"userId": "x"}})}, flat({"lambda": CONTEXT}), {"version": "2.0", **flat(None)},
    ],
)  # fmt: skip
def test_an_event_without_the_authorizers_word_is_refused(without: Any):
    with pytest.raises(NotAuthorizedError):
        caller(without)


@pytest.mark.parametrize("shape", [http_1_0, http_2_0])
def test_a_client_does_not_stand_in_for_a_user_that_is_not_told(shape: Shape):
    told = {"wwwAuthenticate": "Bearer", "client_id": "demo", "scope": "a"}
    with pytest.raises(NotAuthorizedError, match="context must have"):
        caller(shape(told))


def test_a_public_route_has_no_caller_even_if_the_authorizer_was_asked():
    with pytest.raises(NotAuthorizedError, match="public"):
        caller(flat({"principalId": "unidentified", "integrationLatency": 3, "wwwAuthenticate": "Bearer"}))


def test_a_client_that_the_authorization_server_does_not_name_is_one():
    told = {"principalId": "unidentified", "wwwAuthenticate": "Bearer", "scope": "a", "is_client": "true"}
    assert caller(flat(told)).is_client


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
contexts = st.dictionaries(st.sampled_from([*TOLD, "is_client", "lambda", "x"]), anything)


@given(shape=st.sampled_from([flat, http_1_0, http_2_0]), told=contexts | anything)
def test_any_context_is_read_or_refused(shape: Shape, told: Any):
    try:
        who = caller(shape(told))
    except NotAuthorizedError:
        return
    assert "wwwAuthenticate" in told
    assert who.principal_id in {told.get("principalId"), who.subject, who.client_id}
    assert all(isinstance(value, str) for value in who.claims.values())
