"""What an authorization request asks for, and what may be wrong with it.

See RFC 6749 §4.1.1 and §4.2.1.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from apigw_oauth.authserver import redirect_uris, scopes
from apigw_oauth.authserver.authorization_wishes import Query, UnreadableWishError, Wishes, read_wishes
from apigw_oauth.authserver.clients import Client, Clients, FoundClient

MAX_QUERY_LENGTH = 8000
_MAX_PARAMETERS = 50
_MAX_STATE_LENGTH = 1000  # Authlete's own limit is not published
_STATE = re.compile(r"[\x20-\x7e]*", re.ASCII)
_RESPONSE_TYPES = frozenset(["code", "token", "id_token", "none"])


class InvalidRequestError(Exception):
    """A request that must not lead to a redirect, since client or redirect URI are not established."""

    def __init__(self, code: str, *values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the answer goes, once client and redirect URI are established.

    `explicit` says that the request named the redirect URI itself; `in_fragment` how parameters are sent.
    """

    found_client: FoundClient
    redirect_uri: str
    explicit: bool
    in_fragment: bool
    state: str | None


class RefusedRequestError(Exception):
    """A request that is refused by a redirect to the client."""

    def __init__(self, destination: Destination, error: str, code: str, *values: object) -> None:
        super().__init__(code)
        self.destination = destination
        self.error = error
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that is in order: a person may now decide."""

    destination: Destination
    response_type: str
    scopes: tuple[str, ...]
    wishes: Wishes

    @property
    def client(self) -> Client:
        """The client that asks."""
        return self.destination.found_client.client


@dataclass(frozen=True, slots=True)
class RequestRules:
    """What the service knows when it judges a request.

    `standard` is for the standard endpoint, where PKCE is required and a native app chooses its loopback port.
    """

    clients: Clients
    supported_scopes: tuple[str, ...]
    mock_redirect_uri: str
    standard: bool = False
    response_types: tuple[str, ...] = ("code", "token")
    supported_acrs: tuple[str, ...] = ()

    def judge(self, query: bytes) -> AuthorizationRequest:
        """Read a query string. Raises InvalidRequestError or RefusedRequestError with the first thing wrong.

        Authlete's order is not published. Ours: client, redirect URI, then, answered by redirect, state,
        response type, response mode, prompt, scope, PKCE, and what else is asked for.
        """
        parameters = _parse(query)
        found = self._client(parameters)
        destination = self._destination(parameters, found)
        response_type = _response_type(parameters, destination, self.response_types)
        _check_response_mode(parameters, destination, response_type)
        if "none" in parameters.get("prompt", [""])[0].split(" "):
            raise RefusedRequestError(destination, "invalid_request", "A077301")
        if len(parameters.get("scope", [])) > 1:
            raise RefusedRequestError(destination, "invalid_request", "DEV202")
        asked = scopes.parse(parameters.get("scope", [""])[0])
        granted = scopes.granted(asked, supported=self.supported_scopes, allowed=found.client.settings.scopes)
        wishes = self._wishes(parameters, destination, response_type)
        return AuthorizationRequest(destination, response_type, granted, wishes)

    def _wishes(self, parameters: Query, destination: Destination, response_type: str) -> Wishes:
        pkce_required = self.standard and response_type == "code"
        try:
            return read_wishes(parameters, pkce_required=pkce_required, supported_acrs=self.supported_acrs)
        except UnreadableWishError as error:
            raise RefusedRequestError(destination, error.error, error.code, *error.values) from None

    def _client(self, parameters: Query) -> FoundClient:
        client_id = _single(parameters, "client_id", ("A010301", "A010302", "A010303"))
        found = self.clients.find(client_id)
        if found is None:
            raise InvalidRequestError("A010304" if client_id.isdecimal() else "A010308", client_id)
        return found

    def _destination(self, parameters: Query, found: FoundClient) -> Destination:
        given = "redirect_uri" in parameters
        redirect_uri = (
            self._given_uri(parameters, found.client) if given else self._default_uri(parameters, found.client)
        )
        wants = parameters.get("response_type", [""]) == ["token"] or parameters.get("response_mode") == [
            "fragment"
        ]
        state = parameters.get("state", [None])[0]
        destination = Destination(found, redirect_uri, given, wants, None)
        if len(parameters.get("state", [])) > 1:
            raise RefusedRequestError(destination, "invalid_request", "A013302")
        if state is not None and not _STATE.fullmatch(state):
            raise RefusedRequestError(destination, "invalid_request", "A013303")
        if state is not None and len(state) > _MAX_STATE_LENGTH:
            raise RefusedRequestError(destination, "invalid_request", "A013304", _MAX_STATE_LENGTH)
        return Destination(found, redirect_uri, given, wants, state)

    def _given_uri(self, parameters: Query, client: Client) -> str:
        redirect_uri = _single(parameters, "redirect_uri", ("A011319", "A011319", "A011302"))
        problem = redirect_uris.problem_with(redirect_uri)
        if problem is not None:
            raise InvalidRequestError(problem)
        if redirect_uri != self.mock_redirect_uri and not self._is_registered(redirect_uri, client):
            raise InvalidRequestError("A011304", redirect_uri)
        return redirect_uri

    def _is_registered(self, redirect_uri: str, client: Client) -> bool:
        registered = client.settings.redirect_uris
        same = redirect_uris.is_same_but_for_loopback_port
        return redirect_uri in registered or (self.standard and any(same(redirect_uri, one) for one in registered))

    def _default_uri(self, parameters: Query, client: Client) -> str:
        if "openid" in parameters.get("scope", [""])[0].split(" "):
            raise InvalidRequestError("A011303")
        registered = client.settings.redirect_uris or (self.mock_redirect_uri,)
        if len(registered) > 1:
            raise InvalidRequestError("A011313")
        return registered[0]


def _parse(query: bytes) -> Query:
    if len(query) > MAX_QUERY_LENGTH:
        raise InvalidRequestError("DEV205")
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequestError("DEV205") from None
    parameters: dict[str, list[str]] = {}
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def _single(parameters: Query, name: str, codes: tuple[str, str, str]) -> str:
    missing, empty, repeated = codes
    values = parameters.get(name)
    if values is None:
        raise InvalidRequestError(missing)
    if len(values) > 1:
        raise InvalidRequestError(repeated)
    if not values[0]:
        raise InvalidRequestError(empty)
    return values[0]


def _response_type(parameters: Query, destination: Destination, supported: tuple[str, ...]) -> str:
    values = parameters.get("response_type", [])
    if len(values) != 1:
        raise RefusedRequestError(destination, "invalid_request", "A009303" if values else "A009301")
    if not values[0]:
        raise RefusedRequestError(destination, "invalid_request", "A009302")
    if not set(values[0].split(" ")) <= _RESPONSE_TYPES:
        raise RefusedRequestError(destination, "invalid_request", "A009304")
    if values[0] not in supported:
        raise RefusedRequestError(destination, "unsupported_response_type", "A009305", values[0])
    return values[0]


def _check_response_mode(parameters: Query, destination: Destination, response_type: str) -> None:
    values = parameters.get("response_mode", [])
    if len(values) > 1:
        raise RefusedRequestError(destination, "invalid_request", "A012302")
    if values and values[0] not in {"query", "fragment"}:
        raise RefusedRequestError(destination, "invalid_request", "A012303")
    if values == ["query"] and response_type == "token":
        raise RefusedRequestError(destination, "invalid_request", "A012304", response_type)
