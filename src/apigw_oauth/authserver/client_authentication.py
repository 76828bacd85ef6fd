"""How a client proves who it is. See RFC 6749 §2.3.1, RFC 7523 §2.2."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from apigw_oauth.authserver.api_credentials import parse_basic
from apigw_oauth.authserver.client_assertions import ClientAssertions, InvalidAssertionError
from apigw_oauth.authserver.clients import Client, FoundClient
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.service import Service


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
    method: str


class ClientAuthentication:
    """Knows the clients of the service at one endpoint."""

    def __init__(self, service: Service, codes: ClientCodes, *, path: str) -> None:
        self._clients = service.clients
        self._codes = codes
        self._assertions = ClientAssertions(service, audience=f"{service.settings.base_url}{path}")

    def authenticate(self, authorization: list[str], form: Form) -> FoundClient:
        """Take client ID and secret from Basic or from the form, or a signed assertion. Raises OAuthError.

        A public client proves nothing; what it sends as a secret is not looked at.
        """
        if "client_assertion" in form or "client_assertion_type" in form:
            return self._by_assertion(authorization, form)
        presented = _basic(self._codes, authorization, form) if authorization else _in_form(self._codes, form)
        found = self._clients.find(presented.client_id)
        if found is None:
            raise OAuthError("invalid_client", self._codes.unknown, presented.client_id, status=401)
        if found.client.settings.confidential:
            _check_secret(found.client, self._codes, presented)
        return found

    def _by_assertion(self, authorization: list[str], form: Form) -> FoundClient:
        if authorization or "client_secret" in form:
            raise OAuthError("invalid_request", "DEV207")
        try:
            found = self._assertions.client_of(form)
        except InvalidAssertionError as error:
            raise OAuthError("invalid_client", "DEV222", error.reason, status=401) from None
        if any(self._clients.find(value) != found for value in form.get("client_id", [])):
            raise OAuthError("invalid_request", self._codes.different_ids)
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
    return _Presented(
        client_id, tuple({credentials.password, unquote_plus(credentials.password)} - {""}), "client_secret_basic"
    )


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
    return _Presented(ids[0], tuple(secret for secret in secrets if secret), "client_secret_post")


def _check_secret(client: Client, codes: ClientCodes, presented: _Presented) -> None:
    registered = client.settings.token_endpoint_auth_method
    if registered not in {None, presented.method}:
        raise OAuthError("invalid_client", "DEV221", registered, status=401)
    if not presented.secrets:
        # What Authlete says of a client without a secret names the usual method, wherever the secret is missing.
        raise OAuthError("invalid_client", codes.unproven, registered or "client_secret_basic", status=401)
    matches = [client.secret is not None and client.secret.matches(secret) for secret in presented.secrets]
    if not any(matches):
        raise OAuthError("invalid_client", codes.disproven, status=401)
