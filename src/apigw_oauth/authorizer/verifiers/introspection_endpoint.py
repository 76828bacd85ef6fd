"""Where the introspection endpoint is: at a URL of the settings, or where the issuer's metadata says."""

import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.verifier import Surroundings, prepare
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpAnswer, HttpClient
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress
from apigw_oauth.authorizer.verifiers.table import Table

if TYPE_CHECKING:
    from apigw_oauth.authorizer.verifiers.discovery import Discovery

Tls = Callable[[], ssl.SSLContext]

_GONE = frozenset({404, 410})


class Endpoint(Protocol):
    """Takes questions about tokens."""

    def post(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one question and return the answer. Raises VerifierUnavailableError."""
        ...


class KnownEndpoint:
    """An endpoint whose address is known."""

    def __init__(self, client: Client, target: str) -> None:
        self._client = client
        self._target = target

    def prepare(self) -> None:
        """Open the connection."""
        prepare(self._client)

    def post(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one question and return the answer. Raises VerifierUnavailableError."""
        return self._client.post(self._target, headers, body)


class DiscoveredEndpoint:
    """An endpoint that the issuer's metadata names; its connection is kept as long as the metadata are."""

    def __init__(self, discovery: "Discovery", *, mutual_tls: bool) -> None:
        """Set up; nothing is asked yet. `mutual_tls`: we come with a certificate."""
        self.discovery = discovery
        self._mutual_tls = mutual_tls
        self._metadata: Mapping[str, object] | None = None
        self._known: KnownEndpoint | None = None

    def prepare(self) -> None:
        """Read the metadata, and open the connection. Raises VerifierUnavailableError."""
        prepare(self._endpoint())

    def post(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one question and return the answer. Raises VerifierUnavailableError.

        An endpoint that is not there any more may have moved, so that the metadata are read again next time.
        """
        try:
            answer = self._endpoint().post(headers, body)
        except VerifierUnavailableError:
            self.discovery.forget()
            raise
        if answer.status in _GONE:
            self.discovery.forget()
        return answer

    def _endpoint(self) -> KnownEndpoint:
        metadata = self.discovery.metadata()
        if self._known is None or metadata is not self._metadata:
            client, target = self.discovery.client_for("introspection_endpoint", mutual_tls=self._mutual_tls)
            self._known = KnownEndpoint(client, target)
            self._metadata = metadata
        return self._known


def issuer_from(table: Table) -> str | None:
    """Return the issuer that answers and metadata must name, letter by letter. Raises SettingsError."""
    issuer = table.optional_text("issuer")
    if issuer is not None and not table.is_unresolved("issuer"):
        _address("issuer", issuer)
    return issuer


def from_table(table: Table, *, issuer: str | None, tls: Tls | None, surroundings: Surroundings) -> Endpoint:
    """Return the endpoint that the settings name. Raises SettingsError; asks nobody.

    `tls` makes the context of connections, with our certificate; None: any will do.
    """
    make_context = tls or surroundings.tls
    if table.has("endpoint"):
        address = _address("endpoint", table.text("endpoint"), query=True)
        client = HttpClient(
            address.origin, tls=make_context, monotonic=surroundings.monotonic, trace=surroundings.trace
        )
        return KnownEndpoint(client, address.target or "/")
    if not table.has("discovery"):
        raise SettingsError(
            "endpoint: is missing; name the introspection endpoint, or issuer and discovery = true"
        )
    if issuer is None:
        raise SettingsError("issuer: is missing; the metadata that discovery finds must name it")
    from apigw_oauth.authorizer.verifiers import key_settings

    discovery = key_settings.discovery_from(table, issuer=issuer, tls=make_context, surroundings=surroundings)
    return DiscoveredEndpoint(discovery, mutual_tls=tls is not None)


def _address(key: str, value: str, *, query: bool = False) -> ServerAddress:
    try:
        return ServerAddress.parse(value, query=query)
    except SettingsError as error:
        raise SettingsError(f"{key}: {error}") from None
