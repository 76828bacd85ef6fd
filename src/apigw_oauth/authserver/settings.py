"""What the development authorization server has to know before it starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from apigw_oauth.authserver import redirect_uris, settings_reading
from apigw_oauth.authserver.scopes import is_scope_token
from apigw_oauth.authserver.settings_reading import Readers, SettingsError, require

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
_IDENTIFIER = re.compile(r"[\x21-\x39\x3b-\x7e]{1,100}", re.ASCII)  # no colon: it ends the user name of Basic
_SECRET = re.compile(r"[\x21-\x7e]{1,1000}", re.ASCII)
_WEB_URL = re.compile(r"https?://[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """A client of the server; `client_id` is an alias, or the numeric ID itself when it is decimal.

    Without `scopes` it may ask for every scope of the service. Raises SettingsError.
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
        _require_secret("client_secret", self.client_secret)
        _require_scopes(self.scopes)
        for uri in self.redirect_uris:
            require(
                redirect_uris.problem_with(uri) is None,
                "redirect_uris",
                "must be absolute URIs of at most 200 ASCII characters, without fragment",
            )
        for name in ("client_uri", "policy_uri", "tos_uri"):
            uri = getattr(self, name)
            require(uri is None or _WEB_URL.fullmatch(uri), name, "must be an http or https URL")


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
        _require_scopes(self.scopes)
        require(
            0 < self.access_token_duration <= _MAX_DURATION,
            "access_token_duration",
            "must be a positive number of seconds",
        )
        require(
            self.api_key is None or re.fullmatch(r"[1-9][0-9]{0,18}", self.api_key),
            "api_key",
            "must be a decimal number",
        )
        for name in ("api_secret", "service_access_token"):
            _require_secret(name, getattr(self, name))
        require(_WEB_URL.fullmatch(self.error_uri_base), "error_uri_base", "must be an http or https URL")
        _require_distinct("clients", [client.client_id for client in self.clients])
        _require_distinct("users", [user.login for user in self.users])

    @property
    def supported_scopes(self) -> tuple[str, ...]:
        """Every scope the service knows: its own, then those of its clients, in the order they are written."""
        return tuple(dict.fromkeys([*self.scopes, *(scope for client in self.clients for scope in client.scopes)]))

    @staticmethod
    def from_dict(document: object) -> "AuthserverSettings":
        """Read settings from parsed JSON. Unknown keys and wrong types raise SettingsError."""
        return settings_reading.table(AuthserverSettings, _READERS, "", document)


def _require_scopes(scopes: tuple[str, ...]) -> None:
    require(all(map(is_scope_token, scopes)), "scopes", "a scope is visible ASCII without space, '\"' and '\\'")


def _require_secret(key: str, secret: str | None) -> None:
    fits = secret is None or _SECRET.fullmatch(secret)
    require(fits, key, "must be 1 to 1000 visible ASCII characters")


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


_CLIENT_READERS: Readers = {
    **dict.fromkeys(
        ("client_id", "client_secret", "name", "description", "client_uri", "policy_uri", "tos_uri"),
        settings_reading.text,
    ),
    **dict.fromkeys(("scopes", "redirect_uris"), settings_reading.texts),
    "confidential": settings_reading.flag,
}
_USER_READERS: Readers = dict.fromkeys(("login", "password", "subject"), settings_reading.text)
_READERS: Readers = {
    **dict.fromkeys(("base_url", "service_name", "store", "api_key", "api_secret"), settings_reading.text),
    **dict.fromkeys(("service_access_token", "error_uri_base"), settings_reading.text),
    **dict.fromkeys(("error_description_omitted", "error_uri_omitted"), settings_reading.flag),
    "clients": partial(settings_reading.each, ClientSettings, _CLIENT_READERS),
    "users": partial(settings_reading.each, UserSettings, _USER_READERS),
    "scopes": settings_reading.texts,
    "scope_descriptions": settings_reading.texts_by_name,
    "access_token_duration": settings_reading.number,
}
