"""Assertions that clients sign with a key of their own (`private_key_jwt`). See RFC 7523 §3."""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from apigw_oauth.authserver import signatures, strict_json
from apigw_oauth.authserver.client_settings import keys_of
from apigw_oauth.authserver.clients import Client, FoundClient
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.signatures import Jws

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_LIFE = 3600.0  # seconds; how long an identifier has to be remembered at most
_LONGEST_IDENTIFIER = 256
_LEEWAY = 10.0  # seconds


class InvalidAssertionError(Exception):
    """An assertion that proves nothing; the reason holds no text of a request."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ClientAssertions:
    """Finds the client that signed an assertion for this server, each assertion once."""

    def __init__(self, service: Service, *, audience: str) -> None:
        issuer = service.settings.base_url
        self._service = service
        self._audiences = {issuer, f"{issuer}/token", audience}

    def client_of(self, form: Form) -> FoundClient:
        """Read the assertion of a form. Raises InvalidAssertionError."""
        types, assertions = form.get("client_assertion_type", []), form.get("client_assertion", [])
        if types != [TYPE] or len(assertions) != 1:
            raise InvalidAssertionError(f"client_assertion_type must be {TYPE}, with one client_assertion")
        jws, claims = _read(assertions[0])
        subject = claims.get("sub")
        found = self._service.clients.find(subject) if isinstance(subject, str) else None
        if found is None or claims.get("iss") != subject:
            raise InvalidAssertionError("iss and sub must be the client_id")
        _check_signature(jws, found.client)
        self._check_claims(claims, found.client)
        return found

    def _check_claims(self, claims: Mapping[str, Any], client: Client) -> None:
        now = self._service.clock()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if not any(isinstance(one, str) and one in self._audiences for one in audiences):
            raise InvalidAssertionError("aud must be the issuer, or the address of the endpoint")
        expires_at = claims.get("exp")
        if not _is_time(expires_at) or not now < expires_at <= now + _LONGEST_LIFE:
            raise InvalidAssertionError(f"exp must lie within the next {_LONGEST_LIFE:.0f} seconds")
        begins = [claims[name] for name in ("nbf", "iat") if name in claims]
        if not all(_is_time(begin) and begin <= now + _LEEWAY for begin in begins):
            raise InvalidAssertionError("nbf and iat must not lie in the future")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_IDENTIFIER:
            raise InvalidAssertionError("jti must be a text of moderate length")
        if not self._service.single_use.claim("assertion", str(client.id), jti, until=expires_at, now=now):
            raise InvalidAssertionError("its jti was used before")


def _read(text: str) -> tuple[Jws, Mapping[str, Any]]:
    try:
        jws = signatures.parse(text)
        return jws, strict_json.loads_object(jws.payload.decode("utf-8"))
    except ValueError:
        raise InvalidAssertionError("it is not a well-formed JWT") from None


def _check_signature(jws: Jws, client: Client) -> None:
    if client.settings.jwks is None:
        raise InvalidAssertionError("the client has no jwks")
    kid = jws.header.get("kid")
    keys = [key for jwk, key in keys_of(client.settings.jwks) if kid is None or jwk.get("kid") in {None, kid}]
    if not any(signatures.is_signed_by(jws, key) for key in keys):
        raise InvalidAssertionError("no key of the client's jwks has signed it")


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
