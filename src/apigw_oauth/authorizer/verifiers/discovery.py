"""What an authorization server says about itself, asked for when it is first needed.

See RFC 8414 §3 and OpenID Connect Discovery §4. The document must name the configured issuer exactly, or any
server could speak for any other. Addresses in it are a server's words, not the operator's: they are not followed
into the own network, unless the issuer is itself on this machine.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpAnswer
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress, is_loopback

MAX_AGE = 3600.0
"""Seconds for which a document is kept."""


class Connect(Protocol):
    """Makes a client of a server; connects to nothing yet."""

    def __call__(self, origin: str, *, public_only: bool) -> Client:
        """Return the client. Raises SettingsError for an address that cannot be."""
        ...


class Discovery:
    """The metadata of one issuer."""

    def __init__(
        self, issuer: str, *, url: str | None = None, connect: Connect, clock: Callable[[], float]
    ) -> None:
        """Set up; nothing is asked yet. `url` is where the document is, if not at the well-known addresses.

        `clock` is in seconds since the epoch. Raises SettingsError.
        """
        self._issuer = issuer
        self._targets = [ServerAddress.parse(url, query=True)] if url else list(_well_known(issuer))
        self._connect = connect
        self._client = connect(self._targets[0].origin, public_only=False)
        self._clock = clock
        self._document: Mapping[str, Any] | None = None
        self._read_at = 0.0

    def metadata(self) -> Mapping[str, Any]:
        """Return the document, an hour old at most. Raises VerifierUnavailableError."""
        if self._document is None or not 0 <= self._clock() - self._read_at < MAX_AGE:
            self._document = None
            self._document = self._read()
            self._read_at = self._clock()
        return self._document

    def forget(self) -> None:
        """Ask again next time: what the document says has turned out not to work."""
        self._document = None

    def client_for(self, name: str, *, mutual_tls: bool = False) -> tuple[Client, str]:
        """Return a client of the server that a member of the document names, and what to ask it for.

        `mutual_tls`: the address for clients with a certificate, if there is one (RFC 8705 §5). Raises
        VerifierUnavailableError.
        """
        document = self.metadata()
        aliases = document.get("mtls_endpoint_aliases") if mutual_tls else None
        url = aliases[name] if isinstance(aliases, dict) and name in aliases else document.get(name)
        if not isinstance(url, str):
            raise _nonsense(f"the metadata of the issuer has no {name}; name it in the settings")
        try:
            address = ServerAddress.parse(url, query=True)
            return self._connect(address.origin, public_only=not _is_local(self._issuer)), address.target or "/"
        except SettingsError as error:
            raise _nonsense(f"the {name} of the issuer's metadata {error}") from None

    def _read(self) -> Mapping[str, Any]:
        """Return the first document that names the issuer; a server that cannot be reached is asked once."""
        why = "is not there"
        for target in self._targets:
            answer = self._client.get(target.target or "/", {"Accept": "application/json"})
            document = _json_object(answer)
            if document is None:
                continue
            if document.get("issuer") == self._issuer:
                return document
            why = "names another issuer"
        raise _nonsense(f"the metadata of the issuer {why}; name its URL as discovery, or the keys as jwks_uri")


def _well_known(issuer: str) -> Iterable[ServerAddress]:
    """Return where the document may be: as RFC 8414 §3.1 has it, then as OpenID Connect has it."""
    address = ServerAddress.parse(issuer)
    path = address.target.rstrip("/")
    yield address._replace(target=f"/.well-known/oauth-authorization-server{path}")
    yield address._replace(target=f"{path}/.well-known/openid-configuration")


def _is_local(issuer: str) -> bool:
    """Say whether an issuer is on this machine; it need not be a URL that could be asked."""
    try:
        return is_loopback(ServerAddress.parse(issuer).host)
    except SettingsError:
        return False


def _json_object(answer: HttpAnswer) -> Mapping[str, Any] | None:
    if answer.status != 200 or answer.media_type != "application/json":
        return None
    try:
        return strict_json.loads_object(answer.body)
    except strict_json.JsonError:
        return None


def _nonsense(message: str) -> VerifierUnavailableError:
    return VerifierUnavailableError(message, reason=Reason.AUTHORIZATION_SERVER_NONSENSE)
