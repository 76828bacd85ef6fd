"""JWT access tokens of the standard endpoints. See RFC 9068."""

import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from apigw_oauth.authserver.settings import AuthserverSettings
from tests.authserver.servers import API_SECRET, CLIENT_SECRET, Running, running
from tests.authserver.standard_flow import introspected, own_token, refresh, tokens_of

AUDIENCE = "https://api.example.com"


@pytest.fixture(scope="module")
def jwt_server():
    with running(access_token_format="jwt", default_audience=[AUDIENCE], supported_acrs=["gold"]) as started:
        yield started


def verified(server: Running, token: str, algorithm: str = "ES256") -> jwt.Token:
    return jwt.decode(token, KeySet.import_key_set(server.http.get("/jwks").json()), algorithms=[algorithm])


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def test_it_has_the_claims_of_rfc_9068(jwt_server):
    given = tokens_of(jwt_server, acr_values="gold", authorization_details='[{"type":"t","datatypes":["d"]}]')
    token = verified(jwt_server, given["access_token"])
    assert (token.header["typ"], token.header["alg"]) == ("at+jwt", "ES256")
    assert token.claims == {
        "iss": jwt_server.base_url,
        "sub": "john",
        "aud": [AUDIENCE],
        "client_id": "demo",
        "jti": token.claims["jti"],
        "iat": 1_800_000_000,
        "exp": 1_800_086_400,
        "scope": "profile history.read",
        "acr": "gold",
        "auth_time": 1_800_000_000,
        "authorization_details": [{"type": "t", "datatypes": ["d"]}],
    }
    again = refresh(jwt_server, given["refresh_token"]).json()["access_token"]
    assert verified(jwt_server, again).claims["auth_time"] == 1_800_000_000
    assert claims_of(again)["jti"] != token.claims["jti"]


def test_the_subject_of_a_clients_own_token_is_the_client(jwt_server):
    claims = verified(jwt_server, own_token(jwt_server)["access_token"]).claims
    assert sorted(claims) == ["aud", "client_id", "exp", "iat", "iss", "jti", "sub"]
    assert claims["sub"] == claims["client_id"] == "demo"


def test_the_audience_is_the_resource_that_was_asked_for(jwt_server):
    token = own_token(jwt_server, resource=["https://a", "https://b"])["access_token"]
    assert verified(jwt_server, token).claims["aud"] == ["https://a", "https://b"]


def test_without_an_audience_it_is_for_the_server_itself():
    with running(access_token_format="jwt") as server:
        assert claims_of(own_token(server)["access_token"])["aud"] == [server.base_url]


def test_its_jti_is_worth_nothing(jwt_server):
    token = own_token(jwt_server)["access_token"]
    jti = claims_of(token)["jti"]
    for text in (jti, f"\xff{jti}", f"jti:{jti}"):
        assert jwt_server.introspect(text)["resultCode"] == "A057302"
        assert introspected(jwt_server, text) == {"active": False}
    header, payload, signature = token.split(".")
    assert introspected(jwt_server, f"{header}.{payload}.{signature[:-4]}AAAA") == {"active": False}
    assert jwt_server.introspect(token)["action"] == "OK"


def test_it_can_be_introspected_and_revoked_everywhere(jwt_server):
    auth = ("demo", CLIENT_SECRET)
    tokens = [own_token(jwt_server, scope="profile")["access_token"] for _ in range(3)]
    assert [introspected(jwt_server, token)["scope"] for token in tokens] == ["profile"] * 3
    assert jwt_server.introspect(tokens[0], scopes=["profile"], resources=[AUDIENCE])["action"] == "OK"
    assert jwt_server.http.post("/revoke", data={"token": tokens[0]}, auth=auth).status_code == 200
    jwt_server.call("/auth/token/revoke", {"accessTokenIdentifier": tokens[1]})
    jwt_server.http.delete(f"/api/auth/token/delete/{tokens[2]}", auth=(jwt_server.key, API_SECRET))
    for token in tokens:
        assert introspected(jwt_server, token) == {"active": False}
        assert jwt_server.introspect(token)["resultCode"] == "A057302"


def test_an_update_of_its_record_is_what_introspection_tells(jwt_server):
    token = own_token(jwt_server, scope="profile")["access_token"]
    jwt_server.call("/auth/token/update", {"accessToken": token, "scopes": ["history.read"]})
    assert introspected(jwt_server, token)["scope"] == "history.read"
    assert claims_of(token)["scope"] == "profile"


def test_it_expires(server):
    settings = {"base_url": server.base_url, "access_token_format": "jwt", "clients": [{"client_id": "demo"}]}
    server.app.change(AuthserverSettings.from_dict(settings))
    secret = server.app.credentials.clients[0].client_secret
    data = {"grant_type": "client_credentials"}
    token = server.http.post("/token", data=data, auth=("demo", secret)).json()["access_token"]
    assert introspected(server, token)["active"]
    server.clock.now += 86_400
    assert introspected(server, token) == {"active": False}
    assert server.introspect(token)["resultCode"] == "A065303"
    assert server.introspect(token)["resultCode"] == "A057302"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_another_algorithm_may_sign(algorithm):
    with running(access_token_format="jwt", signing_algorithm=algorithm) as server:
        token = own_token(server)["access_token"]
        assert verified(server, token, algorithm).header["kid"].startswith("development-")
        assert introspected(server, token)["active"]
        assert verified(server, server.create()["jwtAccessToken"], algorithm).claims["sub"] == "john"


def test_eddsa_may_sign():
    with running(access_token_format="jwt", signing_algorithm="EdDSA") as server:
        assert introspected(server, own_token(server)["access_token"])["active"]


def test_a_client_may_have_a_form_of_its_own():
    clients = [
        {"client_id": "demo", "client_secret": CLIENT_SECRET, "access_token_format": "jwt"},
        {"client_id": "plain", "client_secret": CLIENT_SECRET},
    ]
    with running(clients=clients) as server:
        assert own_token(server)["access_token"].count(".") == 2
        assert "." not in own_token(server, auth=("plain", CLIENT_SECRET))["access_token"]
        direct = server.token({"grant_type": "client_credentials"}, auth=("demo", CLIENT_SECRET))
        assert "." not in direct.json()["access_token"]


def test_the_usual_audience_is_also_that_of_opaque_tokens_and_of_the_api():
    with running(default_audience=[AUDIENCE]) as server:
        assert introspected(server, own_token(server)["access_token"])["aud"] == [AUDIENCE]
        made = server.create()
        assert claims_of(made["jwtAccessToken"])["aud"] == [AUDIENCE]
        assert server.introspect(made["accessToken"])["accessTokenResources"] == [AUDIENCE]
        assert claims_of(server.create(resources=["https://a"])["jwtAccessToken"])["aud"] == ["https://a"]


def test_a_jwt_of_the_api_has_what_the_strict_profile_wants(jwt_server):
    for made in (jwt_server.create(), jwt_server.create(grantType="CLIENT_CREDENTIALS")):
        token = verified(jwt_server, made["jwtAccessToken"])
        assert {"sub", "client_id", "jti", "iat", "exp", "iss", "aud"} <= token.claims.keys()
        assert token.header["typ"] == "at+jwt"
    assert token.claims["sub"] == "demo"
