"""The limit: the least that verifies an RS256 token with `cryptography`, with keys from a server.

It checks the signature, `exp`, `iss` and `aud`, and nothing else that it could omit: no types, no other
algorithms, no look at scopes or clients, no keys that change, no log.
"""

import http.client
import json
import os
import time
from base64 import urlsafe_b64decode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

_ISSUER, _AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]
_HOST, _, _PATH = os.environ["JWKS_URI"].removeprefix("https://").partition("/")
_PADDING, _HASH = PKCS1v15(), SHA256()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


def _keys() -> dict[str, RSAPublicKey]:
    connection = http.client.HTTPSConnection(_HOST, timeout=3)
    connection.request("GET", f"/{_PATH}")
    keys = json.loads(connection.getresponse().read())["keys"]
    connection.close()
    return {key["kid"]: _numbers(key).public_key() for key in keys}


def _numbers(key: dict[str, str]) -> RSAPublicNumbers:
    return RSAPublicNumbers(int.from_bytes(_decoded(key["e"])), int.from_bytes(_decoded(key["n"])))


_KEYS = _keys()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    signed, _, signature = event["authorizationToken"].removeprefix("Bearer ").rpartition(".")
    header, _, payload = signed.partition(".")
    try:
        key = _KEYS[json.loads(_decoded(header))["kid"]]
        key.verify(_decoded(signature), signed.encode(), _PADDING, _HASH)
    except InvalidSignature:
        raise Exception("Unauthorized") from None  # noqa: TRY002 what API Gateway turns into a 401
    claims = json.loads(_decoded(payload))
    if claims["iss"] != _ISSUER or claims["aud"] != _AUDIENCE or claims["exp"] <= time.time():
        raise Exception("Unauthorized")  # noqa: TRY002 as above
    return {
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"client_id": claims["client_id"], "scope": claims["scope"]},
    }
