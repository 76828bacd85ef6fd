"""What the backend is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import FOR_ANY_ROUTE
from apigw_oauth.authorizer.errors import SettingsError

TOKEN = AccessToken(
    issuer="https://as.example", subject="john", client_id="demo", scopes=frozenset({"b", "a"}), expires_at=1700000000.9,
    audience=frozenset({"y", "x"}), claims={"acr": "silver", "roles": ["r", "é"], "n": 1, "ok": True, "https://x/t": "t"},
)  # fmt: skip


def test_the_configured_claims_are_told_as_strings():
    names = ["sub", "client_id", "scope", "exp", "iss", "aud", "acr", "roles", "n", "ok", "https://x/t", "absent"]
    assert authorizer_context.build(TOKEN, claims=authorizer_context.named(names), challenge=FOR_ANY_ROUTE) == {
        "wwwAuthenticate": 'Bearer error="insufficient_scope"',
        "sub": "john",
        "client_id": "demo",
        "scope": "a b",
        "exp": "1700000000",
        "iss": "https://as.example",
        "aud": '["x","y"]',
        "acr": "silver",
        "roles": '["r","\\u00e9"]',
        "n": "1",
        "ok": "true",
        "https___x_t": "t",
    }


@pytest.mark.rule("R26", "R70")
def test_a_client_on_its_own_behalf_is_marked():
    client = AccessToken(client_id="demo")
    assert (
        authorizer_context.build(client, claims=authorizer_context.named(["sub"]), challenge=FOR_ANY_ROUTE)[
            "is_client"
        ]
        == "true"
    )
    same = AccessToken(subject="demo", client_id="demo")
    assert (
        authorizer_context.build(same, claims=authorizer_context.named([]), challenge=FOR_ANY_ROUTE)["is_client"]
        == "true"
    )
    assert "is_client" not in authorizer_context.build(
        TOKEN, claims=authorizer_context.named([]), challenge=FOR_ANY_ROUTE
    )


@pytest.mark.rule("R69", "R72")
@pytest.mark.parametrize(
    "names", [["claims"], ["wwwAuthenticate"], ["principalId"], ["jti"], ["cnf"], [""], ["a-b", "a_b"]]
)
def test_names_that_would_break_or_betray_something_are_refused(names):
    with pytest.raises(SettingsError):
        authorizer_context.check_names(names)


@pytest.mark.rule("R72", "I9")
@given(
    claims=st.dictionaries(
        st.text(),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8),
        max_size=10,
    )
)
def test_whatever_the_claims_are_api_gateway_gets_flat_strings(claims):
    token = AccessToken(client_id="c", claims=claims)
    told = authorizer_context.build(token, claims=authorizer_context.named(list(claims)), challenge=FOR_ANY_ROUTE)
    assert all(isinstance(value, str) for value in told.values())
    assert all(name.replace("_", "a").isalnum() and name.isascii() for name in told if name)
