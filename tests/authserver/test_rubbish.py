"""Whatever is sent to the endpoints, nothing breaks and nobody gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from(
    [
        "client_id",
        "client_secret",
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "scope",
        "token",
        "ticket",
        "denied",
        "resource",
        "authorization_details",
        "refresh_token",
        "client_assertion",
        "client_assertion_type",
    ]
)
VALUES = (
    st.sampled_from(["demo", "public", "authorization_code", "client_credentials", "refresh_token", ""])
    | st.text()
)
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=5).map(
    lambda pairs: "&".join(f"{n}={v}" for n, v in pairs).encode()
)
HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


PATHS = [
    "/api/auth/token/direct/{}",
    "/api/auth/revocation/direct/{}",
    "/api/auth/authorization/direct/{}/decision",
    "/token",
    "/revoke",
    "/introspect",
    "/authorize/decision",
]


@pytest.mark.parametrize("path", PATHS)
@given(
    body=st.binary() | FORMS,
    authorization=st.none() | HEADERS,
    cookie=st.none() | HEADERS,
    proof=st.none() | HEADERS,
)
def test_forms(shared, path, body, authorization, cookie, proof):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Authorization": f"Basic {authorization}"} if authorization else {}
    headers |= {"Cookie": f"apigw_oauth_login={cookie}"} if cookie else {}
    headers |= {"DPoP": proof} if proof else {}
    answer = shared.http.post(path.format(shared.key), content=body, headers=headers)
    assert 400 <= answer.status_code < 500 or ("revo" in path and answer.status_code == 200)
    assert "access_token" not in answer.text


@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#")), accept=HEADERS)
def test_queries(shared, query, accept):
    for path in (f"/api/auth/authorization/direct/{shared.key}", "/api/mock/redirection", "/authorize"):
        answer = shared.http.get(f"{path}?client_id=plain&{query}", headers={"Accept": accept})
        assert answer.status_code in {200, 303, 400}
