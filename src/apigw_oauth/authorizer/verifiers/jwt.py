"""Verify JWT access tokens here, with the issuer's public keys. See RFC 9068 §4 and draft-ietf-oauth-rfc8725bis.

Issuer, keys, algorithms and audience come from the settings; a token only chooses among the keys of its issuer.
Nobody is asked whether it has been revoked: a JWT is good until it expires.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings, prepare
from apigw_oauth.authorizer.verifiers import base64url, jws, jwt_claims, strict_json
from apigw_oauth.authorizer.verifiers.jwks import NoKeyError
from apigw_oauth.authorizer.verifiers.jws import Jws
from apigw_oauth.authorizer.verifiers.jwt_claims import ClaimRules
from apigw_oauth.authorizer.verifiers.jwt_profiles import ACCESS_TOKEN_TYPE, NO_TYPE, normal_type, profile_from
from apigw_oauth.authorizer.verifiers.key_settings import issuer_from, keys_from
from apigw_oauth.authorizer.verifiers.key_source import KeySource
from apigw_oauth.authorizer.verifiers.table import Table

DEFAULT_LEEWAY, MAX_LEEWAY = 30, 60
"""Seconds."""

_MOST_HEADERS = 100
_UNKNOWN: tuple[None, None] = (None, None)
_LONGEST_AGE = 10 * 365 * 86400


def from_settings(settings: Mapping[str, Any], surroundings: Surroundings) -> "JwtVerifier":
    """Make the verifier from its table in the project file, references resolved. Raises SettingsError.

    Loads what its keys need of `cryptography`, and fetches nothing.
    """
    table = Table(settings, kind="a jwt verifier")
    issuer = issuer_from(table)
    if not table.has("audience"):
        raise SettingsError("audience: is missing; name this API as the access tokens do (`aud`)")
    audience = frozenset(table.texts("audience"))
    algorithms = _algorithms(table)
    rules = ClaimRules(
        issuer=issuer,
        audience=audience,
        profile=profile_from(table),
        clients=frozenset(table.texts("clients")) if table.has("clients") else None,
        leeway=table.number("leeway", DEFAULT_LEEWAY, most=MAX_LEEWAY),
        max_token_age=table.number("max_token_age", 0, least=1, most=_LONGEST_AGE) or None,
    )
    keys = keys_from(table, issuer=issuer, algorithms=algorithms, surroundings=surroundings)
    table.finish()
    return JwtVerifier(rules, keys, algorithms=algorithms)


def _algorithms(table: Table) -> tuple[str, ...]:
    names = table.texts("algorithms", jws.DEFAULT_ALGORITHMS)
    for name in names:
        if name not in jws.ALGORITHMS and not table.is_unresolved("algorithms"):
            raise SettingsError(f"algorithms: {name!r} is not one of {', '.join(jws.ALGORITHMS)}")
    try:
        jws.load(())
    except ImportError:
        raise SettingsError(
            "algorithms: the Python package cryptography, which verifies signatures, is missing; deploy it too"
        ) from None
    return names


class JwtVerifier:
    """Verifies the JWTs of one issuer."""

    def __init__(self, rules: ClaimRules, keys: KeySource, *, algorithms: tuple[str, ...]) -> None:
        """Set up for an issuer, its keys, and what the API expects of its tokens."""
        self._rules = rules
        self._keys = keys
        self._algorithms = algorithms
        self._headers: dict[bytes, tuple[Mapping[str, Any], bool]] = {}
        """What headers say, by their spelling: tokens of one key have the same, and reading it takes 10 µs.

        Only of tokens whose signature was good, so that strangers fill no memory.
        """
        self._load()

    def prepare(self) -> None:
        """Fetch the keys, and load what they need."""
        prepare(self._keys)
        self._load()

    def _load(self) -> None:
        """Load what the keys need that are here already.

        What verifies ECDSA takes 26 million instructions, a tenth of a start: who has no such key does without.
        """
        with contextlib.suppress(Exception):  # nothing depends on it: the first token loads what is missing
            jws.load(alg for alg in self._algorithms if self._keys.fits(alg))

    def recognizes(self, token: str) -> bool:
        """Say whether the token is a JWT that names this issuer, letter by letter. Verifies nothing."""
        try:
            unverified = strict_json.loads_object(base64url.decode_letters(jws.split(token)[1]))
        except ValueError:
            return False
        return unverified.get("iss") == self._rules.issuer

    def verify(self, token: str, _request: Request) -> AccessToken:
        """Return the facts about the token. Raises InvalidTokenError, VerifierUnavailableError.

        The claims are read after the signature is verified; only the issuer is compared before, since it is whose
        keys are meant.
        """
        try:
            segments = jws.segments(token)
            header, is_typed = self._headers.get(segments[1], _UNKNOWN)
            parts = jws.read(segments, header=header)
            claims = strict_json.loads_object(parts.payload)
        except (jws.MalformedJwsError, strict_json.JsonError):
            raise InvalidTokenError("The access token is malformed.", reason=Reason.MALFORMED_TOKEN) from None
        if claims.get("iss") != self._rules.issuer:
            raise InvalidTokenError("The access token is of another issuer.", reason=Reason.WRONG_ISSUER)
        if is_typed is None:
            is_typed = self._require_type(parts.header)
        self._require_signature(parts)
        if header is None and len(self._headers) < _MOST_HEADERS:
            self._headers[segments[1]] = parts.header, is_typed
        return jwt_claims.read(claims, self._rules, is_typed=is_typed)

    def _require_type(self, header: Mapping[str, Any]) -> bool:
        """Return whether the header says that this is an access token."""
        typ = header.get("typ", NO_TYPE)
        given = normal_type(typ) if isinstance(typ, str) else None
        if given not in self._rules.profile.typ or (given == NO_TYPE and "typ" in header):
            raise InvalidTokenError("The token is not an access token.", reason=Reason.WRONG_TOKEN_TYPE)
        return given == ACCESS_TOKEN_TYPE

    def _require_signature(self, parts: Jws) -> None:
        header = parts.header
        alg = header["alg"]
        if alg not in self._algorithms:
            raise InvalidTokenError(
                "The access token is signed in a way that is not accepted.", reason=Reason.INVALID_SIGNATURE
            )
        try:
            key = self._keys.find(kid=header.get("kid"), alg=alg)
            jws.verify(parts, key)
        except NoKeyError:
            raise InvalidTokenError(
                "The access token is signed with an unknown key.", reason=Reason.UNKNOWN_KEY
            ) from None
        except jws.InvalidSignatureError:
            raise InvalidTokenError(
                "The signature of the access token is not valid.", reason=Reason.INVALID_SIGNATURE
            ) from None
