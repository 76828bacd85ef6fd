"""Who may ask about tokens at the introspection endpoint. See RFC 7662 §2.1."""

import hmac
from urllib.parse import unquote_plus

from apigw_oauth.authserver.api_credentials import parse_basic
from apigw_oauth.authserver.client_authentication import ClientAuthentication, ClientCodes, OAuthError
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.known_headers import KnownHeaders
from apigw_oauth.authserver.service import Service

_BEARER = "bearer "
_IN_FORM = frozenset(["client_id", "client_secret", "client_assertion", "client_assertion_type"])
_CLIENT_CODES = ClientCodes(
    missing_id="DEV226",
    empty_id="DEV226",
    repeated_id="DEV226",
    unknown="DEV226",
    unproven="DEV226",
    proven_twice="DEV226",
    disproven="DEV226",
    different_ids="DEV226",
    different_proofs="DEV226",
)


class ResourceServers:
    """The service itself, by API key and secret or by its access token, and its confidential clients."""

    def __init__(self, service: Service, *, path: str) -> None:
        self._service = service
        self._clients = ClientAuthentication(service, _CLIENT_CODES, path=path)
        self._known = KnownHeaders()

    def known(self, authorization: list[str], form: Form) -> str | None:
        """Return what a caller is called whose header was right before; None for others, who may be right too."""
        if len(authorization) != 1 or not _IN_FORM.isdisjoint(form):
            return None
        return self._known.caller(authorization[0])

    def authenticate(self, authorization: list[str], form: Form) -> str:
        """Return what the caller is called. Raises OAuthError, with 401 whatever is wrong."""
        caller = self._authenticated(authorization, form)
        if len(authorization) == 1 and _IN_FORM.isdisjoint(form):
            self._known.add(authorization[0], caller)
        return caller

    def _authenticated(self, authorization: list[str], form: Form) -> str:
        try:
            if self._is_service(authorization, form):
                return self._service.api_key
            found = self._clients.authenticate(authorization, form)
        except OAuthError as error:
            raise OAuthError("invalid_client", error.code, *error.values, status=401) from None
        if not found.client.settings.confidential:
            raise OAuthError("invalid_client", "DEV226", status=401)
        return found.client.alias if found.alias_used and found.client.alias else str(found.client.id)

    def _is_service(self, authorization: list[str], form: Form) -> bool:
        if len(authorization) > 1:
            raise OAuthError("invalid_client", "DEV226")
        if authorization and authorization[0].lower().startswith(_BEARER):
            if self._service.access_token.matches(authorization[0][len(_BEARER) :].strip(" ")):
                return True
            raise OAuthError("invalid_client", "DEV226")
        if authorization:
            basic = parse_basic(authorization[0])
            return basic is not None and self._knows(unquote_plus(basic.user), basic.password)
        ids, secrets = form.get("client_id", []), form.get("client_secret", [])
        return len(ids) == len(secrets) == 1 and self._knows(ids[0], secrets[0])

    def _knows(self, key: str, secret: str) -> bool:
        """Compare the service's own credentials, either part as it is or form-encoded. See RFC 6749 §2.3.1."""
        if not hmac.compare_digest(key.encode("utf-8", "surrogatepass"), self._service.api_key.encode("ascii")):
            return False
        return any(self._service.api_secret.matches(one) for one in {secret, unquote_plus(secret)})
