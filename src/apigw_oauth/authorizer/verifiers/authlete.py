"""Verify tokens by Authlete's introspection API, versions 2 and 3.

Authlete is asked for facts about the token alone, never whether it covers some scopes, resources or levels of
authentication: such an answer would hold for one route, and could neither be kept nor told in a policy for all of
them. Only a bound token needs more, since Authlete does not name the key that it is bound to: then the proof or
the certificate of the request goes with it. See https://docs.authlete.com/ (the API `/auth/introspection`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings, prepare
from apigw_oauth.authorizer.verifiers import authlete_verdict
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules
from apigw_oauth.authorizer.verifiers.authlete_verdict import NO_EVIDENCE
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from apigw_oauth.authorizer.verifiers.table import Table

if TYPE_CHECKING:
    from apigw_oauth.authorizer.verifiers.authlete_evidence import BoundTokens

_CREDENTIALS = {2: ("api_key", "api_secret"), 3: ("service_id", "service_access_token")}
_CLAIMS = frozenset(
    {
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "scope",
        "cnf",
        "acr",
        "auth_time",
        "token_type",
    }
    | {"grant_type", "authorization_details"}
)


def from_settings(settings: Mapping[str, Any], surroundings: Surroundings) -> "AuthleteVerifier":
    """Make the verifier from its table in the project file, references resolved. Raises SettingsError."""
    version = settings.get("version", 2)
    if type(version) is not int or version not in _CREDENTIALS:
        raise SettingsError("version: must be 2 (api_key, api_secret) or 3 (service_id, service_access_token)")
    table = Table(settings, kind=f"an authlete verifier of version {version}")
    table.value("version")
    for key in _CREDENTIALS[5 - version]:
        if key in settings:
            raise SettingsError(f"{key}: is not a key of an authlete verifier of version {version}; see version")
    base_url, account, secret = (table.text(key) for key in ("base_url", *_CREDENTIALS[version]))
    if version == 2 and ":" in account:
        raise SettingsError("api_key: holds a colon, which ends the user name of HTTP Basic")
    if version == 3 and not account.isdecimal():
        raise SettingsError("service_id: must be a number")
    audience = frozenset(table.texts("audience")) if table.has("audience") else None
    rules = FactRules(base_url, audience, _properties(table))
    table.finish()
    try:
        client = HttpClient(
            base_url, tls=surroundings.tls, monotonic=surroundings.monotonic, trace=surroundings.trace
        )
    except SettingsError as error:
        raise SettingsError(f"base_url: {error}") from None
    api = AuthleteApi(client, version=version, base_url=base_url, account=account, secret=secret)
    return AuthleteVerifier(api, rules, surroundings)


def _properties(table: Table) -> tuple[str, ...]:
    names = table.texts("properties")
    for name in names:
        if name in _CLAIMS:
            raise SettingsError(f"properties: {name} is what a claim is called that says something else")
    return names


class AuthleteVerifier:
    """Asks Authlete about each token."""

    def __init__(self, api: AuthleteApi, rules: FactRules, surroundings: Surroundings) -> None:
        """Set up for one service, and for what the API expects of its tokens."""
        self._api = api
        self._rules = rules
        self._surroundings = surroundings
        self._bound: BoundTokens | None = None

    def prepare(self) -> None:
        """Open the connection."""
        prepare(self._api)

    def recognizes(self, token: str) -> bool:
        """Say yes to every token: Authlete's have no shape of their own."""
        return bool(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Ask Authlete about the token. Raises BearerTokenError, VerifierUnavailableError."""
        bound = self._bound
        if bound is None:
            content = self._api.ask({"token": token})
            binding = authlete_verdict.missing(content)
            if binding is None:
                return authlete_verdict.read(content, NO_EVIDENCE, self._rules)
            bound = self._first_bound()
            bound.remember(token, binding)
        content, evidence = bound.ask(token, request)
        return authlete_verdict.read(content, evidence, self._rules)

    def _first_bound(self) -> "BoundTokens":
        """Load what bound tokens need, which most services have none of."""
        from apigw_oauth.authorizer.verifiers.authlete_evidence import BoundTokens

        self._bound = BoundTokens(self._api, self._surroundings)
        return self._bound
