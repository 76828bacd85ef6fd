"""What the development authorization server has to know about a client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from apigw_oauth.authserver import redirect_uris, settings_reading
from apigw_oauth.authserver.scopes import is_scope_token
from apigw_oauth.authserver.settings_reading import Readers, SettingsError, require
from apigw_oauth.authserver.signatures import PublicKey, public_key

BY_ASSERTION = "private_key_jwt"
AUTHENTICATION_METHODS = ("client_secret_basic", "client_secret_post", BY_ASSERTION, "none")
TOKEN_FORMATS = ("opaque", "jwt")
WEB_URL = re.compile(r"https?://[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)

_IDENTIFIER = re.compile(r"[\x21-\x39\x3b-\x7e]{1,100}", re.ASCII)  # no colon: it ends the user name of Basic
_SECRET = re.compile(r"[\x21-\x7e]{1,1000}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """A client of the server; `client_id` is an alias, or the numeric ID itself when it is decimal.

    Without `scopes` it may ask for every scope of the service. Without `token_endpoint_auth_method` it may use its
    secret in either way, or a key of `jwks`. Raises SettingsError.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str | None = None
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    confidential: bool = True
    description: str | None = None
    client_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    token_endpoint_auth_method: str | None = None
    jwks: Mapping[str, Any] | None = None
    access_token_format: str | None = None
    dpop_bound: bool = False

    def __post_init__(self) -> None:
        require(
            _IDENTIFIER.fullmatch(self.client_id),
            "client_id",
            "must be 1 to 100 visible ASCII characters without ':'",
        )
        if self.client_id.isdecimal():
            require(0 < int(self.client_id[:20]) < 2**63, "client_id", "must be a positive 64-bit number")
            require(self.client_id[0] != "0", "client_id", "must not start with 0 when it is a number")
        require(self.confidential or self.client_secret is None, "client_secret", "a public client has no secret")
        require_secret("client_secret", self.client_secret)
        require_scopes(self.scopes)
        for uri in self.redirect_uris:
            require(
                redirect_uris.problem_with(uri) is None,
                "redirect_uris",
                "must be absolute URIs of at most 200 ASCII characters, without fragment",
            )
        for name in ("client_uri", "policy_uri", "tos_uri"):
            uri = getattr(self, name)
            require(uri is None or WEB_URL.fullmatch(uri), name, "must be an http or https URL")
        require(self.access_token_format in {None, *TOKEN_FORMATS}, "access_token_format", "must be opaque or jwt")
        self._check_authentication()

    def _check_authentication(self) -> None:
        name, method = "token_endpoint_auth_method", self.token_endpoint_auth_method
        require(
            method in {None, *AUTHENTICATION_METHODS}, name, f"must be one of {', '.join(AUTHENTICATION_METHODS)}"
        )
        public = not self.confidential
        require(method is None or public == (method == "none"), name, "a public client has none, others have one")
        require(method != BY_ASSERTION or self.jwks, "jwks", "private_key_jwt needs the client's public keys")
        keys_help = self.confidential and method in {None, BY_ASSERTION}
        require(self.jwks is None or keys_help, "jwks", "are for private_key_jwt alone")
        alone = method == BY_ASSERTION and self.client_secret is not None
        require(not alone, "client_secret", "a client that authenticates with private_key_jwt has none")
        if self.jwks is not None:
            keys_of(self.jwks)

    @property
    def has_secret(self) -> bool:
        """Whether the client authenticates, or may authenticate, with a secret."""
        return self.confidential and self.token_endpoint_auth_method != BY_ASSERTION


def require_scopes(scopes: tuple[str, ...]) -> None:
    """Raise SettingsError unless each may stand in a `scope` value."""
    require(all(map(is_scope_token, scopes)), "scopes", "a scope is visible ASCII without space, '\"' and '\\'")


def require_secret(key: str, secret: str | None) -> None:
    """Raise SettingsError for a secret that cannot be sent."""
    fits = secret is None or _SECRET.fullmatch(secret)
    require(fits, key, "must be 1 to 1000 visible ASCII characters")


def keys_of(jwks: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], PublicKey], ...]:
    """Read the public keys of a client, each with its description. Raises SettingsError."""
    keys = jwks.get("keys")
    listed = isinstance(keys, list) and keys and all(isinstance(key, dict) for key in keys)
    require(listed, "jwks", "must be a JWK Set: { keys = [ … ] }, with at least one key")
    try:
        return tuple((key, public_key(key)) for key in keys or ())
    except ValueError as error:
        raise SettingsError("jwks", f"a key cannot be used: {error}") from None


CLIENT_READERS: Readers = {
    **dict.fromkeys(
        ("client_id", "client_secret", "name", "description", "client_uri", "policy_uri", "tos_uri"),
        settings_reading.text,
    ),
    **dict.fromkeys(("token_endpoint_auth_method", "access_token_format"), settings_reading.text),
    **dict.fromkeys(("scopes", "redirect_uris"), settings_reading.texts),
    **dict.fromkeys(("confidential", "dpop_bound"), settings_reading.flag),
    "jwks": partial(settings_reading.plain, dict, "a table"),
}
