"""The library joserfc, with keys that are fetched by urllib when the function starts."""

import json
import os
import urllib.request
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

with urllib.request.urlopen(os.environ["JWKS_URI"], timeout=3) as answer:  # noqa: S310 - https, by its settings
    KEYS = KeySet.import_key_set(json.load(answer))
CLAIMS = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": os.environ["ISSUER"]},
    aud={"essential": True, "value": os.environ["AUDIENCE"]},
    exp={"essential": True},
    sub={"essential": True},
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    scheme, _, text = event["authorizationToken"].partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise Exception("Unauthorized")  # noqa: TRY002 what API Gateway turns into a 401
    try:
        claims = jwt.decode(text, KEYS, algorithms=["RS256"]).claims
        CLAIMS.validate(claims)
    except (JoseError, ValueError):
        raise Exception("Unauthorized") from None  # noqa: TRY002 as above
    return {
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"client_id": claims["client_id"], "scope": claims["scope"]},
    }
