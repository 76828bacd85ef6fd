"""The signature algorithms, and the one kind of key that each of them takes.

There is no `none` and no HMAC: a key that verifies must not be one that signs. See RFC 7518 §3, RFC 8037 §3.1 and,
for `Ed25519`, RFC 9864 §2.2.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Scheme = Literal["PKCS1v15", "PSS", "ECDSA", "EdDSA"]


class Algorithm(NamedTuple):
    """How one value of `alg` is verified."""

    scheme: Scheme
    kty: str
    crv: str | None = None
    hash: str = ""
    """The name of its class in `cryptography`."""
    signature_size: int | None = None
    """Octets; None where it is that of the modulus."""


ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        "RS256": Algorithm("PKCS1v15", "RSA", hash="SHA256"),
        "RS384": Algorithm("PKCS1v15", "RSA", hash="SHA384"),
        "RS512": Algorithm("PKCS1v15", "RSA", hash="SHA512"),
        "PS256": Algorithm("PSS", "RSA", hash="SHA256"),
        "PS384": Algorithm("PSS", "RSA", hash="SHA384"),
        "PS512": Algorithm("PSS", "RSA", hash="SHA512"),
        "ES256": Algorithm("ECDSA", "EC", "P-256", "SHA256", 64),
        "ES384": Algorithm("ECDSA", "EC", "P-384", "SHA384", 96),
        "ES512": Algorithm("ECDSA", "EC", "P-521", "SHA512", 132),
        "EdDSA": Algorithm("EdDSA", "OKP", "Ed25519", signature_size=64),
        "Ed25519": Algorithm("EdDSA", "OKP", "Ed25519", signature_size=64),
    }
)
"""All that can be verified."""

DEFAULT_ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA", "Ed25519")
"""What is taken where nobody says otherwise."""
