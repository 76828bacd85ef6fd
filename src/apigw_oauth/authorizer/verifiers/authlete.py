"""Verify tokens by Authlete's introspection API, versions 2 and 3.

Authlete is asked for facts about the token alone, never whether it covers some scopes: such an answer would hold
for one route. See https://docs.authlete.com/ (the API `/auth/introspection`).
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import (
    InsufficientScopeError,
    InvalidTokenError,
    SettingsError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer, HttpClient

_LAST_MOMENT = 1e18  # milliseconds; far beyond any token, and below what arithmetic cannot do
_RESULT_CODE = re.compile(r"[A-Z]\d{6}")
_EXPIRED = frozenset({"A065301", "A065302", "A065303"})
_KEYS = {2: ("api_key", "api_secret"), 3: ("service_id", "service_access_token")}


class Client(Protocol):
    """What the verifier needs of an HTTP client."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one request and return the answer. Raises VerifierUnavailableError."""
        ...


def from_settings(settings: Mapping[str, Any], surroundings: Surroundings) -> "AuthleteVerifier":
    """Make the verifier from its table in the project file, references resolved. Raises SettingsError."""
    version = settings.get("version", 2)
    if type(version) is not int or version not in _KEYS:
        raise SettingsError("version: must be 2 (api_key, api_secret) or 3 (service_id, service_access_token)")
    needed = ("base_url", *_KEYS[version])
    for key in settings:
        if key not in {"version", *needed}:
            raise SettingsError(
                f"{key}: is not a key of an authlete verifier of version {version} ({', '.join(needed)})"
            )
    base_url, account, secret = (_text(settings, key) for key in needed)
    if version == 2 and ":" in account:
        raise SettingsError("api_key: holds a colon, which ends the user name of HTTP Basic")
    if version == 3 and not account.isdecimal():
        raise SettingsError("service_id: must be a number")
    try:
        client = HttpClient(base_url, monotonic=surroundings.monotonic)
    except SettingsError as error:
        raise SettingsError(f"base_url: {error}") from None
    return AuthleteVerifier(client, version=version, base_url=base_url, account=account, secret=secret)


class AuthleteVerifier:
    """Asks Authlete about each token."""

    def __init__(self, client: Client, *, version: int, base_url: str, account: str, secret: str) -> None:
        """Set up for one Authlete service.

        `account` and `secret`: API key and API secret (version 2), or service ID and service access token
        (version 3).
        """
        self._client = client
        self._issuer = base_url
        prefix = urlsplit(base_url).path.rstrip("/")
        if version == 2:
            self._path = f"{prefix}/api/auth/introspection"
            credentials = "Basic " + base64.b64encode(f"{account}:{secret}".encode()).decode()
        else:
            self._path = f"{prefix}/api/{account}/auth/introspection"
            credentials = f"Bearer {secret}"
        self._headers = {
            "Authorization": credentials,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def recognizes(self, token: str) -> bool:
        """Say yes to every token: Authlete's have no shape of their own."""
        return bool(token)

    def verify(self, token: str, _request: Request) -> AccessToken:
        """Ask Authlete about the token. Raises InvalidTokenError, VerifierUnavailableError."""
        answer = self._client.post(self._path, self._headers, json.dumps({"token": token}).encode())
        return self._read(answer)

    def _read(self, answer: HttpAnswer) -> AccessToken:
        """Turn Authlete's answer into facts, or into the error that it stands for.

        HTTP 200 carries every verdict about the token. Any other status is about this call.
        """
        content = _json_object(answer.body)
        media_type = answer.content_type.partition(";")[0].strip().lower()
        code = _result_code(content)
        if answer.status in {401, 403}:
            raise VerifierUnavailableError(
                f"Authlete refuses our own credentials: HTTP {answer.status}, {code}",
                reason=Reason.CREDENTIALS_REFUSED,
            )
        if answer.status != 200:
            raise VerifierUnavailableError(
                f"Authlete answered HTTP {answer.status}, {code}", reason=Reason.AUTHORIZATION_SERVER_ERROR
            )
        if content is None or media_type not in {"application/json", ""}:
            raise _nonsense("not a JSON object")
        match content.get("action"):
            case "OK":
                return self._facts(content)
            case "UNAUTHORIZED" | "BAD_REQUEST" if code in _EXPIRED:
                raise InvalidTokenError("The access token expired.", reason=Reason.EXPIRED_TOKEN)
            case "UNAUTHORIZED" | "BAD_REQUEST":
                raise InvalidTokenError("The access token is not valid.")
            case "FORBIDDEN":
                raise InsufficientScopeError("The access token does not suffice.", required_scopes=frozenset())
            case "INTERNAL_SERVER_ERROR":
                raise VerifierUnavailableError(
                    f"Authlete could not process the call: {code}", reason=Reason.AUTHORIZATION_SERVER_ERROR
                )
        raise _nonsense("unknown action")

    def _facts(self, content: Mapping[str, Any]) -> AccessToken:
        if any(content.get(fact) is not None and content[fact] is not True for fact in ("usable", "existent")):
            raise _nonsense("action OK for a token that is not usable")
        thumbprint = _optional(content, "certificateThumbprint", str)
        return AccessToken(
            issuer=self._issuer,
            subject=_optional(content, "subject", str) or None,
            client_id=_client_id(content),
            scopes=_scopes(content),
            audience=frozenset(_strings(content, "accessTokenResources")),
            expires_at=_seconds(content),
            confirmation={"x5t#S256": thumbprint} if thumbprint else {},
            claims=_claims(content),
        )


def _text(settings: Mapping[str, Any], key: str) -> str:
    value = settings.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{key}: is missing")
    if not value.isascii() or not value.isprintable():
        raise SettingsError(f"{key}: holds a character that cannot be sent (a line break at its end?)")
    return value


def _json_object(body: bytes) -> Mapping[str, Any] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _result_code(content: Mapping[str, Any] | None) -> str:
    """Return the result code if it looks like one: it goes into the log, and all else may echo a credential."""
    code = content.get("resultCode") if content else None
    return code if isinstance(code, str) and _RESULT_CODE.fullmatch(code) else "no result code"


def _nonsense(what: str) -> VerifierUnavailableError:
    return VerifierUnavailableError(
        f"the answer is not Authlete's: {what}", reason=Reason.AUTHORIZATION_SERVER_NONSENSE
    )


def _optional(content: Mapping[str, Any], key: str, kind: Callable[[Any], Any]) -> Any:
    value = content.get(key)
    if value is not None and type(value) is not kind:
        raise _nonsense(f"{key} has the wrong type")
    return value


def _strings(content: Mapping[str, Any], key: str) -> list[str]:
    values = _optional(content, key, list) or []
    if not all(isinstance(value, str) for value in values):
        raise _nonsense(f"{key} has the wrong type")
    return values


def _scopes(content: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(filter(scopes.is_scope, _strings(content, "scopes")))


_PUBLIC_IDENTIFIERS = (
    ("clientIdAliasUsed", "clientIdAlias"),
    ("clientEntityIdUsed", "clientEntityId"),
    ("metadataDocumentUsed", "metadataDocumentLocation"),
)


def _client_id(content: Mapping[str, Any]) -> str | None:
    """Return the identifier by which the client called itself when it got the token, else its number."""
    for used, name in _PUBLIC_IDENTIFIERS:
        identifier: str | None = _optional(content, name, str)
        if content.get(used) is True and identifier:
            return identifier
    number: int | None = _optional(content, "clientId", int)
    return str(number) if number else None


def _seconds(content: Mapping[str, Any]) -> float | None:
    """Return the end of the token's life; Authlete says milliseconds, and 0 for what it does not know."""
    value = content.get("expiresAt")
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LAST_MOMENT:
        raise _nonsense("expiresAt is not a number of milliseconds")
    return value / 1000


def _claims(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what RFC 9068 calls otherwise than Authlete; `authTime` is in seconds."""
    named = {
        "acr": content.get("acr"),
        "auth_time": content.get("authTime"),
        "grant_type": content.get("grantType"),
    }
    return {name: value for name, value in named.items() if isinstance(value, str | int) and value}
