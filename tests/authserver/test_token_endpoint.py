import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from tests.authserver.servers import CLIENT_SECRET, Running

CB = "http://127.0.0.1:9/cb"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BASIC = ("demo", CLIENT_SECRET)
POST = {"client_id": "demo", "client_secret": CLIENT_SECRET}


def code_of(server: Running, **parameters: str) -> str:
    answer = server.log_in(response_type="code", redirect_uri=CB, scope="profile", **parameters)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]


def exchange(server: Running, issued: str, **changes: Any) -> httpx2.Response:
    data = {"grant_type": "authorization_code", "code": issued, "redirect_uri": CB, **changes}
    return server.token({name: value for name, value in data.items() if value is not None}, auth=BASIC)


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    assert answer.headers["cache-control"] == "no-store"
    error = answer.json()
    return answer.status_code, error["error"], error["error_description"][1:].partition("]")[0]


def test_a_code_becomes_a_token(server):
    answer = exchange(server, code_of(server))
    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    token = answer.json()
    assert token == {
        "access_token": token["access_token"],
        "token_type": "Bearer",
        "expires_in": 86400,
        "scope": "profile",
    }
    found = server.introspect(token["access_token"])
    assert (found["subject"], found["grantType"], found["clientIdAliasUsed"]) == (
        "john",
        "AUTHORIZATION_CODE",
        True,
    )
    assert found["authTime"] == 1_800_000_000


def test_a_second_use_revokes_what_the_first_one_got(server):
    code = code_of(server)
    token = exchange(server, code).json()["access_token"]
    other = exchange(server, code_of(server)).json()["access_token"]
    assert refusal(exchange(server, code)) == (400, "invalid_grant", "A050305")
    assert server.introspect(token)["resultCode"] == "A057302"
    assert server.introspect(other)["action"] == "OK"


def test_a_code_lives_ten_minutes(server):
    first, second = code_of(server), code_of(server)
    server.clock.now += 599
    assert exchange(server, first).status_code == 200
    server.clock.now += 1
    assert refusal(exchange(server, second)) == (400, "invalid_grant", "A050311")


def test_a_code_is_for_its_client(server):
    code = code_of(server)
    data = {"grant_type": "authorization_code", "code": code, "client_id": "public"}
    assert refusal(server.token(data)) == (400, "invalid_grant", "A050307")
    assert exchange(server, code).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"code": None}, "invalid_request", "A050301"),
        ({"code": ""}, "invalid_request", "A050302"),
        ({"code": ["a", "b"]}, "invalid_request", "A050303"),
        ({"redirect_uri": [CB, CB]}, "invalid_request", "A050304"),
        ({"code": "unknown"}, "invalid_grant", "A050305"),
        ({"redirect_uri": None}, "invalid_grant", "A050308"),
        ({"redirect_uri": ""}, "invalid_grant", "A050308"),
        ({"redirect_uri": CB + "/"}, "invalid_grant", "A050309"),
        ({"code_verifier": VERIFIER}, "invalid_grant", "A050317"),
        ({"code_verifier": ""}, "invalid_request", "A050313"),
        ({"code_verifier": [VERIFIER, VERIFIER]}, "invalid_request", "A050314"),
    ],
)
def test_a_refused_exchange_leaves_the_code_as_it_was(server, changes, error, code):
    issued = code_of(server)
    assert refusal(exchange(server, issued, **changes)) == (400, error, code)
    assert exchange(server, issued).status_code == 200


def test_a_redirect_uri_that_was_not_sent_must_not_appear(server):
    answer = server.log_in(response_type="code", client_id="12345")
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    data = {"grant_type": "authorization_code", "code": code}
    wrong = server.token({**data, "redirect_uri": "http://127.0.0.1:9/only"}, auth=("12345", CLIENT_SECRET))
    assert refusal(wrong) == (400, "invalid_grant", "A050310")
    assert server.token({**data, "redirect_uri": ""}, auth=("12345", CLIENT_SECRET)).status_code == 200


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_pkce(server, method):
    challenge = CHALLENGE if method == "S256" else VERIFIER
    code = code_of(server, code_challenge=challenge, code_challenge_method=method)
    assert refusal(exchange(server, code)) == (400, "invalid_grant", "A050312")
    assert refusal(exchange(server, code, code_verifier="x" * 43)) == (400, "invalid_grant", "A050315")
    assert refusal(exchange(server, code, code_verifier="short")) == (400, "invalid_grant", "A050316")
    assert exchange(server, code, code_verifier=VERIFIER).status_code == 200


def test_pkce_without_method_is_plain(server):
    code = code_of(server, code_challenge=VERIFIER)
    assert exchange(server, code, code_verifier=VERIFIER).status_code == 200


def test_client_credentials(shared):
    answer = shared.token({"grant_type": "client_credentials", "scope": "profile x history.read"}, auth=BASIC)
    assert answer.json()["scope"] == "profile history.read"
    found = shared.introspect(answer.json()["access_token"])
    assert (found["subject"], found["grantType"]) == (None, "CLIENT_CREDENTIALS")
    assert "scope" not in shared.token({"grant_type": "client_credentials"}, auth=BASIC).json()


def test_a_client_without_scopes_of_its_own_may_ask_for_any(shared):
    plain = shared.app.credentials.clients[1]
    data = {"grant_type": "client_credentials", "scope": "timeline.read profile"}
    answer = shared.token(data, auth=(plain.client_id, plain.client_secret))
    assert answer.json()["scope"] == "timeline.read profile"
    assert shared.token(data, auth=BASIC).json()["scope"] == "profile"


@pytest.mark.parametrize(
    ("data", "status", "error", "code"),
    [
        ({}, 400, "invalid_request", "A047301"),
        ({"x": "y"}, 400, "invalid_request", "A049301"),
        ({"grant_type": ""}, 400, "invalid_request", "A049302"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request", "A049303"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", "A049304"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type", "A049305"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "A049305"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type", "A049306"),
        ({"client_id": None}, 400, "invalid_request", "DEV206"),
        ({"client_id": ""}, 400, "invalid_request", "A048302"),
        ({"client_id": ["demo", "demo"]}, 400, "invalid_request", "A048303"),
        ({"client_id": "nobody"}, 401, "invalid_client", "A048304"),
        ({"client_secret": None}, 401, "invalid_client", "A157304"),
        ({"client_secret": ""}, 401, "invalid_client", "A157304"),
        ({"client_secret": "wrong"}, 401, "invalid_client", "A157305"),
        ({"client_secret": [CLIENT_SECRET, CLIENT_SECRET]}, 400, "invalid_request", "DEV207"),
        ({"client_id": "public", "client_secret": None}, 400, "unauthorized_client", "A052301"),
        ({"scope": ["profile", "profile"]}, 400, "invalid_request", "A052302"),
    ],
)
def test_what_is_refused(shared, data, status, error, code):
    sent = {"grant_type": "client_credentials", **POST, **data} if data and "x" not in data else data
    answer = shared.token({name: value for name, value in sent.items() if value is not None})
    assert refusal(answer) == (status, error, code)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("authorization", "data", "status", "code"),
    [
        ("Basic !!", {}, 401, "DEV208"),
        ("Bearer x", {}, 401, "DEV208"),
        (BASIC, {"client_id": "public"}, 400, "DEV207"),
        (BASIC, {"client_secret": "other"}, 400, "DEV207"),
        (("demo", "wrong"), {}, 401, "A157305"),
        (("demo", ""), {}, 401, "A157304"),
        (("nobody", "x"), {}, 401, "A048304"),
    ],
)
def test_what_is_refused_in_a_header(shared, authorization, data, status, code):
    kwargs = (
        {"headers": {"Authorization": authorization}}
        if isinstance(authorization, str)
        else {"auth": authorization}
    )
    answer = shared.token({"grant_type": "client_credentials", **data}, **kwargs)
    assert (refusal(answer)[0], refusal(answer)[2]) == (status, code)


def test_a_secret_may_be_form_encoded_in_basic(shared):
    answer = shared.token({"grant_type": "client_credentials"}, auth=("%64emo", CLIENT_SECRET.replace("-", "%2D")))
    assert answer.status_code == 200


def test_the_method_must_be_post(shared):
    answer = shared.http.get(f"/api/auth/token/direct/{shared.key}?grant_type=client_credentials")
    assert refusal(answer) == (405, "invalid_request", "A117302")
    assert answer.headers["allow"] == "POST"


def test_json_is_not_a_form(shared):
    answer = shared.http.post(f"/api/auth/token/direct/{shared.key}", json={"grant_type": "client_credentials"})
    assert refusal(answer) == (400, "invalid_request", "DEV209")


def test_another_service_key_is_unknown(shared):
    answer = shared.http.post("/api/auth/token/direct/1", data={"grant_type": "client_credentials"})
    assert refusal(answer) == (404, "invalid_request", "DEV201")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "TRACE", "PROPFIND"])
def test_a_token_request_is_a_post(shared, method):
    answer = shared.http.request(method, f"/api/auth/token/direct/{shared.key}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert method == "HEAD" or refusal(answer) == (405, "invalid_request", "A117302")
