"""Keep credentials out of everything that is shown."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, unquote_plus

from apigw_oauth.cli.trying.guarded_api import IN_REQUEST
from apigw_oauth.gateway.http_messages import GatewayRequest

_SHORTEST = 4  # characters; a shorter one protects nothing, and is part of words
_MOST_SHOWN = 6
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "dpop", "x-api-key"})
_CREDENTIAL_PARAMETERS = frozenset({"api_key", "apikey"})
_CREDENTIAL_WORDS = ("secret", "token", "password", "assertion", "code")
_CREDENTIAL_MEMBERS = _CREDENTIAL_HEADERS | {"authorizationtoken", "cookies", "access_token"}
_PART = re.compile(r"[^\s,;]+")
_PLAIN_SCHEMES = frozenset({"basic", "bearer", "digest", "dpop", "negotiate"})


def credentials_in(request: GatewayRequest, identity_sources: Sequence[str]) -> tuple[str, ...]:
    """Return the credentials that a request carries, the longest first."""
    sources = [match.groups() for source in identity_sources if (match := IN_REQUEST.fullmatch(source))]
    headers = _CREDENTIAL_HEADERS | {name.lower() for place, name in sources if place == "header"}
    parameters = {name for place, name in sources if place == "querystring"}
    found = {
        part
        for name, value in request.headers
        if name.lower() in headers or _tells(name)
        for part in _parts(name, value)
    }
    for pair in request.target.partition("?")[2].split("&"):
        encoded, _, value = pair.partition("=")
        name = unquote_plus(encoded)
        if name in parameters or name.lower() in _CREDENTIAL_PARAMETERS or _tells(name):
            found |= {value, unquote(value), unquote_plus(value)}
    return longest_first(found)


def _tells(name: str) -> bool:
    """Say whether the name of a parameter or header tells that its value is a credential."""
    return any(word in name.lower() for word in _CREDENTIAL_WORDS)


def _parts(name: str, value: str) -> Iterable[str]:
    """Return the credentials in a header's value: schemes and names of cookies are none."""
    for part in _PART.findall(value):
        if part.lower() in _PLAIN_SCHEMES:
            continue
        yield part.partition("=")[2] if name.lower() == "cookie" else part


def longest_first(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that can be told from words, so that one that is part of another comes after it."""
    return tuple(sorted({value for value in values if len(value) >= _SHORTEST}, key=lambda v: (-len(v), v)))


def shown(credential: str) -> str:
    """Return the first characters of a credential: never more than a quarter."""
    return credential[: min(_MOST_SHOWN, len(credential) // 4)] + "…"


def redacted(value: Any, credentials: Sequence[str]) -> Any:
    """Return a JSON value in which credentials are cut short, wherever they stand."""
    if isinstance(value, str):
        for credential in credentials:
            value = value.replace(credential, shown(credential))
        return value
    if isinstance(value, dict):
        return {
            redacted(key, credentials): redacted(_cut(item) if _is_credential(key) else item, credentials)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item, credentials) for item in value]
    return value


def _is_credential(name: object) -> bool:
    return isinstance(name, str) and name.lower() in _CREDENTIAL_MEMBERS


def _cut(value: Any) -> Any:
    """Cut what stands where credentials do, also if it is too short to be found elsewhere."""
    if isinstance(value, list):
        return [_cut(item) for item in value]
    if not isinstance(value, str):
        return value
    return _PART.sub(lambda part: part[0] if part[0].lower() in _PLAIN_SCHEMES else shown(part[0]), value)
