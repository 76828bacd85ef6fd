"""Compact JWS: written, taken apart, and compared with a key. See RFC 7515 §7.1.

What signs is imported where it is used: a server without JWTs, which is most, starts sooner.
"""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from apigw_oauth.authserver import strict_json
from apigw_oauth.authserver.secret_hashes import base64url

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, KeyFlexible, OKPKey, RSAKey

ASYMMETRIC_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
PublicKey: TypeAlias = "ECKey | RSAKey | OKPKey"

_MAX_LENGTH = 256 * 1024  # that of a whole request: properties of a token may be long
_PARTS = 3
_RSA_BITS = (2048, 8192)  # fewer are weak, more take long
_PRIVATE_MEMBERS = frozenset(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
_DESCRIPTION = ("kid", "use", "alg", "key_ops")
_FULL_NAMES = {"EdDSA": "Ed25519"}  # RFC 9864 has the second name; joserfc warns at the first


class MalformedJwsError(ValueError):
    """A text that is not a compact JWS."""


class Jws(NamedTuple):
    """A JWS taken apart; nothing in it is verified."""

    header: Mapping[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes


def parse(text: str) -> Jws:
    """Take a compact JWS apart. Raises MalformedJwsError."""
    parts = text.split(".")
    if len(parts) != _PARTS or len(text) > _MAX_LENGTH:
        raise MalformedJwsError
    try:
        payload, signature = _decoded(parts[1]), _decoded(parts[2])
    except ValueError:
        raise MalformedJwsError from None
    header = json_object(parts[0])
    if header is None:
        raise MalformedJwsError
    return Jws(header, payload, text.rpartition(".")[0].encode("ascii"), signature)


def json_object(part: str) -> dict[str, Any] | None:
    """Read one part of a JWT as a JSON object; None when it is none."""
    try:
        return strict_json.loads_object(_decoded(part).decode("utf-8"))
    except ValueError:
        return None


def sign(header: Mapping[str, Any], claims: Mapping[str, Any], key: PublicKey) -> str:
    """Write claims as a compact JWS, signed with the algorithm that the header names."""
    signing_input = ".".join(base64url(_json(part)) for part in (header, claims))
    signature = _algorithm(header["alg"]).sign(signing_input.encode("ascii"), key)
    return f"{signing_input}.{base64url(signature)}"


def is_signed_by(jws: Jws, key: PublicKey) -> bool:
    """Tell whether a key has signed a JWS, with an asymmetric algorithm that fits the key."""
    name = jws.header.get("alg")
    if name not in ASYMMETRIC_ALGORITHMS or "crit" in jws.header:
        return False
    from joserfc.errors import JoseError

    try:
        algorithm = _algorithm(name)
        algorithm.check_key(key)
        return bool(algorithm.verify(jws.signing_input, jws.signature, key))
    except (JoseError, ValueError, TypeError):
        return False


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """Read a public key. Raises ValueError for a private, a symmetric or a malformed one, without its content."""
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise ValueError("it is not a public key")
    if jwk.get("kty") == "RSA" and not _RSA_BITS[0] <= _bits(jwk.get("n")) <= _RSA_BITS[1]:
        raise ValueError("it is an RSA key of fewer than 2048 or more than 8192 bits")
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

    try:
        key: KeyFlexible = import_key({name: value for name, value in jwk.items() if name not in _DESCRIPTION})
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        raise ValueError("it is not a well-formed key") from None
    if not isinstance(key, ECKey | RSAKey | OKPKey):
        raise ValueError("it is not of kty EC, RSA or OKP")  # noqa: TRY004 - callers know one kind of mistake
    return key


def _bits(modulus: object) -> int:
    try:
        return int.from_bytes(_decoded(modulus), "big").bit_length() if isinstance(modulus, str) else 0
    except ValueError:
        return 0


def _algorithm(name: str) -> Any:
    from joserfc.jws import JWSRegistry

    return JWSRegistry.algorithms[_FULL_NAMES.get(name, name)]


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _decoded(part: str) -> bytes:
    octets = part.encode("ascii")
    if b"=" in octets or b"+" in octets or b"/" in octets:
        raise MalformedJwsError
    return base64.b64decode(octets + b"=" * (-len(octets) % 4), altchars=b"-_", validate=True)
