import re
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from tests.authserver.servers import API_SECRET, PASSWORD, running

HTML = {"Accept": "text/html"}


def fragment_of(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 303, answer.text
    return parse_qsl(urlsplit(answer.headers["location"]).fragment, keep_blank_values=True)


def query_of(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 303, answer.text
    return parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True)


def test_a_user_gets_a_token_in_the_fragment(server):
    answer = server.log_in(redirect_uri="http://127.0.0.1:9/cb", scope="profile write", state="a b&c")
    pairs = fragment_of(answer)
    assert answer.headers["location"].startswith("http://127.0.0.1:9/cb#access_token=")
    assert [name for name, _ in pairs] == ["access_token", "token_type", "expires_in", "scope", "state"]
    assert pairs[1:] == [
        ("token_type", "Bearer"),
        ("expires_in", "86400"),
        ("scope", "profile"),
        ("state", "a b&c"),
    ]
    found = server.introspect(pairs[0][1])
    assert (found["subject"], found["scopes"], found["grantType"]) == ("john", ["profile"], "IMPLICIT")
    assert (found["authTime"], found["clientIdAliasUsed"]) == (1_800_000_000, True)


def test_the_scope_is_empty_when_none_was_granted(server):
    answer = server.log_in(client_id="plain")
    assert answer.headers["location"].endswith("&token_type=Bearer&expires_in=86400&scope=")
    assert answer.headers["location"].startswith(
        f"{server.base_url}/api/mock/redirection/{server.key}#access_token="
    )


def test_api_key_and_secret_log_in(server):
    pairs = dict(fragment_of(server.log_in(server.key, API_SECRET, client_id="plain")))
    assert server.introspect(pairs["access_token"])["subject"] == server.key


def test_a_user_may_have_another_subject(server):
    pairs = dict(fragment_of(server.log_in("ann", "ann", client_id="plain")))
    assert server.introspect(pairs["access_token"])["subject"] == "user-2"


def test_a_code_is_sent_in_the_query_and_joins_one_that_is_there(server):
    answer = server.log_in(response_type="code", redirect_uri="com.example.app:/cb?a=b", state="s")
    assert answer.headers["location"].startswith("com.example.app:/cb?a=b&code=")
    assert [name for name, _ in query_of(answer)] == ["a", "code", "state"]


def test_deny_needs_no_login_and_beats_authorize(shared):
    page = shared.http.get(shared.authorization_url(client_id="plain", state="s"))
    for fields in (
        {"denied": "true"},
        {"denied": "true", "authorized": "true", "loginId": "john", "password": PASSWORD},
    ):
        assert fragment_of(shared.decide(page, **fields)) == [
            ("error", "access_denied"),
            ("error_description", "[A060306] The end-user denied the authorization request."),
            ("error_uri", "https://docs.authlete.com/#A060306"),
            ("state", "s"),
        ]


@pytest.mark.parametrize(
    ("login", "password"), [("john", "wrong"), ("nobody", "x"), ("", ""), ("21653835348762", "x")]
)
def test_wrong_credentials_show_the_page_again(server, login, password):
    answer = server.log_in(login, password, client_id="plain")
    assert answer.status_code == 400
    assert "Login ID and/or password are wrong." in answer.text
    assert f'value="{login}"' in answer.text
    again = server.decide(answer, loginId="john", password=PASSWORD, authorized="true")
    assert again.status_code == 303


def test_the_sixth_wrong_attempt_waits(server):
    page = server.http.get(server.authorization_url(client_id="plain"))
    for _ in range(5):
        assert server.decide(page, loginId="john", password="x", authorized="true").status_code == 400
    answer = server.decide(page, loginId="john", password=PASSWORD, authorized="true")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "Too many attempts. Try again in 60 seconds." in answer.text  # DEV213
    assert server.decide(page, loginId="ann", password="ann", authorized="true").status_code == 303
    server.clock.now += 60
    assert server.decide(page, loginId="john", password=PASSWORD, authorized="true").status_code == 303


def test_errors_before_the_redirect_uri_are_shown(shared):
    url = shared.authorization_url(client_id="nobody<b>", state="s")
    answer = shared.http.get(url)
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": "[A010308] No client has the client ID (nobody<b>) or the client ID alias.",
        "error_uri": "https://docs.authlete.com/#A010308",
    }
    page = shared.http.get(url, headers=HTML)
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")
    assert "nobody&lt;b&gt;" in page.text


def test_later_errors_are_redirected(shared):
    answer = shared.http.get(shared.authorization_url(client_id="plain", response_type="id_token", state="s"))
    assert query_of(answer) == [
        ("error", "unsupported_response_type"),
        ("error_description", "[A009305] The response type 'id_token' is not supported by this service."),
        ("error_uri", "https://docs.authlete.com/#A009305"),
        ("state", "s"),
    ]
    in_fragment = shared.http.get(shared.authorization_url(client_id="plain", prompt="none"))
    assert fragment_of(in_fragment)[0] == ("error", "invalid_request")


def test_another_service_key_is_unknown(shared):
    for method, path in (("GET", "1"), ("POST", "1/decision")):
        answer = shared.http.request(
            method, f"/api/auth/authorization/direct/{path}", params={"client_id": "demo"}
        )
        assert (answer.status_code, answer.json()["error_description"]) == (
            404,
            "[DEV201] No service has the API key in the path.",
        )


def test_a_form_without_the_cookie_is_refused(shared):
    page = shared.http.get(shared.authorization_url(client_id="plain"))
    with httpx2.Client(base_url=shared.base_url) as stranger:
        answer = shared.decide(page, stranger, loginId="john", password=PASSWORD, authorized="true")
        assert (answer.status_code, answer.json()["error_description"][:8]) == (403, "[DEV211]")
        stranger.get(shared.authorization_url(client_id="plain"))
        answer = shared.decide(page, stranger, loginId="john", password=PASSWORD, authorized="true")
        assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_of_another_site_is_refused(shared, site):
    page = shared.http.get(shared.authorization_url(client_id="plain"))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None
    answer = shared.http.post(
        f"/api/auth/authorization/direct/{shared.key}/decision",
        data={"ticket": ticket[1], "denied": "true"},
        headers={"Sec-Fetch-Site": site},
    )
    assert (answer.status_code, answer.json()["error_description"][:8]) == (403, "[DEV211]")


def test_a_page_that_is_too_old_says_so(server):
    page = server.http.get(server.authorization_url(client_id="plain"))
    server.clock.now += 600
    answer = server.decide(page, loginId="john", password=PASSWORD, authorized="true")
    assert (answer.status_code, answer.json()["error_description"][:8]) == (400, "[DEV210]")


def test_a_form_without_a_decision_is_refused(shared):
    page = shared.http.get(shared.authorization_url(client_id="plain"))
    answer = shared.decide(page, loginId="john", password=PASSWORD)
    assert (answer.status_code, answer.json()["error_description"][:8]) == (400, "[DEV212]")


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        ("ticket=a&ticket=b", "application/x-www-form-urlencoded", "DEV209"),
        ("loginId=%ff", "application/x-www-form-urlencoded", "DEV209"),
        ("{}", "application/json", "DEV209"),
        ("a=" + "x" * 70_000, "application/x-www-form-urlencoded", "DEV209"),
        ("ticket=x", "application/x-www-form-urlencoded", "DEV211"),
        ("", "application/x-www-form-urlencoded", "DEV211"),
    ],
)
def test_forms_that_are_not_ours_are_refused(shared, content, content_type, code):
    shared.http.get(shared.authorization_url(client_id="plain"))
    path = f"/api/auth/authorization/direct/{shared.key}/decision"
    answer = shared.http.post(path, content=content, headers={"Content-Type": content_type})
    assert answer.status_code in {400, 403}
    assert answer.json()["error_description"].startswith(f"[{code}]")


def test_the_page_is_protected(shared):
    with httpx2.Client() as fresh:
        page = fresh.get(shared.authorization_url(redirect_uri="http://127.0.0.1:9/cb"))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:9" in policy
    assert "unsafe" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_the_redirect_is_not_kept(shared):
    page = shared.http.get(shared.authorization_url(client_id="plain"))
    headers = shared.decide(page, denied="true").headers
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_a_page_tells_what_is_asked():
    clients = [
        {
            "client_id": "shown",
            "name": "Shown & Co",
            "description": "It shows.",
            "client_uri": "https://example.com/",
            "policy_uri": "https://example.com/policy",
            "tos_uri": "https://example.com/tos",
        }
    ]
    with running(clients=clients, scopes=["profile", "x:y"], scope_descriptions={"x:y": "Do X"}) as server:
        text = server.http.get(server.authorization_url(client_id="shown", scope="profile x:y")).text
    for expected in (
        "<p>mydemo</p>",
        "<h1>Shown &amp; Co</h1>",
        "It shows.",
        ">Homepage</a>",
        ">Policy</a>",
        ">Terms of Service</a>",
        "Shown &amp; Co is asking for permissions.",
        "See your profile",
        "Do X",
        "Do you authorize Shown &amp; Co?",
        '<label for="loginId">Login ID</label>',
        '<label for="password">Password</label>',
    ):
        assert expected in text
