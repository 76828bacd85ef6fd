"""No credential in anything that is shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.cli.trying import redaction
from apigw_oauth.gateway.http_messages import GatewayRequest

PLAIN = st.text(st.sampled_from("abcXYZ019-._~"), min_size=4, max_size=40)


@given(st.lists(PLAIN, min_size=1, max_size=3), st.data())
def test_wherever_credentials_stand_they_are_cut(credentials: list[str], data: st.DataObject):
    text = st.lists(st.one_of(st.sampled_from(credentials), st.text("abcXYZ019-._~ /", max_size=5))).map("".join)
    document = data.draw(st.recursive(text, lambda inner: st.lists(inner) | st.dictionaries(text, inner)))
    told = json.dumps(redaction.redacted(document, redaction.longest_first(credentials)), ensure_ascii=False)
    assert not any(credential in told for credential in credentials)


@given(PLAIN)
def test_no_more_than_a_quarter_is_shown(credential: str):
    shown = redaction.shown(credential).removesuffix("…")
    assert credential.startswith(shown)
    assert len(shown) <= len(credential) // 4


def test_credentials_are_looked_for_in_every_place_that_clients_use():
    headers = (
        ("authorization", "Bearer tokenOne,Bearer tokenTwo"), ("Proxy-Authorization", "Basic dXNlcjpw"),
        ("Cookie", "session=cookieValue; theme=dark"), ("X-Api-Key", "apiKeyValue"), ("X-Mine", "mineValue"),
        ("Accept", "text/plain"),
    )  # fmt: skip
    request = GatewayRequest("GET", "/x?access_token=a%2Bbcd&k=queryValue&z=harmless", headers)
    sources = ("method.request.header.X-Mine", "$request.querystring.k", "context.httpMethod")
    found = redaction.credentials_in(request, sources)
    assert set(found) == {
        "tokenOne", "tokenTwo", "dXNlcjpw", "cookieValue", "dark", "apiKeyValue", "mineValue", "a%2Bbcd", "a+bcd",
        "queryValue",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["client_secret", "refresh_token", "Access_Token", "password", "client_assertion", "code", "%63ode"]
)
def test_a_parameter_whose_name_tells_is_a_credential(name: str):
    request = GatewayRequest("GET", f"/x?{name}=tell+no%20one&state=harmless", (("X-Auth-Token", "mineValue"),))
    assert set(redaction.credentials_in(request, ())) == {
        "tell+no%20one",
        "tell+no one",
        "tell no one",
        "mineValue",
    }


@pytest.mark.parametrize("name", ["Authorization", "authorizationToken", "cookie", "X-API-Key"])
def test_a_short_credential_is_cut_where_credentials_stand(name: str):
    assert redaction.redacted({name: ["Bearer abc"], "other": "abc"}, ()) == {name: ["Bearer …"], "other": "abc"}
