"""What a function behind the gateway learns about its caller."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.backend import NotAuthorizedError, caller

TOLD = {
    "principalId": "john", "integrationLatency": 12, "wwwAuthenticate": "Bearer", "sub": "john", "client_id": "demo",
    "scope": "a b", "exp": "1700000000", "https___x_role": "admin",
}  # fmt: skip


def event(told: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": told}}


def test_a_user_is_told_with_all_claims():
    who = caller(event(TOLD))
    assert (who.principal_id, who.subject, who.client_id, who.is_client) == ("john", "john", "demo", False)
    assert who.scopes == {"a", "b"}
    assert who.claims == {
        "sub": "john",
        "client_id": "demo",
        "scope": "a b",
        "exp": "1700000000",
        "https___x_role": "admin",
    }


def test_a_client_on_its_own_behalf_is_told_apart():
    who = caller(
        event({"principalId": "demo", "wwwAuthenticate": "Bearer", "client_id": "demo", "is_client": "true"})
    )
    assert who.is_client
    assert who.subject is None
    assert who.scopes == frozenset()


@pytest.mark.parametrize(
    "without",
    [
        {}, {"requestContext": None}, {"requestContext": {}}, event(None), event({}), event({"principalId": "x"}),
        event({"wwwAuthenticate": "Bearer"}), event({**TOLD, "principalId": ""}), event({**TOLD, "principalId": None}),
        event({"lambda": None}), event({"claims": {"sub": "john"}}), event("john"),
    ],
)  # fmt: skip
def test_an_event_without_the_authorizers_word_is_refused(without):
    with pytest.raises(NotAuthorizedError):
        caller(without)


@given(
    st.dictionaries(
        st.sampled_from([*TOLD, "is_client", "x"]), st.none() | st.text() | st.integers() | st.lists(st.text())
    )
)
def test_any_context_is_read_or_refused(told):
    try:
        who = caller(event(told))
    except NotAuthorizedError:
        return
    assert who.principal_id == told["principalId"]
