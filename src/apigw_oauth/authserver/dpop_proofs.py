"""DPoP proofs: that whoever sends a request has the private key. See RFC 9449 §4.3."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from apigw_oauth.authserver import signatures, strict_json
from apigw_oauth.authserver.http_targets import normalized
from apigw_oauth.authserver.secret_hashes import base64url, sha256
from apigw_oauth.authserver.signatures import ASYMMETRIC_ALGORITHMS, Jws

AGE = 60.0  # seconds; how old a proof may be
AHEAD = 10.0  # seconds; how far its clock may be ahead
_LONGEST_IDENTIFIER = 256
_WITHOUT_PUBLIC_KEY = frozenset(["none", "HS256", "HS384", "HS512"])


class InvalidProofError(Exception):
    """A proof that proves nothing: Authlete's result code, and the reason, which holds nothing of a request."""

    def __init__(self, reason: str, code: str = "A065310", *values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.values = values or ((reason,) if code == "A065310" else ())


class Proof(NamedTuple):
    """A verified proof; `issued_at` in seconds since the epoch."""

    thumbprint: str
    jti: str
    issued_at: float
    nonce: object


def verify(text: str, *, method: str, url: str, now: float, access_token: str | None = None) -> Proof:
    """Verify the proof of one request. Raises InvalidProofError.

    Does not notice that a proof is used twice; compares neither thumbprint nor nonce.
    """
    try:
        jws = signatures.parse(text)
        claims = strict_json.loads_object(jws.payload.decode("utf-8"))
    except ValueError:
        raise InvalidProofError("it is not a compact JWS with claims") from None
    _check_algorithm(jws)
    thumbprint = _signing_key(jws)
    _check_target(claims, method, url)
    if access_token is not None and claims.get("ath") != base64url(sha256(access_token)):
        raise InvalidProofError("ath must be the hash of the access token")
    jti, issued_at = claims.get("jti"), claims.get("iat")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_IDENTIFIER:
        raise InvalidProofError("jti must be a text of moderate length")
    if not _is_time(issued_at) or not now - AGE <= issued_at <= now + AHEAD:
        raise InvalidProofError("iat must be the present time")
    return Proof(thumbprint, jti, issued_at, claims.get("nonce"))


def _check_algorithm(jws: Jws) -> None:
    algorithm = jws.header.get("alg")
    if algorithm is None:
        raise InvalidProofError("its algorithm is missing", "A065313")
    if algorithm in _WITHOUT_PUBLIC_KEY:
        raise InvalidProofError("its algorithm must not be symmetric or none", "A065311", algorithm)
    if algorithm not in ASYMMETRIC_ALGORITHMS:
        raise InvalidProofError("its algorithm is not supported")
    if jws.header.get("typ") != "dpop+jwt":
        raise InvalidProofError("typ must be dpop+jwt")


def _signing_key(jws: Jws) -> str:
    """Take the key out of the header, and return its thumbprint when it signed the proof. See RFC 7638."""
    jwk = jws.header.get("jwk")
    if not isinstance(jwk, dict):
        raise InvalidProofError("it has no public key in JWK format", "A065312")
    try:
        key = signatures.public_key(jwk)
    except ValueError as error:
        raise InvalidProofError(f"jwk cannot be used: {error}") from None
    if not signatures.is_signed_by(jws, key):
        raise InvalidProofError("the key in jwk has not signed it")
    return key.thumbprint()


def _check_target(claims: Mapping[str, Any], method: str, url: str) -> None:
    if claims.get("htm") != method:
        raise InvalidProofError("htm must be the method of the request")
    htu = claims.get("htu")
    target = normalized(htu) if isinstance(htu, str) else None
    if target is None or target != normalized(url):
        raise InvalidProofError("htu must be the address of the request")


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
