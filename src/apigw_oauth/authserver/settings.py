"""What the development authorization server has to know before it starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from apigw_oauth.authserver import settings_reading
from apigw_oauth.authserver.client_settings import (
    CLIENT_READERS,
    TOKEN_FORMATS,
    WEB_URL,
    ClientSettings,
    require_scopes,
    require_secret,
)
from apigw_oauth.authserver.settings_reading import Readers, SettingsError, require
from apigw_oauth.authserver.signing_keys import ALGORITHMS

__all__ = [
    "DOCS_ERROR_URI_BASE",
    "LEGACY_ERROR_URI_BASE",
    "AuthserverSettings",
    "ClientSettings",
    "SettingsError",
    "UserSettings",
]

DOCS_ERROR_URI_BASE = "https://docs.authlete.com/#"
LEGACY_ERROR_URI_BASE = "https://www.authlete.com/authlete_web_api_result_codes.html#"

_MAX_SUBJECT_LENGTH = 100
_MAX_DURATION = 2**31 - 1
_ACR = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class UserSettings:
    """Somebody who can log in at the authorization page. Raises SettingsError."""

    login: str
    password: str = field(repr=False)
    subject: str | None = None

    def __post_init__(self) -> None:
        require(self.login, "login", "must not be empty")
        require(self.password, "password", "must not be empty")
        subject = self.login if self.subject is None else self.subject
        fits = subject.isascii() and subject.isprintable() and 0 < len(subject) <= _MAX_SUBJECT_LENGTH
        key = "login" if self.subject is None else "subject"
        require(fits, key, "must be 1 to 100 printable ASCII characters to be the subject of a token")


@dataclass(frozen=True, slots=True)
class AuthserverSettings:
    """The whole server; secrets that are None are made up at start. Durations in seconds. Raises SettingsError."""

    base_url: str = "http://127.0.0.1:8081"
    service_name: str = "Development service"
    store: str = ":memory:"
    clients: tuple[ClientSettings, ...] = ()
    users: tuple[UserSettings, ...] = ()
    scopes: tuple[str, ...] = ()
    scope_descriptions: Mapping[str, str] = field(default_factory=dict)
    access_token_duration: int = 86400
    access_token_format: str = TOKEN_FORMATS[0]
    refresh_token_duration: int = 30 * 86400
    default_audience: tuple[str, ...] = ()
    signing_algorithm: str = "ES256"
    introspection_signing_algorithm: str = "RS256"
    implicit_grant: bool = False
    supported_acrs: tuple[str, ...] = ()
    dpop_nonce_required: bool = False
    dpop_nonce_duration: int = 120
    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    service_access_token: str | None = field(default=None, repr=False)
    error_description_omitted: bool = False
    error_uri_omitted: bool = False
    error_uri_base: str = DOCS_ERROR_URI_BASE

    def __post_init__(self) -> None:
        require(_is_origin(self.base_url), "base_url", "must look like http://127.0.0.1:8081, without a path")
        require(self.service_name.strip(), "service_name", "must not be empty")
        require(self.store and "\0" not in self.store, "store", "must be ':memory:' or the path of a file")
        require_scopes(self.scopes)
        for name in ("access_token_duration", "refresh_token_duration", "dpop_nonce_duration"):
            require(0 < getattr(self, name) <= _MAX_DURATION, name, "must be a positive number of seconds")
        require(self.access_token_format in TOKEN_FORMATS, "access_token_format", "must be opaque or jwt")
        for name in ("signing_algorithm", "introspection_signing_algorithm"):
            require(getattr(self, name) in ALGORITHMS, name, f"must be one of {', '.join(ALGORITHMS)}")
        require(all(self.default_audience), "default_audience", "must not hold an empty string")
        require(
            all(map(_ACR.fullmatch, self.supported_acrs)), "supported_acrs", "an acr is visible ASCII without '\"'"
        )
        require(
            self.api_key is None or re.fullmatch(r"[1-9][0-9]{0,18}", self.api_key),
            "api_key",
            "must be a decimal number",
        )
        for name in ("api_secret", "service_access_token"):
            require_secret(name, getattr(self, name))
        require(WEB_URL.fullmatch(self.error_uri_base), "error_uri_base", "must be an http or https URL")
        _require_distinct("clients", [client.client_id for client in self.clients])
        _require_distinct("users", [user.login for user in self.users])

    @property
    def supported_scopes(self) -> tuple[str, ...]:
        """Every scope the service knows: its own, then those of its clients, in the order they are written."""
        return tuple(dict.fromkeys([*self.scopes, *(scope for client in self.clients for scope in client.scopes)]))

    def format_for(self, client: ClientSettings) -> str:
        """Say in which form the standard endpoints give a client its access tokens."""
        return client.access_token_format or self.access_token_format

    @staticmethod
    def from_dict(document: object) -> "AuthserverSettings":
        """Read settings from parsed JSON. Unknown keys and wrong types raise SettingsError."""
        return settings_reading.table(AuthserverSettings, _READERS, "", document)


def _require_distinct(key: str, names: list[str]) -> None:
    for name in names:
        require(names.count(name) == 1, key, f"'{name}' is there twice")


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isascii() and url == origin


_USER_READERS: Readers = dict.fromkeys(("login", "password", "subject"), settings_reading.text)
_READERS: Readers = {
    **dict.fromkeys(("base_url", "service_name", "store", "api_key", "api_secret"), settings_reading.text),
    **dict.fromkeys(("service_access_token", "error_uri_base"), settings_reading.text),
    **dict.fromkeys(
        ("access_token_format", "signing_algorithm", "introspection_signing_algorithm"), settings_reading.text
    ),
    **dict.fromkeys(
        ("error_description_omitted", "error_uri_omitted", "implicit_grant", "dpop_nonce_required"),
        settings_reading.flag,
    ),
    "clients": partial(settings_reading.each, ClientSettings, CLIENT_READERS),
    "users": partial(settings_reading.each, UserSettings, _USER_READERS),
    **dict.fromkeys(("scopes", "default_audience", "supported_acrs"), settings_reading.texts),
    "scope_descriptions": settings_reading.texts_by_name,
    **dict.fromkeys(
        ("access_token_duration", "refresh_token_duration", "dpop_nonce_duration"), settings_reading.number
    ),
}
