"""The introspection endpoint for resource servers."""

import base64

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.authserver.servers import API_SECRET, CLIENT_SECRET, running
from tests.authserver.standard_flow import introspected, own_token, refusal, tokens_of

THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
SERVICE_TOKEN = "service-token-of-the-tests"
JWT_TYPE = "application/token-introspection+jwt"


def test_an_active_token_is_described(server):
    described = introspected(server, tokens_of(server)["access_token"])
    assert described == {
        "active": True,
        "iss": server.base_url,
        "client_id": "demo",
        "token_type": "Bearer",
        "iat": 1_800_000_000,
        "exp": 1_800_086_400,
        "sub": "john",
        "scope": "profile history.read",
        "auth_time": 1_800_000_000,
    }


def test_a_token_of_a_client_has_no_subject(shared):
    described = introspected(shared, own_token(shared)["access_token"])
    assert sorted(described) == ["active", "client_id", "exp", "iat", "iss", "token_type"]


def test_tokens_of_the_api_are_described_with_their_binding(shared):
    made = shared.create(
        dpopKeyThumbprint=THUMBPRINT,
        certificateThumbprint=THUMBPRINT,
        resources=["https://a"],
        acr="gold",
        authTime=7,
        accessTokenPersistent=True,
        clientIdentifier="12345",
    )
    for token in (made["accessToken"], made["jwtAccessToken"]):
        described = introspected(shared, token)
        assert described["cnf"] == {"jkt": THUMBPRINT, "x5t#S256": THUMBPRINT}
        assert described["token_type"] == "DPoP"
        assert (described["aud"], described["acr"], described["auth_time"]) == (["https://a"], "gold", 7)
        assert described["client_id"] == "12345"
        assert not {"exp", "jti"} & described.keys()


def test_what_is_no_access_token_is_not_active_and_no_reason_is_given(server):
    token = tokens_of(server)
    for text in ("unknown", "a.b.c", token["refresh_token"], server.key):
        assert introspected(server, text) == {"active": False}
    server.clock.now += 86_400
    assert introspected(server, token["access_token"]) == {"active": False}


def test_a_token_whose_client_is_gone_is_not_active(server):
    token = own_token(server)["access_token"]
    settings = {"base_url": server.base_url, "clients": [{"client_id": "other"}]}
    server.app.change(type(server.app._service.settings).from_dict(settings))
    assert introspected(server, token) == {"active": False}


@pytest.mark.parametrize(
    "kwargs",
    [
        {"auth": ("21653835348762", API_SECRET)},
        {"auth": ("%32%31653835348762", API_SECRET.replace("-", "%2D"))},
        {"data": {"client_id": "21653835348762", "client_secret": API_SECRET}},
        {"headers": {"Authorization": f"Bearer {SERVICE_TOKEN}"}},
        {"headers": {"Authorization": f"bearer  {SERVICE_TOKEN}"}},
        {"auth": ("demo", CLIENT_SECRET)},
        {"data": {"client_id": "demo", "client_secret": CLIENT_SECRET}},
    ],
)
def test_a_resource_server_may_ask(shared, kwargs):
    token = own_token(shared)["access_token"]
    data = {"token": token, "token_type_hint": "access_token", **kwargs.pop("data", {})}
    answer = shared.http.post("/introspect", data=data, **kwargs)
    assert (answer.status_code, answer.json()["active"]) == (200, True)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"auth": ("21653835348762", "wrong")},
        {"auth": ("1", API_SECRET)},
        {"auth": ("demo", "wrong")},
        {"data": {"client_id": "21653835348762", "client_secret": "wrong"}},
        {"data": {"client_id": "21653835348762"}},
        {"data": {"client_id": "public"}},
        {"headers": {"Authorization": "Bearer wrong"}},
        {"headers": {"Authorization": "Bearer"}},
        {"headers": {"Authorization": "Digest x"}},
        {"headers": [("Authorization", f"Bearer {SERVICE_TOKEN}"), ("Authorization", f"Bearer {SERVICE_TOKEN}")]},
    ],
)
def test_nobody_else_may_ask(shared, kwargs):
    token = own_token(shared)["access_token"]
    answer = shared.http.post("/introspect", data={"token": token, **kwargs.pop("data", {})}, **kwargs)
    status, error, code = refusal(answer)
    assert (status, error) == (401, "invalid_client")
    assert code in {"DEV226", "DEV208"}
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert token not in answer.text


def test_an_access_token_does_not_authenticate_a_resource_server(shared):
    token = own_token(shared)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert shared.http.post("/introspect", data={"token": token}, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("data", "code"),
    [({}, "A145301"), ({"x": "y"}, "A145302"), ({"token": ""}, "A145302"), ({"token": ["a", "a"]}, "A145302")],
)
def test_a_request_without_one_token_is_refused(shared, data, code):
    answer = shared.http.post("/introspect", data=data, auth=(shared.key, API_SECRET))
    assert refusal(answer) == (400, "invalid_request", code)


def test_the_method_must_be_post(shared):
    assert shared.http.get("/introspect?token=x", auth=(shared.key, API_SECRET)).status_code == 405


@pytest.mark.parametrize(
    ("auth", "caller"), [(("demo", CLIENT_SECRET), "demo"), (("21653835348762", API_SECRET), "21653835348762")]
)
def test_whoever_accepts_a_jwt_gets_the_answer_signed(shared, auth, caller):
    token = own_token(shared, scope="profile")["access_token"]
    headers = {"Accept": f"{JWT_TYPE}, application/json;q=0.5"}
    answer = shared.http.post("/introspect", data={"token": token}, auth=auth, headers=headers)
    assert answer.headers["content-type"] == JWT_TYPE
    assert answer.headers["cache-control"] == "no-store"
    keys = KeySet.import_key_set(shared.http.get("/jwks").json())
    signed = jwt.decode(answer.text, keys, algorithms=["RS256"])
    assert (signed.header["typ"], signed.header["alg"]) == ("token-introspection+jwt", "RS256")
    assert signed.claims == {
        "iss": shared.base_url,
        "aud": caller,
        "iat": 1_800_000_000,
        "token_introspection": introspected(shared, token),
    }
    assert shared.introspect(answer.text)["action"] == "UNAUTHORIZED"


def test_the_signed_answer_for_a_token_that_is_worth_nothing_says_only_that():
    with running(introspection_signing_algorithm="ES256") as server:
        headers = {"Accept": JWT_TYPE}
        answer = server.http.post(
            "/introspect", data={"token": "x"}, auth=(server.key, API_SECRET), headers=headers
        )
        keys = KeySet.import_key_set(server.http.get("/jwks").json())
        assert jwt.decode(answer.text, keys, algorithms=["ES256"]).claims["token_introspection"] == {
            "active": False
        }


def test_credentials_in_basic_must_be_well_formed(shared):
    rubbish = base64.b64encode(b"no colon").decode()
    answer = shared.http.post("/introspect", data={"token": "x"}, headers={"Authorization": f"Basic {rubbish}"})
    assert refusal(answer) == (401, "invalid_client", "DEV208")
