"""PyJWT with its client for key sets, both of whose caches are switched on, in module scope."""

import os
from typing import Any

import jwt

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]
KEYS = jwt.PyJWKClient(os.environ["JWKS_URI"], cache_keys=True, timeout=3)
OPTIONS: Any = {"require": ["exp", "iss", "aud", "sub"]}


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    scheme, _, token = event["authorizationToken"].partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Exception("Unauthorized")  # noqa: TRY002 what API Gateway turns into a 401
    try:
        key = KEYS.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, options=OPTIONS)
    except jwt.InvalidTokenError:
        raise Exception("Unauthorized") from None  # noqa: TRY002 as above
    return {
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"client_id": claims["client_id"], "scope": claims["scope"]},
    }
