"""The access tokens of well-known servers, as these print them, and their ID tokens, which open nothing."""

from typing import Any

import pytest

from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.jwt import JwtVerifier
from tests.authorizer.verifiers.jose_signing import sign
from tests.authorizer.verifiers.jwt_tokens import ABSENT, AUDIENCE, ISSUER, NOW, changed, reason, verifier, verify

TIMES = {"iss": ISSUER, "exp": NOW + 600, "iat": NOW}
USER = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

# profile: header, claims of a user's token, changes to them of a client's token, claims of an ID token
SERVERS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "cognito": (
        {"kid": "2", "alg": "RS256"},
        {
            **TIMES, "sub": USER, "client_id": "client", "token_use": "access", "scope": "openid pets/read",
            "auth_time": NOW, "jti": USER, "origin_jti": USER, "event_id": USER, "version": 2, "username": "john",
            "cognito:groups": ["admins"],
        },
        {"sub": "client", "username": ABSENT},
        {**TIMES, "sub": USER, "aud": "client", "token_use": "id", "auth_time": NOW, "jti": USER, "cognito:username": "john"},
    ),
    "auth0": (
        {"kid": "2", "alg": "RS256", "typ": "JWT"},
        {
            **TIMES, "sub": "auth0|123456", "aud": [AUDIENCE, "https://tenant.auth0.com/userinfo"], "azp": "client",
            "scope": "openid pets/read", "permissions": ["pets/read"],
        },
        {"sub": "client@clients", "aud": AUDIENCE, "gty": "client-credentials"},
        {**TIMES, "sub": "auth0|123456", "aud": "client", "nonce": "n", "sid": "s", "nickname": "john"},
    ),
    "okta": (
        {"kid": "2", "alg": "RS256"},
        {
            **TIMES, "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE", "aud": AUDIENCE, "cid": "client",
            "uid": "00uid4BxXw6I6TV4m0g3", "scp": ["openid", "pets/read"], "sub": "john@example.com", "auth_time": NOW,
        },
        {"sub": "client", "uid": ABSENT},
        {**TIMES, "ver": 1, "jti": "ID.4eAWJOCMB3SX8XewDfVR", "aud": AUDIENCE, "sub": "00uid4BxXw6I6TV4m0g3", "amr": ["pwd"]},
    ),
    "entra": (
        {"kid": "2", "alg": "RS256", "typ": "JWT"},
        {
            **TIMES, "ver": "2.0", "aud": AUDIENCE, "azp": "client", "azpacr": "1", "oid": USER, "tid": USER, "sub": "AAAAAAAAAAA",
            "scp": "openid pets/read", "roles": ["Admin"], "nbf": NOW, "uti": "x", "rh": "x",
        },
        {"scp": ABSENT, "roles": ["openid", "pets/read"], "idtyp": "app", "sub": USER},
        {**TIMES, "ver": "2.0", "aud": AUDIENCE, "sub": "AAAAAAAAAAA", "oid": USER, "tid": USER, "nbf": NOW, "nonce": "n"},
    ),
    "keycloak": (
        {"kid": "2", "alg": "RS256", "typ": "JWT"},
        {
            **TIMES, "jti": USER, "aud": [AUDIENCE, "account"], "sub": USER, "typ": "Bearer", "azp": "client", "sid": USER,
            "acr": "1", "scope": "openid pets/read", "realm_access": {"roles": ["offline_access"]},
        },
        {"sub": "client"},
        {**TIMES, "jti": USER, "aud": AUDIENCE, "sub": USER, "typ": "ID", "azp": "client", "sid": USER, "acr": "1", "nonce": "n"},
    ),
}  # fmt: skip


def by(profile: str, **settings: Any) -> JwtVerifier:
    audience = "client" if profile == "cognito" else AUDIENCE
    return verifier(profile=profile, **{"audience": audience, **settings})


def of_user(profile: str, header: dict[str, Any] | None = None, /, **changes: Any) -> str:
    usual, claims, _, _ = SERVERS[profile]
    return sign(changed(usual, header or {}), changed(claims, changes))


@pytest.mark.rule("R14", "R23", "R24")
@pytest.mark.parametrize("profile", SERVERS)
def test_a_users_access_token_of_each_server_is_good_under_its_profile(profile):
    facts = verify(of_user(profile), by(profile))
    assert facts.client_id == "client"
    assert facts.subject == SERVERS[profile][1]["sub"]
    assert facts.scopes == {"openid", "pets/read"}
    assert not facts.is_client


@pytest.mark.rule("R26")
@pytest.mark.parametrize("profile", SERVERS)
def test_a_clients_own_token_of_each_server_is_not_presented_as_a_users(profile):
    facts = verify(of_user(profile, **SERVERS[profile][2]), by(profile))
    assert facts.is_client
    assert facts.principal_id == "client"
    assert facts.scopes == {"openid", "pets/read"}


@pytest.mark.rule("R14")
@pytest.mark.parametrize("profile", SERVERS)
def test_no_token_of_these_servers_passes_for_one_of_rfc_9068(profile):
    assert reason(of_user(profile), verifier()) is Reason.WRONG_TOKEN_TYPE


@pytest.mark.rule("R14", "R32")
@pytest.mark.parametrize("profile", SERVERS)
@pytest.mark.parametrize("more", [{}, {"nonce": ABSENT}, {"aud": AUDIENCE}, {"aud": AUDIENCE, "nonce": ABSENT}])
def test_an_id_token_of_each_server_opens_nothing(profile, more):
    header, _, _, claims = SERVERS[profile]
    assert reason(sign(header, changed(claims, more)), by(profile)) in {
        Reason.WRONG_TOKEN_TYPE, Reason.INVALID_CLAIMS, Reason.WRONG_AUDIENCE,
    }  # fmt: skip


@pytest.mark.rule("R14")
@pytest.mark.parametrize("profile", SERVERS)
def test_where_the_type_is_not_told_a_nonce_another_use_or_a_missing_client_betrays_another_token(profile):
    client = {"cognito": "client_id", "okta": "cid"}.get(profile, "azp")
    assert reason(of_user(profile, nonce="n"), by(profile)) is Reason.WRONG_TOKEN_TYPE
    assert reason(of_user(profile, token_use="id"), by(profile)) is Reason.WRONG_TOKEN_TYPE
    assert reason(of_user(profile, token_use=None), by(profile)) is Reason.WRONG_TOKEN_TYPE
    for value in (ABSENT, None, "", 7, ["client"]):
        assert reason(of_user(profile, **{client: value}), by(profile)) is Reason.INVALID_CLAIMS


@pytest.mark.parametrize("profile", ["auth0", "keycloak"])
def test_servers_that_can_call_their_tokens_access_tokens_may_do_so(profile):
    text = of_user(profile, {"typ": "at+jwt"}, azp=ABSENT, client_id="client", nonce="n")
    assert verify(text, by(profile)).client_id == "client"


@pytest.mark.parametrize("profile", SERVERS)
@pytest.mark.parametrize("typ", ["JWT", "at+jwt", ABSENT, "logout+jwt"])
def test_each_profile_takes_the_types_that_its_server_writes(profile, typ):
    taken = {"auth0": {"JWT", "at+jwt"}, "keycloak": {"JWT", "at+jwt"}, "entra": {"JWT"}}.get(profile, {ABSENT})
    assert (reason(of_user(profile, {"typ": typ}), by(profile)) is None) == (typ in taken)


@pytest.mark.rule("R32")
def test_cognito_and_keycloak_name_the_use_of_a_token_in_a_claim():
    for use in ("id", "refresh", "ACCESS", ABSENT, None, ["access"]):
        assert reason(of_user("cognito", token_use=use), by("cognito")) is Reason.WRONG_TOKEN_TYPE
    for typ in ("ID", "Refresh", "Offline", "Logout", "bearer", ABSENT, None, ["Bearer"]):
        assert reason(of_user("keycloak", typ=typ), by("keycloak")) is Reason.WRONG_TOKEN_TYPE
    assert reason(of_user("keycloak", typ="DPoP", cnf={"jkt": "x"}), by("keycloak")) is None


@pytest.mark.rule("R23")
def test_cognito_tokens_are_told_apart_by_their_client_unless_they_name_a_resource():
    assert reason(of_user("cognito", client_id="stranger"), by("cognito")) is Reason.WRONG_AUDIENCE
    bound = by("cognito", audience_claim="aud", audience=AUDIENCE)
    assert reason(of_user("cognito"), bound) is Reason.WRONG_AUDIENCE
    assert reason(of_user("cognito", aud=AUDIENCE), bound) is None


@pytest.mark.rule("R24")
def test_entra_roles_are_permissions_only_of_tokens_without_scopes():
    assert verify(of_user("entra"), by("entra")).scopes == {"openid", "pets/read"}
    assert verify(of_user("entra", scp=ABSENT), by("entra")).scopes == {"Admin"}
    assert verify(of_user("entra", scp=""), by("entra")).scopes == frozenset()
    assert verify(of_user("entra", scp=ABSENT, roles=ABSENT), by("entra")).scopes == frozenset()


def test_entra_tokens_of_version_1_name_the_client_otherwise():
    assert verify(of_user("entra", azp=ABSENT, appid="client", ver="1.0"), by("entra")).client_id == "client"


@pytest.mark.rule("R24")
@pytest.mark.parametrize("scp", [["a b"], [7], [""], {"a": 1}, 7, None, [["a"]]])
def test_a_list_of_scopes_holds_scopes(scp):
    assert reason(of_user("okta", scp=scp), by("okta")) is Reason.INVALID_CLAIMS
    assert verify(of_user("okta", scp=[]), by("okta")).scopes == frozenset()
    assert verify(of_user("okta", scp="a b"), by("okta")).scopes == {"a", "b"}


def test_a_switch_overrides_the_profile_and_leaves_the_rest_of_it():
    narrowed = by("keycloak", required_claims={"tenant": "a"})
    assert reason(of_user("keycloak"), narrowed) is Reason.INVALID_CLAIMS
    assert reason(of_user("keycloak", tenant="a"), narrowed) is None
    assert reason(of_user("keycloak", tenant="a", typ="ID"), narrowed) is Reason.WRONG_TOKEN_TYPE
    replaced = by("keycloak", required_claims={"typ": "Custom"})
    assert reason(of_user("keycloak", typ="Custom"), replaced) is None
    assert reason(of_user("keycloak"), replaced) is Reason.WRONG_TOKEN_TYPE
