"""DPoP proofs: signed by the key that a token is bound to, for one request, now. See RFC 9449 §4.3 and §7.1."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer.dpop_nonce import Accepted, Nonces
from apigw_oauth.authorizer.errors import (
    InvalidProofError,
    InvalidTokenError,
    NonceRequiredError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifiers import base64url, jwks, jws, strict_json
from apigw_oauth.authorizer.verifiers.jws import Jws

MAX_LENGTH = 8192
"""Characters. API Gateway takes 10,240 bytes for all headers together."""
MAX_JTI_LENGTH = 256
LEEWAY = 10
"""Seconds that the client's clock may be ahead of ours."""

_TYPE = "dpop+jwt"


class Proof(NamedTuple):
    """What is left of a good proof: how it is remembered, and what the next one should hold."""

    key: bytes
    """Stands for it in a replay store."""
    until: float
    """Seconds since the epoch, after which it would be refused anyway."""
    fresh_nonce: str | None = None


class ProofRules(NamedTuple):
    """What a proof has to be."""

    addresses: PublicAddresses
    algorithms: tuple[str, ...]
    max_age: float
    """Seconds since `iat`."""
    nonces: Nonces | None
    """What proofs must hold; None: the client's clock says when they were made."""
    clock: Callable[[], float]
    """Gives seconds since the epoch."""

    def verify(self, values: tuple[str, ...], request: Request, *, token: str, thumbprint: str) -> Proof:
        """Verify the proof of a request: of this request, for this token, by the key with this thumbprint.

        `values` are those of the header DPoP. Raises InvalidProofError, NonceRequiredError, InvalidTokenError for
        a key that is not the token's. Does not look whether the proof was used before.
        """
        proof = _parse(values)
        if proof.header.get("typ") != _TYPE:
            raise InvalidProofError("The DPoP proof is not of the type dpop+jwt.")
        if proof.header["alg"] not in self.algorithms:
            raise InvalidProofError("The DPoP proof is signed with an algorithm that is not accepted.")
        _require_signature(proof, thumbprint)
        claims = _claims(proof)
        htu = self._require_request(claims, request)
        if not _equal(claims["ath"], base64url.encode(hashlib.sha256(token.encode("utf-8")).digest())):
            raise InvalidProofError("The DPoP proof is for another access token (ath).")
        until, fresh = self._require_time(claims)
        key = hashlib.sha256("\0".join((thumbprint, htu, claims["jti"])).encode("utf-8")).digest()
        return Proof(key, until, fresh)

    def _require_request(self, claims: Mapping[str, Any], request: Request) -> str:
        """Return the URL that the proof is for, in its normal form; a handshake is a GET."""
        method = "GET" if request.method == "$connect" else request.method
        if claims["htm"] != method:
            raise InvalidProofError("The DPoP proof is for another method (htm).")
        htu = self.addresses.match(claims["htu"], request)
        if htu is None:
            raise InvalidProofError(
                "The DPoP proof is for another URL (htu): it must be that of the request, at a public address of"
                " the API."
            )
        return htu

    def _require_time(self, claims: Mapping[str, Any]) -> tuple[float, str | None]:
        """Return until when the proof would be good, and a fresh nonce if one is due."""
        now = self.clock()
        if "exp" in claims and not now < claims["exp"] + LEEWAY:
            raise InvalidProofError("The DPoP proof expired (exp).")
        if "nbf" in claims and not claims["nbf"] <= now + LEEWAY:
            raise InvalidProofError("The DPoP proof is not valid yet (nbf).")
        if self.nonces is not None:
            return self._require_nonce(self.nonces, claims)
        if not now - self.max_age <= claims["iat"] <= now + LEEWAY:
            raise InvalidProofError(
                "The DPoP proof is not of this moment (iat): make one for each request, and set the clock."
            )
        return claims["iat"] + self.max_age + LEEWAY, None

    @staticmethod
    def _require_nonce(nonces: Nonces, claims: Mapping[str, Any]) -> Accepted:
        """The nonce says when the proof was made; then `iat`, by the client's clock, does not (RFC 9449 §11.1)."""
        accepted = nonces.accept(claims.get("nonce"))
        if accepted is None:
            raise NonceRequiredError(
                "The DPoP proof must hold the nonce of the header DPoP-Nonce.", nonce=nonces.current()
            )
        return accepted


def _parse(values: tuple[str, ...]) -> Jws:
    if any(len(value) > MAX_LENGTH for value in values):
        raise InvalidProofError("The DPoP proof is too long.")
    # HTTP APIs join the values of repeated headers; no proof has a comma in it.
    if len(values) != 1 or "," in values[0]:
        raise InvalidProofError("The request must have exactly one DPoP header.")
    try:
        return jws.parse(values[0].strip(" \t"), max_length=MAX_LENGTH)
    except jws.MalformedJwsError:
        raise InvalidProofError("The DPoP proof is not a signed JWT in compact form.") from None


def _require_signature(proof: Jws, thumbprint: str) -> None:
    """Verify the signature with the key that the proof brings along, which must be the one the token is bound to.

    That it must be is what makes this the one place where a key is taken from what it signs.
    """
    jwk = proof.header.get("jwk")
    try:
        key = jwks.Key.parse(jwk if isinstance(jwk, dict) else {})
        actual = jwks.thumbprint(jwk if isinstance(jwk, dict) else {})
    except jwks.UnusableKeyError:
        raise InvalidProofError(
            "The DPoP proof must hold a public key (jwk) of the kind EC, RSA of at least 2048 bits, or Ed25519."
        ) from None
    if not _equal(actual, thumbprint):
        raise InvalidTokenError("Invalid DPoP key binding", scheme="DPoP", reason=Reason.WRONG_KEY)
    try:
        jws.verify(proof, key)
    except jws.InvalidSignatureError:
        raise InvalidProofError("The signature of the DPoP proof is not valid.") from None
    except ImportError:
        raise VerifierUnavailableError(
            "the Python package cryptography, which verifies signatures, is missing; deploy it too",
            reason=Reason.INTERNAL_ERROR,
        ) from None


def _claims(proof: Jws) -> Mapping[str, Any]:
    """Return the claims: all that must be there, of the right kinds."""
    try:
        claims = strict_json.loads_object(proof.payload)
    except strict_json.JsonError:
        raise InvalidProofError("The claims of the DPoP proof are not a plain JSON object.") from None
    for name in ("jti", "htm", "htu", "ath"):
        if not isinstance(claims.get(name), str):
            raise InvalidProofError(f"The DPoP proof must have the claim {name}, a text.")
    for name in ("iat", "exp", "nbf"):
        if (name == "iat" or name in claims) and not _is_number(claims.get(name)):
            raise InvalidProofError(f"The claim {name} of the DPoP proof must be a number.")
    if not 1 <= len(claims["jti"]) <= MAX_JTI_LENGTH:
        raise InvalidProofError(f"The claim jti of the DPoP proof must have 1 to {MAX_JTI_LENGTH} characters.")
    return claims


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
