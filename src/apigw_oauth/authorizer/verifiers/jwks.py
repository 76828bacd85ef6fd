"""Keys that verify signatures: one (JWK) or many (JWK Set). See RFC 7517, RFC 7518 §6, RFC 8037 and RFC 7638."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from apigw_oauth.authorizer.sha256 import sha256
from apigw_oauth.authorizer.verifiers import base64url
from apigw_oauth.authorizer.verifiers.algorithms import ALGORITHMS

MAX_KEYS = 50
MAX_KID_LENGTH = 256

_MIN_MODULUS_BITS, _MAX_MODULUS_BITS = 2048, 8192  # below it is weak, above it a single check takes too long
_MAX_EXPONENT_BITS = 64
_MAX_MEMBER_LENGTH = 1400  # of a number in base64url: 8192 bits are 1366 characters
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ED25519_SIZE = 32
_REQUIRED = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}


class _Curve(NamedTuple):
    """A curve of RFC 7518 §6.2.1.1."""

    coordinate_size: int
    name: str
    """That of its class in `cryptography`."""


_CURVES = {"P-256": _Curve(32, "SECP256R1"), "P-384": _Curve(48, "SECP384R1"), "P-521": _Curve(66, "SECP521R1")}


class UnusableKeyError(ValueError):
    """A JWK that no signature may be verified with. The message holds nothing of the key."""


class UnusableKeySetError(ValueError):
    """A document that is not a JWK Set, or one with too many keys."""


class NoKeyError(LookupError):
    """The set has no key for this, or does not say which one."""


class Key:
    """A public key, together with what it may be used for."""

    __slots__ = ("_numbers", "_public", "alg", "crv", "key_ops", "kid", "kty", "ready", "use")

    def __init__(self, labels: "_Labels", numbers: tuple[int, ...] | bytes) -> None:
        self.kid, self.kty, self.crv, self.alg, self.use, self.key_ops = labels
        self._numbers = numbers
        self._public: Any = None
        self.ready: dict[str, Any] = {}
        """What verifies signatures with it, by algorithm: for whoever does so to remember."""

    @classmethod
    def parse(cls, jwk: Mapping[str, Any]) -> Self:
        """Read a JWK. Raises UnusableKeyError.

        Refuses symmetric keys, keys that hold a private member, RSA keys of less than 2048 or more than 8192 bits,
        and curves other than P-256, P-384, P-521 and Ed25519. That a point lies on its curve is found out by
        `public_key`.
        """
        if cls.is_secret(jwk):
            raise UnusableKeyError("the key is a private or a symmetric one")
        labels = _labels(jwk)
        match labels.kty, labels.crv:
            case "RSA", _:
                return cls(labels._replace(crv=None), _rsa_numbers(jwk))
            case "EC", str(crv) if crv in _CURVES:
                x, y = (_octets(jwk, name, _CURVES[crv].coordinate_size) for name in ("x", "y"))
                return cls(labels, (int.from_bytes(x), int.from_bytes(y)))
            case "OKP", "Ed25519":
                return cls(labels, _octets(jwk, "x", _ED25519_SIZE))
        raise UnusableKeyError("the key is of a kind that is not supported")

    @staticmethod
    def is_secret(jwk: Mapping[str, Any]) -> bool:
        """Say whether a JWK holds what only its owner should know."""
        return not _PRIVATE.isdisjoint(jwk)

    def fits(self, alg: str) -> bool:
        """Say whether the key may verify signatures of this algorithm, by its kind, its curve and its labels."""
        algorithm = ALGORITHMS.get(alg)
        return (
            algorithm is not None
            and self.kty == algorithm.kty
            and self.crv == algorithm.crv
            and (self.alg is None or self.alg == alg)
            and (self.use is None or self.use == "sig")
            and (self.key_ops is None or "verify" in self.key_ops)
        )

    def public_key(self) -> Any:
        """Return the key as `cryptography` has it, made once. Raises UnusableKeyError."""
        if self._public is None:
            try:
                self._public = self._make()
            except (ValueError, OverflowError):
                raise UnusableKeyError("the numbers of the key do not make a key") from None
        return self._public

    def _make(self) -> Any:
        numbers = self._numbers
        if isinstance(numbers, bytes):
            from cryptography.hazmat.primitives.asymmetric import ed25519

            return ed25519.Ed25519PublicKey.from_public_bytes(numbers)
        if self.kty == "RSA":
            from cryptography.hazmat.primitives.asymmetric import rsa

            modulus, exponent = numbers
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        from cryptography.hazmat.primitives.asymmetric import ec

        curve: ec.EllipticCurve = getattr(ec, _CURVES[self.crv or ""].name)()
        x, y = numbers
        return ec.EllipticCurvePublicNumbers(x, y, curve).public_key()


class KeySet(NamedTuple):
    """The keys of one issuer that can be used."""

    keys: tuple[Key, ...]

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "KeySet":
        """Read a JWK Set. Raises UnusableKeySetError.

        Keys that cannot be used are left out; so are keys that share a `kid`, because nobody could say which of
        them is meant.
        """
        entries = document.get("keys")
        if not isinstance(entries, list):
            raise UnusableKeySetError("the document is not a set of keys: it has no list `keys`")
        if len(entries) > MAX_KEYS:
            raise UnusableKeySetError(f"the set has more than {MAX_KEYS} keys")
        keys = [key for entry in entries if (key := _parse_or_skip(entry)) is not None]
        named = Counter(key.kid for key in keys if key.kid is not None)
        return cls(tuple(key for key in keys if key.kid is None or named[key.kid] == 1))

    def select(self, *, kid: str | None, alg: str) -> Key:
        """Return the key that a token with this header was signed with. Raises NoKeyError.

        Without `kid` there must be exactly one key that fits the algorithm.
        """
        fitting = [key for key in self.keys if (kid is None or key.kid == kid) and key.fits(alg)]
        if len(fitting) != 1:
            raise NoKeyError("no key of the set fits" if not fitting else "several keys of the set fit")
        return fitting[0]


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a public key, in base64url. Raises UnusableKeyError. See RFC 7638 §3."""
    kty = jwk.get("kty")
    names = _REQUIRED.get(kty) if isinstance(kty, str) else None
    if names is None or not all(isinstance(jwk.get(name), str) for name in names):
        raise UnusableKeyError("the key lacks a member that its thumbprint is made of")
    text = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"), ensure_ascii=False)
    try:
        return base64url.encode(sha256(text.encode("utf-8")).digest())
    except UnicodeEncodeError:
        raise UnusableKeyError("a member of the key is not text") from None


class _Labels(NamedTuple):
    """What a JWK says about itself beside its numbers. See RFC 7517 §4."""

    kid: str | None
    kty: str
    crv: str | None
    alg: str | None
    use: str | None
    key_ops: frozenset[str] | None


def _labels(jwk: Mapping[str, Any]) -> _Labels:
    kid, kty, crv, alg, use = (_optional_text(jwk, name) for name in ("kid", "kty", "crv", "alg", "use"))
    operations = jwk.get("key_ops")
    if kty is None or (kid is not None and len(kid) > MAX_KID_LENGTH):
        raise UnusableKeyError("the key has no kind, or too long an identifier")
    if "key_ops" not in jwk:
        return _Labels(kid, kty, crv, alg, use, None)
    if not isinstance(operations, list) or not all(isinstance(one, str) for one in operations):
        raise UnusableKeyError("the operations of the key are not a list of words")
    named = frozenset(operations)
    if len(named) != len(operations) or (use == "sig" and not named <= {"sign", "verify"}):
        raise UnusableKeyError("the operations of the key contradict one another or its use")
    return _Labels(kid, kty, crv, alg, use, named)


def _optional_text(jwk: Mapping[str, Any], name: str) -> str | None:
    value = jwk.get(name)
    if name in jwk and not isinstance(value, str):
        raise UnusableKeyError("a member of the key is not text")
    return value


def _rsa_numbers(jwk: Mapping[str, Any]) -> tuple[int, int]:
    # Some servers put a zero before the modulus, against RFC 7518 §2; that does no harm.
    modulus, exponent = (int.from_bytes(_octets(jwk, name)) for name in ("n", "e"))
    if not _MIN_MODULUS_BITS <= modulus.bit_length() <= _MAX_MODULUS_BITS or modulus % 2 == 0:
        raise UnusableKeyError(f"the modulus must be odd and have {_MIN_MODULUS_BITS} to {_MAX_MODULUS_BITS} bits")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > _MAX_EXPONENT_BITS:
        raise UnusableKeyError("the exponent must be odd, at least 3, and of moderate size")
    return modulus, exponent


def _octets(jwk: Mapping[str, Any], name: str, size: int | None = None) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str) or len(value) > _MAX_MEMBER_LENGTH:
        raise UnusableKeyError("a number of the key is missing or too large")
    try:
        octets = base64url.decode(value)
    except ValueError:
        raise UnusableKeyError("a number of the key is not base64url") from None
    if size not in {None, len(octets)}:
        raise UnusableKeyError("a number of the key does not have the size of its curve")
    return octets


def _parse_or_skip(entry: object) -> Key | None:
    try:
        return Key.parse(entry) if isinstance(entry, dict) else None
    except UnusableKeyError:
        return None
