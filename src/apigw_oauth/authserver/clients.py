"""The clients of the service, found by numeric ID or alias."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from apigw_oauth.authserver.secret_hashes import (
    ChosenSecret,
    GeneratedSecret,
    RepeatedSecret,
    SecretHash,
    new_token,
)
from apigw_oauth.authserver.settings import ClientSettings
from apigw_oauth.authserver.store import Store

_SECRET_OCTETS = 64  # Authlete's client secrets are 86 base64url characters
_FOURTEEN_DIGITS = 10**13


@dataclass(frozen=True, slots=True)
class Client:
    """A client: its numeric ID, its alias unless it has none, and what it may do."""

    id: int
    alias: str | None
    settings: ClientSettings
    secret: SecretHash | None

    @property
    def name(self) -> str:
        """What people call the client."""
        return self.settings.name or self.alias or str(self.id)


class ClientCredentials(NamedTuple):
    """What a client says to the server about itself, in plain text: to be shown once, when the server starts."""

    client_id: str
    alias: str | None
    client_secret: str | None

    def __repr__(self) -> str:
        return f"ClientCredentials(client_id={self.client_id!r}, alias={self.alias!r})"


class FoundClient(NamedTuple):
    """A client, and whether it was called by its alias."""

    client: Client
    alias_used: bool


class Clients:
    """All clients of the service."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._by_id = {client.id: client for client in clients}
        self._by_alias = {client.alias: client for client in self._by_id.values() if client.alias}

    def by_id(self, client_id: int) -> Client | None:
        """Find a client by the ID that is written in a token."""
        return self._by_id.get(client_id)

    def find(self, identifier: str) -> FoundClient | None:
        """Find a client by what a request calls it: an alias or the decimal ID."""
        if identifier in self._by_alias:
            return FoundClient(self._by_alias[identifier], alias_used=True)
        by_number = {str(number): client for number, client in self._by_id.items()}
        return FoundClient(by_number[identifier], alias_used=False) if identifier in by_number else None


def enrol(
    settings: ClientSettings, store: Store, random: Callable[[int], bytes], *, known_secret: str | None = None
) -> tuple[Client, ClientCredentials]:
    """Give a configured client its numeric ID, which the store remembers, and a secret unless it has one.

    `known_secret` is what was made up for it before.
    """
    client_id = _client_id(settings, store, random)
    alias = None if settings.client_id.isdecimal() else settings.client_id
    plain = settings.client_secret
    hashed: SecretHash | None = None if plain is None else RepeatedSecret(ChosenSecret.of(plain))
    if plain is None and settings.has_secret:
        plain = known_secret or new_token(random, _SECRET_OCTETS)
        hashed = GeneratedSecret.of(plain)
    return Client(client_id, alias, settings, hashed), ClientCredentials(str(client_id), alias, plain)


def new_numeric_id(random: Callable[[int], bytes]) -> int:
    """Make up a number of 14 digits, as Authlete's IDs are."""
    return _FOURTEEN_DIGITS + int.from_bytes(random(8), "big") % (9 * _FOURTEEN_DIGITS)


def _client_id(settings: ClientSettings, store: Store, random: Callable[[int], bytes]) -> int:
    if settings.client_id.isdecimal():
        return int(settings.client_id)
    with store.transaction() as connection:
        row = connection.execute(
            "SELECT client_id FROM client_ids WHERE name = ?", (settings.client_id,)
        ).fetchone()
        if row:
            return int(row[0])
        client_id = new_numeric_id(random)
        connection.execute("INSERT INTO client_ids VALUES (?, ?)", (settings.client_id, client_id))
    return client_id
