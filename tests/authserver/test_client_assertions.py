"""Clients that authenticate with a key or are registered for one way of authenticating."""

from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.authserver.servers import CLIENT_SECRET, Running, running
from tests.authserver.standard_flow import refusal

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NOW = 1_800_000_000
KEY = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
OTHER = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
JWKS = {"keys": [KEY.as_dict(private=False)]}
CLIENTS = [
    {"client_id": "keys", "jwks": JWKS, "token_endpoint_auth_method": "private_key_jwt", "scopes": ["a"]},
    {"client_id": "both", "jwks": JWKS, "client_secret": CLIENT_SECRET},
    {"client_id": "basic", "client_secret": CLIENT_SECRET, "token_endpoint_auth_method": "client_secret_basic"},
    {"client_id": "post", "client_secret": CLIENT_SECRET, "token_endpoint_auth_method": "client_secret_post"},
    {"client_id": "public", "confidential": False, "token_endpoint_auth_method": "none"},
]


@pytest.fixture(scope="module")
def keys_server():
    with running(clients=CLIENTS) as started:
        yield started


counter = iter(range(10_000))


def assertion(server: Running, key: ECKey = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    claims = {
        "iss": "keys",
        "sub": "keys",
        "aud": server.base_url,
        "exp": NOW + 60,
        "jti": f"jti-{next(counter)}",
        **changes,
    }
    stated = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(header or {"alg": "ES256", "kid": "one"}, stated, key, algorithms=["ES256"])


def ask(server: Running, signed: str, path: str = "/token", **changes: Any) -> httpx2.Response:
    data = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": signed,
        **changes,
    }
    kwargs = {"auth": data.pop("auth")} if "auth" in data else {}
    return server.http.post(path, data={n: v for n, v in data.items() if v is not None}, **kwargs)


@pytest.mark.parametrize("client", ["keys", "both"])
def test_a_client_proves_itself_with_its_key(keys_server, client):
    signed = assertion(keys_server, iss=client, sub=client, iat=NOW, nbf=NOW)
    assert ask(keys_server, signed, scope="a", client_id=client).json()["scope"] == "a"


def test_no_secret_is_made_up_for_it(keys_server):
    secrets = {one.alias: one.client_secret for one in keys_server.app.credentials.clients}
    assert secrets["keys"] is None
    assert secrets["both"] == CLIENT_SECRET


def test_the_audience_is_the_issuer_or_the_endpoint(keys_server):
    url = keys_server.base_url
    for path in ("/token", "/introspect", "/revoke", f"/api/auth/token/direct/{keys_server.key}"):
        for audience in (url, f"{url}/token", [f"{url}{path}", "https://other"]):
            assert ask(keys_server, assertion(keys_server, aud=audience), path, token="x").status_code == 200


def test_an_assertion_is_good_once_and_for_its_client_alone(keys_server):
    signed = assertion(keys_server, jti="same")
    assert ask(keys_server, signed).status_code == 200
    assert refusal(ask(keys_server, signed)) == (401, "invalid_client", "DEV222")
    assert ask(keys_server, assertion(keys_server, iss="both", sub="both", jti="same")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "both"},
        {"sub": "nobody", "iss": "nobody"},
        {"sub": None},
        {"sub": "basic", "iss": "basic"},
        {"aud": None},
        {"aud": "https://other"},
        {"aud": ["https://other", 1]},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW + 3601},
        {"exp": "1800000060"},
        {"exp": True},
        {"nbf": NOW + 11},
        {"iat": NOW + 11},
        {"iat": "now"},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 257},
        {"jti": 1},
        {"key": OTHER},
        {"header": {"alg": "ES256", "kid": "two"}},
    ],
)
def test_what_an_assertion_must_say(keys_server, changes):
    answer = ask(keys_server, assertion(keys_server, **changes))
    assert refusal(answer) == (401, "invalid_client", "DEV222")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_assertion_type": "urn:other"}, 401, "DEV222"),
        ({"client_assertion_type": None}, 401, "DEV222"),
        ({"client_assertion": None}, 401, "DEV222"),
        ({"client_assertion": "rubbish"}, 401, "DEV222"),
        ({"client_assertion": "e30.W10.AA"}, 401, "DEV222"),
        ({"client_assertion": "e30.e30.AA"}, 401, "DEV222"),
        ({"client_id": "both"}, 400, "DEV207"),
        ({"client_secret": CLIENT_SECRET}, 400, "DEV207"),
        ({"auth": ("both", CLIENT_SECRET)}, 400, "DEV207"),
    ],
)
def test_how_an_assertion_is_sent(keys_server, changes, status, code):
    answer = ask(keys_server, assertion(keys_server), **changes)
    assert (refusal(answer)[0], refusal(answer)[2]) == (status, code)


def test_a_key_without_kid_and_an_assertion_without_one_are_tried():
    keys = {"keys": [{n: v for n, v in OTHER.as_dict(private=False).items() if n != "kid"}, *JWKS["keys"]]}
    client = {"client_id": "keys", "jwks": keys}
    with running(clients=[client]) as server:
        assert ask(server, assertion(server, key=OTHER)).status_code == 200
        assert ask(server, assertion(server, header={"alg": "ES256"})).status_code == 200


@pytest.mark.parametrize(
    ("client", "kwargs"),
    [
        ("basic", {"data": {"client_id": "basic", "client_secret": CLIENT_SECRET}}),
        ("post", {"auth": ("post", CLIENT_SECRET)}),
        ("keys", {"auth": ("keys", CLIENT_SECRET)}),
    ],
)
def test_another_way_than_the_registered_one_is_refused(keys_server, client, kwargs):
    data = {"grant_type": "client_credentials", **kwargs.pop("data", {})}
    answer = keys_server.http.post("/token", data=data, **kwargs)
    assert refusal(answer) == (401, "invalid_client", "DEV221")


def test_the_registered_way_is_accepted(keys_server):
    data = {"grant_type": "client_credentials"}
    assert keys_server.http.post("/token", data=data, auth=("basic", CLIENT_SECRET)).status_code == 200
    posted = {**data, "client_id": "post", "client_secret": CLIENT_SECRET}
    assert keys_server.http.post("/token", data=posted).status_code == 200
