"""Whatever is sent to the direct endpoints, nothing breaks and nobody gets in."""

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
    ]
)
VALUES = st.sampled_from(["demo", "public", "authorization_code", "client_credentials", ""]) | st.text()
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=5).map(
    lambda pairs: "&".join(f"{n}={v}" for n, v in pairs).encode()
)
HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@pytest.mark.parametrize("path", ["token/direct/{}", "revocation/direct/{}", "authorization/direct/{}/decision"])
@given(body=st.binary() | FORMS, authorization=st.none() | HEADERS, cookie=st.none() | HEADERS)
def test_forms(shared, path, body, authorization, cookie):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Authorization": f"Basic {authorization}"} if authorization else {}
    headers |= {"Cookie": f"apigw_oauth_login={cookie}"} if cookie else {}
    answer = shared.http.post(f"/api/auth/{path.format(shared.key)}", content=body, headers=headers)
    assert 400 <= answer.status_code < 500 or (path.startswith("revocation") and answer.status_code == 200)
    assert "access_token" not in answer.text


@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#")), accept=HEADERS)
def test_queries(shared, query, accept):
    for path in (f"auth/authorization/direct/{shared.key}", "mock/redirection"):
        answer = shared.http.get(f"/api/{path}?client_id=plain&{query}", headers={"Accept": accept})
        assert answer.status_code in {200, 303, 400}
