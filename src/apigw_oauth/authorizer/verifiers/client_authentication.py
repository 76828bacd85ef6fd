"""How we say to an authorization server who we are. See RFC 6749 §2.3, RFC 7523 §2.2 and RFC 8705 §2."""

import base64
from collections.abc import Callable, Mapping
from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.form import quoted
from apigw_oauth.authorizer.verifiers.introspection_endpoint import Tls
from apigw_oauth.authorizer.verifiers.table import Table

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "client_secret_basic": ("client_id", "client_secret"),
    "client_secret_post": ("client_id", "client_secret"),
    "private_key_jwt": ("client_id", "private_key"),
    "tls_client_auth": ("client_id", "client_certificate", "client_key"),
    "bearer": ("token",),
}
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "private_key_jwt": ("key_id", "signing_algorithm", "assertion_audience")
}
_ALL = tuple(
    dict.fromkeys(key for keys in (*_NEEDED.values(), *_ALLOWED.values()) for key in keys if key != "client_id")
)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientAuthentication(NamedTuple):
    """What of a call says who makes it."""

    headers: Callable[[], Mapping[str, str]]
    parameters: Callable[[], Mapping[str, str]]
    tls: Tls | None = None
    """What connections are made with; None: without a certificate of ours."""
    is_bearer: bool = False
    """Whether we come with a token of our own."""

    def __repr__(self) -> str:
        """Show nothing: these are secrets."""
        return "ClientAuthentication(…)"


def from_table(table: Table, *, issuer: str | None, surroundings: Surroundings) -> ClientAuthentication:
    """Return the way that `client_auth` names. Raises SettingsError."""
    method = table.choice("client_auth", tuple(_NEEDED), "client_secret_basic")
    _require_keys(table, method)
    match method:
        case "client_secret_basic":
            return _basic(table.text("client_id"), table.text("client_secret"))
        case "client_secret_post":
            return _with({"client_id": table.text("client_id"), "client_secret": table.text("client_secret")})
        case "private_key_jwt":
            return _private_key_jwt(table, issuer, surroundings)
        case "tls_client_auth":
            return _tls(table)
    headers = {"Authorization": "Bearer " + table.text("token")}
    return ClientAuthentication(lambda: headers, dict, is_bearer=True)


def _require_keys(table: Table, method: str) -> None:
    table.has("client_id")  # signed answers may name us, whatever we authenticate with
    for key in _NEEDED[method]:
        if not table.has(key):
            raise SettingsError(f"{key}: is missing; client_auth = {method} needs {' and '.join(_NEEDED[method])}")
    for key in _ALL:
        if key not in (*_NEEDED[method], *_ALLOWED.get(method, ())) and table.has(key):
            raise SettingsError(f"{key}: is not used with client_auth = {method}")


def _basic(client_id: str, secret: str) -> ClientAuthentication:
    """Encode both as forms do before they are joined, so that a colon is no end. See RFC 6749 §2.3.1."""
    credentials = f"{quoted(client_id)}:{quoted(secret)}".encode("ascii")
    headers = {"Authorization": "Basic " + base64.b64encode(credentials).decode("ascii")}
    return ClientAuthentication(lambda: headers, dict)


def _with(parameters: Mapping[str, str]) -> ClientAuthentication:
    return ClientAuthentication(dict, lambda: parameters)


def _private_key_jwt(table: Table, issuer: str | None, surroundings: Surroundings) -> ClientAuthentication:
    from apigw_oauth.authorizer.verifiers.client_assertion import Assertions

    audience = table.optional_text("assertion_audience") or issuer or table.text("endpoint")
    assertions = Assertions.from_table(table, audience=audience, surroundings=surroundings)
    client_id = table.text("client_id")
    return ClientAuthentication(
        dict,
        lambda: {
            "client_id": client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertions.make(),
        },
    )


def _tls(table: Table) -> ClientAuthentication:
    from apigw_oauth.authorizer.verifiers import mutual_tls

    parameters = {"client_id": table.text("client_id")}
    return ClientAuthentication(dict, lambda: parameters, tls=mutual_tls.from_table(table))
