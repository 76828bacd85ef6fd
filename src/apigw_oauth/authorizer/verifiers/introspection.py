"""Verify tokens by an introspection endpoint. See RFC 7662, and RFC 9701 for signed answers.

The server is asked about the token alone. What the answer says is compared here, again for each request where time
is involved: a server that says `active` is not enough.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings, prepare
from apigw_oauth.authorizer.verifiers import (
    client_authentication,
    introspection_answer,
    introspection_endpoint,
)
from apigw_oauth.authorizer.verifiers.client_authentication import ClientAuthentication
from apigw_oauth.authorizer.verifiers.form import encoded, quoted
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_endpoint import Endpoint
from apigw_oauth.authorizer.verifiers.introspection_facts import FactRules, facts
from apigw_oauth.authorizer.verifiers.table import Table

DEFAULT_LEEWAY, MAX_LEEWAY = 30, 60
"""Seconds."""

_REFERENCES = ("env:", "file:", "ssm:", "secretsmanager:")
_OURS = frozenset(
    {"token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"}
)
_FOR_SIGNED = ("signing_algorithms", "signed_response_audience", "jwks_uri", "jwks", "discovery")


class Form(Protocol):
    """The form that answers come in, and how one is read."""

    accept: str
    """What is asked for."""

    def read(self, answer: HttpAnswer) -> Mapping[str, Any]:
        """Return what the server says of a token. Raises InvalidTokenError, VerifierUnavailableError."""
        ...


def from_settings(settings: Mapping[str, Any], surroundings: Surroundings) -> "IntrospectionVerifier":
    """Make the verifier from its table in the project file, references resolved. Raises SettingsError.

    Asks nobody yet.
    """
    table = Table(settings, kind="an introspection verifier")
    issuer = introspection_endpoint.issuer_from(table)
    client = client_authentication.from_table(table, issuer=issuer, surroundings=surroundings)
    endpoint = introspection_endpoint.from_table(table, issuer=issuer, tls=client.tls, surroundings=surroundings)
    rules = FactRules(
        issuer=issuer,
        audience=frozenset(table.texts("audience")) if table.has("audience") else None,
        clients=frozenset(table.texts("clients")) if table.has("clients") else None,
        leeway=table.number("leeway", DEFAULT_LEEWAY, most=MAX_LEEWAY),
    )
    errors_refuse = table.flag("invalid_token_errors", default=not client.is_bearer)
    if errors_refuse and client.is_bearer:
        raise SettingsError(
            "invalid_token_errors: cannot be beside client_auth = bearer, since the error may mean our own token"
        )
    form = _form(table, endpoint, rules, errors_refuse=errors_refuse, surroundings=surroundings)
    try:
        parameters = encoded({**_hint(table), **_parameters(table)})
    except UnicodeEncodeError:
        raise SettingsError("parameters, token_type_hint: are not made of whole characters") from None
    table.finish()
    return IntrospectionVerifier(endpoint, client, form, rules, parameters=parameters)


class IntrospectionVerifier:
    """Asks an introspection endpoint about each token."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: ClientAuthentication,
        form: Form,
        rules: FactRules,
        *,
        parameters: bytes,
    ) -> None:
        """Set up for a server: where it is, how we authenticate, how it answers, what its tokens must say.

        `parameters` go with every token: they are a form already.
        """
        self._endpoint = endpoint
        self._client = client
        self._form = form
        self._rules = rules
        self._parameters = b"&" + parameters if parameters else b""

    def prepare(self) -> None:
        """Open the connection, and fetch the keys of signed answers."""
        prepare(self._endpoint)
        prepare(self._form)

    def recognizes(self, token: str) -> bool:
        """Say yes to every token: what it looks like is its server's business."""
        return bool(token)

    def verify(self, token: str, _request: Request) -> AccessToken:
        """Ask about the token. Raises InvalidTokenError, VerifierUnavailableError."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": self._form.accept,
            **self._client.headers(),
        }
        fields = b"token=" + quoted(token).encode("ascii") + self._parameters
        ours = self._client.parameters()
        if ours:
            fields += b"&" + encoded(ours)
        answer = self._endpoint.post(headers, fields)
        return facts(self._form.read(answer), self._rules)


def _form(
    table: Table, endpoint: Endpoint, rules: FactRules, *, errors_refuse: bool, surroundings: Surroundings
) -> Form:
    if table.choice("signed_response", ("off", "required"), "off") == "off":
        for key in _FOR_SIGNED:
            if table.has(key) and (key != "discovery" or table.has("endpoint")):
                raise SettingsError(
                    f"{key}: is for signed answers alone; remove it, or set signed_response = required"
                )
        return introspection_answer.PlainForm(errors_refuse=errors_refuse)
    from apigw_oauth.authorizer.verifiers import signed_introspection

    return signed_introspection.from_table(
        table,
        issuer=rules.issuer,
        endpoint=endpoint,
        leeway=rules.leeway,
        errors_refuse=errors_refuse,
        surroundings=surroundings,
    )


def _hint(table: Table) -> dict[str, str]:
    value = table.value("token_type_hint")
    if value is False or value == "":
        return {}
    return {"token_type_hint": table.optional_text("token_type_hint") or "access_token"}


def _parameters(table: Table) -> dict[str, str]:
    """Return what else a server wants to be sent."""
    parameters = {}
    for name, value in table.mapping("parameters").items():
        if name in _OURS:
            raise SettingsError(f"parameters.{name}: is not for the settings to set")
        if not isinstance(value, str) or value.startswith(_REFERENCES):
            raise SettingsError(f"parameters.{name}: must be a text; references are not resolved here")
        parameters[name] = value
    return parameters
