"""The keys of an issuer, as the settings name them: `jwks_uri`, `jwks` or `discovery`."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.discovery import Discovery
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpClient
from apigw_oauth.authorizer.verifiers.jwks import Key, KeySet, UnusableKeyError, UnusableKeySetError
from apigw_oauth.authorizer.verifiers.key_source import (
    KeySource,
    LocalKeys,
    RemoteKeys,
    fetch_discovered,
    fetch_from,
)
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress
from apigw_oauth.authorizer.verifiers.table import Table

TIMEOUT = 2.5
"""Seconds for one answer: three of them, two for the metadata and one for the keys, leave some of the ten that API
Gateway gives to an authorizer."""

_KINDS = ("jwks_uri", "jwks", "discovery")


def issuer_from(table: Table) -> str:
    """Return the issuer, whose tokens and metadata must name it letter by letter. Raises SettingsError."""
    issuer = table.text("issuer")
    if not table.is_unresolved("issuer"):
        _address("issuer", issuer)
    return issuer


def keys_from(
    table: Table,
    *,
    issuer: str,
    algorithms: Sequence[str],
    surroundings: Surroundings,
    discovery: Discovery | None = None,
) -> KeySource:
    """Return the keys that a table of the settings names; nothing is fetched. Raises SettingsError.

    `discovery`: the issuer's metadata, where they are read already.
    """
    named = [kind for kind in _KINDS if table.has(kind)]
    if len(named) != 1:
        wrong = f"{named[1]}: is one too many beside {named[0]}" if named else "jwks_uri: is missing"
        raise SettingsError(f"{wrong}; name the issuer's keys by one of jwks_uri, jwks, discovery = true")
    (kind,) = named
    if table.is_unresolved(kind) or (kind == "discovery" and table.is_unresolved("issuer")):
        return LocalKeys(KeySet(()))
    if kind == "jwks":
        return LocalKeys(_local(table.value("jwks"), algorithms))
    if kind == "jwks_uri":
        address = _address("jwks_uri", table.text("jwks_uri"), query=True)
        client = _Connect(surroundings, surroundings.tls)(address.origin, public_only=False)
        fetch = fetch_from(client, address.target or "/")
    else:
        known = discovery or discovery_from(table, issuer=issuer, surroundings=surroundings)
        fetch = fetch_discovered(known)
    return RemoteKeys(fetch, clock=surroundings.clock)


def discovery_from(
    table: Table,
    *,
    issuer: str,
    surroundings: Surroundings,
    tls: "Callable[[], ssl.SSLContext] | None" = None,
) -> Discovery:
    """Return the metadata of the issuer, where `discovery` says that they are. Raises SettingsError."""
    connect, value = _Connect(surroundings, tls or surroundings.tls), table.value("discovery")
    if value is True:
        return Discovery(issuer, connect=connect, clock=surroundings.clock)
    if not isinstance(value, str):
        raise SettingsError("discovery: must be true, or the URL of the issuer's metadata")
    _address("discovery", value, query=True)
    return Discovery(issuer, url=value, connect=connect, clock=surroundings.clock)


class _Connect:
    """Makes clients with the timeouts that are right for keys."""

    def __init__(self, surroundings: Surroundings, tls: Callable[[], ssl.SSLContext]) -> None:
        self._monotonic = surroundings.monotonic
        self._trace = surroundings.trace
        self._tls = tls

    def __call__(self, origin: str, *, public_only: bool) -> Client:
        return HttpClient(
            origin,
            total_timeout=TIMEOUT,
            tls=self._tls,
            monotonic=self._monotonic,
            public_only=public_only,
            trace=self._trace,
        )


def _address(key: str, value: str, *, query: bool = False) -> ServerAddress:
    try:
        return ServerAddress.parse(value, query=query)
    except SettingsError as error:
        raise SettingsError(f"{key}: {error}") from None


def _local(value: Any, algorithms: Sequence[str]) -> KeySet:
    try:
        document = (
            strict_json.loads_object(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else value
        )
        if not isinstance(document, Mapping):
            raise SettingsError("jwks: must be a key set: a table with `keys`, or its JSON text")
        keys = KeySet.parse(document)
        for entry in document["keys"]:
            if isinstance(entry, Mapping) and Key.is_secret(entry):
                raise SettingsError("jwks: holds a private or symmetric key; put the public parts there alone")
    except (strict_json.JsonError, UnusableKeySetError) as error:
        raise SettingsError(f"jwks: {error}") from None
    fitting = [key for key in keys.keys if any(key.fits(alg) for alg in algorithms)]
    if not fitting:
        raise SettingsError(f"jwks: has no key that can be used with {', '.join(algorithms)}")
    for key in fitting:
        try:
            key.public_key()
        except UnusableKeyError as error:
            raise SettingsError(f"jwks: {error}") from None
    return keys
