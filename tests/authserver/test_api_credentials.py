import base64

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.api_credentials import parse_basic
from tests.authserver.servers import API_SECRET, Running

KEY = "21653835348762"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def v2(server: Running, *authorization: str) -> httpx2.Response:
    headers = [("Authorization", value) for value in authorization]
    return server.http.post("/api/auth/introspection", json={"token": "x"}, headers=httpx2.Headers(headers))


def v3(server: Running, service_id: str, *authorization: str) -> httpx2.Response:
    headers = [("Authorization", value) for value in authorization]
    return server.http.post(
        f"/api/{service_id}/auth/introspection", json={"token": "x"}, headers=httpx2.Headers(headers)
    )


def test_both_versions_are_served_on_one_port(shared):
    assert v2(shared, basic(f"{KEY}:{API_SECRET}")).json()["resultCode"] == "A057302"
    assert v3(shared, KEY, "Bearer service-token-of-the-tests").json()["resultCode"] == "A057302"
    assert v3(shared, KEY, "bearer service-token-of-the-tests").status_code == 200


def test_missing_credentials(shared):
    for answer, scheme in ((v2(shared), "Basic"), (v3(shared, KEY), "Bearer")):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith(scheme)
        assert answer.json() == {
            "resultCode": "A001202",
            "resultMessage": "[A001202] /auth/introspection, Authorization header is missing.",
        }


@pytest.mark.parametrize(
    "authorization",
    [
        "hush",
        "Basic",
        "Basic hush:hush",
        "Basic aHVzaA==",
        "Basic /w==",
        "Bearer hush",
        "Basic a b",
        "Basic aGFhY",
    ],
)
def test_malformed_credentials_are_not_repeated(shared, authorization):
    answer = v2(shared, authorization)
    assert (answer.status_code, answer.json()["resultCode"]) == (401, "A001203")
    assert answer.json()["resultMessage"].endswith(
        "Credentials in Authorization header are malformed: (not shown)"
    )


def test_basic_is_not_for_version_3_nor_bearer_for_version_2(shared):
    assert v3(shared, KEY, basic(f"{KEY}:{API_SECRET}")).json()["resultCode"] == "A001203"
    assert v2(shared, "Bearer service-token-of-the-tests").json()["resultCode"] == "A001203"


def test_two_headers_are_malformed(shared):
    right = basic(f"{KEY}:{API_SECRET}")
    assert v2(shared, right, right).json()["resultCode"] == "A001203"


@pytest.mark.parametrize("user", ["", "1", "216538353487620"])
def test_an_unknown_key(shared, user):
    answer = v2(shared, basic(f"{user}:{API_SECRET}"))
    assert (answer.status_code, answer.json()["resultCode"]) == (401, "A003201")
    assert answer.json()["resultMessage"] == "[A003201] /auth/introspection, No service has the API credentials."


@pytest.mark.parametrize("secret", ["", "x", API_SECRET + "x", API_SECRET.upper()])
def test_a_wrong_secret(shared, secret):
    answer = v2(shared, basic(f"{KEY}:{secret}"))
    assert (answer.status_code, answer.json()["resultCode"]) == (401, "A003204")
    assert answer.json()["resultMessage"] == (
        f"[A003204] /auth/introspection, The API credentials do not match those of the service (API Key = {KEY})."
    )


def test_a_wrong_token_or_service_id(shared):
    assert v3(shared, KEY, "Bearer hush").json()["resultCode"] == "A003204"
    assert v3(shared, KEY, "Bearer hush").status_code == 401
    assert v3(shared, "1", "Bearer service-token-of-the-tests").json()["resultCode"] == "A003201"


def test_credentials_come_before_the_body(shared):
    answer = shared.http.post("/api/auth/introspection", content=b"\xff", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 401


@given(st.text())
def test_any_header_is_read_or_not(value):
    credentials = parse_basic(value)
    assert credentials is None or value.lower().startswith("basic ")


@given(st.text(st.characters(codec="utf-8", exclude_characters=":")), st.text(st.characters(codec="utf-8")))
def test_user_and_password_are_split_at_the_first_colon(user, password):
    credentials = parse_basic(basic(f"{user}:{password}"))
    assert credentials == (user, password)
    assert "password" not in repr(credentials)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
def test_no_header_opens_the_api(shared, text):
    for value in (text, f"Basic {text}", f"Bearer {text}"):
        assert v2(shared, value).status_code == 401
        assert v3(shared, KEY, value).status_code == 401
