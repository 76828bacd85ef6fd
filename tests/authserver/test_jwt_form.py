import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.authserver.servers import Running

THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def part(value: object) -> str:
    return (
        base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode())
        .rstrip(b"=")
        .decode()
    )


def claims_of(server: Running, token: str) -> jwt.Token:
    key_set = server.http.get(f"/api/service/jwks/get/direct/{server.key}").json()
    return jwt.decode(token, KeySet.import_key_set(key_set), algorithms=["ES256"])


def test_the_jwt_carries_the_record(shared):
    made = shared.create(
        scopes=["profile", "history.read"],
        resources=["https://a"],
        acr="gold",
        authTime=1_700_000_000,
        certificateThumbprint=THUMBPRINT,
        properties=[{"key": "tier", "value": "1"}, {"key": "hush", "value": "x", "hidden": True}],
        authorizationDetails={"elements": [{"type": "t", "dataTypes": ["d"], "otherFields": '{"more":1}'}]},
        jwtAtClaims='{"team":"x","iss":"https://evil.example"}',
    )
    token = claims_of(shared, made["jwtAccessToken"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims == {
        "iss": shared.base_url,
        "sub": "john",
        "client_id": "demo",
        "scope": "profile history.read",
        "iat": 1_800_000_000,
        "exp": 1_800_086_400,
        "jti": made["accessToken"],
        "aud": ["https://a"],
        "cnf": {"x5t#S256": THUMBPRINT},
        "acr": "gold",
        "auth_time": 1_700_000_000,
        "grant_type": "authorization_code",
        "authorization_details": [{"type": "t", "datatypes": ["d"], "more": 1}],
        "tier": "1",
        "team": "x",
    }


def test_absent_facts_are_absent_claims(shared):
    made = shared.create(grantType="CLIENT_CREDENTIALS", accessTokenPersistent=True, clientIdentifier="12345")
    claims = claims_of(shared, made["jwtAccessToken"]).claims
    assert sorted(claims) == ["client_id", "grant_type", "iat", "iss", "jti", "sub"]
    assert claims["client_id"] == claims["sub"] == "12345"


def test_the_thumbprint_of_a_dpop_key_is_in_the_jwt(shared):
    made = shared.create(dpopKeyThumbprint=THUMBPRINT)
    assert claims_of(shared, made["jwtAccessToken"]).claims["cnf"] == {"jkt": THUMBPRINT}


def test_introspection_answers_for_the_record(server):
    made = server.create(scopes=["profile"])
    assert server.introspect(made["jwtAccessToken"]) == server.introspect(made["accessToken"])
    server.call("/auth/token/update", {"accessToken": made["jwtAccessToken"], "scopes": ["history.read"]})
    assert server.introspect(made["jwtAccessToken"])["scopes"] == ["history.read"]
    server.clock.now += 86_400
    assert server.introspect(made["jwtAccessToken"])["resultCode"] == "A065303"
    assert server.introspect(made["jwtAccessToken"])["resultCode"] == "A057302"


def test_a_jwt_that_this_server_did_not_sign_does_not_exist(shared):
    value = shared.create()["accessToken"]
    forged = jwt.encode({"alg": "ES256"}, {"jti": value}, ECKey.generate_key("P-256"), algorithms=["ES256"])
    assert shared.introspect(forged)["resultCode"] == "A057302"
    header, payload, signature = shared.create()["jwtAccessToken"].split(".")
    assert shared.introspect(f"{header}.{part({'jti': value})}.{signature}")["resultCode"] == "A057302"
    assert shared.introspect(f"{header}.{payload}.")["resultCode"] == "A057302"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (f"{part({'alg': 'none'})}.{part({'jti': 'x'})}.", "A057306"),
        (f"{part({'alg': 'HS256'})}.{part({'jti': 'x'})}.AA", "A057306"),
        (f"{part({'typ': 'JWT'})}.{part({'jti': 'x'})}.AA", "A057306"),
        (f"{part({'alg': ['ES256']})}.{part({'jti': 'x'})}.AA", "A057306"),
        (f"{part({'alg': 'RSA-OAEP', 'enc': 'A128GCM'})}.a.b.c.d", "A057306"),
        (f"{part({'alg': 'ES256'})}.{part(b'text')}.AA", "A057304"),
        (f"{part({'alg': 'ES256'})}.{part([1])}.AA", "A057304"),
        (f"{part({'alg': 'ES256'})}.%%.AA", "A057304"),
        (f"{part({'alg': 'ES256'})}.{part({})}.AA", "A057305"),
        (f"{part({'alg': 'ES256'})}.{part({'jti': None})}.AA", "A057305"),
        (f"{part({'alg': 'ES256'})}.{part({'jti': ''})}.AA", "A057305"),
        (f"{part({'alg': 'ES256'})}.{part({'jti': 1})}.AA", "A057305"),
        ("a.b.c", "A057302"),
        ("a.b", "A057302"),
        (f"{part([1])}.b.c", "A057302"),
    ],
)
def test_other_forms_have_their_codes(shared, token, code):
    answer = shared.introspect(token)
    assert (answer["action"], answer["resultCode"]) == ("UNAUTHORIZED", code)


@given(token=st.text() | st.lists(st.binary().map(part), min_size=3, max_size=5).map(".".join))
def test_no_rubbish_is_a_token(shared, token):
    answer = shared.call("/auth/introspection", {"token": token})
    assert answer.status_code in {200, 400}
    assert answer.json().get("action") != "OK"


def test_a_long_jwt_is_found_too(shared):
    made = shared.create(properties=[{"key": "k", "value": "v" * 60_000}])
    assert shared.introspect(made["jwtAccessToken"])["action"] == "OK"


RESERVED = ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "cnf", "acr", "auth_time"]
RESERVED += ["authorization_details", "grant_type"]


@pytest.mark.parametrize(
    "further",
    [
        {"jwtAtClaims": json.dumps(dict.fromkeys(RESERVED, "forged"))},
        {"properties": [{"key": name, "value": "forged"} for name in RESERVED]},
    ],
)
def test_further_claims_cannot_say_what_the_record_does_not(shared, further):
    made = shared.create(grantType="CLIENT_CREDENTIALS", accessTokenPersistent=True, **further)
    claims = claims_of(shared, made["jwtAccessToken"]).claims
    assert sorted(claims) == ["client_id", "grant_type", "iat", "iss", "jti", "sub"]
    assert "forged" not in claims.values()
