"""JWT access tokens for tests, and verifiers for them."""

from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwt
from apigw_oauth.authorizer.verifiers.jwt import JwtVerifier
from tests.authorizer.conftest import make_request
from tests.authorizer.verifiers.jose_signing import public_jwk, sign

NOW = 1_700_000_000
ISSUER = "https://as.example"
AUDIENCE = "https://api.example.com"
KEYS = {"keys": [public_jwk("P-256", kid="1", alg="ES256", use="sig"), public_jwk("RSA", kid="2", use="sig")]}
ABSENT: Any = object()

# The example of RFC 9068 §3, figure 3, with more scopes.
CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": AUDIENCE, "sub": "5ba552d67", "client_id": "s6BhdRkqt3", "scope": "openid profile",
    "exp": NOW + 600, "iat": NOW, "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
}  # fmt: skip
HEADER = {"typ": "at+jwt", "alg": "ES256", "kid": "1"}


def changed(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **changes}.items() if value is not ABSENT}


def token(header: dict[str, Any] | None = None, /, **changes: Any) -> str:
    """A good token with some claims changed; `header` changes the header."""
    whole = changed(HEADER, header or {})
    known = whole.get("alg") in {"ES256", "RS256", "PS256"}
    return sign(whole, changed(CLAIMS, changes), alg=None if known else "ES256")


def verifier(**settings: Any) -> JwtVerifier:
    given = changed({"issuer": ISSUER, "audience": AUDIENCE, "jwks": KEYS}, settings)
    return jwt.from_settings(given, Surroundings())


STRICT = verifier()


def verify(text: str, by: JwtVerifier = STRICT) -> AccessToken:
    return by.verify(text, make_request())


def reason(text: str, by: JwtVerifier = STRICT) -> Reason | None:
    """Why the token is refused; None if it is not."""
    try:
        verify(text, by)
    except InvalidTokenError as error:
        assert error.error == "invalid_token"
        return error.reason
    return None
