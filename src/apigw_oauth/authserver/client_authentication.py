"""How a client proves who it is at the token and revocation endpoints. See RFC 6749 §2.3.1."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from apigw_oauth.authserver.api_credentials import parse_basic
from apigw_oauth.authserver.clients import Client, Clients, FoundClient
from apigw_oauth.authserver.form_parameters import Form


class OAuthError(Exception):
    """A request of a client that is answered with an OAuth error."""

    def __init__(self, error: str, code: str, *values: object, status: int = 400) -> None:
        super().__init__(code)
        self.error = error
        self.code = code
        self.values = values
        self.status = status


@dataclass(frozen=True, slots=True)
class ClientCodes:
    """The result codes of one endpoint for what may be wrong about a client."""

    missing_id: str
    empty_id: str
    repeated_id: str
    unknown: str
    unproven: str
    proven_twice: str
    disproven: str
    different_ids: str
    different_proofs: str


@dataclass(frozen=True, slots=True)
class _Presented:
    client_id: str
    secrets: tuple[str, ...]


def authenticate(clients: Clients, codes: ClientCodes, authorization: list[str], form: Form) -> FoundClient:
    """Take client ID and secret from Basic or from the form. Raises OAuthError.

    A public client proves nothing; what it sends as a secret is not looked at.
    """
    presented = _basic(codes, authorization, form) if authorization else _in_form(codes, form)
    found = clients.find(presented.client_id)
    if found is None:
        raise OAuthError("invalid_client", codes.unknown, presented.client_id, status=401)
    if found.client.settings.confidential:
        _check_secret(found.client, codes, presented, "client_secret_basic")
    return found


def _basic(codes: ClientCodes, authorization: list[str], form: Form) -> _Presented:
    credentials = parse_basic(authorization[0]) if len(authorization) == 1 else None
    if credentials is None:
        raise OAuthError("invalid_client", "DEV208", status=401)
    # RFC 6749 has both parts form-encoded, which many clients (curl -u among them) do not do: either is right.
    client_id = unquote_plus(credentials.user)
    if any(value != client_id for value in form.get("client_id", [])):
        raise OAuthError("invalid_request", codes.different_ids)
    if any(value != credentials.password for value in form.get("client_secret", [])):
        raise OAuthError("invalid_request", codes.different_proofs)
    return _Presented(client_id, tuple({credentials.password, unquote_plus(credentials.password)} - {""}))


def _in_form(codes: ClientCodes, form: Form) -> _Presented:
    ids, secrets = form.get("client_id", []), form.get("client_secret", [])
    if not ids:
        raise OAuthError("invalid_request", codes.missing_id)
    if len(ids) > 1:
        raise OAuthError("invalid_request", codes.repeated_id)
    if not ids[0]:
        raise OAuthError("invalid_request", codes.empty_id)
    if len(secrets) > 1:
        raise OAuthError("invalid_request", codes.proven_twice)
    return _Presented(ids[0], tuple(secret for secret in secrets if secret))


def _check_secret(client: Client, codes: ClientCodes, presented: _Presented, method: str) -> None:
    if not presented.secrets:
        raise OAuthError("invalid_client", codes.unproven, method, status=401)
    matches = [client.secret is not None and client.secret.matches(secret) for secret in presented.secrets]
    if not any(matches):
        raise OAuthError("invalid_client", codes.disproven, status=401)
